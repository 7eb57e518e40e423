//go:build browser

package main_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Everything a member does, in a browser that runs no script.
func TestBrowserWithoutScript(t *testing.T) {
	s := serveCamp(t, "The Orchard")
	host, b := newTab(t, look{}), newTab(t, look{noScript: true})
	joost := s.link("joost")
	host.open(s.link("noor"))
	host.write("good evening, @joost, the fire is lit")

	b.open(joost)
	if !eval[bool](b, shows("the fire is lit")) {
		t.Fatalf("home without script shows:\n%s", b.text())
	}
	// First the rules: until then nothing is posted, and no word is lost.
	b.expect("403")
	b.keys(`.composer textarea[name=text]`, "too early by a page")
	b.click(`.composer .row button.btn`)
	b.until("the rules", `document.querySelector("form input[name=rule]")`, 5*time.Second)
	if !eval[bool](b, `[...document.querySelectorAll("textarea, input, .say")].some(e => (e.value || e.textContent).includes("too early by a page"))`) {
		t.Errorf("on the way to the rules the words were lost:\n%s", b.text())
	}
	b.shot("rules-first")
	agree(b, s)
	b.shot("rules-agreed")

	b.open(s.web + "/")
	if eval[bool](b, shows("too early by a page")) {
		t.Error("a post was taken from somebody who had not agreed yet")
	}
	b.write("hello, no script here #quiet")
	mine := b.post("no script here")

	b.open(s.web + "/post/" + host.post("the fire is lit"))
	b.keys(`#answer textarea[name=text]`, "I bring the wood")
	b.click(`#answer .row button.btn`)
	b.until("the reply", shows("I bring the wood"), 5*time.Second)

	b.open(s.web + "/post/" + mine + "/edit")
	b.set(`.composer textarea[name=text]`, "hello, still no script #quiet")
	b.click(`.composer .row button.btn`)
	b.until("the edited text", shows("still no script"), 5*time.Second)
	b.open(s.web + "/post/" + mine + "/history")
	if text := b.text(); !strings.Contains(text, "no script here") || !strings.Contains(text, "still no script") {
		t.Errorf("history without script shows:\n%s", text)
	}

	b.open(s.web + "/")
	for _, deed := range []string{"like", "keep"} {
		on := fmt.Sprintf(`#post-%s button[data-%s]`, mine, deed)
		b.click(on)
		b.until(deed, fmt.Sprintf(`document.querySelector(%s)?.getAttribute("aria-pressed") === "true"`, js(on)), 5*time.Second)
		if got := b.path(); got != "/" {
			t.Errorf("after %s the page is %s", deed, got)
		}
	}
	for path, what := range map[string]string{"/kept-posts": "still no script", "/liked": "still no script", "/tag/quiet": "still no script", "/@joost": "I bring the wood", "/people": "joost"} {
		b.open(s.web + path)
		if text := b.text(); !strings.Contains(text, what) {
			t.Errorf("%s without %q:\n%s", path, what, text)
		}
	}
	b.open(s.web + "/for-you")
	if text := b.text(); !strings.Contains(text, "the fire is lit") {
		t.Errorf("the mention is not under \"For you\":\n%s", text)
	}

	b.open(s.web + "/search")
	b.keys(`form.find input[name=q]`, "wood bring")
	b.click(`form.find button`)
	b.until("what was searched", shows("I bring the wood"), 5*time.Second)
	if eval[bool](b, shows("the fire is lit")) {
		t.Error("the search finds what has none of the words")
	}

	b.open(s.web + "/post/" + mine + "/delete")
	b.click(`form .btn.stop`)
	b.until("gone", `!document.body.innerText.includes("still no script")`, 5*time.Second)
	b.expect("404")
	b.open(s.web + "/post/" + mine)
	if text := b.text(); strings.Contains(text, "still no script") {
		t.Errorf("a deleted post is still shown:\n%s", text)
	}
	if n := b.wire.opened.Load(); n != 0 {
		t.Errorf("without script %d streams were opened", n)
	}
	keepWithoutScript(t, s)
}

