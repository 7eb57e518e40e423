package tray

import (
	"strings"

	"fyne.io/systray"

	"camp/assets"
)

func setIcon(l look) { systray.SetIcon(assets.IconICO(l.phase, l.needs, l.dark)) }

func title(look) string { return "Camp" }

// plain keeps a menu from taking an ampersand for the mark of a key.
func plain(text string) string { return strings.ReplaceAll(text, "&", "&&") }
