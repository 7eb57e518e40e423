package store

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"sort"
	"syscall"
	"time"

	"camp/node/camp"
)

// BackupOptions say where a backup goes.
type BackupOptions struct {
	File   string      // absolute path; the folder must exist. A backup of that name is replaced once the new one is whole
	App    string      // version of the program
	Phrase camp.Secret // the recovery phrase; the zero value takes the camp's own
	Pace   int64       // bytes per second to the disk; 0 for 10 MB/s, negative for no bound
	Covers bool        // the file stays where a rescue finds it: the journal before it may go

	testOnlyCheapKey bool // derive the key at next to no cost
}

const (
	backupPace = 10 << 20
	partSuffix = ".part"
)

// Backup writes all rows as they are at this moment, the stored files they
// name and the camp's keys into one sealed file, beside whatever else the camp
// does. It writes under a temporary name, syncs, reads the whole file back and
// counts it, and only then gives it its name: a file of that name is always a
// whole backup. On any error, and when ctx ends, no file is left.
//
// Faults: not found where the folder is missing, not allowed where it cannot be
// written, full, conflict where File exists and is no backup, internal.
func Backup(ctx context.Context, db *DB, opt BackupOptions) (camp.BackupBox, error) {
	box, err := db.backup(ctx, opt)
	if err != nil {
		return camp.BackupBox{}, backupFault(err)
	}
	return box, nil
}

func (db *DB) backup(ctx context.Context, opt BackupOptions) (box camp.BackupBox, err error) {
	defer func() {
		if lerr := db.letGo(manyTables); err == nil {
			err = lerr
		}
	}()
	if err := mayReplace(opt.File); err != nil {
		return box, err
	}
	head, phrase, err := db.backupHead(ctx, opt)
	if err != nil {
		return box, err
	}
	part := opt.File + partSuffix
	defer func() {
		if err != nil {
			_ = os.Remove(part) // the error that counts is err
		}
	}()
	said, end, err := db.writeBackup(ctx, part, head, phrase, opt.Pace)
	if err != nil {
		return box, fmt.Errorf("write backup: %w", err)
	}
	box, got, err := readBack(ctx, part, phrase, opt.Pace)
	if err != nil {
		return box, fmt.Errorf("read backup back: %w", err)
	}
	if !got.equal(end) {
		return box, fmt.Errorf("read backup back: %w", errNoMember)
	}
	if err := os.Rename(part, opt.File); err != nil {
		return box, fmt.Errorf("name the backup: %w", err)
	}
	if err := (osLayer{}).syncDir(filepath.Dir(opt.File)); err != nil {
		return box, fmt.Errorf("sync the backup's folder: %w", err)
	}
	if opt.Covers {
		db.Covered(said.Sequence)
	}
	if end.Missing > 0 {
		db.opt.Log.Error("stored files are missing", "count", end.Missing)
	}
	box.File = opt.File
	return box, nil
}

// mayReplace refuses to write over anything that is not a backup of ours.
func mayReplace(file string) error {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	magic := make([]byte, len(backupMagic))
	if _, err := io.ReadFull(f, magic); err != nil || string(magic) != backupMagic {
		return camp.NewFault(camp.Conflict, "backup.other_file.say", nil)
	}
	return nil
}

func (db *DB) backupHead(ctx context.Context, opt BackupOptions) (h backupHeader, phrase camp.Secret, err error) {
	h = backupHeader{App: opt.App, Made: db.opt.Now().Unix(), Time: argonTime, KiB: argonKiB, Threads: argonThreads}
	if opt.testOnlyCheapKey {
		h.Time, h.KiB, h.Threads = 1, 8, 1
	}
	drawn := make([]byte, backupSalt+backupPrefix)
	if _, err := io.ReadFull(db.opt.Rand, drawn); err != nil {
		return h, phrase, fmt.Errorf("draw salt: %w", err)
	}
	h.Salt, h.Prefix = drawn[:backupSalt], drawn[backupSalt:]
	phrase = opt.Phrase
	err = db.View(ctx, func(tx *Tx) error {
		var own camp.Secret
		if h.Camp, own, err = tx.backupIdentity(); err != nil {
			return err
		}
		if len(phrase.Reveal()) == 0 {
			phrase = own
		}
		return nil
	})
	return h, phrase, err
}

