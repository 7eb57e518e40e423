package desk

import (
	"context"
	"slices"

	"camp/node/camp"
)

// waits gives what waits to be sent to other servers, as a snapshot shows it: the
// longest lines, and how many letters there are in all.
func (s *session) waits(ctx context.Context) (list []camp.Backlog, letters int, err error) {
	all, err := s.node.Backlog(ctx)
	if err != nil {
		return nil, 0, err
	}
	for _, b := range all {
		letters += b.Count
	}
	return append([]camp.Backlog{}, all[:min(len(all), camp.MaxBacklog)]...), letters, nil
}

// waitsMoved reports whether something else waits than the snapshot shows.
func (s *session) waitsMoved(ctx context.Context) bool {
	list, letters, err := s.waits(ctx)
	st := s.d.State()
	return err == nil && (letters != st.Letters || !slices.Equal(list, st.Backlog))
}
