package sig

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"
)

const (
	ourLabel = "sig1"
	ourLapse = time.Hour // how long a signature of ours holds where an end is asked for
)

// Sign signs a request of ours in the given form: it sets Date, the digest of
// body (the very bytes that go out) on anything but GET and HEAD, and the
// signature, and takes away what an earlier signing left. now is the corrected
// time. r.URL must be an absolute https address; Content-Type, if any, must be
// set already and is covered on a body.
//
// r is changed and must not be in use. On an error it is not to be sent.
// Errors: ErrKey for a key that cannot sign, ErrMalformed for a request or form
// that cannot be signed.
func Sign(r *http.Request, body []byte, key Key, form Form, now time.Time) error {
	out, err := ready(r, body, now)
	if err != nil {
		return err
	}
	return out.sign(key, form, now)
}

// SignPlain signs a GET as Sign does, its query string left out of what is
// signed: some servers verify so, and answer 401 else (federation.md 4).
func SignPlain(r *http.Request, key Key, form Form, now time.Time) error {
	out, err := ready(r, nil, now)
	if err != nil {
		return err
	}
	if bears(out.method, nil) {
		return fmt.Errorf("%w: %.20q without its query string", ErrMalformed, out.method)
	}
	out.request, _ = out.plain()
	return out.sign(key, form, now)
}

// Sign is as the function Sign with FormMessage, with what the Ask adds to what
// we always cover. ErrUnfit for what this request or key cannot give.
func (a Ask) Sign(r *http.Request, body []byte, key Key, now time.Time) error {
	out, err := ready(r, body, now)
	if err != nil {
		return err
	}
	return out.signMessage(key, a, now)
}

// outgoing is a request of ours about to be signed. Its header is that of the
// real request.
type outgoing struct {
	request
	body  []byte
	least []string // fields that are covered in either form
}

// ready sets what is the same for all forms.
func ready(r *http.Request, body []byte, now time.Time) (outgoing, error) {
	if r.URL == nil || r.URL.Scheme != "https" || r.URL.Opaque != "" {
		return outgoing{}, fmt.Errorf("%w: no https address", ErrMalformed)
	}
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	host = strings.TrimSuffix(strings.ToLower(host), ":443")
	// net/http would put another spelling of such a host on the wire.
	if host == "" || strings.ContainsFunc(host, func(c rune) bool { return c <= ' ' || c >= 0x7f || c == '%' }) {
		return outgoing{}, fmt.Errorf("%w: host", ErrMalformed)
	}
	method := r.Method
	if method == "" { // net/http means GET
		method = http.MethodGet
	}
	r.Host = host
	if r.Header == nil {
		r.Header = http.Header{}
	}
	for _, old := range []string{"Signature", "Signature-Input", "Digest", "Content-Digest"} {
		r.Header.Del(old)
	}
	r.Header.Set("Date", now.UTC().Format(http.TimeFormat))
	out := outgoing{request: request{method: method, host: host, target: r.URL.RequestURI(), header: r.Header}, body: body}
	if bears(method, body) && r.Header.Get("Content-Type") != "" {
		out.least = []string{"content-type"}
	}
	return out, nil
}

// bears says whether a digest belongs to a request: to all that may change
// something, and to whatever brings bytes along.
func bears(method string, body []byte) bool {
	return method != http.MethodGet && method != http.MethodHead || len(body) > 0
}

func (o outgoing) sign(key Key, form Form, now time.Time) error {
	switch form {
	case FormCavage:
		return o.signCavage(key)
	case FormMessage:
		return o.signMessage(key, Ask{}, now)
	}
	return fmt.Errorf("%w: %s", ErrMalformed, form)
}

func (o outgoing) signCavage(key Key) error {
	if err := checkWritten(key.ID); err != nil {
		return err
	}
	c := cavage{keyID: key.ID, algorithm: algRSASHA256, parts: []string{partTarget, "host", "date"}}
	if key.isEd25519() {
		c.algorithm = algHS2019
	}
	if bears(o.method, o.body) {
		o.header.Set("Digest", digestOf(o.body))
		c.parts = append(c.parts, digestField)
	}
	c.parts = append(c.parts, o.least...)
	base, err := c.base(o.request)
	if err != nil {
		return err
	}
	if c.signature, err = key.sign(base); err != nil {
		return err
	}
	o.header.Set("Signature", c.String())
	return nil
}

// String writes the value of Signature.
func (c cavage) String() string {
	return `keyId="` + c.keyID + `",algorithm="` + c.algorithm + `",headers="` + strings.Join(c.parts, " ") +
		`",signature="` + base64.StdEncoding.EncodeToString(c.signature) + `"`
}

// checkWritten refuses an id that could end its own quotes.
func checkWritten(id string) error {
	if strings.ContainsAny(id, `"\`) {
		return fmt.Errorf("%w: key id", ErrMalformed)
	}
	return checkKeyID(id)
}

func (k Key) isEd25519() bool {
	_, ed := k.Public().(ed25519.PublicKey)
	return ed
}

func (o outgoing) signMessage(key Key, a Ask, now time.Time) error {
	if err := checkWritten(key.ID); err != nil {
		return err
	}
	least := []string{"@method", "@target-uri"}
	if bears(o.method, o.body) {
		least = append(least, contentDigestField)
	}
	least = append(least, o.least...)
	if bears(o.method, o.body) || slices.Contains(a.parts, contentDigestField) {
		o.header.Set("Content-Digest", contentDigestOf(o.body))
	}
	params, err := a.params(key, now)
	if err != nil {
		return err
	}
	m := message{list: httpsfv.InnerList{Params: params}}
	for _, part := range append(slices.Clone(a.parts), least...) {
		if !slices.Contains(m.parts, part) {
			m.parts = append(m.parts, part)
			m.list.Items = append(m.list.Items, httpsfv.NewItem(part))
		}
	}
	base, err := m.base(o.request)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnfit, err)
	}
	if m.signature, err = key.sign(base); err != nil {
		return err
	}
	return o.write(m, a)
}

// params are those that we write (RFC 9421 §2.3).
func (a Ask) params(key Key, now time.Time) (*httpsfv.Params, error) {
	alg := algRSA
	if key.isEd25519() {
		alg = algEd25519
	}
	if a.alg != "" && a.alg != alg || a.keyID != "" && a.keyID != key.ID {
		return nil, fmt.Errorf("%w: another algorithm or key", ErrUnfit)
	}
	p := httpsfv.NewParams()
	p.Add("created", now.Unix())
	if a.expires {
		p.Add("expires", now.Add(ourLapse).Unix())
	}
	p.Add("keyid", key.ID)
	p.Add("alg", alg)
	for _, again := range a.again {
		p.Add(again.name, again.text)
	}
	return p, nil
}

// write sets the two fields.
func (o outgoing) write(m message, a Ask) error {
	label := a.label
	if label == "" {
		label = ourLabel
	}
	for name, member := range map[string]httpsfv.Member{"Signature-Input": m.list, "Signature": httpsfv.NewItem(m.signature)} {
		dict := httpsfv.NewDictionary()
		dict.Add(label, member)
		value, err := httpsfv.Marshal(dict)
		if err != nil {
			return fmt.Errorf("%w: %s: %w", ErrMalformed, name, err)
		}
		o.header.Set(name, value)
	}
	return nil
}
