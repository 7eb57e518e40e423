package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"camp/node/camp"
)

// The stream of a page, /live, as server-sent events (WHATWG HTML §9.2):
//
//	?fire=1        the newest part of "Around the fire" is shown
//	?home=1        the newest part of the home timeline is shown
//	?thread=ID     the conversation below ID is shown
//	&after=ID      newest post that the page holds; Last-Event-ID goes before it
//	&sum=N         of a conversation: all ids below it that the page holds, as one number (sumOf)
//
//	id: 117660332851200000
//	event: post    {"html","after"}: a post to put behind the one named, or on top
//	event: edited  {"id","html"}
//	event: gone    {"id"}
//	event: marks   {"id","replies","likes","liked","kept"}
//	event: unread  {"n"}
//	event: renew   too much was missed to be sent: offer the newest
//	event: look    read what is shown again: something may have been missed
//	event: bye     do not come back by yourself
//	event: over    the same: whoever reads has no right here any more; the page says so when it is read again
//
// An event of the camp is only a knock: what is new is read from the lists, from
// the last post sent on. So nothing is lost or sent twice, however often the
// stream is cut, since ids grow in the order in which posts come to be. What
// comes from elsewhere has the id of the time when it was written there: so a
// home timeline is read again from a while back, and a conversation is compared
// as a whole; the script leaves out what the page has.
const (
	maxStreams = 8 // of one member; the oldest makes room
	heartbeat  = 20 * time.Second
	writeTime  = 10 * time.Second
	retryTime  = 1000 // milliseconds, told to the browser
)

// flows are the open streams. Safe for concurrent use.
type flows struct {
	mu   sync.Mutex // guards open
	open map[camp.MemberID][]*flow
}

// flow is one stream.
type flow struct {
	*visit
	out    *http.ResponseController
	buf    bytes.Buffer
	fire   bool
	home   bool
	thread camp.PostID
	root   camp.PostID
	last   camp.PostID          // newest post sent or known to the page
	sum    uint64               // of the posts below the thread that the page holds
	summed bool                 // it said so
	known  map[camp.PostID]bool // posts below the thread that were sent or known; nil: not read yet
	evict  chan struct{}        // closed when a newer stream of the member takes its place
}

// enter takes a place, and tells the oldest stream of the same member to end
// where there are too many.
func (fs *flows) enter(f *flow) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.open == nil {
		fs.open = map[camp.MemberID][]*flow{}
	}
	list := append(fs.open[f.actor.Member], f)
	if len(list) > maxStreams {
		close(list[0].evict)
		list = list[1:]
	}
	fs.open[f.actor.Member] = list
}

func (fs *flows) leave(f *flow) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	list := fs.open[f.actor.Member]
	for i := range list {
		if list[i] == f {
			list = append(list[:i:i], list[i+1:]...)
			break
		}
	}
	if len(list) == 0 {
		delete(fs.open, f.actor.Member)
		return
	}
	fs.open[f.actor.Member] = list
}

func (v *visit) live() error {
	f := &flow{visit: v, out: http.NewResponseController(v.w), evict: make(chan struct{})}
	if err := f.ask(v.r.URL.Query()); err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/event-stream")
	_ = f.out.SetReadDeadline(time.Time{}) // the server's limit for reading a request would end the stream
	v.w.WriteHeader(http.StatusOK)
	if v.r.Method == http.MethodHead {
		return nil
	}
	v.s.flows.enter(f)
	defer v.s.flows.leave(f)
	fmt.Fprintf(&f.buf, "retry: %d\nid: %s\n\n", retryTime, f.last)
	events, stop := v.s.o.Live.Watch(v.actor, v.session.ID)
	defer stop()
	f.run(events)
	return nil
}

// ask reads what the page shows. A browser that comes back tells the last id it got.
func (f *flow) ask(q url.Values) error {
	f.fire, f.home = q.Get("fire") == "1", q.Get("home") == "1" && f.outside()
	if s := q.Get("sum"); s != "" {
		sum, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			return errNowhere
		}
		f.sum, f.summed = sum, true
	}
	after := q.Get("after")
	if id := f.r.Header.Get("Last-Event-ID"); id != "" {
		after = id
	}
	if after != "" {
		id, err := camp.ParsePostID(after)
		if err != nil {
			return errNowhere
		}
		f.last = id
	}
	if s := q.Get("thread"); s != "" {
		id, err := camp.ParsePostID(s)
		if err != nil {
			return errNowhere
		}
		post, err := f.s.o.Posts.Post(f.ctx(), f.actor, id)
		if err != nil {
			return err
		}
		f.thread, f.root = id, post.Root
	}
	return nil
}

