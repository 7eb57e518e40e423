package camp

import "time"

// Report is word from elsewhere that somebody here, or something they wrote,
// troubles somebody there. Who reported is not told, only their server.
type Report struct {
	ID    uint64
	At    time.Time
	From  Domain     // the server that sent it
	Whom  []MemberID // of this camp
	Posts []PostID   // of theirs
	Texts []string   // what those said when it came, in the same order
	Words string     // plain text

	Closed time.Time // zero: open
	By     MemberID  // who closed it
	Note   string    // of whoever did, for the other helpers
}

// ReportLine is a report as host and helpers see it; names are a contract of
// the command line.
type ReportLine struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	From   Domain    `json:"from"`
	Whom   []string  `json:"whom"` // handles
	Posts  []string  `json:"posts"`
	Texts  []string  `json:"texts"`
	Words  string    `json:"words"`
	State  string    `json:"state"` // "new" or "closed"
	Closed time.Time `json:"closed"`
	By     string    `json:"by"` // shown name of who closed it
	Note   string    `json:"note"`
}

// Bounds of reports from elsewhere.
const (
	MaxReports     = 1000 // that are kept
	MaxReportsHost = 20   // open ones of one server
	MaxReportPosts = 20
	MaxReportText  = 2000 // characters kept of each post
)

// Reaction is what somebody elsewhere said beside liking a post.
type Reaction struct {
	Sign string // a single emoji, or ":code:"; "" for none
	Pic  string // address of the picture of ":code:"
	URI  string // the id of the act
}
