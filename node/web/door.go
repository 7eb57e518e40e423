package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"camp/node/camp"
)

// Joining is what the door needs of node/people. Faults are *camp.Fault.
type Joining interface {
	House(ctx context.Context) (camp.House, error)
	Member(ctx context.Context, id camp.MemberID) (camp.Member, error)
	Rules(ctx context.Context) (camp.Rules, error)
	Apply(ctx context.Context, id camp.InviteID, a camp.Application) (camp.Visitor, error)
	ApplyPhone(ctx context.Context, serial uint64, a camp.Application) (camp.Visitor, error)
	AddDeviceBy(ctx context.Context, id camp.InviteID, key [32]byte, label string) (camp.Visitor, error)
	Visitor(ctx context.Context, p camp.Peer) (camp.Visitor, error)
	Withdraw(ctx context.Context, serial uint64) error
	Reply(ctx context.Context, serial uint64, answer string) error
	Leave(ctx context.Context, by camp.Actor, erase bool) (camp.Member, error)
	Stay(ctx context.Context, by camp.Actor) error
	DeviceSession(ctx context.Context, serial uint64, label string) (cookie string, m camp.Member, err error)
	DeviceLink(ctx context.Context, serial uint64) (secret string, err error)
	Devices(ctx context.Context, by camp.Actor, name string) ([]camp.Device, error)
	AddDevice(ctx context.Context, by camp.Actor, d camp.Device) (camp.Device, error)
	RemoveDevice(ctx context.Context, by camp.Actor, serial uint64) error
	Rekey(ctx context.Context, serial uint64, key [32]byte) (camp.Device, error)
	NewInvite(ctx context.Context, by camp.Actor, w camp.InviteWish) (camp.Invite, error)
}

// Knocks tells that something changed, without saying what.
type Knocks interface {
	Knock(of camp.MemberID) (events <-chan camp.Event, stop func())
}

// Ways is what the door needs of the tunnel.
type Ways struct {
	Bound func(ctx context.Context, id camp.InviteID, text, mac []byte) bool // whether the sender holds the invite's secret
	Words func(key [32]byte) string                                          // four words to compare
	Code  func(ctx context.Context, i camp.Invite) (camp.InviteLine, error)  // an open invite as a code

	// By the key by which somebody came from an inner address:
	Paths func(from netip.Addr) []string                // "ip:port" at which the camp can be found now
	Inner func(serial uint64, from netip.Addr) []string // a device's inner addresses
	Phone func(from netip.Addr) string                  // the one way for a phone, "" for none
	Next  func(from netip.Addr) *camp.TunnelKey         // the key to come by, where that is another; nil otherwise

	Key   func() camp.TunnelKey           // the camp's key of now
	Since func(from netip.Addr) time.Time // since when the key they came by is new; zero unless the one before still lets people in
}

// DoorOptions are what a door is handed; all must be set but Posts.
type DoorOptions struct {
	Site   *Site
	People Joining
	Live   Knocks
	Ways   Ways
	Kept   func() []camp.Keeping
	Now    func() time.Time
	Log    *slog.Logger
}

// Door is what the camp answers in the tunnel to those who are no members yet,
// and to members' programs (assets/docs/JOINING.md). Who stands there is told by
// WithVisitor; which paths they may ask for is the gate's business.
type Door struct {
	o    DoorOptions
	mux  *http.ServeMux
	held held
}

// Bounds of what comes in by the door.
const (
	maxAsk    = 16 << 10 // bytes of a request's body
	maxWait   = 25 * time.Second
	jsonDepth = 4
	lookEvery = 5 * time.Second
)

// doorRoutes are the paths of the door, by the name under which the gate knows them.
var doorRoutes = []struct {
	pattern string
	do      func(*call) error
}{
	{"GET /v1/join", (*call).info},
	{"POST /v1/join", (*call).join},
	{"GET /v1/me", (*call).me},
	{"GET /v1/paths", (*call).paths},
	{"POST /v1/withdraw", (*call).withdraw},
	{"POST /v1/reply", (*call).reply},
	{"POST /v1/leave", (*call).leave},
	{"POST /v1/stay", (*call).stay},
	{"POST /v1/link", (*call).link},
	{"GET /v1/devices", (*call).devices},
	{"POST /v1/devices", (*call).addDevice},
	{"POST /v1/devices/invite", (*call).inviteDevice},
	{"POST /v1/devices/key", (*call).rekey},
	{"POST /v1/devices/{serial}/gone", (*call).dropDevice},
	{"GET /{$}", (*call).page},
	{"POST /join", (*call).askPage},
	{"POST /withdraw", (*call).withdrawPage},
	{"POST /reply", (*call).replyPage},
	{"POST /confirm", (*call).confirm},
	{"GET /static/{file}", (*call).file},
}

// DoorPatterns gives the patterns of all routes of the door.
func DoorPatterns() []string {
	var all []string
	for _, r := range doorRoutes {
		all = append(all, r.pattern)
	}
	return all
}

// NewDoor makes a door.
func NewDoor(o DoorOptions) *Door {
	d := &Door{o: o, mux: http.NewServeMux()}
	for _, r := range doorRoutes {
		d.mux.HandleFunc(r.pattern, func(w http.ResponseWriter, req *http.Request) {
			c := &call{d: d, w: w, r: req, api: strings.HasPrefix(req.URL.Path, "/v1/")}
			c.answer(r.do)
		})
	}
	return d
}

type visitorKey struct{}

// WithVisitor says who stands behind a request that came through the tunnel.
func WithVisitor(ctx context.Context, v camp.Visitor) context.Context {
	return context.WithValue(ctx, visitorKey{}, v)
}

