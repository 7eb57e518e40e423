package clientapi

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/media"
	"camp/node/people"
	"camp/node/posts"
	"camp/store"
)

const base = "https://camp.example"

// clock is a clock that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time // guarded by mu
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// rig is a camp of the real rooms over a real store, with its client API.
type rig struct {
	t       testing.TB
	db      *store.DB
	people  *people.Service
	posts   *posts.Service
	media   *media.Media
	api     *API
	clock   *clock
	log     *bytes.Buffer
	host    camp.Actor
	mia     string // the host's token
	outside bool
	level   map[camp.Domain]camp.Level
	base    string
	rated   bool
	finder  *finder

	files   map[string][]byte // that lie elsewhere, by address
	fetched []string
}

// fetch is what brings files from elsewhere.
func (g *rig) fetch(_ context.Context, url string, _ int64) ([]byte, string, error) {
	g.fetched = append(g.fetched, url)
	b, ok := g.files[url]
	if !ok {
		return nil, "", camp.NewFault(camp.NotFound, "media.gone.say", nil)
	}
	return b, "", nil
}

// finder knows people and posts elsewhere by what is typed.
type finder struct {
	people map[string]camp.Remote
	posts  map[string]camp.PostID
	asked  []string
	keep   func(camp.Remote) // whom it finds is known from then on
}

func (f *finder) Person(_ context.Context, _ camp.Actor, typed string) (camp.Remote, error) {
	f.asked = append(f.asked, typed)
	r, ok := f.people[typed]
	if !ok {
		return r, camp.NewFault(camp.NotFound, "posts.nobody.say", nil)
	}
	f.keep(r)
	return r, nil
}

func (f *finder) Post(_ context.Context, _ camp.Actor, address string) (camp.PostID, error) {
	f.asked = append(f.asked, address)
	id, ok := f.posts[address]
	if !ok {
		return 0, camp.NewFault(camp.Offline, "posts.gone.say", nil)
	}
	return id, nil
}

func newRig(t testing.TB, change ...func(*rig)) *rig {
	t.Helper()
	g := &rig{
		t: t, log: &bytes.Buffer{}, base: base, level: map[camp.Domain]camp.Level{}, files: map[string][]byte{}, finder: &finder{people: map[string]camp.Remote{}, posts: map[string]camp.PostID{}},
		clock: &clock{t: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)},
	}
	for _, c := range change {
		c(g)
	}
	g.open()
	return g
}

