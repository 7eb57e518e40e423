package fed

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"time"

	"camp/node/ap"
	"camp/node/ration"
	"camp/node/sig"
)

// ErrDisowned is what Take returns for an act that its actor may not do: nothing
// of it was taken.
var ErrDisowned = errors.New("fed: not theirs to do")

// InboxOptions are what an Inbox needs; all but Gone and Unlimited must be set.
type InboxOptions struct {
	Names   Names
	Witness *Witness
	// Take does what an activity means, whose actor is the signer. It has it on
	// disk when it returns nil, also where it means nothing here. ErrDisowned
	// refuses; after any other error the sender tries again later.
	Take func(ctx context.Context, from Signer, a ap.Activity) error
	// Carried is told of an act that the signer brought and somebody else did, as
	// far as nothing proves it.
	Carried func(ctx context.Context, from Signer, a ap.Activity) error
	// Gone is told that word came of the end of somebody who is kept, which nobody
	// could prove: their key went with them. May be nil.
	Gone func(ctx context.Context, actor string) error
	// Unlimited lifts the rates, and nothing else; only for a lab.
	Unlimited bool
	Now       func() time.Time
	Log       *slog.Logger
}

// Inbox takes what other servers bring, for one and for all alike (federation.md
// 5). Each step is bounded, and refuses before the next one costs anything:
//
//	kind, size ─▶ syntax ─▶ signature without key: server, digest, clock ─▶ actor = signer?
//	  ─▶ rates of the server and of the sender's address ─▶ key ─▶ Take ─▶ 202
//
// Whoever only claims to be of a server spends what their own address may fail,
// and not that server's turns.
type Inbox struct {
	o InboxOptions

	all, each *ration.Ration[string] // each: by host of the key
	failed    *ration.Ration[string] // by address: what proved to be nobody's
	bodies    bodies
}

// Rates of reliability.md part 9; of failures there is no word.
const (
	eachSecond = 5
	eachBurst  = 50
	allSecond  = 50
	allBurst   = 200
	failSecond = 1
	failBurst  = 20
)

// NewInbox makes an Inbox.
func NewInbox(o InboxOptions) *Inbox {
	return &Inbox{
		o: o, all: ration.New[string](allSecond, allBurst), each: ration.New[string](eachSecond, eachBurst), failed: ration.New[string](failSecond, failBurst),
	}
}

// ServeHTTP takes one activity. RemoteAddr must be the sender's: behind a proxy
// whoever hands on the request puts it there, else all strangers together may
// fail only as often as one.
func (in *Inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		say(w, http.StatusMethodNotAllowed)
		return
	}
	if !ap.IsActivityType(r.Header.Get("Content-Type")) || r.Header.Get("Content-Encoding") != "" {
		say(w, http.StatusUnsupportedMediaType)
		return
	}
	if r.ContentLength > ap.MaxDocument {
		say(w, http.StatusRequestEntityTooLarge)
		return
	}
	body, free, err := in.bodies.read(w, r)
	defer free()
	if err != nil {
		badBody(w, err)
		return
	}
	in.judge(w, r, body)
}

func (in *Inbox) judge(w http.ResponseWriter, r *http.Request, body []byte) {
	claims, err := in.o.Witness.Read(sig.Incoming{
		Method: r.Method, Host: string(in.o.Names.Domain), Target: r.URL.RequestURI(), Header: r.Header, Body: body,
	})
	if errors.Is(err, ErrShutOut) {
		nothing(w) // as if nobody were here (community.md 4.3)
		return
	}
	if err != nil {
		say(w, http.StatusUnauthorized)
		return
	}
	a, err := ap.ParseActivity(body)
	if err != nil {
		say(w, http.StatusBadRequest)
		return
	}
	a.Raw = body
	host := ap.HostOf(a.Actor)
	own := slices.DeleteFunc(slices.Clone(claims), func(c sig.Claim) bool { return ap.HostOf(c.KeyID) != host })
	switch {
	case host == "" || hostName(a.Actor) == in.o.Names.Domain || len(claims) == 0, len(own) == 0 && !carries(&a):
		say(w, http.StatusUnauthorized)
		return
	case len(own) == 0:
		in.carried(w, r, &a, claims)
		return
	}
	claims = own
	ctx := r.Context()
	if forgets, err := in.ofNobody(ctx, &a); err != nil || forgets {
		in.done(w, err)
		return
	}
	turn, wait := in.turn(host, r.RemoteAddr)
	if turn == nil {
		w.Header().Set("Retry-After", strconv.Itoa(wait))
		say(w, http.StatusTooManyRequests)
		return
	}
	from, err := in.o.Witness.Signer(ctx, claims)
	turn(err == nil && from.URI == a.Actor)
	var gone *GoneError
	switch {
	case errors.As(err, &gone) && a.Type == "Delete" && a.Object.ID == a.Actor:
		// Their key went with them; whom we knew is asked about, not believed to be gone.
		err = nil
		if in.o.Gone != nil {
			err = in.o.Gone(ctx, a.Actor)
		}
		in.done(w, err)
	case errors.Is(err, errNoTurn):
		w.Header().Set("Retry-After", "30")
		say(w, http.StatusTooManyRequests)
	case err != nil:
		in.o.Log.Info("inbox: no proof of who sent it", "host", host, "err", err)
		say(w, http.StatusUnauthorized)
	case from.URI != a.Actor:
		say(w, http.StatusUnauthorized)
	default:
		in.done(w, in.o.Take(ctx, from, a))
	}
}

