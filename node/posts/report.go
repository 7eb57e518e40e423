package posts

import (
	"context"
	"slices"

	"camp/node/camp"
)

// Report tells host and helpers of somebody, and of posts of theirs: what those
// say now is kept beside, so that taking them back does not take the report's
// ground away (community.md 7). With d.Forward the server of somebody elsewhere
// hears of it too, from the camp and not from by. It gives the report as it is kept.
func (s *Service) Report(ctx context.Context, by camp.Actor, d camp.ReportDraft) (r camp.Report, err error) {
	err = s.update(ctx, "report", func(tx Tx) (events []camp.Event, err error) {
		r, events, err = report(tx, by, d)
		return events, err
	})
	return r, err
}

func report(tx Tx, by camp.Actor, d camp.ReportDraft) (camp.Report, []camp.Event, error) {
	m, err := reader(tx, by)
	if err != nil {
		return camp.Report{}, nil, err
	}
	if err := mayReport(tx, m, d); err != nil {
		return camp.Report{}, nil, err
	}
	r := camp.Report{
		ID: tx.NextID(), At: tx.Now(), Maker: m.ID, Whom: []camp.MemberID{d.Whom}, Words: camp.CleanText(d.Words, camp.MaxReportWords),
	}
	if r.Rules, err = rulesNamed(tx, d.Rules); err != nil {
		return r, nil, err
	}
	uris, err := attachPosts(tx, m, d, &r)
	if err != nil {
		return r, nil, err
	}
	var events []camp.Event
	if d.Forward {
		far, to, err := forwarded(tx, d.Whom)
		if err != nil {
			return r, nil, err
		}
		if far {
			more, err := errand(tx, camp.Errand{Do: camp.ErrandReport, Whom: to.ID, URI: to.URI, Text: r.Words, More: uris})
			if err != nil {
				return r, nil, err
			}
			r.Sent, events = true, append(events, more...)
		}
	}
	told, err := PutReport(tx, r)
	return r, append(events, told...), err
}

// mayReport refuses what nobody could look into, and reports without end.
func mayReport(tx Tx, m camp.Member, d camp.ReportDraft) error {
	if d.Whom == m.ID {
		return refuse(camp.Invalid, "report.self.say")
	}
	if ok, err := known(tx, d.Whom); err != nil || !ok {
		return orElse(err, refuse(camp.NotFound, "posts.nobody.say"))
	}
	if len(d.Posts) > camp.MaxReportPosts {
		return refuse(camp.Invalid, "report.posts.say", "Most", number(camp.MaxReportPosts))
	}
	handlers, err := handlersOf(tx, d.Whom)
	if err != nil {
		return err
	}
	if len(handlers) == 0 {
		handlers, err = willing(tx, d.Whom, m.ID)
	}
	if err != nil {
		return err
	}
	if len(handlers) == 0 {
		return refuse(camp.Conflict, "report.nobody.say")
	}
	all, err := tx.Reports()
	if err != nil {
		return err
	}
	mine, ours := 0, 0
	for _, r := range all {
		if r.Maker == m.ID && r.Closed.IsZero() {
			mine++
		}
		if r.Maker != 0 {
			ours++
		}
	}
	if mine >= camp.MaxReportsHost || ours >= camp.MaxReports {
		return refuse(camp.Full, "report.many.say")
	}
	return nil
}

// ReportReaders gives who would read a report of by's about somebody, by id, or how
// many would be drawn by lot for it: that is told before it is sent.
func (s *Service) ReportReaders(ctx context.Context, by camp.Actor, whom camp.MemberID) (list []camp.Member, drawn int, err error) {
	err = s.view(ctx, "look who reads reports", func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		if list, err = handlersOf(tx, whom); err != nil {
			return err
		}
		if len(list) == 0 {
			lots, err := willing(tx, whom, m.ID)
			drawn = min(len(lots), mostDrawn)
			return err
		}
		list = slices.DeleteFunc(list, func(h camp.Member) bool { return h.ID == m.ID })
		return nil
	})
	return list, drawn, err
}

// rulesNamed keeps the numbers of rules that there are, each once.
func rulesNamed(tx Tx, want []int) (list []int, err error) {
	if len(want) == 0 {
		return nil, nil
	}
	rules, _, err := tx.Rules(0)
	for _, n := range want {
		if n >= 1 && n <= len(rules.Texts) && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list, err
}

// attachPosts adds the posts to a report, which whoever reports must see and the
// reported person must have written. It gives the ids of those from elsewhere.
func attachPosts(tx Tx, m camp.Member, d camp.ReportDraft, r *camp.Report) (uris []string, err error) {
	for _, id := range d.Posts {
		if slices.Contains(r.Posts, id) {
			continue
		}
		p, err := visible(tx, m, id)
		if err != nil {
			return nil, err
		}
		if p.Author != d.Whom || p.BoostOf != 0 {
			return nil, refuse(camp.Invalid, "report.not_theirs.say")
		}
		r.Posts, r.Texts = append(r.Posts, p.ID), append(r.Texts, reportText(p))
		if !p.Here() {
			uris = append(uris, p.URI)
		}
	}
	return uris, nil
}

func reportText(p camp.Post) string {
	text := p.Text
	for _, more := range []string{p.Note, p.Title} {
		if more != "" {
			text = more + "\n\n" + text
		}
	}
	return camp.CleanText(text, camp.MaxReportText)
}

// forwarded gives somebody elsewhere whose server can be told of something.
func forwarded(tx Tx, whom camp.MemberID) (far bool, r camp.Remote, err error) {
	r, ok, err := tx.Remote(whom)
	if err != nil || !ok || !reaches(tx) || !r.Gone.IsZero() {
		return false, r, err
	}
	level, err := levelOfPerson(tx, r.ID)
	return err == nil && !shutOut(level), r, err
}
