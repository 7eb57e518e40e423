package border

import (
	"strings"

	"camp/node/camp"
)

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
	for at := d; at != ""; at = up(at) {
		if l, ok := r[at]; ok {
			return Verdict{Level: l, By: at}
		}
	}
	return Verdict{Level: camp.LevelNone}
}

// up is the name without its first word, "" where nothing is left.
func up(d camp.Domain) camp.Domain {
	_, rest, _ := strings.Cut(string(d), ".")
	return camp.Domain(rest)
}

// LevelIn is the level of something that bears several names, by the decisions
// that look gives: those that one transaction sees, for what must not differ
// from them even for a moment.
func LevelIn(look func(camp.Domain) (camp.BlockRow, bool, error), names []camp.Domain) (camp.Level, error) {
	worst := camp.LevelNone
	for _, d := range names {
		for at := d; at != ""; at = up(at) {
			b, ok, err := look(at)
			if err != nil {
				return "", err
			}
			if !ok {
				continue
			}
			worst = Harsher(worst, b.Level)
			break
		}
	}
	return worst, nil
}

// Harsher gives the one of two levels that keeps further away.
func Harsher(a, b camp.Level) camp.Level {
	if b.Rank() > a.Rank() {
		return b
	}
	return a
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
