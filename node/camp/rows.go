package camp

import "time"

// The row shapes below are what node/people and node/posts hand to a store
// beside the vocabulary itself. They stand here so that a store can speak of
// them without knowing those packages.

// Keys are the camp's own keys and its recovery phrase.
type Keys struct {
	Identity Secret // Ed25519 seed, 32 bytes
	Tunnel   Secret // X25519 private key, 32 bytes, clamped
	Phrase   Secret // the recovery phrase as text

	Former  Secret    // the tunnel key before, while it lets people in beside the other; none otherwise
	Renewed time.Time // when Tunnel took its place; zero for never
	Ends    time.Time // when Former is over
}

// Two reports whether the tunnel key before lets people in at now, too.
func (k Keys) Two(now time.Time) bool { return len(k.Former.Reveal()) > 0 && now.Before(k.Ends) }

// LinkRow is a one-time sign-in link, kept as the hash of its secret.
type LinkRow struct {
	Hash   string // lower-case hex SHA-256
	Member MemberID
	Ends   time.Time
}

// SessionRow is a session, kept under the hash of its cookie.
type SessionRow struct {
	Hash string
	Session
}

// TokenRow is a token, kept as its hash.
type TokenRow struct {
	Hash string
	Token
}

// Objection is a member's no to a small change of the rules.
type Objection struct {
	Version int
	Member  MemberID
}

// Notice is a stored line under "For you".
type Notice struct {
	ID   NoticeID
	Kind NoticeKind
	From MemberID
	Post PostID
	At   time.Time

	Report uint64 // that it is about; 0 for none
}

// NoticeTo is a stored notice with the person it is for.
type NoticeTo struct {
	To MemberID
	Notice
}

// Sieve is a Bloom filter over the words of a run of posts, so that a search
// reads only runs that can hold its words.
type Sieve struct {
	First, Last PostID
	Posts       int
	Bits        []byte
}

// ReplyRef says where a reply hangs in its thread.
type ReplyRef struct {
	ID     PostID
	Parent PostID // may be gone
}

// Erasing is a job left behind by the end of a membership: to take away what
// only that person used (marks, notices), and with Posts what they wrote too.
type Erasing struct {
	Member MemberID
	Posts  bool
	Only   bool // the posts alone: the end can still be undone, so the rest stays for now
}
