package web

import "net/http"

// myReportsPage is what the reader reported, and what they are told of it.
type myReportsPage struct {
	frame
	Reports []myReport
}

type myReport struct {
	ID, When, Exact string
	Whom            []string // handles
	Words           string
	Done            string // the day on which it was decided, "" for not yet
	Answer          string // "" for no more than that
}

func (v *visit) myReports() error {
	if v.s.o.Reports == nil {
		return errNowhere
	}
	list, err := v.s.o.Reports.MyReports(v.ctx(), v.actor)
	if err != nil {
		return err
	}
	p := &myReportsPage{}
	for _, r := range list {
		row := myReport{ID: r.ID, When: v.words.ago(r.At, v.now()), Exact: v.words.exact(r.At, v.now()), Whom: r.Whom, Words: r.Words, Answer: r.Answer}
		if !r.Closed.IsZero() {
			row.Done = v.words.date(r.Closed, v.now())
		}
		p.Reports = append(p.Reports, row)
	}
	if p.frame, err = v.frame("me", v.say("report.mine.title")); err != nil {
		return err
	}
	return v.render(http.StatusOK, "myreports", p)
}
