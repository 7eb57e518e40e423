package clientapi

import (
	"bytes"
	"image"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/posts"
	"camp/store"
)

// gallery is a camp that knows somebody elsewhere with pictures, and a post of
// theirs with some.
type gallery struct {
	*rig
	ana  camp.Remote
	post camp.PostID
}

func newGallery(t testing.TB) *gallery {
	t.Helper()
	g := &gallery{rig: newRig(t)}
	g.outside = true
	for _, at := range []string{"https://cdn.example/face.png", "https://far.example/top.png", "https://far.example/lake.png", "https://cdn.example/cat.png", "https://far.example/blob.png"} {
		g.files[at] = append(aLake(t), "secret place"...)
	}
	g.files["https://far.example/film"] = []byte("\x00\x00\x00\x18ftypmp42 a film")
	was := g.remote("ana", "far.example")
	g.ana = was
	g.ana.Display, g.ana.Face, g.ana.Banner = "Ana :blob:", "https://cdn.example/face.png", "https://far.example/top.png"
	g.ana.Emoji = []camp.Emoji{{Code: "blob", URL: "https://far.example/blob.png"}, {Code: "unused", URL: "https://far.example/unused.png"}}
	if err := g.db.Update(t.Context(), func(tx *store.Tx) error { return tx.PutRemote(g.ana, &was) }); err != nil {
		t.Fatal(err)
	}
	g.follows(g.host, g.ana)
	g.post = g.arrive(g.ana, "1", func(a *posts.Arrival) {
		a.Asked, a.Post.Body = false, "<p>the lake :cat:</p>"
		a.Post.Audience = camp.AudienceFollowers
		a.Post.Emoji = []camp.Emoji{{Code: "cat", URL: "https://cdn.example/cat.png"}, {Code: "dog", URL: "https://cdn.example/dog.png"}}
		a.Post.Files = []camp.File{
			{URL: "https://far.example/lake.png", Type: "image/png", Alt: "a lake", Width: 1280, Height: 640, Blur: "LEHV6nWB2yk8pyo0adR*.7kCMdnj", FocusX: -0.5, FocusY: 0.25},
			{URL: "https://far.example/film", Type: "video/mp4", Blur: `"><b>`, FocusX: 7},
			{URL: "https://far.example/paper", Type: "application/pdf", Alt: "a paper"},
		}
	})
	return g
}

// path is an address without scheme and host, which must be the camp's.
func path(t *testing.T, address string) string {
	t.Helper()
	p, ours := strings.CutPrefix(address, base)
	if !ours {
		t.Fatalf("%q does not lie in the camp", address)
	}
	return p
}

func things(v any) []map[string]any {
	var out []map[string]any
	for _, x := range v.([]any) {
		out = append(out, x.(map[string]any))
	}
	return out
}

func TestFarAttachments(t *testing.T) {
	t.Parallel()
	g := newGallery(t)
	v := g.get(g.mia, "/api/v1/statuses/"+g.post.String()).object()
	list := things(v["media_attachments"])
	if len(list) != 2 {
		t.Fatalf("%d attachments, want a picture and a film", len(list))
	}
	lake, film := list[0], list[1]
	want(t, "type", str(lake, "type"), "image")
	want(t, "alt text", str(lake, "description"), "a lake")
	want(t, "blurhash", str(lake, "blurhash"), "LEHV6nWB2yk8pyo0adR*.7kCMdnj")
	meta := lake["meta"].(map[string]any)
	focus := meta["focus"].(map[string]any)
	want(t, "focus", text(focus["x"])+" "+text(focus["y"]), "-0.5 0.25")
	want(t, "size", str(meta, "original", "size")+" "+str(meta, "small", "size"), "1280x640 640x320")
	want(t, "film", str(film, "type"), "video")
	want(t, "no blurhash from nonsense", film["blurhash"], nil)
	want(t, "no focus from nonsense", text(film["meta"].(map[string]any)["focus"].(map[string]any)["x"]), "0")
	want(t, "film's preview", film["preview_url"], nil)
	if c := str(v, "content"); !strings.Contains(c, "https://far.example/paper") || strings.Contains(c, "lake.png") {
		t.Errorf("a paper is a link, a picture is none: %s", c)
	}
	full := g.get("", path(t, str(lake, "url"))).want(200)
	if bytes.Contains(full.body, []byte("secret place")) {
		t.Error("the picture was not made anew")
	}
	small := g.get("", path(t, str(lake, "preview_url"))).want(200)
	pic, _, err := image.DecodeConfig(bytes.NewReader(small.body))
	if err != nil || pic.Width != smallSide {
		t.Errorf("small version: %+v, %v", pic, err)
	}
	a := g.get("", path(t, str(film, "url"))).want(200)
	want(t, "film's type", a.Header.Get("Content-Type"), "video/mp4")
	want(t, "asked for each once", strings.Join(g.fetched, " "), "https://far.example/lake.png https://far.example/film")
}

