package main

import (
	"context"
	"time"

	"camp/node/camp"
)

// The commands of this file are for the data folder of somebody who belongs to
// camps of others. Where there is only one such camp its ID may be left out.

// membership is a line of `camps list`, and of `status`.
type membership struct {
	ID      string        `json:"id"`
	Camp    string        `json:"camp"`
	Host    string        `json:"host"`
	Name    string        `json:"name"`
	State   camp.Standing `json:"state"`
	Link    string        `json:"link"`
	Web     string        `json:"web"`
	Replies int           `json:"replies"`
	Words   string        `json:"words,omitempty"`

	Question string    `json:"question,omitempty"` // while waiting: what the host asks
	Reply    string    `json:"reply,omitempty"`
	Leaves   time.Time `json:"leaves,omitzero"`
}

func membershipsOf(all []camp.Membership) []membership {
	list := []membership{}
	for _, m := range all {
		list = append(list, membership{
			ID: m.ID, Camp: m.Camp, Host: m.Host, Name: m.Name, State: m.State, Link: m.Link, Web: m.Web, Replies: m.Replies, Words: m.Words,
			Question: m.Question, Reply: m.Reply, Leaves: m.Leaves,
		})
	}
	return list
}

// sayMemberships tells how it stands with the camps of others.
func (e *env) sayMemberships(all []camp.Membership) {
	for _, m := range all {
		how := e.words.Say(m.Says(), "Host", m.Host, "When", e.words.Moment(m.Since.Local()), "N", m.Unread, "Path", e.words.Say(m.PathSays()))
		e.say("ctl.camps.line", "ID", m.ID, "Camp", m.Camp, "How", how)
		if m.Question != "" && m.Reply == "" {
			e.say("ctl.camps.question", "Host", m.Host, "Text", m.Question)
		}
		if m.State.In() && !m.Leaves.IsZero() {
			e.say("ctl.camps.leaving", "Camp", m.Camp, "Time", e.words.Moment(m.Leaves.Local()))
		}
	}
}

func ctlCampsList(ctx context.Context, e *env, c call) error {
	client, err := e.dial(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	all := client.State().Memberships
	if e.json {
		e.line(e.out, map[string]any{"camps": membershipsOf(all)})
		return nil
	}
	if len(all) == 0 {
		e.say("ctl.camps.none")
	}
	e.sayMemberships(all)
	return nil
}

// id is the ID that a command may end with, "" for none.
func (c call) id(after int) string {
	if len(c.words) > after {
		return c.words[after]
	}
	return ""
}

func ctlCampsWithdraw(ctx context.Context, e *env, c call) error {
	if _, err := e.do(ctx, c, camp.Intent{Do: camp.DoJoinWithdraw, ID: c.id(0)}); err != nil {
		return err
	}
	e.answer(map[string]camp.Standing{"state": camp.Withdrawn}, "ctl.camps.withdrawn")
	return nil
}

func ctlCampsForget(ctx context.Context, e *env, c call) error {
	if _, err := e.do(ctx, c, camp.Intent{Do: camp.DoJoinForget, ID: c.words[0]}); err != nil {
		return err
	}
	e.answer(map[string]string{"id": c.words[0]}, "ctl.camps.forgotten")
	return nil
}

// ctlCampsPhone shows the configuration of a phone of one's own, once.
func ctlCampsPhone(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoJoinPhone, ID: c.id(0)})
	if err != nil {
		return err
	}
	i := e.invitation(*ans.Invite)
	e.answer(map[string]string{"code": i.Code, "web": i.Web, "say": i.Say}, "ctl.camps.phone", "Code", i.Code, "URL", i.Web)
	if i.Say != "" && !e.json {
		e.say("ctl.invite.narrow", "Line", i.Say)
	}
	return nil
}

// ctlCampsComputer makes a code for a further computer of one's own.
func ctlCampsComputer(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoJoinComputer, ID: c.id(0)})
	if err != nil {
		return err
	}
	e.answer(map[string]string{"code": ans.Invite.Code}, "ctl.camps.computer", "Code", ans.Invite.Code)
	return nil
}

// ctlCampsDevices lists one's own devices.
func ctlCampsDevices(ctx context.Context, e *env, c call) error {
	id := c.id(0)
	client, err := e.dial(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	if _, err := client.Do(ctx, camp.Intent{Do: camp.DoJoinDevices, ID: id, Language: e.language}); err != nil {
		return gone(err)
	}
	ans, err := client.Do(ctx, camp.Intent{Do: camp.DoStatus, Language: e.language})
	if err != nil {
		return gone(err)
	}
	for _, m := range ans.State.Memberships {
		if m.ID == id || id == "" {
			e.devices(m.Devices)
		}
	}
	return nil
}

// ctlCampsLost shuts a device of one's own out, for good.
func ctlCampsLost(ctx context.Context, e *env, c call) error {
	n, err := serial(c.words[0])
	if err != nil {
		return err
	}
	if _, err := e.do(ctx, c, camp.Intent{Do: camp.DoJoinDeviceGone, Serial: n, ID: c.id(1)}); err != nil {
		return err
	}
	e.answer(map[string]uint64{"serial": n}, "ctl.device.removed", "Serial", n)
	return nil
}

// ctlCampsRenew gives this computer a new key.
func ctlCampsRenew(ctx context.Context, e *env, c call) error {
	if _, err := e.do(ctx, c, camp.Intent{Do: camp.DoJoinRekey, ID: c.id(0)}); err != nil {
		return err
	}
	e.answer(map[string]bool{"renewed": true}, "ctl.camps.rekeyed")
	return nil
}
