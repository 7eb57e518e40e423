package outside

import "net"

// counted has a connection tell what it sends.
func (c *Client) counted(conn net.Conn, host string) net.Conn {
	if c.o.Sent == nil {
		return conn
	}
	return countedConn{conn, host, c.o.Sent}
}

type countedConn struct {
	net.Conn
	host string
	sent func(host string, n int)
}

func (c countedConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.sent(c.host, n)
	return n, err
}
