package node

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"camp/node/seats"
)

// Whoever asks for much and reads nothing loses their place; who reads slowly
// but goes on keeps it.
func TestWhoReadsNothingLosesTheirPlace(t *testing.T) {
	for name, row := range map[string]struct {
		size int
		gap  time.Duration // between two bites of the reader
		ends bool          // the reader has it all
	}{
		"reads nothing":         {1 << 20, time.Hour, false},
		"a small answer":        {100, time.Hour, false}, // it lies in the program until somebody reads
		"slow, but goes on":     {1 << 20, 2 * time.Second, true},
		"as fast as it can":     {1 << 20, 0, true},
		"stops in between once": {1 << 20, 30 * time.Second, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, v := newPublic(true), newVisitors()
				p.next = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					for left := row.size; left > 0; left -= 16 << 10 {
						if _, err := w.Write(make([]byte, min(left, 16<<10))); err != nil {
							return
						}
					}
				})
				limit := seats.New(9)
				srv := &http.Server{Handler: limit.Handler(p), ConnContext: limit.ConnContext, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
				go func() { _ = srv.Serve(limit.Listener(&outer{Listener: v, p: p})) }()
				c := v.visit("9.9.9.9")
				if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"); err != nil {
					t.Fatal(err)
				}
				got, bite := 0, make([]byte, 8<<10)
				var err error
				for err == nil {
					time.Sleep(row.gap)
					var n int
					n, err = c.Read(bite)
					got += n
				}
				if all := got > row.size; all != row.ends {
					t.Errorf("%d bytes of %d, %v", got, row.size, err)
				}
				synctest.Wait()
				p.mu.Lock()
				defer p.mu.Unlock()
				if p.asked != 0 || len(p.open) != 0 {
					t.Errorf("%d asked, open %v", p.asked, p.open)
				}
				_ = srv.Close()
			})
		})
	}
}

// stuck is an answer of which nothing is taken in until its time is cut: that of
// HTTP/2, whose window is shut while its connection goes on.
type stuck struct {
	http.ResponseWriter
	cut chan struct{}
}

func (s *stuck) Write([]byte) (int, error) { <-s.cut; return 0, os.ErrDeadlineExceeded }

func (s *stuck) SetWriteDeadline(at time.Time) error { //nolint:unparam // as net/http looks for it
	if at.Before(time.Unix(2, 0)) {
		close(s.cut)
	}
	return nil
}

func TestAnAnswerThatStandsStillIsCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		p := newPublic(true)
		var err error
		p.next = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, err = w.Write(make([]byte, 32<<10)) })
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr, r.ProtoMajor = "9.9.9.9:4711", 2
		p.ServeHTTP(&stuck{cut: make(chan struct{})}, r)
		if took := time.Since(began); !errors.Is(err, os.ErrDeadlineExceeded) || took != 14*time.Second {
			t.Errorf("%v after %v", err, took)
		}
	})
}
