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
	PutObjection(camp.Objection) error
	DropObjection(camp.Objection) error
	Objections() ([]camp.Objection, error) // to all versions
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

	// Media is read to check that a face is the person's own upload; DropMedia ends its use.
	Media(camp.MediaID) (f camp.MediaFile, ok bool, err error)
	DropMedia(camp.MediaID) error

	// PutErasing leaves the job of taking away what an ended membership leaves behind.
	PutErasing(camp.Erasing) error
	Erasings() ([]camp.Erasing, error)

	// PutErrand leaves word of what is to be told elsewhere.
	PutErrand(camp.Errand) error

	// Whom somebody follows and who follows them, for the end of a membership, and
	// whether others ever knew them.
	FollowsOf(from, after camp.MemberID, limit int) ([]camp.Follow, error)
	FollowersOf(to, after camp.MemberID, limit int) ([]camp.Follow, error)
	DropFollow(from, to camp.MemberID) error
	ActorKey(camp.MemberID) (k camp.ActorKey, ok bool, err error)
	Farewell(camp.MemberID) (f camp.Farewell, ok bool, err error) // that others were told
	PutFarewell(camp.Farewell) error

	// Old rows, for tidying; each gives at most limit.
	EntriesBefore(before camp.EntryID, limit int) ([]camp.Entry, error) // not yet without names, oldest first
	LinksOver(now time.Time, limit int) ([]LinkRow, error)
	SessionsOver(now time.Time, limit int) ([]SessionRow, error)
	DropAgreements(camp.MemberID) error

	PutInvite(camp.Invite) error
	Invite(camp.InviteID) (i camp.Invite, ok bool, err error)
	Invites() ([]camp.Invite, error)
	DropInvite(camp.InviteID) error
	NextSerial() (uint64, error) // never given twice
	PutDevice(camp.Device) error
	Device(serial uint64) (d camp.Device, ok bool, err error)
	DeviceByKey([32]byte) (d camp.Device, ok bool, err error)
	Devices() ([]camp.Device, error)
	DevicesOf(camp.MemberID) ([]camp.Device, error)
	DropDevice(serial uint64) error
	PutDeviceSeen(serial uint64, day string) error // loose
	DeviceSeen(serial uint64) (string, error)
	BuryKey(key [32]byte, at time.Time) error
	Buried(key [32]byte) (bool, error)
	AllBuried() ([]camp.BuriedKey, error)
	PutAsked(camp.Asked) error
	Asked(camp.MemberID) (a camp.Asked, ok bool, err error)
	AllAsked() ([]camp.Asked, error)
	DropAsked(camp.MemberID) error
	FreeName(camp.Member) error // of somebody who never was a member
	DropMember(camp.MemberID) error

	PutReport(camp.Report) error
	Report(id uint64) (r camp.Report, ok bool, err error)
	Reports() ([]camp.Report, error) // oldest first
	DropReport(id uint64) error
	PutNotice(m camp.MemberID, n camp.Notice) error           // that a report is decided
	Remote(camp.MemberID) (r camp.Remote, ok bool, err error) // whom a report may be about

	PutSeen(camp.MemberID, string) error // loose: the day somebody was last here
	Seen(camp.MemberID) (string, error)
}

// The row shapes are of the vocabulary, so that a store need not know this package.
type (
	Keys       = camp.Keys
	LinkRow    = camp.LinkRow
	SessionRow = camp.SessionRow
	TokenRow   = camp.TokenRow
)

// Publisher is told what changed, after it is on disk. It must not block.
type Publisher interface{ Publish(camp.Event) }
