package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The journal is a row of append-only segment files in DIR/journal, named after
// the first sequence they hold (20 digits, ".jrn"). A segment is
//
//	head     64 bytes: "campjrn1", first sequence, hash of the record before it
//	         (16), made (ms since 1970), salt (8), zeros, CRC-32C of the first 60
//	records  one after another, each starting at a multiple of 8
//	zeros    up to the size the file was made with
//
// and a record, holding what one group of acts wrote, is
//
//	length of payload (4), CRC-32C (4), sequence (8), hash of the record before (16)
//	payload, padded with zeros to a multiple of 8
//
// All numbers are big-endian. The hash is the first half of SHA-256 over the
// whole record before, the CRC covers the segment's salt and all of the record
// but itself. The salt is random, so nobody can write a post that reads as a
// record. Sequences begin at 1 and have no gaps.
const (
	segmentMagic = "campjrn1"
	segmentHead  = 64
	recordHead   = 32
	hashLen      = 16
	segmentSize  = 16 << 20 // bytes; a segment that would pass this is closed
	segmentFirst = 1 << 20  // bytes; a new file is made this long and doubled when full
	segmentAge   = 24 * time.Hour
	maxPayload   = 12 << 20 // bytes of one record
	segmentExt   = ".jrn"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errTorn means that a segment ends in something that is no whole record: what
// was being written when the power went, or damage.
var errTorn = errors.New("store: torn record")

type recordHash [hashLen]byte

// segmentInfo is what a segment's head says.
type segmentInfo struct {
	name  string
	first uint64     // sequence of its first record
	prev  recordHash // of the record before that
	made  time.Time
	salt  [8]byte
}

func segmentName(first uint64) string { return fmt.Sprintf("%020d%s", first, segmentExt) }

func (s segmentInfo) head() []byte {
	b := make([]byte, segmentHead)
	copy(b, segmentMagic)
	binary.BigEndian.PutUint64(b[8:], s.first)
	copy(b[16:], s.prev[:])
	binary.BigEndian.PutUint64(b[32:], uint64(s.made.UnixMilli()))
	copy(b[40:], s.salt[:])
	binary.BigEndian.PutUint32(b[60:], crc32.Checksum(b[:60], castagnoli))
	return b
}

func parseSegmentHead(name string, b []byte) (segmentInfo, error) {
	s := segmentInfo{name: name}
	if len(b) < segmentHead || string(b[:8]) != segmentMagic ||
		binary.BigEndian.Uint32(b[60:]) != crc32.Checksum(b[:60], castagnoli) {
		return s, fmt.Errorf("journal %s: damaged head", name)
	}
	s.first = binary.BigEndian.Uint64(b[8:])
	copy(s.prev[:], b[16:32])
	s.made = time.UnixMilli(int64(binary.BigEndian.Uint64(b[32:]))).UTC()
	copy(s.salt[:], b[40:48])
	if name != segmentName(s.first) {
		return s, fmt.Errorf("journal %s: holds sequence %d", name, s.first)
	}
	return s, nil
}

func padded(n int) int { return (n + 7) &^ 7 }

// frame makes the record of a payload.
func frame(payload []byte, seq uint64, prev recordHash, salt [8]byte) []byte {
	b := make([]byte, recordHead+padded(len(payload)))
	binary.BigEndian.PutUint32(b, uint32(len(payload)))
	binary.BigEndian.PutUint64(b[8:], seq)
	copy(b[16:], prev[:])
	copy(b[recordHead:], payload)
	binary.BigEndian.PutUint32(b[4:], recordCRC(b, salt))
	return b
}

func recordCRC(rec []byte, salt [8]byte) uint32 {
	c := crc32.Update(0, castagnoli, salt[:])
	c = crc32.Update(c, castagnoli, rec[:4])
	return crc32.Update(c, castagnoli, rec[8:])
}

func hashRecord(rec []byte) (h recordHash) {
	sum := sha256.Sum256(rec)
	copy(h[:], sum[:])
	return h
}

// record is one whole record, read and checked.
type record struct {
	seq     uint64
	prev    recordHash
	hash    recordHash
	payload []byte
	size    int // bytes it takes in the file
}

// parseRecord reads the record at the start of b. It returns io.EOF where b is
// empty or begins with the zeros that follow the last record, and errTorn where
// no whole record stands.
func parseRecord(b []byte, salt [8]byte) (record, error) {
	var r record
	if len(b) < recordHead {
		if len(bytes.Trim(b, "\x00")) == 0 {
			return r, io.EOF
		}
		return r, errTorn
	}
	if len(bytes.Trim(b[:recordHead], "\x00")) == 0 {
		return r, io.EOF
	}
	n := int(binary.BigEndian.Uint32(b))
	if n == 0 || n > maxPayload || recordHead+padded(n) > len(b) {
		return r, errTorn
	}
	raw := b[:recordHead+padded(n)]
	if binary.BigEndian.Uint32(raw[4:]) != recordCRC(raw, salt) {
		return r, errTorn
	}
	r = record{seq: binary.BigEndian.Uint64(raw[8:]), payload: raw[recordHead : recordHead+n], size: len(raw), hash: hashRecord(raw)}
	copy(r.prev[:], raw[16:recordHead])
	return r, nil
}

// journal writes records; one goroutine at a time.
type journal struct {
	dir    string
	fs     layer
	now    func() time.Time
	rand   io.Reader
	size   int64 // bytes; segments are closed when they would pass it
	seq    uint64
	last   recordHash // of the record seq
	seg    segmentInfo
	file   layerFile // nil until the first record is written
	used   int64     // bytes written of file
	length int64     // bytes the file was made with
}

// append writes one record and syncs it. After an error of a begun write it is
// not known whether the record will be there after a restart: the caller must
// stop. errRoom and errHandles mean that nothing was begun.
func (j *journal) append(payload []byte) (uint64, error) {
	if len(payload) > maxPayload {
		return 0, fmt.Errorf("journal: payload of %d bytes", len(payload))
	}
	need := int64(recordHead + padded(len(payload)))
	if err := j.room(need); err != nil {
		if isNoSpace(err) {
			return 0, fmt.Errorf("%w: %w", errRoom, err)
		}
		if isTooManyFiles(err) {
			return 0, fmt.Errorf("%w: %w", errHandles, err)
		}
		return 0, fmt.Errorf("make room in the journal: %w", err)
	}
	rec := frame(payload, j.seq+1, j.last, j.seg.salt)
	if _, err := j.file.WriteAt(rec, j.used); err != nil {
		return 0, fmt.Errorf("write journal: %w", err)
	}
	if err := j.file.Sync(); err != nil {
		return 0, fmt.Errorf("sync journal: %w", err)
	}
	j.used += need
	j.seq++
	j.last = hashRecord(rec)
	return j.seq, nil
}

// errRoom means that the journal could not make room for a record; nothing of
// the record was written.
var errRoom = errors.New("store: no room for the journal")

// room sees to it that need bytes fit at j.used.
func (j *journal) room(need int64) error {
	if j.file != nil && (j.used+need > max(j.size, segmentHead+need) || j.now().Sub(j.seg.made) >= segmentAge) {
		if err := j.closeSegment(); err != nil {
			return err
		}
	}
	if j.file == nil {
		if err := j.newSegment(need); err != nil {
			return err
		}
	}
	for j.used+need > j.length {
		grow := min(max(j.length, need), max(j.size-j.length, need))
		if err := zeros(j.file, j.length, grow); err != nil {
			return err
		}
		if err := j.file.Sync(); err != nil {
			return err
		}
		j.length += grow
	}
	return nil
}

func (j *journal) newSegment(need int64) error {
	s := segmentInfo{name: segmentName(j.seq + 1), first: j.seq + 1, prev: j.last, made: j.now()}
	if _, err := io.ReadFull(j.rand, s.salt[:]); err != nil {
		return fmt.Errorf("draw salt: %w", err)
	}
	path := filepath.Join(j.dir, s.name)
	f, err := j.fs.create(path)
	if err != nil {
		return err
	}
	length := max(min(segmentFirst, j.size), segmentHead+need)
	if err := j.prepare(f, s, length); err != nil {
		return errors.Join(err, f.Close(), j.fs.remove(path))
	}
	j.seg, j.file, j.used, j.length = s, f, segmentHead, length
	return nil
}

func (j *journal) prepare(f layerFile, s segmentInfo, length int64) error {
	if err := zeros(f, segmentHead, length-segmentHead); err != nil {
		return err
	}
	if _, err := f.WriteAt(s.head(), 0); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return j.fs.syncDir(j.dir)
}

// closeSegment cuts the open segment to what it holds and closes it.
func (j *journal) closeSegment() error {
	if j.file == nil {
		return nil
	}
	f := j.file
	j.file = nil
	return errors.Join(f.Truncate(j.used), f.Sync(), f.Close())
}

// close closes the journal and leaves the last segment with its spare room, so
// that the next start goes on in it.
func (j *journal) close() error {
	if j.file == nil {
		return nil
	}
	f := j.file
	j.file = nil
	return f.Close()
}

// zeros writes n zero bytes at off, so that the disk has room for what comes.
func zeros(f io.WriterAt, off, n int64) error {
	buf := make([]byte, min(n, 256<<10))
	for n > 0 {
		k := min(n, int64(len(buf)))
		if _, err := f.WriteAt(buf[:k], off); err != nil {
			return err
		}
		off, n = off+k, n-k
	}
	return nil
}

// segments lists the segment files, oldest first.
func segments(fs layer, dir string) ([]uint64, error) {
	names, err := fs.names(dir)
	if err != nil {
		return nil, err
	}
	var out []uint64
	for _, n := range names {
		digits, ok := strings.CutSuffix(n, segmentExt)
		if !ok || len(digits) != 20 {
			continue
		}
		first, err := strconv.ParseUint(digits, 10, 64)
		if err != nil {
			continue
		}
		out = append(out, first)
	}
	slices.Sort(out)
	return out, nil
}
