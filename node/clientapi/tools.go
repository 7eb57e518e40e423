package clientapi

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// ServeTools answers one request where the host lets no programs of members in:
// what carries a token of the host's own making is answered as always, and so are
// the pictures named in such an answer and those that say nothing about anybody.
// All else is left to nothing, before a byte is written, as what never was
// (design.md, decision 8; reliability.md 8).
func (a *API) ServeTools(w http.ResponseWriter, r *http.Request, nothing http.HandlerFunc) {
	c := &call{a: a, w: w, r: r}
	if !c.ofTool() {
		nothing(w, r)
		return
	}
	a.answer(c)
}

// ofTool reports whether a request is one that a tool of the host's may make.
func (c *call) ofTool() bool {
	r := c.r
	c.route, c.path, _ = c.a.table.find(r.Method, r.URL.Path)
	if c.route != nil && c.route.strange {
		switch {
		case strings.HasPrefix(c.route.path, filePath), strings.HasPrefix(c.route.path, farPath):
			return ticketOfTool(c.path[0])
		}
		return true
	}
	secret := headerSecret(r)
	if secret == "" && len(r.URL.RawQuery) <= maxAddress {
		secret = queryOf(r.URL.RawQuery).Get("access_token")
	}
	if secret == "" || len(secret) > maxSecret || !utf8.ValidString(secret) {
		return false
	}
	t, m, err := c.a.o.People.ByToken(c.ctx(), secret)
	if err != nil || !t.Tool {
		return false
	}
	c.token, c.me = t, m
	return true
}

// maxAddress bounds a query that is looked into for a token, in bytes.
const maxAddress = 8 << 10

func queryOf(raw string) url.Values {
	v, err := url.ParseQuery(raw)
	if err != nil {
		return url.Values{}
	}
	return v
}

func headerSecret(r *http.Request) string {
	kind, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") {
		return ""
	}
	return strings.TrimSpace(secret)
}
