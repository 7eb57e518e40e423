package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
)

// errGap means that the journal does not hold what it should: records are
// missing, or damaged while later ones are whole.
var errGap = errors.New("store: the journal has a gap")

// reading walks through the segments of a journal.
type reading struct {
	dir string
	fs  layer
	fn  func(record) error // nil to check only

	seq    uint64     // of the last record walked over
	last   recordHash // its hash
	seen   bool       // seq and last say what the next record must follow
	needed uint64     // damage before this sequence is stepped over; 0 for none

	hurt bool    // damage was stepped over
	end  *loaded // the last segment, still open; nil where there is none
	off  int     // where in it the next record goes
	tail []byte  // the last record walked over, as it stands in end; nil for none
}

// loaded is a segment in memory.
type loaded struct {
	info segmentInfo
	file layerFile
	b    []byte // all of the file; only zeros before skip
	skip int
}

// walk goes through the segments that begin with these sequences.
func (r *reading) walk(ctx context.Context, firsts []uint64, from checkpoint) error {
	for i, first := range firsts {
		if err := ctx.Err(); err != nil {
			return err
		}
		last := i == len(firsts)-1
		s, err := r.load(first, last, from)
		if err != nil {
			return err
		}
		if s == nil { // begun and never used
			return nil
		}
		if err := r.segment(s, last); err != nil {
			return errors.Join(err, s.file.Close())
		}
		if last {
			r.end = s
			return nil
		}
		if err := s.file.Close(); err != nil {
			return fmt.Errorf("close journal: %w", err)
		}
	}
	return nil
}

// load reads a segment file. nil means that it was begun and never used, which
// only the last one can be; it is removed.
func (r *reading) load(first uint64, last bool, from checkpoint) (*loaded, error) {
	path := filepath.Join(r.dir, segmentName(first))
	f, err := r.fs.open(path)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	size, err := f.Size()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("size of journal: %w", err), f.Close())
	}
	s := &loaded{file: f, b: make([]byte, size)}
	if from.First == first && from.Offset > segmentHead && from.Offset <= size {
		s.skip = int(from.Offset)
	}
	if _, err := f.ReadAt(s.b[s.skip:], int64(s.skip)); err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(fmt.Errorf("read journal: %w", err), f.Close())
	}
	if s.skip > 0 {
		_, err = f.ReadAt(s.b[:segmentHead], 0)
	}
	if err == nil {
		s.info, err = parseSegmentHead(segmentName(first), s.b)
	}
	if err == nil {
		return s, nil
	}
	if last && len(bytes.Trim(s.b, "\x00")) == 0 {
		return nil, errors.Join(f.Close(), r.fs.remove(path))
	}
	return nil, errors.Join(fmt.Errorf("%w: %w", errGap, err), f.Close())
}

// segment walks over the records of one segment.
func (r *reading) segment(s *loaded, last bool) error {
	if err := r.join(s); err != nil {
		return err
	}
	r.off, r.tail = max(segmentHead, s.skip), nil
	for r.off < len(s.b) {
		rec, err := parseRecord(s.b[r.off:], s.info.salt)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			if stepped, err := r.step(s); err != nil || !stepped {
				return r.ended(s, last, err)
			}
			continue
		}
		if rec.seq != r.seq+1 || rec.prev != r.last {
			return fmt.Errorf("%w: record %d follows %d", errGap, rec.seq, r.seq)
		}
		r.tail = s.b[r.off : r.off+rec.size]
		r.seq, r.last, r.off = rec.seq, rec.hash, r.off+rec.size
		if r.fn != nil {
			if err := r.fn(rec); err != nil {
				return err
			}
		}
	}
	return r.ended(s, last, nil)
}

// join checks that a segment follows what was read before.
func (r *reading) join(s *loaded) error {
	switch {
	case !r.seen && s.skip > 0: // seq and last were given
	case !r.seen:
		r.seq, r.last = s.info.first-1, s.info.prev
	case s.info.first == r.seq+1 && s.info.prev == r.last:
	case s.info.first > r.seq && s.info.first <= r.needed:
		r.hurt = true
		r.seq, r.last = s.info.first-1, s.info.prev
	default:
		return fmt.Errorf("%w: after %d comes a segment from %d", errGap, r.seq, s.info.first)
	}
	r.seen = true
	return nil
}

// step goes on at the next whole record, where nothing that is needed stands
// between. Where there is none it does nothing.
func (r *reading) step(s *loaded) (bool, error) {
	next, found := nextWhole(s.b, r.off+8, s.info.salt)
	if !found {
		return false, nil
	}
	if next.seq > r.needed || next.seq <= r.seq {
		return false, fmt.Errorf("%w: damage after %d", errGap, r.seq)
	}
	r.hurt = true
	r.seq, r.last, r.off = next.seq-1, next.prev, next.at
	return true, nil
}

