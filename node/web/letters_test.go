package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"camp/node/camp"
	"camp/node/posts"
)

// Letters are, of the fake, by the root of their thread.
func (p *fakePosts) Letters(_ context.Context, by camp.Actor, page camp.Page) ([]posts.Talk, error) {
	f := p.f()
	f.mu.Lock()
	defer f.mu.Unlock()
	talks := map[camp.PostID]posts.Talk{}
	for _, post := range f.posts {
		if post.Audience != camp.AudienceLetter || post.Author != by.Member && !slices.Contains(post.Mentions, by.Member) || talks[post.Root].At > post.ID {
			continue
		}
		t := posts.Talk{ID: post.Root, At: post.ID, Newest: p.view(by, post), Unread: post.Author != by.Member && !f.lettersRead[post.Root]}
		for _, m := range append([]camp.MemberID{post.Author}, post.Mentions...) {
			if m != by.Member {
				t.With = append(t.With, p.who(m))
			}
		}
		talks[post.Root] = t
	}
	var list []posts.Talk
	for _, t := range talks {
		if page.Before == 0 || uint64(t.At) < page.Before {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b posts.Talk) int { return cmp.Compare(b.At, a.At) })
	return list[:min(len(list), page.Size())], nil
}

func (p *fakePosts) ReadLetters(_ context.Context, _ camp.Actor, letter camp.PostID) error {
	f := p.f()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lettersRead == nil {
		f.lettersRead = map[camp.PostID]bool{}
	}
	f.lettersRead[f.posts[letter].Root] = true
	return nil
}

// letter puts a letter into the fake camp.
func (f *fake) letter(by camp.MemberID, text string, to ...camp.MemberID) camp.PostID {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := camp.PostID(f.id())
	f.posts[id] = camp.Post{ID: id, Root: id, Author: by, Audience: camp.AudienceLetter, Text: text, Mentions: to, Written: f.now}
	return id
}

func TestLettersPage(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "nl"} {
		f := newFake()
		b := f.browser(t, mara)
		b.lang = lang
		checkPage(t, lang, b.get("/letters"))
		odd := f.members[vera]
		odd.Display = `<i>Vera"`
		f.members[vera] = odd
		mine := f.letter(mara, "@tom see you at the lake", tom)
		f.letter(vera, "not for everybody", tom)
		theirs := f.letter(vera, "<script>alert(1)</script> @mara @tom\nsecond line", mara, tom)
		page := b.get("/letters")
		checkPage(t, lang, page)
		body := page.Body.String()
		for _, want := range []string{
			"&lt;i&gt;Vera&#34;", "&lt;script&gt;alert(1)&lt;/script&gt;", "see you at the lake",
			`href="/post/` + mine.String() + `"`, `href="/post/` + theirs.String() + `"`, `href="/?letter=#write"`,
		} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: %q is not on the page\n%s", lang, want, body)
			}
		}
		if strings.Contains(body, "not for everybody") || strings.Contains(body, "<script>alert") {
			t.Errorf("%s: shows what it must not", lang)
		}
		if n := strings.Count(body, `class="notice fresh"`); n != 1 {
			t.Errorf("%s: %d are new, want 1", lang, n)
		}
		if strings.Index(body, theirs.String()) > strings.Index(body, mine.String()) {
			t.Errorf("%s: the newest is not first", lang)
		}
		b.want(b.get("/post/"+theirs.String()), http.StatusOK)
		if strings.Contains(b.get("/letters").Body.String(), "notice fresh") {
			t.Errorf("%s: still new after it was read", lang)
		}
	}
}

func TestLettersArePaged(t *testing.T) {
	t.Parallel()
	f := newFake()
	b := f.browser(t, mara)
	var ids []camp.PostID
	for range pageSize + 3 {
		ids = append(ids, f.letter(vera, "x", mara))
	}
	first := b.get("/letters").Body.String()
	older := "/letters?before=" + ids[3].String()
	if !strings.Contains(first, `href="`+older+`"`) || strings.Contains(first, ids[2].String()) {
		t.Errorf("the first page does not end where it should\n%s", first)
	}
	second := b.get(older)
	checkPage(t, "en", second)
	if body := second.Body.String(); strings.Count(body, `class="notice`) != 3 || !strings.Contains(body, ids[0].String()) || strings.Contains(body, `"next"`) {
		t.Errorf("the second page is not the rest\n%s", body)
	}
	b.want(b.get("/letters?before=x"), http.StatusNotFound)
}

