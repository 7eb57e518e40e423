//go:build !darwin || cgo

package tray

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"fyne.io/systray"
)

// systrayBar draws by fyne.io/systray, which has one icon per process.
type systrayBar struct {
	items [places]*systray.MenuItem
	drawn look
	ready bool // drawn is on the screen

	clicks chan deed
	read   sync.WaitGroup // who reads the entries' clicks
}

// waitingClicks is how many clicks may wait for the loop.
const waitingClicks = 8

// deedOf says what an entry does; entries that only lead further do nothing.
func deedOf(p place) deed {
	if p >= placeCamp && p < placeCamp+maxCamps {
		return deedCamp + deed(p-placeCamp)
	}
	return map[place]deed{
		placeOpen: deedOpen, placeShow: deedShow, placeWaiting: deedWaiting, placeNeeds: deedNeeds, placeInvite: deedInvite, placeJoin: deedJoin,
		placeHour: deedHour, placeTomorrow: deedTomorrow, placeUntil: deedUntil, placeSwitch: deedSwitch, placeEndNow: deedEnd,
	}[p]
}

// runSystray shows the icon on the goroutine of the caller until ctx ends or
// the camp's program does. It can run once in a process.
func (t *tray) runSystray(ctx context.Context) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	b := &systrayBar{clicks: make(chan deed, waitingClicks)}
	t.bar, t.clicks = b, b.clicks
	built, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		<-built
		t.loop(ctx)
		systray.Quit()
	}()
	defer func() { <-ended; b.read.Wait() }()
	defer cancel()
	defer func() {
		// At its end the library closes a connection that it lacks if the bus went away at the start.
		if r := recover(); r != nil {
			err = fmt.Errorf("run the tray: %v", r)
		}
	}()
	systray.SetTitle("Camp") // before Run it is also the name by which panels remember the icon
	if runtime.GOOS != "darwin" {
		systray.SetOnTapped(b.tapped)
	}
	systray.Run(func() {
		defer close(built)
		b.build(ctx)
		t.state = t.desk.State()
		t.draw()
	}, nil)
	return nil
}

// tapped is a click on the icon itself.
func (b *systrayBar) tapped() {
	select {
	case b.clicks <- deedShow:
	default:
	}
}

// build makes all entries, in the menu's order.
func (b *systrayBar) build(ctx context.Context) {
	for p := placeStatus; p <= placeShow; p++ {
		b.items[p] = systray.AddMenuItem("", "")
	}
	systray.AddSeparator()
	for p := placeWaiting; p <= placePause; p++ {
		b.items[p] = systray.AddMenuItem("", "")
	}
	for _, p := range []place{placeHour, placeTomorrow, placeUntil} {
		b.items[p] = b.items[placePause].AddSubMenuItem("", "")
	}
	b.items[placeSwitch] = systray.AddMenuItem("", "")
	systray.AddSeparator()
	b.items[placeEnd] = systray.AddMenuItem("", "")
	for _, p := range []place{placeAsk, placeEndNow} {
		b.items[p] = b.items[placeEnd].AddSubMenuItem("", "")
	}
	for p, it := range b.items {
		if d := deedOf(place(p)); d != deedNone {
			b.read.Go(func() { b.listen(ctx, it, d) })
		}
	}
}

// listen hands on the clicks of one entry. The library drops a click that
// nobody is waiting for, so each entry has a reader of its own.
func (b *systrayBar) listen(ctx context.Context, it *systray.MenuItem, d deed) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-it.ClickedCh:
		}
		select {
		case b.clicks <- d:
		case <-ctx.Done():
			return
		}
	}
}

// show changes what differs from what is on the screen.
func (b *systrayBar) show(l look) {
	was, first := b.drawn, !b.ready
	b.drawn, b.ready = l, true
	if first || was.phase != l.phase || was.needs != l.needs || was.dark != l.dark {
		setIcon(l)
	}
	if first || was.tip != l.tip {
		systray.SetTooltip("Camp · " + l.tip)
		systray.SetTitle(title(l))
	}
	for p, e := range l.entries {
		if first || was.entries[p] != e {
			b.change(b.items[p], was.entries[p], e, first)
		}
	}
}

// change brings one entry from was to e. A hidden entry is left as it is: on
// Windows any other change would bring it back.
func (b *systrayBar) change(it *systray.MenuItem, was, e entry, first bool) {
	if e.hidden {
		if first || !was.hidden {
			it.Hide()
		}
		return
	}
	if first || was.text != e.text || was.hidden {
		it.SetTitle(plain(e.text))
	}
	if e.off != it.Disabled() {
		if e.off {
			it.Disable()
		} else {
			it.Enable()
		}
	}
	if was.hidden {
		it.Show()
	}
}
