package fed

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"camp/node/ap"
	"camp/node/camp"
	"camp/store"
)

const activity = "application/activity+json"

// unknown is the answer for an id that never was.
func (y *yard) unknown(as string, accept ...string) *httptest.ResponseRecorder {
	return y.get(here.Post(1), as, accept...)
}

func TestObjectsShowActors(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	r := y.meet("bo", "far.example", true)
	for _, row := range []struct {
		address, as string
		want        int
	}{
		{here.Camp(), "", 200},
		{here.Camp(), r.URI, 200},
		{here.Camp() + "/outbox", "", 200},
		{here.Actor("ana"), "", 401},
		{here.Actor("ana"), r.URI, 200},
		{here.Of("ana", "outbox"), "", 401},
		{here.Of("ana", "outbox"), r.URI, 200},
		{here.Of("ana", "featured"), r.URI, 200},
		{here.Of("ana", "tags"), "", 401},
		{here.Of("ana", "tags"), r.URI, 200},
		{here.Of("ana", "followers"), r.URI, 200},
		{here.Of("ana", "following"), r.URI, 200},
		{here.Of("ana", "inbox"), r.URI, 404},
		{here.Of("ana", "liked"), r.URI, 404},
		{here.Actor("gus"), r.URI, 404},
		{here.Actor("gus"), "", 404},
		{here.Actor("nobody"), r.URI, 404},
		{"https://one.example/ap/ANA", r.URI, 404},
		{"https://one.example/ap/%61na", r.URI, 404},
		{"https://one.example/ap/ana/", r.URI, 404},
		{"https://one.example/ap//ana", r.URI, 404},
		{"https://one.example/ap/-/x", r.URI, 404},
		{"https://one.example/", r.URI, 404},
	} {
		w := y.get(row.address, row.as)
		if w.Code != row.want {
			t.Errorf("%s as %q: %d", row.address, row.as, w.Code)
		}
		if row.want == 200 && (w.Header().Get("Content-Type") != activity+"; charset=utf-8" || w.Header().Get("Vary") != varies || w.Header().Get("Cache-Control") != "private" || w.Header().Get("X-Content-Type-Options") != "nosniff") {
			t.Errorf("%s: %v", row.address, w.Header())
		}
		if row.want == 404 && !same(w, y.unknown("")) {
			t.Errorf("%s can be told from nothing: %v", row.address, w.Header())
		}
	}
	a, err := ap.ParseActor(y.get(here.Actor("ana"), r.URI).Body.Bytes())
	key, kerr := y.ring.Key(t.Context(), y.ana.Member)
	if err != nil || a.ID != here.Actor("ana") || string(a.Keys[0].DER) != spki(t, key, kerr) {
		t.Errorf("%+v, %v", a, err)
	}
	if c, err := ap.ParseActor(y.get(here.Camp(), "").Body.Bytes()); err != nil || c.Type != "Application" || c.Display != "Hearth" || c.Username != "one.example" {
		t.Errorf("the camp: %+v, %v", c, err)
	}
}

// Whom a member blocks finds nothing of them.
func TestBlockedFindNobody(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	r := y.meet("bo", "far.example", true)
	must(t, y.posts.Block(t.Context(), y.ana, r.ID, true))
	for _, address := range []string{here.Actor("ana"), here.Of("ana", "outbox"), here.Of("ana", "followers")} {
		if w := y.get(address, r.URI); !same(w, y.unknown("")) {
			t.Errorf("%s: %d", address, w.Code)
		}
	}
	if w := y.get(here.Actor("hal"), r.URI); w.Code != 200 {
		t.Errorf("of another member: %d", w.Code)
	}
}

