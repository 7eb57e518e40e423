package posts

import (
	"context"
	"encoding/base32"
	"fmt"
	"io"
	"strings"

	"camp/node/camp"
)

// Narrow takes by's own post back from elsewhere and puts a camp post with a new
// id in its place (community.md 3.1, 7). Its servers are asked to forget the
// old one, which may be too late: the pages say so. What others did with it,
// their answers, likes and votes, stays behind.
func (s *Service) Narrow(ctx context.Context, by camp.Actor, id camp.PostID) (now camp.PostID, err error) {
	err = s.update(ctx, "narrow post", func(tx Tx) ([]camp.Event, error) {
		if _, err := writer(tx, by); err != nil {
			return nil, err
		}
		old, err := ownPost(tx, by, id)
		if err != nil {
			return nil, err
		}
		switch {
		case !old.Audience.Leaves():
			return nil, refuse(camp.Conflict, "posts.narrow_is.say")
		case !reaches(tx): // nobody could be asked to forget it
			return nil, refuse(camp.NotAllowed, "posts.narrow_later.say")
		}
		p, err := s.narrowed(tx, old)
		if err != nil {
			return nil, err
		}
		now = p.ID
		gone, err := drop(tx, old, by.Member)
		if err != nil {
			return nil, err
		}
		var above *camp.Post
		if p.ReplyTo != 0 {
			up, ok, err := tx.Post(p.ReplyTo)
			if err != nil {
				return nil, err
			}
			if ok {
				above = &up
			}
		}
		events, err := afterWriting(tx, p, above, "")
		return append(gone, events...), err
	})
	if err != nil {
		return 0, err
	}
	s.wrote(1)
	return now, nil
}

// narrowed writes the camp post that takes a post's place.
func (s *Service) narrowed(tx Tx, old camp.Post) (camp.Post, error) {
	p := camp.Post{
		ID: camp.PostID(tx.NextID()), Author: old.Author, Audience: camp.AudienceCamp, Text: old.Text, Note: old.Note,
		Language: old.Language, ReplyTo: old.ReplyTo, Root: old.Root, Tags: old.Tags, Written: tx.Now(), Quote: old.Quote, Quoted: old.Quoted,
	}
	if old.Root == old.ID {
		p.Root = p.ID
	}
	for _, id := range old.Mentions { // people elsewhere stay plain text (community.md 3.1, 8)
		if _, here, err := tx.Member(id); err != nil {
			return p, err
		} else if here {
			p.Mentions = append(p.Mentions, id)
		}
	}
	if old.Poll != nil {
		poll := camp.Poll{Multiple: old.Poll.Multiple, Ends: old.Poll.Ends, Closed: old.Poll.Over(tx.Now())}
		for _, c := range old.Poll.Choices {
			poll.Choices = append(poll.Choices, camp.Choice{Text: c.Text})
		}
		p.Poll = &poll
	}
	for _, pic := range old.Pictures {
		id, err := s.again(tx, pic.ID, p.ID)
		if err != nil {
			return p, err
		}
		pic.ID = id
		p.Pictures = append(p.Pictures, pic)
	}
	return p, tx.PutPost(p, nil)
}

// again makes another use of a stored file, for a post: whoever knew the address
// of the first one learns nothing of the second (community.md 3.1, 4).
func (s *Service) again(tx Tx, id camp.MediaID, p camp.PostID) (camp.MediaID, error) {
	f, ok, err := tx.Media(id)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", refuse(camp.NotFound, "posts.picture_gone.say")
	}
	var b [16]byte
	if _, err := io.ReadFull(s.rand, b[:]); err != nil {
		return "", fmt.Errorf("draw a media id: %w", err)
	}
	if f.ID, err = camp.ParseMediaID(strings.ToLower(idLetters.EncodeToString(b[:]))); err != nil {
		return "", err
	}
	f.Post, f.Made = p, tx.Now()
	return f.ID, tx.PutMedia(f)
}

var idLetters = base32.StdEncoding.WithPadding(base32.NoPadding)
