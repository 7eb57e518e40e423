package ui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"camp/node/camp"
)

func TestStartIsOneClick(t *testing.T) {
	b := newBench(t, emptyState(), "en")
	b.tap("window.first.start")
	b.wantIntent(camp.Intent{Do: camp.DoStart})
	st := newState()
	st.Settings.Theme = "light"
	b.view.apply(st)
	b.wantText(b.say("window.home.on"))
	b.wantText(b.say("window.steps"))
}

func TestStagesOfAStartAreTicked(t *testing.T) {
	b := newBench(t, emptyState(), "en")
	firstShots()["starting"](b)
	for _, k := range []string{"window.busy.folder", "window.busy.check", "window.busy.open"} {
		b.wantText(b.say(k))
	}
	if got := len(b.view.stages); got != 3 {
		t.Errorf("%d stages remembered, want 3", got)
	}
	b.view.apply(newState())
	if b.view.stages != nil {
		t.Error("stages of a finished start are still remembered")
	}
}

func TestAStartThatFailsSaysWhatToDo(t *testing.T) {
	b := newBench(t, emptyState(), "en")
	b.desk.faults[camp.DoStart] = camp.NewFault(camp.Full, "window.space.read_only", errors.New("statfs: 0 blocks"))
	b.tap("window.first.start")
	b.wantText(b.say("window.space.read_only"))
	b.wantText(b.say("window.fault.full"))
	b.tap("window.details")
	b.tap("window.details.copy")
	if got := fyne.CurrentApp().Clipboard().Content(); !strings.Contains(got, "statfs: 0 blocks") {
		t.Errorf("clipboard holds %q", got)
	}
	b.desk.faults[camp.DoStart] = camp.NewFault(camp.Full, "window.space.read_only", nil)
	b.tap("window.first.start")
	delete(b.desk.faults, camp.DoStart)
	b.tap("window.again")
	b.wantIntent(camp.Intent{Do: camp.DoStart})
}

func TestAFaultWithoutWordsOfOursIsSpoken(t *testing.T) {
	b := newBench(t, newState(), "en")
	b.desk.faults[camp.DoOpen] = &camp.Fault{Kind: camp.Offline, Say: "from.a.newer.camp", Err: errors.New("The browser is asleep.")}
	b.tap("window.home.open")
	b.wantText("The browser is asleep.")
	b.desk.faults[camp.DoOpen] = context.DeadlineExceeded
	b.tap("window.again")
	b.wantText(b.say("window.fault.slow"))
	b.desk.faults[camp.DoOpen] = errors.New("gone")
	b.tap("window.again")
	b.wantText(b.say("window.fault.gone"))
}

func TestLanguageIsChosenOnTheFirstScreen(t *testing.T) {
	b := newBench(t, emptyState(), "en")
	b.tap("language")
	menu := b.win.Canvas().Overlays().Top()
	if menu == nil {
		t.Fatal("no menu of languages")
	}
	b.win.Canvas().Overlays().Remove(menu)
	b.view.setLanguage("nl")
	s := b.desk.last().Settings
	if s == nil || s.Language != "nl" {
		t.Fatalf("asked for settings %+v, want Dutch", s)
	}
	b.wantText("Start kamp")
}

