package posts

import (
	"slices"
	"unicode/utf8"

	"camp/node/camp"
)

// Nothing longer is even looked at, in bytes.
const (
	maxRaw = 64 << 10
	maxKey = 200
)

// cleaned is a draft made safe to keep, with what its text names.
type cleaned struct {
	text, note, language string
	pictures             []camp.DraftPicture
	handles              []string // of mentions, in order, each once
	far                  []string // of people elsewhere
	tags                 []string // folded, each once
}

// clean checks the draft by itself.
func clean(d camp.Draft) (cleaned, error) {
	var c cleaned
	if len(d.Text)+len(d.Note) > maxRaw {
		return c, refuse(camp.Invalid, "posts.too_long.say", "Most", number(camp.MaxText))
	}
	if len(d.Key) > maxKey {
		return c, refuse(camp.Invalid, "posts.key_long.say")
	}
	c.text = camp.CleanText(d.Text, maxRaw)
	c.note = camp.CleanLine(d.Note, maxRaw)
	c.language = cleanLanguage(d.Language)
	if utf8.RuneCountInString(c.text)+utf8.RuneCountInString(c.note) > camp.MaxText {
		return c, refuse(camp.Invalid, "posts.too_long.say", "Most", number(camp.MaxText))
	}
	if c.text == "" && len(d.Pictures) == 0 && d.Poll == nil {
		return c, refuse(camp.Invalid, "posts.empty.say")
	}
	if err := c.takePictures(d.Pictures); err != nil {
		return c, err
	}
	return c, c.takeNames()
}

func (c *cleaned) takePictures(list []camp.DraftPicture) error {
	if len(list) > camp.MaxPictures {
		return refuse(camp.Invalid, "posts.too_many_pictures.say", "Most", number(camp.MaxPictures))
	}
	for _, p := range list {
		if len(p.Alt) > maxRaw {
			return refuse(camp.Invalid, "posts.alt_long.say", "Most", number(camp.MaxAlt))
		}
		p.Alt = camp.CleanText(p.Alt, maxRaw)
		if utf8.RuneCountInString(p.Alt) > camp.MaxAlt {
			return refuse(camp.Invalid, "posts.alt_long.say", "Most", number(camp.MaxAlt))
		}
		if slices.ContainsFunc(c.pictures, func(q camp.DraftPicture) bool { return q.ID == p.ID }) {
			return refuse(camp.Invalid, "posts.picture_twice.say")
		}
		c.pictures = append(c.pictures, p)
	}
	return nil
}

// takeNames finds mentions and tags.
func (c *cleaned) takeNames() error {
	for _, s := range Spans(c.text) {
		switch {
		case s.Kind == SpanMention && !slices.Contains(c.handles, s.Ref):
			c.handles = append(c.handles, s.Ref)
		case s.Kind == SpanFar && !slices.Contains(c.far, s.Ref):
			c.far = append(c.far, s.Ref)
		case s.Kind == SpanTag && !slices.Contains(c.tags, s.Ref):
			c.tags = append(c.tags, s.Ref)
		}
	}
	if len(c.tags) > camp.MaxTags {
		return refuse(camp.Invalid, "posts.too_many_tags.say", "Most", number(camp.MaxTags))
	}
	if len(c.handles)+len(c.far) > camp.MaxMentions {
		return refuse(camp.Invalid, "posts.too_many_mentions.say", "Most", number(camp.MaxMentions))
	}
	return nil
}

// cleanLanguage keeps what looks like a language tag (BCP 47), else "".
func cleanLanguage(s string) string {
	if len(s) < 2 || len(s) > 35 {
		return ""
	}
	for i := range len(s) {
		if c := s[i]; !handleByte(c) && c != '-' || c == '_' {
			return ""
		}
	}
	return s
}
