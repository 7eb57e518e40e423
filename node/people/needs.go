package people

import (
	"context"
	"time"

	"camp/node/camp"
)

// Store is what people need of a store. ErrNone-like answers are told by ok.
type Store interface {
	Update(ctx context.Context, fn func(Tx) error) error
	View(ctx context.Context, fn func(Tx) error) error
	Loose(ctx context.Context, fn func(Tx) error) error
}

// Tx is one transaction over the rows that this package owns. A read of a row
// that does not exist gives ok false and no error.
type Tx interface {
	Now() time.Time
	NextID() uint64

	House() (h camp.House, ok bool, err error)
	PutHouse(camp.House) error
	Keys() (Keys, bool, error)
	PutKeys(Keys) error

	Member(camp.MemberID) (m camp.Member, ok bool, err error)
	MemberByName(name string) (m camp.Member, ok bool, err error)
	PutMember(camp.Member) error // keeps the name index
	Members() ([]camp.Member, error)

	Rules(version int) (r camp.Rules, ok bool, err error) // 0: the newest
	PutRules(camp.Rules) error
	AllRules() ([]camp.Rules, error) // oldest first
	PutAgreement(camp.Agreement) error
	Agreements(camp.MemberID) ([]camp.Agreement, error)

	PutLink(LinkRow) error
	Link(hash string) (l LinkRow, ok bool, err error)
	DropLink(hash string) error
	DropLinksOf(camp.MemberID) error
	PutSession(SessionRow) error
	Session(hash string) (s SessionRow, ok bool, err error)
	SessionsOf(camp.MemberID) ([]SessionRow, error)
	DropSession(hash string) error
	PutToken(TokenRow) error
	Token(hash string) (t TokenRow, ok bool, err error)
	TokensOf(camp.MemberID) ([]TokenRow, error)
	DropToken(hash string) error

	PutEntry(camp.Entry) error
	Entries(camp.Page) ([]camp.Entry, error) // newest first

	PutSeen(camp.MemberID, string) error // loose: the day somebody was last here
	Seen(camp.MemberID) (string, error)
}

// Keys are the camp's own keys and its recovery phrase.
type Keys struct {
	Identity camp.Secret // Ed25519 seed, 32 bytes
	Tunnel   camp.Secret // X25519 private key, 32 bytes, clamped
	Phrase   camp.Secret // the recovery phrase as text
}

// LinkRow is a one-time sign-in link, kept as the hash of its secret.
type LinkRow struct {
	Hash   string // lower-case hex SHA-256
	Member camp.MemberID
	Ends   time.Time
}

// SessionRow is a session, kept under the hash of its cookie.
type SessionRow struct {
	Hash string
	camp.Session
}

// TokenRow is a token, kept as its hash.
type TokenRow struct {
	Hash string
	camp.Token
}
