package media

import (
	"context"
	"time"

	"camp/node/camp"
)

// Store is what media need of a store.
type Store interface {
	Update(ctx context.Context, fn func(Tx) error) error
	View(ctx context.Context, fn func(Tx) error) error
}

// Tx is one transaction over the rows that this package owns.
type Tx interface {
	Now() time.Time
	Media(camp.MediaID) (f camp.MediaFile, ok bool, err error)
	PutMedia(camp.MediaFile) error
	DropMedia(camp.MediaID) error
	// MediaUses counts the rows that name the file of this hash (also as small version).
	MediaUses(hash string) (int, error)
	MediaOf(camp.MemberID) ([]camp.MediaFile, error)
	// MediaLoose gives uses that belong to no post and no face, made before the time.
	MediaLoose(before time.Time, limit int) ([]camp.MediaFile, error)
	// OrphanHashes gives hashes whose last use was dropped and whose files can go; DropOrphan forgets one.
	OrphanHashes(limit int) ([]string, error)
	DropOrphan(hash string) error
	MediaBytes(camp.MemberID) (int64, error)
}
