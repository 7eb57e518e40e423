package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"camp/node/camp"

	"github.com/google/go-cmp/cmp"
)

func TestBackupsToDrop(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) // a Sunday
	every := func(step time.Duration, n int) (list []backupFile) {
		for i := range n {
			at := now.Add(-time.Duration(i) * step)
			list = append(list, backupFile{path: at.Format(backupStamp), at: at})
		}
		return list
	}
	const day = 24 * time.Hour
	for _, c := range []struct {
		name          string
		files         []backupFile
		daily, weekly int
		want          []string // what stays, by day
	}{
		{"none", nil, 7, 4, nil},
		{"one", every(day, 1), 7, 4, []string{"11-22"}},
		{"a week", every(day, 7), 7, 4, []string{"11-22", "11-21", "11-20", "11-19", "11-18", "11-17", "11-16"}},
		{"sixty days", every(day, 60), 7, 4, []string{"11-22", "11-21", "11-20", "11-19", "11-18", "11-17", "11-16", "11-15", "11-08", "11-01"}},
		{"two a day", every(day/2, 10), 2, 1, []string{"11-22", "11-21"}},
		{"many today", every(time.Hour, 8), 7, 4, []string{"11-22"}},
		{"only old ones", every(day, 60)[40:], 7, 4, []string{"10-13"}},
		{"one old one", every(300*day, 2)[1:], 7, 4, []string{"01-26"}},
		{"more weeks than thirty days", every(7*day, 20), 7, 12, []string{"11-22", "11-15", "11-08", "11-01", "10-25"}},
		{"one and none", every(day, 20), 1, 0, []string{"11-22"}},
		{"future", append(every(day, 3), backupFile{path: "f", at: now.AddDate(10, 0, 0)}), 2, 1, []string{"11-22", "11-21", "11-22"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := slices.Clone(c.files)
			drop := backupsToDrop(c.files, c.daily, c.weekly, now)
			var stay []string
			for _, f := range c.files {
				if !slices.Contains(drop, f.path) {
					stay = append(stay, f.at.Format("01-02"))
				}
			}
			if d := cmp.Diff(c.want, stay); d != "" {
				t.Errorf("stays (-want +got):\n%s", d)
			}
			if !slices.Equal(before, c.files) {
				t.Error("the list itself was changed")
			}
		})
	}
}

func TestBackupDue(t *testing.T) {
	zone := time.FixedZone("here", 2*3600)
	at := func(s string) time.Time {
		t.Helper()
		v, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
		if err != nil {
			panic(err)
		}
		return v
	}
	for _, c := range []struct {
		last, now string
		want      bool
	}{
		{"2026-11-21 03:00", "2026-11-22 02:59", false},
		{"2026-11-21 03:00", "2026-11-22 03:00", true},
		{"2026-11-22 02:59", "2026-11-22 03:00", true},
		{"2026-11-22 03:00", "2026-11-22 23:00", false},
		{"2026-11-22 14:00", "2026-11-23 03:05", true},
		{"2026-11-10 14:00", "2026-11-22 09:00", true},
		{"2036-11-10 14:00", "2026-11-22 09:00", true},
	} {
		if got := backupDue(at(c.last).UTC(), at(c.now)); got != c.want {
			t.Errorf("last %s, now %s: %v", c.last, c.now, got)
		}
	}
	if !backupDue(time.Time{}, at("2026-11-22 09:00")) {
		t.Error("with no backup at all none is due")
	}
}

// backupRig makes backups that are files of a few bytes.
type backupRig struct {
	*Backups
	plan  BackupPlan
	made  []string
	kept  []bool
	fail  error
	tidy  int
	holds chan struct{} // if not nil, Make waits for it
	mu    sync.Mutex    // makes what the test and Run do one after the other
}

// pass lets time go by until nothing more happens. The fields are the test's
// before and after it.
func (r *backupRig) pass(d time.Duration) {
	r.touch()
	time.Sleep(d)
	synctest.Wait()
	r.touch()
}

func (r *backupRig) touch() {
	r.mu.Lock()
	defer r.mu.Unlock()
}

