package posts_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"camp/node/camp"
	"camp/node/posts"
	"camp/store"
)

func (h *house) reports() (list []camp.Report) {
	h.t.Helper()
	err := h.db.View(h.t.Context(), func(tx *store.Tx) (err error) {
		list, err = tx.Reports()
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

func TestReport(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	h.add("hal", camp.RoleHelper)
	ana, zoe := h.remote("ana", "far.example"), h.remote("zoe", "far.example")
	h.follows(ada, ana)
	rude := h.write(ben, "rude words", 0)
	one := h.arrive(ana, "1", func(a *posts.Arrival) { a.Post.Text = "rude too" })
	other := h.arrive(zoe, "2", func(a *posts.Arrival) { a.Asked = true })
	letter, err := h.posts.Write(t.Context(), h.host, camp.Draft{Text: "for @ben", Audience: camp.AudienceLetter})
	if err != nil {
		t.Fatal(err)
	}
	h.errands()
	for _, row := range []struct {
		name  string
		by    camp.Actor
		d     camp.ReportDraft
		say   string
		texts string
		tells bool
	}{
		{"a member", ada, camp.ReportDraft{Whom: ben.Member, Posts: []camp.PostID{rude, rude}, Words: "look\u202e", Rules: []int{2, 2, 9, 0}}, "", "rude words", false},
		{"a member, told elsewhere", ada, camp.ReportDraft{Whom: ben.Member, Forward: true}, "", "", false},
		{"elsewhere", ada, camp.ReportDraft{Whom: ana.ID, Posts: []camp.PostID{one}, Words: "look"}, "", "rude too", false},
		{"elsewhere, told there", ada, camp.ReportDraft{Whom: ana.ID, Posts: []camp.PostID{one}, Words: "look", Forward: true}, "", "rude too", true},
		{"oneself", ada, camp.ReportDraft{Whom: ada.Member}, "report.self.say", "", false},
		{"nobody", ada, camp.ReportDraft{Whom: 7}, "posts.nobody.say", "", false},
		{"by nobody", camp.Actor{}, camp.ReportDraft{Whom: ben.Member}, "people.not_member.say", "", false},
		{"somebody else's post", ada, camp.ReportDraft{Whom: ana.ID, Posts: []camp.PostID{other}}, "report.not_theirs.say", "", false},
		{"what one may not see", ada, camp.ReportDraft{Whom: h.host.Member, Posts: []camp.PostID{letter}}, "posts.gone.say", "", false},
		{"too many", ada, camp.ReportDraft{Whom: ben.Member, Posts: make([]camp.PostID, camp.MaxReportPosts+1)}, "report.posts.say", "", false},
	} {
		before := len(h.reports())
		r, err := h.posts.Report(t.Context(), row.by, row.d)
		want(t, row.name, say(err), row.say)
		told := h.errands()
		if err != nil {
			want(t, row.name+" kept", len(h.reports()), before)
			want(t, row.name+" told", len(told), 0)
			continue
		}
		list := h.reports()
		got := list[len(list)-1]
		if len(list) != before+1 || got.ID != r.ID || got.Maker != ada.Member || got.From != "" || !slices.Equal(got.Whom, []camp.MemberID{row.d.Whom}) {
			t.Errorf("%s: kept %+v", row.name, got)
		}
		want(t, row.name+" texts", strings.Join(got.Texts, "|"), row.texts)
		want(t, row.name+" sent", got.Sent, row.tells)
		if !row.tells {
			want(t, row.name+" told", len(told), 0)
			continue
		}
		// Their server hears of it from the camp: nothing of it says who reported.
		if len(told) != 1 || told[0].Do != camp.ErrandReport || told[0].By != 0 || told[0].Whom != ana.ID || told[0].Text != "look" || !slices.Equal(told[0].More, []string{ana.URI + "/1"}) {
			t.Errorf("%s: told %+v", row.name, told)
		}
	}
	first := h.reports()[0]
	if first.Words != "look" || !slices.Equal(first.Rules, []int{2}) || !slices.Equal(first.Posts, []camp.PostID{rude}) {
		t.Errorf("kept %+v", first)
	}
}

// Where the camp is silent, or keeps the server away, nothing is told there.
func TestReportIsNotToldWhereNothingGoes(t *testing.T) {
	h := openHouse(t)
	ada, ana := h.add("ada", camp.RoleMember), h.remote("ana", "far.example")
	for _, shut := range []func(){func() { h.level["far.example"] = camp.LevelBlock }, func() { h.level["far.example"], h.outside = camp.LevelNone, false }} {
		shut()
		r, err := h.posts.Report(t.Context(), ada, camp.ReportDraft{Whom: ana.ID, Forward: true})
		want(t, "report", say(err), "")
		want(t, "sent", r.Sent, false)
		want(t, "told", len(h.errands()), 0)
	}
}

// Nobody handles a report about themselves: with nobody else there it is not taken.
func TestReportAboutTheHost(t *testing.T) {
	h := openHouse(t)
	ada := h.add("ada", camp.RoleMember)
	_, err := h.posts.Report(t.Context(), ada, camp.ReportDraft{Whom: h.host.Member})
	want(t, "without helpers", say(err), "report.nobody.say")
	hal := h.add("hal", camp.RoleHelper)
	_, err = h.posts.Report(t.Context(), ada, camp.ReportDraft{Whom: h.host.Member})
	want(t, "with a helper", say(err), "")
	for by, n := range map[camp.Actor]int{h.host: 0, hal: 1} {
		list, err := h.people.Reports(t.Context(), by)
		want(t, "list", say(err), "")
		want(t, "reports", len(list), n)
		for _, l := range list {
			want(t, "maker", l.Maker, "ada")
			want(t, "about", strings.Join(l.Whom, " "), "mia")
		}
	}
	readers, _, err := h.posts.ReportReaders(t.Context(), ada, h.host.Member)
	want(t, "readers", say(err), "")
	if len(readers) != 1 || readers[0].ID != hal.Member {
		t.Errorf("%+v would read it", readers)
	}
}

// Who reports without end fills no disk, and shuts nobody else out.
func TestReportsOfOneMemberAreBounded(t *testing.T) {
	h := openHouse(t)
	ada, ben, ana := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember), h.remote("ana", "far.example")
	var id string
	for range camp.MaxReportsHost {
		r, err := h.posts.Report(t.Context(), ada, camp.ReportDraft{Whom: ana.ID})
		want(t, "report", say(err), "")
		id = strconv.FormatUint(r.ID, 10)
	}
	_, err := h.posts.Report(t.Context(), ada, camp.ReportDraft{Whom: ana.ID})
	want(t, "one too many", say(err), "report.many.say")
	_, err = h.posts.Report(t.Context(), ben, camp.ReportDraft{Whom: ana.ID})
	want(t, "of somebody else", say(err), "")
	list, err := h.people.Reports(t.Context(), h.host)
	if err != nil || len(list) == 0 || list[0].Whom[0] != "ana@far.example" {
		t.Errorf("the host sees %+v, %v", list, err)
	}
	want(t, "close", say(h.people.ResolveReport(t.Context(), h.host, id, "", "")), "")
	_, err = h.posts.Report(t.Context(), ada, camp.ReportDraft{Whom: ana.ID})
	want(t, "after one was closed", say(err), "")
}
