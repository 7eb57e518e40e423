package fed

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/fed/queue"
	"camp/node/outside"
	"camp/node/sig"
	"camp/store"
)

// post is another server's inbox.
type post struct {
	t      *testing.T
	key    sig.Key
	answer outside.Answer
	err    error
	got    []outside.Request
	form   sig.Form
}

func (p *post) Do(ctx context.Context, q outside.Request) (outside.Answer, error) {
	p.got = append(p.got, q)
	if p.err != nil {
		return outside.Answer{}, p.err
	}
	r, err := http.NewRequestWithContext(ctx, q.Method, q.URL, nil)
	if err != nil {
		return outside.Answer{}, err
	}
	r.Header = q.Header.Clone()
	if err := q.Sign(r); err != nil {
		return outside.Answer{}, err
	}
	claims, err := sig.Read(sig.Incoming{Method: r.Method, Host: r.URL.Host, Target: r.URL.RequestURI(), Header: r.Header, Body: q.Body}, at)
	if err != nil || claims[0].Verify(p.key.Public()) != nil || claims[0].KeyID != p.key.ID {
		p.t.Errorf("no good signature: %v", err)
	} else {
		p.form = claims[0].Form
	}
	return p.answer, nil
}

func newPost(t *testing.T) (*post, *Sender) {
	t.Helper()
	p := &post{t: t, answer: outside.Answer{Status: http.StatusAccepted}}
	key, _ := newKeyOf(t, here.Actor("ana")+keyMark)
	p.key = key
	return p, NewSender(SenderOptions{Client: p, Keys: oneKey{key}, Now: func() time.Time { return at }})
}

var aParcel = queue.Parcel{Letter: camp.LetterRow{ID: 1, By: 1, Body: []byte(`{"x":1}`)}, Host: "far.example", Inbox: "https://far.example/inbox", Form: camp.SignNew}

func TestSend(t *testing.T) {
	t.Parallel()
	for form, want := range map[camp.SignForm]sig.Form{camp.SignNew: sig.FormMessage, camp.SignOld: sig.FormCavage} {
		p, s := newPost(t)
		parcel := aParcel
		parcel.Form = form
		res := s.Send(t.Context(), parcel)
		if res != (queue.Result{Status: 202}) || p.form != want || len(p.got) != 1 {
			t.Fatalf("%+v in form %s", res, p.form)
		}
		q := p.got[0]
		if q.Method != http.MethodPost || q.URL != parcel.Inbox || string(q.Body) != `{"x":1}` || q.Header.Get("Content-Type") != ap.TypeActivity {
			t.Errorf("%+v", q)
		}
	}
}

// To nobody else than the host that it was meant for.
func TestSendToTheHostAlone(t *testing.T) {
	t.Parallel()
	for _, inbox := range []string{"https://victim.example/inbox", "https://far.example.evil.example/inbox", "http://far.example/inbox", "https://far.example@evil.example/inbox", "", "https://sub.far.example/inbox"} {
		p, s := newPost(t)
		parcel := aParcel
		parcel.Inbox = inbox
		if res := s.Send(t.Context(), parcel); res.Trouble != queue.Forbidden || len(p.got) != 0 {
			t.Errorf("%q: %+v, %d sent", inbox, res, len(p.got))
		}
	}
}

func TestSendTroubles(t *testing.T) {
	t.Parallel()
	for kind, want := range map[outside.Kind]queue.Trouble{
		outside.Rule: queue.Forbidden, outside.Blocked: queue.Forbidden, outside.Address: queue.NoName, outside.DNS: queue.NoName,
		outside.Connect: queue.Unreachable, outside.TLS: queue.BadTLS, outside.Timeout: queue.Late, outside.Broken: queue.Late, outside.Big: queue.Late,
		outside.Type: queue.Late, outside.Hops: queue.Late, outside.Busy: queue.Ours, outside.Stopped: queue.Ours, outside.Unsigned: queue.Ours, "": queue.Ours,
	} {
		p, s := newPost(t)
		p.err = &outside.Error{Kind: kind, Host: "far.example"}
		if res := s.Send(t.Context(), aParcel); res.Trouble != want || res.Status != 0 {
			t.Errorf("%q: %+v", kind, res)
		}
	}
	_, s := newPost(t)
	s.o.Keys = noKeys{camp.NewFault(camp.NotFound, "fed.no_key.say", nil)}
	if res := s.Send(t.Context(), aParcel); res.Trouble != queue.Forbidden {
		t.Errorf("without a key: %+v", res)
	}
	s.o.Keys = noKeys{io.ErrUnexpectedEOF}
	if res := s.Send(t.Context(), aParcel); res.Trouble != queue.Ours {
		t.Errorf("the store failed: %+v", res)
	}
}

type noKeys struct{ err error }

func (n noKeys) Key(context.Context, camp.MemberID) (sig.Key, error) { return sig.Key{}, n.err }

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]time.Duration{
		"": 0, "120": 2 * time.Minute, " 5 ": 5 * time.Second, "-1": 0, "soon": 0, "99999999999999": 0,
		at.Add(time.Hour).Format(http.TimeFormat):  time.Hour,
		at.Add(-time.Hour).Format(http.TimeFormat): 0,
	} {
		p, s := newPost(t)
		p.answer = outside.Answer{Status: 429, Header: http.Header{"Retry-After": {said}}}
		if res := s.Send(t.Context(), aParcel); res.After != want || res.Status != 429 {
			t.Errorf("%q: %+v", said, res)
		}
		p.answer.Date = at.Add(30 * time.Minute) // their clock is half an hour ahead
		if res := s.Send(t.Context(), aParcel); want == time.Hour && res.After != want/2 {
			t.Errorf("%q by their clock: %+v", said, res)
		}
	}
}

