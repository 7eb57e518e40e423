package sig

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	"camp/node/ap"
)

var proofTime = time.Date(2023, 2, 24, 23, 36, 38, 0, time.UTC)

// scenario reads the documents of a scenario of FEP-8b32, and its steps.
func scenario(t testing.TB, name string) (documents []json.RawMessage, steps []string) {
	t.Helper()
	raw, err := os.ReadFile("testdata/signatures/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Steps     []string
		Documents []json.RawMessage
	}
	if err := json.Unmarshal(raw, &s); err != nil || len(s.Documents) != 2 {
		t.Fatal(len(s.Documents), err)
	}
	return s.Documents, s.Steps
}

// actorKey is the key that the actor of the scenario lists.
func actorKey(t testing.TB) (id string, pub any) {
	t.Helper()
	documents, _ := scenario(t, "fep-8b32-2-verifying-a-signature.json")
	keys, err := ap.ParseKeys(documents[1])
	if err != nil || len(keys) != 1 {
		t.Fatal(keys, err)
	}
	pub, err = ParsePublic(keys[0].DER)
	if err != nil {
		t.Fatal(err)
	}
	return keys[0].ID, pub
}

func TestProofVector(t *testing.T) {
	documents, _ := scenario(t, "fep-8b32-2-verifying-a-signature.json")
	id, pub := actorKey(t)
	proofs, err := ReadProof(documents[0], noon)
	if err != nil || len(proofs) != 1 {
		t.Fatal(proofs, err)
	}
	if p := proofs[0]; p.KeyID != id || !p.Made.Equal(proofTime) {
		t.Errorf("proof of %s at %s", p.KeyID, p.Made)
	}
	if err := proofs[0].Verify(pub); err != nil {
		t.Error(err)
	}
}

// The scenario of signing gives its secret key: what we hash is what it signs.
func TestProofVectorOfSigning(t *testing.T) {
	documents, steps := scenario(t, "fep-8b32-1-signing-document.json")
	_, secret, _ := strings.Cut(steps[1], `"`)
	raw, ok := base58(strings.TrimSuffix(secret, `"`))
	if !ok || len(raw) != 34 || !bytes.HasPrefix(raw, []byte{0x80, 0x26}) { // multicodec ed25519-priv
		t.Fatalf("%x", raw)
	}
	key := ed25519.NewKeyFromSeed(raw[2:])
	got := prove(t, key, string(documents[0]), `{"@context":["https://www.w3.org/ns/activitystreams","https://w3id.org/security/data-integrity/v2"],`+
		`"type":"DataIntegrityProof","cryptosuite":"eddsa-jcs-2022","verificationMethod":"https://server.example/users/alice#ed25519-key",`+
		`"proofPurpose":"assertionMethod","created":"2023-02-24T23:36:38Z"}`)
	x, err := parseDocument([]byte(got))
	if err != nil {
		t.Fatal(err)
	}
	y, err := parseDocument(documents[1])
	if err != nil {
		t.Fatal(err)
	}
	a, errA := canonical(x)
	b, errB := canonical(y)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Errorf("got  %s\nwant %s", a, b)
	}
}

