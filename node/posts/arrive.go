package posts

import (
	"slices"
	"strings"
	"time"

	"camp/node/camp"
)

// Arrival is a post from elsewhere, after it was checked who wrote it.
type Arrival struct {
	// Post has everything but ID, Root, ReplyTo, Quote and the counts. Its
	// Mentions are those whom it names or is addressed to, as far as known here.
	Post    camp.Post
	ReplyTo string // id of what it answers; "" for none
	// Asked says that somebody here wanted it: it is kept although nobody
	// follows its author, and tells nobody.
	Asked bool
	// Held says that the camp lets only followers see what comes from there.
	Held bool
}

// Arrive keeps a post from elsewhere if it concerns anybody here, and gives its
// id: 0 where it does not. One that is known already is left as it is.
func Arrive(tx Tx, a Arrival) (camp.PostID, []camp.Event, error) {
	p := a.Post
	if known, ok, err := tx.PostByURI(p.URI); err != nil || ok {
		return known.ID, nil, err
	}
	if gone, err := tx.Heard(p.URI, goneMark); err != nil || gone {
		return 0, nil, err
	}
	level, err := levelOf(tx, p)
	if err != nil || shutOut(level) || shutOut(levelAt(tx, a.ReplyTo)) || shutOut(levelAt(tx, p.Quoted)) { // what is brought is judged by these, too
		return 0, nil, err
	}
	a.Held = a.Held || level == camp.LevelLimit
	stripped(tx, level, &p)
	above, err := parent(tx, a.ReplyTo)
	if err != nil {
		return 0, nil, err
	}
	if above != nil && above.Audience == camp.AudienceCamp {
		above = nil // nobody outside can have seen it: not a word hangs on it
	}
	wanted, err := concerns(tx, a, above)
	if err != nil || !wanted {
		return 0, nil, err
	}
	p.Written = clip(tx, p.Written)
	id, err := tx.IDAt(p.Written, func(id uint64) (bool, error) {
		_, taken, err := tx.Post(camp.PostID(id))
		return taken, err
	})
	if err != nil {
		return 0, nil, err
	}
	p.ID, p.Root = camp.PostID(id), camp.PostID(id)
	if above != nil {
		p.ReplyTo, p.Root = above.ID, above.Root
	} else {
		p.Answers = a.ReplyTo
	}
	if err := quoted(tx, &p); err != nil {
		return 0, nil, err
	}
	if err := tx.PutPost(p, nil); err != nil {
		return 0, nil, err
	}
	events, err := arrived(tx, p, above, a)
	if err != nil {
		return 0, nil, err
	}
	more, err := Adopt(tx, p.URI, p)
	return p.ID, append(events, more...), err
}

// goneMark stands for the end of something elsewhere, beside its id.
const goneMark = "\x00gone"

// clip keeps times that strangers gave within what is possible.
func clip(tx Tx, t time.Time) time.Time {
	if now := tx.Now(); t.After(now) || t.IsZero() {
		return now
	}
	if first := time.Date(2007, 1, 1, 0, 0, 0, 0, time.UTC); t.Before(first) {
		return first
	}
	return t.UTC().Truncate(time.Millisecond)
}

// parent gives what an id stands for, from elsewhere or from here (see LocalID).
func parent(tx Tx, uri string) (*camp.Post, error) {
	if uri == "" {
		return nil, nil
	}
	p, ok, err := tx.PostByURI(uri)
	if err == nil && !ok {
		if id, local := LocalID(uri); local {
			p, ok, err = tx.Post(id)
			ok = ok && p.Here() && p.BoostOf == 0
		}
	}
	if err != nil || !ok {
		return nil, err
	}
	return &p, nil
}

// LocalScheme begins what federation writes in place of an address of this
// camp's own, once it found that it is one: then come the 18 digits.
const LocalScheme = "here:"

// LocalID reads such an id.
func LocalID(uri string) (camp.PostID, bool) {
	digits, ok := strings.CutPrefix(uri, LocalScheme)
	if !ok {
		return 0, false
	}
	id, err := camp.ParsePostID(digits)
	return id, err == nil
}

