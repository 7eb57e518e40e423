package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"camp/node/camp"
)

// RestoreOptions say what is brought back, and where. Now, Rand and Log must be set.
type RestoreOptions struct {
	File    string // the backup
	Phrase  camp.Secret
	Dir     string // the data folder; made where there is none. No camp may be open in it
	Replace bool   // a camp that lives in Dir is put aside; without this it is refused
	// Carry takes over what the camp that lives in Dir knows, and the backup does
	// not, into the one that was brought back, before this takes its place. Where
	// the old one cannot be read it is nil. Carry itself nil: nothing is taken over.
	Carry func(ctx context.Context, old, fresh *DB) error
	Now   func() time.Time
	Rand  io.Reader
	Log   *slog.Logger
}

const (
	beforeRestore = "before-restore-" // and the day: what the folder held before
	restoreFolder = "restore-"        // and eight letters: a camp being brought back
	swapFile      = "restore.swap"    // the moves of a restore, while they are made
	keepBefore    = 30 * 24 * time.Hour
	dayForm       = "2006-01-02"
)

// Restore brings the camp of a backup back. It first reads and checks the whole
// file, then builds the camp in a new folder inside Dir, and only when that is
// whole moves it into its place, by renames. A camp that was there is kept for
// 30 days in Dir/before-restore-DATE. On any error, and when ctx ends, Dir is as
// it was. After a crash in the middle of the renames, FinishRestore goes on.
//
// Faults: those of CheckBackup; conflict where a camp is there and Replace is
// not set; full.
func Restore(ctx context.Context, opt RestoreOptions) (camp.BackupBox, error) {
	box, err := restore(ctx, opt)
	if err != nil {
		return camp.BackupBox{}, fileFault(err)
	}
	return box, nil
}

func restore(ctx context.Context, opt RestoreOptions) (box camp.BackupBox, err error) {
	if len(opt.Phrase.Reveal()) == 0 {
		return box, errNotOurs
	}
	unlock, err := lockFolder(opt.Dir)
	if err != nil && !opt.Replace {
		return box, camp.NewFault(camp.Conflict, "backup.camp_there.say", err)
	}
	if err != nil {
		return box, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := FinishRestore(opt.Dir); err != nil {
		return box, err
	}
	if !opt.Replace && holdsCamp(opt.Dir) {
		return box, camp.NewFault(camp.Conflict, "backup.camp_there.say", nil)
	}
	box, end, err := readBackup(ctx, opt.File, opt.Phrase, backupSink{}, -1)
	if err != nil {
		return box, err
	}
	if err := os.MkdirAll(opt.Dir, 0o700); err != nil {
		return box, err
	}
	if err := roomToRestore(opt.Dir, box.Bytes); err != nil {
		return box, err
	}
	name, err := restoreName(opt.Rand)
	if err != nil {
		return box, err
	}
	fresh := filepath.Join(opt.Dir, name)
	err = opt.build(ctx, fresh, end)
	if err == nil {
		err = opt.carry(ctx, fresh)
	}
	if err != nil {
		return box, errors.Join(err, os.RemoveAll(fresh))
	}
	return box, opt.swap(name)
}

// roomToRestore refuses a disk that would be nearly full with the camp of a
// backup of that size, which takes about twice as much while its tables settle.
func roomToRestore(dir string, size int64) error {
	free, err := FreeSpace(dir)
	if err != nil {
		return err
	}
	if free < 2*size+spaceMedia {
		return camp.NewFault(camp.Full, "backup.restore_room.say", fmt.Errorf("%d bytes free", free))
	}
	return nil
}

// FreeSpace gives the bytes that this program may still write to the disk that
// holds the folder.
func FreeSpace(folder string) (int64, error) {
	d, err := askDisk(folder)
	if err != nil {
		return 0, fmt.Errorf("ask for the free space: %w", err)
	}
	return d.free, nil
}

// holdsCamp reports whether a camp lives in the data folder.
func holdsCamp(dir string) bool {
	for _, name := range []string{"db", "journal"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return true
		}
	}
	return false
}

func restoreName(rand io.Reader) (string, error) {
	var b [4]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", fmt.Errorf("draw a folder's name: %w", err)
	}
	return restoreFolder + hex.EncodeToString(b[:]), nil
}

