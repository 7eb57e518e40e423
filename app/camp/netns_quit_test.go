//go:build netns

package main_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// quitTime is how long a camp may take to end, whatever happens at its doors
// (reliability.md 11).
const quitTime = 10 * time.Second

// throng is a crowd at the public door: some say nothing, some send their
// request byte by byte, some ask one page after the other.
type throng struct {
	stop context.CancelFunc
	all  sync.WaitGroup
}

func (s *space) throng(t *testing.T, at string, tlsOf *tls.Config, host string) *throng {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	c := &throng{stop: stop}
	dial := func() net.Conn {
		conn, err := s.dial(ctx, "tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		context.AfterFunc(ctx, func() { _ = conn.Close() })
		return conn
	}
	for range 20 {
		dial()
	}
	for range 20 {
		conn := tls.Client(dial(), tlsOf)
		if err := conn.HandshakeContext(ctx); err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, "POST /ap/noor/inbox HTTP/1.1\r\nHost: "+host+"\r\nContent-Type: application/activity+json\r\nContent-Length: 90000\r\n\r\n{")
		c.all.Go(func() {
			tick := time.NewTicker(50 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
					_, _ = io.WriteString(conn, " ")
				}
			}
		})
	}
	client := &http.Client{Transport: &http.Transport{DialContext: s.dial, TLSClientConfig: tlsOf, MaxConnsPerHost: 10}}
	for range 10 {
		c.all.Go(func() {
			for ctx.Err() == nil {
				r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+at+"/.well-known/nodeinfo", nil)
				if err != nil {
					return
				}
				r.Host = host
				if res, err := client.Do(r); err == nil {
					_, _ = io.Copy(io.Discard, res.Body)
					_ = res.Body.Close()
				}
			}
		})
	}
	t.Cleanup(c.end)
	return c
}

func (c *throng) end() {
	c.stop()
	c.all.Wait()
}

// endsInTime quits a camp and wants it to be gone within its time.
func (r *running) endsInTime(t *testing.T) {
	t.Helper()
	began := time.Now()
	r.end()
	if took := time.Since(began); took > quitTime {
		t.Errorf("it took %s to end", took)
	} else {
		t.Logf("ended in %s", took)
	}
}
