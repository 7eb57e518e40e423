package web

import (
	"context"
	"crypto/rand"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/media"
	"camp/node/people"
	"camp/node/posts"
	"camp/node/posts/poststest"
	"camp/store"
)

// whole is a camp of the real rooms over a real store, with its pages.
type whole struct {
	people *people.Service
	posts  *posts.Service
	media  *media.Media
	db     *store.DB
	host   camp.Actor
	site   *Site
	ring   ring

	open  atomic.Bool // the camp talks with the wider world
	files sync.Map    // what lies there: bytes by address
}

// fetch brings a file of the wider world.
func (w *whole) fetch(_ context.Context, url string, _ int64) ([]byte, string, error) {
	b, ok := w.files.Load(url)
	if !ok {
		return nil, "", errors.New("nobody answers")
	}
	return b.([]byte), "", nil
}

// ring passes events on; enough of a hub for these tests.
type ring struct {
	mu   sync.Mutex // guards list
	list []chan camp.Event
}

func (r *ring) Publish(e camp.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.list {
		c <- e
	}
}

func (r *ring) Watch(camp.Actor, string) (<-chan camp.Event, func()) {
	c := make(chan camp.Event, 1000)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, c)
	return c, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.list = slices.DeleteFunc(r.list, func(x chan camp.Event) bool { return x == c })
	}
}

func (r *ring) Here() []camp.MemberID { return nil }

