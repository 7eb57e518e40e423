package clientapi

import (
	"camp/node/camp"
)

// wish is for whom a client wants a post, in its own words.
type wish struct {
	visibility string
	local      bool // local_only: true
	wider      bool // local_only: false, said in so many words
	kept       bool // safe mode, or a camp from which nothing leaves
}

// errWider is the refusal of community.md 3.1, 5.
var errWider = invalid("audience_wider_than_parent: what answers a post of the camp stays in the camp")

// audience is the whole mapping of client-api.md 6. within says that a letter may
// name people of the camp alone. parent is what is answered, nil for nothing.
func (w wish) audience(parent *camp.Post) (a camp.Audience, within bool, err error) {
	within = w.local || w.kept
	a = camp.AudienceCamp
	switch {
	case w.visibility == "direct":
		a = camp.AudienceLetter
	case within:
	case w.visibility == "public":
		a = camp.AudiencePublic
	case w.visibility == "unlisted":
		a = camp.AudienceQuiet
	case w.visibility == "private":
		a = camp.AudienceFollowers
	}
	if parent == nil {
		return a, within, nil
	}
	if parent.Audience == camp.AudienceCamp {
		if w.wider {
			return 0, false, errWider
		}
		if a != camp.AudienceLetter {
			a = camp.AudienceCamp
		}
		return a, true, nil
	}
	if a.Wider(parent.Audience) {
		a = parent.Audience
	}
	return a, within, nil
}

// shownAs is the word under which an audience is shown, and whether the post
// stays in the camp. There is no fifth word: apps that do not know one fail or
// offer less (client-api.md 6).
func shownAs(p *camp.Post, named []namedLook) (visibility string, local bool) {
	switch p.Audience {
	case camp.AudiencePublic:
		return "public", false
	case camp.AudienceQuiet:
		return "unlisted", false
	case camp.AudienceFollowers:
		return "private", false
	case camp.AudienceLetter:
		for _, n := range named {
			if n.url != "" {
				return "direct", false
			}
		}
		return "direct", p.Here()
	}
	return "private", true
}
