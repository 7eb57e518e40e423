package fed

import (
	"strings"

	"camp/node/camp"
)

// Names are the addresses of what a camp shows to others. They are never used
// twice and never change: handles and ids are not either (federation.md 2).
//
//	https://DOMAIN/ap/-           the camp itself, an Application
//	https://DOMAIN/ap/-/inbox     the inbox of all
//	https://DOMAIN/ap/-/p/ID      a post, 18 digits
//	https://DOMAIN/ap/ana         a member; inbox, outbox … below it
//	https://DOMAIN/@ana           a member's page
//
// No handle is "-", so the camp's own paths and the members' cannot meet.
type Names struct {
	Domain camp.Domain // lower case, punycode, without port
}

// own is the path of what belongs to no member.
const own = "/ap/-"

func (n Names) at(path string) string { return "https://" + string(n.Domain) + path }

// Camp is the id of the camp's own actor.
func (n Names) Camp() string { return n.at(own) }

// Shared is the inbox of all.
func (n Names) Shared() string { return n.at(own + "/inbox") }

// Actor is the id of a member.
func (n Names) Actor(name string) string { return n.at("/ap/" + name) }

// Of is a collection or inbox of a member: "inbox", "outbox", "followers",
// "following", "featured" or "tags".
func (n Names) Of(name, what string) string { return n.Actor(name) + "/" + what }

// Page is a member's page.
func (n Names) Page(name string) string { return n.at("/@" + name) }

// Post is the id of a post of ours.
func (n Names) Post(id camp.PostID) string { return n.at(own + "/p/" + id.String()) }

// Acct is a member's handle as the world writes it, "ana@one.example".
func (n Names) Acct(name string) string { return name + "@" + string(n.Domain) }

// Handle gives the handle in an actor's id or the address of a page of ours; ""
// for anything else. The camp's own actor has the domain for a handle.
func (n Names) Handle(address string) string {
	path, ours := strings.CutPrefix(address, n.at(""))
	if !ours {
		return ""
	}
	if path == own {
		return string(n.Domain)
	}
	for _, before := range []string{"/ap/", "/@"} {
		if name, ok := strings.CutPrefix(path, before); ok {
			if same, ok := camp.ParseName(name); ok && same == name {
				return name
			}
		}
	}
	return ""
}

// PostID gives the id in the address of a post of ours.
func (n Names) PostID(address string) (camp.PostID, bool) {
	digits, ours := strings.CutPrefix(address, n.at(own+"/p/"))
	if !ours {
		return 0, false
	}
	id, err := camp.ParsePostID(digits)
	return id, err == nil && id != 0
}
