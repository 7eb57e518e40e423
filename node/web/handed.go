package web

import (
	"mime"
	"net/http"
	"strings"

	"camp/node/camp"
)

// friendPage hands out the program itself.
type friendPage struct {
	frame
	Systems []systemRow
}

type systemRow struct{ ID, Name string }

func (v *visit) friend() error {
	a, err := v.ask(camp.Intent{Do: camp.DoFriendSystems})
	if err != nil {
		return err
	}
	p := &friendPage{}
	for _, s := range a.Systems {
		p.Systems = append(p.Systems, systemRow{s, camp.SystemName(s)})
	}
	if p.frame, err = v.frame("host", v.say("window.friend")); err != nil {
		return err
	}
	return v.render(http.StatusOK, "friend", p)
}

func (v *visit) friendProgram() error {
	return v.hand(camp.Intent{Do: camp.DoFriendCopy, Page: v.r.URL.Query().Get("for")}, "application/gzip")
}

// memberExport hands out what all in the camp may read of somebody; of the host,
// all of it. The host's log says so, so that it is asked for by a form and by no
// link.
func (v *visit) memberExport() error {
	p, err := v.personPage()
	if err != nil {
		return err
	}
	return v.hand(camp.Intent{Do: camp.DoExport, Person: p.Who.Handle}, "application/zip")
}

// hand sends what an intent would write to a file.
func (v *visit) hand(in camp.Intent, kind string) error {
	if !v.s.loads.take(v.actor.Member, v.now()) {
		return errFast
	}
	name, write, err := v.s.o.Desk.Saved(v.ctx(), in)
	if err != nil {
		return err
	}
	if strings.HasSuffix(name, ".zip") {
		kind = "application/zip"
	}
	v.w.Header().Set("Content-Type", kind)
	v.w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	if err := write(v.ctx(), v.w); err != nil {
		v.s.o.Log.ErrorContext(v.ctx(), "file for the host broke off", "do", in.Do, "err", err)
		panic(http.ErrAbortHandler) // the browser sees a broken download, not a whole one
	}
	return nil
}

// memberBack makes a code by which somebody who lost all their devices comes back.
func (v *visit) memberBack() error {
	p, err := v.personPage()
	if err != nil {
		return err
	}
	a, err := v.ask(camp.Intent{Do: camp.DoInvite, Person: p.Who.Handle})
	if err != nil {
		return err
	}
	if i := a.Invite; i != nil {
		p.Back = &backCode{Code: i.Code, Only: v.say("window.person.back.only", "Who", p.Who.Name, "Day", v.words.exact(i.Ends, v.now()))}
		if i.Narrow != "" {
			p.Back.Narrow = v.say(i.Narrow)
		}
	}
	return v.render(http.StatusOK, "hostperson", p)
}

// backCode is such a code, just made.
type backCode struct{ Code, Only, Narrow string }