func text(v any) string { s, _ := v.(interface{ String() string }); return s.String() }

func TestFarFacesAndEmoji(t *testing.T) {
	t.Parallel()
	g := newGallery(t)
	v := g.get(g.mia, "/api/v1/statuses/"+g.post.String()).object()
	who := v["account"].(map[string]any)
	for _, k := range []string{"avatar", "avatar_static", "header", "header_static"} {
		g.get("", path(t, str(who, k))).want(200)
	}
	if str(who, "avatar") == str(who, "header") {
		t.Error("face and banner are the same")
	}
	for what, e := range map[string]any{"post": v["emojis"], "person": who["emojis"]} {
		list := things(e)
		if len(list) != 1 {
			t.Fatalf("%s: %d signs, want the one that stands in its text", what, len(list))
		}
		g.get("", path(t, str(list[0], "url"))).want(200)
		g.get("", path(t, str(list[0], "static_url"))).want(200)
	}
	want(t, "code", str(things(v["emojis"])[0], "shortcode"), "cat")
	same := g.get(g.mia, "/api/v1/accounts/"+g.ana.ID.String()).object()
	want(t, "alone", str(same, "avatar"), str(who, "avatar"))
}

// No answer names a place elsewhere as that of a picture.
func TestFarAddressesAreOurs(t *testing.T) {
	t.Parallel()
	g := newGallery(t)
	for _, at := range []string{"/api/v1/timelines/home", "/api/v1/accounts/" + g.ana.ID.String(), "/api/v1/statuses/" + g.post.String()} {
		body := string(g.get(g.mia, at).want(200).body)
		for _, f := range []string{"face.png", "top.png", "lake.png", "far.example/film", "cat.png", "blob.png"} {
			if strings.Contains(body, f) {
				t.Errorf("%s names %s", at, f)
			}
		}
	}
}

// A decision of the camp against the pictures of a server holds at once, also for
// addresses that were given before.
func TestFarKeptAway(t *testing.T) {
	t.Parallel()
	for _, level := range []camp.Level{camp.LevelMedia, camp.LevelBlock, camp.LevelFirewall} {
		t.Run(string(level), func(t *testing.T) {
			t.Parallel()
			g := newGallery(t)
			v := g.get(g.mia, "/api/v1/statuses/"+g.post.String()).object()
			had := addresses(t, v)
			for _, at := range had {
				g.get("", at).want(200)
			}
			g.level["far.example"] = level
			for _, at := range had {
				g.get("", at).want(404)
			}
			if level != camp.LevelMedia {
				g.get(g.mia, "/api/v1/statuses/"+g.post.String()).want(404)
				return
			}
			v = g.get(g.mia, "/api/v1/statuses/"+g.post.String()).object()
			want(t, "attachments", len(things(v["media_attachments"])), 0)
			want(t, "signs", len(things(v["emojis"]))+len(things(v["account"].(map[string]any)["emojis"])), 0)
			for _, k := range []string{"avatar", "header"} {
				if at := str(v, "account", k); strings.Contains(at, farPath) {
					t.Errorf("%s is still shown: %s", k, at)
				}
			}
		})
	}
}

