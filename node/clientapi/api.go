package clientapi

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"camp/assets"
	"camp/node/camp"
)

// Options are what the API is handed. People, Posts, Media, Now, Rand, Log and
// Base must be set.
type Options struct {
	People People
	Posts  Posts
	Media  Media
	Finder Finder // nil: nothing beyond the camp is looked for
	Now    func() time.Time
	Rand   io.Reader
	Log    *slog.Logger
	NoRate bool // lifts the rates of a lab, never the bounds on size

	// Base gives the beginning of all addresses in an answer, without a slash at
	// its end: scheme and host as this client reached the camp. Who calls
	// ServeHTTP has checked the host.
	Base func(r *http.Request) string

	Outside func() bool                    // whether anything may leave the camp; nil: nothing
	Level   func(camp.Domain) camp.Level   // what the camp decided about a server; nil: nothing
	PostURI func(id camp.PostID) string    // the id that an open post of ours has elsewhere; nil: the address of its page
	Actor   func(name string) (uri string) // the same of a member
}

// API answers the client API. It is safe for concurrent use.
type API struct {
	o       Options
	table   *table
	words   *assets.Words // English: errors of the protocol are
	calls   *meter
	writes  *meter
	uploads *meter
	tickets tickets
	faces   [][]byte // pictures of those who have none
	banner  []byte
	kept    kept
	tallies tallies
}

// New makes the API; it starts nothing.
func New(o Options) (*API, error) {
	if o.People == nil || o.Posts == nil || o.Media == nil || o.Base == nil {
		return nil, errors.New("clientapi: a service is missing")
	}
	if o.Outside == nil {
		o.Outside = func() bool { return false }
	}
	if o.Level == nil {
		o.Level = func(camp.Domain) camp.Level { return camp.LevelNone }
	}
	a := &API{
		o: o, table: newTable(routes()),
		calls: newMeter(callsMost, callsIn, o.NoRate), writes: newMeter(writesMost, minute, o.NoRate), uploads: newMeter(uploadsMost, minute, o.NoRate),
	}
	var err error
	if a.words, err = assets.LoadWords("en"); err != nil {
		return nil, fmt.Errorf("clientapi: %w", err)
	}
	if a.tickets, err = newTickets(o.Rand); err != nil {
		return nil, fmt.Errorf("clientapi: %w", err)
	}
	if a.faces, a.banner, err = drawPictures(); err != nil {
		return nil, fmt.Errorf("clientapi: %w", err)
	}
	return a, nil
}

// Owns reports whether a path is the API's: all below /api, and /health.
func (a *API) Owns(path string) bool {
	return path == "/api" || strings.HasPrefix(path, "/api/") || path == "/health"
}

// ServeHTTP answers one request; a panic ends that request alone.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.answer(&call{a: a, w: w, r: r})
}

func (a *API) answer(c *call) {
	w, r := c.w, c.r
	c.out = takeOut()
	defer func() {
		switch p := recover(); p {
		case nil:
			c.out.giveBack()
		case http.ErrAbortHandler:
			panic(p)
		default:
			a.o.Log.ErrorContext(r.Context(), "client api panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			c.fail(errInternal)
		}
	}()
	protect(w.Header())
	if r.Method == http.MethodOptions { // asked by browsers, without a token
		w.WriteHeader(http.StatusNoContent)
		return
	}
	var allow []string
	c.route, c.path, allow = a.table.find(r.Method, r.URL.Path)
	if c.route == nil {
		err := errNowhere
		if len(allow) > 0 {
			w.Header().Set("Allow", strings.Join(allow, ", "))
			err = errMethod
		}
		c.fail(err)
		return
	}
	c.base = a.o.Base(r)
	if err := c.serve(); err != nil {
		c.fail(c.refuse(err))
		return
	}
	c.send(http.StatusOK)
}

// protect sets the headers of every answer (client-api.md 2, reliability.md 7).
// Any page may ask with a token that it was given; cookies are never looked at.
func protect(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key")
	h.Set("Access-Control-Expose-Headers", "Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id, Mastodon-Async-Refresh")
	h.Set("Access-Control-Max-Age", "86400")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "private, no-store")
}
