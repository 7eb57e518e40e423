package fed

import (
	"slices"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/fed/queue"
)

// followers gives those elsewhere who follow the member.
func (w *telling) followers() ([]camp.Remote, error) {
	list, err := w.tx.FollowersOf(w.me.ID, 0, 0)
	if err != nil {
		return nil, err
	}
	var ids []camp.MemberID
	for _, f := range list {
		if f.Accepted {
			ids = append(ids, f.From)
		}
	}
	return w.remotes(ids)
}

// remotes gives those of some people who live elsewhere.
func (w *telling) remotes(ids []camp.MemberID) (list []camp.Remote, err error) {
	for _, id := range ids {
		r, ok, err := w.tx.Remote(id)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, r)
		}
	}
	return list, nil
}

// called gives those who are known by the ids, and their ids.
func (w *telling) called(uris []string) (list []camp.Remote, ids []string, err error) {
	for _, uri := range uris {
		r, ok, err := w.tx.RemoteByURI(uri)
		if err != nil {
			return nil, nil, err
		}
		if ok && w.reaches(r) {
			list, ids = append(list, r), append(ids, r.URI)
		}
	}
	return list, ids, nil
}

// whom gives the person elsewhere that the errand is about, and their inbox.
func (w *telling) whom() (camp.Remote, []queue.Inbox, error) {
	r, ok, err := w.tx.Remote(w.e.Whom)
	if err == nil && (!ok || !w.reaches(r)) {
		err = errMoot
	}
	if err != nil {
		return camp.Remote{}, nil, err
	}
	return r, w.inboxes([]camp.Remote{r}, false), nil
}

// readers gives those elsewhere who get what is said in a post: followers and
// whom it names. With more, also those who answered it or passed it on, if
// everybody may read it.
func (w *telling) readers(p camp.Post, named []party, more bool) ([]queue.Inbox, error) {
	var people []camp.Remote
	for _, who := range named {
		if who.far != nil {
			people = append(people, *who.far)
		}
	}
	if p.Audience == camp.AudienceLetter {
		people, err := w.wanted(people)
		return w.inboxes(people, false), err
	}
	followers, err := w.followers()
	if err != nil {
		return nil, err
	}
	people = append(people, followers...)
	if more && open(p.Audience) {
		others, err := w.involved(p)
		if err != nil {
			return nil, err
		}
		people = append(people, others...)
	}
	people, err = w.wanted(people)
	return w.inboxes(people, true), err
}

// wanted leaves out those whom the member blocks, and who blocked the member.
func (w *telling) wanted(people []camp.Remote) (list []camp.Remote, err error) {
	for _, r := range people {
		a, err := w.tx.Apart(w.me.ID, r.ID)
		if err != nil {
			return nil, err
		}
		if !a.Hidden() {
			list = append(list, r)
		}
	}
	return list, nil
}

const mostAnswers = 1000 // looked at for those who answered a post

// involved gives those elsewhere who answered a post or passed it on.
func (w *telling) involved(p camp.Post) ([]camp.Remote, error) {
	boosts, err := w.tx.BoostsOf(p.ID, 0)
	if err != nil {
		return nil, err
	}
	var ids []camp.MemberID
	for id := range boosts {
		ids = append(ids, id)
	}
	tree, err := w.tx.ReplyTree(p.Root, mostAnswers)
	if err != nil {
		return nil, err
	}
	for _, ref := range tree {
		if ref.Parent != p.ID {
			continue
		}
		reply, ok, err := w.tx.Post(ref.ID)
		if err != nil {
			return nil, err
		}
		if ok && !reply.Here() {
			ids = append(ids, reply.Author)
		}
	}
	slices.Sort(ids)
	return w.remotes(slices.Compact(ids))
}

// inboxes gives the inboxes of people; with shared, one of each server where it
// has one for all (ActivityPub §7.1.3). Who cannot be reached is left out.
func (w *telling) inboxes(people []camp.Remote, shared bool) (list []queue.Inbox) {
	for _, r := range people {
		if !w.reaches(r) {
			continue
		}
		host := ap.HostOf(r.URI)
		in := queue.Inbox{URL: r.Inbox, Host: camp.Domain(withoutPort(host))}
		if shared && r.Shared != "" && ap.HostOf(r.Shared) == host {
			in.URL, in.Shared = r.Shared, true
		}
		list = append(list, in)
	}
	return merged(list)
}

// reached gives where things of the member's went since a time, of those for
// everybody or for followers.
func (w *telling) reached(since time.Time, audience camp.Audience) (list []queue.Inbox, err error) {
	all, err := w.tx.ReachedBy(w.me.ID)
	day := since.UTC().Truncate(24 * time.Hour)
	for _, r := range all {
		last := r.Inner
		if open(audience) {
			last = r.Open
		}
		if !last.IsZero() && !last.Before(day) && w.may(r.Host) == nil {
			list = append(list, queue.Inbox{URL: r.Inbox, Shared: r.Shared, Host: r.Host})
		}
	}
	return list, err
}

// merged is the list without doubles, and without the inboxes of people on
// servers whose inbox for all is among them; in a fixed order.
func merged(list []queue.Inbox) []queue.Inbox {
	all := map[camp.Domain]bool{}
	for _, in := range list {
		all[in.Host] = all[in.Host] || in.Shared
	}
	list = slices.DeleteFunc(list, func(in queue.Inbox) bool { return all[in.Host] && !in.Shared })
	slices.SortFunc(list, func(a, b queue.Inbox) int {
		switch {
		case a.URL < b.URL:
			return -1
		case a.URL > b.URL:
			return 1
		}
		return 0
	})
	return slices.CompactFunc(list, func(a, b queue.Inbox) bool { return a.URL == b.URL && a.Host == b.Host })
}

// made is when something of this camp was made, by its id (camp.PostID).
func made(id camp.PostID) time.Time { return time.UnixMilli(int64(uint64(id) >> 16)) }
