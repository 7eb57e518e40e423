package camp

import "time"

// Reached is that something of a member's went to an inbox elsewhere: what they
// take back later goes there too.
type Reached struct {
	Member MemberID
	Host   Domain
	Inbox  string
	Shared bool      // of the whole server
	Open   time.Time // the last day of something that everybody may read; zero for never
	Inner  time.Time // the same of something for followers
}

// Farewell is that others were told that a member is no more.
type Farewell struct {
	Member MemberID
	At     time.Time
}
