package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"camp/node/camp"

	"golang.org/x/sync/errgroup"
)

// house founds a camp with a host, members, posts and pictures, and gives its phrase.
func house(t testing.TB, db *DB, posts int) camp.Secret {
	t.Helper()
	phrase, err := NewPhrase(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(t.Context(), func(tx *Tx) error {
		host := camp.MemberID(tx.NextID())
		return errors.Join(
			tx.PutHouse(camp.House{Name: "De Zwerfkei", Slug: "zwerfkei", Fingerprint: "abcdefghijklmnop", Host: host, Made: tx.Now()}),
			tx.PutKeys(camp.Keys{Identity: camp.NewSecret(bytes.Repeat([]byte{7}, 32)), Tunnel: camp.NewSecret(bytes.Repeat([]byte{9}, 32)), Phrase: phrase}),
			tx.PutMember(camp.Member{ID: host, Name: "mara", Display: "Mara", Role: camp.RoleHost, Standing: camp.Joined, Joined: tx.Now()}),
			tx.PutMember(camp.Member{ID: camp.MemberID(tx.NextID()), Name: "tom", Display: "Tom", Role: camp.RoleMember, Standing: camp.Joined, Joined: tx.Now()}),
			tx.PutMember(camp.Member{ID: camp.MemberID(tx.NextID()), Name: "gone", Role: camp.RoleMember, Standing: camp.Left}),
			tx.PutRules(camp.Rules{Version: 1, Date: tx.Now(), Texts: []string{"Be kind."}}))
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, db, posts)
	for i := range 3 {
		picture(t, db, fmt.Sprintf("picture %d %s", i, strings.Repeat("x", i*50_000)))
	}
	return phrase
}

// write adds posts, a few hundred an act.
func write(t testing.TB, db *DB, n int) {
	t.Helper()
	for n > 0 {
		k := min(n, 200)
		err := db.Update(t.Context(), func(tx *Tx) error {
			for range k {
				id := camp.PostID(tx.NextID())
				p := camp.Post{ID: id, Root: id, Author: 1, Audience: camp.AudienceCamp, Text: fmt.Sprintf("post %s %s", id, strings.Repeat("wandelen ", 60)), Written: tx.Now()}
				if err := tx.PutPost(p, nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		n -= k
	}
}

// picture stores a file and a use of it.
func picture(t testing.TB, db *DB, content string) camp.MediaFile {
	t.Helper()
	sum := sha256.Sum256([]byte(content))
	hash := hex.EncodeToString(sum[:])
	path := mediaFile(db.opt.Dir, hash)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
		t.Fatal(err)
	}
	f := camp.MediaFile{ID: camp.MediaID("aaaaaaaaaa" + hash[:16]), Owner: 1, Post: 5, Hash: hash, Type: "image/png", Bytes: int64(len(content))}
	if err := db.Update(t.Context(), func(tx *Tx) error { f.Made = tx.Now(); return tx.PutMedia(f) }); err != nil {
		t.Fatal(err)
	}
	return f
}

// sumOf hashes all rows that a backup holds and all stored files.
func sumOf(t testing.TB, db *DB) string {
	t.Helper()
	sum := sha256.New()
	err := db.View(t.Context(), func(tx *Tx) error {
		for _, k := range savedKinds() {
			err := tx.scan(k.at(), nil, false, func(key, value []byte) bool {
				fmt.Fprintf(sum, "%x=%x\n", key, value)
				return true
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sumFiles(t, sum, db.opt.Dir)
	return hex.EncodeToString(sum.Sum(nil))
}

// sumOfActs is sumOf by another way: what the acts in the journal of a folder come
// to, from the first to the one with this sequence.
func sumOfActs(t testing.TB, dir string, last uint64) string {
	t.Helper()
	rows := map[string][]byte{}
	r := &reading{dir: filepath.Join(dir, "journal"), fs: osLayer{}, fn: func(rec record) error {
		if rec.seq > last {
			return nil
		}
		a, err := decodeActs(rec.payload)
		for _, one := range a.rows {
			if one.del {
				delete(rows, string(one.key))
			} else {
				rows[string(one.key)] = bytes.Clone(one.value)
			}
		}
		return err
	}}
	firsts, err := segments(osLayer{}, r.dir)
	if err == nil {
		err = r.walk(t.Context(), firsts, checkpoint{})
	}
	if err != nil || r.seq < last || firsts[0] != 1 {
		t.Fatalf("journal from %v to %d, wanted 1 to %d: %v", firsts, r.seq, last, err)
	}
	if r.end != nil {
		_ = r.end.file.Close() // opened to read only
	}
	sum := sha256.New()
	for _, k := range savedKinds() {
		for _, key := range slices.Sorted(maps.Keys(rows)) {
			if strings.HasPrefix(key, string(k.at())) {
				fmt.Fprintf(sum, "%x=%x\n", key, rows[key])
			}
		}
	}
	sumFiles(t, sum, dir)
	return hex.EncodeToString(sum.Sum(nil))
}

// sumFiles adds the stored files of a folder to a sum.
func sumFiles(t testing.TB, sum io.Writer, dir string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(dir, "media"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		fmt.Fprintf(sum, "%s %x\n", d.Name(), sha256.Sum256(b))
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
}

func backupTo(t testing.TB, db *DB, file string) camp.BackupBox {
	t.Helper()
	box, err := Backup(t.Context(), db, BackupOptions{File: file, App: "test", Pace: -1, testOnlyCheapKey: true})
	if err != nil {
		t.Fatal(err)
	}
	return box
}

func restoreTo(t testing.TB, file string, phrase camp.Secret, dir string, replace bool) (camp.BackupBox, error) {
	t.Helper()
	o := testOptions(t, dir)
	return Restore(t.Context(), RestoreOptions{File: file, Phrase: phrase, Dir: dir, Replace: replace, Now: o.Now, Rand: o.Rand, Log: o.Log})
}

// names lists what lies in a folder.
func names(t testing.TB, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestBackupAndRestore(t *testing.T) {
	for _, posts := range []int{0, 1, 4000} {
		t.Run(fmt.Sprint(posts), func(t *testing.T) {
			db := openTest(t, testOptions(t, t.TempDir()))
			phrase := house(t, db, posts)
			want, seq := sumOf(t, db), db.Seq()
			folder := t.TempDir()
			file := filepath.Join(folder, "a.campbackup")
			box := backupTo(t, db, file)
			if box.Camp != "De Zwerfkei" || box.Members != 2 || box.Posts != posts || !box.Whole || box.File != file || time.Since(box.Made) > time.Hour {
				t.Errorf("box = %+v", box)
			}
			st, err := os.Stat(file)
			if err != nil || st.Size() != box.Bytes || st.Mode().Perm() != 0o600 {
				t.Errorf("file: %v, %v", st, err)
			}
			if got := names(t, folder); len(got) != 1 {
				t.Errorf("beside the backup: %q", got)
			}
			checked, err := CheckBackup(t.Context(), file, phrase)
			if err != nil || checked != box {
				t.Errorf("check = %+v, %v; want %+v", checked, err, box)
			}
			dir := filepath.Join(t.TempDir(), "deep", "camp")
			got, err := restoreTo(t, file, phrase, dir, false)
			if err != nil || got != box {
				t.Fatalf("restore = %+v, %v", got, err)
			}
			back := openTest(t, testOptions(t, dir))
			if sumOf(t, back) != want {
				t.Error("the camp brought back holds something else")
			}
			if back.Seq() != seq {
				t.Errorf("sequence %d, want %d", back.Seq(), seq)
			}
			goesOn(t, db, back)
		})
	}
}

// goesOn writes to a camp that was brought back, and opens it again.
func goesOn(t *testing.T, old, back *DB) {
	t.Helper()
	var before, after uint64
	err := old.Update(t.Context(), func(tx *Tx) error { before = tx.NextID(); return nil })
	if err == nil {
		err = back.Update(t.Context(), func(tx *Tx) error {
			after = tx.NextID()
			return tx.PutRules(camp.Rules{Version: 2, Texts: []string{"Still kind."}})
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	if after>>16 < before>>16 {
		t.Errorf("ids ran back: %d, %d", before, after)
	}
	if err := back.Close(); err != nil {
		t.Fatal(err)
	}
	again := openTest(t, back.opt)
	err = again.View(t.Context(), func(tx *Tx) error {
		r, ok, err := tx.Rules(2)
		if !ok || len(r.Texts) != 1 {
			t.Error("what was written after the restore is not there")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if again.Seq() != back.Seq() {
		t.Errorf("sequence %d, want %d", again.Seq(), back.Seq())
	}
}

// TestBackupWhileWriting restores a backup made under load; it must be one of
// the states that the camp was in, to the last bit: the sum of all acts from the
// first to some n-th, none of them by half.
func TestBackupWhileWriting(t *testing.T) {
	db := openTest(t, testOptions(t, t.TempDir()))
	phrase := house(t, db, 500)
	ctx, stop := context.WithCancel(t.Context())
	g, ctx := errgroup.WithContext(ctx)
	var mu sync.Mutex // guards counts
	counts := map[string]int{}
	for w := range 8 {
		g.Go(func() error {
			for i := 0; ctx.Err() == nil; i++ {
				name := fmt.Sprintf("w%d", w)
				err := db.Update(t.Context(), func(tx *Tx) error {
					a, b := camp.MemberID(tx.NextID()), camp.MemberID(tx.NextID())
					return errors.Join(
						tx.PutMember(camp.Member{ID: a, Name: fmt.Sprintf("%s_%d_a", name, i), Standing: camp.Declined}),
						tx.PutMember(camp.Member{ID: b, Name: fmt.Sprintf("%s_%d_b", name, i), Standing: camp.Declined}),
						tx.PutPost(camp.Post{ID: camp.PostID(a), Root: camp.PostID(a), Author: 1, Audience: camp.AudienceCamp, Text: name, Written: tx.Now()}, nil),
						tx.PutRules(camp.Rules{Version: 1, Date: tx.Now(), Texts: []string{fmt.Sprint("Be kind, says ", name, " ", i)}}))
				})
				if err != nil {
					return err
				}
				mu.Lock()
				counts[name] = i + 1
				mu.Unlock()
			}
			return nil
		})
	}
	file := filepath.Join(t.TempDir(), "load.campbackup")
	time.Sleep(50 * time.Millisecond)
	mu.Lock()
	least := map[string]int{}
	for k, v := range counts {
		least[k] = v
	}
	mu.Unlock()
	backupTo(t, db, file)
	stop()
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := restoreTo(t, file, phrase, dir, false); err != nil {
		t.Fatal(err)
	}
	back := openTest(t, testOptions(t, dir))
	at, last := back.Seq(), db.Seq()
	if got, want := sumOf(t, back), sumOfActs(t, db.opt.Dir, at); got != want {
		t.Errorf("what came back is not what the acts up to %d come to", at)
	}
	if now := sumOf(t, db); at >= last || now != sumOfActs(t, db.opt.Dir, last) || now == sumOf(t, back) {
		t.Errorf("backup of %d, at last %d: it was no backup under load, or the sum sees no difference", at, last)
	}
	err := back.View(t.Context(), func(tx *Tx) error {
		for w := range 8 {
			name := fmt.Sprintf("w%d", w)
			n := 0
			for ; ; n++ {
				_, a, err := tx.MemberByName(fmt.Sprintf("%s_%d_a", name, n))
				_, b, err2 := tx.MemberByName(fmt.Sprintf("%s_%d_b", name, n))
				if err := errors.Join(err, err2); err != nil {
					return err
				}
				if a != b {
					t.Errorf("writer %d: half of act %d is there", w, n)
				}
				if !a {
					break
				}
			}
			if n < least[name] || n > counts[name] {
				t.Errorf("writer %d: %d acts, %d were acknowledged before the backup began and %d in all", w, n, least[name], counts[name])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// flipped gives places all over the file: every byte of the front and the tail,
// and a sample between.
func flipped(size int) (at []int) {
	r := mathrand.New(mathrand.NewPCG(1, 2))
	for i := range size {
		if i < 150 || i >= size-60 || r.IntN(size) < 200 {
			at = append(at, i)
		}
	}
	return at
}

func TestEveryFlippedByteIsRefused(t *testing.T) {
	db := openTest(t, testOptions(t, t.TempDir()))
	phrase := house(t, db, 300)
	folder := t.TempDir()
	file := filepath.Join(folder, "a.campbackup")
	backupTo(t, db, file)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	said := map[string]int{}
	for i, at := range flipped(len(whole)) {
		b := bytes.Clone(whole)
		b[at] ^= 1 << (i % 8)
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := restoreTo(t, file, phrase, dir, false)
		f := camp.AsFault(err)
		if f == nil {
			t.Fatalf("byte %d of %d flipped, and the backup was taken", at, len(whole))
		}
		said[f.Say]++
		if _, err := CheckBackup(t.Context(), file, camp.Secret{}); err == nil {
			t.Errorf("byte %d: damage not seen without the phrase", at)
		}
	}
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("left in the data folder: %q", got)
	}
	for say := range said {
		switch say {
		case "backup.damaged.say", "backup.cut.say", "backup.foreign.say", "backup.newer.say":
		default:
			t.Errorf("a flipped byte was called %s", say)
		}
	}
	if said["backup.damaged.say"] < 250 {
		t.Errorf("said: %v", said)
	}
	for _, n := range []int{0, 1, 7, 8, 13, 14, 20, 100, 5000, len(whole) / 2, len(whole) - 41, len(whole) - 40, len(whole) - 1} {
		if err := os.WriteFile(file, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := restoreTo(t, file, phrase, dir, false)
		want := "backup.cut.say"
		if n < len(backupMagic) {
			want = "backup.foreign.say"
		}
		if f := camp.AsFault(err); f == nil || f.Say != want {
			t.Errorf("cut at %d: %v, want %s", n, err, want)
		}
	}
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("left in the data folder: %q", got)
	}
}

// TestForgeries change the file and set its plain sum right again, as somebody
// would who wants to be believed.
func TestForgeries(t *testing.T) {
	db := openTest(t, testOptions(t, t.TempDir()))
	phrase := house(t, db, 4000) // a few chunks
	file := filepath.Join(t.TempDir(), "a.campbackup")
	backupTo(t, db, file)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	front, chunks := chunksOf(t, whole)
	if len(chunks) < 3 {
		t.Fatalf("only %d chunks", len(chunks))
	}
	other := filepath.Join(t.TempDir(), "b.campbackup")
	backupTo(t, db, other)
	foreign, err := os.ReadFile(other)
	if err != nil {
		t.Fatal(err)
	}
	_, theirs := chunksOf(t, foreign)
	flag := func(c []byte) []byte { c = bytes.Clone(c); c[0] ^= 0x80; return c }
	last := len(chunks) - 1
	for name, list := range map[string][][]byte{
		"first left out":       chunks[1:],
		"one left out":         append([][]byte{chunks[0]}, chunks[2:]...),
		"last left out":        chunks[:last],
		"cut at a chunk":       append(append([][]byte{}, chunks[:last-1]...), flag(chunks[last-1])),
		"two swapped":          append([][]byte{chunks[1], chunks[0]}, chunks[2:]...),
		"one twice":            append([][]byte{chunks[0], chunks[0]}, chunks[1:]...),
		"last not last":        append(append([][]byte{}, chunks[:last]...), flag(chunks[last])),
		"one of another file":  append([][]byte{chunks[0], theirs[1]}, chunks[2:]...),
		"all of another file":  theirs,
		"more after the last":  append(append([][]byte{}, chunks...), chunks[last]),
		"none":                 nil,
		"a length of nothing":  {{0, 0, 0, 0}},
		"a length of 2 GB":     {{0x7f, 0xff, 0xff, 0xff}},
		"a last of 2 GB":       {{0xff, 0xff, 0xff, 0xff}},
		"a chunk of one zero":  {append([]byte{0, 0, 0, 17}, make([]byte, 17)...)},
		"last chunk of a zero": {append([]byte{0x80, 0, 0, 17}, make([]byte, 17)...)},
	} {
		b := bytes.Clone(front)
		for _, c := range list {
			b = append(b, c...)
		}
		sum := sha256.Sum256(b)
		b = append(append(b, backupTail...), sum[:]...)
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := CheckBackup(t.Context(), file, camp.Secret{}); err != nil {
			t.Errorf("%s: the forged sum is not right: %v", name, err)
		}
		_, err := CheckBackup(t.Context(), file, phrase)
		if f := camp.AsFault(err); f == nil || f.Kind != camp.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// chunksOf cuts a backup into its front and its chunks.
func chunksOf(t *testing.T, b []byte) (front []byte, chunks [][]byte) {
	t.Helper()
	_, front, err := readFront(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for rest := b[len(front) : len(b)-backupTailLen]; len(rest) > 0; {
		n := 4 + int(rest[0]&0x7f)<<24 + int(rest[1])<<16 + int(rest[2])<<8 + int(rest[3])
		chunks = append(chunks, rest[:n])
		rest = rest[n:]
	}
	return front, chunks
}

func TestWordsForEachRefusal(t *testing.T) {
	dir := t.TempDir()
	db := openTest(t, testOptions(t, dir))
	phrase := house(t, db, 10)
	folder := t.TempDir()
	file := filepath.Join(folder, "a.campbackup")
	backupTo(t, db, file)
	other, err := NewPhrase(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	put := func(name string, b []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	newer := bytes.Clone(whole)
	newer[9] = 2
	empty := t.TempDir()
	for _, c := range []struct {
		name   string
		file   string
		phrase camp.Secret
		dir    string
		kind   camp.Kind
		say    string
	}{
		{"missing", filepath.Join(folder, "none"), phrase, empty, camp.NotFound, "backup.file_missing.say"},
		{"a folder", folder, phrase, empty, camp.Invalid, "backup.foreign.say"},
		{"foreign", put("letter.txt", []byte(strings.Repeat("Dear Mara, ", 50))), phrase, empty, camp.Invalid, "backup.foreign.say"},
		{"empty", put("empty", nil), phrase, empty, camp.Invalid, "backup.foreign.say"},
		{"newer", put("newer", newer), phrase, empty, camp.Conflict, "backup.newer.say"},
		{"cut", put("cut", whole[:len(whole)-9]), phrase, empty, camp.Invalid, "backup.cut.say"},
		{"wrong phrase", file, other, empty, camp.Invalid, "backup.phrase_wrong.say"},
		{"no phrase", file, camp.Secret{}, empty, camp.Invalid, "backup.phrase_wrong.say"},
		{"half a phrase", file, camp.NewSecret([]byte("ABCDE-FGHJK")), empty, camp.Invalid, "backup.phrase_length.say"},
		{"a camp is there", file, phrase, dir, camp.Conflict, "backup.camp_there.say"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := restoreTo(t, c.file, c.phrase, c.dir, false)
			if f := camp.AsFault(err); f == nil || f.Say != c.say || f.Kind != c.kind {
				t.Errorf("got %v, want %s", err, c.say)
			}
			if got := names(t, empty); len(got) != 0 {
				t.Errorf("left in the data folder: %q", got)
			}
		})
	}
	for name, c := range map[string]struct{ file, say string }{
		"no folder":   {filepath.Join(folder, "gone", "a"), "backup.folder_missing.say"},
		"other file":  {filepath.Join(folder, "letter.txt"), "backup.other_file.say"},
		"folder name": {folder, "backup.other_file.say"},
	} {
		_, err := Backup(t.Context(), db, BackupOptions{File: c.file, Pace: -1})
		if f := camp.AsFault(err); f == nil || f.Say != c.say {
			t.Errorf("%s: %v, want %s", name, err, c.say)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Backup(ctx, db, BackupOptions{File: file, Pace: -1})
	if f := camp.AsFault(err); f == nil || f.Say != "backup.stopped.say" {
		t.Errorf("stopped: %v", err)
	}
	if again, err := os.ReadFile(file); err != nil || !bytes.Equal(again, whole) {
		t.Error("a backup that was not made replaced the old one")
	}
}

// TestMissingPictures: a file that is gone or damaged does not end the backup.
func TestMissingPictures(t *testing.T) {
	db := openTest(t, testOptions(t, t.TempDir()))
	phrase := house(t, db, 1)
	gone, bad := picture(t, db, "one that goes"), picture(t, db, "one that is damaged")
	if err := errors.Join(os.Remove(mediaFile(db.opt.Dir, gone.Hash)), os.WriteFile(mediaFile(db.opt.Dir, bad.Hash), []byte("else"), 0o600)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "a")
	box := backupTo(t, db, file)
	if box.Missing != 2 {
		t.Errorf("Missing = %d", box.Missing)
	}
	dir := t.TempDir()
	if _, err := restoreTo(t, file, phrase, dir, false); err != nil {
		t.Fatal(err)
	}
	if there(mediaFile(dir, bad.Hash)) {
		t.Error("a damaged picture was brought back as if it were whole")
	}
}

// TestNoNamesInTheClear looks for words of the camp in the file.
func TestNoNamesInTheClear(t *testing.T) {
	db := openTest(t, testOptions(t, t.TempDir()))
	phrase := house(t, db, 20)
	file := filepath.Join(t.TempDir(), "a")
	backupTo(t, db, file)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"Zwerfkei", "mara", "wandelen", "Be kind", string(phrase.Reveal()[:11]), strings.ReplaceAll(string(phrase.Reveal()), "-", "")} {
		if bytes.Contains(b, []byte(word)) {
			t.Errorf("the file shows %q", word)
		}
	}
}

func TestCoversOnlyWhenAsked(t *testing.T) {
	db := openTest(t, testOptions(t, t.TempDir()))
	house(t, db, 20)
	file := filepath.Join(t.TempDir(), "a")
	backupTo(t, db, file)
	if got := db.covered.seq.Load(); got != 0 {
		t.Errorf("a backup to anywhere covers %d", got)
	}
	if _, err := Backup(t.Context(), db, BackupOptions{File: file, Pace: -1, Covers: true, testOnlyCheapKey: true}); err != nil {
		t.Fatal(err)
	}
	if got := db.covered.seq.Load(); got != db.Seq() {
		t.Errorf("covers %d of %d", got, db.Seq())
	}
}

func BenchmarkBackup50000(b *testing.B) {
	db := openTest(b, testOptions(b, b.TempDir()))
	phrase := house(b, db, 25_000) // two rows each
	file := filepath.Join(b.TempDir(), "a")
	for b.Loop() {
		box := backupTo(b, db, file)
		b.SetBytes(box.Bytes)
	}
	_, end, err := readBackup(b.Context(), file, phrase, backupSink{}, -1)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(end.rows()), "rows")
}

// TestNewerRows: a backup of rows that only a newer program knows is refused
// while nothing has changed yet.
func TestNewerRows(t *testing.T) {
	phrase := testPhrase(t)
	for name, fill := range map[string]func(w *recordWriter) error{
		"format": func(w *recordWriter) error { return w.head(backupHead{Name: "x", Schema: 1_000_000}) },
		"kind": func(w *recordWriter) error {
			return errors.Join(w.head(backupHead{Name: "x", Schema: 1}), w.row([]byte("hologram/1"), []byte("x")))
		},
	} {
		var b bytes.Buffer
		s, err := newSealer(&b, cheap(), phrase)
		if err != nil {
			t.Fatal(err)
		}
		w := newRecordWriter(s)
		err = fill(w)
		_, ferr := w.finish()
		if err := errors.Join(err, ferr, s.Close()); err != nil {
			t.Fatal(err)
		}
		file, dir := filepath.Join(t.TempDir(), "a"), t.TempDir()
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err = restoreTo(t, file, phrase, dir, false)
		if f := camp.AsFault(err); f == nil || f.Say != "backup.newer.say" {
			t.Errorf("%s: %v", name, err)
		}
		if got := names(t, dir); len(got) != 0 {
			t.Errorf("%s: left %q", name, got)
		}
	}
}
