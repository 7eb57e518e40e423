package web

import (
	"context"
	"io"

	"camp/node/camp"
	"camp/node/posts"
)

// People is what the pages need of node/people. Faults are *camp.Fault.
type People interface {
	House(ctx context.Context) (camp.House, error)
	Member(ctx context.Context, id camp.MemberID) (camp.Member, error)
	ByName(ctx context.Context, name string) (camp.Member, error)
	Members(ctx context.Context) ([]camp.Member, error)                 // joined, by shown name
	SetProfile(ctx context.Context, by camp.Actor, p camp.Member) error // Display, About, Picture, Language of by's own
	SetUsual(ctx context.Context, by camp.Actor, a camp.Audience) error // whom by's new posts are for
	Rules(ctx context.Context) (camp.Rules, error)
	AllRules(ctx context.Context) ([]camp.Rules, error) // newest first
	Agree(ctx context.Context, by camp.Actor, version int, hash string) error
	RulesStand(ctx context.Context, by camp.Actor) (camp.RulesStand, error)
	Object(ctx context.Context, by camp.Actor, version int, on bool) error // to a small change of the rules, or not any more
	Log(ctx context.Context, p camp.Page) ([]camp.Entry, error)
	// LogFor is Log in sentences, with the names that this reader may see.
	LogFor(ctx context.Context, reader camp.Actor, p camp.Page) ([]camp.LogLine, error)

	// UseLink turns a one-time link's secret into a session and gives the cookie's value.
	UseLink(ctx context.Context, secret, label string) (cookie string, m camp.Member, err error)
	// SignedIn gives the session of a cookie; not found for none, ended or a person who lost the right.
	SignedIn(ctx context.Context, cookie string) (camp.Session, camp.Member, error)
	Sessions(ctx context.Context, by camp.Actor) ([]camp.Session, error)
	EndSession(ctx context.Context, by camp.Actor, id string) error
	// NewLinkFor makes a one-time link for another browser of the same person.
	NewLinkFor(ctx context.Context, by camp.Actor) (secret string, err error)

	AddMember(ctx context.Context, by camp.Actor, name string, role camp.Role) (m camp.Member, link string, err error)
	LinkFor(ctx context.Context, by camp.Actor, name string) (secret string, err error)
	SetRole(ctx context.Context, by camp.Actor, name string, role camp.Role) error
	AnswerOffer(ctx context.Context, by camp.Actor, yes bool) error // whether they will be a helper
	LayDown(ctx context.Context, by camp.Actor) error               // the role of helper
	Remove(ctx context.Context, by camp.Actor, name string, erase bool) error
	Leave(ctx context.Context, by camp.Actor, erase bool) (camp.Member, error) // by's own membership ends in a week
	Stay(ctx context.Context, by camp.Actor) error                             // takes that back
}

// Posts is what the pages need of node/posts.
type Posts interface {
	Write(ctx context.Context, by camp.Actor, d camp.Draft) (camp.PostID, error)
	Edit(ctx context.Context, by camp.Actor, id camp.PostID, d camp.Draft) error
	Delete(ctx context.Context, by camp.Actor, id camp.PostID) error
	Favourite(ctx context.Context, by camp.Actor, id camp.PostID, on bool) error
	Keep(ctx context.Context, by camp.Actor, id camp.PostID, on bool) error
	Post(ctx context.Context, reader camp.Actor, id camp.PostID) (camp.PostView, error)
	Thread(ctx context.Context, reader camp.Actor, id camp.PostID) (camp.Thread, error)
	History(ctx context.Context, reader camp.Actor, id camp.PostID) ([]camp.Revision, error) // oldest first, without the present state
	FavouritedBy(ctx context.Context, reader camp.Actor, id camp.PostID) ([]camp.Member, error)
	Fire(ctx context.Context, reader camp.Actor, p camp.Page) ([]camp.PostView, error)
	By(ctx context.Context, reader camp.Actor, who camp.MemberID, p camp.Page) ([]camp.PostView, error)
	Tagged(ctx context.Context, reader camp.Actor, tag string, p camp.Page) ([]camp.PostView, error)
	Favourites(ctx context.Context, reader camp.Actor, p camp.Page) ([]camp.PostView, error)
	Kept(ctx context.Context, reader camp.Actor, p camp.Page) ([]camp.PostView, error)
	// Search finds posts holding all the words, newest first. next is the page to ask for to look further back, 0 for none.
	Search(ctx context.Context, reader camp.Actor, words string, p camp.Page) (found []camp.PostView, next uint64, err error)
	// Home is what is said in the camp and by those whom the reader follows, what they passed on too.
	Home(ctx context.Context, reader camp.Actor, p camp.Page) ([]camp.PostView, error)
	Boost(ctx context.Context, by camp.Actor, id camp.PostID, on bool) (camp.PostID, error)
	Vote(ctx context.Context, by camp.Actor, id camp.PostID, choices []int) error
	// Narrow takes by's own post back from elsewhere; a camp post with another id takes its place.
	Narrow(ctx context.Context, by camp.Actor, id camp.PostID) (camp.PostID, error)
	// Person and PersonCalled give somebody elsewhere, by id or as "ana@far.example".
	Person(ctx context.Context, reader camp.Actor, id camp.MemberID) (camp.Remote, error)
	PersonCalled(ctx context.Context, reader camp.Actor, handle string) (camp.Remote, error)
	// Letters gives the conversations by letters that the reader is in; ReadLetters says that they read the one with this letter.
	Letters(ctx context.Context, reader camp.Actor, p camp.Page) ([]posts.Talk, error)
	ReadLetters(ctx context.Context, reader camp.Actor, letter camp.PostID) error
	Notices(ctx context.Context, reader camp.Actor, p camp.Page) ([]camp.NoticeView, error)
	MarkRead(ctx context.Context, reader camp.Actor, upTo camp.NoticeID) error
	Unread(ctx context.Context, reader camp.Actor) (int, error) // counts at most 99
}

