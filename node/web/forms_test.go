package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"camp/node/camp"
)

// send posts a form with files, in the order given: name, value; a name that
// begins with "file" carries a file.
func (b *browser) send(path string, pairs ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		var err error
		if strings.HasPrefix(pairs[i], "file") {
			p, perr := w.CreateFormFile(pairs[i], "camera.png")
			if err = perr; err == nil {
				_, err = p.Write([]byte(pairs[i+1]))
			}
		} else {
			err = w.WriteField(pairs[i], pairs[i+1])
		}
		if err != nil {
			b.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.t.Fatal(err)
	}
	return b.do(b.request(http.MethodPost, path, strings.NewReader(body.String()), w.FormDataContentType()))
}

const aPicture = "\x89PNG\r\n\x1a\n"

func TestPostWithPictures(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	token := formToken(b.cookie)
	w := b.send("/post", "csrf", token, "text", "two", "file1", aPicture, "alt1", "first", "file3", aPicture, "alt3", "second")
	b.want(w, http.StatusSeeOther)
	page := b.want(b.get("/"), 200, `alt="first"`, `alt="second"`)
	if strings.Index(page, `alt="first"`) > strings.Index(page, `alt="second"`) {
		t.Error("the pictures changed places")
	}
}

func TestRefusedPostKeepsPictures(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	token := formToken(b.cookie)
	w := b.send("/post", "csrf", token, "key", "k9", "text", strings.Repeat("x", camp.MaxText+1), "file1", aPicture, "alt1", "a <lake>")
	body := b.want(w, http.StatusUnprocessableEntity, `name="picture1"`, `value="a &lt;lake&gt;"`, `value="k9"`, "drop1")
	at := strings.Index(body, `name="picture1" value="`) + len(`name="picture1" value="`)
	id := body[at : at+26]
	b.want(b.send("/post", "csrf", token, "key", "k9", "text", "shorter", "picture1", id, "alt1", "a lake"), http.StatusSeeOther)
	b.want(b.get("/"), 200, "/media/"+id+"/small", `alt="a lake"`)

	w = b.send("/post", "csrf", token, "text", "words stay", "file1", "not a picture")
	b.want(w, http.StatusUnprocessableEntity, "words stay")
	w = b.send("/post", "csrf", token, "text", "left out", "picture1", id, "drop1", "1")
	b.want(w, http.StatusSeeOther)
	for _, p := range f.posts {
		if p.Text == "left out" && len(p.Pictures) != 0 {
			t.Error("a picture ticked to be left out was posted")
		}
	}
}

func TestNoFileBeforeTheToken(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	for what, pairs := range map[string][]string{
		"no token":    {"text", "hello", "file1", aPicture},
		"wrong token": {"csrf", "wrong", "text", "hello", "file1", aPicture},
		"late token":  {"file1", aPicture, "csrf", formToken(b.cookie), "text", "hello"},
	} {
		w := b.send("/post", pairs...)
		if len(f.files) != 0 {
			t.Errorf("%s: a file was taken in", what)
		}
		if what != "late token" {
			b.want(w, http.StatusConflict, "hello")
		}
	}
}

func TestBodyTooLarge(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	big := strings.Repeat("y", maxForm+10)
	b.want(b.post("/post", "text", big), http.StatusUnprocessableEntity, "more than a post can carry")
	b.want(b.send("/post", "csrf", formToken(b.cookie), "text", big), http.StatusUnprocessableEntity, "more than a post can carry")
	if len(f.posts) != 0 {
		t.Error("posted all the same")
	}
}

func TestTooManyPictures(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	token := formToken(b.cookie)
	for range loadsPerMinute / 2 {
		b.want(b.send("/post", "csrf", token, "text", "x", "file1", aPicture, "file2", aPicture), http.StatusSeeOther)
	}
	b.want(b.send("/post", "csrf", token, "text", "these words", "file1", aPicture), http.StatusTooManyRequests, "these words")
	if len(f.files) != loadsPerMinute {
		t.Errorf("%d pictures taken in, want %d", len(f.files), loadsPerMinute)
	}
}