func newBackupRig(t *testing.T, folder string) *backupRig {
	r := &backupRig{plan: BackupPlan{Folder: folder, Own: true}}
	r.Backups = NewBackups(BackupOptions{
		Make: func(ctx context.Context, file string, keep bool) (camp.BackupBox, error) {
			if r.holds != nil {
				select {
				case <-r.holds:
				case <-ctx.Done():
					return camp.BackupBox{}, camp.NewFault(camp.Offline, "backup.stopped.say", ctx.Err())
				}
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			if r.fail != nil {
				return camp.BackupBox{}, r.fail
			}
			r.made, r.kept = append(r.made, filepath.Base(file)), append(r.kept, keep)
			err := os.WriteFile(file, []byte("whole"), 0o600)
			return camp.BackupBox{File: file, Made: time.Now().UTC(), Bytes: 5, Whole: true}, err
		},
		Plan: func() BackupPlan {
			r.mu.Lock()
			defer r.mu.Unlock()
			return r.plan
		},
		Name: func() string { return "oak-abcd" },
		Tidy: func(context.Context, time.Time) error {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.tidy++
			return nil
		},
		Now: time.Now,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	return r
}

// running runs the rig in a bubble until the test's function returns.
func running(t *testing.T, r *backupRig, fn func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- r.Run(ctx) }()
	fn()
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run: %v", err)
	}
}

func TestBackupEachDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := filepath.Join(t.TempDir(), "data", "backup")
		r := newBackupRig(t, folder)
		running(t, r, func() {
			r.pass(time.Minute)
			if len(r.made) != 0 {
				t.Error("a backup was made before the start had settled")
			}
			r.pass(2 * time.Minute)
			if len(r.made) != 1 || !r.kept[0] {
				t.Fatalf("at the first start: %q", r.made)
			}
			r.pass(40 * 24 * time.Hour)
			if n := len(r.made); n < 40 || n > 41 {
				t.Errorf("%d backups in 40 days", n)
			}
			if r.tidy < 39 || r.tidy > 41 {
				t.Errorf("tidied %d times", r.tidy)
			}
		})
		list, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) < 9 || len(list) > 11 {
			t.Errorf("%d backups stay", len(list))
		}
		st := r.State()
		if time.Since(st.Last) > 25*time.Hour || !st.Checked || st.Bytes != 5 || st.Daily != 7 || st.Weekly != 4 || st.Folder != folder || st.Problem != nil || st.Running {
			t.Errorf("state = %+v", st)
		}
		// a new start sees what the last one made, and makes none before it is due
		again := newBackupRig(t, folder)
		if got := again.State(); got.Last != st.Last.Truncate(time.Minute) || got.File != st.File || !got.Checked {
			t.Errorf("after a start: %+v", got)
		}
		running(t, again, func() { time.Sleep(time.Hour); synctest.Wait() })
		if len(again.made) != 0 {
			t.Errorf("made %q without need", again.made)
		}
		// after missed days the next start makes one
		time.Sleep(9 * 24 * time.Hour)
		late := newBackupRig(t, folder)
		running(t, late, func() { time.Sleep(3 * time.Minute); synctest.Wait() })
		if len(late.made) != 1 {
			t.Errorf("after missed days: %q", late.made)
		}
	})
}

func TestBackupFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := filepath.Join(t.TempDir(), "disk")
		r := newBackupRig(t, folder)
		r.plan.Own = false // a disk that is not plugged in
		running(t, r, func() {
			r.pass(5 * time.Minute)
			p := r.State().Problem
			if p == nil || p.Say != "backup.folder_missing.say" || p.Deed != camp.DoBackupPlan {
				t.Fatalf("problem = %+v", p)
			}
			if _, err := os.Stat(folder); err == nil {
				t.Error("a folder that the host chose was made anew")
			}
			if err := os.Mkdir(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			r.pass(30 * time.Minute)
			if len(r.made) != 0 {
				t.Error("tried again within the hour")
			}
			r.pass(45 * time.Minute)
			if len(r.made) != 1 || r.State().Problem != nil {
				t.Errorf("after an hour: %q, %+v", r.made, r.State().Problem)
			}
			r.fail = camp.NewFault(camp.Full, "backup.no_room.say", errors.New("ENOSPC"))
			r.pass(48 * time.Hour)
			if p := r.State().Problem; p == nil || p.Say != "backup.no_room.say" || p.Detail != "ENOSPC" {
				t.Errorf("problem = %+v", p)
			}
			last := r.State().Last
			if time.Since(last) < 47*time.Hour {
				t.Error("a failure changed when the last backup was")
			}
			r.fail, r.plan.Folder, r.plan.Own = nil, filepath.Join(t.TempDir(), "else"), true
			r.Replan()
			synctest.Wait()
			if len(r.made) != 2 || r.State().Problem != nil || filepath.Dir(r.State().File) != r.plan.Folder {
				t.Errorf("after choosing another folder: %q, %+v", r.made, r.State())
			}
		})
	})
}

func TestBackupNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder, stick := t.TempDir(), t.TempDir()
		r := newBackupRig(t, folder)
		file := filepath.Join(stick, "mine.campbackup")
		if box, err := r.Now(t.Context(), file); err != nil || box.File != file || r.kept[0] {
			t.Errorf("to a stick: %+v, %v, covers %v", box, err, r.kept)
		}
		if !r.State().Last.IsZero() {
			t.Error("a backup on a stick counts as the plan's")
		}
		r.holds = make(chan struct{})
		first := make(chan error)
		go func() { _, err := r.Now(t.Context(), ""); first <- err }()
		synctest.Wait()
		if !r.State().Running {
			t.Error("not shown as running")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := r.Now(ctx, ""); camp.AsFault(err).Say != "backup.stopped.say" {
			t.Errorf("the second did not wait: %v", err)
		}
		close(r.holds)
		if err := <-first; err != nil {
			t.Error(err)
		}
		if st := r.State(); st.Running || st.Last.IsZero() || st.Problem != nil {
			t.Errorf("state = %+v", st)
		}
		r.Backups.opt.Free = func(string) (int64, error) { return backupSpare, nil }
		if _, err := r.Now(t.Context(), ""); camp.AsFault(err).Say != "backup.no_room.say" {
			t.Errorf("without room: %v", err)
		}
	})
}

// TestBackupLeavesOthersAlone keeps files in the folder that are not the plan's.
func TestBackupLeavesOthersAlone(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a[b]*c") // letters that patterns use
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	old := time.Now().UTC().AddDate(-1, 0, 0).Format(backupStamp)
	stay := []string{"mine" + backupExt, "elm-abcd-" + old + backupExt, "oak-abcde-" + old + backupExt, "oak-abcd-" + old + ".txt", "oak-abcd-last" + backupExt, "notes.part"}
	goes := []string{"oak-abcd-" + old + backupExt, "oak-abcd-" + old + backupExt + ".part"}
	for _, n := range append(slices.Clone(stay), goes...) {
		if err := os.WriteFile(filepath.Join(folder, n), []byte(n), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := newBackupRig(t, folder)
	if _, err := r.Now(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	for _, n := range stay {
		if _, err := os.Stat(filepath.Join(folder, n)); err != nil {
			t.Errorf("%s was removed", n)
		}
	}
	for _, n := range goes {
		if _, err := os.Stat(filepath.Join(folder, n)); err == nil {
			t.Errorf("%s stays", n)
		}
	}
	if !strings.HasPrefix(r.made[0], "oak-abcd-") {
		t.Errorf("made %q", r.made)
	}
	if fmt.Sprint(r.State().Last.IsZero()) == "true" {
		t.Error("no last")
	}
}

// TestBackupRoom: the disk of the chosen folder is asked, and only the one the
// camp lives on must keep room for the camp.
func TestBackupRoom(t *testing.T) {
	folder := t.TempDir()
	free, asked := int64(0), ""
	b := NewBackups(BackupOptions{
		Plan: func() BackupPlan { return BackupPlan{Folder: folder} }, Name: func() string { return "camp" }, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Free: func(at string) (int64, error) { asked = at; return free, nil },
	})
	b.change(func(st *camp.Backup) { st.Bytes = 100 << 20 })
	for _, row := range []struct {
		name string
		free int64
		own  bool
		want bool
	}{
		{"a memory stick with room for it", 200 << 20, false, true},
		{"a memory stick without", 100 << 20, false, false},
		{"the camp's disk, which would be full", 200 << 20, true, false},
		{"the camp's disk", 2 << 30, true, true},
	} {
		free = row.free
		err := b.ready(BackupPlan{Folder: folder, Own: row.own})
		if (err == nil) != row.want || err != nil && camp.AsFault(err).Say != "backup.no_room.say" {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	if asked != folder {
		t.Errorf("asked about %q", asked)
	}
}