// To show the camp's own actor nobody's key is looked up, so that two servers
// that both demand signatures can meet (federation.md 3, 4).
func TestCampItselfVerifiesNobody(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.keys["https://new.example/u/x"], _ = newKeyOf(t, "https://new.example/u/x"+keyMark)
	if w := y.get(here.Camp(), "https://new.example/u/x"); w.Code != 200 || len(y.v.got) != 0 {
		t.Errorf("%d, asked for %v", w.Code, y.v.got)
	}
	if w := y.get(here.Actor("ana"), "https://new.example/u/x"); w.Code != 401 || len(y.v.got) == 0 {
		t.Errorf("%d, asked for %v", w.Code, y.v.got)
	}
}

// Who may see which post, and that the answer for everybody else is that for
// what never was.
func TestObjectsShowPosts(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	fan, named, other := y.meet("fan", "fan.example", true), y.meet("named", "named.example", true), y.meet("other", "other.example", true)
	apart, shut := y.meet("apart", "apart.example", true), y.meet("shut", "evil.example", true)
	cross := y.meet("cross", "cross.example", true)
	y.follows(cross, y.ana.Member)
	y.follows(fan, y.ana.Member)
	y.follows(apart, y.ana.Member)
	y.follows(shut, y.ana.Member)
	ids := map[string]camp.PostID{
		"public":    y.write(y.ana, camp.AudiencePublic, "one"),
		"quiet":     y.write(y.ana, camp.AudienceQuiet, "two"),
		"followers": y.write(y.ana, camp.AudienceFollowers, "three @named@named.example"),
		"letter":    y.write(y.ana, camp.AudienceLetter, "four @named@named.example"),
		"camp":      y.write(y.ana, camp.AudienceCamp, "five"),
		"inside":    y.write(y.ana, camp.AudienceLetter, "six @hal"),
	}
	var err error
	ids["boost"], err = y.posts.Boost(t.Context(), y.host, ids["public"], true)
	must(t, err)
	y.update(func(tx *store.Tx) error {
		return errors.Join(tx.PutApart(camp.Apart{Who: y.ana.Member, Whom: apart.ID, Blocked: true}),
			tx.PutApart(camp.Apart{Who: y.ana.Member, Whom: cross.ID, Theirs: true}))
	})
	y.shut["evil.example"] = true
	for name, want := range map[string]map[string]int{
		"public":    {"": 401, fan.URI: 200, named.URI: 200, other.URI: 200},
		"quiet":     {"": 401, fan.URI: 200, named.URI: 200, other.URI: 200},
		"followers": {fan.URI: 200, named.URI: 200},
		"letter":    {named.URI: 200},
		"camp":      {},
		"inside":    {},
		"boost":     {},
	} {
		for _, as := range []string{"", fan.URI, named.URI, other.URI, apart.URI, cross.URI, shut.URI} {
			w := y.get(here.Post(ids[name]), as)
			code, ok := want[as]
			if !ok {
				code = 404
			}
			if w.Code != code {
				t.Errorf("%s to %q: %d, want %d", name, as, w.Code, code)
			}
			if code == 404 && !same(w, y.unknown(as)) {
				t.Errorf("%s to %q can be told from nothing", name, as)
			}
			if p, err := ap.ParsePost(w.Body.Bytes()); code == 200 && (err != nil || p.ID != here.Post(ids[name])) {
				t.Errorf("%s to %q: %+v, %v", name, as, p, err)
			}
		}
	}
}

// A signature that proves nobody counts as none.
func TestBadSignatureIsNone(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	r := y.meet("bo", "far.example", true)
	id := y.write(y.ana, camp.AudiencePublic, "one")
	inner := y.write(y.ana, camp.AudienceLetter, "two @bo@far.example")
	other, _ := newKeyOf(t, r.URI+keyMark)
	y.keys[r.URI] = other
	if w := y.get(here.Post(id), r.URI); w.Code != 401 {
		t.Errorf("public: %d", w.Code)
	}
	if w := y.get(here.Post(inner), r.URI); !same(w, y.unknown("")) {
		t.Errorf("letter: %d", w.Code)
	}
}

