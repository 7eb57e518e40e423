//go:build crash && linux

package main_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/png"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"camp/node/camp/camptest"
)

// Marks of the store (reliability.md 2), in bytes.
const (
	noPictures = 300_000_000
	noWriting  = 150_000_000
)

// noisy is a picture that gets no smaller, never the same.
func noisy(t *testing.T, seed uint64) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 1200, 1200))
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range m.Pix {
		m.Pix[i] = byte(r.Uint32()) | byte(i%4/3*255)
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func free(t *testing.T, dir string) int64 {
	t.Helper()
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		t.Fatal(err)
	}
	return int64(s.Bavail) * s.Bsize
}

// leave fills the disk so that only so many bytes are free.
func leave(t *testing.T, path string, bytes int64) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if err := syscall.Fallocate(int(f.Fd()), 0, 0, free(t, filepath.Dir(path))-bytes); err != nil {
		t.Fatal(err)
	}
}

// TestFaultFullOfPictures fills a small disk with pictures that are posted, with
// many that are sent at the same time and are none, then lets another program
// fill it to the last byte. The program stays up and reads; what it has said yes
// to is there, whole; with room again it goes on by itself.
func TestFaultFullOfPictures(t *testing.T) {
	disk := camptest.MountImage(t, filepath.Join(t.TempDir(), "disk"), 700)
	c := buildCLI(t)
	dir := filepath.Join(disk, "camp")
	s := c.serve(dir, "--name", "The Orchard", "--host-user", "noor", "--lab-no-rate-limit")
	app := c.app(s, dir, "noor")
	leave(t, filepath.Join(disk, "spare"), noPictures+40_000_000)
	app.flood(disk)
	if err := os.Truncate(filepath.Join(disk, "spare"), 0); err != nil { // once full, it takes more to go on
		t.Fatal(err)
	}
	app.untilTaken(noisy(t, 999))
	leave(t, filepath.Join(disk, "spare"), noPictures+14_000_000)

	pictures := map[string]string{}
	var newest string
	_, status, answer := app.post("before the disk is full")
	for n := uint64(0); status == http.StatusOK && n < 100; n++ {
		var picture string
		if picture, status, answer = app.upload(noisy(t, n)); status != http.StatusOK {
			break
		}
		if newest, status, answer = app.post(fmt.Sprint("picture ", n), picture); status == http.StatusOK {
			pictures[newest] = app.shows(newest)
		}
	}
	if status != http.StatusUnprocessableEntity || !strings.Contains(answer, "no pictures can be added") || len(pictures) < 3 {
		t.Fatalf("after %d pictures: %d %s", len(pictures), status, answer)
	}
	t.Logf("%d pictures posted before the disk was called full; free now %d MB", len(pictures), free(t, disk)/1e6)
	if newest, status, answer = app.post("text still works"); status != http.StatusOK {
		t.Fatalf("text beside it: %d %s", status, answer)
	}

	// Another program takes the rest. What the program's log has to say is lost.
	camptest.FillFile(t, filepath.Join(disk, "filler"))
	app.reads("on a full disk", newest, pictures)
	if _, status, answer = app.post("too much"); status != http.StatusUnprocessableEntity || !strings.Contains(answer, "almost full") {
		t.Errorf("a post on a full disk: %d %s", status, answer)
	}
	if _, status, answer = app.upload(noisy(t, 1000)); status != http.StatusUnprocessableEntity || !strings.Contains(answer, "no pictures can be added") {
		t.Errorf("a picture on a full disk: %d %s", status, answer)
	}

	// A kill while a picture comes in, and a start with hardly any room.
	for _, name := range []string{"filler", "spare"} {
		if err := os.Truncate(filepath.Join(disk, name), 0); err != nil {
			t.Fatal(err)
		}
	}
	half := app.half()
	leave(t, filepath.Join(disk, "filler"), 60_000_000)
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	half()
	s = c.serve(dir)
	app.web = s.ready["web"].(string)
	app.reads("after a start on a full disk", newest, pictures)
	if _, status, answer = app.post("too much"); status != http.StatusUnprocessableEntity || !strings.Contains(answer, "almost full") {
		t.Errorf("a post after the start: %d %s", status, answer)
	}

	for _, name := range []string{"filler", "spare"} {
		if err := os.Remove(filepath.Join(disk, name)); err != nil {
			t.Fatal(err)
		}
	}
	app.untilTaken(noisy(t, 2000))
	app.reads("with room again", newest, pictures)
	wholeFiles(t, dir)
}

