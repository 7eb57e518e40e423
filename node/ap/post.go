package ap

import (
	"html"
	"strconv"
	"strings"
	"time"

	"camp/node/camp"
)

// Post is a Note and what is shown like one. The same struct is read and
// written; what only one of the two uses says so.
type Post struct {
	Type string
	ID   string // "" where an embedded one has none
	// AttributedTo are the authors, a Person before a Group (PeerTube names both).
	AttributedTo []string

	To, Cc, Bto, Bcc []string
	Groups           []string // audience (FEP-1b12)

	Published, Updated time.Time // zero for not said

	URL      string // address of its page
	Title    string // name of what has titles
	Content  string // cleaned HTML; the writer takes it as it is
	Cut      bool   // reading: there was more content than is kept
	Summary  string // warning in front of the text; "" for none
	Language string

	Sensitive    bool
	InReplyTo    string
	Context      string // the thread as the author's server names it: a hint
	Conversation string // the same, older; no address

	Mentions []Mention
	Hashtags []Hashtag
	Emoji    []camp.Emoji // only codes that stand in its texts

	Files []camp.File
	Links []string // pages that it points at beside its text (Lemmy)

	Poll *camp.Poll
	Vote string // reading: the choice, if it is a vote; writing: VoteNote

	Quote  string // id of the quoted post
	Stamp  string // id of the quoteAuthorization
	Policy Policy

	Replies       string // id of the collection
	Likes, Shares string
	ReplyCount    int // totalItems of the three; -1 for not said. Of others it is a claim
	LikeCount     int
	ShareCount    int

	Event *Event

	Source string // writing: the member's own plain text
}

// Mention is somebody named in a post.
type Mention struct {
	Href string // id of the actor; "" where only a name came
	Name string // "@ana@far.example", as said
}

// Hashtag is a tag of a post.
type Hashtag struct {
	Name string // without #, case as written
	Href string
}

// Event says when and where something takes place.
type Event struct {
	Start, End time.Time
	Place      string // name and street, one line
	Page       string // of what takes place somewhere in the net
}

// Policy says who may do what with a post (FEP-044f, GoToSocial).
type Policy struct{ Reply, Like, Announce, Quote Rule }

// Rule says who may at once, and who may after the author's yes. The zero value
// is "not stated": as the visibility says.
type Rule struct {
	Auto   []string // ids: Public, followers, the author, single actors
	Manual []string
}

// Stated reports whether the author said anything.
func (r Rule) Stated() bool { return len(r.Auto)+len(r.Manual) > 0 }

// Bounds of a post (reliability.md 3).
const (
	MaxContent = 64 << 10 // bytes, before and after cleaning
	maxTags    = 100
	maxFiles   = 16
	maxChoices = 20 // kept of 500 read
	maxOffered = 500
	maxLine    = 500 // characters of titles, warnings, choices
	maxLinks   = 4
)

// ParsePost reads a post of any type that is shown as one. It demands nothing
// but the shape: what has no https id fails SameHost with everybody.
func ParsePost(b []byte) (Post, error) {
	v, err := decodeObject(b)
	if err != nil {
		return Post{}, err
	}
	t := v.typ()
	if families[t] != aPost {
		return Post{}, ErrShape
	}
	return *v.post(t), nil
}

// By is the author.
func (p *Post) By() string {
	if len(p.AttributedTo) == 0 {
		return ""
	}
	return p.AttributedTo[0]
}

// Arrived sets back to now what claims to be of later.
func (p *Post) Arrived(now time.Time) {
	notAfter(&p.Published, now)
	notAfter(&p.Updated, now)
}

