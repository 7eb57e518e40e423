package assets

import "embed"

// UIIcons holds the window's own line drawings, icons/ui_*.svg. Their strokes
// say currentColor, MOSS or EMBER where the window fills in its colours.
//
//go:embed icons/ui_*.svg
var UIIcons embed.FS
