package web

import (
	"net/http"
	"net/url"
	"time"

	"camp/node/camp"
	"camp/node/posts"
)

// letterRoutes are about letters: what is written to the people named alone.
func letterRoutes() []route {
	return []route{
		{pattern: "GET /letters", need: joined, do: (*visit).letters},
	}
}

// lettersPage is the reader's conversations by letters.
type lettersPage struct {
	frame
	List  []letterLine
	Guest bool // may answer, not begin
	pager
}

// letterLine is one of them.
type letterLine struct {
	ID               string // of its newest letter
	Face             face   // of the first of With
	With             []person
	More             string // how many more it is with; "" for none
	When, Exact, ISO string
	Mine             bool // the newest is the reader's own
	Note, Short      string
	New              bool
}

// namesShown is how many names stand on one line.
const namesShown = 3

func (v *visit) letters() error {
	win, err := v.window()
	if err != nil {
		return err
	}
	list, err := v.s.o.Posts.Letters(v.ctx(), v.actor, win)
	if err != nil {
		return err
	}
	p := &lettersPage{Guest: v.me.Role == camp.RoleGuest}
	if p.frame, err = v.frame("foryou", v.say("letters.title")); err != nil {
		return err
	}
	for i := range list {
		p.List = append(p.List, v.letterOf(&list[i]))
	}
	if n := len(list); n > 0 {
		p.pager = pagerFor("/letters", nil, win, n, uint64(list[n-1].At))
	}
	return v.render(http.StatusOK, "letters", p)
}

func (v *visit) letterOf(t *posts.Talk) letterLine {
	now, newest := v.now(), &t.Newest
	l := letterLine{
		ID: newest.ID.String(), When: v.words.ago(newest.Written, now), Exact: v.words.exact(newest.Written, now), ISO: newest.Written.UTC().Format(time.RFC3339),
		Mine: newest.Mine, Note: newest.Note, Short: opening(newest.Text), New: t.Unread,
	}
	for _, m := range t.With[:min(len(t.With), namesShown)] {
		who := personOf(m)
		if who.Name == "" {
			who.Name = v.say("letters.somebody")
		}
		l.With = append(l.With, who)
	}
	if len(l.With) > 0 {
		l.Face = l.With[0].Face
	}
	if more := len(t.With) - len(l.With); more > 0 {
		l.More = v.say("letters.more", "N", more)
	}
	if l.Short == "" && len(newest.Pictures)+len(newest.Files) > 0 {
		l.Short = v.say("web.notice.picture")
	}
	return l
}

// lettersRead says that the reader has read a conversation by letters, where a
// page shows it to somebody.
func (v *visit) lettersRead(id camp.PostID, a camp.Audience) error {
	if a != camp.AudienceLetter || v.fetchedAhead() {
		return nil
	}
	return v.s.o.Posts.ReadLetters(v.ctx(), v.actor, id)
}

// lettered makes the form for a new post one for a letter, where the address or
// what was typed asks for that: /?letter=ana begins one to Ana.
func (v *visit) lettered(c *composer) {
	asked := v.r.URL.Query().Has("letter")
	if v.form != nil {
		asked = v.form.Get("audience") == camp.AudienceLetter.String()
	}
	if !asked || v.me.Role == camp.RoleGuest {
		return
	}
	if len(c.Choices) == 0 {
		c.Choices = v.choices([]camp.Audience{camp.AudienceCamp, camp.AudienceLetter}, camp.AudienceLetter, false)
	}
	for i := range c.Choices {
		c.Choices[i].On = c.Choices[i].Value == camp.AudienceLetter.String()
		if c.Choices[i].On && !v.outside() { // it stays in the camp
			c.Choices[i].Badge.Why = v.say("letters.why")
		}
	}
	if whom := v.r.URL.Query().Get("letter"); isHandle(whom) {
		c.Text = "@" + whom + " "
	}
}

// isHandle reports whether a name is one that a text can name.
func isHandle(name string) bool {
	spans := posts.Spans("@" + name)
	return len(spans) == 1 && (spans[0].Kind == posts.SpanMention || spans[0].Kind == posts.SpanFar)
}

// letterTo is the address of the form for a letter to somebody, "" where the
// reader may not begin one.
func (v *visit) letterTo(m camp.Member, t *tieView) string {
	if m.ID == v.me.ID || v.me.Role == camp.RoleGuest || t != nil && t.Blocked || !isHandle(m.Name) {
		return ""
	}
	return "/?letter=" + url.QueryEscape(m.Name) + "#write"
}
