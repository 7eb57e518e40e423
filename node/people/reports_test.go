package people_test

import (
	"strconv"
	"testing"

	"camp/node/camp"
	"camp/store"
)

// report keeps a report as federation does.
func (h *house) report(whom ...camp.MemberID) string {
	h.t.Helper()
	var id uint64
	err := h.db.Update(h.t.Context(), func(tx *store.Tx) error {
		id = tx.NextID()
		return tx.PutReport(camp.Report{ID: id, At: tx.Now(), From: "far.example", Whom: whom, Posts: []camp.PostID{7}, Texts: []string{"rude"}, Words: "please look"})
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return strconv.FormatUint(id, 10)
}

func (h *house) reports(by camp.Actor) []camp.ReportLine {
	h.t.Helper()
	list, err := h.Reports(h.t.Context(), by)
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

func TestReports(t *testing.T) {
	h := newHouse(t)
	helper, member := h.add("hal", camp.RoleHelper), h.add("ada", camp.RoleMember)
	first := h.report(member.Member)
	second := h.report(member.Member, helper.Member)
	aboutHost := h.report(h.host.Member)
	for name, by := range map[string]camp.Actor{"a member": member, "nobody": {}, "who says host": {Member: member.Member, Role: camp.RoleHost}} {
		if _, err := h.Reports(t.Context(), by); err == nil {
			t.Errorf("%s reads reports", name)
		}
		if err := h.ResolveReport(t.Context(), by, first, ""); err == nil {
			t.Errorf("%s closes one", name)
		}
	}
	list := h.reports(h.host)
	if len(list) != 2 || list[0].ID != second || list[1].ID != first || list[1].State != "new" || list[1].Whom[0] != "ada" || list[1].Texts[0] != "rude" || list[1].Words != "please look" {
		t.Errorf("the host sees %+v", list)
	}
	// Nobody handles a report about themselves, nor learns that there is one.
	if list := h.reports(helper); len(list) != 2 || list[0].ID != aboutHost || list[1].ID != first {
		t.Errorf("the helper sees %+v", list)
	}
	want(t, "about oneself", say(h.ResolveReport(t.Context(), h.host, aboutHost, "")), "people.no_report.say")
	want(t, "that never was", say(h.ResolveReport(t.Context(), h.host, "17", "")), "people.no_report.say")
	want(t, "no number", say(h.ResolveReport(t.Context(), h.host, "x", "")), "people.no_report.say")
	want(t, "closing", say(h.ResolveReport(t.Context(), helper, first, " talked to them \u202e")), "")
	want(t, "twice", say(h.ResolveReport(t.Context(), h.host, first, "")), "people.report_closed.say")
	if list = h.reports(h.host); len(list) != 2 || list[1].ID != first || list[1].State != "closed" || list[1].Note != "talked to them" || list[1].By == "" {
		t.Errorf("after closing %+v", list)
	}
	want(t, "told", h.ear.has(camp.EventReport, 0), true)
	log, err := h.LogFor(t.Context(), member, camp.Page{Limit: 1})
	if err != nil || len(log) != 1 || log[0].Deed != "log.report_closed" || len(log[0].Args) != 1 {
		t.Errorf("the log says %+v, %v", log, err)
	}
}

// Closed reports go after a year, open ones stay.
func TestOldReportsGo(t *testing.T) {
	h := newHouse(t)
	member := h.add("ada", camp.RoleMember)
	open, closed := h.report(member.Member), h.report(member.Member)
	want(t, "closing", say(h.ResolveReport(t.Context(), h.host, closed, "")), "")
	h.clock.add(364 * day)
	if err := h.Tidy(t.Context()); err != nil || len(h.reports(h.host)) != 2 {
		t.Errorf("gone within a year: %v", err)
	}
	h.clock.add(2 * day)
	if err := h.Tidy(t.Context()); err != nil {
		t.Error(err)
	}
	if list := h.reports(h.host); len(list) != 1 || list[0].ID != open {
		t.Errorf("%+v", list)
	}
}
