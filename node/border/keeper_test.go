package border_test

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"camp/node/border"
	"camp/node/camp"
)

// phone is a resolver that knows what a test says.
type phone struct {
	mu    sync.Mutex // guards what follows
	book  map[string][]string
	good  time.Duration
	err   error
	calls map[string]int

	slow time.Duration // of an answer
}

func (p *phone) lookup(_ context.Context, host string) ([]netip.Addr, time.Duration, error) {
	time.Sleep(p.slow) // in made-up time
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls[host]++
	if p.err != nil {
		return nil, 0, p.err
	}
	var list []netip.Addr
	for _, s := range p.book[host] {
		list = append(list, netip.MustParseAddr(s))
	}
	return list, p.good, nil
}

func (p *phone) set(host string, addrs ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.book[host] = addrs
}

func (p *phone) asked(host string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls[host]
}

// memory is a store of decisions in a map, for what runs in made-up time.
type memory struct {
	border.Tx
	rules map[camp.Domain]camp.Level
}

func (m *memory) Update(_ context.Context, fn func(border.Tx) error) error { return fn(m) }
func (m *memory) View(_ context.Context, fn func(border.Tx) error) error   { return fn(m) }
func (m *memory) Blocks() (list []camp.BlockRow, err error) {
	for d, l := range m.rules {
		list = append(list, camp.BlockRow{Domain: d, Level: l})
	}
	return list, nil
}

// notes is a store of addresses, in the same way.
type notes struct {
	mu    sync.Mutex // guards what follows
	known []camp.Domain
	list  []camp.Sighting
	fails error
}

func (n *notes) Loose(_ context.Context, fn func(border.AddressTx) error) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fails != nil {
		return n.fails
	}
	return fn(notesTx{n})
}

func (n *notes) View(_ context.Context, fn func(border.AddressTx) error) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return fn(notesTx{n})
}

func (n *notes) fail(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fails = err
}

func (n *notes) kept() []camp.Sighting {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.list)
}

type notesTx struct{ n *notes }

func (t notesTx) Sightings() ([]camp.Sighting, error)             { return t.n.list, nil }
func (t notesTx) Servers(camp.Domain, int) ([]camp.Domain, error) { return t.n.known, nil }
func (t notesTx) PutSighting(s camp.Sighting) error {
	t.n.list = append(t.n.list, s)
	return nil
}

func (t notesTx) DropSightingsBefore(at time.Time) error {
	t.n.list = slices.DeleteFunc(t.n.list, func(s camp.Sighting) bool { return s.At.Before(at) })
	return nil
}

type watch struct {
	*border.Addresses
	t      *testing.T
	phone  *phone
	memory *memory
	rules  *border.Service
	notes
	start time.Time
}

func newWatch(t *testing.T, change func(*border.AddressesOptions)) *watch {
	t.Helper()
	w := &watch{t: t, phone: &phone{book: map[string][]string{}, calls: map[string]int{}}, memory: &memory{rules: map[camp.Domain]camp.Level{}}, start: time.Now()}
	w.rules = border.New(border.Options{Store: w.memory, Log: slog.New(slog.DiscardHandler)})
	o := border.AddressesOptions{
		Rules: w.rules, Store: &w.notes, Lookup: w.phone.lookup,
		Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&o)
	}
	w.Addresses = border.NewAddresses(o)
	return w
}

// run runs the keeper; it ends with the test.
func (w *watch) run() {
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan error)
	go func() { done <- w.Run(ctx) }()
	w.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	})
	synctest.Wait()
}

func (w *watch) decide(d camp.Domain, l camp.Level) {
	w.t.Helper()
	w.memory.rules[d] = l
	if err := w.rules.Load(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.Changed()
	synctest.Wait()
}

func (w *watch) closed(addr string, want bool) {
	w.t.Helper()
	if got := w.Closed(netip.MustParseAddr(addr)); got != want {
		w.t.Errorf("after %s %s closed is %v", time.Since(w.start), addr, got)
	}
}

func pass(d time.Duration) {
	time.Sleep(d) // in made-up time
	synctest.Wait()
}

func TestFirewallClosesAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t, nil)
		w.known = []camp.Domain{"sub.bad.example", "fine.example"}
		w.phone.set("bad.example", "203.0.113.7", "2001:db8:1:2::9")
		w.phone.set("sub.bad.example", "203.0.113.8")
		w.phone.set("fine.example", "203.0.113.9")
		w.run()
		w.closed("203.0.113.7", false)
		w.decide("bad.example", camp.LevelBlock)
		w.closed("203.0.113.7", false)
		if w.phone.asked("bad.example") != 0 {
			t.Error("a name was looked up although nobody is to be closed")
		}
		w.decide("bad.example", camp.LevelFirewall)
		for addr, want := range map[string]bool{
			"203.0.113.7": true, "::ffff:203.0.113.7": true, "203.0.113.6": false,
			"2001:db8:1:2::9": true, "2001:db8:1:2:ffff::1": true, "2001:db8:1:3::9": false,
			"203.0.113.8": true, "203.0.113.9": false, "127.0.0.1": false,
		} {
			w.closed(addr, want)
		}
		w.decide("sub.bad.example", camp.LevelNone)
		w.closed("203.0.113.8", false)
		w.closed("203.0.113.7", true)
		w.decide("bad.example", camp.LevelNone)
		w.closed("203.0.113.7", false)
	})
}

