package web

import (
	"time"

	"camp/node/camp"
)

// occasion is when and where something takes place that a post tells of.
type occasion struct {
	When, ISO string
	Place     string
	Page      onward
}

// onward is a page elsewhere that a post points at beside its text.
type onward struct{ Href, Say string }

// occasionOf puts an occasion into words; times are those of the reader.
func (v *visit) occasionOf(o *camp.Occasion) *occasion {
	if o == nil {
		return nil
	}
	out := &occasion{Page: onwardTo(o.Page)}
	if o.Place != "" {
		out.Place = v.say("open.event.where", "Place", camp.CleanLine(o.Place, 500))
	}
	now := v.now()
	switch start, end := o.Start, o.End; {
	case start.IsZero():
	case end.IsZero() || !end.After(start):
		out.When = v.say("open.event.when", "When", v.words.exact(start, now))
	case sameDay(start.In(now.Location()), end.In(now.Location())):
		out.When = v.say("open.event.from_to", "From", v.words.exact(start, now), "To", end.In(now.Location()).Format("15:04"))
	default:
		out.When = v.say("open.event.from_to", "From", v.words.exact(start, now), "To", v.words.exact(end, now))
	}
	if out.When != "" {
		out.ISO = o.Start.UTC().Format(time.RFC3339)
	}
	if out.When == "" && out.Place == "" && out.Page.Href == "" {
		return nil
	}
	return out
}

// onwardTo makes a link of an address that people can open; zero for others.
func onwardTo(address string) onward {
	if !webAddress(address) {
		return onward{}
	}
	return onward{Href: address, Say: shortLink(address)}
}

// onwards are the pages that a post from elsewhere points at beside its text.
func onwards(links []string) []onward {
	var out []onward
	for _, l := range links {
		if o := onwardTo(l); o.Href != "" {
			out = append(out, o)
		}
	}
	return out
}
