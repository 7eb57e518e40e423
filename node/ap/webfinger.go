package ap

import (
	"fmt"
	"slices"
	"strings"
)

// Content types of discovery.
const (
	TypeActivity = "application/activity+json"
	TypeJRD      = "application/jrd+json"
	TypeHostMeta = "application/xrd+xml"
	// TypeLD is the other content type of ActivityPub (§3.2).
	TypeLD = `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`
)

// IsActivityType reports whether a content type is that of ActivityPub: only
// such an answer may be read as an object (FEP-fe34).
func IsActivityType(contentType string) bool { return isActivityType(contentType) }

// JRD is what WebFinger answers (RFC 7033 §4.4).
type JRD struct {
	Subject string
	Aliases []string
	Links   []JRDLink
}

// JRDLink is one link of it. Template is for the subscribe link alone.
type JRDLink struct{ Rel, Type, Href, Template string }

// The relations that are used here.
const (
	RelSelf      = "self"
	RelProfile   = "http://webfinger.net/rel/profile-page"
	RelSubscribe = "http://ostatus.org/schema/1.0/subscribe"
)

const maxJRDLinks = 64

// NewJRD is the answer for a member or the camp: acct is "name@domain", actor
// their id, page their profile ("" for none).
func NewJRD(acct, actor, page string) JRD {
	j := JRD{Subject: "acct:" + acct, Aliases: []string{actor}, Links: []JRDLink{{Rel: RelSelf, Type: TypeActivity, Href: actor}}}
	if page != "" {
		if page != actor {
			j.Aliases = append([]string{page}, actor)
		}
		j.Links = append([]JRDLink{{Rel: RelProfile, Type: "text/html", Href: page}}, j.Links...)
	}
	return j
}

// JSON is the answer. rels, where there are any, keep only links of those
// relations (RFC 7033 §4.3).
func (j JRD) JSON(rels ...string) []byte {
	w := &writer{first: true}
	w.object("", func() {
		w.text("subject", j.Subject)
		w.texts("aliases", j.Aliases)
		w.list("links", func() {
			for _, l := range j.Links {
				if len(rels) > 0 && !slices.Contains(rels, l.Rel) {
					continue
				}
				w.object("", func() {
					w.text("rel", l.Rel)
					w.text("type", l.Type)
					w.text("href", l.Href)
					w.text("template", l.Template)
				})
			}
		})
	})
	return w.b
}

// ParseJRD reads an answer of at most MaxWebFinger bytes. It demands a subject;
// links that lead nowhere are left out.
func ParseJRD(b []byte) (JRD, error) {
	v, err := decode(b, MaxWebFinger)
	if err != nil {
		return JRD{}, err
	}
	j := JRD{Subject: v.get("subject").str(), Aliases: v.get("aliases").ids(maxAlso)}
	if v.kind != isObject || !isID(j.Subject) {
		return JRD{}, fmt.Errorf("%w: no subject", ErrShape)
	}
	for one := range v.get("links").all() {
		l := JRDLink{Rel: one.get("rel").str(), Type: one.get("type").str(), Href: idOf(one.get("href")), Template: one.get("template").str()}
		if !isID(l.Rel) || l.Href == "" && !isID(l.Template) || len(l.Type) > 200 {
			continue
		}
		if j.Links = append(j.Links, l); len(j.Links) >= maxJRDLinks {
			break
		}
	}
	return j, nil
}

// Actor is the id that the answer names as its own: the self link of an
// ActivityPub type, "" for none.
func (j JRD) Actor() string {
	for _, l := range j.Links {
		if l.Rel == RelSelf && isActivityType(l.Type) && HostOf(l.Href) != "" {
			return l.Href
		}
	}
	return ""
}

// Acct is "name@domain" of the subject, with the domain normalised; "" where the
// subject is no acct: address.
func (j JRD) Acct() (name, domain string) {
	rest, ok := strings.CutPrefix(j.Subject, "acct:")
	if !ok {
		return "", ""
	}
	return SplitAcct(rest)
}

// SplitAcct cuts "name@domain", with or without "acct:" or an @ in front. Both
// are "" for what is no such address. The name keeps its case.
func SplitAcct(s string) (name, domain string) {
	s = handle(s)
	name, domain, _ = strings.Cut(s, "@")
	if domain = hostName(domain); domain == "" || strings.ContainsAny(name, "/?#:\\") {
		return "", ""
	}
	return name, domain
}

// HostMeta is the XRD that a few older peers ask first (RFC 6415 §3).
func HostMeta(domain string) []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0"><Link rel="lrdd" template="https://` + escape(domain) + `/.well-known/webfinger?resource={uri}"/></XRD>` + "\n")
}
