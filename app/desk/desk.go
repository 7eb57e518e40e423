// Package desk starts and stops the camp of one data folder. Those who look
// after it (window, tray, command line, the host's pages) ask by intents and
// see immutable snapshots; desk is the one owner of everything that runs.
//
//	        start                  pause
//	off ──────────▶ starting ─▶ on ──────▶ paused
//	 ▲                 │        │ ◀──────    │
//	 │                 ▼        │   resume   │
//	 │              trouble ◀───┘            │
//	 └────────────── stopping ◀──────────────┘
//
// Run holds the phases: it alone starts, pauses, restores and stops, one after
// the other. Everything else that is asked goes to the camp that is on, beside
// each other.
package desk

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"os/user"
	"sync"
	"sync/atomic"
	"time"

	"camp/app/desk/latest"
	"camp/app/desk/memberships"
	"camp/app/place"
	"camp/node/camp"
)

// MaxName is the most characters of a camp's shown name.
const MaxName = 60

// stopTime bounds the way down from on to off.
const stopTime = 10 * time.Second

// Options say where and how a camp is kept. Home, Now, Rand and Log must be set.
type Options struct {
	Home    place.Home
	Now     func() time.Time
	Rand    io.Reader
	Log     *slog.Logger
	Version string

	AtOnce    bool         // start at once, making a camp where there is none
	Hold      bool         // start nothing before it is asked for, also where there is a camp
	Web       string       // where the pages are to answer; "" for 127.0.0.1 and a port of the system's choice
	Name      string       // of a camp made at the first start; "" for "Camp of <login name>"
	HostUser  string       // handle of the host of such a camp; "" for the login name
	Language  string       // of such a camp, and of a program without settings: "en" or "nl"; "" for "en"
	Wishes    place.Wishes // what the command line asks for: the tunnel's address, the home network, the wider world
	Device    string       // a WireGuard interface of the system to drive; "" for a device of our own
	MemberWeb string       // where the browser is let into a camp of others; "" for 127.0.0.1 and a port of the system's choice
	Lab       []string     // lab flags in force, shown by status
	NoRate    bool         // a lab's: no rate limits

	Roots  *x509.CertPool                                               // a lab's: whom to believe about certificates elsewhere; nil for the system's
	Nets   []netip.Prefix                                               // a lab's: networks of this house that the camp may go out to
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error) // where a name leads; nil for the system's word

	Browse func(url string) error                             // opens the browser; nil where there is none
	Pages  func(ctx context.Context) (link string, err error) // opens the pages that stand for the window; nil where there are none
	Login  func(on bool) error                                // start at login; nil where the system has no such thing
	Awake  func(on bool)                                      // keep the computer awake; nil where it cannot be done
	Menu   func(on bool) error                                // enter Camp among the desktop's programs; nil where the system has no such thing
	InMenu bool                                               // it is entered there now
}

// Desk keeps one camp. Make it by New, let Run run, ask by Do. Safe for
// concurrent use.
type Desk struct {
	opt    Options
	states latest.States
	asks   chan asked
	ended  chan struct{} // closed when Run has returned
	on     atomic.Pointer[session]
	joined *memberships.Keeper
	joins  chan struct{} // holds one token while the snapshot of memberships is old
	later  chan camp.Intent
	ledger *ledger

	showing sync.Mutex // one list of memberships at a time

	waking sync.Mutex // one wish to stay awake at a time, the newest last

	mu       sync.Mutex // guards what follows; never held over I/O but that of the settings file
	view     camp.State // what was last published
	settings place.Settings
	trouble  error         // why the phase is trouble
	notices  []camp.Need   // problems that do not keep the camp from being on
	store    []camp.Need   // what the store found
	lost     int           // followers, by decisions that were taken back
	reports  int           // open ones that the host may look into
	behind   time.Duration // this computer's clock, by those of others; 0 for right
	made     time.Time     // when the camp was founded, zero while not known
}

// asked is an intent that only Run carries out.
type asked struct {
	ctx context.Context
	in  camp.Intent
	out chan<- answered
}

type answered struct {
	ans camp.Answer
	err error
}

// New reads the settings and looks whether a camp exists; it starts nothing.
func New(opt Options) (*Desk, error) {
	d := &Desk{opt: opt, asks: make(chan asked), ended: make(chan struct{}), joins: make(chan struct{}, 1), later: make(chan camp.Intent, 1), ledger: newLedger(opt.Now)}
	if err := d.loadSettings(); err != nil {
		return nil, err
	}
	if err := d.makeMemberships(); err != nil {
		return nil, err
	}
	d.change(func(st *camp.State) {
		*st = Asleep(opt.Home)
		st.Phase, st.Exists, st.Version, st.Lab = camp.Off, Exists(opt.Home), opt.Version, append([]string{}, opt.Lab...)
		d.showSettings(st)
		st.Memberships = d.joined.States()
	})
	return d, nil
}

