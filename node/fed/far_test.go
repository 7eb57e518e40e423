package fed

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/outside"
	"camp/node/sig"
	"camp/store"
)

// far is other servers, as the one client reaches them: documents at addresses.
type far struct {
	t *testing.T

	mu    sync.Mutex // guards what follows
	pages map[string]page
	asked []string
	by    []string // whose key signed, "" for nobody's
}

// page is what lies at an address; of a status alone nothing.
type page struct {
	kind, body string
	status     int
	err        error
	header     http.Header
	moved      string
}

func (f *far) put(address, body string) { f.set(address, page{kind: ap.TypeActivity, body: body}) }

func (f *far) set(address string, p page) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pages[address] = p
}

// took gives what was asked for since it was last called.
func (f *far) took() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := f.asked
	f.asked, f.by = nil, nil
	return list
}

func (f *far) Do(ctx context.Context, q outside.Request) (outside.Answer, error) {
	if ctx.Err() != nil {
		return outside.Answer{}, &outside.Error{Kind: outside.Stopped, Err: ctx.Err()}
	}
	if ap.HostOf(q.URL) == "" {
		return outside.Answer{}, &outside.Error{Kind: outside.Rule, Host: "?"}
	}
	by := ""
	if q.Sign != nil {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, q.URL, nil)
		if err != nil {
			return outside.Answer{}, &outside.Error{Kind: outside.Rule, Err: err}
		}
		if err := q.Sign(r); err != nil {
			return outside.Answer{}, &outside.Error{Kind: outside.Unsigned, Err: err}
		}
		if by = r.Header.Get("Signature-Input") + r.Header.Get("Signature"); by == "" {
			f.t.Errorf("%s is asked for without a signature", q.URL)
		}
	}
	address, _, _ := strings.Cut(q.URL, "#")
	f.mu.Lock()
	f.asked, f.by = append(f.asked, q.URL), append(f.by, by)
	p, ok := f.pages[address]
	if p.moved != "" {
		address = p.moved
		p, ok = f.pages[address]
	}
	f.mu.Unlock()
	switch {
	case !ok:
		return outside.Answer{Status: http.StatusNotFound, URL: address}, nil
	case p.err != nil:
		return outside.Answer{}, p.err
	case p.status != 0:
		return outside.Answer{Status: p.status, URL: address, Header: p.header}, nil
	}
	for _, want := range q.Types {
		if strings.HasPrefix(want, strings.Split(p.kind, ";")[0]) {
			return outside.Answer{Status: http.StatusOK, URL: address, Body: []byte(p.body), Header: http.Header{}}, nil
		}
	}
	return outside.Answer{}, &outside.Error{Kind: outside.Type, Host: ap.HostOf(address)}
}

// ring gives everybody one key, under an id of their own.
type ring struct{}

var ringKey = sync.OnceValues(func() (camp.Secret, error) { _, s, err := sig.NewKey(here.Camp() + keyMark); return s, err })

func (r *ring) Key(_ context.Context, who camp.MemberID) (sig.Key, error) {
	secret, err := ringKey()
	if err != nil {
		return sig.Key{}, err
	}
	return sig.ParsePrivate("https://one.example/key/"+who.String()+keyMark, secret)
}

// outpost is a camp over a real store that fetches from far servers.
type outpost struct {
	*hearth
	far  *far
	g    *Gatherer
	find *Finder
	shut map[camp.Domain]bool
	mute bool // does not talk with others
}

func newOutpost(t *testing.T) *outpost {
	t.Helper()
	o := &outpost{hearth: newHearth(t), far: &far{t: t, pages: map[string]page{}}, shut: map[camp.Domain]bool{}}
	may := func(d camp.Domain) error {
		for b := range o.shut {
			if d.Within(b) {
				return errors.New("blocked")
			}
		}
		return nil
	}
	o.Taker.o.Store = store.As[TakeTx](o.db)
	o.g = NewGatherer(GathererOptions{
		Taker: o.Taker, Docs: NewFetcher(o.far, &ring{}, o.time), Client: o.far, May: may, Now: o.time, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
	})
	o.find = NewFinder(FinderOptions{
		Gatherer: o.g, Outside: func() bool { return !o.mute },
		Sees: func(ctx context.Context, by camp.Actor, id camp.PostID) (camp.Post, error) {
			v, err := o.posts.Post(ctx, by, id)
			return v.Post, err
		},
	})
	return o
}

