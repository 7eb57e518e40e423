package border

import (
	"strings"

	"camp/node/camp"
)

// What is looked at of a User-Agent.
const (
	maxAgent      = 512 // bytes
	maxAgentNames = 16
)

// Hinted reports whether a User-Agent names a server that is to find nobody
// here. Anybody can say anything there, so that it counts for the firewall
// alone (community.md 4.3).
func (s *Service) Hinted(agent string) bool {
	seen := 0
	words := strings.FieldsFuncSeq(strings.ToLower(agent[:min(len(agent), maxAgent)]), func(r rune) bool {
		return r < 0x80 && !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789.-", r)
	})
	for w := range words {
		w = strings.Trim(w, ".-")
		if !strings.Contains(w, ".") {
			continue
		}
		if seen++; seen > maxAgentNames {
			return false
		}
		if d, err := ParseDomain(w); err == nil && s.Admit(d, In).Level == camp.LevelFirewall {
			return true
		}
	}
	return false
}