func TestBlocks(t *testing.T) {
	b := newBench(t, fullState(), "en")
	b.view.visit(PageBlocks)
	b.tap("block.angry.example")
	b.wantIntent(camp.Intent{Do: camp.DoUnblock, Domain: "angry.example"})
	b.wantText(b.say("window.blocks.lifted_done", "Name", "angry.example"))
	b.tap("window.blocks.undo")
	b.wantIntent(camp.Intent{Do: camp.DoBlockUndo, ID: "000000000000000001"})
	b.tap("block.loud.example") // lifted: one click puts it back
	b.wantIntent(camp.Intent{Do: camp.DoBlockUndo, ID: "000000000000000003"})
	b.tap("reports.xn--kche-0ra.example")
	b.wantIntent(camp.Intent{Do: camp.DoBlockReports, Domain: "xn--kche-0ra.example"})
	st := fullState()
	st.Blocks[1].NoReports = true
	b.view.apply(st)
	b.tap("reports.xn--kche-0ra.example") // and back
	b.wantIntent(camp.Intent{Do: camp.DoBlockReports, Domain: "xn--kche-0ra.example", On: true})
	for _, id := range []string{"reports.angry.example", "reports.loud.example"} { // nothing is taken of who is kept away; the other is lifted
		if slices.Contains(b.buttons(), id) {
			t.Errorf("%s is offered", id)
		}
	}
	b.typeInto("block.name", "github.io")
	b.tap("level.firewall")
	b.desk.faults[camp.DoBlock] = camp.NewFault(camp.Conflict, "border.shared.say", nil)
	b.tap("window.blocks.do")
	b.wantIntent(camp.Intent{Do: camp.DoBlock, Domain: "github.io", Level: camp.LevelFirewall})
	delete(b.desk.faults, camp.DoBlock)
	b.tap("window.blocks.wide")
	b.tap("window.blocks.do")
	b.wantIntent(camp.Intent{Do: camp.DoBlock, Domain: "github.io", Level: camp.LevelFirewall, Wide: true})
}

func TestBringBack(t *testing.T) {
	for name, c := range map[string]struct {
		st      camp.State
		open    func(*bench)
		replace bool
	}{
		"on a new computer":   {emptyState(), func(b *bench) { b.tap("window.first.restore") }, false},
		"over a present camp": {newState(), func(b *bench) { b.view.visit(PageBackups); b.tap("window.backup.bring.do") }, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, c.st, "en")
			b.chooser.path = "/disk/pinewood.campbackup"
			c.open(b)
			b.tap("window.bring.file.choose")
			b.typeInto("bring.phrase", "abcde fghjk")
			b.desk.answers[camp.DoCheck] = camp.Answer{Backup: &camp.BackupBox{Camp: "Pinewood", Made: testNow(), Members: 23, Posts: 812, Bytes: 84e6, Whole: true}}
			b.tap("window.bring.look")
			b.wantIntent(camp.Intent{Do: camp.DoCheck, File: "/disk/pinewood.campbackup", Phrase: "abcde fghjk"})
			b.wantText("Pinewood")
			b.tap("window.bring.do")
			b.wantText("Is the old computer switched off for good?")
			asked := len(b.desk.asked)
			b.tap("window.bring.old.no")
			if len(b.desk.asked) != asked {
				t.Error("the safe answer asked for something")
			}
			b.tap("window.bring.do")
			b.tap("window.bring.old.yes")
			b.wantIntent(camp.Intent{Do: camp.DoRestore, File: "/disk/pinewood.campbackup", Phrase: "abcde fghjk", Replace: c.replace})
		})
	}
}

func TestABrokenBackupCannotBeBroughtBack(t *testing.T) {
	b := newBench(t, emptyState(), "en")
	b.tap("window.first.restore")
	b.tap("window.bring.file.choose")
	b.desk.answers[camp.DoCheck] = camp.Answer{Backup: &camp.BackupBox{Camp: "Pinewood", Made: testNow()}}
	b.tap("window.bring.look")
	if len(b.desk.asked) != 0 {
		t.Error("asked without a phrase")
	}
	b.typeInto("bring.phrase", "abc")
	b.tap("window.bring.look")
	b.wantText(b.say("window.bring.broken"))
	for _, id := range b.buttons() {
		if id == "window.bring.do" {
			t.Error("a broken backup is offered")
		}
	}
}

func TestHome(t *testing.T) {
	b := newBench(t, fullState(), "en")
	b.tap("window.home.open")
	b.wantIntent(camp.Intent{Do: camp.DoOpen})
	b.tap("need.backup")
	b.wantIntent(camp.Intent{Do: camp.DoBackup})
	b.tap("who.away")
	b.wantText(b.say("window.reach.open.why") + " " + b.say("window.reach.last", "When", b.view.moment(testNow().Add(-2*time.Minute))))
	b.tap("need.recovery")
	if b.view.page != PageRecovery {
		t.Errorf("the need led to %q", b.view.page)
	}
}

