package web

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"camp/node/camp"
)

// Where the camp talks with nobody, no page shows a trace of what it could do
// then. Letters among members it has all the same; only the choice is not there.
func TestSilentCampShowsNothingNew(t *testing.T) {
	f, pages := everyPage(t)
	if f.abroad != nil {
		f.abroad.off = true
	}
	b := f.browser(t, vera)
	words := []string{`href="/home"`, "audience", "data-boost", "quote", "choice", "narrow", `name="told"`, "Public", "Followers", ">Letter<", "Poll"}
	for _, path := range pages {
		body := b.get(path).Body.String()
		for _, w := range words {
			if w == "quote" && path == "/for-you" { // the look of a quotation is older
				continue
			}
			if strings.Contains(body, w) {
				t.Errorf("%s shows %q", path, w)
			}
		}
	}
	b.want(b.get("/home"), http.StatusNotFound)
}

func TestChooserOffersWhatMayBe(t *testing.T) {
	value := regexp.MustCompile(`name="audience" value="(\w+)"( checked)?`)
	chosen := func(t *testing.T, page string) string {
		out := ""
		for _, m := range value.FindAllStringSubmatch(page, -1) {
			out += m[1]
			if m[2] != "" {
				out += "*"
			}
			out += " "
		}
		return strings.TrimSpace(out)
	}
	for _, row := range []struct {
		name  string
		usual camp.Audience
		above camp.Audience // 0: a new post
		want  string
	}{
		{"a new post", 0, 0, "camp* followers quiet public letter"},
		{"a new post, usually for all", camp.AudiencePublic, 0, "camp followers quiet public* letter"},
		{"an answer to a camp post", camp.AudiencePublic, camp.AudienceCamp, "camp* letter"},
		{"an answer to a letter", 0, camp.AudienceLetter, "letter*"},
		{"an answer to a post for followers", 0, camp.AudienceFollowers, "camp followers* letter"},
		{"an answer to a quiet one", 0, camp.AudienceQuiet, "camp followers quiet* letter"},
		{"an answer to a public one", 0, camp.AudiencePublic, "camp followers quiet public* letter"},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := openFake()
			m := f.members[mara]
			m.Usual = row.usual
			f.members[mara] = m
			path := "/"
			if row.above != 0 {
				path = "/post/" + f.arrive(func(p *camp.Post) { p.Audience, p.Mentions = row.above, []camp.MemberID{mara} }).String()
			}
			b := f.browser(t, mara)
			w := b.get(path)
			checkPage(t, "en", w)
			if got := chosen(t, w.Body.String()); got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}

func TestGuestsStayInside(t *testing.T) {
	f := openFake()
	m := f.members[mara]
	m.Role = camp.RoleGuest
	f.members[mara] = m
	b := f.browser(t, mara)
	id := f.arrive(nil)
	page := b.want(b.get("/post/"+id.String()), 200, "Camp only", "Reply to the camp")
	for _, no := range []string{`name="audience"`, "data-boost", "?quote="} {
		if strings.Contains(page, no) {
			t.Errorf("a guest is offered %s", no)
		}
	}
}

func TestWriteForWhom(t *testing.T) {
	for _, row := range []struct{ audience, where string }{
		{"camp", "/#post-"}, {"quiet", "/#post-"}, {"public", "/#post-"}, {"followers", "/home#post-"}, {"letter", "/post/"}, {"", "/#post-"}, {"world", "/#post-"},
	} {
		t.Run(row.audience, func(t *testing.T) {
			f := openFake()
			b := f.browser(t, mara)
			w := b.post("/post", "text", "hello @tom", "audience", row.audience, "usual", "1")
			b.want(w, http.StatusSeeOther)
			if !strings.HasPrefix(w.Header().Get("Location"), row.where) {
				t.Errorf("leads to %s, want %s", w.Header().Get("Location"), row.where)
			}
			want, ok := camp.ParseAudience(row.audience)
			if !ok {
				want = camp.AudienceCamp
			}
			for _, p := range f.posts {
				if p.Audience != want {
					t.Errorf("posted for %s, want %s", p.Audience, want)
				}
			}
			usual := want
			if want == camp.AudienceLetter {
				usual = 0
			}
			if got := f.members[mara].Usual; got != usual {
				t.Errorf("usual is %v, want %v", got, usual)
			}
		})
	}
	f := openFake()
	b := f.browser(t, mara)
	b.want(b.post("/post", "text", "x", "audience", "public"), http.StatusSeeOther)
	if f.members[mara].Usual != 0 {
		t.Error("the choice is kept though nobody asked for that")
	}
	id := f.arrive(func(p *camp.Post) { p.Audience = camp.AudienceFollowers })
	b.want(b.post("/post", "text", "x", "audience", "public", "reply", id.String()), http.StatusForbidden, "An answer cannot be for more people")
}

// Who writes to somebody who will not get it is told before it is posted, once.
func TestToldBeforePosting(t *testing.T) {
	for _, row := range []struct{ name, audience, text, say string }{
		{"a camp post", "camp", "rain, says @ana@far.example", "@ana@far.example is not in this camp and will not get this post."},
		{"somebody whom nobody knows", "public", "hello @zoe@far.example", "@zoe@far.example is not known here"},
		{"somebody known", "public", "hello @ana@far.example", ""},
		{"nobody", "camp", "hello @tom", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := openFake()
			b := f.browser(t, mara)
			w := b.post("/post", "text", row.text, "audience", row.audience)
			if row.say == "" {
				b.want(w, http.StatusSeeOther)
				return
			}
			page := b.want(w, http.StatusUnprocessableEntity, row.say, row.text, `value="`+row.audience+`" checked`)
			if len(f.posts) != 0 {
				t.Fatal("it was posted before they were told")
			}
			told := regexp.MustCompile(`name="told" value="([^"]*)"`).FindStringSubmatch(page)
			if told == nil || told[1] == "" {
				t.Fatal("the form does not remember")
			}
			b.want(b.post("/post", "text", row.text+" and @new@other.example", "audience", row.audience, "told", told[1]), http.StatusUnprocessableEntity, "@new@other.example")
			b.want(b.post("/post", "text", row.text, "audience", row.audience, "told", told[1]), http.StatusSeeOther)
		})
	}
}

