// Package node is the camp itself: it ties the rooms below it together. It has
// no window, knows no Badger and opens no socket of its own; it is handed
// listeners, a store, a door and a clock.
//
//	listeners ─▶ Serve ─▶ paused? ─▶ web.Site ─▶ people, posts, media ─▶ the store
//	                                    ▲                  │
//	                                    └────── Hub ◀──────┘ what changed
package node

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"camp/node/border"
	"camp/node/camp"
	"camp/node/carry"
	"camp/node/clientapi"
	"camp/node/fed"
	"camp/node/media"
	"camp/node/people"
	"camp/node/posts"
	"camp/node/web"
)

// Options are what a camp is handed. All but Allowed, Share, Tap, Handles and
// Export must be set.
type Options struct {
	People people.Store
	Posts  posts.Store
	Media  media.Store
	Border border.Store
	Carry  carry.Store
	Dir    string // the data folder; stored pictures lie below it
	Desk   web.Desk
	Now    func() time.Time
	Rand   io.Reader
	Log    *slog.Logger
	NoRate bool // a lab's

	Handles int // files and connections that the system lets the program have open; 0: no bound is known

	Allowed func() error // whether there is room for pictures, a fault if not
	Share   func() int64 // bytes of pictures one member may keep
	Kept    func() []camp.Keeping
	Tap     func(camp.Event)       // sees every change; must not block
	Export  func(*Node) web.Export // a member's own archive

	// What the tunnel says; nil: there is none.
	Behind  func(netip.Addr) (camp.Peer, bool) // whose inner address it is
	Ways    web.Ways
	Derive  func(camp.Secret) (camp.InviteID, error)
	Applied func(context.Context) error

	World *World      // nil: the camp is silent (design.md, decision 1)
	Apps  func() bool // whether programs of members may come in at the public door; nil: no
}

// Node is a camp. It is safe for concurrent use.
type Node struct {
	People *people.Service
	Posts  *posts.Service
	Media  *media.Media
	Border *border.Service
	Carry  *carry.Service
	Hub    *Hub
	Site   *web.Site
	API    *clientapi.API

	opt    Options
	cookie string
	host   camp.Actor
	hosts  atomic.Pointer[[]string]
	inner  atomic.Pointer[[]string] // Host values inside the tunnel
	gate   *gate
	front  *front // nil: the camp is silent
	title  atomic.Pointer[string]
	speaks atomic.Pointer[string] // the language of the camp, from Attach on
	paused atomic.Bool
}

// New ties the services of a camp together. Attach makes it ready to serve.
func New(opt Options) *Node {
	n := &Node{opt: opt}
	n.Hub = NewHub(n.tapped)
	n.inner.Store(&[]string{})
	n.People = people.New(people.Options{
		Store: opt.People, Publish: n.Hub, Rand: opt.Rand, Log: opt.Log, Derive: opt.Derive, Applied: opt.Applied,
		Outside: n.outside, Account: n.account,
	})
	n.Posts = posts.New(posts.Options{
		Store: opt.Posts, Publish: n.Hub, Log: opt.Log, Shut: n.shutLink, Level: n.level, Outside: n.outside, Cut: n.cut, Rand: opt.Rand,
	})
	n.Border = border.New(border.Options{
		Store: opt.Border, Publish: n.Hub, Ties: n.Posts, After: n.Posts.Settle, Log: opt.Log.With("component", "border"),
	})
	n.Carry = carry.New(carry.Options{Store: opt.Carry, Ties: n.Posts, Finder: elsewhere{n}, Log: opt.Log})
	n.Media = media.New(media.Options{
		Store: opt.Media, Dir: opt.Dir, Now: opt.Now, Rand: opt.Rand, Log: opt.Log.With("component", "media"),
		Allowed: opt.Allowed, Share: opt.Share, MaySee: n.maySee, Fetch: n.fetchFile, Shows: n.showsFiles, There: n.Posts.There,
		Files: placesOf(opt.Handles),
	})
	return n
}

// shutLink is the word in place of a link that is not shown; for who chose no
// language in that of the camp.
func (n *Node) shutLink(language string) string {
	if of := n.speaks.Load(); of != nil && language == "" {
		language = *of
	}
	return web.ShutLink(language)
}

// maySee lets a reader see a picture exactly if they may read its post.
func (n *Node) maySee(ctx context.Context, reader camp.Actor, f camp.MediaFile) (bool, error) {
	_, err := n.Posts.Post(ctx, reader, f.Post)
	if err == nil {
		return true, nil
	}
	if k := camp.AsFault(err).Kind; k == camp.NotFound || k == camp.NotAllowed {
		return false, nil
	}
	return false, err
}

