// Package assets holds what is embedded in the programs: icons, page
// templates, style, script, words in each language, rule samples, and the
// documents that the app shows. It knows nothing of the rest of Camp.
package assets

import "embed"

// FS holds the files below this folder.
//
// The web folder is taken whole, with its partials whose names start with _.
//
//go:embed locale all:web rules
var FS embed.FS
