package ui

import (
	"fyne.io/fyne/v2"

	"camp/node/camp"
)

// askedBack shows what somebody who waits was asked, and what they answered.
func (v *View) askedBack(p camp.Person) []fyne.CanvasObject {
	if p.Question == "" {
		return nil
	}
	parts := []fyne.CanvasObject{v.soft(v.say("window.askback.asked")), v.body(p.Question).cut()}
	if p.Reply == "" {
		return append(parts, v.soft(v.say("window.askback.open")))
	}
	return append(parts, v.soft(v.say("window.askback.replied", "Who", shown(p))), v.body(p.Reply).cut())
}

func (v *View) askBackButton(p camp.Person) *press {
	b := v.button("window.askback", quiet, "", func() { v.askBack(p) }).disabled(v.during(camp.DoAskBack))
	b.id, b.label = "ask."+p.Name, v.say("window.askback.who", "Who", shown(p))
	return b
}

// askBack asks the host for the question.
func (v *View) askBack(p camp.Person) {
	delete(v.fields, "askback.text")
	f := v.field("askback.text", v.say("window.askback.hint"), 4, nil)
	v.ask(question{
		title: v.say("window.askback.title", "Who", shown(p)),
		parts: []fyne.CanvasObject{v.soft(v.say("window.askback.line", "Who", shown(p))), f},
		deeds: []*press{v.button("window.askback.send", quiet, "", func() {
			v.do(camp.Intent{Do: camp.DoAskBack, Person: p.Name, Message: f.Text}, "", func(camp.Answer) { v.good(v.say("window.askback.done", "Who", shown(p))) })
		})},
		safe: v.button("window.cancel", main, "", nil),
	})
}

// questionParts is what the host of a camp asks while one waits, with the field
// for the answer.
func (v *View) questionParts(m camp.Membership) []fyne.CanvasObject {
	if m.Question == "" {
		return nil
	}
	parts := []fyne.CanvasObject{v.bold(v.say("window.reply.asks", "Host", m.Host)), v.body(m.Question).cut()}
	if m.Reply != "" {
		return append(parts, v.soft(v.say("window.reply.yours")), v.body(m.Reply).cut())
	}
	f := v.field("reply."+m.ID, v.say("window.reply.hint"), 3, nil)
	send := v.button("window.reply.send", main, "", func() {
		v.do(camp.Intent{Do: camp.DoJoinReply, ID: m.ID, Message: f.Text}, "", func(camp.Answer) { v.good(v.say("window.reply.done", "Host", m.Host)) })
	}).disabled(m.Link != "connected" || v.during(camp.DoJoinReply))
	send.id = "reply.do." + m.ID
	return append(parts, f, v.deeds(send))
}

// leaveAsked asks what becomes of one's posts; the safe answer changes nothing.
func (v *View) leaveAsked(m camp.Membership) {
	leave := func(erase bool) func() {
		return func() { v.do(camp.Intent{Do: camp.DoJoinLeave, ID: m.ID, Erase: erase}, "", nil) }
	}
	v.ask(question{
		title: v.say("window.leave.title", "Camp", m.Camp),
		parts: []fyne.CanvasObject{v.body(v.say("window.leave.line")), v.soft(v.say("window.leave.posts"))},
		deeds: []*press{
			v.button("window.leave.keep", danger, "", leave(false)),
			v.button("window.leave.erase", danger, "", leave(true)),
		},
		safe: v.button("window.leave.not", main, "", nil),
	})
}

// leavingParts tell somebody who leaves until when they can think better of it.
func (v *View) leavingParts(m camp.Membership) []fyne.CanvasObject {
	stay := v.button("window.leave.stay", main, "", func() {
		v.do(camp.Intent{Do: camp.DoJoinStay, ID: m.ID}, "", func(camp.Answer) { v.good(v.say("window.leave.stays", "Camp", m.Camp)) })
	}).disabled(m.Link != "connected" || v.during(camp.DoJoinStay))
	stay.id = "stay." + m.ID
	return []fyne.CanvasObject{v.wash(v.look.lakeWash, v.look.lake, v.say("window.leave.day", "Day", v.ahead(m.Leaves))), v.deeds(stay)}
}
