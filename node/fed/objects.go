package fed

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path"
	"strconv"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/posts"
	"camp/node/sig"
)

// ObjectsTx is what is read to show others what is here.
type ObjectsTx interface {
	posts.Tx
	Farewell(m camp.MemberID) (f camp.Farewell, ok bool, err error)
	Stamp(id uint64) (s camp.Stamp, ok bool, err error)
	// OpenBy gives a page of what a member let out, for these audiences, newest
	// first, without a look at anything else; OpenCount counts.
	OpenBy(m camp.MemberID, p camp.Page, audiences ...camp.Audience) ([]camp.Post, error)
	OpenCount(m camp.MemberID, audience camp.Audience) (int, error)
}

// ObjectsStore gives it.
type ObjectsStore interface {
	View(ctx context.Context, fn func(ObjectsTx) error) error
}

// Files opens stored pictures; media.Media does.
type Files interface {
	Show(f camp.MediaFile) (camp.MediaFile, io.ReadSeekCloser, error)
}

// ObjectsOptions are what Objects need; all but Unlimited must be set.
type ObjectsOptions struct {
	Names   Names
	Store   ObjectsStore
	Keys    Keys
	Witness *Witness
	May     func(host camp.Domain) error // the border's word
	Files   Files
	Title   func() string // the camp's name, as strangers may know it
	// Unlimited lifts the rates, and nothing else; only for a lab.
	Unlimited bool
	Now       func() time.Time
	Log       *slog.Logger
}

// Objects shows other servers what they may see, below the addresses of Names
// (federation.md 3, 4, 8, 9; authorized fetch):
//
//	the camp itself          anybody; who signs is not looked up, so that two such servers can meet
//	members, what is open    whoever signs, but who is shut out, blocked by the author or blocked the author; 401 without a signature
//	what is for some         those, proven by their key
//	pictures of what is open anybody
//	all else                 nothing: equal for what is the camp's alone and what never was
//
// A reader of pages is sent on to the page of what is open.
type Objects struct {
	shaper
	o    ObjectsOptions
	mux  *http.ServeMux
	pace *pace
}

// NewObjects makes Objects.
func NewObjects(o ObjectsOptions) *Objects {
	s := &Objects{shaper: shaper{n: o.Names, may: o.May}, o: o, mux: http.NewServeMux(), pace: newPace(o.Unlimited)}
	for pattern, do := range map[string]func(*asking) error{
		"GET " + own:                    (*asking).camp,
		"GET " + own + "/outbox":        (*asking).campOutbox,
		"GET " + own + "/p/{id}":        (*asking).post,
		"GET " + own + "/p/{id}/{what}": (*asking).around,
		"GET " + own + "/s/{id}":        (*asking).stamp,
		"GET " + own + "/m/{id}":        (*asking).picture,
		"GET /ap/{name}":                (*asking).member,
		"GET /ap/{name}/{what}":         (*asking).list,
		"/":                             (*asking).nothing,
	} {
		s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, do) })
	}
	return s
}

