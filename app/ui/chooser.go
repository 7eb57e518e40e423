package ui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// choosing is a file or folder being chosen: a screen of its own, in our look,
// with our words, and every row a button for the keyboard.
type choosing struct {
	folder  bool // a folder is wanted, not a file
	at      string
	entries []entry
	unread  bool // the folder cannot be read
	done    func(path string)
}

// entry is one line of a folder.
type entry struct {
	name   string
	folder bool
	bytes  int64
	when   time.Time
}

// mostEntries are shown of one folder; more are narrowed down by typing.
const mostEntries = 200

// ownChooser asks on a screen of the window.
type ownChooser struct{ v *View }

// File asks for a backup that is there; it looks first where they are made.
func (c *ownChooser) File(done func(path string)) {
	c.v.choose(&choosing{done: done}, c.v.st.Backup.Folder)
}

// Folder asks for a folder.
func (c *ownChooser) Folder(start string, done func(path string)) {
	c.v.choose(&choosing{folder: true, done: done}, start)
}

// Save asks for a folder and writes a private file there. A name that is taken
// gets a number: nothing is overwritten.
func (c *ownChooser) Save(name, text string, done func(path string, err error)) {
	c.Folder("", func(folder string) { done(saveNew(folder, name, text)) })
}

func (v *View) choose(c *choosing, start string) {
	v.choosing = c
	if start == "" {
		start = homeFolder()
	}
	v.lookInto(start)
}

func homeFolder() string {
	if h, err := os.UserHomeDir(); err == nil {
		return h
	}
	return string(filepath.Separator)
}

// lookInto reads a folder off the window's goroutine: a sleeping disk takes its time.
func (v *View) lookInto(dir string) {
	c := v.choosing
	v.spawn(func(context.Context) func() {
		entries, err := readFolder(dir)
		return func() {
			if v.choosing != c {
				return
			}
			if errors.Is(err, fs.ErrNotExist) && dir != homeFolder() {
				v.lookInto(homeFolder())
				return
			}
			c.at, c.entries, c.unread = dir, entries, err != nil
			delete(v.fields, "choose.filter")
			v.draw()
		}
	})
}

// backupEnding is how the names of backups end.
const backupEnding = ".campbackup"

// sortsBefore puts backups first, the newest at the top, then folders, then the
// rest, by name.
func (e entry) sortsBefore(o entry) int {
	kind := func(e entry) int {
		switch {
		case !e.folder && strings.HasSuffix(e.name, backupEnding):
			return 0
		case e.folder:
			return 1
		}
		return 2
	}
	if kind(e) == 0 && kind(o) == 0 {
		return o.when.Compare(e.when)
	}
	return cmp.Or(cmp.Compare(kind(e), kind(o)), cmp.Compare(strings.ToLower(e.name), strings.ToLower(o.name)))
}

// readFolder lists a folder without hidden names.
func readFolder(dir string) ([]entry, error) {
	all, err := os.ReadDir(dir)
	entries := make([]entry, 0, len(all))
	for _, e := range all {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		info, ierr := os.Stat(filepath.Join(dir, e.Name())) // follows links: a link to a folder is one
		if ierr != nil {
			continue
		}
		entries = append(entries, entry{e.Name(), info.IsDir(), info.Size(), info.ModTime()})
	}
	slices.SortFunc(entries, entry.sortsBefore)
	if err != nil {
		return entries, fmt.Errorf("read a folder: %w", err)
	}
	return entries, nil
}

func (v *View) chosen(path string) {
	c := v.choosing
	v.choosing = nil
	v.draw()
	c.done(path)
}

// notChosen goes back without a choice.
func (v *View) notChosen() { v.choosing = nil; v.draw() }

func (v *View) chooserScreen() fyne.CanvasObject {
	l, c := v.look, v.choosing
	title := v.say("window.choose.file")
	if c.folder {
		title = v.say("window.choose.folder")
	}
	places := []fyne.CanvasObject{}
	for _, p := range v.places() {
		b := v.buttonSay("place."+p[1], p[0], weightIf(c.at == p[1], chosen), "", func() { v.lookInto(p[1]) })
		places = append(places, b)
	}
	deeds := []fyne.CanvasObject{}
	if c.folder {
		deeds = append(deeds, v.button("window.choose.this_folder", main, "", func() { v.chosen(c.at) }).disabled(c.unread || c.at == ""))
	}
	deeds = append(deeds, v.button("window.cancel", quiet, "", v.notChosen))
	head := v.item(nil, stackOf(l.gap(4), v.head(title), v.soft(c.at).cut()), deeds...)
	parts := []fyne.CanvasObject{head, v.deeds(places...)}
	if len(c.entries) > 12 {
		parts = append(parts, v.searchField("choose.filter", v.say("window.choose.filter")))
	}
	return v.pane(append(parts, v.entryRows()...)...)
}

