package fed

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"camp/node/ap"
	"camp/node/camp"
)

// halves are bodies of which most came, and whose rest is waited for.
type halves struct {
	rest chan struct{}
	n    int
}

func (h *halves) Read(p []byte) (int, error) {
	if h.n == 0 {
		<-h.rest
		return 0, io.ErrUnexpectedEOF
	}
	n := min(len(p), h.n)
	h.n -= n
	return n, nil
}

// However many bodies are begun, and by however many, what lies in memory of them
// is bounded; one source does not take the room of all (reliability.md 3).
func TestBodiesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMailbox(t)
		rest := make(chan struct{})
		begin := func(from string) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			r := m.request(act("Like", bo, here.Post(7)), func(r *http.Request) {
				r.Body, r.ContentLength, r.RemoteAddr = io.NopCloser(&halves{rest, ap.MaxDocument}), -1, from
			})
			go m.ServeHTTP(w, r)
			synctest.Wait()
			return w
		}
		all := func() int {
			m.bodies.mu.Lock()
			defer m.bodies.mu.Unlock()
			return m.bodies.all
		}
		for n := range 2 * mostBodies / ap.MaxDocument {
			w := begin(fmt.Sprintf("9.9.%d.9:1", n/20))
			if fits := n%20 < mostBodiesEach/ap.MaxDocument && all() <= mostBodies; !fits && w.Code != http.StatusTooManyRequests {
				t.Fatalf("the %dth is taken: %d", n+1, w.Code)
			}
		}
		if got := all(); got > mostBodies || got < mostBodies/2 {
			t.Errorf("%d bytes are kept of what was begun", got)
		}
		if w := m.bring(act("Like", bo, here.Post(7)), func(r *http.Request) { r.RemoteAddr = "8.8.8.8:1" }); all() < mostBodies-ap.MaxDocument && w.Code != http.StatusAccepted {
			t.Errorf("a whole one of somebody else: %d", w.Code)
		}
		close(rest)
		synctest.Wait()
		if all() != 0 || len(m.bodies.each) != 0 {
			t.Errorf("%d bytes of %d sources are still counted", all(), len(m.bodies.each))
		}
	})
}

// slowly is a connection whose reads end when its deadline is set.
type slowly struct {
	*httptest.ResponseRecorder
	w *io.PipeWriter
}

func (s *slowly) SetReadDeadline(time.Time) error { return s.w.CloseWithError(os.ErrDeadlineExceeded) }

func TestABodyHasTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMailbox(t)
		pr, pw := io.Pipe()
		w := &slowly{httptest.NewRecorder(), pw}
		begun := time.Now()
		m.ServeHTTP(w, m.request(act("Like", bo, here.Post(7)), func(r *http.Request) { r.Body, r.ContentLength = pr, -1 }))
		if took := time.Since(begun); took != bodyTime || w.Code != http.StatusRequestTimeout {
			t.Errorf("%d after %s", w.Code, took)
		}
		w = &slowly{httptest.NewRecorder(), pw}
		body := act("Like", bo, here.Post(camp.PostID(8)))
		m.ServeHTTP(w, m.request(body, func(r *http.Request) { r.Body = io.NopCloser(bytes.NewReader([]byte(body))) }))
		if w.Code != http.StatusAccepted {
			t.Errorf("in good time: %d", w.Code)
		}
	})
}
