package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"camp/node/camp"
	"camp/node/posts"
)

// badge says whom a post is for, as a shape, a word and a colour.
type badge struct {
	Icon, Class string // of the style sheet; Class begins with a blank
	Say, Why    string
}

// audienceWords are what the pages say about each audience (community.md 3).
var audienceWords = map[camp.Audience]struct{ icon, class, say, why, post, reply string }{
	camp.AudienceCamp:      {"fire", "", "web.audience.camp", "web.audience.camp_say", "web.write.post", "web.write.reply"},
	camp.AudienceLetter:    {"mail", " letter", "open.audience.letter", "open.audience.letter_say", "open.write.letter", "open.write.letter"},
	camp.AudienceFollowers: {"people", " out", "open.audience.followers", "open.audience.followers_say", "open.write.followers", "open.write.reply_followers"},
	camp.AudienceQuiet:     {"world", " out", "open.audience.quiet", "open.audience.quiet_say", "open.write.quiet", "open.write.reply_quiet"},
	camp.AudiencePublic:    {"world", " out", "open.audience.public", "open.audience.public_say", "open.write.public", "open.write.reply_public"},
}

// badgeOf is the badge of a post; of one from elsewhere it says from where.
func (v *visit) badgeOf(p *camp.PostView) badge {
	w, ok := audienceWords[p.Audience]
	if !ok {
		return badge{}
	}
	b := badge{Icon: w.icon, Class: w.class, Say: v.say(w.say)}
	if server := serverOf(p); server != "" {
		b.Say = v.say("open.audience.from", "Whom", b.Say, "Server", server)
	}
	return b
}

// serverOf is the server that a post came from, "" for one written here.
func serverOf(p *camp.PostView) string {
	switch {
	case p.Here():
		return ""
	case p.From != nil:
		return string(p.From.Domain)
	}
	return hostOf(p.URI)
}

// choice is one audience in the composer.
type choice struct {
	Value  string
	Badge  badge
	Button string // what the button says while it is chosen
	On     bool
}

// choices are the audiences to choose from, the narrowest and first one first:
// the camp, then what goes out, then letters.
func (v *visit) choices(may []camp.Audience, on camp.Audience, reply bool) []choice {
	var list []choice
	for _, a := range []camp.Audience{camp.AudienceCamp, camp.AudienceFollowers, camp.AudienceQuiet, camp.AudiencePublic, camp.AudienceLetter} {
		if !slices.Contains(may, a) {
			continue
		}
		w := audienceWords[a]
		c := choice{Value: a.String(), Badge: badge{Icon: w.icon, Class: w.class, Say: v.say(w.say), Why: v.say(w.why)}, Button: v.say(w.post), On: a == on}
		if reply {
			c.Button = v.say(w.reply)
		}
		list = append(list, c)
	}
	return list
}

// outside reports whether this camp talks with the wider world.
func (v *visit) outside() bool { return v.s.o.Outside != nil && v.s.o.Outside() }

// opened adds to a form for a new post what a camp has that talks with others.
func (v *visit) opened(c *composer) {
	if !v.outside() || v.me.Role == camp.RoleGuest {
		return
	}
	on := v.me.Usual
	if !on.Leaves() {
		on = camp.AudienceCamp
	}
	c.Choices, c.Usual, c.Poll = v.choices(camp.Audience(0).Answering(), on, false), true, newPollDraft()
}

// openedFor does the same for an answer: it is for whom the post is that it
// answers, or for fewer.
func (v *visit) openedFor(c *composer, p *camp.PostView) {
	switch {
	case p.Audience == camp.AudienceLetter:
		c.Choices = v.choices([]camp.Audience{camp.AudienceLetter}, camp.AudienceLetter, true)
		c.Text = v.addressees(p)
	case v.outside() && v.me.Role != camp.RoleGuest:
		c.Choices = v.choices(p.Audience.Answering(), p.Audience, true)
		c.Anew = mayWiden(p.Audience)
	}
}

// addressees begins an answer to a letter with the others that it went to: who
// wrote it gets the answer anyway.
func (v *visit) addressees(p *camp.PostView) string {
	text := ""
	for _, m := range p.Named {
		if m.ID != v.me.ID && m.ID != p.Author {
			text += "@" + m.Name + " "
		}
	}
	return text
}

// audience reads whom the form is for. Where it says nothing that we know, it is
// the camp: nothing goes out by mistake.
func (v *visit) audience() camp.Audience {
	if a, ok := camp.ParseAudience(v.form.Get("audience")); ok {
		return a
	}
	return camp.AudienceCamp
}

