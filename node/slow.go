package node

import (
	"net"
	"net/http"

	"camp/node/seats"
)

// impatient is an answer whose pieces must be taken in. HTTP/2 has a window of
// its own for each answer: the connection says nothing of one that stands still.
type impatient struct{ http.ResponseWriter }

// Write writes one piece.
func (w impatient) Write(b []byte) (int, error) {
	return seats.Taken(b, w.ResponseWriter.Write, func() { _ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(seats.LongAgo) })
}

// Unwrap gives the answer itself, for deadlines.
func (w impatient) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// hurried is the same for all that goes through a connection, also what is
// written once the answer is done.
type hurried struct{ net.Conn }

// Write writes one piece.
func (c *hurried) Write(b []byte) (int, error) {
	return seats.Taken(b, c.Conn.Write, func() { _ = c.Conn.SetWriteDeadline(seats.LongAgo) })
}
