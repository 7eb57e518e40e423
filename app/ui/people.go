package ui

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2"

	"camp/node/camp"
)

// peopleScreen lists who belongs to the camp.
func (v *View) peopleScreen() fyne.CanvasObject {
	l := v.look
	members := v.members()
	head := v.say("window.people.count", "N", len(members), "Most", camp.MaxMembers)
	add := v.button("window.invite.somebody", main, "", func() { v.visit(PageInvite) }).disabled(v.st.Phase != camp.On)
	parts := []fyne.CanvasObject{v.item(nil, v.title(v.say("window.people.title"), head), add)}
	if len(members) >= camp.NearlyFull {
		parts = append(parts, v.card(v.bold(v.say("window.people.full")), v.body(v.say("window.people.small", "Most", camp.MaxMembers)), v.body(v.say("window.people.sister"))))
	}
	if v.st.Phase != camp.On {
		parts = append(parts, v.wash(l.lakeWash, l.lake, v.say("window.people.when_on")))
	}
	parts = append(parts, v.waitingCard())
	if len(members) > 8 {
		parts = append(parts, v.searchField("people.search", v.say("window.people.search")))
	}
	wanted := strings.ToLower(v.typed("people.search"))
	var rows []fyne.CanvasObject
	for _, p := range members {
		if wanted == "" || strings.Contains(strings.ToLower(p.Display+" @"+p.Name), wanted) {
			rows = append(rows, v.personRow(p))
		}
	}
	if len(rows) > 0 {
		parts = append(parts, v.card(v.lines(rows...)))
	} else if wanted != "" {
		parts = append(parts, v.card(v.soft(v.say("window.people.none_such"))))
	}
	if len(members) <= 1 && len(v.st.Invites) == 0 {
		parts = append(parts, v.empty("fire", v.say("window.people.empty")))
	}
	return v.pane(append(parts, v.gonersCard(), v.invitesCard())...)
}

// members are those who belong: the host first, then by shown name.
func (v *View) members() []camp.Person {
	var all []camp.Person
	for _, p := range v.st.People {
		if p.Standing.Counts() {
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b camp.Person) int {
		return cmp.Or(cmp.Compare(rank(a.Role), rank(b.Role)), strings.Compare(strings.ToLower(shown(a)), strings.ToLower(shown(b))))
	})
	return all
}

func rank(r camp.Role) int {
	return slices.Index([]camp.Role{camp.RoleHost, camp.RoleHelper, camp.RoleMember, camp.RoleGuest}, r)
}

func shown(p camp.Person) string {
	if p.Display != "" {
		return p.Display
	}
	return "@" + p.Name
}

// searchField is a field whose letters narrow the list down at once.
func (v *View) searchField(id, hint string) fyne.CanvasObject {
	f := v.field(id, hint, 1, nil)
	f.OnChanged = func(string) { v.draw() }
	return f
}

func (v *View) typed(id string) string {
	if f, ok := v.fields[id]; ok {
		return strings.TrimSpace(f.Text)
	}
	return ""
}

func (v *View) roleWord(r camp.Role) string {
	switch r {
	case camp.RoleHost:
		return v.say("window.role.host")
	case camp.RoleHelper:
		return v.say("window.role.helper")
	case camp.RoleGuest:
		return v.say("window.role.guest")
	}
	return v.say("window.role.member")
}

func (v *View) personRow(p camp.Person) fyne.CanvasObject {
	open := v.button("window.look", quiet, "", func() { v.person = p.Name; v.visit(pagePerson) })
	open.id, open.label = "person."+p.Name, v.say("window.people.look_at", "Who", shown(p))
	below := v.say("window.people.line", "Role", v.roleWord(p.Role), "Seen", v.seen(p))
	if !p.Final.IsZero() {
		below = v.leavesLine(p)
	}
	lines := []fyne.CanvasObject{v.bold(shown(p)).cut(), v.soft(below)}
	if byOldKey(p) {
		lines = append(lines, v.soft(v.say("window.waykey.device")))
	}
	return v.item(v.face(shown(p), 38), stackOf(v.look.gap(1), lines...), open)
}