func TestPauseAsksForHowLong(t *testing.T) {
	b := newBench(t, newState(), "en")
	for id, want := range map[string]time.Duration{
		"window.pause.hour": time.Hour, "window.pause.tomorrow": 16*time.Hour + 55*time.Minute, "window.pause.open": 0,
	} {
		b.tap("window.home.pause")
		b.tap(id)
		b.wantIntent(camp.Intent{Do: camp.DoPause, For: want})
	}
	st := newState()
	st.Phase, st.Until = camp.Paused, testNow().Add(20*time.Hour)
	b.view.apply(st)
	b.wantText(b.say("window.home.paused", "Time", b.view.moment(st.Since)))
	b.wantText(b.say("window.home.paused.until", "Time", "tomorrow 10:05"))
	b.tap("window.deed.resume")
	b.wantIntent(camp.Intent{Do: camp.DoResume})
	st.Phase = camp.Off
	b.view.apply(st)
	b.tap("window.deed.start")
	b.wantIntent(camp.Intent{Do: camp.DoStart})
}

func TestFirstSteps(t *testing.T) {
	b := newBench(t, newState(), "en")
	for _, s := range []string{"name", "invite", "rules", "backups", "recovery"} {
		b.tap("skip." + s)
		b.wantIntent(camp.Intent{Do: camp.DoSkip, Page: s})
	}
	b.tap("step.rules")
	b.wantIntent(camp.Intent{Do: camp.DoSkip, Page: "rules"})
	b.wantText("Be kind. Speak as you would around a fire.")
	b.view.visit(PageHome)
	b.tap("step.name")
	f := b.view.fields["name"]
	if f.Text != "Camp of Vera" {
		t.Errorf("the field holds %q", f.Text)
	}
	f.SetText("  Pinewood ")
	b.tap("window.name.save")
	b.wantIntent(camp.Intent{Do: camp.DoSkip, Page: "name"})
	if in := b.desk.asked[len(b.desk.asked)-2]; in.Do != camp.DoName || in.Name != "Pinewood" {
		t.Errorf("asked %+v", in)
	}
	st := newState()
	st.Skipped, st.Recovery = []string{"name", "invite", "rules", "backups"}, true
	b.view.apply(st)
	for _, text := range b.texts() {
		if text == b.say("window.steps") {
			t.Error("steps are offered again when all are done")
		}
	}
	b.wantText(b.say("window.home.nothing"))
}

// TestStayOn: once somebody is invited, one click has Camp start by itself and
// keep the computer awake; who does so already is not asked.
func TestStayOn(t *testing.T) {
	st := newState()
	st.Settings.Theme = "light"
	b := newBench(t, st, "en")
	offered := func(id string) bool {
		return slices.ContainsFunc(b.all(), func(o fyne.CanvasObject) bool { p, ok := o.(*press); return ok && p.id == id })
	}
	if offered("step.stay") || !offered("step.invite") {
		t.Error("before the first code, staying on is offered, or inviting is not")
	}
	b.tap("step.invite")
	b.wantText(b.say("window.invite.title"))
	b.view.visit(PageHome)
	st.Invites = []camp.InviteLine{{ID: "00112233aabbccdd", State: camp.InviteOpen, Uses: 1, Ends: testNow().AddDate(0, 0, 6)}}
	b.view.apply(st)
	if offered("step.invite") {
		t.Error("the first person is invited, and inviting is still a first step")
	}
	b.tap("step.stay")
	want := st.Settings
	want.StartAtLogin, want.KeepAwake = true, true
	if in := b.desk.last(); in.Do != camp.DoSettings || in.Settings == nil || *in.Settings != want {
		t.Errorf("asked %+v %+v", in, in.Settings)
	}
	st.Settings = want
	b.view.apply(st)
	if offered("step.stay") {
		t.Error("it stays on, and is asked to")
	}
}

// TestHomeSaysWhoWasAsked: what left this computer is said as it is.
func TestHomeSaysWhoWasAsked(t *testing.T) {
	st := newState()
	b := newBench(t, st, "en")
	b.wantText(b.say("window.home.contacts"))
	st.Reach = camp.Reach{On: true, Asked: true, State: "open"}
	b.view.apply(st)
	b.wantText(b.say("window.home.contacts.router"))
}

