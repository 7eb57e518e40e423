package store

import (
	"encoding/binary"
	"flag"
	"fmt"
	"sync"

	"camp/node/camp"

	"github.com/fxamacker/cbor/v2"
)

// A kind is one sort of row. Every kind of the store is declared in keys_rows.go,
// the engine's own here, and nowhere else; no key is built outside those two.
type kind struct {
	prefix  string // a word, ending in "/"
	key     string // what follows the prefix
	value   string // the value's type, "" for an index row
	writer  string // the file that writes it
	loose   bool   // may lose the last five seconds; not journalled
	rebuilt bool   // can be made again from other rows
	index   bool   // of a kind that has its own entry; not on the kept page
	unsaved bool   // the machine's own bookkeeping, about nobody; not in backups

	// counted gives the bucket that a key is counted in; nil: the kind is not counted.
	counted func(key []byte) string

	// For the page "what this camp keeps": locale keys below "kept.".
	what, why, about, readers, howLong string
	export                             bool
}

var kinds []*kind

func declare(k kind) *kind { p := &k; kinds = append(kinds, p); return p }

// kSys holds what the engine notes about itself.
var kSys = declare(kind{prefix: "sys/", key: "name", value: "fixed", writer: "commit.go", unsaved: true})

var keyState = kSys.at([]byte("state")) // how far the journal is applied

// declaredKind finds the kind of a key, nil for none. No prefix begins another
// (tested), so that the first match is the only one.
func declaredKind(key []byte) *kind {
	byPrefix := kindsByPrefix()
	for i, c := range key {
		if c == '/' {
			if k, ok := byPrefix[string(key[:i+1])]; ok {
				return k
			}
		}
	}
	return nil
}

// kindsByPrefix is made once, after all kinds are declared.
var kindsByPrefix = sync.OnceValue(func() map[string]*kind {
	m := make(map[string]*kind, len(kinds))
	for _, k := range kinds {
		m[k.prefix] = k
	}
	return m
})

func (k *kind) at(parts ...[]byte) []byte {
	b := []byte(k.prefix)
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// up is a key part that sorts small to large, down one that sorts large to small.
func up[T ~uint64](n T) []byte   { return binary.BigEndian.AppendUint64(nil, uint64(n)) }
func down[T ~uint64](n T) []byte { return binary.BigEndian.AppendUint64(nil, ^uint64(n)) }

// word is a key part of text without a zero byte, ended by one.
func word(s string) []byte { return append([]byte(s), 0) }

// Catalogue gives what the camp keeps, for the page that says so: every kind
// but index rows, which say nothing that their owner's row does not, and the
// engine's own bookkeeping, which is about nobody.
func Catalogue() []camp.Keeping {
	out := []camp.Keeping{}
	for _, k := range kinds {
		if k.index || k.unsaved {
			continue
		}
		out = append(out, camp.Keeping{What: k.what, Why: k.why, About: k.about, Readers: k.readers, HowLong: k.howLong, Export: k.export})
	}
	return out
}

// Rows are CBOR with integer keys. A row is read within bounds, and a field that
// is not known is refused under test: there it is a mistake, while a camp that
// went back to an older program may well meet one.
var codec = sync.OnceValue(newCodec)

type rowCodec struct {
	enc cbor.EncMode
	dec cbor.DecMode
}

func newCodec() rowCodec {
	enc, err := cbor.EncOptions{Sort: cbor.SortCoreDeterministic, Time: cbor.TimeRFC3339Nano, IndefLength: cbor.IndefLengthForbidden}.EncMode()
	if err != nil {
		panic(err) // the options are constant
	}
	unknown := cbor.ExtraDecErrorNone
	if flag.Lookup("test.v") != nil {
		unknown = cbor.ExtraDecErrorUnknownField
	}
	dec, err := cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, ExtraReturnErrors: unknown,
		MaxNestedLevels: 8, MaxArrayElements: 16384, MaxMapPairs: 16384,
	}.DecMode()
	if err != nil {
		panic(err)
	}
	return rowCodec{enc: enc, dec: dec}
}

func encode(v any) ([]byte, error) { return codec().enc.Marshal(v) }

// decode reads a row's value into v.
func decode(b []byte, v any) error {
	if err := codec().dec.Unmarshal(b, v); err != nil {
		return fmt.Errorf("decode row: %w", err)
	}
	return nil
}
