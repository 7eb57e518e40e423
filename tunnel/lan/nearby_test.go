package lan

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

// opened is a door of the test's own, on loopback.
type opened struct {
	*Door
	way    Open
	states chan [3]string
	ended  chan string
}

func open(t *testing.T) *opened {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &opened{states: make(chan [3]string, 16), ended: make(chan string, 1)}
	o.way = Open{Name: "The Orchard", Ways: []netip.AddrPort{netip.MustParseAddrPort(l.Addr().String())}}
	o.Door = NewDoor(DoorOptions{
		Name: "The Orchard", Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
		Code:   func(context.Context) (string, error) { return "CAMP1-TEST", nil },
		Tell:   func(state, check, words string, _ time.Time) { o.states <- [3]string{state, check, words} },
		Listen: func(context.Context) (net.Listener, error) { return l, nil },
	})
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		s, _ := o.Run(ctx)
		o.ended <- s
	}()
	t.Cleanup(func() { stop(); _ = l.Close() })
	if s := <-o.states; s[0] != DoorOpen {
		t.Fatalf("the door is %v", s)
	}
	return o
}

func TestNearby(t *testing.T) {
	o := open(t)
	shown := make(chan string, 1)
	type result struct {
		code string
		err  error
	}
	got := make(chan result, 1)
	go func() {
		code, err := Join(t.Context(), rand.Reader, o.way, func(check, words string) { shown <- check + " " + words })
		got <- result{code, err}
	}()
	s := <-o.states
	if s[0] != DoorCompare || len(s[1]) != 6 || s[1]+" "+s[2] != <-shown {
		t.Fatalf("the host sees %v", s)
	}
	select {
	case r := <-got:
		t.Fatalf("the code went before the host said yes: %v", r)
	default:
	}
	if !o.Same(t.Context(), true) {
		t.Fatal("nobody compares")
	}
	if r := <-got; r.err != nil || r.code != "CAMP1-TEST" {
		t.Errorf("got %v", r)
	}
	if s := <-o.ended; s != DoorSent {
		t.Errorf("ended %q", s)
	}
}

func TestNearbyDiffers(t *testing.T) {
	o := open(t)
	got := make(chan error, 1)
	go func() {
		_, err := Join(t.Context(), rand.Reader, o.way, func(string, string) {})
		got <- err
	}()
	<-o.states
	o.Same(t.Context(), false)
	if err := <-got; !errors.Is(err, ErrDiffer) {
		t.Errorf("the joiner got %v", err)
	}
	if s := <-o.ended; s != DoorDiffer {
		t.Errorf("ended %q", s)
	}
}

// The door knows no addresses of the web: whatever is asked for, there come the
// first bytes of the handshake and nothing more.
func TestTheDoorIsNoWebServer(t *testing.T) {
	o := open(t)
	for _, path := range []string{"/", "/never/was", "/.well-known/webfinger", "/nodeinfo/2.1", "/ap/-"} {
		c, err := net.Dial("tcp", o.way.Ways[0].String())
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.WriteString(c, "GET "+path+" HTTP/1.0\r\n\r\n")
		if err == nil {
			err = c.(*net.TCPConn).CloseWrite()
		}
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(c); err != nil || len(got) != CommitmentSize || bytes.Contains(got, []byte("HTTP")) {
			t.Errorf("%s: %d bytes, %v", path, len(got), err)
		}
		_ = c.Close()
	}
}

// Somebody who stands between shows each end another number.
func TestManInTheMiddle(t *testing.T) {
	o := open(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		victim, err := l.Accept()
		if err != nil {
			return
		}
		host, err := net.Dial("tcp", o.way.Ways[0].String())
		if err != nil {
			return
		}
		defer host.Close()
		defer victim.Close()
		c := make([]byte, CommitmentSize)
		_, _ = io.ReadFull(host, c)
		me, _ := NewJoiner(rand.Reader, c)
		_, _ = host.Write(me.Offer())
		mine, _ := NewHost(rand.Reader)
		_, _ = victim.Write(mine.Commitment())
		offer := make([]byte, OfferSize)
		_, _ = io.ReadFull(victim, offer)
		reveal, _, _ := mine.Answer(offer)
		_, _ = victim.Write(reveal)
		_, _ = io.Copy(io.Discard, victim)
	}()
	shown := make(chan string, 1)
	between := Open{Ways: []netip.AddrPort{netip.MustParseAddrPort(l.Addr().String())}}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := Join(ctx, rand.Reader, between, func(check, words string) {
			shown <- check + " " + words
			stop() // called off just before the long wait begins: it ends all the same
			for range 1000 {
				runtime.Gosched()
			}
		})
		ended <- err
	}()
	defer func() {
		if err := <-ended; err == nil {
			t.Error("somebody who stood between let somebody in")
		}
	}()
	s := <-o.states
	if got := <-shown; s[0] != DoorCompare || got == s[1]+" "+s[2] {
		t.Errorf("both ends show %q although somebody stands between", got)
	}
}

// What is no handshake ends the attempt; the next person can come.
func TestNearbyStrangeMessages(t *testing.T) {
	o := open(t)
	for _, send := range [][]byte{nil, []byte("GET / HTTP/1.1\r\n\r\n")} {
		c, err := net.Dial("tcp", o.way.Ways[0].String())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Write(send)
		_ = c.Close()
		if s := <-o.states; s[0] != DoorOpen {
			t.Errorf("after %q: %v", send, s)
		}
	}
}

// Looking leaves nothing behind.
func TestLookingLeavesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten rounds of looking")
	}
	ctx := t.Context()
	quick := func() {
		c, cancel := context.WithTimeout(ctx, 30*time.Millisecond)
		defer cancel()
		_ = listen(c, serviceJoin)
	}
	quick()
	before := runtime.NumGoroutine()
	for range 50 {
		quick()
	}
	for range 100 { // the library's own goroutines see the end a little later
		if runtime.NumGoroutine() <= before+2 {
			return
		}
		runtime.Gosched()
		<-time.After(20 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

func TestHostileAnnouncements(t *testing.T) {
	for _, s := range []string{"", "camp-", "camp-ABCDEFGH", "camp-abcdefg1", "camp-abcdefgh2", "x"} {
		if plain(s) {
			t.Errorf("%q is taken for one of ours", s)
		}
	}
	if !plain("camp-" + letters([5]byte{1, 2, 3, 4, 5})) {
		t.Error("our own name is not taken")
	}
	for a, want := range map[string]bool{"192.168.1.4": true, "fd00::1": true, "9.9.9.9": false, "127.0.0.1": false, "fe80::1": false, "224.0.0.251": false} {
		if near(netip.MustParseAddr(a)) != want {
			t.Errorf("%s: %v", a, !want)
		}
	}
	k1, _ := DiscoveryKey([32]byte{1})
	k2, _ := DiscoveryKey([32]byte{2})
	if tag(k1, "camp-aaaaaaaa") == tag(k2, "camp-aaaaaaaa") || tag(k1, "camp-aaaaaaaa") == tag(k1, "camp-aaaaaaab") {
		t.Error("tags do not tell camps or names apart")
	}
}

// Where there is no network to listen on, looking does not turn into haste.
func TestFindWithoutNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		rounds := 0
		find(ctx, [32]byte{}, func([]netip.AddrPort) { t.Error("found something") }, func(context.Context, string) []heard { rounds++; return nil })
		if most := int(time.Minute/roundTime) + 1; rounds < 2 || rounds > most {
			t.Errorf("%d rounds in a minute, want at most %d", rounds, most)
		}
	})
}