// ServeHTTP answers.
func (s *Objects) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path.Clean(r.URL.Path) != r.URL.Path || r.URL.EscapedPath() != r.URL.Path { // one spelling for each id
		nothing(w)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// asking is one request in work.
type asking struct {
	*Objects
	w      http.ResponseWriter
	r      *http.Request
	claims []sig.Claim
	page   bool // a page is wanted, not a document
}

var (
	errNothing  = errors.New("fed: nothing that they may see")
	errUnsigned = errors.New("fed: not signed, or not so that it proves anybody")
	errRate     = errors.New("fed: too often")
)

// answer does one request and gives the one answer for each reason not to.
func (s *Objects) answer(w http.ResponseWriter, r *http.Request, do func(*asking) error) {
	a := &asking{Objects: s, w: w, r: r, page: WantsPage(r.Header)}
	var err error
	a.claims, err = s.o.Witness.Read(sig.Incoming{Method: r.Method, Host: string(s.n.Domain), Target: r.URL.RequestURI(), Header: r.Header})
	if errors.Is(err, ErrShutOut) {
		nothing(w)
		return
	}
	switch err := do(a); {
	case err == nil:
	case errors.Is(err, errNothing):
		nothing(w)
	case errors.Is(err, errUnsigned):
		w.Header().Set("Vary", varies)
		say(w, http.StatusUnauthorized)
	case errors.Is(err, errRate):
		w.Header().Set("Retry-After", strconv.Itoa(pacePause))
		say(w, http.StatusTooManyRequests)
	default:
		s.o.Log.Error("could not show what was asked for", "err", err)
		w.Header().Set("Retry-After", "60")
		say(w, http.StatusServiceUnavailable)
	}
}

func (a *asking) nothing() error { return errNothing }

// signer tells who asks; errUnsigned for nobody.
func (a *asking) signer() (Signer, error) {
	if len(a.claims) == 0 {
		return Signer{}, errUnsigned
	}
	if !a.Objects.pace.may(ap.HostOf(a.claims[0].KeyID), a.o.Now()) {
		return Signer{}, errRate
	}
	who, err := a.o.Witness.Signer(a.r.Context(), a.claims)
	if errors.Is(err, errNoTurn) {
		return Signer{}, errRate
	}
	if err != nil {
		a.o.Log.Info("asked for something: no proof of who asks", "host", ap.HostOf(a.claims[0].KeyID), "err", err)
		return Signer{}, errUnsigned
	}
	return who, nil
}

// needs is signer for what is not for all: nobody else learns that it is there.
func (a *asking) needs() (Signer, error) {
	who, err := a.signer()
	if errors.Is(err, errUnsigned) {
		err = errNothing
	}
	return who, err
}

// view reads the store.
func (a *asking) view(fn func(ObjectsTx) error) error { return a.o.Store.View(a.r.Context(), fn) }

const varies = "Accept, Signature"

// give sends a document. What one asker sees is not another's to keep.
func (a *asking) give(status int, body []byte) error {
	h := a.w.Header()
	h.Set("Content-Type", ap.TypeActivity+"; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private")
	h.Set("Vary", varies)
	a.w.WriteHeader(status)
	_, _ = a.w.Write(body)
	return nil
}

// sendOn sends a reader to the page of what they asked for.
func (a *asking) sendOn(page string) error {
	h := a.w.Header()
	h.Set("Location", page)
	h.Set("Cache-Control", "private")
	h.Set("Vary", varies)
	a.w.WriteHeader(http.StatusSeeOther)
	return nil
}

// camp shows the camp's own actor to anybody, also to whom it could not verify:
// their way to do so begins here (federation.md 3).
func (a *asking) camp() error {
	if a.page {
		return a.sendOn(a.n.at("/"))
	}
	key, err := a.o.Keys.Key(a.r.Context(), 0)
	if err != nil {
		return err
	}
	me, err := a.itself(a.o.Title(), key)
	if err != nil {
		return err
	}
	return a.give(http.StatusOK, me.JSON())
}

// campOutbox is empty: the camp itself says nothing to all.
func (a *asking) campOutbox() error {
	if a.page {
		return a.sendOn(a.n.at("/"))
	}
	list := ap.Collection{Type: "OrderedCollection", ID: a.n.Camp() + "/outbox"}
	return a.give(http.StatusOK, list.JSON())
}

// named gives the member of an address, and whether they said farewell; nothing
// for whom others do not know.
func (a *asking) named() (m camp.Member, gone bool, err error) {
	name, ok := camp.ParseName(a.r.PathValue("name"))
	if !ok || name != a.r.PathValue("name") {
		return m, false, errNothing
	}
	err = a.view(func(tx ObjectsTx) error {
		if m, ok, err = tx.MemberByName(name); err != nil || !ok {
			return orNothing(err)
		}
		if reachable(m) {
			return nil
		}
		if _, gone, err = tx.Farewell(m.ID); err != nil || !gone || m.Standing.In() {
			return orNothing(err)
		}
		return nil
	})
	return m, gone, err
}

func orNothing(err error) error {
	if err == nil {
		err = errNothing
	}
	return err
}

// sees refuses whom the member blocks, and who blocked the member.
func sees(tx ObjectsTx, m camp.MemberID, who Signer) error {
	x, err := tx.Apart(m, who.Remote.ID)
	if err == nil && x.Hidden() {
		err = errNothing
	}
	return err
}

// member shows a member, or that one is no more.
func (a *asking) member() error {
	m, gone, err := a.named()
	if err != nil {
		return err
	}
	if a.page && !gone {
		return a.sendOn(a.n.Page(m.Name))
	}
	who, err := a.signer()
	if err != nil {
		return err
	}
	if gone {
		stone := ap.Tombstone{ID: a.n.Actor(m.Name), Former: "Person"}
		return a.give(http.StatusGone, stone.JSON())
	}
	if err := a.view(func(tx ObjectsTx) error { return sees(tx, m.ID, who) }); err != nil {
		return err
	}
	key, err := a.o.Keys.Key(a.r.Context(), m.ID)
	if err != nil {
		return err
	}
	var me *ap.Actor
	err = a.view(func(tx ObjectsTx) (err error) {
		me, err = a.person(tx, m, key)
		return err
	})
	if err != nil {
		return err
	}
	return a.give(http.StatusOK, me.JSON())
}
