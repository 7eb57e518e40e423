package node

import (
	"net"
	"net/http"
	"time"
)

// Whoever asks from outside has this long to take in one piece of an answer, and
// a second more for each so many bytes of it: else a few who ask for much and
// read nothing would hold every place that there is.
const (
	pieceTime = 10 * time.Second
	pieceRate = 8 << 10
)

var longAgo = time.Unix(1, 0)

// taken writes one piece; cut ends the writing where it takes too long.
func taken(b []byte, write func([]byte) (int, error), cut func()) (int, error) {
	late := time.AfterFunc(pieceTime+time.Duration(len(b)/pieceRate)*time.Second, cut)
	defer late.Stop()
	return write(b)
}

// impatient is an answer whose pieces must be taken in. HTTP/2 has a window of
// its own for each answer: the connection says nothing of one that stands still.
type impatient struct{ http.ResponseWriter }

// Write writes one piece.
func (w impatient) Write(b []byte) (int, error) {
	return taken(b, w.ResponseWriter.Write, func() { _ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(longAgo) })
}

// Unwrap gives the answer itself, for deadlines.
func (w impatient) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// hurried is the same for all that goes through a connection, also what is
// written once the answer is done.
type hurried struct{ net.Conn }

// Write writes one piece.
func (c *hurried) Write(b []byte) (int, error) {
	return taken(b, c.Conn.Write, func() { _ = c.Conn.SetWriteDeadline(longAgo) })
}
