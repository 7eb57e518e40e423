package porch

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"camp/assets"
	"camp/node/camp"
)

// maxCode bounds what is taken for a code, in bytes; a code has some two hundred.
const maxCode = 4 << 10

// errand is something asked of a camp that takes its time.
type errand struct {
	in     camp.Intent
	cancel context.CancelFunc // nil until it has begun
}

// joining is what the porch itself remembers of a join under way.
type joining struct {
	busy    *errand // under way, or nil
	fault   *camp.Fault
	joined  bool // the request was sent
	name    string
	message string
	ticked  map[string]bool // rules, by number
}

// joinPage is what the pages of joining show.
type joinPage struct {
	Stage         string // "looking", "asking": what goes on
	Info          *camp.JoinInfo
	Rules         []rule
	Name, Message string
	Code          string
	Around        []camp.NearbyCamp
	Looked        bool // a look around is over
	None          string
	Check, Words  string
}

type rule struct {
	N      int
	Text   string
	Ticked bool
}

// errands carries out what pages ask for, one at a time, until ctx ends.
func (p *Porch) errands(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-p.deeds:
			p.run(ctx, e)
		}
	}
}

func (p *Porch) run(ctx context.Context, e *errand) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p.mu.Lock()
	e.cancel = cancel
	wanted := p.joining.busy == e
	p.mu.Unlock()
	if !wanted {
		return
	}
	_, err := p.opt.Desk.Do(ctx, e.in)
	p.mu.Lock()
	defer p.mu.Unlock()
	j := &p.joining
	if j.busy != e {
		return // nobody waits for it any more
	}
	j.busy, j.joined = nil, err == nil && e.in.Do == camp.DoJoin
	if err != nil {
		j.fault = p.faultOf("join", err)
	}
}

// send hands an errand on and shows how it goes; while one is under way it only
// shows that.
func (p *Porch) send(w http.ResponseWriter, r *http.Request, in camp.Intent) {
	in.Language = p.languageOf(r)
	p.mu.Lock()
	if p.joining.busy == nil {
		e := &errand{in: in}
		select {
		case p.deeds <- e:
			p.joining.busy, p.joining.fault, p.joining.joined = e, nil, false
		default: // one that was stopped has not ended yet
		}
	}
	p.mu.Unlock()
	http.Redirect(w, r, "/join", http.StatusSeeOther)
}

// join shows where a join stands.
func (p *Porch) join(w http.ResponseWriter, r *http.Request) {
	st := p.opt.Desk.State().Joining
	p.mu.Lock()
	j := p.joining
	p.joining.fault = nil
	if j.joined {
		p.joining = joining{}
	}
	p.mu.Unlock()
	switch {
	case j.joined:
		http.Redirect(w, r, "/", http.StatusSeeOther)
	case st.Stage == "compare":
		p.joinStage(w, r, "joincompare", joinPage{Check: st.Check, Words: st.Words})
	case j.busy != nil:
		stage := "looking"
		if j.busy.in.Do == camp.DoJoin {
			stage = "asking"
		}
		p.joinStage(w, r, "joinwait", joinPage{Stage: stage})
	case st.Stage == "read" && st.Info != nil:
		p.showRules(w, r, j.fault, st, j)
	default:
		p.showCode(w, r, j.fault, st, p.opt.Desk.State().ShowCode)
	}
}

// joinStage shows a page that looks again by itself.
func (p *Porch) joinStage(w http.ResponseWriter, r *http.Request, name string, j joinPage) {
	w.Header().Set("Refresh", "1; url=/join")
	p.show(w, r, http.StatusOK, name, func(v *page, _ *assets.Words) { v.Join = j })
}

// showCode shows the field for the code, and the camps nearby.
func (p *Porch) showCode(w http.ResponseWriter, r *http.Request, f *camp.Fault, st camp.Joining, code string) {
	if f == nil && st.Stage == "failed" && st.Say != "" {
		f = &camp.Fault{Kind: camp.Offline, Say: st.Say, Args: st.Args}
	}
	p.show(w, r, faultStatus(f), "join", func(v *page, words *assets.Words) {
		v.Say = sayFault(words, f)
		v.Join = joinPage{Code: code, Around: st.Around, Looked: st.Stage == "around"}
		if v.Join.Looked && st.Say != "" {
			v.Join.None = words.Say(st.Say)
		}
	})
}

