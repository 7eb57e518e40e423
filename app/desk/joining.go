package desk

import (
	"context"

	"camp/node/camp"
)

func (s *session) approve(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	return camp.Answer{}, s.node.People.Approve(ctx, s.node.Host(), in.Person)
}

func (s *session) decline(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	return camp.Answer{}, s.node.People.Decline(ctx, s.node.Host(), in.Person, in.Reason)
}

func (s *session) askBack(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	return camp.Answer{}, s.node.People.AskBack(ctx, s.node.Host(), in.Person, in.Message)
}

func (s *session) suspend(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	return camp.Answer{}, s.node.People.Suspend(ctx, s.node.Host(), in.Person, in.For)
}

func (s *session) comeBack(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	return camp.Answer{}, s.node.People.Return(ctx, s.node.Host(), in.Person)
}

func (s *session) deviceRemove(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	return camp.Answer{}, s.node.People.RemoveDevice(ctx, s.node.Host(), in.Serial)
}

// reconnect makes the tunnel forget what it remembers of a device, which heals
// one whose clock went back.
func (s *session) reconnect(_ context.Context, in camp.Intent) (camp.Answer, error) {
	known, why := false, error(nil)
	for _, srv := range s.ways.servers() { // it may come by either of two keys
		if err := srv.Renew(in.Serial); err == nil {
			known = true
		} else {
			why = err
		}
	}
	if !known {
		return camp.Answer{}, camp.NewFault(camp.NotFound, "program.no_device.say", why)
	}
	return camp.Answer{}, nil
}
