package web

import (
	"net/http"
	"strings"
	"testing"

	"camp/node/camp"
)

func TestPostAndRead(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	if page := b.want(b.get("/"), 200, "Around the fire", "Nobody has said anything yet", "Post to the camp"); strings.Contains(page, `<a class="btn quiet" href="/invites">`) {
		t.Error("a member is asked to let people in")
	}
	v := f.browser(t, vera)
	v.want(v.get("/"), 200, "Nobody has said anything yet", `<a class="btn quiet" href="/invites">Invite somebody</a>`)

	w := b.post("/post", "text", "Coffee on the jetty, @tom See https://lake.example/a?b=1&c=2 #lakes <b>now</b>\n\nSeven.", "key", "k1")
	b.want(w, http.StatusSeeOther)
	id := postID.FindStringSubmatch(w.Header().Get("Location"))
	if id == nil {
		t.Fatalf("Location = %q, want the post on the home page", w.Header().Get("Location"))
	}
	page := b.want(b.get("/"), 200, `id="post-`+id[1]+`"`, `<a class="mention" href="/@tom">@tom</a>`,
		`<a href="https://lake.example/a?b=1&amp;c=2" rel="nofollow noopener noreferrer">`, `href="/tag/lakes"`,
		"&lt;b&gt;now&lt;/b&gt;", "<p>Seven.</p>", "Camp only")
	if strings.Contains(page, "<b>now") {
		t.Error("text was not escaped")
	}
	b.post("/post", "text", "Coffee", "key", "k1")
	if n := len(f.posts); n != 1 {
		t.Errorf("a form sent twice made %d posts, want 1", n)
	}
}

func TestRefusedPostShowsWordsAgain(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	long := strings.Repeat("long ", camp.MaxText)
	b.want(b.post("/post", "text", long, "note", "very <long>"), http.StatusUnprocessableEntity,
		long, `value="very &lt;long&gt;"`, "Something in it cannot be taken")
	q := b.request("POST", "/post", strings.NewReader("csrf=wrong&text=still+here"), "application/x-www-form-urlencoded")
	b.want(b.do(q), http.StatusConflict, "still here", "open for a long time", formToken(b.cookie))
	if len(f.posts) != 0 {
		t.Error("a refused form made a post")
	}
}

func TestPassIsGoodOnce(t *testing.T) {
	f := newFake()
	b := f.browser(t, 0)
	name, value := b.site.Pass(camp.Actor{Member: vera, Role: camp.RoleHost})
	if name != "camp_test" {
		t.Fatalf("name = %q", name)
	}
	b.cookie = value
	b.want(b.get("/"), 200, "Around the fire")
	b.want(b.get("/"), http.StatusUnauthorized, "not signed in")
}
