package web

import (
	"net/http"
	"strings"
	"time"

	"camp/node/camp"
)

// worldPage is where the host lets the camp talk with the wide world, sees what
// that opens before it is open, and what is missing.
type worldPage struct {
	frame
	World    camp.World
	NotNow   bool // the camp is not on
	Done     string
	Opens    []string
	Typed    string
	Tried    *worldTried
	State    worldState
	Needs    worldNeeds
	Todo     string // stands over what is missing
	Waits    []waitRow
	Letters  int
	WaitMore int
}

// worldTried is what came of trying a name.
type worldTried struct {
	Name, Title string
	Good        bool
	Needs       worldNeeds
}

// worldNeeds are what is missing.
type worldNeeds struct {
	Missing     []worldNeed
	Details     string // technical
	Token, Name string // of the forms
}

// worldState is how it stands while it is on.
type worldState struct {
	Title, Line, Door, Cert, Checked string
	Good                             bool
}

type worldNeed struct {
	Say    string
	Router bool // the router may be asked
}

type waitRow struct{ Host, Count, Why string }

func (v *visit) world() error {
	p, err := v.worldPage(nil)
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "hostworld", p)
}

func (v *visit) worldPage(tried *camp.World) (*worldPage, error) {
	st := v.s.o.Desk.State()
	w := st.World
	if w.On && tried != nil {
		w, tried = *tried, nil // newer than the state
	}
	p := &worldPage{World: w, NotNow: st.Phase != camp.On, Letters: st.Letters, WaitMore: st.Letters}
	var err error
	if p.frame, err = v.frame("host", v.say("window.world.title")); err != nil {
		return nil, err
	}
	if w.On {
		p.State = v.worldState(w)
		p.Needs = v.worldNeeds(st, w)
		if p.Todo = v.say("window.world.todo"); w.Ready {
			p.Todo = v.say("window.world.todo.ready")
		}
	} else {
		p.Opens = v.worldOpens(w.Domain)
	}
	if tried != nil {
		p.Tried, p.Typed = v.worldTried(st, *tried), tried.Domain
	}
	for _, b := range st.Backlog {
		p.Waits = append(p.Waits, v.waitRow(b))
		p.WaitMore -= b.Count
	}
	return p, nil
}

// worldOpens says in plain words what switching on opens, and what it does not.
func (v *visit) worldOpens(name string) []string {
	if name == "" {
		name = "oak.example"
	}
	return []string{
		v.say("window.world.opens.find", "Who", v.me.Name, "Name", name), v.say("window.world.opens.stays"),
		v.say("window.world.opens.door"), v.say("window.world.opens.on"), v.say("window.world.opens.name"),
	}
}

func (v *visit) worldState(w camp.World) worldState {
	s := worldState{Title: v.say("window.world.lost"), Line: v.say("window.world.lost.line"), Checked: v.say("window.world.checked.never")}
	switch {
	case w.Checked.IsZero():
		s.Title, s.Line = v.say("window.world.looking"), ""
	case w.Ready:
		s.Title, s.Line, s.Good = v.say("window.world.found"), v.say("world.ready", "Name", w.Domain), true
	}
	if !w.Checked.IsZero() {
		s.Checked = v.words.ago(w.Checked, v.now())
	}
	if w.Address == "" { // a proxy stands in front, with its own door and certificate
		return s
	}
	switch s.Door = v.say("window.world.door.other"); {
	case w.Door == "open" && w.Outer != "":
		s.Door = v.say("window.world.door.open", "Address", w.Outer)
	case w.Door == "asking":
		s.Door = v.say("window.world.door.asking")
	}
	if s.Cert = v.say("window.world.cert.none"); !w.Until.IsZero() {
		s.Cert = v.say("window.world.cert.until", "Day", v.words.date(w.Until, v.now()))
	}
	return s
}

// worldNeeds says what is missing, each in a sentence that tells what to do.
func (v *visit) worldNeeds(st camp.State, w camp.World) worldNeeds {
	n := worldNeeds{Token: v.token, Name: w.Domain}
	var details []string
	for _, p := range w.Problems {
		say := p.Say
		if v.words.words.Has(say) {
			say = v.words.words.SayMap(p.Say, p.Args)
		}
		n.Missing = append(n.Missing, worldNeed{Say: say, Router: p.Deed == camp.DoReach && !st.Reach.On})
		if p.Detail != "" {
			details = append(details, p.Detail)
		}
	}
	n.Details = strings.Join(details, "\n")
	return n
}

func (v *visit) worldTried(st camp.State, w camp.World) *worldTried {
	t := &worldTried{Name: w.Domain, Good: len(w.Problems) == 0}
	switch {
	case t.Good:
		t.Title = v.say("window.world.tried", "Name", w.Domain)
	case w.Ready:
		t.Title = v.say("window.world.tried.but", "Name", w.Domain)
	default:
		t.Title = v.say("window.world.tried.missing", "Name", w.Domain)
	}
	t.Needs = v.worldNeeds(st, w)
	return t
}

