package web

import (
	"net/http"

	"camp/node/camp"
)

// leavePage is where a member leaves the camp, or takes that back.
type leavePage struct {
	frame
	Host   bool
	Day    string // on which they leave, "" for never
	Erase  bool
	Export bool
}

func (v *visit) leavePage() (*leavePage, error) {
	p := &leavePage{Host: v.me.Role == camp.RoleHost, Day: v.leaves(v.me), Erase: v.me.Erase, Export: v.s.o.Export != nil}
	var err error
	p.frame, err = v.frame("me", v.say("web.leave.title", "Camp", v.house.Name))
	return p, err
}

// leaves says on which day a member leaves, "" for never.
func (v *visit) leaves(m camp.Member) string {
	if !m.Standing.In() || m.Final.IsZero() {
		return ""
	}
	return v.words.exact(m.Final, v.now())
}

func (v *visit) askLeave() error {
	p, err := v.leavePage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "leave", p)
}

func (v *visit) leave() error {
	var err error
	switch v.form.Get("posts") {
	case "stay":
		_, err = v.s.o.People.Leave(v.ctx(), v.actor, false)
	case "erase":
		_, err = v.s.o.People.Leave(v.ctx(), v.actor, true)
	default:
		err = &camp.Fault{Kind: camp.Invalid, Say: "web.hostpeople.choose"}
	}
	if err != nil {
		return err
	}
	return v.to("/me/leave")
}

func (v *visit) stay() error {
	if err := v.s.o.People.Stay(v.ctx(), v.actor); err != nil {
		return err
	}
	return v.to("/me?said=stays")
}

func (v *visit) leaveAgain(f *camp.Fault) error {
	p, err := v.leavePage()
	if err != nil {
		return err
	}
	p.Fault = v.sayFault(f)
	return v.render(v.status(f), "leave", p)
}
