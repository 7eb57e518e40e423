package ui

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"camp/assets"
	"camp/node/camp"
)

// settingsScreen holds the choices about the program on this computer.
func (v *View) settingsScreen() fyne.CanvasObject {
	s := v.st.Settings
	running := v.card(
		v.loginTick(), v.menuTick(),
		v.tick("window.settings.awake", s.KeepAwake, func(on bool) { v.change(func(s *camp.Settings) { s.KeepAwake = on }) }),
		v.soft(v.say("window.settings.awake.line")),
		v.rule(),
		v.choiceOf("window.settings.close", v.pick("close", [][2]string{
			{"keep", v.say("window.settings.close.keep")}, {"ask", v.say("window.settings.close.ask")}, {"end", v.say("window.settings.close.end")},
		}, closeChoice(s.Close), func(c string) { v.change(func(s *camp.Settings) { s.Close = c }) })))
	reach := v.card(append([]fyne.CanvasObject{
		v.tick("window.privacy.router", v.st.Reach.On, func(on bool) { v.do(camp.Intent{Do: camp.DoReach, On: on}, "", nil) }).disabled(v.st.Phase != camp.On || v.during(camp.DoReach)),
		v.tick("window.first_invite.home", v.st.Reach.LAN, v.setLAN).disabled(v.st.Phase != camp.On || v.during(camp.DoLAN)),
		v.rule(),
	}, v.noticeParts()...)...)
	about := v.card(v.lines(
		v.item(nil, v.pair(v.say("window.settings.name"), v.st.Name), v.button("window.settings.name.change", quiet, "", func() { v.visit(pageName) })),
		v.item(nil, v.pair(v.say("window.settings.browser"), v.say("window.settings.browser.line")),
			v.button("window.settings.browser.open", quiet, "open", v.openCamp).disabled(v.st.Phase != camp.On)),
		v.dataRow(),
		v.item(nil, v.pair(v.say("window.settings.help"), v.say("window.settings.version", "Version", v.st.Version)),
			v.button("window.settings.help.open", quiet, "help", func() { v.visit(PageHelp) })),
		v.endRow(),
	))
	return v.pane(v.title(v.say("window.settings.title"), v.say("window.settings.line")), v.seeingCard(), running, reach, v.worldEntry(), v.wayKey(), about)
}

// seeingCard holds what the window looks like.
func (v *View) seeingCard() fyne.CanvasObject {
	s := v.st.Settings
	var languages [][2]string
	for _, t := range assets.Tongues {
		languages = append(languages, [2]string{t.Code, t.Name})
	}
	size := s.TextSize
	if size == 0 {
		size = 100
	}
	return v.card(
		v.choiceOf("window.settings.language", v.pick("language", languages, v.words.Language, v.setLanguage)),
		v.rule(),
		v.choiceOf("window.settings.text", v.sizes(size)),
		v.rule(),
		v.choiceOf("window.settings.theme", v.pick("theme", [][2]string{
			{"", v.say("window.settings.theme.system")}, {"light", v.say("window.settings.theme.light")}, {"dark", v.say("window.settings.theme.dark")},
		}, s.Theme, func(t string) { v.change(func(s *camp.Settings) { s.Theme = t }) })))
}

func (v *View) loginTick() fyne.CanvasObject {
	return v.tick("window.settings.login", v.st.Settings.StartAtLogin, func(on bool) { v.change(func(s *camp.Settings) { s.StartAtLogin = on }) })
}

func (v *View) menuTick() fyne.CanvasObject {
	return v.tick("window.settings.menu", v.st.Settings.InMenu, func(on bool) { v.change(func(s *camp.Settings) { s.InMenu = on }) })
}

