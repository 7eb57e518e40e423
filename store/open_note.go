package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// note is what the store remembers about its own files, beside them, so that
// the next start notices when one has changed: DIR/db.note, JSON, written at a
// clean stop, hourly, and when Badger has made tables. DIR/db.manifest is the
// copy of Badger's MANIFEST that belongs to it.
type note struct {
	Seq      uint64             `json:"seq"`
	Time     time.Time          `json:"time"`
	Manifest fileSum            `json:"manifest"`
	Tables   map[string]fileSum `json:"tables"` // by name
	Counts   map[string]tally   `json:"counts"` // by kind and bucket
	Journal  checkpoint         `json:"journal"`
	Segments []uint64           `json:"segments"` // first sequences
	Erased   bool               `json:"erased"`   // something was deleted since the store was last tidied
	Tidied   time.Time          `json:"tidied"`
}

// fileSum tells whether a file that never changes has.
type fileSum struct {
	Size int64  `json:"size"`
	CRC  uint32 `json:"crc"` // CRC-32C
	Hash string `json:"hash,omitempty"`
}

// checkpoint is a place in the journal that was read and found whole.
type checkpoint struct {
	First  uint64 `json:"first"` // of the segment
	Offset int64  `json:"offset"`
	Seq    uint64 `json:"seq"`  // of the record before the offset
	Hash   string `json:"hash"` // of that record
}

const (
	noteFile     = "db.note"
	manifestCopy = "db.manifest"
	cleanFile    = "db.clean" // there while the store is closed after a clean stop
	startingFile = "starting"
	formatFile   = "format"
	lockName     = "store.lock"
	ballastFile  = "ballast"
)

// readNote gives the zero note where there is none or it cannot be read: the
// note only helps to notice damage of other files.
func readNote(dir string) note {
	var n note
	b, err := os.ReadFile(filepath.Join(dir, noteFile))
	if err != nil || json.Unmarshal(b, &n) != nil {
		return note{}
	}
	return n
}

func (n note) write(dir string, manifest []byte) error {
	b, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("encode note: %w", err)
	}
	if err := replaceFile(filepath.Join(dir, manifestCopy), manifest); err != nil {
		return err
	}
	return replaceFile(filepath.Join(dir, noteFile), b)
}

// replaceFile puts b in the place of a file by way of a temporary one beside it.
func replaceFile(path string, b []byte) error {
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("replace a file: %w", err)
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("replace a file: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("replace a file: %w", err)
	}
	return osLayer{}.syncDir(filepath.Dir(path))
}

func sumBytes(b []byte) fileSum {
	h := sha256.Sum256(b)
	return fileSum{Size: int64(len(b)), Hash: hex.EncodeToString(h[:])}
}

func sumFile(path string) (fileSum, error) {
	f, err := os.Open(path)
	if err != nil {
		return fileSum{}, err
	}
	defer f.Close()
	h := crc32.New(castagnoli)
	n, err := io.CopyBuffer(h, f, make([]byte, 256<<10))
	if err != nil {
		return fileSum{}, fmt.Errorf("sum a file: %w", err)
	}
	return fileSum{Size: n, CRC: h.Sum32()}, nil
}

// sameAs reports whether the file at path is as s says. Without content only
// the size is looked at.
func (s fileSum) sameAs(path string, content bool) (bool, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return false, err
	}
	if fi.Size() != s.Size || !content {
		return fi.Size() == s.Size, nil
	}
	got, err := sumFile(path)
	return got.CRC == s.CRC, err
}

// sumTables sums the tables of dir, taking over from known what it has: a table
// never changes once it is named in the MANIFEST.
func sumTables(dir string, live, known map[string]fileSum) (map[string]fileSum, error) {
	out := make(map[string]fileSum, len(live))
	for name := range live {
		if s, ok := known[name]; ok {
			out[name] = s
			continue
		}
		s, err := sumFile(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // gone meanwhile: compacted
		}
		if err != nil {
			return nil, err
		}
		out[name] = s
	}
	return out, nil
}