func TestPollFromFormToResult(t *testing.T) {
	f := openFake()
	b := f.browser(t, mara)
	b.want(b.get("/"), 200, "data-choices")
	b.want(b.post("/post", "text", "", "choice1", "Tea & <b>", "choice2", "Coffee", "lasts", "360", "several", "1"),
		http.StatusUnprocessableEntity, `value="Tea &amp; &lt;b&gt;"`, `value="360" selected`, `name="several" value="1" checked`)
	b.want(b.post("/post", "text", "What first?", "choice1", "Tea & <b>", "choice2", "", "choice3", "Coffee", "lasts", "360", "audience", "camp"), http.StatusSeeOther)
	var id camp.PostID
	for id = range f.posts {
	}
	p := f.aPost(t, id)
	if p.Poll == nil || len(p.Poll.Choices) != 2 || p.Poll.Choices[1].Text != "Coffee" || p.Poll.Multiple || !p.Poll.Ends.Equal(f.now.Add(6*time.Hour)) {
		t.Fatalf("poll = %+v", p.Poll)
	}
	name := "choice-" + id.String()
	page := b.want(b.get("/"), 200, `type="radio" form="deeds" name="`+name+`" value="1"`, "Tea &amp; &lt;b&gt;", "0 people voted.", "Open until")
	if strings.Contains(page, "<progress") {
		t.Error("who has not voted sees how it stands")
	}
	b.want(b.post("/post/"+id.String()+"/vote"), http.StatusUnprocessableEntity, "Choose an answer first")
	b.want(b.post("/post/"+id.String()+"/vote", name, "x"), http.StatusNotFound)
	w := b.post("/post/"+id.String()+"/vote", name, "1", "choice-000000000000000009", "0", "back", "/")
	b.want(w, http.StatusSeeOther)
	if got := w.Header().Get("Location"); got != "/#post-"+id.String() {
		t.Errorf("leads to %s", got)
	}
	b.want(b.get("/"), 200, `<progress max="100" value="100"`, "100 %", "1 person voted.", "your choice")
	// The same post, as somebody sees it who has not voted: nothing is kept of the first.
	other := *b
	f.members[tom] = withAgreed(f.members[tom])
	other.cookie = f.signIn(tom)
	page = other.want(other.get("/"), 200, `type="radio"`)
	if strings.Contains(page, "<progress") || strings.Contains(page, "your choice") {
		t.Error("one reader sees another's vote")
	}
	f.later(7 * time.Hour)
	other.want(other.get("/"), 200, "<progress", "It is over.")
}

