package node

import (
	"net/http"
	"net/netip"
	"strings"

	"camp/node/fed"
)

// strangersPictures begin the addresses of pictures, which programs of members
// load without a token, many at a time; each says itself whom it is for.
const strangersPictures = "/api/camp/"

// program answers what the programs of members ask for at the public door. Who
// has no token, or one that is not good, has as many requests as for pages
// (reliability.md 9); the rate of a member is the API's. Where the host does not
// let them in, only tools of the host's own find anything here.
func (f *front) program(w http.ResponseWriter, r *http.Request, from netip.Addr) {
	refused := false
	answer := f.n.API.ServeHTTP
	if f.n.opt.Apps == nil || !f.n.opt.Apps() {
		answer = func(w http.ResponseWriter, r *http.Request) {
			f.n.API.ServeTools(w, r, func(w http.ResponseWriter, _ *http.Request) {
				refused = true
				fed.Nothing(w)
			})
		}
	}
	if f.n.opt.NoRate || strings.HasPrefix(r.URL.Path, strangersPictures) {
		answer(w, r)
		return
	}
	if !f.meters.mayAsk(from) {
		tooFast(w, 1)
		return
	}
	s := &seen{ResponseWriter: w}
	answer(s, r)
	if refused || s.status == http.StatusUnauthorized || r.Header.Get("Authorization") == "" && !strings.Contains(r.URL.RawQuery, "access_token=") {
		f.meters.page(from)
	}
}

// seen is an answer of which the status is looked at.
type seen struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (s *seen) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

// Unwrap gives the answer itself, for deadlines.
func (s *seen) Unwrap() http.ResponseWriter { return s.ResponseWriter }
