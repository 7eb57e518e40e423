package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"camp/node/camp"
)

// othersScreen lists the camps of others to which this computer belongs.
func (v *View) othersScreen() fyne.CanvasObject {
	return v.pane(v.othersParts()...)
}

func (v *View) othersParts() []fyne.CanvasObject {
	join := v.button("window.others.join", quiet, "plus", func() { v.visit(PageJoin) })
	parts := []fyne.CanvasObject{v.item(nil, v.title(v.say("window.others.title"), v.say("window.others.line")), join)}
	if len(v.st.Memberships) == 0 {
		return append(parts, v.empty("gate", v.say("window.others.none")))
	}
	for _, m := range v.st.Memberships {
		parts = append(parts, v.membershipCard(m))
	}
	return parts
}

// membershipCard is one camp of somebody else's: how it stands, and what can be done.
func (v *View) membershipCard(m camp.Membership) fyne.CanvasObject {
	l := v.look
	text := stackOf(l.gap(2), v.para(m.Camp, 18, l.ink).strong().cut(), v.soft(v.standing(m)))
	var deeds []fyne.CanvasObject
	on := m.Link == "connected"
	if m.State.In() {
		open := v.button("window.others.open", main, "", func() { v.do(camp.Intent{Do: camp.DoJoinOpen, ID: m.ID}, "window.busy.open", nil) }).disabled(!on || v.during(camp.DoJoinOpen))
		open.id, open.label = "open."+m.ID, v.say("window.others.open_which", "Camp", m.Camp)
		deeds = append(deeds, open)
	}
	parts := []fyne.CanvasObject{v.item(v.tent(membershipPhase(m), false, 48), text, deeds...)}
	if m.Say != "" {
		parts = append(parts, v.wash(l.emberWash, l.ember, v.sayMap(m.Say, nil, "")))
	}
	switch {
	case m.State == camp.Waiting:
		parts = append(append(parts, v.questionParts(m)...), v.waitingParts(m)...)
	case m.State.In() && !m.Leaves.IsZero():
		parts = append(parts, v.leavingParts(m)...)
	case m.State == camp.Declined && m.Answer != "":
		parts = append(parts, v.body(m.Answer).cut())
	}
	if v.device != nil && v.deviceOf == m.ID {
		return v.card(append(parts, v.newDevice()...)...)
	}
	var small []fyne.CanvasObject
	if m.State.In() {
		own := v.button("window.others.devices", quiet, "", func() { v.toggleDevices(m) }).disabled(!on)
		own.id = "devices." + m.ID
		small = append(small, own)
	}
	if m.State.In() && m.Leaves.IsZero() {
		leave := v.button("window.leave", plain, "", func() { v.leaveAsked(m) }).disabled(!on || v.during(camp.DoJoinLeave))
		leave.id = "leave." + m.ID
		small = append(small, leave)
	}
	if m.State != camp.Waiting {
		gone := v.button("window.others.forget", plain, "", func() { v.forgetAsked(m) })
		gone.id = "forget." + m.ID
		small = append(small, gone)
	}
	if len(small) > 0 {
		parts = append(parts, v.deeds(small...))
	}
	if m.State.In() && on && v.open["devices."+m.ID] {
		parts = append(parts, v.ownDevices(m))
	}
	return v.card(parts...)
}

// membershipPhase is the shape of the tent beside a camp of somebody else's.
func membershipPhase(m camp.Membership) camp.Phase {
	switch {
	case m.State == camp.Waiting:
		return camp.Starting
	case !m.State.In():
		return camp.Off
	case m.Replies > 0:
		return "news" // a dot, see assets.Icon
	case m.Link == "connected":
		return camp.On
	case m.Link == "looking":
		return camp.Starting
	}
	return camp.Off
}

// standing says in one line how it stands with a camp.
func (v *View) standing(m camp.Membership) string {
	return v.say(m.Says(), "Host", m.Host, "When", v.moment(m.Since), "N", m.Unread, "Path", v.say(m.PathSays()))
}

func (v *View) waitingParts(m camp.Membership) []fyne.CanvasObject {
	back := v.button("window.others.withdraw", quiet, "", func() { v.do(camp.Intent{Do: camp.DoJoinWithdraw, ID: m.ID}, "", nil) }).disabled(v.during(camp.DoJoinWithdraw))
	words := v.button("window.others.words", plain, "", func() { v.open["words."+m.ID] = !v.open["words."+m.ID]; v.draw() })
	back.id, words.id = "withdraw."+m.ID, "words."+m.ID
	var parts []fyne.CanvasObject
	if m.Link == "asleep" {
		parts = append(parts, v.soft(v.say("window.others.asleep")))
	}
	if m.Words == "" {
		return append(parts, v.deeds(back))
	}
	parts = append(parts, v.deeds(back, words))
	if v.open["words."+m.ID] {
		parts = append(parts, v.para(m.Words, 20, v.look.ink).strong().centred(), v.soft(v.say("window.others.words.line", "Host", m.Host)))
	}
	return parts
}

// toggleDevices opens the list of one's own devices, asked for anew, or closes it.
func (v *View) toggleDevices(m camp.Membership) {
	id := "devices." + m.ID
	v.open[id] = !v.open[id]
	if v.open[id] {
		v.do(camp.Intent{Do: camp.DoJoinDevices, ID: m.ID}, "", nil)
	}
	v.draw()
}

