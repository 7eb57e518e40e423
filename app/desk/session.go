package desk

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"camp/node"
	"camp/node/camp"
	"camp/node/export"
	"camp/store"
)

// startTime bounds the way from off to on.
const startTime = 20 * time.Second

// session is a camp that is on. It is made by open, works after begin, and ends
// by close; in between it can end by itself, told by broken.
type session struct {
	d       *Desk
	db      *store.DB
	node    *node.Node
	backups *Backups
	archive *export.Archive
	ways    *ways
	wide    *wide
	web     string // "http://127.0.0.1:PORT"
	kept    []camp.Keeping

	listeners []net.Listener // until they are served

	pages    *errgroup.Group // serves the pages
	pagesCtx context.Context
	noPage   context.CancelFunc
	work     *errgroup.Group // everything else
	noWork   context.CancelFunc
	ctx      context.Context // of intents and work
	broken   chan struct{}   // closed by the first part that ended by itself
	once     sync.Once
	why      error // set before broken is closed

	dirty chan struct{} // holds one token while the snapshot is older than the camp
	old   atomic.Bool   // more of it is old than how many are here

	mu      sync.Mutex     // guards what follows
	closing bool           // no new intents
	intents sync.WaitGroup // those that run
	anyPost bool           // somebody has posted
}

// open brings a camp up as far as that its own home page was fetched. catch names a
// folder whose journal is read first, "" for none. On any error nothing of it is left running.
func (d *Desk) open(ctx context.Context, in camp.Intent, catch string) (s *session, err error) {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	s = &session{d: d, broken: make(chan struct{}), dirty: make(chan struct{}, 1)}
	defer func() {
		if err != nil {
			_ = s.close(stopTime) // err is what counts
		}
	}()
	plan, err := d.planWorld()
	if err != nil {
		return s, err
	}
	listeners, err := d.listen(ctx) // first: an address that is taken must change nothing
	if err != nil {
		return s, err
	}
	s.listeners = listeners
	if s.wide, err = d.openWide(ctx, s, plan); err != nil {
		return s, err
	}
	if s.db, err = d.openStore(ctx); err != nil {
		return s, err
	}
	if catch != "" {
		d.catchUp(ctx, s.db, catch)
	}
	long := context.WithoutCancel(ctx)
	s.ctx, s.noWork = context.WithCancel(long)
	s.work, _ = errgroup.WithContext(s.ctx)
	if err := s.build(ctx, in); err != nil {
		return s, err
	}
	d.stage("program.stage.door")
	s.serve(long)
	if err := s.ways.begin(ctx); err != nil {
		return s, err
	}
	s.wide.serve()
	d.stage("program.stage.check")
	return s, s.check(ctx)
}

// serve opens the door to this computer.
func (s *session) serve(long context.Context) {
	listeners := s.listeners
	s.listeners = nil // Serve closes them from now on
	s.web = "http://" + listeners[0].Addr().String()
	s.d.keepWeb(listeners[0].Addr().String())
	s.node.SetHosts(hostsOf(listeners))
	long, s.noPage = context.WithCancel(long)
	s.pages, long = errgroup.WithContext(long)
	s.pagesCtx = long
	s.pages.Go(func() error { return s.part(s.node.Serve(long, listeners...)) })
}

// hostsOf gives the exact Host values by which a browser reaches the listeners.
func hostsOf(listeners []net.Listener) []string {
	var hosts []string
	for _, l := range listeners {
		hosts = append(hosts, l.Addr().String())
	}
	_, port, _ := net.SplitHostPort(hosts[0])
	hosts = append(hosts, net.JoinHostPort("localhost", port))
	if port == "80" { // browsers leave it out
		for _, h := range hosts {
			host, _, _ := net.SplitHostPort(h)
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// check fetches the camp's own home page as the host would and looks for its
// newest post in it.
func (s *session) check(ctx context.Context) error {
	newest, name, value, err := s.node.Expect(ctx)
	if err != nil {
		return fmt.Errorf("look for the newest post: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.web+"/", nil)
	if err != nil {
		return fmt.Errorf("fetch own home page: %w", err)
	}
	req.AddCookie(&http.Cookie{Name: name, Value: value})
	transport := &http.Transport{DisableKeepAlives: true} // no proxy: this goes nowhere
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		return camp.NewFault(camp.Internal, "program.no_answer.say", err)
	}
	defer func() { _ = res.Body.Close() }()
	if err := shows(res, newest); err != nil {
		return camp.NewFault(camp.Internal, "program.no_answer.say", err)
	}
	return nil
}

// begin starts the work that goes on beside the pages.
func (s *session) begin() {
	for _, run := range []func(context.Context) error{s.node.Run, s.backups.Run, s.follow, s.tick, s.meter} {
		s.work.Go(func() error { return s.part(run(s.ctx)) })
	}
}

// part tells the runner when a part of the camp ended by itself.
func (s *session) part(err error) error {
	if s.ending() {
		return nil
	}
	if err == nil {
		err = errEnded
	}
	s.breakBy(err)
	return err
}

func (s *session) breakBy(err error) {
	s.once.Do(func() { s.why = err; close(s.broken) })
}

// cause is why the camp ended by itself; only after broken was closed.
func (s *session) cause() error { return s.why }

func (s *session) ending() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing
}

// enter lets an intent in. ctx ends with the camp; done must be called.
func (s *session) enter(ctx context.Context) (_ context.Context, done func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return ctx, nil, false
	}
	s.intents.Add(1)
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(s.ctx, cancel)
	return ctx, func() { stop(); cancel(); s.intents.Done() }, true
}

// close takes the camp down: pages, then work and intents, then the store. What
// has not ended when the time is over is left behind, told by the error; the
// store is closed all the same.
func (s *session) close(within time.Duration) error {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	late := time.NewTimer(within)
	defer late.Stop()
	for _, l := range s.listeners {
		_ = l.Close() // nobody has come in yet
	}
	if s.wide != nil {
		s.wide.shut()
	}
	var errs []error
	if s.noPage != nil {
		s.noPage()
		errs = append(errs, wait(late, "pages", func() { _ = s.pages.Wait() }))
	}
	if s.noWork != nil {
		s.noWork()
		errs = append(errs, wait(late, "work", func() { _ = s.work.Wait(); s.intents.Wait() }))
	}
	if s.ways != nil {
		errs = append(errs, wait(late, "tunnel", s.ways.shut))
	}
	if s.db != nil {
		errs = append(errs, wait(late, "store", func() {
			if err := s.db.Close(); err != nil {
				s.d.opt.Log.Error("store does not close", "err", err)
			}
		}))
	}
	return errors.Join(errs...)
}

// wait runs fn until it returns or the time is over.
func wait(late *time.Timer, what string, fn func()) error {
	done := make(chan struct{})
	go func() { defer close(done); fn() }()
	select {
	case <-done:
		return nil
	case <-late.C:
		late.Reset(0) // over for the next, too
		return fmt.Errorf("stop %s: took too long", what)
	}
}
