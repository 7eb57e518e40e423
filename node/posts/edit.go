package posts

import (
	"context"
	"slices"

	"camp/node/camp"
)

// maxRevisions is how often a post can be changed.
const maxRevisions = 200

// Edit changes by's own post. The state before is kept as a revision; audience,
// parent and place stay. A draft that changes nothing does nothing.
func (s *Service) Edit(ctx context.Context, by camp.Actor, id camp.PostID, d camp.Draft) error {
	c, err := clean(d)
	if err != nil {
		return err
	}
	return s.update(ctx, "edit post", func(tx Tx) ([]camp.Event, error) {
		old, err := ownPost(tx, by, id)
		if err != nil {
			return nil, err
		}
		if d.Audience != 0 && d.Audience != old.Audience {
			return nil, refuse(camp.NotAllowed, "posts.audience_stays.say")
		}
		p := old
		p.Text, p.Note, p.Tags = c.text, c.note, c.tags
		if c.language != "" {
			p.Language = c.language
		}
		if d.Sensitive != nil {
			p.Sensitive = *d.Sensitive
		}
		if p.Pictures, err = takePictures(tx, p, c.pictures); err != nil {
			return nil, err
		}
		if p.Text == old.Text && p.Note == old.Note && p.Language == old.Language && p.Sensitive == old.Sensitive && slices.Equal(p.Pictures, old.Pictures) {
			return nil, nil
		}
		if p.Mentions, err = mentioned(tx, p.Audience, c); err != nil {
			return nil, err
		}
		if err := stillAddressed(tx, &p, old); err != nil {
			return nil, err
		}
		events, err := replace(tx, p, old)
		if err != nil {
			return nil, err
		}
		out, err := leaves(tx, old) // whoever got it hears of the change
		if err != nil || !out {
			return events, err
		}
		more, err := errand(tx, camp.Errand{Do: camp.ErrandEdit, By: p.Author, Post: p.ID})
		return append(events, more...), err
	})
}

// stillAddressed keeps those whom a post is for by what it answers, or by being
// a letter: changing the text does not change who reads it.
func stillAddressed(tx Tx, p *camp.Post, old camp.Post) error {
	if p.Audience == camp.AudienceLetter {
		p.Mentions = old.Mentions
		return nil
	}
	if p.ReplyTo == 0 {
		return nil
	}
	above, ok, err := tx.Post(p.ReplyTo)
	if err != nil || !ok {
		return err
	}
	return addressed(tx, p, &above)
}

// ownPost gives a post that by wrote.
func ownPost(tx Tx, by camp.Actor, id camp.PostID) (camp.Post, error) {
	m, err := active(tx, by)
	if err != nil {
		return camp.Post{}, err
	}
	p, err := visible(tx, m, id)
	if err == nil && (p.Author != m.ID || p.BoostOf != 0) {
		err = refuse(camp.NotAllowed, "posts.not_yours.say")
	}
	return p, err
}

func replace(tx Tx, p, old camp.Post) ([]camp.Event, error) {
	if err := keepRevision(tx, old); err != nil {
		return nil, err
	}
	p.Edited = tx.Now()
	if err := tx.PutPost(p, &old); err != nil {
		return nil, err
	}
	if err := resift(tx, p); err != nil {
		return nil, err
	}
	about, err := tx.NoticesAbout(p.ID)
	if err != nil {
		return nil, err
	}
	told := slices.Clone(old.Mentions)
	for _, n := range about {
		if n.Kind == camp.NoticeMention || n.Kind == camp.NoticeReply {
			told = append(told, n.To)
		}
	}
	events := []camp.Event{{Kind: camp.EventPostEdited, Post: p.ID, Root: p.Root, Member: p.Author}}
	if err := tellMentioned(tx, p, told, &events); err != nil {
		return nil, err
	}
	err = tellEdited(tx, p, about, &events)
	return events, err
}

func keepRevision(tx Tx, old camp.Post) error {
	had, err := tx.Revisions(old.ID)
	if err != nil {
		return err
	}
	if len(had) >= maxRevisions {
		return refuse(camp.Full, "posts.edited_often.say", "Most", number(maxRevisions))
	}
	at := old.Edited
	if at.IsZero() {
		at = old.Written
	}
	return tx.PutRevision(old.ID, len(had), camp.Revision{At: at, Text: old.Text, Note: old.Note, Pictures: old.Pictures})
}

// History gives the earlier states of a post, oldest first, without the present one.
func (s *Service) History(ctx context.Context, by camp.Actor, id camp.PostID) (list []camp.Revision, err error) {
	err = s.view(ctx, "read history", func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		p, err := visible(tx, m, id)
		if err != nil {
			return err
		}
		if list, err = tx.Revisions(id); err != nil || p.Author == m.ID {
			return err
		}
		if l, ok := tx.(levels); ok {
			for i := range list {
				list[i].Text, list[i].Body = l.withoutLinks(list[i].Text, false, m.Language), l.withoutLinks(list[i].Body, true, m.Language)
			}
		}
		return nil
	})
	return list, err
}

