package guest

import (
	"context"
	"errors"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// A connection is begun anew while nothing is heard, and given up when its time
// is over; what is refused is not asked again.
func TestDialAnew(t *testing.T) {
	refused := errors.New("refused")
	for name, tt := range map[string]struct {
		back   time.Duration // from when on a connection begun is answered at once
		err    error         // what a try gives at once
		tries  []time.Duration
		want   error
		within time.Duration
	}{
		"at once":        {0, nil, []time.Duration{0}, nil, 0},
		"down for a bit": {time.Second, nil, []time.Duration{0, 1500 * time.Millisecond}, nil, 1500 * time.Millisecond},
		"down for long":  {4 * time.Second, nil, []time.Duration{0, 1500 * time.Millisecond, 4500 * time.Millisecond}, nil, 4500 * time.Millisecond},
		"never":          {time.Hour, nil, []time.Duration{0, 1500 * time.Millisecond, 4500 * time.Millisecond}, context.DeadlineExceeded, 8 * time.Second},
		"refused":        {0, refused, []time.Duration{0}, refused, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				var tries []time.Duration
				ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
				defer cancel()
				c, err := dialAnew(ctx, func(ctx context.Context) (net.Conn, error) {
					tries = append(tries, time.Since(began))
					if tt.err != nil {
						return nil, tt.err
					}
					if time.Since(began) >= tt.back {
						here, _ := net.Pipe()
						return here, nil
					}
					<-ctx.Done()
					return nil, ctx.Err()
				})
				if !errors.Is(err, tt.want) || (c == nil) != (tt.want != nil) || time.Since(began) != tt.within {
					t.Errorf("after %s: %v, %v", time.Since(began), c, err)
				}
				if !slices.Equal(tries, tt.tries) {
					t.Errorf("tried after %v, want %v", tries, tt.tries)
				}
			})
		})
	}
}
