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
