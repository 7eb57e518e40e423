package ui

import (
	"os"

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
