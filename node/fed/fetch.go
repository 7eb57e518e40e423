package fed

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/fed/knock"
	"camp/node/outside"
	"camp/node/sig"
)

// Why a document was not taken; the text behind is for the log.
var (
	ErrAnswer = errors.New("fed: the other server did not give it")
	ErrID     = errors.New("fed: the document is not what was asked for")
)

// GoneError says that the address's own host answered that there is nothing (404
// or 410). It is a kind of ErrAnswer.
type GoneError struct{ Status int }

func (e *GoneError) Error() string { return fmt.Sprintf("fed: gone, %d", e.Status) }

// Unwrap makes it a kind of ErrAnswer.
func (e *GoneError) Unwrap() error { return ErrAnswer }

// AnswerError says with which status a server refused. It is a kind of ErrAnswer.
type AnswerError struct {
	Status int
	After  time.Duration // what its Retry-After asks for; 0 for nothing
}

func (e *AnswerError) Error() string { return fmt.Sprintf("%v: %d", ErrAnswer, e.Status) }

// Unwrap makes it a kind of ErrAnswer.
func (e *AnswerError) Unwrap() error { return ErrAnswer }

// Keys gives the key that somebody signs with, 0 for the camp's own.
type Keys interface {
	Key(ctx context.Context, who camp.MemberID) (sig.Key, error)
}

// Client sends requests; outside.Client does.
type Client interface {
	Do(ctx context.Context, r outside.Request) (outside.Answer, error)
}

// Fetcher reads documents of other servers, signed, in the form that each server
// takes (federation.md 2 and 4). Safe for concurrent use.
type Fetcher struct {
	client Client
	keys   Keys
	now    func() time.Time // the corrected time

	taken func(host camp.Domain) knock.Memory // what else is known of a server; nil: nothing

	mu    sync.Mutex // guards what follows
	forms map[string]knock.Memory
}

const maxForms = 4096 // servers remembered

// NewFetcher makes a Fetcher.
func NewFetcher(client Client, keys Keys, now func() time.Time) *Fetcher {
	return &Fetcher{client: client, keys: keys, now: now, forms: map[string]knock.Memory{}}
}

// Ask has fn asked which form a server takes of which no document was fetched yet;
// before anything is fetched.
func (f *Fetcher) Ask(fn func(host camp.Domain) knock.Memory) { f.taken = fn }

// Document fetches what lies under an id, and gives it only if it says itself that
// this is its id, at most one step further and never on another host (FEP-fe34).
// id is what it says, byte for byte. The camp signs, whose key anybody can look up;
// where that is not enough, the member as whom it is asked for does (0: nobody).
// Errors: those of the client; ErrAnswer, *GoneError, ErrID, and ap's of what
// came.
func (f *Fetcher) Document(ctx context.Context, as camp.MemberID, address string) (body []byte, id string, err error) {
	if body, id, err = f.document(ctx, 0, address); as != 0 && errors.Is(err, ErrAnswer) {
		return f.document(ctx, as, address)
	}
	return body, id, err
}

func (f *Fetcher) document(ctx context.Context, as camp.MemberID, address string) (body []byte, id string, err error) {
	first := ap.HostOf(address)
	if first == "" {
		return nil, "", fmt.Errorf("%w: no address", ErrID)
	}
	for again := false; ; again = true {
		a, err := f.get(ctx, as, address)
		if err != nil {
			return nil, "", err
		}
		o, err := ap.ParseAny(a.Body)
		if err != nil {
			return nil, "", err
		}
		switch {
		case o.ID == "" || ap.HostOf(o.ID) != first:
			return nil, "", fmt.Errorf("%w: of another host", ErrID)
		case o.ID == a.URL:
			return a.Body, o.ID, nil
		case again:
			return nil, "", fmt.Errorf("%w: it names another again", ErrID)
		}
		address = o.ID
	}
}

