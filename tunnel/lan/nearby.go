package lan

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"
)

// The nearby handshake over TCP (assets/docs/NEARBY.md, "Over the network").
const (
	doorTime    = 10 * time.Minute
	stepTime    = 10 * time.Second // for each message of the handshake
	compareTime = 2 * time.Minute  // for people to compare
	dialTime    = 3 * time.Second
	maxSealed   = 4 << 10 // bytes of the sealed code
)

// Where an open door stands (camp.Nearby.State).
const (
	DoorOpen    = "open"
	DoorCompare = "compare"
	DoorSent    = "sent"
	DoorDiffer  = "differ"
	DoorFailed  = "failed"
	DoorOver    = ""
)

var (
	// ErrDiffer is returned where the host said that the numbers differ.
	ErrDiffer = errors.New("lan: the numbers differ")
	// ErrNoAnswer is returned where the other end went away or took too long.
	ErrNoAnswer = errors.New("lan: no answer")
)

// DoorOptions are what an open door needs; all must be set.
type DoorOptions struct {
	Name string // the camp's
	Now  func() time.Time
	Rand io.Reader
	Log  *slog.Logger
	// Code makes an ordinary single-use invite.
	Code func(ctx context.Context) (string, error)
	// Tell says where the door stands; it must not block.
	Tell func(state, check, words string, until time.Time)
	// Listen opens the door's socket; nil: on all addresses, a port of the system's choice.
	Listen func(ctx context.Context) (net.Listener, error)
}

// Door lets one person in the same room in. It is good for one opening.
type Door struct {
	opt  DoorOptions
	same chan bool
}

// NewDoor makes a door that is closed; Run opens it.
func NewDoor(opt DoorOptions) *Door { return &Door{opt: opt, same: make(chan bool)} }

// Same says whether both screens show the same; false where nobody compares.
func (d *Door) Same(ctx context.Context, same bool) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	select {
	case d.same <- same:
		return true
	case <-ctx.Done():
		return false
	}
}

// Run opens the door for ten minutes, or until somebody was let in or the
// numbers differ, and says how it ended: one of the Door… states.
func (d *Door) Run(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, doorTime)
	defer cancel()
	l, err := d.listen(ctx)
	if err != nil {
		return DoorFailed, fmt.Errorf("open the door: %w", err)
	}
	until := d.opt.Now().Add(doorTime)
	at, err := netip.ParseAddrPort(l.Addr().String())
	if err != nil {
		_ = l.Close()
		return DoorFailed, fmt.Errorf("open the door: %w", err)
	}
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	all.Go(func() {
		_ = Announce(ctx, Announcement{Name: d.opt.Name, Port: at.Port(), Rand: d.opt.Rand, Log: d.opt.Log}) // who is not found still has a code
	})
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	defer func() { _ = l.Close() }()
	d.opt.Tell(DoorOpen, "", "", until)
	for {
		c, err := l.Accept()
		if err != nil {
			return DoorOver, nil //nolint:nilerr // the door was closed
		}
		state := d.meet(ctx, c, until)
		_ = c.Close()
		if state == DoorSent || state == DoorDiffer || ctx.Err() != nil {
			return state, nil
		}
		d.opt.Tell(DoorOpen, "", "", until) // one attempt at a time; the next may come
	}
}

func (d *Door) listen(ctx context.Context) (net.Listener, error) {
	if d.opt.Listen != nil {
		return d.opt.Listen(ctx)
	}
	var lc net.ListenConfig
	return lc.Listen(ctx, "tcp", ":0")
}

