package fed

import (
	"strings"
	"testing"

	"camp/node/camp"
	"camp/store"
)

// What stands on top of a profile is listed by its id, as long as everybody may
// read it; a row that says otherwise lets nothing out.
func TestFeatured(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	r := y.meet("bo", "far.example", true)
	one, two := y.write(y.ana, camp.AudiencePublic, "one"), y.write(y.ana, camp.AudiencePublic, "two")
	inner, followers := y.write(y.ana, camp.AudienceCamp, "inner"), y.write(y.ana, camp.AudienceFollowers, "inner too")
	list := func() string {
		t.Helper()
		w := y.get(here.Of("ana", "featured"), r.URI)
		if w.Code != 200 {
			t.Fatalf("%d", w.Code)
		}
		return w.Body.String()
	}
	if got := list(); !strings.Contains(got, `"totalItems":0`) {
		t.Errorf("with nothing on top: %s", got)
	}
	must(t, y.posts.Pin(t.Context(), y.ana, one, true))
	must(t, y.posts.Pin(t.Context(), y.ana, two, true))
	y.update(func(tx *store.Tx) error { return tx.PutPin(y.ana.Member, inner) })
	y.update(func(tx *store.Tx) error { return tx.PutPin(y.ana.Member, followers) })
	got := list()
	first, second := strings.Index(got, here.Post(two)), strings.Index(got, here.Post(one))
	if !strings.Contains(got, `"totalItems":2`) || first < 0 || second < first {
		t.Errorf("two on top: %s", got)
	}
	for _, id := range []camp.PostID{inner, followers} {
		if strings.Contains(got, id.String()) {
			t.Errorf("%s is let out: %s", id, got)
		}
	}
}

// The tags of those posts are listed, each once, and no others.
func TestFeaturedTags(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	r := y.meet("bo", "far.example", true)
	list := func() string {
		t.Helper()
		w := y.get(here.Of("ana", "tags"), r.URI)
		if w.Code != 200 {
			t.Fatalf("%d", w.Code)
		}
		return w.Body.String()
	}
	one, two := y.write(y.ana, camp.AudiencePublic, "#Woods and #bread"), y.write(y.ana, camp.AudiencePublic, "#woods")
	y.write(y.ana, camp.AudiencePublic, "#elsewhere")
	if got := list(); !strings.Contains(got, `"totalItems":0`) || strings.Contains(got, `"type":"Hashtag"`) {
		t.Errorf("with nothing on top: %s", got)
	}
	must(t, y.posts.Pin(t.Context(), y.ana, one, true))
	must(t, y.posts.Pin(t.Context(), y.ana, two, true))
	for _, inner := range []camp.Audience{camp.AudienceCamp, camp.AudienceFollowers, camp.AudienceQuiet} {
		id := y.write(y.ana, inner, "#secret")
		y.update(func(tx *store.Tx) error { return tx.PutPin(y.ana.Member, id) })
	}
	got := list()
	for _, part := range []string{`"type":"Collection"`, `"totalItems":2`, `{"type":"Hashtag","href":"` + here.TagPage("woods") + `","name":"#woods"}`, `"name":"#bread"`} {
		if !strings.Contains(got, part) {
			t.Errorf("without %s: %s", part, got)
		}
	}
	if strings.Contains(got, "secret") || strings.Contains(got, "elsewhere") {
		t.Errorf("too much is let out: %s", got)
	}
	if w := y.get(here.Actor("ana"), r.URI); !strings.Contains(w.Body.String(), `"featuredTags":"`+here.Of("ana", "tags")+`"`) {
		t.Errorf("the member's document does not lead there: %s", w.Body)
	}
}
