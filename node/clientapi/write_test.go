package clientapi

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
)

func TestIdempotency(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	_, joost := g.add("joost")
	pic := str(g.ask(g.mia, "POST", "/api/v2/media", newParts().file("file", aPond(t))).object(), "id")
	form := url.Values{"status": {"once"}, "media_ids[]": {pic}}
	first := str(g.ask(g.mia, "POST", "/api/v1/statuses", form, "Idempotency-Key", "k").object(), "id")
	g.clock.add(59 * time.Minute)
	again := g.ask(g.mia, "POST", "/api/v1/statuses", form, "Idempotency-Key", "k")
	want(t, "again", str(again.object(), "id"), first)
	want(t, "posts", len(g.get(g.mia, "/api/v1/timelines/home").list()), 1)
	other := g.ask(joost, "POST", "/api/v1/statuses", url.Values{"status": {"once"}}, "Idempotency-Key", "k").object()
	want(t, "of somebody else", str(other, "id") == first, false)
	g.ask(g.mia, "POST", "/api/v1/statuses", form, "Idempotency-Key", "other").want(404) // the picture is taken
	g.clock.add(2 * time.Hour)
	later := g.ask(g.mia, "POST", "/api/v1/statuses", url.Values{"status": {"once"}}, "Idempotency-Key", "k").object()
	want(t, "two hours later", str(later, "id") == first, false)
	g.ask(g.mia, "POST", "/api/v1/statuses", url.Values{"status": {"long key"}}, "Idempotency-Key", strings.Repeat("k", 2000)).want(200)
}

// A picture and what it shows, from the upload to a changed post.
func TestMediaOfPost(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	_, joost := g.add("joost")
	up := func(alt string) map[string]any {
		return g.ask(g.mia, "POST", "/api/v2/media", newParts("description", alt, "focus", "0.1,0.2").file("thumbnail", []byte("x")).file("file", aLake(t))).object()
	}
	one, two := up("one"), up("")
	want(t, "described", str(one, "description"), "one")
	want(t, "not described", two["description"], any(nil))
	blur := str(one, "blurhash")
	if len(blur) != 28 || blurOf(blur) != blur {
		t.Errorf("blurhash: %q", blur)
	}
	v := g.ask(g.mia, "PUT", "/api/v1/media/"+str(two, "id"), `{"description":"two"}`).object()
	want(t, "described later", str(v, "description"), "two")
	g.ask(g.mia, "PUT", "/api/v1/media/"+str(two, "id"), url.Values{"description": {strings.Repeat("x", 1501)}}).want(422)
	g.get(joost, "/api/v1/media/"+str(two, "id")).want(404)
	g.ask(joost, "PUT", "/api/v1/media/"+str(two, "id"), url.Values{"description": {"mine"}}).want(404)

	post := g.ask(g.mia, "POST", "/api/v1/statuses", `{"media_ids":["`+str(one, "id")+`","`+str(two, "id")+`"]}`).object()
	id := str(post, "id")
	list, _ := post["media_attachments"].([]any)
	if len(list) != 2 {
		t.Fatalf("attachments: %v", list)
	}
	for i, alt := range []string{"one", "two"} {
		m, _ := list[i].(map[string]any)
		want(t, "alt", str(m, "description"), alt)
		want(t, "blurhash of the post", str(m, "blurhash"), blur)
		want(t, "size", str(m, "meta", "original", "size"), "800x400")
		want(t, "small size", str(m, "meta", "small", "size"), "640x320")
		for _, k := range []string{"url", "preview_url"} {
			a := g.get("", strings.TrimPrefix(str(m, k), base)).want(200)
			want(t, k, a.Header.Get("Content-Type"), "image/png")
		}
	}
	g.get(g.mia, "/api/v1/media/"+str(one, "id")).want(404) // only before posting

	// Changing the text leaves the pictures; their description can be changed, and one taken away.
	v = g.ask(g.mia, "PUT", "/api/v1/statuses/"+id, url.Values{"status": {"now with words"}}).object()
	want(t, "after the text", len(v["media_attachments"].([]any)), 2)
	v = g.ask(g.mia, "PUT", "/api/v1/statuses/"+id, url.Values{"status": {"now with words"}, "media_ids[]": {str(two, "id")}, "media_attributes[][id]": {str(two, "id")}, "media_attributes[][description]": {"a pond"}}).object()
	list, _ = v["media_attachments"].([]any)
	want(t, "one left", len(list), 1)
	want(t, "alt changed", str(list[0].(map[string]any), "description"), "a pond")
	v = g.ask(g.mia, "PUT", "/api/v1/statuses/"+id, `{"status":"no picture","media_ids":[],"media_attributes":[{"id":"1","description":"x"}]}`).object()
	want(t, "none left", len(v["media_attachments"].([]any)), 0)
	history := g.get(joost, "/api/v1/statuses/"+id+"/history").list()
	want(t, "states", len(history), 4)
	want(t, "first state", len(history[0]["media_attachments"].([]any)), 2)
	want(t, "last state", str(history[3], "content"), "<p>no picture</p>")
}

