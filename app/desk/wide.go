package desk

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"golang.org/x/net/netutil"

	"camp/app/desk/certs"
	"camp/app/place"
	"camp/node"
	"camp/node/camp"
	"camp/tunnel/reach"
)

// wide is the public door of a camp: what listens, what certificate it shows, and
// the router's door that leads to it. Without a plan nothing of it is there.
//
//	router 443 ─▶ secure (TLS) ─▶ node.ServePublic
//	proxy ──────▶ plain ────────▶ node.ServePublic, X-Forwarded-For believed
//	authority ──▶ challenge ────▶ certs.Keeper
type wide struct {
	s    *session
	plan worldPlan

	secure, plain, challenge net.Listener // until they are served; nil for none
	address, open            string       // where the first two listen, "" for nowhere
	cert                     *certs.Keeper
	mapper                   *reach.Mapper

	again chan struct{} // holds one token while something changed since the last look

	mu       sync.Mutex // guards what follows
	problems []camp.Problem
	ready    bool
	checked  time.Time
	leaked   string // what was about to leave that may not; "" for nothing
}

// publicHTTPS is where others look for a server, and where they are let in.
const publicHTTPS = 443

// openWide opens the doors of the plan and reads the certificate; it serves
// nobody. What cannot be had is refused before anything is changed.
func (d *Desk) openWide(ctx context.Context, s *session, p worldPlan) (w *wide, err error) {
	w = &wide{s: s, plan: p, again: make(chan struct{}, 1)}
	defer func() {
		if err != nil {
			w.shut()
		}
	}()
	kept := d.keptWorld()
	if w.secure, err = d.listenWide(ctx, p.https, kept.Port); err != nil {
		return w, err
	}
	if w.plain, err = d.listenWide(ctx, p.plain, kept.Plain); err != nil {
		return w, err
	}
	if w.challenge, err = d.listenWide(ctx, p.challenge, 0); err != nil {
		return w, err
	}
	if w.plain != nil {
		w.open = w.plain.Addr().String()
	}
	if w.secure == nil {
		return w, nil
	}
	w.address = w.secure.Addr().String()
	if w.cert, err = certs.New(w.certOptions()); err != nil {
		return w, err
	}
	w.makeMapper()
	return w, nil
}

func (w *wide) certOptions() certs.Options {
	d, p := w.s.d, w.plan
	o := certs.Options{Name: string(p.domain), Now: d.opt.Now, Changed: w.changed, Log: d.opt.Log.With("component", "certificate")}
	if p.certFile != "" {
		o.CertFile, o.KeyFile = p.certFile, p.keyFile
		return o
	}
	o.ACME = &certs.ACME{
		Folder: filepath.Join(d.opt.Home.Data, certsFolder), Directory: p.directory, Roots: p.authority, Rand: d.opt.Rand, TLS: certs.Local(w.address),
	}
	if w.challenge != nil {
		o.ACME.HTTP = certs.Local(w.challenge.Addr().String())
	}
	return o
}

// authority gives the name of whom the certificate is asked, "" for nobody.
func (w *wide) authority() string {
	if w.cert == nil || w.plan.certFile != "" {
		return ""
	}
	return w.certOptions().ACME.Authority()
}

// certsFolder is where the certificate from an authority lies, and the account
// there. It is in no backup: both can be had again.
const certsFolder = "certs"

// listenWide opens one door, nil for no address. A number of the system's choice
// is kept, and tried first the next time.
func (d *Desk) listenWide(ctx context.Context, at string, kept uint16) (net.Listener, error) {
	if at == "" {
		return nil, nil
	}
	var lc net.ListenConfig
	host, port, err := net.SplitHostPort(at)
	if err == nil && port == "0" && kept != 0 {
		if l, err := lc.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(int(kept)))); err == nil {
			return l, nil
		}
		d.opt.Log.Warn("kept public door is taken")
	}
	l, err := lc.Listen(ctx, "tcp", at)
	switch args := map[string]string{"Address": at}; {
	case err == nil:
		return l, nil
	case errors.Is(err, fs.ErrPermission):
		return nil, &camp.Fault{Kind: camp.NotAllowed, Say: "world.low_door.say", Args: args, Err: err}
	default:
		return nil, &camp.Fault{Kind: camp.Conflict, Say: "world.taken.say", Args: args, Err: err}
	}
}

