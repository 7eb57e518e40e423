// Package assets holds what is embedded in the programs: icons, page
// templates, style, script, words in each language, rule samples, and the
// documents that the app shows. It knows nothing of the rest of Camp.
package assets

import "embed"

// FS holds the files below this folder.
//
//go:embed locale web rules
var FS embed.FS