func TestPassOn(t *testing.T) {
	f := openFake()
	id := f.arrive(nil)
	b := f.browser(t, mara)
	at := "/post/" + id.String()
	b.want(b.get("/home"), 200, "from afar", `formaction="`+at+`/boost"`, "@ana@far.example", "Public, from far.example")
	b.want(b.post(at+"/boost", "on", "1", "back", "/home"), http.StatusSeeOther)
	page := b.want(b.get("/home"), 200, "Mara Lindqvist passed this on")
	if n := strings.Count(page, `id="post-`+id.String()+`"`); n != 1 {
		t.Errorf("the post stands %d times on one page, want once", n)
	}
	w := b.request("POST", at+"/boost", strings.NewReader("csrf="+formToken(b.cookie)+"&on=0"), "application/x-www-form-urlencoded")
	w.Header.Set("X-Camp", "1")
	var m marks
	if err := json.Unmarshal([]byte(b.want(b.do(w), 200)), &m); err != nil || m.Boosted || m.Boosts != 0 {
		t.Errorf("marks = %+v, %v", m, err)
	}
	// A camp post and a letter have no such button, and refuse it.
	inner := say(t, f, mara, "inside", 0)
	if page := b.want(b.get("/"), 200, "inside"); strings.Contains(page, "data-boost") {
		t.Error("a camp post can be passed on")
	}
	b.want(b.post("/post/"+inner.String()+"/boost", "on", "1"), http.StatusNotFound)
	// The boost itself is not a page.
	b.post(at+"/boost", "on", "1")
	for bid, p := range f.posts {
		if p.BoostOf == id {
			if got := b.get("/post/" + bid.String()).Header().Get("Location"); got != at {
				t.Errorf("a boost leads to %q, want %s", got, at)
			}
		}
	}
}

func TestHomePages(t *testing.T) {
	f := openFake()
	var first camp.PostID
	for i := range pageSize + 3 {
		id := f.arrive(func(p *camp.Post) { p.Body = "<p>number " + itoa(i) + "</p>" })
		if i == 0 {
			first = id
		}
	}
	b := f.browser(t, mara)
	b.post("/post/"+first.String()+"/boost", "on", "1")
	page := b.want(b.get("/home"), 200, "number 0<", "passed this on")
	older := regexp.MustCompile(`href="(/home\?before=\d+)" rel="next"`).FindStringSubmatch(page)
	if older == nil {
		t.Fatal("no way to the older ones")
	}
	page = b.want(b.get(older[1]), 200, "number 0<", "number 3<")
	if strings.Contains(page, "number 4<") {
		t.Error("the second page shows what the first did")
	}
}