func (g *rig) open() {
	t := g.t
	dir := t.TempDir()
	log := slog.New(slog.NewTextHandler(g.log, nil))
	db, err := store.Open(context.WithoutCancel(t.Context()), store.Options{Dir: dir, Now: g.clock.now, Rand: rand.Reader, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	g.db = db
	g.finder.keep = func(r camp.Remote) {
		if err := db.Update(t.Context(), func(tx *store.Tx) error { return tx.PutRemote(r, nil) }); err != nil {
			t.Error(err)
		}
	}
	g.people = people.New(people.Options{Store: store.As[people.Tx](db), Rand: rand.Reader, Log: log})
	g.posts = posts.New(posts.Options{
		Store: store.As[posts.Tx](db), Log: log,
		Level: func(d camp.Domain) camp.Level { return g.level[d] }, Outside: func() bool { return g.outside },
	})
	g.media = media.New(media.Options{
		Store: store.As[media.Tx](db), Dir: dir, Now: g.clock.now, Rand: rand.Reader, Log: log,
		MaySee: func(ctx context.Context, r camp.Actor, f camp.MediaFile) (bool, error) {
			_, err := g.posts.Post(ctx, r, f.Post)
			return err == nil, nil
		},
		Fetch: g.fetch, Limit: time.Minute, // machines are slow under other work
		Shows: func(d camp.Domain) bool {
			l := g.level[d]
			return l != camp.LevelMedia && l.Rank() < camp.LevelBlock.Rank()
		},
	})
	_, h, err := g.people.Found(t.Context(), people.Founding{
		Name: "Willow Lane", Host: "mia", Display: "Mia", Language: "en", Rules: []string{"Be kind.", "Ask first."}, Phrase: "one two three",
	})
	if err != nil {
		t.Fatal(err)
	}
	g.host = camp.Actor{Member: h.ID, Role: camp.RoleHost}
	g.api, err = New(Options{
		People: g.people, Posts: g.posts, Media: g.media, Finder: g.finder, Now: g.clock.now, Rand: rand.Reader, Log: log, NoRate: !g.rated,
		Base: func(*http.Request) string { return g.base }, Outside: func() bool { return g.outside },
		Level: func(d camp.Domain) camp.Level { return g.level[d] },
	})
	if err != nil {
		t.Fatal(err)
	}
	g.mia = g.token("mia")
}

// token gives a token for somebody; no scopes means all.
func (g *rig) token(name string, scopes ...string) string {
	g.t.Helper()
	s, err := g.people.NewToken(g.t.Context(), g.host, name, scopes)
	if err != nil {
		g.t.Fatalf("token for %s: %v", name, err)
	}
	return s
}

// add makes somebody a member and gives them as an actor, and a token of theirs.
func (g *rig) add(name string) (camp.Actor, string) {
	g.t.Helper()
	m, _, err := g.people.AddMember(g.t.Context(), g.host, name, camp.RoleMember)
	if err != nil {
		g.t.Fatalf("add %s: %v", name, err)
	}
	return camp.Actor{Member: m.ID, Role: m.Role}, g.token(name)
}

// remote makes somebody elsewhere known.
func (g *rig) remote(name string, domain camp.Domain) camp.Remote {
	g.t.Helper()
	var r camp.Remote
	err := g.db.Update(g.t.Context(), func(tx *store.Tx) error {
		uri := "https://" + string(domain) + "/users/" + name
		r = camp.Remote{
			ID: camp.MemberID(tx.NextID()), URI: uri, Page: "https://" + string(domain) + "/@" + name, Domain: domain, At: domain, Name: name,
			Display: "The " + name, About: "<p>About " + name + "</p>", Inbox: uri + "/inbox", Kind: camp.RemotePerson,
			Fields: []camp.Field{{Name: "Garden", Value: "<p>large</p>"}}, Fetched: g.clock.now(),
		}
		return tx.PutRemote(r, nil)
	})
	if err != nil {
		g.t.Fatal(err)
	}
	return r
}

// in runs an act that federation would do.
func (g *rig) in(fn func(posts.Tx) ([]camp.Event, error)) {
	g.t.Helper()
	err := g.db.Update(g.t.Context(), func(tx *store.Tx) error {
		_, err := fn(g.posts.In(tx))
		return err
	})
	if err != nil {
		g.t.Fatal(err)
	}
}

// follows makes a member follow somebody elsewhere, who said yes.
func (g *rig) follows(by camp.Actor, r camp.Remote) {
	g.t.Helper()
	if _, err := g.posts.Follow(g.t.Context(), by, r.ID, false); err != nil {
		g.t.Fatal(err)
	}
	g.in(func(tx posts.Tx) ([]camp.Event, error) { return posts.FarAnswer(tx, r.ID, by.Member, "", true) })
}

// arrive lets a post come from elsewhere.
func (g *rig) arrive(r camp.Remote, n string, change func(*posts.Arrival)) (id camp.PostID) {
	g.t.Helper()
	a := posts.Arrival{Asked: true, Post: camp.Post{
		Author: r.ID, URI: r.URI + "/" + n, Audience: camp.AudiencePublic, Body: "<p>" + n + "</p>", Written: g.clock.now(),
	}}
	if change != nil {
		change(&a)
	}
	g.in(func(tx posts.Tx) (events []camp.Event, err error) {
		id, events, err = posts.Arrive(tx, a)
		return events, err
	})
	g.clock.add(time.Second)
	return id
}

// answer is what came back.
type answer struct {
	t    testing.TB
	what string
	*http.Response
	body []byte
}

// ask sends a request; body may be nil, url.Values, a string of JSON, or a *parts.
func (g *rig) ask(token, method, path string, body any, headers ...string) *answer {
	g.t.Helper()
	var r *http.Request
	switch b := body.(type) {
	case nil:
		r = httptest.NewRequest(method, base+path, nil)
	case url.Values:
		r = httptest.NewRequest(method, base+path, strings.NewReader(b.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	case string:
		r = httptest.NewRequest(method, base+path, strings.NewReader(b))
		r.Header.Set("Content-Type", "application/json")
	case *parts:
		r = httptest.NewRequest(method, base+path, bytes.NewReader(b.done()))
		r.Header.Set("Content-Type", b.w.FormDataContentType())
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	g.api.ServeHTTP(w, r)
	return &answer{t: g.t, what: method + " " + path, Response: w.Result(), body: w.Body.Bytes()}
}

func (g *rig) get(token, path string) *answer { g.t.Helper(); return g.ask(token, "GET", path, nil) }

func (g *rig) send(token, path string, form ...string) *answer {
	g.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		v.Add(form[i], form[i+1])
	}
	return g.ask(token, "POST", path, v)
}

// want checks the status.
func (a *answer) want(status int) *answer {
	a.t.Helper()
	if a.StatusCode != status {
		a.t.Fatalf("%s: status %d, want %d: %.300s", a.what, a.StatusCode, status, a.body)
	}
	return a
}

// object and list decode an answer of status 200.
func (a *answer) object() map[string]any {
	a.t.Helper()
	v, ok := a.want(200).value().(map[string]any)
	if !ok {
		a.t.Fatalf("%s: no object: %.200s", a.what, a.body)
	}
	return v
}

func (a *answer) list() []map[string]any {
	a.t.Helper()
	all, ok := a.want(200).value().([]any)
	if !ok {
		a.t.Fatalf("%s: no list: %.200s", a.what, a.body)
	}
	out := make([]map[string]any, len(all))
	for i, v := range all {
		out[i], _ = v.(map[string]any)
	}
	return out
}

// value decodes the one JSON value of an answer, numbers as they stand there.
func (a *answer) value() any {
	a.t.Helper()
	d := json.NewDecoder(bytes.NewReader(a.body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		a.t.Fatalf("%s: %v in %.300s", a.what, err, a.body)
	}
	if _, err := d.Token(); err != io.EOF {
		a.t.Errorf("%s: something follows the value", a.what)
	}
	return v
}

func (a *answer) error() string {
	a.t.Helper()
	v, _ := a.value().(map[string]any)
	s, _ := v["error"].(string)
	if s == "" {
		a.t.Errorf("%s: no error in %s", a.what, a.body)
	}
	return s
}

// str walks into an object by names.
func str(v map[string]any, names ...string) string {
	for _, n := range names[:len(names)-1] {
		v, _ = v[n].(map[string]any)
	}
	s, _ := v[names[len(names)-1]].(string)
	return s
}

func texts(list []map[string]any) string {
	var out []string
	for _, v := range list {
		out = append(out, strings.TrimSuffix(strings.TrimPrefix(str(v, "content"), "<p>"), "</p>"))
	}
	return strings.Join(out, "|")
}

func want[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// parts is a form in parts.
type parts struct {
	b bytes.Buffer
	w *multipart.Writer
}

func newParts(fields ...string) *parts {
	p := &parts{}
	p.w = multipart.NewWriter(&p.b)
	for i := 0; i+1 < len(fields); i += 2 {
		_ = p.w.WriteField(fields[i], fields[i+1])
	}
	return p
}

func (p *parts) file(name string, raw []byte) *parts {
	w, _ := p.w.CreateFormFile(name, "a.png")
	_, _ = w.Write(raw)
	return p
}

func (p *parts) done() []byte { _ = p.w.Close(); return p.b.Bytes() }

// aLake draws a picture of 800 × 400, aPond one of 80 × 40.
func aLake(t testing.TB) []byte { return drawn(t, 800, 400) }

func aPond(t testing.TB) []byte { return drawn(t, 80, 40) }

func drawn(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = uint8(i / 4000)
	}
	img.Set(1, 1, color.White)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// write posts and gives the id; the clock goes on by a second.
func (g *rig) write(token, text string, more ...string) string {
	g.t.Helper()
	v := g.send(token, "/api/v1/statuses", append([]string{"status", text}, more...)...).object()
	g.clock.add(time.Second)
	return str(v, "id")
}