func TestReadersAreSentToThePage(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	open, inner, ours := y.write(y.ana, camp.AudiencePublic, "one"), y.write(y.ana, camp.AudienceFollowers, "two"), y.write(y.ana, camp.AudienceCamp, "three")
	const browser = "text/html,application/xhtml+xml,*/*;q=0.8"
	for address, want := range map[string]string{
		here.Actor("ana"):         here.Page("ana"),
		here.Of("ana", "outbox"):  here.Page("ana"),
		here.Camp():               "https://one.example/",
		here.Post(open):           here.PostPage("ana", open),
		here.Below(open, "likes"): here.PostPage("ana", open),
		here.Post(inner):          "",
		here.Post(ours):           "",
		here.Actor("gus"):         "",
		here.Post(1):              "",
	} {
		w := y.get(address, "", browser)
		switch {
		case want == "" && !same(w, y.unknown("")):
			t.Errorf("%s: %d %v", address, w.Code, w.Header())
		case want != "" && (w.Code != http.StatusSeeOther || w.Header().Get("Location") != want || w.Header().Get("Vary") != varies):
			t.Errorf("%s: %d to %q", address, w.Code, w.Header().Get("Location"))
		}
	}
}

func TestWantsPage(t *testing.T) {
	t.Parallel()
	const ld = `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`
	for accept, want := range map[string]bool{
		"":                                      true,
		"*/*":                                   true,
		"text/html":                             true,
		activity:                                false,
		"Application/Activity+JSON":             false,
		ld:                                      false,
		"application/ld+json":                   false,
		"text/html, " + activity:                false,
		activity + ";q=0.5, text/html":          true,
		activity + ";q=0.9, */*;q=1.0":          false,
		activity + ";q=0":                       true,
		activity + "; q=x":                      true,
		ld + ", " + activity + ";q=0.1":         false,
		"application/json":                      true,
		"garbage;;;=, " + activity:              false,
		strings.Repeat("a/b,", 9999) + activity: true, // nobody needs so many words
	} {
		if got := WantsPage(http.Header{"Accept": {accept}}); got != want {
			t.Errorf("%.60q: %v", accept, got)
		}
	}
}

func TestOutbox(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	fan, other := y.meet("fan", "fan.example", true), y.meet("other", "other.example", true)
	y.follows(fan, y.ana.Member)
	for range 23 {
		y.write(y.ana, camp.AudiencePublic, "p")
		y.write(y.ana, camp.AudienceCamp, "c")
	}
	y.write(y.ana, camp.AudienceQuiet, "q")
	y.write(y.ana, camp.AudienceFollowers, "f")
	y.write(y.ana, camp.AudienceLetter, "l @fan@fan.example")
	p := y.farPost(other, "https://other.example/n/1", camp.AudiencePublic)
	_, err := y.posts.Boost(t.Context(), y.ana, p.ID, true)
	must(t, err)

	list, err := ap.ParseCollection(y.get(here.Of("ana", "outbox"), other.URI).Body.Bytes())
	if err != nil || list.Type != "OrderedCollection" || list.Total != 24 || list.First != here.Of("ana", "outbox")+"?page=true" { // what she passed on is public
		t.Errorf("%+v, %v", list, err)
	}
	for as, want := range map[string]string{other.URI: "AQ" + strings.Repeat("P", 23), fan.URI: "AFQ" + strings.Repeat("P", 23)} {
		got, pages := "", 0
		for next := list.First; next != ""; pages++ {
			w := y.get(next, as)
			page, err := ap.ParseCollection(w.Body.Bytes())
			if err != nil || page.Part != list.ID || page.ID != next || page.Total != -1 || len(page.Items) > pageSize {
				t.Fatalf("%s: %d %+v, %v", next, w.Code, page, err)
			}
			for _, item := range page.Items {
				a := item.Activity
				switch {
				case a != nil && a.Type == "Announce" && a.Object.ID == p.URI:
					got += "A"
				case a != nil && a.Type == "Create" && a.Object.Post != nil:
					got += strings.ToUpper(ap.Text(a.Object.Post.Content))
				default:
					t.Errorf("odd: %+v", item)
				}
			}
			next = page.Next
		}
		if got != want || pages != 2 {
			t.Errorf("to %s: %s on %d pages", as, got, pages)
		}
	}
	for _, odd := range []string{"?page=1", "?page=true&before=7", "?before=000000000000000007", "?page=true&before=000000000000000007&after=000000000000000007", "?page=true&x=1", "?%zz", "?page=true&page=true"} {
		if w := y.get(here.Of("ana", "outbox")+odd, fan.URI); w.Code != 404 {
			t.Errorf("%s: %d", odd, w.Code)
		}
	}
}