// pollDraft is a poll in the composer.
type pollDraft struct {
	Choices  []pollChoice
	Lasts    []pollTime
	Multiple bool
	Open     bool
}

type pollChoice struct{ N, Text string }

type pollTime struct {
	Minutes, Say string // Say: how many hours or days, as a key
	N            int
	On           bool
}

const pollMost = 8 // choices that the form has room for

// pollTimes are how long a poll may run, in minutes.
var pollTimes = []struct {
	minutes int
	say     string
	n       int
}{{60, "open.poll.hours", 1}, {360, "open.poll.hours", 6}, {1440, "open.poll.days", 1}, {3 * 1440, "open.poll.days", 3}, {7 * 1440, "open.poll.days", 7}, {30 * 1440, "open.poll.days", 30}}

func newPollDraft() *pollDraft { return pollDraftOf(nil, 1440, false) }

func pollDraftOf(texts []string, minutes int, multiple bool) *pollDraft {
	p := &pollDraft{Multiple: multiple}
	for i := range pollMost {
		c := pollChoice{N: itoa(i + 1)}
		if i < len(texts) {
			c.Text = texts[i]
		}
		p.Open = p.Open || c.Text != ""
		p.Choices = append(p.Choices, c)
	}
	for _, t := range pollTimes {
		p.Lasts = append(p.Lasts, pollTime{Minutes: itoa(t.minutes), Say: t.say, N: t.n, On: t.minutes == minutes})
	}
	return p
}

// typedPoll reads the poll of the form: its choices, how long it runs in minutes,
// and whether several may be taken.
func (v *visit) typedPoll() (texts []string, minutes int, multiple bool) {
	for i := range pollMost {
		texts = append(texts, camp.CleanLine(v.form.Get("choice"+itoa(i+1)), 200))
	}
	minutes = 1440
	for _, t := range pollTimes {
		if n, err := strconv.Atoi(v.form.Get("lasts")); err == nil && n == t.minutes {
			minutes = n
		}
	}
	return texts, minutes, v.form.Get("several") != ""
}

// poll makes what was typed a poll, nil where no choice was.
func (v *visit) poll() *camp.Poll {
	texts, minutes, multiple := v.typedPoll()
	p := &camp.Poll{Multiple: multiple, Ends: v.now().Add(time.Duration(minutes) * time.Minute).UTC()}
	for _, t := range texts {
		if t != "" {
			p.Choices = append(p.Choices, camp.Choice{Text: t})
		}
	}
	if len(p.Choices) == 0 {
		return nil
	}
	return p
}

// told checks once that the author knows who will not get what they write to:
// people elsewhere get no camp post, and nobody gets anything whom the camp does
// not know (community.md 3.1, 8). With a script they are told as they write.
func (v *visit) told(d camp.Draft) error {
	if !v.outside() {
		return nil
	}
	known := strings.Fields(v.form.Get("told"))
	for _, s := range posts.Spans(d.Text) {
		if s.Kind != posts.SpanFar || slices.Contains(known, s.Ref) {
			continue
		}
		if d.Audience == camp.AudienceCamp {
			return &camp.Fault{Kind: camp.Invalid, Say: "open.write.not_here", Args: map[string]string{"Name": s.Text}}
		}
		_, err := v.s.o.Posts.PersonCalled(v.ctx(), v.actor, s.Ref)
		switch f := camp.AsFault(err); {
		case err == nil:
		case f.Kind == camp.NotFound:
			return &camp.Fault{Kind: camp.Invalid, Say: "open.write.not_known", Args: map[string]string{"Name": s.Text}}
		default:
			return err
		}
	}
	return nil
}

// tells are those whom the author has now been told of.
func tells(text string) string {
	var list []string
	for _, s := range posts.Spans(text) {
		if s.Kind == posts.SpanFar && !slices.Contains(list, s.Ref) {
			list = append(list, s.Ref)
		}
	}
	return strings.Join(list, " ")
}

// rest is a field that is carried along while something else is asked first.
type rest struct{ Name, Value string }

// rest gives the fields of the form that only a camp has that talks with others.
func (v *visit) rest() []rest {
	names := []string{"audience", "usual", "told", "quote", "lasts", "several"}
	for i := range pollMost {
		names = append(names, "choice"+itoa(i+1))
	}
	var list []rest
	for _, n := range names {
		if x := v.form.Get(n); x != "" {
			list = append(list, rest{n, x})
		}
	}
	return list
}