// Delete takes a post back: by its author, or by the host or a helper, which
// stands in the host's log. Its text, revisions, pictures, marks and notices
// go; what answers it keeps its place.
func (s *Service) Delete(ctx context.Context, by camp.Actor, id camp.PostID) error {
	return s.update(ctx, "delete post", func(tx Tx) ([]camp.Event, error) {
		m, err := reader(tx, by)
		if err != nil {
			return nil, err
		}
		p, err := visible(tx, m, id)
		if err != nil {
			return nil, err
		}
		if !p.Here() {
			return nil, refuse(camp.NotAllowed, "posts.not_yours.say")
		}
		if p.Author != m.ID {
			if m.Role != camp.RoleHost && m.Role != camp.RoleHelper {
				return nil, refuse(camp.NotAllowed, "posts.not_yours.say")
			}
			if err := noBreak(tx, m); err != nil { // one's own can be taken back at any time
				return nil, err
			}
			err := tx.PutEntry(camp.Entry{
				ID: camp.EntryID(tx.NextID()), At: tx.Now(), By: m.ID, Deed: "log.post_removed", Whom: p.Author,
			})
			if err != nil {
				return nil, err
			}
		}
		return takeAway(tx, p, m.ID)
	})
}

// takeAway removes a post or a boost.
func takeAway(tx Tx, p camp.Post, by camp.MemberID) ([]camp.Event, error) {
	if p.BoostOf != 0 {
		return unboost(tx, p.ID)
	}
	return drop(tx, p, by)
}

// drop removes a post and all that hangs on it but its answers.
func drop(tx Tx, p camp.Post, by camp.MemberID) ([]camp.Event, error) {
	revisions, err := tx.Revisions(p.ID)
	if err != nil {
		return nil, err
	}
	pictures := slices.Clone(p.Pictures)
	for _, r := range revisions {
		pictures = append(pictures, r.Pictures...)
	}
	for _, pic := range pictures {
		if err := tx.DropMedia(pic.ID); err != nil {
			return nil, err
		}
	}
	if err := tx.DropNoticesAbout(p.ID); err != nil {
		return nil, err
	}
	out, err := leaves(tx, p)
	if err != nil {
		return nil, err
	}
	var had []string
	if out {
		if had, err = hadBy(tx, p); err != nil {
			return nil, err
		}
	}
	if err := tx.DropPin(p.Author, p.ID); err != nil { // who hears that it is gone needs not hear this
		return nil, err
	}
	told, err := dropBoosts(tx, p)
	if err != nil {
		return nil, err
	}
	if out {
		more, err := errand(tx, camp.Errand{Do: camp.ErrandDelete, By: p.Author, Post: p.ID, Old: p.Audience, More: had})
		if err != nil {
			return nil, err
		}
		told = append(told, more...)
	}
	if err := tx.DropPost(p); err != nil {
		return nil, err
	}
	if p.Here() {
		if err := tx.MarkDeleted(p.ID); err != nil {
			return nil, err
		}
	}
	if err := askResift(tx, p.ID); err != nil {
		return nil, err
	}
	events, err := countReply(tx, p, -1)
	events = append(events, told...)
	return append(events, camp.Event{Kind: camp.EventPostGone, Post: p.ID, Root: p.Root, Member: by}), err
}

// hadBy gives the ids of those elsewhere who surely had a post: whom it named, who
// answered it, who passed it on. Its author's followers of then are not among them.
func hadBy(tx Tx, p camp.Post) ([]string, error) {
	people := slices.Clone(p.Mentions)
	boosts, err := tx.BoostsOf(p.ID, 0)
	if err != nil {
		return nil, err
	}
	for id := range boosts {
		people = append(people, id)
	}
	answers, err := tx.ReplyTree(p.Root, treeLimit)
	if err != nil {
		return nil, err
	}
	for _, a := range answers {
		if a.Parent != p.ID {
			continue
		}
		reply, ok, err := tx.Post(a.ID)
		if err != nil {
			return nil, err
		}
		if ok {
			people = append(people, reply.Author)
		}
	}
	slices.Sort(people)
	var had []string
	for _, id := range slices.Compact(people) {
		r, ok, err := tx.Remote(id)
		if err != nil {
			return nil, err
		}
		if ok {
			had = append(had, r.URI)
		}
	}
	return had, nil
}

// dropBoosts takes away what passed a post on.
func dropBoosts(tx Tx, p camp.Post) ([]camp.Event, error) {
	if p.Boosts == 0 {
		return nil, nil
	}
	by, err := tx.BoostsOf(p.ID, 0)
	if err != nil {
		return nil, err
	}
	var events []camp.Event
	for _, id := range by {
		b, ok, err := tx.Post(id)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if err := tx.DropPost(b); err != nil {
			return nil, err
		}
		events = append(events, camp.Event{Kind: camp.EventPostGone, Post: b.ID, Root: b.Root, Member: b.Author})
	}
	return events, nil
}
