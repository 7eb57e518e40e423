package main

import (
	"context"
	"path/filepath"
	"strconv"

	"camp/app/desk"
	"camp/node/camp"
)

// file makes a path from the command line absolute: the camp works elsewhere.
func file(name string) (string, error) {
	p, err := filepath.Abs(name)
	if err != nil {
		return "", &camp.Fault{Kind: camp.Invalid, Say: "ctl.file.say", Args: map[string]string{"File": name}, Err: err}
	}
	return p, nil
}

func ctlBackup(ctx context.Context, e *env, c call) error {
	to, err := file(c.words[0])
	if err != nil {
		return err
	}
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoBackup, File: to})
	if err != nil {
		return err
	}
	e.box(ans.Backup, "ctl.backup")
	return nil
}

// ctlCheck reads a backup through, by the running camp's phrase or a given one.
// With a phrase given it needs no running camp.
func ctlCheck(ctx context.Context, e *env, c call) error {
	from, err := file(c.words[0])
	if err != nil {
		return err
	}
	phrase, err := e.phrase(c)
	if err != nil {
		return err
	}
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoCheck, File: from, Phrase: phrase})
	if f := camp.AsFault(err); f != nil && noCampRuns(f) {
		if phrase == "" {
			return &camp.Fault{Kind: f.Kind, Say: "ctl.check_off.say", Args: f.Args, Err: f.Err}
		}
		ans, err = desk.Check(ctx, from, phrase)
	}
	if err != nil {
		return err
	}
	e.box(ans.Backup, "ctl.check")
	return nil
}

// noCampRuns reports whether a refusal says that there is no camp to ask.
func noCampRuns(f *camp.Fault) bool {
	switch f.Say {
	case "ctl.off.say", "ctl.no_camp.say", "ctl.busy.say", "ctl.unreachable.say":
		return true
	}
	return false
}

// box prints what is in a backup file.
func (e *env) box(b *camp.BackupBox, key string) {
	if b == nil {
		b = &camp.BackupBox{}
	}
	if b.Camp == "" { // read without a phrase: only damage can be told
		e.answer(b, "ctl.check_part")
		return
	}
	e.answer(b, key, "File", b.File, "Camp", b.Camp, "Made", e.words.Moment(b.Made.Local()),
		"Members", strconv.Itoa(b.Members), "Posts", strconv.Itoa(b.Posts), "Size", size(b.Bytes))
}

// size gives bytes in the unit people know.
func size(n int64) string {
	switch {
	case n >= 1<<30:
		return strconv.FormatFloat(float64(n)/(1<<30), 'f', 1, 64) + " GB"
	case n >= 1<<20:
		return strconv.FormatInt(n>>20, 10) + " MB"
	}
	return strconv.FormatInt((n+1023)>>10, 10) + " kB"
}

func ctlRecovery(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoRecovery})
	if f := camp.AsFault(err); f != nil && f.Say == "ctl.off.say" {
		return &camp.Fault{Kind: f.Kind, Say: "ctl.recovery_off.say", Args: f.Args, Err: f.Err}
	}
	if err != nil {
		return err
	}
	e.answer(map[string]string{"phrase": ans.Phrase}, "ctl.recovery", "Phrase", ans.Phrase)
	return nil
}

func ctlExport(ctx context.Context, e *env, c call) error {
	to, err := file(c.words[1])
	if err != nil {
		return err
	}
	if _, err := e.do(ctx, c, camp.Intent{Do: camp.DoExport, Person: c.words[0], File: to}); err != nil {
		return err
	}
	e.answer(map[string]string{"name": c.words[0], "file": to}, "ctl.export", "Name", c.words[0], "File", to)
	return nil
}
