package tray

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"camp/app/desk/latest"
	"camp/assets"
	"camp/node/camp"
)

// fakeDesk records what it is asked.
type fakeDesk struct {
	latest.States
	mu    sync.Mutex // guards what follows
	asked []camp.Intent
	fails error
	hold  chan struct{} // if set, Do waits for it
}

func (f *fakeDesk) Do(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	f.mu.Lock()
	f.asked = append(f.asked, in)
	hold, err := f.hold, f.fails
	f.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return camp.Answer{}, ctx.Err()
		}
	}
	return camp.Answer{}, err
}

func (f *fakeDesk) intents() []camp.Intent {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]camp.Intent(nil), f.asked...)
}

type fakeBar struct {
	mu    sync.Mutex // guards what follows
	shown []look
}

func (b *fakeBar) show(l look) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shown = append(b.shown, l)
}

func (b *fakeBar) last() look {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.shown[len(b.shown)-1]
}

type fakeNotices struct {
	mu    sync.Mutex // guards what follows
	said  []string   // "key: text → page", or "key gone"
	click chan string
}

func (n *fakeNotices) say(key, text, _, page string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.said = append(n.said, key+": "+text+" → "+page)
}

func (n *fakeNotices) drop(key string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.said = append(n.said, key+" gone")
}

func (n *fakeNotices) clicked() <-chan string { return n.click }

// stage is a tray with everything around it faked.
type stage struct {
	t       *tray
	desk    *fakeDesk
	bar     *fakeBar
	notices *fakeNotices
	clicks  chan deed
	shade   chan bool
}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.FixedZone("there", 3600))

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{desk: &fakeDesk{}, bar: &fakeBar{}, notices: &fakeNotices{click: make(chan string)}, clicks: make(chan deed), shade: make(chan bool)}
	tr, err := newTray(s.desk, Options{Language: "en", Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	tr.bar, tr.notices, tr.clicks, tr.shade = s.bar, s.notices, s.clicks, s.shade
	s.t = tr
	return s
}

// play runs the loop in fake time while f acts.
func play(t *testing.T, f func(t *testing.T, s *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); s.t.loop(ctx) }()
		synctest.Wait()
		f(t, s)
		cancel()
		<-ended
	})
}

func (s *stage) set(st camp.State) { s.desk.Set(st); synctest.Wait() }
func (s *stage) click(d deed)      { s.clicks <- d; synctest.Wait() }

