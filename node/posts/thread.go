package posts

import (
	"context"
	"slices"

	"camp/node/camp"
)

// Bounds of one thread page.
const (
	treeLimit  = 5000 // places of replies looked at
	belowLimit = 500  // replies shown
	aboveLimit = 200  // posts shown above
)

// Thread gives the conversation around a post: what it answers, up to the
// first post, and below it at most 500 answers in reading order.
func (s *Service) Thread(ctx context.Context, by camp.Actor, id camp.PostID) (t camp.Thread, err error) {
	err = s.view(ctx, "read thread", func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		p, err := visible(tx, m, id)
		if err != nil {
			return err
		}
		v := newViewing(tx, m)
		if t.Focus, err = v.one(p); err != nil {
			return err
		}
		if t.Above, err = v.above(p); err != nil {
			return err
		}
		t.Below, t.Depth, err = v.below(p)
		return err
	})
	return t, err
}

// above climbs from a post to the first one. Where one on the way is gone, the
// first is put before what is left.
func (v *viewing) above(p camp.Post) ([]camp.PostView, error) {
	var list []camp.PostView
	add := func(id camp.PostID) (camp.Post, bool, error) {
		up, ok, err := v.tx.Post(id)
		if err == nil && ok {
			ok, err = v.sees(up)
		}
		if err != nil || !ok {
			return up, false, err
		}
		pv, err := v.one(up)
		list = append(list, pv)
		return up, true, err
	}
	at := p
	for at.ReplyTo != 0 && len(list) < aboveLimit {
		up, ok, err := add(at.ReplyTo)
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		at = up
	}
	if at.ReplyTo != 0 && at.ReplyTo != p.Root {
		if _, _, err := add(p.Root); err != nil {
			return nil, err
		}
	}
	slices.Reverse(list)
	return list, nil
}

// below gives the answers under a post, each directly under what it answers.
func (v *viewing) below(p camp.Post) ([]camp.PostView, []int, error) {
	refs, err := v.tx.ReplyTree(p.Root, treeLimit)
	if err != nil {
		return nil, nil, err
	}
	order := readingOrder(refs, p.ID, p.Root)
	views := make([]camp.PostView, 0, len(order))
	depths := make([]int, 0, len(order))
	for _, o := range order {
		reply, ok, err := v.tx.Post(o.id)
		if err != nil {
			return nil, nil, err
		}
		if ok {
			if ok, err = v.sees(reply); err != nil {
				return nil, nil, err
			}
		}
		if !ok {
			continue
		}
		pv, err := v.one(reply)
		if err != nil {
			return nil, nil, err
		}
		views, depths = append(views, pv), append(depths, o.depth)
	}
	return views, depths, nil
}

type placed struct {
	id    camp.PostID
	depth int
}

// readingOrder walks the answers below focus: older first, each followed by its
// own. Answers to something gone stand directly under the root.
func readingOrder(refs []camp.ReplyRef, focus, root camp.PostID) []placed {
	there := make(map[camp.PostID]bool, len(refs))
	for _, r := range refs {
		there[r.ID] = true
	}
	under := make(map[camp.PostID][]camp.PostID, len(refs))
	for _, r := range refs {
		parent := r.Parent
		if parent != root && !there[parent] {
			parent = root
		}
		under[parent] = append(under[parent], r.ID)
	}
	var order []placed
	stack := []placed{{id: focus}}
	for len(stack) > 0 && len(order) <= belowLimit {
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if top.depth > 0 {
			order = append(order, top)
		}
		children := under[top.id]
		for i := len(children) - 1; i >= 0; i-- {
			stack = append(stack, placed{id: children[i], depth: top.depth + 1})
		}
	}
	return order[:min(len(order), belowLimit)]
}
