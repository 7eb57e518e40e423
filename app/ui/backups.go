package ui

import (
	"path/filepath"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"camp/node/camp"
)

func joinPath(folder, name string) string { return filepath.Join(folder, name) }

// backupLine is one sentence on the newest backup.
func (v *View) backupLine() string {
	b := v.st.Backup
	switch {
	case b.Running || v.during(camp.DoBackup):
		return v.say("window.backup.running")
	case b.Last.IsZero():
		return v.say("window.backup.never")
	case b.Checked:
		return v.say("window.backup.last.checked", "When", v.moment(b.Last), "Size", v.bytes(b.Bytes))
	}
	return v.say("window.backup.last", "When", v.moment(b.Last), "Size", v.bytes(b.Bytes))
}

// backupWhen is backupLine below a heading that says what it is about.
func (v *View) backupWhen() string {
	b := v.st.Backup
	switch {
	case b.Last.IsZero() || b.Running || v.during(camp.DoBackup):
		return v.backupLine()
	case b.Checked:
		return v.say("window.backup.when.checked", "When", v.moment(b.Last), "Size", v.bytes(b.Bytes))
	}
	return v.say("window.backup.when", "When", v.moment(b.Last), "Size", v.bytes(b.Bytes))
}

// backupsScreen is about copies of the camp, sealed to the recovery phrase.
func (v *View) backupsScreen() fyne.CanvasObject {
	l, b := v.look, v.st.Backup
	now := v.button("window.backup.now", main, "", v.backUp).disabled(b.Running || v.during(camp.DoBackup))
	state := v.card(v.item(v.icon("box", l.moss, 34), v.pair(v.say("window.backup.state"), v.backupWhen()), now))
	parts := []fyne.CanvasObject{v.title(v.say("window.backup.title"), v.say("window.backup.line"))}
	if b.Problem != nil {
		parts = append(parts, v.troubleCard(v.problemOf(b.Problem)))
	}
	folder := b.Folder
	if folder == "" {
		folder = v.say("window.backup.where.own")
	}
	plan := v.lines(
		v.item(nil, stackOf(l.gap(1), v.bold(v.say("window.backup.where")), v.soft(folder).cut()),
			v.button("window.backup.where.choose", quiet, "folder", v.chooseFolder)),
		v.soft(v.say("window.backup.where.tip")),
		v.keepRow("daily", v.say("window.backup.daily"), b.Daily, []int{3, 7, 14, 30}),
		v.keepRow("weekly", v.say("window.backup.weekly"), b.Weekly, []int{1, 2, 3, 4}),
	)
	recovery := v.item(nil, v.pair(v.say("window.backup.recovery"), v.recoveryLine()),
		v.button("window.backup.recovery.show", quiet, "", func() { v.visit(PageRecovery) }))
	more := v.lines(
		recovery,
		v.item(nil, v.pair(v.say("window.backup.check"), v.say("window.backup.check.line")),
			v.button("window.backup.check.do", quiet, "file", v.checkFile).disabled(v.during(camp.DoCheck))),
		v.item(nil, v.pair(v.say("window.backup.bring"), v.say("window.backup.bring.line")),
			v.button("window.backup.bring.do", quiet, "", func() { v.visit(PageRestore) })),
	)
	parts = append(parts, state, v.card(plan), v.card(more))
	if b.Last.IsZero() {
		parts = append(parts, v.picture("lantern"))
	}
	return v.pane(parts...)
}

func (v *View) recoveryLine() string {
	if v.st.Recovery {
		return v.say("window.backup.recovery.done")
	}
	return v.say("window.backup.recovery.line")
}

func (v *View) keepRow(id, name string, n int, choices []int) fyne.CanvasObject {
	if !slices.Contains(choices, n) {
		choices = append(slices.Clone(choices), n)
		slices.Sort(choices)
	}
	var options [][2]string
	for _, c := range choices {
		options = append(options, [2]string{v.number(c), v.number(c)})
	}
	return v.item(nil, v.body(name), v.pick("backup."+id, options, v.number(n), func(value string) {
		for _, c := range choices {
			if v.number(c) == value {
				in := camp.Intent{Do: camp.DoBackupPlan, Folder: v.st.Backup.Folder, Daily: v.st.Backup.Daily, Weekly: v.st.Backup.Weekly}
				if id == "daily" {
					in.Daily = c
				} else {
					in.Weekly = c
				}
				v.do(in, "", nil)
			}
		}
	}))
}

func (v *View) backUp() {
	v.do(camp.Intent{Do: camp.DoBackup}, "window.busy.backup", func(a camp.Answer) {
		v.good(v.answerOr(a, "window.backup.done"))
	})
}

func (v *View) chooseFolder() {
	v.chooser.Folder(v.st.Backup.Folder, func(folder string) {
		v.do(camp.Intent{Do: camp.DoBackupPlan, Folder: folder, Daily: v.st.Backup.Daily, Weekly: v.st.Backup.Weekly}, "window.busy.folder",
			func(camp.Answer) { v.good(v.say("window.backup.where.done", "Folder", folder)) })
	})
}

