// Package knock holds the rules of the double knock: in which of the two forms of
// signature another server is spoken to, when the other one is tried, and how
// long it is remembered which of them it took (federation.md 4). Whoever sends
// letters and whoever fetches documents go by these; sending is theirs.
package knock

import (
	"time"

	"camp/node/camp"
)

// Kept is how long it is remembered which form a server took. Then the new form
// is tried again.
const Kept = 30 * 24 * time.Hour

// Memory is which form a server took, and when that was seen; the zero Memory is
// of a server that never took any.
type Memory struct {
	Form camp.SignForm
	At   time.Time
}

// First gives the form to begin with, and whether it is known to work: the one
// that was taken, else the new one. A memory from the future is none: the clock
// was wrong.
func (m Memory) First(now time.Time) (form camp.SignForm, known bool) {
	if age := now.Sub(m.At); m.Form == 0 || age > Kept || age < -Kept {
		return camp.SignNew, false
	}
	return m.Form, true
}

// Again reports whether an answer may mean that the form was not understood, so
// that the other one is tried. Some answered 500 to the new form; where a form is
// known to work, a 5xx means something else.
func Again(status int, known bool) bool {
	switch status {
	case 400, 401, 403:
		return true
	}
	return !known && status/100 == 5
}

// Other is the other form.
func Other(f camp.SignForm) camp.SignForm {
	if f == camp.SignNew {
		return camp.SignOld
	}
	return camp.SignNew
}
