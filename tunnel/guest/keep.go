package guest

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"camp/node/camp"
	"camp/tunnel"
	"camp/tunnel/lan"
)

// Rhythm of keeping a connection.
const (
	pingTime  = 2500 * time.Millisecond // for an answer while looking
	pollTime  = 35 * time.Second        // for a held request; the camp answers within 25
	watchTick = time.Second
	restFirst = time.Second
	restMost  = time.Minute
	quickMost = 5                // answers at once, before it rests
	asleepAt  = 15 * time.Second // looking longer than this means that the camp sleeps
)

// Where a link stands (camp.Membership.Link).
const (
	Looking   = "looking"
	Connected = "connected"
	Asleep    = "asleep"
)

// KeepOptions are what keeping a connection needs; all must be set but Led.
type KeepOptions struct {
	Key      Key
	Language func() string
	Ways     func() []netip.AddrPort // where the camp may be, the likeliest first
	Told     func(camp.JoinAnswer)   // what the camp said; must not block for long. Of a standing that is over: State, Serial and Shut alone
	Changed  func(link, path string)
	Now      func() time.Time
	Rand     io.Reader
	Log      *slog.Logger

	// Led reports whether the camp says by another link where it is, so that the
	// home network need not be asked; nil: it never does.
	Led func() bool
}

// Keeper keeps one membership's connection. Make it by NewKeeper, let Run run.
type Keeper struct {
	opt  KeepOptions
	kick chan struct{}

	mu     sync.Mutex // guards what follows
	link   *Link
	near   []netip.AddrPort // as found on the home network
	last   camp.JoinAnswer
	over   bool // the camp said that nothing more comes of it
	state  string
	path   string
	shaken time.Time // last handshake seen
}

// NewKeeper makes a Keeper; nothing is sent before Run.
func NewKeeper(opt KeepOptions) *Keeper { return &Keeper{opt: opt, kick: make(chan struct{}, 1)} }

// Link gives the link while Run runs, nil otherwise.
func (k *Keeper) Link() *Link {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.link
}

// Run connects, and connects again, until ctx ends, or the camp says that it is over.
func (k *Keeper) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	l, err := Open(k.opt.Key, k.opt.Log)
	if err != nil {
		return err
	}
	k.mu.Lock()
	k.link = l
	k.mu.Unlock()
	var all sync.WaitGroup
	defer func() {
		stop()
		all.Wait()
		k.mu.Lock()
		k.link = nil
		k.mu.Unlock()
		_ = l.Close()
	}()
	all.Go(func() {
		tunnel.Shifts(ctx, k.opt.Now, func(tunnel.Shift) {
			if err := l.Rebind(); err != nil {
				k.opt.Log.Warn("tunnel socket does not open again", "err", err)
			}
			k.again()
		})
	})
	all.Go(func() { k.watch(ctx, l) })
	for k.look(ctx, l) {
		k.stay(ctx, l)
	}
	return nil
}

// ended reports whether there is nothing more to keep.
func (k *Keeper) ended(ctx context.Context) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.over || ctx.Err() != nil
}

// again has the camp asked at once.
func (k *Keeper) again() {
	select {
	case k.kick <- struct{}{}:
	default:
	}
}

// watch notices that the camp spoke first, after it was away: a handshake that
// is newer than the one before means that what was held open may be gone, and
// that a camp which is looked for is there.
func (k *Keeper) watch(ctx context.Context, l *Link) {
	t := time.NewTicker(watchTick)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		_, at := l.Found()
		k.mu.Lock()
		news := !at.IsZero() && !at.Equal(k.shaken)
		k.shaken = at
		k.mu.Unlock()
		if news {
			k.again()
		}
	}
}

// look tries until the camp answers; false where there is nothing to look for any more.
func (k *Keeper) look(ctx context.Context, l *Link) bool {
	if k.ended(ctx) {
		return false
	}
	k.become(Looking, "")
	began, rest := k.opt.Now(), restFirst
	seek, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	listening := false
	for ctx.Err() == nil {
		if !listening && (k.opt.Led == nil || !k.opt.Led()) {
			listening = true
			all.Go(func() { k.listen(seek) })
		}
		select { // what asked for a look is being done
		case <-k.kick:
		default:
		}
		if err := l.Try(k.ways()); err == nil && k.ping(ctx, l) {
			return !k.ended(ctx)
		}
		if k.opt.Now().Sub(began) > asleepAt {
			k.become(Asleep, "")
		}
		wait := time.NewTimer(rest)
		select {
		case <-ctx.Done():
		case <-wait.C:
			rest = min(rest*3/2, restMost)
		case <-k.kick: // found on the home network, moved, or asked for
			rest = restFirst
		}
		wait.Stop()
	}
	return false
}

