package ui

import (
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/skip2/go-qrcode"

	"camp/node/camp"
)

// inviteScreen makes a code, and shows the one that was made.
func (v *View) inviteScreen() fyne.CanvasObject {
	back := v.backButton(func() { v.visit(PagePeople) })
	switch n := v.st.Nearby; {
	case n.State == "open" || n.State == "compare":
		return v.pane(back, v.title(v.say("window.nearby.title"), ""), v.nearbyCard())
	case v.made != nil:
		return v.madeScreen(back)
	}
	if len(v.members()) >= camp.MaxMembers {
		return v.pane(back, v.empty("tent", v.say("window.invite.full", "Most", camp.MaxMembers)))
	}
	parts := []fyne.CanvasObject{back, v.title(v.say("window.invite.title"), v.say("window.invite.warn")), v.firstInviteCard(), v.nearbySaid()}
	f := v.field("invite.note", v.say("window.invite.note.hint"), 1, v.makeCode)
	off := v.st.Phase != camp.On || v.during(camp.DoInvite)
	parts = append(parts, v.card(
		v.bold(v.say("window.invite.note")), f,
		v.choiceOf("window.invite.days", v.pick("days", [][2]string{{"1", v.say("window.invite.day1")}, {"7", v.say("window.invite.day7")}, {"30", v.say("window.invite.day30")}},
			v.inviteDays(), func(d string) { v.days = d; v.draw() })),
		v.choiceOf("window.invite.uses", v.pick("uses", [][2]string{{"1", v.say("window.invite.use1")}, {"5", v.say("window.invite.use5")}},
			v.inviteUses(), func(u string) { v.uses = u; v.draw() })),
		v.deeds(v.button("window.invite.make", main, "", v.makeCode).disabled(off))))
	parts = append(parts, v.card(v.lines(
		v.item(nil, v.pair(v.say("window.invite.nearby"), v.say("window.invite.nearby.line")),
			v.button("window.invite.nearby.do", quiet, "", func() { v.do(camp.Intent{Do: camp.DoNearby}, "", nil) }).disabled(off || v.during(camp.DoNearby))),
		v.item(nil, v.pair(v.say("window.invite.phone_only"), v.say("window.invite.phone_only.line")),
			v.button("window.invite.phone_only.do", quiet, "", v.makePhone).disabled(off)),
		v.item(nil, v.pair(v.say("window.invite.here"), v.say("window.invite.here.line")),
			v.button("window.people.add", quiet, "", func() { v.visit(pageAdd) }).disabled(off)),
	)))
	return v.pane(parts...)
}

func (v *View) inviteDays() string {
	if v.days == "" {
		return "7"
	}
	return v.days
}

func (v *View) inviteUses() string {
	if v.uses == "" {
		return "1"
	}
	return v.uses
}

func (v *View) makeCode() {
	days, _ := strconv.Atoi(v.inviteDays())
	uses, _ := strconv.Atoi(v.inviteUses())
	in := camp.Intent{Do: camp.DoInvite, Name: v.typed("invite.note"), Uses: uses, For: time.Duration(days) * 24 * time.Hour}
	v.do(in, "window.busy.invite", func(a camp.Answer) { v.made = a.Invite })
}

func (v *View) makePhone() {
	v.do(camp.Intent{Do: camp.DoInvite, Name: v.typed("invite.note"), Phone: true}, "window.busy.invite", func(a camp.Answer) { v.made = a.Invite })
}

// firstInviteCard tells, before the very first code, what comes with it.
func (v *View) firstInviteCard() fyne.CanvasObject {
	if v.st.Reach.Asked || len(v.st.Invites) > 0 {
		return nil
	}
	return v.card(
		v.bold(v.say("window.first_invite.sleep")),
		v.tick("window.settings.awake", v.st.Settings.KeepAwake, func(on bool) { v.change(func(s *camp.Settings) { s.KeepAwake = on }) }),
		v.rule(),
		v.item(nil, v.body(v.say("window.first_invite.router")), v.button("window.first_invite.router.no", quiet, "", func() {
			v.do(camp.Intent{Do: camp.DoReach}, "", nil)
		}).disabled(v.during(camp.DoReach))),
		v.tick("window.first_invite.home", v.st.Reach.LAN, v.setLAN))
}

func (v *View) setLAN(on bool) { v.do(camp.Intent{Do: camp.DoLAN, On: on}, "", nil) }

// madeScreen shows a code, or a phone's configuration, and how to hand it over.
func (v *View) madeScreen(back fyne.CanvasObject) fyne.CanvasObject {
	i := v.made
	done := v.button("window.invite.done", quiet, "", func() { v.made = nil; v.visit(PagePeople) })
	narrow := fyne.CanvasObject(nil)
	if i.Narrow != "" {
		narrow = v.wash(v.look.emberWash, v.look.ember, v.sayMap(i.Narrow, nil, ""))
	}
	if i.Phone {
		return v.pane(back, v.title(v.say("window.phone.title"), v.say("window.phone.line")), narrow, v.phoneCard(i), v.deeds(done))
	}
	letter := v.say("window.invite.letter", "Camp", v.st.Name, "Code", i.Code, "N", i.Uses)
	return v.pane(back, v.title(v.say("window.invite.made"), v.say("window.invite.warn")), narrow,
		v.card(v.code(i.Code), v.soft(v.say("window.invite.until", "Day", v.ahead(i.Ends), "N", i.Uses)),
			v.deeds(v.button("window.invite.copy", main, "copy", func() { v.copy(i.Code) }),
				v.button("window.invite.copy_letter", quiet, "", func() { v.copy(letter) }),
				v.button("window.invite.save_picture", quiet, "file", func() { v.savePicture(i.Code) })),
			v.qr(i.Code)),
		v.friendCard(), v.deeds(done))
}