// showRules shows the rules first, then asks for name and words.
func (p *Porch) showRules(w http.ResponseWriter, r *http.Request, f *camp.Fault, st camp.Joining, j joining) {
	if f == nil && st.Say != "" {
		f = &camp.Fault{Kind: camp.Conflict, Say: st.Say, Args: st.Args}
	}
	p.show(w, r, faultStatus(f), "joinread", func(v *page, words *assets.Words) {
		v.Say, v.Title = sayFault(words, f), st.Info.Camp
		v.Join = joinPage{Info: st.Info, Name: j.name, Message: j.message}
		for i, t := range st.Info.Rules.Texts {
			v.Join.Rules = append(v.Join.Rules, rule{N: i + 1, Text: t, Ticked: j.ticked[strconv.Itoa(i+1)]})
		}
	})
}

func faultStatus(f *camp.Fault) int {
	if f == nil {
		return http.StatusOK
	}
	return statusOf(f.Kind)
}

func sayFault(words *assets.Words, f *camp.Fault) string {
	if f == nil {
		return ""
	}
	return words.SayMap(f.Say, f.Args)
}

func (p *Porch) joinLook(w http.ResponseWriter, r *http.Request) {
	code := strings.TrimSpace(r.PostFormValue("code"))
	if code == "" || len(code) > maxCode {
		p.showCode(w, r, camp.NewFault(camp.Invalid, "join.no_code.say", nil), camp.Joining{}, "")
		return
	}
	p.send(w, r, camp.Intent{Do: camp.DoJoinLook, Code: code})
}

func (p *Porch) joinAround(w http.ResponseWriter, r *http.Request) {
	p.send(w, r, camp.Intent{Do: camp.DoJoinAround})
}

func (p *Porch) joinNear(w http.ResponseWriter, r *http.Request) {
	p.send(w, r, camp.Intent{Do: camp.DoJoinNearby, Name: r.PostFormValue("key")})
}

// joinAsk sends the request once every rule is ticked.
func (p *Porch) joinAsk(w http.ResponseWriter, r *http.Request) {
	st := p.opt.Desk.State().Joining
	if st.Stage != "read" || st.Info == nil {
		http.Redirect(w, r, "/join", http.StatusSeeOther)
		return
	}
	mine := joining{name: camp.CleanLine(r.PostFormValue("name"), 60), message: camp.CleanText(r.PostFormValue("message"), 1000), ticked: map[string]bool{}}
	all := true
	for i := range st.Info.Rules.Texts {
		n := strconv.Itoa(i + 1)
		mine.ticked[n] = slices.Contains(r.PostForm["rule"], n)
		all = all && mine.ticked[n]
	}
	p.mu.Lock()
	p.joining.name, p.joining.message, p.joining.ticked = mine.name, mine.message, mine.ticked
	p.mu.Unlock()
	switch {
	case st.Info.Device != "":
	case !all || r.PostFormValue("hash") != st.Info.Rules.Hash:
		p.showRules(w, r, camp.NewFault(camp.Invalid, "porch.join.tick.say", nil), st, mine)
		return
	case mine.name == "":
		p.showRules(w, r, camp.NewFault(camp.Invalid, "join.name.say", nil), st, mine)
		return
	}
	p.send(w, r, camp.Intent{Do: camp.DoJoin, Name: mine.name, Message: mine.message, Hash: st.Info.Rules.Hash})
}

// joinStop gives up a join that was not sent yet.
func (p *Porch) joinStop(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	if e := p.joining.busy; e != nil && e.cancel != nil {
		e.cancel()
	}
	p.joining = joining{}
	p.mu.Unlock()
	if _, err := p.opt.Desk.Do(r.Context(), camp.Intent{Do: camp.DoJoinStop}); err != nil {
		p.refused(w, r, "join", err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
