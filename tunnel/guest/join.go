package guest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/netip"
	"time"

	"golang.org/x/crypto/curve25519"

	"camp/node/camp"
	"camp/tunnel"
	"camp/tunnel/invite"
)

// How long a camp is looked for by an invite.
const (
	onceTime = 2500 * time.Millisecond // one try at all ways
	seekTime = 20 * time.Second        // all tries; several people may be at one code
	pauseMax = 1500 * time.Millisecond

	// Of one key WireGuard takes at most 50 first messages a second, and dates them
	// by steps of 17 ms: one that comes sooner after the last is dropped like an old one.
	firstGap = 50 * time.Millisecond
)

// Asker asks a camp by an invite. Make it by NewAsker; one thing at a time is asked.
type Asker struct {
	inv      invite.Invite
	keys     invite.Keys
	rand     io.Reader
	log      *slog.Logger
	language string
	extra    []netip.AddrPort // ways beside those of the code
	rested   <-chan time.Time // when the next first message may be sent; nil: now
}

// NewAsker derives the keys of an invite.
func NewAsker(inv invite.Invite, language string, random io.Reader, log *slog.Logger) (*Asker, error) {
	keys, err := invite.Derive(inv.Secret, inv.CampKey)
	if err != nil {
		return nil, err
	}
	return &Asker{inv: inv, keys: keys, rand: random, log: log, language: language}, nil
}

// Also adds ways to try, as they were found on the home network.
func (a *Asker) Also(ways []netip.AddrPort) { a.extra = append(a.extra, ways...) }

// Info reads what the camp says about itself: rules, and what it keeps.
func (a *Asker) Info(ctx context.Context) (camp.JoinInfo, error) {
	var info camp.JoinInfo
	err := a.ask(ctx, http.MethodGet, nil, &info)
	if err != nil {
		return info, err
	}
	return cleanInfo(info)
}

// Join sends the request, with the public half of the device's own key. Sent
// again with the same key it gives the same answer.
func (a *Asker) Join(ctx context.Context, private [32]byte, name, message, device string, version int, hash string) (camp.JoinAnswer, error) {
	var ans camp.JoinAnswer
	pub, err := curve25519.X25519(private[:], curve25519.Basepoint)
	if err != nil {
		return ans, fmt.Errorf("read own key: %w", err)
	}
	ask := camp.JoinAsk{Key: pub, Name: name, Message: message, Device: device, Version: version, Hash: hash}
	ask.MAC = a.keys.Bind(ask.BindText())
	if err := a.ask(ctx, http.MethodPost, ask, &ans); err != nil {
		return ans, err
	}
	return CleanAnswer(ans)
}

// ask tries until the camp answers or the time is over. Each try is a device of
// its own, so that a code for several people is never held by one who reads.
func (a *Asker) ask(ctx context.Context, method string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, seekTime)
	defer cancel()
	var last error
	for ctx.Err() == nil {
		last = a.once(ctx, method, in, out)
		if last == nil || !errors.Is(last, ErrSilent) {
			return last
		}
		if !a.pause(ctx) {
			break
		}
	}
	return fmt.Errorf("%w: %w", ErrSilent, errors.Join(last, ctx.Err()))
}

func (a *Asker) once(ctx context.Context, method string, in, out any) error {
	l, err := Open(Key{
		Camp: a.inv.CampKey, Private: a.keys.Private, Preshared: a.keys.Preshared,
		Inner: []netip.Addr{tunnel.NewPlan(a.inv.CampKey).Invite(a.keys.ID)},
	}, a.log)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	if a.rested != nil {
		select {
		case <-a.rested:
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ErrSilent, ctx.Err())
		}
	}
	defer func() { a.rested = time.After(firstGap) }()
	if err := l.Try(append(append([]netip.AddrPort{}, a.extra...), a.inv.Direct...)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, onceTime)
	defer cancel()
	return l.Ask(ctx, method, "/v1/join", a.language, in, out)
}

