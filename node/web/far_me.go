package web

import (
	"net/http"
	"net/url"

	"camp/node/camp"
)

// reachPage is how other servers see the reader, and moving from and to them.
type reachPage struct {
	frame
	Address                       string // "@mara@camp.example"
	Locked, Shy, Listed, Searched bool
	From                          []account
	Moved                         *account
	MovedDay                      string
	Typed, To                     string // into the forms of moving in and out
	Sure                          *account
}

// account is somebody's account elsewhere: by handle where the camp knows it.
type account struct{ Handle, Shown, Address string }

// accountAt finds out how an account is called.
func (v *visit) accountAt(uri string) (account, error) {
	a := account{Shown: uri, Address: uri}
	r, err := v.s.o.Ties.PersonAt(v.ctx(), v.actor, uri)
	if err != nil && camp.AsFault(err).Kind == camp.NotFound {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	a.Handle, a.Shown = r.Handle(), "@"+r.Handle()
	return a, nil
}

func (v *visit) reachPage() (*reachPage, error) {
	if v.s.o.Reach == nil {
		return nil, errNowhere
	}
	me, err := v.s.o.People.Member(v.ctx(), v.me.ID) // what was just changed, too
	if err != nil {
		return nil, err
	}
	p := &reachPage{Locked: me.Locked, Shy: me.Shy, Listed: me.Discoverable, Searched: me.Indexable}
	if v.house.Domain != "" {
		p.Address = "@" + me.Name + "@" + v.house.Domain
	}
	for _, uri := range me.Also {
		a, err := v.accountAt(uri)
		if err != nil {
			return nil, err
		}
		p.From = append(p.From, a)
	}
	if me.Moved != "" {
		a, err := v.accountAt(me.Moved)
		if err != nil {
			return nil, err
		}
		p.Moved, p.MovedDay = &a, v.words.date(me.MovedAt, v.now())
	}
	p.frame, err = v.frame("me", v.say("web.far.reach.title"))
	return p, err
}

func (v *visit) reach() error {
	p, err := v.reachPage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "reach", p)
}

func (v *visit) reachAgain(f *camp.Fault) error {
	if !v.outside() {
		return f
	}
	p, err := v.reachPage()
	if err != nil {
		return err
	}
	p.Fault, p.Typed, p.To = v.sayFault(f), camp.CleanLine(v.form.Get("from"), maxTyped), camp.CleanLine(v.form.Get("to"), maxTyped)
	return v.render(v.status(f), "reach", p)
}

func (v *visit) setReach() error {
	if v.s.o.Reach == nil {
		return errNowhere
	}
	on := func(name string) bool { return v.form.Get(name) == "yes" }
	err := v.s.o.Reach.SetReach(v.ctx(), v.actor, camp.Member{Locked: on("locked"), Shy: on("shy"), Discoverable: on("listed"), Indexable: on("searched")})
	if err != nil {
		return err
	}
	return v.to("/me/elsewhere?said=saved")
}

func (v *visit) cameFrom() error {
	who, ok := farName(v.form.Get("from"))
	if !ok || v.s.o.Reach == nil {
		return errNoName
	}
	r, err := v.lookUp(who)
	if err != nil {
		return err
	}
	if err := v.s.o.Reach.AddAlso(v.ctx(), v.actor, r); err != nil {
		return err
	}
	return v.to("/me/elsewhere?said=also")
}

func (v *visit) dropFrom() error {
	if v.s.o.Reach == nil {
		return errNowhere
	}
	if err := v.s.o.Reach.DropAlso(v.ctx(), v.actor, v.form.Get("address")); err != nil {
		return err
	}
	return v.to("/me/elsewhere?said=saved")
}

// moveTo sends the reader's followers to another account: first it is looked up
// and shown what happens, then, with a yes, it is done.
func (v *visit) moveTo() error {
	who, ok := farName(v.form.Get("to"))
	if !ok || v.s.o.Reach == nil || v.s.o.Finder == nil {
		return errNoName
	}
	r, err := v.s.o.Finder.Anew(v.ctx(), v.actor, who) // what it says of the reader may be new
	if err != nil {
		return err
	}
	if v.form.Get("sure") == "yes" {
		if err := v.s.o.Reach.Move(v.ctx(), v.actor, r); err != nil {
			return err
		}
		return v.to("/me/elsewhere?said=moved")
	}
	if err := v.s.o.Reach.MayMove(v.ctx(), v.actor, r); err != nil {
		return err
	}
	p, err := v.reachPage()
	if err != nil {
		return err
	}
	p.Sure = &account{Handle: r.Handle(), Shown: "@" + r.Handle(), Address: "/@" + url.PathEscape(r.Handle())}
	p.To = "@" + r.Handle()
	return v.render(http.StatusOK, "reach", p)
}
