package fed

import (
	"fmt"
	"slices"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/posts"
)

// theirs gives the post that an activity holds whole, if it is by who acts.
func (w *taking) theirs(a *ap.Activity) (*ap.Post, bool) {
	p := a.Object.Post
	ok := p != nil && ap.SameHost(p.ID, a.Actor) && slices.Contains(p.AttributedTo, a.Actor) && ap.SameHost(p.By(), a.Actor)
	if !ok {
		return p, false
	}
	act, own := slices.Concat(a.To, a.Cc, a.Bto, a.Bcc), p.Named()
	if len(own) == 0 && !slices.Contains(slices.Concat(p.To, p.Cc, p.Bto, p.Bcc), ap.Public) { // it leaves that to the act (ActivityPub §6.2)
		p.To, p.Cc, p.Bto, p.Bcc = a.To, a.Cc, a.Bto, a.Bcc
	}
	if len(act) > 0 {
		w.reach = a.Reach(w.who.Followers)
	}
	return p, true
}

// arrival translates a post by who acts, and looks up whom it names.
func (w *taking) arrival(p *ap.Post) (posts.Arrival, error) {
	out := w.t.o.Names.writtenOf(p, w.who)
	out.post.Author = w.who.ID
	if p.Type == "ChatMessage" { // Pleroma's: for the one it is sent to
		out.post.Audience = camp.AudienceLetter
	}
	if w.reach != 0 && out.post.Audience.Wider(w.reach) {
		out.post.Audience = w.reach
	}
	for _, id := range out.named {
		m, ok, err := w.ours(id)
		if err != nil {
			return posts.Arrival{}, err
		}
		if ok {
			out.post.Mentions = append(out.post.Mentions, m.ID)
			continue
		}
		r, ok, err := w.tx.RemoteByURI(id)
		if err != nil {
			return posts.Arrival{}, err
		}
		if ok {
			out.post.Mentions = append(out.post.Mentions, r.ID)
		}
	}
	return posts.Arrival{Post: out.post, ReplyTo: out.answers, Held: w.held}, nil
}

// keep keeps a post by who acts, if it concerns anybody here or was asked for,
// and gives its number, 0 where it is not kept. depth is as needs has it.
func (w *taking) keep(p *ap.Post, asked bool, depth int) (camp.PostID, []camp.Event, error) {
	if !w.kept && w.who.ID == 0 { // a number to write it under; it stays unused where it is not kept
		w.who.ID = camp.MemberID(w.tx.NextID())
	}
	in, err := w.arrival(p)
	if err != nil {
		return 0, nil, err
	}
	in.Asked = asked
	id, events, err := posts.Arrive(w.in, in)
	if err != nil || id == 0 {
		return 0, nil, err
	}
	if err := w.known(); err != nil {
		return 0, nil, err
	}
	return id, events, w.needs(id, depth)
}

func (w *taking) create(a *ap.Activity) ([]camp.Event, error) {
	p, ok := w.theirs(a)
	switch {
	case p == nil && (a.Object.ID == "" || !w.kept || a.Object.Type != ""):
		return nil, nil
	case !ok:
		return nil, w.fetchInstead(a)
	case w.t.ended.has(a.Actor, p.ID):
		return nil, nil // taken back before it came
	case p.Vote != "":
		return w.vote(p)
	}
	id, events, err := w.keep(p, false, 0)
	if err != nil || id == 0 {
		return events, err
	}
	kept, ok, err := w.tx.Post(id)
	if err != nil || !ok {
		return events, err
	}
	more, err := w.forward(a, kept)
	return append(events, more...), err
}

// fetchInstead wants the post from its own server in place of a copy that who
// acts cannot speak for (FEP-fe34). Of strangers, who might have us ask anybody
// for anything, it is refused.
func (w *taking) fetchInstead(a *ap.Activity) error {
	id := a.Object.ID
	if !w.kept || ap.HostOf(id) == "" || hostName(id) == w.t.o.Names.Domain {
		return fmt.Errorf("%w: the post is not by them", ErrDisowned)
	}
	return w.want(camp.Wanted{Do: camp.WantedPost, URI: id})
}

