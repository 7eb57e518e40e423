package web

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"camp/node/camp"
)

// farPage is the page of somebody on another server.
type farPage struct {
	frame
	Who     person
	Server  string // "far.example"
	Kind    string // "Group"; "" for a person
	About   any    // template.HTML; nil for none
	Fields  []farField
	Out     string // address of their page there; "" for none
	Since   string // when the account was made
	Picks   bool   // decides about each follower
	Gone    bool
	Moved   *movedTo
	Barred  *barred
	Tie     *tieView
	Top     []item
	Posts   []item
	Unknown string // somebody whom the camp does not know yet: what to look up
	Letter  string // address of the form for a letter to them; "" where there is none
	pager
}

type farField struct {
	Name  string
	Value template.HTML
}

// movedTo is where somebody moved.
type movedTo struct {
	Handle  string // "" where the camp does not know that account
	Address string
}

// barred is what the camp decided about somebody's server.
type barred struct {
	Level, Say, Reason, Day string
	Shut                    bool // nothing comes or goes
}

// farProfile serves /@NAME@SERVER.
func (v *visit) farProfile(raw string) error {
	who, ok := farName("@" + raw)
	if !ok || who != raw || !v.outside() {
		return errNowhere
	}
	name, host, _ := strings.Cut(who, "@")
	if v.isHome(host) {
		return v.to("/@" + url.PathEscape(name))
	}
	r, err := v.s.o.Ties.PersonCalled(v.ctx(), v.actor, strings.ToLower(who))
	if err != nil && camp.AsFault(err).Kind == camp.NotFound {
		return v.farUnknown(who)
	}
	if err != nil {
		return err
	}
	return v.farPerson(r)
}

// farUnknown offers to look somebody up. Nobody is asked before somebody presses
// the button.
func (v *visit) farUnknown(who string) error {
	p := &farPage{Unknown: who}
	var err error
	if p.frame, err = v.frame("people", "@"+who); err != nil {
		return err
	}
	return v.render(http.StatusNotFound, "farprofile", p)
}

func (v *visit) farPerson(r camp.Remote) error {
	p := &farPage{Server: homeServer(r), Out: pageAddress(r.Page), Picks: r.Locked, Gone: !r.Gone.IsZero()}
	p.Who = personOf(r.Shown())
	if p.Out == "" {
		p.Out = pageAddress(r.URI)
	}
	if r.Kind != camp.RemotePerson && r.Kind != 0 {
		p.Kind = v.say(kindWords[r.Kind])
	}
	if !r.Born.IsZero() {
		p.Since = v.say("web.far.since", "When", v.monthOf(r.Born))
	}
	var err error
	if p.Barred, err = v.barredFrom(r); err != nil {
		return err
	}
	if p.Barred == nil || !p.Barred.Shut {
		if err := v.farMore(p, r); err != nil {
			return err
		}
	}
	if p.frame, err = v.frame("people", p.Who.Name); err != nil {
		return err
	}
	return v.render(http.StatusOK, "farprofile", p)
}

// kindWords are what somebody is who is no person.
var kindWords = map[camp.RemoteKind]string{
	camp.RemoteGroup: "web.far.kind.group", camp.RemoteProgram: "web.far.kind.program", camp.RemoteBody: "web.far.kind.body",
}

// homeServer is the name behind the @.
func homeServer(r camp.Remote) string {
	if r.At != "" {
		return string(r.At)
	}
	return string(r.Domain)
}

// farMore adds what is not shown of somebody whose server is shut out.
func (v *visit) farMore(p *farPage, r camp.Remote) error {
	if r.About != "" {
		p.About = foreignHTML(r.About)
	}
	for _, f := range r.Fields {
		p.Fields = append(p.Fields, farField{f.Name, foreignHTML(f.Value)})
	}
	if r.Moved != "" {
		p.Moved = &movedTo{Address: r.Moved}
		if to, err := v.s.o.Ties.PersonAt(v.ctx(), v.actor, r.Moved); err == nil {
			p.Moved.Handle = to.Handle()
		} else if camp.AsFault(err).Kind != camp.NotFound {
			return err
		}
	}
	var err error
	if p.Tie, err = v.tieWith(r.Shown(), p.Gone || p.Moved != nil); err != nil {
		return err
	}
	if v.outside() && !p.Gone && p.Moved == nil {
		p.Letter = v.letterTo(r.Shown(), p.Tie)
	}
	win, err := v.window()
	if err != nil {
		return err
	}
	posts, err := v.s.o.Posts.By(v.ctx(), v.actor, r.ID, win)
	if err != nil {
		return err
	}
	p.Posts = v.list(posts)
	if p.Top, err = v.onTop(r.ID, win); err != nil {
		return err
	}
	if n := len(posts); n > 0 {
		p.pager = pagerFor("/@"+url.PathEscape(r.Handle()), nil, win, n, uint64(posts[n-1].ID))
	}
	return nil
}

// barredFrom gives the camp's decision about somebody's server: of the two names
// that they have, the one kept further away decides; of the decisions about a
// name, the one about the longest (community.md 4.1).
func (v *visit) barredFrom(r camp.Remote) (*barred, error) {
	if v.s.o.Border == nil {
		return nil, nil
	}
	list, err := v.s.o.Border.List(v.ctx())
	if err != nil {
		return nil, err
	}
	var worst *camp.Block
	for _, d := range []camp.Domain{r.Domain, r.At} {
		var over *camp.Block
		for i, b := range list {
			if !b.Lifted && d.Within(b.Domain) && (over == nil || len(b.Domain) > len(over.Domain)) {
				over = &list[i]
			}
		}
		if over != nil && (worst == nil || over.Level.Rank() > worst.Level.Rank()) {
			worst = over
		}
	}
	if worst == nil || worst.Level.Rank() == 0 {
		return nil, nil
	}
	return &barred{
		Level: string(worst.Level), Say: v.say("web.far.barred." + string(worst.Level)), Reason: v.claimed(*worst), Day: v.words.date(worst.At, v.now()),
		Shut: worst.Level.Rank() >= camp.LevelBlock.Rank(),
	}, nil
}
