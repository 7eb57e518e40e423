// Package porch is the front door of Camp where no window can be opened: the
// first choices (start a camp, join one, bring one back), what is going on
// while a camp starts, and the page for a camp that cannot start, as pages on
// loopback. It knows the camp only through the interface Desk.
//
//	GET  /in/{secret}   the one-time link that the program opens; makes the session
//	GET  /              what fits: the choices, the stages, the trouble, the way into the camp,
//	                    the camps of others
//	POST /start         start the camp, or try again
//	GET  /join          joining a camp, by its stage      POST /join/{look,around,near,ask,stop}
//	POST /camp/{open,withdraw,reply,leave,stay,key,forget}   a camp of somebody else's
//	GET  /back          bring a camp back                 POST /back
//	POST /open          into the camp that is on          POST /rescue
//	POST /language      GET /static/{name}
//
// A camp that is asked may take half a minute to answer. What asks it runs
// beside the pages, one at a time, and the page that waits looks again by itself.
//
// Every route but the link and the static files asks for a session. A request
// for another Host than the listener's own gets 421 without a body; whatever
// changes something is a POST of our own page with the session's token. The
// pages need no script. Files lie in assets/web/porch.
package porch

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"camp/node/camp"
	"camp/node/seats"
)

// Desk is the camp as the porch sees it.
type Desk interface {
	Do(ctx context.Context, in camp.Intent) (camp.Answer, error)
	State() camp.State
}

// Options are what a porch is handed; all must be set but Language.
type Options struct {
	Desk     Desk
	Language string // of the system, where neither the settings nor the browser name one
	Temp     string // folder for a backup that is sent in, on the camp's disk
	Now      func() time.Time
	Rand     io.Reader
	Log      *slog.Logger
}

// Bounds of the porch.
const (
	linkTime    = 10 * time.Minute
	maxSessions = 8
	maxLinks    = 8
	maxForm     = 64 << 10  // bytes of a form without a file
	maxBackup   = 256 << 30 // bytes of a backup that is sent in
	spare       = 1 << 30   // bytes of the disk that such a backup must leave
	headerTime  = 10 * time.Second
	drainTime   = 10 * time.Second
	drainBytes  = 16 << 20 // of what a refused form still sends
	endTime     = 2 * time.Second
	maxConns    = 32 // a browser opens six; who is silent makes room
)

// Porch serves the pages once a link was asked for. Safe for concurrent use.
type Porch struct {
	opt   Options
	pages map[string]*pages // by language
	mux   *http.ServeMux
	begin chan net.Listener // the listener, from the first Link to Run
	deeds chan *errand      // from a page to Run; holds one

	mu       sync.Mutex // guards what follows
	host     string     // "127.0.0.1:PORT", "" before the first Link
	ended    bool
	links    map[string]time.Time // until when a one-time secret is good
	sessions map[string]bool      // cookies
	joining  joining
}

// New reads the pages; it opens no door. A page that cannot be read is a
// mistake in the program, and told by the error.
func New(opt Options) (*Porch, error) {
	p := &Porch{
		opt: opt, mux: http.NewServeMux(), begin: make(chan net.Listener, 1), deeds: make(chan *errand, 1),
		links: map[string]time.Time{}, sessions: map[string]bool{},
	}
	var err error
	if p.pages, err = readPages(); err != nil {
		return nil, err
	}
	p.routes()
	return p, nil
}

var errEnded = errors.New("porch: ended")

// Link opens the door, if it is not open yet, and gives a one-time link that is
// good for ten minutes. Run must run.
func (p *Porch) Link(ctx context.Context) (string, error) {
	secret, err := p.draw()
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return "", errEnded
	}
	if p.host == "" {
		var lc net.ListenConfig
		l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return "", fmt.Errorf("open the porch: %w", err)
		}
		p.host = l.Addr().String()
		p.begin <- l
	}
	for s, until := range p.links {
		if p.opt.Now().After(until) || len(p.links) >= maxLinks {
			delete(p.links, s)
		}
	}
	p.links[secret] = p.opt.Now().Add(linkTime)
	return "http://" + p.host + "/in/" + secret, nil
}

// Run serves the pages until ctx ends. While nobody asked for a link it only waits.
func (p *Porch) Run(ctx context.Context) error {
	defer p.close()
	var l net.Listener
	select {
	case <-ctx.Done():
		return nil
	case l = <-p.begin:
	}
	bound := seats.New(maxConns)
	srv := &http.Server{
		Handler: bound.Handler(p), ConnContext: bound.ConnContext, ReadHeaderTimeout: headerTime, IdleTimeout: time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(p.opt.Log.Handler(), slog.LevelDebug),
	}
	var beside sync.WaitGroup
	defer beside.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	beside.Go(func() { p.errands(ctx) })
	served := make(chan error, 1)
	go func() { served <- srv.Serve(bound.Listener(l)) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve the porch: %w", err)
	case <-ctx.Done():
	}
	out, end := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer end()
	if srv.Shutdown(out) != nil {
		_ = srv.Close()
	}
	<-served
	return nil
}

func (p *Porch) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	select {
	case l := <-p.begin:
		_ = l.Close()
	default:
	}
}

// enter turns a one-time secret into a session; false for one that is unknown,
// used or over.
func (p *Porch) enter(secret string) (cookie string, ok bool) {
	cookie, err := p.draw()
	if err != nil {
		return "", false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	until, known := p.links[secret]
	delete(p.links, secret)
	if !known || p.opt.Now().After(until) {
		return "", false
	}
	if len(p.sessions) >= maxSessions {
		clear(p.sessions)
	}
	p.sessions[cookie] = true
	return cookie, true
}

func (p *Porch) knows(cookie string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sessions[cookie]
}

func (p *Porch) own() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.host
}

// draw gives 256 random bits as text.
func (p *Porch) draw() (string, error) {
	var b [32]byte
	if _, err := io.ReadFull(p.opt.Rand, b[:]); err != nil {
		return "", fmt.Errorf("draw a secret: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}

// tokenOf is what the forms of a session carry.
func tokenOf(cookie string) string {
	m := hmac.New(sha256.New, []byte(cookie))
	m.Write([]byte("porch form"))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

func tokenGood(cookie, got string) bool {
	return subtle.ConstantTimeCompare([]byte(tokenOf(cookie)), []byte(got)) == 1
}
