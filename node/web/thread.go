package web

import (
	"context"
	"net/http"
	"time"

	"camp/node/camp"
)

// maxDepth is how far replies are drawn in.
const maxDepth = 6

// threadPage is a conversation seen from one of its posts.
type threadPage struct {
	frame
	Above []item
	Focus item
	Below []item
	Write composer
}

// postID reads the id of the address; anything odd is not found.
func (v *visit) postID() (camp.PostID, error) {
	id, err := camp.ParsePostID(v.r.PathValue("id"))
	if err != nil {
		return 0, errNowhere
	}
	return id, nil
}

func (v *visit) thread() error {
	id, err := v.postID()
	if err != nil {
		return err
	}
	p, err := v.threadPage(id)
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "thread", p)
}

func (v *visit) threadPage(id camp.PostID) (*threadPage, error) {
	t, err := v.s.o.Posts.Thread(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := &threadPage{Focus: v.itemOf(&t.Focus)}
	p.Focus.Focus = true
	for i := range t.Above {
		p.Above = append(p.Above, v.itemOf(&t.Above[i]))
	}
	p.Below = v.below(&t)
	if p.frame, err = v.frame("", v.say("web.thread.title", "Name", p.Focus.By.Name)); err != nil {
		return nil, err
	}
	p.Live = "/live?thread=" + id.String() + "&after=" + max(newest(t.Below), newest([]camp.PostView{t.Focus}))
	p.Write = v.composer()
	p.Write.Reply, p.Write.Name = id.String(), p.Focus.By.Name
	return p, nil
}

// below makes the replies ready, each with its depth.
func (v *visit) below(t *camp.Thread) []item {
	out := make([]item, len(t.Below))
	for i := range t.Below {
		out[i] = v.itemOf(&t.Below[i])
		out[i].Depth = min(t.Depth[i], maxDepth)
		out[i].Reply = t.Depth[i] > maxDepth // past that only words say whom it answers
	}
	return out
}

// onePage shows one post and something about it.
type onePage struct {
	frame
	Post   item
	Write  composer
	Past   []past   // history, newest first
	Likers []person // who like it
	Others bool     // the reader deletes what somebody else wrote
}

// past is an earlier state of a post.
type past struct {
	When, Exact, ISO string
	Note             string
	Text             any // template.HTML
	Pictures         []shot
	Now              bool
}

// one reads the post of the address for a page about it.
func (v *visit) one(title string) (*onePage, camp.PostView, error) {
	id, err := v.postID()
	if err != nil {
		return nil, camp.PostView{}, err
	}
	post, err := v.s.o.Posts.Post(v.ctx(), v.actor, id)
	if err != nil {
		return nil, post, err
	}
	p := &onePage{Post: v.itemOf(&post)}
	if p.frame, err = v.frame("", v.say(title)); err != nil {
		return nil, post, err
	}
	return p, post, nil
}

func (v *visit) edit() error {
	p, _, err := v.editPage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "edit", p)
}

func (v *visit) editPage() (*onePage, camp.PostView, error) {
	p, post, err := v.one("web.edit.title")
	if err != nil {
		return nil, post, err
	}
	if !post.Mine {
		return nil, post, errNowhere
	}
	p.Write = v.composer()
	p.Write.To, p.Write.Edit = "/post/"+p.Post.ID+"/edit", true
	p.Write.Text, p.Write.Note = post.Text, post.Note
	have := make([]camp.DraftPicture, len(post.Pictures))
	for i, x := range post.Pictures {
		have[i] = camp.DraftPicture{ID: x.ID, Alt: x.Alt}
	}
	p.Write.Slots = slots(have)
	return p, post, nil
}

func (v *visit) saveEdit() error {
	id, err := v.postID()
	if err != nil {
		return err
	}
	if err := v.s.o.Posts.Edit(v.ctx(), v.actor, id, v.draft()); err != nil {
		return err
	}
	return v.to("/post/" + id.String())
}

