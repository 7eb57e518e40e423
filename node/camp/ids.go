package camp

import (
	"errors"
	"strconv"
)

// ErrID is returned by the Parse…ID functions for anything but 18 decimal digits.
var ErrID = errors.New("camp: not an id")

// An id is a 48-bit count of milliseconds since 1970 followed by 16 random
// bits, written as 18 decimal digits, so that newer ids compare larger both as
// numbers and as text. Zero means "none".
type (
	// MemberID names a person of this camp, whatever their state, or somebody
	// elsewhere that the camp heard of (Remote). No two share one.
	MemberID uint64
	// PostID names a post, written in this camp or come from elsewhere.
	PostID uint64
	// NoticeID names one line under "For you".
	NoticeID uint64
	// EntryID names one line of the host's log.
	EntryID uint64
)

// MediaID names one use of one file: 26 lower-case letters and digits drawn at
// random (128 bits), never the time and never the hash of the content.
type MediaID string

// String returns the 18 digits.
func (id MemberID) String() string { return formatID(uint64(id)) }

// String returns the 18 digits.
func (id PostID) String() string { return formatID(uint64(id)) }

// String returns the 18 digits.
func (id NoticeID) String() string { return formatID(uint64(id)) }

// String returns the 18 digits.
func (id EntryID) String() string { return formatID(uint64(id)) }

// ParseMemberID reads what MemberID.String wrote, or ErrID.
func ParseMemberID(s string) (MemberID, error) { n, err := parseID(s); return MemberID(n), err }

// ParsePostID reads what PostID.String wrote, or ErrID.
func ParsePostID(s string) (PostID, error) { n, err := parseID(s); return PostID(n), err }

// ParseNoticeID reads what NoticeID.String wrote, or ErrID.
func ParseNoticeID(s string) (NoticeID, error) { n, err := parseID(s); return NoticeID(n), err }

// ParseEntryID reads what EntryID.String wrote, or ErrID.
func ParseEntryID(s string) (EntryID, error) { n, err := parseID(s); return EntryID(n), err }

// ParseMediaID accepts exactly the letters and length of a MediaID, or ErrID.
func ParseMediaID(s string) (MediaID, error) {
	if len(s) != mediaIDLen {
		return "", ErrID
	}
	for i := range len(s) {
		if (s[i] < 'a' || s[i] > 'z') && (s[i] < '0' || s[i] > '9') {
			return "", ErrID
		}
	}
	return MediaID(s), nil
}

const (
	idLen      = 18
	mediaIDLen = 26
)

func formatID(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for len(s) < idLen {
		s = "0" + s
	}
	return s
}

func parseID(s string) (uint64, error) {
	if len(s) != idLen {
		return 0, ErrID
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, ErrID
	}
	return n, nil
}
