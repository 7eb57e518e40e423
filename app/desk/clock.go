package desk

import (
	"context"
	"slices"
	"strconv"
	"time"

	"camp/node/camp"
)

// clockNeed tells that this computer's clock is wrong, which other servers take
// amiss: behind is how far it is behind theirs, less than zero for ahead.
func clockNeed(behind time.Duration) (camp.Need, bool) {
	say := "program.need.clock_behind"
	if behind < 0 {
		say = "program.need.clock_ahead"
	}
	n := int((behind.Abs() + time.Minute/2) / time.Minute)
	return camp.Need{Kind: "clock", Say: say, Args: map[string]string{"N": strconv.Itoa(max(n, 1))}}, behind != 0
}

// clockRight is the host's word that this computer's date is right.
func (s *session) clockRight(context.Context, camp.Intent) (camp.Answer, error) {
	s.db.TrustClock()
	s.stale()
	return camp.Answer{Say: "program.clock_right.say"}, nil
}

// withoutDoubt leaves out the question whether the date is right, where other
// servers say that it is.
func (s *session) withoutDoubt(list []camp.Need) []camp.Need {
	if !s.node.ClockRight() {
		return list
	}
	return slices.DeleteFunc(list, func(n camp.Need) bool { return n.Say == "store.clock_far.say" })
}
