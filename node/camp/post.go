package camp

import "time"

// Audience says who may read a post. It is one closed set (community.md 3);
// the zero value is invalid, so that nothing is public by being forgotten.
type Audience uint8

// The audiences. Their order in this list is not their width: see Wider.
const (
	AudienceCamp Audience = iota + 1
	AudienceLetter
	AudienceFollowers
	AudienceQuiet
	AudiencePublic
)

// String returns the field's word as the design writes it.
func (a Audience) String() string {
	switch a {
	case AudienceCamp:
		return "camp"
	case AudienceLetter:
		return "letter"
	case AudienceFollowers:
		return "followers"
	case AudienceQuiet:
		return "quiet"
	case AudiencePublic:
		return "public"
	}
	return "invalid"
}

// ParseAudience reads what String wrote.
func ParseAudience(s string) (Audience, bool) {
	for a := AudienceCamp; a <= AudiencePublic; a++ {
		if a.String() == s {
			return a, true
		}
	}
	return 0, false
}

// Wider is the one total order of audiences: it reports whether a reaches
// further than b. An invalid audience is wider than every valid one, so that a
// check against it refuses.
func (a Audience) Wider(b Audience) bool { return a.width() > b.width() }

func (a Audience) width() int {
	switch a {
	case AudienceLetter:
		return 1
	case AudienceCamp:
		return 2
	case AudienceFollowers:
		return 3
	case AudienceQuiet:
		return 4
	case AudiencePublic:
		return 5
	}
	return 6
}

// Answering gives the audiences that an answer to a post for a may have, widest
// first: nothing is wider than what it answers (community.md 3.1, 5). For the
// zero value, which is no post, it gives all.
func (a Audience) Answering() []Audience {
	var list []Audience
	for _, b := range []Audience{AudiencePublic, AudienceQuiet, AudienceFollowers, AudienceCamp, AudienceLetter} {
		if a == 0 || !b.Wider(a) {
			list = append(list, b)
		}
	}
	return list
}

// Limits of a post written here.
const (
	MaxText     = 5000 // characters of text and note together
	MaxPictures = 4
	MaxAlt      = 1500 // characters
	MaxTags     = 30
	MaxMentions = 50
	MostPins    = 5 // posts on top of one page (federation.md 9)
)

// Picture is one picture of a post, as the post holds it.
type Picture struct {
	ID     MediaID
	Alt    string
	Type   string // "image/jpeg", "image/png" or "image/gif"
	Width  int    // pixels
	Height int
	Blur   string // blurhash; "" for none
}

// Post is what a member wrote here, or what came from elsewhere. Text is kept as
// written (plain text, line breaks kept); links, mentions and tags become links
// when it is shown. A post from elsewhere has a URI, and Body instead of Text.
type Post struct {
	ID         PostID
	Author     MemberID
	Audience   Audience
	Text       string
	Note       string // content note shown before the text; "" for none
	Language   string // "" if not said
	Pictures   []Picture
	ReplyTo    PostID // 0 for none; the parent may be gone
	Root       PostID // the first post of the thread; its own id where it starts one
	Mentions   []MemberID
	Tags       []string // folded to lower case, without #
	Written    time.Time
	Edited     time.Time // zero if never
	Replies    int       // direct and indirect replies below, kept on the root; direct ones elsewhere
	Favourites int

	URI       string // the id it has elsewhere, byte for byte; "" for one written here
	Page      string // address of its page there
	Title     string // of an article, a film, an event
	Body      string // cleaned HTML
	Files     []File
	Emoji     []Emoji
	Answers   string // URI of what it answers, where that is not known here
	Sensitive bool
	Boosts    int
	BoostOf   PostID // a boost: the post that it passes on; it says nothing itself
	Poll      *Poll
	Quote     PostID // shown within it; 0 for none
	Quoted    string // URI of the same
	Stamp     string // URI of the yes of its author, as the post says (FEP-044f)
	// Thread is what the thread is called where it began, elsewhere; it is passed on with answers.
	Thread string
	Policy Policy    // whom its author, elsewhere, lets do what with it
	Event  *Occasion // of something that takes place; nil for none
	Links  []string  // pages that it points at beside its text
}

// Here reports whether it was written in this camp.
func (p Post) Here() bool { return p.URI == "" }

// Revision is an earlier state of an edited post.
type Revision struct {
	At       time.Time // when this state was written
	Text     string
	Note     string
	Pictures []Picture
	Body     string // of a post from elsewhere: cleaned HTML
}

