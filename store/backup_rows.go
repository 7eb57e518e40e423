package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"

	"github.com/fxamacker/cbor/v2"
)

// The content of a backup, before it is sealed, is a run of records:
//
//	'H' length, head (CBOR)                 once, first
//	'R' key length, value length, key, value    all rows, in the order of keys
//	'M' hash (32 bytes), length, bytes      each stored file once
//	'E' length, end (CBOR)                  once, last
//
// Lengths are unsigned varints and are checked against these bounds before
// anything is made for them.
const (
	maxBackupCBOR  = 64 << 10
	maxBackupKey   = 65_000
	maxBackupValue = 1 << 20
	maxBackupMedia = 64 << 20
	maxBackupKinds = 1000
)

// backupHead says what the content is of.
type backupHead struct {
	Name     string `cbor:"1,keyasint"` // the camp's shown name
	Address  string `cbor:"2,keyasint"`
	Members  int    `cbor:"3,keyasint"` // people who have a place
	Posts    int    `cbor:"4,keyasint"`
	Sequence uint64 `cbor:"5,keyasint"` // newest act of the journal that the rows hold
	Time     uint64 `cbor:"6,keyasint"` // highest time of the store, ms since 1970
	LastID   uint64 `cbor:"7,keyasint"` // newest id drawn
	Schema   int    `cbor:"8,keyasint"` // format of the rows, see migrate.go
}

// backupEnd is what was counted while writing, and again while reading.
type backupEnd struct {
	Rows    map[string]int64 `cbor:"1,keyasint"` // by kind: the key up to its first "/"
	Media   int64            `cbor:"2,keyasint"`
	Bytes   int64            `cbor:"3,keyasint"` // of media
	Missing int64            `cbor:"4,keyasint"` // files that a row names and that were not there
	Sum     []byte           `cbor:"5,keyasint"` // SHA-256 of the content before this record
}

func (e backupEnd) equal(o backupEnd) bool {
	return maps.Equal(e.Rows, o.Rows) && e.Media == o.Media && e.Bytes == o.Bytes && bytes.Equal(e.Sum, o.Sum)
}

func (e backupEnd) rows() (n int64) {
	for _, k := range e.Rows {
		n += k
	}
	return n
}

// kindOf gives the part of a key that names its kind.
func kindOf(key []byte) string {
	if i := bytes.IndexByte(key, '/'); i >= 0 {
		return string(key[:i+1])
	}
	return ""
}

// recordWriter writes records and counts them.
type recordWriter struct {
	w   io.Writer
	sum hash.Hash
	end backupEnd
	buf []byte
}

func newRecordWriter(w io.Writer) *recordWriter {
	return &recordWriter{w: w, sum: sha256.New(), end: backupEnd{Rows: map[string]int64{}}}
}

func (w *recordWriter) write(b []byte) error {
	w.sum.Write(b)
	_, err := w.w.Write(b)
	return err
}

func (w *recordWriter) head(h backupHead) error { return w.cbor('H', h) }

func (w *recordWriter) cbor(tag byte, v any) error {
	body, err := cbor.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode record: %w", err)
	}
	w.buf = binary.AppendUvarint(append(w.buf[:0], tag), uint64(len(body)))
	return w.write(append(w.buf, body...))
}

func (w *recordWriter) row(key, value []byte) error {
	if len(key) > maxBackupKey || len(value) > maxBackupValue {
		return fmt.Errorf("a row of kind %q is too large for a backup", kindOf(key))
	}
	w.end.Rows[kindOf(key)]++
	w.buf = binary.AppendUvarint(append(w.buf[:0], 'R'), uint64(len(key)))
	w.buf = binary.AppendUvarint(w.buf, uint64(len(value)))
	w.buf = append(append(w.buf, key...), value...)
	return w.write(w.buf)
}

// media writes one file whose bytes have that hash; the caller has checked it.
func (w *recordWriter) media(sum [sha256.Size]byte, b []byte) error {
	if len(b) > maxBackupMedia {
		return errors.New("a stored file is too large for a backup")
	}
	w.end.Media++
	w.end.Bytes += int64(len(b))
	w.buf = binary.AppendUvarint(append(append(w.buf[:0], 'M'), sum[:]...), uint64(len(b)))
	if err := w.write(w.buf); err != nil {
		return err
	}
	return w.write(b)
}

// finish writes the last record and gives what was counted.
func (w *recordWriter) finish() (backupEnd, error) {
	w.end.Sum = w.sum.Sum(nil)
	return w.end, w.cbor('E', w.end)
}

// backupSink is told what a backup holds; a nil function is not called. Slices
// are good only during the call. An error of a sink ends the reading and comes
// back as it is.
type backupSink struct {
	head  func(backupHead) error
	row   func(key, value []byte) error
	media func(hash string, b []byte) error
}

