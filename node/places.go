package node

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"sync"
)

// How many connections a door has open at the same time: maxConns
// (reliability.md 9), and fewer where the system lets the program have few file
// handles. A connection takes one, and often one more for the picture it reads.
// The store comes first: with too few it could neither read nor write.
const (
	maxConns    = 512
	minConns    = 16
	handlesKept = 128 // for the store, what goes out, the tunnel, the log, the window
)

// placesOf gives the places of one of the two doors that take handles, and how
// many pictures may be open at the same time. 0 handles: no bound is known.
func placesOf(handles int) int {
	if handles <= 0 {
		return maxConns
	}
	return min(max((handles-handlesKept)/4, minConns), maxConns)
}

// places are the connections of a door. Nobody is kept out by those who hold a
// place and want nothing: who comes when all are taken gets the place of the
// connection that has been silent for longest, else of the request that has
// been on its way in for longest. An answer under way is never cut off. On this
// computer all come from one address, so that no cap by source could tell the
// host's browser from a program that takes all there is.
type places struct {
	most int

	mu   sync.Mutex // guards what follows, and what places say of it
	turn uint64     // grows with each arrival and each answer
	open map[*place]struct{}
}

func newPlaces(most int) *places { return &places{most: most, open: map[*place]struct{}{}} }

// place is a connection that has one.
type place struct {
	net.Conn
	of *places

	// Guarded by of.mu.
	since     uint64 // when it came, or was last answered
	answering int    // requests that are being answered
	coming    int    // those of them whose body has not come in whole
}

// take gives a connection a place; nil where all are needed.
func (p *places) take(c net.Conn) *place {
	in := &place{Conn: c, of: p}
	out, ok := p.admit(in)
	if out != nil {
		_ = out.Close()
	}
	if !ok {
		return nil
	}
	return in
}

// admit counts a connection in; out is whoever has to go for it.
func (p *places) admit(in *place) (out *place, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.open) >= p.most {
		if out = p.spare(); out == nil {
			return nil, false
		}
		delete(p.open, out)
	}
	p.turn++
	in.since = p.turn
	p.open[in] = struct{}{}
	return out, true
}

// spare finds the connection that is missed least. The caller has the mutex.
func (p *places) spare() (least *place) {
	for c := range p.open {
		if c.answering > c.coming {
			continue
		}
		if least == nil || c.answering == 0 && least.answering > 0 ||
			(c.answering == 0) == (least.answering == 0) && c.since < least.since {
			least = c
		}
	}
	return least
}

// Close gives the place back.
func (c *place) Close() error {
	c.of.mu.Lock()
	delete(c.of.open, c)
	c.of.mu.Unlock()
	return c.Conn.Close()
}

// limited is a listener that takes a connection only while there is a place.
type limited struct {
	net.Listener
	places *places
}

func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if in := l.places.take(c); in != nil {
			return in, nil
		}
		_ = c.Close()
	}
}

// placeKey finds the place of a connection in what its requests carry: net/http
// hands them to the handler by nothing else.
type placeKey struct{}

func withPlace(ctx context.Context, c net.Conn) context.Context {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if in, ok := c.(*place); ok {
		return context.WithValue(ctx, placeKey{}, in)
	}
	return ctx
}

// seated tells the places what is being answered.
func seated(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, ok := r.Context().Value(placeKey{}).(*place); ok {
			b := &body{ReadCloser: r.Body, of: c, whole: r.Body == nil || r.Body == http.NoBody}
			if !b.whole {
				r.Body = b
			}
			c.begin(b)
			defer c.end(b)
		}
		h.ServeHTTP(w, r)
	})
}

// body is what a request brings.
type body struct {
	io.ReadCloser
	of    *place
	whole bool // guarded by of.of.mu
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.of.of.mu.Lock()
		defer b.of.of.mu.Unlock()
		b.over()
	}
	return n, err
}

// over says that no more of it is waited for. The caller has the mutex.
func (b *body) over() {
	if !b.whole {
		b.whole = true
		b.of.coming--
	}
}

func (c *place) begin(b *body) {
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	c.answering++
	if !b.whole {
		c.coming++
	}
}

func (c *place) end(b *body) {
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	b.over()
	c.answering--
	c.of.turn++
	c.since = c.of.turn
}

// placed gives its place back when it is closed.
type placed struct {
	net.Conn
	once  sync.Once
	leave func()
}

func (c *placed) Close() error {
	c.once.Do(c.leave)
	return c.Conn.Close()
}