// writeBackup writes the file under its temporary name and syncs it.
func (db *DB) writeBackup(ctx context.Context, part string, h backupHeader, phrase camp.Secret, pace int64) (head backupHead, end backupEnd, err error) {
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return head, end, err
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	s, err := newSealer(newPacer(ctx, f, pace), h, phrase)
	if err != nil {
		return head, end, err
	}
	debug.FreeOSMemory()
	b := bufio.NewWriterSize(s, 64<<10)
	w := newRecordWriter(b)
	head, hashes, err := db.writeRows(ctx, w)
	if err != nil {
		return head, end, err
	}
	if err := db.writeMedia(ctx, w, hashes); err != nil {
		return head, end, err
	}
	if end, err = w.finish(); err != nil {
		return head, end, err
	}
	if err := b.Flush(); err != nil {
		return head, end, err
	}
	if err := s.Close(); err != nil {
		return head, end, err
	}
	return head, end, f.Sync()
}

// writeRows writes all rows of one moment and gives the hashes they name, sorted.
func (db *DB) writeRows(ctx context.Context, w *recordWriter) (head backupHead, hashes []string, err error) {
	err = db.View(ctx, func(tx *Tx) error {
		if head, err = tx.backupContents(); err != nil {
			return err
		}
		if err := w.head(head); err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, k := range savedKinds() {
			var fault error
			err := tx.scan([]byte(k.prefix), nil, false, func(key, value []byte) bool {
				if fault = ctx.Err(); fault == nil {
					fault = w.row(key, value)
				}
				if fault == nil && k == kMedia {
					fault = noteHashes(value, seen)
				}
				return fault == nil
			})
			if err := errors.Join(err, fault); err != nil {
				return fmt.Errorf("rows of %s: %w", k.prefix, err)
			}
		}
		for h := range seen {
			hashes = append(hashes, h)
		}
		sort.Strings(hashes)
		return nil
	})
	return head, hashes, err
}

// writeMedia writes each stored file once. One that is missing or damaged is
// counted: the rest of the camp is worth a backup all the same.
func (db *DB) writeMedia(ctx context.Context, w *recordWriter, hashes []string) error {
	for _, h := range hashes {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := os.ReadFile(mediaFile(db.opt.Dir, h))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("read a stored file: %w", err)
		}
		sum := sha256.Sum256(b)
		if err != nil || hex.EncodeToString(sum[:]) != h {
			w.end.Missing++
			continue
		}
		if err := w.media(sum, b); err != nil {
			return err
		}
	}
	return nil
}

// mediaFile is where the stored file of a hash lies below the data folder.
func mediaFile(dir, hash string) string { return filepath.Join(dir, "media", hash[:2], hash) }

// readBack opens a written backup anew and reads all of it.
func readBack(ctx context.Context, file string, phrase camp.Secret, pace int64) (camp.BackupBox, backupEnd, error) {
	if pace == 0 {
		pace = backupPace
	}
	return readBackup(ctx, file, phrase, backupSink{}, 4*pace)
}

// CheckBackup reads a whole backup and compares every sum and count in it.
// Without a phrase (the zero value) it can only tell damage: the box then names
// no camp and counts nobody, and Whole says that no byte is damaged.
//
// Faults, all of kind Invalid unless said otherwise: the file is missing (not
// found), foreign, made by a newer version (conflict), cut, damaged, or the
// phrase does not open it.
func CheckBackup(ctx context.Context, file string, phrase camp.Secret) (camp.BackupBox, error) {
	box, _, err := readBackup(ctx, file, phrase, backupSink{}, -1)
	if err != nil {
		return camp.BackupBox{}, fileFault(err)
	}
	return box, nil
}

