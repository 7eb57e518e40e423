package main

import (
	"context"

	"camp/app/desk"
	"camp/app/place"
	"camp/assets"
	"camp/node/camp"
)

// menu is the entry of this program among those of the desktop.
func menu() (place.Menu, error) {
	lines := map[string]string{}
	for _, l := range assets.Languages {
		w, err := assets.LoadWords(l)
		if err != nil {
			return place.Menu{}, err
		}
		lines[l] = w.Say("window.first.line")
	}
	return place.ThisMenu(lines, assets.Tent(false))
}

// enterMenu lets the settings enter Camp among the desktop's programs. An entry
// that names another place than this program's is mended.
func (e *env) enterMenu(ctx context.Context, opt *desk.Options) {
	m, err := menu()
	if err != nil {
		return // the settings then say that it cannot be done
	}
	opt.InMenu, _ = m.Repair(ctx) // one that cannot be mended is no reason not to start
	opt.Menu = func(on bool) error { return m.Set(ctx, on) }
}

func install(ctx context.Context, e *env, _ call) error {
	return e.setMenu(ctx, true, "ctl.installed")
}

func uninstall(ctx context.Context, e *env, _ call) error {
	return e.setMenu(ctx, false, "ctl.uninstalled")
}

// setMenu makes or removes the entry without a camp.
func (e *env) setMenu(ctx context.Context, on bool, say string) error {
	m, err := menu()
	if err == nil {
		err = m.Set(ctx, on)
	}
	if err != nil {
		return camp.NewFault(camp.NotAllowed, "program.no_menu.say", err)
	}
	e.answer(map[string]bool{"installed": on}, say)
	return nil
}
