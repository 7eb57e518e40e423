//go:build netns

package main_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
)

// Nothing of what is for the camp alone reaches a server whose people follow
// everybody here, nor is shown to anybody who asks, with a signature of that
// server or without; and the same done for everybody is found, so that the test is
// not blind (community.md 3.2).
func TestLabNothingLeaks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "camp1.test", "peer1.test")
	dir := filepath.Join(t.TempDir(), "data")
	ana := w.serveIn(dir, "camp1.test", "ana")
	bea := w.peer("peer1.test", "--whole")
	ana.ctl("member", "add", "mia")
	mia := *ana
	mia.token = ana.ctl("token", "mia")["token"].(string)
	for _, who := range []string{"ana", "mia"} {
		bea.do("follow", map[string]any{"who": "@" + who + "@camp1.test"})
	}
	ana.follow("@bea@peer1.test")
	l := &leak{w: w, ana: ana, mia: &mia, bea: bea, chance: rand.New(rand.NewPCG(20261130, 1))}

	const inner = "zqxvkjwpbhtrnmgdylfc" // 20 letters that nobody writes
	l.surfaces(inner, "camp")
	l.wander(inner, 500)
	l.passed("the first sentinel")
	l.ask(inner)
	l.received(inner, false)

	ana.end() // nothing of it is told later, either
	again := w.serveIn(dir, "camp1.test", "ana")
	l.ana, l.mia.web, l.mia.http, l.mia.running = again, again.web, again.http, again.running
	l.passed("the second sentinel")
	l.ask(inner)
	l.received(inner, false)

	const open = "cflydgmnrthbpwjkvxqz"
	l.surfaces(open, "public")
	l.passed("the third sentinel")
	l.received(open, true)
	l.finds(open)
	l.received(inner, false)
}

// storedID is the id by which a picture is kept, within its address.
var storedID = regexp.MustCompile(`\b[a-z0-9]{26}\b`)

type leak struct {
	w        *world
	ana, mia *camped
	bea      *peer
	chance   *rand.Rand

	posts, files         []string // ids of what is for the camp
	openPosts, openFiles []string // and of what is for everybody
}

func (l *leak) kind(audience string) url.Values {
	if audience == "camp" {
		return url.Values{"local_only": {"true"}}
	}
	return url.Values{}
}

func with(v url.Values, more ...string) url.Values {
	out := url.Values{}
	for k, x := range v {
		out[k] = x
	}
	for i := 0; i+1 < len(more); i += 2 {
		out.Add(more[i], more[i+1])
	}
	return out
}

// surfaces puts the marker into every place that a post has.
func (l *leak) surfaces(marker, audience string) {
	t := l.w.t
	t.Helper()
	base := l.kind(audience)
	write := func(c *camped, text string, more ...string) string {
		id, _ := c.post(text, "public", with(base, more...))
		if audience == "camp" {
			l.posts = append(l.posts, id)
		} else {
			l.openPosts = append(l.openPosts, id)
		}
		return id
	}
	l.named(marker, audience, write)
	write(l.ana, "a small picture by its name, emoji :"+marker+":")
	first := write(l.ana, "text "+marker+" #"+marker)
	write(l.ana, "below the note", "spoiler_text", "note "+marker)
	file := l.upload(l.ana, marker+".png", "alt "+marker)
	shown := l.ana.one("GET", "/api/v1/statuses/"+write(l.ana, "with a picture", "media_ids[]", file), nil)
	use := storedID.FindString(shown["media_attachments"].([]any)[0].(map[string]any)["url"].(string))
	if _, err := camp.ParseMediaID(use); err != nil {
		t.Fatalf("no id of the stored picture in %v", shown["media_attachments"])
	}
	poll := write(l.ana, "a poll", "poll[options][]", "choice "+marker, "poll[options][]", "another", "poll[expires_in]", "86400")
	reply := write(l.mia, "reply "+marker, "in_reply_to_id", first)
	edited := write(l.ana, "before")
	l.ana.api("PUT", "/api/v1/statuses/"+edited, url.Values{"status": {"edit " + marker}})
	gone := write(l.ana, "gone "+marker)
	if audience == "camp" {
		l.files = append(l.files, file, use)
	} else {
		l.openFiles = append(l.openFiles, use)
	}
	for _, id := range []string{first, reply, poll} {
		l.mia.api("POST", "/api/v1/statuses/"+id+"/favourite", url.Values{})
		l.mia.api("POST", "/api/v1/statuses/"+id+"/bookmark", url.Values{})
		status, _ := l.mia.ask("POST", "/api/v1/statuses/"+id+"/reblog", url.Values{})
		if audience == "camp" && status < 400 {
			t.Errorf("a camp post was passed on: %d", status)
		}
	}
	l.mia.ask("POST", "/api/v1/statuses/"+poll+"/pin", url.Values{})
	l.ana.ask("POST", "/api/v1/statuses/"+first+"/pin", url.Values{})
	if p, _ := l.mia.one("GET", "/api/v1/statuses/"+poll, nil)["poll"].(map[string]any); p != nil {
		l.mia.api("POST", "/api/v1/polls/"+p["id"].(string)+"/votes", url.Values{"choices[]": {"0"}})
	}
	if audience != "camp" {
		time.Sleep(time.Second) // what is told and taken back at once is not told at all
	}
	l.ana.api("DELETE", "/api/v1/statuses/"+gone, nil)
}

