package fed

import (
	"slices"
	"strings"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/posts"
)

// What is kept of somebody or something from elsewhere (reliability.md 3). The
// shapes' own bounds are wider; these are what a page can show.
const (
	mostFields   = 8
	mostAlso     = 32
	mostMentions = 100
	mostTags     = 100
	mostFiles    = 16
	mostChoices  = 20
	shownName    = 100 // letters
)

// remoteOf is somebody elsewhere as the camp keeps them. What it cannot know
// from the document alone stays as it was: the number here, and the handle,
// which both sides must agree about.
func remoteOf(a *ap.Actor, was camp.Remote, now time.Time) camp.Remote {
	r := camp.Remote{
		ID: was.ID, Went: was.Went, URI: a.ID, Domain: camp.Domain(withoutPort(ap.HostOf(a.ID))), Name: a.Username, At: was.At, Kind: kindOf(a.Type),
		Display: camp.CleanLine(a.Display, shownName), About: a.About, Page: a.URL,
		Inbox: a.Inbox, Shared: a.Shared, Followers: a.Followers, Outbox: a.Outbox, Featured: a.Featured,
		Face: a.Icon, Banner: a.Image, Emoji: a.Emoji, Moved: a.Moved, Locked: a.Locked, Indexable: a.Indexable,
		Born: a.Published, Fetched: now,
		Fields: a.Fields[:min(len(a.Fields), mostFields)],
		Also:   a.Also[:min(len(a.Also), mostAlso)],
	}
	if was.Name != "" && was.Name != a.Username { // another name: to be agreed about anew
		r.At = ""
	}
	if r.Born.After(now) {
		r.Born = time.Time{}
	}
	for _, k := range a.Keys {
		if !k.Multi && k.Owner == a.ID {
			r.Keys = append(r.Keys, camp.RemoteKey{ID: k.ID, DER: k.DER})
		}
	}
	return r
}

func kindOf(kind string) camp.RemoteKind {
	switch kind {
	case "Group":
		return camp.RemoteGroup
	case "Service", "Application":
		return camp.RemoteProgram
	case "Organization":
		return camp.RemoteBody
	}
	return camp.RemotePerson
}

// written is a post from elsewhere as the camp keeps it, and what must still be
// looked up: whom it names and what it answers.
type written struct {
	post    camp.Post // without Author and Mentions
	named   []string  // ids, of here and elsewhere
	answers string
}

// mostThread is how long the name of a thread may be, in bytes.
const mostThread = 500

// writtenOf translates a post of somebody elsewhere.
func (n Names) writtenOf(p *ap.Post, author camp.Remote) written {
	out := written{
		answers: n.here(p.InReplyTo),
		post: camp.Post{
			Audience: p.Audience(author.Followers), URI: p.ID, Page: p.URL, Title: p.Title,
			Body: p.Content, Text: ap.Text(p.Content), Note: p.Summary, Language: p.Language, Sensitive: p.Sensitive,
			Written: p.Published, Emoji: p.Emoji, Quoted: n.here(p.Quote), Stamp: p.Stamp,
			Files: p.Files[:min(len(p.Files), mostFiles)], Links: p.Links,
		},
	}
	if e := p.Event; e != nil {
		out.post.Event = &camp.Occasion{Start: e.Start, End: e.End, Place: e.Place, Page: e.Page}
	}
	if len(p.Conversation) <= mostThread {
		out.post.Thread = p.Conversation
	}
	out.post.Policy = policyOf(p.Policy, author)
	if p.Poll != nil {
		poll := *p.Poll
		poll.Choices = slices.Clone(poll.Choices[:min(len(poll.Choices), mostChoices)])
		out.post.Poll = &poll
	}
	for _, t := range p.Hashtags[:min(len(p.Hashtags), mostTags)] {
		if tag := posts.FoldTag(t.Name); tag != "" && !slices.Contains(out.post.Tags, tag) {
			out.post.Tags = append(out.post.Tags, tag)
		}
	}
	name := func(id string) {
		if id != "" && id != author.URI && len(out.named) < mostMentions && !slices.Contains(out.named, id) {
			out.named = append(out.named, id)
		}
	}
	for _, m := range p.Mentions {
		name(m.Href)
	}
	for _, id := range p.Named() {
		if id != author.Followers {
			name(id)
		}
	}
	return out
}

// here gives the camp's own name for an address of a post of ours, and any other
// address as it is. What only looks like the camp's own name is nobody's.
func (n Names) here(address string) string {
	if id, ours := n.PostID(address); ours {
		return posts.LocalScheme + id.String()
	}
	if strings.HasPrefix(address, posts.LocalScheme) {
		return ""
	}
	return address
}

// policyOf keeps whom an author lets do what with a post of theirs.
func policyOf(said ap.Policy, author camp.Remote) (p camp.Policy) {
	for deed, rule := range map[camp.Deed]ap.Rule{camp.DeedReply: said.Reply, camp.DeedLike: said.Like, camp.DeedBoost: said.Announce, camp.DeedQuote: said.Quote} {
		if !rule.Stated() {
			continue
		}
		p = p.With(deed, slices.Contains(rule.Auto, ap.Public), author.Followers != "" && slices.Contains(rule.Auto, author.Followers))
		if slices.ContainsFunc(rule.Manual, func(id string) bool { return id != author.URI }) { // who exactly, their server knows
			p = p.WithAsk(deed)
		}
	}
	return p
}
