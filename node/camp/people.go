package camp

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Role says what a joined person may do (community.md 1).
type Role string

// The roles of a joined person.
const (
	RoleHost   Role = "host"
	RoleHelper Role = "helper"
	RoleMember Role = "member"
	RoleGuest  Role = "guest"
)

// ParseRole accepts the four names, lower case.
func ParseRole(s string) (Role, bool) {
	switch r := Role(s); r {
	case RoleHost, RoleHelper, RoleMember, RoleGuest:
		return r, true
	}
	return "", false
}

// Standing is where a person stands with the camp (community.md 2). Its values
// are a contract of the command line ("state" of a person).
type Standing string

// The standings.
const (
	Waiting   Standing = "waiting"
	Joined    Standing = "member"
	Suspended Standing = "suspended"
	Declined  Standing = "declined"
	Withdrawn Standing = "withdrawn"
	Expired   Standing = "expired"
	Left      Standing = "left"
	Removed   Standing = "removed"

	// Elsewhere is the standing of whoever lives on another server, where they
	// are shown beside people of the camp. They have no row as members.
	Elsewhere Standing = "elsewhere"
)

// In reports whether a person of this standing belongs to the camp: they may
// read, even where a break keeps them from writing.
func (s Standing) In() bool { return s == Joined || s == Suspended }

// Over reports whether a person of this standing has no way in any more, and
// nothing to wait for.
func (s Standing) Over() bool {
	return s == Withdrawn || s == Expired || s == Left || s == Removed
}

// Counts reports whether a person of this standing takes one of the hundred places.
func (s Standing) Counts() bool { return s.In() }

// Member is a person of this camp.
type Member struct {
	ID       MemberID
	Name     string // handle: 1 to 30 of a-z 0-9 _, unique for ever
	Display  string // shown name, 1 to 60 characters
	About    string // text about oneself, at most 2,000 characters
	Picture  MediaID
	Role     Role
	Offered  bool // asked to be a helper, and did not answer yet
	Standing Standing
	Joined   time.Time // UTC
	Language string    // its code, or "" for what the browser asks
	Agreed   int       // newest version of the rules this person agreed to; 0 for none
	ByWord   bool      // made by the host's word: the pages ask for agreement at the first visit
	LastSeen string    // day only, "2026-11-22"; "" for never; LastSeenLong for more than 30 days ago
	Ends     time.Time // guests: the day the stay ends; zero for everybody else
	Ended    time.Time // when the membership ended; zero while it lasts
	Until    time.Time // suspended: when the break ends; zero for no end
	Final    time.Time // removed: until when that can be undone; still here: the day they leave; zero for everybody else
	Erase    bool      // removed or leaving: what they wrote goes too

	Locked bool     // decides about each follower
	Shy    bool     // whom they follow and who follows them is not shown elsewhere
	Also   []string // accounts of theirs elsewhere
	Moved  string   // id of the account elsewhere that they moved to

	Usual        Audience  // whom their new posts are for, as they last said; 0 for the camp
	Pictured     bool      // somebody elsewhere who has a picture there; no row of a member holds it
	MovedAt      time.Time // when they did; zero for never
	Invites      int       // open invites at once, as the host said; NoInvites for none, 0 for as many as everybody
	Willing      bool      // looks into a report, drawn by lot, where host and helpers may not
	Discoverable bool      // other servers may list and suggest them
	Indexable    bool      // other servers may search what they post to everyone
}

// NoInvites stands in Member.Invites for somebody who may invite nobody.
const NoInvites = -1

// What a member who is neither host nor helper may invite (community.md 2), and
// how far ahead the day may lie on which a guest's stay ends (1).
const (
	UsualInvites = 3
	MostInvites  = 20
	GuestLongest = 90 * 24 * time.Hour
)

// MayHaveOpen is how many invites a member may have open at once.
func (m Member) MayHaveOpen() int {
	switch {
	case m.Invites == NoInvites:
		return 0
	case m.Invites == 0:
		return UsualInvites
	}
	return m.Invites
}

// LastSeenLong stands in Member.LastSeen once the day lies more than 30 days back.
const LastSeenLong = "over 30 days"

// Actor is somebody who does something, with the right they do it by. The zero
// value is nobody and is refused everywhere.
type Actor struct {
	Member MemberID
	Role   Role
}

// May reports whether the actor has host's rights, or a helper's.
func (a Actor) May() bool {
	return a.Member != 0 && (a.Role == RoleHost || a.Role == RoleHelper)
}

// ParseName checks a handle: 1 to 30 of a-z, 0-9 and _, at least one of them a
// letter. A to Z are folded, blanks around and a leading @ dropped; letters of
// other scripts that fold into a to z are refused.
func ParseName(s string) (string, bool) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "@")
	if len(s) == 0 || len(s) > 30 {
		return "", false
	}
	name, letter := []byte(s), false
	for i, c := range name {
		switch {
		case c >= 'A' && c <= 'Z':
			name[i], letter = c-'A'+'a', true
		case c >= 'a' && c <= 'z':
			letter = true
		case c >= '0' && c <= '9', c == '_':
		default:
			return "", false
		}
	}
	if !letter {
		return "", false
	}
	return string(name), true
}

// CleanLine makes a shown name safe to show: one line, no control, bidi
// override or zero-width signs, no surrounding blanks, at most limit characters.
// Where nothing is left that can be seen, it gives "".
func CleanLine(s string, limit int) string {
	return clip(strings.Join(strings.Fields(strip(s, false)), " "), limit)
}

// CleanText is CleanLine for text of several lines: line breaks and tabs stay,
// more than two empty lines in a row become two.
func CleanText(s string, limit int) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	s = strip(s, true)
	for strings.Contains(s, "\n\n\n\n") {
		s = strings.ReplaceAll(s, "\n\n\n\n", "\n\n\n")
	}
	return clip(strings.TrimSpace(s), limit)
}

func clip(s string, limit int) string {
	if utf8.RuneCountInString(s) > limit {
		s = strings.TrimSpace(string([]rune(s)[:max(limit, 0)]))
	}
	if strings.IndexFunc(s, seen) < 0 {
		return ""
	}
	return s
}

// seen reports whether a character leaves a trace of its own on the screen:
// no blank, joiner, selector or accent, nor one of the letters drawn as nothing.
func seen(r rune) bool {
	switch r {
	case 0x115f, 0x1160, 0x3164, 0xffa0, // Hangul fillers
		0x2800,         // Braille blank
		0x17b4, 0x17b5, // Khmer inherent vowels
		0x1d159: // musical null notehead
		return false
	}
	return !unicode.IsSpace(r) && !unicode.In(r, unicode.Cf, unicode.M, unicode.Other_Default_Ignorable_Code_Point)
}

func strip(s string, lines bool) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError:
			return -1
		case r == '\n' || r == '\t':
			if lines {
				return r
			}
			return ' '
		case r < 0x20, r >= 0x7f && r < 0xa0: // control
			return -1
		case r == 0x00ad, r == 0x061c, r == 0x180e, r == 0xfeff,
			r == 0x200b, r >= 0x200e && r <= 0x200f, // zero width space, marks; joiners stay for emoji and scripts
			r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f, // bidi override, invisible operators
			r >= 0xfff9 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe007f:
			return -1
		}
		return r
	}, s)
}

// LanguageCode reports whether s can be the code of a language: two or three
// small letters. Which ones Camp speaks is in assets.
func LanguageCode(s string) bool {
	for _, r := range s {
		if r < 'a' || r > 'z' {
			return false
		}
	}
	return len(s) == 2 || len(s) == 3
}
