package memberships

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// The browser's door has only so many connections: who came first and is silent
// makes room for the next.
func TestTheSilentMakeRoomAtTheBrowsersDoor(t *testing.T) {
	t.Parallel() // it mostly waits
	k, _ := joined(t)
	at := strings.TrimPrefix(k.States()[0].Web, "http://")
	var first net.Conn
	for n := range maxBrowser + 1 {
		c, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		if n == 0 {
			first = c
		}
		if n > 0 { // the others do not wait in the listener's queue, they are in
			if _, err := io.WriteString(c, "GET /v1/me HTTP/1.1\r\nHost: "+at+"\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(c, make([]byte, 12)); err != nil {
				t.Fatalf("the door does not answer: %v", err)
			}
		}
	}
	if err := first.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil { // before the header's own time is over
		t.Fatal(err)
	}
	if _, err := first.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the first keeps its place: %v", err)
	}
}
