package main

import (
	"bufio"
	"context"
	"io"
	"strconv"
	"strings"
	"time"

	"camp/app/control"
	"camp/node/camp"
)

// invitation is a line of `invite new` and `invite list`; names are a contract.
type invitation struct {
	ID      camp.InviteID `json:"id"`
	Code    string        `json:"code,omitempty"`
	Expires time.Time     `json:"expires"`
	Uses    int           `json:"uses"`

	Used  int              `json:"used"`
	State camp.InviteState `json:"state"`
	Note  string           `json:"note"`
	By    string           `json:"by"`
	Asked []string         `json:"asked"`
	Phone bool             `json:"phone"`
	Six   string           `json:"six,omitempty"` // a phone's configuration without IPv4, for a network that clashes
	Web   string           `json:"web,omitempty"`
	Say   string           `json:"say,omitempty"` // what keeps it from working everywhere
}

func (e *env) invitation(l camp.InviteLine) invitation {
	i := invitation{
		ID: l.ID, Code: l.Code, Expires: l.Ends, Uses: l.Uses, Used: l.Used, State: l.State, Note: l.Note, By: l.By,
		Asked: append([]string{}, l.Asked...), Phone: l.Phone, Six: l.Six, Web: l.Web,
	}
	if l.Narrow != "" {
		i.Say = e.words.Say(l.Narrow)
	}
	return i
}

func ctlInviteNew(ctx context.Context, e *env, c call) error {
	in := camp.Intent{Do: camp.DoInvite, Name: c.get("note"), Phone: c.has("phone")}
	if c.has("uses") {
		n, err := strconv.Atoi(c.get("uses"))
		if err != nil || n < 1 {
			return usage("ctl.usage.number", "Flag", "--uses", "Value", c.get("uses"))
		}
		in.Uses = n
	}
	if c.has("expires") {
		d, err := duration(c.get("expires"))
		if err != nil {
			return err
		}
		in.For = d
	}
	ans, err := e.do(ctx, c, in)
	if err != nil {
		return err
	}
	i := e.invitation(*ans.Invite)
	if e.json {
		e.line(e.out, i)
		return nil
	}
	until := e.words.Moment(i.Expires.Local())
	if i.Phone {
		e.say("ctl.invite.phone", "Code", i.Code, "URL", i.Web, "Time", until)
	} else {
		e.say("ctl.invite.made", "Code", i.Code, "Time", until, "N", i.Uses)
	}
	if i.Say != "" {
		e.say("ctl.invite.narrow", "Line", i.Say)
	}
	return nil
}

func ctlInviteList(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoInviteList})
	if err != nil {
		return err
	}
	list := []invitation{}
	for _, l := range ans.Invites {
		list = append(list, e.invitation(l))
	}
	if e.json {
		e.line(e.out, map[string]any{"invites": list})
		return nil
	}
	if len(list) == 0 {
		e.say("ctl.invite.none")
	}
	for _, i := range list {
		e.say("ctl.invite.line", "ID", string(i.ID), "State", e.words.Say("ctl.invite.state."+string(i.State)),
			"Note", i.Note, "Used", i.Used, "Uses", i.Uses, "Time", e.words.Moment(i.Expires.Local()))
	}
	return nil
}

// ctlInviteShow shows an open code again.
func ctlInviteShow(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoInviteShow, ID: c.words[0]})
	if err != nil {
		return err
	}
	i := e.invitation(*ans.Invite)
	if i.Code == "" {
		return camp.NewFault(camp.NotFound, "program.code_gone.say", nil)
	}
	e.answer(i, "ctl.invite.made", "Code", i.Code, "Time", e.words.Moment(i.Expires.Local()), "N", i.Uses)
	return nil
}

func ctlInviteRevoke(ctx context.Context, e *env, c call) error {
	if _, err := e.do(ctx, c, camp.Intent{Do: camp.DoInviteCancel, ID: c.words[0]}); err != nil {
		return err
	}
	e.answer(map[string]any{"id": c.words[0], "state": camp.InviteCancelled}, "ctl.invite.cancelled")
	return nil
}

// ctlInviteNearby lets somebody in the same room in: it opens the door, prints
// the check once somebody came, and reads "same" or "different".
func ctlInviteNearby(ctx context.Context, e *env, c call) error {
	client, err := e.dial(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	states := client.Watch(ctx)
	if _, err := client.Do(ctx, camp.Intent{Do: camp.DoNearby, Language: e.language}); err != nil {
		return gone(err)
	}
	answered, opened := false, false
	lines := bufio.NewReader(io.LimitReader(e.in, 1<<10))
	for st := range states {
		n := st.Nearby
		switch {
		case n.State == "open" && !opened:
			opened = true
			if !e.json {
				e.say("ctl.nearby.open", "Time", n.Until.Local().Format("15:04"))
			}
		case n.State == "compare" && !answered:
			answered = true
			e.answer(map[string]string{"check": n.Check, "words": n.Words}, "ctl.nearby.check", "Check", n.Check, "Words", n.Words)
			if err := e.compare(ctx, client, lines); err != nil {
				return err
			}
		case n.State == "sent":
			e.answer(map[string]string{"state": "sent"}, "ctl.nearby.sent")
			return nil
		case opened && n.State != "open" && n.State != "compare":
			return camp.NewFault(camp.Offline, nearbySay(n), nil)
		}
	}
	return gone(control.ErrGone)
}

func nearbySay(n camp.Nearby) string {
	if n.Say != "" {
		return n.Say
	}
	return "ctl.nearby.closed.say"
}

// compare reads the host's word and hands it on.
func (e *env) compare(ctx context.Context, client *control.Client, lines *bufio.Reader) error {
	line, err := lines.ReadString('\n')
	word := strings.ToLower(strings.TrimSpace(line))
	if err != nil && word == "" {
		word = "different"
	}
	same := word == "same" || word == e.words.Say("ctl.nearby.word_same")
	if _, err := client.Do(ctx, camp.Intent{Do: camp.DoNearbySame, Same: same, Language: e.language}); err != nil {
		return gone(err)
	}
	return nil
}
