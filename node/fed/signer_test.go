package fed

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/sig"
)

const bo = "https://far.example/u/bo"

// village is what other servers hold, and what is kept of them here.
type village struct {
	t    testing.TB
	docs map[string]string // id -> document
	at   map[string]string // address -> id of what lies there, where that is another
	kept map[string]camp.Remote
	shut map[camp.Domain]bool
	got  []string
	now  time.Time
}

func newVillage(t testing.TB) (*village, *Witness) {
	t.Helper()
	v := &village{t: t, docs: map[string]string{}, at: map[string]string{}, kept: map[string]camp.Remote{}, shut: map[camp.Domain]bool{}, now: at}
	return v, NewWitness(v, v, func(d camp.Domain) error {
		if v.shut[d] {
			return errors.New("blocked")
		}
		return nil
	}, func() time.Time { return v.now })
}

func (v *village) View(_ context.Context, fn func(WitnessTx) error) error { return fn(v) }

func (v *village) RemoteByURI(uri string) (camp.Remote, bool, error) {
	r, ok := v.kept[uri]
	return r, ok, nil
}

// Document answers as a Fetcher does, which never gives what another host says.
func (v *village) Document(_ context.Context, _ camp.MemberID, address string) ([]byte, string, error) {
	v.got = append(v.got, address)
	id := address
	if to, ok := v.at[address]; ok {
		id = to
	}
	doc, ok := v.docs[id]
	if !ok {
		return nil, "", &GoneError{Status: http.StatusGone}
	}
	return []byte(doc), id, nil
}

func newKeyOf(t testing.TB, id string) (sig.Key, []byte) {
	t.Helper()
	k, _, err := sig.NewKey(id)
	if err != nil {
		t.Fatal(err)
	}
	der, err := k.SPKI()
	if err != nil {
		t.Fatal(err)
	}
	return k, der
}

func publicKey(id, owner string, der []byte) map[string]any {
	return map[string]any{"id": id, "owner": owner, "publicKeyPem": string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))}
}

