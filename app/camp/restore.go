package main

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"camp/app/desk"
	"camp/app/place"
	"camp/node/camp"
)

// restore brings a camp back from a backup, into a folder without a camp; with
// --replace in the place of one that is off.
func restore(ctx context.Context, e *env, c call) error {
	h, err := e.home(c)
	if err != nil {
		return err
	}
	from, err := file(c.words[0])
	if err != nil {
		return err
	}
	if st, err := os.Stat(from); err != nil || !st.Mode().IsRegular() {
		return &camp.Fault{Kind: camp.NotFound, Say: "ctl.no_file.say", Args: map[string]string{"File": from}, Err: err}
	}
	if c.has("replace") && desk.Exists(h) {
		return e.replace(ctx, h, c, from)
	}
	lock, undo, err := e.takeForRestore(h)
	if err != nil {
		return err
	}
	phrase, err := e.phraseFor(c)
	if err != nil {
		_ = lock.Release()
		undo()
		return err
	}
	box, err := desk.Bring(ctx, desk.Options{Home: h, Now: e.now, Rand: e.rand, Log: slog.New(slog.DiscardHandler)}, from, phrase, false)
	_ = lock.Release()
	if err != nil {
		undo()
		return err
	}
	e.box(&box, "ctl.restored")
	return nil
}

// replace puts the camp of the folder aside and brings a backup back in its place.
// Whoever was removed since, and every server shut out since, stays outside, as
// with the window.
func (e *env) replace(ctx context.Context, h place.Home, c call, from string) error {
	k, err := e.keep(ctx, desk.Options{Home: h, Language: e.language, Hold: true})
	if err != nil {
		return err
	}
	defer k.close()
	phrase, err := e.phraseFor(c)
	if err != nil {
		return err
	}
	ans, err := e.held(ctx, k, camp.Intent{Do: camp.DoRestore, File: from, Phrase: phrase, Replace: true, Language: e.language})
	if err != nil {
		return err
	}
	e.box(ans.Backup, "ctl.restored")
	if ans.Say != "" && !e.json {
		e.say("ctl.status.line", "Line", e.words.SayMap(ans.Say, ans.Args))
	}
	return nil
}

// phraseFor gives the recovery phrase, asked for where it was not given.
func (e *env) phraseFor(c call) (string, error) {
	phrase, err := e.phrase(c)
	if err == nil && phrase == "" {
		return e.askPhrase()
	}
	return phrase, err
}

// takeForRestore locks the folder, making it where there is none; undo removes
// what was made, so that a refused restore leaves nothing behind.
func (e *env) takeForRestore(h place.Home) (*place.Lock, func(), error) {
	made := missing(h.Data)
	if err := os.MkdirAll(h.Data, 0o700); err != nil {
		return nil, nil, &camp.Fault{Kind: camp.Invalid, Say: "program.folder.say", Args: map[string]string{"Folder": h.Data}, Err: err}
	}
	noLock := missing(filepath.Join(h.Data, "lock"))
	lock, err := place.Take(h.Data, e.now())
	if errors.Is(err, place.ErrLocked) {
		return nil, nil, e.inUse(h.Data, err)
	}
	if err != nil {
		return nil, nil, &camp.Fault{Kind: camp.Invalid, Say: "program.folder.say", Args: map[string]string{"Folder": h.Data}, Err: err}
	}
	return lock, func() {
		if noLock {
			_ = os.Remove(filepath.Join(h.Data, "lock"))
		}
		if made {
			_ = os.Remove(h.Data) // only while it is empty
		}
	}, nil
}

func missing(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// askPhrase asks for the recovery phrase on a terminal.
func (e *env) askPhrase() (string, error) {
	f, ok := e.in.(*os.File)
	if ok {
		st, err := f.Stat()
		ok = err == nil && st.Mode()&os.ModeCharDevice != 0
	}
	if !ok || e.json {
		return "", camp.NewFault(camp.Invalid, "ctl.phrase_needed.say", nil)
	}
	_, _ = e.err.Write([]byte(e.words.Say("ctl.phrase_ask") + "\n"))
	line, err := bufio.NewReader(e.in).ReadString('\n')
	if line = strings.TrimSpace(line); line == "" {
		return "", camp.NewFault(camp.Invalid, "ctl.phrase_needed.say", err)
	}
	return line, nil
}
