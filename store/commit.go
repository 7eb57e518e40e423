package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"camp/node/camp"

	"github.com/dgraph-io/badger/v4"
)

// A group is closed when it holds this much.
const (
	groupActs  = 256
	groupBytes = 1 << 20
)

// DB is an open store; safe for concurrent use.
type DB struct {
	opt     Options
	badger  *badger.DB
	clock   *clock
	views   views
	warm    warm
	seq     atomic.Uint64 // last applied
	ts      uint64        // Badger's last time stamp; the committer's own
	covered covered

	turn   chan struct{} // one token: who holds it may touch what follows
	gather *group        // taking acts
	flight *group        // being written; nil for none
	fault  *camp.Fault   // why no act is taken any more; nil while they are
	closed bool

	kick    chan struct{} // there is something to commit
	errand  chan func()   // what must be done between two groups
	chores  chan func()   // housekeeping that somebody wants now
	quit    chan struct{}
	life    context.Context // ends with the store
	end     context.CancelFunc
	done    chan struct{} // the committer has ended
	kept    chan struct{} // the housekeeping has ended
	journal *journal      // the committer's own
	// unflushed says that Badger holds rows that are not in a table; the committer's own.
	unflushed bool
	roomTried bool // matchRoom did what it could since the last tick; the committer's own

	held  sync.Mutex  // who holds it has Badger stay open; taken before turn
	stuck atomic.Bool // there was no room to open Badger to write
	shut  atomic.Bool // nor to read

	guard      guard
	erased     atomic.Bool // something was deleted since the store was tidied
	looseDirty atomic.Bool // loose rows were written since Badger was synced
	suspect    atomic.Bool // damage was seen: the next start looks at everything
	needs      needs
	lock       *os.File
	opened     time.Duration // how far the clock was ahead
	looked     time.Time     // what it said then

	// Of Open, then of the housekeeping, then of Close.
	note       note
	clean      bool // the last stop was one
	small      bool // Badger runs without compaction
	tidied     time.Time
	mark       checkpoint
	lastCounts map[string]tally
}

// group is what is journalled, synced and applied together.
type group struct {
	batch *batch
	acts  int
	taken chan struct{} // closed when the group takes no more acts
	done  chan struct{} // closed when err says what came of it
	err   error
}

func newGroup() *group {
	return &group{batch: newBatch(), taken: make(chan struct{}), done: make(chan struct{})}
}

func (g *group) full() bool { return g.acts >= groupActs || g.batch.size >= groupBytes }

// act runs fn in its turn and waits until what it wrote, and what it saw, is synced.
func (db *DB) act(ctx context.Context, loose bool, fn func(*Tx) error) error {
	if err := db.enter(ctx); err != nil {
		return err
	}
	wait, err := db.run(loose, fn)
	if wait == nil {
		return err
	}
	select {
	case db.kick <- struct{}{}:
	default:
	}
	<-wait.done
	if wait.err != nil {
		return wait.err
	}
	return err
}

