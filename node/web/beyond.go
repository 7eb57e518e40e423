package web

import (
	"context"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"camp/node/camp"
)

// What posts have of which the camp is not the only reader: a badge, a server, a
// title, files of elsewhere, a poll, a post within them, and being passed on.

// film is a film or a sound of a post.
type film struct {
	Src, Alt string
	Sound    bool
}

// poll is a question with choices.
type poll struct {
	ID       string // of its post
	Choices  []answer
	Multiple bool
	Form     bool // the reader can still choose
	Say      string
}

type answer struct {
	N, Text string
	Percent int
	Share   string // the same in words
	Mine    bool
}

// quoted is a post shown within another, or within the composer.
type quoted struct {
	ID               string
	By               person
	Note             string
	Text             template.HTML
	Pictures         int
	When, Exact, ISO string
	Badge            badge
}

// wholeOf is itemOf with the whole text and all pictures: for a page of its own.
func (v *visit) wholeOf(p *camp.PostView) item {
	it := v.itemOf(p)
	if !p.Here() {
		it.Text, it.Cut = bodyOf(p, bodyLong)
		it.More = 0
		it.Pictures, it.Films = filesOf(p, len(p.Files), v.say("open.post.picture"))
	}
	return it
}

// beyond adds to an item what only some posts have; most are the length to which
// a text from elsewhere is shown.
func (v *visit) beyond(it *item, p *camp.PostView, most int) {
	it.Badge, it.Server = v.badgeOf(p), serverOf(p)
	open := v.outside() && v.me.Role != camp.RoleGuest
	it.NoReply, it.NoLike = p.NoReply, p.NoLike && !p.Favourited
	it.Boosts, it.Boosted, it.MayBoost = p.Boosts, p.Boosted, p.MayBoost && open
	it.MayPoint = open && p.Audience != camp.AudienceLetter
	it.Pinned, it.MayPin = p.Pinned, v.s.o.Pins != nil && p.Mine && p.Audience == camp.AudiencePublic
	it.MayReport = v.s.o.Report != nil && v.s.o.Ties != nil && !p.Mine && !it.By.Gone && (p.Here() || v.outside())
	it.MaySign = !p.Mine
	it.MayNarrow = open && p.Mine && p.Audience.Leaves()
	it.MayWiden = open && p.Mine && mayWiden(p.Audience) && p.Text != ""
	if p.PassedBy != nil {
		it.PassedBy = personOf(*p.PassedBy).Name
	}
	if p.Poll != nil {
		it.Poll = v.pollOf(p)
	}
	if p.Inside != nil {
		it.Inside = v.quotedOf(p.Inside)
	}
	it.NoInside = p.Inside == nil && (p.Quote != 0 || p.Quoted != "")
	if !p.Here() {
		v.farItem(it, p, most)
	}
}

func (v *visit) farItem(it *item, p *camp.PostView, most int) {
	if p.From != nil {
		it.By = drawn(it.By, p.From)
	}
	it.Text, it.Cut = bodyOf(p, most)
	it.Title, it.Note = camp.CleanLine(p.Title, 300), camp.CleanLine(p.Note, 500)
	for _, page := range []string{p.Page, p.URI} {
		if webAddress(page) {
			it.Page = page
			break
		}
	}
	it.Event, it.Links = v.occasionOf(p.Event), onwards(p.Links)
	it.Hidden, it.NoFiles = p.Sensitive && p.Note == "" && len(p.Files) > 0, p.NoFiles
	it.Lost = p.Answers != "" && p.ReplyTo == 0
	it.Pictures, it.Films = filesOf(p, camp.MaxPictures, v.say("open.post.picture"))
	it.More = max(len(p.Files)-camp.MaxPictures, 0)
}

// drawn gives a person from elsewhere the small pictures of their name, and a name
// without their codes, for sentences.
func drawn(by person, r *camp.Remote) person {
	by.Drawn = nameOf(by.Name, r.Emoji, "/media/faceemoji/"+r.ID.String()+"/")
	plain := by.Name
	for _, e := range r.Emoji {
		plain = strings.ReplaceAll(plain, ":"+e.Code+":", "")
	}
	if plain = camp.CleanLine(plain, mostName); plain != "" {
		by.Name = plain
	}
	return by
}

// filesOf makes at most most files of a post from elsewhere ready. They come from
// the camp, by the post and their place in it, never from where they lie.
// label names the links of those that nobody described.
func filesOf(p *camp.PostView, most int, label string) (shots []shot, films []film) {
	for i, f := range p.Files[:min(len(p.Files), most)] {
		src := "/media/far/" + p.ID.String() + "/" + itoa(i)
		alt := camp.CleanText(f.Alt, 10_000)
		kind, _, _ := strings.Cut(f.Type, "/")
		switch kind {
		case "video", "audio":
			films = append(films, film{Src: src, Alt: alt, Sound: kind == "audio"})
			continue
		}
		s := shot{Src: src + "/small", Full: src, Alt: alt}
		if alt == "" {
			s.Label = label
		}
		if f.Width > 0 && f.Height > 0 && f.Width <= 4*f.Height && f.Height <= 4*f.Width { // else the page would jump to a strange shape
			s.Width, s.Height = f.Width, f.Height
		}
		shots = append(shots, s)
	}
	return shots, films
}

