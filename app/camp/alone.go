package main

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"camp/app/control"
	"camp/app/desk"
	"camp/app/place"
	"camp/app/porch"
	"camp/app/tray"
	"camp/node/camp"
)

// alone is `camp` without a command: the tray icon, the window, and the camp if
// there is one. A second start shows the first. The code of a link is shown
// there, and nothing is done by it.
func alone(ctx context.Context, e *env, c call) error {
	place.LeaveConsole()
	if !hasDisplay(runtime.GOOS, e.getenv) && !place.HasBrowser() {
		return camp.NewFault(camp.NotAllowed, "program.no_display.say", nil)
	}
	h, err := place.Find(c.get("data"))
	if err != nil {
		return camp.NewFault(camp.Invalid, "program.no_home.say", err)
	}
	var door atomic.Pointer[porch.Porch] // made once there is a desk
	opt := desk.Options{
		Home: h, Language: e.language, Pages: func(ctx context.Context) (string, error) { return link(ctx, door.Load()) },
		Browse: func(url string) error { return place.Browse(ctx, url) },
		Login:  func(on bool) error { return place.StartAtLogin(on, "--hidden") },
		Awake:  e.awake(ctx),
	}
	_, _ = place.RepairLogin("--hidden") // an entry that cannot be repaired is no reason not to start
	e.enterMenu(ctx, &opt)
	k, err := e.keep(ctx, opt)
	if errors.Is(err, errTaken) {
		return e.showFirst(ctx, h, wish(c))
	}
	if err != nil {
		return err
	}
	defer k.close()
	if len(c.words) == 1 {
		if _, err := k.desk.Do(ctx, wish(c)); err != nil {
			return err
		}
	}
	return e.together(ctx, k, &door, c.has("hidden") && len(c.words) == 0)
}

// link gives a way into the pages that stand for the window.
func link(ctx context.Context, p *porch.Porch) (string, error) {
	if p == nil {
		return "", errors.New("the pages are not there yet")
	}
	return p.Link(ctx)
}

// wish is what the window is to show.
func wish(c call) camp.Intent {
	in := camp.Intent{Do: camp.DoShow}
	if len(c.words) == 1 {
		in.Page, in.Code = "join", c.words[0]
	}
	return in
}

// together runs the camp, its window and the tray until the camp is to end. The
// tray needs the main goroutine.
func (e *env) together(ctx context.Context, k *kept, door *atomic.Pointer[porch.Porch], hidden bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g, ctx := errgroup.WithContext(ctx)
	p, err := porch.New(porch.Options{
		Desk: k.desk, Language: e.language, Temp: k.data, Now: e.now, Rand: e.rand, Log: k.log.With("component", "porch"),
	})
	if err != nil {
		return camp.NewFault(camp.Internal, "fault.internal.say", err)
	}
	door.Store(p)
	w := &window{
		desk: k.desk, data: k.data, hasTray: tray.Available, log: k.log.With("component", "window"), find: findWindow, pages: e.pages(k, p),
	}
	g.Go(func() error { defer cancel(); return k.run(ctx) })
	g.Go(func() error { return p.Run(ctx) })
	g.Go(func() error { return w.run(ctx, hidden) })
	err = tray.Run(ctx, k.desk, tray.Options{Language: e.language, Now: e.now, Log: k.log.With("component", "tray")})
	if err != nil {
		k.log.Warn("no tray icon", "err", err)
	}
	return g.Wait()
}

// pages opens in the browser what the window would show: the camp for its host
// where it is on, unless another one is to be joined, else the first choices.
func (e *env) pages(k *kept, p *porch.Porch) func(context.Context) {
	return func(ctx context.Context) {
		_, _ = e.err.Write([]byte(e.words.Say("program.no_window.say") + "\n"))
		st := k.desk.State()
		if (st.Phase == camp.On || st.Phase == camp.Paused) && st.ShowPage != "join" {
			if _, err := k.desk.Do(ctx, camp.Intent{Do: camp.DoOpen, Page: st.ShowPage}); err == nil {
				return
			}
		}
		url, err := p.Link(ctx)
		if err == nil {
			err = place.Browse(ctx, url)
		}
		if err != nil {
			k.log.Warn("browser does not open", "err", err)
			_, _ = e.err.Write([]byte(e.words.Say("program.no_browser.say") + "\n"))
		}
	}
}

// showFirst brings the window of the camp that runs already up.
func (e *env) showFirst(ctx context.Context, h place.Home, in camp.Intent) error {
	in.Language = e.language
	ctx, cancel := context.WithTimeout(ctx, firstTime)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		client, err := control.Dial(ctx, h.Data)
		if err == nil {
			defer func() { _ = client.Close() }()
			if _, err = client.Do(ctx, in); err == nil {
				e.answer(map[string]bool{"shown": true}, "program.already_on")
				return nil
			}
		}
		select { // it may be just starting
		case <-ctx.Done():
			return e.inUse(h.Data, err)
		case <-tick.C:
		}
	}
}

// firstTime is how long a first start may take until its socket answers.
const firstTime = 5 * time.Second

// awake keeps the computer awake where that can be done; where it cannot, the
// camp sleeps with it.
func (e *env) awake(ctx context.Context) func(on bool) {
	var a place.Awake
	return func(on bool) { _ = a.Set(ctx, on, e.words.Say("program.awake")) }
}
