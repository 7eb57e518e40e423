package desk

import (
	"context"

	"camp/node/camp"
)

func (s *session) blockList(ctx context.Context, _ camp.Intent) (camp.Answer, error) {
	list, err := s.node.Border.List(ctx)
	return camp.Answer{Blocks: list}, err
}

func (s *session) block(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	p, err := s.node.Border.Preview(ctx, in.Domain, in.Level)
	if err != nil {
		return camp.Answer{}, err
	}
	_, err = s.node.Border.Set(ctx, s.node.Host(), in.Domain, in.Level, in.Reason, in.Wide)
	return camp.Answer{Preview: &p}, err
}

func (s *session) unblock(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	return camp.Answer{}, s.node.Border.Lift(ctx, s.node.Host(), in.Domain)
}

func (s *session) blockPreview(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	p, err := s.node.Border.Preview(ctx, in.Domain, in.Level)
	return camp.Answer{Preview: &p}, err
}

func (s *session) blockUndo(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	return camp.Answer{}, s.node.Border.Undo(ctx, s.node.Host(), in.ID)
}