func (v *visit) pollOf(p *camp.PostView) *poll {
	now := v.now()
	over := p.Poll.Over(now)
	out := &poll{ID: p.ID.String(), Multiple: p.Poll.Multiple, Form: !over && !p.Voted}
	sum := 0
	for _, c := range p.Poll.Choices {
		sum += c.Votes
	}
	of := sum
	if p.Poll.Multiple && p.Poll.Voters > 0 {
		of = p.Poll.Voters
	}
	mine := map[int]bool{}
	for _, n := range p.Votes {
		mine[n] = true
	}
	for i, c := range p.Poll.Choices {
		a := answer{N: itoa(i), Text: camp.CleanLine(c.Text, 500), Mine: mine[i]}
		if of > 0 {
			a.Percent = min(100, (100*c.Votes+of/2)/of)
		}
		a.Share = v.say("open.poll.share", "Percent", a.Percent)
		out.Choices = append(out.Choices, a)
	}
	voters := p.Poll.Voters
	if voters == 0 && !p.Poll.Multiple {
		voters = sum
	}
	out.Say = v.say("open.poll.voters", "N", voters)
	switch {
	case over:
		out.Say += " " + v.say("open.poll.over")
	case !p.Poll.Ends.IsZero():
		out.Say += " " + v.say("open.poll.ends", "When", v.words.exact(p.Poll.Ends, now))
	}
	if out.Form && p.Poll.Multiple {
		out.Say += " " + v.say("open.poll.several")
	}
	return out
}

func (v *visit) quotedOf(p *camp.PostView) *quoted {
	now := v.now()
	q := &quoted{
		ID: p.ID.String(), By: personOf(p.By), Note: camp.CleanLine(p.Note, 500), Pictures: len(p.Pictures) + len(p.Files), Badge: v.badgeOf(p),
		When: v.words.ago(p.Written, now), Exact: v.words.exact(p.Written, now), ISO: p.Written.UTC().Format(time.RFC3339),
	}
	switch {
	case q.Note != "":
	case !p.Here():
		q.Text, _ = bodyOf(p, bodyQuoted)
	case p.Text != "":
		text := p.Text
		if r := []rune(text); len(r) > bodyQuoted {
			text = strings.TrimSpace(string(r[:bodyQuoted])) + "…"
		}
		q.Text = htmlOf(text, p.Named)
	}
	if p.From != nil {
		q.By = drawn(q.By, p.From)
	}
	return q
}

// pointing puts the post that the address or the form names into a form for a
// new one. What is for few is only pointed to before as few.
func (v *visit) pointing(c *composer) error {
	if len(c.Choices) == 0 {
		return nil
	}
	s := v.r.URL.Query().Get("quote")
	if v.form != nil {
		s = v.form.Get("quote")
	}
	if s == "" {
		return nil
	}
	id, err := camp.ParsePostID(s)
	if err != nil {
		return errNowhere
	}
	p, err := v.s.o.Posts.Post(v.ctx(), v.actor, id)
	if err != nil {
		if v.form != nil {
			return gone(err) // the words typed are shown without it
		}
		return err
	}
	c.Quote = v.quotedOf(&p)
	if p.Audience == camp.AudienceQuiet || p.Audience == camp.AudiencePublic {
		return nil
	}
	on := camp.AudienceCamp
	if p.Audience == camp.AudienceLetter {
		on = camp.AudienceLetter
	}
	c.Choices, c.Usual = v.choices(p.Audience.Answering(), on, false), false
	return nil
}

func (v *visit) boost() error {
	return v.mark(func(ctx context.Context, by camp.Actor, id camp.PostID, on bool) error {
		_, err := v.s.o.Posts.Boost(ctx, by, id, on)
		return err
	})
}

// vote takes the choices of a poll. All polls of a page are in one form, each
// under its own name.
func (v *visit) vote() error {
	id, err := v.postID()
	if err != nil {
		return err
	}
	var choices []int
	for _, s := range v.form["choice-"+id.String()] {
		n, err := strconv.Atoi(s)
		if err != nil || len(choices) >= 100 {
			return errNowhere
		}
		choices = append(choices, n)
	}
	if len(choices) == 0 {
		return &camp.Fault{Kind: camp.Invalid, Say: "open.poll.choose"}
	}
	if err := v.s.o.Posts.Vote(v.ctx(), v.actor, id, choices); err != nil {
		return err
	}
	return v.to(v.backTo("/post/"+id.String()) + "#post-" + id.String())
}

func (v *visit) voteAgain(f *camp.Fault) error {
	id, err := v.postID()
	if err != nil {
		return err
	}
	p, err := v.threadPage(id)
	if err != nil {
		return err
	}
	p.Fault = v.sayFault(f)
	return v.render(v.status(f), "thread", p)
}

// askNarrow explains what it means to take a post back into the camp.
func (v *visit) askNarrow() error {
	p, err := v.narrowPage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "narrow", p)
}

func (v *visit) narrowPage() (*onePage, error) {
	p, _, err := v.one("open.narrow.title")
	if err == nil && !p.Post.MayNarrow {
		err = errNowhere
	}
	return p, err
}

func (v *visit) narrow() error {
	id, err := v.postID()
	if err != nil {
		return err
	}
	now, err := v.s.o.Posts.Narrow(v.ctx(), v.actor, id)
	if err != nil {
		return err
	}
	return v.to("/post/" + now.String() + "?said=narrowed")
}

func (v *visit) narrowAgain(f *camp.Fault) error {
	p, err := v.narrowPage()
	if err != nil {
		return err
	}
	p.Fault = v.sayFault(f)
	return v.render(v.status(f), "narrow", p)
}