// Deleting answers with what was typed, and takes away.
func TestDeleteAndRedraft(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	const typed = "Line one & <b>\nline \"two\" #tag"
	id := g.write(g.mia, typed, "spoiler_text", "note")
	shown := g.get(g.mia, "/api/v1/statuses/"+id).object()
	want(t, "text before", shown["text"], any(nil))
	want(t, "content", str(shown, "content"), `<p>Line one &amp; &lt;b&gt;<br>line &#34;two&#34; <a href="`+base+`/tag/tag" class="mention hashtag" rel="tag">#<span>tag</span></a></p>`)
	want(t, "source", str(g.get(g.mia, "/api/v1/statuses/"+id+"/source").object(), "text"), typed)
	gone := g.ask(g.mia, "DELETE", "/api/v1/statuses/"+id, nil).object()
	want(t, "text", str(gone, "text"), typed)
	want(t, "note", str(gone, "spoiler_text"), "note")
	g.get(g.mia, "/api/v1/statuses/"+id).want(404)
	g.ask(g.mia, "DELETE", "/api/v1/statuses/"+id, nil).want(404)
}

func TestMarks(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.outside = true
	_, joost := g.add("joost")
	id := g.write(g.mia, "like me", "visibility", "public")
	for _, row := range []struct{ on, off, flag, count string }{
		{"favourite", "unfavourite", "favourited", "favourites_count"},
		{"bookmark", "unbookmark", "bookmarked", ""},
	} {
		for range 2 { // twice is as once
			v := g.send(joost, "/api/v1/statuses/"+id+"/"+row.on).object()
			want(t, row.on, v[row.flag], any(true))
			if row.count != "" {
				want(t, row.count, v[row.count].(interface{ String() string }).String(), "1")
			}
		}
		want(t, "of somebody else", g.get(g.mia, "/api/v1/statuses/"+id).object()[row.flag], any(false))
		want(t, row.off, g.send(joost, "/api/v1/statuses/"+id+"/"+row.off).object()[row.flag], any(false))
	}
	boost := g.send(joost, "/api/v1/statuses/"+id+"/reblog").object()
	want(t, "wrapper", str(boost, "id") == id, false)
	want(t, "wrapped", str(boost, "reblog", "id"), id)
	want(t, "by", str(boost, "account", "username"), "joost")
	want(t, "author", str(boost, "reblog", "account", "username"), "mia")
	want(t, "flag", boost["reblog"].(map[string]any)["reblogged"], any(true))
	again := g.send(joost, "/api/v1/statuses/"+id+"/reblog").object()
	want(t, "twice is as once", str(again, "id"), str(boost, "id"))
	// A mark on the wrapper is one on the post.
	v := g.send(joost, "/api/v1/statuses/"+str(boost, "id")+"/favourite").object()
	want(t, "marked", str(v, "id"), id)
	back := g.send(joost, "/api/v1/statuses/"+str(boost, "id")+"/unreblog").object()
	want(t, "unreblog", str(back, "id"), id)
	want(t, "reblog", back["reblog"], any(nil))
	g.get(joost, "/api/v1/statuses/"+str(boost, "id")).want(404)
}