func (w *taking) vote(p *ap.Post) ([]camp.Event, error) {
	poll, ok, err := w.post(p.InReplyTo)
	if err != nil || !ok || poll.Poll == nil || !poll.Here() {
		return nil, err
	}
	if err := w.known(); err != nil {
		return nil, err
	}
	return posts.FarVote(w.in, w.who.ID, poll, p.Vote)
}

func (w *taking) update(a *ap.Activity) ([]camp.Event, error) {
	if !w.kept {
		return nil, nil
	}
	if a.Object.ID == a.Actor {
		return nil, w.introduce(a.Object.Actor)
	}
	p, ok := w.theirs(a)
	if p == nil && a.Object.Type != "" {
		return nil, nil
	}
	if !ok {
		if !ap.SameHost(a.Object.ID, a.Actor) {
			return nil, fmt.Errorf("%w: the post is of another host", ErrDisowned)
		}
		if _, known, err := w.tx.PostByURI(a.Object.ID); err != nil || !known {
			return nil, err
		}
		return nil, w.fetchInstead(a)
	}
	events, err := w.change(p)
	if err != nil || len(events) == 0 {
		return events, err
	}
	now, ok, err := w.tx.PostByURI(p.ID)
	if err != nil || !ok {
		return events, err
	}
	more, err := w.forward(a, now)
	return append(events, more...), err
}

// introduce takes what somebody says about themselves, at once; keys change by
// fetching alone (reliability.md 5), which is asked for.
func (w *taking) introduce(a *ap.Actor) error {
	if a != nil && a.Inbox != "" {
		was := w.who
		w.who = remoteOf(a, was, w.now)
		w.who.Keys, w.who.Fetched = was.Keys, was.Fetched
		if err := w.tx.PutRemote(w.who, &was); err != nil {
			return err
		}
	}
	return w.refresh()
}

// change puts a newer state in place of a post that is known.
func (w *taking) change(p *ap.Post) ([]camp.Event, error) {
	in, err := w.arrival(p)
	if err != nil {
		return nil, err
	}
	events, err := posts.Change(w.in, in, p.Updated)
	if err != nil {
		return nil, err
	}
	now, ok, err := w.tx.PostByURI(p.ID)
	if err != nil || !ok || now.Author != w.who.ID || now.Quoted != in.Post.Quoted {
		return events, err
	}
	return events, w.needsQuote(now, p.Stamp) // the yes may have come since
}

func (w *taking) delete(a *ap.Activity) ([]camp.Event, error) {
	id := a.Object.ID
	if id == "" {
		return nil, nil
	}
	if !ap.SameHost(id, a.Actor) {
		if !w.kept {
			return nil, nil
		}
		return nil, fmt.Errorf("%w: it is of another host", ErrDisowned)
	}
	if !w.kept {
		w.t.ended.add(a.Actor, id)
		return nil, nil
	}
	if id == a.Actor {
		return w.end()
	}
	var told []camp.Event
	if p, ok, err := w.tx.PostByURI(id); err != nil {
		return nil, err
	} else if ok {
		if told, err = w.forward(a, p); err != nil {
			return nil, err
		}
	}
	events, err := posts.Gone(w.in, w.who.ID, id)
	if err != nil {
		return nil, err
	}
	events = append(events, told...)
	more, err := posts.QuoteTakenBack(w.in, w.who.ID, id)
	return append(events, more...), err
}

// end takes away somebody whose server says that they are no more.
func (w *taking) end() ([]camp.Event, error) {
	was := w.who
	w.who.Gone = w.now
	if err := w.tx.PutRemote(w.who, &was); err != nil {
		return nil, err
	}
	return posts.FarGone(w.in, w.who)
}
