package store

import (
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"
)

// matchRoom opens Badger anew without compaction where the disk is getting full,
// and with it again when there is room: Badger has no other way to stop it, and
// a compaction that meets a full disk kills the process. When writes end for want
// of room all rows are brought into tables once, so that nothing is left to write.
// Only the committer calls it.
func (db *DB) matchRoom() error {
	d, _, level := db.guard.get()
	small, read := crowded(db.small, d), level == levelRead
	due := small != db.small || db.stuck.Load() && !read || db.shut.Load() || read && db.unflushed
	if !due || db.roomTried || read && !db.shut.Load() && db.room() < spaceSwap {
		return nil // with so little room, better leave it alone
	}
	db.roomTried = true // not again before the next tick: it holds up readers
	return db.reopen(small)
}

// room asks how many bytes are free at this moment; without an answer it gives
// what was known.
func (db *DB) room() int64 {
	d, err := db.opt.disk(db.opt.Dir)
	if err != nil {
		d, _, _ = db.guard.get()
	}
	return d.free
}

// reopen closes Badger, which brings all its rows into tables, and opens it
// again, while nobody reads. It gives way where somebody reads on; the next time
// will do. Only the committer calls it.
func (db *DB) reopen(small bool) error { return db.reopenBy(small, func() error { return nil }) }

// reopenBy is reopen with something to do to the closed files.
func (db *DB) reopenBy(small bool, meanwhile func() error) error {
	if !db.held.TryLock() {
		return nil
	}
	defer db.held.Unlock()
	<-db.turn
	defer db.leave()
	if !db.views.pause(reopenWait) {
		return nil
	}
	defer db.views.resume()
	err := db.badger.Close()
	if err == nil {
		db.unflushed = false
		err = meanwhile()
	}
	if err == nil || db.room() < spaceSwap {
		err = db.openAgain(small)
	}
	if err != nil {
		err = fmt.Errorf("open the rows again: %w", err)
		db.failed(err)
	}
	return err
}

// openAgain opens the rows that reopenBy closed. Another program may have taken the
// room meanwhile: then the ballast is given up, and where that is not enough the
// rows are opened to be read only, until a tick finds room. Where a system cannot
// do that, and Windows cannot, they stay shut till then.
func (db *DB) openAgain(small bool) error {
	db.small = small
	b, err := db.tryAgain(false)
	if err != nil && db.room() < spaceSwap && db.MakeRoom() == nil {
		b, err = db.tryAgain(false)
	}
	stuck, shut := false, false
	if err != nil && db.room() < spaceSwap {
		stuck = true
		b, err = db.tryAgain(true)
		shut = err != nil
		if was := db.stuck.Load(); !was || shut != db.shut.Load() {
			db.opt.Log.Warn("the disk is full: rows can be read only", "shut", shut, "err", err)
		}
	} else if err != nil {
		return err
	}
	db.stuck.Store(stuck)
	db.shut.Store(shut)
	if shut {
		return nil
	}
	db.badger = b
	if !stuck {
		b.SetDiscardTs(db.ts)
	}
	return nil
}

// tryAgain opens the rows where there is room for it. They must be as they were.
func (db *DB) tryAgain(toRead bool) (*badger.DB, error) {
	if !toRead && db.room() < spaceSwap {
		return nil, errRoom
	}
	b, err := tryBadger(db.badgerOptions().WithReadOnly(toRead))
	if err != nil {
		return nil, err
	}
	st, err := readState(b)
	if err == nil && st.seq != db.seq.Load() {
		err = fmt.Errorf("store: the rows end at %d, not at %d", st.seq, db.seq.Load())
	}
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}
