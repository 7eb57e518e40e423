package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"time"

	"camp/assets"
	"camp/node/camp"
)

// Options are what the pages are handed. People, Posts, Media, Live, Now, Rand,
// Log, Hosts and Cookie must be set.
type Options struct {
	People People
	Posts  Posts
	Media  Media
	Live   Live
	Desk   Desk // nil: this listener has no host's pages
	Now    func() time.Time
	Rand   io.Reader
	Log    *slog.Logger
	Hosts  func() []string // the exact Host values that the listeners on this computer own, for instance "127.0.0.1:4123"
	Inner  func() []string // the same of the listeners in the tunnel; nil: there are none
	Cookie string          // name of the cookie; differs from camp to camp, since cookies ignore the port

	Border  Border                                                            // what is blocked
	Joining Guests                                                            // who waits, invites and devices; nil: not offered
	Code    func(ctx context.Context, i camp.Invite) (camp.InviteLine, error) // an open invite as a code
	Words   func(key [32]byte) string                                         // four words to compare

	// OpenThread is told that somebody opened a conversation that lies in part
	// elsewhere, so that what is missing of it is fetched. It must not block; nil:
	// nothing is fetched.
	OpenThread func(ctx context.Context, by camp.Actor, id camp.PostID)
	// The wider world. Where Outside is nil or says no, the pages show nothing of it.
	Outside func() bool                                       // whether the camp talks with other servers
	Ties    Ties                                              // nil: nobody follows, mutes or blocks
	Finder  Finder                                            // nil: nobody elsewhere can be looked up
	Reach   Reach                                             // nil: not offered
	Pins    Pins                                              // nil: nothing stands on top of a page
	Report  Reporting                                         // nil: nobody can be reported
	Reports Reports                                           // what was reported; nil: not offered
	Carry   Carry                                             // lists of people as files; nil: not offered
	Backlog func(ctx context.Context) ([]camp.Backlog, error) // what waits to be sent; nil: not offered

	Kept   func() []camp.Keeping // what the camp keeps, from the store's catalogue; nil: asked of Desk
	Export Export                // a member's own archive; nil: not offered
	NoRate bool                  // lifts the rates of a lab, never the bounds on size
}

// Export writes a member's own archive.
type Export interface {
	Write(ctx context.Context, by camp.Actor, to io.Writer) error
}

// Site serves the pages. It is safe for concurrent use.
type Site struct {
	o       Options
	tongue  map[string]*tongue // by language
	files   static
	mux     *http.ServeMux
	routes  []route
	passes  passes
	writes  *limiter
	loads   *limiter
	flows   flows
	buffers buffers
}

// New reads all templates and words once. It fails where a template names a
// word or a file that does not exist.
func New(o Options) (*Site, error) {
	if o.People == nil || o.Posts == nil || o.Media == nil || o.Live == nil {
		return nil, errors.New("web: a service is missing")
	}
	s := &Site{o: o, writes: newLimiter(writesPerMinute, o.NoRate), loads: newLimiter(loadsPerMinute, o.NoRate)}
	var err error
	if s.files, err = readStatic(assets.FS); err != nil {
		return nil, fmt.Errorf("read static files: %w", err)
	}
	if s.tongue, err = readTongues(assets.FS, s.files); err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	s.routes = s.table()
	s.mux = http.NewServeMux()
	for _, rt := range s.routes {
		s.mux.HandleFunc(rt.pattern, s.serve(rt))
	}
	return s, nil
}

// ServeHTTP answers one request; a panic in a page ends that request alone.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			panic(p)
		default:
			s.o.Log.ErrorContext(r.Context(), "page panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			w.WriteHeader(http.StatusInternalServerError)
		}
	}()
	protect(w.Header())
	if !slices.Contains(s.hosts(r), r.Host) {
		w.WriteHeader(http.StatusMisdirectedRequest) // reliability.md 8: without a body
		return
	}
	s.mux.ServeHTTP(w, r)
}

// hosts gives the Host values of the listener by which a request came.
func (s *Site) hosts(r *http.Request) []string {
	if _, inside := visitorOf(r.Context()); inside && s.o.Inner != nil {
		return s.o.Inner()
	}
	return s.o.Hosts()
}

// protect sets the headers that every answer carries (reliability.md 7).
func protect(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; "+
		"script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Cache-Control", "private, no-store")
}
