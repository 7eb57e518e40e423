package sig

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/dunglas/httpsfv"
)

const maxRepeat = 256 // bytes of a nonce or tag that we repeat

// askable is what we sign when asked: what the other server sees of our request
// anyway, and what net/http sends on as we set it.
var askable = []string{
	"@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query",
	"host", "date", "accept", "user-agent", "content-type", contentDigestField,
}

// Ask is a signature in the new form as another server asks for it. The zero Ask
// asks for nothing beyond what we cover anyway.
type Ask struct {
	label   string
	parts   []string
	keyID   string // "" for any
	alg     string // "" for any
	again   []repeated
	expires bool
}

// repeated is a text that is to come back: nonce, tag.
type repeated struct{ name, text string }

// Asked reads Accept-Signature of an answer 401 (RFC 9421 §5.1) and gives the
// first of at most three asks that we understand. Whether it fits our key and
// request shows when it signs: Ask.Sign, at most once per request. What it asks
// for is added to what we cover anyway, never put in its place.
//
// ErrNone where nothing is asked, ErrMalformed, ErrUnfit: then the other form is
// left (federation.md 4, double knock).
func Asked(header http.Header) (Ask, error) {
	value, err := bounded(request{header: header}, "accept-signature")
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
	if !ok || len(label) > maxRepeat {
		return Ask{}, false
	}
	a := Ask{label: label}
	for _, item := range list.Items {
		name, ok := item.Value.(string)
		if !ok || len(item.Params.Names()) > 0 || !slices.Contains(askable, name) || slices.Contains(a.parts, name) {
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

// take reads one parameter: created and expires stand without a value, the rest
// are texts (§5.1). What we do not know we cannot meet.
func (a *Ask) take(name string, value any) bool {
	text, isText := value.(string)
	switch name {
	case "created": // we write it anyway
		return value == true
	case "expires":
		a.expires = true
		return value == true
	case "keyid":
		a.keyID = text
		return isText && text != ""
	case "alg":
		a.alg = text
		return isText && text != ""
	case "nonce", "tag":
		a.again = append(a.again, repeated{name, text})
		return isText && len(text) <= maxRepeat
	}
	return false
}