// keepWithoutScript keeps a camp without its window and without script: somebody
// nearby, somebody with a phone alone, quiet hours.
func keepWithoutScript(t *testing.T, s *served) {
	t.Helper()
	b := newTab(t, look{noScript: true, width: 360, height: 740})
	b.open(s.link("noor"))
	b.open(s.web + "/host/nearby")
	b.click(`button[value=open]`) // the page looks again by itself; a computer without a network says so
	b.until("the door", `document.querySelector("button[value=close], .warn")`, slow)
	b.shot("nearby-open")
	b.open(s.web + "/host/phone")
	b.keys(`#note`, "Oma")
	b.click(`form[action="/host/phone"] .btn:not(.quiet)`)
	b.until("both pictures", `document.querySelectorAll("svg.qr").length >= 2`, slow)
	b.shot("phone-made")
	b.open(s.web + "/host/settings")
	b.set(`#quiet`, "22-7")
	b.click(`form[action="/host/settings/program"] button`)
	b.until("quiet hours", `document.querySelector(".said") && document.querySelector("#quiet").value === "22-7"`, slow)
}

// With script: an answer, an edit and a deletion reach the other browser too.
func TestBrowserSeesChanges(t *testing.T) {
	s := serveCamp(t, "The Orchard")
	host, friend := newTab(t, look{}), newTab(t, look{})
	host.open(s.link("noor"))
	host.write("a first draft")
	host.write("something to regret")
	friend.open(s.link("joost"))
	friend.until("both", shows("a first draft")+"&&"+shows("something to regret"), 5*time.Second)
	waitFor(t, "a stream", func() bool { return friend.wire.streams.Load() == 1 })
	draft, regret := host.post("a first draft"), host.post("something to regret")

	host.open(s.web + "/post/" + draft + "/edit")
	host.set(`.composer textarea[name=text]`, "the second draft")
	host.click(`.composer .row button.btn`)
	if took := friend.until("the edit", shows("the second draft")+"&& !"+shows("a first draft"), 3*time.Second); took > time.Second {
		t.Errorf("an edit took %v", took)
	}
	host.open(s.web + "/post/" + regret + "/delete")
	host.click(`form .btn.stop`)
	if took := friend.until("the deletion", `!document.getElementById("post-`+regret+`")`, 3*time.Second); took > time.Second {
		t.Errorf("a deletion took %v", took)
	}
	opened := host.wire.opened.Load()
	host.open(s.web + "/")
	waitFor(t, "the host's stream", func() bool { return host.wire.opened.Load() > opened })
	pause(t.Context(), 200*time.Millisecond) // until the camp has it, too
	friend.click(fmt.Sprintf(`#post-%s button[data-like]`, draft))
	host.until("the heart", fmt.Sprintf(`document.querySelector("#post-%s [data-like] .n").textContent === "1"`, draft), 3*time.Second)
}

const place = "hollyhock lane 7"