// seen says on which day somebody was here last; never the hour.
func (v *View) seen(p camp.Person) string {
	if slices.ContainsFunc(p.Devices, func(d camp.DeviceLine) bool { return d.Connected }) {
		return v.say("window.seen.today") // whether the day was written down yet or not
	}
	if p.LastSeen == camp.LastSeenLong {
		return v.say("window.seen.long")
	}
	t, err := time.ParseInLocation(time.DateOnly, p.LastSeen, time.Local)
	switch {
	case p.LastSeen == "" || err != nil:
		return v.say("window.seen.never")
	case v.daysAgo(t) <= 0:
		return v.say("window.seen.today")
	case v.daysAgo(t) == 1:
		return v.say("window.seen.yesterday")
	}
	return v.say("window.seen.day", "Day", v.day(t))
}

// madeLink is a one-time link that was just made.
type madeLink struct{ who, url string }

// addScreen makes a member by the host's word and shows their one-time link.
func (v *View) addScreen() fyne.CanvasObject {
	back := v.backButton(func() { v.visit(PagePeople) })
	if v.link.url != "" {
		more := v.button("window.add.more", quiet, "plus", func() { v.link = madeLink{}; v.forgetFields(); v.draw() })
		return v.pane(back, v.title(v.say("window.link.title", "Who", v.link.who), ""), v.linkCard(),
			v.deeds(more, v.button("window.add.done", quiet, "", func() { v.visit(PagePeople) })))
	}
	add := func() {
		shown := camp.CleanLine(v.typed("add.name"), 60)
		handle, ok := camp.ParseName(handleOf(shown))
		if !ok {
			v.strip = strip{trouble: &trouble{what: v.say("window.add.bad"), means: v.say("window.add.bad.do")}}
			v.draw()
			return
		}
		v.do(camp.Intent{Do: camp.DoMemberAdd, Person: handle, Name: shown, Role: camp.RoleMember}, "window.busy.add", func(a camp.Answer) {
			v.link = madeLink{shown, a.URL}
		})
	}
	f := v.field("add.name", v.say("window.add.hint"), 1, add)
	f.OnChanged = func(string) { v.draw() }
	parts := []fyne.CanvasObject{v.bold(v.say("window.add.who")), f}
	if h, ok := camp.ParseName(handleOf(v.typed("add.name"))); ok {
		parts = append(parts, v.soft(v.say("window.add.handle", "Short", "@"+h)))
	}
	parts = append(parts, v.deeds(
		v.button("window.add.make", main, "", add).disabled(v.during(camp.DoMemberAdd) || v.st.Phase != camp.On),
		v.button("window.cancel", quiet, "", func() { v.visit(PagePeople) })))
	return v.pane(back, v.title(v.say("window.add.title"), v.say("window.add.line")), v.card(parts...),
		v.wash(v.look.lakeWash, v.look.lake, v.say("window.add.only_here")))
}

// handleOf makes a handle of a shown name: "Mara de Vries" gives "mara_de_vries".
// It may give one that is none; ParseName says so.
func handleOf(shown string) string {
	plain := strings.NewReplacer("ä", "a", "á", "a", "à", "a", "â", "a", "å", "a", "ë", "e", "é", "e", "è", "e", "ê", "e",
		"ï", "i", "í", "i", "î", "i", "ö", "o", "ó", "o", "ô", "o", "ø", "o", "ü", "u", "ú", "u", "û", "u", "ñ", "n", "ç", "c", "ß", "ss", "æ", "ae")
	var b strings.Builder
	for _, r := range plain.Replace(strings.ToLower(strings.TrimSpace(shown))) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.IsSpace(r), r == '_', r == '-', r == '.':
			if s := b.String(); s != "" && !strings.HasSuffix(s, "_") {
				b.WriteByte('_')
			}
		}
	}
	h := b.String()
	if len(h) > 30 {
		h = h[:30]
	}
	return strings.Trim(h, "_")
}

