package fed

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/fed/queue"
	"camp/node/outside"
	"camp/node/sig"
)

// CheckTx is what is looked at once more before a letter is sent.
type CheckTx interface{ OwnTx }

// CheckStore gives it.
type CheckStore interface {
	View(ctx context.Context, fn func(CheckTx) error) error
}

// SenderOptions are what a Sender needs; all but May must be set.
type SenderOptions struct {
	Names  Names
	Client Client
	Keys   Keys
	Store  CheckStore
	May    func(host camp.Domain) error // the border's word about a server; nil admits all
	Now    func() time.Time             // the corrected time
}

// Sender signs letters and brings them to their inboxes: its Send and Check are
// for queue.Options. Safe for concurrent use.
type Sender struct {
	shaper
	o SenderOptions
}

// NewSender makes a Sender.
func NewSender(o SenderOptions) *Sender {
	if o.May == nil {
		o.May = func(camp.Domain) error { return nil }
	}
	return &Sender{shaper{n: o.Names, may: o.May}, o}
}

// Send brings a letter to one inbox, in the form that the parcel says. Whether it
// may go at all, Check has said.
func (s *Sender) Send(ctx context.Context, p queue.Parcel) queue.Result {
	if camp.Domain(withoutPort(ap.HostOf(p.Inbox))) != p.Host || p.Host == "" {
		return queue.Result{Trouble: queue.Forbidden}
	}
	key, err := s.o.Keys.Key(ctx, p.Letter.By)
	if err != nil {
		if camp.AsFault(err).Kind == camp.NotFound { // whoever wrote it has none and gets none
			return queue.Result{Trouble: queue.Forbidden}
		}
		return queue.Result{Trouble: queue.Ours}
	}
	form := formOf(p.Form)
	a, err := s.o.Client.Do(ctx, outside.Request{
		Method: http.MethodPost, URL: p.Inbox, Body: p.Letter.Body,
		Header: http.Header{"Content-Type": {ap.TypeActivity}, "Accept": {ap.TypeActivity + ", " + ap.TypeLD}},
		Sign:   func(r *http.Request) error { return sig.Sign(r, p.Letter.Body, key, form, s.o.Now()) },
	})
	if err != nil {
		return queue.Result{Trouble: troubleOf(outside.KindOf(err))}
	}
	return queue.Result{Status: a.Status, After: s.after(a)}
}

// troubleOf sorts what kept an answer away by what the queue does about it.
func troubleOf(kind outside.Kind) queue.Trouble {
	switch kind {
	case outside.Rule, outside.Blocked:
		return queue.Forbidden
	case outside.Address, outside.DNS:
		return queue.NoName
	case outside.Connect:
		return queue.Unreachable
	case outside.TLS:
		return queue.BadTLS
	case outside.Timeout, outside.Broken, outside.Big, outside.Type, outside.Hops:
		return queue.Late
	case outside.Busy, outside.Stopped, outside.Unsigned:
	}
	return queue.Ours
}

// after reads Retry-After, in seconds or as a date by the other side's clock
// (RFC 9110 §10.2.3).
func (s *Sender) after(a outside.Answer) time.Duration {
	said := strings.TrimSpace(a.Header.Get("Retry-After"))
	if n, err := strconv.ParseUint(said, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	at, err := http.ParseTime(said)
	if err != nil {
		return 0
	}
	now := a.Date
	if now.IsZero() {
		now = s.o.Now()
	}
	return max(at.Sub(now), 0)
}

// Check takes the leave for a letter once more, from what is in the store now
// (community.md 3.1, 1), and asks the border about the servers that it speaks of.
// It gives the letter to send, which is another where it must not name one of
// them any more. queue.ErrMoot where what it tells of is no more, queue.ErrLeak
// where it must never have been written.
func (s *Sender) Check(ctx context.Context, l camp.Letter) (camp.Letter, error) {
	if !l.Leave() {
		return l, fmt.Errorf("%w: no leave", queue.ErrLeak)
	}
	var verdict error
	err := s.o.Store.View(ctx, func(tx CheckTx) (err error) {
		if verdict, err = judge(tx, l.Row()); verdict != nil || err != nil {
			return err
		}
		if yes, err := s.carries(tx, l.Row()); yes || err != nil {
			verdict = queue.ErrMoot
			return err
		}
		l, err = s.anew(tx, l)
		if settled(err) {
			verdict, err = err, nil
		}
		return err
	})
	switch {
	case err != nil:
		return l, fmt.Errorf("look at a letter again: %w", err)
	case errors.Is(verdict, camp.ErrCampOnly):
		return l, fmt.Errorf("%w: %w", queue.ErrLeak, verdict)
	case verdict != nil:
		return l, queue.ErrMoot
	}
	return l, nil
}

// judge is Check with the store open; verdict is why the letter is not sent.
func judge(tx CheckTx, r camp.LetterRow) (verdict, err error) {
	if r.By != 0 && !afterwards(r.Do) {
		m, ok, err := tx.Member(r.By)
		if err != nil || !ok || !reachable(m) {
			return queue.ErrMoot, err
		}
	}
	if r.Post == 0 {
		_, verdict = camp.ReleaseAct(r.Do, nil)
		return verdict, nil
	}
	p, ok, err := tx.Post(r.Post)
	switch {
	case err != nil:
		return nil, err
	case ok && p.Audience != r.Audience && p.Audience == camp.AudienceCamp:
		return camp.ErrCampOnly, nil
	case takesBack(r.Do) && !ok:
		_, verdict = camp.ReleaseGone(camp.Errand{Do: r.Do, Post: r.Post, Old: r.Audience})
		return verdict, nil
	case !ok:
		return queue.ErrMoot, nil
	case p.Here():
		return judgeOwn(tx, r, p)
	}
	_, verdict = camp.ReleaseAct(r.Do, &p)
	return verdict, nil
}

// takesBack reports whether a letter is about what is gone here already.
func takesBack(do camp.ErrandKind) bool {
	return do == camp.ErrandDelete || do == camp.ErrandUnboost || do == camp.ErrandUnpin
}

// judgeOwn judges a letter about a post of this camp that stands.
func judgeOwn(tx CheckTx, r camp.LetterRow, p camp.Post) (verdict, err error) {
	switch {
	case r.Do == camp.ErrandDelete || r.Do == camp.ErrandUnboost: // of something that is still there
		return queue.ErrMoot, nil
	case r.Do == camp.ErrandReject || r.Do == camp.ErrandReport:
		_, verdict = camp.ReleaseAct(r.Do, &p)
		return verdict, nil
	case p.Audience == camp.AudienceLetter:
		to, err := namedIn(tx, p)
		if err != nil || len(to) == 0 { // whom it named is forgotten
			return queue.ErrMoot, err
		}
		_, verdict = camp.ReleaseLetter(p, r.Do, to)
		return verdict, nil
	}
	if _, verdict = camp.Release(p, r.Do); verdict != nil || p.BoostOf == 0 {
		return verdict, nil
	}
	of, ok, err := tx.Post(p.BoostOf)
	if err != nil || !ok {
		return queue.ErrMoot, err
	}
	_, verdict = camp.ReleaseAct(r.Do, &of)
	if !of.Here() && (verdict != nil || of.Audience == camp.AudienceFollowers) { // its author let fewer people read it since
		verdict = queue.ErrMoot
	}
	return verdict, nil
}

// namedIn gives those elsewhere whom a letter names.
func namedIn(tx CheckTx, p camp.Post) (list []camp.Remote, err error) {
	for _, id := range p.Mentions {
		r, ok, err := tx.Remote(id)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, r)
		}
	}
	return list, nil
}
