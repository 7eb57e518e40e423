package node

import (
	"net/http"

	"camp/node/seats"
)

// impatient is an answer by HTTP/2 whose pieces must be taken in. It has a window of
// its own: the connection, which package seats minds, says nothing of one that stands still.
type impatient struct{ http.ResponseWriter }

// Write writes one piece.
func (w impatient) Write(b []byte) (int, error) {
	return seats.Taken(b, w.ResponseWriter.Write, func() { _ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(seats.LongAgo) })
}

// Unwrap gives the answer itself, for deadlines.
func (w impatient) Unwrap() http.ResponseWriter { return w.ResponseWriter }