// linkCard shows a one-time link, to be copied.
func (v *View) linkCard() fyne.CanvasObject {
	l := v.link
	friendly := v.say("window.link.friendly", "Who", l.who, "Camp", v.st.Name, "Link", l.url)
	return v.card(v.code(l.url), v.body(v.say("window.link.once", "Who", l.who)), v.soft(v.say("window.add.only_here")),
		v.deeds(v.button("window.link.copy", main, "copy", func() { v.copy(l.url) }),
			v.button("window.link.copy_friendly", quiet, "", func() { v.copy(friendly) })))
}

// personScreen is one member, and what a host may do about them.
func (v *View) personScreen() fyne.CanvasObject {
	l := v.look
	back := v.backButton(func() { v.visit(PagePeople) })
	i := slices.IndexFunc(v.st.People, func(p camp.Person) bool { return p.Name == v.person })
	if i < 0 || !v.st.People[i].Standing.Counts() {
		return v.pane(back, v.empty("path", v.say("window.person.gone")))
	}
	p := v.st.People[i]
	name := shown(p)
	joined := ""
	if !p.Joined.IsZero() {
		joined = v.say("window.person.since", "Day", v.day(p.Joined))
	}
	head := v.card(v.item(v.face(name, 56), stackOf(l.gap(1), v.para(name, 20, l.ink).strong().cut(), v.soft("@"+p.Name).cut(),
		v.soft(v.say("window.people.line", "Role", v.roleWord(p.Role), "Seen", v.seen(p))), v.soft(joined))))
	parts := []fyne.CanvasObject{back, head}
	if !p.Final.IsZero() {
		parts = append(parts, v.wash(l.lakeWash, l.lake, v.leavesLine(p)))
	}
	if v.link.url != "" {
		parts = append(parts, stackOf(l.gap(8), v.bold(v.say("window.link.title", "Who", v.link.who)), v.linkCard()))
	}
	if v.back != nil {
		parts = append(parts, v.backCard(p))
	}
	off := v.st.Phase != camp.On
	var rows []fyne.CanvasObject
	rows = append(rows, v.item(nil, v.pair(v.say("window.person.link"), v.say("window.person.link.line", "Who", name)),
		v.button("window.person.link.make", quiet, "", func() { v.linkFor(p) }).disabled(off || v.during(camp.DoMemberLink))))
	if p.Role != camp.RoleHost {
		rows = append(rows, v.roleRow(p, off))
	}
	saved := v.pair(v.say("window.person.export"), v.say("window.person.export.line", "Who", name))
	if p.Role == camp.RoleHost {
		saved = v.pair(v.say("window.privacy.mine"), v.say("window.privacy.mine.line"))
	}
	rows = append(rows, v.item(nil, saved,
		v.button("window.person.export.do", quiet, "", func() { v.export(p) }).disabled(off || v.during(camp.DoExport))))
	rows = append(rows, v.item(nil, v.pair(v.say("window.person.back"), v.say("window.person.back.line", "Who", name)),
		v.button("window.person.back.make", quiet, "", func() { v.backFor(p) }).disabled(off || v.during(camp.DoInvite))))
	if p.Role != camp.RoleHost {
		if b := v.boundsRow(p, off); b != nil {
			rows = append(rows, b)
		}
		rows = append(rows, v.breakRow(p, off))
		rows = append(rows, v.item(nil, v.pair(v.say("window.person.remove"), v.say("window.person.remove.line", "Who", name)),
			v.button("window.person.remove.do", danger, "", func() { v.removeAsked(p) }).disabled(off || v.during(camp.DoMemberRemove))))
	}
	return v.pane(append(parts, v.card(v.lines(rows...)), v.deviceRows(p))...)
}