// enter takes the turn when the gathering group has room.
func (db *DB) enter(ctx context.Context) error {
	for {
		select {
		case <-db.turn:
		case <-ctx.Done():
			return ctx.Err()
		}
		var taken chan struct{}
		var err error
		switch {
		case db.closed:
			err = ErrClosed
		case db.fault != nil:
			err = db.fault
		case db.readOnly():
			err = fullFault(nil)
		case db.gather.full():
			taken = db.gather.taken
		default:
			return nil
		}
		db.leave()
		if err != nil {
			return err
		}
		select {
		case <-taken:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (db *DB) leave() { db.turn <- struct{}{} }

// run runs fn and gives up the turn. The group it returns is the newest that fn
// wrote to or could see: an answer may not leave before that is synced.
func (db *DB) run(loose bool, fn func(*Tx) error) (*group, error) {
	defer db.leave() // also when fn panics or ends its goroutine
	g := db.gather
	tx := &Tx{db: db, own: newBatch(), under: []*batch{g.batch}, loose: loose, now: db.clock.time()}
	if db.flight != nil {
		tx.under = append(tx.under, db.flight.batch)
	}
	ts, err := db.begin()
	if err != nil {
		return nil, err
	}
	defer db.views.end(ts)
	tx.txn = db.badger.NewTransactionAt(ts, false)
	defer tx.txn.Discard()
	err = fn(tx)
	if err == nil && tx.own.size > maxPayload/2 {
		err = fmt.Errorf("store: an act of %d bytes", tx.own.size)
	}
	if err == nil && len(tx.own.rows) > 0 {
		g.batch.add(tx.own)
		g.acts++
	}
	if g.acts > 0 {
		return g, err
	}
	return db.flight, err
}

// commit is the committer: it ends when quit is closed and everything gathered
// is written.
func (db *DB) commit() {
	defer close(db.done)
	for {
		select {
		case <-db.kick:
			db.commitGroup()
		case job := <-db.errand:
			job()
		case <-db.quit:
			db.commitGroup()
			return
		}
	}
}

func (db *DB) commitGroup() {
	<-db.turn
	g := db.gather
	if g.acts == 0 {
		db.leave()
		return
	}
	db.flight, db.gather = g, newGroup()
	close(g.taken)
	fault := db.fault
	db.leave()
	var err error
	if fault == nil {
		err = db.write(g)
	} else {
		err = fault
	}
	if fault == nil {
		if rerr := db.matchRoom(); rerr != nil {
			db.opt.Log.Error("could not follow the room on the disk", "err", rerr)
		}
	}
	<-db.turn
	db.flight = nil
	if err != nil {
		err = db.failed(err)
		// What gathered meanwhile may build on what was not written.
		next := db.gather
		db.gather = newGroup()
		close(next.taken)
		next.end(err)
	}
	db.leave()
	g.end(err)
}

func (g *group) end(err error) {
	g.err = err
	close(g.done)
}

// failed gives the words for a group that was not written, and stops the store
// unless it is sure that nothing of the group was begun. The caller has the turn.
func (db *DB) failed(err error) *camp.Fault {
	if db.fault != nil {
		return db.fault
	}
	if errors.Is(err, errRoom) {
		return fullFault(err)
	}
	if errors.Is(err, errHandles) {
		return handlesFault(err)
	}
	db.opt.Log.Error("store stopped taking writes", "err", err)
	db.fault = camp.NewFault(camp.Internal, "store.stopped.say", err)
	db.needs.add(camp.Need{Kind: "stopped", Say: "store.stopped.say"})
	return db.fault
}

// readOnly reports whether the disk was too full to write when last asked.
func (db *DB) readOnly() bool {
	_, _, level := db.guard.get()
	return level == levelRead || db.stuck.Load()
}

// write journals, syncs and applies a group.
func (db *DB) write(g *group) error {
	if db.askSpace(); db.readOnly() {
		return errRoom
	}
	if !db.opt.handles(db.lock, handlesSpare) {
		return errHandles
	}
	a := acts{rows: g.batch.journalled()}
	a.time, a.lastID = db.clock.mark()
	seq := db.seq.Load()
	if len(a.rows) > 0 {
		var err error
		if seq, err = db.journal.append(a.encode()); err != nil {
			return err
		}
	}
	if g.batch.loose {
		db.looseDirty.Store(true)
	}
	a.rows = g.batch.all()
	return db.apply(seq, a)
}

// apply brings a group into Badger. Where it does not fit into one transaction
// of Badger's, several carry the same time stamp, and the state row goes with
// the last; views see nothing of it before all is in.
func (db *DB) apply(seq uint64, a acts) error {
	ts := db.ts + 1
	db.unflushed = true
	txn := db.badger.NewTransactionAt(ts, true)
	defer func() { txn.Discard() }()
	db.warm.forget(ts, a.rows)
	rows := append(a.rows, row{key: keyState, value: state{seq: seq, ts: ts, time: a.time, lastID: a.lastID}.encode()})
	for _, r := range rows {
		err := db.setRow(txn, r)
		if errors.Is(err, badger.ErrTxnTooBig) {
			if err = txn.CommitAt(ts, nil); err != nil {
				return fmt.Errorf("apply a part of %d: %w", seq, err)
			}
			txn = db.badger.NewTransactionAt(ts, true)
			err = db.setRow(txn, r)
		}
		if err != nil {
			return fmt.Errorf("apply %d: %w", seq, err)
		}
	}
	if err := txn.CommitAt(ts, nil); err != nil {
		return fmt.Errorf("apply %d: %w", seq, err)
	}
	db.ts = ts
	db.seq.Store(seq)
	db.badger.SetDiscardTs(db.views.moved(ts))
	return nil
}

func (db *DB) setRow(txn *badger.Txn, r row) error {
	if r.del {
		db.erased.Store(true)
		return txn.Delete(r.key)
	}
	return txn.Set(r.key, r.value)
}

// state is the row that says how far Badger is; it is written with every group.
type state struct {
	seq    uint64 // last group applied
	ts     uint64 // Badger's time stamp
	time   uint64 // highest time of the store, ms since 1970
	lastID uint64
}

func (s state) encode() []byte {
	b := make([]byte, 0, 32)
	for _, n := range []uint64{s.seq, s.ts, s.time, s.lastID} {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	return b
}

func decodeState(b []byte) (state, error) {
	if len(b) != 32 {
		return state{}, fmt.Errorf("store: state row of %d bytes", len(b))
	}
	n := func(i int) uint64 { return binary.BigEndian.Uint64(b[8*i:]) }
	return state{seq: n(0), ts: n(1), time: n(2), lastID: n(3)}, nil
}

// begin begins a view, where the rows are open.
func (db *DB) begin() (uint64, error) {
	ts, err := db.views.begin()
	if err == nil && db.shut.Load() {
		db.views.end(ts)
		return 0, fullFault(errRoom)
	}
	return ts, err
}

// views knows which states are being read, so that Badger keeps them.
type views struct {
	mu     sync.Mutex // guards what follows
	ts     uint64     // what a new view reads
	open   map[uint64]int
	closed bool
	paused bool
	idle   *sync.Cond // somebody ended, or the pause did
}

func (v *views) init(ts uint64) {
	v.ts, v.open, v.idle = ts, map[uint64]int{}, sync.NewCond(&v.mu)
}

func (v *views) begin() (uint64, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for v.paused {
		v.idle.Wait()
	}
	if v.closed {
		return 0, ErrClosed
	}
	v.open[v.ts]++
	return v.ts, nil
}

func (v *views) end(ts uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.open[ts]--; v.open[ts] == 0 {
		delete(v.open, ts)
		v.idle.Broadcast()
	}
}

// moved makes ts what new views read and gives the oldest still being read.
func (v *views) moved(ts uint64) uint64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.ts = ts
	for open := range v.open {
		ts = min(ts, open)
	}
	return ts
}

// shut refuses new views and waits for the open ones.
func (v *views) shut() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.closed = true
	for len(v.open) > 0 {
		v.idle.Wait()
	}
}

// pause holds up new views and waits for the open ones, but not longer than
// patience; then it lets all go on and gives false.
func (v *views) pause(patience time.Duration) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	late := false
	t := time.AfterFunc(patience, func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		late = true
		v.idle.Broadcast()
	})
	defer t.Stop()
	v.paused = true
	for len(v.open) > 0 && !late {
		v.idle.Wait()
	}
	if len(v.open) > 0 {
		v.paused = false
		v.idle.Broadcast()
		return false
	}
	return true
}

func (v *views) resume() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.paused = false
	v.idle.Broadcast()
}

// needs are what the host should know of. Safe for concurrent use.
type needs struct {
	mu   sync.Mutex // guards list
	list []camp.Need
}

func (n *needs) add(need camp.Need) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, had := range n.list {
		if had.Say == need.Say {
			return
		}
	}
	n.list = append(n.list, need)
}

// Needs says what the store found damaged, put right or could not, since it was
// opened; for the host.
func (db *DB) Needs() []camp.Need {
	db.needs.mu.Lock()
	list := slices.Clone(db.needs.list)
	db.needs.mu.Unlock()
	if n, open := db.clockNeed(); open {
		list = append(list, n)
	}
	return list
}