// ownDevices lists one's own devices, each of which can be lost, and adds a
// phone or a further computer.
func (v *View) ownDevices(m camp.Membership) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, d := range m.Devices {
		name := d.Label
		if name == "" {
			name = v.say("window.device.some")
		}
		if d.This {
			key := v.button("window.rekey", quiet, "", func() { v.rekeyAsked(m) }).disabled(v.during(camp.DoJoinRekey))
			key.id = "rekey." + m.ID
			rows = append(rows, v.item(nil, v.pair(name, v.say("window.others.this")), key))
			continue
		}
		gone := v.button("window.device.gone", quiet, "", func() { v.deviceLost(m, d, name) }).disabled(v.during(camp.DoJoinDeviceGone))
		gone.id, gone.label = "gone."+m.ID+"."+v.number(int(d.Serial)), v.say("window.device.gone.which", "Device", name)
		rows = append(rows, v.item(nil, v.pair(name, v.seen(camp.Person{LastSeen: d.LastSeen})), gone))
	}
	take := func(do string) func() {
		return func() {
			v.do(camp.Intent{Do: do, ID: m.ID}, "", func(a camp.Answer) { v.device, v.deviceOf = a.Invite, m.ID })
		}
	}
	phone := v.button("window.others.phone", quiet, "", take(camp.DoJoinPhone)).disabled(v.during(camp.DoJoinPhone))
	computer := v.button("window.others.computer", quiet, "", take(camp.DoJoinComputer)).disabled(v.during(camp.DoJoinComputer))
	phone.id, computer.id = "phone."+m.ID, "computer."+m.ID
	return v.lines(append(rows, v.deeds(phone, computer))...)
}

// rekeyAsked says what a new key is good for, and asks.
func (v *View) rekeyAsked(m camp.Membership) {
	v.ask(question{
		title: v.say("window.rekey.title"),
		parts: []fyne.CanvasObject{v.body(v.say("window.rekey.line", "Camp", m.Camp))},
		deeds: []*press{v.button("window.rekey.do", main, "", func() {
			v.do(camp.Intent{Do: camp.DoJoinRekey, ID: m.ID}, "", func(camp.Answer) { v.good(v.say("window.rekey.done")) })
		})},
		safe: v.button("window.cancel", quiet, "", nil),
	})
}

// deviceLost asks before a device is shut out.
func (v *View) deviceLost(m camp.Membership, d camp.DeviceLine, name string) {
	v.ask(question{
		title: v.say("window.others.lost", "Device", name),
		parts: []fyne.CanvasObject{v.body(v.say("window.device.gone.line"))},
		deeds: []*press{v.button("window.device.gone.do", danger, "", func() {
			v.do(camp.Intent{Do: camp.DoJoinDeviceGone, ID: m.ID, Serial: d.Serial}, "", nil)
		})},
		safe: v.button("window.cancel", main, "", nil),
	})
}

// newDevice shows what a device of one's own needs: a phone's pictures, or a code.
func (v *View) newDevice() []fyne.CanvasObject {
	d := v.device
	done := v.button("window.invite.done", quiet, "", func() { v.device, v.deviceOf = nil, ""; v.draw() })
	var narrow fyne.CanvasObject
	if d.Narrow != "" {
		narrow = v.wash(v.look.emberWash, v.look.ember, v.sayMap(d.Narrow, nil, ""))
	}
	if d.Phone {
		return []fyne.CanvasObject{v.soft(v.say("window.phone.line")), narrow, v.phoneCard(d), v.deeds(done)}
	}
	return []fyne.CanvasObject{
		v.body(v.say("window.others.computer.line")), narrow, v.code(d.Code),
		v.deeds(v.button("window.invite.copy", main, "copy", func() { v.copy(d.Code) }), done),
	}
}

func (v *View) forgetAsked(m camp.Membership) {
	v.ask(question{
		title: v.say("window.forget.title", "Camp", m.Camp),
		parts: []fyne.CanvasObject{v.body(v.say("window.forget.line", "Camp", m.Camp, "Host", m.Host))},
		deeds: []*press{v.button("window.forget.do", danger, "", func() { v.do(camp.Intent{Do: camp.DoJoinForget, ID: m.ID}, "", nil) })},
		safe:  v.button("window.cancel", main, "", nil),
	})
}

// guestHome is what somebody sees who belongs to camps of others and has none of
// their own.
func (v *View) guestHome() fyne.CanvasObject {
	l := v.look
	parts := append(v.strips(), v.othersParts()...)
	settings := v.button("window.side.settings", plain, PageSettings, func() { v.visit(PageSettings) })
	parts = append(parts, v.card(v.item(v.tent("", false, 34), v.pair(v.say("window.first.start"), v.say("window.first.start.line")),
		v.button("window.first.start", quiet, "", v.start))), container.New(&wrap{gap: l.gap(10), trailing: true}, settings, v.languageButton()))
	content := container.New(&inset{x: l.gap(26), y: l.gap(22), most: l.text(640)}, stackOf(l.gap(16), some(parts)...))
	c, s := newSheet(content)
	v.scroll = s
	return c
}

// guestSettings are the choices of somebody who has no camp of their own.
func (v *View) guestSettings() fyne.CanvasObject {
	back := v.backButton(func() { v.first, v.page = "", PageHome; v.draw() })
	login := v.card(v.loginTick(), v.menuTick())
	return v.alone(back, v.title(v.say("window.settings.title"), v.say("window.settings.line")), v.seeingCard(), login, v.card(v.noticeParts()...),
		v.card(v.lines(v.dataRow(), v.endRow())))
}