// State gives the newest snapshot.
func (d *Desk) State() camp.State { return d.states.State() }

// Watch gives the snapshot now and at each change; a slow watcher skips to the
// newest. The channel closes when ctx ends or the desk has ended.
func (d *Desk) Watch(ctx context.Context) <-chan camp.State { return d.states.Watch(ctx) }

// Trouble is why the camp is not on, nil while nothing keeps it from being on.
func (d *Desk) Trouble() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.trouble
}

// change publishes a changed snapshot. fn replaces slices, it never writes into
// them: older snapshots hold them too.
func (d *Desk) change(fn func(*camp.State)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	st := d.view
	fn(&st)
	st.Needs = d.needs(&st)
	d.view = st
	d.states.Set(st)
}

// maxLink bounds the code of a link that is opened, in bytes; one has some two hundred.
const maxLink = 4 << 10

// Do carries out an intent. Refusals are *camp.Fault.
func (d *Desk) Do(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	switch in.Do {
	case camp.DoStart, camp.DoPause, camp.DoResume, camp.DoStop, camp.DoRestore, camp.DoRescue, camp.DoWorldOn, camp.DoWorldOff:
		return d.ask(ctx, in)
	case camp.DoStatus:
		st := d.State()
		return camp.Answer{State: &st}, nil
	case camp.DoShow:
		if len(in.Code) > maxLink {
			return camp.Answer{}, camp.NewFault(camp.Invalid, "join.no_code.say", nil)
		}
		d.change(func(st *camp.State) { st.Show++; st.ShowPage, st.ShowCode = in.Page, in.Code })
		return camp.Answer{}, nil
	case camp.DoPages:
		if d.opt.Pages == nil {
			return camp.Answer{}, camp.NewFault(camp.NotAllowed, "program.no_pages.say", nil)
		}
		link, err := d.opt.Pages(ctx)
		if err != nil {
			return camp.Answer{}, camp.NewFault(camp.Internal, "program.no_browser.say", err)
		}
		return camp.Answer{URL: link}, nil
	case camp.DoSettings, camp.DoBackupPlan, camp.DoSkip, camp.DoRecoveryDone:
		return camp.Answer{}, d.choose(in)
	case camp.DoCheck:
		if d.on.Load() == nil {
			return Check(ctx, in.File, in.Phrase)
		}
	}
	if memberships.Knows(in.Do) {
		if in.Do == camp.DoJoinLook || in.Do == camp.DoJoinStop { // the code of a link was seen
			d.change(func(st *camp.State) { st.ShowCode = "" })
		}
		defer d.showJoined()
		return d.joined.Do(ctx, in)
	}
	s := d.on.Load()
	if s == nil {
		if st := d.State(); in.Do == camp.DoLink && !st.Exists && len(st.Memberships) > 0 { // a member's folder
			return d.joined.Do(ctx, camp.Intent{Do: camp.DoJoinLink})
		}
		return camp.Answer{}, d.notOn()
	}
	ctx, done, ok := s.enter(ctx)
	if !ok {
		return camp.Answer{}, d.notOn()
	}
	defer done()
	deed, ok := s.deeds()[in.Do]
	if !ok {
		return camp.Answer{}, &camp.Fault{Kind: camp.Invalid, Say: "program.unknown_intent.say", Args: map[string]string{"Do": in.Do}}
	}
	return deed(ctx, in)
}

// notOn says why nothing can be asked of the camp now.
func (d *Desk) notOn() error {
	if err := d.Trouble(); err != nil {
		return err
	}
	if st := d.State(); !st.Exists && len(st.Memberships) > 0 { // a member's folder
		return camp.NewFault(camp.NotFound, "program.no_own.say", nil)
	}
	return camp.NewFault(camp.Offline, "program.not_on.say", nil)
}

// ask hands an intent to Run and waits for what came of it.
func (d *Desk) ask(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	out := make(chan answered, 1)
	select {
	case d.asks <- asked{ctx: ctx, in: in, out: out}:
	case <-d.ended:
		return camp.Answer{}, camp.NewFault(camp.Offline, "program.ended.say", nil)
	case <-ctx.Done():
		return camp.Answer{}, ctx.Err()
	}
	select {
	case a := <-out:
		return a.ans, a.err
	case <-ctx.Done():
		return camp.Answer{}, ctx.Err()
	}
}

// loginName gives the name of the person whose program this is, "" if the
// system does not tell.
func loginName() (handle, shown string) {
	u, err := user.Current()
	if err != nil {
		return "", ""
	}
	return u.Username, u.Name
}

var errEnded = errors.New("the camp ended by itself")
