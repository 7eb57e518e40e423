// Package seats bounds how many connections a door has open at the same time,
// so that a program which takes all it can get and says nothing keeps nobody
// out. It knows nothing of what is asked or answered:
//
//	listener ─▶ Seats.Listener ─▶ http.Server{ConnContext: Seats.ConnContext, Handler: Seats.Handler(h)}
package seats

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"sync"
)

// Seats are the connections of a door. Nobody is kept out by those who hold a
// place and want nothing: who comes when all are taken gets the seat of the
// connection that has been silent for longest, else of the request that has
// been on its way in for longest. An answer under way is cut off only where nobody
// takes it in (slow.go). On this
// computer all come from one address, so that no cap by source could tell the
// host's browser from a program that takes all there is.
//
// Make them by New. Safe for concurrent use.
type Seats struct {
	most int

	mu   sync.Mutex // guards what follows, and what seats say of it
	turn uint64     // grows with each arrival and each answer
	open map[*seat]struct{}
}

// New makes seats for so many connections.
func New(most int) *Seats { return &Seats{most: most, open: map[*seat]struct{}{}} }

// seat is a connection that has one.
type seat struct {
	net.Conn
	of *Seats

	// Guarded by of.mu.
	since     uint64 // when it came, or was last answered
	answering int    // requests that are being answered
	coming    int    // those of them whose body has not come in whole
}

// take gives a connection a seat; nil where all are needed.
func (s *Seats) take(c net.Conn) *seat {
	in := &seat{Conn: c, of: s}
	out, ok := s.admit(in)
	if out != nil {
		_ = out.Close()
	}
	if !ok {
		return nil
	}
	return in
}

// admit counts a connection in; out is whoever has to go for it.
func (s *Seats) admit(in *seat) (out *seat, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.open) >= s.most {
		if out = s.spare(); out == nil {
			return nil, false
		}
		delete(s.open, out)
	}
	s.turn++
	in.since = s.turn
	s.open[in] = struct{}{}
	return out, true
}

// spare finds the connection that is missed least. The caller has the mutex.
func (s *Seats) spare() (least *seat) {
	for c := range s.open {
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

// Close gives the seat back.
func (c *seat) Close() error {
	c.of.mu.Lock()
	delete(c.of.open, c)
	c.of.mu.Unlock()
	return c.Conn.Close()
}

// Listener takes a connection only while there is a seat.
func (s *Seats) Listener(l net.Listener) net.Listener { return &limited{Listener: l, seats: s} }

// limited is a listener that takes a connection only while there is a seat.
type limited struct {
	net.Listener
	seats *Seats
}

func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if in := l.seats.take(c); in != nil {
			return in, nil
		}
		_ = c.Close()
	}
}

// seatKey finds the seat of a connection in what its requests carry: net/http
// hands them to the handler by nothing else.
type seatKey struct{}

// ConnContext is for http.Server: so a request finds the seat of its connection.
func (s *Seats) ConnContext(ctx context.Context, c net.Conn) context.Context {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if in, ok := c.(*seat); ok {
		return context.WithValue(ctx, seatKey{}, in)
	}
	return ctx
}

// Handler tells the seats what is being answered; h answers it.
func (s *Seats) Handler(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, ok := r.Context().Value(seatKey{}).(*seat); ok {
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
	of    *seat
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

func (c *seat) begin(b *body) {
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	c.answering++
	if !b.whole {
		c.coming++
	}
}

func (c *seat) end(b *body) {
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	b.over()
	c.answering--
	c.of.turn++
	c.since = c.of.turn
}
