package ui

import (
	"context"
	"reflect"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"camp/assets"
	"camp/node/camp"
)

// The screens, in the order of the side bar. Their names are those of
// State.ShowPage, Need.Page and the window's flag --page.
const (
	PageHome     = "home"
	PagePeople   = "people"
	PageOthers   = "others" // camps of others
	PageBlocks   = "blocks"
	PageRules    = "rules"
	PageBackups  = "backups"
	PagePrivacy  = "privacy"
	PageLog      = "log"
	PageSettings = "settings"

	PageRecovery = "recovery" // the recovery sheet
	PageRestore  = "restore"  // bring a camp back
	PageJoin     = "join"
	PageInvite   = "invite"
	PageHelp     = "help"
	PageWorld    = "world" // the wide world

	pageReports = "reports" // of the camp itself, in the browser
	pagePerson  = "person"
	pageAdd     = "add" // add a person
	pageName    = "name"
	pageChange  = "rules.change" // the rules are written anew
)

var sidePages = [...]string{PageHome, PagePeople, PageOthers, PageBlocks, PageRules, PageBackups, PagePrivacy, PageLog, PageSettings}

// smallest size of the window, and the size it has first.
const (
	minWidth, minHeight     = 720, 480
	FirstWidth, FirstHeight = 900, 620
)

// View is the window's content. All its methods but Run belong to Fyne's goroutine.
type View struct {
	desk    Desk
	window  fyne.Window
	now     func() time.Time
	cfg     Config
	chooser Chooser
	words   *assets.Words
	look    look

	st       camp.State
	known    bool // a state has come
	page     string
	person   string   // handle on the screen of one person
	first    string   // choice on the first screen: "", PageJoin, PageRestore, PageSettings
	stages   []string // seen while starting, in order
	strip    strip
	details  bool // technical text is open
	open     map[string]bool
	link     madeLink
	phrase   string // of the recovery sheet, while it is shown
	bringing bringing
	choosing *choosing // a file or folder is being chosen, or nil
	seenShow int

	made        *camp.InviteLine // a code that is shown
	device      *camp.InviteLine // a device of one's own, just made
	back        *camp.InviteLine // by which the person on the screen comes back
	deviceOf    string           // the membership it is for
	days, uses  string           // of the code to be made
	talked      *camp.Contacts   // whom this computer talked with, once asked for
	systems     []string         // for which there is a program to hand out
	agreed      map[int]bool     // rules ticked while joining
	draft       *rulesDraft      // the rules being written anew
	linked      bool             // the code in the field came by a link
	level       camp.Level       // of the server to be added
	review      string           // when to look at that again
	wide        bool             // the name is shared by many: a yes is asked for
	wideYes     bool
	undo        undoable
	tried       *camp.World // what came of a name that was tried
	ending      bool        // the person asked to end Camp
	wantsPhrase bool        // a rescue asked for the recovery phrase
	closed      bool
	busy        map[string]working
	turns       int // counts deeds

	root     *fyne.Container
	scroll   *container.Scroll
	asking   *asking
	fields   map[string]*field
	drawings map[string]fyne.Resource
	drawn    string // screen that was drawn last
	typedOn  string // screen to which the fields belong
	greyed   string // button that had the keyboard and was greyed out meanwhile

	spawn func(func(context.Context) func()) // runs a deed off the window's goroutine; its result on it
	later chan func(context.Context) func()
}

// New makes the content of a window and shows it there. Nothing is started: Run
// brings it to life.
func New(cfg Config) *View {
	v := &View{
		desk: cfg.Desk, window: cfg.Window, now: cfg.Now, cfg: cfg, chooser: cfg.Chooser,
		page: PageHome, agreed: map[int]bool{}, open: map[string]bool{}, busy: map[string]working{}, fields: map[string]*field{},
		drawings: map[string]fyne.Resource{}, later: make(chan func(context.Context) func(), 16),
	}
	if v.chooser == nil {
		v.chooser = &ownChooser{v: v}
	}
	v.spawn = func(work func(context.Context) func()) {
		select {
		case v.later <- work:
		default: // sixteen deeds wait already: one more press is one too many
		}
	}
	v.root = container.New(&whole{})
	v.st = v.desk.State()
	v.goTo(cfg.Page)
	v.dress()
	v.draw()
	v.window.SetPadded(false)
	v.window.SetContent(v.root)
	v.window.SetCloseIntercept(v.closeAsked)
	v.keys()
	fyne.CurrentApp().Settings().AddListener(func(fyne.Settings) { v.redress() })
	return v
}

