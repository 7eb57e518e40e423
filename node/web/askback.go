package web

import (
	"net/http"

	"camp/node/camp"
)

// askBackPage asks host or helper for a question to somebody who waits.
type askBackPage struct {
	frame
	Who   waitingRow
	Typed string
}

func (v *visit) askBackPage() (*askBackPage, error) {
	rows, err := v.waitingRows()
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r.Handle != v.r.PathValue("name") {
			continue
		}
		p := &askBackPage{Who: r}
		p.frame, err = v.frame("host", v.say("web.askback.title", "Name", r.Name))
		return p, err
	}
	return nil, errNowhere
}

func (v *visit) askBack() error {
	p, err := v.askBackPage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "askback", p)
}

func (v *visit) putQuestion() error {
	if err := v.s.o.Joining.AskBack(v.ctx(), v.actor, v.r.PathValue("name"), v.form.Get("question")); err != nil {
		return err
	}
	return v.to("/invites?said=put")
}

func (v *visit) askBackAgain(f *camp.Fault) error {
	p, err := v.askBackPage()
	if err != nil {
		return v.invitesAgain(f) // they wait no more
	}
	p.Fault, p.Typed = v.sayFault(f), v.form.Get("question")
	return v.render(v.status(f), "askback", p)
}
