package store

import (
	"bytes"
	"crypto/rand"
	"testing"
	"time"

	"camp/node/camp"
)

// fakeClock has no monotonic part, like a clock read from elsewhere.
type fakeClock struct{ t time.Time }

func (c *fakeClock) now() time.Time { return c.t }

func day(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// TestClockTable starts and stops a store while the computer's clock jumps. Ids
// and times must never fall, and nothing may expire because of a clock that
// nobody can believe.
func TestClockTable(t *testing.T) {
	begin := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		jumps []time.Duration // from begin, one for each of the acts
		most  time.Duration   // the store's time never gets further than this
		ahead bool            // told at the next start
		held  bool
	}{
		"steady":               {[]time.Duration{0, time.Second, 2 * time.Second}, 2 * time.Second, false, false},
		"back a day":           {[]time.Duration{0, -day(1), -day(1) + time.Hour}, 0, false, false},
		"1970":                 {[]time.Duration{0, -begin.Sub(time.Unix(0, 0)), -begin.Sub(time.Unix(0, 0)) + time.Minute}, 0, false, false},
		"ten years on":         {[]time.Duration{0, day(3650), day(3650) + time.Hour}, 0, true, true},
		"ten years and back":   {[]time.Duration{0, day(3650), time.Minute}, time.Minute, false, false},
		"two weeks off":        {[]time.Duration{0, day(14), day(14) + time.Second}, day(14) + time.Second, true, false},
		"sawtooth of an hour":  {[]time.Duration{0, time.Hour, 0, time.Hour, 0, time.Hour}, time.Hour, false, false},
		"sawtooth of ten days": {[]time.Duration{0, day(10), 0, day(10), 0}, day(10), true, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir, fake := t.TempDir(), &fakeClock{t: begin}
			opt := testOptions(t, dir)
			opt.Now = fake.now
			var lastID uint64
			var last time.Time
			for i, jump := range c.jumps {
				fake.t = begin.Add(jump)
				db := openTest(t, opt)
				if ahead, held := db.ClockAhead(); i == 1 && (ahead > 0 != c.ahead && name != "ten years and back" || held != (c.held || name == "ten years and back")) {
					t.Errorf("start %d: ahead %v, held %v", i, ahead, held)
				}
				for range 20 {
					err := db.Update(t.Context(), func(tx *Tx) error {
						id := tx.NextID()
						if id <= lastID {
							t.Fatalf("act at %v: id %d after %d", jump, id, lastID)
						}
						if tx.Now().Before(last) {
							t.Fatalf("time ran back from %v to %v", last, tx.Now())
						}
						if tx.Now().Sub(begin) > c.most {
							t.Fatalf("the store's time is %v", tx.Now())
						}
						lastID, last = id, tx.Now()
						return tx.put(tryKey("x"), nil)
					})
					if err != nil {
						t.Fatal(err)
					}
				}
				closeTest(t, db)
			}
		})
	}
}