// Whatever a server sends, nothing on a page leads to it but the author's own
// links and the way to the original; nothing is loaded from there.
func TestHostilePost(t *testing.T) {
	f := openFake()
	r := f.remotes[ana]
	r.Display = `<script>alert("name")</script>:blob:` + strings.Repeat("x", 5000)
	r.Emoji = []camp.Emoji{{Code: "blob", URL: `https://far.example/" onerror="x`}}
	f.remotes[ana] = r
	inside := f.arrive(func(p *camp.Post) { p.Body = "<p><img src=https://spy.example/q.png>quoted</p>" })
	id := f.arrive(func(p *camp.Post) {
		p.Title, p.Note = `<i>"title`, `<b>note`
		p.Body = `<p onclick=x>text <img src=https://spy.example/b.png><iframe src=https://spy.example></iframe><a href="javascript:x">js</a><a href="https://link.example/">own link</a></p></article></main>`
		p.Page, p.Quote = `javascript:alert("page")`, inside
		p.Poll = &camp.Poll{Choices: []camp.Choice{{Text: `<u>choice`}, {Text: `"onfocus=x`}}, Ends: f.now.Add(time.Hour)}
		p.Files = []camp.File{
			{URL: "https://spy.example/a.png", Type: "image/png", Alt: `"><script>alt`, Width: 1 << 20, Height: 1},
			{URL: "https://spy.example/a.mp4", Type: "video/mp4", Alt: `film"><script>`},
			{URL: "https://spy.example/a.svg", Type: "image/svg+xml"},
		}
		p.Tags, p.Answers = []string{"x"}, "https://spy.example/answered"
	})
	b := f.browser(t, mara)
	for _, path := range []string{"/home", "/post/" + id.String(), "/?quote=" + id.String(), "/part/posts?ids=" + id.String()} {
		w := b.get(path)
		body := w.Body.String()
		if strings.HasPrefix(path, "/part") {
			var m map[string]string
			if err := json.Unmarshal([]byte(body), &m); err != nil {
				t.Fatal(err)
			}
			body = m[id.String()]
		} else {
			checkPage(t, "en", w)
		}
		doc, err := html.Parse(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if n.Type == html.ElementNode && (n.Data == "iframe" || n.Data == "u") {
				t.Errorf("%s: a <%s> from elsewhere", path, n.Data)
			}
			for _, a := range n.Attr {
				away := strings.Contains(a.Val, "spy.example") || strings.Contains(a.Val, "javascript:") || strings.Contains(a.Val, "far.example/")
				mayLead := a.Key == "href" && n.Data == "a" && (strings.HasPrefix(a.Val, "https://far.example/notes/") || strings.HasPrefix(a.Val, "https://far.example/@ana/"))
				if away && !mayLead && a.Key != "alt" && a.Key != "aria-label" {
					t.Errorf("%s: <%s %s=%q>", path, n.Data, a.Key, a.Val)
				}
				if strings.HasPrefix(a.Key, "on") {
					t.Errorf("%s: <%s %s>", path, n.Data, a.Key)
				}
			}
		}
		for _, bad := range []string{"<script>a", "<i>\"title", "<b>note", strings.Repeat("x", mostName+1), `width="1048576"`} {
			if strings.Contains(body, bad) {
				t.Errorf("%s shows %q", path, bad[:min(len(bad), 40)])
			}
		}
	}
	b.want(b.get("/post/"+id.String()), 200, "&lt;i&gt;&#34;title", "&lt;u&gt;choice", `href="https://link.example/"`, "own link", "Open on far.example", "quoted", "not reachable from here")
}