func TestFirewallKnowsWhoSigned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t, nil)
		w.run()
		w.Seen("bad.example", netip.MustParseAddr("203.0.113.20"))
		w.decide("bad.example", camp.LevelFirewall)
		w.closed("203.0.113.20", true)
		if list := w.kept(); len(list) != 1 || list[0].Host != "bad.example" {
			t.Errorf("kept: %v", list)
		}
		w.fail(errors.New("no room"))
		w.Seen("more.example", netip.MustParseAddr("203.0.113.22"))
		pass(time.Hour)
		w.fail(nil)
		pass(time.Hour)
		if list := w.kept(); len(list) != 2 {
			t.Errorf("kept after it failed: %v", list)
		}
		// Somebody else comes from there as well: it opens at once.
		w.Seen("fine.example", netip.MustParseAddr("203.0.113.20"))
		w.closed("203.0.113.20", false)
		if !w.Shared("bad.example") || w.Shared("fine.example") {
			t.Error("who shares an address is not told")
		}
		pass(31 * 24 * time.Hour)
		w.Seen("bad.example", netip.MustParseAddr("203.0.113.21"))
		pass(time.Hour)
		w.closed("203.0.113.21", true)
		pass(31 * 24 * time.Hour)
		w.closed("203.0.113.21", false)
		if list := w.kept(); len(list) != 0 {
			t.Errorf("still kept: %v", list)
		}
	})
}

// What is shared, of the own network, or not of the wide net stays open.
func TestFirewallLeavesOpen(t *testing.T) {
	for name, c := range map[string]struct {
		addr   string
		change func(*border.AddressesOptions)
		more   func(*watch)
		want   bool
	}{
		"of one server":   {"203.0.113.7", nil, nil, true},
		"of another too":  {"203.0.113.7", nil, func(w *watch) { w.phone.set("fine.example", "203.0.113.7") }, false},
		"of its network":  {"2001:db8:1:2::9", nil, func(w *watch) { w.phone.set("fine.example", "2001:db8:1:2:3::1") }, false},
		"loopback":        {"127.0.0.1", nil, nil, false},
		"loopback in six": {"::1", nil, nil, false},
		"home":            {"192.168.1.7", nil, nil, false},
		"home in six":     {"fd00::7", nil, nil, false},
		"link":            {"169.254.1.7", nil, nil, false},
		"link in six":     {"fe80::7", nil, nil, false},
		"of a provider":   {"100.64.1.7", nil, nil, false},
		"nowhere":         {"0.0.0.0", nil, nil, false},
		"everybody":       {"224.0.0.1", nil, nil, false},
		"home, in a lab":  {"192.168.1.7", func(o *border.AddressesOptions) { o.Nets = prefixes("192.168.0.0/16") }, nil, true},
		"the relay's": {"203.0.113.7", func(o *border.AddressesOptions) {
			o.Never = func() []netip.Prefix { return prefixes("203.0.113.7/32") }
		}, nil, false},
		"the relay's, lab": {"192.168.1.7", func(o *border.AddressesOptions) {
			o.Nets, o.Never = prefixes("192.168.0.0/16"), func() []netip.Prefix { return prefixes("192.168.1.7/32") }
		}, nil, false},
		"of three of theirs": {"203.0.113.7", nil, func(w *watch) { w.many("bad", 2) }, true},
		"of four of theirs":  {"203.0.113.7", nil, func(w *watch) { w.many("bad", 3) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWatch(t, c.change)
				w.known = []camp.Domain{"fine.example"}
				w.phone.set("bad.example", c.addr)
				if c.more != nil {
					c.more(w)
				}
				w.run()
				w.decide("bad.example", camp.LevelFirewall)
				w.closed(c.addr, c.want)
			})
		})
	}
}

func prefixes(list ...string) (out []netip.Prefix) {
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// many lets n more servers that are shut out have the address.
func (w *watch) many(name string, n int) {
	for i := range n {
		d := camp.Domain(string(rune('a'+i)) + "." + name + ".example")
		w.known = append(w.known, d)
		w.phone.set(string(d), "203.0.113.7")
	}
}

func TestFirewallLooksUpInTime(t *testing.T) {
	for name, c := range map[string]struct {
		good, until time.Duration
		want        int // look-ups in that time, with the first
	}{
		"a short life":  {time.Second, 59 * time.Minute, 6},
		"its own":       {30 * time.Minute, 59 * time.Minute, 2},
		"a long life":   {48 * time.Hour, 11 * time.Hour, 2},
		"not said":      {0, 119 * time.Minute, 2},
		"all that time": {time.Second, 24 * time.Hour, 145},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWatch(t, nil)
				w.phone.good = c.good
				w.phone.set("bad.example", "203.0.113.7")
				w.run()
				w.decide("bad.example", camp.LevelFirewall)
				pass(c.until)
				if got := w.phone.asked("bad.example"); got != c.want {
					t.Errorf("looked up %d times, want %d", got, c.want)
				}
			})
		})
	}
}

