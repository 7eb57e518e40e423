package ui

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"camp/node/camp"
)

// waitingPeople are those who asked and were not put off until later.
func (v *View) waitingPeople() (now, later []camp.Person) {
	for _, p := range v.st.People {
		switch {
		case p.Standing != camp.Waiting:
		case v.open["later."+p.Name]:
			later = append(later, p)
		default:
			now = append(now, p)
		}
	}
	return now, later
}

// waitingCard lists who waits, each with the host's deeds.
func (v *View) waitingCard() fyne.CanvasObject {
	now, later := v.waitingPeople()
	if len(now)+len(later) == 0 {
		return nil
	}
	var rows []fyne.CanvasObject
	for _, p := range append(now, later...) {
		rows = append(rows, v.waitingRow(p))
	}
	return v.card(v.bold(v.say("window.waiting", "N", len(rows))), v.lines(rows...))
}

func (v *View) waitingRow(p camp.Person) fyne.CanvasObject {
	l := v.look
	name := shown(p)
	asked := v.say("window.waiting.since", "When", v.moment(p.Asked), "By", p.By)
	if p.By == "" {
		asked = v.say("window.waiting.asked", "When", v.moment(p.Asked))
	}
	text := []fyne.CanvasObject{v.bold(name).cut(), v.soft(asked)}
	if p.Note != "" {
		text = append(text, v.soft(v.say("window.waiting.note", "Note", p.Note)))
	}
	if p.Message != "" {
		text = append(text, v.body(p.Message).cut())
	}
	text = append(text, v.askedBack(p)...)
	busy := v.during(camp.DoApprove, camp.DoDecline)
	in := v.button("window.waiting.in", main, "", func() {
		v.do(camp.Intent{Do: camp.DoApprove, Person: p.Name}, "", func(camp.Answer) { v.good(v.say("window.waiting.in.done", "Who", name)) })
	}).disabled(busy)
	no := v.button("window.waiting.no", quiet, "", func() { v.sayNo(p) }).disabled(busy)
	really := v.button("window.waiting.really", plain, "", func() { v.reallyAsked(p) })
	in.id, no.id, really.id = "in."+p.Name, "no."+p.Name, "really."+p.Name
	in.label, no.label, really.label = v.say("window.waiting.in.who", "Who", name), v.say("window.waiting.no.who", "Who", name), v.say("window.waiting.really.who", "Who", name)
	deeds := []fyne.CanvasObject{in, no, v.askBackButton(p)}
	if p.Words != "" {
		deeds = append(deeds, really)
	}
	if !v.open["later."+p.Name] {
		later := v.button("window.waiting.later", plain, "", func() { v.open["later."+p.Name] = true; v.draw() })
		later.id, later.label = "later."+p.Name, v.say("window.waiting.later.who", "Who", name)
		deeds = append(deeds, later)
	}
	return stackOf(l.gap(8), v.item(v.face(name, 38), stackOf(l.gap(2), text...)), v.deeds(deeds...))
}

// sayNo offers a kind text, which may be emptied.
func (v *View) sayNo(p camp.Person) {
	delete(v.fields, "no.text")
	f := v.field("no.text", v.say("window.no.hint"), 4, nil)
	f.SetText(v.say("window.no.kind", "Who", shown(p)))
	v.ask(question{
		title: v.say("window.no.title", "Who", shown(p)),
		parts: []fyne.CanvasObject{v.soft(v.say("window.no.line")), f},
		deeds: []*press{v.button("window.no.do", danger, "", func() {
			v.do(camp.Intent{Do: camp.DoDecline, Person: p.Name, Reason: f.Text}, "", func(camp.Answer) { v.good(v.say("window.no.done", "Who", shown(p))) })
		})},
		safe: v.button("window.cancel", main, "", nil),
	})
}

// reallyAsked shows the four words, large, and what to do with them.
func (v *View) reallyAsked(p camp.Person) {
	v.ask(question{
		title: v.say("window.really.title", "Who", shown(p)),
		parts: []fyne.CanvasObject{v.body(v.say("window.really.line", "Who", shown(p))), v.para(p.Words, 24, v.look.ink).strong().centred()},
		deeds: []*press{
			v.button("window.really.same", quiet, "check", func() { v.good(v.say("window.really.same.done")); v.draw() }),
			v.button("window.really.differ", danger, "", func() {
				v.strip = strip{trouble: &trouble{what: v.say("window.really.differ.what"), means: v.say("window.really.differ.do", "Who", shown(p))}}
				v.draw()
			}),
		},
		safe: v.button("window.cancel", main, "", nil),
	})
}

