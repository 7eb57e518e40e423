package camp

import "time"

// Wanted is something elsewhere that is to be fetched: a row of it is kept from
// the act that needs it until it came, or was given up.
type Wanted struct {
	Do    WantedKind
	URI   string    // its address, byte for byte
	Host  Domain    // of URI, without a port
	By    MemberID  // whose key signs the asking; 0: the camp's own
	Post  PostID    // the post that needs it, 0 for none
	Whom  MemberID  // somebody elsewhere by whose word it is wanted, 0 for none
	About string    // the id of that word; of a move, of the account moved to
	At    time.Time // when that word was given, as they say
	Depth int       // posts climbed so far
	Since time.Time // when it was first wanted
	Tries int
	Next  time.Time // not before; zero for at once
}

// WantedKind says what something is wanted for.
type WantedKind uint8

// The kinds.
const (
	WantedPost    WantedKind = iota + 1 // a post whose copy came from somebody else: kept if it concerns anybody here
	WantedParent                        // what a post answers
	WantedReply                         // an answer in a thread that a member opened
	WantedReplies                       // the list of the answers to a post
	WantedBoost                         // what Whom passed on
	WantedQuote                         // what Post quotes, and its author's yes
	WantedPin                           // what Whom pinned to their profile
	WantedCheck                         // whether a post is still there
	WantedActor                         // somebody's document, afresh
	WantedEnd                           // whether somebody is no more
	WantedHandle                        // whether somebody's handle leads back to them
	WantedAct                           // an activity that Whom, a group, passed on
	WantedMove                          // whether URI moved to About
)

// Mark names a Wanted: two with the same mark want the same.
func (w Wanted) Mark() string {
	return string(rune(w.Do)) + "\x00" + w.URI + "\x00" + w.Post.String() + "\x00" + w.Whom.String()
}

// Bounds of what is wanted (reliability.md 3).
const (
	MaxWanted     = 5000
	MaxWantedHost = 250 // of one server
)
