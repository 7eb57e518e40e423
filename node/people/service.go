// Package people holds the rules about the people of a camp: founding it,
// members and their roles, how they get in (one-time links, sessions, tokens),
// what they agreed to, the host's log, and what is left when somebody goes. It
// knows nothing of HTTP, nor how its rows are stored.
//
// Who may do what is decided here, in the transaction that does it, by the
// member's own row: a role or right that an Actor claims is never trusted.
//
//	(nobody) --AddMember--> member --Remove--> removed --30 days--> only the name is left
//	guest --stay is over--> expired --30 days--> only the name is left
package people

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"camp/node/camp"
	"camp/node/ration"
)

// How many of each a camp has at most (community.md 1), beside camp.MaxMembers.
const (
	maxHelpers = 9
	maxGuests  = 10
)

// Options are what a Service needs. Publish may be nil.
type Options struct {
	Store   Store
	Publish Publisher
	Rand    io.Reader // secrets and keys are drawn from it
	Log     *slog.Logger

	// Derive gives the id of an invite's secret; nil: no invites by code.
	Derive func(secret camp.Secret) (camp.InviteID, error)
	// Applied makes the tunnel know who may come in now. It is called after the
	// change is on disk and before whoever asked for it is answered; nil: no tunnel.
	Applied func(ctx context.Context) error

	Outside func() bool              // whether the camp talks with the wider world; nil: never
	Account func(name string) string // the id of somebody's account as other servers know it; nil where Outside is
}

// Service does what people ask about people. It is safe for concurrent use; it
// holds no state of its own.
type Service struct {
	store   Store
	publish Publisher
	rand    io.Reader
	log     *slog.Logger
	derive  func(camp.Secret) (camp.InviteID, error)
	applied func(context.Context) error
	outside func() bool
	account func(string) string
	soon    chan struct{} // an invite was used: its secret goes in a moment
	keys    *ration.Ration[camp.MemberID]
}

// New makes a Service; it starts nothing.
func New(o Options) *Service {
	if o.Publish == nil {
		o.Publish = deaf{}
	}
	if o.Outside == nil || o.Account == nil {
		o.Outside = func() bool { return false }
	}
	return &Service{
		outside: o.Outside, account: o.Account,
		store: o.Store, publish: o.Publish, rand: o.Rand, log: o.Log.With("component", "people"),
		derive: o.Derive, applied: o.Applied, soon: make(chan struct{}, 1), keys: ration.New[camp.MemberID](keysDay/(24*3600.), keysDay),
	}
}

type deaf struct{}

func (deaf) Publish(camp.Event) {}

// errNoCamp is the cause where the store holds no camp yet.
var errNoCamp = errors.New("people: no camp was founded here")

// refuse makes a fault with one placeholder pair, or none.
func refuse(kind camp.Kind, say string, args ...string) *camp.Fault {
	f := camp.NewFault(kind, say, nil)
	for i := 0; i+1 < len(args); i += 2 {
		if f.Args == nil {
			f.Args = map[string]string{}
		}
		f.Args[args[i]] = args[i+1]
	}
	return f
}

// actor gives the row of somebody who wants to do something: a joined person.
func actor(tx Tx, by camp.Actor) (camp.Member, error) {
	if by.Member == 0 {
		return camp.Member{}, refuse(camp.NotAllowed, "people.not_member.say")
	}
	m, ok, err := tx.Member(by.Member)
	if err != nil {
		return camp.Member{}, err
	}
	if !ok || !here(tx, m) {
		return camp.Member{}, refuse(camp.NotAllowed, "people.not_member.say")
	}
	return m, nil
}

// here reports whether the person belongs to the camp now; a guest whose stay
// is over does not, even before tidying says so.
func here(tx Tx, m camp.Member) bool {
	return m.Standing.In() && (m.Ends.IsZero() || tx.Now().Before(m.Ends))
}

// host and helping give the actor if they have the right.
func hostActor(tx Tx, by camp.Actor) (camp.Member, error) {
	m, err := actor(tx, by)
	if err == nil && m.Role != camp.RoleHost {
		err = refuse(camp.NotAllowed, "people.only_host.say")
	}
	return m, err
}

