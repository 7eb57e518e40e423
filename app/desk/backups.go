package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"camp/node/camp"
)

// BackupPlan says where backups go and how many stay.
type BackupPlan struct {
	Folder string // absolute
	Own    bool   // the data folder's own: made where it is missing
	Daily  int    // 0: StandardDaily
	Weekly int    // 0: StandardWeekly
}

// How many backups stay unless the host says otherwise.
const (
	StandardDaily  = 7
	StandardWeekly = 4
)

// BackupOptions are what backups need. All but Free, Tidy and Changed must be set.
type BackupOptions struct {
	// Make writes a backup to file and reads it back; keep says that the file
	// stays where a rescue finds it.
	Make func(ctx context.Context, file string, keep bool) (camp.BackupBox, error)
	// Plan is asked anew each time.
	Plan func() BackupPlan
	// Name gives the first part of the files' names, "" while the camp has none.
	Name func() string
	// Free gives the free bytes of the disk that holds a folder; nil: not asked.
	Free func(folder string) (int64, error)
	// Tidy is called once a day; nil for nothing to do.
	Tidy func(ctx context.Context, now time.Time) error
	// Changed is told that State gives something new; nil for nobody.
	Changed func()
	Now     func() time.Time
	Log     *slog.Logger
}

const (
	backupExt    = ".campbackup"
	backupStamp  = "2006-01-02-1504" // UTC
	backupHour   = 3                 // local: from here on a new day's backup is due
	backupSettle = 2 * time.Minute   // after a start, before the first look
	backupLook   = 10 * time.Minute
	backupRetry  = time.Hour
	backupOldest = 30 * 24 * time.Hour // what was erased is out of the backups after this
	backupSpare  = 1 << 30             // bytes that a backup must leave free where the camp lives
)

// Backups makes a backup a day, also for days that were missed, and removes
// those that are no longer wanted. Safe for concurrent use.
type Backups struct {
	opt  BackupOptions
	turn chan struct{} // holds one token while nobody makes a backup
	poke chan struct{} // asks Run to look now

	mu    sync.Mutex // guards what follows
	state camp.Backup
	retry time.Time // not before this, after a failure
}

// NewBackups makes Backups and looks which there are; it starts nothing.
func NewBackups(opt BackupOptions) *Backups {
	b := &Backups{opt: opt, turn: make(chan struct{}, 1), poke: make(chan struct{}, 1)}
	b.turn <- struct{}{}
	b.look()
	return b
}

// State says how the backups stand.
func (b *Backups) State() camp.Backup {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state
}

// Replan is to be called when the plan has changed.
func (b *Backups) Replan() {
	b.change(func(st *camp.Backup) { b.retry, st.Problem = time.Time{}, nil })
	b.look()
	select {
	case b.poke <- struct{}{}:
	default:
	}
}

// Run makes backups when they are due, until ctx ends. A backup that fails is
// told by State and tried again after an hour.
func (b *Backups) Run(ctx context.Context) error {
	t := time.NewTimer(backupSettle)
	defer t.Stop()
	var tidied time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		case <-b.poke:
		}
		now := b.opt.Now()
		if b.due(now) {
			if _, err := b.Now(ctx, ""); err != nil && ctx.Err() == nil {
				b.opt.Log.Error("backup failed", "err", err)
			}
		}
		if b.opt.Tidy != nil && now.Sub(tidied).Abs() >= 24*time.Hour {
			tidied = now
			if err := b.opt.Tidy(ctx, now); err != nil && ctx.Err() == nil {
				b.opt.Log.Warn("old folders not removed", "err", err)
			}
		}
		t.Reset(backupLook)
	}
}

// due reports whether a backup is to be made now.
func (b *Backups) due(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !now.Before(b.retry) && backupDue(b.state.Last, now)
}

// backupDue reports whether the newest backup is from before the last time that
// it was three o'clock, local. One from the future, made under a wrong clock,
// does not count.
func backupDue(last, now time.Time) bool {
	if last.After(now.Add(time.Hour)) {
		return true
	}
	three := time.Date(now.Year(), now.Month(), now.Day(), backupHour, 0, 0, 0, now.Location())
	if three.After(now) {
		three = three.AddDate(0, 0, -1)
	}
	return last.Before(three)
}

