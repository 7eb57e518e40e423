package node

import (
	"net"
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