func newWhole(t testing.TB) *whole {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	dir := t.TempDir()
	db, err := store.Open(context.WithoutCancel(t.Context()), store.Options{Dir: dir, Now: time.Now, Rand: rand.Reader, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	w := &whole{db: db}
	w.people = people.New(people.Options{Store: store.As[people.Tx](db), Publish: &w.ring, Rand: rand.Reader, Log: log})
	w.posts = posts.New(posts.Options{Store: store.As[posts.Tx](db), Publish: &w.ring, Log: log, Outside: w.open.Load})
	w.media = media.New(media.Options{
		Store: store.As[media.Tx](db), Dir: dir, Now: time.Now, Rand: rand.Reader, Log: log,
		MaySee: func(ctx context.Context, r camp.Actor, f camp.MediaFile) (bool, error) {
			_, err := w.posts.Post(ctx, r, f.Post)
			return err == nil, nil
		},
		Fetch: w.fetch,
	})
	_, h, err := w.people.Found(t.Context(), people.Founding{
		Name: "Willow Lane", Host: "mia", Display: "Mia", Language: "en", Rules: []string{"Be kind.", "Ask first."}, Phrase: "one two three",
	})
	if err != nil {
		t.Fatal(err)
	}
	w.host = camp.Actor{Member: h.ID, Role: camp.RoleHost}
	w.site, err = New(Options{
		People: w.people, Posts: w.posts, Media: w.media, Live: &w.ring, Now: time.Now, Rand: rand.Reader, Log: log,
		Hosts: func() []string { return []string{"127.0.0.1:4123"} }, Cookie: "camp_test", Kept: store.Catalogue,
		NoRate: true, Outside: w.open.Load,
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// enter signs somebody in by a link, through the pages.
func (w *whole) enter(t *testing.T, secret string) *browser {
	t.Helper()
	b := &browser{t: t, site: w.site, lang: "en"}
	got := b.get("/in/" + secret)
	b.want(got, http.StatusSeeOther)
	b.cookie = got.Result().Cookies()[0].Value
	return b
}

// TestWholeCamp walks from the first link to a removed member, through the real rooms.
func TestWholeCamp(t *testing.T) {
	w := newWhole(t)
	ctx := t.Context()
	secret, err := w.people.NewLinkFor(ctx, w.host)
	if err != nil {
		t.Fatal(err)
	}
	mia := w.enter(t, secret)
	mia.want(mia.get("/in/"+secret), http.StatusNotFound, "Ask for a new one")
	_, link, err := w.people.AddMember(ctx, w.host, "joost", camp.RoleMember)
	if err != nil {
		t.Fatal(err)
	}
	joost := w.enter(t, link)
	joost.want(joost.get("/"), 200, "Before you write here")
	joost.want(joost.send("/post", "csrf", formToken(joost.cookie), "text", "too early"), http.StatusForbidden, "too early", "Please tick each rule")
	rules, err := w.people.Rules(ctx)
	if err != nil {
		t.Fatal(err)
	}
	joost.want(joost.post("/rules", "hash", rules.Hash, "rule", "1", "rule", "2"), http.StatusSeeOther)

	events, _ := watch(t, nil, w.site, joost.cookie, "?fire=1", "")
	next(t, events, "unread")
	got := mia.send("/post", "csrf", formToken(mia.cookie), "text", "Hello @joost #first", "file1", aLake(t), "alt1", "the lake")
	mia.want(got, http.StatusSeeOther)
	next(t, events, "post")
	page := joost.want(joost.get("/"), 200, "Hello", `href="/tag/first"`, `alt="the lake"`, `href="/@joost"`)
	id := postID.FindStringSubmatch(page)[1]
	at := strings.Index(page, `<img src="/media/`) + len(`<img src="`)
	pic := page[at : at+strings.IndexByte(page[at:], '"')]
	if p := joost.get(pic); p.Code != 200 || !strings.HasPrefix(p.Header().Get("Content-Type"), "image/") {
		t.Errorf("picture: %d, %s", p.Code, p.Header().Get("Content-Type"))
	}
	joost.want(joost.get("/for-you"), 200, "named you")
	joost.want(joost.post("/post", "text", "Hello back", "reply", id), http.StatusSeeOther)
	joost.want(joost.post("/post/"+id+"/like", "on", "1"), http.StatusSeeOther)
	mia.want(mia.get("/for-you"), 200, "answered you", "likes what you wrote")
	mia.want(mia.get("/post/"+id), 200, "Hello back")
	mia.want(mia.send("/post/"+id+"/edit", "csrf", formToken(mia.cookie), "text", "Hello again"), http.StatusSeeOther)
	joost.want(joost.get("/post/"+id+"/history"), 200, "Hello again", "Hello ", "the lake")
	joost.want(joost.get("/search?q=again"), 200, "Hello again")
	joost.want(joost.get("/tag/first"), 200, "Nothing with this word")
	joost.want(joost.get("/post/"+id+"/edit"), http.StatusNotFound)
	for _, path := range []string{"/kept", "/log", "/people", "/me", "/@mia", "/rules", "/liked"} {
		checkPage(t, "en", joost.get(path))
	}
	if err := w.people.Remove(ctx, w.host, "joost", false); err != nil {
		t.Fatal(err)
	}
	ended(t, events)
	joost.want(joost.get("/"), http.StatusUnauthorized)
	joost.want(joost.get(pic), http.StatusUnauthorized)
	mia.want(mia.get("/post/"+id), 200, "Hello back", "no longer here")
	checkPage(t, "en", mia.get("/log"))
}

// aLake draws a picture of 640 × 400.
func aLake(t *testing.T) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 640, 400))
	for i := range img.Pix {
		img.Pix[i] = uint8(i / 4000)
	}
	img.Set(1, 1, color.White)
	var b strings.Builder
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// benchPosts is how many posts a benchmark's camp has: 50,000, or as
// CAMP_BENCH_POSTS says.
func benchPosts(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv("CAMP_BENCH_POSTS"))
	if os.Getenv("CAMP_BENCH_POSTS") == "" {
		return 50_000
	}
	if err != nil || n < 1000 {
		b.Fatalf("CAMP_BENCH_POSTS: %q", os.Getenv("CAMP_BENCH_POSTS"))
	}
	return n
}

// BenchmarkHome serves the home page with 40 posts through the real rooms and
// store, and reports the median.
func BenchmarkHome(b *testing.B) {
	w := newWhole(b)
	crowd := []camp.Actor{w.host}
	for i := range 20 {
		m, _, err := w.people.AddMember(b.Context(), w.host, "camper"+strconv.Itoa(i), camp.RoleMember)
		if err != nil {
			b.Fatal(err)
		}
		crowd = append(crowd, camp.Actor{Member: m.ID, Role: camp.RoleMember})
	}
	if _, err := poststest.Seed(b.Context(), store.As[posts.Tx](w.db), crowd, benchPosts(b), 1); err != nil {
		b.Fatal(err)
	}
	secret, err := w.people.NewLinkFor(b.Context(), w.host)
	if err != nil {
		b.Fatal(err)
	}
	cookie, _, err := w.people.UseLink(b.Context(), secret, "Firefox · Linux")
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:4123/", nil)
	r.AddCookie(&http.Cookie{Name: "camp_test", Value: cookie})
	var times []time.Duration
	var size int
	for b.Loop() {
		start := time.Now()
		rec := httptest.NewRecorder()
		w.site.ServeHTTP(rec, r)
		times = append(times, time.Since(start))
		size = rec.Body.Len()
		if rec.Code != 200 || strings.Count(rec.Body.String(), "<article") != pageSize {
			b.Fatalf("status %d, %d posts", rec.Code, strings.Count(rec.Body.String(), "<article"))
		}
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(times[len(times)*95/100].Microseconds()), "p95-µs")
	b.ReportMetric(float64(size), "page-bytes")
}
