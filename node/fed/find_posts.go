package fed

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/outside"
)

// Post gives the post at an address that a member pasted: its id, or its page.
// One of this camp is given as it is; whether it may be read is decided where it
// is read. Faults as those of Person.
func (f *Finder) Post(ctx context.Context, by camp.Actor, address string) (camp.PostID, error) {
	address = strings.TrimSpace(address)
	as, err := f.asker(ctx, by)
	if err != nil {
		return 0, err
	}
	host := hostName(address)
	if host == "" || len(address) > maxTyped {
		return 0, camp.NewFault(camp.Invalid, "fed.no_address.say", nil)
	}
	if id, ours := f.g.t.o.Names.PostID(address); ours {
		p, err := f.o.Sees(ctx, by, id)
		return p.ID, err
	}
	if err := f.open(host); err != nil {
		return 0, err
	}
	var known camp.Post
	var ok bool
	err = f.g.store.View(ctx, func(tx TakeTx) (err error) { known, ok, err = tx.PostByURI(address); return err })
	if err != nil || ok && known.BoostOf == 0 {
		return known.ID, err
	}
	return once(f, "post:"+as.String()+address, func() (camp.PostID, error) { return f.fetchPost(ctx, as, address, host) })
}

func (f *Finder) fetchPost(ctx context.Context, as camp.MemberID, address string, host camp.Domain) (id camp.PostID, err error) {
	ctx, end := context.WithTimeout(ctx, findTime)
	defer end()
	x, err := f.g.pasted(ctx, as, address)
	if err != nil {
		return 0, f.fault(err, string(host))
	}
	got, err := f.g.postOf(ctx, as, x)
	if err != nil {
		return 0, f.fault(err, string(host))
	}
	nobody := f.fault(&GoneError{}, string(host))
	err = f.g.t.run(ctx, func(w *taking) (events []camp.Event, err error) {
		if err := w.as(got.from); err != nil {
			return nil, err
		}
		if ok, err := w.shows(got.post, as); err != nil || !ok {
			return nil, orFault(err, nobody)
		}
		if id, events, err = w.keep(got.post, true, 0); err == nil && id == 0 {
			err = nobody
		}
		return events, err
	})
	return id, err
}

// shows reports whether a post that a member asked for by their own key may be
// kept for them: everybody may read it, or they may.
func (w *taking) shows(p *ap.Post, as camp.MemberID) (bool, error) {
	if forAll(p, w.who.Followers) {
		return true, nil
	}
	in, err := w.arrival(p)
	if err != nil {
		return false, err
	}
	for _, id := range in.Post.Mentions {
		if id == as {
			return true, nil
		}
	}
	fo, ok, err := w.tx.Follow(as, w.who.ID)
	return ok && fo.Accepted && in.Post.Audience == camp.AudienceFollowers, err
}

func orFault(err, fault error) error {
	if err != nil {
		return err
	}
	return fault
}

// Thread asks for the rest of a conversation that a member opened: what stands
// above, and the answers below, once in a quarter of an hour. It returns at once;
// what comes is kept and told of like any other. What everybody may read is asked
// for by the camp: who reads it is nobody's business.
func (f *Finder) Thread(ctx context.Context, by camp.Actor, id camp.PostID) error {
	if !f.o.Outside() {
		return nil
	}
	p, err := f.o.Sees(ctx, by, id)
	if err != nil || p.Here() || p.BoostOf != 0 || !f.first(id) {
		return err
	}
	as := camp.MemberID(0)
	switch p.Audience {
	case camp.AudiencePublic, camp.AudienceQuiet:
	case camp.AudienceFollowers:
		if as, err = f.asker(ctx, by); err != nil {
			return err
		}
	default:
		return nil
	}
	return f.g.t.run(ctx, func(w *taking) ([]camp.Event, error) {
		if p.Answers != "" {
			if err := w.want(camp.Wanted{Do: camp.WantedParent, URI: p.Answers, By: as, Depth: 1}); err != nil {
				return nil, err
			}
		}
		return nil, w.want(camp.Wanted{Do: camp.WantedReplies, URI: p.URI, By: as, Post: p.ID})
	})
}

// first reports whether a thread was not looked for a short while ago.
func (f *Finder) first(id camp.PostID) bool {
	now := f.g.now()
	f.mu.Lock()
	defer f.mu.Unlock()
	if at, ok := f.opened[id]; ok && now.Sub(at) < openedKept && !now.Before(at) {
		return false
	}
	if len(f.opened) >= mostMisses {
		clear(f.opened)
	}
	f.opened[id] = now
	return true
}

// pasted fetches what lies at an address that somebody pasted: the thing itself,
// or a page that says where it is.
func (o *origin) pasted(ctx context.Context, as camp.MemberID, address string) (ap.Object, error) {
	x, err := o.object(ctx, as, address)
	if outside.KindOf(err) != outside.Type {
		return x, err
	}
	a, err := o.client.Do(ctx, outside.Request{URL: address, Types: []string{"text/html", "application/xhtml+xml"}})
	switch {
	case err != nil:
		return ap.Object{}, err
	case a.Status == http.StatusNotFound || a.Status == http.StatusGone:
		return ap.Object{}, &GoneError{Status: a.Status}
	case a.Status/100 != 2:
		return ap.Object{}, &AnswerError{Status: a.Status}
	}
	link := alternate(a.Body, a.URL)
	if link == "" {
		return ap.Object{}, &GoneError{Status: http.StatusNotFound}
	}
	return o.object(ctx, as, link)
}

// mostHead is how far into a page is looked, in tags.
const mostHead = 2000

// alternate gives the address of what a page shows, as its head says; "" where it
// says none (federation.md 2).
func alternate(page []byte, base string) string {
	z := html.NewTokenizer(bytes.NewReader(page))
	z.SetMaxBuf(64 << 10)
	for range mostHead {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
		default:
			continue
		}
		t := z.Token()
		if t.Data == "body" {
			return ""
		}
		if t.Data != "link" {
			continue
		}
		if href := alternateOf(t.Attr, base); href != "" {
			return href
		}
	}
	return ""
}

func alternateOf(attrs []html.Attribute, base string) string {
	var rel, kind, href string
	for _, a := range attrs {
		switch a.Key {
		case "rel":
			rel = a.Val
		case "type":
			kind = a.Val
		case "href":
			href = a.Val
		}
	}
	if !hasWord(rel, "alternate") || !ap.IsActivityType(kind) || href == "" || len(href) > maxTyped {
		return ""
	}
	from, err := url.Parse(base)
	if err != nil {
		return ""
	}
	to, err := from.Parse(href)
	if err != nil || ap.HostOf(to.String()) == "" {
		return ""
	}
	return to.String()
}

func hasWord(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}
