package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
)

// A migration brings the rows from the format before to the one it is numbered
// with. do is called in one transaction after another until it says that it is
// done; each does a small part and must find out from the rows what is left, so
// that a crash between two, or the same one twice, does no harm. A step is never
// edited after release and reads rows by copies of their old types.
type migration struct {
	to   int
	name string
	do   func(*Tx) (done bool, err error)
}

// migrations is the whole history of the data format, oldest first.
var migrations = []migration{
	{to: 1, name: "the first format", do: func(*Tx) (bool, error) { return true, nil }},
}

// formatNow is the newest format of a table.
func formatNow(steps []migration) int { return steps[len(steps)-1].to }

var keySchema = kSys.at([]byte("schema")) // the format of the rows, 8 bytes

func (tx *Tx) schema() (int, error) {
	b, err := tx.get(keySchema)
	if errors.Is(err, ErrNone) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if len(b) != 8 {
		return 0, fmt.Errorf("store: schema row of %d bytes", len(b))
	}
	return int(binary.BigEndian.Uint64(b)), nil
}

func (tx *Tx) putSchema(n int) error {
	return tx.put(keySchema, binary.BigEndian.AppendUint64(nil, uint64(n)))
}

// migrate brings the rows to the newest format. The number in DIR/format is
// raised before the first step, so that from then on older programs keep out,
// and the one in the rows after each. Before an old camp is touched,
// Options.BeforeUpgrade has its say.
func (db *DB) migrate(ctx context.Context, steps []migration) error {
	var was int
	fresh := db.seq.Load() == 0
	err := db.View(ctx, func(tx *Tx) (err error) {
		was, err = tx.schema()
		return err
	})
	if err != nil {
		return fmt.Errorf("read the format of the rows: %w", err)
	}
	now := formatNow(steps)
	switch {
	case was > now:
		return newerFault(was)
	case was == now:
		return writeFormat(db.opt.Dir, now)
	case fresh:
		if err := writeFormat(db.opt.Dir, now); err != nil {
			return err
		}
		return db.direct(func(tx *Tx) error {
			return errors.Join(tx.putSchema(now), tx.put(keyRecounts, []byte{1}), tx.put(keyTalks, []byte{1}), tx.put(keyHolds, holdsAt(len(holdKinds), 0))) // there is nothing to count, and no letter
		})
	}
	if db.opt.BeforeUpgrade != nil && was > 0 {
		if err := db.opt.BeforeUpgrade(ctx, db); err != nil {
			return fmt.Errorf("before the upgrade: %w", err)
		}
	}
	if err := writeFormat(db.opt.Dir, now); err != nil {
		return err
	}
	for _, m := range steps {
		if m.to <= was {
			continue
		}
		if err := db.step(ctx, m); err != nil {
			return fmt.Errorf("upgrade to %d (%s): %w", m.to, m.name, err)
		}
	}
	return nil
}

func (db *DB) step(ctx context.Context, m migration) error {
	for done := false; !done; {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := db.direct(func(tx *Tx) (err error) {
			if done, err = m.do(tx); err != nil || !done {
				return err
			}
			return tx.putSchema(m.to)
		})
		if err != nil {
			return err
		}
	}
	db.opt.Log.Info("upgraded the data", "to", m.to)
	return nil
}

// direct is Update while the store is being opened: journalled, synced and
// applied by the caller itself.
func (db *DB) direct(fn func(*Tx) error) error {
	g := newGroup()
	txn := db.badger.NewTransactionAt(db.ts, false)
	defer txn.Discard()
	tx := &Tx{db: db, txn: txn, own: g.batch, now: db.clock.time()}
	if err := fn(tx); err != nil {
		return err
	}
	if len(g.batch.rows) == 0 {
		return nil
	}
	return db.write(g)
}