// listen looks on the home network while the camp is looked for.
func (k *Keeper) listen(ctx context.Context) {
	key, err := lan.DiscoveryKey(k.opt.Key.Camp)
	if err != nil {
		return
	}
	lan.Find(ctx, key, func(ways []netip.AddrPort) {
		k.mu.Lock()
		same := slices.Equal(k.near, ways)
		k.near = ways
		k.mu.Unlock()
		if !same {
			k.again()
		}
	})
}

func (k *Keeper) ways() []netip.AddrPort {
	k.mu.Lock()
	near := slices.Clone(k.near)
	k.mu.Unlock()
	for _, w := range k.opt.Ways() {
		if !slices.Contains(near, w) {
			near = append(near, w)
		}
	}
	return near
}

// ping asks where one stands; true where the camp answered.
func (k *Keeper) ping(ctx context.Context, l *Link) bool {
	ctx, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	return k.me(ctx, l, "/v1/me") == nil
}

func (k *Keeper) me(ctx context.Context, l *Link, path string) error {
	var a camp.JoinAnswer
	if err := l.Ask(ctx, http.MethodGet, path, k.opt.Language(), nil, &a); err != nil {
		return err
	}
	a, err := CleanAnswer(a)
	if err != nil {
		return err
	}
	at, shaken := l.Found()
	k.mu.Lock()
	k.last, k.shaken, k.over = a, shaken, a.State.Over()
	k.mu.Unlock()
	if a.State.Over() { // nothing is asked of it any more
		k.opt.Told(a)
		k.become(Looking, "")
		return nil
	}
	k.become(Connected, pathOf(at.Addr()))
	k.opt.Told(a)
	return nil
}

// pathOf says in one word where the camp is.
func pathOf(a netip.Addr) string {
	if a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return "home"
	}
	return "direct"
}

// stay holds a request open that is answered when something changes, and ends
// when the camp does not answer any more. While it rests nothing is open by which
// the camp could say goodbye, so it rests only where answers come one upon the other.
func (k *Keeper) stay(ctx context.Context, l *Link) {
	quick := 0
	for !k.ended(ctx) {
		k.mu.Lock()
		q := url.Values{"after": {string(k.last.State)}, "word": {strconv.FormatUint(k.last.LastWord, 10)}, "next": {""}}
		if k.last.Next != nil {
			q.Set("next", camp.KeyTag(k.last.Next.Key))
		}
		k.mu.Unlock()
		began := k.opt.Now()
		err := k.hold(ctx, l, "/v1/me?"+q.Encode())
		switch {
		case errors.Is(err, errKicked):
			if !k.ping(ctx, l) {
				return
			}
		case err != nil:
			if ctx.Err() == nil && !k.ping(ctx, l) {
				return
			}
		case k.opt.Now().Sub(began) >= restFirst:
			quick = 0
		default: // it ends, or is in a hurry
			if quick++; quick >= quickMost {
				k.rest(ctx)
			}
		}
	}
}

func (k *Keeper) rest(ctx context.Context) {
	t := time.NewTimer(restFirst)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

var errKicked = errors.New("guest: something moved")

// hold is me, given up when something moved.
func (k *Keeper) hold(ctx context.Context, l *Link, path string) error {
	ctx, cancel := context.WithTimeout(ctx, pollTime)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- k.me(ctx, l, path) }()
	select {
	case err := <-done:
		return err
	case <-k.kick:
		cancel()
		<-done
		return errKicked
	}
}

// become notes where the link stands, and tells.
func (k *Keeper) become(state, path string) {
	k.mu.Lock()
	same := k.state == state && k.path == path
	if k.state == Asleep && state == Looking {
		same = true // it was looked for all the time
	} else {
		k.state, k.path = state, path
	}
	k.mu.Unlock()
	if !same {
		k.opt.Changed(state, path)
	}
}
