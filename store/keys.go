package store

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

// A kind is one sort of row. Every kind of the store is declared in this file
// and nowhere else; no key is built outside it.
type kind struct {
	prefix  string // a word, ending in "/"
	key     string // what follows the prefix
	value   string // the value's type, "" for an index row
	writer  string // the file that writes it
	loose   bool   // may lose the last five seconds; not journalled
	rebuilt bool   // can be made again from other rows
	index   bool   // of a kind that has its own entry; not on the kept page
	unsaved bool   // the machine's own bookkeeping, about nobody; not in backups

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

func encode(v any) ([]byte, error) { return cbor.Marshal(v) }

func decode(b []byte, v any) error {
	if err := cbor.Unmarshal(b, v); err != nil {
		return fmt.Errorf("decode row: %w", err)
	}
	return nil
}
