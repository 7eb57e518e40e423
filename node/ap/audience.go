package ap

import (
	"fmt"
	"slices"

	"camp/node/camp"
)

// Address gives to and cc for what goes out (federation.md 7). followers is the
// id of the author's followers, named are the ids of those who are mentioned; of
// a letter, of those whom it is for. A camp post has no address: the caller must
// never come here with one, and gets an error.
func Address(who camp.Audience, followers string, named []string) (to, cc []string, err error) {
	named = slices.DeleteFunc(slices.Clone(named), func(id string) bool { return !isID(id) || everybody(id) || id == followers })
	switch who {
	case camp.AudiencePublic:
		return []string{Public}, append([]string{followers}, named...), nil
	case camp.AudienceQuiet:
		return []string{followers}, append([]string{Public}, named...), nil
	case camp.AudienceFollowers:
		return []string{followers}, named, nil
	case camp.AudienceLetter:
		return named, nil, nil
	case camp.AudienceCamp:
	}
	return nil, nil, fmt.Errorf("address a post for %s: it does not leave", who)
}

// AudienceOf tells from the addresses who may read. followers is the id that
// the author's stored actor names; "" is nobody's. The look of an address tells
// nothing. Addressed to nobody known, it is a letter.
func AudienceOf(followers string, to, cc []string) camp.Audience {
	switch {
	case holds(to, Public):
		return camp.AudiencePublic
	case holds(cc, Public):
		return camp.AudienceQuiet
	case followers != "" && (holds(to, followers) || holds(cc, followers)):
		return camp.AudienceFollowers
	}
	return camp.AudienceLetter
}

// Audience tells who may read the post.
func (p *Post) Audience(followers string) camp.Audience {
	return AudienceOf(followers, slices.Concat(p.To, p.Bto), slices.Concat(p.Cc, p.Bcc))
}

// Reach tells who may know of the activity. Where it and the post that it holds
// are addressed differently, the narrower holds; one that names nobody at all
// leaves it to the other (ActivityPub §6.2).
func (a *Activity) Reach(followers string) camp.Audience {
	own := AudienceOf(followers, slices.Concat(a.To, a.Bto), slices.Concat(a.Cc, a.Bcc))
	p := a.Object.Post
	if p == nil || len(p.To)+len(p.Cc)+len(p.Bto)+len(p.Bcc) == 0 {
		return own
	}
	theirs := p.Audience(followers)
	if len(a.To)+len(a.Cc)+len(a.Bto)+len(a.Bcc) > 0 && theirs.Wider(own) {
		return own
	}
	return theirs
}

// Named are all whom a post is addressed to, without Public.
func (p *Post) Named() []string {
	var ids []string
	for _, list := range [][]string{p.To, p.Cc, p.Bto, p.Bcc} {
		for _, id := range list {
			if id != Public && !holds(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}
