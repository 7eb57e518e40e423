package tunnel

import (
	"errors"
	"slices"
	"testing"

	"golang.zx2c4.com/wireguard/conn"
	"golang.zx2c4.com/wireguard/tun"
)

// seenBind and seenTun keep a copy of what they are handed.
type seenBind struct {
	conn.Bind
	got []string
	err error
}

func (b *seenBind) Send(bufs [][]byte, _ conn.Endpoint) error {
	for _, p := range bufs {
		b.got = append(b.got, string(p))
	}
	return b.err
}

type seenTun struct {
	tun.Device
	got []string
}

func (d *seenTun) Write(bufs [][]byte, offset int) (int, error) {
	for _, p := range bufs {
		d.got = append(d.got, string(p[offset:]))
	}
	return len(bufs), nil
}

// What was written is handed on whole, and the list points to it no more.
func TestAside(t *testing.T) {
	t.Parallel()
	packets := func() [][]byte { return [][]byte{[]byte("..one"), []byte("..three")} }
	t.Run("in", func(t *testing.T) {
		below, list := &seenTun{}, packets()
		n, err := asideIn{below}.Write(list, 2)
		if n != 2 || err != nil || !slices.Equal(below.got, []string{"one", "three"}) {
			t.Errorf("wrote %q: %d, %v", below.got, n, err)
		}
		for i, p := range list {
			if p != nil {
				t.Errorf("packet %d is held: %q", i, p)
			}
		}
	})
	for name, err := range map[string]error{"out": nil, "out, with an error": errors.New("no way")} {
		t.Run(name, func(t *testing.T) {
			below, list := &seenBind{err: err}, packets()
			if got := (asideOut{below}).Send(list, nil); !errors.Is(got, err) || !slices.Equal(below.got, []string{"..one", "..three"}) {
				t.Errorf("sent %q: %v", below.got, got)
			}
			for i, want := range packets() {
				if len(list[i]) != len(want) || slices.Equal(list[i], want) {
					t.Errorf("packet %d is held or of another length: %q", i, list[i])
				}
			}
		})
	}
}
