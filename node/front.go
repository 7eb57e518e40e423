package node

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"path"
	"strings"

	"golang.org/x/sync/errgroup"

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
//	Host ours? ─▶ kept away? ─▶ /.well-known, /nodeinfo ─▶ Directory
//	                            …/inbox                 ─▶ Inbox
//	                            /ap/…                   ─▶ Objects
//	                            a page for strangers    ─▶ web.Public
//	                            else                    ─▶ nothing
//
// What it does not know is answered as what never was.
type front struct {
	n *Node
	w *World

	names     fed.Names
	client    *outside.Client
	ring      *fed.Ring
	witness   *fed.Witness
	directory *fed.Directory
	inbox     *fed.Inbox
	public    *web.Public
	queue     *queue.Service
	meters    *meters
}

var errKeptAway = errors.New("node: the camp keeps this server away")

func newFront(n *Node, w *World) *front {
	log := n.opt.Log.With("component", "fed")
	f := &front{n: n, w: w, names: fed.Names{Domain: w.Domain}}
	f.client = outside.New(outside.Options{
		Roots: w.Roots, Nets: w.Nets, Own: w.Own, May: f.may, Now: n.opt.Now, Log: n.opt.Log.With("component", "outside"),
		Agent: "Camp/" + w.Version + " (+https://" + string(w.Domain) + "/)",
	})
	f.ring = fed.NewRing(f.names, w.Stores.Keys)
	docs := fed.NewFetcher(f.client, f.ring, n.opt.Now)
	f.witness = fed.NewWitness(w.Stores.Witness, docs, f.may, n.opt.Now)
	f.directory = fed.NewDirectory(fed.DirectoryOptions{Names: f.names, Store: w.Stores.Directory, Title: f.title, Version: w.Version, Log: log})
	taker := fed.NewTaker(fed.TakerOptions{
		Names: f.names, Store: w.Stores.Take, In: n.Posts.In, Publish: n.Hub, Now: n.opt.Now,
		Held: func(d camp.Domain) bool { return f.level(d).Rank() >= camp.LevelLimit.Rank() },
	})
	f.inbox = fed.NewInbox(fed.InboxOptions{Names: f.names, Witness: f.witness, Take: taker.Take, Unlimited: n.opt.NoRate, Now: n.opt.Now, Log: log})
	return f
}

// may is the border's word: an error keeps a server away.
func (f *front) may(d camp.Domain) error {
	if f.n.Border.Admit(d, border.Out).Refused() {
		return errKeptAway
	}
	return nil
}

func (f *front) level(d camp.Domain) camp.Level { return f.n.Border.Admit(d, border.In).Level }

// title is the camp's name, as anybody may know it.
func (f *front) title() string {
	h, err := f.n.People.House(context.Background())
	if err != nil {
		return ""
	}
	return h.Name
}

// run does the work behind the door until ctx ends.
func (f *front) run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	defer f.client.Drop()
	for _, run := range []func(context.Context) error{f.queue.Run} {
		g.Go(func() error { return run(ctx) })
	}
	return g.Wait()
}

// behind gives what answers at the listeners of one door; of requests from the
// networks named, X-Forwarded-For is believed.
func (f *front) behind(proxies []netip.Prefix) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != string(f.names.Domain) && r.Host != string(f.names.Domain)+":443" {
			fed.Nothing(w)
			return
		}
		f.route(w, r)
	})
}

func (f *front) route(w http.ResponseWriter, r *http.Request) {
	switch at := r.URL.Path; {
	case strings.HasPrefix(at, "/ap/") && path.Base(at) == "inbox":
		f.inbox.ServeHTTP(w, r)
	case strings.HasPrefix(at, "/.well-known/"), strings.HasPrefix(at, "/nodeinfo/"):
		f.directory.ServeHTTP(w, r)
	case r.Method == http.MethodGet && f.public.Find(w, r):
	default:
		fed.Nothing(w)
	}
}