// concerns decides whether a post from elsewhere is kept (federation.md 5:
// strangers cannot fill the disk).
func concerns(tx Tx, a Arrival, above *camp.Post) (bool, error) {
	if a.Asked {
		return true, nil
	}
	followers, err := tx.FollowersOf(a.Post.Author, 0, 0)
	if err != nil {
		return false, err
	}
	followed := slices.ContainsFunc(followers, func(f camp.Follow) bool { return f.Accepted })
	if followed && a.Post.Audience != camp.AudienceLetter { // a letter concerns those whom it names
		return true, nil
	}
	for _, id := range a.Post.Mentions {
		m, here, err := tx.Member(id)
		if err != nil {
			return false, err
		}
		if !here || !m.Standing.In() {
			continue
		}
		if !a.Held {
			return true, nil
		}
		// Of a limited server: letters, which wait for the member's word, and what
		// comes from those whom the member lets through.
		if ok, err := tx.Welcome(id, a.Post.Author); err != nil || ok || a.Post.Audience == camp.AudienceLetter {
			return err == nil, err
		}
	}
	return above != nil && above.Here() && !a.Held && a.Post.Audience != camp.AudienceLetter, nil
}

func arrived(tx Tx, p camp.Post, above *camp.Post, a Arrival) ([]camp.Event, error) {
	events, err := countReply(tx, p, +1)
	if err != nil {
		return nil, err
	}
	if p.ReplyTo != 0 { // for whoever has the conversation open
		events = append(events, camp.Event{Kind: camp.EventPost, Post: p.ID, Root: p.Root, Member: p.Author})
	}
	if a.Asked {
		return events, nil
	}
	more, err := fanOut(tx, p, above)
	if err != nil {
		return nil, err
	}
	events = append(events, more...)
	var told []camp.MemberID
	if above != nil && above.Here() && slices.Contains(p.Mentions, above.Author) {
		told = append(told, above.Author)
		err := tell(tx, above.Author, camp.Notice{Kind: camp.NoticeReply, From: p.Author, Post: p.ID}, p, &events)
		if err != nil {
			return nil, err
		}
	}
	for _, to := range p.Mentions {
		if slices.Contains(told, to) {
			continue
		}
		err := tell(tx, to, camp.Notice{Kind: camp.NoticeMention, From: p.Author, Post: p.ID}, p, &events)
		if err != nil {
			return nil, err
		}
	}
	return events, nil
}

// Change puts a newer state in place of a post from elsewhere, which its author
// sent; the one before is kept. A poll's counts change without a trace. One that
// is not known, or not older, stays as it is.
func Change(tx Tx, a Arrival, updated time.Time) ([]camp.Event, error) {
	old, ok, err := tx.PostByURI(a.Post.URI)
	if err != nil || !ok || old.Author != a.Post.Author {
		return nil, err
	}
	level, err := levelOf(tx, old)
	if err != nil || shutOut(level) {
		return nil, err
	}
	stripped(tx, level, &a.Post)
	p, n := old, a.Post
	p.Poll = counted(old.Poll, n.Poll)
	if updated.IsZero() || !updated.After(last(old)) || same(old, n) {
		if p.Poll == nil || p.Poll == old.Poll {
			return nil, nil
		}
		return []camp.Event{{Kind: camp.EventCounts, Post: p.ID, Root: p.Root, Member: p.Author}}, tx.PutPost(p, &old)
	}
	p.Title, p.Body, p.Text, p.Note, p.Sensitive, p.Language = n.Title, n.Body, n.Text, n.Note, n.Sensitive, n.Language
	p.Event, p.Links = n.Event, n.Links
	p.Files, p.Emoji, p.Tags, p.Page, p.Mentions, p.Policy = n.Files, n.Emoji, n.Tags, n.Page, n.Mentions, n.Policy
	if p.Poll == old.Poll {
		p.Poll = n.Poll
	}
	if n.Audience.Wider(old.Audience) { // whom it is for only ever narrows
		n.Audience = old.Audience
	}
	p.Audience = n.Audience
	if n.Quoted != old.Quoted || n.Stamp != old.Stamp {
		p.Quoted, p.Stamp, p.Quote = n.Quoted, n.Stamp, 0
		if err := quoted(tx, &p); err != nil {
			return nil, err
		}
	}
	p.Edited = clip(tx, updated)
	return changed(tx, p, old)
}