// carries reports whether an act is one that others than who did it may bring: it
// is about a post of theirs (ActivityPub §7.1.2).
func carries(a *ap.Activity) bool {
	switch a.Type {
	case "Create", "Update", "Delete":
		return a.Object.ID != "" && a.Object.ID != a.Actor && ap.SameHost(a.Object.ID, a.Actor)
	}
	return false
}

// carried takes an act from somebody else than who did it. Who brought it must be
// proven in any case; then it counts by a proof of its own, or is only a hint.
func (in *Inbox) carried(w http.ResponseWriter, r *http.Request, a *ap.Activity, claims []sig.Claim) {
	ctx := r.Context()
	turn, wait := in.turn(ap.HostOf(claims[0].KeyID), r.RemoteAddr)
	if turn == nil {
		w.Header().Set("Retry-After", strconv.Itoa(wait))
		say(w, http.StatusTooManyRequests)
		return
	}
	from, err := in.o.Witness.Signer(ctx, claims)
	turn(err == nil)
	switch {
	case errors.Is(err, errNoTurn):
		w.Header().Set("Retry-After", "30")
		say(w, http.StatusTooManyRequests)
		return
	case err != nil:
		say(w, http.StatusUnauthorized)
		return
	}
	if who, err := in.o.Witness.Proven(ctx, a.Raw, a.Actor); err == nil {
		in.done(w, in.o.Take(ctx, who, *a))
		return
	}
	in.done(w, in.o.Carried(ctx, from, *a))
}

// turn takes one turn of a server, and of what the address may fail. It is nil
// where there is none, then wait says for how many seconds; else it is to be told
// whether the sender was proven, and gives back the other one.
func (in *Inbox) turn(host, addr string) (proven func(bool), wait int) {
	if in.o.Unlimited {
		return func(bool) {}, 0
	}
	now, source := in.o.Now(), sourceOf(addr)
	switch {
	case !in.failed.Take(source, now):
		return nil, 1 + failBurst/failSecond
	case !in.each.Take(host, now):
		in.failed.Give(source)
		return nil, 1 + eachBurst/eachSecond
	case !in.all.Take("", now):
		in.failed.Give(source)
		in.each.Give(host)
		return nil, 2
	}
	return func(yes bool) {
		if yes {
			in.failed.Give(source)
		} else {
			in.each.Give(host)
		}
	}, 0
}

// ofNobody reports whether an activity says that somebody is gone of whom
// nothing is kept: most of what a young server receives.
func (in *Inbox) ofNobody(ctx context.Context, a *ap.Activity) (bool, error) {
	if a.Type != "Delete" || a.Object.ID != a.Actor {
		return false, nil
	}
	known, err := in.o.Witness.Knows(ctx, a.Actor)
	return !known && err == nil, err
}

func (in *Inbox) done(w http.ResponseWriter, err error) {
	switch {
	case err == nil:
		say(w, http.StatusAccepted)
	case errors.Is(err, ErrDisowned):
		say(w, http.StatusForbidden)
	case errors.Is(err, errCrowd):
		w.Header().Set("Retry-After", "3600")
		say(w, http.StatusTooManyRequests)
	default:
		in.o.Log.Error("inbox: not taken", "err", err)
		w.Header().Set("Retry-After", "60")
		say(w, http.StatusServiceUnavailable)
	}
}

// say answers with a status and its fixed words; why is nobody's business.
func say(w http.ResponseWriter, status int) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, http.StatusText(status)+"\n")
}
