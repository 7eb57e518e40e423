package store

import (
	"encoding/binary"
	"io"
	"sync"
	"time"
)

// A clock that is further ahead of the last act than jumpTold is told; one that
// is further ahead than jumpHeld is not believed until the host says so or the
// camp has run for jumpDoubt with it: hardly any camp is off for so long, but a
// computer that lost its date may well claim it, and mostly finds it again.
const (
	jumpTold  = 24 * time.Hour
	jumpHeld  = 400 * 24 * time.Hour
	jumpDoubt = 24 * time.Hour
)

// clock gives the store's time and ids. Time never runs back: where the
// computer's clock is behind the highest time given out, the store's counts on
// from there at half speed until it has been caught up with. Safe for
// concurrent use.
type clock struct {
	now  func() time.Time
	rand io.Reader

	mu     sync.Mutex // guards what follows
	high   time.Time  // highest time given out; zero for none yet
	raw    time.Time  // the computer's clock when high was given out
	lastID uint64
	doubt  time.Time // the computer's clock when it was first found too far ahead; zero: it is not
	trust  bool      // the host said that it is right
}

// time gives the store's time, UTC, whole milliseconds.
func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	raw := c.now()
	t := raw.UTC().Truncate(time.Millisecond)
	if c.high.IsZero() {
		c.high, c.raw = t, raw
		return t
	}
	on := c.high.Add(c.elapsed(raw) / 2)
	if c.doubted(raw) || t.Before(on) {
		t = on.Truncate(time.Millisecond)
	}
	if t.After(c.high) {
		c.high, c.raw = t, raw
	}
	return t
}

// doubted reports whether the computer's clock is too far ahead to be believed.
func (c *clock) doubted(raw time.Time) bool {
	if c.trust || raw.Sub(c.high) <= jumpHeld {
		c.doubt = time.Time{}
		return false
	}
	if c.doubt.IsZero() {
		c.doubt = raw
	}
	c.trust = raw.Sub(c.doubt) >= jumpDoubt
	return !c.trust
}

// elapsed is the true time since high was given out, zero where the clock
// cannot tell (it has no monotonic part).
func (c *clock) elapsed(raw time.Time) time.Duration {
	if c.raw.IsZero() || raw == raw.Round(0) || c.raw == c.raw.Round(0) {
		return 0
	}
	return max(0, raw.Sub(c.raw))
}

// restore tells the clock what was seen before; both only ever raise.
func (c *clock) restore(ms, lastID uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := time.UnixMilli(int64(ms)).UTC(); ms != 0 && t.After(c.high) {
		c.high, c.raw = t, c.now()
	}
	c.lastID = max(c.lastID, lastID)
}

// mark gives what restore takes.
func (c *clock) mark() (ms, lastID uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return uint64(max(0, c.high.UnixMilli())), c.lastID
}

// nextID draws an id for the time: 48 bits of milliseconds, 16 random ones.
func (c *clock) nextID(now time.Time) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	var r [2]byte
	_, _ = io.ReadFull(c.rand, r[:]) // where chance fails, order still holds
	id := uint64(max(0, now.UnixMilli()))<<16 | uint64(binary.BigEndian.Uint16(r[:]))
	if id <= c.lastID {
		id = c.lastID + 1
	}
	c.lastID = id
	return id
}

// idAt draws an id of a given time, whatever was given out before.
func (c *clock) idAt(at time.Time) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	var r [2]byte
	_, _ = io.ReadFull(c.rand, r[:])
	return uint64(max(1, at.UnixMilli()))<<16 | uint64(binary.BigEndian.Uint16(r[:]))
}

// ahead is how far the computer's clock is ahead of the highest time that was
// given out, 0 where that is less than a day or nothing is known.
func (c *clock) ahead() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.high.IsZero() {
		return 0
	}
	raw := c.now()
	c.doubted(raw)
	d := raw.Sub(c.high)
	if d <= jumpTold {
		return 0
	}
	return d
}

func (c *clock) isHeld() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.trust && !c.doubt.IsZero()
}

func (c *clock) trusted() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.trust
}

func (c *clock) believe() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trust = true
}