// run sends until the reader goes, loses the right, or the watch is closed: the
// camp ends, or this stream was too slow. The browser then comes back by itself
// and gets what it missed from the lists.
func (f *flow) run(events <-chan camp.Event) {
	if f.r.Header.Get("Last-Event-ID") != "" || f.r.URL.Query().Has("again") {
		f.put("look", struct{}{})
		if back := camp.PostID(lateness.Milliseconds() << 16); f.home && f.last > back {
			f.last -= back
		}
	}
	if err := errors.Join(f.catchUp(), f.unread(), f.flush()); err != nil {
		f.broke(err)
		return
	}
	beat := time.NewTimer(heartbeat)
	defer beat.Stop()
	for {
		select {
		case <-f.ctx().Done():
			return
		case <-f.evict:
			f.put("bye", struct{}{})
			_ = f.flush()
			return
		case <-beat.C:
			if _, _, err := f.s.o.People.SignedIn(f.ctx(), f.cookie); err != nil {
				return
			}
			f.buf.WriteString(": \n\n")
		case e, ok := <-events:
			if !ok {
				return
			}
			if f.ends(e) {
				f.put("over", struct{}{})
				_ = f.flush()
				return
			}
			if err := f.on(e); err != nil {
				f.broke(err)
				return
			}
		}
		if f.buf.Len() > 0 {
			if f.flush() != nil {
				return
			}
			beat.Reset(heartbeat)
		}
	}
}

// broke logs why a stream of ours ended; a reader who went away is no news.
func (f *flow) broke(err error) {
	if f.ctx().Err() == nil {
		f.s.o.Log.WarnContext(f.ctx(), "stream broke off", "err", err)
	}
}

// ends reports whether the event takes away this reader's right to watch.
func (f *flow) ends(e camp.Event) bool {
	return e.Kind == camp.EventMemberGone && e.To == f.actor.Member ||
		e.Kind == camp.EventSessionEnd && e.Session != "" && e.Session == f.session.ID
}

func (f *flow) on(e camp.Event) error {
	switch e.Kind {
	case camp.EventPost:
		if err := f.catchUp(); err != nil {
			return err
		}
		if e.Root != e.Post { // the posts above it have one reply more
			return f.marks(e.Root)
		}
	case camp.EventHome:
		if f.home && e.To == f.actor.Member {
			return f.arrived(e.Post)
		}
	case camp.EventPostEdited:
		return f.edited(e.Post)
	case camp.EventPostGone:
		f.put("gone", map[string]string{"id": e.Post.String()})
		if e.Root != e.Post && e.Root != 0 {
			return f.marks(e.Root)
		}
	case camp.EventCounts:
		return f.counts(e.Post)
	case camp.EventNotice, camp.EventRead:
		if e.To == f.actor.Member {
			return f.unread()
		}
	}
	return nil
}

// newPost tells the page of one more post.
type newPost struct {
	HTML  string `json:"html"`
	After string `json:"after"` // id of the post before it; "" for the top
}

// catchUp sends what came to be since the last post sent, from the lists.
func (f *flow) catchUp() error {
	if f.fire {
		return f.catchList(f.s.o.Posts.Fire)
	}
	if f.home {
		return f.catchList(f.s.o.Posts.Home)
	}
	if f.thread != 0 {
		return f.catchThread()
	}
	return nil
}

// maxMissed is how many pages of missed posts are sent one by one; after more,
// the page offers to show the newest.
const maxMissed = 3

// lateness is how late what comes from elsewhere may be to be shown by itself.
const lateness = 15 * time.Minute

func (f *flow) catchList(read func(context.Context, camp.Actor, camp.Page) ([]camp.PostView, error)) error {
	var missed []camp.PostView
	page := camp.Page{After: uint64(f.last), Limit: pageSize}
	for range maxMissed {
		posts, err := read(f.ctx(), f.actor, page)
		if err != nil {
			return err
		}
		missed = append(missed, posts...)
		if len(posts) < page.Size() {
			return f.send(missed)
		}
		page.Before = uint64(place(&posts[len(posts)-1]))
	}
	f.last = place(&missed[0])
	f.put("renew", struct{}{})
	f.sign()
	return nil
}

// send sends posts that stand newest first, the oldest first.
func (f *flow) send(posts []camp.PostView) error {
	for i := len(posts) - 1; i >= 0; i-- {
		if err := f.post(f.itemOf(&posts[i]), ""); err != nil {
			return err
		}
		f.last = max(f.last, place(&posts[i]))
		f.sign()
	}
	return nil
}

// arrived sends what came into the home timeline from elsewhere, where it is not
// so late that it would stand on top of much newer posts.
func (f *flow) arrived(id camp.PostID) error {
	if f.now().UnixMilli()-int64(id>>16) > lateness.Milliseconds() {
		return nil
	}
	posts, err := f.s.o.Posts.Home(f.ctx(), f.actor, camp.Page{Before: uint64(id) + 1, After: uint64(id) - 1, Limit: 1})
	if err != nil || len(posts) == 0 {
		return err
	}
	return f.send(posts)
}

