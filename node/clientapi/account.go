package clientapi

import (
	"slices"
	"time"

	"camp/node/camp"
	"camp/node/posts"
)

// person is somebody as an answer shows them. far is nil for people of the camp.
type person struct {
	m   camp.Member
	far *camp.Remote
}

// look is all that the kept part of an account is made of.
type look struct {
	base, name, display, about string
	id                         camp.MemberID
	role                       camp.Role
	born                       int64 // milliseconds since 1970
	locked, gone               bool
	shy                        bool
	uri, page                  string
	kind                       camp.RemoteKind
	indexable                  bool
	tally                      posts.Tally
}

func (c *call) lookOf(p person) (look, []camp.Field) {
	l := look{
		base: c.base, id: p.m.ID, name: p.m.Name, display: p.m.Display, about: p.m.About, role: p.m.Role,
		born: p.m.Joined.UnixMilli(), locked: p.m.Locked, shy: p.m.Shy, gone: p.m.Standing != camp.Elsewhere && !p.m.Standing.In(),
		tally: c.a.tallies.of(p.m.ID),
	}
	if p.far == nil {
		return l, nil
	}
	at := p.far.Born
	if at.IsZero() {
		at = p.far.Fetched
	}
	l.born, l.about, l.locked = at.UnixMilli(), p.far.About, p.far.Locked
	l.uri, l.page, l.kind, l.indexable = p.far.URI, p.far.Page, p.far.Kind, p.far.Indexable
	return l, p.far.Fields
}

// account writes somebody.
func (c *call) account(k string, p person) {
	if k != "" {
		c.out.key(k)
	}
	c.out.open('{')
	c.accountMembers(p)
	c.out.close('}')
}

// accountMembers writes what stands inside the braces: the kept part, then the
// pictures, whose addresses are the reader's own.
func (c *call) accountMembers(p person) {
	l, fields := c.lookOf(p)
	c.out.comma()
	c.out.b = append(c.out.b, c.a.kept.account(l, fields)...)
	c.faces(p)
}

// writeAccount writes the kept part.
func writeAccount(o *out, l look, fields []camp.Field) {
	username, name := l.name, l.name
	if l.uri != "" {
		username = beforeAt(l.name)
	}
	if name == "" {
		name, username = "gone", "gone"
	}
	display := l.display
	if l.gone && display == "" {
		display = name
	}
	uri, page := l.uri, l.page
	if uri == "" {
		uri = l.base + "/@" + name
	}
	if page == "" {
		page = uri
	}
	o.id("id", uint64(l.id))
	o.str("username", username)
	o.str("acct", name)
	o.str("display_name", display)
	o.yes("locked", l.locked)
	o.yes("bot", l.kind == camp.RemoteProgram)
	o.yes("group", l.kind == camp.RemoteGroup)
	o.yes("discoverable", false)
	o.yes("indexable", l.indexable)
	o.yes("noindex", true)
	o.time("created_at", time.UnixMilli(l.born))
	if l.uri != "" {
		o.str("note", l.about) // cleaned when it came
	} else {
		o.str("note", noteHTML(l.about))
	}
	o.str("url", page)
	o.str("uri", uri)
	o.str("avatar_description", "")
	o.str("header_description", "")
	o.num("followers_count", l.tally.Followers)
	o.num("following_count", l.tally.Following)
	o.num("statuses_count", l.tally.Posts)
	o.day("last_status_at", l.tally.Last)
	o.yes("hide_collections", l.shy)
	o.list("fields")
	for _, f := range fields {
		o.open('{')
		o.str("name", f.Name)
		o.str("value", f.Value)
		o.null("verified_at")
		o.close('}')
	}
	o.close(']')
	writeRoles(o, l.role)
	o.null("moved")
	o.yes("suspended", l.gone)
	o.yes("limited", false)
	o.yes("memorial", false)
	o.yes("show_featured", false)
	o.yes("show_media", true)
	o.yes("show_media_replies", true)
	o.null("feature_approval")
}

// roleNames are what apps show beside a name, for those who have a role.
var roleNames = map[camp.Role]struct{ id, name string }{
	camp.RoleHost:   {"1", "Host"},
	camp.RoleHelper: {"2", "Helper"},
	camp.RoleGuest:  {"3", "Guest"},
}

func writeRoles(o *out, r camp.Role) {
	o.list("roles")
	if n, ok := roleNames[r]; ok {
		o.open('{')
		o.str("id", n.id)
		o.str("name", n.name)
		o.str("color", "")
		o.close('}')
	}
	o.close(']')
}

func beforeAt(handle string) string {
	for i := range len(handle) {
		if handle[i] == '@' {
			return handle[:i]
		}
	}
	return handle
}

// own writes the account of the reader with what only they see.
func (c *call) own() {
	o := c.out
	o.open('{')
	c.accountMembers(person{m: c.me})
	o.object("source")
	o.str("privacy", "private")
	o.yes("sensitive", false)
	o.strOr("language", c.me.Language)
	o.str("note", c.me.About)
	o.empty("fields")
	o.num("follow_requests_count", c.a.tallies.of(c.me.ID).Asking)
	o.yes("hide_collections", c.me.Shy)
	o.yes("discoverable", false)
	o.yes("indexable", false)
	o.empty("attribution_domains")
	o.str("quote_policy", "nobody")
	o.close('}')
	o.object("role")
	n := roleNames[c.me.Role]
	if n.id == "" {
		n.id = "-99"
	}
	o.str("id", n.id)
	o.str("name", n.name)
	o.str("color", "")
	o.str("permissions", "0") // what apps of moderators need is not built
	o.yes("highlighted", n.name != "")
	o.null("collection_limit")
	o.close('}')
	o.close('}')
}

// tally reads how many posts, followers … people have, those that are not known.
func (c *call) tally(ids ...camp.MemberID) error {
	now := c.a.o.Now()
	stale := c.a.tallies.stale(ids, now)
	if len(stale) == 0 {
		return nil
	}
	list, err := c.a.o.Posts.Tallies(c.ctx(), c.by, stale)
	if err != nil {
		return err
	}
	c.a.tallies.put(list, now)
	return nil
}

// people writes a list of accounts.
func (c *call) people(list []person) error {
	ids := make([]camp.MemberID, len(list))
	for i := range list {
		ids[i] = list[i].m.ID
	}
	if err := c.tally(ids...); err != nil {
		return err
	}
	c.out.open('[')
	for _, p := range list {
		c.account("", p)
	}
	c.out.close(']')
	return nil
}

// find gives a person by id: a member, or somebody elsewhere whom the camp knows
// and does not keep away.
func (c *call) find(id camp.MemberID) (person, error) {
	m, err := c.a.o.People.Member(c.ctx(), id)
	if err == nil {
		if !m.Standing.In() { // who waits, or has gone, is nobody here
			return person{}, errNoRecord
		}
		return person{m: m}, nil
	}
	if !missing(err) {
		return person{}, err
	}
	r, err := c.a.o.Posts.Person(c.ctx(), c.by, id)
	if err != nil {
		return person{}, err
	}
	return c.stranger(r)
}

func (c *call) stranger(r camp.Remote) (person, error) {
	if l := c.a.o.Level(r.Domain); l.Rank() >= camp.LevelBlock.Rank() || !r.Gone.IsZero() {
		return person{}, errNoRecord
	}
	return person{m: r.Shown(), far: &r}, nil
}

// one answers with an account.
func (c *call) one(p person) error {
	if err := c.tally(p.m.ID); err != nil {
		return err
	}
	c.account("", p)
	return nil
}

func sameFields(a, b []camp.Field) bool { return slices.Equal(a, b) }
