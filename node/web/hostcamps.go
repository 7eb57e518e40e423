package web

import (
	"net/http"
	"net/url"

	"camp/node/camp"
)

// hostCampsPage lists the camps of others that this computer belongs to, as the
// window does: the host's own pages are all there is where no window opens.
type hostCampsPage struct {
	frame
	List []campRow
	To   string // an address of this computer that is gone on to, "" for none
	What string // what stands there
}

// campRow is one camp of somebody else's, in words.
type campRow struct {
	ID, Camp, Host, Line   string
	In, Connected, Waiting bool
	Answer                 string // to somebody who was not let in
	Words                  string // to compare while waiting
	Question, Reply        string // while waiting
	Leaves                 string // the day one leaves, "" for never
}

func (v *visit) hostCamps() error {
	p, err := v.hostCampsPage()
	if err != nil {
		return err
	}
	if camp.LookAgain(v.s.o.Desk.State().Memberships) {
		v.w.Header().Set("Refresh", campsAgain)
	}
	return v.render(http.StatusOK, "hostcamps", p)
}

// campsAgain is after how many seconds the list looks again while something in
// it is about to change: time enough to read four words aloud.
const campsAgain = "20"

func (v *visit) hostCampsPage() (*hostCampsPage, error) {
	p := &hostCampsPage{}
	for _, m := range v.s.o.Desk.State().Memberships {
		p.List = append(p.List, v.campRow(m))
	}
	var err error
	if p.frame, err = v.frame("host", v.say("window.others.title")); err != nil {
		return nil, err
	}
	p.Live = ""
	return p, nil
}

func (v *visit) campRow(m camp.Membership) campRow {
	r := campRow{
		ID: m.ID, Camp: m.Camp, Host: m.Host, In: m.State.In(), Connected: m.Link == "connected", Waiting: m.State == camp.Waiting,
		Line:   v.say(m.Says(), "Host", m.Host, "When", v.words.ago(m.Since, v.now()), "N", m.Unread, "Path", v.say(m.PathSays())),
		Answer: m.Answer, Words: m.Words, Question: m.Question, Reply: m.Reply,
	}
	if r.In && !m.Leaves.IsZero() {
		r.Leaves = v.words.exact(m.Leaves, v.now())
	}
	return r
}

func (v *visit) hostCampsAgain(f *camp.Fault) error {
	p, err := v.hostCampsPage()
	if err != nil {
		return err
	}
	p.Fault = v.sayFault(f)
	return v.render(v.status(f), "hostcamps", p)
}

// hostCampDo does what a form of the list asks for.
func (v *visit) hostCampDo() error {
	in, next := camp.Intent{ID: v.r.PathValue("id")}, "/host/camps"
	switch v.form.Get("do") {
	case "open":
		return v.campsLead(camp.Intent{Do: camp.DoJoinLink, ID: in.ID}, v.say("window.others.open"))
	case "withdraw":
		in.Do = camp.DoJoinWithdraw
	case "reply":
		in.Do, in.Message = camp.DoJoinReply, v.form.Get("reply")
	case "keep", "erase":
		in.Do, in.Erase = camp.DoJoinLeave, v.form.Get("do") == "erase"
	case "stay":
		in.Do, next = camp.DoJoinStay, next+"?said=stays"
	case "key":
		in.Do, next = camp.DoJoinRekey, next+"?said=rekeyed"
	case "forget":
		in.Do = camp.DoJoinForget
	default:
		return &camp.Fault{Kind: camp.Invalid, Say: "web.fault.invalid"}
	}
	if _, err := v.ask(in); err != nil {
		return err
	}
	return v.to(next)
}

// hostCampsJoin leads to the program's own pages, where a code is pasted.
func (v *visit) hostCampsJoin() error {
	return v.campsLead(camp.Intent{Do: camp.DoPages}, v.say("window.others.join"))
}

// campsLead shows the page that goes on to a link of this computer: a form may
// not lead to another address.
func (v *visit) campsLead(in camp.Intent, what string) error {
	a, err := v.ask(in)
	if err != nil {
		return err
	}
	u, err := url.Parse(a.URL)
	if err != nil || u.Scheme != "http" || u.Hostname() != "127.0.0.1" && u.Hostname() != "::1" && u.Hostname() != "localhost" {
		return camp.NewFault(camp.Internal, "web.fault.internal", err)
	}
	p, err := v.hostCampsPage()
	if err != nil {
		return err
	}
	p.To, p.What = a.URL, what
	v.w.Header().Set("Refresh", "0; url="+a.URL)
	return v.render(http.StatusOK, "hostcamps", p)
}