func TestStatesOfAPost(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(f *fake, p *camp.Post)
		want   []string
		not    []string
	}{
		{"a title", func(_ *fake, p *camp.Post) { p.Title = "Small networks" }, []string{`<p class="named-post"><a href="https://far.example/@ana/`, `<b dir="auto">Small networks</b></a></p>`}, nil},
		{"an evening", func(_ *fake, p *camp.Post) {
			p.Event = &camp.Occasion{Start: time.Date(2026, 12, 5, 19, 0, 0, 0, time.UTC), End: time.Date(2026, 12, 5, 22, 30, 0, 0, time.UTC), Place: "The <mill>, Water Lane 3", Page: "https://meet.example/mill"}
		}, []string{`datetime="2026-12-05T19:00:00Z"`, "When: ", " to ", ":30", "Where: The &lt;mill&gt;, Water Lane 3", `<a href="https://meet.example/mill" rel="nofollow noopener noreferrer"`}, nil},
		{"days", func(_ *fake, p *camp.Post) {
			p.Event = &camp.Occasion{Start: time.Date(2026, 12, 5, 9, 0, 0, 0, time.UTC), End: time.Date(2026, 12, 7, 9, 0, 0, 0, time.UTC), Page: "javascript:alert(1)"}
		}, []string{"5 December 2026", "7 December 2026"}, []string{"javascript", "Where"}},
		{"no time and no place", func(_ *fake, p *camp.Post) { p.Event = &camp.Occasion{} }, nil, []string{`class="occasion"`}},
		{"a link", func(_ *fake, p *camp.Post) {
			p.Links = []string{"https://news.example/a?b=1&c=2", "file:///etc/passwd"}
		}, []string{`<a href="https://news.example/a?b=1&amp;c=2" rel="nofollow noopener noreferrer"`}, []string{"passwd"}},
		{"a note", func(_ *fake, p *camp.Post) { p.Note = "food" }, []string{`<details class="noted">`, "<span>food</span>"}, nil},
		{"sensitive pictures", func(_ *fake, p *camp.Post) {
			p.Sensitive, p.Files = true, []camp.File{{URL: "https://far.example/a.png", Type: "image/png", Alt: "a lake"}}
		}, []string{"Pictures that are not for every eye", `alt="a lake"`}, nil},
		{"pictures", func(_ *fake, p *camp.Post) {
			for range 6 {
				p.Files = append(p.Files, camp.File{URL: "https://far.example/a.png", Width: 640, Height: 480})
			}
		}, []string{`data-n="4"`, "2 more", `/3/small"`, `width="640"`}, []string{`/4/small"`, "far.example/a.png"}},
		{
			"a sound", func(_ *fake, p *camp.Post) {
				p.Files = []camp.File{{URL: "https://far.example/a.mp3", Type: "audio/mpeg"}}
			},
			[]string{`<audio controls preload="none" src="/media/far/`, `aria-label="A sound recording"`},
			[]string{"far.example/a.mp3"},
		},
		{"a long text", func(_ *fake, p *camp.Post) { p.Body = "<p>" + strings.Repeat("word ", 1000) + "end</p>" }, []string{"Read on"}, []string{"end</p>"}},
		{"for followers", func(_ *fake, p *camp.Post) { p.Audience = camp.AudienceFollowers }, []string{"Followers, from far.example", `class="chip out"`}, nil},
		{"a letter", func(_ *fake, p *camp.Post) { p.Audience = camp.AudienceLetter }, []string{"Letter, from far.example", `class="chip letter"`}, []string{"data-boost", "?quote="}},
		{"a quoted post that is not here", func(_ *fake, p *camp.Post) { p.Quoted = "https://far.example/gone" }, []string{"The post shown here is gone"}, []string{"far.example/gone"}},
		{"an answer to what is not here", func(_ *fake, p *camp.Post) { p.Answers = "https://x.example/1" }, []string{"Answers a post that is not reachable from here"}, []string{"x.example"}},
		{"an emoji of a name", nil, []string{`Ana <img class="emoji" src="/media/faceemoji/000000000000005001/0" alt=":blob:"`, `src="/media/face/000000000000005001/picture"`}, []string{"cdn.far.example"}},
		{"changed", func(f *fake, p *camp.Post) { p.Edited = f.now }, []string{"changed", "/history"}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := openFake()
			id := f.arrive(func(p *camp.Post) {
				if row.change != nil {
					row.change(f, p)
				}
			})
			b := f.browser(t, mara)
			w := b.get("/home")
			checkPage(t, "en", w)
			page := b.want(w, 200, row.want...)
			at := strings.Index(page, `id="post-`+id.String())
			for _, no := range row.not {
				if strings.Contains(page[at:], no) {
					t.Errorf("%q is shown", no)
				}
			}
		})
	}
}

func TestPicturesKeptAway(t *testing.T) {
	f := openFake()
	id := f.arrive(nil)
	o := f.options()
	o.Posts = keptAway{(*fakePosts)(f)}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, site: s, cookie: f.signIn(mara), lang: "en"}
	b.want(b.get("/post/"+id.String()), 200, "Pictures from far.example are not shown in this camp.")
}

// keptAway gives posts as node/posts does of a server without pictures.
type keptAway struct{ *fakePosts }

func (k keptAway) Thread(ctx context.Context, r camp.Actor, id camp.PostID) (camp.Thread, error) {
	t, err := k.fakePosts.Thread(ctx, r, id)
	t.Focus.NoFiles = true
	return t, err
}

func TestPointTo(t *testing.T) {
	f := openFake()
	b := f.browser(t, mara)
	inner := say(t, f, vera, "the lake is warm", 0)
	b.want(b.get("/"), 200, `href="/?quote=`+inner.String()+`#write"`, "Point to it")
	page := b.want(b.get("/?quote="+inner.String()), 200, `name="quote" value="`+inner.String()+`"`, `class="quoted"`, `value="camp" checked`, `value="letter"`)
	if strings.Contains(page, `value="public"`) {
		t.Error("a camp post can be pointed to before everybody")
	}
	b.want(b.post("/post", "text", "see this", "quote", inner.String(), "audience", "camp"), http.StatusSeeOther)
	b.want(b.get("/"), 200, "see this", `<div class="quoted">`)
	b.want(b.post("/post", "text", "", "quote", inner.String()), http.StatusUnprocessableEntity, `name="quote" value="`+inner.String()+`"`)
	b.want(b.get("/?quote=000000000000000001"), http.StatusNotFound)
	b.want(b.get("/?quote=x"), http.StatusNotFound)
	outer := f.arrive(nil)
	b.want(b.get("/?quote="+outer.String()), 200, `value="public"`)
}