// The counts hold nothing of what is the camp's alone.
func TestTiesAreCounted(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	fan := y.meet("fan", "fan.example", true)
	y.follows(fan, y.ana.Member)
	_, err := y.posts.Follow(t.Context(), y.host, y.ana.Member, false)
	must(t, err)
	_, err = y.posts.Follow(t.Context(), y.ana, y.host.Member, false)
	must(t, err)
	_, err = y.posts.Follow(t.Context(), y.ana, fan.ID, false) // waits for a yes
	must(t, err)
	total := func(what string) int {
		l, err := ap.ParseCollection(y.get(here.Of("ana", what), fan.URI).Body.Bytes())
		if err != nil || len(l.Items) > 0 || l.First != "" {
			t.Errorf("%s: %+v, %v", what, l, err)
		}
		return l.Total
	}
	if a, b := total("followers"), total("following"); a != 1 || b != 0 {
		t.Errorf("%d followers, %d followed", a, b)
	}
	y.update(func(tx *store.Tx) error {
		m, _, err := tx.Member(y.ana.Member)
		m.Shy = true
		return errors.Join(err, tx.PutMember(m))
	})
	if a, b := total("followers"), total("following"); a != -1 || b != -1 {
		t.Errorf("of somebody shy: %d, %d", a, b)
	}
}

func TestThreadsAround(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	fan, other := y.meet("fan", "fan.example", true), y.meet("other", "other.example", true)
	y.follows(fan, y.ana.Member)
	root := y.write(y.ana, camp.AudiencePublic, "one")
	answer := func(who camp.Actor, to camp.PostID, audience camp.Audience) camp.PostID {
		id, err := y.posts.Write(t.Context(), who, camp.Draft{Text: "x", ReplyTo: to, Audience: audience})
		must(t, err)
		return id
	}
	byHal := answer(y.host, root, camp.AudiencePublic)
	ours := answer(y.host, root, camp.AudienceCamp)
	byAna := answer(y.ana, root, camp.AudienceQuiet)
	inner := answer(y.ana, root, camp.AudienceFollowers)
	deep := answer(y.ana, byHal, camp.AudiencePublic)
	answer(y.ana, ours, 0)
	y.acts(other, "Create", aNote(other.URI, "https://other.example/n/1", `,"published":"2026-11-25T11:00:00Z","inReplyTo":"`+here.Post(root)+`","to":["`+ap.Public+`"]`))
	y.acts(fan, "Create", aNote(fan.URI, "https://fan.example/n/1", `,"inReplyTo":"`+here.Post(root)+`","to":["`+here.Actor("ana")+`"]`))
	y.acts(other, "Like", quoted(here.Post(root)))
	for _, row := range []struct {
		what, as string
		want     []string
	}{
		{"replies", other.URI, []string{here.Post(byAna), "https://other.example/n/1", here.Post(byHal)}},
		{"replies", fan.URI, []string{here.Post(byAna), here.Post(inner), "https://other.example/n/1", here.Post(byHal)}},
		{"context", other.URI, []string{here.Post(root), "https://other.example/n/1", here.Post(byHal), here.Post(byAna), here.Post(deep)}},
	} {
		l, err := ap.ParseCollection(y.get(here.Below(root, row.what), row.as).Body.Bytes())
		var got []string
		if l.Page != nil {
			for _, o := range l.Page.Items {
				got = append(got, o.ID)
			}
		}
		if err != nil || strings.Join(got, " ") != strings.Join(row.want, " ") || l.Total != -1 {
			t.Errorf("%s to %s:\n got %v\nwant %v, %v", row.what, row.as, got, row.want, err)
		}
	}
	l, err := ap.ParseCollection(y.get(here.Below(root, "likes"), other.URI).Body.Bytes())
	if err != nil || l.Total != 1 || l.Page != nil {
		t.Errorf("likes: %+v, %v", l, err)
	}
	for _, address := range []string{here.Below(ours, "replies"), here.Below(deep, "context"), here.Below(root, "x"), here.Below(1, "replies"), here.Below(inner, "likes")} {
		if w := y.get(address, other.URI); !same(w, y.unknown("")) {
			t.Errorf("%s: %d", address, w.Code)
		}
	}
	if w := y.get(here.Below(root, "replies"), ""); w.Code != 401 {
		t.Errorf("unsigned: %d", w.Code)
	}
}

