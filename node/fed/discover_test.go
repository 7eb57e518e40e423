package fed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"camp/node/ap"
	"camp/node/camp"
)

// book is a store of some people.
type book struct {
	people map[string]camp.Member
	err    error
}

func (b *book) View(_ context.Context, fn func(Tx) error) error { return fn(b) }

func (b *book) MemberByName(name string) (camp.Member, bool, error) {
	m, ok := b.people[name]
	return m, ok, b.err
}

func newDirectory(t *testing.T) (*Directory, *book) {
	t.Helper()
	b := &book{people: map[string]camp.Member{}}
	for i, m := range []camp.Member{
		{Name: "ana", Role: camp.RoleMember, Standing: camp.Joined},
		{Name: "hal", Role: camp.RoleHost, Standing: camp.Joined},
		{Name: "rest", Role: camp.RoleMember, Standing: camp.Suspended},
		{Name: "gus", Role: camp.RoleGuest, Standing: camp.Joined},
		{Name: "wim", Role: camp.RoleMember, Standing: camp.Waiting},
		{Name: "lea", Role: camp.RoleMember, Standing: camp.Left},
		{Name: "rob", Role: camp.RoleMember, Standing: camp.Removed},
		{Name: "no", Role: camp.RoleMember, Standing: camp.Declined},
	} {
		m.ID = camp.MemberID(i + 1)
		b.people[m.Name] = m
	}
	return NewDirectory(DirectoryOptions{
		Names: here, Store: b, Title: func() string { return "Hearth" }, Version: "0.1.0", Log: slog.New(slog.DiscardHandler),
	}), b
}

func ask(d http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "https://one.example"+path, nil))
	return w
}

func finger(d http.Handler, resource string, more ...string) *httptest.ResponseRecorder {
	q := url.Values{"resource": {resource}, "rel": more}
	return ask(d, "/.well-known/webfinger?"+q.Encode())
}

func TestWebFingerFinds(t *testing.T) {
	d, _ := newDirectory(t)
	for resource, name := range map[string]string{
		"acct:ana@one.example":         "ana",
		"acct:ANA@One.Example":         "ana",
		"acct:@ana@one.example":        "ana",
		"ana@one.example":              "ana",
		"acct:hal@one.example":         "hal",
		"acct:rest@one.example":        "rest",
		here.Actor("ana"):              "ana",
		here.Page("ana"):               "ana",
		here.Camp():                    "one.example",
		"acct:one.example@one.example": "one.example",
	} {
		w := finger(d, resource)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/jrd+json" || w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %d %v", resource, w.Code, w.Header())
			continue
		}
		jrd, err := ap.ParseJRD(w.Body.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		id := here.Actor(name)
		if name == "one.example" {
			id = here.Camp()
		}
		if jrd.Subject != "acct:"+name+"@one.example" || jrd.Actor() != id {
			t.Errorf("%s: %+v", resource, jrd)
		}
	}
	if w := finger(d, "acct:ana@one.example", "self"); strings.Contains(w.Body.String(), ap.RelProfile) || !strings.Contains(w.Body.String(), here.Actor("ana")) {
		t.Errorf("only self was asked for: %s", w.Body)
	}
	if w := finger(d, "acct:ana@one.example", "unknown"); w.Code != http.StatusOK {
		t.Errorf("a relation that nobody knows: %d", w.Code)
	}
	if w := ask(d, "/.well-known/webfinger?resource=acct%3Aana%40one.example"); w.Code != http.StatusOK {
		t.Errorf("percent-encoded: %d", w.Code)
	}
}

