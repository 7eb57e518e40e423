package web

import (
	"net/http"
	"strings"
	"testing"

	"camp/node/camp"
)

// TestWholePins: a member keeps an own public post on top of their page.
func TestWholePins(t *testing.T) {
	w := newWide(t)
	b, joost := w.joost(t)
	write := func(text string, a camp.Audience) string {
		t.Helper()
		id, err := w.posts.Write(t.Context(), joost, camp.Draft{Text: text, Audience: a})
		if err != nil {
			t.Fatal(err)
		}
		return id.String()
	}
	first, camponly := write("the first one", camp.AudiencePublic), write("between us", camp.AudienceCamp)
	write("the last one", camp.AudiencePublic)
	if page := b.want(b.get("/@joost"), 200, "Keep on top of my page"); strings.Contains(page, `id="ontop"`) {
		t.Error("something stands on top of itself")
	}
	b.want(b.post("/post/"+camponly+"/pin", "on", "1", "back", "/@joost"), http.StatusForbidden)
	b.want(b.post("/post/"+first+"/pin", "on", "1", "back", "/@joost"), http.StatusSeeOther)
	mia := w.mia(t)
	mia.want(mia.post("/post/"+first+"/pin", "on", "0"), http.StatusForbidden)
	page := mia.want(mia.get("/@joost"), 200, "On top")
	if top, last := strings.Index(page, "the first one"), strings.Index(page, "the last one"); top < 0 || top > last {
		t.Error("what is on top does not stand first")
	}
	b.want(b.get("/@joost"), 200, "Take off the top of my page")
	checkPage(t, "en", b.get("/@joost?before="+first))
	if n := len(w.errands(t, camp.ErrandPin)); n != 1 {
		t.Errorf("told elsewhere %d times", n)
	}
	b.want(b.post("/post/"+first+"/pin", "on", "0"), http.StatusSeeOther)
	if n := len(w.errands(t, camp.ErrandUnpin)); n != 1 || strings.Contains(b.want(b.get("/@joost"), 200), `id="ontop"`) {
		t.Errorf("taken off, told %d times", n)
	}
}
