package border

import "camp/node/camp"

// Direction says who would talk to whom.
type Direction uint8

// The directions.
const (
	In  Direction = iota // they to us
	Out                  // we to them
)

// Verdict is what the border says.
type Verdict struct {
	Level camp.Level
	By    camp.Domain // the decision that covers the name; "" for none
}

// Refused reports whether nothing may pass.
func (v Verdict) Refused() bool { return v.Level.Rank() >= camp.LevelBlock.Rank() }

// rules are all decisions in force. They are never changed, only replaced.
type rules map[camp.Domain]camp.Level

// verdict finds the longest decision that covers a name.
func (r rules) verdict(d camp.Domain) Verdict {
	for at := d; at != ""; at = at.Up() {
		if l, ok := r[at]; ok {
			return Verdict{Level: l, By: at}
		}
	}
	return Verdict{Level: camp.LevelNone}
}

// Admit says whether what comes from or goes to a server may pass. It is asked
// before anything else is done, with the name that ParseDomain gave.
func (s *Service) Admit(d camp.Domain, _ Direction) Verdict { return s.rules.Load().verdict(d) }

// AdmitAll is Admit for something that bears several names: a match on any
// decides, the harshest wins.
func (s *Service) AdmitAll(list []camp.Domain, dir Direction) Verdict {
	worst := Verdict{Level: camp.LevelNone}
	for _, d := range list {
		if v := s.Admit(d, dir); v.Level.Rank() > worst.Level.Rank() {
			worst = v
		}
	}
	return worst
}
