package web

import (
	"slices"

	"camp/node/camp"
)

// frame is what stands around every page of somebody signed in.
type frame struct {
	Lang, Title, Camp string
	Nav               string // which of the places is this; "" for none
	People, Here      int
	Unread            int
	Me                person
	Keeper            bool   // shows the host's pages
	Helps             bool   // is host or helper
	Inviting          bool   // the camp takes invites and blocks
	Reports           bool   // what was reported is there to be looked into
	HostName          string // shown name of the host
	Outside           bool   // the camp talks with the wider world
	Token, Back       string
	Live              string // address of the stream; "" for none
	Said              string // something was done: one sentence
	Fault             string // something was refused: one sentence
	Agree             bool   // the rules wait for agreement
}

// said are the sentences that a page may be asked to show after a deed, by the
// short word in the address.
var said = map[string]string{
	"open": "pages.said.open", "looked": "pages.said.looked",
	"deleted": "web.said.deleted", "saved": "web.said.saved", "agreed": "web.said.agreed", "ended": "web.said.ended",
	"removed": "web.said.removed", "role": "web.said.role", "asked": "web.said.asked", "help": "web.said.help", "backup": "web.said.backup", "plan": "web.said.plan",
	"recovery": "web.said.recovery", "room": "web.said.room", "clock": "program.clock_right.say", "letin": "web.said.letin", "declined": "web.said.declined",
	"narrowed": "open.said.narrowed", "cancelled": "web.said.cancelled", "gone": "web.said.gone",
	"follows": "web.far.said.follows", "asks": "web.far.said.asks", "unfollowed": "web.far.said.unfollowed", "muted": "web.far.said.muted", "heard": "web.far.said.heard",
	"blocked": "web.far.said.blocked", "unblocked": "web.far.said.unblocked", "answered": "web.far.said.answered", "also": "web.far.said.also",
	"reported": "report.said", "report_closed": "report.said_closed",
	"rules": "web.said.rules", "rules_small": "web.said.rules_small", "objected": "web.said.objected", "unobjected": "web.said.unobjected",
	"put": "web.said.put", "stays": "web.said.stays", "rekeyed": "window.rekey.done", "waykey": "window.waykey.done", "waykey_end": "window.waykey.end.done",
	"moved": "web.far.said.moved", "brought": "web.far.said.brought", "ended_import": "web.far.said.ended_import",
}

func (v *visit) frame(nav, title string) (frame, error) {
	f := frame{
		Lang: v.words.lang, Title: title, Camp: v.house.Name, Nav: nav, Me: personOf(v.me), Keeper: v.keeper(), Helps: v.actor.May(), Inviting: v.s.o.Joining != nil, Reports: v.s.o.Reports != nil && v.actor.May(), Outside: v.outside(),
		Token: v.token, Back: v.r.URL.RequestURI(), Live: "/live",
	}
	f.Outside = v.outside()
	if v.r.Method == "POST" {
		f.Back = "/"
	}
	if key, ok := said[v.r.URL.Query().Get("said")]; ok {
		f.Said = v.say(key)
	}
	members, err := v.s.o.People.Members(v.ctx())
	if err != nil {
		return f, err
	}
	f.People = len(members)
	if i := slices.IndexFunc(members, func(m camp.Member) bool { return m.ID == v.house.Host }); i >= 0 {
		f.HostName = personOf(members[i]).Name
	}
	f.Here = len(v.s.o.Live.Here())
	if f.Unread, err = v.s.o.Posts.Unread(v.ctx(), v.actor); err != nil {
		return f, err
	}
	f.Agree, err = v.mustAgree()
	return f, err
}

// mustAgree reports whether the reader is to be asked for agreement before they
// write: the rules asked anew, or the host gave their word for them
// (community.md 2).
func (v *visit) mustAgree() (bool, error) {
	rules, err := v.s.o.People.Rules(v.ctx())
	if err != nil {
		return false, err
	}
	return v.me.ByWord || v.me.Agreed < max(rules.Asks, 1), nil
}
