package web

import (
	"net/http"
	"strings"
	"testing"

	"camp/node/camp"
)

// TestSayItAnew: nothing is made wider; own words can be copied into a new post,
// without what they answered, and nobody else's words can (community.md 3.1, 7).
func TestSayItAnew(t *testing.T) {
	f := openFake()
	b := f.browser(t, mara)
	theirs := say(t, f, vera, "the secret lake", 0)
	mine := say(t, f, mara, "my own words about it", theirs)
	thread := "/post/" + theirs.String()
	page := b.want(b.get(thread), 200, "An answer is for no more people", `name="anew" value="1"`, `href="/?anew=`+mine.String()+`#write"`)
	if strings.Contains(page, "?anew="+theirs.String()) {
		t.Error("offers to copy another's words")
	}

	// Of a post that stands: the form is filled, for the camp until something else is chosen, and answers nothing.
	page = b.want(b.get("/?anew="+mine.String()), 200, "my own words about it</textarea>", "These are your own words", `value="camp" checked`, `value="public"`)
	form := page[strings.Index(page, `id="write"`):strings.Index(page, `id="fire"`)]
	if strings.Contains(form, `name="reply"`) || strings.Contains(form, "secret lake") || strings.Contains(form, theirs.String()) {
		t.Errorf("the new post knows what it was an answer to:\n%s", form)
	}
	for _, no := range []string{theirs.String(), "000000000000000001", "x"} {
		b.want(b.get("/?anew="+no), http.StatusNotFound)
	}

	// Of an answer that is being typed: nothing is posted, and nothing of what it answers goes along.
	n := len(f.posts)
	page = b.want(b.post("/post", "text", "typed so far", "note", "lakes", "reply", theirs.String(), "audience", "camp", "anew", "1"), 200, "typed so far</textarea>", `value="lakes"`, "These are your own words")
	form = page[strings.Index(page, `id="write"`):strings.Index(page, `id="fire"`)]
	if strings.Contains(form, `name="reply"`) || strings.Contains(form, theirs.String()) || len(f.posts) != n {
		t.Errorf("%d posts, want %d; the form:\n%s", len(f.posts), n, form)
	}

	// What is for everybody already, a letter and a camp that talks with nobody offer nothing.
	for _, a := range []camp.Audience{camp.AudiencePublic, camp.AudienceLetter} {
		p := f.posts[mine]
		p.Audience = a
		f.posts[mine] = p
		if page := b.want(b.get("/post/"+mine.String()), 200); strings.Contains(page, "anew") {
			t.Errorf("offered for %s", a)
		}
		b.want(b.get("/?anew="+mine.String()), http.StatusNotFound)
	}
	p := f.posts[mine]
	p.Audience = camp.AudienceCamp
	f.posts[mine] = p
	f.outside, f.abroad.off = false, true
	b = f.browser(t, mara)
	if page := b.want(b.get(thread), 200); strings.Contains(page, "anew") {
		t.Error("offered in a camp that talks with nobody")
	}
	b.want(b.get("/?anew="+mine.String()), http.StatusNotFound)
	b.want(b.post("/post", "text", "typed", "reply", theirs.String(), "anew", "1"), http.StatusNotFound)
}