// visitorOf gives who stands behind a request; false where it came by another way.
func visitorOf(ctx context.Context) (camp.Visitor, bool) {
	v, ok := ctx.Value(visitorKey{}).(camp.Visitor)
	return v, ok
}

// ServeHTTP answers one request of somebody whom WithVisitor named.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	protect(w.Header())
	d.mux.ServeHTTP(w, r)
}

// Confirm shows a member's browser that has no session the page that asks
// whether it is them. It shows nothing of the camp but its name.
func (d *Door) Confirm(w http.ResponseWriter, r *http.Request) {
	protect(w.Header())
	c := &call{d: d, w: w, r: r}
	c.answer((*call).confirmPage)
}

// call is one request at the door. It is used by one goroutine.
type call struct {
	d     *Door
	w     http.ResponseWriter
	r     *http.Request
	api   bool
	who   camp.Visitor
	house camp.House
	words *tongue
}

func (c *call) ctx() context.Context { return c.r.Context() }

// answer finds out who is there, and hands what went wrong to them in words.
func (c *call) answer(do func(*call) error) {
	c.words = c.d.o.Site.spoken(c.r, "", "")
	err := c.enter()
	if err == nil {
		err = do(c)
	}
	if err == nil {
		return
	}
	f := camp.AsFault(err)
	if f.Kind == camp.Internal {
		c.d.o.Log.ErrorContext(c.ctx(), "answer at the door failed", "path", c.r.Pattern, "err", err)
	}
	if c.api {
		c.send(statusOf(f.Kind), camp.JoinFault{Error: string(f.Kind), Say: f.Say, Text: c.sayFault(f)})
		return
	}
	if err := c.show(f); err != nil {
		c.w.WriteHeader(http.StatusInternalServerError)
	}
}

// enter reads who is there and refuses what another site's page sent: the
// address alone makes a device known, so a page elsewhere must not use it.
func (c *call) enter() error {
	who, ok := visitorOf(c.ctx())
	if !ok {
		return errNowhere
	}
	c.who = who
	if foreign(c.r) {
		return errElsewhere
	}
	h, err := c.d.o.People.House(c.ctx())
	if err != nil {
		return err
	}
	c.house = h
	c.words = c.d.o.Site.spoken(c.r, c.who.Member.Language, h.Language)
	return nil
}

// foreign reports whether a page of another site had the browser send this. Our
// own program sends neither header.
func foreign(r *http.Request) bool {
	if r.Method != http.MethodPost && !strings.HasPrefix(r.URL.Path, "/v1/") {
		return false
	}
	site, origin := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin")
	if site == "" && origin == "" {
		return r.Method == http.MethodPost && !strings.HasPrefix(r.URL.Path, "/v1/") // a form always says where it is from
	}
	return !sameOrigin(r)
}

func (c *call) sayFault(f *camp.Fault) string {
	if c.words.words.Has(f.Say) {
		return c.words.words.SayMap(f.Say, f.Args)
	}
	return c.words.say("web.fault.internal")
}

// send answers in JSON.
func (c *call) send(status int, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		c.w.WriteHeader(http.StatusInternalServerError)
		return
	}
	c.w.Header().Set("Content-Type", "application/json")
	c.w.WriteHeader(status)
	_, _ = c.w.Write(raw) // they went away: nobody to tell
}

var errUnreadable = &camp.Fault{Kind: camp.Invalid, Say: "web.door.unreadable"}

// read takes in a small JSON object: bounded in size, depth and kind, no field
// that is not known, nothing behind it.
func (c *call) read(into any) error {
	if kind, _, _ := strings.Cut(c.r.Header.Get("Content-Type"), ";"); strings.TrimSpace(kind) != "application/json" {
		return errUnreadable
	}
	raw, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, maxAsk))
	if err != nil {
		return errUnreadable
	}
	return decodeStrict(raw, into)
}

func decodeStrict(raw []byte, into any) error {
	if err := shallow(raw); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil || dec.More() {
		return errUnreadable
	}
	return nil
}

// shallow refuses what is nested deeper than any request of ours, and a name
// that stands twice in one object.
func shallow(raw []byte) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	var open []*jsonLevel
	for {
		t, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errUnreadable
		}
		var top *jsonLevel
		if n := len(open); n > 0 {
			top = open[n-1]
		}
		switch d, isDelim := t.(json.Delim); {
		case isDelim && (d == '{' || d == '['):
			if top != nil {
				top.value()
			}
			if open = append(open, &jsonLevel{object: d == '{', names: map[string]bool{}}); len(open) > jsonDepth {
				return errUnreadable
			}
		case isDelim:
			open = open[:len(open)-1]
		case top != nil && !top.take(t):
			return errUnreadable
		}
	}
}

// jsonLevel is one object or array that is open.
type jsonLevel struct {
	object, named bool
	names         map[string]bool
}

// take reads a name or a value; false for a name that was there before.
func (l *jsonLevel) take(t json.Token) bool {
	if !l.object || l.named {
		l.value()
		return true
	}
	name, _ := t.(string)
	name = strings.ToLower(name) // the decoder takes names in any case
	if l.names[name] {
		return false
	}
	l.names[name], l.named = true, true
	return true
}

func (l *jsonLevel) value() { l.named = false }

// actor is the member whose device this is.
func (c *call) actor() camp.Actor {
	return camp.Actor{Member: c.who.Member.ID, Role: c.who.Member.Role}
}

// isA reports whether who is there is one of these.
func (c *call) isA(list ...camp.Principal) bool { return slices.Contains(list, c.who.Peer.Principal) }
