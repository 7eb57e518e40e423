package camp

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrCampOnly is returned for what may not be told to anybody outside the camp.
var ErrCampOnly = errors.New("camp: this does not leave the camp")

// Outbound is the leave to tell people elsewhere of one thing. Only the Release
// functions make one; the zero value is no leave. (community.md 3.1)
type Outbound struct {
	do       ErrandKind // 0: no leave
	post     PostID
	audience Audience // of the post; 0 where it is about none
}

// ownKinds tell of a post of this camp, actKinds of what somebody here did about
// something that is known elsewhere; onPost need that post.
var (
	ownKinds  = []ErrandKind{ErrandPost, ErrandEdit, ErrandBoost, ErrandPoll, ErrandPin, ErrandUnpin, ErrandStamp, ErrandQuote, ErrandForward}
	goneKinds = []ErrandKind{ErrandDelete, ErrandUnboost, ErrandUnpin}
	actKinds  = []ErrandKind{
		ErrandLike, ErrandUnlike, ErrandBoost, ErrandFollow, ErrandUnfollow, ErrandAccept, ErrandReject, ErrandVote, ErrandProfile,
		ErrandBlock, ErrandUnblock, ErrandReport, ErrandMove, ErrandGone, ErrandStamp, ErrandQuote,
	}
	onPost = []ErrandKind{ErrandLike, ErrandUnlike, ErrandBoost, ErrandVote, ErrandStamp, ErrandQuote}
)

// Release gives leave to tell of a post that was written here and stands. It is
// ErrCampOnly for one of the camp only, one from elsewhere, a letter (see
// ReleaseLetter), and kinds of errands that do not tell of a post.
func Release(p Post, do ErrandKind) (Outbound, error) {
	if p.ID == 0 || !p.Here() || !p.Audience.Leaves() || !slices.Contains(ownKinds, do) {
		return Outbound{}, fmt.Errorf("release post %s: %w", p.ID, ErrCampOnly)
	}
	if do == ErrandForward && p.Audience != AudiencePublic && p.Audience != AudienceQuiet { // what others said of it goes no further than that
		return Outbound{}, fmt.Errorf("hand on an answer to post %s: %w", p.ID, ErrCampOnly)
	}
	return Outbound{do: do, post: p.ID, audience: p.Audience}, nil
}

// ReleaseLetter is Release for a letter, and for nobody but those of the people
// elsewhere whom it names. It is ErrCampOnly where it names none of them.
func ReleaseLetter(p Post, do ErrandKind, to []Remote) (Outbound, error) {
	named := func(r Remote) bool { return r.ID != 0 && slices.Contains(p.Mentions, r.ID) }
	ok := p.ID != 0 && p.Here() && p.Audience == AudienceLetter && (do == ErrandPost || do == ErrandEdit || do == ErrandPoll)
	if !ok || len(to) == 0 || !all(to, named) {
		return Outbound{}, fmt.Errorf("release letter %s: %w", p.ID, ErrCampOnly)
	}
	return Outbound{do: do, post: p.ID, audience: p.Audience}, nil
}

func all(list []Remote, is func(Remote) bool) bool {
	return !slices.ContainsFunc(list, func(r Remote) bool { return !is(r) })
}

// ReleaseGone gives leave to take back what had been told before: the errand of a
// post that is gone, by the audience that it had had. That of a letter goes to
// nobody but those who had it.
func ReleaseGone(e Errand) (Outbound, error) {
	if e.Post == 0 || !e.Old.Leaves() && e.Old != AudienceLetter || !slices.Contains(goneKinds, e.Do) {
		return Outbound{}, fmt.Errorf("take back post %s: %w", e.Post, ErrCampOnly)
	}
	return Outbound{do: e.Do, post: e.Post, audience: e.Old}, nil
}

// ReleaseAct gives leave to tell of what somebody here did: that they follow,
// like, pass on, report, changed their profile. about is the post that it points
// at, nil where it points at none; a report of several asks once for each. It is
// ErrCampOnly where that post is of the camp only or a letter of this camp, and
// for kinds that tell of a post of this camp itself.
func ReleaseAct(do ErrandKind, about *Post) (Outbound, error) {
	if !slices.Contains(actKinds, do) || about == nil && slices.Contains(onPost, do) {
		return Outbound{}, fmt.Errorf("release an act: %w", ErrCampOnly)
	}
	if about == nil {
		return Outbound{do: do}, nil
	}
	theirs := about.Audience == AudienceLetter && !about.Here() && do != ErrandBoost
	if about.ID == 0 || !about.Audience.Leaves() && !theirs {
		return Outbound{}, fmt.Errorf("release an act on post %s: %w", about.ID, ErrCampOnly)
	}
	return Outbound{do: do, post: about.ID, audience: about.Audience}, nil
}

// Letter makes what goes out: an activity with its id, the id of what it is about
// (by which letters about the same thing find each other; "" for nothing), and
// its bytes. Of the zero Outbound it is no letter, which nobody takes.
func (o Outbound) Letter(by MemberID, uri, object string, body []byte) Letter {
	if o.do == 0 {
		return Letter{}
	}
	return Letter{row: LetterRow{URI: uri, Object: object, Body: body, By: by, Post: o.post, Audience: o.audience, Do: o.do}}
}

// Letter is an activity that may be sent. Only an Outbound makes one, and the
// store where it reads one back; the zero value is none.
type Letter struct{ row LetterRow }

// Leave reports whether the letter may be sent at all.
func (l Letter) Leave() bool { return l.row.Do != 0 }

// Row shows what the letter says; Body must not be changed.
func (l Letter) Row() LetterRow { return l.row }

// LetterRow is a letter as it is kept. To have one is no leave to send it.
type LetterRow struct {
	ID       uint64 // 0 before it is kept
	URI      string // the id of the activity
	Object   string // the id of what it is about; "" for nothing
	Body     []byte
	By       MemberID // whose key signs it, 0 for the camp's
	Post     PostID   // that it is about, 0 for none
	Audience Audience // of that post, 0 for none
	Do       ErrandKind
	At       time.Time
}

// LetterReadBack makes a letter of a row that was a letter when it was kept. It
// is for package store alone; a test holds everybody else to that.
func LetterReadBack(r LetterRow) Letter { return Letter{row: r} }

// Order is one letter to one inbox, until it is there or given up.
type Order struct {
	Letter uint64 // the id of its row
	Host   Domain // of the inbox
	Inbox  string
	Shared bool // the inbox is that of the whole server
	Do     ErrandKind
	Object uint64 // the beginning of the hash of Letter.Object, 0 for nothing
	Tries  int
	Next   time.Time // not before; zero for at once
	Last   string    // why the last try came to nothing: a locale key
}

// Road is what is known of how a server takes letters.
type Road struct {
	Host    Domain
	Failed  []int     // days since 1970 on which all failed since it last worked, at most 7
	Asleep  time.Time // nothing but a try a day since then; zero: awake
	Since   time.Time // of the first failure since it last worked; zero: it works
	Next    time.Time // nothing is sent before
	Success time.Time // last
	Slow    bool      // the last answer took long
	Form    SignForm  // of the signature that worked
	FormAt  time.Time // when that was found
	Last    string    // why the last try came to nothing: a locale key
}

// SignForm says which of the two kinds of signatures a server takes.
type SignForm uint8

// The forms.
const (
	SignNew SignForm = iota + 1 // RFC 9421
	SignOld                     // draft-cavage-http-signatures-12
)
