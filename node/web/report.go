package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"camp/node/camp"
)

// Reporting is what the pages need of node/posts where somebody is reported.
type Reporting interface {
	Report(ctx context.Context, by camp.Actor, d camp.ReportDraft) (camp.Report, error)
	// ReportReaders gives who but by would read a report about somebody, or how many
	// would be drawn for it.
	ReportReaders(ctx context.Context, by camp.Actor, whom camp.MemberID) (list []camp.Member, drawn int, err error)
}

// Reports is what the pages need of node/people of what was reported.
type Reports interface {
	Reports(ctx context.Context, by camp.Actor) ([]camp.ReportLine, error)
	// MyReports gives what by reported, newest first.
	MyReports(ctx context.Context, by camp.Actor) ([]camp.MyReport, error)
	ResolveReport(ctx context.Context, by camp.Actor, id, note, answer string) error
	SetWilling(ctx context.Context, by camp.Actor, on bool) error
}

func reportRoutes() []route {
	return []route{
		{pattern: "GET /report", need: joined, do: (*visit).report},
		{pattern: "POST /report", need: joined, do: (*visit).sendReport, again: (*visit).reportAgain},
		{pattern: "GET /reports", need: joined, do: (*visit).reports},
		{pattern: "POST /reports/{id}", need: joined, do: (*visit).closeReport, again: (*visit).reportsAgain},
		{pattern: "GET /me/reports", need: joined, do: (*visit).myReports},
		{pattern: "POST /me/willing", need: joined, do: (*visit).setWilling},
	}
}

// reportPage asks what is wrong with somebody, or with a post of theirs.
type reportPage struct {
	frame
	Who     person
	ID      string // of the person
	Server  string // that they live on; "" for somebody of the camp
	Post    *item
	Rules   []rule
	Words   string
	Most    int    // characters of it
	Forward bool   // tell their server too
	Readers string // names of who reads it; "" for nobody but the reader
	Drawn   int    // so many are drawn by lot to read it; 0 where it is read by Readers
}

// aim finds out whom and which post a report is to be about.
func (v *visit) aim(post, who string) (m camp.Member, p *camp.PostView, err error) {
	if v.s.o.Report == nil {
		return m, nil, errNowhere
	}
	if post == "" {
		id, bad := camp.ParseMemberID(who)
		if bad != nil {
			return m, nil, errNowhere
		}
		m, err = v.other(id)
		return m, nil, err
	}
	id, bad := camp.ParsePostID(post)
	if bad != nil {
		return m, nil, errNowhere
	}
	pv, err := v.s.o.Posts.Post(v.ctx(), v.actor, id)
	if err != nil {
		return m, nil, err
	}
	m, err = v.other(pv.Author)
	return m, &pv, err
}

func (v *visit) report() error {
	q := v.r.URL.Query()
	p, err := v.reportPage(q.Get("post"), q.Get("person"))
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "report", p)
}

func (v *visit) reportPage(post, who string) (*reportPage, error) {
	m, pv, err := v.aim(post, who)
	if err != nil {
		return nil, err
	}
	p := &reportPage{Who: personOf(m), ID: m.ID.String(), Most: camp.MaxReportWords}
	if m.Standing == camp.Elsewhere && v.outside() {
		_, p.Server, _ = strings.Cut(m.Name, "@")
	}
	if pv != nil {
		it := v.itemOf(pv)
		p.Post = &it
	}
	rules, err := v.s.o.People.Rules(v.ctx())
	if err != nil {
		return nil, err
	}
	for i, text := range rules.Texts {
		p.Rules = append(p.Rules, rule{N: i + 1, Text: text})
	}
	readers, drawn, err := v.s.o.Report.ReportReaders(v.ctx(), v.actor, m.ID)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, r := range readers {
		names = append(names, personOf(r).Name)
	}
	p.Readers, p.Drawn = strings.Join(names, ", "), drawn
	p.frame, err = v.frame("people", v.say("report.title", "Name", p.Who.Name))
	p.Back = pageOf(m)
	return p, err
}

// ruleNumbers gives the ticked rules of the form.
func (v *visit) ruleNumbers() (list []int) {
	for _, s := range v.form["rule"] {
		if n, err := strconv.Atoi(s); err == nil && len(list) < camp.MaxReportPosts {
			list = append(list, n)
		}
	}
	return list
}