// Attach makes the pages of a camp that has been founded.
func (n *Node) Attach(ctx context.Context) error {
	house, err := n.People.House(ctx)
	if err != nil {
		return fmt.Errorf("attach pages: %w", err)
	}
	n.speaks.Store(&house.Language)
	if err := n.Border.Load(ctx); err != nil {
		return err
	}
	n.host = camp.Actor{Member: house.Host, Role: camp.RoleHost}
	n.cookie = "camp-" + house.Fingerprint[:min(8, len(house.Fingerprint))]
	n.SetHosts(nil)
	opt := web.Options{
		People: n.People, Posts: n.Posts, Media: n.Media, Live: n.Hub, Desk: n.opt.Desk, Now: n.opt.Now, Rand: n.opt.Rand,
		Log: n.opt.Log.With("component", "web"), Hosts: func() []string { return *n.hosts.Load() }, Inner: func() []string { return *n.inner.Load() }, Cookie: n.cookie,
		Kept: n.opt.Kept, NoRate: n.opt.NoRate, Border: n.Border, Joining: n.People, Code: n.opt.Ways.Code, Words: n.opt.Ways.Words,
		Ties: n.Posts, Pins: n.Posts, Report: n.Posts, Reports: n.People, Reach: n.People, Carry: n.Carry, Outside: n.outside, Finder: elsewhere{n}, OpenThread: n.openThread, Backlog: n.Backlog,
	}
	if n.opt.Export != nil {
		opt.Export = n.opt.Export(n)
	}
	if n.Site, err = web.New(opt); err != nil {
		return fmt.Errorf("attach pages: %w", err)
	}
	n.title.Store(&house.Name)
	if n.opt.World != nil {
		if n.front, err = newFront(ctx, n, n.opt.World); err != nil {
			return err
		}
	}
	if err := n.attachAPI(); err != nil {
		return err
	}
	n.gate = newGate(n, web.NewDoor(web.DoorOptions{
		Site: n.Site, People: n.People, Live: n.Hub, Ways: n.opt.Ways, Kept: n.opt.Kept, Now: n.opt.Now, Log: n.opt.Log.With("component", "door"),
	}))
	return nil
}

// Part tells programs of devices that the tunnel is about to forget, where they
// wait for news, and gives them a moment to hear it.
func (n *Node) Part(ctx context.Context, stays func(serial uint64) bool) {
	if n.gate != nil {
		n.gate.door.Part(ctx, stays)
	}
}

// account is the id of somebody's account as other servers know it.
func (n *Node) account(name string) string {
	if n.opt.World == nil {
		return ""
	}
	return fed.Names{Domain: n.opt.World.Domain}.Actor(name)
}

// attachAPI makes what programs of members speak with the camp.
func (n *Node) attachAPI() error {
	o := clientapi.Options{
		People: n.People, Posts: n.Posts, Media: n.Media, Now: n.opt.Now, Rand: n.opt.Rand, Log: n.opt.Log.With("component", "clientapi"),
		NoRate: n.opt.NoRate, Level: n.level, Base: func(r *http.Request) string { return "http://" + r.Host },
	}
	if f := n.front; f != nil {
		domain := string(f.names.Domain)
		o.Outside, o.PostURI, o.Actor, o.Finder = func() bool { return true }, f.names.Post, f.names.Actor, f.finder
		o.Base = func(r *http.Request) string {
			if hostIs(r.Host, domain) {
				return "https://" + domain
			}
			return "http://" + r.Host
		}
	}
	var err error
	n.API, err = clientapi.New(o)
	return err
}

// tapped sees every change; it does not block.
func (n *Node) tapped(e camp.Event) {
	if n.opt.Tap != nil {
		n.opt.Tap(e)
	}
	if n.front != nil {
		n.front.noticed(e)
	}
}

// cut drops what is on its way to a server, and what was fetched from there.
func (n *Node) cut(ctx context.Context, d camp.Domain) error {
	if n.front != nil {
		if err := n.front.cut(ctx, d); err != nil {
			return err
		}
	}
	_, err := n.Media.EraseFar(ctx)
	return err
}

// Woke is told that the computer slept, or has another network now: what waits
// for others is tried again, gently.
func (n *Node) Woke() {
	if n.front != nil {
		n.front.woke()
	}
}

// Backlog gives what waits to be sent to other servers, most first.
func (n *Node) Backlog(ctx context.Context) ([]camp.Backlog, error) {
	if n.front == nil {
		return nil, nil
	}
	return n.front.backlog(ctx)
}

// level is what the camp decided about a server.
func (n *Node) level(d camp.Domain) camp.Level { return n.Border.Admit(d, border.In).Level }

// Host is the person at the camp's computer, for the program's own faces.
func (n *Node) Host() camp.Actor { return n.host }

// SetHosts says by which Host values the listeners are reached.
func (n *Node) SetHosts(hosts []string) { n.hosts.Store(&hosts) }

// SetTunnelHosts says by which Host values the listeners in the tunnel are reached.
func (n *Node) SetTunnelHosts(hosts []string) { n.inner.Store(&hosts) }

// Expect gives what the home page must show if the camp works: its newest post,
// 0 for none, and a cookie by which one request may fetch it as the host.
func (n *Node) Expect(ctx context.Context) (newest camp.PostID, name, value string, err error) {
	list, err := n.Posts.Fire(ctx, n.host, camp.Page{Limit: 1})
	if err != nil {
		return 0, "", "", fmt.Errorf("read the newest post: %w", err)
	}
	if len(list) > 0 {
		newest = list[0].ID
	}
	name, value = n.Site.Pass(n.host)
	return newest, name, value, nil
}

// Run does the camp's own work beside the pages until ctx ends.
func (n *Node) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	runs := []func(context.Context) error{n.People.Run, n.Posts.Run, n.Media.Run, n.Carry.Run}
	if n.front != nil {
		runs = append(runs, n.front.run)
	}
	for _, run := range runs {
		g.Go(func() error { return run(ctx) })
	}
	return g.Wait()
}
