package desk

import (
	"context"

	"camp/node/camp"
)

// renewKey makes a new key that a member, or the camp itself, signs with.
func (s *session) renewKey(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	return camp.Answer{}, s.node.RenewKey(ctx, s.node.Host(), in.Person)
}
