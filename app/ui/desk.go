// Package ui draws the window of Camp: the screens on which somebody starts a
// camp and keeps it. People read and post in the browser, not here.
//
// It knows a camp only through the interface Desk: intents go in, whole
// snapshots come out, and every screen is drawn anew from the newest snapshot
// (never patched). Nothing that would be missed lives here, so that the window
// may be closed or killed at any moment.
//
//	Desk.Watch ─▶ Run (the pump) ─▶ fyne.Do ─▶ apply(State) ─▶ draw
//	a button ─▶ do(Intent) ─▶ a goroutine of Run ─▶ Desk.Do ─▶ the pump ─▶ fyne.Do
//
// Widgets start no goroutines; Run is the only place that enters Fyne from
// another goroutine. The package sees the vocabulary of node/camp, the embedded
// words and drawings of assets, and Fyne's widgets; no network, no store, no C.
package ui

import (
	"context"
	"net/url"
	"time"

	"fyne.io/fyne/v2"

	"camp/assets"
	"camp/node/camp"
)

// Desk is the camp as the window sees it.
type Desk interface {
	// Do asks for one thing and waits for what came of it; errors are *camp.Fault.
	Do(ctx context.Context, in camp.Intent) (camp.Answer, error)
	// State is the newest snapshot.
	State() camp.State
	// Watch gives a snapshot at each change, the newest one first; it is closed
	// when ctx ends or the camp's program has gone.
	Watch(ctx context.Context) <-chan camp.State
}

// Chooser asks for a file or a folder; done is called with an absolute path on
// the window's goroutine, or not at all where the person changed their mind.
type Chooser interface {
	File(done func(path string))
	Folder(start string, done func(path string))
	// Save asks for a place and writes text there (0600 where the system knows that).
	Save(name, text string, done func(path string, err error))
}

// Config is what a View is made of. Desk, Window and Now are needed.
type Config struct {
	Desk     Desk
	Window   fyne.Window
	Now      func() time.Time
	Language string               // "en" or "nl": asked for by a flag; "" for settings, then System
	System   string               // language of the system, "" for English
	NoTray   bool                 // the desktop has no place for an icon
	Page     string               // screen to open first, "" for Home
	Code     string               // an invite code from a link: shown, never acted on
	Quit     func()               // ends the window's program; nil for closing the window
	OpenURL  func(*url.URL) error // for links that the window itself opens; nil for none
	Chooser  Chooser              // nil for Fyne's own file dialogs
}

// Speaks reports the language of Camp that fits a system's ("nl-BE" gives "nl"),
// and English for all others.
func Speaks(system string) string {
	for _, l := range assets.Languages {
		if len(system) >= len(l) && system[:len(l)] == l && (len(system) == len(l) || system[len(l)] == '-' || system[len(l)] == '_') {
			return l
		}
	}
	return assets.Languages[0]
}
