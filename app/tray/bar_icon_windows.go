package tray

import (
	"fyne.io/systray"

	"camp/assets"
)

func setIcon(l look) { systray.SetIcon(assets.IconICO(l.phase, l.needs, l.dark)) }

func title(look) string { return "Camp" }
