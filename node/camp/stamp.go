package camp

import "time"

// Stamp is the yes of a member to being quoted by a post elsewhere (FEP-044f).
type Stamp struct {
	ID   uint64
	Post PostID   // of the member
	By   MemberID // whose post quotes it
	URI  string   // the id of that post
	At   time.Time
}
