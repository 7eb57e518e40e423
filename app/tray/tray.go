// Package tray keeps Camp's icon in the desktop's tray: a tent whose shape says
// how the camp is, a menu to open, pause and end it, and, where the desktop has
// them, a notification for the few things that a host must know.
//
// It knows the camp only through the interface Desk, and holds nothing that
// would be missed. It draws from whole snapshots and changes only what differs,
// because a panel that redraws an open menu makes it jump.
//
//	Your camp is on · 4 here      (grey)
//	Open the camp                 (not for who is a member elsewhere alone)
//	Open Willow Lane              (each camp of somebody else's; grey while it sleeps)
//	Show window
//	─────
//	Waiting for you: 1            (while somebody asks to join)
//	Needs you: 2                  (while something else does)
//	Invite somebody…              (without a camp of one's own: Join a camp…)
//	Pause ▸  1 hour · Until tomorrow · Until I switch it on
//	Switch on again               (in place of Pause, while the camp is not on)
//	─────
//	End Camp ▸  Members cannot get in … (grey) · End Camp now
//
// The icon of somebody who is a member elsewhere alone shows how the way to
// those camps stands; answers and letters put a dot on it.
//
// Ending asks by its second level: two movements of one's own, and no window is
// needed for it.
//
// On Linux and its like the tray is a service of the session bus, on Windows and
// macOS one of the system. A macOS build without C has no tray at all.
package tray

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"camp/assets"
	"camp/node/camp"
)

// Desk is the camp as the tray sees it.
type Desk interface {
	Do(ctx context.Context, in camp.Intent) (camp.Answer, error)
	State() camp.State
	Watch(ctx context.Context) <-chan camp.State
}

// Options are what Run needs of the world. Now and Log must be set.
type Options struct {
	Language string // of the system, where the settings name none: "en", "nl"; others give English
	Now      func() time.Time
	Log      *slog.Logger
}

// bar is the icon and its menu. show is called from one goroutine.
type bar interface {
	show(l look)
}

// notices are the desktop's notifications; each key has at most one on the screen.
type notices interface {
	say(key, text, button, page string)
	drop(key string)
	clicked() <-chan string // the page to show; nil where there are none
}

// tray is one run.
type tray struct {
	desk    Desk
	opt     Options
	bar     bar
	notices notices
	clicks  <-chan deed
	shade   <-chan bool // the panel became dark, or light; nil where nobody says

	words map[string]*assets.Words
	state camp.State
	dark  bool
	drawn look
	told  map[string]map[string]bool // what the notices that were given are about, by key
	stood map[string]camp.Standing   // of each membership, in the last state
	let   map[string]camp.Standing   // decisions about a request, since this program runs
	alarm *time.Timer                // the quiet hours are over, and something is held back
	work  sync.WaitGroup
	slots chan struct{}
}

// atOnce bounds the deeds under way; somebody who clicks faster is not helped by more.
const atOnce = 4

func newTray(d Desk, opt Options) (*tray, error) {
	t := &tray{
		desk: d, opt: opt, words: map[string]*assets.Words{}, told: map[string]map[string]bool{},
		stood: map[string]camp.Standing{}, let: map[string]camp.Standing{}, slots: make(chan struct{}, atOnce),
	}
	for _, l := range assets.Languages {
		w, err := assets.LoadWords(l)
		if err != nil {
			return nil, err
		}
		t.words[l] = w
	}
	return t, nil
}

// loop follows the camp until ctx ends or the camp's program does, and waits
// for what it started.
func (t *tray) loop(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer t.work.Wait()
	defer cancel()
	states := t.desk.Watch(ctx)
	t.alarm = time.NewTimer(time.Hour)
	t.alarm.Stop()
	defer t.alarm.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case st, ok := <-states:
			if !ok {
				return
			}
			t.state = st
			t.decided()
			t.draw()
			t.tell()
		case <-t.alarm.C:
			t.tell()
		case d := <-t.clicks:
			t.act(ctx, d)
		case t.dark = <-t.shade:
			t.draw()
		case page := <-t.notices.clicked():
			if id, ok := strings.CutPrefix(page, openCamp); ok {
				t.ask(ctx, camp.Intent{Do: camp.DoJoinOpen, ID: id})
				continue
			}
			t.ask(ctx, camp.Intent{Do: camp.DoShow, Page: page})
		}
	}
}