// checkFile reads a backup through and says whether it is whole.
func (v *View) checkFile() {
	v.chooser.File(func(path string) {
		v.do(camp.Intent{Do: camp.DoCheck, File: path}, "window.busy.check", func(a camp.Answer) {
			if a.Backup == nil || v.words.Has(a.Say) {
				v.good(v.answerOr(a, "window.backup.whole"))
				return
			}
			v.good(v.boxLine(*a.Backup))
		})
	})
}

// boxLine describes a backup in a sentence.
func (v *View) boxLine(b camp.BackupBox) string {
	key := "window.backup.box.whole"
	if !b.Whole {
		key = "window.backup.box.broken"
	}
	return v.say(key, "Camp", b.Camp, "When", v.moment(b.Made), "N", b.Members, "Posts", b.Posts, "Size", v.bytes(b.Bytes))
}

// bringing is what the screen "Bring a camp back" has gathered.
type bringing struct {
	file string
	box  *camp.BackupBox // what the backup holds, once it was opened
}

// restoreScreen brings a camp back in three small steps: the file, the phrase,
// and the one question that matters. Nothing is replaced before the last.
func (v *View) restoreScreen() fyne.CanvasObject {
	back := v.backButton(func() {
		v.bringing = bringing{}
		v.first = ""
		v.visit(PageBackups)
	})
	file := v.say("window.bring.file.none")
	if v.bringing.file != "" {
		file = v.bringing.file
	}
	choose := v.button("window.bring.file.choose", weightIf(v.bringing.file == "", main), "file", func() {
		v.chooser.File(func(path string) { v.bringing = bringing{file: path}; v.draw() })
	})
	parts := []fyne.CanvasObject{
		back, v.title(v.say("window.bring.title"), v.say("window.bring.line")),
		v.card(v.item(nil, stackOf(v.look.gap(1), v.bold(v.say("window.bring.file")), v.soft(file).cut()), choose)),
	}
	if v.bringing.file != "" {
		look := func() {
			if phrase := v.typed("bring.phrase"); phrase != "" {
				v.lookInside(phrase)
				return
			}
			v.window.Canvas().Focus(v.fields["bring.phrase"])
		}
		f := v.field("bring.phrase", v.say("window.bring.phrase.hint"), 3, look)
		parts = append(parts, v.card(v.bold(v.say("window.bring.phrase")), v.soft(v.say("window.bring.phrase.line")), f,
			v.deeds(v.button("window.bring.look", weightIf(v.bringing.box == nil, main), "", look).disabled(v.during(camp.DoCheck)))))
	}
	if b := v.bringing.box; b != nil {
		parts = append(parts, v.card(v.bold(b.Camp), v.body(v.boxLine(*b)), v.soft(v.keepsOld()),
			v.deeds(v.button("window.bring.do", main, "", v.bringAsked).disabled(v.during(camp.DoRestore)))))
	}
	if v.st.Exists {
		return v.pane(parts...)
	}
	return v.alone(parts...)
}

func weightIf(yes bool, w weight) weight {
	if yes {
		return w
	}
	return quiet
}

func (v *View) keepsOld() string {
	if v.st.Exists {
		return v.say("window.bring.keeps_old")
	}
	return v.say("window.bring.keeps")
}

func (v *View) lookInside(phrase string) {
	v.do(camp.Intent{Do: camp.DoCheck, File: v.bringing.file, Phrase: phrase}, "window.busy.check", func(a camp.Answer) {
		switch {
		case a.Backup == nil:
			v.bringing.box = &camp.BackupBox{File: v.bringing.file, Whole: true, Camp: v.say("window.bring.unknown")}
		case !a.Backup.Whole:
			v.bringing.box = nil
			v.strip = strip{trouble: &trouble{what: v.say("window.bring.broken"), means: v.say("window.bring.broken.means")}}
		default:
			v.bringing.box = a.Backup
		}
	})
}

func (v *View) bringAsked() {
	phrase := v.typed("bring.phrase")
	v.ask(question{
		title: v.say("window.bring.old"),
		parts: []fyne.CanvasObject{v.body(v.say("window.bring.old.line"))},
		deeds: []*press{v.button("window.bring.old.yes", main, "", func() { v.bringBack(phrase) })},
		safe:  v.button("window.bring.old.no", quiet, "", nil),
	})
}

func (v *View) bringBack(phrase string) {
	in := camp.Intent{Do: camp.DoRestore, File: v.bringing.file, Phrase: phrase, Replace: v.st.Exists}
	v.do(in, "window.busy.restore", func(a camp.Answer) {
		v.bringing, v.first = bringing{}, ""
		v.visit(PageHome)
		v.good(v.answerOr(a, "window.bring.done"))
	})
}

// stamp is the date in a file's name.
func (v *View) stamp() string { return v.now().Format(time.DateOnly) }