// readBackup checks the sum of the whole file first, so that nothing is opened
// in a damaged one, then opens it and hands its content to sink.
func readBackup(ctx context.Context, file string, phrase camp.Secret, sink backupSink, pace int64) (box camp.BackupBox, end backupEnd, err error) {
	f, err := os.Open(file)
	if err != nil {
		return box, end, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return box, end, err
	}
	if st.IsDir() {
		return box, end, errForeign
	}
	h, _, err := readFront(f)
	if err != nil {
		return box, end, err
	}
	box = camp.BackupBox{File: file, Made: h.made(), Bytes: st.Size()}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return box, end, err
	}
	in := newPaceReader(ctx, f, pace)
	if err := checkSum(in, st.Size()); err != nil {
		return box, end, err
	}
	if len(phrase.Reveal()) == 0 {
		box.Whole = true
		return box, end, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return box, end, err
	}
	o, err := newOpener(bufio.NewReaderSize(in, 64<<10), phrase)
	if err != nil {
		return box, end, err
	}
	head, end, err := readRecords(ctx, o, sink)
	if err != nil {
		return box, end, err
	}
	if o.used != st.Size()-int64(backupTailLen) {
		return box, end, errNoMember // something stands between the last chunk and the tail
	}
	box.Camp, box.Members, box.Posts = head.Name, head.Members, head.Posts
	box.Missing, box.Whole = int(end.Missing), true
	return box, end, nil
}

// backupFault gives the sentence for what went wrong with a backup file.
func backupFault(err error) error {
	var f *camp.Fault
	if errors.As(err, &f) {
		return f
	}
	for _, c := range []struct {
		is   error
		kind camp.Kind
		say  string
	}{
		{errForeign, camp.Invalid, "backup.foreign.say"},
		{errNewer, camp.Conflict, "backup.newer.say"},
		{errCut, camp.Invalid, "backup.cut.say"},
		{errDamaged, camp.Invalid, "backup.damaged.say"},
		{errNotOurs, camp.Invalid, "backup.phrase_wrong.say"},
		{fs.ErrNotExist, camp.NotFound, "backup.folder_missing.say"},
		{fs.ErrPermission, camp.NotAllowed, "backup.folder_denied.say"},
		{syscall.ENOSPC, camp.Full, "backup.no_room.say"},
		{context.Canceled, camp.Offline, "backup.stopped.say"},
		{context.DeadlineExceeded, camp.Offline, "backup.stopped.say"},
	} {
		if errors.Is(err, c.is) {
			return camp.NewFault(c.kind, c.say, err)
		}
	}
	return camp.NewFault(camp.Internal, "backup.failed.say", err)
}

// pacer holds reading or writing to so many bytes a second, in small steps.
type pacer struct {
	ctx  context.Context
	rate int64 // bytes per second; < 1 for no bound
	owed time.Duration
}

const paceStep = 50 * time.Millisecond

func (p *pacer) did(n int) error {
	if err := p.ctx.Err(); err != nil {
		return err
	}
	if p.rate < 1 {
		return nil
	}
	if p.owed += time.Duration(n) * time.Second / time.Duration(p.rate); p.owed < paceStep {
		return nil
	}
	t := time.NewTimer(p.owed)
	defer t.Stop()
	p.owed = 0
	select {
	case <-t.C:
		return nil
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
}

type paceWriter struct {
	pacer
	w io.Writer
}

func newPacer(ctx context.Context, w io.Writer, rate int64) *paceWriter {
	if rate == 0 {
		rate = backupPace
	}
	return &paceWriter{pacer: pacer{ctx: ctx, rate: rate}, w: w}
}

func (p *paceWriter) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	if err == nil {
		err = p.did(n)
	}
	return n, err
}

type paceReader struct {
	pacer
	r io.Reader
}

func newPaceReader(ctx context.Context, r io.Reader, rate int64) *paceReader {
	return &paceReader{pacer: pacer{ctx: ctx, rate: rate}, r: r}
}

func (p *paceReader) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if perr := p.did(n); err == nil {
		err = perr
	}
	return n, err
}
