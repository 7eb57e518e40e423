package fed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/ration"
	"camp/node/sig"
)

// mailbox is an inbox with what it took.
type mailbox struct {
	*Inbox
	v     *village
	key   sig.Key
	taken []ap.Activity
	hints []string // of what nothing proves
	fails error
}

func newMailbox(t *testing.T) *mailbox {
	t.Helper()
	v, w := newVillage(t)
	key, der := newKeyOf(t, bo+"#main-key")
	v.docs[bo] = person(t, bo, bo+"#main-key", bo, der)
	m := &mailbox{v: v, key: key}
	m.Inbox = NewInbox(InboxOptions{
		Names: here, Witness: w, Now: w.now, Log: slog.New(slog.DiscardHandler),
		Take: func(_ context.Context, from Signer, a ap.Activity) error {
			if from.URI != a.Actor {
				t.Errorf("%s brings what %s did", from.URI, a.Actor)
			}
			if m.fails == nil {
				m.taken = append(m.taken, a)
			}
			return m.fails
		},
		Carried: func(_ context.Context, from Signer, a ap.Activity) error {
			m.hints = append(m.hints, from.URI+" "+a.Object.ID)
			return nil
		},
	})
	return m
}

func (m *mailbox) request(body string, change func(*http.Request)) *http.Request {
	r := httptest.NewRequest(http.MethodPost, here.Shared(), strings.NewReader(body))
	r.Header.Set("Content-Type", ap.TypeActivity)
	out, err := http.NewRequest(http.MethodPost, here.Shared(), nil)
	if err != nil {
		m.v.t.Fatal(err)
	}
	out.Header = r.Header
	if err := sig.Sign(out, []byte(body), m.key, sig.FormMessage, m.v.now); err != nil {
		m.v.t.Fatal(err)
	}
	if change != nil {
		change(r)
	}
	return r
}

func (m *mailbox) bring(body string, change func(*http.Request)) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	m.ServeHTTP(w, m.request(body, change))
	return w
}

func act(kind, actor, object string) string {
	return fmt.Sprintf(`{"@context":"https://www.w3.org/ns/activitystreams","id":"%s/acts/1","type":"%s","actor":"%s","object":"%s"}`, actor, kind, actor, object)
}

func TestInboxTakes(t *testing.T) {
	m := newMailbox(t)
	w := m.bring(act("Like", bo, here.Post(7)), nil)
	if w.Code != http.StatusAccepted || len(m.taken) != 1 || m.taken[0].Object.ID != here.Post(7) {
		t.Errorf("%d %s, took %v", w.Code, w.Body, m.taken)
	}
}

