package posts

import (
	"crypto/rand"
	"io"
	"slices"

	"camp/node/camp"
)

// mostDrawn is how many members look into a report that neither host nor helpers may.
const mostDrawn = 2

// handlersOf gives who would look into a report about people: host and helpers,
// but nobody into one about themselves.
func handlersOf(tx Tx, whom ...camp.MemberID) (list []camp.Member, err error) {
	all, err := tx.Members()
	for _, m := range all {
		if m.Standing.In() && !slices.Contains(whom, m.ID) && (m.Role == camp.RoleHost || m.Role == camp.RoleHelper) {
			list = append(list, m)
		}
	}
	return list, err
}

// willing gives the members among whom is drawn where there is no such handler:
// who said that they are, but for those concerned and whoever reports.
func willing(tx Tx, but ...camp.MemberID) (list []camp.Member, err error) {
	all, err := tx.Members()
	for _, m := range all {
		if m.Willing && m.Standing == camp.Joined && m.Role == camp.RoleMember && !slices.Contains(but, m.ID) {
			list = append(list, m)
		}
	}
	return list, err
}

// PutReport keeps a report, new and about people of the camp or elsewhere, says who
// is to look into it, and tells them. Where nobody may, two are drawn by lot
// (community.md 7); it is kept in any case, for whoever becomes a helper.
func PutReport(tx Tx, r camp.Report) ([]camp.Event, error) {
	people, err := handlersOf(tx, r.Whom...)
	if err != nil {
		return nil, err
	}
	if len(people) == 0 {
		if people, err = willing(tx, append(slices.Clone(r.Whom), r.Maker)...); err != nil {
			return nil, err
		}
		if people, err = draw(people, mostDrawn, lot(tx)); err != nil {
			return nil, err
		}
		for _, m := range people {
			r.Drawn = append(r.Drawn, m.ID)
		}
	}
	events := []camp.Event{{Kind: camp.EventReport}}
	for _, m := range people {
		if m.ID == r.Maker {
			continue
		}
		n := camp.Notice{ID: camp.NoticeID(tx.NextID()), Kind: camp.NoticeReport, From: r.Maker, At: tx.Now(), Report: r.ID}
		if err := tx.PutNotice(m.ID, n); err != nil {
			return nil, err
		}
		events = append(events, camp.Event{Kind: camp.EventNotice, Member: r.Maker, To: m.ID})
	}
	return events, tx.PutReport(r)
}

// draw takes at most n of a list by lot.
func draw(list []camp.Member, n int, chance io.Reader) ([]camp.Member, error) {
	for i := range min(n, len(list)-1) {
		j, err := below(chance, len(list)-i)
		if err != nil {
			return nil, err
		}
		list[i], list[i+j] = list[i+j], list[i]
	}
	return list[:min(n, len(list))], nil
}

// below draws a number from 0 to n-1, each as likely; n is at most 256.
func below(chance io.Reader, n int) (int, error) {
	for fair := 256 - 256%n; ; {
		var b [1]byte
		if _, err := io.ReadFull(chance, b[:]); err != nil {
			return 0, err
		}
		if int(b[0]) < fair {
			return int(b[0]) % n, nil
		}
	}
}

// lot is where chance comes from.
func lot(tx Tx) io.Reader {
	if l, ok := tx.(levels); ok && l.chance != nil {
		return l.chance
	}
	return rand.Reader
}
