package camp

import "time"

// Report is word that somebody, or something they wrote, troubles somebody. It
// comes from a member, or from another server, about people here: who reported
// there is not told, only their server.
type Report struct {
	ID    uint64
	At    time.Time
	From  Domain     // the server that sent it; "" for one of a member's
	Maker MemberID   // who made it; 0 for one from elsewhere
	Rules []int      // of the camp, that it is about; from members
	Sent  bool       // the server of whom it is about hears of it too
	Whom  []MemberID // of this camp; of a member's also people elsewhere
	Posts []PostID   // of theirs
	Texts []string   // what those said when it came, in the same order
	Words string     // plain text
	Drawn []MemberID // by lot to look into it, where host and helpers may not

	Closed time.Time // zero: open
	By     MemberID  // who closed it
	Note   string    // of whoever did, for the other helpers
	Answer string    // of whoever did, for who made it; "" for no more than that it is decided
}

// ReportLine is a report as host and helpers see it; names are a contract of
// the command line.
type ReportLine struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	From   Domain    `json:"from"`
	Maker  string    `json:"maker"` // handle of the member who made it; "" for one from elsewhere
	Rules  []int     `json:"rules"`
	Sent   bool      `json:"sent"` // their server hears of it too
	Whom   []string  `json:"whom"` // handles
	Posts  []string  `json:"posts"`
	Texts  []string  `json:"texts"`
	Words  string    `json:"words"`
	State  string    `json:"state"` // "new" or "closed"
	Closed time.Time `json:"closed"`
	By     string    `json:"by"` // shown name of who closed it
	Note   string    `json:"note"`
	Answer string    `json:"answer"` // what who made it was told, "" for no more than that it is decided
}

// MyReport is a report as who made it sees it: what they said, whether it is
// decided, and what they are told of it.
type MyReport struct {
	ID     string
	At     time.Time
	Whom   []string // handles
	Rules  []int
	Words  string
	Closed time.Time // zero: not decided yet
	Answer string    // "" for no more than that
}

// ReportDraft is what a member wants to report.
type ReportDraft struct {
	Whom    MemberID // from here or elsewhere
	Posts   []PostID // of theirs
	Rules   []int    // of the camp, by their numbers from 1
	Words   string
	Forward bool // tell their server too, where they live elsewhere
}

// Bounds of reports. Those of one server hold for one member as well.
const (
	MaxReports     = 1000 // that are kept
	MaxReportsHost = 20   // open ones of one server
	MaxReportPosts = 20
	MaxReportText  = 2000 // characters kept of each post
	MaxReportWords = 1000 // characters of a member's own words
)

// Reaction is what somebody said beside liking a post.
type Reaction struct {
	Sign string // a single emoji, or ":code:"; "" for none
	Pic  string // address of the picture of ":code:"
	URI  string // the id of the act; "" of people of the camp
}
