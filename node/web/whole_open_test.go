package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/posts"
	"camp/store"
)

// TestWholeOpenCamp walks through what a camp has that talks with others, through
// the real rooms: what comes, what is done with it, and what goes.
func TestWholeOpenCamp(t *testing.T) {
	w := newWhole(t)
	ctx := t.Context()
	w.open.Store(true)
	secret, err := w.people.NewLinkFor(ctx, w.host)
	if err != nil {
		t.Fatal(err)
	}
	mia := w.enter(t, secret)
	mia.want(mia.get("/home"), 200, "Nothing here yet")

	r := camp.Remote{
		URI: "https://far.example/users/ana", Domain: "far.example", At: "far.example", Name: "ana", Display: "Ana", Kind: camp.RemotePerson,
		Inbox: "https://far.example/inbox", Face: "https://far.example/face.png",
	}
	update := func(fn func(*store.Tx) error) {
		t.Helper()
		if err := w.db.Update(ctx, fn); err != nil {
			t.Fatal(err)
		}
	}
	update(func(tx *store.Tx) error { r.ID = camp.MemberID(tx.NextID()); return tx.PutRemote(r, nil) })
	if _, err := w.posts.Follow(ctx, w.host, r.ID, false); err != nil {
		t.Fatal(err)
	}
	var id camp.PostID
	var events []camp.Event
	update(func(tx *store.Tx) (err error) {
		in := w.posts.In(tx)
		if _, err = posts.FarAnswer(in, r.ID, w.host.Member, "", true); err != nil {
			return err
		}
		id, events, err = posts.Arrive(in, posts.Arrival{Post: camp.Post{
			Author: r.ID, URI: "https://far.example/1", Page: "https://far.example/@ana/1", Audience: camp.AudiencePublic, Written: time.Now(),
			Body: "<p>hello from <b>afar</b></p>", Text: "hello from afar",
			Files: []camp.File{{URL: "https://cdn.example/lake.png", Alt: "a lake"}, {URL: "https://cdn.example/none.png", Alt: "nothing"}},
			Poll:  &camp.Poll{Choices: []camp.Choice{{Text: "tea"}, {Text: "coffee"}}, Ends: time.Now().Add(time.Hour)},
		}})
		return err
	})
	live, _ := watch(t, nil, w.site, mia.cookie, "?home=1&after="+(id-1).String(), "")
	next(t, live, "unread")
	for _, e := range events {
		w.ring.Publish(e)
	}
	next(t, live, "post")

	at := "/post/" + id.String()
	home := mia.get("/home")
	checkPage(t, "en", home)
	mia.want(home, 200, "hello from <b>afar</b>", "@ana@far.example", "Public, from far.example", `alt="a lake"`)
	w.files.Store("https://cdn.example/lake.png", []byte(aLake(t)))
	w.files.Store("https://far.example/face.png", []byte(aLake(t)))
	for path, want := range map[string]int{
		"/media/far/" + id.String() + "/0": 200, "/media/far/" + id.String() + "/0/small": 200, "/media/far/" + id.String() + "/1": 404,
		"/media/far/" + id.String() + "/2": 404, "/media/face/" + r.ID.String() + "/picture": 200,
	} {
		if got := mia.get(path); got.Code != want || want == 200 && !strings.HasPrefix(got.Header().Get("Content-Type"), "image/") {
			t.Errorf("%s: %d, %s", path, got.Code, got.Header().Get("Content-Type"))
		}
	}
	mia.want(mia.post(at+"/vote", "choice-"+id.String(), "1"), http.StatusSeeOther)
	mia.want(mia.post(at+"/vote", "choice-"+id.String(), "0"), http.StatusConflict, "You have voted already")
	mia.want(mia.post(at+"/boost", "on", "1", "back", "/home"), http.StatusSeeOther)
	mia.want(mia.post(at+"/like", "on", "1"), http.StatusSeeOther)
	mia.want(mia.get("/home"), 200, "Mia passed this on", "100 %", `aria-pressed="true"`)

	// An answer for all, one among ourselves, and one that would be wider than what it answers.
	mia.want(mia.post("/post", "text", "an answer for all", "reply", id.String(), "audience", "public"), http.StatusSeeOther)
	inside := mia.post("/post", "text", "among ourselves", "reply", id.String(), "audience", "camp")
	mia.want(inside, http.StatusSeeOther)
	mia.want(mia.get(at), 200, "an answer for all", "among ourselves", "Camp only")
	mia.want(mia.post("/post", "text", "too wide", "reply", inside.Header().Get("Location")[len("/post/"):], "audience", "public"), http.StatusForbidden, "too wide")

	// A letter, its answer, and a post that is taken back into the camp.
	mia.want(mia.post("/post", "text", "to nobody", "audience", "letter"), http.StatusUnprocessableEntity, "A letter needs somebody")
	letter := mia.post("/post", "text", "to @ana@far.example alone", "audience", "letter")
	mia.want(letter, http.StatusSeeOther)
	mia.want(mia.get(letter.Header().Get("Location")), 200, "Letter", "Send the letter")
	if page := mia.want(mia.get("/"), 200); strings.Contains(page, "alone") {
		t.Error("a letter stands around the fire")
	}
	open := mia.send("/post", "csrf", formToken(mia.cookie), "text", "for everyone", "audience", "public", "usual", "1", "file1", aLake(t), "alt1", "the jetty")
	mia.want(open, http.StatusSeeOther)
	mia.want(mia.get("/"), 200, "for everyone", `value="public" checked`)
	was := postID.FindStringSubmatch(open.Header().Get("Location"))[1]
	narrow := mia.post("/post/" + was + "/narrow")
	mia.want(narrow, http.StatusSeeOther)
	mia.want(mia.get(narrow.Header().Get("Location")), 200, "for everyone", `alt="the jetty"`, "Camp only")
	mia.want(mia.get("/post/"+was), http.StatusNotFound)

	// Nothing of the camp's own ever asks to be told elsewhere.
	told := map[camp.PostID]camp.ErrandKind{}
	update(func(tx *store.Tx) error {
		list, err := tx.Errands(100)
		for _, e := range list {
			if e.Do == camp.ErrandPost || e.Do == camp.ErrandDelete {
				told[e.Post] = e.Do
			}
			if p, ok, _ := tx.Post(e.Post); ok && p.Audience == camp.AudienceCamp {
				t.Errorf("errand %d tells of a camp post", e.Do)
			}
		}
		return err
	})
	gone, err := camp.ParsePostID(was)
	if err != nil || told[gone] != camp.ErrandDelete || len(told) != 3 {
		t.Errorf("told elsewhere: %v, want the answer, the letter, and the delete of %s", told, was)
	}

	// The camp falls silent: the pages are as they were before.
	w.open.Store(false)
	mia.want(mia.get("/home"), http.StatusNotFound)
	page := mia.want(mia.get("/"), 200, "Post to the camp")
	if strings.Contains(page, `name="audience"`) || strings.Contains(page, "data-boost") {
		t.Error("a silent camp offers what it cannot do")
	}
}
