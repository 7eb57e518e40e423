package clientapi

import (
	"strconv"

	"camp/node/camp"
)

// told is a report that a notice is about, and who was reported.
type told struct {
	report camp.Report
	whom   person
}

// readReports reads the reports that the caller may look into as host or helper:
// nobody sees one about themselves, nor hears that there is one.
func (c *call) readReports() error {
	c.reports = map[uint64]told{}
	if !c.by.May() {
		return nil
	}
	list, err := c.a.o.People.Reports(c.ctx(), c.by)
	if err != nil {
		return err
	}
	for i := range list {
		r, err := reportOf(&list[i])
		if err != nil || len(list[i].Whom) == 0 {
			continue
		}
		who, err := c.called(list[i].Whom[0])
		if missing(err) { // nobody knows them any more
			continue
		}
		if err != nil {
			return err
		}
		c.reports[r.ID] = told{r, who}
	}
	return nil
}

// reportOf is a line of the list as the report that it shows.
func reportOf(l *camp.ReportLine) (r camp.Report, err error) {
	r = camp.Report{At: l.At, Rules: l.Rules, Words: l.Words, Sent: l.Sent, Closed: l.Closed}
	if r.ID, err = strconv.ParseUint(l.ID, 10, 64); err != nil {
		return r, err
	}
	for _, s := range l.Posts {
		id, err := camp.ParsePostID(s)
		if err != nil {
			return r, err
		}
		r.Posts = append(r.Posts, id)
	}
	return r, nil
}

// aboutIn gives whom the report of a notice is about.
func (c *call) aboutIn(n *camp.NoticeView) []camp.MemberID {
	if r, ok := c.reports[n.Report]; ok && n.Kind == camp.NoticeReport {
		return []camp.MemberID{r.whom.m.ID}
	}
	return nil
}