// apply takes a snapshot in and draws what it says. It is called on Fyne's goroutine.
func (v *View) apply(st camp.State) {
	old := v.st
	v.st = st
	v.remember(old)
	if old.Settings != st.Settings {
		v.dress()
	}
	raise := st.Show != v.seenShow && v.known
	v.seenShow = st.Show
	if raise || (!v.known && st.ShowPage != "") {
		if st.ShowPage != "" {
			v.goTo(st.ShowPage)
		}
		if st.ShowCode != "" {
			v.cfg.Code = st.ShowCode
		}
	}
	if raise {
		v.window.Show()
		v.window.RequestFocus()
	}
	same := v.known && !raise && reflect.DeepEqual(quieted(old), quieted(st))
	v.known = true
	if !same {
		v.draw()
	}
}

// quieted is a state without what no screen shows.
func quieted(st camp.State) camp.State { st.Show, st.ShowPage, st.ShowCode = 0, "", ""; return st }

// remember keeps the stages of a start, so that the finished ones can be ticked.
func (v *View) remember(old camp.State) {
	if v.st.Phase != camp.Starting {
		v.stages = nil
		return
	}
	if old.Phase != camp.Starting {
		v.stages = nil
	}
	if s := v.st.Stage; s != "" && !slices.Contains(v.stages, s) {
		v.stages = append(v.stages, s)
	}
}

// dress sets language, colours and text size by the settings.
func (v *View) dress() {
	lang := v.language()
	if v.words == nil || v.words.Language != lang {
		w, err := assets.LoadWords(lang)
		if err != nil {
			panic(err) // the words are embedded: a broken file is a programmer's mistake
		}
		v.words = w
		handWords(w, v.cfg.System)
	}
	p := lightPalette()
	if v.dark() {
		p = darkPalette()
	}
	size := v.st.Settings.TextSize
	if size == 0 {
		size = 100
	}
	size = min(max(size, smallestText), largestText)
	if v.look.palette != nil && v.look.name == p.name && v.look.percent == size {
		return
	}
	v.look = look{palette: p, percent: size}
	if t, ok := fyne.CurrentApp().Settings().Theme().(*campTheme); ok && *t.palette == *p && t.percent == size {
		return // setting it again would read the fonts again
	}
	fyne.CurrentApp().Settings().SetTheme(newTheme(v.look))
}

func (v *View) dark() bool {
	switch v.st.Settings.Theme {
	case "dark":
		return true
	case "light":
		return false
	}
	return fyne.CurrentApp().Settings().ThemeVariant() == theme.VariantDark
}

func (v *View) language() string {
	for _, l := range []string{v.st.Settings.Language, v.cfg.Language, v.cfg.System} {
		if l != "" {
			return Speaks(l)
		}
	}
	return assets.Languages[0]
}

// redress follows the system from light to dark and back.
func (v *View) redress() {
	had := v.look
	v.dress()
	if v.look != had {
		v.draw()
	}
}

// goTo chooses a screen by its name; a name that is none goes home.
func (v *View) goTo(page string) {
	switch page {
	case "":
		page = v.page
	case "backup":
		page = PageBackups
	case "sheet":
		page = PageRecovery
	case "what happened", "happened":
		page = PageLog
	}
	known := []string{PageHome, PagePeople, PageOthers, PageBlocks, PageInvite, PageRules, PageBackups, PagePrivacy, PageLog, PageSettings, PageRecovery, PageRestore, PageJoin, PageHelp, PageWorld, pagePerson, pageAdd, pageName, pageChange}
	if !slices.Contains(known, page) {
		page = PageHome
	}
	if !v.st.Exists {
		switch page {
		case PageJoin, PageRestore, PageSettings:
			v.first = page
		}
	}
	v.page = page
}

// visit goes to a screen because somebody pressed something.
func (v *View) visit(page string) {
	v.strip, v.link, v.details, v.choosing = strip{}, madeLink{}, false, nil
	v.made, v.device, v.back, v.undo, v.wide, v.wideYes, v.linked, v.review = nil, nil, nil, undoable{}, false, false, false, ""
	v.tried, v.draft = nil, nil
	v.goTo(page)
	v.draw()
	v.readyToType()
}

// readyToType puts the keyboard into the field of a screen that is there for typing.
func (v *View) readyToType() {
	for _, id := range []string{"add.name", "name"} {
		if f, ok := v.fields[id]; ok && v.onScreen(f) {
			v.window.Canvas().Focus(f)
		}
	}
}