func (v *View) roleRow(p camp.Person, off bool) fyne.CanvasObject {
	to, title, line, deed := camp.RoleHelper, "window.person.helper", "window.person.helper.line", "window.person.helper.make"
	switch {
	case p.Offered:
		to, title, line, deed = camp.RoleMember, "window.person.offered", "window.person.offered.line", "window.person.offered.back"
	case p.Role == camp.RoleHelper:
		to, title, line, deed = camp.RoleMember, "window.person.nohelper", "window.person.nohelper.line", "window.person.nohelper.make"
	}
	return v.item(nil, v.pair(v.say(title), v.say(line, "Who", shown(p))), v.button(deed, quiet, "", func() {
		v.do(camp.Intent{Do: camp.DoMemberRole, Person: p.Name, Role: to}, "", func(camp.Answer) {
			if to == camp.RoleHelper {
				v.good(v.say("window.person.helper.asked", "Who", shown(p)))
				return
			}
			v.good(v.say("window.person.role.done", "Who", shown(p), "Role", v.roleWord(to)))
		})
	}).disabled(off || v.during(camp.DoMemberRole)))
}

func (v *View) linkFor(p camp.Person) {
	v.do(camp.Intent{Do: camp.DoMemberLink, Person: p.Name}, "", func(a camp.Answer) { v.link = madeLink{shown(p), a.URL} })
}

// backFor makes a code for somebody who lost all their devices.
func (v *View) backFor(p camp.Person) {
	v.do(camp.Intent{Do: camp.DoInvite, Person: p.Name}, "window.busy.invite", func(a camp.Answer) { v.back = a.Invite })
}

// backCard shows that code, and to whom alone it may be given.
func (v *View) backCard(p camp.Person) fyne.CanvasObject {
	i := v.back
	var narrow fyne.CanvasObject
	if i.Narrow != "" {
		narrow = v.wash(v.look.emberWash, v.look.ember, v.sayMap(i.Narrow, nil, ""))
	}
	return v.card(some([]fyne.CanvasObject{
		v.bold(v.say("window.person.back.code", "Who", shown(p))), narrow, v.code(i.Code), v.body(v.say("window.person.back.only", "Who", shown(p), "Day", v.ahead(i.Ends))),
		v.deeds(v.button("window.invite.copy", main, "copy", func() { v.copy(i.Code) })),
	})...)
}

// export saves everything the camp keeps of a person in a folder of choice.
func (v *View) export(p camp.Person) {
	v.chooser.Folder("", func(folder string) {
		file := joinPath(folder, "camp-"+p.Name+"-"+v.now().Format(time.DateOnly)+".zip")
		v.do(camp.Intent{Do: camp.DoExport, Person: p.Name, File: file}, "window.busy.export", func(camp.Answer) {
			v.good(v.say("window.person.export.done", "File", file))
		})
	})
}

// removeAsked asks what becomes of the posts; the safe answer changes nothing.
func (v *View) removeAsked(p camp.Person) {
	remove := func(erase bool) func() {
		return func() {
			v.do(camp.Intent{Do: camp.DoMemberRemove, Person: p.Name, Erase: erase}, "", func(camp.Answer) {
				v.visit(PagePeople)
				v.good(v.say("window.remove.done", "Who", shown(p)))
			})
		}
	}
	v.ask(question{
		title: v.say("window.remove.title", "Who", shown(p)),
		parts: []fyne.CanvasObject{v.body(v.say("window.remove.line", "Who", shown(p))), v.body(v.say("window.remove.undo")), v.soft(v.say("window.remove.posts"))},
		deeds: []*press{
			v.button("window.remove.keep", danger, "", remove(false)),
			v.button("window.remove.erase", danger, "", remove(true)),
		},
		safe: v.button("window.remove.not", main, "", nil),
	})
}
