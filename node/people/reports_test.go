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
		if err := h.ResolveReport(t.Context(), by, first, "", ""); err == nil {
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
	want(t, "about oneself", say(h.ResolveReport(t.Context(), h.host, aboutHost, "", "")), "people.no_report.say")
	want(t, "that never was", say(h.ResolveReport(t.Context(), h.host, "17", "", "")), "people.no_report.say")
	want(t, "no number", say(h.ResolveReport(t.Context(), h.host, "x", "", "")), "people.no_report.say")
	want(t, "closing", say(h.ResolveReport(t.Context(), helper, first, " talked to them \u202e", "")), "")
	want(t, "twice", say(h.ResolveReport(t.Context(), h.host, first, "", "")), "people.report_closed.say")
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
	want(t, "closing", say(h.ResolveReport(t.Context(), h.host, closed, "", "")), "")
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

// reportBy keeps a report of a member's.
func (h *house) reportBy(maker camp.Actor, whom ...camp.MemberID) string {
	h.t.Helper()
	var id uint64
	err := h.db.Update(h.t.Context(), func(tx *store.Tx) error {
		id = tx.NextID()
		return tx.PutReport(camp.Report{ID: id, At: tx.Now(), Maker: maker.Member, Whom: whom, Words: "please look"})
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return strconv.FormatUint(id, 10)
}

// told gives the notices of a member.
func (h *house) told(who camp.Actor) (list []camp.Notice) {
	h.t.Helper()
	err := h.db.View(h.t.Context(), func(tx *store.Tx) (err error) {
		list, err = tx.Notices(who.Member, camp.Page{})
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

// Who reported hears that it is decided, and the answer; nothing of who decided,
// of what they noted among themselves, or of other people's reports.
func TestWhoReportedGetsAnAnswer(t *testing.T) {
	h := newHouse(t)
	helper, ada, ben := h.add("hal", camp.RoleHelper), h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	first, second := h.reportBy(ada, ben.Member), h.reportBy(ada, h.host.Member)
	own, far := h.reportBy(h.host, ben.Member), h.report(ben.Member)
	mine := func(who camp.Actor) []camp.MyReport {
		t.Helper()
		list, err := h.MyReports(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	list := mine(ada)
	if len(list) != 2 || list[0].ID != second || list[1].ID != first || list[1].Whom[0] != "ben" || list[1].Words != "please look" || !list[1].Closed.IsZero() || list[1].Answer != "" {
		t.Fatalf("before: %+v", list)
	}
	want(t, "closing", say(h.ResolveReport(t.Context(), h.host, first, "he was warned", " We talked with him.\u202e ")), "")
	want(t, "closing one about the host", say(h.ResolveReport(t.Context(), helper, second, "", "")), "")
	want(t, "the host's own", say(h.ResolveReport(t.Context(), h.host, own, "", "done")), "")
	want(t, "from elsewhere", say(h.ResolveReport(t.Context(), h.host, far, "", "done")), "")
	list = mine(ada)
	if len(list) != 2 || list[1].Closed.IsZero() || list[1].Answer != "We talked with him." || list[0].Closed.IsZero() || list[0].Answer != "" {
		t.Errorf("after: %+v", list)
	}
	told := h.told(ada)
	if len(told) != 2 || told[0].Kind != camp.NoticeDecided || told[0].From != 0 || told[0].Post != 0 {
		t.Errorf("told %+v", told)
	}
	want(t, "heard at once", h.ear.has(camp.EventNotice, ada.Member), true)
	want(t, "the reported hears", len(h.told(ben))+len(mine(ben)), 0)
	want(t, "the host hears of what they decided themselves", len(h.told(h.host)), 0)
	want(t, "the helper sees reports of others as their own", len(mine(helper)), 0)
	for _, r := range h.reports(h.host) {
		if r.ID == first && r.Answer != "We talked with him." || r.ID == far && r.Answer != "" {
			t.Errorf("the helpers see %+v", r)
		}
	}
	if _, err := h.MyReports(t.Context(), camp.Actor{}); err == nil {
		t.Error("nobody has reports")
	}
	want(t, "a break", say(h.Suspend(t.Context(), h.host, "ada", day)), "")
	want(t, "read on a break", len(mine(ada)), 2)
}