// draw makes the whole screen anew from the newest snapshot. The keyboard
// stays on what has the same name, and the sheet where it was scrolled to.
func (v *View) draw() {
	screen := v.screenName()
	var offset float32
	if v.scroll != nil && v.drawn == screen {
		offset = v.scroll.Offset.Y
	}
	if v.choosing == nil && v.page+v.person+v.first != v.typedOn {
		v.forgetFields()
		v.typedOn = v.page + v.person + v.first
	}
	had := focusID(v.window.Canvas().Focused())
	if had == "" && v.drawn == screen {
		had = v.greyed
	}
	v.scroll = nil
	content := v.screen()
	v.root.Objects = []fyne.CanvasObject{canvas.NewRectangle(v.look.paper), content}
	v.root.Refresh()
	v.root.Layout.Layout(v.root.Objects, v.root.Size())
	if v.scroll != nil && offset > 0 {
		v.scroll.ScrollToOffset(fyne.NewPos(0, offset))
	}
	v.drawn = screen
	v.window.SetTitle(v.windowTitle())
	v.refocus(had)
}

// screenName tells screens apart: on another one the sheet begins at its top.
func (v *View) screenName() string {
	name := v.page + "/" + v.person + "/" + v.first
	if v.choosing != nil {
		return "choose " + v.choosing.at + "/" + name
	}
	return name
}

// forgetFields drops what was typed on the screen that is left.
func (v *View) forgetFields() { clear(v.fields); v.phrase = "" }

func focusID(f fyne.Focusable) string {
	switch f := f.(type) {
	case *press:
		return f.id
	case *field:
		return "field"
	}
	return ""
}

// refocus gives the keyboard back to the thing of the same name, or to nothing.
func (v *View) refocus(id string) {
	c := v.window.Canvas()
	if v.asking != nil || id == "field" && v.onScreen(c.Focused()) {
		return
	}
	if c.Focused() == nil && id == "" {
		return
	}
	v.greyed = ""
	var at *press
	walk(v.root, func(o fyne.CanvasObject) bool {
		if p, ok := o.(*press); ok && id != "" && p.id == id {
			at = p
		}
		return at != nil
	})
	switch {
	case at == nil:
		c.Unfocus()
	case at.off: // it comes back when its deed is done
		v.greyed = id
		c.Unfocus()
	default:
		c.Focus(at)
	}
}

func (v *View) onScreen(f fyne.Focusable) bool {
	found := false
	if o, ok := f.(fyne.CanvasObject); ok {
		walk(v.root, func(at fyne.CanvasObject) bool { found = found || at == o; return found })
	}
	return found
}

// walk visits an object and all below it until visit says stop.
func walk(o fyne.CanvasObject, visit func(fyne.CanvasObject) (stop bool)) bool {
	if o == nil || visit(o) {
		return true
	}
	switch o := o.(type) {
	case *fyne.Container:
		for _, c := range o.Objects {
			if walk(c, visit) {
				return true
			}
		}
	case *container.Scroll:
		return walk(o.Content, visit)
	case *press:
		return walk(o.content, visit)
	}
	return false
}

func (v *View) windowTitle() string {
	if v.st.Exists && v.st.Name != "" {
		return v.st.Name + " · Camp"
	}
	return "Camp"
}

// screen chooses what is drawn.
func (v *View) screen() fyne.CanvasObject {
	if v.choosing != nil {
		return v.chooserScreen()
	}
	if !v.st.Exists {
		return v.firstScreen()
	}
	var body fyne.CanvasObject
	switch v.page {
	case PagePeople:
		body = v.peopleScreen()
	case pagePerson:
		body = v.personScreen()
	case pageAdd:
		body = v.addScreen()
	case PageOthers:
		body = v.othersScreen()
	case PageBlocks:
		body = v.blocksScreen()
	case PageInvite:
		body = v.inviteScreen()
	case PageJoin:
		body = v.pane(append([]fyne.CanvasObject{v.backButton(func() { v.visit(PageOthers) })}, v.joinParts()...)...)
	case PageRules:
		body = v.rulesScreen()
	case pageChange:
		body = v.changeScreen()
	case PageBackups:
		body = v.backupsScreen()
	case PageRecovery:
		body = v.sheetScreen()
	case PageRestore:
		body = v.restoreScreen()
	case PagePrivacy:
		body = v.privacyScreen()
	case PageLog:
		body = v.logScreen()
	case PageSettings:
		body = v.settingsScreen()
	case PageHelp:
		body = v.helpScreen()
	case PageWorld:
		body = v.worldScreen()
	case pageName:
		body = v.nameScreen()
	default:
		body = v.homeScreen()
	}
	return container.New(&sideBySide{}, v.sideBar(), body)
}

