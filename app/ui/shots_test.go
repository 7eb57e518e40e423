package ui

import (
	"os"
	"slices"

	"camp/node/camp"
)

// shots are the screens that are looked at, measured and kept as markup.
func shots() map[string]func(b *bench) {
	go_ := func(page string) func(*bench) { return func(b *bench) { b.view.visit(page) } }
	return map[string]func(b *bench){
		"home": go_(PageHome), "people": go_(PagePeople), "rules": go_(PageRules), "backups": go_(PageBackups),
		"privacy": go_(PagePrivacy), "log": go_(PageLog), "settings": go_(PageSettings), "help": go_(PageHelp),
		"others": go_(PageOthers), "blocks": go_(PageBlocks), "invite": go_(PageInvite), "join-own": go_(PageJoin),
		"code": func(b *bench) { b.view.visit(PageInvite); b.view.made = testCode(); b.view.draw() },
		"phone": func(b *bench) {
			b.view.visit(PageInvite)
			b.view.made = &camp.InviteLine{Code: testPhone, Phone: true, Web: "http://[fd12:3456:789a::1]", Narrow: "window.who.not_yet"}
			b.view.draw()
		},
		"sayno":  func(b *bench) { b.view.visit(PagePeople); b.tap("no.sam") },
		"really": func(b *bench) { b.view.visit(PagePeople); b.tap("really.sam") },
		"goners": func(b *bench) { b.view.visit(PagePeople); b.view.apply(gonersState(b)) },
		"askback": func(b *bench) {
			b.view.visit(PagePeople)
			b.tap("ask.sam")
		},
		"compare": func(b *bench) {
			st := b.desk.st
			st.Nearby = camp.Nearby{State: "compare", Check: "417382", Words: "acorn zebra piano lemon", Until: testNow().Add(9 * 60e9)}
			b.view.visit(PageInvite)
			b.view.apply(st)
		},
		"nearby": func(b *bench) {
			st := b.desk.st
			st.Nearby = camp.Nearby{State: "open", Until: testNow().Add(9 * 60e9)}
			b.view.visit(PageInvite)
			b.view.apply(st)
		},
		"world": go_(PageWorld), "world-on": worldShot(camp.World{Ready: true, Door: "open", Outer: "9.9.9.9:443", Until: testNow().AddDate(0, 2, 3)}, false),
		"world-missing": worldShot(camp.World{Door: "refused", Problems: testProblems()}, true),
		"world-fixed":   worldShot(camp.World{Fixed: true, Ready: true, Door: "off", Problems: testProblems()[1:2]}, false),
		"world-tried":   func(b *bench) { tryOak(b, testProblems()[1:]) },
		"world-ask":     func(b *bench) { tryOak(b, nil); b.tap("window.world.on") },
		"add":           go_(pageAdd), "name": go_(pageName), "restore": go_(PageRestore),
		"person": func(b *bench) { b.view.person = "mara"; b.view.visit(pagePerson) },
		"link":   func(b *bench) { b.view.visit(pageAdd); b.view.link = madeLink{"Mara", testLink}; b.view.draw() },
		"sheet":  func(b *bench) { b.view.visit(PageRecovery); b.view.phrase = testPhrase; b.view.draw() },
		"pause":  func(b *bench) { b.view.visit(PageHome); b.tap("window.home.pause") },
		"close":  func(b *bench) { b.view.visit(PageHome); b.view.closeAsked() },
		"remove": func(b *bench) { b.view.person = "mara"; b.view.visit(pagePerson); b.tap("window.person.remove.do") },
		"failed": func(b *bench) {
			b.desk.faults[camp.DoBackup] = camp.NewFault(camp.Full, "window.space.read_only", os.ErrClosed)
			b.view.visit(PageBackups)
			b.tap("window.backup.now")
			b.tap("window.details")
		},
		"rules-small": func(b *bench) { b.view.visit(PageRules); b.view.apply(themed(b, rulesState(testNow(), 3, 0))) },
		"rules-back":  func(b *bench) { b.view.visit(PageRules); b.view.apply(themed(b, rulesState(testNow(), 0, 2))) },
		"rules-words": go_(pageChange),
		"rules-alone": func(b *bench) { b.view.apply(themed(b, newState())); b.view.visit(pageChange) },
	}
}

// worldShot is the screen of the wide world while it is on; waiting tells whether
// letters wait for others.
func worldShot(w camp.World, waiting bool) func(*bench) {
	return func(b *bench) {
		st := b.desk.st
		w.On, w.Domain, w.Checked = true, "oak.example", testNow().Add(-20*60e9)
		if w.Door != "off" {
			w.Address = "[::]:40443"
		}
		if st.World = w; waiting {
			st.Backlog, st.Letters = testBacklog(), 431
		}
		b.view.visit(PageWorld)
		b.view.apply(st)
	}
}