func TestNarrow(t *testing.T) {
	f := openFake()
	b := f.browser(t, mara)
	b.want(b.post("/post", "text", "to everyone", "audience", "public"), http.StatusSeeOther)
	var id camp.PostID
	for id = range f.posts {
	}
	at := "/post/" + id.String()
	b.want(b.get("/"), 200, at+"/narrow", "Make it camp only")
	w := b.get(at + "/narrow")
	checkPage(t, "en", w)
	b.want(w, 200, "Others may keep what they have seen")
	b.want(b.get(at+"/delete"), 200, "It also went out")
	b.want(b.get(at+"/edit"), 200, "Who can read it stays as it is", `class="chip out"`)
	other := *b
	other.cookie = f.signIn(vera)
	other.want(other.get(at+"/narrow"), http.StatusNotFound)
	got := b.post(at + "/narrow")
	b.want(got, http.StatusSeeOther)
	b.want(b.get(got.Header().Get("Location")), 200, "to everyone", "Camp only", "It is in the camp only now")
	b.want(b.get(at), http.StatusNotFound)
	inner := say(t, f, mara, "inside", 0)
	b.want(b.get("/post/"+inner.String()+"/narrow"), http.StatusNotFound)
}

func TestEditKeepsTheAudience(t *testing.T) {
	f := openFake()
	b := f.browser(t, mara)
	b.want(b.post("/post", "text", "to everyone", "audience", "public"), http.StatusSeeOther)
	var id camp.PostID
	for id = range f.posts {
	}
	if page := b.want(b.get("/post/"+id.String()+"/edit"), 200); strings.Contains(page, `name="audience"`) {
		t.Error("an edit offers another audience")
	}
	b.want(b.post("/post/"+id.String()+"/edit", "text", "changed"), http.StatusSeeOther)
	if p := f.aPost(t, id); p.Audience != camp.AudiencePublic || p.Text != "changed" {
		t.Errorf("got %+v", p)
	}
}

func TestThreadElsewhere(t *testing.T) {
	f := openFake()
	b := f.browser(t, mara)
	inner := say(t, f, mara, "inside", 0)
	b.want(b.get("/post/"+inner.String()), 200)
	if len(f.opened) != 0 {
		t.Error("a camp conversation is asked for elsewhere")
	}
	id := f.arrive(func(p *camp.Post) { p.Answers = "https://x.example/1" })
	b.want(b.get("/post/"+id.String()), 200, "A post that stood here is not reachable from here.", "There may be more answers on far.example", "No answers have come here yet")
	mine := say(t, f, mara, "among ourselves", id)
	b.want(b.get("/post/"+mine.String()), 200)
	if len(f.opened) != 2 || f.opened[0] != id || f.opened[1] != mine {
		t.Errorf("opened %v, want %v", f.opened, []camp.PostID{id, mine})
	}
	orphan := f.arrive(func(p *camp.Post) { p.ReplyTo = 5 })
	b.want(b.get("/post/"+orphan.String()), 200, "A post that stood here is gone.")
}

func TestFarMediaRoutes(t *testing.T) {
	f := openFake()
	id := f.arrive(func(p *camp.Post) {
		p.Files = []camp.File{{URL: "https://cdn.example/a.png", Type: "image/png"}}
		p.Emoji = []camp.Emoji{{Code: "x", URL: "https://cdn.example/x.png"}}
	})
	inner := say(t, f, mara, "inside", 0)
	b := f.browser(t, mara)
	at := "/media/far/" + id.String()
	for _, row := range []struct {
		path string
		want camp.FarFile
	}{
		{at + "/0", camp.FarFile{At: "far.example", URL: "https://cdn.example/a.png", Type: "image/png", Use: camp.FarAttached, Post: id}},
		{at + "/0/small", camp.FarFile{At: "far.example", URL: "https://cdn.example/a.png", Type: "image/png", Use: camp.FarAttached, Post: id}},
		{"/media/emoji/" + id.String() + "/0", camp.FarFile{At: "far.example", URL: "https://cdn.example/x.png", Use: camp.FarEmoji}},
		{"/media/face/" + ana.String() + "/picture", camp.FarFile{At: "far.example", URL: "https://cdn.far.example/ana.png", Use: camp.FarFace, Who: ana}},
		{"/media/faceemoji/" + ana.String() + "/0", camp.FarFile{At: "far.example", URL: "https://far.example/blob.png", Use: camp.FarEmoji}},
	} {
		f.fetched = nil
		w := b.get(row.path)
		if w.Code != 200 || w.Header().Get("Content-Type") != "image/png" || w.Header().Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s: %d %v", row.path, w.Code, w.Header())
		}
		if len(f.fetched) != 1 || f.fetched[0] != row.want {
			t.Errorf("%s asked for %+v, want %+v", row.path, f.fetched, row.want)
		}
	}
	f.fetched = nil
	for _, path := range []string{at + "/1", at + "/-1", at + "/00", at + "/x", "/media/far/" + inner.String() + "/0", "/media/far/000000000000000001/0", "/media/face/" + mara.String() + "/picture", "/media/emoji/" + id.String() + "/9"} {
		b.want(b.get(path), http.StatusNotFound)
	}
	nobody := f.browser(t, 0)
	nobody.want(nobody.get(at+"/0"), http.StatusUnauthorized)
	if len(f.fetched) != 0 {
		t.Errorf("asked for %+v", f.fetched)
	}
}