// helpingActor is for what helpers do; their rights rest while they do.
func helpingActor(tx Tx, by camp.Actor) (camp.Member, error) {
	m, err := writing(tx, by)
	if err == nil && !helps(m) {
		err = refuse(camp.NotAllowed, "people.only_helper.say")
	}
	return m, err
}

// helps reports whether somebody has a helper's rights.
func helps(m camp.Member) bool { return m.Role == camp.RoleHost || m.Role == camp.RoleHelper }

// named gives the person of a handle as somebody typed it.
func named(tx Tx, name string) (camp.Member, error) {
	handle, ok := camp.ParseName(name)
	if !ok {
		return camp.Member{}, refuse(camp.NotFound, "people.nobody.say", "Name", camp.CleanLine(name, 40))
	}
	m, ok, err := tx.MemberByName(handle)
	if err != nil {
		return camp.Member{}, err
	}
	if !ok {
		return camp.Member{}, refuse(camp.NotFound, "people.nobody.say", "Name", handle)
	}
	return m, nil
}

// joinedNamed is named for somebody who is a member now.
func joinedNamed(tx Tx, name string) (camp.Member, error) {
	m, err := named(tx, name)
	if err == nil && !m.Standing.In() {
		err = refuse(camp.NotFound, "people.not_here.say", "Name", m.Name)
	}
	return m, err
}

// note writes a line of the host's log.
func note(tx Tx, by camp.MemberID, deed string, whom camp.MemberID, args map[string]string) error {
	return tx.PutEntry(camp.Entry{
		ID: camp.EntryID(tx.NextID()), At: tx.Now(), By: by, Deed: deed, Whom: whom, Args: args,
	})
}

// noteRight is note where the deed was done by the right of host or helper;
// what members do for themselves is not told to all.
func noteRight(tx Tx, m camp.Member, deed string, whom camp.MemberID) error {
	if !helps(m) {
		return nil
	}
	return note(tx, m.ID, deed, whom, nil)
}

// reach is update for a change of who may come in: the tunnel knows of it
// before reach returns. That the tunnel could not be told does not undo the
// change; the tunnel is told again by whoever keeps it.
func (s *Service) reach(ctx context.Context, op string, fn func(Tx) ([]camp.Event, error)) error {
	if err := s.update(ctx, op, fn); err != nil {
		return err
	}
	s.tellTunnel(ctx)
	return nil
}

func (s *Service) tellTunnel(ctx context.Context) {
	if s.applied == nil {
		return
	}
	if err := s.applied(context.WithoutCancel(ctx)); err != nil { // done is done, whoever has gone
		s.log.WarnContext(ctx, "tunnel not told of a change", "err", err)
	}
}

// update runs fn and tells watchers what it returned once that is on disk.
func (s *Service) update(ctx context.Context, op string, fn func(Tx) ([]camp.Event, error)) error {
	var events []camp.Event
	err := s.store.Update(ctx, func(tx Tx) error {
		var err error
		events, err = fn(tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	for _, e := range events {
		s.publish.Publish(e)
	}
	return nil
}

// view runs fn on the present state.
func (s *Service) view(ctx context.Context, op string, fn func(Tx) error) error {
	if err := s.store.View(ctx, fn); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}

const secretBytes = 32

// secret draws 256 bits as base64url text.
func (s *Service) secret() (string, error) {
	b, err := s.draw(secretBytes)
	return base64.RawURLEncoding.EncodeToString(b), err
}

// handle draws the public name of a session or token, which opens nothing.
func (s *Service) handle() (string, error) {
	b, err := s.draw(10)
	return strings.ToLower(base32.StdEncoding.EncodeToString(b)), err
}

func (s *Service) draw(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(s.rand, b); err != nil {
		return nil, fmt.Errorf("draw random bytes: %w", err)
	}
	return b, nil
}

// hashed is how a secret is kept: lower-case hex SHA-256.
func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