// tryOak tries a name; problems is what comes of it.
func tryOak(b *bench, problems []camp.Problem) {
	b.desk.answers[camp.DoWorldCheck] = camp.Answer{World: &camp.World{Domain: "oak.example", Ready: len(problems) == 0, Problems: problems}}
	b.view.visit(PageWorld)
	b.typeInto("wide.name", "oak.example")
	b.tap("window.world.try")
}

func testProblems() []camp.Problem {
	name := func(more ...string) map[string]string {
		args := map[string]string{"Name": "oak.example"}
		for i := 0; i+1 < len(more); i += 2 {
			args[more[i]] = more[i+1]
		}
		return args
	}
	return []camp.Problem{
		{Say: "world.cert.unseen", Args: name(), Detail: "acme: urn:ietf:params:acme:error:connection: 9.9.9.9: Timeout during connect"},
		{Say: "world.check.unsure", Args: name("Address", "9.9.9.9"), Deed: camp.DoReach},
		{Say: "world.door.refused", Args: name()},
	}
}

// testBacklog is for more servers than are named.
func testBacklog() []camp.Backlog {
	return []camp.Backlog{
		{Host: "far.example", Count: 214, Since: testNow().AddDate(0, 0, -8), Next: testNow().AddDate(0, 0, 1), Why: "fed.asleep.say", Asleep: true},
		{Host: "a-rather-long-name.of-a-server.in-a-far-away-land.example", Count: 12, Since: testNow().Add(-3 * 3600e9), Next: testNow().Add(20 * 60e9), Why: "fed.late.say"},
		{Host: "elm.example", Count: 1, Since: testNow().Add(-60e9)},
		{Host: "new.example", Count: 1, Since: testNow(), Next: testNow().Add(60e9), Why: "fed.of_a_newer_camp.say"},
	}
}

// firstShots are those of a computer without a camp, and of a camp that cannot be on.
func firstShots() map[string]func(b *bench) {
	return map[string]func(b *bench){
		"first": func(*bench) {},
		"join":  func(b *bench) { b.tap("window.first.join") },
		"join-read": func(b *bench) {
			st := emptyState()
			st.Settings = b.desk.st.Settings
			st.Joining = camp.Joining{Stage: "read", Info: &camp.JoinInfo{
				Camp: "Pinewood", Host: "Vera", Approval: true, Kept: []camp.Keeping{{What: "Name and shown name", HowLong: "Until 30 days after leaving"}},
				Rules: camp.JoinRules{Version: 2, Hash: "h", Texts: []string{"Be kind. Speak as you would around a fire.", "What is said here stays here."}},
			}}
			b.view.apply(st)
		},
		"guest": func(b *bench) { b.view.apply(guestState(b)) },
		"guest-devices": func(b *bench) {
			st := guestState(b)
			st.Memberships[0].Devices = []camp.DeviceLine{{Serial: 3, Label: "laptop", This: true}, {Serial: 9, Phone: true, LastSeen: "2026-11-20"}}
			b.view.apply(st)
			b.tap("devices.aa")
			b.tap("words.bb")
		},
		"guest-rekey": func(b *bench) {
			st := guestState(b)
			st.Memberships[0].Devices = []camp.DeviceLine{{Serial: 3, Label: "laptop", This: true}}
			b.view.apply(st)
			b.tap("devices.aa")
			b.tap("rekey.aa")
		},
		"guest-over": func(b *bench) {
			st := guestState(b)
			st.Memberships[0].State, st.Memberships[0].Link = camp.Removed, "looking"
			st.Memberships[2].State, st.Memberships[2].Shut = camp.Removed, true
			b.view.apply(st)
		},
		"guest-code": func(b *bench) {
			b.view.apply(guestState(b))
			b.view.device, b.view.deviceOf = testCode(), "aa"
			b.view.draw()
		},
		"guest-asked": func(b *bench) {
			st := guestState(b)
			st.Memberships[0].Leaves = testNow().AddDate(0, 0, 5)
			st.Memberships[1].Question = "Who of us do you know, and from where? We are a rather small camp, and ask everybody."
			b.view.apply(st)
		},
		"guest-leave":    func(b *bench) { b.view.apply(guestState(b)); b.tap("leave.aa") },
		"guest-settings": func(b *bench) { b.view.apply(guestState(b)); b.tap("window.side.settings") },
		"guest-close":    func(b *bench) { b.view.apply(guestState(b)); b.view.closeAsked() },
		"join-wait":      joinShot(camp.Joining{Stage: "looking"}),
		"join-compare":   joinShot(camp.Joining{Stage: "compare", Check: "417382", Words: "acorn zebra piano lemon"}),
		"join-failed":    joinShot(camp.Joining{Stage: "failed", Say: "join.silent.say", Args: camp.Args{"Day": "2026-05-03"}}),
		"join-around":    joinShot(camp.Joining{Stage: "around", Around: []camp.NearbyCamp{{Key: "a", Name: "Willow Lane"}, {Key: "b", Name: "The rather long name of a camp beside the river"}}}),
		"join-linked":    func(b *bench) { b.view.cfg.Code = "camp:" + testCode().Code; b.tap("window.first.join") },
		"first-restore":  func(b *bench) { b.tap("window.first.restore") },
		"starting": func(b *bench) {
			st := emptyState()
			st.Settings.Theme = b.desk.st.Settings.Theme
			st.Settings.TextSize = b.desk.st.Settings.TextSize
			for _, s := range []string{"window.busy.folder", "window.busy.check", "window.busy.open"} {
				st.Phase, st.Stage = camp.Starting, s
				b.view.apply(st)
			}
		},
		"trouble": func(b *bench) {
			st := fullState()
			st.Settings = b.desk.st.Settings
			st.Phase, st.Problem = camp.Trouble, &camp.Problem{Say: "window.bring.broken.means", Detail: "open store: MANIFEST missing", Deed: camp.DoRescue}
			b.view.apply(st)
		},
	}
}

