package posts

import (
	"context"
	"fmt"
	"slices"

	"camp/node/camp"
)

// againSlice is how many posts are deleted again in one act.
const againSlice = 20

// Reapply does again, in an older state of a camp that was brought back from a
// backup, what people took back and kept away from since (reliability.md 2): posts
// that were deleted are deleted, whoever was muted or blocked is so. n counts the
// posts. That both are the same camp is the caller's to know. It goes by what the
// newer state marked as deleted, not by what it lacks: it may itself be a backup.
func Reapply(ctx context.Context, old, fresh Store) (n int, err error) {
	var ids []camp.PostID
	var apart []camp.Apart
	err = old.View(ctx, func(tx Tx) (err error) {
		if ids, err = tx.DeletedPosts(); err != nil {
			return err
		}
		apart, err = allApart(tx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read what was taken back: %w", err)
	}
	for some := range slices.Chunk(ids, againSlice) {
		gone := 0
		err := fresh.Update(ctx, func(tx Tx) (err error) {
			gone, err = deleteAgain(tx, some)
			return err
		})
		if err != nil {
			return n, fmt.Errorf("delete again: %w", err)
		}
		n += gone
	}
	for some := range slices.Chunk(apart, againSlice) {
		if err := fresh.Update(ctx, func(tx Tx) error { return keepApart(tx, some) }); err != nil {
			return n, fmt.Errorf("keep apart again: %w", err)
		}
	}
	return n, nil
}

// deleteAgain deletes those that are there. Servers that had one were told then.
func deleteAgain(tx Tx, ids []camp.PostID) (n int, err error) {
	for _, id := range ids {
		p, ok, err := tx.Post(id)
		if err != nil {
			return n, err
		}
		if !ok || !p.Here() {
			continue
		}
		if _, err := takeAway(tx, p, p.Author); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func allApart(tx Tx) ([]camp.Apart, error) {
	people, err := tx.Members()
	if err != nil {
		return nil, err
	}
	var list []camp.Apart
	for _, m := range people {
		some, err := tx.ApartOf(m.ID)
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	return list, nil
}

// keepApart adds what keeps people from each other and takes nothing away.
func keepApart(tx Tx, list []camp.Apart) error {
	for _, was := range list {
		known, err := bothKnown(tx, was)
		if err != nil {
			return err
		}
		a, err := tx.Apart(was.Who, was.Whom)
		if err != nil {
			return err
		}
		muted, blocked, theirs := a.Muted || was.Muted, a.Blocked || was.Blocked, a.Theirs || was.Theirs
		if !known || muted == a.Muted && blocked == a.Blocked && theirs == a.Theirs {
			continue
		}
		ends := blocked && !a.Blocked || theirs && !a.Theirs
		a.Who, a.Whom, a.At, a.Muted, a.Blocked, a.Theirs = was.Who, was.Whom, was.At, muted, blocked, theirs
		if err := tx.PutApart(a); err != nil {
			return err
		}
		if !ends {
			continue
		}
		if _, err := unfollow(tx, a.Who, a.Whom, false); err != nil {
			return err
		}
		if _, err := unfollow(tx, a.Whom, a.Who, false); err != nil {
			return err
		}
	}
	return nil
}

// bothKnown reports whether the older state knows the two.
func bothKnown(tx Tx, a camp.Apart) (bool, error) {
	if _, ok, err := tx.Member(a.Who); err != nil || !ok {
		return false, err
	}
	_, here, err := tx.Member(a.Whom)
	if err != nil || here {
		return here, err
	}
	_, far, err := tx.Remote(a.Whom)
	return far, err
}
