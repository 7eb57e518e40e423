package web

import (
	"context"
	"net/http"
	"net/url"

	"camp/node/camp"
	"camp/node/posts"
)

// tieView is how the reader stands with somebody, with what they can do about it.
type tieView struct {
	ID, Name                string
	MayFollow               bool // following makes sense: the camp talks with others, they are there
	Follows, Asked, Quieter bool // Quieter: what they pass on is not wanted
	Followed, Asking        bool // the other way round
	Muted, Blocked          bool
	MayReport               bool
}

// tieWith says how the reader stands with somebody; nil for themself. still is
// for somebody who writes no more.
func (v *visit) tieWith(m camp.Member, still bool) (*tieView, error) {
	if v.s.o.Ties == nil || m.ID == v.me.ID {
		return nil, nil
	}
	rels, err := v.s.o.Ties.Relations(v.ctx(), v.actor, []camp.MemberID{m.ID})
	if err != nil || len(rels) != 1 {
		return nil, err
	}
	r := rels[0]
	t := &tieView{ID: m.ID.String(), Name: personOf(m).Name, Muted: r.Apart.Muted, Blocked: r.Apart.Blocked, MayReport: v.s.o.Report != nil}
	if v.outside() {
		t.MayFollow = !still && !r.Apart.Blocked
		if r.Follows != nil {
			t.Follows, t.Asked, t.Quieter = r.Follows.Accepted, !r.Follows.Accepted, r.Follows.NoBoosts
		}
		if r.Followed != nil {
			t.Followed, t.Asking = r.Followed.Accepted, !r.Followed.Accepted
		}
	}
	return t, nil
}

// whom gives the person that a deed is about, from here or elsewhere. The reader
// themself, and who is not to be seen, are nowhere.
func (v *visit) whom() (camp.Member, error) {
	id, err := camp.ParseMemberID(v.r.PathValue("id"))
	if err != nil {
		return camp.Member{}, errNowhere
	}
	return v.other(id)
}

// other gives somebody by id in the same way.
func (v *visit) other(id camp.MemberID) (camp.Member, error) {
	if id == 0 || id == v.me.ID || v.s.o.Ties == nil {
		return camp.Member{}, errNowhere
	}
	m, err := v.s.o.People.Member(v.ctx(), id)
	if err == nil && m.Standing.In() {
		return m, nil
	}
	if err != nil && camp.AsFault(err).Kind != camp.NotFound {
		return m, err
	}
	if !v.outside() {
		return m, errNowhere
	}
	r, err := v.s.o.Ties.Person(v.ctx(), v.actor, id)
	return r.Shown(), err
}

// pageOf is the address of somebody's page.
func pageOf(m camp.Member) string { return "/@" + url.PathEscape(m.Name) }

// backSaying goes back to where a deed was done, else to the person's page, and
// says that it was done.
func (v *visit) backSaying(m camp.Member, word string) error {
	u, err := url.Parse(v.backTo(pageOf(m)))
	if err != nil {
		return v.to(pageOf(m))
	}
	q := u.Query()
	q.Set("said", word)
	u.RawQuery = q.Encode()
	return v.to(u.String())
}

// follow begins to follow, or changes whether what they pass on is wanted.
func (v *visit) follow() error {
	m, err := v.whom()
	if err != nil {
		return err
	}
	f, err := v.s.o.Ties.Follow(v.ctx(), v.actor, m.ID, v.form.Get("boosts") == "no")
	if err != nil {
		return err
	}
	word := "asks"
	switch {
	case v.form.Get("boosts") != "":
		word = "saved"
	case f.Accepted:
		word = "follows"
	}
	return v.backSaying(m, word)
}

func (v *visit) unfollow() error {
	m, err := v.whom()
	if err != nil {
		return err
	}
	if err := v.s.o.Ties.Unfollow(v.ctx(), v.actor, m.ID); err != nil {
		return err
	}
	return v.backSaying(m, "unfollowed")
}

// answerFollow says yes or no to who asks, or takes a follower away.
func (v *visit) answerFollow() error {
	m, err := v.whom()
	if err != nil {
		return err
	}
	yes := v.form.Get("yes")
	if yes != "1" && yes != "0" {
		return &camp.Fault{Kind: camp.Invalid, Say: "web.fault.invalid"}
	}
	if err := v.s.o.Ties.AnswerFollow(v.ctx(), v.actor, m.ID, yes == "1"); err != nil {
		return err
	}
	return v.backSaying(m, "answered")
}

// apartPage asks before somebody is muted or blocked.
type apartPage struct {
	frame
	Who   person
	ID    string
	Block bool
	World bool // they live elsewhere
}

