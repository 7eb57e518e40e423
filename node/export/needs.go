package export

import (
	"context"
	"io"
	"log/slog"
	"time"

	"camp/node/camp"
)

// Store is what the export reads from.
type Store interface {
	View(ctx context.Context, fn func(Tx) error) error
}

// Tx is one transaction; lists are newest first, bounded by camp.Page.
type Tx interface {
	House() (h camp.House, ok bool, err error)
	Member(camp.MemberID) (m camp.Member, ok bool, err error)
	Agreements(camp.MemberID) ([]camp.Agreement, error)
	DevicesOf(camp.MemberID) ([]camp.Device, error) // without the day they were last seen
	DeviceSeen(serial uint64) (day string, err error)
	Rules(version int) (r camp.Rules, ok bool, err error)
	PostsBy(camp.MemberID, camp.Page) ([]camp.Post, error)
	Post(camp.PostID) (p camp.Post, ok bool, err error)
	Revisions(camp.PostID) ([]camp.Revision, error) // oldest first
	FavouritesBy(camp.MemberID, camp.Page) ([]camp.PostID, error)
	KeptBy(camp.MemberID, camp.Page) ([]camp.PostID, error)
	Remote(camp.MemberID) (r camp.Remote, ok bool, err error)
	FollowsOf(from, after camp.MemberID, limit int) ([]camp.Follow, error)
	ApartOf(who camp.MemberID) ([]camp.Apart, error)
}

// Files opens stored pictures for a reader who may see them.
type Files interface {
	Open(ctx context.Context, reader camp.Actor, id camp.MediaID, small bool) (camp.MediaFile, io.ReadSeekCloser, error)
}

// Words says sentences of one language.
type Words interface {
	Say(key string, args ...any) string
}

// Options are what an archive needs. All must be set.
type Options struct {
	Store Store
	Files Files
	Words func(language string) (Words, error)
	Now   func() time.Time
	Log   *slog.Logger
}
