package store

import (
	"strconv"
	"time"

	"camp/node/camp"
)

// ClockAhead is how far the computer's clock was ahead of the last act when the
// store was opened, 0 where that is less than a day. Held says that the clock is
// not believed: the store's time counts on from the last act until TrustClock.
func (db *DB) ClockAhead() (ahead time.Duration, held bool) {
	return db.opened, db.clock.isHeld()
}

// TrustClock is the host's word that the computer's date is right.
func (db *DB) TrustClock() { db.clock.believe() }

// clockNeed asks the host whether the date is right, where it is more than a day
// after the camp was last used (reliability.md 2 "Clock jumps"): until they say
// so, and for a day at most.
func (db *DB) clockNeed() (camp.Need, bool) {
	ahead, held := db.ClockAhead()
	now := db.opt.Now()
	n := camp.Need{
		Kind: "clock", Say: "store.clock_far.say", Deed: camp.DoClockRight,
		Args: map[string]string{"Day": db.looked.Format(time.DateOnly), "N": strconv.Itoa(int(ahead / (24 * time.Hour)))},
	}
	if held {
		n.Say = "store.clock_held.say"
		return n, true
	}
	return n, ahead > 0 && ahead <= jumpHeld && !db.clock.trusted() && now.Sub(db.looked) < jumpDoubt
}
