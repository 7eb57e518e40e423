package store

import (
	"fmt"
	"slices"

	"camp/node/camp"
)

// savedKinds are the kinds whose rows a backup holds: all but the machine's own,
// which say how far this very folder's journal has come.
func savedKinds() []*kind {
	return slices.DeleteFunc(slices.Clone(kinds), func(k *kind) bool { return k.unsaved })
}

// backupIdentity gives the camp's fingerprint and its recovery phrase.
func (tx *Tx) backupIdentity() (fingerprint string, phrase camp.Secret, err error) {
	h, ok, err := tx.House()
	if err != nil {
		return "", phrase, fmt.Errorf("read the camp's name: %w", err)
	}
	if !ok {
		return "", phrase, fmt.Errorf("read the camp's name: %w", ErrNone)
	}
	k, _, err := tx.Keys()
	if err != nil {
		return "", phrase, fmt.Errorf("read the camp's keys: %w", err)
	}
	return h.Fingerprint, k.Phrase, nil
}

// backupContents says what a backup of this moment is of.
func (tx *Tx) backupContents() (backupHead, error) {
	h, _, err := tx.House()
	if err != nil {
		return backupHead{}, fmt.Errorf("read the camp's name: %w", err)
	}
	people, err := tx.Members()
	if err != nil {
		return backupHead{}, fmt.Errorf("count people: %w", err)
	}
	head := backupHead{Name: h.Name, Address: h.Address()}
	for _, m := range people {
		if m.Standing.Counts() {
			head.Members++
		}
	}
	for _, k := range []*kind{kPost, kReply} {
		if err := tx.scan(k.at(), nil, true, func(_, _ []byte) bool { head.Posts++; return true }); err != nil {
			return head, fmt.Errorf("count posts: %w", err)
		}
	}
	raw, err := tx.get(keyState)
	if err != nil {
		return head, fmt.Errorf("read how far the store is: %w", err)
	}
	st, err := decodeState(raw)
	if err != nil {
		return head, err
	}
	head.Sequence, head.Time, head.LastID = st.seq, st.time, st.lastID
	head.Schema, err = tx.schema()
	return head, err
}

// noteHashes adds the hashes that a row of a stored file names.
func noteHashes(value []byte, seen map[string]bool) error {
	var v mediaV1
	if err := decode(value, &v); err != nil {
		return err
	}
	for _, h := range []string{v.Hash, v.Thumb} {
		if h == "" {
			continue
		}
		if !isHash(h) {
			return fmt.Errorf("a stored file has no proper hash")
		}
		seen[h] = true
	}
	return nil
}

// isHash reports whether h is a lower-case hex SHA-256.
func isHash(h string) bool {
	if len(h) != 64 {
		return false
	}
	for i := range len(h) {
		if (h[i] < '0' || h[i] > '9') && (h[i] < 'a' || h[i] > 'f') {
			return false
		}
	}
	return true
}