// Media is what the pages need of node/media.
type Media interface {
	// Take reads a picture of at most camp's limits, strips and re-encodes it.
	Take(ctx context.Context, by camp.Actor, r io.Reader, avatar bool) (camp.MediaFile, error)
	// Open gives the stored bytes for a reader who may see them; small asks for the small version.
	Open(ctx context.Context, reader camp.Actor, id camp.MediaID, small bool) (camp.MediaFile, io.ReadSeekCloser, error)
}

// FarMedia is what Media can do where pictures of elsewhere are shown.
type FarMedia interface {
	// OpenFar gives the bytes of a file from elsewhere, fetched where need be.
	OpenFar(ctx context.Context, reader camp.Actor, f camp.FarFile, small bool) (camp.MediaFile, io.ReadSeekCloser, error)
}

// Live is where the pages watch for changes.
type Live interface {
	// Watch gives events until stop is called or the channel is closed because
	// the watcher was too slow (it then starts afresh from the lists).
	Watch(reader camp.Actor, session string) (events <-chan camp.Event, stop func())
	// Here gives the people with an open stream now.
	Here() []camp.MemberID
}

// Desk is what the host's own pages need of the program around the camp.
type Desk interface {
	Do(ctx context.Context, in camp.Intent) (camp.Answer, error)
	State() camp.State
	// Saved gives what DoExport and DoFriendCopy write to a file: a name for it,
	// and what writes it.
	Saved(ctx context.Context, in camp.Intent) (name string, write func(context.Context, io.Writer) error, err error)
	// Later has an intent carried out that takes these pages down for a while, once
	// they have answered.
	Later(in camp.Intent) error
}

// Finder looks up people and posts of other servers. What a server that the
// camp keeps away says, or one that does not answer, is a fault in words.
type Finder interface {
	// Person gives whoever is called "@ana@far.example", or whose page or account
	// has the address, as their own server says now, or said within a day.
	Person(ctx context.Context, by camp.Actor, typed string) (camp.Remote, error)
	// Anew is Person as their own server says now.
	Anew(ctx context.Context, by camp.Actor, typed string) (camp.Remote, error)
	// Post gives the post that lies at an address.
	Post(ctx context.Context, by camp.Actor, address string) (camp.PostID, error)
}

// Ties is what the pages need of node/posts about who follows whom, and who
// keeps away from whom.
type Ties interface {
	Follow(ctx context.Context, by camp.Actor, whom camp.MemberID, noBoosts bool) (camp.Follow, error)
	Unfollow(ctx context.Context, by camp.Actor, whom camp.MemberID) error
	AnswerFollow(ctx context.Context, by camp.Actor, who camp.MemberID, yes bool) error // no: also takes a follower away
	Mute(ctx context.Context, by camp.Actor, whom camp.MemberID, on bool) error
	Block(ctx context.Context, by camp.Actor, whom camp.MemberID, on bool) error
	Relations(ctx context.Context, by camp.Actor, whom []camp.MemberID) ([]posts.Relation, error)
	Following(ctx context.Context, by camp.Actor, after camp.MemberID) ([]posts.Tie, error)
	Followers(ctx context.Context, by camp.Actor, after camp.MemberID) ([]posts.Tie, error)
	Asking(ctx context.Context, by camp.Actor) ([]posts.Tie, error)
	AwayFrom(ctx context.Context, by camp.Actor) ([]posts.Away, error)
	Person(ctx context.Context, by camp.Actor, id camp.MemberID) (camp.Remote, error)
	PersonCalled(ctx context.Context, by camp.Actor, handle string) (camp.Remote, error)
	PersonAt(ctx context.Context, by camp.Actor, uri string) (camp.Remote, error)
}

// Reach is what the pages need of node/people about how somebody is seen from elsewhere.
type Reach interface {
	SetReach(ctx context.Context, by camp.Actor, w camp.Member) error
	AddAlso(ctx context.Context, by camp.Actor, from camp.Remote) error
	DropAlso(ctx context.Context, by camp.Actor, uri string) error
	MayMove(ctx context.Context, by camp.Actor, to camp.Remote) error
	Move(ctx context.Context, by camp.Actor, to camp.Remote) error
}

// Carry is what the pages need of node/carry.
type Carry interface {
	Export(ctx context.Context, by camp.Actor, what camp.ListKind) ([]byte, error)
	Import(ctx context.Context, by camp.Actor, what camp.ListKind, file io.Reader) (camp.Import, error)
	Imports(ctx context.Context, by camp.Actor) ([]camp.Import, error)
	Bad(ctx context.Context, by camp.Actor, id uint64) ([]camp.ImportRow, error)
	End(ctx context.Context, by camp.Actor, id uint64) error
}
