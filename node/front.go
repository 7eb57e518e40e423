package node

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"camp/node/ap"
	"camp/node/border"
	"camp/node/camp"
	"camp/node/fed"
	"camp/node/fed/queue"
	"camp/node/outside"
	"camp/node/web"
)

// front is the public door and all that stands behind it: what strangers ask
// for, what other servers bring, and what is sent to them (community.md 4.3).
//
//	Host ours? ─▶ signer kept away?       ─▶ nothing
//	              …/inbox                 ─▶ Inbox ─▶ Taker ─▶ the store
//	              /ap/…                   ─▶ Objects
//	              /.well-known, /nodeinfo ─▶ Directory
//	              a page for strangers    ─▶ web.Public
//	              else                    ─▶ nothing
//
//	errands ─▶ Teller ─▶ queue ─▶ Sender ─▶ outside.Client
//
// What it does not know is answered as what never was.
type front struct {
	n *Node

	names     fed.Names
	client    *outside.Client
	ring      *fed.Ring
	witness   *fed.Witness
	directory *fed.Directory
	inbox     *fed.Inbox
	objects   *fed.Objects
	public    *web.Public
	queue     *queue.Service
	teller    *fed.Teller
	gatherer  *fed.Gatherer
	finder    *fed.Finder
	addresses *border.Addresses
	meters    *meters
	taker     *fed.Taker
	renamed   chan struct{} // holds one token while title may be old
	gone      chan goneBox
}

var errKeptAway = errors.New("node: the camp keeps this server away")

// newFront makes the door of a camp that has a name; Attach does, before anybody
// can come.
func newFront(ctx context.Context, n *Node, w *World) (*front, error) {
	log := n.opt.Log.With("component", "fed")
	f := &front{n: n, names: fed.Names{Domain: w.Domain}, meters: newMeters(n.opt.Now), renamed: make(chan struct{}, 1), gone: make(chan goneBox, 64)}
	f.client = outside.New(outside.Options{
		Roots: w.Roots, Nets: w.Nets, Own: w.Own, May: f.may, Sent: w.Sent, Now: n.opt.Now, Log: n.opt.Log.With("component", "outside"),
		Agent: "Camp/" + w.Version + " (+https://" + string(w.Domain) + "/)",
	})
	f.ring = fed.NewRing(f.names, w.Stores.Keys)
	docs := fed.NewFetcher(f.client, f.ring, f.right)
	f.witness = fed.NewWitness(w.Stores.Witness, docs, f.may, n.opt.Now)
	f.directory = fed.NewDirectory(fed.DirectoryOptions{Names: f.names, Store: w.Stores.Directory, Title: f.title, Version: w.Version, Log: log})
	f.addresses = border.NewAddresses(border.AddressesOptions{
		Rules: n.Border, Store: w.Stores.Sightings, Lookup: f.lookup, Never: w.Never, Nets: w.Nets, Now: n.opt.Now, Log: n.opt.Log.With("component", "border"),
	})
	f.witness.Tell(f.addresses.Seen)
	f.taker = fed.NewTaker(fed.TakerOptions{
		Names: f.names, Store: w.Stores.Take, In: n.Posts.In, Publish: n.Hub, Unlimited: n.opt.NoRate, Now: n.opt.Now,
		Held:    func(d camp.Domain) bool { return n.level(d).Rank() >= camp.LevelLimit.Rank() },
		Reports: n.Border.TakesReports,
	})
	f.gatherer = fed.NewGatherer(fed.GathererOptions{
		Taker: f.taker, Docs: docs, Client: f.client, May: f.may, Now: n.opt.Now, Rand: n.opt.Rand, Log: log.With("part", "gatherer"),
	})
	f.finder = fed.NewFinder(fed.FinderOptions{Gatherer: f.gatherer, Outside: func() bool { return true }, Sees: f.sees})
	f.inbox = fed.NewInbox(fed.InboxOptions{
		Names: f.names, Witness: f.witness, Take: f.admitted(f.taker.Take), Carried: f.admitted(f.taker.Carried), Gone: f.taker.AskGone, Unlimited: n.opt.NoRate, Now: n.opt.Now, Log: log,
	})
	f.objects = fed.NewObjects(fed.ObjectsOptions{
		Names: f.names, Store: w.Stores.Objects, Keys: f.ring, Witness: f.witness, May: f.may, Files: n.Media, Title: f.title,
		Unlimited: n.opt.NoRate, Now: n.opt.Now, Log: log,
	})
	f.public = web.NewPublic(web.PublicOptions{
		Site: n.Site, People: n.People, Posts: n.Posts, Domain: w.Domain, Picture: f.names.Media, Actor: f.names.Actor, Post: f.names.Post,
	})
	sender := fed.NewSender(fed.SenderOptions{Names: f.names, Client: f.client, Keys: f.ring, Store: w.Stores.Check, May: f.may, Now: f.right})
	f.queue = queue.New(f.queueOptions(w, sender))
	docs.Ask(f.queue.Form)
	f.teller = fed.NewTeller(fed.TellerOptions{Names: f.names, Store: w.Stores.Tell, Queue: f.queue, Ring: f.ring, May: f.may, Log: log})
	if err := f.queue.Load(ctx); err != nil {
		return nil, fmt.Errorf("open the public door: %w", err)
	}
	return f, nil
}