// joinShot is the screen of joining in a stage.
func joinShot(j camp.Joining) func(*bench) {
	return func(b *bench) {
		b.tap("window.first.join")
		st := emptyState()
		st.Settings = b.desk.st.Settings
		st.Joining = j
		b.view.apply(st)
	}
}

// gonersState is a camp in which somebody was asked, somebody leaves, and two
// can be taken back.
func gonersState(b *bench) camp.State {
	st := b.desk.st
	st.People = slices.Clone(st.People)
	for i := range st.People {
		switch p := &st.People[i]; p.Name {
		case "sam":
			p.Question, p.Reply = "Which summer?", "The one in which it rained for six weeks. I was the one with the blue boat."
		case "mara":
			p.Final = testNow().AddDate(0, 0, 3)
		}
	}
	st.Gone = []camp.Person{
		{Name: "bo", Display: "Bo", Standing: camp.Removed, Ended: testNow().AddDate(0, 0, -2), Final: testNow().AddDate(0, 0, 28)},
		{Name: "ana", Display: "Ana María Fernández-Villanueva", Standing: camp.Removed, Ended: testNow().AddDate(0, 0, -20), Final: testNow().AddDate(0, 0, 10), Erase: true},
	}
	return st
}

// guestState is a computer that belongs to camps of others alone.
func guestState(b *bench) camp.State {
	st := emptyState()
	st.Settings = b.desk.st.Settings
	st.Memberships = testMemberships()
	return st
}

func testCode() *camp.InviteLine {
	return &camp.InviteLine{
		ID: "00112233aabbccdd", Code: "CAMP1-240KS-0V9M9-QSWPW-WA01Z-PE45C-52K4X-QQFPM-YFPKA-Y8W0D-R844C-WFDJJ-5BQY9-D8ZK0-BSB7R-JKP20-MYWG1-S35TY-0BZ00-003NC-9SY5C-GZR",
		Ends: testNow().AddDate(0, 0, 7), Uses: 1, State: camp.InviteOpen,
	}
}

func testMemberships() []camp.Membership {
	return []camp.Membership{
		{ID: "aa", Camp: "Willow Lane", Host: "Noor", Name: "vera", State: camp.Joined, Link: "connected", Path: "home", Web: "http://127.0.0.1:4", Unread: 3, Replies: 1},
		{ID: "bb", Camp: "The choir", Host: "Ana María Fernández-Villanueva", State: camp.Waiting, Link: "connected", Since: testNow().Add(-2 * 3600e9), Words: "acorn zebra piano lemon"},
		{ID: "cc", Camp: "Old harbour", Host: "Tom", State: camp.Joined, Link: "asleep"},
		{ID: "dd", Camp: "Hill", Host: "Priya", State: camp.Declined, Link: "connected", Answer: "We are very few, and it stays so for now."},
	}
}

const (
	testPhone  = "[Interface]\nPrivateKey = AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nAddress = fd12:3456:789a:1::7/128, 100.64.0.8/32\nMTU = 1280\n\n[Peer]\nPublicKey = AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nAllowedIPs = fd12:3456:789a::1/128, 100.64.0.1/32\nEndpoint = 203.0.113.7:41641\nPersistentKeepalive = 25\n"
	testLink   = "http://127.0.0.1:40123/in/7k3qx9m2hdvt4rapz8wen6lcuj5ygb3f"
	testPhrase = "lantern river maple quiet stone ember harbour willow copper meadow orbit candle"
)