// counted gives a poll with newer counts, the old one itself where the newer has
// other choices: whoever changes those changes the post.
func counted(old, n *camp.Poll) *camp.Poll {
	if old == nil || n == nil || !slices.EqualFunc(old.Choices, n.Choices, func(a, b camp.Choice) bool { return a.Text == b.Text }) {
		return old
	}
	p := *n
	p.Voters = max(p.Voters, 0)
	return &p
}

// same reports whether a newer state says and shows the same: some servers send
// one for each like or view (federation.md 14, PeerTube).
func same(old, n camp.Post) bool {
	return old.Title == n.Title && old.Body == n.Body && old.Note == n.Note && old.Sensitive == n.Sensitive && old.Quoted == n.Quoted && old.Stamp == n.Stamp &&
		old.Audience == n.Audience && old.Policy == n.Policy && slices.Equal(old.Files, n.Files) && slices.Equal(old.Tags, n.Tags) && old.Event.Same(n.Event) && slices.Equal(old.Links, n.Links) && (old.Poll == nil) == (n.Poll == nil) &&
		(old.Poll == nil || counted(old.Poll, n.Poll) != old.Poll)
}

func last(p camp.Post) time.Time {
	if p.Edited.IsZero() {
		return p.Written
	}
	return p.Edited
}

func changed(tx Tx, p, old camp.Post) ([]camp.Event, error) {
	had, err := tx.Revisions(old.ID)
	if err != nil {
		return nil, err
	}
	if len(had) < farRevisions { // who changes a post without end fills no disk
		err := tx.PutRevision(old.ID, len(had), camp.Revision{At: last(old), Note: old.Note, Body: old.Body})
		if err != nil {
			return nil, err
		}
	}
	if err := tx.PutPost(p, &old); err != nil {
		return nil, err
	}
	events := []camp.Event{{Kind: camp.EventPostEdited, Post: p.ID, Root: p.Root, Member: p.Author}}
	told, err := tx.NoticesAbout(p.ID)
	if err != nil {
		return nil, err
	}
	for _, to := range p.Mentions {
		// Whoever names somebody again and again tells them once.
		again := func(n camp.NoticeTo) bool { return n.To == to && n.Kind == camp.NoticeMention && n.From == p.Author }
		if slices.Contains(old.Mentions, to) || slices.ContainsFunc(told, again) {
			continue
		}
		err := tell(tx, to, camp.Notice{Kind: camp.NoticeMention, From: p.Author, Post: p.ID}, p, &events)
		if err != nil {
			return nil, err
		}
	}
	about, err := tx.NoticesAbout(p.ID)
	if err != nil {
		return nil, err
	}
	return events, tellEdited(tx, p, about, &events)
}

// farRevisions is how many earlier states of a post from elsewhere are kept.
const farRevisions = 20

// Gone takes away a post from elsewhere that its author took back; author is
// checked here. A mark stays, so that a copy that comes late does nothing.
func Gone(tx Tx, author camp.MemberID, uri string) ([]camp.Event, error) {
	if err := tx.PutHeard(uri, goneMark); err != nil {
		return nil, err
	}
	p, ok, err := tx.PostByURI(uri)
	if err != nil || !ok || p.Author != author {
		return nil, err
	}
	return takeAway(tx, p, author)
}

// Forget takes away a post from elsewhere whoever wrote it: its server says
// that it is no more, or the camp keeps that server away.
func Forget(tx Tx, p camp.Post) ([]camp.Event, error) {
	if p.Here() {
		return nil, nil
	}
	return takeAway(tx, p, p.Author)
}

// FarReact is FarLike with what came with the like, which is kept with a new one.
func FarReact(tx Tx, who camp.MemberID, p camp.Post, r camp.Reaction) ([]camp.Event, error) {
	has, err := tx.Favourite(who, p.ID)
	if err != nil || has {
		return nil, err
	}
	events, err := FarLike(tx, who, p, true)
	if err != nil {
		return nil, err
	}
	return events, tx.PutReaction(who, p.ID, r)
}

