package web

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"camp/node/camp"
)

// event is one server-sent event as it came over the wire.
type event struct{ id, name, data string }

// watch opens a stream over a real connection. The channel closes with it.
func watch(t *testing.T, f *fake, s *Site, cookie, query, lastID string) (events <-chan event, cut func()) {
	t.Helper()
	srv := httptest.NewUnstartedServer(s)
	srv.Config.ReadTimeout = 300 * time.Millisecond // a server's limit for reading must not end streams
	srv.Start()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+"/live"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "127.0.0.1:4123"
	r.AddCookie(&http.Cookie{Name: s.o.Cookie, Value: cookie})
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	resp, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("status %d, %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	ch := make(chan event, 500)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(ch)
		defer func() { _ = resp.Body.Close() }()
		var e event
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "id":
				e.id = value
			case "event":
				e.name = value
			case "data":
				e.data = value
			case "":
				if e.name != "" {
					ch <- e
				}
				e = event{id: e.id}
			}
		}
	})
	var once sync.Once
	stop := func() { once.Do(func() { cancel(); wg.Wait(); srv.Close() }) }
	t.Cleanup(stop)
	_ = f
	return ch, stop
}

// next waits for an event of the name, at most two seconds.
func next(t *testing.T, events <-chan event, name string) event {
	t.Helper()
	late := time.After(2 * time.Second)
	for {
		select {
		case e, ok := <-events:
			if !ok {
				t.Fatalf("stream ended before %q", name)
			}
			if e.name == name {
				return e
			}
		case <-late:
			t.Fatalf("no %q within two seconds", name)
		}
	}
}

func ended(t *testing.T, events <-chan event) {
	t.Helper()
	late := time.After(time.Second)
	for {
		select {
		case _, ok := <-events:
			if !ok {
				return
			}
		case <-late:
			t.Fatal("stream still open after a second")
		}
	}
}