func (f *front) queueOptions(w *World, sender *fed.Sender) queue.Options {
	o := f.n.opt
	return queue.Options{
		Store: w.Stores.Queue, Send: sender.Send, Check: sender.Check, May: f.may, Now: o.Now, Rand: o.Rand, Log: o.Log.With("component", "fed", "part", "queue"),
		Gone: f.boxGone, Online: w.Online, Alarm: w.Alarm,
	}
}

// may is the border's word: an error keeps a server away.
func (f *front) may(d camp.Domain) error {
	if f.n.Border.Admit(d, border.Out).Refused() {
		return errKeptAway
	}
	return nil
}

// admitted lets only such acts through that bear no server in any place which the
// camp keeps away; whoever sent another is not told (community.md 4.1).
func (f *front) admitted(take func(context.Context, fed.Signer, ap.Activity) error) func(context.Context, fed.Signer, ap.Activity) error {
	return func(ctx context.Context, from fed.Signer, a ap.Activity) error {
		bears := fed.NamesOf(&a, from.URI)
		if bears.Over {
			return fed.ErrDisowned
		}
		if f.n.Border.AdmitAll(slices.Concat(bears.Own, bears.About), border.In).Refused() {
			return nil
		}
		if err := take(ctx, from, a); err != nil {
			return err
		}
		f.queue.Wake(camp.Domain(from.Host)) // they are there: what waits for them is tried again
		return nil
	}
}

// sees gives a post that a member may read.
func (f *front) sees(ctx context.Context, by camp.Actor, id camp.PostID) (camp.Post, error) {
	pv, err := f.n.Posts.Post(ctx, by, id)
	return pv.Post, err
}

// lookup asks the system for the addresses of a name; it does not say how long
// they are good.
func (f *front) lookup(ctx context.Context, host string) ([]netip.Addr, time.Duration, error) {
	list, err := f.client.Lookup(ctx, host)
	return list, 0, err
}

// cut drops what is on its way to a server that the camp keeps away now.
func (f *front) cut(ctx context.Context, d camp.Domain) error {
	f.client.Drop()
	return f.queue.Forget(ctx, d)
}

// backlog is what waits to be sent, by server.
func (f *front) backlog(ctx context.Context) ([]camp.Backlog, error) {
	waiting, err := f.queue.Waiting(ctx)
	list := make([]camp.Backlog, 0, len(waiting))
	for _, w := range waiting {
		list = append(list, camp.Backlog(w))
	}
	return list, err
}

// title is the camp's name, as anybody may know it.
func (f *front) title() string { return *f.n.title.Load() }

// namedAgain is how long after a read that failed the camp's name is read again.
const namedAgain = time.Minute

// named keeps it as it is.
func (f *front) named(ctx context.Context) error {
	again := time.NewTimer(namedAgain)
	defer again.Stop()
	again.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-f.renamed:
		case <-again.C:
		}
		h, err := f.n.People.House(ctx)
		switch {
		case err == nil:
			f.n.title.Store(&h.Name)
		case ctx.Err() == nil: // strangers see the old name a while longer
			f.n.opt.Log.WarnContext(ctx, "the camp's name could not be read", "err", err)
			again.Reset(namedAgain)
		}
	}
}

