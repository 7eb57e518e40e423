package desk

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"camp/app/place"
	"camp/node/camp"
	"camp/node/people"
	"camp/store"
)

// makeBackups makes the camp's backups; they run with the session.
func (s *session) makeBackups() *Backups {
	d := s.d
	return NewBackups(BackupOptions{
		Make: func(ctx context.Context, file string, keep bool) (camp.BackupBox, error) {
			return store.Backup(ctx, s.db, store.BackupOptions{File: file, App: d.opt.Version, Covers: keep})
		},
		Plan:    d.backupPlan,
		Name:    func() string { return people.Slug(d.State().Name) },
		Free:    store.FreeSpace,
		Tidy:    func(_ context.Context, now time.Time) error { return d.forgetOld(now) },
		Changed: s.stale,
		Now:     d.opt.Now,
		Log:     d.opt.Log.With("component", "backup"),
	})
}

// backupPlan gives the plan of the settings; backups lie with the data unless
// the host chose a folder.
func (d *Desk) backupPlan() BackupPlan {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := BackupPlan{Folder: d.settings.Folder, Daily: d.settings.Daily, Weekly: d.settings.Weekly}
	if p.Folder == "" {
		p.Folder, p.Own = filepath.Join(d.opt.Home.Data, "backup"), true
	}
	return p
}

// Bounds of a plan.
const (
	MaxDaily  = 30 // no backup is kept for longer than 30 days
	MaxWeekly = 4
)

// plan is the intent that changes the plan of the backups.
func (d *Desk) plan(in camp.Intent) error {
	if in.Daily < 0 || in.Daily > MaxDaily || in.Weekly < 0 || in.Weekly > MaxWeekly {
		return camp.NewFault(camp.Invalid, "program.choice.say", nil)
	}
	own := filepath.Join(d.opt.Home.Data, "backup")
	if in.Folder == own {
		in.Folder = ""
	}
	if in.Folder != "" {
		if err := absolute(in.Folder); err != nil {
			return err
		}
		if st, err := os.Stat(in.Folder); err != nil || !st.IsDir() {
			return &camp.Fault{Kind: camp.NotFound, Say: "program.folder_missing.say", Args: map[string]string{"Folder": in.Folder}, Err: err}
		}
	}
	err := d.setting(func(s *place.Settings) {
		s.Folder = in.Folder
		if in.Daily > 0 {
			s.Daily = in.Daily
		}
		if in.Weekly > 0 {
			s.Weekly = in.Weekly
		}
	})
	if s := d.on.Load(); err == nil && s != nil {
		s.backups.Replan()
		now := s.backups.State() // shown at once: what is asked next starts from it
		d.change(func(st *camp.State) { st.Backup = now })
	}
	return err
}

// forgetOld removes what restores put aside more than 30 days ago.
func (d *Desk) forgetOld(now time.Time) error {
	n, err := store.ForgetBefore(d.opt.Home.Data, now)
	if n > 0 {
		d.opt.Log.Info("old camps removed", "folders", n)
	}
	return err
}

func (s *session) backup(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	if in.File != "" {
		if err := absolute(in.File); err != nil {
			return camp.Answer{}, err
		}
	}
	box, err := s.backups.Now(ctx, in.File)
	if err != nil {
		return camp.Answer{}, err
	}
	return camp.Answer{Backup: &box}, nil
}

// checkBackup is Check by the camp's own phrase where none is given.
func (s *session) checkBackup(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	if in.Phrase != "" {
		return Check(ctx, in.File, in.Phrase)
	}
	k, err := s.node.People.Keys(ctx)
	if err != nil {
		return camp.Answer{}, err
	}
	if err := absolute(in.File); err != nil {
		return camp.Answer{}, err
	}
	return checked(store.CheckBackup(ctx, in.File, k.Phrase))
}

// Check reads a backup through. Without a phrase it can only tell whether it is
// damaged. It needs no camp.
func Check(ctx context.Context, file, phrase string) (camp.Answer, error) {
	if err := absolute(file); err != nil {
		return camp.Answer{}, err
	}
	var key camp.Secret
	if strings.TrimSpace(phrase) != "" {
		var err error
		if key, err = store.ParsePhrase(phrase); err != nil {
			return camp.Answer{}, err
		}
	}
	return checked(store.CheckBackup(ctx, file, key))
}

