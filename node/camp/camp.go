// Package camp is the vocabulary of a camp: ids, people, posts, audiences,
// rules, faults, and the snapshot and intents by which a window or a command
// line talks to a running camp. Everything here is plain data and pure checks:
// no I/O, no clock of its own, nothing of the store, the web or ActivityPub.
package camp

import "time"

// MaxMembers is the most people a camp holds: host, helpers, members and
// guests together, paused people counted (community.md 1).
const MaxMembers = 100

// NearlyFull is from how many people on a camp says that it grows full, and what
// a sister camp is (community.md 1).
const NearlyFull = 80

// House is what a camp knows about itself.
type House struct {
	Name        string    // shown name, 1 to 60 characters
	Slug        string    // lower-case ASCII letters, digits and hyphens
	Fingerprint string    // first 16 base32 letters of SHA-256 of the identity key
	Domain      string    // "" while the camp has none
	Host        MemberID  // exactly one
	Language    string    // its code: language of rules and of pages for people not signed in
	Made        time.Time // UTC
	Picture     MediaID   // "" for none
}

// Address is the camp's self-certifying name, used where it has no domain.
func (h House) Address() string {
	if h.Domain != "" {
		return h.Domain
	}
	return h.Slug + "-" + h.Fingerprint + ".camp.internal"
}