// FarLike marks that somebody elsewhere likes a post, or no more. Only what
// they can have seen can be liked; what they liked can always be taken back.
func FarLike(tx Tx, who camp.MemberID, p camp.Post, on bool) ([]camp.Event, error) {
	if on {
		ok, err := farSees(tx, who, p)
		if err != nil || !ok {
			return nil, err
		}
	}
	has, err := tx.Favourite(who, p.ID)
	if err != nil || has == on {
		return nil, err
	}
	if on {
		return like(tx, who, p)
	}
	return unlike(tx, who, p)
}

// farSees reports whether somebody elsewhere may know a post written here, or
// one from elsewhere at all.
func farSees(tx Tx, who camp.MemberID, p camp.Post) (bool, error) {
	if level, err := levelOfPerson(tx, who); err != nil || shutOut(level) {
		return false, err
	}
	switch p.Audience {
	case camp.AudiencePublic, camp.AudienceQuiet:
	case camp.AudienceFollowers:
		if p.Author == who {
			break
		}
		if f, ok, err := tx.Follow(who, p.Author); err != nil || !ok || !f.Accepted {
			if slices.Contains(p.Mentions, who) {
				break
			}
			return false, err
		}
	case camp.AudienceLetter:
		if !slices.Contains(p.Mentions, who) {
			return false, nil
		}
	default:
		return false, nil
	}
	a, err := tx.Apart(p.Author, who)
	return !a.Hidden(), err
}

// FarSees is farSees for those who answer for a post at an address of its own.
func FarSees(tx Tx, who camp.MemberID, p camp.Post) (bool, error) { return farSees(tx, who, p) }

// FarBoost keeps that somebody elsewhere passes a post on. uri is the id of that.
func FarBoost(tx Tx, who camp.MemberID, of camp.Post, uri string, at time.Time) ([]camp.Event, error) {
	if of.BoostOf != 0 || !of.Audience.Leaves() || of.Audience == camp.AudienceFollowers && of.Author != who {
		return nil, nil
	}
	if ok, err := farSees(tx, who, of); err != nil || !ok {
		return nil, err
	}
	if level, err := levelOf(tx, of); err != nil || shutOut(level) {
		return nil, err
	}
	if _, has, err := tx.Boost(of.ID, who); err != nil || has {
		return nil, err
	}
	if gone, err := tx.Heard(uri, goneMark); err != nil || gone {
		return nil, err
	}
	b := camp.Post{Author: who, Audience: of.Audience, BoostOf: of.ID, URI: uri, Written: clip(tx, at)}
	id, err := tx.IDAt(b.Written, func(id uint64) (bool, error) {
		_, taken, err := tx.Post(camp.PostID(id))
		return taken, err
	})
	if err != nil {
		return nil, err
	}
	b.ID, b.Root = camp.PostID(id), camp.PostID(id)
	return passOn(tx, b, of)
}

// FarUnboost takes that back.
func FarUnboost(tx Tx, who camp.MemberID, of camp.Post) ([]camp.Event, error) {
	id, has, err := tx.Boost(of.ID, who)
	if err != nil || !has {
		return nil, err
	}
	return unboost(tx, id)
}

// FarVote counts a choice of somebody elsewhere, named by its text, in a poll
// made here.
func FarVote(tx Tx, who camp.MemberID, p camp.Post, choice string) ([]camp.Event, error) {
	if p.Poll == nil || !p.Here() {
		return nil, nil
	}
	if ok, err := farSees(tx, who, p); err != nil || !ok {
		return nil, err
	}
	i := slices.IndexFunc(p.Poll.Choices, func(c camp.Choice) bool { return c.Text == choice })
	if i < 0 {
		return nil, nil
	}
	events, err := vote(tx, who, p, []int{i})
	if f := camp.AsFault(err); f != nil && f.Kind == camp.Conflict {
		return nil, nil // too late, or once more
	}
	return events, err
}