func TestInboxRefuses(t *testing.T) {
	good := act("Like", bo, here.Post(7))
	for name, row := range map[string]struct {
		body   string
		change func(*http.Request)
		set    func(*mailbox)
		want   int
		asks   bool // the key is fetched before it is refused
	}{
		"a reading":              {body: good, change: func(r *http.Request) { r.Method = http.MethodGet }, want: http.StatusMethodNotAllowed},
		"another kind":           {body: good, change: func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }, want: http.StatusUnsupportedMediaType},
		"a packed body":          {body: good, change: func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }, want: http.StatusUnsupportedMediaType},
		"a length beyond bounds": {body: good, change: func(r *http.Request) { r.ContentLength = ap.MaxDocument + 1 }, want: http.StatusRequestEntityTooLarge},
		"a body beyond bounds": {body: good, change: func(r *http.Request) {
			r.ContentLength = -1
			r.Body = io.NopCloser(bytes.NewReader(make([]byte, ap.MaxDocument+1)))
		}, want: http.StatusRequestEntityTooLarge},
		"a body that breaks off":            {body: good, change: func(r *http.Request) { r.Body = io.NopCloser(io.MultiReader(strings.NewReader("{"), broken{})) }, want: http.StatusBadRequest},
		"without signature":                 {body: good, change: func(r *http.Request) { r.Header.Del("Signature"); r.Header.Del("Signature-Input") }, want: http.StatusUnauthorized},
		"another body":                      {body: good, change: func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(act("Block", bo, here.Actor("ana")))) }, want: http.StatusUnauthorized},
		"another inbox":                     {body: good, change: func(r *http.Request) { r.URL.Path = "/ap/ana/inbox"; r.RequestURI = "/ap/ana/inbox" }, want: http.StatusUnauthorized, asks: true},
		"no activity":                       {body: `{"type":"Like"}`, want: http.StatusBadRequest},
		"no JSON":                           {body: `{`, want: http.StatusBadRequest},
		"an actor elsewhere":                {body: act("Like", "https://third.example/u/cy", here.Post(7)), want: http.StatusUnauthorized},
		"one of ours":                       {body: act("Like", here.Actor("ana"), here.Post(7)), want: http.StatusUnauthorized},
		"their neighbour":                   {body: act("Like", "https://far.example/u/cy", here.Post(7)), want: http.StatusUnauthorized, asks: true},
		"not theirs":                        {body: good, set: func(m *mailbox) { m.fails = ErrDisowned }, want: http.StatusForbidden, asks: true},
		"a disk that fails":                 {body: good, set: func(m *mailbox) { m.fails = errors.New("disk") }, want: http.StatusServiceUnavailable, asks: true},
		"a server that shut out":            {body: good, set: func(m *mailbox) { m.v.shut["far.example"] = true }, want: http.StatusNotFound},
		"a server that is blocked, no JSON": {body: `{`, set: func(m *mailbox) { m.v.shut["far.example"] = true }, want: http.StatusNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMailbox(t)
			if row.set != nil {
				row.set(m)
			}
			w := m.bring(row.body, row.change)
			if w.Code != row.want || len(m.taken) > 0 || strings.Contains(w.Body.String(), "disk") {
				t.Errorf("%d %s, took %v", w.Code, w.Body, m.taken)
			}
			if (len(m.v.got) > 0) != row.asks {
				t.Errorf("asked %v", m.v.got)
			}
			if w.Code == http.StatusServiceUnavailable && w.Header().Get("Retry-After") == "" {
				t.Error("does not say when to come again")
			}
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// Who is shut out sees what one sees where nobody is.
func TestShutOutSeesNothing(t *testing.T) {
	m := newMailbox(t)
	m.v.shut["far.example"] = true
	got := m.bring(act("Like", bo, here.Post(7)), nil)
	d, _ := newDirectory(t)
	want := ask(d, "/nowhere")
	if got.Code != want.Code || got.Body.String() != want.Body.String() || !sameHeader(got.Header(), want.Header()) {
		t.Errorf("%d %v %s, want %d %v %s", got.Code, got.Header(), got.Body, want.Code, want.Header(), want.Body)
	}
}

// That somebody unknown is gone costs nothing; a known one's end is done where it is proven.
func TestInboxOfDeletes(t *testing.T) {
	m := newMailbox(t)
	if w := m.bring(act("Delete", bo, bo), nil); w.Code != http.StatusAccepted || len(m.v.got) > 0 || len(m.taken) > 0 {
		t.Errorf("of nobody: %d, asked %v, took %v", w.Code, m.v.got, m.taken)
	}
	m.v.kept[bo] = camp.Remote{ID: 7, URI: bo}
	if w := m.bring(act("Delete", bo, bo), nil); w.Code != http.StatusAccepted || len(m.taken) != 1 {
		t.Errorf("of somebody: %d, took %v", w.Code, m.taken)
	}
	m = newMailbox(t)
	m.v.kept[bo] = camp.Remote{ID: 7, URI: bo}
	delete(m.v.docs, bo)
	var asked []string
	m.o.Gone = func(_ context.Context, actor string) error { asked = append(asked, actor); return nil }
	if w := m.bring(act("Delete", bo, bo), nil); w.Code != http.StatusAccepted || len(m.taken) > 0 || len(asked) != 1 || asked[0] != bo {
		t.Errorf("with a key that is gone: %d, took %v, asked about %v", w.Code, m.taken, asked)
	}
	if w := m.bring(act("Delete", bo, here.Post(7)), nil); w.Code != http.StatusUnauthorized {
		t.Errorf("a post, with a key that is gone: %d", w.Code)
	}
}

func TestInboxRates(t *testing.T) {
	m := newMailbox(t)
	for n := range eachBurst {
		if w := m.bring(act("Like", bo, here.Post(7)), nil); w.Code != http.StatusAccepted {
			t.Fatalf("%d: %d", n, w.Code)
		}
	}
	w := m.bring(act("Like", bo, here.Post(7)), nil)
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("one more: %d %v", w.Code, w.Header())
	}
	m.o.Unlimited = true
	if w := m.bring(act("Like", bo, here.Post(7)), nil); w.Code != http.StatusAccepted {
		t.Errorf("in a lab: %d", w.Code)
	}
	m.o.Unlimited = false
	for i := range ration.Kept + 100 {
		m.turn(fmt.Sprint(i, ".example"), "")
	}
	if n := m.each.Known(); n > ration.Kept {
		t.Errorf("%d servers remembered", n)
	}
}

