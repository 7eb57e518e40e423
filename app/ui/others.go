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
	phase := camp.Off
	switch {
	case m.Link == "connected" && m.State.In():
		phase = camp.On
	case m.Link == "looking" || m.State == camp.Waiting:
		phase = camp.Starting
	}
	text := stackOf(l.gap(2), v.para(m.Camp, 18, l.ink).strong().cut(), v.soft(v.standing(m)))
	var deeds []fyne.CanvasObject
	on := m.Link == "connected"
	if m.State.In() {
		open := v.button("window.others.open", main, "", func() { v.do(camp.Intent{Do: camp.DoJoinOpen, ID: m.ID}, "window.busy.open", nil) }).disabled(!on || v.during(camp.DoJoinOpen))
		open.id = "open." + m.ID
		deeds = append(deeds, open)
	}
	parts := []fyne.CanvasObject{v.item(v.tent(phase, m.Replies > 0, 48), text, deeds...)}
	switch m.State {
	case camp.Waiting:
		parts = append(parts, v.waitingParts(m)...)
	case camp.Declined:
		if m.Answer != "" {
			parts = append(parts, v.body(m.Answer).cut())
		}
	}
	if m.State.In() {
		parts = append(parts, v.ownDevices(m, on)...)
	}
	if m.State != camp.Waiting {
		gone := v.button("window.others.forget", plain, "", func() { v.forgetAsked(m) })
		gone.id = "forget." + m.ID
		parts = append(parts, v.deeds(gone))
	}
	return v.card(parts...)
}

// standing says in one line how it stands with a camp.
func (v *View) standing(m camp.Membership) string {
	switch {
	case m.State == camp.Waiting && m.Link != "asleep":
		return v.say("window.others.waiting", "Host", m.Host, "When", v.moment(m.Since))
	case m.State == camp.Declined:
		return v.say("window.others.declined", "Host", m.Host)
	case m.Link == "asleep":
		return v.say("window.others.asleep")
	case m.Link != "connected":
		return v.say("window.others.looking")
	}
	path := v.say("window.others.path.direct")
	if m.Path == "home" {
		path = v.say("window.others.path.home")
	}
	if m.Unread > 0 {
		return v.say("window.others.unread", "N", m.Unread, "Path", path)
	}
	return v.say("window.others.on", "Path", path)
}

func (v *View) waitingParts(m camp.Membership) []fyne.CanvasObject {
	back := v.button("window.others.withdraw", quiet, "", func() { v.do(camp.Intent{Do: camp.DoJoinWithdraw, ID: m.ID}, "", nil) }).disabled(v.during(camp.DoJoinWithdraw))
	words := v.button("window.others.words", plain, "", func() { v.open["words."+m.ID] = !v.open["words."+m.ID]; v.draw() })
	back.id, words.id = "withdraw."+m.ID, "words."+m.ID
	parts := []fyne.CanvasObject{v.deeds(back, words)}
	if v.open["words."+m.ID] {
		parts = append(parts, v.para(m.Words, 20, v.look.ink).strong().centred(), v.soft(v.say("window.others.words.line", "Host", m.Host)))
	}
	return parts
}

// ownDevices adds a phone or a further computer of one's own.
func (v *View) ownDevices(m camp.Membership, on bool) []fyne.CanvasObject {
	if v.device != nil && v.deviceOf == m.ID {
		done := v.button("window.invite.done", quiet, "", func() { v.device, v.deviceOf = nil, ""; v.draw() })
		if v.device.Phone {
			return []fyne.CanvasObject{v.wash(v.look.emberWash, v.look.ember, v.sayMap(v.device.Narrow, nil, "")), v.phoneCard(v.device), v.deeds(done)}
		}
		code := v.device.Code
		return []fyne.CanvasObject{v.body(v.say("window.others.computer.line")), v.code(code), v.deeds(v.button("window.invite.copy", main, "copy", func() { v.copy(code) }), done)}
	}
	take := func(do string) func() {
		return func() {
			v.do(camp.Intent{Do: do, ID: m.ID}, "", func(a camp.Answer) { v.device, v.deviceOf = a.Invite, m.ID })
		}
	}
	phone := v.button("window.others.phone", quiet, "", take(camp.DoJoinPhone)).disabled(!on || v.during(camp.DoJoinPhone))
	computer := v.button("window.others.computer", quiet, "", take(camp.DoJoinComputer)).disabled(!on || v.during(camp.DoJoinComputer))
	phone.id, computer.id = "phone."+m.ID, "computer."+m.ID
	return []fyne.CanvasObject{v.deeds(phone, computer)}
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
	parts = append(parts, v.card(v.item(v.tent("", false, 34), v.pair(v.say("window.first.start"), v.say("window.first.start.line")),
		v.button("window.first.start", quiet, "", v.start))), container.New(&wrap{gap: 0, trailing: true}, v.languageButton()))
	content := container.New(&inset{x: l.gap(26), y: l.gap(22), most: l.text(640)}, stackOf(l.gap(16), some(parts)...))
	c, s := newSheet(content)
	v.scroll = s
	return c
}