func checked(box camp.BackupBox, err error) (camp.Answer, error) {
	if err != nil {
		return camp.Answer{}, err
	}
	if box.Camp == "" {
		return camp.Answer{Backup: &box, Say: "backup.checked_part.say"}, nil
	}
	return camp.Answer{
		Backup: &box, Say: "backup.checked.say",
		Args: camp.Args{"Camp": box.Camp, "Date": box.Made.Local().Format("2006-01-02 15:04")},
	}, nil
}

func (s *session) export(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	if err := folderThere(in.File); err != nil {
		return camp.Answer{}, err
	}
	write, err := s.archiveOf(ctx, in.Person)
	if err != nil {
		return camp.Answer{}, err
	}
	return camp.Answer{}, writeArchive(ctx, write, in.File)
}

// archiveOf gives what writes somebody's archive: of the host's own things all of
// it, of anybody else what all in the camp may read; that stands in the log.
func (s *session) archiveOf(ctx context.Context, name string) (func(context.Context, io.Writer) error, error) {
	host := s.node.Host()
	m, err := s.node.People.HandOut(ctx, host, name)
	if err != nil {
		return nil, err
	}
	if m.ID == host.Member {
		return func(ctx context.Context, to io.Writer) error { return s.archive.Write(ctx, host, to) }, nil
	}
	return func(ctx context.Context, to io.Writer) error { return s.archive.Hand(ctx, m.ID, to) }, nil
}

// Bring brings a camp back into a folder that nothing has open.
func Bring(ctx context.Context, opt Options, file, phrase string, replace bool) (camp.BackupBox, error) {
	return bring(ctx, opt, file, phrase, replace, nil)
}

func bring(ctx context.Context, opt Options, file, phrase string, replace bool, carry func(context.Context, *store.DB, *store.DB) error) (camp.BackupBox, error) {
	key, err := store.ParsePhrase(phrase)
	if err != nil {
		return camp.BackupBox{}, err
	}
	return store.Restore(ctx, store.RestoreOptions{
		File: file, Phrase: key, Dir: opt.Home.Data, Replace: replace, Carry: carry, Now: opt.Now, Rand: opt.Rand, Log: opt.Log,
	})
}

// restore brings a camp back and starts it. A camp that is on is stopped only
// once the backup has been found whole.
func (r *runner) restore(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	d := r.d
	if err := absolute(in.File); err != nil {
		return camp.Answer{}, err
	}
	if Exists(d.opt.Home) && !in.Replace {
		return camp.Answer{}, camp.NewFault(camp.Conflict, "program.camp_there.say", nil)
	}
	if r.s != nil {
		if strings.TrimSpace(in.Phrase) == "" {
			return camp.Answer{}, camp.NewFault(camp.Invalid, "program.phrase_needed.say", nil)
		}
		if _, err := Check(ctx, in.File, in.Phrase); err != nil {
			return camp.Answer{}, err
		}
		if err := r.off(); err != nil {
			return camp.Answer{}, err
		}
	}
	again := shutAgain{log: d.opt.Log}
	box, err := bring(ctx, d.opt, in.File, in.Phrase, in.Replace, again.carry)
	if err == nil {
		err = d.forgetCamp()
	}
	if serr := r.startAgain(ctx, err); serr != nil {
		return camp.Answer{}, serr
	}
	if err == nil && again.unread {
		d.note(camp.Need{Kind: "brought", Say: "program.brought_open.say"})
	}
	ans := again.answer()
	ans.Backup = &box
	return ans, err
}

// startAgain starts what lies in the folder after a restore, also after one that
// was refused, if a camp was on before. The restore's error comes first.
func (r *runner) startAgain(ctx context.Context, err error) error {
	if err != nil && r.d.State().Phase != camp.Stopping {
		return err // nothing was on
	}
	if serr := r.start(ctx, camp.Intent{}); err == nil {
		return serr
	}
	return err
}

// off takes the camp down in order to replace it.
func (r *runner) off() error {
	d := r.d
	r.stopAlarm()
	d.change(func(st *camp.State) { st.Phase, st.Stage = camp.Stopping, "" })
	d.on.Store(nil)
	err := r.s.close(stopTime)
	r.s = nil
	if err != nil {
		return camp.NewFault(camp.Internal, "program.unclean.say", err)
	}
	return nil
}

