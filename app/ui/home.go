package ui

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"camp/node/camp"
)

// homeScreen is the first of the side bar: how the camp is, what waits, who can get in.
func (v *View) homeScreen() fyne.CanvasObject {
	if v.st.Phase == camp.Trouble {
		return v.pane(v.troubleParts()...)
	}
	return v.pane(v.stateCard(), v.spaceCard(), v.problemCard(), v.stepsCard(), v.needsCard(), v.whoCard(), v.foot())
}

// needy reports whether something waits for the host while the camp is on.
func (v *View) needy() bool {
	return v.st.Phase == camp.On && (len(v.st.Needs) > 0 || v.st.Problem != nil)
}

// stateWords are the state line, large, and what stands below it.
func (v *View) stateWords() (title, below string) {
	switch v.st.Phase {
	case camp.On:
		title = v.say("window.home.on")
		if v.needy() {
			title = v.say("window.home.needs_you")
		}
		return title, v.say("window.home.people", "N", v.st.Members, "Here", v.st.Here, "Long", v.long(v.st.Since))
	case camp.Paused:
		if v.st.Until.IsZero() {
			return v.say("window.home.paused", "Time", v.moment(v.st.Since)), v.say("window.home.paused.open")
		}
		return v.say("window.home.paused", "Time", v.moment(v.st.Since)), v.say("window.home.paused.until", "Time", v.ahead(v.st.Until))
	case camp.Starting:
		below = v.say("window.starting.first")
		if v.st.Stage != "" {
			below = v.sayMap(v.st.Stage, nil, "")
		}
		return v.say("window.home.starting"), below
	case camp.Stopping:
		return v.say("window.home.stopping"), v.say("window.home.stopping.line")
	}
	return v.say("window.home.off"), v.say("window.home.off.line")
}

// ahead writes a moment that is yet to come.
func (v *View) ahead(t time.Time) string {
	clock := t.Local().Format("15:04")
	switch v.daysAgo(t) {
	case 0:
		return clock
	case -1:
		return v.say("window.tomorrow.at", "Time", clock)
	}
	return v.moment(t)
}

func (v *View) stateCard() fyne.CanvasObject {
	l := v.look
	title, below := v.stateWords()
	text := stackOf(l.gap(2), v.para(title, 20, l.ink).strong(), v.soft(below))
	var deeds []fyne.CanvasObject
	switch v.st.Phase {
	case camp.On:
		deeds = append(deeds, v.button("window.home.open", main, "", v.openCamp).disabled(v.during(camp.DoOpen)),
			v.button("window.invite.somebody", quiet, "", func() { v.visit(PageInvite) }),
			v.button("window.home.pause", quiet, "", v.pauseAsked).disabled(v.during(camp.DoPause)))
	case camp.Paused:
		deeds = append(deeds, v.button("window.deed.resume", main, "", v.resume).disabled(v.during(camp.DoResume)))
	case camp.Off:
		deeds = append(deeds, v.button("window.deed.start", main, "", v.start).disabled(v.during(camp.DoStart)))
	}
	return v.card(v.item(v.tent(v.st.Phase, v.needy(), 56), text, deeds...))
}

func (v *View) openCamp() { v.openPage("") }

// openPage opens the camp in the browser, signed in as the host; page may be
// "" for the camp's home.
func (v *View) openPage(page string) {
	v.do(camp.Intent{Do: camp.DoOpen, Page: page}, "window.busy.open", func(a camp.Answer) {
		if a.Say != "" {
			v.good(v.answerOr(a, "window.opened"))
			return
		}
		v.good(v.say("window.opened"))
	})
}

func (v *View) resume() { v.do(camp.Intent{Do: camp.DoResume}, "", nil) }

// pauseAsked asks for how long.
func (v *View) pauseAsked() {
	pause := func(d time.Duration) func() {
		return func() { v.do(camp.Intent{Do: camp.DoPause, For: d}, "", nil) }
	}
	v.ask(question{
		title: v.say("window.pause.title"),
		parts: []fyne.CanvasObject{v.body(v.say("window.pause.line"))},
		deeds: []*press{
			v.button("window.pause.hour", quiet, "", pause(time.Hour)),
			v.button("window.pause.tomorrow", quiet, "", pause(v.untilMorning())),
			v.button("window.pause.open", quiet, "", pause(0)),
		},
		safe: v.button("window.pause.not", main, "", nil),
	})
}

// untilMorning is the time to seven o'clock of the next day.
func (v *View) untilMorning() time.Duration {
	now := v.now().Local()
	y, m, d := now.Date()
	return time.Date(y, m, d+1, 7, 0, 0, 0, now.Location()).Sub(now)
}