func TestStreamOfHome(t *testing.T) {
	f := openFake()
	first := f.arrive(nil)
	s := newSite(t, f)
	cookie := f.signIn(mara)
	events, cut := watch(t, f, s, cookie, "?home=1&after="+first.String(), "")
	next(t, events, "unread")
	local := say(t, f, vera, "from the camp", 0)
	if e := next(t, events, "post"); !strings.Contains(e.data, "from the camp") {
		t.Errorf("got %s", e.data)
	}
	// Somebody's server was slow: the id is older than what is shown.
	late := func(back time.Duration, text string) camp.PostID {
		f.mu.Lock()
		id := local - camp.PostID(back.Milliseconds()<<16)
		p := f.posts[first]
		p.ID, p.Root, p.Body, p.Written = id, id, "<p>"+text+"</p>", f.now.Add(-back)
		f.posts[id], f.home[id] = p, true
		f.publish(camp.Event{Kind: camp.EventHome, Post: id, Root: id, Member: ana, To: mara})
		f.mu.Unlock()
		return id
	}
	late(time.Minute, "a minute late")
	if e := next(t, events, "post"); !strings.Contains(e.data, "a minute late") {
		t.Errorf("got %s", e.data)
	}
	late(time.Hour, "an hour late")
	say(t, f, vera, "another", 0)
	if e := next(t, events, "post"); !strings.Contains(e.data, "another") {
		t.Errorf("what is an hour late is put on top: %s", e.data)
	}
	cut()
	// While nobody listened; the stream goes back a while, the script leaves out what it has.
	late(2*time.Minute, "missed")
	events, _ = watch(t, f, s, cookie, "?home=1", local.String())
	for {
		if e := next(t, events, "post"); strings.Contains(e.data, "missed") {
			break
		}
	}
}

// Answers from elsewhere come late and have older ids than what the page shows.
func TestStreamOfThreadElsewhere(t *testing.T) {
	f := openFake()
	id := f.arrive(nil)
	old := f.arrive(func(p *camp.Post) { p.ReplyTo, p.Root, p.Body = id, id, "<p>older</p>" })
	f.mu.Lock()
	hidden := f.posts[old]
	delete(f.posts, old)
	f.mu.Unlock()
	mine := say(t, f, mara, "mine, later", id)
	s := newSite(t, f)
	b := &browser{t: t, site: s, cookie: f.signIn(mara), lang: "en"}
	live := html.UnescapeString(regexp.MustCompile(`data-live="([^"]+)"`).FindStringSubmatch(b.want(b.get("/post/"+id.String()), 200))[1])
	query := strings.TrimPrefix(live, "/live")
	events, cut := watch(t, f, s, b.cookie, query, "")
	next(t, events, "unread")
	f.mu.Lock()
	f.posts[old] = hidden
	f.publish(camp.Event{Kind: camp.EventPost, Post: old, Root: id, Member: ana})
	f.mu.Unlock()
	if e := next(t, events, "post"); !strings.Contains(e.data, "older") || strings.Contains(e.data, mine.String()+`\" data`) {
		t.Errorf("got %s", e.data)
	}
	cut()
	// A page that held only its own answer gets what came before its stream opened.
	events, _ = watch(t, f, s, b.cookie, query, "")
	if e := next(t, events, "post"); !strings.Contains(e.data, "older") {
		t.Errorf("got %s", e.data)
	}
}

