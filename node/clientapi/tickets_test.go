package clientapi

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
)

// An address of a picture opens it for whom it was made, as long as it is good
// and they may see the post.
func TestTickets(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	_, joost := g.add("joost")
	_, ben := g.add("ben")
	pic := str(g.ask(g.mia, "POST", "/api/v2/media", newParts().file("file", aPond(t))).object(), "id")
	id := g.write(g.mia, "@joost", "media_ids[]", pic, "visibility", "direct")
	of := func(token string) string {
		v := g.get(token, "/api/v1/statuses/"+id).object()
		return strings.TrimPrefix(str(v["media_attachments"].([]any)[0].(map[string]any), "url"), base)
	}
	mia, his := of(g.mia), of(joost)
	want(t, "each their own", mia == his, false)
	want(t, "the same a moment later", of(joost), his)
	a := g.get("", his).want(200)
	want(t, "kept nowhere", a.Header.Get("Cache-Control"), "private, no-store")
	want(t, "for pages elsewhere", a.Header.Get("Access-Control-Allow-Origin"), "*")
	part := g.ask("", "GET", his, nil, "Range", "bytes=0-7").want(206)
	want(t, "a part", string(part.body), "\x89PNG\r\n\x1a\n")
	want(t, "head", len(g.ask("", "HEAD", his, nil).want(200).body), 0)

	parts := strings.Split(strings.TrimPrefix(his, filePath), "/")
	for i := range len(parts[0]) { // no letter of a ticket can be another
		b := []byte(parts[0])
		b[i] ^= 1
		a := g.get("", filePath+string(b)+"/"+parts[1]+"/full")
		if raw, err := base64.RawURLEncoding.DecodeString(string(b)); a.StatusCode == 200 && err == nil && len(raw) == ticketSize {
			t.Errorf("a ticket with another letter at %d opens", i)
		}
	}
	other, err := newTickets(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	media := camp.MediaID(parts[1])
	forged := string(other.appendTo(nil, ticketEnds(g.clock.now(), true), g.host.Member, media))
	for name, path := range map[string]string{
		"none": filePath + "x/" + parts[1] + "/full", "another key": filePath + forged + "/" + parts[1] + "/full",
		"another picture": filePath + parts[0] + "/" + strings.Repeat("a", 26) + "/full", "another size": filePath + parts[0] + "/" + parts[1] + "/huge",
		"an odd id": filePath + parts[0] + "/..%2f..%2fx/full",
	} {
		want(t, name, g.get("", path).StatusCode, 404)
	}
	// Made for somebody who may not see it: an address like any, that opens nothing.
	benID := idOf(str(g.get(ben, "/api/v1/accounts/verify_credentials").object(), "id"))
	honest := string(g.api.tickets.appendTo(nil, ticketEnds(g.clock.now(), true), camp.MemberID(benID), media))
	g.get("", filePath+honest+"/"+parts[1]+"/full").want(404)

	g.clock.add(ticketLife*time.Hour - time.Second)
	g.get("", his).want(200)
	g.clock.add((ticketStep + 1) * time.Hour)
	g.get("", his).want(404)
	fresh := of(joost)
	g.get("", fresh).want(200)
	if err := g.people.Remove(t.Context(), g.host, "joost", false); err != nil {
		t.Fatal(err)
	}
	g.get("", fresh).want(404)
	fresh = of(g.mia)
	g.ask(g.mia, "DELETE", "/api/v1/statuses/"+id, nil).want(200)
	g.get("", fresh).want(404)
}

// A face is for people of the camp alone, too.
func TestTicketOfFace(t *testing.T) {
	t.Parallel()
	f := newFull(t)
	path := strings.TrimPrefix(str(f.get(f.joostToken, "/api/v1/accounts/"+f.host.Member.String()).object(), "avatar"), base)
	f.get("", path).want(200)
	if err := f.people.Remove(t.Context(), f.host, "joost", false); err != nil {
		t.Fatal(err)
	}
	f.get("", path).want(404)
}
