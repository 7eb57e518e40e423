package sig

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/dunglas/httpsfv"
)

const (
	maxNonce = 256       // bytes of a nonce or tag that we would repeat
	ourLapse = time.Hour // how long a signature of ours holds where an end is asked for
)

// Ask is a signature in the new form as another server asks for it. The zero Ask
// asks for nothing beyond what we cover anyway.
type Ask struct {
	label      string
	parts      []string
	keyID      string // "" for any
	alg        string // "" for any
	nonce, tag string
	hasNonce   bool
	hasTag     bool
	expires    bool
}

// Asked reads Accept-Signature of an answer 401 (RFC 9421 §5.1) and gives the
// first of at most three asks that we understand. Whether it fits our key and
// request shows when it signs: Ask.Sign, at most once per request. What it asks
// for is added to what we cover anyway, never put in its place.
//
// ErrNone where nothing is asked, ErrMalformed, ErrUnfit: then the other form is
// left (federation.md 4, double knock).
func Asked(header http.Header) (Ask, error) {
	r := request{header: header}
	value, err := bounded(r, "accept-signature")
	if err != nil {
		return Ask{}, err
	}
	if value == "" {
		return Ask{}, fmt.Errorf("%w asked for", ErrNone)
	}
	dict, err := dictionary(value)
	if err != nil {
		return Ask{}, fmt.Errorf("%w: Accept-Signature: %w", ErrMalformed, err)
	}
	labels := dict.Names()
	if len(labels) > maxLabels {
		return Ask{}, fmt.Errorf("%w: %d labels", ErrMalformed, len(labels))
	}
	for _, label := range labels {
		member, _ := dict.Get(label)
		if a, ok := parseAsk(label, member); ok {
			return a, nil
		}
	}
	return Ask{}, ErrUnfit
}

func parseAsk(label string, member httpsfv.Member) (Ask, bool) {
	list, ok := member.(httpsfv.InnerList)
	if !ok || len(list.Items) > maxParts {
		return Ask{}, false
	}
	a := Ask{label: label}
	for _, item := range list.Items {
		name, ok := item.Value.(string)
		if !ok || len(item.Params.Names()) > 0 || slices.Contains(a.parts, name) {
			return Ask{}, false
		}
		a.parts = append(a.parts, name)
	}
	for _, name := range list.Params.Names() {
		value, _ := list.Params.Get(name)
		if !a.take(name, value) {
			return Ask{}, false
		}
	}
	return a, true
}

// take reads one parameter. One that we do not know cannot be met.
func (a *Ask) take(name string, value any) (ok bool) {
	switch name {
	case "created":
		return value == true // always written
	case "expires":
		a.expires, ok = value.(bool)
	case "keyid":
		a.keyID, ok = value.(string)
	case "alg":
		a.alg, ok = value.(string)
	case "nonce":
		a.nonce, ok = value.(string)
		a.hasNonce = true
	case "tag":
		a.tag, ok = value.(string)
		a.hasTag = true
	}
	return ok && len(a.nonce) <= maxNonce && len(a.tag) <= maxNonce
}
