package fed

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/sig"
)

// Why a request's signature proves nobody. Beside these come sig's own errors,
// and what kept the key from being fetched (*GoneError among it).
var (
	ErrShutOut = errors.New("fed: the signer's server is shut out")
	ErrOwner   = errors.New("fed: nobody on the key's host says that the key is theirs")
)

// Signer is who made a request: proven, by a key that their own document lists.
type Signer struct {
	URI    string      // the id of their account
	Remote camp.Remote // as kept here; zero where nothing is kept
	Actor  *ap.Actor   // their document, where it had to be fetched
	Host   string      // of URI and of the key
	Form   sig.Form    // that they sign in
	Made   time.Time   // by their clock
}

// WitnessTx is what is looked up of people elsewhere.
type WitnessTx interface {
	RemoteByURI(uri string) (r camp.Remote, ok bool, err error)
}

// WitnessStore gives it.
type WitnessStore interface {
	View(ctx context.Context, fn func(WitnessTx) error) error
}

// Documents fetches documents; a Fetcher does.
type Documents interface {
	Document(ctx context.Context, as camp.MemberID, address string) (body []byte, id string, err error)
}

// Witness tells who signed a request (federation.md 4, Keys; reliability.md 5).
//
//	Read ─▶ host of the key: may it? ─▶ a key that is kept ─▶ Verify
//	                                        │ none, or wrong: once in five minutes
//	                                        ▼
//	                          the key's document ─▶ its owner's ─▶ lists the key? ─▶ Verify
//
// Safe for concurrent use.
type Witness struct {
	store WitnessStore
	docs  Documents
	may   func(host camp.Domain) error
	now   func() time.Time

	tell  func(host camp.Domain, from netip.Addr) // of who was proven; nil: nobody
	turns *turns

	mu    sync.Mutex           // guards what follows
	asked map[string]time.Time // key -> when its document was last asked for although one was kept
	fails map[string]failure   // key -> what kept it from being fetched
}

// failure is why a key was not to be had, and when.
type failure struct {
	err error
	at  time.Time
}

const (
	askAgain = 5 * time.Minute  // between two fetches of a key that did not fit
	failKept = 10 * time.Minute // before a key that was not to be had is asked for again
	maxAsked = 4096
)

// NewWitness makes a Witness; may is the border's word about a server.
func NewWitness(store WitnessStore, docs Documents, may func(host camp.Domain) error, now func() time.Time) *Witness {
	return &Witness{store: store, docs: docs, may: may, now: now, turns: newTurns(), asked: map[string]time.Time{}, fails: map[string]failure{}}
}

// Tell has fn told from where each server comes that was proven; before anything
// is asked.
func (w *Witness) Tell(fn func(host camp.Domain, from netip.Addr)) { w.tell = fn }

type sourceKey struct{}

// WithSource says from which address a request came.
func WithSource(ctx context.Context, from netip.Addr) context.Context {
	return context.WithValue(ctx, sourceKey{}, from)
}

// Read is sig.Read with the border's word about the keys' servers; nothing is
// fetched for it. One that is shut out shuts out the request.
func (w *Witness) Read(in sig.Incoming) ([]sig.Claim, error) {
	claims, err := sig.Read(in, w.now())
	if err != nil {
		return nil, err
	}
	for _, c := range claims {
		host := ap.HostOf(c.KeyID)
		if host == "" {
			return nil, fmt.Errorf("%w: key without an address", ErrOwner)
		}
		if err := w.may(camp.Domain(withoutPort(host))); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrShutOut, err)
		}
	}
	return claims, nil
}

// KeptAway reports whether a request says that it is signed by a server which the
// camp keeps away. Nothing else is looked at: whatever such a request asks for and
// however it is signed, it finds nobody.
func (w *Witness) KeptAway(h http.Header) bool {
	return slices.ContainsFunc(sig.KeyIDs(h), func(id string) bool {
		host := ap.HostOf(id)
		return host != "" && w.may(camp.Domain(withoutPort(host))) != nil
	})
}

// Signer tells who signed a request, by the claims that Read gave. The first
// that proves somebody counts; without, the last one's error is given. It takes no
// longer than proofTime.
func (w *Witness) Signer(ctx context.Context, claims []sig.Claim) (Signer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, proofTime, errSlowProof)
	defer cancel()
	err := fmt.Errorf("%w", sig.ErrNone)
	for _, c := range claims {
		var s Signer
		if s, err = w.signer(ctx, c); err == nil {
			if from, ok := ctx.Value(sourceKey{}).(netip.Addr); ok && w.tell != nil {
				w.tell(camp.Domain(withoutPort(s.Host)), from)
			}
			return s, nil
		}
	}
	return Signer{}, err
}

