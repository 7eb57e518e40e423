package desk

import (
	"context"
	"log/slog"
	"strconv"

	"camp/node/border"
	"camp/node/camp"
	"camp/node/people"
	"camp/node/posts"
	"camp/store"
)

// shutAgain does again, in a camp that is brought back over a newer state of
// itself, what shut people and servers out since, and what was deleted
// (reliability.md 2).
type shutAgain struct {
	log     *slog.Logger
	same    bool // the newer state was read, and it was the same camp
	unread  bool // it could not be read, or not all of it
	people  int
	servers int
	posts   int
}

// carry is store.RestoreOptions.Carry. What cannot be done again keeps nobody
// from having their camp back: the host is told instead.
func (s *shutAgain) carry(ctx context.Context, old, fresh *store.DB) error {
	if s.unread = old == nil; s.unread {
		return nil
	}
	same, n, err := people.Reapply(ctx, store.As[people.Tx](old), store.As[people.Tx](fresh))
	s.people = n
	if err == nil && same {
		s.servers, err = border.Reapply(ctx, store.As[border.Tx](old), store.As[border.Tx](fresh))
	}
	if err == nil && same {
		s.posts, err = posts.Reapply(ctx, store.As[posts.Tx](old), store.As[posts.Tx](fresh))
	}
	if s.same = same && err == nil; err != nil {
		s.unread = true
		s.log.WarnContext(ctx, "not all who were shut out are so again", "err", err)
	}
	return ctx.Err()
}

// answer says what was done again. Without words of its own, whoever asked
// warns that those who were removed are members again.
func (s *shutAgain) answer() camp.Answer {
	switch {
	case s.same && s.people+s.servers+s.posts == 0:
		return camp.Answer{Say: "program.brought.say"}
	case s.same:
		return camp.Answer{Say: "program.brought_again.say", Args: camp.Args{"People": strconv.Itoa(s.people), "Servers": strconv.Itoa(s.servers), "Posts": strconv.Itoa(s.posts)}}
	}
	if s.unread {
		return camp.Answer{Say: "program.brought_open.say"}
	}
	return camp.Answer{}
}
