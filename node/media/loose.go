package media

import (
	"context"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"camp/node/camp"
)

// looseMost is how many uploads without a post are looked through.
const looseMost = 10_000

// Loose gives by's own uploads that belong to no post yet, oldest first.
func (m *Media) Loose(ctx context.Context, by camp.Actor) (list []camp.MediaFile, err error) {
	err = m.opt.Store.View(ctx, func(tx Tx) error {
		all, err := tx.MediaLoose(tx.Now().Add(time.Hour), looseMost)
		list = slices.DeleteFunc(all, func(f camp.MediaFile) bool { return f.Owner != by.Member || f.Post != 0 || f.Avatar })
		return err
	})
	if err != nil {
		return nil, camp.NewFault(camp.Internal, "fault.internal.say", err)
	}
	return list, nil
}

// Describe keeps what by says that an upload of theirs shows, until a post takes
// it. One that is not theirs, or belongs to a post, is NotFound.
func (m *Media) Describe(ctx context.Context, by camp.Actor, id camp.MediaID, alt string) (f camp.MediaFile, err error) {
	if len(alt) > 4*camp.MaxAlt || utf8.RuneCountInString(alt) > camp.MaxAlt {
		return f, &camp.Fault{Kind: camp.Invalid, Say: "posts.alt_long.say", Args: map[string]string{"Most": "1500"}}
	}
	alt = camp.CleanText(alt, camp.MaxAlt)
	err = m.opt.Store.Update(ctx, func(tx Tx) error {
		var ok bool
		if f, ok, err = tx.Media(id); err != nil {
			return err
		}
		if !ok || f.Owner != by.Member || f.Post != 0 || f.Avatar {
			return notFound()
		}
		f.Alt = alt
		return tx.PutMedia(f)
	})
	var fault *camp.Fault
	if err != nil && !errors.As(err, &fault) {
		err = camp.NewFault(camp.Internal, "fault.internal.say", err)
	}
	return f, err
}