// addresses gives those of all files in a post.
func addresses(t *testing.T, v map[string]any) []string {
	t.Helper()
	who := v["account"].(map[string]any)
	out := []string{path(t, str(who, "avatar")), path(t, str(who, "header"))}
	for _, a := range things(v["media_attachments"]) {
		out = append(out, path(t, str(a, "url")))
	}
	for _, e := range append(things(v["emojis"]), things(who["emojis"])...) {
		out = append(out, path(t, str(e, "url")))
	}
	return out
}

// An address is good for what it was made for, for whom it was made, while they
// may see it, and as long as the same lies there.
func TestFarTickets(t *testing.T) {
	t.Parallel()
	g := newGallery(t)
	tom, tomToken := g.add("tom")
	v := g.get(g.mia, "/api/v1/statuses/"+g.post.String()).object()
	lake := path(t, str(things(v["media_attachments"])[0], "url"))
	face := path(t, str(v, "account", "avatar"))
	ticket := strings.Split(strings.TrimPrefix(lake, farPath), "/")[0]
	toms := string(g.api.tickets.forFar(nil, ticketEnds(g.clock.now(), true), tom.Member, farPost, uint64(g.post)))
	g.get("", lake).want(200)
	for what, at := range map[string]string{
		"another's, who does not follow": strings.Replace(lake, ticket, toms, 1),
		"a ticket for something else":    strings.Replace(face, strings.Split(strings.TrimPrefix(face, farPath), "/")[0], ticket, 1),
		"another place":                  strings.Replace(lake, "/f0-", "/f1-", 1),
		"another mark":                   strings.Replace(lake, "/f0-", "/f0-0", 1),
		"no such size":                   strings.Replace(lake, "/full", "/huge", 1),
		"no ticket":                      strings.Replace(lake, ticket, "x", 1),
		"a long word":                    strings.Replace(lake, "/post/", "/"+strings.Repeat("p", 300)+"/", 1),
	} {
		if at == lake {
			t.Fatalf("%s: the address is as it was", what)
		}
		if a := g.get("", at); a.StatusCode != 404 {
			t.Errorf("%s: status %d", what, a.StatusCode)
		}
	}
	g.get(tomToken, "/api/v1/statuses/"+g.post.String()).want(404)
	g.clock.add(31 * 60 * 60 * 1e9)
	g.get("", lake).want(404)
}

// What takes place, and what is pointed at, stands in the text, by signs.
func TestEventAndLinkInTheText(t *testing.T) {
	t.Parallel()
	g := newGallery(t)
	id := g.arrive(g.ana, "2", func(a *posts.Arrival) {
		a.Post.Title, a.Post.Page, a.Post.Body = "Evening <at> the mill", "https://far.example/e/2", "<p>Come!</p>"
		a.Post.Event = &camp.Occasion{
			Start: time.Date(2026, 12, 5, 19, 0, 0, 0, time.UTC), End: time.Date(2026, 12, 5, 22, 30, 0, 0, time.UTC), Place: "The <mill>", Page: "https://meet.example/mill",
		}
		a.Post.Links = []string{"https://news.example/a?b=1&c=2", "javascript:x"}
	})
	const blank = `rel="nofollow noopener" target="_blank">`
	want(t, "content", str(g.get(g.mia, "/api/v1/statuses/"+id.String()).object(), "content"),
		`<p><a href="https://far.example/e/2" `+blank+`<strong>Evening &lt;at&gt; the mill</strong></a></p><p>📅 2026-12-05 19:00 – 22:30 UTC</p><p>📍 The &lt;mill&gt;</p>`+
			`<p>💻 <a href="https://meet.example/mill" `+blank+`meet.example/mill</a></p><p>Come!</p><p>🔗 <a href="https://news.example/a?b=1&amp;c=2" `+blank+`news.example/a?b=1&amp;c=2</a></p>`)
}
