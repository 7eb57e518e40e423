package fed

import (
	"slices"
	"strings"

	"camp/node/ap"
	"camp/node/camp"
)

// mostNamed bounds the servers of one act in each list; more than that no honest
// act bears.
const mostNamed = 512

// Borne are the servers that an act bears in any place (community.md 4.1,
// reliability.md 4), each once in each list, by what a decision about them means:
// by Own and About the act stands or falls, without Media it is shown all the
// same, and whom it speaks to says nothing about who speaks.
type Borne struct {
	Own   []camp.Domain // who acts, under which key, on what, who wrote that and where it is shown, passed on or moved to
	About []camp.Domain // what that answers and quotes
	Media []camp.Domain // its pictures, faces and emoji
	Whom  []camp.Domain // those whom it names or is addressed to; the camp's own name among them
	Over  bool          // there are more than can be asked about: then it is refused
}

// All gives the servers of all lists.
func (b Borne) All() []camp.Domain { return slices.Concat(b.Own, b.About, b.Media, b.Whom) }

// NamesOf gives the servers that an act bears; key is the id of the key that
// signed it, "" where it did not come signed.
func NamesOf(a *ap.Activity, key string) Borne {
	n := &naming{}
	n.add(&n.Own, key)
	n.activity(a, nestedNames)
	return n.Borne
}

// nestedNames is how deep acts within acts are looked at: deeper than they are read.
const nestedNames = 8

type naming struct{ Borne }

func (n *naming) add(list *[]camp.Domain, addresses ...string) {
	for _, address := range addresses {
		host := ap.HostOf(address)
		if host == "" {
			continue
		}
		d := camp.Domain(withoutPort(host))
		switch {
		case slices.Contains(*list, d):
		case len(*list) >= mostNamed:
			n.Over = true
		default:
			*list = append(*list, d)
		}
	}
}

func (n *naming) activity(a *ap.Activity, depth int) {
	n.add(&n.Own, a.ID, a.Actor, a.Target, a.Origin)
	n.add(&n.Own, a.Objects...)
	n.whom(a.To, a.Cc, a.Bto, a.Bcc, a.Audience)
	n.emoji(a.Emoji)
	for _, o := range []*ap.Object{&a.Object, &a.Result, &a.Instrument} {
		n.object(o, depth-1)
	}
}

func (n *naming) whom(lists ...[]string) {
	for _, ids := range lists {
		for _, id := range ids {
			if id != ap.Public {
				n.add(&n.Whom, id)
			}
		}
	}
}

func (n *naming) object(o *ap.Object, depth int) {
	n.add(&n.Own, o.ID)
	if depth <= 0 {
		return
	}
	switch {
	case o.Post != nil:
		n.post(o.Post)
	case o.Actor != nil:
		n.actor(o.Actor)
	case o.Activity != nil:
		n.activity(o.Activity, depth)
	case o.Tombstone != nil:
		n.add(&n.Own, o.Tombstone.ID)
	case o.Stamp != nil:
		n.add(&n.Own, o.Stamp.ID, o.Stamp.By, o.Stamp.From, o.Stamp.Target)
	case o.Key != nil:
		n.add(&n.Own, o.Key.ID, o.Key.Owner)
	}
}

func (n *naming) post(p *ap.Post) {
	n.add(&n.Own, p.ID, p.URL)
	n.add(&n.Own, p.AttributedTo...)
	n.add(&n.About, p.InReplyTo, p.Quote, p.Stamp)
	n.whom(p.To, p.Cc, p.Bto, p.Bcc, p.Groups)
	for _, m := range p.Mentions {
		n.whom([]string{m.Href, accountAt(m.Name)})
	}
	for _, f := range p.Files {
		n.add(&n.Media, f.URL)
	}
	n.emoji(p.Emoji)
}

// accountAt is an address at the server of "@ana@far.example", "" for none.
func accountAt(handle string) string {
	_, host, ok := strings.Cut(strings.TrimPrefix(handle, "@"), "@")
	if !ok {
		return ""
	}
	return "https://" + host + "/"
}

func (n *naming) actor(a *ap.Actor) {
	n.add(&n.Own, a.ID, a.URL, a.Inbox, a.Shared, a.Outbox, a.Moved, accountAt(a.Webfinger))
	n.add(&n.Media, a.Icon, a.Image)
	n.emoji(a.Emoji)
	for _, k := range a.Keys {
		n.add(&n.Own, k.ID, k.Owner)
	}
}

func (n *naming) emoji(list []camp.Emoji) {
	for _, e := range list {
		n.add(&n.Media, e.URL)
	}
}
