package store

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// Tx is one transaction. It is good only inside the function it was given to
// and for one goroutine.
type Tx struct {
	db    *DB
	txn   *badger.Txn
	now   time.Time
	own   *batch   // what this transaction wrote; nil in View
	under []*batch // what earlier acts wrote and Badger does not have yet, newest first
	loose bool
	at    uint64 // the state that it reads
}

// views reports whether what it reads is as synced, without writes of its own
// or of others on their way: only that may be held in common.
func (tx *Tx) views() bool { return tx.own == nil }

var (
	errReadOnly = errors.New("store: this transaction only reads")
	errNotLoose = errors.New("store: Loose wrote a kind that is not loose")
)

// Now is the store's time, UTC, in whole milliseconds: the clock's, but never
// before a time that an earlier Update saw, also across restarts. It is the same
// all through one transaction.
func (tx *Tx) Now() time.Time { return tx.now }

// NextID draws a new id, larger than all before it, also across restarts and
// clocks set back. Only inside Update.
func (tx *Tx) NextID() uint64 {
	if tx.own == nil {
		panic("store: NextID outside Update")
	}
	return tx.db.clock.nextID(tx.now)
}

// IDAt draws an id for something that was made at an earlier time elsewhere. It
// may be smaller than ids given before; taken tells whether one is in use.
func (tx *Tx) IDAt(at time.Time, taken func(uint64) (bool, error)) (uint64, error) {
	if tx.own == nil {
		panic("store: IDAt outside Update")
	}
	for {
		id := tx.db.clock.idAt(at)
		if is, err := taken(id); err != nil || !is {
			return id, err
		}
		at = at.Add(time.Millisecond)
	}
}

func (tx *Tx) get(key []byte) ([]byte, error) {
	if w, ok := tx.pending(key); ok {
		if w.del {
			return nil, ErrNone
		}
		return bytes.Clone(w.value), nil
	}
	it, err := tx.txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, readFault(key, err)
	}
	v, err := it.ValueCopy(nil)
	if err != nil {
		return nil, readFault(key, err)
	}
	return v, nil
}

// exists reports whether a row exists, without reading its value.
func (tx *Tx) exists(key []byte) (bool, error) {
	if w, ok := tx.pending(key); ok {
		return !w.del, nil
	}
	_, err := tx.txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return false, nil
	}
	if err != nil {
		return false, readFault(key, err)
	}
	return true, nil
}

func (tx *Tx) pending(key []byte) (written, bool) {
	if tx.own == nil {
		return written{}, false
	}
	if w, ok := tx.own.rows[string(key)]; ok {
		return w, true
	}
	for _, b := range tx.under {
		if w, ok := b.rows[string(key)]; ok {
			return w, true
		}
	}
	return written{}, false
}

// put writes a row; key and value are copied.
func (tx *Tx) put(key, value []byte) error {
	return tx.write(key, written{value: bytes.Clone(value)})
}

func (tx *Tx) del(key []byte) error { return tx.write(key, written{del: true}) }

func (tx *Tx) write(key []byte, w written) error {
	if tx.own == nil {
		return errReadOnly
	}
	if err := checkRow(key, w.value); err != nil {
		return err
	}
	k := declaredKind(key)
	if k == nil {
		return fmt.Errorf("store: %d bytes written under no declared prefix", len(key))
	}
	if tx.loose && !k.loose {
		return fmt.Errorf("%w: %s", errNotLoose, k.prefix)
	}
	if k.counted != nil {
		if err := tx.count(k, key, w.del); err != nil {
			return err
		}
	}
	w.loose = tx.loose
	tx.own.set(string(key), w)
	return nil
}

// readFault says which kind could not be read, and not the key, which may hold
// names.
func readFault(key []byte, err error) error {
	prefix := "?"
	if k := declaredKind(key); k != nil {
		prefix = k.prefix
	}
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			break
		}
		err = inner
	}
	return fmt.Errorf("read a row of %s: %w", prefix, err)
}

// scan walks the keys that begin with prefix in ascending order, starting at
// the first key >= from (from nil: at the prefix), and calls fn until it
// returns false. key and value are good only during the call; with keysOnly,
// value is nil. Inside Update it sees the transaction's own writes, as they
// were when scan began; fn may write.
func (tx *Tx) scan(prefix, from []byte, keysOnly bool, fn func(key, value []byte) bool) error {
	if from == nil || bytes.Compare(from, prefix) < 0 {
		from = prefix
	}
	o := badger.DefaultIteratorOptions
	o.Prefix = prefix
	o.PrefetchValues = false
	it := tx.txn.NewIterator(o)
	defer it.Close()
	it.Seek(from)
	m := merge{it: it, prefix: prefix, over: tx.overlay(prefix, from)}
	for {
		key, w, item := m.next()
		if key == nil {
			return nil
		}
		v := w.value
		if keysOnly {
			v = nil
		}
		if item != nil && !keysOnly {
			var err error
			if v, err = item.ValueCopy(m.buf); err != nil {
				return readFault(key, err)
			}
			m.buf = v
			if v == nil {
				v = []byte{}
			}
		}
		if !fn(key, v) {
			return nil
		}
	}
}

// overlay gives the unwritten rows of a range, in order of their keys.
func (tx *Tx) overlay(prefix, from []byte) []overRow {
	if tx.own == nil {
		return nil
	}
	over := map[string]written{}
	tx.own.below(over, string(prefix), string(from))
	for _, b := range tx.under {
		b.below(over, string(prefix), string(from))
	}
	if len(over) == 0 {
		return nil
	}
	out := make([]overRow, 0, len(over))
	for k, w := range over {
		out = append(out, overRow{key: []byte(k), written: w})
	}
	slices.SortFunc(out, func(a, b overRow) int { return bytes.Compare(a.key, b.key) })
	return out
}

type overRow struct {
	key []byte
	written
}

// merge walks Badger's rows and the overlay at once; where both have a key the
// overlay's counts.
type merge struct {
	it     *badger.Iterator
	prefix []byte
	over   []overRow
	taken  bool // the iterator's row was given out: move on first
	key    []byte
	buf    []byte
}

// next gives the next row: its key, and either the overlay's writing or
// Badger's item. A nil key means the end.
func (m *merge) next() ([]byte, written, *badger.Item) {
	for {
		if m.taken {
			m.it.Next()
			m.taken = false
		}
		valid := m.it.ValidForPrefix(m.prefix)
		if len(m.over) == 0 {
			if !valid {
				return nil, written{}, nil
			}
			return m.stored()
		}
		cmp := -1
		if valid {
			cmp = bytes.Compare(m.over[0].key, m.it.Item().Key())
		}
		if cmp > 0 {
			return m.stored()
		}
		r := m.over[0]
		m.over = m.over[1:]
		m.taken = cmp == 0
		if !r.del {
			return r.key, r.written, nil
		}
	}
}

func (m *merge) stored() ([]byte, written, *badger.Item) {
	item := m.it.Item()
	m.key = item.KeyCopy(m.key)
	m.taken = true
	return m.key, written{}, item
}