func (v *View) entryRows() []fyne.CanvasObject {
	c := v.choosing
	wanted := strings.ToLower(v.typed("choose.filter"))
	var rows []fyne.CanvasObject
	if up := filepath.Dir(c.at); c.at != "" && up != c.at {
		rows = append(rows, v.entryRow("choose.up", "back", v.say("window.choose.up"), "", func() { v.lookInto(up) }))
	}
	left := 0
	for _, e := range c.entries {
		if wanted != "" && !strings.Contains(strings.ToLower(e.name), wanted) || c.folder && !e.folder {
			continue
		}
		if len(rows) > mostEntries {
			left++
			continue
		}
		path := filepath.Join(c.at, e.name)
		if e.folder {
			rows = append(rows, v.entryRow("choose."+e.name, "folder", e.name, "", func() { v.lookInto(path) }))
		} else {
			rows = append(rows, v.entryRow("choose."+e.name, "file", e.name, v.bytes(e.bytes)+" · "+v.moment(e.when), func() { v.chosen(path) }))
		}
	}
	parts := []fyne.CanvasObject{v.card(stackOf(v.look.gap(1), rows...))}
	switch {
	case c.unread:
		parts = append(parts, v.wash(v.look.emberWash, v.look.ember, v.say("window.choose.unread")))
	case left > 0:
		parts = append(parts, v.soft(v.say("window.choose.more", "N", left)))
	}
	return parts
}

func (v *View) entryRow(id, icon, name, below string, tap func()) fyne.CanvasObject {
	l := v.look
	text := v.body(name).cut()
	parts := []fyne.CanvasObject{v.icon(icon, l.moss, 20), text}
	r := &row{gap: l.gap(11), mark: true, room: l.text(200)}
	if below != "" {
		r.deeds = true
		parts = append(parts, container.New(&wrap{gap: 4}, v.soft(below)))
	}
	p := v.press(id, name, container.New(r, parts...), tap)
	p.x, p.y, p.round = l.gap(6), l.gap(6), 8
	return p
}

// places are where people keep things: name and folder.
func (v *View) places() [][2]string {
	home := homeFolder()
	all := [][2]string{{v.say("window.choose.home"), home}}
	for _, name := range []string{"Desktop", "Documents", "Bureaublad", "Documenten"} {
		if dir := filepath.Join(home, name); isFolder(dir) {
			all = append(all, [2]string{name, dir})
		}
	}
	if dir := v.st.Backup.Folder; isFolder(dir) {
		all = append(all, [2]string{v.say("window.choose.backups"), dir})
	}
	for _, dir := range disks() {
		all = append(all, [2]string{v.say("window.choose.disk", "Name", diskName(dir)), dir})
	}
	return all
}

func diskName(dir string) string {
	if b := filepath.Base(dir); b != string(filepath.Separator) && b != "." {
		return b
	}
	return dir
}

func isFolder(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.IsDir()
}

// disks are the drives that were plugged in.
func disks() []string {
	var found []string
	switch runtime.GOOS {
	case "windows":
		for c := 'C'; c <= 'Z'; c++ {
			if dir := string(c) + `:\`; isFolder(dir) {
				found = append(found, dir)
			}
		}
		return found
	case "darwin":
		found, _ = filepath.Glob("/Volumes/*")
		return found
	}
	user := filepath.Base(homeFolder())
	for _, pattern := range []string{"/media/" + user + "/*", "/run/media/" + user + "/*"} {
		more, err := filepath.Glob(pattern)
		if err == nil {
			found = append(found, more...)
		}
	}
	return slices.DeleteFunc(found, func(d string) bool { return !isFolder(d) })
}

func saveNew(folder, name, text string) (string, error) {
	ext := filepath.Ext(name)
	stem := name[:len(name)-len(ext)]
	for n := 1; n < 100; n++ {
		path := filepath.Join(folder, name)
		if n > 1 {
			path = filepath.Join(folder, fmt.Sprintf("%s %d%s", stem, n, ext))
		}
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("save the sheet: %w", err)
		}
		_, err = f.WriteString(text)
		if err == nil {
			err = f.Sync()
		}
		if err = errors.Join(err, f.Close()); err != nil {
			return "", fmt.Errorf("save the sheet: %w", err)
		}
		return path, nil
	}
	return "", fmt.Errorf("save the sheet: every name is taken in %s", folder)
}
