package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
)

// errGap means that the journal does not hold what it should: records are
// missing, or damaged while later ones are whole.
var errGap = errors.New("store: the journal has a gap")

// read gives fn every whole record after the sequence, checking all of the
// journal, and leaves j ready to append. A torn end of the last segment is
// wiped: nobody was told that it is safe. Segments that were begun and hold no
// record are removed. Where the journal begins later than after+1, or has a gap
// or damage before its end, it returns errGap. An empty journal goes on at
// after+1.
func (j *journal) read(ctx context.Context, after uint64, fn func(record) error) error {
	firsts, err := segments(j.fs, j.dir)
	if err != nil {
		return fmt.Errorf("list journal: %w", err)
	}
	j.seq, j.last = after, recordHash{}
	for i, first := range firsts {
		if err := ctx.Err(); err != nil {
			return err
		}
		if i == 0 {
			if first > after+1 {
				return fmt.Errorf("%w: it begins at %d, wanted %d", errGap, first, after+1)
			}
			j.seq = first - 1
		}
		s, err := j.loadSegment(first, i == len(firsts)-1)
		if err != nil {
			return err
		}
		if s == nil { // begun, never used
			break
		}
		if i > 0 && s.info.prev != j.last || first != j.seq+1 {
			return fmt.Errorf("%w: before %d", errGap, first)
		}
		if err := j.readSegment(s, i == len(firsts)-1, after, fn); err != nil {
			return err
		}
	}
	if j.seq < after {
		return fmt.Errorf("%w: it ends at %d, the rows are at %d", errGap, j.seq, after)
	}
	return nil
}

// loaded is a segment in memory.
type loaded struct {
	info segmentInfo
	file layerFile
	b    []byte
}

// loadSegment reads a segment file. nil means that it was begun and never used,
// which only the last one can be; it is removed.
func (j *journal) loadSegment(first uint64, last bool) (*loaded, error) {
	path := filepath.Join(j.dir, segmentName(first))
	f, err := j.fs.open(path)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	size, err := f.Size()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("size of journal: %w", err), f.Close())
	}
	b := make([]byte, size)
	if _, err := f.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(fmt.Errorf("read journal: %w", err), f.Close())
	}
	info, err := parseSegmentHead(segmentName(first), b)
	if err == nil {
		return &loaded{info: info, file: f, b: b}, nil
	}
	if last && len(bytes.Trim(b, "\x00")) == 0 {
		return nil, errors.Join(f.Close(), j.fs.remove(path))
	}
	return nil, errors.Join(fmt.Errorf("%w: %w", errGap, err), f.Close())
}

// readSegment walks the records of a segment; the last one stays open.
func (j *journal) readSegment(s *loaded, last bool, after uint64, fn func(record) error) (err error) {
	keep := false
	defer func() {
		if !keep {
			err = errors.Join(err, s.file.Close())
		}
	}()
	off := segmentHead
	for off < len(s.b) {
		r, err := parseRecord(s.b[off:], s.info.salt)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && (r.seq != j.seq+1 || r.prev != j.last && r.seq != s.info.first || r.prev != s.info.prev && r.seq == s.info.first) {
			return fmt.Errorf("%w: record %d does not follow %d", errGap, r.seq, j.seq)
		}
		if err != nil {
			if !last || wholeAfter(s.b[off:], s.info.salt) {
				return fmt.Errorf("%w: damage after %d", errGap, j.seq)
			}
			break
		}
		j.seq, j.last, off = r.seq, r.hash, off+r.size
		if r.seq > after {
			if err := fn(r); err != nil {
				return err
			}
		}
	}
	if !last {
		return nil
	}
	if wholeAfter(s.b[off:], s.info.salt) {
		return fmt.Errorf("%w: damage after %d", errGap, j.seq)
	}
	if err := wipe(s.file, s.b, off); err != nil {
		return fmt.Errorf("wipe torn end of journal: %w", err)
	}
	keep = true
	j.seg, j.file, j.used, j.length = s.info, s.file, int64(off), int64(len(s.b))
	return nil
}

// wholeAfter reports whether a whole record begins anywhere in b: then what
// stands before it is damage, and no torn end.
func wholeAfter(b []byte, salt [8]byte) bool {
	for off := 0; off+recordHead <= len(b); off += 8 {
		if bytes.Equal(b[off:off+4], make([]byte, 4)) {
			continue
		}
		if _, err := parseRecord(b[off:], salt); err == nil {
			return true
		}
	}
	return false
}

// wipe makes zeros of what stands in the file from off on.
func wipe(f layerFile, b []byte, off int) error {
	rest := bytes.TrimRight(b[off:], "\x00")
	if len(rest) == 0 {
		return nil
	}
	if err := zeros(f, int64(off), int64(len(rest))); err != nil {
		return err
	}
	return f.Sync()
}
