package people

import (
	"context"
	"slices"
	"strconv"
	"time"

	"camp/node/camp"
)

const (
	maxReportNote = 1000                 // characters
	reportsKept   = 365 * 24 * time.Hour // after they were closed (community.md 7)
)

// Reports gives what members and other servers reported, open ones first, each newest first.
// For host and helpers, and for members those for which they were drawn; nobody
// sees a report about themselves, nor that there is one (community.md 7).
func (s *Service) Reports(ctx context.Context, by camp.Actor) (list []camp.ReportLine, err error) {
	list = []camp.ReportLine{}
	err = s.view(ctx, "list reports", func(tx Tx) error {
		m, err := writing(tx, by)
		if err != nil {
			return err
		}
		all, err := tx.Reports()
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(r camp.Report) bool { return !handles(m, r) })
		if len(all) == 0 && !helps(m) {
			return refuse(camp.NotAllowed, "people.only_helper.say")
		}
		slices.Reverse(all)
		slices.SortStableFunc(all, func(a, b camp.Report) int { return rank(a) - rank(b) })
		names := map[camp.MemberID]string{}
		for _, r := range all {
			line, err := reportLine(tx, r, names)
			if err != nil {
				return err
			}
			list = append(list, line)
		}
		return nil
	})
	return list, err
}

// handles reports whether somebody is to look into a report.
func handles(m camp.Member, r camp.Report) bool {
	return !slices.Contains(r.Whom, m.ID) && (helps(m) || slices.Contains(r.Drawn, m.ID))
}

// quiet reports whether that a report was looked into would tell those of host and
// helpers of it whom it is about.
func quiet(tx Tx, r camp.Report) (bool, error) {
	for _, id := range r.Whom {
		m, ok, err := tx.Member(id)
		if err != nil || ok && helps(m) {
			return true, err
		}
	}
	return false, nil
}

// SetWilling says whether by, a member, looks into a report if the lot falls on
// them, where host and helpers may not.
func (s *Service) SetWilling(ctx context.Context, by camp.Actor, on bool) error {
	return s.update(ctx, "set willing", func(tx Tx) ([]camp.Event, error) {
		m, err := writing(tx, by)
		switch {
		case err != nil || m.Willing == on:
			return nil, err
		case m.Role != camp.RoleMember && on:
			return nil, refuse(camp.NotAllowed, "people.only_member.say")
		}
		m.Willing = on
		return nil, tx.PutMember(m)
	})
}

func rank(r camp.Report) int {
	if r.Closed.IsZero() {
		return 0
	}
	return 1
}

func reportLine(tx Tx, r camp.Report, names map[camp.MemberID]string) (camp.ReportLine, error) {
	l := camp.ReportLine{
		ID: strconv.FormatUint(r.ID, 10), At: r.At, From: r.From, Rules: append([]int{}, r.Rules...), Sent: r.Sent, Whom: []string{}, Posts: []string{}, Texts: append([]string{}, r.Texts...),
		Words: r.Words, State: "new", Closed: r.Closed, Note: r.Note, Answer: r.Answer,
	}
	for _, id := range r.Whom {
		name, err := handleOf(tx, id)
		if err != nil {
			return l, err
		}
		l.Whom = append(l.Whom, name)
	}
	if r.Maker != 0 {
		var err error
		if l.Maker, err = handleOf(tx, r.Maker); err != nil {
			return l, err
		}
	}
	for _, id := range r.Posts {
		l.Posts = append(l.Posts, id.String())
	}
	if r.Closed.IsZero() {
		return l, nil
	}
	l.State = "closed"
	var err error
	l.By, err = shown(tx, r.By, names)
	return l, err
}

// handleOf gives the handle of somebody from here or elsewhere, "" where nobody
// knows them any more.
func handleOf(tx Tx, id camp.MemberID) (string, error) {
	m, ok, err := tx.Member(id)
	if err != nil || ok {
		return m.Name, err
	}
	r, ok, err := tx.Remote(id)
	if err != nil || !ok {
		return "", err
	}
	return r.Handle(), nil
}

// ResolveReport closes a report, with a note for the other helpers and an answer
// to who made it, who is told in any case. One that is not there and one about
// whoever asks are told in the same words.
func (s *Service) ResolveReport(ctx context.Context, by camp.Actor, id, text, answer string) error {
	return s.update(ctx, "close a report", func(tx Tx) ([]camp.Event, error) {
		m, err := writing(tx, by)
		if err != nil {
			return nil, err
		}
		number, bad := strconv.ParseUint(id, 10, 64)
		r, ok, err := tx.Report(number)
		if err != nil {
			return nil, err
		}
		switch {
		case !helps(m) && (bad != nil || !ok || !handles(m, r)):
			return nil, refuse(camp.NotAllowed, "people.only_helper.say")
		case bad != nil || !ok || !handles(m, r):
			return nil, refuse(camp.NotFound, "people.no_report.say")
		case !r.Closed.IsZero():
			return nil, refuse(camp.Conflict, "people.report_closed.say")
		}
		r.Closed, r.By, r.Note = tx.Now(), m.ID, camp.CleanText(text, maxReportNote)
		if r.Maker != 0 {
			r.Answer = camp.CleanText(answer, maxReportNote)
		}
		if err := tx.PutReport(r); err != nil {
			return nil, err
		}
		told, err := tellMaker(tx, r)
		if err != nil {
			return nil, err
		}
		events := append(told, camp.Event{Kind: camp.EventReport})
		if hush, err := quiet(tx, r); err != nil || hush {
			return events, err
		}
		return events, note(tx, m.ID, "log.report_closed", 0, nil)
	})
}

// tidyReports erases those that were closed a year ago; the line in the host's
// log stays.
func (s *Service) tidyReports(ctx context.Context) error {
	return inSlices(ctx, s.store,
		func(tx Tx) ([]camp.Report, error) {
			all, err := tx.Reports()
			return slices.DeleteFunc(all, func(r camp.Report) bool {
				return r.Closed.IsZero() || tx.Now().Sub(r.Closed) < reportsKept
			}), err
		},
		func(tx Tx, r camp.Report) error { return tx.DropReport(r.ID) })
}