func TestTrustedClockIsFollowed(t *testing.T) {
	dir, fake := t.TempDir(), &fakeClock{t: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	opt := testOptions(t, dir)
	opt.Now = fake.now
	db := openTest(t, opt)
	mustPut(t, db, "a", "")
	closeTest(t, db)
	fake.t = fake.t.Add(day(800))
	db = openTest(t, opt)
	if _, held := db.ClockAhead(); !held {
		t.Error("not held")
	}
	if got := clockAsked(db); got != "store.clock_held.say" {
		t.Errorf("asked %q", got)
	}
	db.TrustClock()
	if got := clockAsked(db); got != "" {
		t.Errorf("asked %q although the host said so", got)
	}
	err := db.Update(t.Context(), func(tx *Tx) error {
		if !tx.Now().Equal(fake.t) {
			t.Errorf("the store's time is %v", tx.Now())
		}
		return tx.put(tryKey("a"), nil)
	})
	if err != nil {
		t.Error(err)
	}
}

// clockAsked is what the host is asked about the date, "" for nothing.
func clockAsked(db *DB) string {
	for _, n := range db.Needs() {
		if n.Kind == "clock" && n.Deed == camp.DoClockRight {
			return n.Say
		}
	}
	return ""
}

// TestFarClockIsTold: a date more than a day after the camp was last used is asked
// about, until the host says that it is right or the camp has run for a day.
func TestFarClockIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		off  time.Duration
		want string
	}{
		"an evening": {20 * time.Hour, ""}, "two days": {day(2), "store.clock_far.say"},
		"a year": {day(399), "store.clock_far.say"}, "two years": {day(800), "store.clock_held.say"}, "behind": {-day(2), ""},
	} {
		for _, end := range []string{"the host says so", "a day goes by"} {
			t.Run(name+", "+end, func(t *testing.T) {
				dir, fake := t.TempDir(), &fakeClock{t: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
				opt := testOptions(t, dir)
				opt.Now = fake.now
				db := openTest(t, opt)
				if got := clockAsked(db); got != "" {
					t.Errorf("a new store asks %q", got)
				}
				mustPut(t, db, "a", "")
				closeTest(t, db)
				fake.t = fake.t.Add(c.off)
				db = openTest(t, opt)
				if got := clockAsked(db); got != c.want {
					t.Errorf("asked %q, want %q", got, c.want)
				}
				if end == "the host says so" {
					db.TrustClock()
				} else {
					fake.t = fake.t.Add(jumpDoubt)
					mustPut(t, db, "b", "")
				}
				if got := clockAsked(db); got != "" {
					t.Errorf("asked %q afterwards", got)
				}
			})
		}
	}
}

// TestClockIsBelievedAfterADay: a camp that was really off for two years.
func TestClockIsBelievedAfterADay(t *testing.T) {
	at := time.Now()
	c := &clock{now: func() time.Time { return at }, rand: rand.Reader}
	c.restore(uint64(at.Add(-day(800)).UnixMilli()), 0)
	if c.time(); !c.isHeld() {
		t.Error("believed at once")
	}
	at = at.Add(jumpDoubt - time.Minute)
	if c.time(); !c.isHeld() {
		t.Error("believed too early")
	}
	at = at.Add(time.Minute)
	if got := c.time(); c.isHeld() || got.Sub(at.UTC()).Abs() > time.Second {
		t.Errorf("still held: %v, the clock is %v", got, at)
	}
	// One that comes back to its senses is forgotten.
	c = &clock{now: func() time.Time { return at }, rand: rand.Reader}
	c.time()
	at = at.Add(day(3650))
	c.time()
	held := c.isHeld()
	at = at.Add(-day(3650))
	if c.time(); !held || c.isHeld() {
		t.Errorf("held %v, then %v", held, c.isHeld())
	}
}

// TestClockCountsOn: with a clock that can tell true elapsed time, the store's
// time goes on while the computer's is behind, and is caught up with.
func TestClockCountsOn(t *testing.T) {
	at := time.Now()
	c := &clock{now: func() time.Time { return at }, rand: rand.Reader}
	first := c.time()
	c.restore(uint64(first.Add(time.Hour).UnixMilli()), 0)
	before := c.time()
	at = at.Add(10 * time.Minute) // wall and monotonic
	if got := c.time().Sub(before); got < 4*time.Minute || got > 6*time.Minute {
		t.Errorf("went on by %v", got)
	}
	at = at.Add(2 * time.Hour)
	if got := c.time(); got.Sub(at.UTC()).Abs() > time.Second {
		t.Errorf("not caught up with: %v, %v", got, at)
	}
}

func TestIDsAreSortedAndOfTheirTime(t *testing.T) {
	c := &clock{now: time.Now, rand: bytes.NewReader(bytes.Repeat([]byte{0xff, 0xff, 0, 0}, 1000))}
	now := time.UnixMilli(1_795_000_000_123)
	var last uint64
	for range 3000 { // the last ones without chance
		id := c.nextID(now)
		if id <= last {
			t.Fatalf("%d after %d", id, last)
		}
		last = id
	}
	if ms := int64(last >> 16); ms-now.UnixMilli() > 1 {
		t.Errorf("ids ran %d ms ahead", ms-now.UnixMilli())
	}
}