// phoneCard shows a phone's configuration, once, and the camp's address.
func (v *View) phoneCard(i *camp.InviteLine) fyne.CanvasObject {
	l := v.look
	code, clash := i.Code, v.button("window.phone.clash", plain, "", func() { v.open["phone.six"] = !v.open["phone.six"]; v.draw() })
	if i.Six == "" {
		clash = nil
	} else if v.open["phone.six"] {
		code = i.Six
	}
	parts := []fyne.CanvasObject{v.bold(v.say("window.phone.first")), v.body(v.say("window.phone.first.line"))}
	if clash != nil {
		parts = append(parts, v.soft(v.say(phoneClash(v.open["phone.six"]))), v.deeds(clash))
	}
	one := container.New(&row{gap: l.gap(20), mark: true, top: true}, v.qr(code), stackOf(l.gap(6), parts...))
	two := container.New(&row{gap: l.gap(20), mark: true, top: true}, v.qr(i.Web), stackOf(l.gap(6), v.bold(v.say("window.phone.second")), v.body(v.say("window.phone.second.line")), v.code(i.Web)))
	return v.card(one, v.rule(), two)
}

// phoneClash says what the picture is for.
func phoneClash(six bool) string {
	if six {
		return "window.phone.clash.six"
	}
	return "window.phone.clash.line"
}

// friendCard saves the program for a friend's computer.
func (v *View) friendCard() fyne.CanvasObject {
	if len(v.systems) == 0 {
		return v.card(v.item(nil, v.pair(v.say("window.friend"), v.say("window.friend.line")), v.button("window.friend.look", quiet, "", func() {
			v.do(camp.Intent{Do: camp.DoFriendSystems}, "", func(a camp.Answer) { v.systems = a.Systems })
		})))
	}
	var deeds []fyne.CanvasObject
	for _, s := range v.systems {
		deeds = append(deeds, v.buttonSay("friend."+s, camp.SystemName(s), quiet, "file", func() { v.saveProgram(s) }))
	}
	return v.card(v.pair(v.say("window.friend"), v.say("window.friend.choose")), v.deeds(deeds...))
}

func (v *View) saveProgram(system string) {
	v.chooser.Folder("", func(folder string) {
		file := joinPath(folder, "camp-"+v.st.Version+"-"+fileName(system)) // its ending follows from what there is
		v.do(camp.Intent{Do: camp.DoFriendCopy, Page: system, File: file}, "window.busy.friend", func(a camp.Answer) {
			v.good(v.say("window.friend.done", "File", a.Args["File"]))
		})
	})
}

// savePicture writes a code as a QR picture.
func (v *View) savePicture(code string) {
	png, err := qrcode.Encode(code, qrcode.Medium, 720)
	if err != nil {
		return
	}
	v.chooser.Save(v.say("window.invite.file")+".png", string(png), func(path string, err error) {
		if err != nil {
			v.strip = strip{trouble: &trouble{what: v.say("window.sheet.not_saved"), means: v.say("window.sheet.not_saved.do"), detail: err.Error()}}
		} else {
			v.good(v.say("window.invite.saved", "File", path))
		}
		v.draw()
	})
}

// nearbyCard is the open door for somebody in the same room.
func (v *View) nearbyCard() fyne.CanvasObject {
	n := v.st.Nearby
	shut := v.button("window.nearby.close", quiet, "", func() { v.do(camp.Intent{Do: camp.DoNearbyClose}, "", nil) })
	if n.State == "compare" {
		same := func(yes bool) func() {
			return func() { v.do(camp.Intent{Do: camp.DoNearbySame, Same: yes}, "", nil) }
		}
		return v.card(v.body(v.say("window.nearby.compare")), v.para(n.Check, 40, v.look.ink).strong().centred(), v.para(n.Words, 20, v.look.ink).centred(),
			v.deeds(v.button("window.nearby.same", main, "check", same(true)).disabled(v.during(camp.DoNearbySame)),
				v.button("window.nearby.differ", danger, "", same(false)).disabled(v.during(camp.DoNearbySame))))
	}
	return v.card(v.bold(v.say("window.nearby.open", "Time", v.ahead(n.Until))), v.body(v.say("window.nearby.how")), v.deeds(shut))
}

// nearbySaid tells how the door for somebody nearby ended.
func (v *View) nearbySaid() fyne.CanvasObject {
	n := v.st.Nearby
	switch {
	case n.State == "sent":
		return v.wash(v.look.mossWash, v.look.moss, v.say("window.nearby.sent"))
	case n.Say != "":
		return v.wash(v.look.emberWash, v.look.ember, v.sayMap(n.Say, nil, ""))
	}
	return nil
}

// reachWords say in plain words how friends away from home get in.
func (v *View) reachWords() (how, why string, good bool) {
	r := v.st.Reach
	switch {
	case v.st.Phase != camp.On:
		return v.say("window.who.not_now"), v.say("window.reach.off.why"), false
	case v.st.NoTunnel != "":
		return v.say("window.who.not_yet"), v.say("window.reach.none_yet"), false
	case r.State == "open":
		why = v.say("window.reach.open.why")
		if !r.LastFrom.IsZero() {
			why += " " + v.say("window.reach.last", "When", v.moment(r.LastFrom))
		}
		return v.say("window.reach.open"), why, true
	case slices.Contains([]string{"asking", "none", "shared", "refused"}, r.State):
		return v.say("window.reach." + r.State), v.say("window.reach." + r.State + ".why"), false
	}
	return v.say("window.reach.off"), v.say("window.reach.off.why"), false
}
