//go:build cgo

package tray

import (
	"fyne.io/systray"

	"camp/assets"
)

// setIcon gives the shape alone: macOS colours it for its menu bar.
func setIcon(l look) {
	png := assets.Icon(l.phase, l.needs, l.dark, 32)
	systray.SetTemplateIcon(png, png)
}

// title stays empty: macOS would write it beside the icon.
func title(look) string { return "" }

// plain is text as a menu shows it: as it is, here.
func plain(text string) string { return text }
