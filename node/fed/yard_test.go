package fed

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/fed/queue"
	"camp/node/sig"
	"camp/store"
)

// What the store gives is what federation asks for.
var (
	_ TellTx    = (*store.Tx)(nil)
	_ ObjectsTx = (*store.Tx)(nil)
	_ CheckTx   = (*store.Tx)(nil)
	_ OwnTx     = (*store.Tx)(nil)
)

// drawer holds pictures by their hash.
type drawer map[string]string

type still struct{ *strings.Reader }

func (still) Close() error { return nil }

func (d drawer) Show(f camp.MediaFile) (camp.MediaFile, io.ReadSeekCloser, error) {
	b, ok := d[f.Hash]
	if !ok {
		return f, nil, camp.NewFault(camp.NotFound, "media.gone.say", nil)
	}
	return f, still{strings.NewReader(b)}, nil
}

// yard is a hearth that also speaks to others.
type yard struct {
	*hearth
	*Teller
	v       *village
	objects *Objects
	sender  *Sender
	ring    *Ring
	log     bytes.Buffer
	shut    map[camp.Domain]bool
	pics    drawer
	keys    map[string]sig.Key // of people elsewhere
}

func newYard(t testing.TB) *yard {
	t.Helper()
	y := &yard{hearth: newHearth(t), shut: map[camp.Domain]bool{}, pics: drawer{}, keys: map[string]sig.Key{}}
	log := slog.New(slog.NewTextHandler(&y.log, nil))
	now := func() time.Time { return at }
	q := queue.New(queue.Options{
		Store: store.As[queue.Tx](y.db), Now: now, Rand: rand.Reader, Log: log, Send: func(context.Context, queue.Parcel) queue.Result { return queue.Result{} },
	})
	if err := q.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	may := func(d camp.Domain) error {
		if y.shut[d] {
			return errors.New("blocked")
		}
		return nil
	}
	y.ring = NewRing(here, store.As[KeyTx](y.db))
	y.Teller = NewTeller(TellerOptions{Names: here, Store: store.As[TellTx](y.db), Queue: q, Ring: y.ring, May: may, Log: log})
	y.v, _ = newVillage(t)
	witness := NewWitness(store.As[WitnessTx](y.db), y.v, may, now)
	y.objects = NewObjects(ObjectsOptions{
		Names: here, Store: store.As[ObjectsTx](y.db), Keys: y.ring, Witness: witness, May: may, Files: y.pics,
		Title: func() string { return "Hearth" }, Now: now, Log: log,
	})
	y.sender = NewSender(SenderOptions{Names: here, Keys: y.ring, Store: store.As[CheckTx](y.db), May: may, Now: now})
	return y
}

func (y *yard) update(fn func(tx *store.Tx) error) {
	y.t.Helper()
	if err := y.db.Update(y.t.Context(), fn); err != nil {
		y.t.Fatal(err)
	}
}

func (y *yard) view(fn func(tx *store.Tx) error) {
	y.t.Helper()
	if err := y.db.View(y.t.Context(), fn); err != nil {
		y.t.Fatal(err)
	}
}

var aKey = sync.OnceValue(func() camp.Secret {
	_, private, err := sig.NewKey(bo + keyMark)
	if err != nil {
		panic(err)
	}
	return private
})

// meet makes somebody elsewhere known, with a key of theirs.
func (y *yard) meet(name, host string, shared bool) camp.Remote {
	y.t.Helper()
	uri := "https://" + host + "/u/" + name
	key, err := sig.ParsePrivate(uri+keyMark, aKey()) // making one for each would take the time of the tests
	if err != nil {
		y.t.Fatal(err)
	}
	der, err := key.SPKI()
	if err != nil {
		y.t.Fatal(err)
	}
	y.keys[uri] = key
	r := camp.Remote{
		URI: uri, Domain: camp.Domain(host), At: camp.Domain(host), Name: name, Kind: camp.RemotePerson, Inbox: uri + "/inbox",
		Followers: uri + "/followers", Page: "https://" + host + "/@" + name, Keys: []camp.RemoteKey{{ID: uri + keyMark, DER: der}},
	}
	if shared {
		r.Shared = "https://" + host + "/inbox"
	}
	y.update(func(tx *store.Tx) error {
		r.ID = camp.MemberID(tx.NextID())
		return tx.PutRemote(r, nil)
	})
	return r
}