// Who is named in a letter is told of a letter, not of being named in the camp.
func TestLetterIsToldAsOne(t *testing.T) {
	t.Parallel()
	f := newFake()
	b := f.browser(t, mara)
	for audience, want := range map[camp.Audience][2]string{
		camp.AudienceLetter: {"wrote you a letter", "named you"}, camp.AudienceCamp: {"named you", "wrote you a letter"},
	} {
		post := camp.PostView{Post: camp.Post{ID: 4, Root: 4, Author: vera, Audience: audience, Text: "it is about Saturday"}, By: f.members[vera]}
		f.notices[mara] = []camp.NoticeView{{ID: 7, Kind: camp.NoticeMention, From: f.members[vera], Post: &post}}
		if page := b.want(b.get("/for-you"), http.StatusOK, "it is about Saturday", want[0]); strings.Contains(page, want[1]) {
			t.Errorf("a %s says %q too", audience, want[1])
		}
	}
}

// One comes to the letters, and to the form for one, from where one looks.
func TestLettersAreFound(t *testing.T) {
	t.Parallel()
	for _, outside := range []bool{false, true} {
		f := newFake()
		f.abroad.off = !outside
		b := f.browser(t, mara)
		for _, path := range []string{"/", "/for-you"} {
			b.want(b.get(path), http.StatusOK, `href="/letters"`)
		}
		b.want(b.get("/@vera"), http.StatusOK, `href="/?letter=vera#write"`)
		if strings.Contains(b.get("/@mara").Body.String(), "/?letter=") {
			t.Error("a letter to oneself")
		}
		page := b.get("/?letter=vera")
		checkPage(t, "en", page)
		b.want(page, http.StatusOK, "\n@vera </textarea>", `value="letter" checked`)
		for query, text := range map[string]string{
			"": "", "vera": "@vera ", "ana@far.example": "@ana@far.example ", "two words": "", "</textarea><b>": "", "vera+@mara": "", strings.Repeat("a", 400): "",
		} {
			b.want(b.get("/?letter="+strings.ReplaceAll(query, " ", "+")), http.StatusOK, "\n"+text+"</textarea>", `value="letter" checked`)
		}
		if got := strings.Contains(page.Body.String(), "goes by their servers"); got != outside {
			t.Errorf("talks of other servers: %v, where the camp talks with others: %v", got, outside)
		}
		if strings.Contains(b.get("/").Body.String(), `value="letter" checked`) {
			t.Error("a letter where nobody asked for one")
		}
		w := b.post("/post", "audience", "letter", "text", "")
		b.want(w, http.StatusUnprocessableEntity, `value="letter" checked`)
		g := f.members[mara]
		g.Role = camp.RoleGuest
		f.members[mara] = g
		for _, path := range []string{"/letters", "/@vera", "/?letter=vera"} {
			if body := b.get(path).Body.String(); strings.Contains(body, `href="/?letter=`) || strings.Contains(body, `value="letter"`) {
				t.Errorf("%s lets a guest begin a letter", path)
			}
		}
	}
}

// TestWholeLetters writes, reads and answers letters in a camp that keeps to
// itself, through the real rooms.
func TestWholeLetters(t *testing.T) {
	t.Parallel()
	w := newWhole(t)
	secret, err := w.people.NewLinkFor(t.Context(), w.host)
	if err != nil {
		t.Fatal(err)
	}
	mia := w.enter(t, secret)
	_, link, err := w.people.AddMember(t.Context(), w.host, "joost", camp.RoleMember)
	if err != nil {
		t.Fatal(err)
	}
	joost := w.enter(t, link)
	rules, err := w.people.Rules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	joost.want(joost.post("/rules", "hash", rules.Hash, "rule", "1", "rule", "2"), http.StatusSeeOther)
	mia.want(mia.get("/letters"), http.StatusOK, "No letters yet")
	got := mia.post("/post", "text", "@joost come over", "audience", "letter")
	mia.want(got, http.StatusSeeOther)
	at := got.Header().Get("Location")
	joost.want(joost.get("/letters"), http.StatusOK, "Mia", "come over", "notice fresh", `href="`+at+`"`)
	joost.want(joost.get(at), http.StatusOK, "come over")
	if strings.Contains(joost.want(joost.get("/letters"), http.StatusOK, "come over"), "notice fresh") {
		t.Error("still new after it was read")
	}
	id := strings.TrimPrefix(at, "/post/")
	joost.want(joost.post("/post", "text", "on my way", "audience", "letter", "reply", id), http.StatusSeeOther)
	page := mia.get("/letters")
	checkPage(t, "en", page)
	if body := mia.want(page, http.StatusOK, "joost", "on my way", "notice fresh"); strings.Contains(body, "come over") {
		t.Error("one conversation stands there twice")
	}
	mia.want(mia.post("/post/"+id+"/delete"), http.StatusSeeOther)
	if strings.Contains(joost.get("/").Body.String()+joost.get("/@joost").Body.String(), "come over") {
		t.Error("the deleted letter is shown")
	}
	joost.want(joost.get("/letters"), http.StatusOK, "You wrote last", "on my way")
}