// counts sends new numbers; of a poll whose results the reader sees, the poll.
func (f *flow) counts(id camp.PostID) error {
	p, err := f.s.o.Posts.Post(f.ctx(), f.actor, id)
	if err != nil {
		return gone(err)
	}
	f.put("marks", marksOf(&p))
	if p.Poll == nil || !p.Voted {
		return nil
	}
	return f.redrawn(&p)
}

// catchThread sends new replies in reading order, so that each finds the one
// before it on the page. Only the last carries an id, the newest of them all.
func (f *flow) catchThread() error {
	t, err := f.s.o.Posts.Thread(f.ctx(), f.actor, f.thread)
	if err != nil {
		return gone(err) // the page was told
	}
	f.learn(&t)
	items, before, top := f.below(&t), f.thread.String(), f.last
	for i := range items {
		if p := &t.Below[i]; !f.known[p.ID] {
			f.known[p.ID] = true
			top = max(top, p.ID)
			if err := f.post(items[i], before); err != nil {
				return err
			}
			if err := f.marks(p.ReplyTo); err != nil {
				return err
			}
		}
		before = items[i].ID
	}
	if top > f.last {
		f.last = top
		f.sign()
	}
	return nil
}

// learn finds out at first which posts below the thread the page holds: those not
// newer than its newest or, where it told a sum, all or none.
func (f *flow) learn(t *camp.Thread) {
	if f.known != nil {
		return
	}
	f.known = map[camp.PostID]bool{}
	for i := range t.Below {
		if id := t.Below[i].ID; !f.summed && id <= f.last || f.summed && f.sum == sumOf(t.Below) {
			f.known[id] = true
		}
	}
}

func (f *flow) post(it item, after string) error {
	html, err := f.fragment(it)
	if err != nil {
		return err
	}
	f.put("post", newPost{HTML: html, After: after})
	return nil
}

// sign puts the newest id behind the event just written, for a browser that comes back.
func (f *flow) sign() {
	f.buf.Truncate(f.buf.Len() - 1)
	f.buf.WriteString("id: " + f.last.String() + "\n\n")
}

func (f *flow) edited(id camp.PostID) error {
	p, err := f.s.o.Posts.Post(f.ctx(), f.actor, id)
	if err != nil {
		return gone(err)
	}
	return f.redrawn(&p)
}

func (f *flow) redrawn(p *camp.PostView) error {
	it := f.itemOf(p)
	if p.ID == f.thread {
		it = f.wholeOf(p)
	}
	html, err := f.fragment(it)
	if err != nil {
		return err
	}
	f.put("edited", map[string]string{"id": p.ID.String(), "html": html})
	return nil
}

func (f *flow) marks(id camp.PostID) error {
	p, err := f.s.o.Posts.Post(f.ctx(), f.actor, id)
	if err != nil {
		return gone(err)
	}
	f.put("marks", marksOf(&p))
	return nil
}

// gone lets a post that went away in between pass.
func gone(err error) error {
	if f := camp.AsFault(err); f.Kind == camp.NotFound || f.Kind == camp.NotAllowed {
		return nil
	}
	return err
}

func (f *flow) unread() error {
	n, err := f.s.o.Posts.Unread(f.ctx(), f.actor)
	if err != nil {
		return err
	}
	f.put("unread", map[string]int{"n": n})
	return nil
}

func (f *flow) put(event string, data any) {
	raw, err := json.Marshal(data)
	if err != nil { // only strings and numbers are put
		raw = []byte("{}")
	}
	fmt.Fprintf(&f.buf, "event: %s\ndata: %s\n\n", event, raw)
}

func (f *flow) flush() error {
	_ = f.out.SetWriteDeadline(time.Now().Add(writeTime)) // of a socket, so by the real clock; not every writer has one
	if _, err := f.w.Write(f.buf.Bytes()); err != nil {
		return err
	}
	f.buf.Reset()
	if err := f.out.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

// fragment renders one post.
func (v *visit) fragment(it item) (string, error) {
	html, err := v.words.post(it)
	return string(html), err
}

const maxLook = 100 // posts of one page that the script may ask for again

// partPosts gives the posts asked for as they are now, for a page that missed
// something: {"ID": "html", …}, "" for one that is gone.
func (v *visit) partPosts() error {
	ids := strings.Split(v.r.URL.Query().Get("ids"), ",")
	if len(ids) > maxLook {
		ids = ids[:maxLook]
	}
	out := map[string]string{}
	for _, s := range ids {
		id, err := camp.ParsePostID(s)
		if err != nil {
			return errNowhere
		}
		p, err := v.s.o.Posts.Post(v.ctx(), v.actor, id)
		if err != nil {
			if gone(err) != nil {
				return err
			}
			out[s] = ""
			continue
		}
		if out[s], err = v.fragment(v.itemOf(&p)); err != nil {
			return err
		}
	}
	return v.json(out)
}
