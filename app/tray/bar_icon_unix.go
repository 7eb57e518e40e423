//go:build unix && !darwin

package tray

import (
	"strings"

	"fyne.io/systray"

	"camp/assets"
)

// iconSize is twice the height of usual panels, which scale it down, and enough for dense screens.
const iconSize = 48

func setIcon(l look) { systray.SetIcon(assets.Icon(l.phase, l.needs, l.dark, iconSize)) }

// title is what panels and screen readers call the icon.
func title(l look) string { return "Camp · " + l.tip }

// plain keeps a menu from taking an underline for the mark of a key (dbusmenu, "label").
func plain(text string) string { return strings.ReplaceAll(text, "_", "__") }
