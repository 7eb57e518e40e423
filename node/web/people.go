package web

import (
	"net/http"
	"strings"
	"time"

	"camp/node/camp"
)

// peoplePage lists who is in the camp.
type peoplePage struct {
	frame
	List []row
	Most int
	Full bool // few places are left
}

// row is a person in a list.
type row struct {
	person
	Role, Since, Seen string
	Offered           bool // asked to be a helper; for the host alone
}

func (v *visit) rowOf(m camp.Member) row {
	r := row{person: personOf(m)}
	if m.Role != camp.RoleMember {
		r.Role = v.say("web.role." + string(m.Role))
	}
	r.Offered = m.Offered
	if !m.Joined.IsZero() {
		r.Since = v.say("web.people.since", "When", v.monthOf(m.Joined))
	}
	return r
}

// monthOf says "March", with the year where it is another one.
func (v *visit) monthOf(at time.Time) string {
	now := v.now()
	at = at.In(now.Location())
	s := v.words.long[at.Month()-1]
	if at.Year() != now.Year() {
		s += " " + at.Format("2006")
	}
	return s
}

func (v *visit) people() error {
	list, err := v.s.o.People.Members(v.ctx())
	if err != nil {
		return err
	}
	p := &peoplePage{Most: camp.MaxMembers}
	if p.frame, err = v.frame("people", v.say("web.people.title")); err != nil {
		return err
	}
	for _, m := range list {
		p.List = append(p.List, v.rowOf(m))
	}
	p.Full = len(list) >= camp.NearlyFull
	return v.render(http.StatusOK, "people", p)
}

// smallPage says why a camp stays small, and what comes after.
type smallPage struct {
	frame
	Most int
}

func (v *visit) small() error {
	p := &smallPage{Most: camp.MaxMembers}
	var err error
	if p.frame, err = v.frame("people", v.say("web.small.title")); err != nil {
		return err
	}
	return v.render(http.StatusOK, "small", p)
}

// profilePage is somebody's page.
type profilePage struct {
	frame
	Who   row
	About any // template.HTML; nil for none
	Own   bool
	Tie   *tieView // how the reader stands with them; nil: not offered
	// Letter is the address of the form for a letter to them; "" where there is none.
	Letter string
	Top    []item // what they keep on top of their page
	Posts  []item
	pager
}

// profile serves /@NAME. Paths of one part that begin otherwise are nowhere.
func (v *visit) profile() error {
	raw, ok := strings.CutPrefix(v.r.PathValue("at"), "@")
	if ok && strings.Contains(raw, "@") {
		return v.farProfile(raw)
	}
	name, good := camp.ParseName(raw)
	if !ok || !good || name != raw {
		return errNowhere
	}
	m, err := v.s.o.People.ByName(v.ctx(), name)
	if err != nil {
		return err
	}
	if m.Standing != camp.Joined && m.Standing != camp.Suspended {
		return errNowhere
	}
	win, err := v.window()
	if err != nil {
		return err
	}
	posts, err := v.s.o.Posts.By(v.ctx(), v.actor, m.ID, win)
	if err != nil {
		return err
	}
	p := &profilePage{Who: v.rowOf(m), Own: m.ID == v.me.ID, Posts: v.list(posts)}
	if m.About != "" {
		p.About = htmlOf(m.About, nil)
	}
	if n := len(posts); n > 0 {
		p.pager = pagerFor("/@"+name, nil, win, n, uint64(posts[n-1].ID))
	}
	if p.frame, err = v.frame("people", p.Who.Name); err != nil {
		return err
	}
	if p.Top, err = v.onTop(m.ID, win); err != nil {
		return err
	}
	if p.Tie, err = v.tieWith(m, false); err != nil {
		return err
	}
	p.Letter = v.letterTo(m, p.Tie)
	return v.render(http.StatusOK, "profile", p)
}

// rulesPage shows the rules, and asks for agreement where it is missing.
type rulesPage struct {
	frame
	Version int
	Date    string
	Hash    string
	Rules   []rule
	Earlier []earlier
	Draft   *composer // what waits to be posted; nil for nothing

	Agreed int          // the older version that the reader agreed to; 0 where it is this one
	Change *rulesChange // what is new; nil for a first version
	Ask    *rulesAsk    // nil where nothing can be objected to
	Host   *rulesHost   // nil for everybody but the host
}

type rule struct {
	N      int
	Text   string
	Ticked bool
}

type earlier struct {
	Version int
	Date    string
	Texts   []string
	Change  *rulesChange
}

func (v *visit) rules() error {
	p, err := v.rulesPage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "rules", p)
}

func (v *visit) rulesPage() (*rulesPage, error) {
	all, err := v.s.o.People.AllRules(v.ctx())
	if err != nil {
		return nil, err
	}
	p := &rulesPage{}
	if p.frame, err = v.frame("", v.say("web.rules.title")); err != nil {
		return nil, err
	}
	for i, r := range all {
		if i > 0 {
			p.Earlier = append(p.Earlier, earlier{Version: r.Version, Date: v.words.date(r.Date, v.now()), Texts: r.Texts})
			continue
		}
		p.Version, p.Date, p.Hash = r.Version, v.words.date(r.Date, v.now()), r.Hash
		for j, t := range r.Texts {
			p.Rules = append(p.Rules, rule{N: j + 1, Text: t})
		}
	}
	return p, v.stand(p, all)
}