// upload sends a picture.
func (l *leak) upload(c *camped, name, alt string) string {
	t := l.w.t
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range 40 * 30 {
		img.Set(i%40, i/40, color.RGBA{byte(l.chance.IntN(256)), 90, 60, 255})
	}
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(part, img); err != nil {
		t.Fatal(err)
	}
	_ = m.WriteField("description", alt)
	_ = m.Close()
	r, err := http.NewRequest("POST", c.web+"/api/v2/media", &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Content-Type", m.FormDataContentType())
	res, err := c.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var v map[string]any
	if err := json.NewDecoder(res.Body).Decode(&v); err != nil || v["id"] == nil {
		t.Fatalf("upload: %d %v %v", res.StatusCode, v, err)
	}
	return v["id"].(string)
}

// wander does one thing after the other with camp posts, in an order of chance.
func (l *leak) wander(marker string, steps int) {
	some := func() string { return l.posts[l.chance.IntN(len(l.posts))] }
	for step := range steps {
		c := l.ana
		if l.chance.IntN(2) == 0 {
			c = l.mia
		}
		text := fmt.Sprintf("step %d %s", step, marker)
		switch l.chance.IntN(8) {
		case 0:
			id, _ := c.post(text, "public", url.Values{"local_only": {"true"}})
			l.posts = append(l.posts, id)
		case 1:
			if status, v := c.ask("POST", "/api/v1/statuses", url.Values{"status": {text}, "in_reply_to_id": {some()}, "visibility": {"public"}}); status == 200 {
				l.posts = append(l.posts, v.(map[string]any)["id"].(string))
			}
		case 2:
			c.ask("PUT", "/api/v1/statuses/"+some(), url.Values{"status": {text}})
		case 3:
			c.ask("POST", "/api/v1/statuses/"+some()+"/reblog", url.Values{})
		case 4:
			if len(l.posts) > 20 {
				c.ask("DELETE", "/api/v1/statuses/"+some(), nil)
			}
		case 5:
			c.ask("POST", "/api/v1/statuses/"+some()+"/pin", url.Values{})
		case 6:
			c.ask("POST", "/api/v1/statuses/"+some()+"/favourite", url.Values{})
		case 7:
			c.ask("POST", "/api/v1/statuses/"+some()+"/unfavourite", url.Values{})
		}
	}
}

// passed waits until all that was told before has arrived: a post for everybody
// that goes the same way behind it.
func (l *leak) passed(text string) {
	l.w.t.Helper()
	mark := l.bea.mark()
	l.ana.post(text, "public", nil)
	l.bea.act(mark, "Create", text)
	l.mia.post(text+" too", "public", nil)
	l.bea.act(mark, "Create", text+" too")
	time.Sleep(time.Second)
}

// received looks at every byte that the other server got.
func (l *leak) received(marker string, want bool) {
	l.w.t.Helper()
	l.bea.mu.Lock()
	defer l.bea.mu.Unlock()
	found := map[string]bool{}
	for _, e := range l.bea.events {
		raw, err := json.Marshal(e)
		if err != nil {
			l.w.t.Fatal(err)
		}
		if e["event"] != "asked" && e["event"] != "got" || !bytes.Contains(raw, []byte(marker)) {
			continue
		}
		if !want {
			l.w.t.Errorf("the other server got %.2000s", raw)
			continue
		}
		for _, place := range append(places, "gone ") {
			if bytes.Contains(raw, []byte(place+marker)) {
				found[place] = true
			}
		}
	}
	if want && len(found) != len(places)+1 {
		l.w.t.Errorf("the control found the marker only in %v", found)
	}
}

// ask asks for everything, unsigned and signed by the other server.
func (l *leak) ask(marker string) {
	t := l.w.t
	t.Helper()
	strange, signed := l.stranger(), l.signed
	const never = "117000000000000001"
	ids := slices.Clone(l.posts[:min(len(l.posts), 12)])
	for who, get := range map[string]func(path, accept string) seenAnswer{"a stranger": strange, "their server": signed} {
		for _, accept := range []string{"application/activity+json", "text/html"} {
			for _, pattern := range []string{
				"/ap/-/p/%s", "/ap/-/p/%s/replies", "/ap/-/p/%s/likes", "/ap/-/p/%s/shares", "/ap/-/p/%s/context", "/ap/-/a/%s", "/ap/-/s/%s", "/@ana/%s", "/@mia/%s",
				"/post/%s", "/post/%s/history", "/post/%s/likes", "/api/v1/statuses/%s", "/api/v1/statuses/%s/context", "/api/v1/polls/%s", "/@ana/%s/embed", "/oembed?url=https://camp1.test/@ana/%s",
			} {
				none := get(fmt.Sprintf(pattern, never), accept)
				if signedOnly := who == "their server" && accept == "text/html"; signedOnly {
					continue // the other server's program asks for documents alone
				}
				for _, id := range ids {
					got := get(fmt.Sprintf(pattern, id), accept)
					if got.fixed(id) != none.fixed(never) {
						t.Errorf("%s asks for "+pattern+" as %s:\n%s\nwant as for what never was:\n%s", who, id, accept, got.fixed(id), none.fixed(never))
					}
				}
			}
			for _, path := range l.addresses(marker) {
				if got := get(path, accept); strings.Contains(strings.ToLower(got.fixed("")), marker) {
					t.Errorf("%s finds the marker at %s: %s", who, path, got.fixed(""))
				}
			}
		}
	}
}

// signed asks as the other server, with a good signature.
func (l *leak) signed(path, accept string) seenAnswer {
	l.w.t.Helper()
	a := l.bea.do("raw", map[string]any{"url": "https://camp1.test" + path, "form": "old", "accept": accept})
	h := http.Header{}
	for k, v := range a["headers"].(map[string]any) {
		h.Set(k, fmt.Sprint(v))
	}
	return seenAnswer{int(a["status"].(float64)), h, a["body"].(string)}
}

// addresses are all that show more than one thing.
func (l *leak) addresses(marker string) []string {
	list := []string{
		"/", "/.well-known/nodeinfo", "/nodeinfo/2.0", "/nodeinfo/2.1", "/.well-known/host-meta", "/.well-known/webfinger?resource=acct:ana@camp1.test",
		"/ap/-", "/ap/-/outbox", "/robots.txt", "/sitemap.xml", "/feed", "/rss", "/tag/" + marker, "/search?q=" + marker, "/home", "/people", "/log", "/kept",
		"/api/v1/instance", "/api/v2/instance", "/api/v1/timelines/public", "/api/v1/timelines/home", "/api/v1/timelines/tag/" + marker, "/api/v2/search?q=" + marker,
		"/api/v1/accounts/search?q=" + marker, "/api/v1/custom_emojis", "/api/v1/directory", "/api/v1/trends/tags", "/api/v1/trends/statuses",
	}
	for _, who := range []string{"ana", "mia"} {
		list = append(list, "/@"+who, "/@"+who+".rss", "/@"+who+".atom", "/users/"+who, "/ap/"+who)
		for _, what := range []string{"outbox", "outbox?page=true", "followers", "following", "featured", "tags", "inbox"} {
			list = append(list, "/ap/"+who+"/"+what)
		}
	}
	for _, f := range l.files {
		list = append(list, "/ap/-/m/"+f, "/media/"+f, "/media/"+f+"/small", "/api/v1/media/"+f)
	}
	return list
}

// seenAnswer is what somebody got.
type seenAnswer struct {
	status int
	header http.Header
	body   string
}

// fixed is the answer without what differs from second to second, and without the
// id that was asked for.
func (a seenAnswer) fixed(id string) string {
	h := a.header.Clone()
	for _, k := range []string{"Date", "X-Request-Id", "X-Ratelimit-Reset", "X-Ratelimit-Remaining", "Connection", "Keep-Alive"} {
		h.Del(k)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d\n", a.status)
	_ = h.Write(&b)
	b.WriteString(a.body)
	if id == "" {
		return b.String()
	}
	return strings.ReplaceAll(b.String(), id, "ID")
}

// stranger asks from another computer, without a signature.
func (l *leak) stranger() func(path, accept string) seenAnswer {
	t := l.w.t
	t.Helper()
	raw, err := os.ReadFile(l.w.file("ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(raw)
	dial := l.w.spots["peer1.test"].dial
	client := &http.Client{
		Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "camp1.test"}},
	}
	return func(path, accept string) seenAnswer {
		r, err := http.NewRequest("GET", "https://10.77.0.11"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = "camp1.test"
		r.Header.Set("Accept", accept)
		return answered(t, client, r)
	}
}

func answered(t *testing.T, client *http.Client, r *http.Request) seenAnswer {
	t.Helper()
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return seenAnswer{res.StatusCode, res.Header, string(body)}
}