// under is the entry of the side bar to which a screen belongs.
func (v *View) under() string {
	switch v.page {
	case pagePerson, pageAdd, PageInvite:
		return PagePeople
	case PageJoin:
		return PageOthers
	case PageRecovery, PageRestore:
		return PageBackups
	case pageName:
		return PageHome
	case pageChange:
		return PageRules
	case PageWorld:
		return PageSettings
	case PageHelp:
		return ""
	}
	return v.page
}

// sideShown are the pages of the side bar, in order. Who belongs to no other camp
// need not see those: Join stands under Help and the first screen.
func (v *View) sideShown() []string {
	if len(v.st.Memberships) > 0 {
		return sidePages[:]
	}
	return slices.DeleteFunc(slices.Clone(sidePages[:]), func(page string) bool { return page == PageOthers })
}

// sideBar is words with icons; the screen that is open is washed in moss.
func (v *View) sideBar() fyne.CanvasObject {
	l := v.look
	names := map[string]string{
		PageOthers: v.say("window.side.others"), PageBlocks: v.say("window.side.blocks"),
		PageHome: v.say("window.side.home"), PagePeople: v.say("window.side.people"), PageRules: v.say("window.side.rules"),
		PageBackups: v.say("window.side.backups"), PagePrivacy: v.say("window.side.privacy"), PageLog: v.say("window.side.log"),
		PageSettings: v.say("window.side.settings"),
	}
	var items []fyne.CanvasObject
	for _, page := range v.sideShown() {
		count := 0
		switch page {
		case PageHome:
			count = len(v.st.Needs)
		case PagePeople:
			count = v.st.Waiting
		case PageOthers:
			for _, m := range v.st.Memberships {
				count += m.Replies
			}
		}
		items = append(items, v.sideItem(page, names[page], count))
	}
	back := canvas.NewRectangle(l.sunk)
	list := container.New(&column{gap: l.gap(2), springs: []int{len(items)}}, items...)
	edge := canvas.NewRectangle(l.line)
	inner, _ := newSheet(container.New(&inset{x: l.gap(10), y: l.gap(14)}, list))
	return container.New(&sideEdge{}, back, inner, edge)
}

func (v *View) sideItem(page, name string, count int) fyne.CanvasObject {
	l := v.look
	on := v.under() == page
	ink := l.ink
	if on {
		ink = l.moss
	}
	t := v.para(name, sizeBody, ink)
	t.style.Bold = on
	parts := []fyne.CanvasObject{v.icon(page, ink, 19), t}
	r := &row{gap: l.gap(10), mark: true, beside: true}
	if count > 0 {
		parts, r.deeds = append(parts, v.badge(count)), true
	}
	label := name
	if count > 0 {
		label = v.say("window.side.badge", "Name", name, "N", count)
	}
	p := v.press("side."+page, label, container.New(r, parts...), func() { v.visit(page) })
	p.x, p.y, p.round = l.gap(11), l.gap(9), 9
	if on {
		p.fill = l.mossWash
	}
	return p
}

func (v *View) badge(n int) fyne.CanvasObject {
	l := v.look
	back := canvas.NewRectangle(l.ember)
	back.CornerRadius = 99
	t := v.para(v.number(n), 12, l.emberInk).line().centred()
	t.style.Bold = true
	return container.New(&inset{x: l.gap(6), y: 1}, back, t)
}

// sideBySide gives the bar its width and the screen the rest.
type sideBySide struct{}

func (sideBySide) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(a.Width+b.Width, max(a.Height, b.Height))
}

func (sideBySide) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w := max(o[0].MinSize().Width, 220)
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(w, size.Height))
	o[1].Move(fyne.NewPos(w, 0))
	o[1].Resize(fyne.NewSize(size.Width-w, size.Height))
}

// sideEdge draws the thin line at the right of the bar.
type sideEdge struct{}

func (sideEdge) MinSize(o []fyne.CanvasObject) fyne.Size { return o[1].MinSize() }

func (sideEdge) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(size)
	o[1].Resize(size)
	o[2].Move(fyne.NewPos(size.Width-1, 0))
	o[2].Resize(fyne.NewSize(1, size.Height))
}

// whole lays paper below the screen and keeps the window from getting too small.
type whole struct{}

func (whole) MinSize(o []fyne.CanvasObject) fyne.Size {
	least := fyne.NewSize(minWidth, minHeight)
	for _, c := range o {
		least = least.Max(c.MinSize())
	}
	return least
}

func (whole) Layout(o []fyne.CanvasObject, size fyne.Size) {
	for _, c := range o {
		c.Move(fyne.NewPos(0, 0))
		c.Resize(size)
	}
}