// ended looks at what follows the last record: never a record, and nothing at
// all in a segment that was closed.
func (r *reading) ended(s *loaded, last bool, err error) error {
	if err != nil {
		return err
	}
	if next, found := nextWhole(s.b, r.off, s.info.salt); found {
		return fmt.Errorf("%w: %d stands apart after %d", errGap, next.seq, r.seq)
	}
	if !last && len(bytes.Trim(s.b[r.off:], "\x00")) != 0 {
		r.hurt = true
	}
	return nil
}

type whole struct {
	record
	at int
}

// nextWhole looks for a whole record at or after an offset: where there is one,
// what stands before it is damage, and no torn end.
func nextWhole(b []byte, off int, salt [8]byte) (whole, bool) {
	for ; off+recordHead <= len(b); off += 8 {
		if b[off] == 0 && b[off+1] == 0 && b[off+2] == 0 && b[off+3] == 0 {
			continue
		}
		if rec, err := parseRecord(b[off:], salt); err == nil {
			return whole{record: rec, at: off}, true
		}
	}
	return whole{}, false
}

// open gives fn every record after the sequence and leaves j ready to append.
// A torn end is wiped: nobody was told that it is safe. Where the journal cannot
// give what follows after, it returns errGap. Damage before that does not keep it
// from going on, in a new segment if need be; hurt tells of it. at is where the
// last note was taken, clean whether that was the stop before this start.
func (j *journal) open(ctx context.Context, after uint64, at checkpoint, clean bool, fn func(record) error) (hurt bool, err error) {
	j.seq = after
	firsts, err := segments(j.fs, j.dir)
	if err != nil {
		return false, fmt.Errorf("list journal: %w", err)
	}
	if len(firsts) == 0 {
		return at.Seq > 0, nil
	}
	i := len(firsts) - 1
	for i > 0 && firsts[i] > after+1 {
		i--
	}
	if i > 0 && firsts[i] == after+1 {
		i-- // it may have been begun and never used
	}
	if firsts[i] > after+1 {
		return false, fmt.Errorf("%w: it begins at %d, wanted %d", errGap, firsts[i], after+1)
	}
	last := i == len(firsts)-1
	sure := clean && last && at.Seq == after && at.First == firsts[i] // nothing was written since
	r := &reading{dir: j.dir, fs: j.fs, needed: after + 1, fn: func(rec record) error {
		if rec.seq <= after {
			return nil
		}
		return fn(rec)
	}}
	from := checkpoint{}
	if sure && r.resume(at) {
		from = at
	}
	err = r.walk(ctx, firsts[i:], from)
	switch {
	case errors.Is(err, errGap) && sure && !r.seen:
		return true, j.aside(firsts[i]) // its head is damaged, and the rows hold what it held
	case err != nil:
		return false, err
	case !r.seen: // begun, and never used
		return at.Seq > 0, nil
	case r.seq < after: // the rows are ahead: the end of the journal is damaged
		if r.end != nil {
			err = r.end.file.Close()
		}
		return true, err
	}
	j.seq, j.last = r.seq, r.last
	if r.end == nil {
		return r.hurt, nil
	}
	return r.hurt, j.takeOver(r, clean)
}

// resume takes up where a checkpoint stands.
func (r *reading) resume(at checkpoint) bool {
	h, err := hex.DecodeString(at.Hash)
	if err != nil || len(h) != hashLen {
		return false
	}
	r.seq = at.Seq
	copy(r.last[:], h)
	return true
}

// aside renames a segment of which not everything can be read, so that the
// journal goes on in a new one.
func (j *journal) aside(first uint64) error {
	path := filepath.Join(j.dir, segmentName(first))
	if err := j.fs.rename(path, path+".damaged"); err != nil {
		return fmt.Errorf("put a damaged journal aside: %w", err)
	}
	return j.fs.syncDir(j.dir)
}

// takeOver makes the last segment the one that is written to.
func (j *journal) takeOver(r *reading, clean bool) error {
	f, b := r.end.file, r.end.b
	if err := wipe(f, b, r.off); err != nil {
		return errors.Join(fmt.Errorf("wipe torn end of journal: %w", err), f.Close())
	}
	if !clean && r.tail != nil {
		// The sync of the last record may have failed, with its pages taken for
		// written all the same: write it once more, so that this sync counts.
		if _, err := f.WriteAt(r.tail, int64(r.off-len(r.tail))); err != nil {
			return errors.Join(fmt.Errorf("write the last record again: %w", err), f.Close())
		}
		if err := f.Sync(); err != nil {
			return errors.Join(fmt.Errorf("sync journal: %w", err), f.Close())
		}
	}
	j.seg, j.file, j.used, j.length = r.end.info, f, int64(r.off), int64(len(b))
	return nil
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