func (t *tray) draw() {
	t.drawn = lookOf(t.state, t.say(), t.dark, t.opt.Now())
	t.bar.show(t.drawn)
}

// say gives the words of the language chosen in the settings, else of the system.
func (t *tray) say() *assets.Words {
	for _, l := range []string{t.state.Settings.Language, t.opt.Language} {
		if w, ok := t.words[l]; ok {
			return w
		}
	}
	return t.words[assets.Languages[0]]
}

// act turns a click into what is asked of the camp.
func (t *tray) act(ctx context.Context, d deed) {
	switch d {
	case deedOpen:
		t.ask(ctx, camp.Intent{Do: camp.DoOpen})
	case deedShow:
		t.ask(ctx, camp.Intent{Do: camp.DoShow})
	case deedWaiting:
		t.ask(ctx, camp.Intent{Do: camp.DoShow, Page: "people"})
	case deedNeeds:
		t.ask(ctx, camp.Intent{Do: camp.DoShow, Page: pageOf(otherNeeds(t.state.Needs))})
	case deedInvite:
		t.ask(ctx, camp.Intent{Do: camp.DoShow, Page: "invite"})
	case deedJoin:
		t.ask(ctx, camp.Intent{Do: camp.DoShow, Page: "join"})
	case deedHour:
		t.ask(ctx, camp.Intent{Do: camp.DoPause, For: time.Hour})
	case deedTomorrow:
		t.ask(ctx, camp.Intent{Do: camp.DoPause, For: tomorrow(t.opt.Now())})
	case deedUntil:
		t.ask(ctx, camp.Intent{Do: camp.DoPause})
	case deedSwitch:
		in := camp.Intent{Do: camp.DoStart}
		if t.state.Phase == camp.Paused {
			in.Do = camp.DoResume
		}
		t.ask(ctx, in)
	case deedEnd:
		t.ask(ctx, camp.Intent{Do: camp.DoStop})
	default:
		if i := int(d - deedCamp); i >= 0 && i < maxCamps && t.drawn.camps[i] != "" {
			t.ask(ctx, camp.Intent{Do: camp.DoJoinOpen, ID: t.drawn.camps[i]})
		}
	}
}

// ask lets a deed be done beside the loop, and says what the camp refuses.
func (t *tray) ask(ctx context.Context, in camp.Intent) {
	select {
	case t.slots <- struct{}{}:
	default:
		return
	}
	w := t.say()
	in.Language = w.Language
	t.work.Go(func() {
		defer func() { <-t.slots }()
		_, err := t.desk.Do(ctx, in)
		if err == nil || ctx.Err() != nil {
			return
		}
		f := camp.AsFault(err)
		t.opt.Log.Warn("the camp refused what the tray asked", "do", in.Do, "say", f.Say, "err", err)
		t.notices.say("answer", w.SayMap(f.Say, f.Args), w.Say("tray.notice.show"), "")
	})
}

// pageOf gives the screen that helps: of the one need, or the list of all on home.
func pageOf(needs []camp.Need) string {
	if len(needs) == 1 {
		return needs[0].Page
	}
	return ""
}

// tomorrow is the time until seven in the morning of the next day. The hours
// before four belong to the day before, as they do for those who are still up.
func tomorrow(now time.Time) time.Duration {
	day := now.Day() + 1
	if now.Hour() < 4 {
		day--
	}
	return time.Date(now.Year(), now.Month(), day, 7, 0, 0, 0, now.Location()).Sub(now)
}