// The conversation: what is above oldest first, all levels below, depth first.
func TestContext(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	a := g.write(g.mia, "a")
	b := g.write(g.mia, "b", "in_reply_to_id", a)
	c := g.write(g.mia, "c", "in_reply_to_id", b)
	d := g.write(g.mia, "d", "in_reply_to_id", c)
	g.write(g.mia, "e", "in_reply_to_id", b)
	g.write(g.mia, "f", "in_reply_to_id", d)
	v := g.get(g.mia, "/api/v1/statuses/"+b+"/context").object()
	as := func(k string) string {
		var list []map[string]any
		for _, x := range v[k].([]any) {
			list = append(list, x.(map[string]any))
		}
		return texts(list)
	}
	want(t, "above", as("ancestors"), "a")
	want(t, "below", as("descendants"), "c|d|f|e")
	v = g.get(g.mia, "/api/v1/statuses/"+d+"/context").object()
	want(t, "above d", as("ancestors"), "a|b|c")
	one := g.get(g.mia, "/api/v1/statuses/"+b).object()
	want(t, "answers", str(one, "in_reply_to_id"), a)
	want(t, "whom", str(one, "in_reply_to_account_id"), g.host.Member.String())
	g.ask(g.mia, "DELETE", "/api/v1/statuses/"+a, nil).want(200)
	want(t, "what it answered is gone", g.get(g.mia, "/api/v1/statuses/"+b).object()["in_reply_to_id"], any(nil))
}

// Mentions and tags in the text have the addresses that stand beside it.
func TestContentNamesWhatStandsBeside(t *testing.T) {
	t.Parallel()
	f := newFull(t)
	v := f.send(f.mia, "/api/v1/statuses", "status", "Hi @Joost, @nobody and @ana@far.example: #Rosés at https://x.example/a?b=1&c=2 <script>", "visibility", "public").object()
	content := str(v, "content")
	for _, k := range []string{"mentions", "tags"} {
		for _, x := range v[k].([]any) {
			u := str(x.(map[string]any), "url")
			if !strings.Contains(content, `href="`+strings.ReplaceAll(u, "&", "&amp;")+`"`) {
				t.Errorf("%s %s is not in %s", k, u, content)
			}
		}
	}
	want(t, "mentions", len(v["mentions"].([]any)), 2)
	want(t, "acct", str(v["mentions"].([]any)[1].(map[string]any), "acct"), "ana@far.example")
	want(t, "username", str(v["mentions"].([]any)[1].(map[string]any), "username"), "ana")
	want(t, "tag", str(v["tags"].([]any)[0].(map[string]any), "name"), "rosés")
	for _, part := range []string{
		`<span class="h-card"><a href="` + base + `/@joost" class="u-url mention">@<span>Joost</span></a></span>`,
		`@nobody and`, `&lt;script&gt;`, `<a href="https://x.example/a?b=1&amp;c=2" rel="nofollow noopener" target="_blank">x.example/a?b=1&amp;c=2</a>`,
	} {
		if !strings.Contains(content, part) {
			t.Errorf("%s lacks %s", content, part)
		}
	}
	// In a camp post people elsewhere stay plain text (community.md 3.1, 8).
	v = f.send(f.mia, "/api/v1/statuses", "status", "@ana@far.example").object()
	want(t, "plain", str(v, "content"), "<p>@ana@far.example</p>")
	want(t, "nobody named", len(v["mentions"].([]any)), 0)
}