func say(t *testing.T, f *fake, by camp.MemberID, text string, to camp.PostID) camp.PostID {
	t.Helper()
	id, err := (*fakePosts)(f).Write(t.Context(), camp.Actor{Member: by}, camp.Draft{Text: text, ReplyTo: to})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestStreamShowsWhatHappens(t *testing.T) {
	f, id, _ := withPost(t)
	s := newSite(t, f)
	events, _ := watch(t, f, s, f.signIn(vera), "?fire=1&after="+id.String(), "")
	next(t, events, "unread")

	two := say(t, f, mara, "second <post>", 0)
	got := next(t, events, "post")
	var p newPost
	if err := json.Unmarshal([]byte(got.data), &p); err != nil {
		t.Fatal(err)
	}
	if got.id != two.String() || p.After != "" || !strings.Contains(p.HTML, `id="post-`+two.String()+`"`) || !strings.Contains(p.HTML, "second &lt;post&gt;") {
		t.Errorf("post = %+v with id %s", p, got.id)
	}
	say(t, f, mara, "an answer", two)
	if m := next(t, events, "marks"); !strings.Contains(m.data, `"replies":1`) {
		t.Errorf("marks = %s", m.data)
	}
	mine := say(t, f, vera, "Vera's", 0)
	next(t, events, "post")
	say(t, f, mara, "to Vera", mine)
	if u := next(t, events, "unread"); u.data != `{"n":1}` {
		t.Errorf("unread = %s", u.data)
	}
	if err := (*fakePosts)(f).Edit(t.Context(), camp.Actor{Member: mara}, two, camp.Draft{Text: "changed"}); err != nil {
		t.Fatal(err)
	}
	if e := next(t, events, "edited"); !strings.Contains(e.data, "changed") {
		t.Errorf("edited = %s", e.data)
	}
	if err := (*fakePosts)(f).Delete(t.Context(), camp.Actor{Member: mara}, two); err != nil {
		t.Fatal(err)
	}
	if g := next(t, events, "gone"); !strings.Contains(g.data, two.String()) {
		t.Errorf("gone = %s", g.data)
	}
	select {
	case e := <-events:
		t.Errorf("one event too many: %+v", e)
	case <-time.After(400 * time.Millisecond): // longer than the server's limit for reading
	}
}

// TestStreamCutAgainAndAgain writes under a stream that is cut all the time and
// comes back with the last id: every post must arrive exactly once.
func TestStreamCutAgainAndAgain(t *testing.T) {
	f, id, _ := withPost(t)
	s := newSite(t, f)
	cookie := f.signIn(vera)
	shown := regexp.MustCompile(`id=\\"post-(\d+)\\"`)
	var got, want []string
	last := ""
	for round := range 12 {
		query := "?fire=1&after=" + id.String()
		events, cut := watch(t, f, s, cookie, query, last)
		for i := range 7 { // some while it is open, some while nobody listens
			if i == 4 {
				cut()
			}
			want = append(want, say(t, f, mara, fmt.Sprint("post ", round, i), 0).String())
		}
		for e := range events {
			if e.id != "" {
				last = e.id
			}
			if m := shown.FindStringSubmatch(e.data); m != nil && e.name == "post" {
				got = append(got, m[1])
			}
		}
	}
	events, cut := watch(t, f, s, cookie, "?fire=1&after="+id.String(), last)
	next(t, events, "look")
	for len(got) < len(want) {
		e := next(t, events, "post")
		got = append(got, shown.FindStringSubmatch(e.data)[1])
	}
	cut()
	if !slices.Equal(got, want) {
		t.Errorf("got %d posts %v\nwant %d, each once and in order: %v", len(got), got, len(want), want)
	}
}

func TestStreamMissedTooMuch(t *testing.T) {
	f, id, _ := withPost(t)
	s := newSite(t, f)
	for i := range maxMissed*pageSize + 1 {
		say(t, f, mara, fmt.Sprint(i), 0)
	}
	events, _ := watch(t, f, s, f.signIn(vera), "?fire=1", id.String())
	next(t, events, "renew")
	late := say(t, f, mara, "after that", 0)
	if e := next(t, events, "post"); e.id != late.String() {
		t.Errorf("after renew came %s, want %s", e.id, late)
	}
}

func TestStreamOfThread(t *testing.T) {
	f, id, _ := withPost(t)
	s := newSite(t, f)
	one := say(t, f, vera, "one", id)
	events, cut := watch(t, f, s, f.signIn(vera), "?thread="+id.String()+"&after="+one.String(), "")
	next(t, events, "unread")
	say(t, f, mara, "elsewhere", 0)
	below := say(t, f, mara, "below one", one)
	var p newPost
	e := next(t, events, "post")
	if err := json.Unmarshal([]byte(e.data), &p); err != nil {
		t.Fatal(err)
	}
	if p.After != one.String() || !strings.Contains(p.HTML, `data-depth="2"`) || !strings.Contains(p.HTML, below.String()) {
		t.Errorf("got %+v, want the reply below %s, two deep", p, one)
	}
	cut()
	a, b := say(t, f, mara, "last in line", id), say(t, f, mara, "again below one", one)
	events, _ = watch(t, f, s, f.signIn(vera), "?thread="+id.String(), below.String())
	if e := next(t, events, "post"); !strings.Contains(e.data, b.String()) {
		t.Errorf("the reply that stands first must come first, got %s", e.data)
	}
	if e := next(t, events, "post"); !strings.Contains(e.data, a.String()) {
		t.Errorf("then the one at the end, got %s", e.data)
	}
}

func TestStreamEndsWithTheRight(t *testing.T) {
	f, _, _ := withPost(t)
	s := newSite(t, f)
	cookie := f.signIn(mara)
	other, _ := watch(t, f, s, f.signIn(mara), "", "")
	events, _ := watch(t, f, s, cookie, "?fire=1", "")
	next(t, events, "unread")
	next(t, other, "unread")
	session, _, err := f.SignedIn(t.Context(), cookie)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.EndSession(t.Context(), camp.Actor{Member: mara}, session.ID); err != nil {
		t.Fatal(err)
	}
	next(t, events, "over")
	ended(t, events)
	say(t, f, vera, "still here?", 0)
	if err := f.Remove(t.Context(), camp.Actor{Member: vera}, "mara", false); err != nil {
		t.Fatal(err)
	}
	next(t, other, "over")
	ended(t, other)
}

func TestTooManyStreams(t *testing.T) {
	f, _, _ := withPost(t)
	s := newSite(t, f)
	cookie := f.signIn(mara)
	all := make([]<-chan event, maxStreams+1)
	for i := range all {
		all[i], _ = watch(t, f, s, cookie, "", "")
		next(t, all[i], "unread")
	}
	next(t, all[0], "bye")
	ended(t, all[0])
	f.mu.Lock()
	open := len(f.watchers)
	f.mu.Unlock()
	if open != maxStreams {
		t.Errorf("%d streams open, want %d", open, maxStreams)
	}
}

func TestStreamTooSlow(t *testing.T) {
	f, id, _ := withPost(t)
	events, _ := watch(t, f, newSite(t, f), f.signIn(mara), "?fire=1&after="+id.String(), "")
	next(t, events, "unread")
	f.mu.Lock()
	for w := range f.watchers {
		close(w)
		delete(f.watchers, w)
	}
	f.mu.Unlock()
	ended(t, events) // the browser comes back by itself
}

func TestPartPosts(t *testing.T) {
	f, id, _ := withPost(t)
	b := f.browser(t, vera)
	body := b.want(b.get("/part/posts?ids="+id.String()+",000000000000000001"), 200)
	var got map[string]string
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(got[id.String()], "canary-lake") || got["000000000000000001"] != "" || len(got) != 2 {
		t.Errorf("got %v", got)
	}
}
