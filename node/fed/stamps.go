package fed

import (
	"strings"

	"camp/node/camp"
)

// Stamp is the id of a member's yes to a quote of theirs (FEP-044f).
func (n Names) Stamp(id uint64) string { return n.at(own + "/s/" + camp.PostID(id).String()) }

// StampID gives the number in such an id.
func (n Names) StampID(address string) (uint64, bool) {
	digits, ours := strings.CutPrefix(address, n.at(own+"/s/"))
	if !ours {
		return 0, false
	}
	id, err := camp.ParsePostID(digits)
	return uint64(id), err == nil && id != 0
}