// untilTaken sends a picture until there is room.
func (f *faulty) untilTaken(content []byte) {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), time.Minute)
	defer cancel()
	for tick := time.NewTicker(100 * time.Millisecond); ; {
		p, status, answer := f.upload(content)
		if status == http.StatusOK {
			if _, status, answer := f.post("room again", p); status != http.StatusOK {
				f.t.Errorf("a post with room again: %d %s", status, answer)
			}
			tick.Stop()
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			f.t.Fatalf("with room again: %d %s", status, answer)
		}
	}
}

// part sends all of an upload but its last byte and gives what sends that and
// hears the answer.
func (f *faulty) part(content []byte) (rest func() (answer string), err error) {
	kind, body := f.form(content)
	conn, err := net.Dial("tcp", strings.TrimPrefix(f.web, "http://"))
	if err != nil {
		return func() string { return "" }, err
	}
	head := fmt.Sprintf("POST /api/v2/media HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n",
		strings.TrimPrefix(f.web, "http://"), f.token, kind, len(body))
	_ = conn.SetDeadline(time.Now().Add(2 * time.Minute))
	_, err = conn.Write(append([]byte(head), body[:len(body)-1]...))
	return func() string {
		_, _ = conn.Write(body[len(body)-1:])
		answer, _ := io.ReadAll(conn)
		_ = conn.Close()
		return string(answer)
	}, err
}

// half leaves an upload in the middle.
func (f *faulty) half() (end func() string) {
	f.t.Helper()
	end, err := f.part(noisy(f.t, 3000))
	if err != nil {
		f.t.Fatal(err)
	}
	return end
}

// flood has many send at once what looks like a picture, more than there is room
// for; the disk must never get near the mark where nothing can be written.
func (f *faulty) flood(disk string) {
	f.t.Helper()
	const senders = 12
	junk := make([]byte, 15<<20)
	if _, err := rand.NewChaCha8([32]byte{7}).Read(junk); err != nil {
		f.t.Fatal(err)
	}
	copy(junk, "\x89PNG\r\n\x1a\n")
	var all sync.WaitGroup
	rest := make([]func() string, senders)
	for i := range senders {
		all.Go(func() { rest[i], _ = f.part(junk) })
	}
	over := make(chan struct{})
	go func() { defer close(over); all.Wait() }()
	least, posts := free(f.t, disk), 0
	var watch sync.WaitGroup
	watch.Go(func() {
		for tick := time.NewTicker(time.Millisecond); ; least = min(least, free(f.t, disk)) {
			select {
			case <-over:
				tick.Stop()
				return
			case <-tick.C:
			}
		}
	})
	for sending := true; sending; posts++ {
		select {
		case <-over:
			sending = false
		default:
		}
		if _, status, answer := f.post("beside the flood"); status != http.StatusOK {
			f.t.Errorf("a post beside the flood: %d %s", status, answer)
		}
	}
	watch.Wait()
	var refused atomic.Int32
	for _, end := range rest {
		all.Go(func() {
			if strings.Contains(end(), "no pictures can be added") {
				refused.Add(1)
			}
		})
	}
	all.Wait()
	f.t.Logf("%d uploads of 15 MB at once, %d refused for want of room, %d posts beside them; never less than %d MB free", senders, refused.Load(), posts, least/1e6)
	if least < noWriting+100_000_000 {
		f.t.Errorf("only %d MB were free", least/1e6)
	}
	if refused.Load() == 0 {
		f.t.Error("nobody was refused: it was no flood")
	}
}

// wholeFiles wants every stored picture to be what its name says.
func wholeFiles(t *testing.T, dir string) {
	t.Helper()
	n := 0
	media := filepath.Join(dir, "media")
	err := filepath.WalkDir(media, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Dir(path) == media {
			return err // what lies in the folder itself is an upload not yet looked at
		}
		raw, err := os.ReadFile(path)
		if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != d.Name() {
			t.Errorf("%s is half a file of %d bytes", d.Name(), len(raw))
		}
		n++
		return err
	})
	if err != nil || n < 6 {
		t.Errorf("%d stored files, %v", n, err)
	}
}