func (v *visit) waitRow(b camp.Backlog) waitRow {
	r := waitRow{Host: string(b.Host), Count: v.say("window.world.wait.row", "N", b.Count, "When", v.words.ago(b.Since, v.now()))}
	why, next := "", ""
	if v.words.words.Has(b.Why) {
		why = v.say(b.Why)
	}
	if b.Next.After(v.now()) {
		next = v.ahead(b.Next)
	}
	switch {
	case why != "" && next != "":
		r.Why = v.say("window.world.wait.why", "Why", why, "When", next)
	case why != "":
		r.Why = why
	case next != "":
		r.Why = v.say("window.world.wait.next", "When", next)
	default:
		r.Why = v.say("window.world.wait.soon")
	}
	return r
}

// ahead says a moment that is yet to come: the hour today and tomorrow, the date after that.
func (v *visit) ahead(at time.Time) string {
	now := v.now()
	at = at.In(now.Location())
	switch {
	case sameDay(at, now):
		return at.Format("15:04")
	case sameDay(at, now.AddDate(0, 0, 1)):
		return v.say("window.tomorrow.at", "Time", at.Format("15:04"))
	}
	return v.words.date(at, now) + " " + at.Format("15:04")
}

func (v *visit) worldAgain(f *camp.Fault) error {
	p, err := v.worldPage(nil)
	if err != nil {
		return err
	}
	p.Fault, p.Typed = v.sayFault(f), v.form.Get("name")
	return v.render(v.status(f), "hostworld", p)
}

// worldDo tries a name, looks again, has the router asked, and switches on or off.
func (v *visit) worldDo() error {
	switch v.form.Get("do") {
	case "try":
		return v.worldTry(strings.TrimSpace(v.form.Get("name")))
	case "router":
		if _, err := v.ask(camp.Intent{Do: camp.DoReach, On: true}); err != nil {
			return err
		}
		return v.worldTry(v.form.Get("name"))
	case "on":
		return v.worldSwitch(camp.Intent{Do: camp.DoWorldOn, Domain: v.form.Get("name")})
	case "off":
		return v.worldSwitch(camp.Intent{Do: camp.DoWorldOff})
	case "keys":
		return v.worldKeys()
	}
	return &camp.Fault{Kind: camp.Invalid, Say: "web.fault.invalid"}
}

// worldKeys has the camp and everybody in it sign with new keys.
func (v *visit) worldKeys() error {
	if v.form.Get("sure") != "yes" {
		return &camp.Fault{Kind: camp.Invalid, Say: "pages.world.tick"}
	}
	if _, err := v.ask(camp.Intent{Do: camp.DoKeysRenewAll}); err != nil {
		return err
	}
	p, err := v.worldPage(nil)
	if err != nil {
		return err
	}
	p.Done = v.say("window.world.keys.done")
	return v.render(http.StatusOK, "hostworld", p)
}

// worldTry asks whether a name leads here; "" is the camp's own.
func (v *visit) worldTry(name string) error {
	a, err := v.ask(camp.Intent{Do: camp.DoWorldCheck, Domain: name})
	if err != nil {
		return err
	}
	p, err := v.worldPage(a.World)
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "hostworld", p)
}

// worldSwitch has the camp start anew, which takes these pages down for a moment:
// the answer comes before. What can be refused is refused while there is somebody to tell.
func (v *visit) worldSwitch(in camp.Intent) error {
	st := v.s.o.Desk.State()
	switch {
	case st.World.Fixed:
		return &camp.Fault{Kind: camp.NotAllowed, Say: "world.fixed.say"}
	case st.Phase == camp.Paused:
		return &camp.Fault{Kind: camp.Conflict, Say: "world.paused.say"}
	case v.form.Get("sure") != "yes":
		return &camp.Fault{Kind: camp.Invalid, Say: "pages.world.tick"}
	}
	if in.Do == camp.DoWorldOn {
		if _, err := v.ask(camp.Intent{Do: camp.DoWorldCheck, Domain: in.Domain}); err != nil {
			return err // a name that can be none, or another than the camp has
		}
	}
	p := &asidePage{Line: v.say("pages.anew.line"), Again: "/host/world"}
	var err error
	if p.frame, err = v.frame("host", v.say("pages.anew.title")); err != nil {
		return err
	}
	p.Live = ""
	in.Language = v.words.lang
	if err := v.s.o.Desk.Later(in); err != nil {
		return err
	}
	v.w.Header().Set("Refresh", "6; url=/host/world")
	return v.render(http.StatusOK, "aside", p)
}
