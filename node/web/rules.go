package web

import (
	"net/http"
	"slices"
	"strconv"

	"camp/node/camp"
)

// rulesChange is what one version of the rules changed, old and new side by side.
type rulesChange struct {
	From, To int // versions
	Pairs    []rulePair
	Small    bool
	Back     int // the change that members took back by it; 0 for none
}

// rulePair is one rule before and after, each with its number; "" for one that
// was not there, or is not any more.
type rulePair struct{ Before, Now string }

// rulesAsk is the form by which members object to a small change.
type rulesAsk struct {
	Version int
	Until   string
	Needed  int  // objections that take the change back
	May     bool // the reader can object
	Mine    bool // and did
}

// rulesHost is what the host can do with the rules.
type rulesHost struct {
	Alone bool
	Until string // until when members can object, and nothing more can be published; "" where they cannot
}

// stand adds to the page how the rules stand for the reader: what the newest
// version changed, whether one can object to it, and the way to change them.
func (v *visit) stand(p *rulesPage, all []camp.Rules) error {
	st, err := v.s.o.People.RulesStand(v.ctx(), v.actor)
	if err != nil || len(all) == 0 {
		return err
	}
	newest := all[0]
	from := newest.Version - 1
	if p.Agree && v.me.Agreed > 0 {
		from = v.me.Agreed // what they knew
	} else if old, ok := versionOf(all, v.me.Agreed); ok && !slices.Equal(old.Texts, newest.Texts) {
		p.Agreed = v.me.Agreed
	}
	p.Change = changeOf(all, from, newest.Version)
	for i := range p.Earlier {
		p.Earlier[i].Change = changeOf(all, p.Earlier[i].Version-1, p.Earlier[i].Version)
	}
	if st.Open {
		p.Ask = &rulesAsk{Version: newest.Version, Until: v.words.exact(newest.Until(), v.now()), Needed: newest.Bar, May: st.May, Mine: st.Mine}
	}
	if v.keeper() {
		p.Host = v.rulesHost(newest, st)
	}
	return nil
}

func (v *visit) rulesHost(r camp.Rules, st camp.RulesStand) *rulesHost {
	h := &rulesHost{Alone: st.Alone}
	if st.Open && !st.Alone {
		h.Until = v.words.exact(r.Until(), v.now())
	}
	return h
}

// changeOf sets two versions beside each other; nil where there is nothing to compare.
func changeOf(all []camp.Rules, from, to int) *rulesChange {
	old, ok := versionOf(all, from)
	now, there := versionOf(all, to)
	if !ok || !there || from >= to {
		return nil
	}
	return &rulesChange{From: from, To: to, Pairs: pairsOf(old.Texts, now.Texts), Small: now.Small() && from == to-1, Back: now.Back}
}

func versionOf(all []camp.Rules, n int) (camp.Rules, bool) {
	for _, r := range all {
		if r.Version == n {
			return r, true
		}
	}
	return camp.Rules{}, false
}

// pairsOf gives what differs: what stands in both, in the same order, is left out,
// and what lies between is set side by side.
func pairsOf(old, now []string) (pairs []rulePair) {
	same := commonRows(old, now)
	var gone, came []string
	beside := func() {
		for k := range max(len(gone), len(came)) {
			var p rulePair
			if k < len(gone) {
				p.Before = gone[k]
			}
			if k < len(came) {
				p.Now = came[k]
			}
			pairs = append(pairs, p)
		}
		gone, came = nil, nil
	}
	for i, j := 0, 0; i < len(old) || j < len(now); {
		switch {
		case i < len(old) && j < len(now) && old[i] == now[j]:
			beside()
			i, j = i+1, j+1
		case j == len(now) || i < len(old) && same[i+1][j] >= same[i][j+1]:
			gone, i = append(gone, ruleLine(i, old[i])), i+1
		default:
			came, j = append(came, ruleLine(j, now[j])), j+1
		}
	}
	beside()
	return pairs
}

func ruleLine(i int, text string) string { return strconv.Itoa(i+1) + ". " + text }

// commonRows[i][j] is how many rules a[i:] and b[j:] share in the same order.
func commonRows(a, b []string) [][]int {
	n := make([][]int, len(a)+1)
	for i := range n {
		n[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if n[i][j] = max(n[i+1][j], n[i][j+1]); a[i] == b[j] {
				n[i][j] = n[i+1][j+1] + 1
			}
		}
	}
	return n
}

// object takes a member's objection to a small change, or that they take it back.
func (v *visit) object() error {
	version, err := strconv.Atoi(v.form.Get("version"))
	if err != nil {
		return errNowhere
	}
	on := v.form.Get("do") != "back"
	if err := v.s.o.People.Object(v.ctx(), v.actor, version, on); err != nil {
		return err
	}
	if on {
		return v.to("/rules?said=objected")
	}
	return v.to("/rules?said=unobjected")
}

// hostRulesPage is the form by which the host changes the rules.
type hostRulesPage struct {
	frame
	Version int
	Date    string
	Hash    string
	Host    *rulesHost
	Lines   string // all, an empty line after each, while the host is alone
	Each    []ruleDraft
	Sure    bool // said to be other words alone
	Most    int  // rules
	Letters int  // of each
}

// ruleDraft is one rule as it holds, and as it is to read.
type ruleDraft struct {
	N         int
	Text, New string
}

func (v *visit) hostRules() error {
	p, err := v.hostRulesPage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "hostrules", p)
}

func (v *visit) hostRulesPage() (*hostRulesPage, error) {
	r, err := v.s.o.People.Rules(v.ctx())
	if err != nil {
		return nil, err
	}
	st, err := v.s.o.People.RulesStand(v.ctx(), v.actor)
	if err != nil {
		return nil, err
	}
	p := &hostRulesPage{Version: r.Version, Date: v.words.date(r.Date, v.now()), Hash: r.Hash, Host: v.rulesHost(r, st), Most: camp.MaxRules, Letters: camp.MaxRule}
	for i, t := range r.Texts {
		p.Each = append(p.Each, ruleDraft{N: i + 1, Text: t, New: t})
		p.Lines += t + "\n\n" // parted, since a long rule goes over several lines on the screen
	}
	p.frame, err = v.frame("host", v.say("web.rules.change"))
	return p, err
}

// typedRules are the rules of the form: of the one for a host alone, or of the
// one for other words, in which an emptied field is one rule less.
func (v *visit) typedRules() []string {
	if v.form.Has("rules") {
		return camp.RuleLines(v.form.Get("rules"))
	}
	return v.form["text"]
}

func (v *visit) changeRules() error {
	a, err := v.ask(camp.Intent{Do: camp.DoRulesChange, Texts: v.typedRules(), Small: v.form.Get("small") == "yes", Hash: v.form.Get("hash")})
	if err != nil {
		return err
	}
	if a.Rules != nil && a.Rules.Small() {
		return v.to("/rules?said=rules_small")
	}
	return v.to("/rules?said=rules")
}

// hostRulesAgain shows what was typed, where it still fits the rules in force.
func (v *visit) hostRulesAgain(f *camp.Fault) error {
	p, err := v.hostRulesPage()
	if err != nil {
		return err
	}
	p.Fault, p.Sure = v.sayFault(f), v.form.Get("small") == "yes"
	if v.form.Has("rules") {
		p.Lines = v.form.Get("rules")
	}
	if typed := v.typedRules(); len(typed) == len(p.Each) {
		for i, t := range typed {
			p.Each[i].New = t
		}
	}
	return v.render(v.status(f), "hostrules", p)
}
