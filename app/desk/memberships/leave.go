package memberships

import (
	"context"
	"net/http"

	"camp/node/camp"
	"camp/tunnel/guest"
)

// say tells the camp something about oneself and shows where one stands then.
func (m *member) say(ctx context.Context, path string, in any) (camp.Answer, error) {
	var a camp.JoinAnswer
	if err := m.ask(ctx, http.MethodPost, path, in, &a); err != nil {
		return camp.Answer{}, err
	}
	a, err := guest.CleanAnswer(a)
	if err != nil {
		return camp.Answer{}, camp.NewFault(camp.Internal, "join.nonsense.say", err)
	}
	m.told(m.now().Serial, a)
	view := m.shown()
	return camp.Answer{Membership: &view}, nil
}

// hasLeft reports whether the day on which one leaves is over: the camp knows
// this computer no more, and says nothing. The caller holds mu.
func (m *member) hasLeft() bool {
	return !m.s.Leaves.IsZero() && m.view.Link != guest.Connected && !m.k.opt.Now().Before(m.s.Leaves)
}
