package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"camp/node/camp"

	"github.com/google/go-cmp/cmp"
)

// cheap is a header whose key costs little to derive.
func cheap() backupHeader {
	return backupHeader{App: "1", Camp: "abcdefghijklmnop", Made: 1_763_800_000, Salt: bytes.Repeat([]byte{1}, backupSalt), Prefix: bytes.Repeat([]byte{2}, backupPrefix), Time: 1, KiB: 8, Threads: 1}
}

func testPhrase(t testing.TB) camp.Secret {
	p, err := NewPhrase(bytes.NewReader(make([]byte, phraseBytes)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sealed gives content as a file.
func sealed(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	s, err := newSealer(&b, cheap(), testPhrase(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSealAndOpen(t *testing.T) {
	for _, n := range []int{0, 1, backupChunk - 1, backupChunk, backupChunk + 1, 3*backupChunk + 17} {
		content := make([]byte, n)
		if _, err := rand.Read(content); err != nil {
			t.Fatal(err)
		}
		file := sealed(t, content)
		if err := checkSum(bytes.NewReader(file), int64(len(file))); err != nil {
			t.Errorf("%d: %v", n, err)
		}
		o, err := newOpener(bytes.NewReader(file), testPhrase(t))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(o)
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes: read %d, %v", n, len(got), err)
		}
		if d := cmp.Diff(cheap(), o.h); d != "" {
			t.Error(d)
		}
	}
}

// content writes records.
func content(t testing.TB) []byte {
	var b bytes.Buffer
	w := newRecordWriter(&b)
	err := errors.Join(w.head(backupHead{Name: "Zwerfkei", Members: 3, Posts: 2, Sequence: 9}),
		w.row([]byte("post/1"), []byte("one")), w.row([]byte("post/2"), nil), w.row([]byte("log/x"), []byte("two")),
		w.media([32]byte{0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55}, nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.finish(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRecords(t *testing.T) {
	var rows []string
	h, end, err := readRecords(t.Context(), bytes.NewReader(content(t)), backupSink{
		row: func(k, v []byte) error { rows = append(rows, string(k)+"="+string(v)); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	if h.Name != "Zwerfkei" || h.Members != 3 || h.Sequence != 9 {
		t.Errorf("head = %+v", h)
	}
	if d := cmp.Diff([]string{"post/1=one", "post/2=", "log/x=two"}, rows); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]int64{"post/": 2, "log/": 1}, end.Rows); d != "" || end.Media != 1 || end.rows() != 3 {
		t.Error(d, end.Media)
	}
	whole := content(t)
	for n := range whole {
		if _, _, err := readRecords(t.Context(), bytes.NewReader(whole[:n]), backupSink{}); err == nil {
			t.Errorf("cut at %d: taken", n)
		}
		if n > bytes.LastIndexByte(whole, 'E') {
			continue // what the end says of itself; the seal guards that
		}
		b := bytes.Clone(whole)
		b[n] ^= 0x10
		if _, _, err := readRecords(t.Context(), bytes.NewReader(b), backupSink{}); err == nil {
			t.Errorf("flipped at %d: taken", n)
		}
	}
	if _, _, err := readRecords(t.Context(), bytes.NewReader(append(bytes.Clone(whole), 0)), backupSink{}); err == nil {
		t.Error("a byte behind the end: taken")
	}
	stop := errors.New("stop")
	if _, _, err := readRecords(t.Context(), bytes.NewReader(whole), backupSink{row: func(_, _ []byte) error { return stop }}); !errors.Is(err, stop) {
		t.Errorf("the sink's error is lost: %v", err)
	}
}

// TestHostileLengths: nothing is made for a length before it is checked.
func TestHostileLengths(t *testing.T) {
	big := strings.Repeat("\xff", 9) + "\x01"
	for name, b := range map[string]string{
		"head": "H" + big, "head over": "H" + big + "\xff", "row": "H\x01\xa0R" + big, "value": "H\x01\xa0R\x05" + big,
		"media": "H\x01\xa0M" + strings.Repeat("x", 32) + big, "end": "H\x01\xa0E" + big,
	} {
		n := testing.AllocsPerRun(1, func() {
			if _, _, err := readRecords(t.Context(), strings.NewReader(b), backupSink{}); !errors.Is(err, errDamaged) {
				t.Errorf("%s: %v", name, err)
			}
		})
		if n > 200 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	for name, change := range map[string]func(*backupHeader){
		"memory":  func(h *backupHeader) { h.KiB = 1 << 31 },
		"no time": func(h *backupHeader) { h.Time = 0 },
		"time":    func(h *backupHeader) { h.Time = 1 << 30 },
		"threads": func(h *backupHeader) { h.Threads = 0 },
		"salt":    func(h *backupHeader) { h.Salt = nil },
		"prefix":  func(h *backupHeader) { h.Prefix = make([]byte, 24) },
	} {
		h := cheap()
		change(&h)
		front, err := h.front()
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := readFront(bytes.NewReader(front)); !errors.Is(err, errDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		w := newPacer(t.Context(), io.Discard, 10<<20)
		for range 100 {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(start); d < 9900*time.Millisecond || d > 10100*time.Millisecond {
			t.Errorf("100 MiB at 10 MiB/s took %v", d)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		slow := newPaceReader(ctx, bytes.NewReader(make([]byte, 1<<20)), 1000)
		if _, err := io.Copy(io.Discard, slow); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a stopped reader: %v", err)
		}
		if d := time.Since(start); d > 12*time.Second {
			t.Errorf("stopping took until %v", d)
		}
	})
}

// FuzzBackup feeds whole files, and the same bytes as an unsealed content.
func FuzzBackup(f *testing.F) {
	f.Add(sealed(f, content(f)))
	f.Add(sealed(f, nil))
	f.Add(content(f))
	f.Add([]byte(backupMagic + "\x00\x01\x00\x00\x00\x01\xa0"))
	phrase := testPhrase(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _, _ = readRecords(t.Context(), bytes.NewReader(b), backupSink{})
		h, _, err := readFront(bytes.NewReader(b))
		if err != nil || h.KiB > 64 || h.Time > 1 {
			return // bounds are tested; deriving dear keys would only slow this down
		}
		o, err := newOpener(bytes.NewReader(b), phrase)
		if err != nil {
			t.Fatalf("a front that was read once does not open: %v", err)
		}
		if _, _, err := readRecords(t.Context(), o, backupSink{}); err == nil && checkSum(bytes.NewReader(b), int64(len(b))) == nil && !bytes.Equal(b[:len(backupMagic)], []byte(backupMagic)) {
			t.Fatal("taken without its mark")
		}
	})
}

// TestKeyIsDear: a real backup is sealed at the costs that we promise.
func TestKeyIsDear(t *testing.T) {
	db := openTest(t, testOptions(t, t.TempDir()))
	house(t, db, 1)
	h, _, err := db.backupHead(t.Context(), BackupOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if h.KiB != 64<<10 || h.Time < 3 || h.Threads < 1 {
		t.Errorf("costs %d, %d KiB, %d", h.Time, h.KiB, h.Threads)
	}
	if again, _, err := db.backupHead(t.Context(), BackupOptions{}); err != nil || bytes.Equal(again.Salt, h.Salt) || bytes.Equal(again.Prefix, h.Prefix) {
		t.Errorf("salt drawn twice, %v", err)
	}
	if err := h.check(); err != nil {
		t.Error(err)
	}
}