func TestAddAPerson(t *testing.T) {
	b := newBench(t, newState(), "en")
	b.view.visit(PagePeople)
	b.tap("window.invite.somebody")
	b.tap("window.people.add")
	b.tap("window.add.make")
	b.wantText(b.say("window.add.bad"))
	b.typeInto("add.name", "Mara de Vries")
	b.wantText(b.say("window.add.handle", "Short", "@mara_de_vries"))
	b.desk.answers[camp.DoMemberAdd] = camp.Answer{URL: testLink}
	b.tap("window.add.make")
	b.wantIntent(camp.Intent{Do: camp.DoMemberAdd, Person: "mara_de_vries", Name: "Mara de Vries", Role: camp.RoleMember})
	b.wantText(testLink)
	b.tap("window.link.copy")
	if got := fyne.CurrentApp().Clipboard().Content(); got != testLink {
		t.Errorf("clipboard holds %q", got)
	}
	b.tap("window.link.copy_friendly")
	if got := fyne.CurrentApp().Clipboard().Content(); !strings.Contains(got, testLink) || !strings.Contains(got, "Mara de Vries") {
		t.Errorf("clipboard holds %q", got)
	}
	b.tap("window.add.more")
	if got := b.view.typed("add.name"); got != "" {
		t.Errorf("the next person is called %q", got)
	}
	b.tap("window.cancel")
	if b.view.page != PagePeople || b.view.link.url != "" {
		t.Error("the link outlives its screen")
	}
}