// forgetCamp drops from the settings what was true of the camp that was here.
func (d *Desk) forgetCamp() error {
	return d.setting(func(s *place.Settings) { s.Name = "" })
}

// rescue brings the newest backup that opens back, with what the journal of the
// damaged camp still tells.
func (r *runner) rescue(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	d := r.d
	if r.s != nil {
		return camp.Answer{}, camp.NewFault(camp.Conflict, "program.rescue_on.say", nil)
	}
	switch in.Page {
	case "backup":
		return r.rescueByBackup(ctx, in)
	case "export":
		return d.rescueByExport(ctx, in)
	}
	return camp.Answer{}, camp.NewFault(camp.Invalid, "program.rescue_what.say", nil)
}

func (r *runner) rescueByBackup(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	d := r.d
	phrase := first(in.Phrase, d.keptPhrase())
	if phrase == "" {
		return camp.Answer{}, camp.NewFault(camp.Invalid, "program.phrase_needed.say", nil)
	}
	last := error(camp.NewFault(camp.NotFound, "program.no_backup.say", nil))
	for _, file := range d.backupFiles() {
		box, err := Bring(ctx, d.opt, file, phrase, true)
		if err != nil {
			d.opt.Log.Warn("backup does not help", "err", err)
			last = err
			continue
		}
		r.catch = d.putAside()
		if err := r.start(ctx, camp.Intent{}); err != nil {
			return camp.Answer{}, err
		}
		return camp.Answer{
			Backup: &box, Say: "program.rescued.say",
			Args: camp.Args{"Date": box.Made.Local().Format("2006-01-02 15:04")},
		}, nil
	}
	return camp.Answer{}, last
}

// backupFiles gives the planned backups, the newest first.
func (d *Desk) backupFiles() []string {
	files, err := backupsIn(d.backupPlan().Folder, people.Slug(d.State().Name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.opt.Log.Warn("backup folder cannot be read", "err", err)
	}
	slices.SortFunc(files, func(a, b backupFile) int { return b.at.Compare(a.at) })
	var paths []string
	for _, f := range files {
		paths = append(paths, f.path)
	}
	return paths
}

// putAside gives the folder into which a restore moved the camp that was there,
// the newest one; "" for none.
func (d *Desk) putAside() string {
	found, _ := filepath.Glob(filepath.Join(globWord(d.opt.Home.Data), "before-restore-*"))
	newest, at := "", time.Time{}
	for _, dir := range found {
		if st, err := os.Stat(dir); err == nil && !st.ModTime().Before(at) {
			newest, at = dir, st.ModTime()
		}
	}
	return newest
}

// catchUp does again what the journal of the damaged camp tells of the time
// after the backup. Part of it is better than none, so an error is told only.
func (d *Desk) catchUp(ctx context.Context, db *store.DB, dir string) {
	n, whole, err := db.Catch(ctx, dir, db.Seq())
	d.opt.Log.Info("caught up from the journal", "acts", n, "whole", whole, "err", err)
	if err != nil || !whole {
		d.note(camp.Need{Kind: "rescued", Say: "program.rescued_part.say"})
	}
}

// The recovery phrase lies in a file beside the store, too, so that a rescue
// can open a backup when the store cannot be read. Who can read the one can
// read the other.
func (d *Desk) phraseFile() string { return filepath.Join(d.opt.Home.Data, "keys", "recovery") }

func (d *Desk) keptPhrase() string {
	raw, err := os.ReadFile(d.phraseFile())
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(raw))
}

// keepPhrase writes the file where it is missing or another camp's.
func (d *Desk) keepPhrase(phrase camp.Secret) {
	text := string(phrase.Reveal())
	if text == d.keptPhrase() {
		return
	}
	err := os.MkdirAll(filepath.Dir(d.phraseFile()), 0o700)
	if err == nil {
		err = place.Write(d.phraseFile(), []byte(text+"\n"))
	}
	if err != nil {
		d.opt.Log.Warn("recovery phrase not kept beside the store", "err", err)
	}
}
