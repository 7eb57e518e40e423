package seats

import (
	"time"
)

// Whoever asks has this long to take in one piece of an answer, and a second more
// for each so many bytes of it: else a few who ask for much and read nothing would
// hold every place that there is.
const (
	pieceTime = 10 * time.Second
	pieceRate = 8 << 10
)

// LongAgo is a deadline that is over.
var LongAgo = time.Unix(1, 0)

// Taken writes one piece; cut ends the writing where it takes too long.
func Taken(b []byte, write func([]byte) (int, error), cut func()) (int, error) {
	late := time.AfterFunc(pieceTime+time.Duration(len(b)/pieceRate)*time.Second, cut)
	defer late.Stop()
	return write(b)
}

// Write writes one piece of an answer, which must be taken in.
func (c *seat) Write(b []byte) (int, error) {
	return Taken(b, c.Conn.Write, func() { _ = c.Conn.SetWriteDeadline(LongAgo) })
}