func TestPerson(t *testing.T) {
	b := newBench(t, fullState(), "en")
	b.view.visit(PagePeople)
	b.tap("person.mara")
	b.tap("window.person.helper.make")
	b.wantIntent(camp.Intent{Do: camp.DoMemberRole, Person: "mara", Role: camp.RoleHelper})
	st := fullState()
	for i := range st.People {
		st.People[i].Offered = st.People[i].Name == "mara"
	}
	b.view.apply(st)
	b.tap("window.person.offered.back")
	b.wantIntent(camp.Intent{Do: camp.DoMemberRole, Person: "mara", Role: camp.RoleMember})
	b.desk.answers[camp.DoMemberLink] = camp.Answer{URL: testLink}
	b.tap("window.person.link.make")
	b.wantIntent(camp.Intent{Do: camp.DoMemberLink, Person: "mara"})
	b.wantText(testLink)
	b.tap("window.person.export.do")
	b.wantIntent(camp.Intent{Do: camp.DoExport, Person: "mara", File: "/disk/camp-mara-2026-11-22.zip"})
	b.tap("window.person.remove.do")
	asked := len(b.desk.asked)
	b.view.key(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if b.view.asking != nil || len(b.desk.asked) != asked {
		t.Error("Escape is not the safe answer")
	}
	b.tap("window.person.remove.do")
	b.tap("window.remove.keep")
	b.wantIntent(camp.Intent{Do: camp.DoMemberRemove, Person: "mara"})
	b.tap("person.jonas_weber")
	b.tap("window.person.nohelper.make")
	b.wantIntent(camp.Intent{Do: camp.DoMemberRole, Person: "jonas_weber", Role: camp.RoleMember})
	b.tap("window.person.remove.do")
	b.tap("window.remove.erase")
	b.wantIntent(camp.Intent{Do: camp.DoMemberRemove, Person: "jonas_weber", Erase: true})
	b.tap("person.vera")
	for _, id := range b.buttons() {
		if id == "window.person.remove.do" || id == "window.person.helper.make" {
			t.Errorf("the host can be asked for %s", id)
		}
	}
}

func TestAPersonWhoIsGoneLeavesNoDeeds(t *testing.T) {
	b := newBench(t, fullState(), "en")
	b.view.visit(PagePeople)
	b.tap("person.mara")
	b.view.apply(newState())
	b.wantText(b.say("window.person.gone"))
}

func TestSearchNarrowsPeopleDown(t *testing.T) {
	b := newBench(t, fullState(), "en")
	b.view.visit(PagePeople)
	b.typeInto("people.search", "weber")
	b.button("person.jonas_weber")
	for _, id := range b.buttons() {
		if id == "person.mara" {
			t.Error("Mara is no Weber")
		}
	}
	if b.win.Canvas().Focused() != fyne.Focusable(b.view.fields["people.search"]) {
		t.Error("typing lost the field")
	}
}

func TestBackups(t *testing.T) {
	b := newBench(t, fullState(), "en")
	b.view.visit(PageBackups)
	b.tap("window.backup.now")
	b.wantIntent(camp.Intent{Do: camp.DoBackup})
	b.tap("window.backup.where.choose")
	b.wantIntent(camp.Intent{Do: camp.DoBackupPlan, Folder: "/disk", Daily: 7, Weekly: 4})
	b.tap("backup.daily.14")
	b.wantIntent(camp.Intent{Do: camp.DoBackupPlan, Folder: "/media/vera/Blue disk/Camp backups", Daily: 14, Weekly: 4})
	b.tap("backup.weekly.1")
	b.wantIntent(camp.Intent{Do: camp.DoBackupPlan, Folder: "/media/vera/Blue disk/Camp backups", Daily: 7, Weekly: 1})
	b.desk.answers[camp.DoCheck] = camp.Answer{Backup: &camp.BackupBox{Camp: "Pinewood", Made: testNow(), Members: 1, Posts: 3, Bytes: 1200, Whole: true}}
	b.tap("window.backup.check.do")
	b.wantIntent(camp.Intent{Do: camp.DoCheck, File: "/disk"})
	b.wantText("Pinewood, today 14:05: 1 person, 3 posts, 1 kB. The backup is whole.")
}

func TestRecoverySheet(t *testing.T) {
	b := newBench(t, fullState(), "en")
	b.view.visit(PageRecovery)
	b.desk.answers[camp.DoRecovery] = camp.Answer{Phrase: testPhrase}
	b.tap("window.sheet.show")
	b.wantText(testPhrase)
	b.tap("window.sheet.print")
	b.wantIntent(camp.Intent{Do: camp.DoOpen, Page: PageRecovery})
	b.tap("window.sheet.save")
	b.wantIntent(camp.Intent{Do: camp.DoRecoveryDone})
	if !strings.Contains(b.chooser.saved, testPhrase) || !strings.Contains(b.chooser.saved, "Pinewood") {
		t.Errorf("saved %q", b.chooser.saved)
	}
	b.chooser.err = errors.New("disk full")
	b.tap("window.sheet.save")
	b.wantText(b.say("window.sheet.not_saved"))
	b.tap("window.sheet.done")
	b.wantIntent(camp.Intent{Do: camp.DoRecoveryDone})
	b.view.visit(PageHome)
	if b.view.phrase != "" {
		t.Error("the phrase outlives its screen")
	}
}

func TestPrivacyAndLog(t *testing.T) {
	b := newBench(t, fullState(), "en")
	b.view.visit(PagePrivacy)
	b.tap("kept.window.help.screens")
	b.wantText(b.say("window.privacy.export.yes"))
	b.tap("window.privacy.mine.do")
	b.wantIntent(camp.Intent{Do: camp.DoExport, Person: "vera", File: "/disk/camp-vera-2026-11-22.zip"})
	b.view.visit(PageLog)
	b.wantText("Today")
	b.typeInto("log.filter", "noor")
	for _, text := range b.texts() {
		if strings.HasPrefix(text, "Tom ") {
			t.Errorf("the filter lets %q through", text)
		}
	}
}

func TestSettings(t *testing.T) {
	b := newBench(t, fullState(), "en")
	b.view.visit(PageSettings)
	for id, want := range map[string]camp.Settings{
		"text.150":              {Theme: "light", TextSize: 150},
		"theme.dark":            {Theme: "dark"},
		"window.settings.login": {Theme: "light", StartAtLogin: true},
		"window.settings.awake": {Theme: "light", KeepAwake: true},
		"close.end":             {Theme: "light", Close: "end"},
	} {
		b.tap(id)
		if got := b.desk.last(); got.Do != camp.DoSettings || *got.Settings != want {
			t.Errorf("%s asked %+v, want %+v", id, *got.Settings, want)
		}
	}
	b.tap("language.nl")
	if got := b.desk.last().Settings.Language; got != "nl" {
		t.Errorf("language %q", got)
	}
	b.wantText("Instellingen")
	st := fullState()
	st.Settings = camp.Settings{Theme: "dark", TextSize: 150, Language: "nl"}
	b.view.apply(st)
	if b.view.look.name != "dark" || b.view.look.percent != 150 {
		t.Errorf("look is %s at %d", b.view.look.name, b.view.look.percent)
	}
}

func TestTroubleOffersTheWaysOut(t *testing.T) {
	b := newBench(t, emptyState(), "en")
	firstShots()["trouble"](b)
	b.tap("window.rescue.backup.do")
	b.wantIntent(camp.Intent{Do: camp.DoRescue, Page: "backup"})
	b.tap("window.rescue.export.do")
	b.wantIntent(camp.Intent{Do: camp.DoRescue, Page: "export", Folder: "/disk"})
	b.tap("window.deed.start")
	b.wantIntent(camp.Intent{Do: camp.DoStart})
	b.tap("window.backup.bring.do")
	if b.view.page != PageRestore {
		t.Errorf("led to %q", b.view.page)
	}
}

func TestARescueAsksForThePhraseOnlyWhereItIsNeeded(t *testing.T) {
	b := newBench(t, emptyState(), "en")
	firstShots()["trouble"](b)
	b.desk.faults[camp.DoRescue] = camp.NewFault(camp.Invalid, phraseNeeded, nil)
	b.tap("window.rescue.backup.do")
	b.wantText(b.say("window.rescue.phrase"))
	b.typeInto("rescue.phrase", "abc")
	delete(b.desk.faults, camp.DoRescue)
	b.tap("window.rescue.backup.do")
	b.wantIntent(camp.Intent{Do: camp.DoRescue, Page: "backup", Phrase: "abc"})
}

func TestClosing(t *testing.T) {
	with := func(set func(*camp.State)) camp.State { st := fullState(); set(&st); return st }
	for name, c := range map[string]struct {
		st     camp.State
		noTray bool
		tap    string // "" where nothing is asked
		do     string
		gone   bool
	}{
		"first time, understood":   {fullState(), false, "window.close.keep", camp.DoSettings, true},
		"first time, end instead":  {fullState(), false, "window.close.end", camp.DoStop, false},
		"keep":                     {with(func(s *camp.State) { s.Settings.Close = "keep" }), false, "", "", true},
		"ask":                      {with(func(s *camp.State) { s.Settings.Close = "ask" }), false, "window.close.keep", "", true},
		"end":                      {with(func(s *camp.State) { s.Settings.Close = "end" }), false, "", camp.DoStop, false},
		"no tray, keep on":         {with(func(s *camp.State) { s.Settings.Close = "keep" }), true, "window.close.keep_on", "", true},
		"no tray, end":             {fullState(), true, "window.close.end", camp.DoStop, false},
		"nothing lives here":       {emptyState(), false, "", camp.DoStop, false},
		"nothing here and no tray": {emptyState(), true, "", camp.DoStop, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, c.st, "en")
			b.view.cfg.NoTray = c.noTray
			b.view.closeAsked()
			if c.tap != "" {
				if b.gone || len(b.desk.asked) != 0 {
					t.Fatal("did not ask first")
				}
				b.tap(c.tap)
			}
			if got := b.desk.last().Do; got != c.do || b.gone != c.gone {
				t.Errorf("asked %q, window gone %t; want %q, %t", got, b.gone, c.do, c.gone)
			}
			if c.do == camp.DoSettings && b.desk.last().Settings.Close != "keep" {
				t.Error("the choice is not kept")
			}
		})
	}
}