// Now makes a backup at once: to the plan's folder, or to file, an absolute
// path. If one is being made it waits for that first. Faults are those of Make.
func (b *Backups) Now(ctx context.Context, file string) (camp.BackupBox, error) {
	select {
	case <-b.turn:
	case <-ctx.Done():
		return camp.BackupBox{}, camp.NewFault(camp.Offline, "backup.stopped.say", ctx.Err())
	}
	defer func() { b.turn <- struct{}{} }()
	b.change(func(st *camp.Backup) { st.Running = true })
	defer b.change(func(st *camp.Backup) { st.Running = false })
	if file != "" {
		return b.opt.Make(ctx, file, false)
	}
	box, err := b.planned(ctx)
	b.tell(ctx, box, err)
	return box, err
}

// planned makes one backup by the plan and removes those no longer wanted.
func (b *Backups) planned(ctx context.Context) (camp.BackupBox, error) {
	p, name := b.opt.Plan(), b.opt.Name()
	if name == "" {
		return camp.BackupBox{}, camp.NewFault(camp.Conflict, "backup.no_camp.say", nil)
	}
	if err := b.ready(p); err != nil {
		return camp.BackupBox{}, err
	}
	now := b.opt.Now()
	box, err := b.opt.Make(ctx, filepath.Join(p.Folder, name+"-"+now.UTC().Format(backupStamp)+backupExt), true)
	if err != nil {
		return box, err
	}
	if err := b.prune(p, name, now); err != nil {
		b.opt.Log.Warn("old backups not removed", "err", err)
	}
	return box, nil
}

// ready sees to it that the folder is there and has room for one like the last.
func (b *Backups) ready(p BackupPlan) error {
	if p.Own {
		if err := os.MkdirAll(p.Folder, 0o700); err != nil {
			return camp.NewFault(camp.Internal, "backup.folder_denied.say", err)
		}
	}
	if st, err := os.Stat(p.Folder); err != nil || !st.IsDir() {
		return camp.NewFault(camp.NotFound, "backup.folder_missing.say", err)
	}
	if b.opt.Free == nil {
		return nil
	}
	free, err := b.opt.Free(p.Folder)
	if err != nil {
		return fmt.Errorf("ask for the free space: %w", err)
	}
	last := b.State().Bytes
	need := last + last/4
	if p.Own {
		need += backupSpare
	}
	if free < need {
		return camp.NewFault(camp.Full, "backup.no_room.say", fmt.Errorf("%d bytes free", free))
	}
	return nil
}

// tell puts the outcome of a planned backup into the state.
func (b *Backups) tell(ctx context.Context, box camp.BackupBox, err error) {
	if err != nil && ctx.Err() != nil {
		return // the camp is stopping; that is no failure of the backup
	}
	b.change(func(st *camp.Backup) {
		b.plan(st)
		if err != nil {
			f := camp.AsFault(err)
			b.retry = b.opt.Now().Add(backupRetry)
			st.Problem = &camp.Problem{Say: f.Say, Args: f.Args, Deed: camp.DoBackupPlan}
			if f.Err != nil {
				st.Problem.Detail = f.Err.Error()
			}
			return
		}
		b.retry, st.Problem = time.Time{}, nil
		st.Last, st.File, st.Bytes, st.Checked = box.Made, box.File, box.Bytes, box.Whole
	})
}

// change alters the state under the lock and tells.
func (b *Backups) change(fn func(*camp.Backup)) {
	b.mu.Lock()
	fn(&b.state)
	b.mu.Unlock()
	if b.opt.Changed != nil {
		b.opt.Changed()
	}
}

// plan shows the plan in the state.
func (b *Backups) plan(st *camp.Backup) {
	p := b.opt.Plan()
	st.Folder, st.Daily, st.Weekly = p.Folder, p.daily(), p.weekly()
}

