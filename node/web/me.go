package web

import (
	"net/http"
	"strconv"
	"time"

	"camp/node/camp"
)

func itoa(n int) string { return strconv.Itoa(n) }

// mePage is a member's own settings.
type mePage struct {
	frame
	Display, About, Language string
	Face                     face
	Handle                   string
	Browsers                 []browserRow
	Link                     string // a one-time link, just made
	Export                   bool
	Offered, Helper          bool // asked to be a helper; one already
	Hosts                    bool
	Leaves                   string // the day they leave, "" for never
	LinkHours                int
	MayLook, Willing         bool // can be drawn to look into a report; said yes
	Reported                 bool // there is a page of what they reported
	Ties, Going              bool // lists of people; what waits to be sent, for those who may see it
}

type browserRow struct {
	ID, Label, Since string
	This             bool
}

func (v *visit) settings() error {
	p, err := v.mePage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "me", p)
}

func (v *visit) mePage() (*mePage, error) {
	p := &mePage{
		Display: v.me.Display, About: v.me.About, Language: v.me.Language, Face: faceOf(v.me), Handle: v.me.Name, Export: v.s.o.Export != nil, Reported: v.s.o.Reports != nil,
		MayLook: v.s.o.Reports != nil && v.me.Role == camp.RoleMember, Willing: v.me.Willing,
		Offered: v.me.Offered, Helper: v.me.Role == camp.RoleHelper,
		Hosts: v.me.Role == camp.RoleHost, Leaves: v.leaves(v.me),
		Ties: v.s.o.Ties != nil, Going: v.s.o.Backlog != nil && v.actor.May(),
	}
	var err error
	if p.frame, err = v.frame("me", v.say("web.me.title")); err != nil {
		return nil, err
	}
	list, err := v.s.o.People.Sessions(v.ctx(), v.actor)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		b := browserRow{ID: s.ID, Label: s.Label, Since: v.words.date(s.Made, v.now()), This: s.ID == v.session.ID}
		if b.Label == "" {
			b.Label = v.say("web.me.some_browser")
		}
		p.Browsers = append(p.Browsers, b)
	}
	return p, nil
}

// profileOf is the reader's profile as it stands, ready to be changed.
func (v *visit) profileOf() camp.Member {
	return camp.Member{ID: v.me.ID, Display: v.me.Display, About: v.me.About, Picture: v.me.Picture, Language: v.me.Language}
}

func (v *visit) saveMe() error {
	m := v.profileOf()
	m.Display, m.About = v.form.Get("display"), v.form.Get("about")
	m.Language = ""
	if _, ok := v.s.tongue[v.form.Get("language")]; ok {
		m.Language = v.form.Get("language")
	}
	if err := v.s.o.People.SetProfile(v.ctx(), v.actor, m); err != nil {
		return err
	}
	return v.to("/me?said=saved")
}

func (v *visit) meAgain(f *camp.Fault) error {
	p, err := v.mePage()
	if err != nil {
		return err
	}
	p.Fault = v.sayFault(f)
	if v.route.pattern == profilePattern { // other forms of the page bring nothing of the profile
		p.Display, p.About, p.Language = v.form.Get("display"), v.form.Get("about"), v.form.Get("language")
	}
	return v.render(v.status(f), "me", p)
}

// answerOffer says whether somebody will be a helper; "end": no longer.
func (v *visit) answerOffer() error {
	var err error
	switch v.form.Get("help") {
	case "yes":
		err = v.s.o.People.AnswerOffer(v.ctx(), v.actor, true)
	case "no":
		err = v.s.o.People.AnswerOffer(v.ctx(), v.actor, false)
	case "end":
		err = v.s.o.People.LayDown(v.ctx(), v.actor)
	default:
		err = &camp.Fault{Kind: camp.Invalid, Say: "web.fault.invalid"}
	}
	if err != nil {
		return err
	}
	return v.to("/me?said=help")
}

func (v *visit) saveFace() error {
	list := v.pictures()
	if len(list) == 0 {
		return &camp.Fault{Kind: camp.Invalid, Say: "web.me.no_picture"}
	}
	m := v.profileOf()
	m.Picture = list[0].ID
	if err := v.s.o.People.SetProfile(v.ctx(), v.actor, m); err != nil {
		return err
	}
	return v.to("/me?said=saved")
}

func (v *visit) dropFace() error {
	m := v.profileOf()
	m.Picture = ""
	if err := v.s.o.People.SetProfile(v.ctx(), v.actor, m); err != nil {
		return err
	}
	return v.to("/me?said=saved")
}

// newLink shows a one-time link for another browser of the same person. It is
// shown in the answer itself and kept nowhere.
func (v *visit) newLink() error {
	secret, err := v.s.o.People.NewLinkFor(v.ctx(), v.actor)
	if err != nil {
		return err
	}
	p, err := v.mePage()
	if err != nil {
		return err
	}
	p.Link = v.origin() + "/in/" + secret
	return v.render(http.StatusOK, "me", p)
}

// origin is how the browser reached us; Host was checked before.
func (v *visit) origin() string {
	if v.r.TLS != nil {
		return "https://" + v.r.Host
	}
	return "http://" + v.r.Host
}

func (v *visit) endSession() error {
	id := v.form.Get("id")
	if id == "" || len(id) > 100 {
		return errNowhere
	}
	if err := v.s.o.People.EndSession(v.ctx(), v.actor, id); err != nil {
		return err
	}
	if id == v.session.ID {
		return v.left()
	}
	return v.to("/me?said=ended")
}

func (v *visit) signOut() error {
	if v.session.ID != "" {
		if err := v.s.o.People.EndSession(v.ctx(), v.actor, v.session.ID); err != nil {
			return err
		}
	}
	return v.left()
}

func (v *visit) left() error {
	v.setCookie("", -time.Second)
	return v.to("/")
}

// export sends the member's own archive as it is made.
func (v *visit) export() error {
	if v.s.o.Export == nil {
		return errNowhere
	}
	if !v.s.loads.take(v.actor.Member, v.now()) {
		return errFast
	}
	v.w.Header().Set("Content-Type", "application/zip")
	v.w.Header().Set("Content-Disposition", `attachment; filename="camp-`+v.house.Slug+"-"+v.me.Name+`.zip"`)
	if err := v.s.o.Export.Write(v.ctx(), v.actor, v.w); err != nil {
		v.s.o.Log.ErrorContext(v.ctx(), "archive broke off", "err", err)
		panic(http.ErrAbortHandler) // the browser sees a broken download, not a whole one
	}
	return nil
}