// The leave is taken again when a letter is sent, from what is so now.
func TestCheck(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	r := y.meet("bo", "far.example", true)
	open, ours := y.write(y.ana, camp.AudiencePublic, "one"), y.write(y.ana, camp.AudienceCamp, "two")
	letter, inside := y.write(y.ana, camp.AudienceLetter, "three @bo@far.example"), y.write(y.ana, camp.AudienceLetter, "four @hal")
	far := y.farPost(r, "https://far.example/n/1", camp.AudiencePublic)
	private := y.farPost(r, "https://far.example/n/2", camp.AudienceLetter, y.ana.Member)
	boost, err := y.posts.Boost(t.Context(), y.ana, far.ID, true)
	must(t, err)
	narrowed, err := y.posts.Boost(t.Context(), y.ana, y.farPost(r, "https://far.example/n/3", camp.AudiencePublic).ID, true)
	must(t, err)
	y.update(func(tx *store.Tx) error {
		p, _, err := tx.PostByURI("https://far.example/n/3")
		was := p
		p.Audience = camp.AudienceFollowers
		hidden := camp.Post{ID: 501, Root: 501, Author: y.ana.Member, Audience: camp.AudiencePublic, BoostOf: ours, Written: at}
		return errors.Join(err, tx.PutPost(p, &was), tx.PutPost(hidden, nil))
	})
	row := func(do camp.ErrandKind, p camp.PostID, a camp.Audience) camp.LetterRow {
		return camp.LetterRow{ID: 1, Do: do, By: y.ana.Member, Post: p, Audience: a}
	}
	for name, c := range map[string]struct {
		row  camp.LetterRow
		want error
	}{
		"a post":                            {row(camp.ErrandPost, open, camp.AudiencePublic), nil},
		"an edit":                           {row(camp.ErrandEdit, open, camp.AudiencePublic), nil},
		"a post that is gone":               {row(camp.ErrandPost, 77, camp.AudiencePublic), queue.ErrMoot},
		"of the camp":                       {row(camp.ErrandPost, ours, camp.AudienceCamp), queue.ErrLeak},
		"of the camp, in another's clothes": {row(camp.ErrandPost, ours, camp.AudiencePublic), queue.ErrLeak},
		"a pin of the camp":                 {row(camp.ErrandPin, ours, camp.AudiencePublic), queue.ErrLeak},
		"a letter":                          {row(camp.ErrandPost, letter, camp.AudienceLetter), nil},
		"a letter within":                   {row(camp.ErrandPost, inside, camp.AudienceLetter), queue.ErrMoot},
		"a pinned letter":                   {row(camp.ErrandPin, letter, camp.AudienceLetter), queue.ErrLeak},
		"taken back":                        {row(camp.ErrandDelete, 77, camp.AudiencePublic), nil},
		"a letter taken back":               {row(camp.ErrandDelete, 77, camp.AudienceLetter), nil},
		"taken back, of the camp":           {row(camp.ErrandDelete, 77, camp.AudienceCamp), queue.ErrLeak},
		"taken back, of nobody":             {row(camp.ErrandDelete, 77, 0), queue.ErrLeak},
		"taken back, the camp's and there":  {row(camp.ErrandDelete, ours, camp.AudiencePublic), queue.ErrLeak},
		"taken back, and there":             {row(camp.ErrandDelete, open, camp.AudiencePublic), queue.ErrMoot},
		"a like":                            {row(camp.ErrandLike, far.ID, camp.AudiencePublic), nil},
		"a like of a letter from there":     {row(camp.ErrandLike, private.ID, camp.AudienceLetter), nil},
		"a like of the camp's":              {row(camp.ErrandLike, ours, camp.AudiencePublic), queue.ErrLeak},
		"a like of what is gone":            {row(camp.ErrandLike, 77, camp.AudiencePublic), queue.ErrMoot},
		"a boost":                           {row(camp.ErrandBoost, boost, camp.AudiencePublic), nil},
		"a boost of the camp's":             {row(camp.ErrandBoost, 501, camp.AudiencePublic), queue.ErrLeak},
		"a boost of what was narrowed":      {row(camp.ErrandBoost, narrowed, camp.AudiencePublic), queue.ErrMoot},
		"a boost taken back":                {row(camp.ErrandUnboost, 77, camp.AudiencePublic), nil},
		"a follow":                          {row(camp.ErrandFollow, 0, 0), nil},
		"a vote about nothing":              {row(camp.ErrandVote, 0, 0), queue.ErrLeak},
		"a post about nothing":              {row(camp.ErrandPost, 0, 0), queue.ErrLeak},
		"no leave at all":                   {camp.LetterRow{}, queue.ErrLeak},
		"by nobody who is here":             {camp.LetterRow{ID: 1, Do: camp.ErrandFollow, By: 4711}, queue.ErrMoot},
		"by the camp":                       {camp.LetterRow{ID: 1, Do: camp.ErrandReport}, nil},
	} {
		if _, err := y.sender.Check(t.Context(), camp.LetterReadBack(c.row)); !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	y.part(camp.Left)
	for do, want := range map[camp.ErrandKind]error{camp.ErrandPost: queue.ErrMoot, camp.ErrandUnpin: nil} {
		if _, err := y.sender.Check(t.Context(), camp.LetterReadBack(row(do, open, camp.AudiencePublic))); !errors.Is(err, want) {
			t.Errorf("after she left, %d: %v", do, err)
		}
	}
}