// makeMapper makes what asks the router for the way from outside to the door.
func (w *wide) makeMapper() {
	d, at := w.s.d, certs.Local(w.address)
	w.mapper = reach.New(reach.Options{
		Inner: at.Port(), TCP: true, Exact: publicHTTPS, Changed: w.changed, Now: d.opt.Now, Rand: d.opt.Rand, Log: d.opt.Log.With("component", "reach"),
	})
	w.setReach(d.reach().On)
}

// setReach switches the asking of the router on or off.
func (w *wide) setReach(on bool) {
	if w.mapper != nil {
		w.mapper.Set(on && doorable(certs.Local(w.address)))
	}
}

// door gives the router's door, invalid for none.
func (w *wide) door() netip.AddrPort {
	if w.mapper == nil {
		return netip.AddrPort{}
	}
	return w.mapper.Door()
}

// changed asks for another look; it does not wait.
func (w *wide) changed() {
	select {
	case w.again <- struct{}{}:
	default:
	}
}

// serve lets strangers in. What needs time (the authority, the router, a look
// from outside) goes on beside the camp.
func (w *wide) serve() {
	if !w.plan.on {
		return
	}
	s := w.s
	w.keepDoors()
	public := func(behind []netip.Prefix, l net.Listener) {
		s.pages.Go(func() error { return s.part(s.node.ServePublic(s.pagesCtx, behind, l)) })
	}
	work := func(run func(context.Context) error) { s.work.Go(func() error { return s.part(run(s.ctx)) }) }
	work(func(ctx context.Context) error { return askAnew(ctx, s.d.opt.Now, s.node.Woke) })
	if w.secure != nil {
		public(nil, node.Secure(s.d.ledger.counting(w.secure), w.cert.Config()))
		work(w.cert.Run)
		work(w.mapper.Run)
	}
	if w.plain != nil {
		public(w.plan.behind, s.d.ledger.counting(w.plain))
	}
	if w.challenge != nil {
		l := w.challenge
		work(func(ctx context.Context) error { return w.answerAuthority(ctx, l) })
	}
	w.secure, w.plain, w.challenge = nil, nil, nil // closed by those who serve them
	work(w.watch)
}

// keepDoors keeps numbers that the system chose.
func (w *wide) keepDoors() {
	had := w.s.d.keptWorld()
	want := had
	if _, port, err := net.SplitHostPort(w.plan.https); err == nil && port == "0" {
		want.Port = certs.Local(w.address).Port()
	}
	if _, port, err := net.SplitHostPort(w.plan.plain); err == nil && port == "0" {
		want.Plain = certs.Local(w.open).Port()
	}
	if want == had {
		return
	}
	if err := w.s.d.keepWorld(func(kept *place.World) { kept.Port, kept.Plain = want.Port, want.Plain }); err != nil {
		w.s.d.opt.Log.Warn("public door not kept", "err", err)
	}
}

const (
	challengeConns = 32
	challengeTime  = 10 * time.Second
)

// answerAuthority serves the listener at which an authority looks for a file.
func (w *wide) answerAuthority(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler: w.cert.Challenge(), ReadHeaderTimeout: challengeTime, ReadTimeout: challengeTime, WriteTimeout: challengeTime, IdleTimeout: challengeTime,
		MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	}
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer stop()
	if err := srv.Serve(netutil.LimitListener(l, challengeConns)); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// shut closes what was opened and is not served.
func (w *wide) shut() {
	for _, l := range []net.Listener{w.secure, w.plain, w.challenge} {
		if l != nil {
			_ = l.Close()
		}
	}
	w.secure, w.plain, w.challenge = nil, nil, nil
}

// leak is told that something was about to leave that may not: the host is to
// know that nothing is sent any more (community.md 3.1, 1).
func (w *wide) leak(err error) {
	w.mu.Lock()
	w.leaked = err.Error()
	w.mu.Unlock()
	w.s.stale()
}

// state is how the wider world stands, for the snapshot.
func (w *wide) state(domain string) camp.World {
	st := camp.World{On: w.plan.on, Fixed: w.plan.fixed, Domain: domain, Address: w.address, Plain: w.open, Door: reach.Off, Problems: []camp.Problem{}}
	if w.mapper != nil {
		m := w.mapper.Status()
		st.Door, st.Outer = m.State, m.Outer
	}
	if w.cert != nil {
		st.Until = w.cert.Status().Until
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	st.Ready, st.Checked = w.ready, w.checked
	if w.leaked != "" {
		st.Problems = append(st.Problems, camp.Problem{Say: "world.leak.say", Detail: w.leaked})
	}
	st.Problems = append(st.Problems, w.problems...)
	return st
}