func TestPictures(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	fan := y.meet("fan", "fan.example", true)
	y.follows(fan, y.ana.Member)
	n := 0
	upload := func(face bool) camp.MediaID {
		n++
		id := camp.MediaID(strings.Repeat(string(rune('a'+n)), 26))
		y.pics[string(id)] = "\xff\xd8\xff<script>"
		y.update(func(tx *store.Tx) error {
			return tx.PutMedia(camp.MediaFile{ID: id, Owner: y.ana.Member, Hash: string(id), Type: "image/jpeg", Width: 1, Height: 1, Bytes: 3, Made: at, Avatar: face})
		})
		return id
	}
	posted := func(audience camp.Audience) camp.MediaID {
		pic := upload(false)
		y.writeDraft(camp.Draft{Text: "see @fan@fan.example @hal", Audience: audience, Pictures: []camp.DraftPicture{{ID: pic, Alt: "x"}}})
		return pic
	}
	face, old := upload(true), upload(true)
	y.update(func(tx *store.Tx) error {
		m, _, err := tx.Member(y.ana.Member)
		m.Picture = face
		return errors.Join(err, tx.PutMember(m))
	})
	open, quiet, inner, letter, ours, loose := posted(camp.AudiencePublic), posted(camp.AudienceQuiet), posted(camp.AudienceFollowers), posted(camp.AudienceLetter), posted(camp.AudienceCamp), upload(false)
	changed := upload(false)
	id := y.writeDraft(camp.Draft{Text: "a", Audience: camp.AudiencePublic, Pictures: []camp.DraftPicture{{ID: changed}}})
	must(t, y.posts.Edit(t.Context(), y.ana, id, camp.Draft{Text: "a"}))
	lost := posted(camp.AudiencePublic)
	delete(y.pics, string(lost))
	for _, row := range []struct {
		name    string
		id      camp.MediaID
		as      string
		visible bool
	}{
		{"face", face, "", true},
		{"former face", old, "", false},
		{"public", open, "", true},
		{"quiet", quiet, "", true},
		{"followers", inner, "", false},
		{"followers, to one", inner, fan.URI, true},
		{"letter", letter, "", false},
		{"letter, to whom it is for", letter, fan.URI, true},
		{"camp", ours, "", false},
		{"camp, signed", ours, fan.URI, false},
		{"in no post", loose, "", false},
		{"taken out of its post", changed, fan.URI, false},
		{"no file", lost, "", false},
		{"never was", camp.MediaID(strings.Repeat("z", 26)), "", false},
	} {
		w := y.get(here.Media(row.id), row.as, "*/*")
		switch {
		case row.visible && (w.Code != 200 || w.Header().Get("Content-Type") != "image/jpeg" || w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Body.Len() == 0):
			t.Errorf("%s: %d %v", row.name, w.Code, w.Header())
		case !row.visible && !same(w, y.unknown("")):
			t.Errorf("%s: %d %v", row.name, w.Code, w.Header())
		}
	}
}

