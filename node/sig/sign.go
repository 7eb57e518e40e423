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

const ourLabel = "sig1"

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
	switch form {
	case FormCavage:
		return signCavage(r, body, key, now)
	case FormMessage:
		return Ask{}.Sign(r, body, key, now)
	}
	return fmt.Errorf("%w: %s", ErrMalformed, form)
}

// outgoing makes a request ready and gives what of it is signed.
func outgoing(r *http.Request, now time.Time) (request, error) {
	if r.URL == nil || r.URL.Scheme != "https" || r.URL.Opaque != "" {
		return request{}, fmt.Errorf("%w: no https address", ErrMalformed)
	}
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	host = strings.TrimSuffix(strings.ToLower(host), ":443")
	// net/http would put another spelling of such a host on the wire.
	if host == "" || strings.ContainsFunc(host, func(c rune) bool { return c <= ' ' || c >= 0x7f || c == '%' }) {
		return request{}, fmt.Errorf("%w: host", ErrMalformed)
	}
	method := r.Method
	if method == "" {
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
	return request{method: method, host: host, target: r.URL.RequestURI(), header: r.Header}, nil
}

func signCavage(r *http.Request, body []byte, key Key, now time.Time) error {
	out, err := outgoing(r, now)
	if err != nil {
		return err
	}
	c := cavage{keyID: key.ID, algorithm: algRSASHA256, parts: []string{partTarget, "host", "date"}}
	if _, isEd := key.Public().(ed25519.PublicKey); isEd {
		c.algorithm = algHS2019
	}
	if bears(out.method, body) {
		r.Header.Set("Digest", digestOf(body))
		c.parts = append(c.parts, digestField)
		if r.Header.Get("Content-Type") != "" {
			c.parts = append(c.parts, "content-type")
		}
	}
	if err := checkWritten(c.keyID); err != nil {
		return err
	}
	base, err := c.base(out)
	if err != nil {
		return err
	}
	if c.signature, err = key.sign(base); err != nil {
		return err
	}
	r.Header.Set("Signature", c.String())
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

// Sign is as the function Sign with FormMessage, with what the Ask adds to what
// we always cover. ErrUnfit for what this request or key cannot give.
func (a Ask) Sign(r *http.Request, body []byte, key Key, now time.Time) error {
	out, err := outgoing(r, now)
	if err != nil {
		return err
	}
	parts := slices.Clone(a.parts)
	least := []string{"@method", "@target-uri"}
	if bears(out.method, body) {
		r.Header.Set("Content-Digest", contentDigestOf(body))
		least = append(least, contentDigestField)
		if r.Header.Get("Content-Type") != "" {
			least = append(least, "content-type")
		}
	}
	for _, part := range least {
		if !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	if err := checkWritten(key.ID); err != nil {
		return err
	}
	params, err := a.params(key, now)
	if err != nil {
		return err
	}
	list := httpsfv.InnerList{Params: params}
	for _, part := range parts {
		list.Items = append(list.Items, httpsfv.NewItem(part))
	}
	return a.write(out, message{parts: parts, list: list}, key)
}

// params are those that we write (RFC 9421 §2.3).
func (a Ask) params(key Key, now time.Time) (*httpsfv.Params, error) {
	alg := algRSA
	if _, isEd := key.Public().(ed25519.PublicKey); isEd {
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
	if a.hasNonce {
		p.Add("nonce", a.nonce)
	}
	if a.hasTag {
		p.Add("tag", a.tag)
	}
	return p, nil
}

// write signs and sets the two fields.
func (a Ask) write(out request, m message, key Key) error {
	base, err := m.base(out)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnfit, err)
	}
	signature, err := key.sign(base)
	if err != nil {
		return err
	}
	label := a.label
	if label == "" {
		label = ourLabel
	}
	for name, member := range map[string]httpsfv.Member{"Signature-Input": m.list, "Signature": httpsfv.NewItem(signature)} {
		dict := httpsfv.NewDictionary()
		dict.Add(label, member)
		value, err := httpsfv.Marshal(dict)
		if err != nil {
			return fmt.Errorf("%w: %s: %w", ErrMalformed, name, err)
		}
		out.header.Set(name, value)
	}
	return nil
}

// bears says whether a digest belongs to a request: to all that may change
// something, and to whatever brings bytes along.
func bears(method string, body []byte) bool {
	return method != http.MethodGet && method != http.MethodHead || len(body) > 0
}