// run does the work behind the door until ctx ends.
func (f *front) run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	defer f.client.Drop()
	for _, run := range []func(context.Context) error{f.queue.Run, f.teller.Run, f.gatherer.Run, f.addresses.Run, f.named, f.askGone} {
		g.Go(func() error { return run(ctx) })
	}
	return g.Wait()
}

// goneBox is an inbox of which its server says that it is no more.
type goneBox struct {
	host  camp.Domain
	inbox string
}

// boxGone remembers one; it does not block. Where there are too many, the next
// letter to it says so again.
func (f *front) boxGone(host camp.Domain, inbox string) {
	select {
	case f.gone <- goneBox{host, inbox}:
	default:
	}
}

// askGone has asked whether those people are no more.
func (f *front) askGone(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case b := <-f.gone:
			if err := f.taker.AskGoneAt(ctx, b.host, b.inbox); err != nil && ctx.Err() == nil {
				f.n.opt.Log.WarnContext(ctx, "not asked whether somebody is gone", "host", string(b.host), "err", err)
			}
		}
	}
}

// woke is told that the computer slept, or has another network now.
func (f *front) woke() {
	f.client.Drop()
	f.queue.Woke()
	f.gatherer.Wake()
}

// noticed is told of every change in the camp; it must not block.
func (f *front) noticed(e camp.Event) {
	switch e.Kind {
	case camp.EventErrand:
		f.teller.Wake()
	case camp.EventBorder:
		f.addresses.Changed()
	case camp.EventHouse:
		select {
		case f.renamed <- struct{}{}:
		default:
		}
	}
}

// behind gives what answers at the listeners of one door; of requests from the
// networks named, X-Forwarded-For is believed.
func (f *front) behind(proxies []netip.Prefix) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, ok := source(r, proxies)
		if !ok || !hostIs(r.Host, string(f.names.Domain)) || f.witness.KeptAway(r.Header) || f.n.Border.Hinted(r.UserAgent()) {
			fed.Nothing(w)
			return
		}
		r = r.WithContext(fed.WithSource(r.Context(), from))
		r.RemoteAddr = netip.AddrPortFrom(from, 0).String()
		f.route(w, r, from)
	})
}

func (f *front) route(w http.ResponseWriter, r *http.Request, from netip.Addr) {
	at := r.URL.Path
	switch {
	case strings.HasPrefix(at, "/ap/") && path.Base(at) == "inbox":
		f.inbox.ServeHTTP(w, r)
		return
	case strings.HasPrefix(at, "/ap/"):
		f.objects.ServeHTTP(w, r)
		return
	case f.n.API.Owns(at):
		f.program(w, r, from)
		return
	}
	named := strings.HasPrefix(at, "/.well-known/") || strings.HasPrefix(at, "/nodeinfo/")
	if !f.n.opt.NoRate && (named && !f.meters.name(from) || !named && !f.meters.page(from)) {
		tooFast(w, 1)
		return
	}
	switch {
	case named:
		f.directory.ServeHTTP(w, r)
	case strings.HasPrefix(at, "/@") && !fed.WantsPage(r.Header):
		f.document(w, at)
	case r.Method == http.MethodGet && f.public.Find(w, r):
	default:
		fed.Nothing(w)
	}
}

// document sends a server that asked for somebody's page, or that of a post, on
// to what it can read. Whether it is there is found out there.
func (f *front) document(w http.ResponseWriter, at string) {
	name, rest, deeper := strings.Cut(strings.TrimPrefix(at, "/@"), "/")
	to := f.names.Actor(name)
	same, ok := camp.ParseName(name)
	if deeper {
		id, err := camp.ParsePostID(rest)
		to, ok = f.names.Post(id), ok && err == nil
	}
	if !ok || same != name {
		fed.Nothing(w)
		return
	}
	h := w.Header()
	h.Set("Location", to)
	h.Set("Vary", "Accept")
	w.WriteHeader(http.StatusFound)
}