// agree takes the agreement: each rule ticked, to exactly the version shown.
func (v *visit) agree() error {
	r, err := v.s.o.People.Rules(v.ctx())
	if err != nil {
		return err
	}
	if v.form.Get("hash") != r.Hash {
		return &camp.Fault{Kind: camp.Conflict, Say: "web.rules.changed"}
	}
	if len(v.ticks()) < len(r.Texts) {
		return &camp.Fault{Kind: camp.Invalid, Say: "web.rules.tick"}
	}
	if err := v.s.o.People.Agree(v.ctx(), v.actor, r.Version, r.Hash); err != nil {
		return err
	}
	v.me.Agreed, v.me.ByWord = r.Version, false
	if !v.drafted() {
		return v.to("/?said=agreed")
	}
	if err := v.write(); err != nil {
		f := camp.AsFault(err)
		v.note(f)
		return v.writeAgain(f)
	}
	return nil
}

// drafted reports whether the form carries a post that waited for the agreement.
func (v *visit) drafted() bool { return v.form.Get("text") != "" || len(v.pictures()) > 0 }

// rulesFirst shows the rules to somebody who wanted to post, and keeps the post.
func (v *visit) rulesFirst(f *camp.Fault) error {
	p, err := v.rulesPage()
	if err != nil {
		return err
	}
	c := v.typed(v.composer(), f)
	c.Reply, c.Rest = v.form.Get("reply"), v.rest()
	p.Draft, p.Fault = &c, c.Fault
	return v.render(v.status(f), "rules", p)
}

// ticks are the rules ticked, by their number.
func (v *visit) ticks() map[string]bool {
	t := map[string]bool{}
	for _, n := range v.form["rule"] {
		if len(n) <= 3 {
			t[n] = true
		}
	}
	return t
}

func (v *visit) agreeAgain(f *camp.Fault) error {
	p, err := v.rulesPage()
	if err != nil {
		return err
	}
	p.Fault = v.sayFault(f)
	if v.drafted() {
		c := v.typed(v.composer(), f)
		c.Reply, p.Draft = v.form.Get("reply"), &c
	}
	if v.form.Get("hash") == p.Hash {
		ticks := v.ticks()
		for i := range p.Rules {
			p.Rules[i].Ticked = ticks[itoa(p.Rules[i].N)]
		}
	}
	return v.render(v.status(f), "rules", p)
}

// keptPage is what the camp keeps, made from the store's catalogue.
type keptPage struct {
	frame
	List []keeping
}

type keeping struct {
	What, Why, About, Readers, HowLong string
	Export                             bool
}

func (v *visit) kept() error {
	var list []camp.Keeping
	switch {
	case v.s.o.Kept != nil:
		list = v.s.o.Kept()
	case v.s.o.Desk != nil:
		list = v.s.o.Desk.State().Kept
	}
	p := &keptPage{}
	var err error
	if p.frame, err = v.frame("", v.say("web.kept.title")); err != nil {
		return err
	}
	for _, k := range list {
		p.List = append(p.List, keeping{
			What: v.say(k.What), Why: v.say(k.Why), About: v.say(k.About), Readers: v.say(k.Readers), HowLong: v.say(k.HowLong), Export: k.Export,
		})
	}
	return v.render(http.StatusOK, "kept", p)
}

// logPage is "What happened".
type logPage struct {
	frame
	Lines []logLine
	pager
}

type logLine struct{ When, Exact, ISO, Day, Say string }

// log shows the host's log in sentences.
func (v *visit) log() error {
	win, err := v.window()
	if err != nil {
		return err
	}
	list, err := v.s.o.People.Log(v.ctx(), win)
	if err != nil {
		return err
	}
	lines, err := v.s.o.People.LogFor(v.ctx(), v.actor, win)
	if err != nil {
		return err
	}
	p := &logPage{}
	nav, path := "", "/log"
	if v.route.need == host {
		nav, path = "host", "/host/log"
	}
	if p.frame, err = v.frame(nav, v.say("web.log.title")); err != nil {
		return err
	}
	now, last := v.now(), ""
	for _, e := range lines {
		l := logLine{
			When: v.words.hour(e.At, now), Exact: v.words.exact(e.At, now), ISO: e.At.UTC().Format(time.RFC3339),
			Say: v.words.words.SayMap(e.Deed, e.Args),
		}
		if day := v.words.day(e.At, now); day != last {
			l.Day, last = day, day
		}
		p.Lines = append(p.Lines, l)
	}
	if n := len(list); n > 0 {
		p.pager = pagerFor(path, nil, win, n, uint64(list[n-1].ID))
	}
	return v.render(http.StatusOK, "log", p)
}
