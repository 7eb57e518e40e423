package desk

import (
	"context"

	"camp/node/camp"
)

func (s *session) reportList(ctx context.Context, _ camp.Intent) (camp.Answer, error) {
	list, err := s.node.People.Reports(ctx, s.node.Host())
	return camp.Answer{Reports: list}, err
}

func (s *session) reportResolve(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	return camp.Answer{}, s.node.People.ResolveReport(ctx, s.node.Host(), in.ID, in.Message, in.Reason)
}

// openReports counts the open reports that the host may look into.
func (s *session) openReports(ctx context.Context) (n int, err error) {
	list, err := s.node.People.Reports(ctx, s.node.Host())
	for i := range list {
		if list[i].Closed.IsZero() {
			n++
		}
	}
	return n, err
}
