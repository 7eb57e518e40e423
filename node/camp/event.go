package camp

// EventKind says what changed, for those who watch live.
type EventKind string

// The kinds of events.
const (
	EventPost       EventKind = "post"        // a new post; Post is set
	EventPostEdited EventKind = "edited"      // text, pictures
	EventPostGone   EventKind = "gone"        // deleted
	EventCounts     EventKind = "counts"      // favourites or replies of Post changed
	EventNotice     EventKind = "notice"      // To has a new line under "For you"
	EventRead       EventKind = "read"        // To has read; the badge goes
	EventMember     EventKind = "member"      // somebody was added, changed role or profile
	EventMemberGone EventKind = "member gone" // To lost every right: streams and sessions end now
	EventSessionEnd EventKind = "session end" // Session ended: its streams end now
	EventHouse      EventKind = "house"       // name, rules, settings
	EventJoin       EventKind = "join"        // invites, who waits, devices: what host and helpers see of joining
	EventBorder     EventKind = "border"      // what is blocked
	EventHome       EventKind = "home"        // something new from elsewhere in To's home timeline
	EventErrand     EventKind = "errand"      // something is to be told elsewhere
	EventFollow     EventKind = "follow"      // whom To follows, or who follows them, changed
	EventReport     EventKind = "report"      // a report came, or was closed
)

// Event tells watchers that something changed, never what it says: who may read
// it is decided when it is read.
type Event struct {
	Kind    EventKind
	Post    PostID
	Root    PostID
	Member  MemberID // who did it
	To      MemberID // whom it concerns; 0 for everybody
	Session string   // handle of the session, for EventSessionEnd
}
