package camp

import (
	"strings"
	"time"
)

// Level is how far a server is kept away, for everybody in the camp (community.md 4).
type Level string

// The levels, each wider than the one before.
const (
	LevelNone     Level = "none"
	LevelMedia    Level = "media"
	LevelLimit    Level = "limit"
	LevelBlock    Level = "block"
	LevelFirewall Level = "firewall"
)

// Levels are all levels, from the mildest to the hardest.
var Levels = [...]Level{LevelNone, LevelMedia, LevelLimit, LevelBlock, LevelFirewall}

// ParseLevel accepts the five names, lower case.
func ParseLevel(s string) (Level, bool) {
	for _, l := range Levels {
		if string(l) == s {
			return l, true
		}
	}
	return "", false
}

// Rank orders levels; an unknown one counts as none.
func (l Level) Rank() int {
	for i, o := range Levels {
		if o == l {
			return i
		}
	}
	return 0
}

// Domain is the name of a server: lower case, punycode, without port or trailing
// dot. Make it by border.ParseDomain; compare it by its methods.
type Domain string

// Block is the camp's decision about a server and all below it.
type Block struct {
	Domain  Domain    `json:"domain"`
	Shown   string    `json:"shown"` // Unicode form
	Level   Level     `json:"level"`
	Reason  string    `json:"reason"`
	Source  string    `json:"source"` // OwnBlock, or the name of a list
	By      string    `json:"by"`     // shown name of who decided
	At      time.Time `json:"at"`
	Review  time.Time `json:"review"`  // when to look at it again; zero for never
	Shared  bool      `json:"shared"`  // a name under which many unrelated people live
	Mixed   bool      `json:"mixed"`   // its letters come from different scripts
	Change  string    `json:"change"`  // id of the change by which it can be undone
	Lifted  bool      `json:"lifted"`  // lifted in the last 30 days: the box stands unticked
	Until   time.Time `json:"until"`   // a lifted one: when it leaves the panel
	Covered string    `json:"covered"` // the wider decision that covers it already, "" for none
	// NoReports says that reports from there are not taken.
	NoReports bool      `json:"no_reports,omitempty"`
	Final     time.Time `json:"final"` // when what it hides is erased; zero: it hides nothing, or that is done
}

// ListSkip is a row of a list that was not taken.
type ListSkip struct {
	Line int    `json:"line"` // of the file, from 1; of a JSON array the place, from 0
	Raw  string `json:"raw"`
	Why  string `json:"why"` // a word, by which the sentence is found
}

// MaxListSkips bounds the rows that a BlockImport names.
const MaxListSkips = 500

// BlockImport says what came, or would come, of reading a list of servers in.
type BlockImport struct {
	Layout    string         `json:"layout"`
	Source    string         `json:"source"` // by what name the decisions go
	Set       int            `json:"set"`    // kept away, or further away than before
	Stands    int            `json:"stands"` // as far away already, or decided by the camp itself
	Shared    []Domain       `json:"shared"` // not taken: many unrelated people live under each
	Withdrawn int            `json:"withdrawn"`
	Skipped   map[string]int `json:"skipped"` // by why
	Lines     []ListSkip     `json:"lines"`   // the first MaxListSkips of them

	FollowsLost   int `json:"follows_lost"`
	FollowersLost int `json:"followers_lost"`
	PostsHidden   int `json:"posts_hidden"`
}

// Decision is what somebody decides about a server.
type Decision struct {
	Name   string // as typed
	Level  Level  // "" for LevelBlock
	Reason string
	Wide   bool   // yes, although many unrelated people share the name
	Review string // one of Reviews; "" for a year
}

// Reviews are the months after which a decision is looked at again, or never.
var Reviews = []string{"3", "6", "12", "never"}

// Softer is the next level that keeps less away, "" where nothing but lifting is left.
func (l Level) Softer() Level {
	for i, x := range Levels {
		if x == l && i > 1 {
			return Levels[i-1]
		}
	}
	return ""
}

// OwnBlock is the source of what the camp decided itself.
const OwnBlock = "own"