// What came from elsewhere: its pictures come by way of the camp, so that nobody's app fetches them from there.
func TestPostFromElsewhere(t *testing.T) {
	t.Parallel()
	f := newFull(t)
	v := f.get(f.mia, "/api/v1/statuses/"+f.far.String()).object()
	want(t, "content", str(v, "content"), `<p><strong>Title</strong></p><p>one</p>`)
	want(t, "uri", str(v, "uri"), f.ana.URI+"/one")
	want(t, "acct", str(v, "account", "acct"), "ana@far.example")
	want(t, "attachments", len(v["media_attachments"].([]any)), 1)
	want(t, "local_only", v["local_only"], any(false))
	for _, path := range []string{"/api/v1/statuses/" + f.far.String(), "/api/v1/accounts/" + f.ana.ID.String(), "/api/v1/timelines/home"} {
		body := string(f.get(f.mia, path).body)
		for _, k := range []string{`"avatar":"https://far`, `"url":"https://far.example/f.jpg`, `"preview_url":"https://far`} {
			if strings.Contains(body, k) {
				t.Errorf("%s has %s", path, k)
			}
		}
	}
	quoting := f.get(f.mia, "/api/v1/accounts/"+f.host.Member.String()+"/statuses").list()
	want(t, "quote", str(quoting[0], "quote", "state"), "accepted")
	want(t, "quoted", str(quoting[0], "quote", "quoted_status", "id"), f.far.String())
}

// Following, as the load generator and apps do it.
func TestFollowing(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.outside = true
	ana := g.remote("ana", "far.example")
	v := g.get(g.mia, "/api/v2/search?type=accounts&resolve=true&limit=1&q=%40ana%40far.example").object()
	id := str(v["accounts"].([]any)[0].(map[string]any), "id")
	want(t, "found", id, ana.ID.String())
	want(t, "nobody was asked", len(g.finder.asked), 0)
	rel := g.send(g.mia, "/api/v1/accounts/"+id+"/follow", "reblogs", "false").object()
	want(t, "requested", rel["requested"], any(true))
	want(t, "following", rel["following"], any(false))
	g.follows(g.host, ana)
	rel = g.get(g.mia, "/api/v1/accounts/relationships?id[]="+id).list()[0]
	want(t, "following", rel["following"], any(true))
	rel = g.send(g.mia, "/api/v1/accounts/"+id+"/follow", "reblogs", "false").object()
	want(t, "without boosts", rel["showing_reblogs"], any(false))
	rel = g.send(g.mia, "/api/v1/accounts/"+id+"/follow").object()
	want(t, "nothing said: as before", rel["showing_reblogs"], any(false))
	rel = g.send(g.mia, "/api/v1/accounts/"+id+"/unfollow").object()
	want(t, "unfollowed", rel["following"], any(false))
	g.send(g.mia, "/api/v1/accounts/"+g.host.Member.String()+"/follow").want(422)
	g.send(g.mia, "/api/v1/accounts/123456789012345678/follow").want(404)
}

// Beyond the camp is looked only where that was asked for, and something may leave.
func TestResolve(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	ben := camp.Remote{ID: 123456789012345678, URI: "https://new.example/ben", Domain: "new.example", At: "new.example", Name: "ben", Fetched: g.clock.now()}
	g.finder.people["@ben@new.example"], g.finder.people["https://new.example/ben"] = ben, ben
	found := func(q string) int {
		v := g.get(g.mia, "/api/v2/search?"+q).object()
		return len(v["accounts"].([]any))
	}
	want(t, "a silent camp", found("q=@ben@new.example&resolve=true"), 0)
	g.outside = true
	want(t, "not asked for", found("q=@ben@new.example"), 0)
	want(t, "asked nobody", len(g.finder.asked), 0)
	want(t, "asked for", found("q=@ben@new.example&resolve=True"), 1)
	want(t, "by address", found("q=https://new.example/ben&resolve=1"), 1)
	want(t, "nobody there", found("q=@eve@new.example&resolve=true"), 0)
	g.level["new.example"] = camp.LevelFirewall
	want(t, "kept away", found("q=@ben@new.example&resolve=true"), 0)
	id := g.write(g.mia, "ours")
	asked := len(g.finder.asked)
	v := g.get(g.mia, "/api/v2/search?resolve=true&type=statuses&q="+url.QueryEscape(base+"/post/"+id)).object()
	want(t, "our own post", str(v["statuses"].([]any)[0].(map[string]any), "id"), id)
	want(t, "our own person", found("resolve=true&q="+url.QueryEscape(base+"/@mia")), 1)
	want(t, "asked nobody about our own", len(g.finder.asked), asked)
	g.get(g.mia, "/api/v2/search?resolve=true&type=statuses&q=https://new.example/gone").want(200)
}