func (v *visit) sendReport() error {
	m, pv, err := v.aim(v.form.Get("post"), v.form.Get("person"))
	if err != nil {
		return err
	}
	d := camp.ReportDraft{Whom: m.ID, Words: v.form.Get("words"), Rules: v.ruleNumbers(), Forward: v.form.Get("forward") == "yes"}
	if pv != nil {
		d.Posts = []camp.PostID{pv.ID}
	}
	if _, err := v.s.o.Report.Report(v.ctx(), v.actor, d); err != nil {
		return err
	}
	return v.to(pageOf(m) + "?said=reported")
}

func (v *visit) reportAgain(f *camp.Fault) error {
	if f.Kind == camp.NotFound {
		return f
	}
	p, err := v.reportPage(v.form.Get("post"), v.form.Get("person"))
	if err != nil {
		return err
	}
	p.Fault, p.Words, p.Forward = v.sayFault(f), camp.CleanText(v.form.Get("words"), camp.MaxReportWords), v.form.Get("forward") == "yes"
	for i := range p.Rules {
		p.Rules[i].Ticked = slices.Contains(v.ruleNumbers(), p.Rules[i].N)
	}
	return v.render(v.status(f), "report", p)
}

// reportsPage is what was reported, for host and helpers.
type reportsPage struct {
	frame
	Open, Closed []reportRow
	More         int // closed ones that are not shown
}

type reportRow struct {
	ID, When, Exact string
	From            string   // who or which server made it
	Whom            []string // handles
	Posts           []reportedPost
	Words           string
	Rules           string
	Sent            bool
	By, Note, Done  string // of one that is closed
	Maker           string // handle of the member who made it, "" for a server
	Answer          string // that the maker was given
}

type reportedPost struct{ ID, Text string }

const closedShown = 40

func (v *visit) reports() error {
	p, err := v.reportsPage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "reports", p)
}

func (v *visit) reportsPage() (*reportsPage, error) {
	if v.s.o.Reports == nil {
		return nil, errNowhere
	}
	list, err := v.s.o.Reports.Reports(v.ctx(), v.actor)
	if err != nil && !v.actor.May() && camp.AsFault(err).Kind == camp.NotAllowed {
		return nil, errNowhere // as it is for members for whom there is nothing to look into
	}
	if err != nil {
		return nil, err
	}
	p := &reportsPage{}
	for i := range list {
		switch l := &list[i]; {
		case l.Closed.IsZero():
			p.Open = append(p.Open, v.reportRow(l))
		case len(p.Closed) < closedShown:
			p.Closed = append(p.Closed, v.reportRow(l))
		default:
			p.More++
		}
	}
	p.frame, err = v.frame("host", v.say("report.list.title"))
	return p, err
}

func (v *visit) reportRow(l *camp.ReportLine) reportRow {
	r := reportRow{
		ID: l.ID, When: v.words.ago(l.At, v.now()), Exact: v.words.exact(l.At, v.now()), From: string(l.From), Words: l.Words, Sent: l.Sent, By: l.By, Note: l.Note, Maker: l.Maker, Answer: l.Answer,
	}
	if l.Maker != "" {
		r.From = "@" + l.Maker
	}
	for _, who := range l.Whom {
		if who != "" {
			r.Whom = append(r.Whom, who)
		}
	}
	for i, id := range l.Posts {
		if i < len(l.Texts) {
			r.Posts = append(r.Posts, reportedPost{ID: id, Text: l.Texts[i]})
		}
	}
	var rules []string
	for _, n := range l.Rules {
		rules = append(rules, strconv.Itoa(n))
	}
	r.Rules = strings.Join(rules, ", ")
	if !l.Closed.IsZero() {
		r.Done = v.words.date(l.Closed, v.now())
	}
	return r
}

func (v *visit) closeReport() error {
	if v.s.o.Reports == nil {
		return errNowhere
	}
	if err := v.s.o.Reports.ResolveReport(v.ctx(), v.actor, v.r.PathValue("id"), v.form.Get("note"), v.form.Get("answer")); err != nil {
		return err
	}
	return v.to("/reports?said=report_closed")
}

// setWilling says whether the lot may fall on the reader.
func (v *visit) setWilling() error {
	if v.s.o.Reports == nil {
		return errNowhere
	}
	if err := v.s.o.Reports.SetWilling(v.ctx(), v.actor, v.form.Get("willing") == "yes"); err != nil {
		return err
	}
	return v.to("/me?said=saved")
}

func (v *visit) reportsAgain(f *camp.Fault) error {
	p, err := v.reportsPage()
	if err != nil {
		return err
	}
	p.Fault = v.sayFault(f)
	return v.render(v.status(f), "reports", p)
}