// spaceCard warns while the disk is nearly or quite full.
func (v *View) spaceCard() fyne.CanvasObject {
	if v.needs("space") {
		return nil // it stands below, with its deed
	}
	key := ""
	switch v.st.Space.Level {
	case "", "ok":
		return nil
	case "warn":
		key = "window.space.warn"
	case "no media":
		key = "window.space.no_media"
	default:
		key = "window.space.read_only"
	}
	return v.troubleCard(trouble{
		what: v.say(key), means: v.say("window.space.free", "Free", v.bytes(v.st.Space.Free)), deed: camp.DoMakeRoom,
	})
}

func (v *View) problemCard() fyne.CanvasObject {
	if v.st.Problem == nil {
		return nil
	}
	return v.troubleCard(v.problemOf(v.st.Problem))
}

// needs reports whether something of this kind waits for the host.
func (v *View) needs(kind string) bool {
	return slices.ContainsFunc(v.st.Needs, func(n camp.Need) bool { return n.Kind == kind })
}

// stepsCard offers what may be done first; each can be skipped, none is in the way.
func (v *View) stepsCard() fyne.CanvasObject {
	steps := v.st.Steps()
	if len(steps) == 0 {
		return nil
	}
	var rows []fyne.CanvasObject
	for _, s := range steps {
		title := v.say("window.step." + s)
		look := v.button("window.step."+s+".deed", quiet, "", func() { v.takeStep(s) })
		skip := v.button("window.step.skip", plain, "", func() { v.do(camp.Intent{Do: camp.DoSkip, Page: s}, "", nil) })
		look.id, skip.id = "step."+s, "skip."+s
		skip.label = v.say("window.step.skip.what", "What", title)
		rows = append(rows, v.item(nil, v.pair(title, v.say("window.step."+s+".line")), look, skip))
	}
	return v.card(stackOf(v.look.gap(2), v.bold(v.say("window.steps")), v.soft(v.say("window.steps.line"))), v.lines(rows...))
}

// takeStep opens the screen of a step; reading the rules is done by opening them.
func (v *View) takeStep(page string) {
	if page == camp.StepStay {
		v.change(func(s *camp.Settings) { s.StartAtLogin, s.KeepAwake = true, true })
		return
	}
	if page == PageRules || page == PageBackups {
		v.do(camp.Intent{Do: camp.DoSkip, Page: page}, "", nil)
	}
	v.visit(page)
}

// nameScreen changes the shown name of the camp.
func (v *View) nameScreen() fyne.CanvasObject {
	save := func() {
		name := camp.CleanLine(v.field("name", "", 1, nil).Text, 60)
		if name == "" {
			return
		}
		v.do(camp.Intent{Do: camp.DoName, Name: name}, "", func(camp.Answer) {
			v.visit(PageHome)
			v.good(v.say("window.name.done", "Name", name))
			if !slices.Contains(v.st.Skipped, pageName) {
				v.follow(camp.Intent{Do: camp.DoSkip, Page: pageName})
			}
		})
	}
	_, had := v.fields["name"]
	f := v.field("name", v.say("window.name.hint"), 1, save)
	if !had {
		f.Text = v.st.Name
	}
	return v.pane(v.backButton(func() { v.visit(PageHome) }), v.title(v.say("window.name.title"), v.say("window.name.line")),
		v.card(f, v.deeds(v.button("window.name.save", main, "", save).disabled(v.during(camp.DoName)),
			v.button("window.cancel", quiet, "", func() { v.visit(PageHome) }))))
}

// follow is do that leaves what the screen says alone: for a deed that follows another.
func (v *View) follow(in camp.Intent) {
	s := v.strip
	v.do(in, "", nil)
	v.strip = s
	v.draw()
}

// needsCard lists what waits for the host, each with its deed.
func (v *View) needsCard() fyne.CanvasObject {
	if len(v.st.Needs) == 0 {
		if len(v.st.Steps()) > 0 {
			return nil // the first steps are enough to look at
		}
		return v.card(v.bold(v.say("window.home.needs")), v.soft(v.say("window.home.nothing")))
	}
	var rows []fyne.CanvasObject
	for _, n := range v.st.Needs {
		if who := v.waitingNow(); n.Kind == "waiting" && len(who) > 0 && len(who) <= namedAtMost {
			for _, p := range who {
				rows = append(rows, v.askingRow(p, n))
			}
			continue
		}
		rows = append(rows, v.item(v.mark("!", v.look.faceGrey(), 30), v.body(v.sayMap(n.Say, n.Args, "")), v.needDeeds(n)...))
	}
	return v.card(v.bold(v.say("window.home.needs")), v.lines(rows...))
}

func (l look) faceGrey() fyneNRGBA { return rgb(0x6a6257) }

