package web

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"camp/node/camp"
	"camp/node/posts"
	"camp/store"
)

func (w *wide) errands(t *testing.T, do camp.ErrandKind) (list []camp.Errand) {
	t.Helper()
	err := w.db.View(t.Context(), func(tx *store.Tx) error {
		all, err := tx.Errands(0)
		for _, e := range all {
			if e.Do == do {
				list = append(list, e)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestWholeReport: a member reports somebody elsewhere, somebody of the camp and
// the host, over the real rooms; host and helpers look into it.
func TestWholeReport(t *testing.T) {
	w := newWide(t)
	b, joost := w.joost(t)
	mia := w.mia(t)
	b.want(b.post("/elsewhere", "who", "@ana@far.example"), http.StatusSeeOther)
	ana := w.known(t, "ana@far.example")
	var post camp.PostID
	w.in(t, func(tx posts.Tx) (events []camp.Event, err error) {
		post, events, err = posts.Arrive(tx, posts.Arrival{
			Post:  camp.Post{Author: ana.ID, URI: "https://far.example/n/1", Audience: camp.AudiencePublic, Body: "<p>nasty</p>", Text: "nasty", Written: tx.Now()},
			Asked: true,
		})
		return events, err
	})
	b.want(b.get("/post/"+post.String()), 200, "/report?post="+post.String())
	b.want(b.get("/@ana@far.example"), 200, "/report?person="+ana.ID.String())
	form := b.want(b.get("/report?post="+post.String()), 200, "Report Shown ana", "nasty", "Tell far.example too", "read by Mia")
	if strings.Contains(form, `name="forward" value="yes" checked`) {
		t.Error("the other server is told unless somebody says no")
	}
	b.want(b.post("/report", "post", post.String(), "words", "look <b>here</b>", "rule", "1"), http.StatusSeeOther)
	if got := w.errands(t, camp.ErrandReport); len(got) != 0 {
		t.Errorf("told elsewhere without a word of the member: %+v", got)
	}
	b.want(b.post("/report", "post", post.String(), "words", "again", "forward", "yes"), http.StatusSeeOther)
	if got := w.errands(t, camp.ErrandReport); len(got) != 1 || got[0].By != 0 || got[0].Whom != ana.ID {
		t.Errorf("told elsewhere: %+v", got)
	}

	// Of the camp: no box for another server.
	if strings.Contains(b.want(b.get("/report?person="+w.host.Member.String()), 200), `name="forward"`) {
		t.Error("another server could be told of a member")
	}
	b.want(b.post("/report", "person", w.host.Member.String(), "words", "about the host"), http.StatusConflict, "Nobody else here could look", "about the host")
	for _, path := range []string{"/report", "/report?person=1", "/report?post=7", "/report?person=" + joost.Member.String(), "/reports"} {
		b.want(b.get(path), http.StatusNotFound)
	}
	b.want(b.post("/reports/"+strconv.Itoa(1)), http.StatusNotFound)

	mia.want(mia.get("/me"), 200, `href="/reports"`)
	if strings.Contains(b.want(b.get("/me"), 200, `href="/me/reports"`), `href="/reports"`) {
		t.Error("a member is led to a page that is not for them")
	}
	list := mia.want(mia.get("/reports"), 200, "@joost", "@ana@far.example", "nasty", "look &lt;b&gt;here&lt;/b&gt;", "About rule 1", "Their server was told too")
	_, rest, _ := strings.Cut(list, `action="/reports/`)
	id, _, _ := strings.Cut(rest, `"`)
	b.want(b.get("/me/reports"), 200, "@ana@far.example", "look &lt;b&gt;here&lt;/b&gt;", "It is not decided yet")
	if strings.Contains(b.want(b.get("/for-you"), 200), `href="/me/reports"`) {
		t.Error("told of an answer before there is one")
	}
	mia.want(mia.post("/reports/"+id, "note", "talked about it", "answer", "We <i>see</i> to it."), http.StatusSeeOther)
	mia.want(mia.get("/reports"), 200, "For the other helpers:", "talked about it", "Closed by Mia", "joost was told:", "We &lt;i&gt;see&lt;/i&gt; to it.")
	b.want(b.get("/for-you"), 200, "What you reported was looked into.", `href="/me/reports"`)
	b.want(b.get("/me"), 200, `href="/me/reports"`)
	mine := b.want(b.get("/me/reports"), 200, "Decided on", "We &lt;i&gt;see&lt;/i&gt; to it.")
	if strings.Contains(mine, "talked about it") || strings.Contains(mine, "Closed by") {
		t.Errorf("the reporter learns more than the answer: %s", mine)
	}
	_, rest, _ = strings.Cut(mia.get("/reports").Body.String(), `action="/reports/`)
	other, _, _ := strings.Cut(rest, `"`)
	mia.want(mia.post("/reports/"+other, "note", "", "answer", ""), http.StatusSeeOther)
	b.want(b.get("/me/reports"), 200, "It was looked into, and it is decided.")
	checkPage(t, "en", b.get("/me/reports"))
	checkPage(t, "en", b.get("/for-you"))
	mia.want(mia.post("/reports/"+id, "note", "twice"), http.StatusConflict, "closed this report already")
	checkPage(t, "en", mia.get("/reports"))
	checkPage(t, "en", b.get("/report?post="+post.String()))
	checkPage(t, "en", b.get("/report?person="+ana.ID.String()))
}

// One who said that they are willing is drawn for a report about the host, hears of
// it, and looks into it; the host learns of nothing (community.md 7).
func TestWholeLot(t *testing.T) {
	w := newWide(t)
	b, _ := w.joost(t)
	mia := w.mia(t)
	b.want(b.get("/me"), 200, `action="/me/willing"`)
	b.want(b.post("/me/willing", "willing", "yes"), http.StatusSeeOther)
	b.want(b.get("/me"), 200, `name="willing" value="yes" checked`)
	w.in(t, func(tx posts.Tx) ([]camp.Event, error) {
		return posts.PutReport(tx, camp.Report{ID: tx.NextID(), At: tx.Now(), From: "far.example", Whom: []camp.MemberID{w.host.Member}, Words: "rude <host>"})
	})
	b.want(b.get("/for-you"), 200, "Another server reports somebody here", `href="/reports"`)
	list := b.want(b.get("/reports"), 200, "far.example", "rude &lt;host&gt;", "@mia")
	_, rest, _ := strings.Cut(list, `action="/reports/`)
	id, _, _ := strings.Cut(rest, `"`)
	for _, path := range []string{"/reports", "/for-you", "/log", "/me"} {
		if strings.Contains(mia.want(mia.get(path), 200), "rude") || strings.Contains(mia.get(path).Body.String(), "reports somebody") {
			t.Errorf("%s tells the host", path)
		}
	}
	mia.want(mia.post("/reports/"+id, "note", "nothing"), http.StatusNotFound)
	b.want(b.post("/reports/"+id, "note", "talked"), http.StatusSeeOther)
	b.want(b.get("/reports"), 200, "talked", "Closed by")
	if strings.Contains(mia.want(mia.get("/log"), 200), "closed a report") {
		t.Error("the log tells the host")
	}
	checkPage(t, "en", b.get("/reports"))
	checkPage(t, "en", b.get("/for-you"))
}
