package desk

import (
	"context"

	"camp/node/camp"
)

func (s *session) guestEnd(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	return camp.Answer{}, s.node.People.SetGuestEnd(ctx, s.node.Host(), in.Person, in.For)
}

func (s *session) allowance(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	return camp.Answer{}, s.node.People.SetInvites(ctx, s.node.Host(), in.Person, in.Uses)
}
