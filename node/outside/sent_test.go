package outside

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// TestSent: what goes to a server is told with its name, more than the body of it.
func TestSent(t *testing.T) {
	l := newLab(t)
	at := l.serve("far.example", func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	var mu sync.Mutex // guards sent
	sent := map[string]int{}
	l.opts.Sent = func(host string, n int) {
		mu.Lock()
		defer mu.Unlock()
		sent[host] += n
	}
	c := l.client()
	letter := strings.Repeat("letter ", 2000)
	if _, err := c.Do(t.Context(), Request{Method: http.MethodPost, URL: at + "/inbox", Body: []byte(letter)}); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(sent) != 1 || sent["far.example"] < len(letter) || sent["far.example"] > 2*len(letter) {
		t.Errorf("told %v, of a letter of %d bytes", sent, len(letter))
	}
}
