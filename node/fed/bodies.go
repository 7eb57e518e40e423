package fed

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"camp/node/ap"
)

// bodies bounds what lies in memory of bodies that strangers bring, of all of
// them and of one source, however many they begin. Only what came counts: who
// sends nothing takes nothing from others. Safe for concurrent use.
type bodies struct {
	mu   sync.Mutex // guards what follows
	all  int
	each map[string]int
}

const (
	mostBodies     = 64 << 20 // bytes
	mostBodiesEach = 8 << 20
	bodyTime       = 10 * time.Second // for all of a body (reliability.md 3)
)

var errBodies = errors.New("fed: too much is being brought at once")

// read takes in a body of at most ap.MaxDocument bytes; free is to be called once
// it is not needed any more, whatever came of it. errBodies for too many at once,
// os.ErrDeadlineExceeded for one that took too long.
func (b *bodies) read(w http.ResponseWriter, r *http.Request) (body []byte, free func(), err error) {
	c := &counted{b: b, from: sourceOf(r.RemoteAddr), r: http.MaxBytesReader(w, r.Body, ap.MaxDocument)}
	late := time.AfterFunc(bodyTime, func() {
		_ = http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0)) // long ago; whoever cannot has bounds of their own
	})
	defer late.Stop()
	body, err = io.ReadAll(c)
	return body, c.free, err
}

// take counts bytes in, if there is room for them.
func (b *bodies) take(from string, n int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.all+n > mostBodies || b.each[from]+n > mostBodiesEach {
		return false
	}
	if b.each == nil {
		b.each = map[string]int{}
	}
	b.all += n
	b.each[from] += n
	return true
}

// give counts them out.
func (b *bodies) give(from string, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all -= n
	if b.each[from] -= n; b.each[from] <= 0 {
		delete(b.each, from)
	}
}

// counted is a body that counts while it is read.
type counted struct {
	b    *bodies
	from string
	r    io.Reader
	n    int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if n > 0 {
		if !c.b.take(c.from, n) {
			return 0, errBodies
		}
		c.n += n
	}
	return n, err
}

func (c *counted) free() {
	if c.n > 0 {
		c.b.give(c.from, c.n)
	}
}

// badBody answers whoever brought a body that was not taken in.
func badBody(w http.ResponseWriter, err error) {
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		say(w, http.StatusRequestEntityTooLarge)
	case errors.Is(err, errBodies):
		w.Header().Set("Retry-After", "10")
		w.Header().Set("Connection", "close") // the rest is not read either
		say(w, http.StatusTooManyRequests)
	case errors.Is(err, os.ErrDeadlineExceeded):
		say(w, http.StatusRequestTimeout)
	default:
		say(w, http.StatusBadRequest)
	}
}
