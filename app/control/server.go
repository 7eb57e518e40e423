package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"camp/node/camp"
)

// Server answers on the control socket of one data folder.
type Server struct {
	Desk Desk
	// Text gives the sentence of a fault in a language ("" for English).
	Text func(language, say string, args map[string]string) string
	Log  *slog.Logger

	listener net.Listener
	clean    func()
}

// Listen makes the socket. The caller holds the lock of the folder, so whatever
// socket lies there belongs to nobody and is removed.
func (s *Server) Listen(ctx context.Context, dir string) error {
	path, clean, err := settle(dir)
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		clean()
		return fmt.Errorf("listen on the control socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		_ = l.Close()
		clean()
		return fmt.Errorf("protect the control socket: %w", err)
	}
	s.listener, s.clean = l, clean
	return nil
}

// Run answers until ctx ends; then it lets open answers out (at most a second),
// closes every connection and returns when all its goroutines have.
func (s *Server) Run(ctx context.Context) error {
	defer s.Close()
	var all sync.WaitGroup
	places := make(chan struct{}, maxClients)
	stop := context.AfterFunc(ctx, func() { _ = s.listener.Close() })
	defer stop()
	for {
		c, err := s.listener.Accept()
		if err != nil {
			break
		}
		select {
		case places <- struct{}{}:
		default: // more clients than a computer has use for
			_ = c.Close()
			continue
		}
		all.Add(1)
		go func() {
			defer all.Done()
			defer func() { <-places }()
			s.serve(ctx, c)
		}()
	}
	_ = s.listener.Close()
	all.Wait()
	if ctx.Err() == nil {
		return errors.New("control socket closed")
	}
	return nil
}

// Close removes the socket. Run does so by itself; for a server that never ran.
func (s *Server) Close() {
	if s.listener == nil {
		return
	}
	_ = s.listener.Close()
	s.clean()
}

// client is one connection.
type client struct {
	srv  *Server
	conn net.Conn
	mu   sync.Mutex // guards writing to conn
}

func (s *Server) serve(ctx context.Context, conn net.Conn) {
	c := &client{srv: s, conn: conn}
	own, cancel := context.WithCancel(ctx)
	var work sync.WaitGroup
	// At the end of the camp reading stops at once, writing gets a second.
	stop := context.AfterFunc(ctx, func() {
		_ = conn.SetReadDeadline(time.Unix(1, 0))
		_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
	})
	defer func() {
		cancel()
		work.Wait()
		stop()
		_ = conn.Close()
	}()
	slots := make(chan struct{}, maxAtOnce)
	lines := bufio.NewScanner(conn)
	lines.Buffer(make([]byte, 0, 4096), maxAsk)
	watching := false
	for lines.Scan() {
		var a ask
		switch err := json.Unmarshal(lines.Bytes(), &a); {
		case err != nil || (a.Intent == nil && !a.Watch):
			c.refuse(a.ID, "", camp.NewFault(camp.Invalid, "program.unreadable.say", err))
			return
		case a.Watch && !watching:
			watching = true
			work.Go(func() { c.watch(own) })
		case a.Intent != nil:
			select {
			case slots <- struct{}{}:
			case <-own.Done():
				return
			}
			work.Go(func() { defer func() { <-slots }(); c.do(own, a) })
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		c.refuse(0, "", camp.NewFault(camp.Invalid, "program.unreadable.say", lines.Err()))
	}
}

func (c *client) do(ctx context.Context, a ask) {
	defer func() {
		if r := recover(); r != nil {
			c.srv.Log.Error("intent broke", "do", a.Intent.Do, "panic", fmt.Sprint(r))
			c.refuse(a.ID, a.Intent.Language, camp.NewFault(camp.Internal, "fault.internal.say", nil))
		}
	}()
	ans, err := c.srv.Desk.Do(ctx, *a.Intent)
	if err != nil {
		c.refuse(a.ID, a.Intent.Language, err)
		return
	}
	c.send(reply{ID: a.ID, Answer: &ans})
}

func (c *client) watch(ctx context.Context) {
	for st := range c.srv.Desk.Watch(ctx) {
		if !c.send(reply{State: &st}) {
			return
		}
	}
	if ctx.Err() == nil { // the camp ends: so does the stream
		_ = c.conn.SetReadDeadline(time.Unix(1, 0))
	}
}

func (c *client) refuse(id uint64, language string, err error) {
	f := camp.AsFault(err)
	if f.Kind == camp.Internal {
		c.srv.Log.Error("intent failed", "err", err)
	}
	c.send(reply{ID: id, Fault: &fault{Kind: f.Kind, Say: f.Say, Args: f.Args, Text: c.srv.Text(language, f.Say, f.Args)}})
}

// send writes one line; false where the client cannot be reached any more.
func (c *client) send(r reply) bool {
	line, err := json.Marshal(r)
	if err != nil || len(line) >= maxReply {
		c.srv.Log.Error("answer does not fit on the control socket", "bytes", len(line), "err", err)
		line, _ = json.Marshal(reply{ID: r.ID, Fault: &fault{Kind: camp.Internal, Say: "fault.internal.say"}})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.conn.SetWriteDeadline(time.Now().Add(writeTime))
	if _, err := c.conn.Write(append(line, '\n')); err != nil {
		_ = c.conn.SetReadDeadline(time.Unix(1, 0)) // ends serve
		return false
	}
	return true
}
