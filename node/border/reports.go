package border

import (
	"context"

	"camp/node/camp"
)

// TakesReports reports whether what a server reports is taken: nothing of whom the
// camp keeps away, and nothing where it was decided so (community.md 4).
func (s *Service) TakesReports(d camp.Domain) bool {
	v := s.Admit(d, In)
	return !v.Refused() && !(*s.deaf.Load())[v.By]
}

// SetReports decides whether reports are taken from a server about which the camp
// has decided something; none is NotFound. Twice is as once.
func (s *Service) SetReports(ctx context.Context, by camp.Actor, typed string, take bool) error {
	d, err := ParseDomain(typed)
	if err != nil {
		return err
	}
	return s.update(ctx, "decide about reports of a server", func(tx Tx) (bool, error) {
		m, was, err := standing(tx, by, d)
		if err != nil || was.NoReports == !take {
			return false, err
		}
		next := was
		next.NoReports, next.By, next.At = !take, m.ID, tx.Now()
		deed := "log.reports_off"
		if take {
			deed = "log.reports_on"
		}
		return true, change(tx, m, was, next, deed)
	})
}
