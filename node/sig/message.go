package sig

import (
	"crypto"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"
)

// Algorithms of RFC 9421: the one that the fediverse uses (§3.3.2), and Ed25519
// (§3.3.6).
const (
	algRSA     = "rsa-v1_5-sha256"
	algEd25519 = "ed25519"
)

const maxLabels = 3 // signatures of one request that are looked at

// message is one signature of a request in the new form, of which there may be
// several, each under a label of its own.
type message struct {
	parts     []string // names of components, in order
	list      httpsfv.InnerList
	keyID     string
	alg       string
	hasAlg    bool // alg may be given and empty, which is no algorithm
	signature []byte
	created   time.Time
	expires   time.Time // zero where not said
}

// parseMessages reads Signature-Input and Signature (RFC 9421 §4). An error is
// for the whole; what is wrong with one label comes out in its place in errs.
func parseMessages(input, signature string) (messages []message, errs []error, err error) {
	inputs, err := dictionary(input)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: Signature-Input: %w", ErrMalformed, err)
	}
	signatures, err := dictionary(signature)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: Signature: %w", ErrMalformed, err)
	}
	labels := inputs.Names()
	if len(labels) == 0 || len(labels) > maxLabels || len(signatures.Names()) != len(labels) {
		return nil, nil, fmt.Errorf("%w: %d labels, %d signatures", ErrMalformed, len(labels), len(signatures.Names()))
	}
	for _, label := range labels {
		in, _ := inputs.Get(label)
		of, _ := signatures.Get(label)
		m, err := parseMessage(in, of)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		messages = append(messages, m)
	}
	return messages, errs, nil
}

func parseMessage(in, of httpsfv.Member) (message, error) {
	list, ok := in.(httpsfv.InnerList)
	item, isItem := of.(httpsfv.Item)
	if !ok || !isItem {
		return message{}, fmt.Errorf("%w: label without list or signature", ErrMalformed)
	}
	m := message{list: list}
	if m.signature, ok = item.Value.([]byte); !ok || len(m.signature) == 0 {
		return message{}, fmt.Errorf("%w: no signature in base64", ErrMalformed)
	}
	if len(list.Items) > maxParts {
		return message{}, fmt.Errorf("%w: %d components", ErrMalformed, len(list.Items))
	}
	for _, item := range list.Items {
		name, ok := item.Value.(string)
		// Parameters of components (sf, key, bs, req, tr, name) change what a
		// value means; nobody in the fediverse uses them, so none is taken.
		if !ok || len(item.Params.Names()) > 0 || slices.Contains(m.parts, name) {
			return message{}, fmt.Errorf("%w: a component has parameters or is listed twice", ErrMalformed)
		}
		m.parts = append(m.parts, name)
	}
	err := m.readParams()
	return m, err
}

// readParams takes the parameters that are registered (§2.3, §6.3). Another may
// change what a signature means in a way that we do not know: no signature then.
func (m *message) readParams() error {
	for _, name := range m.list.Params.Names() {
		value, _ := m.list.Params.Get(name)
		ok := true
		switch name {
		case "keyid":
			m.keyID, ok = value.(string)
		case "alg":
			m.alg, ok = value.(string)
			m.hasAlg = true
		case "created":
			m.created, ok = seconds(value)
		case "expires":
			m.expires, ok = seconds(value)
		case "nonce", "tag": // covered, and of no meaning here
			_, ok = value.(string)
		default:
			ok = false
		}
		if !ok {
			return fmt.Errorf("%w: parameter %.40s", ErrMalformed, name)
		}
	}
	if m.created.IsZero() {
		return fmt.Errorf("%w: created", ErrUncovered)
	}
	return checkKeyID(m.keyID)
}

// seconds reads a time of §2.3, an integer of seconds since 1970.
func seconds(value any) (time.Time, bool) {
	n, ok := value.(int64)
	return time.Unix(n, 0).UTC(), ok && n >= 0
}

// covers demands what makes a signature worth anything (federation.md 4).
func (m message) covers(body bool) error {
	for _, part := range []string{"@method", "@target-uri", contentDigestField} {
		if !slices.Contains(m.parts, part) && (part != contentDigestField || body) {
			return fmt.Errorf("%w: %s", ErrUncovered, part)
		}
	}
	return nil
}

// kinds says by which keys the signature may be made; without alg the key's kind
// decides.
func (m message) kinds() (kinds, error) {
	switch {
	case !m.hasAlg:
		return kinds{rsa: crypto.SHA256, ed: true}, nil
	case m.alg == algRSA:
		return kinds{rsa: crypto.SHA256}, nil
	case m.alg == algEd25519:
		return kinds{ed: true}, nil
	}
	return kinds{}, fmt.Errorf("%w: %.40q", ErrAlgorithm, m.alg)
}

// base is the signature base (§2.5).
func (m message) base(r request) ([]byte, error) {
	var b strings.Builder
	for _, part := range m.parts {
		value, err := component(r, part)
		if err != nil {
			return nil, err
		}
		b.WriteString(`"` + part + `": ` + value + "\n")
	}
	params, err := httpsfv.Marshal(m.list)
	if err != nil {
		return nil, fmt.Errorf("%w: parameters: %w", ErrMalformed, err)
	}
	b.WriteString(`"@signature-params": ` + params)
	return []byte(b.String()), nil
}

// component gives the value of a component without parameters (§2.1, §2.2).
func component(r request, name string) (string, error) {
	path, query, _ := strings.Cut(r.target, "?")
	switch name {
	case "@method":
		return r.method, nil
	case "@target-uri":
		return "https://" + authority(r.host) + r.target + r.mark, nil
	case "@authority":
		return authority(r.host), nil
	case "@scheme":
		return "https", nil
	case "@request-target":
		return r.target, nil
	case "@path":
		return path, nil
	case "@query":
		return "?" + query, nil
	}
	if !token(name) {
		return "", fmt.Errorf("%w: component %.40q", ErrMalformed, name)
	}
	return r.field(name)
}

// authority is a host without the port that https has anyway (§2.2.3).
func authority(host string) string { return strings.TrimSuffix(host, ":443") }