// deviceRows list the devices of a member, each of which can be lost.
func (v *View) deviceRows(p camp.Person) fyne.CanvasObject {
	if len(p.Devices) == 0 {
		return nil
	}
	var rows []fyne.CanvasObject
	for _, d := range p.Devices {
		name := d.Label
		if name == "" {
			name = v.say("window.device.some")
		}
		below := v.seen(camp.Person{LastSeen: d.LastSeen})
		if d.Connected {
			below = v.say("window.device.here")
		}
		gone := v.button("window.device.gone", quiet, "", func() {
			v.ask(question{
				title: v.say("window.device.gone.title", "Device", name, "Who", shown(p)),
				parts: []fyne.CanvasObject{v.body(v.say("window.device.gone.line"))},
				deeds: []*press{v.button("window.device.gone.do", danger, "", func() {
					v.do(camp.Intent{Do: camp.DoDeviceRemove, Person: p.Name, Serial: d.Serial}, "", nil)
				})},
				safe: v.button("window.cancel", main, "", nil),
			})
		})
		gone.id = "gone." + v.number(int(d.Serial))
		gone.label = v.say("window.device.gone.which", "Device", name)
		deeds := []fyne.CanvasObject{gone}
		if !d.Connected {
			again := v.button("window.device.again", quiet, "", func() {
				v.do(camp.Intent{Do: camp.DoReconnect, Person: p.Name, Serial: d.Serial}, "", func(camp.Answer) { v.good(v.say("window.device.again.done", "Device", name)) })
			}).disabled(v.st.Phase != camp.On || v.during(camp.DoReconnect))
			again.id, again.label = "again."+v.number(int(d.Serial)), v.say("window.device.again.which", "Device", name)
			deeds = []fyne.CanvasObject{again, gone}
		}
		what := v.pair(name, below)
		if d.Former {
			what = stackOf(v.look.gap(1), what, v.soft(v.say("window.waykey.device")))
		}
		rows = append(rows, v.item(nil, what, deeds...))
	}
	return v.card(v.bold(v.say("window.device.title")), v.lines(rows...))
}

// breakRow gives somebody a break, or ends it.
func (v *View) breakRow(p camp.Person, off bool) fyne.CanvasObject {
	name := shown(p)
	if p.Standing == camp.Suspended {
		line := v.say("window.break.open")
		if !p.Until.IsZero() {
			line = v.say("window.break.until", "Time", v.ahead(p.Until))
		}
		return v.item(nil, v.pair(v.say("window.break.now"), line), v.button("window.break.end", quiet, "", func() {
			v.do(camp.Intent{Do: camp.DoReturn, Person: p.Name}, "", nil)
		}).disabled(off))
	}
	give := func(d time.Duration) func() {
		return func() { v.do(camp.Intent{Do: camp.DoSuspend, Person: p.Name, For: d}, "", nil) }
	}
	return v.item(nil, v.pair(v.say("window.break"), v.say("window.break.line", "Who", name)), v.button("window.break.give", quiet, "", func() {
		v.ask(question{
			title: v.say("window.break.title", "Who", name),
			parts: []fyne.CanvasObject{v.body(v.say("window.break.line", "Who", name))},
			deeds: []*press{
				v.button("window.break.day", quiet, "", give(24*time.Hour)), v.button("window.break.week", quiet, "", give(7*24*time.Hour)),
				v.button("window.break.endless", quiet, "", give(0)),
			},
			safe: v.button("window.cancel", main, "", nil),
		})
	}).disabled(off))
}

// openInvites are the codes by which somebody can still ask.
func (v *View) openInvites() int {
	n := 0
	for _, i := range v.st.Invites {
		if i.State.Open() {
			n++
		}
	}
	return n
}

// invitesCard lists the codes, the open ones first.
func (v *View) invitesCard() fyne.CanvasObject {
	if len(v.st.Invites) == 0 {
		return nil
	}
	list := slices.Clone(v.st.Invites)
	slices.SortStableFunc(list, func(a, b camp.InviteLine) int {
		switch {
		case a.State.Open() == b.State.Open():
			return 0
		case a.State.Open():
			return -1
		}
		return 1
	})
	var rows []fyne.CanvasObject
	for _, i := range list[:min(len(list), 60)] {
		rows = append(rows, v.inviteRow(i))
	}
	return v.card(v.bold(v.say("window.invites", "N", v.openInvites())), v.lines(rows...))
}

func (v *View) inviteRow(i camp.InviteLine) fyne.CanvasObject {
	name := i.Note
	switch {
	case name != "":
	case i.Phone:
		name = v.say("window.invite.phone")
	default:
		name = v.say("window.invite.code")
	}
	var deeds []fyne.CanvasObject
	if i.State.Open() {
		if !i.Phone {
			show := v.button("window.invite.show", quiet, "", func() {
				v.do(camp.Intent{Do: camp.DoInviteShow, ID: string(i.ID)}, "", func(a camp.Answer) { v.visit(PageInvite); v.made = a.Invite })
			})
			show.id = "show." + string(i.ID)
			deeds = append(deeds, show)
		}
		cancel := v.button("window.invite.cancel", quiet, "", func() {
			v.do(camp.Intent{Do: camp.DoInviteCancel, ID: string(i.ID)}, "", func(camp.Answer) { v.good(v.say("window.invite.cancelled")) })
		})
		cancel.id = "cancel." + string(i.ID)
		deeds = append(deeds, cancel)
	}
	return v.item(nil, v.pair(name, v.inviteState(i)), deeds...)
}

// inviteState says in words how a code stands.
func (v *View) inviteState(i camp.InviteLine) string {
	switch i.State {
	case camp.InviteOpen:
		return v.say("window.invite.state.open", "Day", v.ahead(i.Ends))
	case camp.InviteAsked:
		return v.say("window.invite.state.asked", "Used", i.Used, "Uses", i.Uses, "Day", v.ahead(i.Ends))
	case camp.InviteUsed:
		if len(i.Asked) > 0 {
			return v.say("window.invite.state.used_by", "Who", i.Asked[0])
		}
		return v.say("window.invite.state.used")
	case camp.InviteCancelled:
		return v.say("window.invite.state.cancelled")
	}
	return v.say("window.invite.state.over", "Day", v.day(i.Ends))
}
