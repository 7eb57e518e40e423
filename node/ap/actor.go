package ap

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"camp/node/camp"
)

// Actor is somebody elsewhere, or a member or the camp itself as told to others.
type Actor struct {
	Type string // "Person", "Service", "Application", "Group" or "Organization"
	ID   string

	Username string // preferredUsername, else the last part of the id
	Display  string // name; "" for none
	About    string // cleaned HTML
	URL      string // address of their page

	Inbox, Outbox        string
	Followers, Following string
	Featured             string
	FeaturedTags         string // written, not read
	Shared               string // endpoints.sharedInbox

	Icon, Image string // addresses of face and banner
	Published   time.Time

	Locked       bool // manuallyApprovesFollowers
	Discoverable bool
	Indexable    bool // FEP-5feb; false unless said
	Suspended    bool // their own server put them away

	Fields []camp.Field // values are cleaned HTML
	Emoji  []camp.Emoji
	Also   []string // alsoKnownAs
	Moved  string   // movedTo

	// Keys are those that the document lists. KeyIDs are ids of keys it only
	// names; GoToSocial's stubs and FEP-521a allow that.
	Keys   []Key
	KeyIDs []string

	Webfinger string // "name@domain", as said: to be verified both ways (FEP-2c59)
}

// Bounds of an actor (reliability.md 3).
const (
	maxName   = 100 // characters of names, as shown
	maxAbout  = 20 << 10
	maxFields = 8
	maxAlso   = 32
)

// ParseActor reads an actor. It demands an https id, and an inbox on the host of
// the id; followers, outbox and shared inbox on another host are left out
// (FEP-fe34). Errors: the gate's, ErrShape, ErrNoID, ErrNoInbox.
func ParseActor(b []byte) (Actor, error) {
	v, err := decodeObject(b)
	if err != nil {
		return Actor{}, err
	}
	t := v.typ()
	if families[t] != anActor {
		return Actor{}, fmt.Errorf("%w: %q is no actor", ErrShape, t)
	}
	a := v.actor(t)
	if err := a.check(); err != nil {
		return Actor{}, err
	}
	return *a, nil
}

func (a *Actor) check() error {
	switch {
	case HostOf(a.ID) == "":
		return ErrNoID
	case a.Inbox == "":
		return ErrNoInbox
	}
	return nil
}

func (v value) actor(t string) *Actor {
	a := &Actor{
		Type: t, ID: idOf(v.get("id")), URL: v.page(), Published: v.get("published").date(),
		Username: camp.CleanLine(v.get("preferredUsername").str(), maxName),
		Display:  camp.CleanLine(v.mapped("name"), maxName),
		About:    Clean(cut(v.mapped("summary"), maxAbout)),
		Icon:     v.get("icon").one().picture(), Image: v.get("image").one().picture(),
		Locked: v.get("manuallyApprovesFollowers").bool(), Discoverable: v.get("discoverable").bool(),
		Indexable: v.get("indexable").bool(), Suspended: v.get("suspended").bool(),
		Also: v.get("alsoKnownAs").ids(maxAlso), Moved: idOf(v.get("movedTo")),
		Webfinger: handle(v.get("webfinger").str()),
	}
	if a.Username == "" {
		a.Username = camp.CleanLine(lastPart(a.ID), maxName)
	}
	own := func(x value) string {
		if id := idOf(x); SameHost(id, a.ID) {
			return id
		}
		return ""
	}
	a.Inbox, a.Outbox = own(v.get("inbox")), own(v.get("outbox"))
	a.Followers, a.Following = own(v.get("followers")), own(v.get("following"))
	a.Featured = own(v.get("featured"))
	a.Shared = own(v.get("endpoints").one().get("sharedInbox"))
	if !isWeb(a.Moved) {
		a.Moved = ""
	}
	v.fields(a)
	words := []string{a.Display, a.About}
	for _, f := range a.Fields {
		words = append(words, f.Name, f.Value)
	}
	a.Emoji = v.emoji(words...)
	a.Keys, a.KeyIDs = v.keys(a.ID)
	return a
}

// lastPart is the name at the end of an address, for actors that have no other.
func lastPart(id string) string {
	if end := strings.IndexAny(id, "?#"); end >= 0 {
		id = id[:end]
	}
	id = strings.TrimRight(id, "/")
	part := id[strings.LastIndexByte(id, '/')+1:]
	if s, err := url.PathUnescape(part); err == nil {
		part = s
	}
	return strings.TrimPrefix(part, "@")
}

// handle takes "name@domain" from a webfinger member, with or without "acct:".
func handle(s string) string {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "acct:"), "@")
	name, domain, ok := strings.Cut(s, "@")
	if !ok || name == "" || !isID(s) || hostName(domain) == "" {
		return ""
	}
	return s
}

// fields reads the pairs of a profile (FEP-fb2a), and links in their place.
func (v value) fields(a *Actor) {
	read := 0
	for one := range v.get("attachment").all() {
		if read++; read > 50 || len(a.Fields) >= maxFields {
			return
		}
		f := camp.Field{Name: camp.CleanLine(one.named("name"), 255)}
		switch one.typ() {
		case "PropertyValue":
			f.Value = CleanLinks(cut(one.named("value"), 2048))
		case "Link":
			if href := one.get("href").plain(); isWeb(href) {
				f.Value = CleanLinks(`<a href="` + escape(href) + `">` + escape(href) + `</a>`)
			}
		}
		if f.Value != "" {
			a.Fields = append(a.Fields, f)
		}
	}
}

// named finds a member of schema.org, whose names some write out.
func (v value) named(name string) string {
	for _, ns := range []string{"", "schema:", "http://schema.org/", "http://schema.org#", "https://schema.org/"} {
		if t := v.get(ns + name).str(); t != "" {
			return t
		}
	}
	return ""
}

// cut shortens a text to so many bytes, between characters.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && s[most]&0xc0 == 0x80 {
		most--
	}
	return s[:most]
}
