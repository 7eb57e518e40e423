package desk

import (
	"errors"
	"net"
	"strconv"
	"testing"
	"time"

	"camp/node/camp"
)

// TestLedger: bytes are counted by the way they went, each day anew; servers are
// remembered up to a bound, the silent ones forgotten first.
func TestLedger(t *testing.T) {
	now := time.Date(2026, 11, 22, 14, 30, 0, 0, time.Local)
	l := newLedger(func() time.Time { return now })
	l.add(byPublic, 10)
	l.tunnelled(100)
	l.tunnelled(130)
	l.server("far.example", 5)
	now = now.Add(time.Minute)
	l.server("near.example", 7)
	l.server("far.example", 1)
	l.tunnelled(20) // another tunnel, from nothing
	c := l.contacts()
	if c.Public != 10 || c.Tunnel != 150 || c.Servers != 13 || c.Today() != 173 || !c.Since.Equal(now.Add(-time.Minute)) {
		t.Errorf("counted %+v", c)
	}
	if len(c.List) != 2 || c.List[0].Name != "far.example" || c.List[0].Sent != 6 || c.List[1].Sent != 7 || !c.List[1].Last.Equal(now) {
		t.Errorf("servers %+v", c.List)
	}
	now = now.AddDate(0, 0, 1)
	if c = l.contacts(); c.Today() != 0 || len(c.List) != 2 || c.List[0].Sent != 6 {
		t.Errorf("the next day %+v", c)
	}
	for i := range mostContacts {
		now = now.Add(time.Second)
		l.server("s"+strconv.Itoa(i)+".example", 1)
	}
	c = l.contacts()
	if len(c.List) != mostContacts || c.List[0].Name != "s"+strconv.Itoa(mostContacts-1)+".example" {
		t.Errorf("%d servers, the newest %s", len(c.List), c.List[0].Name)
	}
	for _, s := range c.List {
		if s.Name == "far.example" || s.Name == "near.example" {
			t.Errorf("%s was silent longest and is remembered", s.Name)
		}
	}
}

// TestCountingListener: what goes out to those who come in is counted as sent,
// what comes in is not.
func TestCountingListener(t *testing.T) {
	l := newLedger(time.Now)
	inner := &oneConn{conn: make(chan net.Conn, 1)}
	here, there := net.Pipe()
	inner.conn <- here
	c, err := l.counting(inner).Accept()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		var b [4]byte
		_, _ = there.Read(b[:])
		_, _ = there.Write([]byte("more"))
	}()
	if _, err := c.Write([]byte("four")); err != nil {
		t.Fatal(err)
	}
	var b [4]byte
	if _, err := c.Read(b[:]); err != nil || string(b[:]) != "more" {
		t.Fatalf("read %q, %v", b, err)
	}
	if got := l.contacts(); got.Public != 4 || got.Today() != 4 {
		t.Errorf("counted %+v, want 4 bytes", got)
	}
	close(inner.conn)
	if _, err := l.counting(inner).Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after its end: %v", err)
	}
}

type oneConn struct {
	net.Listener
	conn chan net.Conn
}

func (o *oneConn) Accept() (net.Conn, error) {
	c, ok := <-o.conn
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

// TestContactsOfACamp: a camp that talks with nobody says so; what it may ask
// stands on the list once it may.
func TestContactsOfACamp(t *testing.T) {
	k := keep(t, t.TempDir(), func(o *Options) { o.AtOnce = true })
	k.until("on", in(camp.On))
	if c := k.do(camp.Intent{Do: camp.DoContacts}).Contacts; len(c.List) != 0 || c.Today() != 0 {
		t.Errorf("a silent camp talked: %+v", c)
	}
	k.ledger.server("far.example", 3_000_000)
	c := k.do(camp.Intent{Do: camp.DoContacts}).Contacts
	if len(c.List) != 2 || c.List[0].Kind != "names" || c.List[1].Name != "far.example" {
		t.Errorf("contacts %+v", c.List)
	}
	if st := k.State(); st.SentToday != 3_000_000 {
		t.Errorf("the snapshot says %d bytes", st.SentToday)
	}
}
