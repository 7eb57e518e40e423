package seats

import (
	"errors"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// A piece of an answer that nobody takes in is cut off; one that is read slowly,
// but is read, goes on, and what went through in time counts against nothing later.
func TestAPieceMustBeTakenIn(t *testing.T) {
	for name, row := range map[string]struct {
		size int
		gap  time.Duration // before each bite of the reader
		want error
	}{
		"nobody reads":        {64 << 10, 24 * time.Hour, os.ErrDeadlineExceeded},
		"slowly, but goes on": {64 << 10, 2 * time.Second, nil},
		"at once":             {64 << 10, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ours, theirs := net.Pipe()
				c := New(1).take(ours)
				go func() {
					bite := make([]byte, 8<<10)
					for err := error(nil); err == nil; _, err = theirs.Read(bite) {
						select {
						case <-time.After(row.gap):
						case <-t.Context().Done():
							return
						}
					}
				}()
				began := time.Now()
				for range 2 {
					if _, err := c.Write(make([]byte, row.size)); !errors.Is(err, row.want) {
						t.Fatalf("%v, want %v", err, row.want)
					}
					if row.want != nil {
						if took := time.Since(began); took != pieceTime+8*time.Second {
							t.Errorf("cut after %v", took)
						}
						break
					}
					time.Sleep(time.Hour)
				}
				_ = c.Close()
			})
		})
	}
}