func TestFace(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	token := formToken(b.cookie)
	b.want(b.send("/me/picture", "csrf", token, "file1", aPicture), http.StatusSeeOther)
	id := f.members[mara].Picture
	if id == "" || !f.files[id].Avatar {
		t.Fatalf("picture = %q, %+v", id, f.files[id])
	}
	b.want(b.get("/@mara"), 200, `src="/media/`+string(id)+`/small"`)
	b.want(b.send("/me/picture", "csrf", token), http.StatusUnprocessableEntity, "Choose a picture first")
	b.want(b.post("/me/picture/remove"), http.StatusSeeOther)
	if m := f.members[mara]; m.Picture != "" || m.Display != "Mara Lindqvist" || m.About == "" {
		t.Errorf("after removing the picture: %+v", m)
	}
}

func TestProfileTypedAgain(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	b.want(b.post("/me", "display", "", "about", "what I <typed>", "language", "nl"), http.StatusUnprocessableEntity, "what I &lt;typed&gt;", `value="nl" lang="nl" selected`)
	b.want(b.post("/me", "display", "M", "about", "", "language", "xx"), http.StatusSeeOther)
	if m := f.members[mara]; m.Display != "M" || m.Language != "" {
		t.Errorf("profile = %+v", m)
	}
}

func TestDeeds(t *testing.T) {
	f, id, _ := withPost(t)
	b := f.browser(t, vera)
	path := "/post/" + id.String()
	w := b.post(path+"/like", "on", "1", "back", "/?before=999999999999999999")
	b.want(w, http.StatusSeeOther)
	if got := w.Header().Get("Location"); got != "/?before=999999999999999999#post-"+id.String() {
		t.Errorf("Location = %q", got)
	}
	for _, back := range []string{"//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "/a\r\nSet-Cookie: x", ""} {
		w := b.post(path+"/keep", "on", "1", "back", back)
		if got := w.Header().Get("Location"); got != path+"#post-"+id.String() {
			t.Errorf("back %q leads to %q", back, got)
		}
	}
	r := b.request("POST", path+"/like", strings.NewReader("on=0&csrf="+formToken(b.cookie)), "application/x-www-form-urlencoded")
	r.Header.Set("X-Camp", "1")
	b.want(b.do(r), 200, `"likes":0`, `"liked":false`, `"kept":true`)
	b.want(b.get("/kept-posts"), 200, "canary-lake")
	b.want(b.get("/liked"), 200, "You liked nothing yet")

	mine := f.browser(t, mara)
	mine.want(mine.send(path+"/edit", "csrf", formToken(mine.cookie), "text", ""), http.StatusUnprocessableEntity, "Save the change")
	mine.want(mine.send(path+"/edit", "csrf", formToken(mine.cookie), "text", "calmer lake"), http.StatusSeeOther)
	b.want(b.get(path+"/history"), 200, "calmer lake", "canary-lake")
	reply := b.post("/post", "text", "an answer", "reply", id.String())
	b.want(reply, http.StatusSeeOther)
	mine.want(mine.get("/for-you"), 200, "answered you", `name="upto"`)
	mine.want(mine.post("/for-you/read", "upto", f.notices[mara][0].ID.String()), http.StatusSeeOther)
	if n, _ := (*fakePosts)(f).Unread(t.Context(), camp.Actor{Member: mara}); n != 0 {
		t.Errorf("%d unread after reading", n)
	}
	b.want(b.post("/post", "text", "", "reply", id.String()), http.StatusUnprocessableEntity, "Conversation", "calmer lake", `name="reply" value="`+id.String())
	mine.want(mine.post(path+"/delete"), http.StatusSeeOther)
	b.want(b.get(path), http.StatusNotFound)
	b.want(b.post("/post", "text", "too late, but kept", "reply", id.String()), http.StatusSeeOther)
}

func TestOlder(t *testing.T) {
	f := newFake()
	for range pageSize + 5 {
		say(t, f, mara, "x", 0)
	}
	b := f.browser(t, vera)
	body := b.want(b.get("/"), 200, "Older")
	at := strings.Index(body, "/?before=")
	older := b.want(b.get(body[at:at+len("/?before=")+18]), 200, "Back to the newest")
	if n := strings.Count(older, "<article"); n != 5 {
		t.Errorf("%d posts on the second page, want 5", n)
	}
	if strings.Contains(older, "fire=1") {
		t.Error("an older part of the list must not get new posts on top")
	}
}
