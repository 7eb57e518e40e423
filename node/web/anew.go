package web

import (
	"net/http"

	"camp/node/camp"
)

// Nothing is made wider: what is for fewer people can only be said anew, in a
// post of its own. The pages offer to copy the author's own words there, and
// nothing else: not what they answered, not others' words (community.md 3.1, 7).

// mayWiden reports whether words written for these people can be said anew for more.
func mayWiden(a camp.Audience) bool { return a != camp.AudiencePublic && a != camp.AudienceLetter }

// widened begins a new post with the words of an own one: /?anew=ID.
func (v *visit) widened(c *composer) error {
	s := v.r.URL.Query().Get("anew")
	if s == "" || v.form != nil {
		return nil
	}
	id, err := camp.ParsePostID(s)
	if err != nil || !v.outside() || len(c.Choices) == 0 {
		return errNowhere
	}
	p, err := v.s.o.Posts.Post(v.ctx(), v.actor, id)
	if err != nil {
		return err
	}
	if !p.Mine || !mayWiden(p.Audience) {
		return errNowhere
	}
	c.Text, c.Note, c.Copied = p.Text, p.Note, true
	return nil
}

// writeAnew shows the form for a new post with the words of an answer that was
// typed but not posted.
func (v *visit) writeAnew() error {
	p, err := v.homePage()
	if err != nil {
		return err
	}
	if !v.outside() || len(p.Write.Choices) == 0 {
		return errNowhere
	}
	p.Write = v.typed(p.Write, nil)
	p.Write.Told, p.Write.Copied = "", true
	return v.render(http.StatusOK, "home", p)
}
