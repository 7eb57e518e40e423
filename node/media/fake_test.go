package media

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"log/slog"
	"sort"
	"sync"
	"testing"
	"time"

	"camp/node/camp"
)

// fakeStore keeps rows in maps, with the behaviour that needs.go asks for.
type fakeStore struct {
	now     func() time.Time
	mu      sync.Mutex // guards what follows
	media   map[camp.MediaID]camp.MediaFile
	faces   map[camp.MediaID]bool // in use as somebody's face
	orphans map[string]bool
	fail    error // of the next Update
}

func newFakeStore(now func() time.Time) *fakeStore {
	return &fakeStore{now: now, media: map[camp.MediaID]camp.MediaFile{}, faces: map[camp.MediaID]bool{}, orphans: map[string]bool{}}
}

func (s *fakeStore) Update(_ context.Context, fn func(Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.fail; err != nil {
		s.fail = nil
		return err
	}
	return fn(fakeTx{s})
}

func (s *fakeStore) View(_ context.Context, fn func(Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fn(fakeTx{s})
}

type fakeTx struct{ s *fakeStore }

func (t fakeTx) Now() time.Time { return t.s.now() }

func (t fakeTx) Media(id camp.MediaID) (camp.MediaFile, bool, error) {
	f, ok := t.s.media[id]
	return f, ok, nil
}

func (t fakeTx) PutMedia(f camp.MediaFile) error {
	t.s.media[f.ID] = f
	delete(t.s.orphans, f.Hash)
	delete(t.s.orphans, f.Thumb)
	return nil
}

func (t fakeTx) DropMedia(id camp.MediaID) error {
	f, ok := t.s.media[id]
	if !ok {
		return nil
	}
	delete(t.s.media, id)
	for _, h := range []string{f.Hash, f.Thumb} {
		if n, _ := t.MediaUses(h); n == 0 && h != "" {
			t.s.orphans[h] = true
		}
	}
	return nil
}

func (t fakeTx) MediaUses(hash string) (int, error) {
	n := 0
	for _, f := range t.s.media {
		if f.Hash == hash || f.Thumb == hash {
			n++
		}
	}
	return n, nil
}

func (t fakeTx) MediaOf(m camp.MemberID) (list []camp.MediaFile, err error) {
	for _, f := range t.s.media {
		if f.Owner == m {
			list = append(list, f)
		}
	}
	return list, nil
}

func (t fakeTx) MediaLoose(before time.Time, limit int) (list []camp.MediaFile, err error) {
	for _, f := range t.s.media {
		if f.Post == 0 && !t.s.faces[f.ID] && f.Made.Before(before) && len(list) < limit {
			list = append(list, f)
		}
	}
	return list, nil
}

func (t fakeTx) OrphanHashes(limit int) (list []string, err error) {
	for h := range t.s.orphans {
		list = append(list, h)
	}
	sort.Strings(list)
	return list[:min(len(list), limit)], nil
}

func (t fakeTx) DropOrphan(hash string) error { delete(t.s.orphans, hash); return nil }

func (t fakeTx) MediaBytes(m camp.MemberID) (n int64, err error) {
	for _, f := range t.s.media {
		if f.Owner == m {
			n += f.Bytes
		}
	}
	return n, nil
}

var (
	mara = camp.Actor{Member: 7, Role: camp.RoleMember}
	tom  = camp.Actor{Member: 8, Role: camp.RoleGuest}
)

type rig struct {
	*Media
	store *fakeStore
	clock time.Time
}

// newRig makes Media on a fake store; the limit of time is generous, since
// tests share slow machines.
func newRig(t testing.TB) *rig {
	r := &rig{clock: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	r.store = newFakeStore(func() time.Time { return r.clock })
	r.Media = New(Options{
		Store: r.store, Dir: t.TempDir(), Now: func() time.Time { return r.clock }, Rand: rand.Reader,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Limit: 2 * time.Minute,
	})
	return r
}

// photo draws something that compresses like a photograph; half of it is red,
// the lower right quarter blue, so that turning can be seen.
func photo(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	noise := uint32(1)
	for y := range h {
		line := m.Pix[y*m.Stride:][:4*w]
		for x := range w {
			noise = noise*1664525 + 1013904223
			n := byte(noise >> 29)
			c := [4]byte{200 + n, byte(40 + 30*y/h), 40 + n, 255}
			if x >= w/2 {
				c = [4]byte{40 + n, byte(150 + 40*y/h), 60, 255}
				if y >= h/2 {
					c = [4]byte{40, 40 + n, 220, 255}
				}
			}
			copy(line[4*x:], c[:])
		}
	}
	return m
}

func jpegOf(t testing.TB, m image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// segment is a JPEG marker segment.
func segment(marker byte, body string) string {
	return "\xff" + string([]byte{marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}) + body
}

// withSegments puts segments behind the start of a JPEG.
func withSegments(j []byte, segments ...string) []byte {
	out := append([]byte(nil), j[:2]...)
	for _, s := range segments {
		out = append(out, s...)
	}
	return append(out, j[2:]...)
}

// chunk is a PNG chunk.
func chunk(name, body string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, name...), body...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:])))
}

// withChunks puts chunks behind the header of a PNG.
func withChunks(p []byte, chunks ...string) []byte {
	out := append([]byte(nil), p[:33]...)
	for _, c := range chunks {
		out = append(out, c...)
	}
	return append(out, p[33:]...)
}

// exif builds an EXIF block as a camera writes it: orientation, maker, a GPS
// directory with a place near Utrecht, and a thumbnail that holds the canary.
func exif(o binary.AppendByteOrder, turn uint16, canary string) string {
	var tail []byte
	const heads = 8 + 2 + 4*12 + 4 // header and first directory
	entry := func(b []byte, tag, typ uint16, n, v uint32) []byte {
		b = o.AppendUint16(o.AppendUint16(b, tag), typ)
		return o.AppendUint32(o.AppendUint32(b, n), v)
	}
	put := func(s []byte) uint32 { at := heads + len(tail); tail = append(tail, s...); return uint32(at) }
	order := "II*\x00"
	if o.String() == "BigEndian" {
		order = "MM\x00*"
	}
	maker := put([]byte(canary + "\x00"))
	degrees := func(d, m, s uint32) uint32 {
		var b []byte
		for _, v := range []uint32{d, m, s} {
			b = o.AppendUint32(o.AppendUint32(b, v), 1)
		}
		return put(b)
	}
	lat, long := degrees(52, 5, 26), degrees(5, 7, 17)
	var gps []byte
	gps = o.AppendUint16(gps, 4)
	gps = entry(gps, 1, 2, 2, 0)
	gps = entry(gps, 2, 5, 3, lat)
	gps = entry(gps, 3, 2, 2, 0)
	gps = entry(gps, 4, 5, 3, long)
	gps = o.AppendUint32(gps, 0)
	at := put(gps)
	put([]byte("\xff\xd8" + canary + "\xff\xd9"))
	b := o.AppendUint32([]byte(order), 8)
	b = o.AppendUint16(b, 4)
	short := o.AppendUint16(o.AppendUint16(nil, turn), 0)
	b = entry(b, 0x010f, 2, uint32(len(canary)+1), maker)
	b = o.AppendUint16(o.AppendUint16(b, 0x0112), 3)
	b = append(o.AppendUint32(b, 1), short...)
	b = entry(b, 0x8825, 4, 1, at)
	b = entry(b, 0x9999, 4, 1, 0)
	b = o.AppendUint32(b, 0)
	return string(append(b, tail...))
}
