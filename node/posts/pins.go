package posts

import (
	"context"
	"slices"

	"camp/node/camp"
)

// Pin keeps a post of by's own, that everybody may read, on top of their page,
// or lets it go from there. Twice is as once.
func (s *Service) Pin(ctx context.Context, by camp.Actor, id camp.PostID, on bool) error {
	return s.update(ctx, "pin", func(tx Tx) ([]camp.Event, error) {
		p, err := ownPost(tx, by, id)
		if err != nil {
			return nil, err
		}
		had, err := tx.Pins(p.Author, 0)
		if err != nil || slices.Contains(had, id) == on {
			return nil, err
		}
		if !on {
			return unpin(tx, p)
		}
		if p.Audience != camp.AudiencePublic {
			return nil, refuse(camp.NotAllowed, "report.pin_public.say")
		}
		if len(had) >= camp.MostPins {
			return nil, refuse(camp.Full, "report.pin_many.say", "Most", number(camp.MostPins))
		}
		if err := tx.PutPin(p.Author, id); err != nil {
			return nil, err
		}
		return toldPin(tx, p, camp.ErrandPin)
	})
}

func unpin(tx Tx, p camp.Post) ([]camp.Event, error) {
	if err := tx.DropPin(p.Author, p.ID); err != nil {
		return nil, err
	}
	return toldPin(tx, p, camp.ErrandUnpin)
}

func toldPin(tx Tx, p camp.Post, do camp.ErrandKind) ([]camp.Event, error) {
	events := []camp.Event{{Kind: camp.EventCounts, Post: p.ID, Root: p.Root, Member: p.Author}}
	out, err := leaves(tx, p)
	if err != nil || !out {
		return events, err
	}
	more, err := errand(tx, camp.Errand{Do: do, By: p.Author, Post: p.ID, Old: p.Audience})
	return append(events, more...), err
}

// PinnedBy gives what stands on top of somebody's page, from here or elsewhere,
// newest post first, as far as by may see it.
func (s *Service) PinnedBy(ctx context.Context, by camp.Actor, who camp.MemberID) ([]camp.PostView, error) {
	return s.list(ctx, by, camp.Page{Limit: camp.MostPins}, "read pins", false, func(tx Tx, _ camp.Member, p camp.Page) ([]camp.Post, error) {
		if p.Before != 0 { // there is but one page
			return nil, nil
		}
		ids, err := tx.Pins(who, camp.MostPins)
		slices.Reverse(ids)
		list, err := postsOf(tx, ids, err)
		return slices.DeleteFunc(list, func(p camp.Post) bool { return p.Author != who }), err
	})
}

// pinned reports whether a post of the viewer's own stands on top of their page.
func (v *viewing) pinned(p camp.Post) (bool, error) {
	if p.Author != v.viewer.ID || p.Audience != camp.AudiencePublic {
		return false, nil
	}
	if !v.pinsRead {
		list, err := v.tx.Pins(v.viewer.ID, 0)
		if err != nil {
			return false, err
		}
		v.pins, v.pinsRead = list, true
	}
	return slices.Contains(v.pins, p.ID), nil
}
