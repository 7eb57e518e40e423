package desk

import (
	"slices"

	"camp/node/camp"
	"camp/store"
)

// beside is what is kept beside the rows, as the page "What this camp keeps"
// tells it. A file of the data folder that no line here or of the store speaks
// of fails the tests.
var beside = []camp.Keeping{
	{
		What: "kept.places.what", Why: "kept.places.why", About: "kept.about.member", Readers: "kept.readers.nobody", HowLong: "kept.places.how_long",
	}, // the file endpoints
	{
		What: "kept.backups.what", Why: "kept.backups.why", About: "kept.about.member", Readers: "kept.readers.phrase", HowLong: "kept.backups.how_long",
	},
	{
		What: "kept.techlog.what", Why: "kept.techlog.why", About: "kept.about.camp", Readers: "kept.readers.host", HowLong: "kept.techlog.how_long",
	},
	{
		What: "kept.choices.what", Why: "kept.choices.why", About: "kept.about.camp", Readers: "kept.readers.host", HowLong: "kept.choices.how_long",
	},
}

// keeping is all that the camp keeps, in the order of the page.
func keeping() []camp.Keeping { return slices.Concat(store.Catalogue(), beside) }