func (p BackupPlan) daily() int {
	if p.Daily < 1 {
		return StandardDaily
	}
	return p.Daily
}

func (p BackupPlan) weekly() int {
	if p.Weekly < 1 {
		return StandardWeekly
	}
	return p.Weekly
}

// look finds the newest backup in the plan's folder. Its name is given only to
// what was read back, so it counts as checked.
func (b *Backups) look() {
	files, err := backupsIn(b.opt.Plan().Folder, b.opt.Name())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		b.opt.Log.Warn("backup folder cannot be read", "err", err)
	}
	now := b.opt.Now()
	b.change(func(st *camp.Backup) {
		*st = camp.Backup{Running: st.Running, Problem: st.Problem}
		b.plan(st)
		for _, f := range files {
			if f.at.After(st.Last) && !f.at.After(now.Add(time.Hour)) {
				st.Last, st.File, st.Bytes, st.Checked = f.at, f.path, f.size, true
			}
		}
	})
}

// backupFile is a backup made by the plan.
type backupFile struct {
	path string
	at   time.Time // UTC, to the minute, by its name
	size int64
}

// backupsIn lists the backups that the plan made for the camp of that name; in
// the folder may lie other files, and other camps' backups.
func backupsIn(folder, name string) ([]backupFile, error) {
	list, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("list backups: %w", err)
	}
	var files []backupFile
	for _, e := range list {
		at, ok := backupTime(e.Name(), name)
		if !ok || !e.Type().IsRegular() {
			continue
		}
		st, err := e.Info()
		if err != nil {
			continue // gone meanwhile
		}
		files = append(files, backupFile{path: filepath.Join(folder, e.Name()), at: at, size: st.Size()})
	}
	return files, nil
}

// backupTime reads when a backup was made from its file's name.
func backupTime(file, name string) (time.Time, bool) {
	stamp, ok := strings.CutPrefix(file, name+"-")
	if !ok || name == "" {
		return time.Time{}, false
	}
	stamp, ok = strings.CutSuffix(stamp, backupExt)
	if !ok {
		return time.Time{}, false
	}
	at, err := time.Parse(backupStamp, stamp)
	return at, err == nil
}

// prune removes backups no longer wanted, and what a backup that was cut short
// has left.
func (b *Backups) prune(p BackupPlan, name string, now time.Time) error {
	files, err := backupsIn(p.Folder, name)
	if err != nil {
		return err
	}
	var errs []error
	for _, path := range backupsToDrop(files, p.daily(), p.weekly(), now) {
		errs = append(errs, os.Remove(path))
	}
	parts, err := filepath.Glob(filepath.Join(globWord(p.Folder), globWord(name)+"-*"+backupExt+".part"))
	errs = append(errs, err)
	for _, path := range parts { // none is being written: the caller has the turn
		errs = append(errs, os.Remove(path))
	}
	return errors.Join(errs...)
}

// globWord makes a pattern that matches the word itself.
func globWord(s string) string {
	return strings.NewReplacer(`*`, `[*]`, `?`, `[?]`, `[`, `[[]`).Replace(s)
}

// backupsToDrop chooses which backups are no longer wanted. Wanted are the
// newest one of each of the last daily days, and of each of the last weekly
// weeks, that have one; none older than 30 days; and the newest of all, always.
// Those from the future are left alone and do not count.
func backupsToDrop(files []backupFile, daily, weekly int, now time.Time) []string {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b backupFile) int { return b.at.Compare(a.at) }) // newest first
	days, weeks := map[string]bool{}, map[[2]int]bool{}
	var drop []string
	first := true
	for _, f := range files {
		if f.at.After(now.Add(24 * time.Hour)) {
			continue
		}
		day := f.at.Format(time.DateOnly)
		year, week := f.at.ISOWeek()
		w := [2]int{year, week}
		keep := first
		if now.Sub(f.at) <= backupOldest {
			keep = keep || !days[day] && len(days) < daily || !weeks[w] && len(weeks) < weekly
		}
		first, days[day], weeks[w] = false, true, true
		if !keep {
			drop = append(drop, f.path)
		}
	}
	return drop
}
