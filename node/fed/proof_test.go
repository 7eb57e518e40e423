package fed

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/ap"
)

// base58Of writes multibase "z", as node/sig reads it.
func base58Of(b []byte) string {
	const digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	n, at, out := new(big.Int).SetBytes(b), new(big.Int), []byte{}
	for n.Sign() > 0 {
		n.DivMod(n, big.NewInt(58), at)
		out = append(out, digits[at.Int64()])
	}
	for _, c := range b {
		if c != 0 {
			break
		}
		out = append(out, digits[0])
	}
	slices.Reverse(out)
	return "z" + string(out)
}

// proved adds a proof to a document. Of maps with plain text json.Marshal writes
// what JCS asks for (RFC 8785).
func proved(t *testing.T, doc map[string]any, key ed25519.PrivateKey, keyID string, made time.Time) string {
	t.Helper()
	options := map[string]any{
		"@context": doc["@context"], "type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofPurpose": "assertionMethod",
		"verificationMethod": keyID, "created": made.UTC().Format(time.RFC3339),
	}
	first, second := sha256.Sum256([]byte(document(t, options))), sha256.Sum256([]byte(document(t, doc)))
	options["proofValue"] = base58Of(ed25519.Sign(key, append(first[:], second[:]...)))
	out := maps.Clone(doc)
	out["proof"] = options
	return document(t, out)
}

// prover is somebody who proves what they make.
func prover(t *testing.T, id string) (actor string, key ed25519.PrivateKey) {
	t.Helper()
	pub, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return document(t, map[string]any{
		"@context": "https://www.w3.org/ns/activitystreams", "type": "Person", "id": id, "preferredUsername": "cy", "inbox": id + "/inbox",
		"assertionMethod": []any{map[string]any{"id": id + "#proofs", "type": "Multikey", "controller": id, "publicKeyMultibase": base58Of(append([]byte{0xed, 1}, pub...))}},
	}), key
}

func noteOf(actor string) map[string]any {
	return map[string]any{
		"@context": "https://www.w3.org/ns/activitystreams", "id": actor + "/acts/1", "type": "Create", "actor": actor, "to": []any{ap.Public},
		"object": map[string]any{"id": actor + "/n/1", "type": "Note", "attributedTo": actor, "content": "hello", "to": []any{ap.Public}},
	}
}

// What somebody else brings counts by the proof within it; without a good one it
// is only a hint, and of other kinds it is nothing (federation.md 4).
func TestInboxTakesWhatIsProven(t *testing.T) {
	doc, key := prover(t, cy)
	_, other := prover(t, cy)
	for name, row := range map[string]struct {
		body  func(m *mailbox) string
		set   func(m *mailbox)
		want  int
		taken bool
		hint  bool
	}{
		"proven":                      {body: func(m *mailbox) string { return proved(t, noteOf(cy), key, cy+"#proofs", m.v.now) }, want: 202, taken: true},
		"without proof":               {body: func(*mailbox) string { return document(t, noteOf(cy)) }, want: 202, hint: true},
		"another's key":               {body: func(m *mailbox) string { return proved(t, noteOf(cy), other, cy+"#proofs", m.v.now) }, want: 202, hint: true},
		"a key that they do not list": {body: func(m *mailbox) string { return proved(t, noteOf(cy), key, cy+"#more", m.v.now) }, want: 202, hint: true},
		"a key of another host":       {body: func(m *mailbox) string { return proved(t, noteOf(cy), key, bo+"#proofs", m.v.now) }, want: 202, hint: true},
		"a key for something else": {
			body: func(m *mailbox) string { return proved(t, noteOf(cy), key, cy+"#proofs", m.v.now) },
			set: func(m *mailbox) {
				der, err := x509.MarshalPKIXPublicKey(key.Public())
				if err != nil {
					t.Fatal(err)
				}
				m.v.docs[cy] = person(t, cy, cy+"#proofs", cy, der)
			}, want: 202, hint: true,
		},
		"changed on the way": {body: func(m *mailbox) string {
			return strings.Replace(proved(t, noteOf(cy), key, cy+"#proofs", m.v.now), "hello", "bye", 1)
		}, want: 202, hint: true},
		"of long ago": {body: func(m *mailbox) string { return proved(t, noteOf(cy), key, cy+"#proofs", m.v.now.Add(-proofKept)) }, want: 202, hint: true},
		"their document is gone": {
			body: func(m *mailbox) string { return proved(t, noteOf(cy), key, cy+"#proofs", m.v.now) },
			set:  func(m *mailbox) { delete(m.v.docs, cy) }, want: 202, hint: true,
		},
		"their server is shut out": {
			body: func(m *mailbox) string { return proved(t, noteOf(cy), key, cy+"#proofs", m.v.now) },
			set:  func(m *mailbox) { m.v.shut["third.example"] = true }, want: 202, hint: true,
		},
		"who brings it is not proven": {
			body: func(m *mailbox) string { return proved(t, noteOf(cy), key, cy+"#proofs", m.v.now) },
			set:  func(m *mailbox) { delete(m.v.docs, bo) }, want: 401,
		},
		"another kind of act": {body: func(m *mailbox) string {
			x := noteOf(cy)
			x["type"], x["object"] = "Follow", here.Actor("ana")
			return proved(t, x, key, cy+"#proofs", m.v.now)
		}, want: 401},
		"their own end": {body: func(m *mailbox) string {
			x := noteOf(cy)
			x["type"], x["object"] = "Delete", cy
			return proved(t, x, key, cy+"#proofs", m.v.now)
		}, want: 401},
		"a post of a third host": {body: func(m *mailbox) string {
			x := noteOf(cy)
			x["object"] = "https://fourth.example/n/1"
			return proved(t, x, key, cy+"#proofs", m.v.now)
		}, want: 401},
		"in our name": {body: func(m *mailbox) string {
			return proved(t, noteOf(here.Actor("ana")), key, here.Actor("ana")+"#proofs", m.v.now)
		}, want: 401},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMailbox(t)
			m.v.docs[cy] = doc
			if row.set != nil {
				row.set(m)
			}
			w := m.bring(row.body(m), nil)
			if w.Code != row.want || (len(m.taken) == 1) != row.taken || (len(m.hints) == 1) != row.hint {
				t.Errorf("%d, took %v, hints %v", w.Code, m.taken, m.hints)
			}
			if row.hint && m.hints[0] != bo+" "+cy+"/n/1" {
				t.Errorf("hint %v", m.hints)
			}
			if row.taken && (m.taken[0].Actor != cy || len(m.taken[0].Raw) == 0) {
				t.Errorf("took %+v", m.taken[0])
			}
		})
	}
}

// Whoever carries proofs without end has the turns of their own server, and no more.
func TestCarryingHasTurns(t *testing.T) {
	m := newMailbox(t)
	for n := range eachBurst + 1 {
		x := noteOf(cy)
		x["id"] = fmt.Sprint(cy, "/acts/", n)
		b, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		w := m.bring(string(b), nil)
		if want := map[bool]int{false: http.StatusAccepted, true: http.StatusTooManyRequests}[n == eachBurst]; w.Code != want {
			t.Fatalf("%d: %d", n, w.Code)
		}
	}
}
