package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Some kinds are counted: for each bucket of them (a month, or all) a row says
// how many were added and removed since the camp began, written in the same
// transaction as the row itself. A start compares them with the note of the last
// stop or hour: neither number can have become smaller.

// tally counts the rows of one bucket.
type tally struct {
	Added   uint64 `json:"added"`
	Removed uint64 `json:"removed"`
}

var (
	keyCounts   = kSys.at([]byte("count/")) // then kind and bucket: a tally, 16 bytes
	keyRecounts = kSys.at([]byte("counted"))
)

// countAll counts all rows of a kind in one bucket.
func countAll([]byte) string { return "all" }

// countMonths counts by the month of the id at the end of the key, as up wrote it.
func countMonths(key []byte) string { return monthOf(key, 0) }

// countMonthsDown is countMonths for ids that down wrote.
func countMonthsDown(key []byte) string { return monthOf(key, ^uint64(0)) }

func monthOf(key []byte, flip uint64) string {
	if len(key) < 8 {
		return "?"
	}
	id := binary.BigEndian.Uint64(key[len(key)-8:]) ^ flip
	return time.UnixMilli(int64(id >> 16)).UTC().Format("2006-01")
}

// count keeps the tally of a counted row that is about to be written.
func (tx *Tx) count(k *kind, key []byte, del bool) error {
	there, err := tx.exists(key)
	if err != nil || there != del {
		return err
	}
	row := tallyKey(k, key)
	t, err := tx.tally(row)
	if err != nil {
		return err
	}
	if del {
		t.Removed++
	} else {
		t.Added++
	}
	tx.own.set(string(row), written{value: t.encode()})
	return nil
}

func tallyKey(k *kind, key []byte) []byte {
	return bytes.Join([][]byte{keyCounts, []byte(strings.TrimSuffix(k.prefix, "/")), {'/'}, []byte(k.counted(key))}, nil)
}

func (t tally) encode() []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, t.Added), t.Removed)
}

func decodeTally(b []byte) (tally, error) {
	if len(b) != 16 {
		return tally{}, fmt.Errorf("store: tally of %d bytes", len(b))
	}
	return tally{Added: binary.BigEndian.Uint64(b), Removed: binary.BigEndian.Uint64(b[8:])}, nil
}

func (tx *Tx) tally(row []byte) (tally, error) {
	b, err := tx.get(row)
	if errors.Is(err, ErrNone) {
		return tally{}, nil
	}
	if err != nil {
		return tally{}, err
	}
	return decodeTally(b)
}

// tallies gives all tallies by kind and bucket ("post/2026-11").
func (tx *Tx) tallies() (map[string]tally, error) {
	out := map[string]tally{}
	var bad error
	err := tx.scan(keyCounts, nil, false, func(key, value []byte) bool {
		var t tally
		if t, bad = decodeTally(value); bad == nil {
			out[string(key[len(keyCounts):])] = t
		}
		return bad == nil
	})
	return out, errors.Join(err, bad)
}

// checkCounts compares the tallies with the note.
func (db *DB) checkCounts(ctx context.Context) error {
	return db.View(ctx, func(tx *Tx) error {
		got, err := tx.tallies()
		if err != nil {
			return damaged("read the counts: %w", err)
		}
		for bucket, want := range db.note.Counts {
			if g := got[bucket]; g.Added < want.Added || g.Removed < want.Removed {
				return damaged("%w: %s counts %d and %d, a note says %d and %d",
					errFewer, bucket, g.Added, g.Removed, want.Added, want.Removed)
			}
		}
		return nil
	})
}

// recount counts all rows once, where that was never done.
func (db *DB) recount(ctx context.Context) error {
	rows, err := db.countRows(ctx)
	if err != nil || len(rows) == 0 {
		return err
	}
	return db.direct(func(tx *Tx) error {
		for _, r := range rows {
			tx.own.set(string(r.key), written{value: r.value})
		}
		return nil
	})
}

// countRows gives the rows of the counts, none where they are there already.
func (db *DB) countRows(ctx context.Context) ([]row, error) {
	counted := false
	sums := map[string]tally{}
	err := db.View(ctx, func(tx *Tx) (err error) {
		if counted, err = tx.exists(keyRecounts); err != nil || counted {
			return err
		}
		for _, k := range kinds {
			if k.counted == nil {
				continue
			}
			err := tx.scan([]byte(k.prefix), nil, true, func(key, _ []byte) bool {
				row := string(tallyKey(k, key))
				sums[row] = tally{Added: sums[row].Added + 1}
				return ctx.Err() == nil
			})
			if err = errors.Join(err, ctx.Err()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count rows: %w", err)
	}
	if counted {
		return nil, nil
	}
	rows := []row{{key: keyRecounts, value: []byte{1}}}
	for key, t := range sums {
		rows = append(rows, row{key: []byte(key), value: t.encode()})
	}
	return rows, nil
}
