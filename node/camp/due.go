package camp

import "time"

// FarKept is how long what came from elsewhere is kept that nobody here follows,
// answered, kept or is named in (community.md 10).
const FarKept = 60 * 24 * time.Hour

// Due is that something from elsewhere is to be looked at on the day of At:
// whether anybody here holds on to it. One of Post and Person is set.
type Due struct {
	At     time.Time
	Post   PostID
	Person MemberID
}
