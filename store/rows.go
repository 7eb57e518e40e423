package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"camp/node/camp"
)

// As lets a caller see a transaction as the interface that it declares itself:
// As[posts.Tx](db) has the methods of posts.Store. *Tx must satisfy T; a T that
// it does not satisfy is a programmer's mistake, told by each call's error.
func As[T any](db *DB) *Typed[T] { return &Typed[T]{db: db} }

// Typed is a DB seen through a caller's own transaction interface.
type Typed[T any] struct{ db *DB }

// Update is DB.Update.
func (t *Typed[T]) Update(ctx context.Context, fn func(T) error) error {
	return t.db.Update(ctx, typed(fn))
}

// Loose is DB.Loose.
func (t *Typed[T]) Loose(ctx context.Context, fn func(T) error) error {
	return t.db.Loose(ctx, typed(fn))
}

// View is DB.View.
func (t *Typed[T]) View(ctx context.Context, fn func(T) error) error {
	return t.db.View(ctx, typed(fn))
}

func typed[T any](fn func(T) error) func(*Tx) error {
	return func(tx *Tx) error {
		t, ok := any(tx).(T)
		if !ok {
			return fmt.Errorf("store: a transaction is no %T", *new(T))
		}
		return fn(t)
	}
}

// load reads the row into v; ok false says that there is none.
func (tx *Tx) load(key []byte, v any) (ok bool, err error) {
	b, err := tx.get(key)
	if errors.Is(err, ErrNone) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, decode(b, v)
}

func (tx *Tx) save(key []byte, v any) error {
	b, err := encode(v)
	if err != nil {
		return fmt.Errorf("encode row: %w", err)
	}
	return tx.put(key, b)
}

// all hands each row below prefix to fn, in key order, until limit rows (0: all).
func (tx *Tx) all(prefix []byte, limit int, fn func(key, value []byte) error) error {
	n := 0
	var inner error
	err := tx.scan(prefix, nil, false, func(key, value []byte) bool {
		inner = fn(key, value)
		n++
		return inner == nil && (limit == 0 || n < limit)
	})
	return errors.Join(err, inner)
}

// keysBelow copies the keys below prefix, at most limit (0: all), so that they
// can be deleted after the scan.
func (tx *Tx) keysBelow(prefix []byte, limit int) ([][]byte, error) {
	var keys [][]byte
	err := tx.scan(prefix, nil, true, func(key, _ []byte) bool {
		keys = append(keys, append([]byte(nil), key...))
		return limit == 0 || len(keys) < limit
	})
	return keys, err
}

// newest walks rows whose keys are prefix and an id sorted newest first, within
// the page's bounds but not its size, until fn returns false or an error. A page
// that climbs is walked from its oldest row on.
func (tx *Tx) newest(prefix []byte, p camp.Page, keysOnly bool, fn func(id uint64, value []byte) (more bool, err error)) error {
	if p.Climb {
		return tx.oldest(prefix, p, keysOnly, fn)
	}
	var from []byte
	if p.Before > 0 {
		from = append(append([]byte(nil), prefix...), down(p.Before-1)...)
	}
	var inner error
	err := tx.scan(prefix, from, keysOnly, func(key, value []byte) bool {
		id := lastDownID[uint64](key)
		if id <= p.After {
			return false
		}
		var more bool
		more, inner = fn(id, value)
		return more && inner == nil
	})
	return errors.Join(err, inner)
}

// newestIDs gives the page's ids below prefix.
func newestIDs[T ~uint64](tx *Tx, prefix []byte, p camp.Page) ([]T, error) {
	size := p.Size()
	ids := make([]T, 0, size)
	err := tx.newest(prefix, p, true, func(id uint64, _ []byte) (bool, error) {
		ids = append(ids, T(id))
		return len(ids) < size, nil
	})
	if p.Climb {
		slices.Reverse(ids)
	}
	return ids, err
}

// millis stores a time, zero for none; moment reads it.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