func (v value) post(t string) *Post {
	p := &Post{
		Type: t, ID: idOf(v.get("id")), AttributedTo: v.authors(), Groups: v.get("audience").ids(maxRecipients),
		Published: v.get("published").date(), Updated: v.get("updated").date(),
		URL: v.page(), Sensitive: v.get("sensitive").bool(), InReplyTo: idOf(v.get("inReplyTo")),
		Context: idOf(v.get("context")), Conversation: idOf(v.get("conversation")),
		Policy: v.policy(), Replies: idOf(v.get("replies")), Likes: idOf(v.get("likes")), Shares: idOf(v.get("shares")),
		Stamp:      idOf(v.get("quoteAuthorization")),
		ReplyCount: v.size("replies"), LikeCount: v.size("likes"), ShareCount: v.size("shares"),
	}
	v.recipients(&p.To, &p.Cc, &p.Bto, &p.Bcc)
	v.texts(p)
	v.tags(p)
	p.Quote = v.quote()
	v.files(p)
	if t == "Question" || v.get("oneOf").kind != none || v.get("anyOf").kind != none {
		p.Poll = v.poll()
	}
	if t == "Event" {
		p.Event = v.event()
	}
	p.Emoji = v.emoji(p.allWords()...)
	return p
}

// size is the number of things in a collection that a property holds, -1 for not said.
func (v value) size(name string) int {
	total := v.get(name).one().get("totalItems").one()
	if total.kind != isNumber {
		return -1
	}
	return total.count()
}

// authors names a Person before a Group, the rest in their order.
func (v value) authors() []string {
	by := v.get("attributedTo")
	ids := by.ids(maxObjects)
	for one := range by.all() {
		if id := idOf(one); id != "" && one.typ() == "Person" {
			for i := range ids {
				if ids[i] == id {
					copy(ids[1:i+1], ids[:i])
					ids[0] = id
					return ids
				}
			}
		}
	}
	return ids
}

// texts reads title, content, warning and language.
func (v value) texts(p *Post) {
	name := camp.CleanLine(v.mapped("name"), maxLine)
	content := v.mapped("content")
	summary := v.mapped("summary")
	p.Language = v.language("content")
	if p.Language == "" {
		lang := v.get("language")
		if p.Language = languageTag(lang.str()); p.Language == "" {
			p.Language = languageTag(lang.one().get("identifier").str())
		}
	}
	titled := true
	switch p.Type {
	case "Note", "Question", "ChatMessage":
		titled = false
	}
	switch {
	case p.Type == "Note" && name != "" && content == "" && p.InReplyTo != "" && summary == "":
		p.Vote = name
		return
	case titled:
		p.Title = name
		// An article's summary is an excerpt (WordPress); a warning only if it says so.
		if content == "" {
			content, summary = summary, ""
		} else if !p.Sensitive {
			summary = ""
		}
	case content == "" && name != "":
		content = html.EscapeString(name)
	}
	p.Summary = camp.CleanLine(Text(Clean(summary)), maxLine)
	switch t := v.get("mediaType").str(); {
	case t == "" || strings.HasPrefix(t, "text/html"):
		p.Content, p.Cut = clean(content, true)
	case strings.HasPrefix(t, "text/"):
		p.Cut = len(content) > MaxContent
		p.Content = Plain(content)
	default: // the type of the file that an Image is
		p.Content = Clean(content)
	}
}

func (p *Post) allWords() []string {
	words := []string{p.Content, p.Title, p.Summary}
	if p.Poll != nil {
		for _, c := range p.Poll.Choices {
			words = append(words, c.Text)
		}
	}
	return words
}

// page is the address of the post for people: of several, the one that says it
// is HTML, else the first that does not say it is something else.
func (v value) page() string {
	second := ""
	for one := range v.get("url").all() {
		href := idOf(one)
		if !isWeb(href) {
			continue
		}
		switch t := one.get("mediaType").str(); {
		case strings.HasPrefix(t, "text/html"):
			return href
		case t == "" && second == "":
			second = href
		}
	}
	return second
}

// isWeb reports whether an address is one that people open.
func isWeb(s string) bool {
	return isID(s) && (len(s) > 8 && strings.EqualFold(s[:8], "https://") || len(s) > 7 && strings.EqualFold(s[:7], "http://"))
}

