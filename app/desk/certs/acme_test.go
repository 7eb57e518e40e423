package certs

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/mholt/acmez/v3/acme"

	"camp/app/desk/certs/certstest"
)

const long = 60 * time.Second // bounds waits; nothing here measures

// asking is a Keeper behind a listener of its own, as the camp has one.
type asking struct {
	*Keeper
	changed chan struct{}
	end     func()
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func port(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }

func ask(t *testing.T, name string, l net.Listener, a ACME, now func() time.Time) *asking {
	t.Helper()
	a.Rand, a.TLS = rand.Reader, Local(l.Addr().String())
	k := &asking{changed: make(chan struct{}, 1)}
	var err error
	k.Keeper, err = New(Options{Name: name, Now: now, Log: slog.New(slog.DiscardHandler), ACME: &a, Changed: func() {
		select {
		case k.changed <- struct{}{}:
		default:
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.NotFoundHandler(), ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	go func() { _ = srv.Serve(tls.NewListener(l, k.Config())) }()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- k.Run(ctx) }()
	ended := false
	k.end = func() {
		if ended {
			return
		}
		ended = true
		stop()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(long):
			t.Error("the asking does not end")
		}
		_ = srv.Close()
	}
	t.Cleanup(k.end)
	return k
}

func (k *asking) until(t *testing.T, what string, good func(Status) bool) {
	t.Helper()
	late := time.After(long)
	for !good(k.Status()) {
		select {
		case <-k.changed:
		case <-late:
			t.Fatalf("never %s: %+v", what, k.Status())
		}
	}
}

func (k *asking) serial() string {
	if c := k.cert.Load(); c != nil {
		return c.Leaf.SerialNumber.String()
	}
	return ""
}

// The authority is asked, looks at our own listener by TLS-ALPN-01, gives a
// certificate for some seconds; and gives another before they are over.
func TestACMEGivesAndRenews(t *testing.T) {
	l := listen(t)
	p := certstest.New(t, 1, port(l), 6)
	dir := t.TempDir()
	k := ask(t, "oak.example", l, ACME{Folder: dir, Directory: p.Directory, Roots: p.Web}, time.Now)
	if st := k.Status(); st.Say != "world.cert.asking" && !st.Good {
		t.Errorf("at first: %+v", st)
	}
	k.until(t, "given", func(st Status) bool { return st.Good && st.Say == "" })
	first := k.serial()
	c, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{ServerName: "oak.example", RootCAs: p.Roots})
	if err != nil {
		t.Fatalf("what it gave is not believed: %v", err)
	}
	_ = c.Close()
	k.until(t, "renewed", func(Status) bool { return k.serial() != first })
	k.end()
	// The key and the account stay with their owner.
	files := 0
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files++
			if st, err := d.Info(); err != nil || st.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %v, %v", path, st.Mode(), err)
			}
		}
		return err
	})
	if err != nil || files < 3 {
		t.Errorf("kept %d files, %v", files, err)
	}
}

// What was given is there at the next start, before anybody is asked.
func TestACMEKeepsItsCertificate(t *testing.T) {
	l := listen(t)
	p := certstest.New(t, 1, port(l), 3600)
	a := ACME{Folder: t.TempDir(), Directory: p.Directory, Roots: p.Web}
	k := ask(t, "elm.example", l, a, time.Now)
	k.until(t, "given", func(st Status) bool { return st.Good })
	first := k.serial()
	k.end()
	a.Rand = rand.Reader
	again, err := New(Options{Name: "elm.example", Now: time.Now, Changed: func() {}, Log: slog.New(slog.DiscardHandler), ACME: &a})
	if err != nil || !again.Status().Good || again.cert.Load().Leaf.SerialNumber.String() != first {
		t.Errorf("at the next start: %+v, %v", again.Status(), err)
	}
	other := a
	other.Directory = "https://other.example/directory"
	if k, err := New(Options{Name: "elm.example", Now: time.Now, Changed: func() {}, Log: slog.New(slog.DiscardHandler), ACME: &other}); err != nil || k.Status().Good {
		t.Errorf("another authority's certificate is shown: %v", err)
	}
}

