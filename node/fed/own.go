package fed

import (
	"errors"
	"slices"
	"strings"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/posts"
	"camp/node/sig"
)

// OwnTx is what is read to show others what is here.
type OwnTx interface {
	Now() time.Time
	Member(id camp.MemberID) (m camp.Member, ok bool, err error)
	MemberByName(name string) (m camp.Member, ok bool, err error)
	Remote(id camp.MemberID) (r camp.Remote, ok bool, err error)
	Post(id camp.PostID) (p camp.Post, ok bool, err error)
}

// shaper puts what is of this camp into the shapes that others read. may is the
// border's word about a server: of one that is shut out nobody is named.
type shaper struct {
	n   Names
	may func(host camp.Domain) error
}

// itself is the camp's own actor, which signs what no member does (FEP-d556).
func (s shaper) itself(title string, key sig.Key) (*ap.Actor, error) {
	keys, err := keyOf(key, s.n.Camp())
	return &ap.Actor{
		Type: "Application", ID: s.n.Camp(), Username: string(s.n.Domain), Display: title, URL: s.n.at("/"), Locked: true,
		Inbox: s.n.Shared(), Outbox: s.n.Camp() + "/outbox", Shared: s.n.Shared(), Webfinger: s.n.Acct(string(s.n.Domain)), Keys: keys,
	}, err
}

// keyOf shows a key in both ways in which others look for it: as publicKey, and
// under the same id as a Multikey (FEP-521a).
func keyOf(key sig.Key, owner string) ([]ap.Key, error) {
	der, err := key.SPKI()
	return []ap.Key{{ID: key.ID, Owner: owner, DER: der}, {ID: key.ID, Owner: owner, DER: der, Multi: true}}, err
}

// person is a member (federation.md 3). That others may list them or search what
// they wrote is no unless they said yes.
func (s shaper) person(tx OwnTx, m camp.Member, key sig.Key) (*ap.Actor, error) {
	keys, err := keyOf(key, s.n.Actor(m.Name))
	if err != nil {
		return nil, err
	}
	about, err := s.spans(tx, m.About, nil, nil)
	if err != nil {
		return nil, err
	}
	a := &ap.Actor{
		Type: "Person", ID: s.n.Actor(m.Name), Username: m.Name, Display: m.Display, About: ap.HTML(about), URL: s.n.Page(m.Name),
		Inbox: s.n.Of(m.Name, "inbox"), Outbox: s.n.Of(m.Name, "outbox"), Followers: s.n.Of(m.Name, "followers"),
		Following: s.n.Of(m.Name, "following"), Featured: s.n.Of(m.Name, "featured"), FeaturedTags: s.n.Of(m.Name, "tags"), Shared: s.n.Shared(),
		Published: m.Joined.UTC().Truncate(24 * time.Hour), Locked: m.Locked, Discoverable: m.Discoverable, Indexable: m.Indexable, Also: m.Also, Moved: m.Moved,
		Webfinger: s.n.Acct(m.Name), Keys: keys,
	}
	if m.Picture != "" {
		a.Icon = s.n.Media(m.Picture)
	}
	return a, nil
}

// party is somebody whom a post names or goes to.
type party struct {
	id, page, name string       // name as in "@ana@far.example", without the first @
	short          string       // before the second @
	far            *camp.Remote // nil for a member
}

// parties gives those of a post's mentions whom others can know, without its author.
func (s shaper) parties(tx OwnTx, p camp.Post) (list []party, err error) {
	for _, id := range p.Mentions {
		if id == p.Author {
			continue
		}
		m, here, err := tx.Member(id)
		if err != nil {
			return nil, err
		}
		if here {
			if reachable(m) {
				list = append(list, party{id: s.n.Actor(m.Name), page: s.n.Page(m.Name), name: s.n.Acct(m.Name), short: m.Name})
			}
			continue
		}
		r, ok, err := tx.Remote(id)
		if err != nil {
			return nil, err
		}
		if ok && s.reaches(r) {
			page := r.Page
			if page == "" {
				page = r.URI
			}
			list = append(list, party{id: r.URI, page: page, name: r.Handle(), short: r.Name, far: &r})
		}
	}
	return list, nil
}

