package clientapi

import (
	"testing"
	"time"

	"camp/node/camp"
)

func TestConversations(t *testing.T) {
	t.Parallel()
	f := newRig(t)
	joost, joostToken := f.add("joost")
	ana := f.remote("ana", "far.example")
	f.outside = true
	letter := func(text string, above camp.PostID) camp.PostID {
		t.Helper()
		id, err := f.posts.Write(t.Context(), joost, camp.Draft{Text: text, Audience: camp.AudienceLetter, ReplyTo: above})
		if err != nil {
			t.Fatal(err)
		}
		f.clock.add(time.Second)
		return id
	}
	first := letter("@mia one", 0)
	both := letter("@mia @ana@far.example two", 0)
	again := letter("@mia three", first)
	letter("@ana@far.example not for mia", 0)

	list := f.get(f.mia, "/api/v1/conversations").want(200).list()
	if len(list) != 2 {
		t.Fatalf("%d conversations, want 2", len(list))
	}
	type row struct {
		id, last string
		unread   bool
		accounts int
	}
	rowOf := func(v map[string]any) row {
		return row{str(v, "id"), str(v["last_status"].(map[string]any), "id"), v["unread"].(bool), len(v["accounts"].([]any))}
	}
	for i, want := range []row{{first.String(), again.String(), true, 1}, {both.String(), both.String(), true, 2}} {
		if got := rowOf(list[i]); got != want {
			t.Errorf("row %d: got %+v, want %+v", i, got, want)
		}
	}
	names := map[string]bool{}
	for _, a := range list[1]["accounts"].([]any) {
		names[str(a.(map[string]any), "acct")] = true
	}
	if !names["joost"] || !names[ana.Handle()] || names["mia"] {
		t.Errorf("with %v", names)
	}
	one := f.get(f.mia, "/api/v1/conversations?limit=1")
	if got := one.list(); len(got) != 1 || str(got[0], "id") != first.String() {
		t.Errorf("the first page: %v", got)
	}
	older := f.get(f.mia, "/api/v1/conversations?limit=1&max_id="+again.String()).list()
	if len(older) != 1 || str(older[0], "id") != both.String() {
		t.Errorf("the second page: %v", older)
	}
	count := func() string { return string(f.get(f.mia, "/api/v1/notifications/unread_count").body) }
	before := count()
	read := f.send(f.mia, "/api/v1/conversations/"+first.String()+"/read").want(200).object()
	if got, want := rowOf(read), (row{first.String(), again.String(), false, 1}); got != want {
		t.Errorf("read: got %+v, want %+v", got, want)
	}
	if list := f.get(f.mia, "/api/v1/conversations").list(); list[0]["unread"] != false || list[1]["unread"] != true {
		t.Error("reading one is not reading that one alone")
	}
	if got := count(); got != before {
		t.Errorf("notifications: got %s, want %s as before", got, before)
	}
	_, ben := f.add("ben")
	f.send(ben, "/api/v1/conversations/"+first.String()+"/read").want(404)
	f.send(f.mia, "/api/v1/conversations/1/read").want(404)
	f.ask(joostToken, "DELETE", "/api/v1/conversations/"+first.String(), nil).want(404)
	if list := f.get(ben, "/api/v1/conversations").list(); len(list) != 0 {
		t.Errorf("somebody else sees %v", list)
	}
}