// pause waits a random while, so that two who are at one code do not meet for ever.
func (a *Asker) pause(ctx context.Context) bool {
	n, err := rand.Int(a.rand, big.NewInt(int64(pauseMax)))
	if err != nil {
		n = big.NewInt(int64(pauseMax / 2))
	}
	t := time.NewTimer(time.Duration(n.Int64()))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// Bounds of what a camp says about itself.
const (
	maxRules = 60
	maxKept  = 100
	maxRule  = 600 // characters
	maxPaths = invite.MaxEndpoints
	maxKnown = 50
)

// cleanInfo makes a camp's words safe to show; nonsense is refused.
func cleanInfo(i camp.JoinInfo) (camp.JoinInfo, error) {
	if len(i.Rules.Texts) > maxRules || len(i.Kept) > maxKept || len(i.Known) > maxKnown {
		return i, ErrNonsense
	}
	i.Camp, i.Host, i.Device = camp.CleanLine(i.Camp, 60), camp.CleanLine(i.Host, 60), camp.CleanLine(i.Device, 60)
	texts := make([]string, 0, len(i.Rules.Texts))
	for _, t := range i.Rules.Texts {
		texts = append(texts, camp.CleanLine(t, maxRule))
	}
	if i.Rules.Hash != camp.RulesHash(i.Rules.Version, i.Rules.Texts) {
		return i, fmt.Errorf("%w: the rules do not fit their fingerprint", ErrNonsense)
	}
	i.Rules.Texts = texts
	for n := range i.Kept {
		k := &i.Kept[n]
		for _, s := range []*string{&k.What, &k.Why, &k.About, &k.Readers, &k.HowLong} {
			*s = camp.CleanLine(*s, 300)
		}
	}
	return i, nil
}

// CleanAnswer makes what a camp says about somebody's standing safe to keep.
func CleanAnswer(a camp.JoinAnswer) (camp.JoinAnswer, error) {
	switch a.State {
	case camp.Waiting, camp.Joined, camp.Suspended, camp.Declined, camp.Withdrawn, camp.Expired, camp.Left, camp.Removed:
	default:
		return a, fmt.Errorf("%w: state", ErrNonsense)
	}
	a.Shut = a.Shut && a.State == camp.Removed
	if a.Serial == 0 || len(a.Paths) > 4*maxPaths {
		return a, ErrNonsense
	}
	a.Camp, a.Host, a.Display = camp.CleanLine(a.Camp, 60), camp.CleanLine(a.Host, 60), camp.CleanLine(a.Display, 60)
	a.Name, a.Words = camp.CleanLine(a.Name, 30), camp.CleanLine(a.Words, 60)
	a.Answer, a.Question, a.Reply = camp.CleanText(a.Answer, camp.MaxAnswer), camp.CleanText(a.Question, camp.MaxAnswer), camp.CleanText(a.Reply, camp.MaxMessage)
	a.Paths = waysText(ParseWays(a.Paths)) // kept in a file, whatever was sent
	a.Next = cleanKey(a.Next)
	a.Unread, a.Replies = min(max(a.Unread, 0), 999), min(max(a.Replies, 0), 999)
	return a, nil
}

// cleanKey makes what a camp says about its new tunnel key safe to keep; nil for
// what is none, or leads nowhere.
func cleanKey(k *camp.TunnelKey) *camp.TunnelKey {
	if k == nil || len(k.Key) != 32 || len(k.Paths) > 4*maxPaths {
		return nil
	}
	ways := waysText(ParseWays(k.Paths))
	scalar := [32]byte{31: 64}
	if _, err := curve25519.X25519(scalar[:], k.Key); err != nil || len(ways) == 0 { // a point by which all keys agree on the same
		return nil
	}
	return &camp.TunnelKey{Key: k.Key, Paths: ways, Ends: k.Ends}
}

func waysText(ways []netip.AddrPort) []string {
	list := make([]string, 0, len(ways))
	for _, w := range ways {
		list = append(list, w.String())
	}
	return list
}

// ParseWays reads "ip:port" lines; what is none, or no unicast address, is left out.
func ParseWays(list []string) []netip.AddrPort {
	var ways []netip.AddrPort
	for _, s := range list {
		at, err := netip.ParseAddrPort(s)
		if err == nil && at.Port() != 0 && !at.Addr().IsMulticast() && !at.Addr().IsUnspecified() && len(ways) < maxPaths {
			ways = append(ways, netip.AddrPortFrom(at.Addr().Unmap().WithZone(""), at.Port()))
		}
	}
	return ways
}