func TestNoticesOfTheWiderWorld(t *testing.T) {
	f := openFake()
	id := say(t, f, mara, "mine", 0)
	view, err := (*fakePosts)(f).Post(t.Context(), camp.Actor{Member: mara}, id)
	if err != nil {
		t.Fatal(err)
	}
	for i, k := range []camp.NoticeKind{camp.NoticeBoost, camp.NoticePoll} {
		f.notices[mara] = append(f.notices[mara], camp.NoticeView{ID: camp.NoticeID(9 - i), Kind: k, From: f.remotes[ana].Shown(), At: f.now, Post: &view})
	}
	b := f.browser(t, mara)
	w := b.get("/for-you")
	checkPage(t, "en", w)
	b.want(w, 200, "passed on what you wrote", "the votes are in", "/@ana@far.example")
}

// Every page of a camp that talks with others, in both languages.
func TestOpenPages(t *testing.T) {
	for _, lang := range []string{"en", "nl"} {
		f := openFake()
		m := f.members[mara]
		m.Language = lang
		f.members[mara] = m
		id := f.arrive(func(p *camp.Post) {
			p.Poll = &camp.Poll{Choices: []camp.Choice{{Text: "yes", Votes: 3}, {Text: "no", Votes: 1}}, Voters: 4, Multiple: true, Ends: f.now.Add(-time.Hour)}
			p.Files = []camp.File{{URL: "https://far.example/a.png", Alt: "a lake"}, {URL: "https://far.example/a.mp4", Type: "video/mp4"}}
		})
		b := f.browser(t, mara)
		b.lang = lang
		b.post("/post", "text", "to everyone", "audience", "public")
		var own camp.PostID
		for x, p := range f.posts {
			if p.Author == mara {
				own = x
			}
		}
		for _, path := range []string{
			"/", "/home", "/home?before=" + own.String(), "/?quote=" + own.String(), "/post/" + id.String(), "/post/" + own.String(), "/post/" + own.String() + "/edit",
			"/post/" + own.String() + "/narrow", "/post/" + own.String() + "/delete",
		} {
			t.Run(lang+path, func(t *testing.T) {
				w := b.get(path)
				b.want(w, 200)
				checkPage(t, lang, w)
			})
		}
	}
}

// A like with a sign is offered on the page of a post, taken, and shown to the author.
func TestSignOfALike(t *testing.T) {
	f := openFake()
	id := f.arrive(nil)
	b := f.browser(t, mara)
	at := "/post/" + id.String()
	b.want(b.get(at), 200, "Like it with a sign", `formaction="`+at+`/like" name="sign" value="🎉"`)
	if page := b.want(b.get("/home"), 200); strings.Contains(page, `name="sign"`) {
		t.Error("a list offers signs for each post: that makes pages long")
	}
	b.want(b.post(at+"/like", "sign", "🎉"), http.StatusSeeOther)
	if w := b.post(at+"/like", "sign", "two words"); w.Code == http.StatusSeeOther {
		t.Error("two words are taken as a sign")
	}
	b.want(b.post(at+"/like", "on", "0"), http.StatusSeeOther)
	if !slices.Equal(f.signs, []string{"🎉"}) {
		t.Errorf("signs %q", f.signs)
	}
	mine := say(t, f, mara, "mine", 0)
	if page := b.want(b.get("/post/"+mine.String()), 200); strings.Contains(page, `name="sign"`) {
		t.Error("one's own post offers signs")
	}
	view, err := (*fakePosts)(f).Post(t.Context(), camp.Actor{Member: mara}, mine)
	if err != nil {
		t.Fatal(err)
	}
	for i, sign := range []string{"🌱", "<b>", ":blob:"} {
		f.notices[mara] = append(f.notices[mara], camp.NoticeView{ID: camp.NoticeID(9 - i), Kind: camp.NoticeFavourite, From: f.remotes[ana].Shown(), At: f.now, Post: &view, Sign: sign})
	}
	page := b.want(b.get("/for-you"), 200, `<span class="sign">🌱</span>`)
	if n := strings.Count(page, `class="sign"`); n != 1 {
		t.Errorf("%d signs are shown", n)
	}
}
