package web

import (
	"net/http"
	"testing"
	"time"

	"camp/node/camp"
)

// The host's page gives the way in a new key, and ends the old one with the
// number of devices that was shown; nothing without a tick.
func TestNewKeyForTheWayIn(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	b.want(b.get("/host/settings"), 200, "A new key for the way in", `value="new"`)
	b.want(b.post("/host/settings/key", "do", "new"), http.StatusUnprocessableEntity, "Tick that you are sure", `role="alert"`)
	if len(f.since(0)) != 0 {
		t.Error("a new key without a yes")
	}
	b.want(b.post("/host/settings/key", "do", "new", "sure", "yes"), http.StatusSeeOther)
	if in := f.one(t, 0); in.Do != camp.DoTunnelKey {
		t.Errorf("asked %+v", in)
	}
	b.want(b.get("/host/settings?said=waykey"), 200, "Now make a backup")
	f.state.Reach.Former, f.state.Reach.Late = f.now.Add(20*24*time.Hour), 2
	b.want(b.get("/host/settings"), 200, "The old one works until", "2 devices still come by it", `value="end"`, `name="late" value="2"`)
	for _, n := range []string{"", "-1", "two"} {
		b.want(b.post("/host/settings/key", "do", "end", "sure", "yes", "late", n), http.StatusUnprocessableEntity)
	}
	b.want(b.post("/host/settings/key", "do", "end", "sure", "yes", "late", "2"), http.StatusSeeOther)
	if in := f.one(t, 1); in.Do != camp.DoTunnelKeyEnd || in.Uses != 2 {
		t.Errorf("asked %+v", in)
	}
	b.want(f.browser(t, mara).get("/host/settings"), http.StatusNotFound)
}