func (v value) policy() Policy {
	p := v.get("interactionPolicy").one()
	rule := func(name string) Rule {
		r := p.get(name).one()
		either := func(a, b string) []string {
			ids := r.get(a).ids(maxObjects)
			if len(ids) == 0 {
				ids = r.get(b).ids(maxObjects)
			}
			for i := range ids {
				if everybody(ids[i]) {
					ids[i] = Public
				}
			}
			return ids
		}
		return Rule{Auto: either("automaticApproval", "always"), Manual: either("manualApproval", "approvalRequired")}
	}
	if p.kind != isObject {
		return Policy{}
	}
	return Policy{Reply: rule("canReply"), Like: rule("canLike"), Announce: rule("canAnnounce"), Quote: rule("canQuote")}
}

// quote is the id of the quoted post, by any of the ways it was ever said
// (FEP-044f; FEP-e232).
func (v value) quote() string {
	for _, name := range []string{"quote", "quoteUrl", "quoteUri", "_misskey_quote"} {
		if id := idOf(v.get(name)); id != "" {
			return id
		}
	}
	for tag := range v.get("tag").all() {
		if tag.typ() != "Link" || !isActivityType(tag.get("mediaType").str()) {
			continue
		}
		rels := 0
		for rel := range tag.get("rel").all() {
			rels++
			if strings.HasSuffix(rel.plain(), "_misskey_quote") {
				rels = 0
				break
			}
		}
		if rels == 0 {
			if id := idOf(tag.get("href")); id != "" {
				return id
			}
		}
	}
	return ""
}

// isActivityType reports whether a media type is that of ActivityPub (§3.2).
func isActivityType(t string) bool {
	main, params, _ := strings.Cut(t, ";")
	switch strings.ToLower(strings.TrimSpace(main)) {
	case "application/activity+json":
		return true
	case "application/ld+json":
		return strings.Contains(params, "https://www.w3.org/ns/activitystreams")
	}
	return false
}

// poll reads choices and counts. A date in closed is when it ends; people write
// it before and after (Mastodon, Misskey).
func (v value) poll() *camp.Poll {
	p := &camp.Poll{Ends: v.get("endTime").date(), Voters: v.get("votersCount").count()}
	offered := v.get("oneOf")
	if any := v.get("anyOf"); any.kind != none {
		p.Multiple, offered = true, any
	}
	read := 0
	for one := range offered.all() {
		if read++; read > maxOffered || len(p.Choices) >= maxChoices {
			break
		}
		text := camp.CleanLine(one.mapped("name"), maxLine)
		if text == "" {
			continue
		}
		p.Choices = append(p.Choices, camp.Choice{Text: text, Votes: one.get("replies").one().get("totalItems").count()})
	}
	if closed := v.get("closed").one(); closed.kind != none {
		switch at := closed.date(); {
		case closed.kind == isBool:
			p.Closed = closed.bool()
		case at.IsZero():
			p.Closed = true
		case p.Ends.IsZero() || at.Before(p.Ends):
			p.Ends = at
		}
	}
	return p
}

// event reads time and place of an Event (FEP-8a8e).
func (v value) event() *Event {
	e := &Event{Start: v.get("startTime").date(), End: v.get("endTime").date()}
	for at := range v.get("location").all() {
		if at.typ() == "VirtualLocation" {
			if u := idOf(at.get("url")); isWeb(u) && e.Page == "" {
				e.Page = u
			}
			continue
		}
		if e.Place == "" {
			e.Place = at.place()
		}
	}
	return e
}

func (v value) place() string {
	parts := []string{v.plain(), v.mapped("name")}
	address := v.get("address").one()
	parts = append(parts, address.plain(), address.get("streetAddress").str(), address.get("postalCode").str(), address.get("addressLocality").str(), address.get("addressCountry").str())
	var said []string
	for _, part := range parts {
		if part = camp.CleanLine(part, 200); part != "" && !holds(said, part) {
			said = append(said, part)
		}
	}
	return strings.Join(said, ", ")
}

// fraction reads a number within bounds.
func (v value) fraction(least, most float64) (float64, bool) {
	f := v.one()
	if f.kind != isNumber {
		return 0, false
	}
	n, err := strconv.ParseFloat(f.text, 64)
	return n, err == nil && n >= least && n <= most
}
