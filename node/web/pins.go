package web

import (
	"context"

	"camp/node/camp"
)

// Pins is what the pages need of node/posts about what stands on top of a page.
type Pins interface {
	Pin(ctx context.Context, by camp.Actor, id camp.PostID, on bool) error
	PinnedBy(ctx context.Context, reader camp.Actor, who camp.MemberID) ([]camp.PostView, error)
}

func pinRoutes() []route {
	return []route{{pattern: "POST /post/{id}/pin", need: joined, do: (*visit).pin, again: (*visit).refused}}
}

func (v *visit) pin() error {
	if v.s.o.Pins == nil {
		return errNowhere
	}
	return v.mark(v.s.o.Pins.Pin)
}

// onTop gives what stands first on somebody's page; only on its newest part.
func (v *visit) onTop(who camp.MemberID, p camp.Page) ([]item, error) {
	if v.s.o.Pins == nil || p.Before != 0 {
		return nil, nil
	}
	list, err := v.s.o.Pins.PinnedBy(v.ctx(), v.actor, who)
	if err != nil {
		return nil, err
	}
	out := make([]item, len(list))
	for i := range list {
		out[i] = v.itemOf(&list[i])
	}
	return out, nil
}
