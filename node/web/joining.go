package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"camp/node/camp"
)

// Guests is what the pages about joining need of node/people.
type Guests interface {
	NewInvite(ctx context.Context, by camp.Actor, w camp.InviteWish) (camp.Invite, error)
	Invites(ctx context.Context, by camp.Actor) ([]camp.Invite, error)
	Invite(ctx context.Context, by camp.Actor, id camp.InviteID) (camp.Invite, error)
	CancelInvite(ctx context.Context, by camp.Actor, id camp.InviteID) error
	Asked(ctx context.Context, by camp.Actor) ([]camp.Asked, error)
	Approve(ctx context.Context, by camp.Actor, name string) error
	Decline(ctx context.Context, by camp.Actor, name, answer string) error
	AskBack(ctx context.Context, by camp.Actor, name, question string) error
	Devices(ctx context.Context, by camp.Actor, name string) ([]camp.Device, error)
	RemoveDevice(ctx context.Context, by camp.Actor, serial uint64) error
}

// invitesPage shows who waits, to host and helpers, and the codes.
type invitesPage struct {
	frame
	Waiting []waitingRow
	List    []inviteRow
	Note    string
	Made    *inviteRow // just made, or looked at
	Letter  string     // the code in a friendly text
	Long    bool       // make one for five people
	First   *reachForm // before the very first code
}

type waitingRow struct {
	person
	Since, Message, Note, By, Words string
	Question, Reply                 string // asked back, and answered
}

type inviteRow struct {
	ID, Note, By, State, Until, Code, Narrow string
	Open, Phone                              bool
	Line                                     string // how it stands, for the list
}

func (v *visit) invites() error {
	p, err := v.invitesPage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "invites", p)
}

func (v *visit) invitesPage() (*invitesPage, error) {
	p := &invitesPage{}
	nav, title := "me", v.say("web.invites.title")
	if v.actor.May() {
		title = v.say("web.invites.title_helps")
		if v.keeper() {
			nav = "host"
		}
	}
	var err error
	if p.frame, err = v.frame(nav, title); err != nil {
		return nil, err
	}
	if v.actor.May() {
		if p.Waiting, err = v.waitingRows(); err != nil {
			return nil, err
		}
	}
	list, err := v.s.o.Joining.Invites(v.ctx(), v.actor)
	if err != nil {
		return nil, err
	}
	p.First = v.firstInvite(list)
	for _, i := range list {
		r, err := v.inviteRow(i)
		if err != nil {
			return nil, err
		}
		p.List = append(p.List, r)
	}
	return p, nil
}

func (v *visit) waitingRows() ([]waitingRow, error) {
	asked, err := v.s.o.Joining.Asked(v.ctx(), v.actor)
	if err != nil {
		return nil, err
	}
	var rows []waitingRow
	for _, a := range asked {
		m, err := v.s.o.People.Member(v.ctx(), a.Member)
		if err != nil {
			return nil, err
		}
		by, err := v.s.o.People.Member(v.ctx(), a.By)
		if err != nil {
			return nil, err
		}
		rows = append(rows, waitingRow{
			person: personOf(m), Since: v.words.exact(a.At, v.now()), Message: a.Message, Note: a.Note, By: by.Display, Words: v.s.o.Words(a.Key),
			Question: a.Question, Reply: a.Reply,
		})
	}
	return rows, nil
}

func (v *visit) inviteRow(i camp.Invite) (inviteRow, error) {
	by, err := v.s.o.People.Member(v.ctx(), i.By)
	if err != nil {
		return inviteRow{}, err
	}
	r := inviteRow{
		ID: string(i.ID), Note: i.Note, By: by.Display, Open: i.State.Open(), Phone: i.Phone, Until: v.words.exact(i.Ends, v.now()),
		State: v.say("web.invites.state."+string(i.State), "Used", i.Used, "Uses", i.Uses),
	}
	r.Line = r.State + " · " + r.By
	if r.Open {
		r.Line = r.State + " · " + v.say("pages.invites.until", "When", v.ahead(i.Ends)) + " · " + r.By
	}
	return r, nil
}

func (v *visit) invitesAgain(f *camp.Fault) error {
	p, err := v.invitesPage()
	if err != nil {
		return err
	}
	p.Fault, p.Note = v.sayFault(f), v.form.Get("note")
	return v.render(v.status(f), "invites", p)
}

func (v *visit) makeInvite() error {
	w := camp.InviteWish{Note: v.form.Get("note"), Uses: 1}
	if v.form.Get("uses") == "5" {
		w.Uses = camp.MaxInviteUses
	}
	days, err := strconv.Atoi(v.form.Get("days"))
	if err != nil || days < 1 || days > 30 {
		return &camp.Fault{Kind: camp.Invalid, Say: "web.fault.invalid"}
	}
	w.Life = time.Duration(days) * 24 * time.Hour
	inv, err := v.s.o.Joining.NewInvite(v.ctx(), v.actor, w)
	if err != nil {
		return err
	}
	return v.to("/invites/" + string(inv.ID))
}

// openInvite gives an invite of the path that can still be shown, as a code.
func (v *visit) openInvite() (camp.InviteLine, camp.Invite, error) {
	id, err := camp.ParseInviteID(v.r.PathValue("id"))
	if err != nil {
		return camp.InviteLine{}, camp.Invite{}, errNowhere
	}
	inv, err := v.s.o.Joining.Invite(v.ctx(), v.actor, id)
	if err != nil {
		return camp.InviteLine{}, inv, err
	}
	if !inv.State.Open() || inv.Phone {
		return camp.InviteLine{}, inv, &camp.Fault{Kind: camp.Conflict, Say: "web.invites.over"}
	}
	line, err := v.s.o.Code(v.ctx(), inv)
	return line, inv, err
}

