package desk

import (
	"context"

	"camp/node/camp"
)

// renewKey makes a new key that a member, or the camp itself, signs with.
func (s *session) renewKey(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	return camp.Answer{}, s.node.RenewKey(ctx, s.node.Host(), in.Person)
}

// renewKeys makes new keys for the camp itself and every member who signs.
func (s *session) renewKeys(ctx context.Context, _ camp.Intent) (camp.Answer, error) {
	return camp.Answer{}, s.node.RenewKeys(ctx, s.node.Host())
}