// prove puts a proof made of the given members into a document.
func prove(t testing.TB, key ed25519.PrivateKey, document, members string) string {
	t.Helper()
	doc, err := parseDocument([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	own, err := parseDocument([]byte(members))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := canonical(doc)
	if err != nil {
		t.Fatal(err)
	}
	hash, err := proofHash(own, whole)
	if err != nil {
		t.Fatal(err)
	}
	own["proofValue"] = multibase(ed25519.Sign(key, hash))
	doc["proof"] = own
	out, err := canonical(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func multibase(b []byte) string {
	n, digit, out := new(big.Int).SetBytes(b), new(big.Int), ""
	for n.Sign() > 0 {
		n.DivMod(n, big.NewInt(58), digit)
		out = string(proofAlphabet[digit.Int64()]) + out
	}
	return "z" + strings.Repeat("1", len(b)-len(bytes.TrimLeft(b, "\x00"))) + out
}

// Every change of the signed document, or of the proof, shows.
func TestProofNotices(t *testing.T) {
	documents, _ := scenario(t, "fep-8b32-2-verifying-a-signature.json")
	_, pub := actorKey(t)
	signed := string(documents[0])
	for name, change := range map[string][2]string{
		"another text":        {"Hello world", "Hello, world"},
		"another actor":       {`"actor": "https://server.example/users/alice"`, `"actor": "https://server.example/users/bob"`},
		"another number":      {"-71.184902", "-71.184903"},
		"one member more":     {`"type": "Create"`, `"type": "Create", "to": "x"`},
		"another name":        {`"attributedTo"`, `"attributedto"`},
		"another key":         {"alice#ed25519-key", "alice#other-key"},
		"another time":        {"23:36:38Z", "23:36:39Z"},
		"a member more in it": {`"proofPurpose"`, `"domain": "x", "proofPurpose"`},
		"both contexts":       {"data-integrity/v2", "data-integrity/v1"},
		"another value":       {"z42ffGu6", "z42ffGu7"},
	} {
		doc := strings.ReplaceAll(signed, change[0], change[1])
		if doc == signed {
			t.Fatal(name)
		}
		proofs, err := ReadProof([]byte(doc), noon)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := proofs[0].Verify(pub); !errors.Is(err, ErrWrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The same document, written otherwise, is the same document.
	for _, doc := range []string{
		strings.ReplaceAll(signed, "  ", "\t"), strings.Replace(signed, "Hello", `\u0048ello`, 1), strings.Replace(signed, "25.273962", "2.5273962e1", 1),
	} {
		proofs, err := ReadProof([]byte(doc), noon)
		if err != nil || proofs[0].Verify(pub) != nil {
			t.Errorf("%s: %v", doc, err)
		}
	}
	proofs, err := ReadProof(documents[0], noon)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		pub  any
		want error
	}{
		"another's": {ring().ed.Public(), ErrWrong}, "of RSA": {ring().rsa.Public(), ErrAlgorithm}, "none": {nil, ErrKey},
	} {
		if err := proofs[0].Verify(c.pub); !errors.Is(err, c.want) {
			t.Errorf("key %s: %v", name, err)
		}
	}
	if err := (Proof{}).Verify(pub); !errors.Is(err, ErrWrong) {
		t.Error("the zero Proof was believed")
	}
}

func TestProofRefuses(t *testing.T) {
	documents, _ := scenario(t, "fep-8b32-2-verifying-a-signature.json")
	signed := string(documents[0])
	before, proof, _ := strings.Cut(signed, `"proof": `)
	proof = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(proof), "}"))
	with := func(p string) string { return before + `"proof": ` + p + "}" }
	if _, err := ReadProof([]byte(with(proof)), noon); err != nil {
		t.Fatal("not good before:", err)
	}
	in := func(old, new string) string {
		p := strings.Replace(proof, old, new, 1)
		if p == proof {
			t.Fatal("nothing to replace: " + old)
		}
		return with(p)
	}
	for name, c := range map[string]struct {
		doc  string
		want error
	}{
		"no proof":             {`{"id":"x"}`, ErrNone},
		"no document":          {`[]`, ErrMalformed},
		"null":                 {`null`, ErrMalformed},
		"a name twice":         {strings.Replace(signed, `"type": "Create"`, `"type": "Create", "Type": "Delete"`, 1), ErrMalformed},
		"two documents":        {signed + signed, ErrMalformed},
		"a graph":              {strings.Replace(signed, `"type": "Create"`, `"type": "Create", "@graph": []`, 1), ErrMalformed},
		"a number of no one":   {strings.Replace(signed, "25.273962", "9007199254740993", 1), ErrMalformed},
		"too big":              {`{"x":"` + strings.Repeat("x", ap.MaxDocument) + `"}`, ErrMalformed},
		"proof is text":        {with(`"x"`), ErrMalformed},
		"proof is null":        {with(`null`), ErrMalformed},
		"no proofs":            {with(`[]`), ErrMalformed},
		"four proofs":          {with("[" + strings.Repeat(proof+",", 3) + proof + "]"), ErrMalformed},
		"another type":         {in("DataIntegrityProof", "Ed25519Signature2020"), ErrAlgorithm},
		"another suite":        {in("eddsa-jcs-2022", "eddsa-rdfc-2022"), ErrAlgorithm},
		"no suite":             {in(`"cryptosuite"`, `"suite"`), ErrAlgorithm},
		"another purpose":      {in(`"assertionMethod"`, `"authentication"`), ErrMalformed},
		"a chain":              {in(`"proofPurpose"`, `"previousProof": "x", "proofPurpose"`), ErrMalformed},
		"another context":      {in("data-integrity/v2", "data-integrity/v1"), ErrUncovered},
		"fewer contexts":       {in(",\n     \"https://w3id.org/security/data-integrity/v2\"", ""), ErrUncovered},
		"more in the document": {strings.Replace(signed, "data-integrity/v2\"", "data-integrity/v2\", {\"content\": \"x:y\"}", 1), ErrUncovered},
		"created is no time":   {in("2023-02-24T23:36:38Z", "today"), ErrMalformed},
		"created is a number":  {in(`"2023-02-24T23:36:38Z"`, "5"), ErrMalformed},
		"created ahead":        {in("2023-02-24T23:36:38Z", "2026-11-22T13:00:01Z"), ErrClock},
		"expired":              {in(`"created"`, `"expires": "2026-11-22T10:59:59Z", "created"`), ErrClock},
		"no key":               {in(`"verificationMethod"`, `"method"`), ErrMalformed},
		"key is an object":     {in(`"https://server.example/users/alice#ed25519-key"`, `{"id":"x"}`), ErrMalformed},
		"value of base64":      {in("z42ffGu6", "m42ffGu6"), ErrMalformed},
		"value not in base58":  {in("z42ffGu6", "z42ff0u6"), ErrMalformed},
		"value too short":      {in("z42ffGu6AUKP", "z"), ErrMalformed},
		"value too long":       {in("z42ffGu6", "z"+strings.Repeat("1", maxMultibase)), ErrMalformed},
		"value longer by zero": {in("z42ffGu6", "z142ffGu6"), ErrMalformed},
		"no value":             {in(`"proofValue"`, `"value"`), ErrMalformed},
	} {
		if proofs, err := ReadProof([]byte(c.doc), noon); !errors.Is(err, c.want) || len(proofs) > 0 {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	// One that is good among others comes out.
	proofs, err := ReadProof([]byte(with(`[{"type":"Other"},`+proof+`]`)), noon)
	_, pub := actorKey(t)
	if err != nil || len(proofs) != 1 || proofs[0].Verify(pub) != nil {
		t.Error(proofs, err)
	}
}

func TestBase58IsBounded(t *testing.T) {
	if _, ok := base58("z" + strings.Repeat("1", maxMultibase)); ok {
		t.Error("read what is too long")
	}
	if got, ok := base58("z112"); !ok || !bytes.Equal(got, []byte{0, 0, 1}) {
		t.Error(got, ok)
	}
}

// Without context and times of its own a proof is good as well (FEP-8b32).
func TestProofOfLittle(t *testing.T) {
	key := ring().ed.signer().(ed25519.PrivateKey)
	doc := prove(t, key, `{"id":"https://a.example/1"}`, `{"type":"DataIntegrityProof","cryptosuite":"eddsa-jcs-2022",`+
		`"verificationMethod":"https://a.example/k","proofPurpose":"assertionMethod"}`)
	proofs, err := ReadProof([]byte(doc), noon)
	if err != nil || !proofs[0].Made.IsZero() || proofs[0].Verify(key.Public()) != nil {
		t.Error(proofs, err)
	}
}

func FuzzReadProof(f *testing.F) {
	documents, _ := scenario(f, "fep-8b32-2-verifying-a-signature.json")
	_, pub := actorKey(f)
	f.Add([]byte(documents[0]))
	f.Add([]byte(`{"proof":[{"type":"DataIntegrityProof","cryptosuite":"eddsa-jcs-2022","proofValue":"z1"}]}`))
	known := []error{ErrNone, ErrMalformed, ErrAlgorithm, ErrUncovered, ErrClock}
	want, err := parseDocument(documents[0])
	if err != nil {
		f.Fatal(err)
	}
	delete(want, "proof")
	whole, err := canonical(want)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		proofs, err := ReadProof(b, noon)
		if err != nil {
			for _, k := range known {
				if errors.Is(err, k) {
					return
				}
			}
			t.Fatal(err)
		}
		for _, p := range proofs {
			if p.Verify(pub) != nil {
				continue
			}
			// Believed: then it is the document that was signed, however written.
			doc, err := parseDocument(b)
			if err != nil {
				t.Fatal(err)
			}
			delete(doc, "proof")
			if got, err := canonical(doc); err != nil || !bytes.Equal(got, whole) {
				t.Fatalf("believed %s", b)
			}
		}
	})
}