func TestGoneMembers(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	r := y.meet("bo", "far.example", true)
	id := y.write(y.ana, camp.AudiencePublic, "Hello")
	y.part(camp.Removed)
	for _, address := range []string{here.Actor("ana"), here.Of("ana", "outbox"), here.Post(id)} {
		if w := y.get(address, r.URI); !same(w, y.unknown("")) {
			t.Errorf("%s before the farewell: %d", address, w.Code)
		}
	}
	y.asked(camp.Errand{Do: camp.ErrandGone, By: y.ana.Member})
	y.tellAll()
	w := y.get(here.Actor("ana"), r.URI)
	o, err := ap.ParseAny(w.Body.Bytes())
	if w.Code != http.StatusGone || err != nil || o.Tombstone == nil || o.ID != here.Actor("ana") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := y.get(here.Actor("ana"), ""); w.Code != 401 {
		t.Errorf("unsigned: %d", w.Code)
	}
	if w := y.get(here.Post(id), r.URI); !same(w, y.unknown("")) {
		t.Errorf("their post: %d", w.Code)
	}
}

func TestStamps(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	r := y.meet("bo", "far.example", true)
	open, inner := y.write(y.ana, camp.AudiencePublic, "Hello"), y.write(y.ana, camp.AudienceFollowers, "Hello")
	y.update(func(tx *store.Tx) error {
		return errors.Join(tx.PutStamp(camp.Stamp{ID: 77, Post: open, By: r.ID, URI: "https://far.example/n/8", At: at}), tx.PutStamp(camp.Stamp{ID: 78, Post: inner, By: r.ID, URI: "https://far.example/n/9", At: at}))
	})
	o, err := ap.ParseAny(y.get(here.Stamp(77), r.URI).Body.Bytes())
	if err != nil || o.Stamp == nil || o.Stamp.By != here.Actor("ana") || o.Stamp.From != "https://far.example/n/8" || o.Stamp.Target != here.Post(open) || o.ID != here.Stamp(77) {
		t.Errorf("%+v, %v", o.Stamp, err)
	}
	if w := y.get(here.Stamp(77), ""); w.Code != 401 {
		t.Errorf("unsigned: %d", w.Code)
	}
	for _, id := range []uint64{78, 79} {
		if w := y.get(here.Stamp(id), r.URI); !same(w, y.unknown("")) {
			t.Errorf("%d: %d", id, w.Code)
		}
	}
	must(t, y.posts.Delete(t.Context(), y.ana, open))
	if w := y.get(here.Stamp(77), r.URI); !same(w, y.unknown("")) {
		t.Errorf("of a post that is gone: %d", w.Code)
	}
}

// Only reading is done here, and not without end.
func TestObjectsBounds(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	r := y.meet("bo", "far.example", true)
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		w := httptest.NewRecorder()
		y.objects.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, here.Actor("ana"), strings.NewReader("x")))
		if !same(w, y.unknown("")) {
			t.Errorf("%s: %d", method, w.Code)
		}
	}
	for range paceBurst {
		if w := y.get(here.Of("ana", "featured"), r.URI); w.Code != 200 {
			t.Fatalf("%d", w.Code)
		}
	}
	if w := y.get(here.Of("ana", "featured"), r.URI); w.Code != 429 || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	y.objects.pace = newPace(true)
	if w := y.get(here.Of("ana", "featured"), r.URI); w.Code != 200 {
		t.Errorf("in a lab: %d", w.Code)
	}
	y.objects.o.Store = noStore{}
	if w := y.get(here.Actor("ana"), r.URI); w.Code != 503 {
		t.Errorf("without a store: %d", w.Code)
	}
}

type noStore struct{}

func (noStore) View(context.Context, func(ObjectsTx) error) error { return errors.New("the disk") }
