package memberships

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/curve25519"

	"camp/node/camp"
	"camp/tunnel/guest"
	"camp/tunnel/invite"
	"camp/tunnel/lan"
)

// looked is a code whose camp has told about itself.
type looked struct {
	code string
	inv  invite.Invite
	ask  *guest.Asker
	info camp.JoinInfo
	was  *member // one's own membership there by a key that the camp has no more; nil for none
}

// look takes a code in and reads what its camp says about itself.
func (k *Keeper) look(ctx context.Context, code string) (camp.Answer, error) {
	n := k.stage(camp.Joining{Stage: "looking", Started: k.opt.Now()})
	l, err := k.lookAt(ctx, code)
	if err != nil {
		f := camp.AsFault(err)
		k.settle(n, camp.Joining{Stage: "failed", Say: f.Say, Args: f.Args, Ends: l.inv.Ends}, nil)
		return camp.Answer{}, err
	}
	j := camp.Joining{Stage: "read", Info: &l.info, Ends: l.inv.Ends}
	k.settle(n, j, l)
	return camp.Answer{Joining: &j}, nil
}

func (k *Keeper) lookAt(ctx context.Context, code string) (*looked, error) {
	l := &looked{code: code}
	var err error
	if l.inv, err = guest.Decode(code); err != nil {
		return l, err
	}
	if k.opt.Own(l.inv.CampKey) {
		return l, camp.NewFault(camp.Conflict, "join.itself.say", nil)
	}
	had, taken := k.free(l.inv.CampKey)
	if taken != nil && had.answers(ctx) {
		return l, taken
	}
	if l.ask, err = guest.NewAsker(l.inv, k.opt.Language(), k.opt.Rand, k.opt.Log); err != nil {
		return l, camp.NewFault(camp.Internal, "fault.internal.say", err)
	}
	l.info, err = l.ask.Info(ctx)
	if taken != nil && (err != nil || l.info.Device == "") { // somebody who was shut out comes back by a code for a device of theirs
		return l, taken
	}
	if err != nil {
		return l, guest.Say(err, k.day(l.inv.Ends))
	}
	if l.was = k.before(l.info); l.was != nil && l.was.answers(ctx) {
		return l, twice(l.was.now())
	}
	return l, nil
}

// before gives one's own membership in a camp whose key is another now. That it
// is the same camp is told by its knowing a key of this computer's, which no
// other was ever told; and it takes the place of that alone which is silent.
func (k *Keeper) before(info camp.JoinInfo) *member {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, m := range k.list {
		s := m.now()
		public, err := curve25519.X25519(s.Private, curve25519.Basepoint)
		if err == nil && info.Device != "" && s.State != asking && slices.Contains(info.Known, camp.DeviceTag(public)) {
			return m
		}
	}
	return nil
}

func twice(s saved) *camp.Fault {
	return &camp.Fault{Kind: camp.Conflict, Say: "join.twice.say", Args: map[string]string{"Camp": s.Camp}}
}

// day says when a code ends, as people read it.
func (k *Keeper) day(t time.Time) string {
	if t.IsZero() {
		return "?"
	}
	return t.Local().Format("2006-01-02")
}

// free refuses a camp that this computer belongs to already, or asks to.
func (k *Keeper) free(key [32]byte) (had *member, taken *camp.Fault) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, m := range k.list {
		s := m.now()
		m.mu.Lock()
		over := m.hasLeft()
		m.mu.Unlock()
		if !s.of(key) || over {
			continue
		}
		switch camp.Standing(s.State) {
		case camp.Joined, camp.Suspended, camp.Waiting:
			return m, twice(s)
		}
	}
	return nil, nil
}

// answerTime is how long a camp has to tell somebody that it still knows them.
const answerTime = 2500 * time.Millisecond

// answers reports whether the camp knows this computer now.
func (m *member) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	var out camp.JoinAnswer
	return m.ask(ctx, http.MethodGet, "/v1/me", nil, &out) == nil
}