// noticeParts hold when the desktop may say something.
func (v *View) noticeParts() []fyne.CanvasObject {
	s := v.st.Settings
	return []fyne.CanvasObject{
		v.tick("window.settings.notices", !s.NoNotices, func(on bool) { v.change(func(s *camp.Settings) { s.NoNotices = !on }) }),
		v.choiceOf("window.settings.quiet", v.pick("quiet", [][2]string{{"", v.say("window.settings.quiet.none")}, {"22-7", "22:00 – 7:00"}, {"23-8", "23:00 – 8:00"}, {"20-9", "20:00 – 9:00"}},
			quietName(s), func(q string) { v.change(func(s *camp.Settings) { s.QuietFrom, s.QuietTo = quietHours(q) }) })),
	}
}

func (v *View) dataRow() fyne.CanvasObject {
	return v.item(nil, stackOf(v.look.gap(1), v.bold(v.say("window.settings.data")), v.soft(v.st.Data).cut()),
		v.button("window.settings.data.copy", quiet, "copy", func() { v.copy(v.st.Data) }))
}

func (v *View) endRow() fyne.CanvasObject {
	return v.item(nil, v.pair(v.say("window.settings.end"), v.endLine()), v.button("window.settings.end.do", danger, "", v.endAsked))
}

// quietHours are minutes after midnight; none: both 0.
func quietHours(q string) (from, to int) {
	a, b, ok := strings.Cut(q, "-")
	x, err1 := strconv.Atoi(a)
	y, err2 := strconv.Atoi(b)
	if !ok || err1 != nil || err2 != nil {
		return 0, 0
	}
	return x * 60, y * 60
}

func quietName(s camp.Settings) string {
	if s.QuietFrom == s.QuietTo {
		return ""
	}
	return strconv.Itoa(s.QuietFrom/60) + "-" + strconv.Itoa(s.QuietTo/60)
}

// closeChoice is what the close button does: until it was asked, it asks.
func closeChoice(c string) string {
	if c == "" {
		return "ask"
	}
	return c
}

func (v *View) choiceOf(key string, choice fyne.CanvasObject) fyne.CanvasObject {
	return stackOf(v.look.gap(8), v.bold(v.say(key)), choice)
}

func (v *View) sizes(now int) fyne.CanvasObject {
	var options [][2]string
	for _, n := range []int{90, 100, 115, 130, 150, 175, 200} {
		options = append(options, [2]string{strconv.Itoa(n), strconv.Itoa(n) + " %"})
	}
	return v.pick("text", options, strconv.Itoa(now), func(value string) {
		n, err := strconv.Atoi(value)
		if err == nil {
			v.change(func(s *camp.Settings) { s.TextSize = n })
		}
	})
}

// change asks for settings that differ in one thing.
func (v *View) change(by func(*camp.Settings)) {
	s := v.st.Settings
	by(&s)
	v.do(camp.Intent{Do: camp.DoSettings, Settings: &s}, "", nil)
}

// helpScreen is F1: the keys, and where to find more.
func (v *View) helpScreen() fyne.CanvasObject {
	l := v.look
	var rows []fyne.CanvasObject
	for _, k := range [][2]string{
		{"Ctrl+1 … 9", "window.help.screens"},
		{"Ctrl+I", "window.help.invite"},
		{"Ctrl+F", "window.help.search"},
		{"Tab", "window.help.tab"},
		{"Esc", "window.help.esc"},
		{"F1", "window.help.f1"},
		{"Ctrl+W", "window.help.close"},
		{"Ctrl+Q", "window.help.end"},
	} {
		rows = append(rows, v.item(nil, v.body(v.say(k[1])), v.para(k[0], sizeBody, l.soft).line()))
	}
	return v.pane(v.title(v.say("window.help.title"), v.say("window.help.line")),
		v.card(v.bold(v.say("window.help.keys")), v.lines(rows...)),
		v.card(v.item(nil, v.pair(v.say("window.settings.browser"), v.say("window.settings.browser.line")),
			v.button("window.settings.browser.open", quiet, "open", v.openCamp).disabled(v.st.Phase != camp.On))),
		v.card(v.item(nil, v.pair(v.say("window.others.title"), v.say("window.others.line")),
			v.button("window.others.join", quiet, "plus", func() { v.visit(PageJoin) }))),
		v.soft(v.say("window.settings.version", "Version", v.st.Version)))
}
