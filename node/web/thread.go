package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
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
	Far   bool // it came from elsewhere: more answers may be there

	reach  bool        // some of the conversation lies elsewhere
	passes camp.PostID // the post is only a boost of this one

	audience camp.Audience // of the post
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
	if p.passes != 0 { // a boost has no page of its own
		return v.to("/post/" + p.passes.String())
	}
	if p.reach && v.outside() && v.s.o.OpenThread != nil {
		v.s.o.OpenThread(v.ctx(), v.actor, id)
	}
	if err := v.lettersRead(id, p.audience); err != nil {
		return err
	}
	return v.render(http.StatusOK, "thread", p)
}

func (v *visit) threadPage(id camp.PostID) (*threadPage, error) {
	t, err := v.s.o.Posts.Thread(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := &threadPage{Focus: v.wholeOf(&t.Focus), audience: t.Focus.Audience}
	p.Focus.Focus = true
	for i := range t.Above {
		p.Above = append(p.Above, v.itemOf(&t.Above[i]))
	}
	v.tombs(p, &t)
	p.Below = v.below(&t)
	p.Far, p.passes = !t.Focus.Here(), t.Focus.BoostOf
	elsewhere := func(x camp.PostView) bool { return !x.Here() }
	p.reach = p.Far || slices.ContainsFunc(t.Above, elsewhere)
	if p.frame, err = v.frame("", v.say("web.thread.title", "Name", p.Focus.By.Name)); err != nil {
		return nil, err
	}
	p.Live = "/live?thread=" + id.String() + "&after=" + max(newest(t.Below), newest([]camp.PostView{t.Focus}))
	if v.outside() { // answers from elsewhere come late, with older ids
		p.Live += "&sum=" + strconv.FormatUint(sumOf(t.Below), 10)
	}
	p.Write = v.composer()
	p.Write.Reply, p.Write.Name = id.String(), p.Focus.By.Name
	v.openedFor(&p.Write, &t.Focus)
	return p, nil
}

// below makes the replies ready, each with its depth.
func (v *visit) below(t *camp.Thread) []item {
	out := make([]item, len(t.Below))
	there := map[camp.PostID]bool{t.Focus.ID: true}
	for i := range t.Below {
		there[t.Below[i].ID] = true
	}
	for i := range t.Below {
		out[i] = v.itemOf(&t.Below[i])
		out[i].Depth = min(t.Depth[i], maxDepth)
		// Past that, and where what it answers is gone, only words say whom it answers.
		out[i].Reply = t.Depth[i] > maxDepth || v.outside() && !there[t.Below[i].ReplyTo]
	}
	return out
}

// tombs says before each post above the focus, and before the focus, where one
// that it answers is missing.
func (v *visit) tombs(p *threadPage, t *camp.Thread) {
	if !v.outside() {
		return
	}
	var before camp.PostID
	mark := func(it *item, x *camp.PostView) {
		switch {
		case x.Answers != "" && x.ReplyTo == 0:
			it.Tomb = v.say("open.thread.lost")
		case x.ReplyTo != before && x.ReplyTo != 0:
			it.Tomb = v.say("open.thread.gone")
		}
		before, it.Reply, it.Lost = x.ID, it.Reply && it.Tomb == "", it.Lost && it.Tomb == ""
	}
	for i := range p.Above {
		mark(&p.Above[i], &t.Above[i])
	}
	mark(&p.Focus, &t.Focus)
}

// sumOf tells whether a page holds the same posts as a list, in any order.
func sumOf(list []camp.PostView) uint64 {
	var sum uint64
	for i := range list {
		sum ^= uint64(list[i].ID)
	}
	return sum
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
	if post.Audience != camp.AudienceCamp {
		b := v.badgeOf(&post)
		p.Write.Stays = &b
	}
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
	d := v.draft()
	d.Audience = 0 // it stays
	if err := v.s.o.Posts.Edit(v.ctx(), v.actor, id, d); err != nil {
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
	p.Past = append(p.Past, v.past(camp.Revision{At: at, Text: post.Text, Note: post.Note, Pictures: post.Pictures, Body: post.Body}, post.Named))
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
	switch {
	case r.Body != "":
		out.Text, _ = bodyOf(&camp.PostView{Post: camp.Post{Body: r.Body}, Named: named}, bodyLong)
	case r.Text != "":
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

// reacting is what of Posts likes with a sign.
type reacting interface {
	React(ctx context.Context, by camp.Actor, id camp.PostID, sign string) error
}

// like sets or takes away a like, or sets one with a sign.
func (v *visit) like() error {
	sign := v.form.Get("sign")
	r, ok := v.s.o.Posts.(reacting)
	if sign == "" || !ok {
		return v.mark(v.s.o.Posts.Favourite)
	}
	return v.mark(func(ctx context.Context, by camp.Actor, id camp.PostID, _ bool) error {
		return r.React(ctx, by, id, sign)
	})
}

func (v *visit) keep() error { return v.mark(v.s.o.Posts.Keep) }

// marks are the numbers of a post as the script wants them.
type marks struct {
	ID      string `json:"id"`
	Replies int    `json:"replies"`
	Likes   int    `json:"likes"`
	Liked   bool   `json:"liked"`
	Kept    bool   `json:"kept"`
	Boosts  int    `json:"boosts"`
	Boosted bool   `json:"boosted"`
}

func marksOf(p *camp.PostView) marks {
	return marks{ID: p.ID.String(), Replies: p.Replies, Likes: p.Favourites, Liked: p.Favourited, Kept: p.Kept, Boosts: p.Boosts, Boosted: p.Boosted}
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