// With a listener for it, HTTP-01 works as well, and answers nothing else.
func TestACMEByHTTP(t *testing.T) {
	l, h := listen(t), listen(t)
	p := certstest.New(t, port(h), 1, 3600) // nobody is behind port 1
	a := ACME{Folder: t.TempDir(), Directory: p.Directory, Roots: p.Web, HTTP: Local(h.Addr().String())}
	k := ask(t, "ash.example", l, a, time.Now)
	srv := &http.Server{Handler: k.Challenge()}
	go func() { _ = srv.Serve(h) }()
	t.Cleanup(func() { _ = srv.Close() })
	k.until(t, "given", func(st Status) bool { return st.Good })
	for _, path := range []string{"/", "/.well-known/acme-challenge/", "/.well-known/acme-challenge/AAAA", "/.well-known/webfinger"} {
		r := httptest.NewRequest(http.MethodGet, "http://ash.example"+path, nil)
		w := httptest.NewRecorder()
		k.Challenge().ServeHTTP(w, r)
		if w.Code != http.StatusNotFound {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
}

// What goes wrong is said in words, and the asking goes on; ends when told.
func TestACMEFailuresInWords(t *testing.T) {
	l := listen(t)
	deaf := listen(t) // takes connections and says nothing
	closed := listen(t)
	_ = closed.Close()
	p := certstest.New(t, 1, 1, 3600) // nobody is behind port 1
	for name, row := range map[string]struct {
		name, directory string
		say             string
	}{
		"the name leads nowhere":   {"oak.nowhere", p.Directory, "world.cert.other"}, // pebble's own word for it,
		"the door is closed":       {"birch.example", p.Directory, "world.cert.unseen"},
		"no authority":             {"fir.example", "https://" + closed.Addr().String() + "/dir", "world.cert.silent"},
		"an authority's neighbour": {"fig.example", p.Directory + "-none", "world.cert.other"},
	} {
		t.Run(name, func(t *testing.T) {
			k := ask(t, row.name, listen(t), ACME{Folder: t.TempDir(), Directory: row.directory, Roots: p.Web}, time.Now)
			k.until(t, "told", func(st Status) bool { return st.Say != "world.cert.asking" })
			if st := k.Status(); st.Good || st.Say != row.say || st.Detail == "" {
				t.Errorf("got %+v, want %s", st, row.say)
			}
			k.end()
		})
	}
	t.Run("an authority that says nothing does not hold up the end", func(t *testing.T) {
		k := ask(t, "yew.example", l, ACME{Folder: t.TempDir(), Directory: "https://" + deaf.Addr().String() + "/dir", Roots: p.Web}, time.Now)
		c, err := deaf.Accept()
		if err != nil {
			t.Fatal(err)
		}
		k.end()
		_ = c.Close()
	})
}

func TestWords(t *testing.T) {
	problem := func(kind string, below ...string) error {
		p := acme.Problem{Type: acme.ProblemTypeNamespace + kind, Detail: "x"}
		for _, b := range below {
			p.Subproblems = append(p.Subproblems, acme.Subproblem{Problem: acme.Problem{Type: acme.ProblemTypeNamespace + b}})
		}
		return fmt.Errorf("ask: %w", p)
	}
	for name, row := range map[string]struct {
		err  error
		want string
	}{
		"dns":        {problem("dns"), "world.cert.nowhere"},
		"connection": {problem("connection"), "world.cert.unseen"},
		"another":    {problem("unauthorized"), "world.cert.unseen"},
		"often":      {problem("rateLimited"), "world.cert.often"},
		"caa":        {problem("caa"), "world.cert.reserved"},
		"refused":    {problem("rejectedIdentifier"), "world.cert.refused"},
		"below":      {problem("compound", "caa"), "world.cert.reserved"},
		"new":        {problem("somethingNew"), "world.cert.other"},
		"late":       {context.DeadlineExceeded, "world.cert.silent"},
		"odd":        {io.ErrUnexpectedEOF, "world.cert.other"},
	} {
		if got, args := words(row.err, "oak.example"); got != row.want || args["Name"] != "oak.example" {
			t.Errorf("%s: %s %v, want %s", name, got, args, row.want)
		}
	}
}

func TestLocal(t *testing.T) {
	for text, want := range map[string]string{"127.0.0.1:443": "127.0.0.1:443", "[::]:8443": "[::]:8443", "[::ffff:10.0.0.1]:1": "10.0.0.1:1"} {
		if got := Local(text); got != netip.MustParseAddrPort(want) {
			t.Errorf("%s: %s", text, got)
		}
	}
}
