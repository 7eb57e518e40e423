package store

import (
	"bytes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/fxamacker/cbor/v2"
	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"

	"camp/node/camp"
)

// A backup file, all numbers big-endian:
//
//	magic "CAMPSAVE" | format (2) | header length (4) | header (CBOR)
//	chunk:   length of the sealed bytes (4, top bit: last chunk) | sealed bytes
//	… more chunks …
//	tail "CAMPTAIL" | SHA-256 of everything before the tail's magic
//
// Each chunk holds at most 1 MiB of the content (see backup_rows.go), sealed by
// XChaCha20-Poly1305. The nonce is 15 random bytes of the file, the last flag
// and the chunk's number, the associated data the SHA-256 of everything before
// the first chunk: so no chunk can be left out, moved, doubled, put into another
// file or be the last one by a cut. The key comes from the recovery phrase by
// Argon2id with the salt and the costs in the header. The tail is a plain check
// against damage, so that damage and a wrong phrase can be told apart; it adds
// nothing against somebody who changes the file on purpose, the seals do that.
const (
	backupMagic  = "CAMPSAVE"
	backupTail   = "CAMPTAIL"
	backupFormat = 1

	backupChunk     = 1 << 20
	backupHeaderMax = 4096
	backupTailLen   = len(backupTail) + sha256.Size
	backupSalt      = 16
	backupPrefix    = chacha20poly1305.NonceSizeX - 9
	backupLastFlag  = 1 << 31

	// What we write, and the most that we would spend on reading.
	argonTime, argonTimeMax     = 3, 10
	argonKiB, argonKiBMax       = 64 << 10, 256 << 10
	argonThreads, argonThreadsX = 2, 8
)

// backupHeader stands in the clear at the front of the file. It names nobody.
type backupHeader struct {
	App     string `cbor:"1,keyasint"` // version of the program that wrote it
	Camp    string `cbor:"2,keyasint"` // fingerprint of the camp's identity key
	Made    int64  `cbor:"3,keyasint"` // Unix seconds
	Salt    []byte `cbor:"4,keyasint"`
	Prefix  []byte `cbor:"5,keyasint"` // of every nonce
	Time    uint32 `cbor:"6,keyasint"` // Argon2id
	KiB     uint32 `cbor:"7,keyasint"`
	Threads uint8  `cbor:"8,keyasint"`
}

func (h backupHeader) made() time.Time { return time.Unix(h.Made, 0).UTC() }

// check refuses costs and lengths that no backup of ours has.
func (h backupHeader) check() error {
	switch {
	case len(h.Salt) != backupSalt, len(h.Prefix) != backupPrefix:
		return errors.New("salt or nonce of the wrong length")
	case h.Time < 1 || h.Time > argonTimeMax, h.KiB < 1 || h.KiB > argonKiBMax, h.Threads < 1 || h.Threads > argonThreadsX:
		return errors.New("costs out of bounds")
	case len(h.App) > 100, len(h.Camp) > 100:
		return errors.New("names too long")
	}
	return nil
}

// key derives the file's key; about a tenth of a second and KiB of memory.
func (h backupHeader) key(phrase camp.Secret) (cipher.AEAD, error) {
	bits, err := readPhrase(string(phrase.Reveal()))
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.NewX(argon2.IDKey(bits[:], h.Salt, h.Time, h.KiB, h.Threads, chacha20poly1305.KeySize))
	if err != nil {
		return nil, fmt.Errorf("make the backup's key: %w", err)
	}
	return aead, nil
}

func (h backupHeader) nonce(n uint64, last bool) []byte {
	b := append(make([]byte, 0, chacha20poly1305.NonceSizeX), h.Prefix...)
	if last {
		b = append(b, 1)
	} else {
		b = append(b, 0)
	}
	return binary.BigEndian.AppendUint64(b, n)
}

// front gives everything before the first chunk.
func (h backupHeader) front() ([]byte, error) {
	body, err := cbor.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("encode the backup's header: %w", err)
	}
	b := append([]byte(backupMagic), 0, backupFormat)
	b = binary.BigEndian.AppendUint32(b, uint32(len(body)))
	return append(b, body...), nil
}

// sealer writes content as sealed chunks. Close writes the last chunk and the tail.
type sealer struct {
	w    io.Writer
	aead cipher.AEAD
	h    backupHeader
	ad   []byte
	sum  hash.Hash // of the file so far
	n    uint64
	buf  []byte // content of the chunk being filled
	out  []byte
}

func newSealer(w io.Writer, h backupHeader, phrase camp.Secret) (*sealer, error) {
	aead, err := h.key(phrase)
	if err != nil {
		return nil, err
	}
	front, err := h.front()
	if err != nil {
		return nil, err
	}
	ad := sha256.Sum256(front)
	s := &sealer{w: w, aead: aead, h: h, ad: ad[:], sum: sha256.New(), buf: make([]byte, 0, backupChunk)}
	return s, s.emit(front)
}

func (s *sealer) emit(b []byte) error {
	s.sum.Write(b)
	_, err := s.w.Write(b)
	return err
}

// Write gathers content; it never keeps p.
func (s *sealer) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if len(s.buf) == backupChunk {
			if err := s.chunk(false); err != nil {
				return 0, err
			}
		}
		k := min(len(p), backupChunk-len(s.buf))
		s.buf = append(s.buf, p[:k]...)
		p = p[k:]
	}
	return n, nil
}