// settle has the Gatherer do all that can be done now.
func (o *outpost) settle() {
	o.t.Helper()
	for range 500 {
		var out sync.WaitGroup
		before := o.waiting()
		o.g.start(o.t.Context(), &out)
		out.Wait()
		if after := o.waiting(); after == before {
			return
		}
	}
	o.t.Error("it never ends")
}

// waiting says what is wanted, and when.
func (o *outpost) waiting() string {
	o.g.mu.Lock()
	defer o.g.mu.Unlock()
	var list []string
	for key, e := range o.g.list {
		list = append(list, fmt.Sprint(key, e.next))
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}

// wanted gives what still is.
func (o *outpost) wanted() (list []camp.Wanted) {
	o.t.Helper()
	o.look(func(tx TakeTx) {
		if err := tx.EachWanted(func(w camp.Wanted) error { list = append(list, w); return nil }); err != nil {
			o.t.Error(err)
		}
	})
	return list
}

// somebody puts a person's document and handle where they live.
func (o *outpost) somebody(id string, more ...string) {
	o.t.Helper()
	name := id[strings.LastIndexByte(id, '/')+1:]
	o.far.put(id, fmt.Sprintf(`{"type":"Person","id":%q,"preferredUsername":%q,"name":"Shown %s","inbox":"%s/inbox","followers":"%s/followers","featured":"%s/featured"%s}`,
		id, name, name, id, id, id, strings.Join(more, "")))
	o.handle(name, ap.HostOf(id), id)
}

func (o *outpost) handle(name, domain, id string) {
	o.far.set("https://"+domain+"/.well-known/webfinger?resource=acct%3A"+name+"%40"+domain, page{kind: ap.TypeJRD, body: string(ap.NewJRD(name+"@"+domain, id, "").JSON())})
}

// follows makes ana follow somebody elsewhere, whom this makes known.
func (o *outpost) follows(id string) camp.Remote {
	o.t.Helper()
	if err := o.bring("Follow", id, quoted(here.Actor("ana"))); err != nil {
		o.t.Fatal(err)
	}
	r, _ := o.known(id)
	if _, err := o.hearth.posts.Follow(o.t.Context(), o.ana, r.ID, false); err != nil {
		o.t.Fatal(err)
	}
	if err := o.bring("Accept", id, `{"type":"Follow","id":"https://one.example/f/1","actor":"`+here.Actor("ana")+`","object":"`+id+`"}`); err != nil {
		o.t.Fatal(err)
	}
	o.settle()
	o.far.took()
	return r
}

// sees gives the posts of a member's home timeline that came from elsewhere, by id.
func (o *outpost) home() (ids []string) {
	o.t.Helper()
	list, err := o.hearth.posts.Home(o.t.Context(), o.ana, camp.Page{})
	if err != nil {
		o.t.Fatal(err)
	}
	for _, p := range list {
		id := p.URI
		if id == "" {
			continue
		}
		if p.PassedBy != nil {
			id += " by " + p.PassedBy.Name
		}
		ids = append(ids, id)
	}
	return ids
}

const public = `,"to":["https://www.w3.org/ns/activitystreams#Public"]`

// held lets requests through one by one, and counts how many wait.
type held struct {
	*far
	gate chan struct{}

	mu                  sync.Mutex // guards what follows
	now, most, mostHost int
	hosts               map[string]int
}

func (h *held) Do(ctx context.Context, q outside.Request) (outside.Answer, error) {
	host := ap.HostOf(q.URL)
	h.mu.Lock()
	h.now++
	h.hosts[host]++
	h.most, h.mostHost = max(h.most, h.now), max(h.mostHost, h.hosts[host])
	h.mu.Unlock()
	select {
	case <-h.gate:
	case <-ctx.Done():
	}
	h.mu.Lock()
	h.now--
	h.hosts[host]--
	h.mu.Unlock()
	return h.far.Do(ctx, q)
}

func actOf(t testing.TB, doc string) ap.Activity {
	t.Helper()
	a, err := ap.ParseActivity([]byte(doc))
	if err != nil {
		t.Fatalf("%v: %s", err, doc)
	}
	return a
}
