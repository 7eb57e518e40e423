package fed

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/fed/knock"
	"camp/node/outside"
	"camp/node/sig"
)

var at = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// oneKey is a ring of one key.
type oneKey struct{ key sig.Key }

func (o oneKey) Key(context.Context, camp.MemberID) (sig.Key, error) { return o.key, nil }

// world is other servers. Each answers what it holds, if the signature is one
// that it takes; verifying is node/sig's own.
type world struct {
	t     *testing.T
	key   sig.Key
	docs  map[string]string
	moved map[string]string // address -> the one that answers in its place
	takes func(form sig.Form, target string) int
	asks  string // Accept-Signature of a refusal
	asked []string
}

func newWorld(t *testing.T) (*world, *Fetcher) {
	t.Helper()
	key, _, err := sig.NewKey(here.Camp() + keyMark)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, key: key, docs: map[string]string{}, moved: map[string]string{}, takes: func(sig.Form, string) int { return http.StatusOK }}
	return w, NewFetcher(w, oneKey{key}, func() time.Time { return at })
}

func (w *world) Do(ctx context.Context, q outside.Request) (outside.Answer, error) {
	url := q.URL
	if to, ok := w.moved[url]; ok {
		url = to
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return outside.Answer{}, err
	}
	if err := q.Sign(r); err != nil {
		return outside.Answer{}, err
	}
	form, target := w.verify(r)
	w.asked = append(w.asked, fmt.Sprint(form, " ", url))
	a := outside.Answer{Status: w.takes(form, target), URL: url, Header: http.Header{}}
	doc, ok := w.docs[url]
	switch {
	case a.Status != http.StatusOK:
		if w.asks != "" {
			a.Header.Set("Accept-Signature", w.asks)
		}
	case !ok:
		a.Status = http.StatusNotFound
	default:
		a.Body = []byte(doc)
	}
	return a, nil
}

// verify gives the form of a good signature and what of the address it covers.
func (w *world) verify(r *http.Request) (sig.Form, string) {
	for _, target := range []string{r.URL.EscapedPath(), r.URL.RequestURI()} {
		claims, err := sig.Read(sig.Incoming{Method: r.Method, Host: r.URL.Host, Target: target, Header: r.Header}, at)
		if err == nil && claims[0].Verify(w.key.Public()) == nil {
			return claims[0].Form, target
		}
	}
	w.t.Errorf("%s came without a good signature", r.URL)
	return 0, ""
}

func note(id string) string {
	return `{"@context":"https://www.w3.org/ns/activitystreams","type":"Note","id":"` + id + `","attributedTo":"https://far.example/u/bo","content":"x"}`
}

const farNote = "https://far.example/n/1"

func TestDocument(t *testing.T) {
	for name, row := range map[string]struct {
		docs, moved map[string]string
		ask         string
		want        error
		times       int
	}{
		"what was asked for":              {docs: map[string]string{farNote: note(farNote)}, ask: farNote, times: 1},
		"found at its page":               {docs: map[string]string{"https://far.example/@bo/1": note(farNote), farNote: note(farNote)}, ask: "https://far.example/@bo/1", times: 2},
		"redirected on its host":          {docs: map[string]string{farNote: note(farNote)}, moved: map[string]string{"https://far.example/1": farNote}, ask: "https://far.example/1", times: 1},
		"names another each time":         {docs: map[string]string{"https://far.example/a": note("https://far.example/b"), "https://far.example/b": note("https://far.example/c")}, ask: "https://far.example/a", want: ErrID, times: 2},
		"of another host":                 {docs: map[string]string{"https://evil.example/1": note(farNote), farNote: note(farNote)}, ask: "https://evil.example/1", want: ErrID, times: 1},
		"redirected to another host's":    {docs: map[string]string{farNote: note(farNote)}, moved: map[string]string{"https://evil.example/1": farNote}, ask: "https://evil.example/1", want: ErrID, times: 1},
		"without an id":                   {docs: map[string]string{farNote: `{"type":"Note","attributedTo":"https://far.example/u/bo","content":"x"}`}, ask: farNote, want: ErrID, times: 1},
		"nothing there":                   {ask: farNote, want: ErrAnswer, times: 1},
		"nothing at another host":         {moved: map[string]string{farNote: "https://evil.example/1"}, ask: farNote, want: ErrAnswer, times: 1},
		"no address":                      {ask: "http://far.example/n/1", want: ErrID},
		"a host that only looks the same": {docs: map[string]string{"https://far.example.evil.example/n/1": note(farNote)}, ask: "https://far.example.evil.example/n/1", want: ErrID, times: 1},
		"another port is another host":    {docs: map[string]string{"https://far.example:444/n/1": note(farNote)}, ask: "https://far.example:444/n/1", want: ErrID, times: 1},
		"another spelling of the same id": {docs: map[string]string{"https://far.example/N/1": note(farNote), farNote: note(farNote)}, ask: "https://far.example/N/1", times: 2},
	} {
		t.Run(name, func(t *testing.T) {
			w, f := newWorld(t)
			w.docs, w.moved = row.docs, row.moved
			body, id, err := f.Document(t.Context(), 0, row.ask)
			if !errors.Is(err, row.want) || row.want == nil && (id != farNote || string(body) != note(farNote)) {
				t.Errorf("got %q %s, %v", id, body, err)
			}
			if len(w.asked) != row.times {
				t.Errorf("asked %v", w.asked)
			}
		})
	}
}