// An address that the name left stays closed for thirty days, and a resolver
// that fails changes nothing.
func TestFirewallKeepsWhatItKnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t, nil)
		w.phone.set("bad.example", "203.0.113.7")
		w.run()
		w.decide("bad.example", camp.LevelFirewall)
		w.phone.mu.Lock()
		w.phone.err = errors.New("no network")
		w.phone.mu.Unlock()
		pass(24 * time.Hour)
		w.closed("203.0.113.7", true)
		w.phone.mu.Lock()
		w.phone.err = nil
		w.phone.mu.Unlock()
		w.phone.set("bad.example", "203.0.113.8")
		pass(24 * time.Hour)
		w.closed("203.0.113.7", true)
		w.closed("203.0.113.8", true)
		pass(30 * 24 * time.Hour)
		w.closed("203.0.113.7", false)
		w.closed("203.0.113.8", true)
	})
}

// After a start nothing closes before all others were looked up.
func TestFirewallRecalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t, nil)
		for addr, days := range map[string]int{"203.0.113.7": 29, "203.0.113.8": 31, "203.0.113.9": 0} {
			at := time.Now().AddDate(0, 0, -days)
			w.list = append(w.list, camp.Sighting{Host: "bad.example", Addr: netip.MustParseAddr(addr).As16(), At: at})
		}
		w.known = []camp.Domain{"fine.example"}
		w.phone.set("fine.example", "203.0.113.9")
		w.phone.slow = time.Second
		w.run()
		w.decide("bad.example", camp.LevelFirewall)
		w.closed("203.0.113.7", false)
		w.closed("203.0.113.9", false)
		pass(2 * time.Second)
		w.closed("203.0.113.7", true)
		w.closed("203.0.113.8", false)
		w.closed("203.0.113.9", false)
	})
}

// Strangers fill no memory: a server has so many addresses, and all together too.
func TestFirewallIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t, nil)
		for i := range 1000 {
			w.Seen("bad.example", netip.AddrFrom4([4]byte{203, 0, byte(i >> 8), byte(i)}))
			time.Sleep(time.Second)
		}
		w.run()
		w.decide("bad.example", camp.LevelFirewall)
		n := 0
		for i := range 1000 {
			if w.Closed(netip.AddrFrom4([4]byte{203, 0, byte(i >> 8), byte(i)})) {
				n++
			}
		}
		if n != 64 {
			t.Errorf("%d addresses of one server", n)
		}
		w.closed("203.0.3.231", true) // the newest
	})
}

func TestHinted(t *testing.T) {
	h := newHouse(t)
	h.set("bad.example", camp.LevelFirewall)
	h.set("angry.example", camp.LevelBlock)
	for agent, want := range map[string]bool{
		"http.rb/5.1.1 (Mastodon/4.3.0; +https://bad.example/)": true,
		"Pleroma 2.6; https://x.BAD.example <a@bad.example>":    true,
		"Friendica 'x' 2024.12; https://bad.example.":           true,
		"Misskey/2025.1 (https://xbad.example)":                 false,
		"Mastodon/4.3.0 (+https://angry.example/)":              false,
		"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101":        false,
		"": false,
	} {
		if got := h.Hinted(agent); got != want {
			t.Errorf("%q: %v", agent, got)
		}
	}
	long := make([]byte, 1<<20)
	for i := range long {
		long[i] = "a."[i%2]
	}
	_ = h.Hinted(string(long))
}

func TestAbout(t *testing.T) {
	h := newHouse(t)
	h.set("bad.example", camp.LevelLimit)
	b, ok, err := h.About(t.Context(), "x.bad.example")
	if err != nil || !ok || b.Domain != "bad.example" || b.Reason != "hate" || b.Level != camp.LevelLimit {
		t.Errorf("%+v, %v, %v", b, ok, err)
	}
	if _, ok, err := h.About(t.Context(), "fine.example"); ok || err != nil {
		t.Errorf("nothing was decided: %v, %v", ok, err)
	}
}

// The list says when what a decision hides is erased.
func TestFinal(t *testing.T) {
	h := newHouse(t)
	h.set("bad.example", camp.LevelBlock)
	h.set("loud.example", camp.LevelLimit)
	for _, b := range h.list() {
		want := time.Time{}
		if b.Domain == "bad.example" {
			want = h.now.Add(camp.UndoTime)
		}
		if !b.Final.Equal(want) {
			t.Errorf("%s: %v, want %v", b.Domain, b.Final, want)
		}
	}
}