// meet carries out one attempt.
func (d *Door) meet(ctx context.Context, c net.Conn, until time.Time) string {
	from, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil {
		return DoorFailed
	}
	if a := from.Addr().Unmap().WithZone(""); !near(a) && !a.IsLinkLocalUnicast() && !a.IsLoopback() {
		return DoorFailed // not of this room
	}
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	ch, err := d.shake(ctx, c)
	if err != nil {
		d.opt.Log.Debug("nearby attempt ended", "err", err)
		return DoorFailed
	}
	d.opt.Tell(DoorCompare, ch.Check(), SayWords(ch.Words()), until)
	late := time.NewTimer(compareTime)
	defer late.Stop()
	gone := make(chan struct{})
	_ = c.SetReadDeadline(time.Now().Add(compareTime))
	go func() { defer close(gone); _, _ = c.Read(make([]byte, 1)) }() // nothing is due: a byte or the end means they are gone
	defer func() { _ = c.SetReadDeadline(time.Unix(1, 0)); <-gone }()
	select {
	case <-ctx.Done():
		return DoorFailed
	case <-late.C:
		return DoorFailed
	case <-gone:
		return DoorFailed
	case same := <-d.same:
		if !same {
			return DoorDiffer
		}
	}
	if err := d.send(ctx, c, ch); err != nil {
		d.opt.Log.Warn("code not handed over", "err", err)
		return DoorFailed
	}
	return DoorSent
}

// within gives a connection so long, and no time at all where ctx has ended: the
// deadline of a step that begins then must not take the place of the end.
func within(ctx context.Context, c net.Conn, long time.Duration) {
	_ = c.SetDeadline(time.Now().Add(long))
	if ctx.Err() != nil {
		_ = c.SetDeadline(time.Unix(1, 0))
	}
}

func (d *Door) shake(ctx context.Context, c net.Conn) (*Channel, error) {
	h, err := NewHost(d.opt.Rand)
	if err != nil {
		return nil, err
	}
	within(ctx, c, stepTime)
	if _, err := c.Write(h.Commitment()); err != nil {
		return nil, err
	}
	offer := make([]byte, OfferSize)
	if _, err := io.ReadFull(c, offer); err != nil {
		return nil, err
	}
	reveal, ch, err := h.Answer(offer)
	if err != nil {
		return nil, err
	}
	_, err = c.Write(reveal)
	return ch, err
}

func (d *Door) send(ctx context.Context, c net.Conn, ch *Channel) error {
	code, err := d.opt.Code(ctx)
	if err != nil {
		return err
	}
	sealed, err := ch.Seal([]byte(code))
	if err != nil {
		return err
	}
	_ = c.SetWriteDeadline(time.Now().Add(stepTime))
	_, err = c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(sealed))), sealed...))
	return err
}

// Join asks an open camp nearby to be let in: it shows the check by show and
// waits until the host has compared. It gives the invite code.
func Join(ctx context.Context, rand io.Reader, to Open, show func(check, words string)) (string, error) {
	c, err := dial(ctx, to.Ways)
	if err != nil {
		return "", err
	}
	defer func() { _ = c.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	within(ctx, c, stepTime)
	commitment := make([]byte, CommitmentSize)
	if _, err := io.ReadFull(c, commitment); err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	j, err := NewJoiner(rand, commitment)
	if err != nil {
		return "", err
	}
	if _, err := c.Write(j.Offer()); err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	reveal := make([]byte, RevealSize)
	if _, err := io.ReadFull(c, reveal); err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	ch, err := j.Finish(reveal)
	if err != nil {
		return "", err
	}
	show(ch.Check(), SayWords(ch.Words()))
	within(ctx, c, compareTime)
	return receive(c, ch)
}

// receive reads the sealed code; an end before it means that the host did not
// find the same.
func receive(c net.Conn, ch *Channel) (string, error) {
	var n [2]byte
	if _, err := io.ReadFull(c, n[:]); err != nil {
		return "", fmt.Errorf("%w: %w", ErrDiffer, err)
	}
	size := int(binary.BigEndian.Uint16(n[:]))
	if size == 0 || size > maxSealed {
		return "", ErrSealed
	}
	sealed := make([]byte, size)
	if _, err := io.ReadFull(c, sealed); err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	code, err := ch.Open(sealed)
	return string(code), err
}

// dial tries the ways one after the other.
func dial(ctx context.Context, ways []netip.AddrPort) (net.Conn, error) {
	d := net.Dialer{Timeout: dialTime}
	for _, w := range ways[:min(len(ways), maxAddrs)] {
		if c, err := d.DialContext(ctx, "tcp", w.String()); err == nil {
			return c, nil
		}
	}
	return nil, ErrNoAnswer
}
