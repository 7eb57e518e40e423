package web

import (
	"net/http"

	"camp/node/camp"
)

// gonePage lists whom the host removed and can take back.
type gonePage struct {
	frame
	List []goneRow
	Code string // by which somebody who was just taken back comes in
	Who  string
	Note string // why there is no code, or where it works only
	Back string // the person's page, once they are back
}

type goneRow struct {
	Name, Handle, Since, Until string
	Erased                     bool
}

// gonePage leaves out whom a deed just took back: the snapshot may be older.
func (v *visit) gonePage(but string) (*gonePage, error) {
	p := &gonePage{}
	for _, m := range v.s.o.Desk.State().Gone {
		if m.Name == but {
			continue
		}
		name := m.Display
		if name == "" {
			name = "@" + m.Name
		}
		p.List = append(p.List, goneRow{
			Name: name, Handle: m.Name, Since: v.words.exact(m.Ended, v.now()), Until: v.words.exact(m.Final, v.now()), Erased: m.Erase,
		})
	}
	var err error
	p.frame, err = v.frame("host", v.say("web.gone.title"))
	return p, err
}

func (v *visit) goners() error {
	p, err := v.gonePage("")
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "goners", p)
}

// undoRemoval takes somebody back and shows the code for them, once.
func (v *visit) undoRemoval() error {
	name, ok := camp.ParseName(v.r.PathValue("name"))
	if !ok {
		return errNowhere
	}
	a, err := v.ask(camp.Intent{Do: camp.DoMemberUndo, Person: name})
	if err != nil {
		return err
	}
	m, err := v.s.o.People.ByName(v.ctx(), name)
	if err != nil {
		return err
	}
	p, err := v.gonePage(name)
	if err != nil {
		return err
	}
	p.Who, p.Back = personOf(m).Name, name
	switch {
	case a.Invite != nil:
		p.Code = a.Invite.Code
		if a.Invite.Narrow != "" {
			p.Note = v.say(a.Invite.Narrow)
		}
	case v.words.words.Has(a.Say):
		p.Note = v.words.words.SayMap(a.Say, a.Args)
	}
	return v.render(http.StatusOK, "goners", p)
}

func (v *visit) gonersAgain(f *camp.Fault) error {
	p, err := v.gonePage("")
	if err != nil {
		return err
	}
	p.Fault = v.sayFault(f)
	return v.render(v.status(f), "goners", p)
}
