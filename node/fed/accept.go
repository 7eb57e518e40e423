package fed

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

const maxAccept = 2 << 10 // bytes read of Accept

// WantsPage reports whether a request asks for a page rather than for a document
// of ActivityPub, by the q-values of its Accept (RFC 9110 §12.5.1). Without a
// word about either it does.
func WantsPage(h http.Header) bool {
	said := strings.Join(h.Values("Accept"), ",")
	if len(said) > maxAccept {
		said = said[:maxAccept]
	}
	var document, page float64
	for part := range strings.SplitSeq(said, ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := 1.0
		if text, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(text, 64); err != nil || q < 0 || q > 1 {
				q = 0
			}
		}
		switch kind {
		case "application/activity+json", "application/ld+json":
			document = max(document, q)
		case "text/html", "application/xhtml+xml":
			page = max(page, q)
		}
	}
	return document == 0 || page > document
}