// stage shows where a join stands and gives a number for settling it.
func (k *Keeper) stage(j camp.Joining) int {
	k.mu.Lock()
	k.calls++
	k.joining = j
	n := k.calls
	k.mu.Unlock()
	k.opt.Changed()
	return n
}

// settle shows how a look ended, unless another one began since.
func (k *Keeper) settle(n int, j camp.Joining, l *looked) {
	k.mu.Lock()
	if n == k.calls {
		k.joining, k.looked = j, l
	}
	k.mu.Unlock()
	k.opt.Changed()
}

// join asks the camp of a code, or of the one that was looked at.
func (k *Keeper) join(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	k.mu.Lock()
	l := k.looked
	k.mu.Unlock()
	if l == nil || in.Code != "" && in.Code != l.code {
		if in.Code == "" {
			return camp.Answer{}, camp.NewFault(camp.Conflict, "join.no_code.say", nil)
		}
		if _, err := k.look(ctx, in.Code); err != nil {
			return camp.Answer{}, err
		}
		k.mu.Lock()
		l = k.looked
		k.mu.Unlock()
		if l == nil {
			return camp.Answer{}, camp.NewFault(camp.Conflict, "join.no_code.say", nil)
		}
	}
	if in.Hash != l.info.Rules.Hash && l.info.Device == "" {
		return camp.Answer{}, camp.NewFault(camp.Conflict, "join.rules.say", nil)
	}
	if camp.CleanLine(in.Name, 60) == "" && l.info.Device == "" {
		return camp.Answer{}, camp.NewFault(camp.Invalid, "join.name.say", nil)
	}
	n := k.stage(camp.Joining{Stage: "asking", Info: &l.info, Ends: l.inv.Ends, Started: k.opt.Now()})
	view, err := k.ask(ctx, l, in)
	if err != nil {
		f := camp.AsFault(err)
		if f.Say == "join.rules.say" {
			_, _ = k.look(ctx, l.code) // shows the new ones
			return camp.Answer{}, err
		}
		k.settle(n, camp.Joining{Stage: "read", Info: &l.info, Ends: l.inv.Ends, Say: f.Say, Args: f.Args}, l)
		return camp.Answer{}, err
	}
	k.settle(n, camp.Joining{}, nil)
	return camp.Answer{Membership: &view}, nil
}

// ask sends the request; the device's key is on disk before it leaves, so that
// an answer that is lost on the way does not lose the place.
func (k *Keeper) ask(ctx context.Context, l *looked, in camp.Intent) (camp.Membership, error) {
	s, err := k.draft(l)
	if err != nil {
		return camp.Membership{}, err
	}
	ans, err := l.ask.Join(ctx, s.private(), camp.CleanLine(in.Name, 60), in.Message, deviceName(), l.info.Rules.Version, in.Hash)
	if err != nil {
		return camp.Membership{}, guest.Say(err, k.day(l.inv.Ends))
	}
	s.State, s.Serial, s.Camp, s.Host, s.Name = string(ans.State), ans.Serial, ans.Camp, ans.Host, ans.Name
	s.Since, s.Answer, s.Words, s.Code = ans.Since, ans.Answer, ans.Words, ""
	s.withWays(ans.Paths)
	if err := k.write(s); err != nil {
		return camp.Membership{}, camp.NewFault(camp.Internal, "join.keep.say", err)
	}
	m := newMember(k, s)
	view := m.view
	k.mu.Lock()
	k.list = append(slices.DeleteFunc(k.list, func(o *member) bool { return o.now().ID == s.ID }), m) // nobody runs one that asks or is over
	if k.started != nil {
		k.started(m)
	}
	k.mu.Unlock()
	return view, nil
}

// now is the membership as it is kept now.
func (m *member) now() saved {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.s
}

