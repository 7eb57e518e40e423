package camp

import "time"

// ListKind says which of a member's own lists of people a file holds.
type ListKind uint8

// The lists.
const (
	ListFollows ListKind = iota + 1
	ListBlocks
	ListMutes
)

// String gives the word of addresses and forms.
func (k ListKind) String() string {
	switch k {
	case ListFollows:
		return "follows"
	case ListBlocks:
		return "blocks"
	case ListMutes:
		return "mutes"
	}
	return ""
}

// ParseListKind reads what String wrote.
func ParseListKind(s string) (ListKind, bool) {
	for k := ListFollows; k <= ListMutes; k++ {
		if k.String() == s {
			return k, true
		}
	}
	return 0, false
}

// Import is a list of people that a member brought as a file, while it is taken
// in person by person, and for a while after.
type Import struct {
	ID     uint64
	Member MemberID
	What   ListKind
	At     time.Time
	Rows   int       // people in it
	Done   int       // of them, those taken in
	Bad    int       // and those that came to nothing
	Pass   int       // how often the rest was tried
	Next   time.Time // no try before this
}

// Over reports whether nothing of it is left to do.
func (i Import) Over() bool { return i.Done+i.Bad >= i.Rows }

// ImportTries is how often somebody whose server does not answer is tried. A row
// of so many tries came to nothing.
const ImportTries = 3

// ImportRow is one person of an import who is not taken in.
type ImportRow struct {
	Import   uint64
	Tries    int // ImportTries: for good
	Line     int // of the file
	Handle   string
	NoBoosts bool
	Why      string // locale key, once it came to nothing
	Args     map[string]string
}
