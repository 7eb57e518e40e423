package store

import (
	"strconv"

	"camp/node/camp"
)

// The camp's decisions about servers.

type blockV1 struct {
	Level  camp.Level    `cbor:"1,keyasint,omitempty"`
	Reason string        `cbor:"2,keyasint,omitempty"`
	By     camp.MemberID `cbor:"3,keyasint,omitempty"`
	At     int64         `cbor:"4,keyasint,omitempty"`
	Review int64         `cbor:"5,keyasint,omitempty"`
	Change string        `cbor:"6,keyasint,omitempty"`
	Domain string        `cbor:"7,keyasint,omitempty"` // in a change; else the key says it
	Deaf   bool          `cbor:"8,keyasint,omitempty"` // no reports are taken
	Source string        `cbor:"9,keyasint,omitempty"` // a list
}

func blockOf(b camp.BlockRow) blockV1 {
	return blockV1{Level: b.Level, Reason: b.Reason, By: b.By, At: millis(b.At), Review: millis(b.Review), Change: b.Change, Domain: string(b.Domain), Deaf: b.NoReports, Source: b.Source}
}

func (v blockV1) row() camp.BlockRow {
	return camp.BlockRow{
		Domain: camp.Domain(v.Domain), Level: v.Level, Reason: v.Reason, By: v.By, At: moment(v.At), Review: moment(v.Review), Change: v.Change, NoReports: v.Deaf, Source: v.Source,
	}
}

// PutBlock keeps a decision.
func (tx *Tx) PutBlock(b camp.BlockRow) error {
	return tx.save(kBlock.at(word(string(b.Domain))), blockOf(b))
}

// Block gives the decision about exactly this name.
func (tx *Tx) Block(d camp.Domain) (b camp.BlockRow, ok bool, err error) {
	var v blockV1
	if ok, err = tx.load(kBlock.at(word(string(d))), &v); !ok || err != nil {
		return camp.BlockRow{}, false, err
	}
	return v.row(), true, nil
}

// Blocks gives all decisions, by name.
func (tx *Tx) Blocks() ([]camp.BlockRow, error) {
	var list []camp.BlockRow
	err := tx.all(kBlock.at(), 0, func(_, value []byte) error {
		var v blockV1
		if err := decode(value, &v); err != nil {
			return err
		}
		list = append(list, v.row())
		return nil
	})
	return list, err
}

// DropBlock forgets a decision; none is no error.
func (tx *Tx) DropBlock(d camp.Domain) error { return tx.del(kBlock.at(word(string(d)))) }

type blockChangeV1 struct {
	By   camp.MemberID `cbor:"1,keyasint,omitempty"`
	At   int64         `cbor:"2,keyasint,omitempty"`
	From blockV1       `cbor:"3,keyasint,omitempty"`
	To   blockV1       `cbor:"4,keyasint,omitempty"`
	Done bool          `cbor:"5,keyasint,omitempty"`

	Batch string `cbor:"6,keyasint,omitempty"`
}

func (v *blockChangeV1) change(id string) camp.BlockChange {
	return camp.BlockChange{ID: id, By: v.By, At: moment(v.At), From: v.From.row(), To: v.To.row(), Done: v.Done, Batch: v.Batch}
}

func changeKey(id string) ([]byte, bool) {
	n, err := strconv.ParseUint(id, 10, 64)
	return kBlockChange.at(down(n)), err == nil
}

// PutBlockChange keeps a change of a decision.
func (tx *Tx) PutBlockChange(c camp.BlockChange) error {
	key, ok := changeKey(c.ID)
	if !ok {
		return camp.ErrID
	}
	return tx.save(key, blockChangeV1{By: c.By, At: millis(c.At), From: blockOf(c.From), To: blockOf(c.To), Done: c.Done, Batch: c.Batch})
}

// BlockChange gives the change of this id.
func (tx *Tx) BlockChange(id string) (c camp.BlockChange, ok bool, err error) {
	key, good := changeKey(id)
	if !good {
		return c, false, nil
	}
	var v blockChangeV1
	if ok, err = tx.load(key, &v); !ok || err != nil {
		return camp.BlockChange{}, false, err
	}
	return v.change(id), true, nil
}

// BlockChanges gives all changes that are kept, newest first.
func (tx *Tx) BlockChanges() ([]camp.BlockChange, error) {
	var list []camp.BlockChange
	err := tx.all(kBlockChange.at(), 0, func(key, value []byte) error {
		var v blockChangeV1
		if err := decode(value, &v); err != nil {
			return err
		}
		list = append(list, v.change(camp.PostID(lastDownID[uint64](key)).String()))
		return nil
	})
	return list, err
}

// DropBlockChange forgets a change; none is no error.
func (tx *Tx) DropBlockChange(id string) error {
	key, ok := changeKey(id)
	if !ok {
		return nil
	}
	return tx.del(key)
}
