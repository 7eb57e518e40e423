package ui

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"

	"camp/node/camp"
)

// shots are the screens that are looked at, measured and kept as markup.
func shots() map[string]func(b *bench) {
	go_ := func(page string) func(*bench) { return func(b *bench) { b.view.visit(page) } }
	return map[string]func(b *bench){
		"home": go_(PageHome), "people": go_(PagePeople), "rules": go_(PageRules), "backups": go_(PageBackups),
		"privacy": go_(PagePrivacy), "log": go_(PageLog), "settings": go_(PageSettings), "help": go_(PageHelp),
		"add": go_(pageAdd), "name": go_(pageName), "restore": go_(PageRestore),
		"person": func(b *bench) { b.view.person = "mara"; b.view.visit(pagePerson) },
		"link":   func(b *bench) { b.view.visit(pageAdd); b.view.link = madeLink{"Mara", testLink}; b.view.draw() },
		"sheet":  func(b *bench) { b.view.visit(PageRecovery); b.view.phrase = testPhrase; b.view.draw() },
		"pause":  func(b *bench) { b.view.visit(PageHome); b.tap("window.home.pause") },
		"close":  func(b *bench) { b.view.visit(PageHome); b.view.closeAsked() },
		"remove": func(b *bench) { b.view.person = "mara"; b.view.visit(pagePerson); b.tap("window.person.remove.do") },
		"failed": func(b *bench) {
			b.desk.faults[camp.DoBackup] = camp.NewFault(camp.Full, "window.space.read_only", os.ErrClosed)
			b.view.visit(PageBackups)
			b.tap("window.backup.now")
			b.tap("window.details")
		},
	}
}

// firstShots are those of a computer without a camp, and of a camp that cannot be on.
func firstShots() map[string]func(b *bench) {
	return map[string]func(b *bench){
		"first":         func(*bench) {},
		"join":          func(b *bench) { b.tap("window.first.join") },
		"first-restore": func(b *bench) { b.tap("window.first.restore") },
		"starting": func(b *bench) {
			st := emptyState()
			st.Settings.Theme = b.desk.st.Settings.Theme
			st.Settings.TextSize = b.desk.st.Settings.TextSize
			for _, s := range []string{"window.busy.folder", "window.busy.check", "window.busy.open"} {
				st.Phase, st.Stage = camp.Starting, s
				b.view.apply(st)
			}
		},
		"trouble": func(b *bench) {
			st := fullState()
			st.Settings = b.desk.st.Settings
			st.Phase, st.Problem = camp.Trouble, &camp.Problem{Say: "window.bring.broken.means", Detail: "open store: MANIFEST missing", Deed: camp.DoRescue}
			b.view.apply(st)
		},
	}
}

const (
	testLink   = "http://127.0.0.1:40123/in/7k3qx9m2hdvt4rapz8wen6lcuj5ygb3f"
	testPhrase = "lantern river maple quiet stone ember harbour willow copper meadow orbit candle"
)

// TestPictures draws every screen into the folder CAMP_SHOTS, for people to look at.
func TestPictures(t *testing.T) {
	dir := os.Getenv("CAMP_SHOTS")
	if dir == "" {
		t.Skip("CAMP_SHOTS names no folder")
	}
	for _, c := range []struct {
		name, lang, theme string
		percent           int
		size              fyne.Size
		st                camp.State
	}{
		{"light-en-full", "en", "light", 100, fyne.NewSize(900, 620), fullState()},
		{"light-en-new", "en", "light", 100, fyne.NewSize(900, 620), newState()},
		{"dark-nl-full", "nl", "dark", 100, fyne.NewSize(720, 480), fullState()},
		{"light-nl-200", "nl", "light", 200, fyne.NewSize(1024, 768), fullState()},
	} {
		c.st.Settings.Theme, c.st.Settings.TextSize = c.theme, c.percent
		for name, open := range shots() {
			if len(c.st.People) == 1 && (name == "person" || name == "remove") {
				continue
			}
			snap(t, filepath.Join(dir, name+"-"+c.name+".png"), c.st, c.lang, c.size, open)
		}
		st := emptyState()
		st.Settings = c.st.Settings
		for name, open := range firstShots() {
			snap(t, filepath.Join(dir, name+"-"+c.name+".png"), st, c.lang, c.size, open)
		}
	}
}

func snap(t *testing.T, file string, st camp.State, lang string, size fyne.Size, open func(*bench)) {
	t.Run(filepath.Base(file), func(t *testing.T) {
		b := newBenchSized(t, st, lang, size)
		open(b)
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := png.Encode(f, b.win.Canvas().Capture()); err != nil {
			t.Fatal(err)
		}
	})
}
