package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

var numberKeys = [...]fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6, fyne.Key7, fyne.Key8, fyne.Key9}

// keys binds what can be done by keyboard from everywhere.
func (v *View) keys() {
	c := v.window.Canvas()
	c.SetOnTypedKey(v.key)
	bind := func(k fyne.KeyName) {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: k, Modifier: fyne.KeyModifierShortcutDefault}, func(s fyne.Shortcut) {
			if s, ok := s.(*desktop.CustomShortcut); ok {
				v.shortcut(s)
			}
		})
	}
	for _, k := range numberKeys {
		bind(k)
	}
	bind(fyne.KeyF)
	bind(fyne.KeyI)
	bind(fyne.KeyW)
	bind(fyne.KeyQ)
}

// shortcut carries out a shortcut of the window; false for one it does not have.
func (v *View) shortcut(s *desktop.CustomShortcut) bool {
	if s.Modifier != fyne.KeyModifierShortcutDefault {
		return false
	}
	for i, k := range numberKeys {
		if s.KeyName == k {
			if pages := v.sideShown(); i < len(pages) && v.st.Exists && v.asking == nil {
				v.visit(pages[i])
			}
			return true
		}
	}
	switch s.KeyName {
	case fyne.KeyF:
		v.toSearch()
	case fyne.KeyI:
		if v.st.Exists && v.asking == nil {
			v.visit(PageInvite)
		}
	case fyne.KeyW:
		v.closeAsked()
	case fyne.KeyQ:
		v.endAsked()
	default:
		return false
	}
	return true
}

// toSearch puts the keyboard into the field that narrows a list down, where there is one.
func (v *View) toSearch() {
	for _, id := range []string{"people.search", "block.search", "log.filter"} {
		if f, ok := v.fields[id]; ok && v.onScreen(f) {
			v.window.Canvas().Focus(f)
		}
	}
}

// key is a key that nothing on the screen wanted.
func (v *View) key(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape:
		v.escape()
	case fyne.KeyF1:
		if v.st.Exists && v.asking == nil {
			v.visit(PageHelp)
		}
	case fyne.KeyDown:
		v.scrollBy(60)
	case fyne.KeyUp:
		v.scrollBy(-60)
	case fyne.KeyPageDown:
		v.scrollBy(v.pageTall())
	case fyne.KeyPageUp:
		v.scrollBy(-v.pageTall())
	case fyne.KeyHome:
		v.scrollBy(-1e6)
	case fyne.KeyEnd:
		v.scrollBy(1e6)
	}
}

func (v *View) pageTall() float32 {
	if v.scroll == nil {
		return 0
	}
	return v.scroll.Size().Height * 0.9
}

func (v *View) scrollBy(d float32) {
	s := v.scroll
	if s == nil {
		return
	}
	most := max(0, s.Content.Size().Height-s.Size().Height)
	s.ScrollToOffset(fyne.NewPos(0, min(max(0, s.Offset.Y+d), most)))
}

// escape goes one step back: out of a question, up from a screen below another.
func (v *View) escape() {
	switch {
	case v.asking != nil:
		v.cancelQuestion()
	case v.choosing != nil:
		v.notChosen()
	case !v.st.Exists:
		if v.first != "" {
			v.first, v.bringing = "", bringing{}
			v.draw()
		}
	case v.under() != v.page && v.under() != "":
		v.visit(v.under())
	case v.page != PageHome:
		v.visit(PageHome)
	}
}
