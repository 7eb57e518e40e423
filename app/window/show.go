package main

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/driver"

	"camp/app/control"
	"camp/app/ui"
	"camp/assets"
)

// metadata is what FyneApp.toml says; a test holds the two together.
func metadata() fyne.AppMetadata {
	return fyne.AppMetadata{
		ID: "camp.desktop.Camp", Name: "Camp", Version: "0.1.0", Build: 1,
		Migrations: map[string]bool{"fyneDo": true}, // all that draws is handed to the loop by fyne.Do
	}
}

// iconSize is that of the window's icon, in pixels.
const iconSize = 128

// Names of the window's preferences: its size, and nothing else.
const (
	prefWidth  = "width"
	prefHeight = "height"
)

// show opens the window and returns when it is closed or the camp has ended.
// Where the driver cannot open a window it panics on this goroutine: that
// becomes a sentence and a status.
func show(ctx context.Context, f flags, client *control.Client, stderr io.Writer, say func(string, ...any) string) (status int) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	started := false
	defer func() {
		cancel()
		if started {
			<-ended
		}
		if p := recover(); p != nil {
			fmt.Fprintf(stderr, "%s\n%v\n", say("window.none.graphics"), p)
			status = exitNoDisplay
		}
	}()
	app.SetMetadata(metadata())
	a := app.NewWithID(metadata().ID)
	a.SetIcon(fyne.NewStaticResource("camp.png", assets.AppIcon(iconSize)))
	w := a.NewWindow(metadata().Name)
	var over atomic.Bool // the loop ends: nothing may be handed to it any more
	quit := func() {
		if !over.Swap(true) {
			remember(a, w)
			a.Quit()
		}
	}
	view := ui.New(ui.Config{
		Desk: client, Window: w, Now: time.Now, Language: f.language, System: systemLanguage(),
		NoTray: f.noTray, Page: f.page, Code: f.link, Quit: quit,
	})
	w.Resize(size(a))
	// Before the loop runs, Fyne would run what is handed to it on the caller's goroutine.
	a.Lifecycle().SetOnStarted(func() {
		started = true
		go func() {
			defer close(ended)
			view.Run(ctx)
			if !over.Load() {
				fyne.Do(quit)
			}
		}()
	})
	// The title at this moment becomes the window's class on X11, by which desktops
	// find the entry and the icon; the camp's name follows with the first snapshot.
	w.SetTitle(metadata().Name)
	w.Show()
	if !onScreen(w) {
		fmt.Fprintln(stderr, say("window.none.graphics"))
		return exitNoDisplay
	}
	a.Run()
	return exitFine
}

// onScreen reports whether the driver really made the window: without OpenGL
// it logs that it could not, and would then wait for ever for one to close.
func onScreen(w fyne.Window) bool {
	native, ok := w.(driver.NativeWindow)
	if !ok {
		return true // cannot be asked
	}
	made := false
	native.RunNative(func(at any) {
		switch at := at.(type) {
		case driver.X11WindowContext:
			made = at.WindowHandle != 0
		case driver.WaylandWindowContext:
			made = at.WaylandSurface != 0
		case driver.WindowsWindowContext:
			made = at.HWND != 0
		case driver.MacWindowContext:
			made = at.NSWindow != 0
		default:
			made = true
		}
	})
	return made
}

// size is that of the last time, never smaller than the screens need.
func size(a fyne.App) fyne.Size {
	p := a.Preferences()
	return fyne.NewSize(
		float32(p.FloatWithFallback(prefWidth, ui.FirstWidth)),
		float32(p.FloatWithFallback(prefHeight, ui.FirstHeight)))
}

func remember(a fyne.App, w fyne.Window) {
	s := w.Canvas().Size()
	a.Preferences().SetFloat(prefWidth, float64(s.Width))
	a.Preferences().SetFloat(prefHeight, float64(s.Height))
}
