package web

import (
	"net/http"

	"camp/node/camp"
)

// outsidePage tells what leaves the camp's computer, and to whom.
type outsidePage struct {
	frame
	Today                   string
	Tunnel, Servers, Public string
	World, Router, LAN      bool
	List                    []contactRow
	Memory                  string
}

type contactRow struct{ Who, Line string }

func (v *visit) contacts() error {
	a, err := v.ask(camp.Intent{Do: camp.DoContacts})
	if err != nil {
		return err
	}
	c, st := a.Contacts, v.s.o.Desk.State()
	if c == nil {
		c = &camp.Contacts{}
	}
	p := &outsidePage{
		Today:  v.say("pages.outside.today", "Size", v.bytes(c.Today())),
		Tunnel: v.bytes(c.Tunnel), Servers: v.bytes(c.Servers), Public: v.bytes(c.Public),
		World: st.World.On, Router: st.Reach.On, LAN: st.Reach.LAN,
		Memory: v.say("pages.outside.memory", "When", v.words.exact(c.Since, v.now())),
	}
	for _, s := range c.List {
		r := contactRow{Who: v.say("pages.outside.kind."+s.Kind, "Name", s.Name)}
		if !s.Last.IsZero() {
			r.Line = v.say("pages.outside.server_line", "Size", v.bytes(s.Sent), "When", v.words.ago(s.Last, v.now()))
		}
		p.List = append(p.List, r)
	}
	if p.frame, err = v.frame("host", v.say("pages.outside.title")); err != nil {
		return err
	}
	return v.render(http.StatusOK, "hostoutside", p)
}