// recordReader reads what a recordWriter wrote, from a stream that nobody vouches for.
type recordReader struct {
	ctx  context.Context
	r    *bufio.Reader
	sum  hash.Hash
	got  backupEnd
	sink backupSink
	buf  []byte
}

// readRecords reads a whole content, checks every sum and count in it, and that
// nothing follows its end.
func readRecords(ctx context.Context, r io.Reader, sink backupSink) (h backupHead, end backupEnd, err error) {
	rr := &recordReader{ctx: ctx, r: bufio.NewReaderSize(r, 64<<10), sum: sha256.New(), sink: sink, got: backupEnd{Rows: map[string]int64{}}}
	tag, err := rr.tag()
	if err != nil {
		return h, end, err
	}
	if tag != 'H' {
		return h, end, errNoMember
	}
	if err := rr.cbor(&h); err != nil {
		return h, end, err
	}
	if sink.head != nil {
		if err := sink.head(h); err != nil {
			return h, end, err
		}
	}
	for {
		if err := ctx.Err(); err != nil {
			return h, end, err
		}
		if next, err := rr.r.Peek(1); err == nil && next[0] == 'E' {
			rr.got.Sum = rr.sum.Sum(nil)
		}
		switch tag, err = rr.tag(); {
		case err != nil:
			return h, end, err
		case tag == 'R':
			err = rr.row()
		case tag == 'M':
			err = rr.media()
		case tag == 'E':
			end, err = rr.end()
			return h, end, err
		default:
			err = errNoMember
		}
		if err != nil {
			return h, end, err
		}
	}
}

func (r *recordReader) tag() (byte, error) {
	b, err := r.r.ReadByte()
	if err != nil {
		return 0, cutOr(err)
	}
	r.sum.Write([]byte{b})
	return b, nil
}

// length reads a varint of at most limit.
func (r *recordReader) length(limit uint64) (int, error) {
	n, err := binary.ReadUvarint(r.r)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return 0, errCut
	case isSealError(err):
		return 0, err
	case err != nil, n > limit:
		return 0, errTooMuch
	}
	r.sum.Write(binary.AppendUvarint(nil, n))
	return int(n), nil
}

// isSealError tells the errors of the layer below from a malformed varint.
func isSealError(err error) bool {
	return errors.Is(err, errDamaged) || errors.Is(err, errCut) || errors.Is(err, errNotOurs)
}

// bytes reads n bytes into the reader's buffer, which it makes as they come.
func (r *recordReader) bytes(n int) ([]byte, error) {
	if cap(r.buf) < n {
		r.buf = make([]byte, n, max(n, 64<<10))
	}
	b := r.buf[:n]
	if _, err := io.ReadFull(r.r, b); err != nil {
		return nil, cutOr(err)
	}
	r.sum.Write(b)
	return b, nil
}

func (r *recordReader) cbor(v any) error {
	n, err := r.length(maxBackupCBOR)
	if err != nil {
		return err
	}
	b, err := r.bytes(n)
	if err != nil {
		return err
	}
	if err := cbor.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%w: %v", errNoMember, err)
	}
	return nil
}

func (r *recordReader) row() error {
	k, err := r.length(maxBackupKey)
	if err != nil {
		return err
	}
	v, err := r.length(maxBackupValue)
	if err != nil {
		return err
	}
	b, err := r.bytes(k + v)
	if err != nil {
		return err
	}
	kind := kindOf(b[:k])
	if r.got.Rows[kind]++; len(r.got.Rows) > maxBackupKinds || kind == "" {
		return errNoMember
	}
	if r.sink.row == nil {
		return nil
	}
	return r.sink.row(b[:k], b[k:])
}

func (r *recordReader) media() error {
	head, err := r.bytes(sha256.Size)
	if err != nil {
		return err
	}
	want := [sha256.Size]byte(head)
	n, err := r.length(maxBackupMedia)
	if err != nil {
		return err
	}
	b, err := r.bytes(n)
	if err != nil {
		return err
	}
	if sha256.Sum256(b) != want {
		return errNoMember
	}
	r.got.Media++
	r.got.Bytes += int64(n)
	if r.sink.media == nil {
		return nil
	}
	return r.sink.media(hex.EncodeToString(want[:]), b)
}

// end reads the last record and compares it with what was read.
func (r *recordReader) end() (backupEnd, error) {
	var e backupEnd
	if err := r.cbor(&e); err != nil {
		return e, err
	}
	if !e.equal(r.got) {
		return e, errNoMember
	}
	if _, err := r.r.ReadByte(); !errors.Is(err, io.EOF) {
		return e, errNoMember
	}
	return e, nil
}
