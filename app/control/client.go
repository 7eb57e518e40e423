package control

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"sync"
	"time"

	"camp/app/desk/latest"
	"camp/node/camp"
)

// Client is a connection to a running camp; safe for concurrent use. It does
// not reconnect: when the camp ends, Watch's channels close and Do gives ErrGone.
type Client struct {
	conn   net.Conn
	states latest.States
	ended  chan struct{} // closed when reading has ended
	once   sync.Once

	wmu sync.Mutex // guards writing to conn

	mu   sync.Mutex // guards what follows
	next uint64
	open map[uint64]chan reply
	gone bool
}

// Dial connects to the camp that runs on the data folder, or gives ErrNobody.
// When it returns, State holds the camp's state. The caller calls Close.
func Dial(ctx context.Context, dir string) (*Client, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	path, err := address(dir)
	if err != nil {
		return nil, err
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("reach the control socket: %w", err)
		}
		return nil, fmt.Errorf("%w (%w)", ErrNobody, err)
	}
	c := &Client{conn: conn, ended: make(chan struct{}), open: map[uint64]chan reply{}}
	lines := bufio.NewScanner(conn)
	lines.Buffer(make([]byte, 0, 16<<10), maxReply)
	if err := c.greet(ctx, lines); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("greet the camp: %w", err)
	}
	go c.read(lines) // Close waits for it
	return c, nil
}

// greet asks for the states and takes the first.
func (c *Client) greet(ctx context.Context, lines *bufio.Scanner) error {
	if at, ok := ctx.Deadline(); ok {
		_ = c.conn.SetDeadline(at)
	}
	defer func() { _ = c.conn.SetDeadline(time.Time{}) }()
	if err := c.write(ask{Watch: true}); err != nil {
		return err
	}
	if !lines.Scan() {
		if lines.Err() != nil {
			return lines.Err()
		}
		return ErrGone
	}
	var r reply
	if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
		return err
	}
	if r.State != nil {
		c.states.Set(*r.State)
	}
	return nil
}

func (c *Client) read(lines *bufio.Scanner) {
	defer close(c.ended)
	for lines.Scan() {
		var r reply
		if json.Unmarshal(lines.Bytes(), &r) != nil {
			break
		}
		if r.State != nil {
			c.states.Set(*r.State)
			continue
		}
		c.mu.Lock()
		ch := c.open[r.ID]
		delete(c.open, r.ID)
		c.mu.Unlock()
		if ch != nil {
			ch <- r
		}
	}
	_ = c.conn.Close()
	c.states.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone = true
	for _, ch := range c.open {
		close(ch)
	}
	c.open = nil
}

// Close ends the connection and waits for its goroutine.
func (c *Client) Close() error {
	var err error
	c.once.Do(func() { err = c.conn.Close() })
	<-c.ended
	return err
}

// State gives the newest state the camp sent.
func (c *Client) State() camp.State { return c.states.State() }

// Watch gives the state now and at each change; it closes when ctx ends or the
// camp does.
func (c *Client) Watch(ctx context.Context) <-chan camp.State { return c.states.Watch(ctx) }

// Do asks and waits for the answer. A refusal is a *camp.Fault whose Err holds
// the camp's own sentence (a Spoken).
func (c *Client) Do(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	c.mu.Lock()
	if c.gone {
		c.mu.Unlock()
		return camp.Answer{}, ErrGone
	}
	c.next++
	id, ch := c.next, make(chan reply, 1)
	c.open[id] = ch
	c.mu.Unlock()
	if err := c.write(ask{ID: id, Intent: &in}); err != nil {
		c.forget(id)
		return camp.Answer{}, fmt.Errorf("%w (%w)", ErrGone, err)
	}
	select {
	case <-ctx.Done():
		c.forget(id)
		return camp.Answer{}, ctx.Err()
	case r, ok := <-ch:
		switch {
		case !ok:
			return camp.Answer{}, ErrGone
		case r.Fault != nil:
			return camp.Answer{}, &camp.Fault{Kind: r.Fault.Kind, Say: r.Fault.Say, Args: r.Fault.Args, Err: Spoken(r.Fault.Text)}
		case r.Answer == nil:
			return camp.Answer{}, ErrGone
		}
		return *r.Answer, nil
	}
}

// Spoken is the sentence by which the camp refused, in the language asked for.
type Spoken string

func (s Spoken) Error() string { return string(s) }

func (c *Client) forget(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, id)
}

func (c *Client) write(a ask) error {
	line, err := json.Marshal(a)
	if err != nil {
		return err
	}
	c.wmu.Lock()
	defer c.wmu.Unlock()
	_ = c.conn.SetWriteDeadline(time.Now().Add(writeTime))
	_, err = c.conn.Write(append(line, '\n'))
	return err
}
