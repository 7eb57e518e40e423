package web

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestInvitesPages(t *testing.T) {
	f := newFake()
	host, member := f.browser(t, vera), f.browser(t, mara)
	page := host.want(host.get("/invites"), 200, "Let in", "We met at &lt;the lake&gt;.", "acorn zebra piano lemon", "&lt;Mara&gt;", "used up", "/host/people")
	if strings.Contains(page, "<the lake>") {
		t.Error("a stranger's words are not escaped")
	}
	if own := member.want(member.get("/invites"), 200, "Make a code"); strings.Contains(own, "the lake") {
		t.Error("a member sees who waits")
	}
	host.want(host.get("/invites/"+string(testInvite)), 200, "CAMP1-AAAAA-BBBBB", "code.png", "The host decides")
	if w := host.get("/invites/" + string(testInvite) + "/code.png"); w.Code != 200 || w.Header().Get("Content-Type") != "image/png" {
		t.Errorf("the code's picture: %d %s", w.Code, w.Header().Get("Content-Type"))
	}
	host.want(host.get("/invites/nonsense"), 404)
	host.want(host.post("/invites", "note", "Tom", "days", "30", "uses", "5"), http.StatusSeeOther)
	host.want(host.post("/invites", "note", "Tom", "days", "31"), http.StatusUnprocessableEntity, `value="Tom"`)
	host.want(host.post("/invites/"+string(testInvite)+"/cancel"), http.StatusSeeOther)
	host.want(host.post("/waiting/vera/in"), http.StatusSeeOther)
	host.want(host.get("/waiting/vera/no"), 200, "thank you for asking")
	host.want(host.post("/waiting/vera/no", "answer", "Sorry."), http.StatusSeeOther)
	host.want(host.get("/invites"), 200, "Who of &lt;us&gt;?", "Ada &amp; Bo.", "/waiting/vera/ask")
	host.want(host.get("/waiting/vera/ask"), 200, "Who of &lt;us&gt;?")
	host.want(host.get("/waiting/mara/ask"), 404)
	host.want(host.post("/waiting/vera/ask", "question", ""), http.StatusUnprocessableEntity, "Write the question first.")
	host.want(host.post("/waiting/vera/ask", "question", "Why?"), http.StatusSeeOther)
	if got, want := f.guests.done(), "invite Tom 720h0m0s; cancel 00112233aabbccdd; in vera; no vera Sorry.; ask vera Why?"; got != want {
		t.Errorf("done: %s", got)
	}
	for _, path := range []string{"/waiting/vera/in", "/waiting/vera/no", "/waiting/vera/ask", "/blocks", "/blocks/lift", "/blocks/undo"} {
		member.want(member.post(path), 404)
	}
	member.want(member.get("/waiting/vera/no"), 404)
}

func TestDevicesPage(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	b.want(b.get("/me/devices"), 200, "&lt;laptop&gt;", "A device", "I lost it")
	b.want(b.post("/me/devices"), 200, "CAMP1-AAAAA-BBBBB")
	b.want(b.post("/me/devices/7/gone"), http.StatusSeeOther)
	b.want(b.post("/me/devices/9/gone"), 404) // not their own
	if got := f.guests.done(); got != "invite  0s; gone" {
		t.Errorf("done: %s", got)
	}
}

// TestBlocksReview: when to look at a decision again is chosen as it is made and
// later; when the day has come, keeping, softening and lifting are offered.
func TestBlocksReview(t *testing.T) {
	f := newFake()
	host := f.browser(t, vera)
	page := host.want(host.get("/blocks"), 200, `<option value="12" selected>in a year</option>`, `<option value="never">never</option>`, "Keep it so", `formaction="/blocks" name="level" value="limit">Softer: Keep at a distance`)
	if strings.Contains(page, "It is time to look") {
		t.Error("it is time although no day was chosen")
	}
	f.guests.review = f.now.Add(-time.Hour)
	host.want(host.get("/blocks"), 200, `<details class="again" open><summary>It is time to look at this again`)
	host.want(host.post("/blocks", "domain", "angry.example", "level", "limit", "review", "never", "wide", "yes"), http.StatusSeeOther)
	host.want(host.post("/blocks", "domain", "friends.example", "level", "block", "review", "6"), http.StatusConflict, `<input type="hidden" name="review" value="6">`)
	if got, want := f.guests.done(), "block angry.example limit ; review angry.example never"; got != want {
		t.Errorf("done %q, want %q", got, want)
	}
	member := f.browser(t, mara)
	if page := member.want(member.get("/blocks"), 200, "angry.example"); strings.Contains(page, "/blocks/review") {
		t.Error("a member is offered to decide")
	}
	member.want(member.post("/blocks/review", "domain", "angry.example", "review", "3"), http.StatusNotFound)
}

func TestBlocksPage(t *testing.T) {
	f := newFake()
	host, member := f.browser(t, vera), f.browser(t, mara)
	host.want(host.get("/blocks"), 200, "angry.example", "hate &lt;speech&gt;", "küche.example", "Put it back", `action="/blocks/lift"`)
	if own := member.want(member.get("/blocks"), 200, "angry.example"); strings.Contains(own, "<form class=\"card") || strings.Contains(own, "/blocks/lift") {
		t.Error("a member can change what is blocked")
	}
	if found := member.want(member.get("/blocks?q=none"), 200); strings.Contains(found, "hate") {
		t.Error("the search finds everything")
	}
	w := host.post("/blocks", "domain", "Angry.example", "level", "block", "reason", "hate")
	host.want(w, http.StatusSeeOther)
	host.want(host.get(w.Header().Get("Location")), 200, "angry.example: Block.", "Undo")
	host.want(host.post("/blocks", "domain", "github.io", "level", "block"), http.StatusConflict, `name="wide"`, `value="github.io"`)
	host.want(host.post("/blocks/lift", "domain", "angry.example"), http.StatusSeeOther)
	host.want(host.post("/blocks/undo", "change", "000000000000000001"), http.StatusSeeOther)
	host.want(host.post("/blocks/review", "domain", "angry.example", "review", "3"), http.StatusSeeOther)
	if got, want := f.guests.done(), "block Angry.example block hate; lift angry.example; undo 000000000000000001; review angry.example 3"; got != want {
		t.Errorf("done: %s", got)
	}
}
