package desk

import (
	"context"

	"camp/node/camp"
)

// memberGone lists whom the host removed and can still take back.
func (s *session) memberGone(ctx context.Context, _ camp.Intent) (camp.Answer, error) {
	list, err := s.gone(ctx)
	return camp.Answer{People: list}, err
}

func (s *session) gone(ctx context.Context) ([]camp.Person, error) {
	list, err := s.node.People.Back(ctx, s.node.Host())
	if list == nil {
		list = []camp.Person{}
	}
	return list, err
}

// memberUndo takes somebody back and makes the code by which they come in. That
// no code can be made now does not shut them out again.
func (s *session) memberUndo(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	if err := s.node.People.TakeBack(ctx, s.node.Host(), in.Person); err != nil {
		return camp.Answer{}, err
	}
	ans, err := s.invite(ctx, camp.Intent{Do: camp.DoInvite, Person: in.Person})
	if err != nil {
		s.d.opt.Log.WarnContext(ctx, "no code for somebody who was taken back", "err", err)
		return camp.Answer{Say: "program.taken_back.say"}, nil
	}
	return ans, nil
}
