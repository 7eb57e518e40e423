package clientapi

import (
	"testing"

	"camp/node/camp"
)

// Host and helpers hear of reports where their app asks for it, with the report;
// nobody hears of one about themselves, and members of none.
func TestReportsAreToldToThoseWhoLookIntoThem(t *testing.T) {
	t.Parallel()
	f := newFull(t)
	e := readEntities(t)
	hal, _ := f.add("hal")
	ctx := t.Context()
	if err := f.people.SetRole(ctx, f.host, "hal", camp.RoleHelper); err != nil {
		t.Fatal(err)
	}
	if err := f.people.AnswerOffer(ctx, camp.Actor{Member: hal.Member, Role: camp.RoleMember}, true); err != nil {
		t.Fatal(err)
	}
	halToken := f.token("hal")
	const asking, all = "/api/v1/notifications?types[]=admin.report", "/api/v1/notifications"
	want(t, "before", len(f.get(f.mia, asking).list()), 0)
	f.send(f.joostToken, "/api/v1/reports", "account_id", f.ana.ID.String(), "status_ids[]", f.far.String(), "comment", "rude").want(200)
	f.send(f.joostToken, "/api/v1/reports", "account_id", f.host.Member.String(), "comment", "about the host").want(200)

	list := f.get(f.mia, asking).list()
	if len(list) != 1 {
		t.Fatalf("the host is told of %d reports, want the one that is not about them", len(list))
	}
	n := list[0]
	for _, w := range e.check("admin.report", "Notification", n) {
		t.Error(w)
	}
	want(t, "type", str(n, "type"), "admin.report")
	want(t, "by", str(n, "account", "acct"), "joost")
	want(t, "about", str(n, "report", "target_account", "acct"), "ana@far.example")
	want(t, "words", str(n, "report", "comment"), "rude")
	want(t, "open", n["report"].(map[string]any)["action_taken"], any(false))
	if ids := n["report"].(map[string]any)["status_ids"].([]any); len(ids) != 1 || ids[0] != f.far.String() {
		t.Errorf("posts %v", ids)
	}
	want(t, "the helper", len(f.get(halToken, asking).list()), 2)
	want(t, "alone by its id", str(f.get(f.mia, all+"/"+str(n, "id")).object(), "type"), "admin.report")

	for name, ask := range map[string]string{"all": all, "another type": all + "?types[]=mention", "all but it": all + "?exclude_types[]=admin.report"} {
		for _, token := range []string{f.mia, halToken} {
			for _, n := range f.get(token, ask).list() {
				if n["type"] == "admin.report" || n["report"] != nil {
					t.Errorf("%s: told without being asked", name)
				}
			}
		}
	}
	want(t, "a member", len(f.get(f.joostToken, asking).list()), 0)

	lines, err := f.people.Reports(ctx, f.host)
	if err != nil || len(lines) != 1 {
		t.Fatalf("%d reports, %v", len(lines), err)
	}
	if err := f.people.ResolveReport(ctx, f.host, lines[0].ID, "", "We talked."); err != nil {
		t.Fatal(err)
	}
	want(t, "decided", f.get(f.mia, asking).list()[0]["report"].(map[string]any)["action_taken"], any(true))
	for _, n := range f.get(f.joostToken, all).list() { // the protocol has no word for the answer
		if str(n, "type") == "" {
			t.Errorf("a notice without a type: %v", n)
		}
	}
	// Who helps no more hears of none.
	if err := f.people.SetRole(ctx, f.host, "hal", camp.RoleMember); err != nil {
		t.Fatal(err)
	}
	want(t, "who helped", len(f.get(halToken, asking).list()), 0)
}