func TestEndAsks(t *testing.T) {
	b := newBench(t, fullState(), "en")
	b.view.endAsked()
	b.tap("window.end.not")
	if len(b.desk.asked) != 0 {
		t.Error("the safe answer ended the camp")
	}
	b.view.endAsked()
	b.tap("window.end.do")
	b.wantIntent(camp.Intent{Do: camp.DoStop})
}

func TestShowBringsTheWishedScreen(t *testing.T) {
	st := fullState()
	st.Show, st.ShowPage = 3, "backups"
	b := newBench(t, st, "en")
	if b.view.page != PageBackups {
		t.Errorf("the first state asks for backups, shown is %q", b.view.page)
	}
	b.view.visit(PageRules)
	st.Members++
	b.view.apply(st)
	if b.view.page != PageRules {
		t.Error("an old wish moved the window")
	}
	st.Show, st.ShowPage = 4, "people"
	b.view.apply(st)
	if b.view.page != PagePeople {
		t.Errorf("shown is %q", b.view.page)
	}
	st.Show, st.ShowPage = 5, "no such screen"
	b.view.apply(st)
	if b.view.page != PageHome {
		t.Errorf("an unknown screen shows %q", b.view.page)
	}
}

func TestARedrawKeepsWhatPeopleAreDoing(t *testing.T) {
	b := newBenchSized(t, fullState(), "en", fyne.NewSize(minWidth, minHeight))
	b.view.visit(PagePeople)
	b.typeInto("people.search", "e")
	b.view.scrollBy(120)
	before := b.view.scroll.Offset
	st := fullState()
	st.Here = 9
	b.view.apply(st)
	if b.view.scroll.Offset != before || before.Y == 0 {
		t.Errorf("scrolled to %v, was %v", b.view.scroll.Offset, before)
	}
	if got := b.view.typed("people.search"); got != "e" {
		t.Errorf("typed text is %q", got)
	}
	b.view.visit(PageSettings)
	p := b.button("theme.dark")
	b.win.Canvas().Focus(p)
	st.Here = 10
	b.view.apply(st)
	if got := focusID(b.win.Canvas().Focused()); got != "theme.dark" {
		t.Errorf("the keyboard is on %q", got)
	}
}

