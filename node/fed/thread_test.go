package fed

import (
	"strings"
	"testing"

	"camp/node/ap"
	"camp/node/camp"
	"camp/store"
)

// The name of a thread that began elsewhere goes along with answers, and with
// answers to those (federation.md 8, Threads).
func TestThreadNamePassedOn(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	r := y.meet("bo", "far.example", true)
	const name = "tag:far.example,2026:thread-7"
	p := y.farPost(r, "https://far.example/n/1", camp.AudiencePublic)
	was := p
	p.Thread = name
	y.update(func(tx *store.Tx) error { return tx.PutPost(p, &was) })
	one := y.writeDraft(camp.Draft{Text: "yes", Audience: camp.AudiencePublic, ReplyTo: p.ID})
	two := y.writeDraft(camp.Draft{Text: "and", Audience: camp.AudiencePublic, ReplyTo: one})
	own := y.writeDraft(camp.Draft{Text: "other", Audience: camp.AudiencePublic})
	for id, want := range map[camp.PostID]bool{one: true, two: true, own: false} {
		w := y.get(here.Post(id), r.URI)
		if w.Code != 200 || strings.Contains(w.Body.String(), `"conversation":"`+name+`"`) != want {
			t.Errorf("%s: %d %s", id, w.Code, w.Body)
		}
	}
}

func TestThreadNameIsRead(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"tag:x": "tag:x", "": "", strings.Repeat("a", mostThread+1): ""} {
		if got := here.writtenOf(&ap.Post{Conversation: name}, camp.Remote{}).post.Thread; got != want {
			t.Errorf("%.20q: got %q", name, got)
		}
	}
}
