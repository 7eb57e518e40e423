package web

import (
	"context"
	"net/http"
	"strings"

	"camp/node/camp"
	"camp/node/posts"
)

// Tray is what the page of what waits for a member's word needs of node/posts.
// Where Posts does not have it, there is no such page.
type Tray interface {
	// Again gives whom by could follow again, since what cut it was taken back.
	Again(ctx context.Context, by camp.Actor) ([]posts.Tie, error)
	FollowAgain(ctx context.Context, by camp.Actor, yes bool) (int, error)
	// Held gives what people of limited servers wait with.
	Held(ctx context.Context, by camp.Actor, p camp.Page) ([]camp.NoticeView, error)
	LetIn(ctx context.Context, by camp.Actor, whom camp.MemberID, yes bool) error
	AnswerFollow(ctx context.Context, by camp.Actor, who camp.MemberID, yes bool) error
}

func trayRoutes() []route {
	return []route{
		{pattern: "GET /tray", need: joined, do: (*visit).tray},
		{pattern: "POST /tray/again", need: joined, do: (*visit).followAgain},
		{pattern: "POST /tray/in", need: joined, do: (*visit).letThrough},
		{pattern: "POST /tray/follow", need: joined, do: (*visit).letFollow},
	}
}

// trayPage is what waits for the reader's word.
type trayPage struct {
	frame
	Again    []person
	AgainSay string
	Held     []heldLine
	Anything bool
	pager
}

// heldLine is one thing that somebody waits with.
type heldLine struct {
	notice
	Who  string // id of who it is from
	Asks bool   // to follow
}

func (v *visit) posted() (Tray, error) {
	t, ok := v.s.o.Posts.(Tray)
	if !ok {
		return nil, errNowhere
	}
	return t, nil
}

func (v *visit) tray() error {
	t, err := v.posted()
	if err != nil {
		return err
	}
	win, err := v.window()
	if err != nil {
		return err
	}
	again, err := t.Again(v.ctx(), v.actor)
	if err != nil {
		return err
	}
	held, err := t.Held(v.ctx(), v.actor, win)
	if err != nil {
		return err
	}
	p := &trayPage{Anything: len(again)+len(held) > 0}
	if p.frame, err = v.frame("foryou", v.say("border.tray.title")); err != nil {
		return err
	}
	for _, a := range again {
		p.Again = append(p.Again, personOf(a.Who))
	}
	if len(again) > 0 {
		p.AgainSay = v.say("border.again.say", "N", len(again))
	}
	for i := range held {
		p.Held = append(p.Held, v.heldOf(&held[i]))
	}
	if n := len(held); n > 0 {
		p.pager = pagerFor("/tray", nil, win, n, uint64(held[n-1].ID))
	}
	return v.render(http.StatusOK, "tray", p)
}

func (v *visit) heldOf(n *camp.NoticeView) heldLine {
	l := heldLine{notice: v.noticeOf(n), Who: n.From.ID.String(), Asks: n.Kind == camp.NoticeAsk}
	switch {
	case l.Asks:
		l.Say, l.Icon = v.say("border.tray.asks"), "people"
	case l.Say == "":
		l.Say, l.Icon = v.say("border.tray.did"), "heart"
	}
	return l
}

// waits says how much waits in the tray, for the page that leads there.
func (v *visit) waits() (bool, error) {
	t, err := v.posted()
	if err != nil {
		return false, nil
	}
	again, err := t.Again(v.ctx(), v.actor)
	if err != nil || len(again) > 0 {
		return err == nil, err
	}
	held, err := t.Held(v.ctx(), v.actor, camp.Page{Limit: 1})
	return len(held) > 0, err
}

func (v *visit) followAgain() error {
	t, err := v.posted()
	if err != nil {
		return err
	}
	if _, err := t.FollowAgain(v.ctx(), v.actor, v.form.Get("answer") == "yes"); err != nil {
		return err
	}
	return v.to("/tray")
}

func (v *visit) letThrough() error {
	return v.answerTray(func(t Tray, who camp.MemberID, yes bool) error { return t.LetIn(v.ctx(), v.actor, who, yes) })
}

func (v *visit) letFollow() error {
	return v.answerTray(func(t Tray, who camp.MemberID, yes bool) error { return t.AnswerFollow(v.ctx(), v.actor, who, yes) })
}

func (v *visit) answerTray(do func(t Tray, who camp.MemberID, yes bool) error) error {
	t, err := v.posted()
	if err != nil {
		return err
	}
	who, err := camp.ParseMemberID(strings.TrimSpace(v.form.Get("who")))
	if err != nil {
		return errNowhere
	}
	if err := do(t, who, v.form.Get("answer") == "yes"); err != nil {
		return err
	}
	return v.to("/tray")
}
