package ap

import "strings"

// Public is the address of everybody. It is written in full: several peers drop
// what says "as:Public" (federation.md 2).
const Public = "https://www.w3.org/ns/activitystreams#Public"

// Namespaces whose words are written with or without them.
var namespaces = []string{
	"as:", "https://www.w3.org/ns/activitystreams#", "http://www.w3.org/ns/activitystreams#",
	"toot:", "http://joinmastodon.org/ns#", "schema:", "http://schema.org#", "http://schema.org/", "https://schema.org/", "sc:",
	"misskey:", "https://misskey-hub.net/ns#", "litepub:", "http://litepub.social/ns#", "pt:", "https://joinpeertube.org/ns#",
	"lemmy:", "https://join-lemmy.org/ns#", "gts:", "https://gotosocial.org/ns#", "https://w3id.org/fep/044f#",
	"sec:", "https://w3id.org/security#",
}

// term takes the namespace from a type: "as:Note" and "toot:Emoji" are Note and Emoji.
func term(s string) string {
	if strings.IndexByte(s, ':') < 0 {
		return s
	}
	for _, ns := range namespaces {
		if rest, ok := strings.CutPrefix(s, ns); ok && rest != "" {
			return rest
		}
	}
	return s
}

// property takes the namespace of ActivityStreams from a name, and the sign
// from the two keywords that ActivityStreams renames (AS2 core §2.1).
func property(s string) string {
	switch s {
	case "@id":
		return "id"
	case "@type":
		return "type"
	}
	if strings.IndexByte(s, ':') < 0 {
		return s
	}
	for _, ns := range namespaces[:3] {
		if rest, ok := strings.CutPrefix(s, ns); ok && rest != "" {
			return rest
		}
	}
	return s
}

// everybody reports whether an address is Public, in any of its spellings.
func everybody(id string) bool {
	return id == Public || id == "as:Public" || id == "Public" || id == "http://www.w3.org/ns/activitystreams#Public"
}

// family says which of our shapes a type has.
type family uint8

const (
	strange family = iota
	aPost
	anActor
	anActivity
	aList
	aTombstone
	aStamp
	aKey
)

var families = map[string]family{
	"Note": aPost, "Question": aPost, "Article": aPost, "Page": aPost, "Video": aPost, "Audio": aPost, "Image": aPost,
	"Event": aPost, "ChatMessage": aPost,

	"Person": anActor, "Service": anActor, "Application": anActor, "Group": anActor, "Organization": anActor,

	"Accept": anActivity, "Add": anActivity, "Announce": anActivity, "Arrive": anActivity, "Block": anActivity, "Create": anActivity,
	"Delete": anActivity, "Dislike": anActivity, "EmojiReact": anActivity, "Flag": anActivity, "Follow": anActivity, "Ignore": anActivity,
	"Invite": anActivity, "Join": anActivity, "Leave": anActivity, "Like": anActivity, "Listen": anActivity, "Move": anActivity,
	"Offer": anActivity, "QuoteRequest": anActivity, "Read": anActivity, "Reject": anActivity, "Remove": anActivity,
	"TentativeAccept": anActivity, "TentativeReject": anActivity, "Travel": anActivity, "Undo": anActivity, "Update": anActivity,
	"View": anActivity,

	"Collection": aList, "OrderedCollection": aList, "CollectionPage": aList, "OrderedCollectionPage": aList,

	"Tombstone": aTombstone, "QuoteAuthorization": aStamp,

	"CryptographicKey": aKey, "Key": aKey, "Multikey": aKey,
}

// known reports whether a type means anything here: one of the families, or one
// that stands only inside others.
func known(t string) bool {
	if families[t] != strange {
		return true
	}
	switch t {
	case "Mention", "Hashtag", "Emoji", "Link", "PropertyValue", "Place", "VirtualLocation", "PostalAddress", "Document":
		return true
	}
	return false
}
