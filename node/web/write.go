package web

import (
	"slices"

	"camp/node/camp"
)

// draft makes what was typed into a draft.
func (v *visit) draft() camp.Draft {
	d := camp.Draft{
		Text: v.form.Get("text"), Note: v.form.Get("note"), Audience: v.audience(),
		Pictures: v.pictures(), Key: v.form.Get("key"), Poll: v.poll(),
	}
	if id, err := camp.ParsePostID(v.form.Get("quote")); err == nil {
		d.Quote = id
	}
	if id, err := camp.ParsePostID(v.form.Get("reply")); err == nil {
		d.ReplyTo = id
	}
	return d
}

// write posts what was typed, and goes to where it can be seen.
func (v *visit) write() error {
	if v.form.Get("anew") != "" {
		return v.writeAnew()
	}
	d := v.draft()
	if must, err := v.mustAgree(); err != nil || must {
		if err == nil {
			err = errAgree
		}
		return err
	}
	if err := v.told(d); err != nil {
		return err
	}
	id, err := v.s.o.Posts.Write(v.ctx(), v.actor, d)
	if err != nil {
		return err
	}
	if v.form.Get("usual") != "" && d.ReplyTo == 0 && d.Audience != camp.AudienceLetter {
		if err := v.s.o.People.SetUsual(v.ctx(), v.actor, d.Audience); err != nil {
			return err
		}
	}
	switch {
	case d.ReplyTo != 0, d.Audience == camp.AudienceLetter:
		return v.to("/post/" + id.String())
	case d.Audience == camp.AudienceFollowers:
		return v.to("/home#post-" + id.String())
	}
	return v.to("/#post-" + id.String())
}

var errAgree = &camp.Fault{Kind: camp.NotAllowed, Say: "web.agree.first_say"}

// writeAgain shows the form with everything typed, and why it was refused: on
// the conversation it was meant for, or at home where that is gone. Somebody
// who has yet to agree to the rules is led there, their words with them.
func (v *visit) writeAgain(f *camp.Fault) error {
	if f.Say == errAgree.Say {
		return v.rulesFirst(f)
	}
	if id, err := camp.ParsePostID(v.form.Get("reply")); err == nil {
		if p, err := v.threadPage(id); err == nil {
			p.Write = v.typed(p.Write, f)
			return v.render(v.status(f), "thread", p)
		}
	}
	p, err := v.homePage()
	if err != nil {
		return err
	}
	p.Write = v.typed(p.Write, f)
	return v.render(v.status(f), "home", p)
}

// typed fills a form with what was typed into it.
func (v *visit) typed(c composer, f *camp.Fault) composer {
	c.Text, c.Note, c.Slots = v.form.Get("text"), v.form.Get("note"), slots(v.pictures())
	if c.Told = tells(c.Text); f != nil {
		c.Fault = v.sayFault(f)
	}
	chosen := v.form.Get("audience")
	if slices.ContainsFunc(c.Choices, func(x choice) bool { return x.Value == chosen }) {
		for i := range c.Choices {
			c.Choices[i].On = c.Choices[i].Value == chosen
		}
	}
	c.Keep = v.form.Get("usual") != ""
	if c.Poll != nil {
		c.Poll = pollDraftOf(v.typedPoll())
	}
	if key := v.form.Get("key"); key != "" && len(key) <= 64 {
		c.Key = key
	}
	return c
}