// Gone is believed of the address's own host alone.
func TestGoneIsTheHostsOwnWord(t *testing.T) {
	w, f := newWorld(t)
	var gone *GoneError
	if _, _, err := f.Document(t.Context(), 0, farNote); !errors.As(err, &gone) || gone.Status != http.StatusNotFound {
		t.Errorf("not there: %v", err)
	}
	w.moved[farNote] = "https://evil.example/x"
	if _, _, err := f.Document(t.Context(), 0, farNote); errors.As(err, &gone) {
		t.Errorf("another host says it is gone: %v", err)
	}
}

func TestDoubleKnock(t *testing.T) {
	w, f := newWorld(t)
	w.docs[farNote] = note(farNote)
	get := func(want ...string) {
		t.Helper()
		w.asked = nil
		_, _, err := f.Document(t.Context(), 0, farNote)
		var forms []string
		for _, a := range w.asked {
			forms = append(forms, strings.Fields(a)[0])
		}
		if !slices.Equal(forms, want) {
			t.Errorf("knocked %v, want %v (%v)", forms, want, err)
		}
	}
	neu, old := sig.FormMessage.String(), sig.FormCavage.String()
	get(neu)
	for _, status := range []int{400, 401, 403, 500, 503} {
		w.takes = func(form sig.Form, _ string) int {
			if form == sig.FormCavage {
				return http.StatusOK
			}
			return status
		}
		f.forget("far.example")
		get(neu, old)
		get(old) // it remembers
	}
	f.now = func() time.Time { return at.Add(knock.Kept + 1) }
	w.t.Run("forgotten after a month", func(t *testing.T) {
		if form, known := f.form("far.example"); form != sig.FormMessage || known {
			t.Error("still the old form")
		}
	})
	f.now = func() time.Time { return at }
	w.takes = func(form sig.Form, _ string) int { // the server learned the new form and takes no other
		if form == sig.FormMessage {
			return http.StatusOK
		}
		return http.StatusUnauthorized
	}
	get(old, neu)
	get(neu)
	w.takes = func(sig.Form, string) int { return http.StatusForbidden }
	get(neu, old)
	w.takes = func(sig.Form, string) int { return http.StatusNotFound } // no signature would help
	get(neu)
}

func TestKnocksWithoutQuery(t *testing.T) {
	w, f := newWorld(t)
	const page = "https://far.example/outbox?page=1"
	w.docs[page] = note(page)
	w.takes = func(form sig.Form, target string) int {
		if form == sig.FormCavage && !strings.Contains(target, "?") {
			return http.StatusOK
		}
		return http.StatusUnauthorized
	}
	if _, id, err := f.Document(t.Context(), 0, page); err != nil || id != page || len(w.asked) != 3 {
		t.Errorf("%s %v after %v", id, err, w.asked)
	}
}

// What a server asks for is done once where it fits our key, and passed over where not.
func TestKnocksAsAsked(t *testing.T) {
	for asks, takes := range map[string]sig.Form{
		`sig1=("@method" "@target-uri" "@authority");created`:           sig.FormMessage,
		`sig1=("@method" "@target-uri" "@authority");created;keyid="x"`: sig.FormCavage,
	} {
		w, f := newWorld(t)
		w.docs[farNote], w.asks = note(farNote), asks
		n := 0
		w.takes = func(form sig.Form, _ string) int {
			if n++; n == 2 && form == takes {
				return http.StatusOK
			}
			return http.StatusUnauthorized
		}
		if _, _, err := f.Document(t.Context(), 0, farNote); err != nil {
			t.Errorf("%s: %v after %v", asks, err, w.asked)
		}
	}
}

// What is remembered of servers stays small.
func TestFormsAreBounded(t *testing.T) {
	_, f := newWorld(t)
	for i := range maxForms + 10 {
		f.learn(fmt.Sprint(i), sig.FormCavage)
	}
	if len(f.forms) > maxForms {
		t.Errorf("%d remembered", len(f.forms))
	}
}

// What letters showed of a server holds for documents too, until a document shows
// something else: after a start nobody is knocked at twice again.
func TestFetchKnowsWhatLettersShowed(t *testing.T) {
	_, f := newWorld(t)
	seen := knock.Memory{Form: camp.SignOld, At: at}
	f.Ask(func(d camp.Domain) knock.Memory {
		if d != "far.example" {
			t.Errorf("asked about %s", d)
		}
		return seen
	})
	if form, known := f.form("far.example"); form != sig.FormCavage || !known {
		t.Errorf("begins with %v, known %v", form, known)
	}
	f.learn("far.example", sig.FormMessage)
	if form, known := f.form("far.example"); form != sig.FormMessage || !known {
		t.Errorf("then with %v, known %v", form, known)
	}
}
