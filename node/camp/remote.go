package camp

import "time"

// Remote is somebody elsewhere, as their own server last said.
type Remote struct {
	ID      MemberID
	URI     string // the id of their account there, byte for byte
	Domain  Domain // host of URI
	Name    string // handle before the @
	At      Domain // what stands behind the @, once both sides agreed; "" while they did not
	Kind    RemoteKind
	Display string
	About   string // cleaned HTML
	Page    string // address of their page

	Inbox     string
	Shared    string // inbox that their server shares; "" for none
	Followers string // the id of their followers, by which an audience is known
	Outbox    string
	Featured  string
	Keys      []RemoteKey

	Face   string // address of the picture there; "" for none
	Banner string
	Fields []Field
	Emoji  []Emoji
	Also   []string // other accounts of theirs, as they say
	Moved  string   // where they moved to

	Locked    bool // approves followers by hand
	Indexable bool
	Born      time.Time // when the account was made, as it says; zero for not said
	Fetched   time.Time
	Gone      time.Time // their server said that they are no more
	Went      time.Time // when those here who follow them were last moved along
}

// Handle is how they are called here: "ana@far.example".
func (r Remote) Handle() string {
	if r.At != "" {
		return r.Name + "@" + string(r.At)
	}
	return r.Name + "@" + string(r.Domain)
}

// Hosts are the names of servers that they go by, each once: of their account,
// on which their inboxes lie too (FEP-fe34), and of their handle. A decision
// about any of them is about them.
func (r Remote) Hosts() []Domain {
	if r.At == "" || r.At == r.Domain {
		return []Domain{r.Domain}
	}
	return []Domain{r.Domain, r.At}
}

// Shown is how they stand beside people of the camp in lists.
func (r Remote) Shown() Member {
	display := r.Display
	if display == "" {
		display = r.Name
	}
	return Member{ID: r.ID, Name: r.Handle(), Display: display, Standing: Elsewhere, Pictured: r.Face != ""}
}

// RemoteKind says what somebody elsewhere is.
type RemoteKind uint8

// The kinds.
const (
	RemotePerson RemoteKind = iota + 1
	RemoteGroup
	RemoteProgram // a bot or a server
	RemoteBody    // an organisation
)

// RemoteKey is a public key of somebody elsewhere.
type RemoteKey struct {
	ID  string
	DER []byte // SPKI
}

// Field is a line of a profile: what, and what about it (cleaned HTML).
type Field struct{ Name, Value string }

// Emoji is a small picture that stands for :Code: in a text from elsewhere.
type Emoji struct {
	Code string // without colons
	URL  string
}

// File is a picture, film or sound of a post from elsewhere. It is fetched by
// the camp and shown under the post's id, never from its address.
type File struct {
	URL    string
	Type   string // media type as said; "" for not said
	Alt    string
	Width  int // pixels; 0 for not said
	Height int
	Blur   string  // blurhash
	FocusX float64 // -1 to 1
	FocusY float64
}

// Poll is a question with choices.
type Poll struct {
	Choices  []Choice
	Multiple bool
	Ends     time.Time // zero for none
	Closed   bool
	Voters   int
}

// Choice is one answer to a poll.
type Choice struct {
	Text  string
	Votes int
}

// Over reports whether nobody can vote any more.
func (p Poll) Over(now time.Time) bool {
	return p.Closed || !p.Ends.IsZero() && !now.Before(p.Ends)
}

// Follow is that somebody wants to see what somebody else writes. One of the
// two may live elsewhere.
type Follow struct {
	From, To MemberID
	At       time.Time
	Accepted bool   // false while it waits for a yes
	URI      string // the id of the asking, as whoever asked named it; "" where both live here
	NoBoosts bool   // what they pass on is not wanted
}

// Errand is something done here that concerns people elsewhere, kept until it
// has been turned into letters to their servers. It is written in the same
// transaction as what it tells of. Release and ReleaseAct decide again whether
// it may leave.
type Errand struct {
	ID   uint64
	Do   ErrandKind
	By   MemberID // 0: the camp itself
	Post PostID   // that it is about, 0 for none
	Whom MemberID // somebody elsewhere that it is about, 0 for none
	URI  string   // the id, elsewhere or here, of what it is about or takes back
	Text string   // the choice of a vote; the sign of a like; the words of a report; the number of the yes to a quote; an act as it came
	At   time.Time
	More []string  // further ids: of a report its posts, of a post that is gone whom it named or who answered it or passed it on, of a quote the post that quotes
	Old  Audience  // of a post that is gone: whom it had been for
	Done time.Time // of a mark or a block that is taken back: when it was made
}

// ErrandKind says what an errand tells.
type ErrandKind uint8

// The errands.
const (
	ErrandPost ErrandKind = iota + 1
	ErrandEdit
	ErrandDelete
	ErrandLike
	ErrandUnlike
	ErrandBoost
	ErrandUnboost
	ErrandFollow
	ErrandUnfollow
	ErrandAccept
	ErrandReject
	ErrandVote
	ErrandPoll // new counts of a poll of ours
	ErrandProfile
	ErrandBlock
	ErrandUnblock
	ErrandReport
	ErrandMove
	ErrandPin
	ErrandUnpin
	ErrandGone // a member left: their account is no more
	ErrandStamp
	ErrandQuote
	ErrandForward // an answer from elsewhere to a post of the member's, for their followers
)

// Apart is what keeps two people apart.
type Apart struct {
	Who, Whom MemberID
	At        time.Time
	Muted     bool // who does not want to see whom
	Blocked   bool // neither is to see the other
	Theirs    bool // whom, who lives elsewhere, blocked who
}

// Any reports whether there is anything of the kind.
func (a Apart) Any() bool { return a.Muted || a.Blocked || a.Theirs }

// Hidden reports whether one of the two blocked the other: then neither is shown
// to the other (federation.md 6).
func (a Apart) Hidden() bool { return a.Blocked || a.Theirs }

// ActorKey is the key by which what a member does elsewhere is signed; that of
// the camp itself stands under member 0.
type ActorKey struct {
	Member  MemberID
	Private Secret // PKCS #8
	Since   time.Time
}
