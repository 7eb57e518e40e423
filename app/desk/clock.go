package desk

import (
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
