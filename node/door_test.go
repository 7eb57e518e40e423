package node

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"testing"
)

// TestDoorClosesWithoutAByte: who is to find nobody here gets not one byte, with
// or without TLS behind; who is not, is served.
func TestDoorClosesWithoutAByte(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var shut atomic.Bool
	var seen atomic.Pointer[netip.Addr]
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })}
	done := make(chan error)
	go func() {
		done <- srv.Serve(newDoor(l, func(a netip.Addr) bool {
			seen.Store(&a)
			return shut.Load()
		}))
	}()
	t.Cleanup(func() {
		_ = srv.Close()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	ask := func(words string) string {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, _ = io.WriteString(c, words) // may come too late already
		answer, _ := io.ReadAll(c)      // a reset is as good as an end
		return string(answer)
	}
	const get = "GET / HTTP/1.1\r\nHost: one.example\r\nConnection: close\r\n\r\n"
	if got := ask(get); len(got) == 0 {
		t.Fatal("nobody is served")
	}
	if a := seen.Load(); a == nil || a.Unmap() != netip.MustParseAddr("127.0.0.1") {
		t.Errorf("judged %v", a)
	}
	shut.Store(true)
	for name, words := range map[string]string{"a request": get, "TLS": "\x16\x03\x01\x00\x05hello", "nothing": "\r\n", "no request": "hello\r\n\r\n"} {
		if got := ask(words); len(got) != 0 {
			t.Errorf("%s: %d bytes: %q", name, len(got), got)
		}
	}
	shut.Store(false)
	if got := ask(get); len(got) == 0 {
		t.Error("nobody is served any more")
	}
}
