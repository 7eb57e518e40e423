package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/klauspost/compress/s2"
)

// acts is what one group wrote, as a journal record's payload holds it:
//
//	version (1), time (8, ms since 1970: the store's time), last id drawn (8),
//	count (varint), then per row: op (1; 1 put, 2 delete), length of key
//	(varint), key, and for a put length of value (varint), value
//
// and where it is shorter so, as
//
//	version (2), the whole of the above as one block of S2
type acts struct {
	time   uint64
	lastID uint64
	rows   []row
}

type row struct {
	key   []byte
	value []byte // nil for a delete
	del   bool
}

const (
	actsVersion = 1
	actsPacked  = 2
	actsHead    = 17
	opPut       = 1
	opDelete    = 2
	maxKey      = 1 << 10
	maxValue    = 256 << 10
)

var errPayload = errors.New("store: damaged payload of a journal record")

func (a acts) encode() []byte {
	n := actsHead + binary.MaxVarintLen64
	for _, r := range a.rows {
		n += 1 + 2*binary.MaxVarintLen32 + len(r.key) + len(r.value)
	}
	b := make([]byte, 0, n)
	b = append(b, actsVersion)
	b = binary.BigEndian.AppendUint64(b, a.time)
	b = binary.BigEndian.AppendUint64(b, a.lastID)
	b = binary.AppendUvarint(b, uint64(len(a.rows)))
	for _, r := range a.rows {
		op := byte(opPut)
		if r.del {
			op = opDelete
		}
		b = append(b, op)
		b = binary.AppendUvarint(b, uint64(len(r.key)))
		b = append(b, r.key...)
		if !r.del {
			b = binary.AppendUvarint(b, uint64(len(r.value)))
			b = append(b, r.value...)
		}
	}
	return pack(b)
}

// pack makes a payload shorter if it can.
func pack(b []byte) []byte {
	if len(b) > maxPayload {
		return b // refused by whoever writes it
	}
	out := make([]byte, 1+s2.MaxEncodedLen(len(b)))
	out[0] = actsPacked
	n := 1 + len(s2.Encode(out[1:], b))
	if n >= len(b) {
		return b
	}
	return out[:n:n]
}

// unpack undoes pack; what is packed is itself not.
func unpack(b []byte) ([]byte, error) {
	if len(b) == 0 || b[0] != actsPacked {
		return b, nil
	}
	n, err := s2.DecodedLen(b[1:])
	if err != nil || n > maxPayload {
		return nil, errPayload
	}
	plain, err := s2.Decode(make([]byte, n), b[1:])
	if err != nil {
		return nil, errPayload
	}
	return plain, nil
}

// decodeActs reads a payload; its rows may point into b.
func decodeActs(b []byte) (acts, error) {
	b, err := unpack(b)
	if err != nil {
		return acts{}, err
	}
	if len(b) < actsHead || b[0] != actsVersion {
		return acts{}, errPayload
	}
	a := acts{time: binary.BigEndian.Uint64(b[1:]), lastID: binary.BigEndian.Uint64(b[9:])}
	d := payload{b: b[actsHead:]}
	n := d.number(len(b)) // each row takes more than a byte
	a.rows = make([]row, 0, min(n, 4096))
	for range n {
		r, err := d.row()
		if err != nil {
			return acts{}, err
		}
		a.rows = append(a.rows, r)
	}
	if d.bad || len(d.b) != 0 {
		return acts{}, errPayload
	}
	return a, nil
}

// payload is the rest of a payload that is being read.
type payload struct {
	b   []byte
	bad bool
}

func (d *payload) number(limit int) int {
	n, k := binary.Uvarint(d.b)
	if k <= 0 || n > uint64(limit) {
		d.bad = true
		return 0
	}
	d.b = d.b[k:]
	return int(n)
}

func (d *payload) bytes(limit int) []byte {
	n := d.number(limit)
	if d.bad || n > len(d.b) {
		d.bad = true
		return nil
	}
	out := d.b[:n:n]
	d.b = d.b[n:]
	return out
}

func (d *payload) row() (row, error) {
	if d.bad || len(d.b) == 0 {
		return row{}, errPayload
	}
	op := d.b[0]
	d.b = d.b[1:]
	r := row{del: op == opDelete, key: d.bytes(maxKey)}
	if op == opPut {
		r.value = d.bytes(maxValue)
	}
	if d.bad || len(r.key) == 0 || op != opPut && op != opDelete {
		return row{}, errPayload
	}
	return r, nil
}

// batch is a set of writes that is not in Badger yet: of one act or of a group.
type batch struct {
	rows    map[string]written
	durable map[string]written // what Update wrote to rows that Loose wrote later
	size    int                // bytes of keys and values, about
	loose   bool               // something of it is not for the journal
}

type written struct {
	value []byte
	del   bool
	loose bool // by Loose: not for the journal
}

func newBatch() *batch { return &batch{rows: map[string]written{}} }

func (b *batch) set(key string, w written) {
	if old, ok := b.rows[key]; ok && w.loose && !old.loose {
		if b.durable == nil {
			b.durable = map[string]written{}
		}
		b.durable[key] = old
	}
	b.loose = b.loose || w.loose
	b.rows[key] = w
	b.size += len(key) + len(w.value) + 16
}

// add puts the writes of other on top.
func (b *batch) add(other *batch) {
	for k, w := range other.rows {
		b.set(k, w)
	}
}

// journalled gives the rows for the journal, in order of their keys.
func (b *batch) journalled() []row {
	out := make([]row, 0, len(b.rows))
	for k, w := range b.rows {
		if w.loose {
			var ok bool
			if w, ok = b.durable[k]; !ok {
				continue
			}
		}
		out = append(out, row{key: []byte(k), value: w.value, del: w.del})
	}
	slices.SortFunc(out, func(a, b row) int { return slices.Compare(a.key, b.key) })
	return out
}

// all gives every row, in order of the keys.
func (b *batch) all() []row {
	out := make([]row, 0, len(b.rows))
	for k, w := range b.rows {
		out = append(out, row{key: []byte(k), value: w.value, del: w.del})
	}
	slices.SortFunc(out, func(a, b row) int { return slices.Compare(a.key, b.key) })
	return out
}

// below collects into over what b holds of the keys that begin with prefix and
// are not smaller than from, unless over has the key already.
func (b *batch) below(over map[string]written, prefix, from string) {
	for k, w := range b.rows {
		if len(k) >= len(prefix) && k[:len(prefix)] == prefix && k >= from {
			if _, ok := over[k]; !ok {
				over[k] = w
			}
		}
	}
}

func checkRow(key, value []byte) error {
	if len(key) == 0 || len(key) > maxKey {
		return fmt.Errorf("store: key of %d bytes", len(key))
	}
	if len(value) > maxValue {
		return fmt.Errorf("store: value of %d bytes", len(value))
	}
	return nil
}