func (w *Witness) signer(ctx context.Context, c sig.Claim) (Signer, error) {
	host := ap.HostOf(c.KeyID)
	r, key, err := w.kept(ctx, c.KeyID)
	if err != nil {
		return Signer{}, err
	}
	if key != nil {
		err := verify(c, key)
		if err == nil {
			return Signer{URI: r.URI, Remote: r, Host: host, Form: c.Form, Made: c.Made}, nil
		}
		if !errors.Is(err, sig.ErrWrong) && !errors.Is(err, sig.ErrKey) && !errors.Is(err, sig.ErrAlgorithm) || !w.mayAsk(c.KeyID) {
			return Signer{}, err
		}
	}
	if err := w.failedBefore(c.KeyID); err != nil {
		return Signer{}, err
	}
	end, err := w.turns.take(ctx)
	if err != nil {
		return Signer{}, err
	}
	a, der, err := w.fetched(ctx, c.KeyID, host)
	end()
	if err != nil {
		if why := context.Cause(ctx); why == nil || errors.Is(why, errSlowProof) { // that we gave up is not the other side's fault
			w.fail(c.KeyID, err)
		}
		return Signer{}, err
	}
	if err := verify(c, der); err != nil {
		return Signer{}, err
	}
	if r.URI != a.ID { // the key has another owner than before, or none was kept
		if r, err = w.remote(ctx, a.ID); err != nil {
			return Signer{}, err
		}
	}
	return Signer{URI: a.ID, Remote: r, Actor: &a, Host: host, Form: c.Form, Made: c.Made}, nil
}

func verify(c sig.Claim, der []byte) error {
	pub, err := sig.ParsePublic(der)
	if err != nil {
		return err
	}
	return c.Verify(pub)
}

// kept gives the key that is kept under an id, and whose it is. Where keys have
// ids of another shape than the usual ones they are fetched each time.
func (w *Witness) kept(ctx context.Context, keyID string) (r camp.Remote, der []byte, err error) {
	owner, _, _ := strings.Cut(keyID, "#")
	for _, uri := range []string{owner, strings.TrimSuffix(owner, "/main-key")} {
		if r, err = w.remote(ctx, uri); err != nil {
			return camp.Remote{}, nil, err
		}
		for _, k := range r.Keys {
			if k.ID == keyID {
				return r, k.DER, nil
			}
		}
	}
	return r, nil, nil
}

func (w *Witness) remote(ctx context.Context, uri string) (r camp.Remote, err error) {
	err = w.store.View(ctx, func(tx WitnessTx) error {
		found, ok, err := tx.RemoteByURI(uri)
		if ok && found.Gone.IsZero() {
			r = found
		}
		return err
	})
	return r, err
}

// Knows reports whether anything is kept of somebody elsewhere.
func (w *Witness) Knows(ctx context.Context, uri string) (bool, error) {
	r, err := w.remote(ctx, uri)
	return r.URI != "", err
}

// fetched reads a key anew: the document that its id leads to, and from there
// the owner's, which must list it.
func (w *Witness) fetched(ctx context.Context, keyID, host string) (a ap.Actor, der []byte, err error) {
	address, _, _ := strings.Cut(keyID, "#")
	body, _, err := w.docs.Document(ctx, 0, address)
	if err != nil {
		return ap.Actor{}, nil, err
	}
	if a, err = ap.ParseActor(body); err != nil {
		keys, bad := ap.ParseKeys(body)
		if bad != nil {
			return ap.Actor{}, nil, bad
		}
		owner := ""
		for _, k := range keys {
			if k.ID == keyID {
				owner = k.Owner
			}
		}
		if ap.HostOf(owner) != host {
			return ap.Actor{}, nil, fmt.Errorf("%w: an owner on another host", ErrOwner)
		}
		if body, _, err = w.docs.Document(ctx, 0, owner); err != nil {
			return ap.Actor{}, nil, err
		}
		if a, err = ap.ParseActor(body); err != nil {
			return ap.Actor{}, nil, err
		}
	}
	if ap.HostOf(a.ID) != host {
		return ap.Actor{}, nil, fmt.Errorf("%w: an owner on another host", ErrOwner)
	}
	for _, k := range a.Keys {
		if k.ID == keyID && k.Owner == a.ID && !k.Multi {
			return a, k.DER, nil
		}
	}
	return ap.Actor{}, nil, fmt.Errorf("%w: the owner does not list it", ErrOwner)
}

// mayAsk reports whether a key that did not fit may be fetched again.
func (w *Witness) mayAsk(keyID string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	if last, ok := w.asked[keyID]; ok && now.Sub(last) < askAgain {
		return false
	}
	if len(w.asked) >= maxAsked {
		for k, at := range w.asked {
			if now.Sub(at) >= askAgain {
				delete(w.asked, k)
			}
		}
		if len(w.asked) >= maxAsked {
			return false
		}
	}
	w.asked[keyID] = now
	return true
}

// failedBefore gives why a key was not to be had a short while ago.
func (w *Witness) failedBefore(keyID string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f, ok := w.fails[keyID]; ok && w.now().Sub(f.at) < failKept {
		return f.err
	}
	return nil
}

func (w *Witness) fail(keyID string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.fails) >= maxAsked {
		clear(w.fails) // costs a fetch each
	}
	w.fails[keyID] = failure{err, w.now()}
}

// withoutPort gives the name of a host: rules are about names.
func withoutPort(host string) string {
	name, _, _ := strings.Cut(host, ":")
	return name
}
