package desk

import (
	"context"
	"slices"

	"camp/node/camp"
	"camp/node/media"
	"camp/store"
)

// budget is what a camp may use of the disk: 20 GiB or half of what is free and
// used by it, the smaller (community.md 10).
const budget = 20 << 30

// needsRescue reports whether the camp's files are damaged beyond what mends itself.
func needsRescue(err error) bool { return store.NeedsRescue(err) }

func (s *session) space() camp.Space { return s.db.Space() }

// mayTakePictures gives a fault while there is no room for pictures.
func (s *session) mayTakePictures() error { return s.db.MediaAllowed() }

// share is how many bytes of pictures one member may keep.
func (s *session) share() int64 {
	sp := s.space()
	return media.ShareOf(min(budget, (sp.Free+sp.Used)/2), s.d.State().Members)
}

// spaceMoved reports whether the disk stands visibly differently from what the
// snapshot shows.
func (s *session) spaceMoved() bool {
	shown, now := s.d.State().Space, s.space()
	const visible = 64 << 20 // bytes
	return now.Level != shown.Level || abs(now.Free-shown.Free) > visible || abs(now.Used-shown.Used) > visible
}

func abs(n int64) int64 { return max(n, -n) }

// makeRoom gives the ballast up. What members wrote stays.
func (s *session) makeRoom(context.Context, camp.Intent) (camp.Answer, error) {
	if err := s.db.MakeRoom(); err != nil {
		return camp.Answer{}, camp.NewFault(camp.Internal, "program.no_room.say", err)
	}
	s.stale()
	return camp.Answer{}, nil
}

// storeNeeds tells what the store found damaged or put right since it was opened.
func (s *session) storeNeeds() []camp.Need { return s.withoutDoubt(s.db.Needs()) }

// needsMoved reports whether that is other than what the snapshot shows.
func (s *session) needsMoved() bool {
	now := s.storeNeeds()
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	return !slices.EqualFunc(s.d.store, now, func(a, b camp.Need) bool { return a.Say == b.Say })
}