// reaches reports whether anything may go to somebody elsewhere: they are there,
// on a server that is not shut out, with an inbox on their own host
// (federation.md 11).
func (s shaper) reaches(r camp.Remote) bool {
	host := ap.HostOf(r.URI)
	return r.Gone.IsZero() && host != "" && ap.HostOf(r.Inbox) == host && s.may(camp.Domain(withoutPort(host))) == nil
}

// spans cuts a text and finds what its pieces lead to. Of people elsewhere only
// those among list are known; of tags only those in tags, nil for all.
func (s shaper) spans(tx OwnTx, text string, list []party, tags []string) ([]ap.Span, error) {
	var out []ap.Span
	for _, sp := range posts.Spans(text) {
		to := ap.Span{Text: sp.Text}
		switch sp.Kind {
		case posts.SpanLink:
			to.Kind, to.Href = ap.SpanLink, sp.Ref
		case posts.SpanTag:
			if tags == nil || slices.Contains(tags, sp.Ref) {
				to.Kind, to.Href, to.Name = ap.SpanTag, s.n.TagPage(sp.Ref), strings.TrimPrefix(sp.Text, "#")
			}
		case posts.SpanMention:
			m, ok, err := tx.MemberByName(sp.Ref)
			if err != nil {
				return nil, err
			}
			if ok && reachable(m) {
				to.Kind, to.Href, to.Name = ap.SpanMention, s.n.Page(m.Name), m.Name
			}
		case posts.SpanFar:
			for _, who := range list {
				if who.far != nil && strings.EqualFold(who.name, sp.Ref) {
					to.Kind, to.Href, to.Name = ap.SpanMention, who.page, who.short
				}
			}
		case posts.SpanPlain:
		}
		out = append(out, to)
	}
	return out, nil
}

// errNobody is returned for a letter that nobody elsewhere is to have (any more).
var errNobody = errors.New("fed: nobody to write to")

// leave takes the leave for telling of a post, and of a letter to whom.
func (s shaper) leave(p camp.Post, do camp.ErrandKind, list []party) (camp.Outbound, error) {
	if p.Audience != camp.AudienceLetter {
		return camp.Release(p, do)
	}
	var to []camp.Remote
	for _, who := range list {
		if who.far != nil {
			to = append(to, *who.far)
		}
	}
	if len(to) == 0 && p.Here() {
		return camp.Outbound{}, errNobody
	}
	return camp.ReleaseLetter(p, do, to)
}

// released is a post that may leave, in its shape.
type released struct {
	leave   camp.Outbound
	post    *ap.Post
	parties []party
}

// post gives the shape of a post that was written here, if it may be told with
// this errand: camp.ErrCampOnly, or errNobody, where not (federation.md 7, 8).
func (s shaper) post(tx OwnTx, p camp.Post, author camp.Member, do camp.ErrandKind) (r released, err error) {
	if r.parties, err = s.parties(tx, p); err != nil {
		return r, err
	}
	if r.leave, err = s.leave(p, do, r.parties); err != nil {
		return r, err
	}
	me, id := s.n.Actor(author.Name), s.n.Post(p.ID)
	note := &ap.Post{
		Type: "Note", ID: id, AttributedTo: []string{me}, Published: p.Written, Updated: p.Edited, URL: s.n.PostPage(author.Name, p.ID),
		Summary: p.Note, Sensitive: p.Sensitive || p.Note != "", Language: p.Language, Source: p.Text, ReplyCount: -1, LikeCount: -1, ShareCount: -1,
	}
	var ids []string
	for _, who := range r.parties {
		ids = append(ids, who.id)
		note.Mentions = append(note.Mentions, ap.Mention{Href: who.id, Name: "@" + who.name})
		if who.far != nil && who.far.Kind == camp.RemoteGroup && open(p.Audience) { // said in its place too (FEP-1b12)
			note.Groups = append(note.Groups, who.id)
		}
	}
	if note.To, note.Cc, err = ap.Address(p.Audience, s.n.Of(author.Name, "followers"), ids); err != nil {
		return r, err
	}
	note.Policy.Quote.Auto = []string{me}
	if open(p.Audience) {
		note.Policy.Quote.Auto = []string{ap.Public}
	}
	if p.Audience.Leaves() {
		note.Replies, note.Likes, note.Shares = s.n.Below(p.ID, "replies"), s.n.Below(p.ID, "likes"), s.n.Below(p.ID, "shares")
		note.LikeCount, note.ShareCount = p.Favourites, p.Boosts
	}
	for _, pic := range p.Pictures {
		note.Files = append(note.Files, camp.File{URL: s.n.Media(pic.ID), Type: pic.Type, Alt: pic.Alt, Width: pic.Width, Height: pic.Height, Blur: pic.Blur})
	}
	s.poll(tx, note, p.Poll)
	r.post = note
	for _, fill := range []func(OwnTx, camp.Post, released) error{s.thread, s.quote, s.words} {
		if err := fill(tx, p, r); err != nil {
			return r, err
		}
	}
	return r, nil
}

