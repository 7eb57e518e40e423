package posts

import (
	"context"
	"time"

	"camp/node/camp"
)

// Store is what posts need of a store.
type Store interface {
	Update(ctx context.Context, fn func(Tx) error) error
	View(ctx context.Context, fn func(Tx) error) error
	Loose(ctx context.Context, fn func(Tx) error) error
}

// Tx is one transaction over the rows that this package owns, and the members
// it reads. A read of a row that does not exist gives ok false and no error.
// Lists are newest first unless said otherwise, bounded by camp.Page.
type Tx interface {
	Now() time.Time
	NextID() uint64

	Member(camp.MemberID) (m camp.Member, ok bool, err error)
	MemberByName(name string) (m camp.Member, ok bool, err error)
	Members() ([]camp.Member, error)
	PutEntry(camp.Entry) error
	Rules(version int) (r camp.Rules, ok bool, err error) // 0: the newest

	Post(camp.PostID) (p camp.Post, ok bool, err error)
	// PutPost writes the post and its index rows (author, tags, thread); old is
	// what it replaces, nil for a new one.
	PutPost(p camp.Post, old *camp.Post) error
	// DropPost removes the post, its index rows and its revisions.
	DropPost(camp.Post) error
	// A deleted row keeps an older backup from bringing a post back: see reapply.go.
	MarkDeleted(camp.PostID) error
	DeletedPosts() ([]camp.PostID, error) // oldest deletion first
	ForgetDeleted(before time.Time, limit int) (more bool, err error)
	Fire(camp.Page) ([]camp.Post, error) // top-level camp posts
	PostsBy(camp.MemberID, camp.Page) ([]camp.Post, error)
	PostsTagged(tag string, p camp.Page) ([]camp.Post, error)
	CountBy(m camp.MemberID, limit int) (int, error)
	// ReplyTree gives the places of all replies below the root, oldest first, at most limit.
	ReplyTree(root camp.PostID, limit int) ([]camp.ReplyRef, error)
	// DropMarksOf removes at most limit of what only this person used (kept
	// marks, notices, read mark) and says whether more is left.
	DropMarksOf(m camp.MemberID, limit int) (more bool, err error)
	PutErasing(camp.Erasing) error
	Erasings() ([]camp.Erasing, error)
	DropErasing(camp.MemberID) error
	PutRevision(camp.PostID, int, camp.Revision) error
	Revisions(camp.PostID) ([]camp.Revision, error) // oldest first

	PutFavourite(camp.MemberID, camp.PostID, time.Time) error
	DropFavourite(camp.MemberID, camp.PostID) error
	Favourite(camp.MemberID, camp.PostID) (bool, error)
	FavouriteAt(camp.MemberID, camp.PostID) (time.Time, error) // zero for none
	// FavouritesIn gives which of the posts between the two ids (both included) the member likes; one range read.
	FavouritesIn(m camp.MemberID, oldest, newest camp.PostID) (map[camp.PostID]bool, error)
	FavouritesBy(camp.MemberID, camp.Page) ([]camp.PostID, error) // by post id, newest first
	FavouritedBy(camp.PostID, int) ([]camp.MemberID, error)
	PutKept(camp.MemberID, camp.PostID, time.Time) error
	DropKept(camp.MemberID, camp.PostID) error
	KeptMark(camp.MemberID, camp.PostID) (bool, error)
	KeptIn(m camp.MemberID, oldest, newest camp.PostID) (map[camp.PostID]bool, error)
	KeptBy(camp.MemberID, camp.Page) ([]camp.PostID, error)
	KeptOf(camp.PostID, int) ([]camp.MemberID, error)

	PutNotice(camp.MemberID, Notice) error
	Notices(camp.MemberID, camp.Page) ([]Notice, error)
	DropNotice(camp.MemberID, Notice) error
	NoticesAbout(camp.PostID) ([]camp.NoticeTo, error)
	DropNoticesAbout(camp.PostID) error
	NoticesBefore(m camp.MemberID, before camp.NoticeID, limit int) ([]Notice, error)
	NoticesFresh(m camp.MemberID, after camp.NoticeID, limit int) (int, error) // counts, at most limit
	ReadMark(camp.MemberID) (camp.NoticeID, error)
	PutReadMark(camp.MemberID, camp.NoticeID) error // loose

	// Once remembers an author's idempotency key for an hour.
	PutOnce(m camp.MemberID, key string, p camp.PostID, until time.Time) error
	Once(m camp.MemberID, key string) (p camp.PostID, ok bool, err error)
	AnyOnceOver(now time.Time) (bool, error)
	DropOnceOver(now time.Time, limit int) (more bool, err error)

	Media(camp.MediaID) (f camp.MediaFile, ok bool, err error)
	PutMedia(camp.MediaFile) error
	DropMedia(camp.MediaID) error // the file goes when its last use has gone

	// People elsewhere, who follows whom, and what came from there.
	IDAt(at time.Time, taken func(uint64) (bool, error)) (uint64, error)
	RemoteByHandle(handle string) (r camp.Remote, ok bool, err error)
	RemoteByURI(uri string) (r camp.Remote, ok bool, err error)
	// What came from elsewhere is looked at again on a day: see sweep.go.
	PutDue(camp.Due) error
	DropDue(camp.Due) error
	DuePosts(limit int) ([]camp.Due, error)
	DuePeople(limit int) ([]camp.Due, error)
	NamedIn(who camp.MemberID, limit int) ([]camp.PostID, error)
	ShownIn(p camp.PostID, limit int) ([]camp.PostID, error)
	FillHolds(limit int) (done bool, err error)
	DropRemote(camp.Remote) error // what they wrote and whom they follow is gone before
	PutHeard(actor, uri string) error
	Heard(actor, uri string) (bool, error)
	Remote(camp.MemberID) (r camp.Remote, ok bool, err error)
	PutFollow(camp.Follow) error
	DropFollow(from, to camp.MemberID) error
	PutApart(camp.Apart) error
	Follow(from, to camp.MemberID) (f camp.Follow, ok bool, err error)
	FollowsOf(from, after camp.MemberID, limit int) ([]camp.Follow, error)
	FollowersOf(to, after camp.MemberID, limit int) ([]camp.Follow, error)
	Apart(who, whom camp.MemberID) (camp.Apart, error)
	ApartOf(who camp.MemberID) ([]camp.Apart, error)
	PostByURI(uri string) (p camp.Post, ok bool, err error)
	Boost(of camp.PostID, by camp.MemberID) (id camp.PostID, ok bool, err error)
	BoostsOf(of camp.PostID, limit int) (map[camp.MemberID]camp.PostID, error)
	// Talks gives somebody's conversations by letters, by the newest letter of each.
	Talks(camp.MemberID, camp.Page) ([]camp.TalkRef, error)
	LettersIn(m camp.MemberID, talk camp.PostID, limit int) ([]camp.PostID, error) // newest first; 0 for all
	TalkOf(m camp.MemberID, letter camp.PostID) (talk camp.PostID, ok bool, err error)
	TalkRead(m camp.MemberID, talk camp.PostID) (camp.PostID, error)
	PutTalkRead(m camp.MemberID, talk, upTo camp.PostID) error // loose
	PutHome(camp.MemberID, camp.PostID) error
	DropHome(camp.MemberID, camp.PostID) error
	HomeIDs(camp.MemberID, camp.Page) ([]camp.PostID, error)
	PutVote(camp.PostID, camp.MemberID, []int) error
	Vote(camp.PostID, camp.MemberID) (choices []int, ok bool, err error)
	VotersOf(camp.PostID) ([]camp.MemberID, error) // by id
	// A polling row keeps a poll in sight until it is over (polling.go).
	PutPolling(camp.Polling) error
	Polling(camp.PostID) (w camp.Polling, ok bool, err error)
	Pollings() ([]camp.Polling, error) // oldest first
	DropPolling(camp.PostID) error
	PutErrand(camp.Errand) error
	Errands(limit int) ([]camp.Errand, error) // oldest first; 0 for all
	PutPin(who camp.MemberID, p camp.PostID) error
	DropPin(who camp.MemberID, p camp.PostID) error
	Pins(who camp.MemberID, limit int) ([]camp.PostID, error) // oldest post first; 0 for all
	PutReport(camp.Report) error
	Reports() ([]camp.Report, error) // oldest first
	// PostsNaming gives posts from elsewhere that answer what has this id and is
	// not known here, or are allowed to quote by it.
	PostsNaming(uri string, limit int) ([]camp.Post, error)
	// Rehang is PutPost for a post that now stands elsewhere in threads.
	Rehang(p, old camp.Post) error
	PutReaction(camp.MemberID, camp.PostID, camp.Reaction) error // of a favourite that is there
	Reaction(camp.MemberID, camp.PostID) (camp.Reaction, error)
	PutStamp(camp.Stamp) error
	StampFor(p camp.PostID, uri string) (s camp.Stamp, ok bool, err error)

	// What the camp decided about servers, and what that cut (level_cut.go).
	Block(camp.Domain) (b camp.BlockRow, ok bool, err error)
	Cuttings() ([]camp.Cutting, error) // by name
	PutCutting(camp.Cutting) error
	DropCutting(camp.Domain) error
	PutSevered(camp.Severed) error
	DropSevered(from, to camp.MemberID) error
	Severed(from, to camp.MemberID) (s camp.Severed, ok bool, err error)
	SeveredFrom(camp.MemberID) ([]camp.Severed, error)
	SeveredTo(camp.MemberID) ([]camp.Severed, error)
	// Residents gives who is known under a name and all below it, after one of them, at most limit; 0 for all.
	Residents(under camp.Domain, after camp.Resident, limit int) ([]camp.Resident, error)
	CountPostsBy(camp.MemberID) (int, error)
	PutWelcome(m, person camp.MemberID, on bool) error
	Welcome(m, person camp.MemberID) (bool, error)

	// Search index: see search.go. A sieve covers the posts from First to Last.
	Sieves(before camp.PostID, limit int) ([]Sieve, error) // newest first, those that begin before
	SieveOver(camp.PostID) (s Sieve, ok bool, err error)   // the one covering this post
	PutSieve(Sieve) error
	PostIDsAfter(after camp.PostID) ([]camp.PostID, error)                // oldest first
	PostsBetween(first, last camp.PostID, limit int) ([]camp.Post, error) // newest first, both included
	PutResift(camp.PostID) error                                          // the run of this post is to be sifted anew
	Resifts(limit int) ([]camp.PostID, error)
	DropResift(camp.PostID) error
}

// The row shapes are of the vocabulary, so that a store need not know this package.
type (
	Notice = camp.Notice
	Sieve  = camp.Sieve
)

// Publisher is told what changed, after it is on disk. It must not block.
type Publisher interface{ Publish(camp.Event) }