// Who only claims to be of a server does not use up its turns: the sender's own
// address pays for that, and for nothing that is proven.
func TestClaimsUseUpNobodysTurns(t *testing.T) {
	m := newMailbox(t)
	good := act("Like", bo, here.Post(7))
	forge := func(addr string) int {
		w := m.bring(good, func(r *http.Request) { r.RemoteAddr = addr; r.URL.Path, r.RequestURI = "/other", "/other" })
		return w.Code
	}
	for n := range failBurst {
		if code := forge("198.51.100.7:1000"); code != http.StatusUnauthorized {
			t.Fatalf("forged %d: %d", n, code)
		}
	}
	if code := forge("198.51.100.7:1001"); code != http.StatusTooManyRequests {
		t.Errorf("one more from there: %d", code)
	}
	if code := forge("198.51.100.8:1000"); code != http.StatusUnauthorized {
		t.Errorf("from elsewhere: %d", code)
	}
	for i := range 4 { // what is forged from many addresses
		for range failBurst {
			forge(fmt.Sprintf("203.0.113.%d:9", i))
		}
	}
	for n := range eachBurst {
		w := m.bring(good, func(r *http.Request) { r.RemoteAddr = "192.0.2.1:443" })
		if w.Code != http.StatusAccepted {
			t.Fatalf("theirs, %d: %d", n, w.Code)
		}
	}
	if w := m.bring(good, func(r *http.Request) { r.RemoteAddr = "192.0.2.1:443" }); w.Code != http.StatusTooManyRequests {
		t.Errorf("beyond their rate: %d", w.Code)
	}
}

func TestSourceOf(t *testing.T) {
	for addr, want := range map[string]string{
		"198.51.100.7:1": "198.51.100.7/32", "[::ffff:198.51.100.7]:1": "198.51.100.7/32", "[2001:db8:1:2:3::4]:9": "2001:db8:1:2::/64", "pipe": "",
	} {
		if got := sourceOf(addr); got != want {
			t.Errorf("%s: %q, want %q", addr, got, want)
		}
	}
}

// FuzzInbox: nothing that a stranger sends does more than be refused.
func FuzzInbox(f *testing.F) {
	f.Add(act("Like", bo, here.Post(7)), ap.TypeActivity, `keyId="https://far.example/u/bo#main-key",headers="(request-target) host date digest",signature="AA=="`)
	f.Add("{", "application/ld+json", "")
	f.Fuzz(func(t *testing.T, body, kind, signature string) {
		_, w := newVillage(t)
		in := NewInbox(InboxOptions{
			Names: here, Witness: w, Now: w.now, Log: slog.New(slog.DiscardHandler),
			Take: func(context.Context, Signer, ap.Activity) error { t.Error("took it"); return nil },
		})
		r := httptest.NewRequest(http.MethodPost, here.Shared(), strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Signature", signature)
		got := httptest.NewRecorder()
		in.ServeHTTP(got, r)
		if got.Code < 400 || got.Code >= 500 {
			t.Errorf("%d", got.Code)
		}
	})
}
