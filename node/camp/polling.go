package camp

import "time"

// Polling keeps a poll in sight that is not over: one made here, or one of
// elsewhere in which somebody here voted.
type Polling struct {
	Post  PostID
	Told  time.Time // when its counts last went out; zero for never
	Fresh bool      // somebody voted since
}