func TestClicksBecomeIntents(t *testing.T) {
	backup := []camp.Need{{Kind: "backup", Page: "backups"}}
	two := []camp.Need{{Kind: "backup", Page: "backups"}, {Kind: "recovery", Page: "sheet"}}
	for _, c := range []struct {
		name string
		st   camp.State
		deed deed
		want camp.Intent
	}{
		{"open", camp.State{Phase: camp.On}, deedOpen, camp.Intent{Do: camp.DoOpen}},
		{"show", camp.State{Phase: camp.On}, deedShow, camp.Intent{Do: camp.DoShow}},
		{"one need", camp.State{Phase: camp.On, Needs: backup}, deedNeeds, camp.Intent{Do: camp.DoShow, Page: "backups"}},
		{"two needs", camp.State{Phase: camp.On, Needs: two}, deedNeeds, camp.Intent{Do: camp.DoShow}},
		{"an hour", camp.State{Phase: camp.On}, deedHour, camp.Intent{Do: camp.DoPause, For: time.Hour}},
		{"until tomorrow", camp.State{Phase: camp.On}, deedTomorrow, camp.Intent{Do: camp.DoPause, For: 19 * time.Hour}},
		{"until switched on", camp.State{Phase: camp.On}, deedUntil, camp.Intent{Do: camp.DoPause}},
		{"resume", camp.State{Phase: camp.Paused}, deedSwitch, camp.Intent{Do: camp.DoResume}},
		{"switch on", camp.State{Phase: camp.Off, Exists: true}, deedSwitch, camp.Intent{Do: camp.DoStart}},
		{"try again", camp.State{Phase: camp.Trouble, Exists: true}, deedSwitch, camp.Intent{Do: camp.DoStart}},
		{"end", camp.State{Phase: camp.On}, deedEnd, camp.Intent{Do: camp.DoStop}},
	} {
		t.Run(c.name, func(t *testing.T) {
			play(t, func(t *testing.T, s *stage) {
				s.set(c.st)
				s.click(c.deed)
				c.want.Language = "en"
				if diff := cmp.Diff([]camp.Intent{c.want}, s.desk.intents()); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func TestRefusalIsSaid(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		s.desk.fails = camp.NewFault(camp.Conflict, "fault.internal.say", errors.New("no door"))
		s.set(camp.State{Phase: camp.On, Settings: camp.Settings{Language: "nl"}})
		s.click(deedOpen)
		w, err := assets.LoadWords("nl")
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"answer: " + w.Say("fault.internal.say") + " → "}
		if diff := cmp.Diff(want, s.notices.said); diff != "" {
			t.Error(diff)
		}
		if got := s.desk.intents()[0].Language; got != "nl" {
			t.Errorf("asked in %q, want nl", got)
		}
	})
}

func TestImpatientClicksAreBounded(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		s.desk.hold = make(chan struct{})
		s.set(camp.State{Phase: camp.On})
		for range 3 * atOnce {
			s.click(deedOpen)
		}
		if got := len(s.desk.intents()); got != atOnce {
			t.Errorf("%d deeds under way, want %d", got, atOnce)
		}
		close(s.desk.hold)
		synctest.Wait()
		s.click(deedShow)
		if got := len(s.desk.intents()); got != atOnce+1 {
			t.Errorf("%d deeds after the first ended, want %d", got, atOnce+1)
		}
	})
}

func TestNoticesOncePerKind(t *testing.T) {
	w, err := assets.LoadWords("en")
	if err != nil {
		t.Fatal(err)
	}
	trouble := w.Say("tray.notice.trouble")
	need := func(kind string) camp.Need { return camp.Need{Kind: kind, Say: "tray.off", Page: kind + "s"} }
	play(t, func(t *testing.T, s *stage) {
		s.set(camp.State{Phase: camp.Starting})
		s.set(camp.State{Phase: camp.Trouble, Problem: &camp.Problem{Say: "no.such.sentence"}})
		s.set(camp.State{Phase: camp.Trouble})
		s.set(camp.State{Phase: camp.Starting})
		s.set(camp.State{Phase: camp.On, Needs: []camp.Need{need("recovery"), need("backup"), need("backup")}})
		s.set(camp.State{Phase: camp.On, Here: 3, Needs: []camp.Need{need("backup")}})
		s.set(camp.State{Phase: camp.On, Needs: []camp.Need{need("space")}})
		s.set(camp.State{Phase: camp.On})
		want := []string{
			"trouble: " + trouble + " → ", "trouble gone",
			"backup: Your camp is off → backups",
			"space: Your camp is off → spaces", "backup gone", "space gone",
		}
		if diff := cmp.Diff(want, s.notices.said); diff != "" {
			t.Error(diff)
		}
		s.set(camp.State{Phase: camp.On, Needs: []camp.Need{need("backup")}})
		if got := len(s.notices.said); got != len(want)+1 {
			t.Errorf("a need that came back was not said again: %q", s.notices.said)
		}
	})
}

func TestClickOnANoticeShowsItsPage(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		s.notices.click <- "backups"
		synctest.Wait()
		if diff := cmp.Diff([]camp.Intent{{Do: camp.DoShow, Page: "backups", Language: "en"}}, s.desk.intents()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestLanguageFollowsSettings(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		for _, c := range []struct{ set, system, want string }{
			{"", "en", "Your camp is on"},
			{"nl", "en", "Je kamp staat aan"},
			{"", "nl", "Je kamp staat aan"},
			{"en", "nl", "Your camp is on"},
			{"", "fr", "Your camp is on"},
			{"xx", "", "Your camp is on"},
		} {
			s.t.opt.Language = c.system
			s.set(camp.State{Phase: camp.On, Settings: camp.Settings{Language: c.set}})
			if got := s.bar.last().entries[placeStatus].text; got != c.want {
				t.Errorf("settings %q, system %q: %q, want %q", c.set, c.system, got, c.want)
			}
		}
	})
}

func TestShadeRedraws(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		s.set(camp.State{Phase: camp.On})
		for _, dark := range []bool{true, false} {
			s.shade <- dark
			synctest.Wait()
			if got := s.bar.last().dark; got != dark {
				t.Errorf("icon for a dark panel: %v, want %v", got, dark)
			}
		}
	})
}

// TestLoopEndsWithTheCamp: no context has to end for it.
func TestLoopEndsWithTheCamp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.desk.Close()
		s.t.loop(t.Context()) // a loop that goes on is a deadlock, which fails the test
	})
}

func TestTomorrow(t *testing.T) {
	zone := time.FixedZone("there", -3*3600)
	for _, c := range []struct {
		name      string
		now, want time.Time
	}{
		{"noon", time.Date(2026, 11, 22, 12, 0, 0, 0, zone), time.Date(2026, 11, 23, 7, 0, 0, 0, zone)},
		{"late", time.Date(2026, 11, 22, 23, 59, 0, 0, zone), time.Date(2026, 11, 23, 7, 0, 0, 0, zone)},
		{"still up", time.Date(2026, 11, 23, 2, 0, 0, 0, zone), time.Date(2026, 11, 23, 7, 0, 0, 0, zone)},
		{"early riser", time.Date(2026, 11, 23, 5, 0, 0, 0, zone), time.Date(2026, 11, 24, 7, 0, 0, 0, zone)},
		{"end of the year", time.Date(2026, 12, 31, 20, 0, 0, 0, zone), time.Date(2027, 1, 1, 7, 0, 0, 0, zone)},
	} {
		if got := c.now.Add(tomorrow(c.now)); !got.Equal(c.want) {
			t.Errorf("%s: until %v, want %v", c.name, got, c.want)
		}
	}
}