// build makes a whole camp of the backup in a new folder.
func (opt RestoreOptions) build(ctx context.Context, dir string, want backupEnd) (err error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	l, err := openLoader(ctx, Options{Dir: dir, Now: opt.Now, Rand: opt.Rand, Log: opt.Log})
	if err != nil {
		return fmt.Errorf("open a new store: %w", err)
	}
	files := fileBuilder{dir: dir, folders: map[string]bool{}}
	_, end, err := readBackup(ctx, opt.File, opt.Phrase, backupSink{head: l.begin, row: l.row, media: files.put}, -1)
	if err == nil && !end.equal(want) {
		err = errNoMember // somebody changed the file between two readings
	}
	if err != nil {
		return errors.Join(err, l.db.Close())
	}
	return l.close(ctx)
}

// fileBuilder writes stored files into a new folder.
type fileBuilder struct {
	dir     string
	folders map[string]bool
}

func (b *fileBuilder) put(hash string, content []byte) error {
	path := mediaFile(b.dir, hash)
	folder := filepath.Dir(path)
	if !b.folders[folder] {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
		b.folders[folder] = true
	}
	return os.WriteFile(path, content, 0o600) // synced with all the rest, by the loader
}

// swapPlan is what restore.swap holds: the moves that put a new camp in place.
// Each of them can be made again, so a crash between two does no harm.
type swapPlan struct {
	Fresh string   `json:"fresh"` // folder of the camp brought back
	Aside string   `json:"aside"` // folder for what was there
	Names []string `json:"names"` // of files and folders that make up a camp
}

// swap moves the camp in fresh into its place.
func (opt RestoreOptions) swap(fresh string) error {
	list, err := os.ReadDir(filepath.Join(opt.Dir, fresh))
	if err != nil {
		return err
	}
	names, err := storeNames(opt.Dir)
	if err != nil {
		return err
	}
	for _, e := range list {
		if !slices.Contains(names, e.Name()) {
			names = append(names, e.Name())
		}
	}
	aside, err := freeName(opt.Dir, beforeRestore+opt.Now().UTC().Format(dayForm))
	if err != nil {
		return err
	}
	b, err := json.Marshal(swapPlan{Fresh: fresh, Aside: aside, Names: names})
	if err != nil {
		return err
	}
	if err := writeWhole(filepath.Join(opt.Dir, swapFile), b); err != nil {
		return err
	}
	return FinishRestore(opt.Dir)
}