// acts takes an act of somebody who is known here.
func (y *yard) acts(r camp.Remote, kind, object string) {
	y.t.Helper()
	y.n++
	a, err := ap.ParseActivity([]byte(fmt.Sprintf(`{"id":"%s/acts/%d","type":%q,"actor":%q,"object":%s}`, r.URI, y.n, kind, r.URI, object)))
	if err != nil {
		y.t.Fatal(err)
	}
	if err := y.Take(y.t.Context(), Signer{URI: r.URI, Remote: r, Host: ap.HostOf(r.URI)}, a); err != nil {
		y.t.Fatal(err)
	}
}

// follows makes somebody elsewhere an accepted follower.
func (y *yard) follows(r camp.Remote, whom camp.MemberID) {
	y.t.Helper()
	y.update(func(tx *store.Tx) error {
		return tx.PutFollow(camp.Follow{From: r.ID, To: whom, At: at, Accepted: true, URI: r.URI + "/f"})
	})
}

// sent is one letter and the inboxes that it waits for.
type sent struct {
	camp.LetterRow
	to []string
}

// tell turns the errands into letters and gives all that wait, in their order.
func (y *yard) tellAll() (list []sent) {
	y.t.Helper()
	if err := y.Tell(y.t.Context()); err != nil {
		y.t.Fatal(err)
	}
	if left := y.errands(); len(left) > 0 {
		y.t.Errorf("errands are left: %+v", left)
	}
	return y.letters()
}

func (y *yard) letters() (list []sent) {
	y.t.Helper()
	y.view(func(tx *store.Tx) error {
		return tx.Orders(func(o camp.Order) error {
			l, ok, err := tx.Letter(o.Letter)
			if err != nil || !ok {
				return errors.Join(err, errors.New("an order without a letter"))
			}
			if n := len(list); n > 0 && list[n-1].ID == o.Letter {
				list[n-1].to = append(list[n-1].to, o.Inbox)
				return nil
			}
			list = append(list, sent{l.Row(), []string{o.Inbox}})
			return nil
		})
	})
	for _, l := range list {
		slices.Sort(l.to)
	}
	slices.SortFunc(list, func(a, b sent) int { return int(int64(a.ID) - int64(b.ID)) })
	return list
}

// drain takes all letters away, as if they had arrived.
func (y *yard) drain() {
	y.t.Helper()
	y.update(func(tx *store.Tx) error {
		var all []camp.Order
		err := tx.Orders(func(o camp.Order) error { all = append(all, o); return nil })
		return errors.Join(err, tx.DropOrders(all))
	})
	q := queue.New(queue.Options{
		Store: store.As[queue.Tx](y.db), Now: func() time.Time { return at }, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
		Send: func(context.Context, queue.Parcel) queue.Result { return queue.Result{} },
	})
	if err := q.Load(y.t.Context()); err != nil {
		y.t.Fatal(err)
	}
	y.Teller.o.Queue = q
}

// parsed is a letter's JSON.
func parsed(t *testing.T, body []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return v
}

// numbers of 18 digits and times since 1970 differ from run to run.
var (
	longNumber = regexp.MustCompile(`[0-9]{18}`)
	aKeyText   = regexp.MustCompile(`(-----BEGIN|z4MX)[^"]*`)
)

// steady puts names in the place of what differs from run to run, and lays the
// document out; the words of @context are ap's own business.
func steady(t *testing.T, body []byte) string {
	t.Helper()
	v := parsed(t, body)
	delete(v, "@context")
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	out := longNumber.ReplaceAllStringFunc(b.String(), func(n string) string {
		if seen[n] == "" {
			seen[n] = "ID" + string(rune('A'+len(seen)))
		}
		return seen[n]
	})
	return aKeyText.ReplaceAllString(out, "KEY")
}

// get asks for an address, signed by somebody elsewhere where as is not "".
func (y *yard) get(address, as string, accept ...string) *httptest.ResponseRecorder {
	y.t.Helper()
	r := httptest.NewRequestWithContext(y.t.Context(), http.MethodGet, address, nil)
	r.Header.Set("Accept", `application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"`)
	if len(accept) > 0 {
		r.Header.Set("Accept", accept[0])
	}
	if as != "" {
		key, ok := y.keys[as]
		if !ok {
			y.t.Fatalf("nobody called %s", as)
		}
		if err := sig.Sign(r, nil, key, sig.FormMessage, at); err != nil {
			y.t.Fatal(err)
		}
	}
	w := httptest.NewRecorder()
	y.objects.ServeHTTP(w, r)
	return w
}

// same reports whether two answers cannot be told apart.
func same(a, b *httptest.ResponseRecorder) bool {
	if a.Code != b.Code || a.Body.String() != b.Body.String() || len(a.Header()) != len(b.Header()) {
		return false
	}
	for name, v := range a.Header() {
		if !slices.Equal(v, b.Header()[name]) {
			return false
		}
	}
	return true
}