func (v *visit) askMute() error  { return v.askApart(false) }
func (v *visit) askBlock() error { return v.askApart(true) }

func (v *visit) askApart(block bool) error {
	m, err := v.whom()
	if err != nil {
		return err
	}
	p := &apartPage{Who: personOf(m), ID: m.ID.String(), Block: block, World: m.Standing == camp.Elsewhere}
	title := "web.far.mute.title"
	if block {
		title = "web.far.block.title"
	}
	if p.frame, err = v.frame("people", v.say(title, "Name", p.Who.Name)); err != nil {
		return err
	}
	p.Back = pageOf(m)
	return v.render(http.StatusOK, "apart", p)
}

func (v *visit) mute() error { return v.keepAway(Ties.Mute, "muted", "heard") }

func (v *visit) blockPerson() error { return v.keepAway(Ties.Block, "blocked", "unblocked") }

// keepAway mutes or blocks, or takes that back.
func (v *visit) keepAway(do func(Ties, context.Context, camp.Actor, camp.MemberID, bool) error, did, undid string) error {
	m, err := v.whom()
	if err != nil {
		return err
	}
	on := v.form.Get("on") == "1"
	if !on {
		did = undid
	}
	if err := do(v.s.o.Ties, v.ctx(), v.actor, m.ID, on); err != nil {
		return err
	}
	return v.backSaying(m, did)
}

// tiesPage is a list of people whom the reader is bound to.
type tiesPage struct {
	frame
	Tab    string
	Asking []tieRow
	List   []tieRow
	More   string // address of what follows; "" for the end
	Count  int
}

type tieRow struct {
	person
	ID, Since string
	Waits     bool // asked, and not answered yet
	Quieter   bool
	Muted     bool
	Blocked   bool
}

func (v *visit) tieRow(t posts.Tie) tieRow {
	return tieRow{person: personOf(t.Who), ID: t.Who.ID.String(), Since: v.words.date(t.At, v.now()), Waits: !t.Accepted, Quieter: t.NoBoosts}
}

// tiesMost is how many the service gives at a time.
const tiesMost = 80

// after reads from the address behind whom a list begins.
func (v *visit) after() (camp.MemberID, error) {
	s := v.r.URL.Query().Get("after")
	if s == "" {
		return 0, nil
	}
	id, err := camp.ParseMemberID(s)
	if err != nil {
		return 0, errNowhere
	}
	return id, nil
}

func (v *visit) following() error {
	after, err := v.after()
	if err != nil {
		return err
	}
	list, err := v.s.o.Ties.Following(v.ctx(), v.actor, after)
	if err != nil {
		return err
	}
	p := &tiesPage{Tab: "following"}
	for _, t := range list {
		p.List = append(p.List, v.tieRow(t))
	}
	return v.showTies(p, "web.far.following.title", list)
}

func (v *visit) followers() error {
	after, err := v.after()
	if err != nil {
		return err
	}
	p := &tiesPage{Tab: "followers"}
	if after == 0 {
		asking, err := v.s.o.Ties.Asking(v.ctx(), v.actor)
		if err != nil {
			return err
		}
		for _, t := range asking[:min(len(asking), 2*tiesMost)] {
			p.Asking = append(p.Asking, v.tieRow(t))
		}
	}
	list, err := v.s.o.Ties.Followers(v.ctx(), v.actor, after)
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.Accepted {
			p.List = append(p.List, v.tieRow(t))
		}
	}
	return v.showTies(p, "web.far.followers.title", list)
}

func (v *visit) showTies(p *tiesPage, title string, list []posts.Tie) error {
	if n := len(list); n == tiesMost {
		p.More = "/me/" + p.Tab + "?after=" + list[n-1].Who.ID.String()
	}
	var err error
	if p.frame, err = v.frame("me", v.say(title)); err != nil {
		return err
	}
	return v.render(http.StatusOK, "ties", p)
}

// away lists whom the reader muted or blocked.
func (v *visit) away() error {
	if v.s.o.Ties == nil {
		return errNowhere
	}
	list, err := v.s.o.Ties.AwayFrom(v.ctx(), v.actor)
	if err != nil {
		return err
	}
	p := &tiesPage{Tab: "away"}
	for _, a := range list {
		if a.Who.Standing == camp.Elsewhere && !v.outside() {
			continue
		}
		p.List = append(p.List, tieRow{
			person: personOf(a.Who), ID: a.Whom.String(), Since: v.words.date(a.At, v.now()), Muted: a.Muted, Blocked: a.Blocked,
		})
	}
	return v.showTies(p, "web.far.away.title", nil)
}