// storeNames are the files and folders of a data folder that belong to a store;
// "db", which every store has, is moved in first (see brought).
func storeNames(dir string) ([]string, error) {
	names := []string{"db", "journal", "media", formatFile, startingFile}
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range list {
		if strings.HasPrefix(e.Name(), "db.") { // what the engine notes about "db"
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// freeName gives name, or name-2, name-3, … whichever does not exist.
func freeName(dir, name string) (string, error) {
	for i, try := 2, name; i < 1000; i++ {
		if _, err := os.Lstat(filepath.Join(dir, try)); errors.Is(err, fs.ErrNotExist) {
			return try, nil
		}
		try = fmt.Sprintf("%s-%d", name, i)
	}
	return "", fmt.Errorf("no free name for %s", name)
}

// writeWhole puts b into a file by way of a temporary one.
func writeWhole(path string, b []byte) error {
	f, err := os.OpenFile(path+partSuffix, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+partSuffix, path); err != nil {
		return err
	}
	return osLayer{}.syncDir(filepath.Dir(path))
}

// FinishRestore makes the moves of a restore that was cut short by a crash. It
// must run before the store of dir is opened; with nothing to finish it does
// nothing. Folders of a restore that came to nothing are removed.
func FinishRestore(dir string) error {
	raw, err := os.ReadFile(filepath.Join(dir, swapFile))
	if errors.Is(err, fs.ErrNotExist) {
		return dropUnfinished(dir)
	}
	if err != nil {
		return fmt.Errorf("finish a restore: %w", err)
	}
	var p swapPlan
	if err := json.Unmarshal(raw, &p); err != nil || !p.proper() {
		return fmt.Errorf("finish a restore: %w", errDamaged)
	}
	if err := p.move(dir); err != nil {
		return fmt.Errorf("finish a restore: %w", err)
	}
	if err := os.Remove(filepath.Join(dir, swapFile)); err != nil {
		return fmt.Errorf("finish a restore: %w", err)
	}
	return errors.Join(osLayer{}.syncDir(dir), dropUnfinished(dir))
}

// proper refuses a plan that would move anything outside the folder.
func (p swapPlan) proper() bool {
	for _, n := range append([]string{p.Fresh, p.Aside}, p.Names...) {
		if n == "" || n != filepath.Base(n) || n == "." || n == ".." {
			return false
		}
	}
	return len(p.Names) > 0 && strings.HasPrefix(p.Fresh, restoreFolder) && strings.HasPrefix(p.Aside, beforeRestore)
}

// move first puts aside all that was there, then brings all that is new: where
// the old one was put aside, the new one is still in fresh or already in place.
func (p swapPlan) move(dir string) error {
	in := func(parts ...string) string { return filepath.Join(append([]string{dir}, parts...)...) }
	if err := os.MkdirAll(in(p.Aside), 0o700); err != nil {
		return err
	}
	for _, name := range p.Names {
		if there(in(name)) && !there(in(p.Aside, name)) && p.old(dir, name) {
			if err := os.Rename(in(name), in(p.Aside, name)); err != nil {
				return err
			}
		}
	}
	if err := errors.Join(osLayer{}.syncDir(in(p.Aside)), osLayer{}.syncDir(dir)); err != nil {
		return err
	}
	for _, name := range p.Names {
		if there(in(p.Fresh, name)) {
			if err := os.Rename(in(p.Fresh, name), in(name)); err != nil {
				return err
			}
		}
	}
	if err := errors.Join(osLayer{}.syncDir(dir), os.RemoveAll(in(p.Fresh))); err != nil {
		return err
	}
	if err := os.Remove(in(p.Aside)); err != nil && !holds(in(p.Aside)) {
		return err // empty, and still not removed
	}
	return nil
}

// old reports whether what stands under name is from before the restore: it is,
// unless the new one has already left the fresh folder for it.
func (p swapPlan) old(dir, name string) bool {
	return there(filepath.Join(dir, p.Fresh, name)) || !p.brought(dir)
}

// brought reports whether the second half of the moves has begun: every new
// camp has a "db", which is the first to be moved.
func (p swapPlan) brought(dir string) bool {
	return !there(filepath.Join(dir, p.Fresh, p.Names[0]))
}

func there(path string) bool { _, err := os.Lstat(path); return err == nil }

func holds(dir string) bool {
	list, err := os.ReadDir(dir)
	return err == nil && len(list) > 0
}

// dropUnfinished removes what a restore left that never came to its moves.
func dropUnfinished(dir string) error {
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for unfinished restores: %w", err)
	}
	var errs []error
	for _, e := range list {
		if e.IsDir() && isRestoreName(e.Name()) {
			errs = append(errs, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
	}
	return errors.Join(errs...)
}

func isRestoreName(name string) bool {
	b, err := hex.DecodeString(strings.TrimPrefix(name, restoreFolder))
	return err == nil && len(b) == 4 && strings.HasPrefix(name, restoreFolder)
}

// ForgetBefore removes what earlier restores put aside more than 30 days ago,
// and gives how many folders went.
func ForgetBefore(dir string, now time.Time) (int, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return 0, fmt.Errorf("look for old camps: %w", err)
	}
	n := 0
	for _, e := range list {
		day, ok := strings.CutPrefix(e.Name(), beforeRestore)
		if !ok || !e.IsDir() || len(day) < len(dayForm) {
			continue
		}
		at, err := time.Parse(dayForm, day[:len(dayForm)])
		if err != nil || now.Sub(at) < keepBefore+24*time.Hour {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return n, fmt.Errorf("remove an old camp: %w", err)
		}
		n++
	}
	return n, nil
}

// fileFault is backupFault for a file that is to be read.
func fileFault(err error) error {
	switch {
	case errors.As(err, new(*camp.Fault)):
	case errors.Is(err, fs.ErrNotExist):
		return camp.NewFault(camp.NotFound, "backup.file_missing.say", err)
	case errors.Is(err, fs.ErrPermission):
		return camp.NewFault(camp.NotAllowed, "backup.file_denied.say", err)
	}
	return backupFault(err)
}
