package main

import (
	"context"
	"strings"
	"time"

	"camp/node/camp"
)

// person is a line of `member list`; names are a contract.
type person struct {
	Name  string        `json:"name"`
	Role  camp.Role     `json:"role"`
	State camp.Standing `json:"state"`

	Asked    bool   `json:"asked,omitempty"` // to help, and has not answered yet
	Display  string `json:"display"`
	LastSeen string `json:"last_seen"`

	Question string    `json:"question,omitempty"` // who waits: what they were asked
	Reply    string    `json:"reply,omitempty"`    // and answered
	Leaves   time.Time `json:"leaves,omitzero"`    // the day they leave, by their own wish
}

func ctlMemberList(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoMemberList})
	if err != nil {
		return err
	}
	list := []person{}
	for _, p := range ans.People {
		list = append(list, person{Name: p.Name, Role: p.Role, State: p.Standing, Asked: p.Offered, Display: p.Display, LastSeen: p.LastSeen, Question: p.Question, Reply: p.Reply, Leaves: p.Final})
	}
	if e.json {
		e.line(e.out, map[string]any{"members": list})
		return nil
	}
	for _, p := range list {
		e.say("ctl.member.line", "Name", p.Name, "Display", p.Display,
			"Role", e.words.Say("ctl.role."+string(p.Role)), "State", e.words.Say("ctl.standing."+string(p.State)))
		if p.Asked {
			e.say("ctl.member.asked", "Name", p.Name)
		}
		if p.Question != "" && p.Reply != "" {
			e.say("ctl.member.reply", "Name", p.Name, "Question", p.Question, "Reply", p.Reply)
		}
		if !p.Leaves.IsZero() {
			e.say("ctl.member.leaves", "Name", p.Name, "Time", e.words.Moment(p.Leaves.Local()))
		}
	}
	return nil
}

func ctlMemberAdd(ctx context.Context, e *env, c call) error {
	role := camp.RoleMember
	if c.has("role") {
		r, err := roleOf(c.get("role"))
		if err != nil {
			return err
		}
		role = r
	}
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoMemberAdd, Person: c.words[0], Role: role})
	if err != nil {
		return err
	}
	p := now(ans, c.words[0], role)
	e.answer(map[string]any{"name": p.Name, "role": p.Role, "asked": p.Offered, "state": camp.Joined, "url": ans.URL}, "ctl.member.added", "Name", p.Name, "URL", ans.URL)
	if p.Offered && !e.json {
		e.say("ctl.member.asked", "Name", p.Name)
	}
	return nil
}

func ctlMemberLink(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoMemberLink, Person: c.words[0]})
	if err != nil {
		return err
	}
	e.answer(map[string]string{"url": ans.URL}, "ctl.member.link", "Name", c.words[0], "URL", ans.URL)
	return nil
}

// ctlMemberBack makes a code by which a member who lost all devices comes back.
func ctlMemberBack(ctx context.Context, e *env, c call) error {
	in := camp.Intent{Do: camp.DoInvite, Person: c.words[0]}
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
	e.answer(i, "ctl.member.back", "Code", i.Code, "Name", c.words[0], "Time", e.words.Moment(i.Expires.Local()))
	return nil
}

func ctlMemberRole(ctx context.Context, e *env, c call) error {
	role, err := roleOf(c.words[1])
	if err != nil {
		return err
	}
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoMemberRole, Person: c.words[0], Role: role})
	if err != nil {
		return err
	}
	p, say := now(ans, c.words[0], role), "ctl.member.role_set"
	if p.Offered {
		say = "ctl.member.asked"
	}
	e.answer(map[string]any{"name": p.Name, "role": p.Role, "asked": p.Offered}, say, "Name", p.Name, "Role", e.words.Say("ctl.role."+string(p.Role)))
	return nil
}

// now is somebody as the camp says they stand; as asked for, where it does not say.
func now(ans camp.Answer, typed string, role camp.Role) camp.Person {
	if len(ans.People) == 1 {
		return ans.People[0]
	}
	return camp.Person{Name: typed, Role: role}
}

func ctlMemberRemove(ctx context.Context, e *env, c call) error {
	if _, err := e.do(ctx, c, camp.Intent{Do: camp.DoMemberRemove, Person: c.words[0], Erase: c.has("erase")}); err != nil {
		return err
	}
	e.answer(map[string]any{"name": c.words[0], "state": camp.Removed}, "ctl.member.removed", "Name", c.words[0])
	return nil
}

func ctlMemberApprove(ctx context.Context, e *env, c call) error {
	return ctlStanding(ctx, e, c, camp.Intent{Do: camp.DoApprove}, camp.Joined)
}

func ctlMemberDecline(ctx context.Context, e *env, c call) error {
	return ctlStanding(ctx, e, c, camp.Intent{Do: camp.DoDecline, Reason: c.get("reason")}, camp.Declined)
}

func ctlMemberSuspend(ctx context.Context, e *env, c call) error {
	in := camp.Intent{Do: camp.DoSuspend}
	if len(c.words) == 2 {
		d, err := duration(c.words[1])
		if err != nil {
			return err
		}
		in.For = d
	}
	return ctlStanding(ctx, e, c, in, camp.Suspended)
}

func ctlMemberReturn(ctx context.Context, e *env, c call) error {
	return ctlStanding(ctx, e, c, camp.Intent{Do: camp.DoReturn}, camp.Joined)
}

// ctlStanding carries out an intent about one person and tells where they stand now.
func ctlStanding(ctx context.Context, e *env, c call, in camp.Intent, now camp.Standing) error {
	in.Person = c.words[0]
	if _, err := e.do(ctx, c, in); err != nil {
		return err
	}
	e.answer(map[string]any{"name": c.words[0], "state": now}, "ctl.member.stands", "Name", c.words[0], "State", e.words.Say("ctl.standing."+string(now)))
	return nil
}

func roleOf(s string) (camp.Role, error) {
	r, ok := camp.ParseRole(strings.ToLower(s))
	if !ok {
		return "", &camp.Fault{Kind: camp.Invalid, Say: "ctl.role.say", Args: map[string]string{"Role": s}}
	}
	return r, nil
}

// ctlToken makes a bearer token for tests and tools.
func ctlToken(ctx context.Context, e *env, c call) error {
	scopes := strings.Fields(c.get("scopes"))
	if len(scopes) == 0 {
		scopes = []string{"read", "write", "follow", "push"}
	}
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoToken, Person: c.words[0], Scopes: scopes})
	if err != nil {
		return err
	}
	e.answer(map[string]string{"token": ans.Token}, "ctl.token", "Token", ans.Token)
	return nil
}
