package clientapi

import (
	"slices"

	"camp/node/camp"
	"camp/node/posts"
)

// Conversations are the reader's letters. One has the id of the letter that it
// began with, and its place in the list from the newest. None is taken out of
// the list but with its letters, so that there is no DELETE.
func (c *call) conversations() error {
	list, err := c.a.o.Posts.Letters(c.ctx(), c.by, c.in.page(postsMost, postsUsual))
	if err != nil {
		return err
	}
	if n := len(list); n > 0 {
		c.link(list[n-1].At.String(), list[0].At.String())
	}
	if err := c.tallyTalks(list); err != nil {
		return err
	}
	c.out.open('[')
	for i := range list {
		c.conversation(&list[i])
	}
	c.out.close(']')
	return nil
}

// readConversation says that the reader has read one, and gives it.
func (c *call) readConversation() error {
	id := camp.PostID(c.id(0))
	if id == 0 {
		return errNoRecord
	}
	if err := c.a.o.Posts.ReadLetters(c.ctx(), c.by, id); err != nil {
		return err
	}
	t, err := c.a.o.Posts.Letter(c.ctx(), c.by, id)
	if err != nil {
		return err
	}
	if err := c.tallyTalks([]posts.Talk{t}); err != nil {
		return err
	}
	c.conversation(&t)
	return nil
}

func (c *call) tallyTalks(list []posts.Talk) error {
	var ids []camp.MemberID
	newest := make([]camp.PostView, len(list))
	for i, t := range list {
		newest[i] = t.Newest
		for _, m := range t.With {
			ids = append(ids, m.ID)
		}
	}
	if err := c.tally(ids...); err != nil {
		return err
	}
	return c.tallyOf(newest)
}

func (c *call) conversation(t *posts.Talk) {
	o := c.out
	o.open('{')
	o.id("id", uint64(t.ID))
	o.yes("unread", t.Unread)
	o.key("accounts")
	o.open('[')
	for _, m := range t.With {
		p := person{m: m}
		if i := slices.IndexFunc(t.Abroad, func(r *camp.Remote) bool { return r.ID == m.ID }); i >= 0 {
			p.far = t.Abroad[i]
		}
		c.account("", p)
	}
	o.close(']')
	c.status("last_status", &t.Newest)
	o.close('}')
}

func conversationRoutes() []route {
	return []route{
		get("/api/v1/conversations", "read:statuses", (*call).conversations),
		post("/api/v1/conversations/:id/read", "write:conversations", (*call).readConversation),
	}
}
