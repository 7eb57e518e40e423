package sig

import (
	"bufio"
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"camp/node/camp"
)

const (
	keyID  = "https://camp.example/users/ana#main-key"
	proofs = "https://camp.example/users/ana#ed25519-key"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

var body = []byte(`{"type":"Create","actor":"https://camp.example/users/ana"}`)

// ring is drawn once: RSA takes its time.
var ring = sync.OnceValue(func() (r struct{ rsa, other, ed Key }) {
	var err error
	for _, k := range []*Key{&r.rsa, &r.other} {
		if *k, _, err = NewKey(keyID); err != nil {
			panic(err)
		}
	}
	if r.ed, _, err = NewProofKey(proofs, strings.NewReader(strings.Repeat("seed", 8))); err != nil {
		panic(err)
	}
	return r
})

func post(t testing.TB, address string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/activity+json")
	return r
}

func get(t testing.TB, address string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// arrive sends r over the wire of net/http and gives what the other side sees.
func arrive(t testing.TB, r *http.Request) Incoming {
	t.Helper()
	var wire bytes.Buffer
	if err := r.Write(&wire); err != nil {
		t.Fatal(err)
	}
	got, err := http.ReadRequest(bufio.NewReader(&wire))
	if err != nil {
		t.Fatal(err)
	}
	sent, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return Incoming{Method: got.Method, Host: got.Host, Target: got.RequestURI, Header: got.Header, Body: sent}
}

func TestRoundTrip(t *testing.T) {
	requests := map[string]func() *http.Request{
		"post":         func() *http.Request { return post(t, "https://far.example/inbox") },
		"post, query":  func() *http.Request { return post(t, "https://far.example/inbox?a=b&c=%20d") },
		"get":          func() *http.Request { return get(t, "https://far.example/users/bob") },
		"get, query":   func() *http.Request { return get(t, "https://far.example/outbox?page=true") },
		"get, root":    func() *http.Request { return get(t, "https://far.example") },
		"get, escapes": func() *http.Request { return get(t, "https://far.example/a%2Fb/%C3%A9?") },
		"get, port":    func() *http.Request { return get(t, "https://FAR.example:443/x") },
		"get, 8443":    func() *http.Request { return get(t, "https://far.example:8443/x") },
		"delete":       func() *http.Request { r := get(t, "https://far.example/x"); r.Method = "DELETE"; return r },
	}
	for _, form := range []Form{FormCavage, FormMessage} {
		for kind, key := range map[string]Key{"rsa": ring().rsa, "ed25519": ring().ed} {
			for name, make := range requests {
				t.Run(fmt.Sprint(form, "/", kind, "/", name), func(t *testing.T) {
					r := make()
					var sent []byte
					if r.Body != nil {
						sent = body
					}
					if err := Sign(r, sent, key, form, noon); err != nil {
						t.Fatal(err)
					}
					in := arrive(t, r)
					if want := strings.TrimSuffix(strings.ToLower(r.URL.Host), ":443"); in.Host != want {
						t.Errorf("sent to %q, want %q", in.Host, want)
					}
					claims, err := Read(in, noon.Add(time.Minute))
					if err != nil || len(claims) != 1 {
						t.Fatal(len(claims), err)
					}
					c := claims[0]
					if c.KeyID != key.ID || c.Form != form || !c.Made.Equal(noon) {
						t.Errorf("claim %s %s %s", c.KeyID, c.Form, c.Made)
					}
					if err := c.Verify(key.Public()); err != nil {
						t.Error(err)
					}
					if err := c.Verify(ring().other.Public()); err == nil {
						t.Error("believed another's key")
					}
				})
			}
		}
	}
}

// Whoever signs twice leaves nothing of the first time (double knock).
func TestSignAgain(t *testing.T) {
	r := post(t, "https://far.example/inbox")
	for _, form := range []Form{FormMessage, FormCavage, FormMessage} {
		if err := Sign(r, body, ring().rsa, form, noon); err != nil {
			t.Fatal(err)
		}
		old := form == FormCavage
		for name, want := range map[string]bool{
			"Signature": true, "Date": true, "Digest": old, "Content-Digest": !old, "Signature-Input": !old,
		} {
			if n := len(r.Header[name]); n > 1 || n == 1 != want {
				t.Errorf("%s: %d lines of %s", form, n, name)
			}
		}
	}
}

// What peers see, letter by letter (federation.md 4).
func TestWritten(t *testing.T) {
	r := post(t, "https://far.example/inbox?x=1")
	if err := Sign(r, body, ring().rsa, FormCavage, noon); err != nil {
		t.Fatal(err)
	}
	before := `keyId="` + keyID + `",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",signature="`
	if got := r.Header.Get("Signature"); !strings.HasPrefix(got, before) {
		t.Errorf("got %s, want %s…", got, before)
	}
	for name, want := range map[string]string{
		"Date":   "Sun, 22 Nov 2026 12:00:00 GMT",
		"Digest": "SHA-256=pMYe9NYSYnb2YAlJjc+/G61pRNY6V5iXzpC4ZBJYwYE=",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	if err := Sign(r, body, ring().rsa, FormMessage, noon); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Content-Digest": "sha-256=:pMYe9NYSYnb2YAlJjc+/G61pRNY6V5iXzpC4ZBJYwYE=:",
		"Signature-Input": `sig1=("@method" "@target-uri" "content-digest" "content-type");created=1795348800;keyid="` + keyID +
			`";alg="rsa-v1_5-sha256"`,
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestSignRefuses(t *testing.T) {
	good := ring().rsa
	for name, c := range map[string]struct {
		address string
		key     Key
		form    Form
		want    error
	}{
		"no form":        {"https://far.example/", good, 0, ErrMalformed},
		"plain http":     {"http://far.example/", good, FormCavage, ErrMalformed},
		"no host":        {"https:///x", good, FormMessage, ErrMalformed},
		"unicode host":   {"https://fär.example/", good, FormMessage, ErrMalformed},
		"zero key, old":  {"https://far.example/", Key{ID: keyID}, FormCavage, ErrKey},
		"zero key, new":  {"https://far.example/", Key{ID: keyID}, FormMessage, ErrKey},
		"no id":          {"https://far.example/", Key{signer: good.signer}, FormMessage, ErrMalformed},
		"id ends quotes": {"https://far.example/", Key{ID: keyID + `",x="`, signer: good.signer}, FormCavage, ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			if err := Sign(get(t, c.address), nil, c.key, c.form, noon); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	t.Run("a header that cannot be sent", func(t *testing.T) {
		r := post(t, "https://far.example/inbox")
		r.Header.Set("Content-Type", "a\nb")
		if err := Sign(r, body, good, FormCavage, noon); !errors.Is(err, ErrMalformed) {
			t.Error(err)
		}
	})
}

func TestKeys(t *testing.T) {
	made := map[string]func() (Key, camp.Secret, error){
		"rsa": func() (Key, camp.Secret, error) { return NewKey(keyID) },
		"ed25519": func() (Key, camp.Secret, error) {
			return NewProofKey(keyID, strings.NewReader(strings.Repeat("x", 32)))
		},
	}
	for name, make := range made {
		t.Run(name, func(t *testing.T) {
			key, secret, err := make()
			if err != nil {
				t.Fatal(err)
			}
			again, err := ParsePrivate(keyID, secret)
			if err != nil {
				t.Fatal(err)
			}
			der, err := again.SPKI()
			if err != nil {
				t.Fatal(err)
			}
			pub, err := ParsePublic(der)
			if err != nil {
				t.Fatal(err)
			}
			if same, ok := pub.(interface{ Equal(crypto.PublicKey) bool }); !ok || !same.Equal(key.Public()) {
				t.Error("another key came back")
			}
		})
	}
	if _, _, err := NewProofKey(keyID, strings.NewReader("short")); err == nil {
		t.Error("made a key of too little chance")
	}
	if _, _, err := NewKey("no id"); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
	if _, err := (Key{}).SPKI(); !errors.Is(err, ErrKey) {
		t.Error(err)
	}
}