func (v *visit) editAgain(f *camp.Fault) error {
	p, _, err := v.editPage()
	if err != nil {
		return err
	}
	p.Write = v.typed(p.Write, f)
	return v.render(v.status(f), "edit", p)
}

func (v *visit) history() error {
	p, post, err := v.one("web.history.title")
	if err != nil {
		return err
	}
	list, err := v.s.o.Posts.History(v.ctx(), v.actor, post.ID)
	if err != nil {
		return err
	}
	at := post.Edited
	if at.IsZero() {
		at = post.Written
	}
	p.Past = append(p.Past, v.past(camp.Revision{At: at, Text: post.Text, Note: post.Note, Pictures: post.Pictures}, post.Named))
	p.Past[0].Now = true
	for i := len(list) - 1; i >= 0; i-- {
		p.Past = append(p.Past, v.past(list[i], post.Named))
	}
	return v.render(http.StatusOK, "history", p)
}

func (v *visit) past(r camp.Revision, named []camp.Member) past {
	now := v.now()
	out := past{
		When: v.words.ago(r.At, now), Exact: v.words.exact(r.At, now), ISO: r.At.UTC().Format(time.RFC3339),
		Note: r.Note, Pictures: shotsOf(r.Pictures),
	}
	if r.Text != "" {
		out.Text = htmlOf(r.Text, named)
	}
	return out
}

func (v *visit) likes() error {
	p, post, err := v.one("web.likes.title")
	if err != nil {
		return err
	}
	list, err := v.s.o.Posts.FavouritedBy(v.ctx(), v.actor, post.ID)
	if err != nil {
		return err
	}
	for _, m := range list {
		p.Likers = append(p.Likers, personOf(m))
	}
	return v.render(http.StatusOK, "likes", p)
}

func (v *visit) askDelete() error {
	p, post, err := v.one("web.delete.title")
	if err != nil {
		return err
	}
	if !post.MayDelete {
		return errNowhere
	}
	p.Others = !post.Mine
	return v.render(http.StatusOK, "delete", p)
}

func (v *visit) erase() error {
	id, err := v.postID()
	if err != nil {
		return err
	}
	post, err := v.s.o.Posts.Post(v.ctx(), v.actor, id)
	if err != nil {
		return err
	}
	if err := v.s.o.Posts.Delete(v.ctx(), v.actor, id); err != nil {
		return err
	}
	if post.ReplyTo != 0 {
		if _, err := v.s.o.Posts.Post(v.ctx(), v.actor, post.ReplyTo); err == nil {
			return v.to("/post/" + post.ReplyTo.String() + "?said=deleted")
		}
	}
	return v.to("/?said=deleted")
}

func (v *visit) like() error { return v.mark(v.s.o.Posts.Favourite) }

func (v *visit) keep() error { return v.mark(v.s.o.Posts.Keep) }

// marks are the numbers of a post as the script wants them.
type marks struct {
	ID      string `json:"id"`
	Replies int    `json:"replies"`
	Likes   int    `json:"likes"`
	Liked   bool   `json:"liked"`
	Kept    bool   `json:"kept"`
}

func marksOf(p *camp.PostView) marks {
	return marks{ID: p.ID.String(), Replies: p.Replies, Likes: p.Favourites, Liked: p.Favourited, Kept: p.Kept}
}

// mark sets or takes away a like or a bookmark, and goes back to the post. The
// script asks for the new numbers instead.
func (v *visit) mark(set func(ctx context.Context, by camp.Actor, id camp.PostID, on bool) error) error {
	id, err := v.postID()
	if err != nil {
		return err
	}
	if err := set(v.ctx(), v.actor, id, v.form.Get("on") == "1"); err != nil {
		return err
	}
	if v.r.Header.Get("X-Camp") == "" {
		return v.to(v.backTo("/post/"+id.String()) + "#post-" + id.String())
	}
	post, err := v.s.o.Posts.Post(v.ctx(), v.actor, id)
	if err != nil {
		return err
	}
	return v.json(marksOf(&post))
}
