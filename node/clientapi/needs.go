package clientapi

import (
	"context"
	"io"

	"camp/node/camp"
	"camp/node/posts"
)

// People is what the API needs of node/people. Faults are *camp.Fault.
type People interface {
	House(ctx context.Context) (camp.House, error)
	Member(ctx context.Context, id camp.MemberID) (camp.Member, error)
	ByName(ctx context.Context, name string) (camp.Member, error)
	Members(ctx context.Context) ([]camp.Member, error)
	Rules(ctx context.Context) (camp.Rules, error)
	// ByToken gives the token of a secret and its person; NotFound for an unknown
	// one or a person who lost the right.
	ByToken(ctx context.Context, secret string) (camp.Token, camp.Member, error)
	// Reports gives those that by may look into.
	Reports(ctx context.Context, by camp.Actor) ([]camp.ReportLine, error)
}

// Posts is what the API needs of node/posts.
type Posts interface {
	Write(ctx context.Context, by camp.Actor, d camp.Draft) (camp.PostID, error)
	Edit(ctx context.Context, by camp.Actor, id camp.PostID, d camp.Draft) error
	Delete(ctx context.Context, by camp.Actor, id camp.PostID) error
	Favourite(ctx context.Context, by camp.Actor, id camp.PostID, on bool) error
	Keep(ctx context.Context, by camp.Actor, id camp.PostID, on bool) error
	Boost(ctx context.Context, by camp.Actor, id camp.PostID, on bool) (camp.PostID, error)
	Vote(ctx context.Context, by camp.Actor, id camp.PostID, choices []int) error

	Pin(ctx context.Context, by camp.Actor, id camp.PostID, on bool) error
	PinnedBy(ctx context.Context, by camp.Actor, who camp.MemberID) ([]camp.PostView, error)
	Report(ctx context.Context, by camp.Actor, d camp.ReportDraft) (camp.Report, error)

	Post(ctx context.Context, by camp.Actor, id camp.PostID) (camp.PostView, error)
	Thread(ctx context.Context, by camp.Actor, id camp.PostID) (camp.Thread, error)
	History(ctx context.Context, by camp.Actor, id camp.PostID) ([]camp.Revision, error)
	FavouritedBy(ctx context.Context, by camp.Actor, id camp.PostID) ([]camp.Member, error)
	Home(ctx context.Context, by camp.Actor, p camp.Page) ([]camp.PostView, error)
	Fire(ctx context.Context, by camp.Actor, p camp.Page) ([]camp.PostView, error)
	By(ctx context.Context, by camp.Actor, who camp.MemberID, p camp.Page) ([]camp.PostView, error)
	Tagged(ctx context.Context, by camp.Actor, tag string, p camp.Page) ([]camp.PostView, error)
	Favourites(ctx context.Context, by camp.Actor, p camp.Page) ([]camp.PostView, error)
	Kept(ctx context.Context, by camp.Actor, p camp.Page) ([]camp.PostView, error)
	Search(ctx context.Context, by camp.Actor, words string, p camp.Page) (found []camp.PostView, next uint64, err error)

	Letters(ctx context.Context, by camp.Actor, p camp.Page) ([]posts.Talk, error)
	Letter(ctx context.Context, by camp.Actor, letter camp.PostID) (posts.Talk, error)
	ReadLetters(ctx context.Context, by camp.Actor, letter camp.PostID) error
	Notices(ctx context.Context, by camp.Actor, p camp.Page) ([]camp.NoticeView, error)
	DropNotices(ctx context.Context, by camp.Actor, id camp.NoticeID) error // 0: all
	Unread(ctx context.Context, by camp.Actor) (int, error)

	Follow(ctx context.Context, by camp.Actor, whom camp.MemberID, noBoosts bool) (camp.Follow, error)
	Unfollow(ctx context.Context, by camp.Actor, whom camp.MemberID) error
	AnswerFollow(ctx context.Context, by camp.Actor, who camp.MemberID, yes bool) error
	Mute(ctx context.Context, by camp.Actor, whom camp.MemberID, on bool) error
	Block(ctx context.Context, by camp.Actor, whom camp.MemberID, on bool) error
	Relations(ctx context.Context, by camp.Actor, whom []camp.MemberID) ([]posts.Relation, error)
	FollowingOf(ctx context.Context, by camp.Actor, of, after camp.MemberID) ([]posts.Tie, error)
	FollowersOf(ctx context.Context, by camp.Actor, of, after camp.MemberID) ([]posts.Tie, error)
	AwayFrom(ctx context.Context, by camp.Actor) ([]posts.Away, error)
	Tallies(ctx context.Context, by camp.Actor, of []camp.MemberID) ([]posts.Tally, error)
	Person(ctx context.Context, by camp.Actor, id camp.MemberID) (camp.Remote, error)
	PersonCalled(ctx context.Context, by camp.Actor, handle string) (camp.Remote, error)
}

// Media is what the API needs of node/media.
type Media interface {
	Take(ctx context.Context, by camp.Actor, r io.Reader, avatar bool) (camp.MediaFile, error)
	Open(ctx context.Context, by camp.Actor, id camp.MediaID, small bool) (camp.MediaFile, io.ReadSeekCloser, error)
	Loose(ctx context.Context, by camp.Actor) ([]camp.MediaFile, error)
	Describe(ctx context.Context, by camp.Actor, id camp.MediaID, alt string) (camp.MediaFile, error)
}

// Finder looks beyond the camp, for somebody who asked for it.
type Finder interface {
	// Person finds who is meant by "@ana@far.example" or an address, as typed.
	Person(ctx context.Context, by camp.Actor, typed string) (camp.Remote, error)
	// Post finds the post at an address and keeps it.
	Post(ctx context.Context, by camp.Actor, address string) (camp.PostID, error)
}
