package posts

import (
	"context"
	"errors"
	"time"

	"camp/node/camp"
)

// onceLife is how long an idempotency key stands for its post.
const onceLife = time.Hour

// Write posts a draft and gives its id. Without an audience it is for the camp;
// an answer takes its parent's. The same author and Key within an hour give the
// first post again.
func (s *Service) Write(ctx context.Context, by camp.Actor, d camp.Draft) (id camp.PostID, err error) {
	c, err := clean(d)
	if err != nil {
		return 0, err
	}
	err = s.update(ctx, "write post", func(tx Tx) (events []camp.Event, err error) {
		id, events, err = write(tx, by, d, c)
		return events, err
	})
	if err != nil {
		return 0, err
	}
	s.wrote(1)
	return id, nil
}

// WriteIn is Write inside a caller's own Update, for filling a camp with many
// posts at once (an import, a test). The events are the caller's to publish.
func WriteIn(tx Tx, by camp.Actor, d camp.Draft) (camp.PostID, []camp.Event, error) {
	c, err := clean(d)
	if err != nil {
		return 0, nil, err
	}
	return write(tx, by, d, c)
}

func write(tx Tx, by camp.Actor, d camp.Draft, c cleaned) (camp.PostID, []camp.Event, error) {
	m, err := writer(tx, by)
	if err != nil {
		return 0, nil, err
	}
	if d.Key != "" {
		if id, ok, err := tx.Once(m.ID, d.Key); err != nil || ok {
			return id, nil, err
		}
	}
	above, err := aboveFor(tx, m, d.ReplyTo)
	if err != nil {
		return 0, nil, err
	}
	audience, err := audienceFor(tx, m, d.Audience, above)
	if err != nil {
		return 0, nil, err
	}
	if above != nil && audience != camp.AudienceCamp {
		if err := heeds(tx, m.ID, *above, camp.DeedReply); err != nil {
			return 0, nil, err
		}
	}
	p := camp.Post{
		ID: camp.PostID(tx.NextID()), Author: m.ID, Audience: audience, Text: c.text, Note: c.note,
		Language: c.language, ReplyTo: d.ReplyTo, Tags: c.tags, Written: tx.Now(), Sensitive: d.Sensitive != nil && *d.Sensitive,
	}
	p.Root = p.ID
	if above != nil {
		p.Root, p.Thread = above.Root, above.Thread
	}
	if p.Pictures, err = takePictures(tx, p, c.pictures); err != nil {
		return 0, nil, err
	}
	if d.Within {
		c.far = nil
	}
	if p.Mentions, err = mentioned(tx, p.Audience, c); err != nil {
		return 0, nil, err
	}
	if err := addressed(tx, &p, above); err != nil {
		return 0, nil, err
	}
	if d.Within {
		if err := staysWithin(tx, p); err != nil {
			return 0, nil, err
		}
	}
	if p.Poll, err = pollOf(tx, d.Poll); err != nil {
		return 0, nil, err
	}
	if err := quoting(tx, m, &p, d.Quote); err != nil {
		return 0, nil, err
	}
	if err := tx.PutPost(p, nil); err != nil {
		return 0, nil, err
	}
	events, err := afterWriting(tx, p, above, d.Key)
	return p.ID, events, err
}

// aboveFor gives the post that is answered, nil for none.
func aboveFor(tx Tx, m camp.Member, id camp.PostID) (*camp.Post, error) {
	if id == 0 {
		if m.Role == camp.RoleGuest {
			return nil, refuse(camp.NotAllowed, "posts.guest.say")
		}
		return nil, nil
	}
	p, err := visible(tx, m, id)
	if f := (*camp.Fault)(nil); errors.As(err, &f) && f.Kind == camp.NotFound {
		return nil, refuse(camp.NotFound, "posts.parent_gone.say")
	}
	return &p, err
}

// takePictures binds the author's own uploads to the post, or takes those that
// it holds already.
func takePictures(tx Tx, p camp.Post, want []camp.DraftPicture) ([]camp.Picture, error) {
	var list []camp.Picture
	for _, w := range want {
		f, ok, err := tx.Media(w.ID)
		if err != nil {
			return nil, err
		}
		if !ok || f.Owner != p.Author || f.Avatar || f.Post != 0 && f.Post != p.ID {
			return nil, refuse(camp.NotFound, "posts.picture_gone.say")
		}
		if f.Post == 0 {
			f.Post, f.Alt = p.ID, ""
			if err := tx.PutMedia(f); err != nil {
				return nil, err
			}
		}
		list = append(list, camp.Picture{ID: f.ID, Alt: w.Alt, Type: f.Type, Width: f.Width, Height: f.Height, Blur: f.Blur})
	}
	return list, nil
}

// afterWriting counts the answer on the posts above, tells people, and
// remembers the key.
func afterWriting(tx Tx, p camp.Post, above *camp.Post, key string) ([]camp.Event, error) {
	events := []camp.Event{{Kind: camp.EventPost, Post: p.ID, Root: p.Root, Member: p.Author}}
	counted, err := countReply(tx, p, +1)
	if err != nil {
		return nil, err
	}
	events = append(events, counted...)
	var told []camp.MemberID
	if above != nil {
		told = append(told, above.Author)
		err := tell(tx, above.Author, camp.Notice{Kind: camp.NoticeReply, From: p.Author, Post: p.ID}, p, &events)
		if err != nil {
			return nil, err
		}
	}
	if err := tellMentioned(tx, p, told, &events); err != nil {
		return nil, err
	}
	out, err := goesOut(tx, p)
	if err != nil {
		return nil, err
	}
	events = append(events, out...)
	if err := watchPoll(tx, p, false); err != nil {
		return nil, err
	}
	if key == "" {
		return events, nil
	}
	return events, tx.PutOnce(p.Author, key, p.ID, p.Written.Add(onceLife))
}

// countReply changes the counts of answers above a post: on the root all below
// it, on the parent those directly below.
func countReply(tx Tx, p camp.Post, by int) ([]camp.Event, error) {
	if p.ReplyTo == 0 {
		return nil, nil
	}
	ids := []camp.PostID{p.Root}
	if p.ReplyTo != p.Root {
		ids = append(ids, p.ReplyTo)
	}
	var events []camp.Event
	for _, id := range ids {
		up, ok, err := tx.Post(id)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		was := up
		up.Replies = max(up.Replies+by, 0)
		if err := tx.PutPost(up, &was); err != nil {
			return nil, err
		}
		events = append(events, camp.Event{Kind: camp.EventCounts, Post: id, Root: p.Root, Member: p.Author})
	}
	return events, nil
}