// Draft is what somebody wants to write.
type Draft struct {
	Text     string
	Note     string
	Language string
	Audience Audience // 0: camp, or the parent's
	ReplyTo  PostID
	Pictures []DraftPicture
	Poll     *Poll  // only for a new post
	Quote    PostID // 0 for none
	Within   bool   // a letter that names nobody but people of the camp
	// Sensitive says that the pictures are not for every eye; nil: as they were, or no.
	Sensitive *bool
	Key       string // idempotency key; the same author and key within an hour give the first post again
}

// DraftPicture names an uploaded picture of the author's and its description.
type DraftPicture struct {
	ID  MediaID
	Alt string
}

// PostView is a post with what one reader needs to see it. It exists only for a
// reader who may read the post.
type PostView struct {
	Post
	By         Member   // the author; Standing tells whether they still live here
	Named      []Member // those mentioned that still can be shown
	ReplyBy    string   // shown name of the parent's author, "" where the parent is gone or there is none
	Favourited bool     // by the reader
	Kept       bool
	Mine       bool
	MayDelete  bool

	From     *Remote   // the author, where they live elsewhere
	Boosted  bool      // passed on by the reader
	PassedBy *Member   // who passed it on, where that is why it is shown
	Passing  PostID    // the boost by which they did
	Inside   *PostView // the post that this one quotes, if the reader may see it
	Voted    bool
	Votes    []int // what the reader chose
	NoFiles  bool  // its pictures are kept away by the camp's decision

	ReplyByID MemberID  // the parent's author, 0 where ReplyBy is ""
	Abroad    []*Remote // of Named and PassedBy those who live elsewhere
	MayBoost  bool      // the reader may pass it on
	Pinned    bool      // the reader's own, and on top of their page
	NoReply   bool      // its author lets the reader not answer it, or only among the camp
	NoLike    bool
	NoQuote   bool // its author lets the reader not quote it without asking
}

// Leaves reports whether posts for this audience go beyond the camp. A letter
// may or may not: that depends on whom it names.
func (a Audience) Leaves() bool {
	return a == AudienceFollowers || a == AudienceQuiet || a == AudiencePublic
}

// Thread is a conversation seen from one of its posts.
type Thread struct {
	Above []PostView // from the first post down to the parent
	Focus PostView
	Below []PostView // all replies below the focus, in reading order
	Depth []int      // for each of Below: 1 for a reply to the focus, 2 for a reply to that, ...
}

// NoticeKind says why somebody is told something.
type NoticeKind string

// The kinds of notices.
const (
	NoticeMention   NoticeKind = "mention"
	NoticeReply     NoticeKind = "reply"
	NoticeFavourite NoticeKind = "favourite"
	NoticeEdited    NoticeKind = "edited" // a post that one replied to or kept was changed
	NoticeFollow    NoticeKind = "follow"
	NoticeAsk       NoticeKind = "ask" // somebody asks to follow
	NoticeBoost     NoticeKind = "boost"
	NoticePoll      NoticeKind = "poll"    // a poll that one made or voted in is over
	NoticeMoved     NoticeKind = "moved"   // somebody followed moved house
	NoticeReport    NoticeKind = "report"  // something was reported that one is to look into
	NoticeDecided   NoticeKind = "decided" // what one reported was looked into
	NoticeRules     NoticeKind = "rules"   // the host published a small change of the rules
	NoticeRulesBack NoticeKind = "back"    // enough members took it back
)

// NoticeView is one line under "For you".
type NoticeView struct {
	ID   NoticeID
	Kind NoticeKind
	From Member
	Far  *Remote // where they live elsewhere
	At   time.Time
	Post *PostView // nil if the post is gone or not for this reader any more
	New  bool      // newer than the read mark
	Sign string    // of a favourite: the emoji that came with it; "" for none

	Report uint64 // that it is about; 0 for none
}

// Page asks for part of a list that runs from newest to oldest.
// The zero value asks for the newest Limit (20 if 0, at most 40).
type Page struct {
	Before uint64 // only older than this id; 0 for no bound
	After  uint64 // only newer than this id, still newest first; 0 for no bound
	Climb  bool   // the ones right after After instead of the newest; still newest first
	Limit  int
}

// Size returns the number of rows to read: 1 to 40.
func (p Page) Size() int {
	switch {
	case p.Limit <= 0:
		return 20
	case p.Limit > 40:
		return 40
	}
	return p.Limit
}

// MediaFile is one use of one stored file.
type MediaFile struct {
	ID     MediaID
	Owner  MemberID
	Post   PostID // 0 while it belongs to no post; then it is erased after a day
	Hash   string // lower-case hex SHA-256 of the stored bytes; never shown
	Thumb  string // the same for the small version; "" where the file is small itself
	Type   string
	Width  int
	Height int
	Bytes  int64
	Made   time.Time
	Avatar bool   // a face: belongs to a member, not to a post
	Alt    string // what its owner says that it shows, while it belongs to no post
	Blur   string // blurhash; "" for none, and for a face
}
