package ui

import (
	"fyne.io/fyne/v2"

	"camp/node/camp"
)

// askContacts asks whom this computer talked with.
func (v *View) askContacts() {
	v.do(camp.Intent{Do: camp.DoContacts}, "", func(a camp.Answer) { v.talked = a.Contacts })
}

// contactsCard tells whom this computer talked with, and how much it sent.
func (v *View) contactsCard() fyne.CanvasObject {
	look := v.button("window.contacts.look", quiet, "", v.askContacts).disabled(v.st.Phase != camp.On || v.during(camp.DoContacts))
	look.label = v.say("pages.outside.list")
	head := v.item(nil, v.pair(v.say("pages.outside.list"), v.say("pages.outside.today", "Size", v.bytes(v.st.SentToday))), look)
	c := v.talked
	if c == nil {
		return v.card(head)
	}
	rows := []fyne.CanvasObject{
		v.fact("pages.outside.tunnel", v.bytes(c.Tunnel)), v.fact("pages.outside.servers", v.bytes(c.Servers)), v.fact("pages.outside.public", v.bytes(c.Public)),
	}
	for _, s := range c.List[:min(len(c.List), contactsDrawn)] {
		rows = append(rows, v.contactRow(s))
	}
	parts := []fyne.CanvasObject{head, v.lines(rows...)}
	if len(c.List) == 0 {
		parts = append(parts, v.body(v.say("pages.outside.nobody")))
	}
	return v.card(append(parts, v.soft(v.say("pages.outside.memory", "When", v.moment(c.Since))))...)
}

// contactsDrawn is how many are drawn; the pages in the browser show all.
const contactsDrawn = 60

func (v *View) contactRow(c camp.Contact) fyne.CanvasObject {
	who := v.body(v.say("pages.outside.kind."+c.Kind, "Name", c.Name)).cut()
	if c.Last.IsZero() {
		return who
	}
	return stackOf(v.look.gap(1), who, v.soft(v.say("pages.outside.server_line", "Size", v.bytes(c.Sent), "When", v.moment(c.Last))))
}