func (v *visit) invite() error {
	line, inv, err := v.openInvite()
	if err != nil {
		return err
	}
	p, err := v.invitesPage()
	if err != nil {
		return err
	}
	r, err := v.inviteRow(inv)
	if err != nil {
		return err
	}
	r.Code = line.Code
	if line.Narrow != "" {
		r.Narrow = v.say(line.Narrow)
	}
	p.Made = &r
	p.Letter = v.say("web.invites.letter", "Camp", v.house.Name, "Code", line.Code)
	p.List, p.Waiting = nil, nil
	return v.render(http.StatusOK, "invites", p)
}

// inviteCode draws a code as QR; capitals and digits make it a small one.
func (v *visit) inviteCode() error {
	line, _, err := v.openInvite()
	if err != nil {
		return err
	}
	return v.code(line.Code)
}

func (v *visit) cancelInvite() error {
	id, err := camp.ParseInviteID(v.r.PathValue("id"))
	if err != nil {
		return errNowhere
	}
	if err := v.s.o.Joining.CancelInvite(v.ctx(), v.actor, id); err != nil {
		return err
	}
	return v.to("/invites?said=cancelled")
}

func (v *visit) letIn() error {
	if err := v.s.o.Joining.Approve(v.ctx(), v.actor, v.r.PathValue("name")); err != nil {
		return err
	}
	return v.to("/invites?said=letin")
}

// noPage asks for the words that go with a no.
type noPage struct {
	frame
	Who  waitingRow
	Kind string // a kind text, offered
}

func (v *visit) askNo() error {
	rows, err := v.waitingRows()
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Handle == v.r.PathValue("name") {
			p := &noPage{Who: r, Kind: v.say("web.invites.kind_no", "Name", r.Name)}
			if p.frame, err = v.frame("host", v.say("web.invites.no_title", "Name", r.Name)); err != nil {
				return err
			}
			return v.render(http.StatusOK, "sayno", p)
		}
	}
	return errNowhere
}

func (v *visit) sayNo() error {
	if err := v.s.o.Joining.Decline(v.ctx(), v.actor, v.r.PathValue("name"), v.form.Get("answer")); err != nil {
		return err
	}
	return v.to("/invites?said=declined")
}

// devicesPage lists a member's own devices.
type devicesPage struct {
	frame
	List []deviceRow
	Code string // for a further computer, just made
}

type deviceRow struct {
	Serial, Label, Seen string
	This, Phone         bool
	Old                 bool // it still comes by the camp's key of before
}

func (v *visit) devices() error {
	p, err := v.devicesPage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "devices", p)
}

func (v *visit) devicesPage() (*devicesPage, error) {
	list, err := v.s.o.Joining.Devices(v.ctx(), v.actor, v.me.Name)
	if err != nil {
		return nil, err
	}
	p := &devicesPage{}
	if p.frame, err = v.frame("me", v.say("web.devices.title")); err != nil {
		return nil, err
	}
	p.List = v.rowsOf(list)
	return p, nil
}

// deviceRows are the devices of somebody, as the list shows them.
func (v *visit) deviceRows(name string) ([]deviceRow, error) {
	list, err := v.s.o.Joining.Devices(v.ctx(), v.actor, name)
	return v.rowsOf(list), err
}

func (v *visit) rowsOf(list []camp.Device) (rows []deviceRow) {
	here, _ := visitorOf(v.ctx())
	for _, d := range list {
		r := deviceRow{Serial: strconv.FormatUint(d.Serial, 10), Label: d.Label, Phone: d.Phone, This: here.Device.Serial == d.Serial, Old: d.Late}
		if r.Label == "" {
			r.Label = v.say("web.devices.some")
		}
		if r.Seen = v.say("web.hostpeople.never_seen"); d.LastSeen != "" {
			r.Seen = v.say("web.hostpeople.seen", "Day", v.dayOf(d.LastSeen))
		}
		rows = append(rows, r)
	}
	return rows
}

func (v *visit) devicesAgain(f *camp.Fault) error {
	p, err := v.devicesPage()
	if err != nil {
		return err
	}
	p.Fault = v.sayFault(f)
	return v.render(v.status(f), "devices", p)
}

// addComputer makes a code for a further computer of the member's own.
func (v *visit) addComputer() error {
	inv, err := v.s.o.Joining.NewInvite(v.ctx(), v.actor, camp.InviteWish{Device: true})
	if err != nil {
		return err
	}
	line, err := v.s.o.Code(v.ctx(), inv)
	if err != nil {
		return err
	}
	p, err := v.devicesPage()
	if err != nil {
		return err
	}
	p.Code = line.Code
	return v.render(http.StatusOK, "devices", p)
}

func (v *visit) deviceGone() error {
	serial, err := strconv.ParseUint(v.r.PathValue("serial"), 10, 64)
	if err != nil {
		return errNowhere
	}
	own, err := v.s.o.Joining.Devices(v.ctx(), v.actor, v.me.Name)
	if err != nil {
		return err
	}
	for _, d := range own { // also the host ends here only their own
		if d.Serial == serial {
			if err := v.s.o.Joining.RemoveDevice(v.ctx(), v.actor, serial); err != nil {
				return err
			}
			return v.to("/me/devices?said=gone")
		}
	}
	return errNowhere
}