// namedAtMost is how many people who ask are named on Home; more are counted.
const namedAtMost = 2

// waitingNow are those who asked to join.
func (v *View) waitingNow() []camp.Person {
	now, later := v.waitingPeople()
	return append(now, later...)
}

// askingRow names somebody who asks to join.
func (v *View) askingRow(p camp.Person, n camp.Need) fyne.CanvasObject {
	look := v.button("window.look", quiet, "", func() { v.visit(n.Page) })
	look.id, look.label = "asks."+p.Name, v.say("window.people.look_at", "Who", shown(p))
	below := v.moment(p.Asked)
	if p.By != "" {
		below = v.say("window.home.asks.by", "By", p.By, "When", below)
	}
	return v.item(v.face(shown(p), 30), v.pair(v.say("window.home.asks", "Who", shown(p)), below), look)
}

func (v *View) needDeeds(n camp.Need) []fyne.CanvasObject {
	if n.Page != "" && (n.Deed == "" || n.Deed == camp.DoRecovery || n.Deed == camp.DoWorldCheck) {
		b := v.button("window.look", quiet, "", func() { v.visit(n.Page) })
		if n.Page == pageReports {
			b = v.button("window.look", quiet, "", func() { v.openPage(n.Page) }).disabled(v.during(camp.DoOpen))
		}
		b.id = "need." + n.Kind
		return []fyne.CanvasObject{b}
	}
	if b := v.helpDeed(n.Deed); b != nil {
		b.id = "need." + n.Kind
		return []fyne.CanvasObject{v.quieter(b)}
	}
	return nil
}

// quieter gives a button of a list the light weight.
func (v *View) quieter(b *press) *press {
	q := v.buttonSay(b.id, b.label, quiet, "", b.tap)
	q.off = b.off
	return q
}

// whoCard says who can get in, in rows that open into an explanation. Only
// what is true of this version stands here.
func (v *View) whoCard() fyne.CanvasObject {
	on := v.st.Phase == camp.On
	yes := func(key string) string {
		if !on {
			return v.say("window.who.not_now")
		}
		return v.say(key)
	}
	how, why, good := v.reachWords()
	rows := []fyne.CanvasObject{
		v.whoRow("you", v.say("window.who.you"), yes("window.who.yes"), on, v.say("window.who.you.why")),
		v.whoRow("members", v.say("window.who.members"), yes("window.who.members.how"), on && len(v.st.People) > 1, v.say("window.who.members.why")),
		v.whoRow("away", v.say("window.who.away"), how, good, why),
		v.whoRow("new", v.say("window.who.new"), yes("window.who.new.how"), on, v.say("window.who.new.why")),
		v.worldRow(),
	}
	parts := []fyne.CanvasObject{v.bold(v.say("window.who")), v.lines(rows...)}
	if on && v.st.Reach.On {
		parts = append(parts, v.deeds(v.button("window.reach.test", quiet, "", func() {
			v.do(camp.Intent{Do: camp.DoReachStatus}, "window.busy.reach", nil)
		}).disabled(v.during(camp.DoReachStatus))))
	}
	return v.card(parts...)
}

func (v *View) whoRow(id, who, how string, on bool, why string) fyne.CanvasObject {
	l := v.look
	var right fyne.CanvasObject = v.soft(how).line()
	if on {
		right = container.New(&row{gap: l.gap(5), mark: true}, v.icon("check", l.moss, 18), v.para(how, sizeBody, l.moss).line())
	}
	r := &row{gap: l.gap(13), room: l.text(120), deeds: true}
	name := "who." + id
	p := v.press(name, who+": "+how, container.New(r, v.body(who), container.New(&wrap{gap: 8}, right)), func() {
		v.open[name] = !v.open[name]
		v.draw()
	})
	p.x, p.y, p.round = l.gap(4), l.gap(4), 8
	if !v.open[name] {
		return p
	}
	return stackOf(l.gap(4), p, container.New(&inset{x: l.gap(4)}, v.soft(why)))
}

// contacts says whom this computer asked for anything.
func (v *View) contacts() string {
	if v.st.Reach.On {
		return "window.home.contacts.router"
	}
	return "window.home.contacts"
}

// foot is the last line: the newest backup, and what left this computer.
func (v *View) foot() fyne.CanvasObject {
	look := v.button("window.contacts.look", plain, "", func() { v.visit(PagePrivacy); v.askContacts() })
	look.id, look.label = "to.contacts", v.say("pages.outside.list")
	sent := v.say("pages.outside.today", "Size", v.bytes(v.st.SentToday))
	return v.item(nil, stackOf(v.look.gap(2), v.soft(v.backupLine()), v.soft(v.contactsLine()), v.soft(sent)), look)
}
