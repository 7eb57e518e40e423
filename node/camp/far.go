package camp

// FarFile names a file that lies elsewhere, and what it is to the camp. Whoever
// makes one has seen to it that the reader may see what it belongs to.
type FarFile struct {
	At   Domain // server of the post or the person that it belongs to
	URL  string
	Type string // media type as said; "" for not said
	Use  FarUse
	Post PostID   // of a FarAttached
	Who  MemberID // of a FarFace or a FarBanner
}

// FarUse says what a file from elsewhere is for.
type FarUse uint8

// The uses.
const (
	FarAttached FarUse = iota + 1 // to a post
	FarFace                       // somebody's picture
	FarEmoji                      // a small picture within a text
	FarBanner                     // the wide picture on top of somebody's page
)