// Claim is the list whose word a reason is: a claim of its maker's, not a finding
// of the camp's. It is "" for the camp's own, and where there is no reason.
func (b Block) Claim() string {
	if b.Source == OwnBlock || b.Reason == "" {
		return ""
	}
	return b.Source
}

// Due reports whether the day has come to look at a decision again.
func (b Block) Due(now time.Time) bool {
	return !b.Lifted && !b.Review.IsZero() && !now.Before(b.Review)
}

// BlockPreview says what a decision would do.
type BlockPreview struct {
	Domain        Domain   `json:"domain"`
	Shown         string   `json:"shown"`
	Level         Level    `json:"level"`
	Now           Level    `json:"now"` // in force for this name now
	FollowsLost   int      `json:"follows_lost"`
	FollowersLost int      `json:"followers_lost"`
	PostsHidden   int      `json:"posts_hidden"`
	Covers        []Domain `json:"covers"` // decisions about names below it
	Covered       Domain   `json:"covered"`
	Shared        bool     `json:"shared"`
	Mixed         bool     `json:"mixed"`
	Wider         Domain   `json:"wider"` // "also everything under b.example?"; "" where that makes no sense
}

// Within reports whether d is o or lies below it, label by label from the right:
// "a.b.example" is within "b.example", "xb.example" is not.
func (d Domain) Within(o Domain) bool {
	n := len(d) - len(o)
	return o != "" && (d == o || n > 0 && d[n:] == o && d[n-1] == '.')
}

// Up is the name without its first word, "" where nothing is left.
func (d Domain) Up() Domain {
	_, rest, _ := strings.Cut(string(d), ".")
	return Domain(rest)
}

// Harsher gives the one of two levels that keeps further away.
func Harsher(a, b Level) Level {
	if a == b {
		return a
	}
	if b.Rank() > a.Rank() {
		return b
	}
	return a
}

// LevelIn is the level of something that bears several names, by the decisions
// that look gives: the longest counts for each name, the harshest for all.
func LevelIn(look func(Domain) (BlockRow, bool, error), names []Domain) (Level, error) {
	worst := LevelNone
	for _, d := range names {
		for at := d; at != ""; at = at.Up() {
			b, ok, err := look(at)
			if err != nil {
				return "", err
			}
			if ok {
				worst = Harsher(worst, b.Level)
				break
			}
		}
	}
	return worst, nil
}

// UndoTime is how long a change of a decision can be undone, to the last trace.
const UndoTime = 30 * 24 * time.Hour

// BlockRow is a decision as it is kept.
type BlockRow struct {
	Domain Domain
	Level  Level
	Reason string
	By     MemberID
	At     time.Time
	Review time.Time
	Change string // id of the change that made it so

	NoReports bool   // what they report is not taken
	Source    string // the list that it came from; "" where the camp decided it itself
}

// BlockChange is one change of a decision, by which it can be undone. The zero
// From means that there was none before.
type BlockChange struct {
	ID   string // 18 digits, newer ones larger
	By   MemberID
	At   time.Time
	From BlockRow // Level "" for none
	To   BlockRow // Level "" for lifted
	Done bool     // undone

	Batch string // the same in all that came by one list; "" for a change alone
}

// Domain is the name that was decided about.
func (c BlockChange) Domain() Domain {
	if c.To.Level == "" {
		return c.From.Domain
	}
	return c.To.Domain
}

// Cutting is the job that a change of a decision leaves behind: to bring what
// hangs on the name and all below it into line with the decisions in force, and
// to erase what they hide once the time to undo is over.
type Cutting struct {
	Domain Domain
	At     time.Time // of the change
	Done   bool      // in line: now it waits for that time
}

// Severed is a follow that a decision about a server cut. It is kept while the
// decision can be undone.
type Severed struct {
	Follow
	Cut   time.Time
	Asked bool // the member follows again, and waits for the other side's yes
}

// Resident is somebody elsewhere under one of the names that they go by: of
// their account, or of their handle.
type Resident struct {
	Host   Domain
	Person MemberID
}

// Sighting is that a server made a request from an address that was proven to be
// its own.
type Sighting struct {
	Host Domain
	Addr [16]byte // IPv4 within IPv6 (RFC 4291 §2.5.5.2); of IPv6 the first of the 64 bits
	At   time.Time
}
