package posts_test

import (
	"testing"

	"camp/node/camp"
	"camp/node/posts"
)

// told counts who was told of a report.
func (h *house) toldOfReport(m camp.Actor) (n int) {
	h.t.Helper()
	list, err := h.posts.Notices(h.t.Context(), m, camp.Page{})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, x := range list {
		if x.Kind == camp.NoticeReport {
			n++
		}
	}
	return n
}

// Host and helpers hear of a report that they may look into, and of no other.
func TestHandlersAreTold(t *testing.T) {
	h := openHouse(t)
	ada, ben, hal := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember), h.add("hal", camp.RoleHelper)
	for _, row := range []struct {
		by        camp.Actor
		whom      camp.MemberID
		host, hal int
	}{
		{ada, ben.Member, 1, 1}, {ada, h.host.Member, 1, 2}, {ada, hal.Member, 2, 2}, {hal, ben.Member, 3, 2},
	} {
		if _, err := h.posts.Report(t.Context(), row.by, camp.ReportDraft{Whom: row.whom}); err != nil {
			t.Fatal(err)
		}
		if host, helper := h.toldOfReport(h.host), h.toldOfReport(hal); host != row.host || helper != row.hal {
			t.Errorf("about %d: the host was told %d times, the helper %d", row.whom, host, helper)
		}
	}
	want(t, "members", h.toldOfReport(ada)+h.toldOfReport(ben), 0)
}

// A report about the host goes to two who are willing, drawn by lot, where there is
// no helper; the reporter is told before, and is not drawn (community.md 7).
func TestTheLot(t *testing.T) {
	h := openHouse(t)
	ada := h.add("ada", camp.RoleMember)
	h.add("gus", camp.RoleGuest)
	_, err := h.posts.Report(t.Context(), ada, camp.ReportDraft{Whom: h.host.Member})
	want(t, "without anybody", say(err), "report.nobody.say")
	var lots []camp.Actor
	willing := func(m camp.Actor) {
		if err := h.people.SetWilling(t.Context(), m, true); err != nil {
			t.Fatal(err)
		}
	}
	willing(ada) // never into one's own
	_, err = h.posts.Report(t.Context(), ada, camp.ReportDraft{Whom: h.host.Member})
	want(t, "with nobody else", say(err), "report.nobody.say")
	for _, name := range []string{"ben", "cleo", "dan", "eva", "fred"} {
		m := h.add(name, camp.RoleMember)
		willing(m)
		lots = append(lots, m)
	}
	h.add("zoe", camp.RoleMember) // not willing
	drawn := map[camp.MemberID]int{}
	const times = camp.MaxReportsHost
	for range times {
		list, n, err := h.posts.ReportReaders(t.Context(), ada, h.host.Member)
		if err != nil || len(list) != 0 || n != 2 {
			t.Fatalf("told before: %v, %d, %v", list, n, err)
		}
		if _, err := h.posts.Report(t.Context(), ada, camp.ReportDraft{Whom: h.host.Member}); err != nil {
			t.Fatal(err)
		}
		all := h.reports()
		r := all[len(all)-1]
		if len(r.Drawn) != 2 || r.Drawn[0] == r.Drawn[1] {
			t.Fatalf("drawn %v", r.Drawn)
		}
		for _, m := range r.Drawn {
			drawn[m]++
		}
	}
	sum := 0
	for _, m := range lots {
		if n := drawn[m.Member]; n != h.toldOfReport(m) {
			t.Errorf("%d: drawn %d of %d times, told %d", m.Member, n, times, h.toldOfReport(m))
		}
		sum += drawn[m.Member]
	}
	want(t, "drawn of those who are willing", sum, 2*times)
	if len(drawn) < 3 {
		t.Errorf("always the same: %v", drawn)
	}
	want(t, "the host and the reporter were told", h.toldOfReport(h.host)+h.toldOfReport(ada), 0)

	// Who was drawn sees theirs and no other, and closes it without a word in the log.
	log, err := h.people.LogFor(t.Context(), ada, camp.Page{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range lots {
		list, err := h.people.Reports(t.Context(), m)
		if err != nil || len(list) != drawn[m.Member] {
			t.Errorf("%d sees %d of %d, %v", m.Member, len(list), drawn[m.Member], err)
			continue
		}
		if err := h.people.ResolveReport(t.Context(), m, list[0].ID, "talked", ""); err != nil && say(err) != "people.report_closed.say" {
			t.Error(err)
		}
	}
	after, err := h.people.LogFor(t.Context(), ada, camp.Page{})
	want(t, "lines in the log", len(after), len(log))
	want(t, "reading it", say(err), "")
	for name, m := range map[string]camp.Actor{"the host": h.host, "ada": ada} {
		list, err := h.people.Reports(t.Context(), m)
		if len(list) > 0 || (err != nil) != (name == "ada") {
			t.Errorf("%s sees %d, %v", name, len(list), err)
		}
		for _, r := range h.reports() {
			if err := h.people.ResolveReport(t.Context(), m, camp.PostID(r.ID).String(), "", ""); err == nil {
				t.Errorf("%s closes one", name)
			}
		}
	}
	want(t, "a guest", say(h.people.SetWilling(t.Context(), h.host, true)), "people.only_member.say")
}

// One from another server about the host goes the same way.
func TestTheLotForReportsFromElsewhere(t *testing.T) {
	h := openHouse(t)
	ben := h.add("ben", camp.RoleMember)
	if err := h.people.SetWilling(t.Context(), ben, true); err != nil {
		t.Fatal(err)
	}
	for _, whom := range [][]camp.MemberID{{h.host.Member}, {h.host.Member, ben.Member}} {
		h.in(func(tx posts.Tx) ([]camp.Event, error) {
			return posts.PutReport(tx, camp.Report{ID: tx.NextID(), At: tx.Now(), From: "far.example", Whom: whom})
		})
	}
	list := h.reports()
	if len(list) != 2 || len(list[0].Drawn) != 1 || list[0].Drawn[0] != ben.Member || len(list[1].Drawn) != 0 {
		t.Errorf("%+v", list)
	}
	want(t, "told", h.toldOfReport(ben), 1)
	want(t, "the host", h.toldOfReport(h.host), 0)
}