// Whoever is not there for others looks exactly like somebody who never was.
func TestWebFingerTellsNoMore(t *testing.T) {
	d, _ := newDirectory(t)
	never := finger(d, "acct:nobody@one.example")
	if never.Code != http.StatusNotFound {
		t.Fatalf("nobody: %d", never.Code)
	}
	for _, resource := range []string{
		"acct:gus@one.example", "acct:wim@one.example", "acct:lea@one.example", "acct:rob@one.example", "acct:no@one.example", here.Actor("gus"), here.Page("wim"),
		"acct:ana@two.example", "https://two.example/@ana", "acct:an%61@one.example", "acct:a/b@one.example", "acct:аna@one.example", here.Post(7), "urn:x",
		"https://one.example/ap/ana/inbox",
	} {
		w := finger(d, resource)
		if w.Code != never.Code || !bytes.Equal(w.Body.Bytes(), never.Body.Bytes()) || !sameHeader(w.Header(), never.Header()) {
			t.Errorf("%s: %d %v %s", resource, w.Code, w.Header(), w.Body)
		}
	}
	for _, path := range []string{"/anything", "//.well-known/webfinger", "/x/../.well-known/nodeinfo", "/nodeinfo/"} {
		if w := ask(d, path); w.Code != never.Code || !bytes.Equal(w.Body.Bytes(), never.Body.Bytes()) || !sameHeader(w.Header(), never.Header()) {
			t.Errorf("%s: %d %v %s", path, w.Code, w.Header(), w.Body)
		}
	}
}

func sameHeader(a, b http.Header) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}

func TestWebFingerRefuses(t *testing.T) {
	d, b := newDirectory(t)
	for name, query := range map[string]string{
		"none": "", "empty": "?resource=", "two": "?resource=acct:ana@one.example&resource=acct:hal@one.example", "a bare word": "?resource=ana",
		"broken": "?resource=%zz", "too long": "?resource=acct:" + strings.Repeat("a", maxResource) + "@one.example",
	} {
		if w := ask(d, "/.well-known/webfinger"+query); w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	b.err = errors.New("disk")
	if w := finger(d, "acct:ana@one.example"); w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "disk") {
		t.Errorf("a store that fails: %d %s", w.Code, w.Body)
	}
}

func TestNodeInfo(t *testing.T) {
	d, _ := newDirectory(t)
	w := ask(d, "/.well-known/nodeinfo")
	document, application, err := ap.ParseNodeInfoLinks(w.Body.Bytes())
	if err != nil || document != "https://one.example/nodeinfo/2.1" || application != here.Camp() {
		t.Fatalf("%s %s %v", document, application, err)
	}
	for _, version := range []string{"2.0", "2.1"} {
		w := ask(d, "/nodeinfo/"+version)
		if !strings.Contains(w.Header().Get("Content-Type"), "schema/"+version) {
			t.Errorf("%s: %v", version, w.Header())
		}
		n, err := ap.ParseNodeInfo(w.Body.Bytes())
		if err != nil || n.Software != "camp" || n.Version != "0.1.0" || n.Open || n.Name != "Hearth" {
			t.Errorf("%s: %+v, %v", version, n, err)
		}
		if n.Users >= 0 || n.Active >= 0 || n.ActiveHalf >= 0 || n.Posts >= 0 {
			t.Errorf("%s tells numbers: %s", version, w.Body)
		}
	}
	if w := ask(d, "/nodeinfo/1.0"); w.Code != http.StatusNotFound {
		t.Errorf("1.0: %d", w.Code)
	}
	if w := ask(d, "/.well-known/host-meta"); !strings.Contains(w.Body.String(), "https://one.example/.well-known/webfinger?resource={uri}") {
		t.Errorf("host-meta: %s", w.Body)
	}
}

// FuzzFind: whatever is looked for, what is found is somebody who is there.
func FuzzFind(f *testing.F) {
	for _, s := range []string{"acct:ana@one.example", here.Actor("ana"), here.Camp(), "acct:@@", "https://one.example/ap/%2e", "acct:one.example@one.example"} {
		f.Add(s)
	}
	there := map[string]bool{here.Actor("ana"): true, here.Camp(): true}
	f.Fuzz(func(t *testing.T, resource string) {
		d := NewDirectory(DirectoryOptions{Names: here, Store: &book{people: map[string]camp.Member{
			"ana": {ID: 1, Name: "ana", Role: camp.RoleMember, Standing: camp.Joined}, "lea": {ID: 2, Name: "lea", Standing: camp.Left},
		}}, Title: func() string { return "" }, Log: slog.New(slog.DiscardHandler)})
		jrd, ok, err := d.find(t.Context(), resource)
		if err != nil || ok && !there[jrd.Actor()] {
			t.Errorf("%q finds %q, %v", resource, jrd.Actor(), err)
		}
	})
}