// draft is the membership before the camp answered: that of an earlier try by
// the same code, else a new one with a key of its own.
func (k *Keeper) draft(l *looked) (saved, error) {
	id, first := idOf(l.inv.CampKey), []byte(nil)
	k.mu.Lock()
	old := l.was
	for _, o := range k.list {
		if o.now().of(l.inv.CampKey) {
			old = o
		}
	}
	k.mu.Unlock()
	code := strings.TrimSpace(l.code)
	if old != nil {
		if s := old.now(); s.State == asking && s.Code == code {
			return s, nil
		}
		if s := old.now(); s.ID != id { // the same camp by another key: its name here stays
			id, first = s.ID, s.origin()
		}
		if err := k.drop(old); err != nil { // declined, withdrawn or given up: it begins anew
			return saved{}, err
		}
	}
	key, err := k.drawKey()
	if err != nil {
		return saved{}, err
	}
	s := saved{
		Version: formatNow, ID: id, CampKey: l.inv.CampKey[:], Private: key[:], State: asking, Camp: l.info.Camp, Host: l.info.Host,
		Since: k.opt.Now().UTC(), Ends: l.inv.Ends, Code: code, Ways: [][]string{waysText(l.inv.Direct)}, First: first,
	}
	if err := k.write(s); err != nil {
		return saved{}, camp.NewFault(camp.Internal, "join.keep.say", err)
	}
	k.mu.Lock()
	k.list = append(k.list, newMember(k, s))
	k.mu.Unlock()
	return s, nil
}

// drawKey draws a new key of this device's.
func (k *Keeper) drawKey() (key [32]byte, err error) {
	if _, err := io.ReadFull(k.opt.Rand, key[:]); err != nil {
		return key, fmt.Errorf("draw this device's key: %w", err)
	}
	invite.Clamp(&key)
	return key, nil
}

func waysText(ways []netip.AddrPort) []string {
	list := make([]string, 0, len(ways))
	for _, w := range ways {
		list = append(list, w.String())
	}
	return list
}

// deviceName is what the list of devices calls this computer: its own name,
// which its owner chose.
func deviceName() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	short, _, _ := strings.Cut(name, ".")
	return camp.CleanLine(short, camp.MaxDeviceLabel)
}

// around looks for camps that let somebody nearby in.
func (k *Keeper) around(ctx context.Context) (camp.Answer, error) {
	n := k.stage(camp.Joining{Stage: "around", Started: k.opt.Now(), Around: []camp.NearbyCamp{}})
	open := lan.Look(ctx)
	j := camp.Joining{Stage: "around", Around: []camp.NearbyCamp{}}
	for _, o := range open {
		j.Around = append(j.Around, camp.NearbyCamp{Key: nearbyKey(o), Name: o.Name})
	}
	if len(open) == 0 {
		j.Say = "join.nobody_near.say"
	}
	k.settle(n, j, nil)
	return camp.Answer{Joining: &j}, nil
}

// nearbyKey names an open camp in an intent; it holds where it is.
func nearbyKey(o lan.Open) string { return strings.Join(waysText(o.Ways), ",") }

// nearby asks an open camp: people compare, then its code is looked at.
func (k *Keeper) nearby(ctx context.Context, key string) (camp.Answer, error) {
	ways := guest.ParseWays(strings.Split(key, ","))
	if len(ways) == 0 {
		return camp.Answer{}, camp.NewFault(camp.NotFound, "join.nobody_near.say", nil)
	}
	n := k.stage(camp.Joining{Stage: "looking", Started: k.opt.Now()})
	code, err := lan.Join(ctx, k.opt.Rand, lan.Open{Ways: ways}, func(check, words string) {
		k.settle(n, camp.Joining{Stage: "compare", Check: check, Words: words, Started: k.opt.Now()}, nil)
	})
	if err != nil {
		say := "join.near_gone.say"
		if errors.Is(err, lan.ErrCommitment) || errors.Is(err, lan.ErrSealed) || errors.Is(err, lan.ErrDiffer) {
			say = "join.near_differ.say"
		}
		k.settle(n, camp.Joining{Stage: "failed", Say: say}, nil)
		return camp.Answer{}, camp.NewFault(camp.Offline, say, err)
	}
	return k.look(ctx, code)
}

func serialText(n uint64) string { return strconv.FormatUint(n, 10) }