func TestRunBringsStatesAndDeedsAndEnds(t *testing.T) {
	b := newBench(t, emptyState(), "en")
	b.desk.states = make(chan camp.State, 2)
	spawned := make(chan struct{})
	b.view.spawn = func(work func(context.Context) func()) {
		b.view.later <- func(ctx context.Context) func() {
			then := work(ctx)
			return func() {
				then()
				b.desk.states <- newState()
				close(b.desk.states)
				close(spawned)
			}
		}
	}
	b.tap("window.first.start")
	if gone := b.view.Run(t.Context()); !gone {
		t.Error("the camp ended, Run says it did not")
	}
	<-spawned
	if b.view.st.Phase != camp.On || b.desk.last().Do != camp.DoStart {
		t.Errorf("phase %s, asked %v", b.view.st.Phase, b.desk.asked)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b.desk.states = make(chan camp.State)
	if gone := b.view.Run(ctx); gone {
		t.Error("Run was told to end and says that the camp did")
	}
}

func TestADeedIsNotAskedTwiceAtOnce(t *testing.T) {
	b := newBench(t, fullState(), "en")
	var waiting []func(context.Context) func()
	b.view.spawn = func(work func(context.Context) func()) { waiting = append(waiting, work) }
	b.view.visit(PageBackups)
	b.tap("window.backup.now")
	b.wantText(b.say("window.busy.backup"))
	test.Tap(b.button("window.backup.now"))
	b.view.backUp()
	if len(waiting) != 1 {
		t.Fatalf("%d deeds under way", len(waiting))
	}
	w := b.view.busy[camp.DoBackup]
	w.since = testNow().Add(-slowAfter)
	b.view.busy[camp.DoBackup] = w
	b.view.tickOver(false)
	b.wantText(b.say("window.busy.backup") + " " + b.say("window.busy.slow"))
	waiting[0](t.Context())()
	b.wantText(b.say("window.backup.done"))
}

func TestTheKeyboardComesBackToAButtonWhoseDeedIsDone(t *testing.T) {
	b := newBench(t, fullState(), "en")
	var waiting []func(context.Context) func()
	b.view.spawn = func(work func(context.Context) func()) { waiting = append(waiting, work) }
	b.view.visit(PageBackups)
	b.win.Canvas().Focus(b.button("window.backup.now"))
	b.button("window.backup.now").TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if f := b.win.Canvas().Focused(); f != nil {
		t.Errorf("a greyed button keeps the keyboard: %v", f)
	}
	b.view.tickOver(true)
	waiting[0](t.Context())()
	if got := focusID(b.win.Canvas().Focused()); got != "window.backup.now" {
		t.Errorf("the keyboard is on %q", got)
	}
}