// A picture loses where and by what it was made, and keeps the right way up.
func TestBrowserPictureLosesItsPlace(t *testing.T) {
	s := serveCamp(t, "The Orchard")
	file := filepath.Join(t.TempDir(), "garden.jpg")
	raw := photo(t)
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	b := newTab(t, look{})
	b.open(s.link("noor"))
	b.click(`.composer [data-pictures] summary`)
	b.run(chromedp.SetUploadFiles(chromedp.CSS(`.composer input[name=file1]`), []string{file}))
	alt := `.composer .slot:not([hidden]) input[name=alt1]`
	b.keys(alt, "an apple tree")
	b.write("the first blossom")
	img := `document.querySelector(".post .shots img")`
	b.until("the picture", img+`?.complete && `+img+`.naturalWidth > 0`, 5*time.Second)
	if got := eval[string](b, img+`.alt`); got != "an apple tree" {
		t.Errorf("the description is %q", got)
	}
	sources := eval[[]string](b, `[`+img+`.src, `+img+`.closest("a").href]`)
	for _, src := range sources {
		got := fetch(b, src)
		for _, secret := range []string{"Exif", "http://ns.adobe.com", place, "Pentacon"} {
			if bytes.Contains(got, []byte(secret)) {
				t.Errorf("%s still holds %q", src, secret)
			}
			if !bytes.Contains(raw, []byte(secret)) {
				t.Fatalf("the test's own picture has no %q: this test is blind", secret)
			}
		}
		pic, _, err := image.Decode(bytes.NewReader(got))
		if err != nil {
			t.Fatalf("%s is no picture: %v", src, err)
		}
		if size := pic.Bounds().Size(); size.X >= size.Y {
			t.Errorf("%s is %v: lies on its side", src, size)
		}
		resp, err := http.Get(src)
		if err != nil {
			t.Fatal(err)
		}
		if _ = resp.Body.Close(); resp.StatusCode == http.StatusOK {
			t.Errorf("%s is given to somebody without a session", src)
		}
	}
	// Nor does the place lie anywhere on the disk.
	err := filepath.Walk(s.dir, func(p string, info os.FileInfo, err error) error {
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		b, err := os.ReadFile(p)
		if err == nil && bytes.Contains(b, []byte(place)) {
			t.Errorf("%s holds where the picture was made", filepath.Base(p))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b.shot("picture")
}

// photo makes a picture as a camera would: on its side, with its place, its
// maker and a second, textual description.
func photo(t *testing.T) []byte {
	t.Helper()
	pic := image.NewRGBA(image.Rect(0, 0, 1800, 1200))
	for y := range 1200 {
		for x := range 1800 {
			pic.Set(x, y, color.RGBA{uint8(x / 8), uint8(y / 5), 90, 255})
		}
	}
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, pic, nil); err != nil {
		t.Fatal(err)
	}
	segment := func(marker byte, body []byte) []byte {
		return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2)), body...)
	}
	var out []byte
	out = append(out, plain.Bytes()[:2]...)
	out = append(out, segment(0xe1, exif())...)
	out = append(out, segment(0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00<x>"+place+"</x>"))...)
	out = append(out, segment(0xfe, []byte("made at "+place))...)
	return append(out, plain.Bytes()[2:]...)
}

// exif writes a TIFF as in EXIF 2.3 §4.5: description, maker, orientation 6
// (turn a quarter to the right), and a GPS directory.
func exif() []byte {
	le := binary.LittleEndian
	entry := func(tag, kind uint16, n, value uint32) []byte {
		b := le.AppendUint16(nil, tag)
		b = le.AppendUint16(b, kind)
		b = le.AppendUint32(b, n)
		return le.AppendUint32(b, value)
	}
	text := append([]byte(place), 0)
	maker := []byte("Pentacon\x00")
	const dir = 8
	const gps = dir + 2 + 4*12 + 4
	const coords = gps + 2 + 4*12 + 4
	texts := uint32(coords + 2*24)
	b := []byte("Exif\x00\x00II*\x00\x08\x00\x00\x00")
	b = le.AppendUint16(b, 4)
	b = append(b, entry(0x010e, 2, uint32(len(text)), texts)...)
	b = append(b, entry(0x010f, 2, uint32(len(maker)), texts+uint32(len(text)))...)
	b = append(b, entry(0x0112, 3, 1, 6)...)
	b = append(b, entry(0x8825, 4, 1, gps)...)
	b = le.AppendUint32(b, 0)
	b = le.AppendUint16(b, 4)
	b = append(b, entry(1, 2, 2, 'N')...)
	b = append(b, entry(2, 5, 3, coords)...)
	b = append(b, entry(3, 2, 2, 'E')...)
	b = append(b, entry(4, 5, 3, coords+24)...)
	b = le.AppendUint32(b, 0)
	for _, n := range []uint32{52, 1, 5, 1, 30, 1, 5, 1, 7, 1, 12, 1} {
		b = le.AppendUint32(b, n)
	}
	return append(append(b, text...), maker...)
}

// fetch gets an address with the page's own cookies.
func fetch(b *tab, src string) []byte {
	b.t.Helper()
	coded := eval[string](b, `fetch(`+js(src)+`).then(r => r.arrayBuffer()).then(a => { let s = ""; for (const c of new Uint8Array(a)) s += String.fromCharCode(c); return btoa(s); })`, chromedp.EvalAwaitPromise)
	raw, err := base64.StdEncoding.DecodeString(coded)
	if err != nil {
		b.t.Fatal(err)
	}
	return raw
}

// writer posts through forms, as a browser without script does, but quickly.
type writer struct {
	s    *served
	http http.Client
}

func (s *served) writer(who string) *writer {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	w := &writer{s: s, http: http.Client{Jar: jar}}
	w.get(s.link(who))
	return w
}

func (w *writer) get(url string) string {
	w.s.t.Helper()
	resp, err := w.http.Get(url)
	if err != nil {
		w.s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		w.s.t.Fatalf("GET %s: %s %v", url, resp.Status, err)
	}
	return string(body)
}

var (
	hiddenField = regexp.MustCompile(`<input type="hidden" name="([a-z0-9]+)" value="([^"]*)"`)
	ruleBox     = regexp.MustCompile(`name="rule" value="(\d+)"`)
)

// send fills the form on a page and sends it to path.
func (w *writer) send(page, path string, multi bool, fields ...string) string {
	w.s.t.Helper()
	html := w.get(w.s.web + page)
	var names []string // in the order of the page, as a browser sends them
	form := url.Values{}
	add := func(k, v string) {
		if !form.Has(k) {
			names = append(names, k)
		}
		form.Add(k, v)
	}
	for _, m := range hiddenField.FindAllStringSubmatch(html, -1) {
		if !form.Has(m[1]) {
			add(m[1], m[2])
		}
	}
	for i := 0; i+1 < len(fields); i += 2 {
		add(fields[i], fields[i+1])
	}
	body, kind := io.Reader(strings.NewReader(form.Encode())), "application/x-www-form-urlencoded"
	if multi {
		body, kind = parts(names, form)
	}
	req, err := http.NewRequest(http.MethodPost, w.s.web+path, body)
	if err != nil {
		w.s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Origin", w.s.web)
	resp, err := w.http.Do(req)
	if err != nil {
		w.s.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		w.s.t.Fatalf("POST %s: %s %v\n%s", path, resp.Status, err, answer)
	}
	return string(answer)
}

// parts writes a form that may hold files.
func parts(names []string, form url.Values) (io.Reader, string) {
	var b bytes.Buffer
	mw := multipart.NewWriter(&b)
	for _, k := range names {
		for _, v := range form[k] {
			if name, file, ok := strings.Cut(v, "\x00file\x00"); ok {
				part, _ := mw.CreateFormFile(k, name)
				_, _ = io.WriteString(part, file)
				continue
			}
			_ = mw.WriteField(k, v)
		}
	}
	_ = mw.Close()
	return &b, mw.FormDataContentType()
}

// agree ticks all rules.
func (w *writer) agree() {
	w.s.t.Helper()
	var fields []string
	for _, m := range ruleBox.FindAllStringSubmatch(w.get(w.s.web+"/rules"), -1) {
		fields = append(fields, "rule", m[1])
	}
	if len(fields) > 0 {
		w.send("/rules", "/rules", false, fields...)
	}
}

var newest = regexp.MustCompile(`data-post="(\d{18})"`)

// say posts and gives the post's id; picture is a file's bytes or nil.
func (w *writer) say(text string, picture []byte, more ...string) string {
	w.s.t.Helper()
	fields := append([]string{"text", text}, more...)
	if picture != nil {
		fields = append(fields, "file1", "picture.jpg\x00file\x00"+string(picture))
	}
	w.send("/", "/post", true, fields...)
	for _, m := range newest.FindAllStringSubmatch(w.get(w.s.web+"/"), 1) {
		return m[1]
	}
	w.s.t.Fatal("no post on the home page")
	return ""
}

// answer replies to a post.
func (w *writer) answer(id, text string) {
	w.s.t.Helper()
	w.send("/post/"+id, "/post", true, "text", text, "reply", id)
}

// settle fills a camp with a little life.
func (s *served) settle() (post string) {
	s.t.Helper()
	noor, joost, mei := s.writer("noor"), s.writer("joost"), s.writer("mei")
	joost.agree()
	mei.agree()
	noor.send("/me", "/me", false, "display", "Noor de Wit", "about", "Keeps the camp on, and the tea warm.", "language", "")
	joost.send("/me", "/me", false, "display", "Joost", "about", "", "language", "")
	mei.send("/me", "/me", false, "display", "Mei Lin 林美", "about", "Fixes bicycles.", "language", "")
	noor.say("Welcome, everybody. What is written here stays here.\n\nThe kettle is on from eight.", nil)
	first := joost.say("Who can lend me a ladder on Saturday? I bring it back with #apples.", nil)
	mei.answer(first, "I have one. Ring the bell twice, the first ring is always the cat.")
	noor.answer(first, "Apples accepted, @joost.")
	mei.say("What happens at the end of the film we saw.", nil, "note", "The end of the film")
	post = noor.say("The first evening without rain, and the whole street came. @mei brought the lanterns.", evening(s.t), "alt1", "Three lanterns above a long table at dusk")
	joost.answer(post, "And nobody wanted to go home.")
	joost.send("/", "/post/"+post+"/like", false, "on", "1")
	mei.send("/", "/post/"+post+"/like", false, "on", "1")
	noor.send("/", "/post/"+post+"/keep", false, "on", "1")
	noor.send("/post/"+post+"/edit", "/post/"+post+"/edit", true, "text", "The first evening without rain, and the whole street came. @mei brought the lanterns. #summer",
		"alt1", "Three lanterns above a long table at dusk")
	return post
}

// evening paints a picture: dusk, a table, three lanterns.
func evening(t *testing.T) []byte {
	t.Helper()
	const w, h = 1200, 520
	pic := image.NewRGBA(image.Rect(0, 0, w, h))
	lamps := [][3]float64{{260, 170, 48}, {600, 130, 56}, {930, 180, 46}}
	for y := range h {
		for x := range w {
			f := float64(y) / h
			r, g, b := 38+70*f, 52+48*f, 84+10*f
			if y > 400 { // the table
				r, g, b = 74-40*(f-.73), 58-30*(f-.73), 48-20*(f-.73)
			}
			for _, l := range lamps {
				dx, dy := float64(x)-l[0], float64(y)-l[1]
				d := (dx*dx + dy*dy) / (l[2] * l[2])
				glow := 1 / (1 + 1.6*d)
				r, g, b = r+190*glow, g+130*glow, b+40*glow
			}
			pic.Set(x, y, color.RGBA{clamp(r), clamp(g), clamp(b), 255})
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, pic, &jpeg.Options{Quality: 88}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func clamp(f float64) uint8 { return uint8(max(0, min(255, f))) }

// Every page, on a phone and on a desk, in both languages, light and dark:
// nothing hangs over the side, nothing breaks the policy, no word is missing.
func TestBrowserEveryPage(t *testing.T) {
	s := serveCamp(t, "The Orchard")
	post := s.settle()
	s.writer("mei").say("averyverylongwordwithoutanyplacetobreakitwhichphonesdonotlikeatallbutpeoplewriteanyway https://example.org/a/very/long/address/that/goes/on?and=on", nil)
	s.ctl("invite", "new", "--uses", "5", "--note", "The choir")
	s.ctl("invite", "new", "--phone")
	s.ctl("block", "add", "hateful.example", "--reason", "Hounds people.")
	s.ctl("block", "add", "noisy.example", "--level", "limit")
	pages := map[string]string{
		"home": "/", "thread": "/post/" + post, "edit": "/post/" + post + "/edit", "history": "/post/" + post + "/history",
		"likes": "/post/" + post + "/likes", "delete": "/post/" + post + "/delete", "for-you": "/for-you",
		"search": "/search", "found": "/search?q=ladder", "nothing-found": "/search?q=zeppelin", "people": "/people",
		"profile": "/@mei", "rules": "/rules", "kept": "/kept", "kept-posts": "/kept-posts", "liked": "/liked",
		"tag": "/tag/apples", "log": "/log", "me": "/me", "host": "/host", "host-people": "/host/people",
		"host-person": "/host/people/joost", "host-backups": "/host/backups", "host-recovery": "/host/recovery",
		"invites": "/invites", "blocks": "/blocks", "devices": "/me/devices",
		"host-nearby": "/host/nearby", "host-phone": "/host/phone", "host-friend": "/host/friend", "host-world": "/host/world", "host-bring": "/host/bring", "host-outside": "/host/outside",
		"host-log": "/host/log", "host-settings": "/host/settings", "nowhere": "/there/is/nothing/here",
	}
	for _, l := range []look{
		{language: "en", width: 360, height: 740},
		{language: "nl", width: 360, height: 740, dark: true},
		{language: "en", width: 1280, height: 900, dark: true},
		{language: "nl", width: 1280, height: 900},
		{language: "nl", width: 768, height: 1024},
	} {
		name := fmt.Sprintf("%s-%d-%s", l.language, l.width, map[bool]string{true: "dark", false: "light"}[l.dark])
		t.Run(name, func(t *testing.T) {
			out := newTab(t, l)
			out.expect("401")
			out.open(s.web + "/")
			out.fits("signed out", l)
			out.shot("page-signedout-" + name)

			b := newTab(t, l)
			b.expect("404")
			b.open(s.link("noor"))
			for what, path := range pages {
				b.open(s.web + path)
				b.fits(what, l)
				if n := eval[int](b, `document.querySelectorAll("main .card, main .post, main .notice, main .empty").length`); n == 0 {
					t.Errorf("%s shows nothing", what)
				}
				b.shot("page-" + what + "-" + name)
			}
			b.open(s.web + "/kept")
			if n := eval[int](b, `document.querySelectorAll(".kept details dl").length`); n < 8 {
				t.Errorf("the page of what is kept names %d kinds", n)
			}
		})
	}
}

// What the README shows is what a camp looks like: its picture is made here.
func TestBrowserFirstSight(t *testing.T) {
	s := serveCamp(t, "The Orchard")
	s.settle()
	s.writer("noor").send("/host/recovery", "/host/recovery", false)
	b := newTab(t, look{width: 1180, height: 1020})
	b.open(s.link("noor"))
	b.until("the picture", `[...document.querySelectorAll(".shots img")].some(e => e.complete && e.naturalWidth > 0)`, 5*time.Second)
	if n := eval[int](b, `document.querySelectorAll(".post").length`); n != 4 {
		t.Errorf("%d posts around the fire, want 4", n)
	}
	if eval[bool](b, `document.body.innerText.includes("recovery sheet")`) {
		t.Error("the recovery sheet is offered although it was kept")
	}
	b.view("first-sight")
}

var rawKey = regexp.MustCompile(`\b(web|fault|people|posts|media|kept|log|rules|backup|store|ctl|program|border|join|pages|window|world)\.[a-z_]+(\.[a-z_]+)*\b|\{\{|\}\}|\[\[|<no value>|%!`)

// fits checks what can be checked of a page without eyes.
func (b *tab) fits(what string, l look) {
	b.t.Helper()
	wide := eval[[]int64](b, `[document.documentElement.scrollWidth, document.body.scrollWidth, innerWidth]`)
	if wide[0] > l.width || wide[1] > l.width || wide[2] != l.width {
		over := eval[[]string](b, `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map(e => e.tagName + "." + e.className + " " + Math.round(e.getBoundingClientRect().right))`)
		b.t.Errorf("%s is %v wide on a screen of %d: %v", what, wide, l.width, over)
	}
	if got := eval[string](b, `document.documentElement.lang`); got != l.language {
		b.t.Errorf("%s calls its language %q, want %q", what, got, l.language)
	}
	if text := b.text(); rawKey.MatchString(text) {
		b.t.Errorf("%s shows %q", what, rawKey.FindString(text))
	}
	if n := eval[int](b, `document.querySelectorAll("h1").length`); n != 1 {
		b.t.Errorf("%s has %d main headings", what, n)
	}
	for _, bad := range eval[[]string](b, `[
		...[...document.querySelectorAll("img")].filter(e => !e.hasAttribute("alt")).map(e => "img without alt " + e.src),
		...[...document.querySelectorAll("img")].filter(e => e.complete && !e.naturalWidth).map(e => "img that shows nothing " + e.src),
		...[...document.querySelectorAll("a, button, summary")].filter(e => e.offsetParent && !(e.getAttribute("aria-label") || e.textContent || [...e.querySelectorAll("img")].map(i => i.alt).join("")).trim()).map(e => "nameless " + e.outerHTML.slice(0, 80)),
		...[...document.querySelectorAll("input:not([type=hidden]), textarea, select")].filter(e => !(e.labels?.length || e.getAttribute("aria-label"))).map(e => "field without a label: " + e.name),
		...[...document.querySelectorAll("[style], [onclick]")].map(e => "inline " + e.outerHTML.slice(0, 80)),
		...Object.entries([...document.querySelectorAll("[id]")].reduce((n, e) => (n[e.id] = (n[e.id] || 0) + 1, n), {})).filter(([, n]) => n > 1).map(([id]) => "id twice: " + id),
	]`) {
		b.t.Errorf("%s: %s", what, bad)
	}
}
