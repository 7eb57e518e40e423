package tray

import (
	"testing"
	"time"

	"camp/assets"
	"camp/node/camp"
)

func words(t *testing.T, language string) *assets.Words {
	t.Helper()
	w, err := assets.LoadWords(language)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

var need = []camp.Need{{Kind: "backup"}}

func TestStatusLine(t *testing.T) {
	for _, c := range []struct {
		name string
		st   camp.State
		want string
	}{
		{"on", camp.State{Phase: camp.On}, "Your camp is on"},
		{"people here", camp.State{Phase: camp.On, Here: 4}, "Your camp is on · 4 here"},
		{"needs", camp.State{Phase: camp.On, Here: 4, Needs: need}, "On, but something needs you"},
		{"starting", camp.State{Phase: camp.Starting}, "Your camp is starting"},
		{"stopping", camp.State{Phase: camp.Stopping}, "Camp is ending"},
		{"paused", camp.State{Phase: camp.Paused}, "Your camp is paused"},
		{"paused today", camp.State{Phase: camp.Paused, Until: noon.Add(65 * time.Minute).UTC()}, "Paused until 13:05"},
		{"paused till tomorrow", camp.State{Phase: camp.Paused, Until: noon.Add(19 * time.Hour).UTC()}, "Paused until tomorrow, 07:00"},
		{"paused for days", camp.State{Phase: camp.Paused, Until: noon.Add(49 * time.Hour)}, "Paused until 2026-11-24 13:00"},
		{"trouble", camp.State{Phase: camp.Trouble, Needs: need}, "Your camp cannot run"},
		{"off", camp.State{Phase: camp.Off, Exists: true}, "Your camp is off"},
		{"none", camp.State{Phase: camp.Off}, "There is no camp here yet"},
	} {
		l := lookOf(c.st, words(t, "en"), false, noon)
		if got := l.entries[placeStatus]; got.text != c.want || !got.off || got.hidden {
			t.Errorf("%s: %+v, want greyed %q", c.name, got, c.want)
		}
		if l.tip != c.want {
			t.Errorf("%s: tip %q, want %q", c.name, l.tip, c.want)
		}
	}
}

func TestEntries(t *testing.T) {
	type mode string
	const (
		can  mode = "can"
		grey mode = "grey"
		none mode = "none"
	)
	for _, c := range []struct {
		name                             string
		st                               camp.State
		open, needs, pause, onAgain, ask mode
		word                             string
	}{
		{"on", camp.State{Phase: camp.On}, can, none, can, none, grey, ""},
		{"needs", camp.State{Phase: camp.On, Needs: need}, can, can, can, none, grey, ""},
		{"starting", camp.State{Phase: camp.Starting}, grey, none, grey, none, grey, ""},
		{"stopping", camp.State{Phase: camp.Stopping}, grey, none, grey, none, grey, ""},
		{"paused", camp.State{Phase: camp.Paused}, grey, none, none, can, grey, "Switch on again"},
		{"trouble", camp.State{Phase: camp.Trouble}, grey, none, none, can, none, "Try again"},
		{"off", camp.State{Phase: camp.Off, Exists: true}, grey, none, none, can, none, "Switch on"},
		{"no camp", camp.State{Phase: camp.Off}, grey, none, none, none, none, ""},
	} {
		l := lookOf(c.st, words(t, "en"), false, noon)
		got := func(p place) mode {
			switch e := l.entries[p]; {
			case e.hidden:
				return none
			case e.off:
				return grey
			}
			return can
		}
		for p, want := range map[place]mode{placeOpen: c.open, placeNeeds: c.needs, placePause: c.pause, placeSwitch: c.onAgain, placeAsk: c.ask, placeShow: can, placeEndNow: can} {
			if got(p) != want {
				t.Errorf("%s: %q is %s, want %s", c.name, l.entries[p].text, got(p), want)
			}
		}
		if c.word != "" && l.entries[placeSwitch].text != c.word {
			t.Errorf("%s: the switch says %q, want %q", c.name, l.entries[placeSwitch].text, c.word)
		}
		if (got(placeInvite) == none) == (got(placeJoin) == none) {
			t.Errorf("%s: not exactly one of inviting and joining stands between the lines", c.name)
		}
		if got(placePause) != none && got(placeSwitch) != none {
			t.Errorf("%s: Pause and the switch at once", c.name)
		}
	}
}

// TestEveryEntrySpeaks holds that no entry is ever empty or a bare key, in any language.
func TestEveryEntrySpeaks(t *testing.T) {
	for _, language := range assets.Languages {
		w := words(t, language)
		for _, p := range []camp.Phase{camp.Off, camp.Starting, camp.On, camp.Paused, camp.Stopping, camp.Trouble, ""} {
			l := lookOf(camp.State{Phase: p, Until: noon, Here: 2, Memberships: camps()}, w, false, noon)
			for i, e := range l.entries {
				if e.text == "" || w.Has(e.text) || len(e.text) > 5 && e.text[:5] == "tray." {
					t.Errorf("%s, %s: entry %d says %q", language, p, i, e.text)
				}
			}
		}
	}
}
