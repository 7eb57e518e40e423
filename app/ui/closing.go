package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"camp/node/camp"
)

// keepTime is how long the window waits, once it is to close, for a choice to be kept.
const keepTime = 2 * time.Second

// closeAsked is the close button. The camp goes on without its window, so the
// first time, and where the desktop has no place for the icon every time, it
// says so before the window goes.
func (v *View) closeAsked() {
	switch {
	case v.ending:
		v.close()
	case !v.st.Exists && v.st.Phase != camp.Starting && len(v.st.Memberships) == 0:
		v.end() // nothing lives here yet: nothing should stay
	case v.cfg.NoTray:
		v.noTrayAsked()
	case v.st.Settings.Close == "end":
		v.end()
	case v.st.Settings.Close == "keep":
		v.close()
	case v.st.Settings.Close == "ask":
		v.trayAsked(v.keepTitle())
	default:
		v.trayAsked("window.close.first")
	}
}

// trayAsked shows where Camp goes on; Escape keeps the window.
func (v *View) trayAsked(title string) {
	keep := func() {
		if v.st.Settings.Close != "" {
			v.close()
			return
		}
		s := v.st.Settings
		s.Close = "keep"
		in := camp.Intent{Do: camp.DoSettings, Settings: &s, Language: v.words.Language}
		v.spawn(func(ctx context.Context) func() {
			ctx, cancel := context.WithTimeout(ctx, keepTime)
			defer cancel()
			// A choice that could not be kept is asked for again next time; the window goes all the same.
			_, _ = v.desk.Do(ctx, in)
			return v.close
		})
	}
	goesOn := "window.close.tray"
	if !v.st.Exists {
		goesOn = "window.close.tray_member"
	}
	v.ask(question{
		title: v.say(title),
		parts: []fyne.CanvasObject{v.panelPicture(), v.body(v.say(goesOn))},
		deeds: []*press{v.button("window.close.end", quiet, "", v.end)},
		safe:  v.button("window.close.keep", main, "", keep),
	})
}

func (v *View) keepTitle() string {
	if !v.st.Exists {
		return "window.close.title_member"
	}
	return "window.close.title"
}

func (v *View) noTrayAsked() {
	v.ask(question{
		title: v.say(v.keepTitle()),
		parts: []fyne.CanvasObject{v.body(v.say("window.close.no_tray"))},
		deeds: []*press{v.button("window.close.end", quiet, "", v.end)},
		safe:  v.button("window.close.keep_on", main, "", v.close),
	})
}

// panelPicture draws the corner of a desktop with Camp's icon in it.
func (v *View) panelPicture() fyne.CanvasObject {
	l := v.look
	bar := canvas.NewRectangle(l.sunk)
	bar.CornerRadius, bar.StrokeColor, bar.StrokeWidth = 10, l.line, 1
	dot := func() fyne.CanvasObject {
		s := l.gap(9)
		return container.New(&fixed{fyne.NewSize(s, s)}, canvas.NewCircle(l.line))
	}
	clock := v.para(v.now().Local().Format("15:04"), sizeSmall, l.soft).line()
	halo := canvas.NewCircle(l.mossWash)
	s := l.gap(36)
	icon := container.New(&fixed{fyne.NewSize(s, s)}, halo, container.New(&inset{x: s * 0.2, y: s * 0.18}, v.tent(camp.On, false, 22)))
	line := container.New(&wrap{gap: l.gap(14), trailing: true}, dot(), dot(), icon, dot(), clock)
	return container.New(&inset{x: l.gap(14), y: l.gap(5)}, bar, line)
}

// endAsked is Ctrl+Q and the button in Settings.
func (v *View) endAsked() {
	v.ask(question{
		title: v.say("window.end.title"),
		parts: []fyne.CanvasObject{v.body(v.endLine())},
		deeds: []*press{v.button("window.end.do", danger, "", v.end)},
		safe:  v.button("window.end.not", main, "", nil),
	})
}

// endLine says who misses Camp while it has ended.
func (v *View) endLine() string {
	if !v.st.Exists {
		return v.say("window.end.member")
	}
	return v.say("window.end.line")
}

// end asks the camp to end; the window goes when it has.
func (v *View) end() {
	v.ending = true
	v.do(camp.Intent{Do: camp.DoStop}, "window.busy.end", nil)
}

// close ends the window alone.
func (v *View) close() {
	if v.closed {
		return
	}
	v.closed = true
	if v.cfg.Quit != nil {
		v.cfg.Quit()
		return
	}
	v.window.Close()
}
