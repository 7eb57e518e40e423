package guest

import (
	"context"
	"errors"
	"net"
	"time"
)

// How long the first tries at a connection take before a new one is made. TCP
// says its first word again after one, three and seven seconds: where the way was
// down just then a connection would come about long after the way is back.
var dialTries = [...]time.Duration{1500 * time.Millisecond, 3 * time.Second}

// dialAnew dials, and dials anew, until a connection stands or ctx ends. The last
// try has all the time that is left, for ways that are slow.
func dialAnew(ctx context.Context, dial func(context.Context) (net.Conn, error)) (net.Conn, error) {
	for _, within := range dialTries {
		try, cancel := context.WithTimeout(ctx, within)
		c, err := dial(try)
		cancel()
		if err == nil || ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return c, err
		}
	}
	return dial(ctx)
}
