// Package desk starts and stops the camp of one data folder. Those who look
// after it (window, tray, command line, the host's pages) ask by intents and
// see immutable snapshots; desk is the one owner of everything that runs.
//
//	          start                  pause
//	  off ──────────▶ starting ─▶ on ──────▶ paused
//	   ▲                 │        │ ◀──────    │
//	   │                 ▼        │   resume   │
//	   │              trouble ◀───┘            │
//	   └────────────── stopping ◀──────────────┘
package desk

import (
	"context"
	"io"
	"log/slog"
	"time"

	"camp/app/desk/latest"
	"camp/app/place"
	"camp/node/camp"
)

// Options say where and how a camp is kept. Home, Now, Rand and Log must be set.
type Options struct {
	Home    place.Home
	Now     func() time.Time
	Rand    io.Reader
	Log     *slog.Logger
	Version string

	Web      string       // where the pages are to answer; "" for 127.0.0.1 and a port of the system's choice
	Name     string       // of a camp made at the first start; "" for "Camp of <login name>"
	HostUser string       // handle of the host of such a camp; "" for the login name
	Language string       // of such a camp: "en" or "nl"; "" for "en"
	Wishes   place.Wishes // accepted for later versions
	Lab      []string     // lab flags in force, shown by status

	Browse func(url string) error // opens the browser; nil where there is none
	Login  func(on bool) error    // start at login; nil where the system has no such thing
	Awake  func(on bool)          // keep the computer awake; nil where it cannot be done
}

// Desk keeps one camp. Make it by New, let Run run, ask by Do. Safe for
// concurrent use.
type Desk struct {
	opt    Options
	states latest.States
}

// New reads the settings and looks whether a camp exists; it starts nothing.
func New(opt Options) (*Desk, error) {
	d := &Desk{opt: opt}
	d.states.Set(camp.State{Phase: camp.Off, Version: opt.Version, Data: opt.Home.Data})
	return d, nil
}

// State gives the newest snapshot.
func (d *Desk) State() camp.State { return d.states.State() }

// Watch gives the snapshot now and at each change; a slow watcher skips to the
// newest. The channel closes when ctx ends or the desk has ended.
func (d *Desk) Watch(ctx context.Context) <-chan camp.State { return d.states.Watch(ctx) }

// Run owns the camp until ctx ends or somebody asks to stop. It blocks and
// returns when everything it started has ended.
func (d *Desk) Run(ctx context.Context) error {
	defer d.states.Close()
	<-ctx.Done()
	return nil
}

// Do carries out an intent. Refusals are *camp.Fault.
func (d *Desk) Do(_ context.Context, in camp.Intent) (camp.Answer, error) {
	if in.Do == camp.DoStatus {
		st := d.State()
		return camp.Answer{State: &st}, nil
	}
	return camp.Answer{}, camp.NewFault(camp.Invalid, "control.unknown.say", nil)
}