func document(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// person is an actor with one key.
func person(t testing.TB, id, keyID, owner string, der []byte) string {
	t.Helper()
	return document(t, map[string]any{
		"@context": "https://www.w3.org/ns/activitystreams", "type": "Person", "id": id, "preferredUsername": "bo", "inbox": id + "/inbox",
		"publicKey": publicKey(keyID, owner, der),
	})
}

// arrived is a request to our inbox as the listener hands it on.
func arrived(t *testing.T, k sig.Key, form sig.Form, when time.Time) sig.Incoming {
	t.Helper()
	body := []byte(`{"type":"Like"}`)
	r, err := http.NewRequest(http.MethodPost, here.Shared(), bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/activity+json")
	if err := sig.Sign(r, body, k, form, when); err != nil {
		t.Fatal(err)
	}
	return sig.Incoming{Method: r.Method, Host: "one.example", Target: r.URL.RequestURI(), Header: r.Header, Body: body}
}

// prove is Read and Signer, as an inbox uses them.
func prove(t *testing.T, w *Witness, in sig.Incoming) (Signer, error) {
	t.Helper()
	claims, err := w.Read(in)
	if err != nil {
		return Signer{}, err
	}
	return w.Signer(t.Context(), claims)
}

// A key that was not to be had is not asked for again at once; for others it is no obstacle.
func TestFailedKeysAreRemembered(t *testing.T) {
	key, der := newKeyOf(t, bo+"#main-key")
	v, w := newVillage(t)
	for range 3 {
		if _, err := prove(t, w, arrived(t, key, sig.FormMessage, at)); !errors.Is(err, ErrAnswer) {
			t.Errorf("%v", err)
		}
	}
	if len(v.got) != 1 {
		t.Errorf("asked %d times", len(v.got))
	}
	v.docs[bo], v.now = person(t, bo, bo+"#main-key", bo, der), at.Add(failKept)
	if _, err := prove(t, w, arrived(t, key, sig.FormMessage, v.now)); err != nil {
		t.Errorf("later: %v", err)
	}
	gone, end := context.WithCancel(t.Context())
	end()
	other, _ := newKeyOf(t, "https://far.example/u/cy#main-key")
	claims, err := w.Read(arrived(t, other, sig.FormMessage, v.now))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Signer(gone, claims); err == nil || w.failedBefore(other.ID) != nil {
		t.Errorf("our own hurry is held against them: %v", err)
	}
}

func TestSignerIsFetched(t *testing.T) {
	key, der := newKeyOf(t, bo+"#main-key")
	for _, form := range []sig.Form{sig.FormCavage, sig.FormMessage} {
		v, w := newVillage(t)
		v.docs[bo] = person(t, bo, bo+"#main-key", bo, der)
		s, err := prove(t, w, arrived(t, key, form, at))
		if err != nil || s.URI != bo || s.Actor == nil || s.Host != "far.example" || s.Form != form || s.Remote.ID != 0 {
			t.Errorf("%v: %+v, %v", form, s, err)
		}
	}
}

func TestSignerIsKept(t *testing.T) {
	key, der := newKeyOf(t, bo+"#main-key")
	v, w := newVillage(t)
	v.kept[bo] = camp.Remote{ID: 7, URI: bo, Keys: []camp.RemoteKey{{ID: bo + "#main-key", DER: der}}}
	s, err := prove(t, w, arrived(t, key, sig.FormMessage, at))
	if err != nil || s.Remote.ID != 7 || s.Actor != nil || len(v.got) != 0 {
		t.Errorf("%+v, %v, asked %v", s, err, v.got)
	}
}

// Where servers keep their keys: all are found, whatever the id looks like.
func TestShapesOfKeys(t *testing.T) {
	for name, row := range map[string]struct {
		keyID string
		at    string // where its address leads
		apart bool   // a document of its own
	}{
		"a fragment":             {keyID: bo + "#main-key"},
		"a stub below the actor": {keyID: bo + "/main-key", at: bo},
		"a query":                {keyID: bo + "?key=1", at: bo},
		"its own document":       {keyID: "https://far.example/keys/1", apart: true},
	} {
		t.Run(name, func(t *testing.T) {
			key, der := newKeyOf(t, row.keyID)
			v, w := newVillage(t)
			v.docs[bo] = person(t, bo, row.keyID, bo, der)
			if row.at != "" {
				v.at[row.keyID] = row.at
			}
			if row.apart {
				v.docs[row.keyID] = document(t, publicKey(row.keyID, bo, der))
			}
			if s, err := prove(t, w, arrived(t, key, sig.FormCavage, at)); err != nil || s.URI != bo {
				t.Errorf("%+v, %v", s, err)
			}
			if !row.apart { // kept, it is found without asking
				v.kept[bo] = camp.Remote{ID: 7, URI: bo, Keys: []camp.RemoteKey{{ID: row.keyID, DER: der}}}
				v.got = nil
				if s, err := prove(t, w, arrived(t, key, sig.FormCavage, at)); !strings.Contains(row.keyID, "?") && (err != nil || s.Remote.ID != 7 || len(v.got) > 0) {
					t.Errorf("kept: %+v, %v, asked %v", s, err, v.got)
				}
			}
		})
	}
}

// Nobody is proven by a key that its owner does not own up to.
func TestSignerRefusals(t *testing.T) {
	keyID := bo + "#main-key"
	key, der := newKeyOf(t, keyID)
	_, otherDER := newKeyOf(t, keyID)
	apart, apartDER := newKeyOf(t, "https://far.example/keys/1")
	bare, _ := newKeyOf(t, "acct:bo@far.example")
	for name, row := range map[string]struct {
		key  sig.Key
		set  func(v *village)
		want error
		none bool // nothing may be asked
	}{
		"another key in the document": {key: key, set: func(v *village) { v.docs[bo] = person(t, bo, keyID, bo, otherDER) }, want: sig.ErrWrong},
		"another id for the key":      {key: key, set: func(v *village) { v.docs[bo] = person(t, bo, bo+"#other", bo, der) }, want: ErrOwner},
		"a key of somebody else":      {key: key, set: func(v *village) { v.docs[bo] = person(t, bo, keyID, "https://far.example/u/eve", der) }, want: ErrOwner},
		"gone":                        {key: key, set: func(*village) {}, want: ErrAnswer},
		"an owner on another host": {key: apart, set: func(v *village) {
			v.docs[apart.ID] = document(t, publicKey(apart.ID, "https://one.example/ap/ana", apartDER))
		}, want: ErrOwner},
		"an owner who does not list it": {key: apart, set: func(v *village) {
			v.docs[apart.ID] = document(t, publicKey(apart.ID, bo, apartDER))
			v.docs[bo] = person(t, bo, keyID, bo, der)
		}, want: ErrOwner},
		"a server that is shut out": {key: key, set: func(v *village) { v.shut["far.example"] = true }, want: ErrShutOut, none: true},
		"a key that is nowhere":     {key: bare, set: func(*village) {}, want: ErrOwner, none: true},
		"somebody whose server says gone": {key: key, set: func(v *village) {
			v.kept[bo] = camp.Remote{ID: 7, URI: bo, Gone: at, Keys: []camp.RemoteKey{{ID: keyID, DER: der}}}
		}, want: ErrAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			v, w := newVillage(t)
			row.set(v)
			if s, err := prove(t, w, arrived(t, row.key, sig.FormMessage, at)); !errors.Is(err, row.want) {
				t.Errorf("%+v, %v", s, err)
			}
			if row.none && len(v.got) > 0 {
				t.Errorf("asked %v", v.got)
			}
		})
	}
	v, w := newVillage(t)
	in := arrived(t, key, sig.FormMessage, at)
	in.Body = []byte(`{"type":"Undo"}`)
	if _, err := prove(t, w, in); !errors.Is(err, sig.ErrDigest) || len(v.got) > 0 {
		t.Errorf("a changed body: %v, asked %v", err, v.got)
	}
}

// Who is kept away is known by the name of the key alone, however bad the
// signature, and nothing is asked to know it.
func TestKeptAway(t *testing.T) {
	v, w := newVillage(t)
	v.shut["far.example"] = true
	for name, row := range map[string]struct {
		field, value string
		want         bool
	}{
		"nobody":            {want: false},
		"old form, broken":  {field: "Signature", value: `keyId="https://far.example:8443/u/bo#k",signature="!"`, want: true},
		"new form, alone":   {field: "Signature-Input", value: `s=();keyid="https://FAR.example/u/bo#k"`, want: true},
		"one of two labels": {field: "Signature-Input", value: `s=();keyid="https://other.example/#k", u=();keyid="https://far.example/#k"`, want: true},
		"another server":    {field: "Signature", value: `keyId="https://other.example/u/bo#k",signature="AA=="`},
		"no address":        {field: "Signature", value: `keyId="bo",signature="AA=="`},
	} {
		h := http.Header{}
		if row.field != "" {
			h.Set(row.field, row.value)
		}
		if got := w.KeptAway(h); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if len(v.got) > 0 {
		t.Errorf("asked %v", v.got)
	}
}

// A key that changed is found out by asking once; who sends rubbish makes us
// ask no more than that.
func TestKeyTurns(t *testing.T) {
	keyID := bo + "#main-key"
	_, oldDER := newKeyOf(t, keyID)
	key, der := newKeyOf(t, keyID)
	v, w := newVillage(t)
	v.kept[bo] = camp.Remote{ID: 7, URI: bo, Keys: []camp.RemoteKey{{ID: keyID, DER: oldDER}}}
	v.docs[bo] = person(t, bo, keyID, bo, der)
	s, err := prove(t, w, arrived(t, key, sig.FormMessage, at))
	if err != nil || s.Remote.ID != 7 || s.Actor == nil || len(v.got) != 1 {
		t.Fatalf("%+v, %v, asked %v", s, err, v.got)
	}
	v.docs[bo] = person(t, bo, keyID, bo, oldDER) // and now somebody who has no key at all
	for range 5 {
		if _, err := prove(t, w, arrived(t, key, sig.FormMessage, v.now)); !errors.Is(err, sig.ErrWrong) {
			t.Errorf("believed: %v", err)
		}
	}
	if len(v.got) != 1 {
		t.Errorf("asked %d times within five minutes", len(v.got))
	}
	v.now = at.Add(askAgain)
	if _, err := prove(t, w, arrived(t, key, sig.FormMessage, v.now)); !errors.Is(err, sig.ErrWrong) || len(v.got) != 2 {
		t.Errorf("%v, asked %d times", err, len(v.got))
	}
}

func TestAskedIsBounded(t *testing.T) {
	v, w := newVillage(t)
	for i := range maxAsked + 10 {
		w.mayAsk(strings.Repeat("k", i%7) + time.Duration(i).String())
	}
	if len(w.asked) > maxAsked {
		t.Errorf("%d remembered", len(w.asked))
	}
	v.now = v.now.Add(askAgain)
	if !w.mayAsk("one more") {
		t.Error("full for ever")
	}
}