// get fetches one address: in the form that its host took before, else in the
// new form and, if that is refused, in the old.
func (f *Fetcher) get(ctx context.Context, as camp.MemberID, address string) (outside.Answer, error) {
	key, err := f.keys.Key(ctx, as)
	if err != nil {
		return outside.Answer{}, err
	}
	host := ap.HostOf(address)
	form, known := f.form(host)
	sign := func(form sig.Form) func(*http.Request) error {
		return func(r *http.Request) error { return sig.Sign(r, nil, key, form, f.now()) }
	}
	a, err := f.ask(ctx, address, sign(form))
	if err != nil {
		return a, err
	}
	if knock.Again(a.Status, known) {
		was := a
		for _, again := range f.knocks(was, key, address, form) {
			a, err = f.ask(ctx, address, again.sign)
			if errors.Is(err, sig.ErrUnfit) { // what it asks for does not fit our key
				a = was
				continue
			}
			if err != nil {
				return a, err
			}
			if form = again.form; !knock.Again(a.Status, false) {
				break
			}
		}
	}
	switch {
	case a.Status/100 == 2:
		f.learn(host, form)
		return a, nil
	case a.Status == http.StatusNotFound || a.Status == http.StatusGone:
		if ap.HostOf(a.URL) != host { // a redirect cannot speak for another host
			return a, fmt.Errorf("%w: %d elsewhere", ErrAnswer, a.Status)
		}
		return a, &GoneError{Status: a.Status}
	}
	f.forget(host)
	return a, &AnswerError{Status: a.Status, After: retryAfter(a.Header)}
}

// retryAfter reads a Retry-After in seconds; dates are not waited for.
func retryAfter(h http.Header) time.Duration {
	n, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || n < 0 {
		return 0
	}
	return time.Duration(min(n, 24*3600)) * time.Second
}

// way is one more way to sign.
type way struct {
	form sig.Form
	sign func(*http.Request) error
}

// knocks are the further ways to try after an answer: as it asks for, in the
// other form, and without the query, which some servers leave out of what they
// verify. Each is tried at most once.
func (f *Fetcher) knocks(a outside.Answer, key sig.Key, address string, tried sig.Form) (list []way) {
	if ask, err := sig.Asked(a.Header); a.Status == http.StatusUnauthorized && err == nil {
		list = append(list, way{sig.FormMessage, func(r *http.Request) error { return ask.Sign(r, nil, key, f.now()) }})
	}
	other := formOf(knock.Other(kept(tried)))
	list = append(list, way{other, func(r *http.Request) error { return sig.Sign(r, nil, key, other, f.now()) }})
	if a.Status == http.StatusUnauthorized && strings.Contains(address, "?") {
		list = append(list, way{sig.FormCavage, func(r *http.Request) error { return sig.SignPlain(r, key, sig.FormCavage, f.now()) }})
	}
	return list
}

func (f *Fetcher) ask(ctx context.Context, address string, sign func(*http.Request) error) (outside.Answer, error) {
	return f.client.Do(ctx, outside.Request{URL: address, Sign: sign, Types: []string{ap.TypeActivity, ap.TypeLD}, Most: ap.MaxDocument})
}

// form gives the form to begin with, and whether it is known to work.
func (f *Fetcher) form(host string) (form sig.Form, known bool) {
	f.mu.Lock()
	m, ok := f.forms[host]
	f.mu.Unlock()
	if !ok && f.taken != nil {
		m = f.taken(camp.Domain(withoutPort(host)))
	}
	first, known := m.First(f.now())
	return formOf(first), known
}

// formOf is the form as node/sig has it.
func formOf(f camp.SignForm) sig.Form {
	if f == camp.SignOld {
		return sig.FormCavage
	}
	return sig.FormMessage
}

// kept is the form as it is kept.
func kept(f sig.Form) camp.SignForm {
	if f == sig.FormCavage {
		return camp.SignOld
	}
	return camp.SignNew
}

func (f *Fetcher) learn(host string, form sig.Form) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.forms) >= maxForms {
		clear(f.forms) // costs one more knock each
	}
	f.forms[host] = knock.Memory{Form: kept(form), At: f.now()}
}

func (f *Fetcher) forget(host string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.forms, host)
}
