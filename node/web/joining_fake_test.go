package web

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"camp/node/camp"
)

// guests is a camp of two who wait and one code, for the pages about joining.
type guests struct {
	mu     sync.Mutex // guards did
	did    []string
	host   camp.MemberID
	none   bool      // nobody was ever invited
	review time.Time // when the decision about angry.example is looked at again
}

const testInvite = camp.InviteID("00112233aabbccdd")

func (g *guests) note(s string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.did = append(g.did, s)
}

func (g *guests) done() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return strings.Join(g.did, "; ")
}

func (g *guests) row() camp.Invite {
	return camp.Invite{ID: testInvite, By: g.host, Note: "<Mara>", Made: time.Unix(1e9, 0), Ends: time.Unix(2e9, 0), Uses: 1, State: camp.InviteOpen}
}

func (g *guests) NewInvite(_ context.Context, by camp.Actor, w camp.InviteWish) (camp.Invite, error) {
	g.note("invite " + w.Note + " " + w.Life.String())
	return g.row(), nil
}

func (g *guests) Invites(context.Context, camp.Actor) ([]camp.Invite, error) {
	if g.none {
		return nil, nil
	}
	over := g.row()
	over.ID, over.State = "00112233aabbccde", camp.InviteUsed
	return []camp.Invite{g.row(), over}, nil
}

func (g *guests) Invite(_ context.Context, _ camp.Actor, id camp.InviteID) (camp.Invite, error) {
	if id != testInvite {
		return camp.Invite{}, &camp.Fault{Kind: camp.NotFound, Say: "people.invite_none.say"}
	}
	return g.row(), nil
}

func (g *guests) CancelInvite(_ context.Context, _ camp.Actor, id camp.InviteID) error {
	g.note("cancel " + string(id))
	return nil
}

func (g *guests) Asked(context.Context, camp.Actor) ([]camp.Asked, error) {
	return []camp.Asked{{Member: g.host, Message: "We met at <the lake>.", Note: "choir", By: g.host, At: time.Unix(1.9e9, 0), Question: "Who of <us>?", Reply: "Ada & Bo."}}, nil
}

func (g *guests) Approve(_ context.Context, _ camp.Actor, name string) error {
	g.note("in " + name)
	return nil
}

func (g *guests) Decline(_ context.Context, _ camp.Actor, name, answer string) error {
	g.note("no " + name + " " + answer)
	return nil
}

func (g *guests) AskBack(_ context.Context, _ camp.Actor, name, question string) error {
	if question == "" {
		return &camp.Fault{Kind: camp.Invalid, Say: "people.question_empty.say"}
	}
	g.note("ask " + name + " " + question)
	return nil
}

func (g *guests) Devices(context.Context, camp.Actor, string) ([]camp.Device, error) {
	return []camp.Device{{Serial: 7, Label: "<laptop>", LastSeen: "2026-11-20"}, {Serial: 8, Phone: true}}, nil
}

func (g *guests) RemoveDevice(context.Context, camp.Actor, uint64) error { g.note("gone"); return nil }

func testCode(context.Context, camp.Invite) (camp.InviteLine, error) {
	return camp.InviteLine{Code: "CAMP1-AAAAA-BBBBB"}, nil
}

func testWords([32]byte) string { return "acorn zebra piano lemon" }

// wall is a border of two decisions.
type wall struct{ guests *guests }

func (w wall) List(context.Context) ([]camp.Block, error) {
	return []camp.Block{
		{Domain: "angry.example", Shown: "angry.example", Level: camp.LevelBlock, Reason: "hate <speech>", By: "Mia", At: time.Unix(1.9e9, 0), Change: "000000000000000001", Review: w.guests.review},
		{Domain: "xn--kche-0ra.example", Shown: "küche.example", Level: camp.LevelLimit, Lifted: true, Until: time.Unix(2e9, 0), Change: "000000000000000002"},
	}, nil
}

func (w wall) SetReview(_ context.Context, _ camp.Actor, typed, choice string) error {
	w.guests.note("review " + typed + " " + choice)
	return nil
}

func (w wall) Decide(_ context.Context, _ camp.Actor, d camp.Decision) (camp.Domain, error) {
	if d.Name == "github.io" && !d.Wide {
		return "", &camp.Fault{Kind: camp.Conflict, Say: "border.shared.say", Args: map[string]string{"Name": d.Name}}
	}
	w.guests.note("block " + d.Name + " " + string(d.Level) + " " + d.Reason)
	if d.Review != "" {
		w.guests.note("review " + d.Name + " " + d.Review)
	}
	return "angry.example", nil
}

func (w wall) Lift(_ context.Context, _ camp.Actor, typed string) error {
	w.guests.note("lift " + typed)
	return nil
}

func (w wall) Undo(_ context.Context, _ camp.Actor, id string) error {
	w.guests.note("undo " + id)
	return nil
}

func (w wall) SetReports(_ context.Context, _ camp.Actor, typed string, take bool) error {
	w.guests.note(fmt.Sprint("reports ", typed, " ", take))
	return nil
}

func (w wall) Preview(_ context.Context, typed string, level camp.Level) (camp.BlockPreview, error) {
	p := camp.BlockPreview{Domain: camp.Domain(typed), Shown: typed, Level: level, Now: camp.LevelNone}
	if typed == "friends.example" {
		p.FollowsLost, p.FollowersLost, p.PostsHidden, p.Wider = 7, 1, 96, "wide.example"
	}
	return p, nil
}