func (s *sealer) chunk(last bool) error {
	size := uint32(len(s.buf) + s.aead.Overhead())
	if last {
		size |= backupLastFlag
	}
	s.out = binary.BigEndian.AppendUint32(s.out[:0], size)
	s.out = s.aead.Seal(s.out, s.h.nonce(s.n, last), s.buf, s.ad)
	s.n++
	s.buf = s.buf[:0]
	return s.emit(s.out)
}

// Close seals the last chunk and writes the tail; it does not close the file.
func (s *sealer) Close() error {
	if err := s.chunk(true); err != nil {
		return err
	}
	_, err := s.w.Write(s.sum.Sum([]byte(backupTail)))
	return err
}

// Why a file is not a whole backup; each has its own sentence (faultOf).
var (
	errForeign  = errors.New("not a backup of a camp")
	errNewer    = errors.New("made by a newer version")
	errCut      = errors.New("the end is missing")
	errDamaged  = errors.New("damaged")
	errNotOurs  = errors.New("sealed with another phrase")
	errTooMuch  = fmt.Errorf("%w: a length out of bounds", errDamaged)
	errNoMember = fmt.Errorf("%w: it does not hold what it says", errDamaged)
)

// readFront reads up to the first chunk and gives the header and the front itself.
func readFront(r io.Reader) (h backupHeader, front []byte, err error) {
	front = make([]byte, len(backupMagic)+2+4)
	if n, err := io.ReadFull(r, front); err != nil {
		if n >= len(backupMagic) && bytes.HasPrefix(front, []byte(backupMagic)) {
			return h, nil, cutOr(err)
		}
		return h, nil, foreignOr(err)
	}
	if !bytes.HasPrefix(front, []byte(backupMagic)) {
		return h, nil, errForeign
	}
	switch v := binary.BigEndian.Uint16(front[len(backupMagic):]); {
	case v > backupFormat:
		return h, nil, errNewer
	case v == 0:
		return h, nil, errDamaged
	}
	size := binary.BigEndian.Uint32(front[len(backupMagic)+2:])
	if size == 0 || size > backupHeaderMax {
		return h, nil, errTooMuch
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return h, nil, cutOr(err)
	}
	if err := cbor.Unmarshal(body, &h); err != nil {
		return h, nil, fmt.Errorf("%w: header: %v", errDamaged, err)
	}
	if err := h.check(); err != nil {
		return h, nil, fmt.Errorf("%w: header: %v", errDamaged, err)
	}
	return h, append(front, body...), nil
}

func cutOr(err error) error     { return endOr(err, errCut) }
func foreignOr(err error) error { return endOr(err, errForeign) }

// endOr tells an end of the file from a disk that cannot be read.
func endOr(err, end error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return end
	}
	return err
}

// opener reads what a sealer wrote, chunk by chunk, and gives io.EOF only after
// the last chunk. It holds one chunk in memory.
type opener struct {
	r    io.Reader
	aead cipher.AEAD
	h    backupHeader
	ad   []byte
	n    uint64
	used int64 // bytes of the file so far
	last bool
	in   []byte
	rest []byte // content not yet read
}

func newOpener(r io.Reader, phrase camp.Secret) (*opener, error) {
	h, front, err := readFront(r)
	if err != nil {
		return nil, err
	}
	aead, err := h.key(phrase)
	if err != nil {
		return nil, err
	}
	ad := sha256.Sum256(front)
	return &opener{r: r, aead: aead, h: h, ad: ad[:], used: int64(len(front))}, nil
}

// Read gives the next content.
func (o *opener) Read(p []byte) (int, error) {
	for len(o.rest) == 0 {
		if o.last {
			return 0, io.EOF
		}
		if err := o.chunk(); err != nil {
			return 0, err
		}
	}
	n := copy(p, o.rest)
	o.rest = o.rest[n:]
	return n, nil
}

func (o *opener) chunk() error {
	var head [4]byte
	if _, err := io.ReadFull(o.r, head[:]); err != nil {
		return cutOr(err)
	}
	size := binary.BigEndian.Uint32(head[:])
	o.last = size&backupLastFlag != 0
	size &^= backupLastFlag
	if int(size) < o.aead.Overhead() || int(size) > backupChunk+o.aead.Overhead() {
		return errTooMuch
	}
	if o.in == nil {
		o.in = make([]byte, backupChunk+o.aead.Overhead())
	}
	if _, err := io.ReadFull(o.r, o.in[:size]); err != nil {
		return cutOr(err)
	}
	content, err := o.aead.Open(o.in[:0], o.h.nonce(o.n, o.last), o.in[:size], o.ad)
	if err != nil {
		if o.n == 0 {
			return errNotOurs // the sum was right, so the key is not
		}
		return errDamaged
	}
	o.n++
	o.used += int64(len(head)) + int64(size)
	o.rest = content
	return nil
}

// checkSum reads the whole file of the given size and compares its tail.
func checkSum(r io.Reader, size int64) error {
	sum := sha256.New()
	body := size - int64(backupTailLen)
	if body < 0 {
		return errCut
	}
	if _, err := io.CopyN(sum, r, body); err != nil {
		return cutOr(err)
	}
	tail := make([]byte, backupTailLen)
	if _, err := io.ReadFull(r, tail); err != nil {
		return cutOr(err)
	}
	if !bytes.HasPrefix(tail, []byte(backupTail)) {
		return errCut
	}
	if !bytes.Equal(tail[len(backupTail):], sum.Sum(nil)) {
		return errDamaged
	}
	return nil
}