// open reports whether strangers may read what is for this audience.
func open(a camp.Audience) bool { return a == camp.AudiencePublic || a == camp.AudienceQuiet }

func (s shaper) poll(tx OwnTx, note *ap.Post, poll *camp.Poll) {
	if poll == nil {
		return
	}
	mine := *poll
	mine.Closed = mine.Over(tx.Now())
	note.Type, note.Poll = "Question", &mine
}

// thread says what the post answers, as far as others may know that. What is for
// the camp is named nowhere, nor is what is gone: nobody knows what it was for.
func (s shaper) thread(tx OwnTx, p camp.Post, r released) error {
	above, ok, err := tx.Post(p.ReplyTo)
	switch {
	case err != nil:
		return err
	case !ok && p.Answers != "" && !s.shut(p.Answers):
		r.post.InReplyTo = p.Answers
	case ok && !above.Here() && !s.shut(above.URI):
		r.post.InReplyTo = above.URI
	case ok && above.Here() && (above.Audience.Leaves() || sharedLetter(above, p, r.parties)):
		r.post.InReplyTo = s.n.Post(above.ID)
	}
	root, ok, err := tx.Post(p.Root)
	if err == nil && ok && root.Here() && root.Audience.Leaves() && p.Audience.Leaves() {
		r.post.Context = s.n.Below(root.ID, "context")
		r.post.Conversation = r.post.Context
	}
	if r.post.Conversation == "" && r.post.InReplyTo != "" && !s.shut(p.Thread) { // who may not know what it answers learns no name of it
		r.post.Conversation = p.Thread
	}
	return err
}

// sharedLetter reports whether all who get a letter elsewhere had the one that it answers.
func sharedLetter(above, p camp.Post, list []party) bool {
	if above.Audience != camp.AudienceLetter || p.Audience != camp.AudienceLetter {
		return false
	}
	return !slices.ContainsFunc(list, func(who party) bool {
		return who.far != nil && who.far.ID != above.Author && !slices.Contains(above.Mentions, who.far.ID)
	})
}

// quote names the quoted post, if others may know it.
func (s shaper) quote(tx OwnTx, p camp.Post, r released) error {
	of, ok, err := tx.Post(p.Quote)
	if err != nil || !ok || !of.Audience.Leaves() {
		return err
	}
	id, page := of.URI, of.Page
	if of.Here() {
		by, ok, err := tx.Member(of.Author)
		if err != nil || !ok || !reachable(by) {
			return err
		}
		id, page = s.n.Post(of.ID), s.n.PostPage(by.Name, of.ID)
	} else if s.shut(id) {
		return nil
	}
	if page == "" {
		page = id
	}
	r.post.Quote, r.post.Stamp = id, p.Stamp
	r.post.Content = ap.QuoteLink(page)
	return nil
}

// words writes the text, with its links, and its tags.
func (s shaper) words(tx OwnTx, p camp.Post, r released) error {
	tags := p.Tags
	if tags == nil {
		tags = []string{}
	}
	spans, err := s.spans(tx, p.Text, r.parties, tags)
	if err != nil {
		return err
	}
	r.post.Content += ap.HTML(spans)
	seen := map[string]bool{}
	for _, sp := range spans {
		if sp.Kind == ap.SpanTag && !seen[sp.Href] {
			seen[sp.Href] = true
			r.post.Hashtags = append(r.post.Hashtags, ap.Hashtag{Name: sp.Name, Href: sp.Href})
		}
	}
	return nil
}
