package node

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"camp/node/camp"
	"camp/node/seats"
)

// Bounds of what one listener takes on (reliability.md 9).
const (
	headerTime  = 10 * time.Second
	readTime    = 60 * time.Second
	idleTime    = 120 * time.Second
	headerBytes = 32 << 10
	partTime    = 4 * time.Second // for answers under way when the camp stops
)

// Serve answers on the listeners until ctx ends, then lets answers under way
// out, and returns when every connection is closed. It closes the listeners.
func (n *Node) Serve(ctx context.Context, listeners ...net.Listener) error {
	return n.serve(ctx, n, n.Hub.Close, seats.New(placesOf(n.opt.Handles)), listeners)
}

// ServeTunnel is Serve for the listeners inside the tunnel, behind the gate. It may
// end while the camp goes on: whoever ends it closes the connections, or Serve ends
// at the same time and with it all streams.
func (n *Node) ServeTunnel(ctx context.Context, listeners ...net.Listener) error {
	var mu sync.Mutex
	open := map[netip.Addr]int{}
	behind := make([]net.Listener, 0, len(listeners))
	for _, l := range listeners {
		behind = append(behind, &narrow{Listener: l, behind: n.opt.Behind, mu: &mu, open: open})
	}
	return n.serve(ctx, n.gate, func() {}, seats.New(maxConns), behind) // inside the tunnel a connection takes no file handle
}

// serve answers by h; last ends streams, which would hold the end up.
func (n *Node) serve(ctx context.Context, h http.Handler, last func(), limit *seats.Seats, listeners []net.Listener) error {
	srv := &http.Server{
		Handler: limit.Handler(h), ConnContext: limit.ConnContext,
		ReadHeaderTimeout: headerTime, ReadTimeout: readTime, IdleTimeout: idleTime, MaxHeaderBytes: headerBytes,
		ErrorLog: slog.NewLogLogger(n.opt.Log.Handler(), slog.LevelDebug),
	}
	g, gctx := errgroup.WithContext(ctx)
	for _, l := range listeners {
		g.Go(func() error {
			l = beneath(l, limit.Listener)
			if s, ok := l.(*secured); ok {
				l = tls.NewListener(s.Listener, s.cfg)
			}
			if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				return fmt.Errorf("serve pages: %w", err)
			}
			return nil
		})
	}
	g.Go(func() error {
		<-gctx.Done()
		last()
		out, cancel := context.WithTimeout(context.WithoutCancel(ctx), partTime)
		defer cancel()
		if err := srv.Shutdown(out); err != nil {
			_ = srv.Close()
		}
		return nil
	})
	return g.Wait()
}

// ServeHTTP answers one request. While the camp is paused everybody but the
// host finds it as if the computer were off: the connection closes without a
// byte. The way in by a one-time link stays open, so that the host can get a
// session; whoever else comes in by one is cut off at the next step.
func (n *Node) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if n.paused.Load() && !n.mayPass(r) {
		panic(http.ErrAbortHandler)
	}
	if n.API.Owns(r.URL.Path) && slices.Contains(*n.hosts.Load(), r.Host) {
		n.API.ServeHTTP(w, r)
		return
	}
	n.Site.ServeHTTP(w, r)
}

func (n *Node) mayPass(r *http.Request) bool {
	if c, err := r.Cookie(n.cookie); err == nil {
		_, m, err := n.People.SignedIn(r.Context(), c.Value)
		return err == nil && m.Role == camp.RoleHost
	}
	return strings.HasPrefix(r.URL.Path, "/in/")
}

// Pause shuts everybody but the host out, or lets them in again.
func (n *Node) Pause(on bool) {
	n.paused.Store(on)
	if on {
		n.Hub.CutOthers(n.host.Member)
	}
}
