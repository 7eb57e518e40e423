package memberships

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"time"

	"golang.org/x/crypto/curve25519"

	"camp/node/camp"
	"camp/tunnel"
	"camp/tunnel/guest"
	"camp/tunnel/invite"
)

// deedTime bounds what is asked of a camp for one deed.
const deedTime = 10 * time.Second

// maxDevices is how many devices of one's own are shown.
const maxDevices = 50

// Knows reports whether an intent is a Keeper's.
func Knows(do string) bool {
	switch do {
	case camp.DoJoinLook, camp.DoJoinAround, camp.DoJoinNearby, camp.DoJoin, camp.DoJoinStop, camp.DoJoinWithdraw, camp.DoJoinForget,
		camp.DoJoinOpen, camp.DoJoinLink, camp.DoJoinPhone, camp.DoJoinComputer, camp.DoJoinDeviceGone, camp.DoJoinDevices, camp.DoJoinRekey, camp.DoFriendCopy, camp.DoFriendSystems,
		camp.DoJoinReply, camp.DoJoinLeave, camp.DoJoinStay:
		return true
	}
	return false
}

// Do carries out an intent that Knows knows. Refusals are *camp.Fault.
func (k *Keeper) Do(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	switch in.Do {
	case camp.DoJoinLook, camp.DoJoinAround, camp.DoJoinNearby:
		own, giveUp := context.WithCancel(ctx)
		defer giveUp()
		k.mu.Lock()
		k.giveUp = giveUp // of the newest; an older one is shown by nobody
		k.mu.Unlock()
		ctx = own
	}
	switch in.Do {
	case camp.DoJoinLook:
		return k.look(ctx, in.Code)
	case camp.DoJoinAround:
		return k.around(ctx)
	case camp.DoJoinNearby:
		return k.nearby(ctx, in.Name)
	case camp.DoJoin:
		return k.join(ctx, in)
	case camp.DoJoinStop:
		k.stage(camp.Joining{})
		k.mu.Lock()
		k.looked = nil
		if k.giveUp != nil {
			k.giveUp()
		}
		k.mu.Unlock()
		return camp.Answer{}, nil
	case camp.DoFriendSystems:
		return camp.Answer{Systems: systems()}, nil
	case camp.DoFriendCopy:
		file, err := friendCopy(in.Page, in.File)
		return camp.Answer{Args: camp.Args{"File": file}}, err
	}
	m, err := k.find(in.ID)
	if err != nil {
		return camp.Answer{}, err
	}
	if in.Do == camp.DoJoinForget {
		return camp.Answer{}, k.drop(m)
	}
	if v := m.shown(); v.State == camp.Waiting && forMembers(in.Do) {
		return camp.Answer{}, &camp.Fault{Kind: camp.NotAllowed, Say: "join.waits.say", Args: camp.Args{"Camp": v.Camp, "Host": v.Host}}
	}
	ctx, cancel := context.WithTimeout(ctx, deedTime)
	defer cancel()
	switch in.Do {
	case camp.DoJoinWithdraw:
		return camp.Answer{}, m.withdraw(ctx)
	case camp.DoJoinOpen, camp.DoJoinLink:
		return m.open(ctx, in.Do == camp.DoJoinOpen)
	case camp.DoJoinPhone:
		return m.phone(ctx)
	case camp.DoJoinComputer:
		return m.computer(ctx)
	case camp.DoJoinDeviceGone:
		var out struct{}
		if err := m.ask(ctx, http.MethodPost, "/v1/devices/"+serialText(in.Serial)+"/gone", struct{}{}, &out); err != nil {
			return camp.Answer{}, err
		}
		return camp.Answer{}, m.devices(ctx)
	case camp.DoJoinDevices:
		return camp.Answer{}, m.devices(ctx)
	case camp.DoJoinRekey:
		return m.rekey(ctx)
	case camp.DoJoinReply:
		return m.say(ctx, "/v1/reply", map[string]string{"text": in.Message})
	case camp.DoJoinLeave:
		return m.say(ctx, "/v1/leave", map[string]bool{"erase": in.Erase})
	case camp.DoJoinStay:
		return m.say(ctx, "/v1/stay", struct{}{})
	}
	return camp.Answer{}, camp.NewFault(camp.Invalid, "program.unknown_intent.say", nil)
}

// forMembers reports whether an intent makes sense only for who was let in.
func forMembers(do string) bool {
	switch do {
	case camp.DoJoinWithdraw, camp.DoJoinReply, camp.DoJoinRekey, camp.DoJoinForget:
		return false
	}
	return true
}

// ask asks the camp of a membership.
func (m *member) ask(ctx context.Context, method, path string, in, out any) error {
	l := m.link()
	if m.shown().State.Over() {
		return camp.NewFault(camp.NotAllowed, "join.ended.say", nil)
	}
	if l == nil {
		return camp.NewFault(camp.Offline, "join.asleep.say", nil)
	}
	err := l.Ask(ctx, method, path, m.k.opt.Language(), in, out)
	var f *camp.Fault
	if err != nil && !errors.As(err, &f) {
		return camp.NewFault(camp.Offline, "join.asleep.say", err)
	}
	return err
}

// withdraw takes the request back. That it was taken back is told by the answer,
// or by the one that waits for news, whichever is here first.
func (m *member) withdraw(ctx context.Context) error {
	var out struct{ State camp.Standing }
	err := m.ask(ctx, http.MethodPost, "/v1/withdraw", struct{}{}, &out)
	if err != nil && m.shown().State != camp.Withdrawn {
		return err
	}
	return m.k.drop(m)
}

// open gives a one-time link that signs a browser in, and opens it.
func (m *member) open(ctx context.Context, browse bool) (camp.Answer, error) {
	if browse && m.k.opt.Browse == nil {
		return camp.Answer{}, camp.NewFault(camp.NotAllowed, "program.no_browser.say", nil)
	}
	var out struct {
		Secret string `json:"secret"`
	}
	if err := m.ask(ctx, http.MethodPost, "/v1/link", struct{}{}, &out); err != nil {
		return camp.Answer{}, err
	}
	m.mu.Lock()
	web := m.view.Web
	m.mu.Unlock()
	if !secretText(out.Secret) || web == "" {
		return camp.Answer{}, camp.NewFault(camp.Offline, "join.asleep.say", guest.ErrNonsense)
	}
	ans := camp.Answer{URL: web + "/in/" + out.Secret}
	if browse {
		if err := m.k.opt.Browse(ans.URL); err != nil {
			return ans, camp.NewFault(camp.Internal, "program.no_browser.say", err)
		}
	}
	return ans, nil
}

// secretText reports whether a camp's secret is letters that fit an address.
func secretText(s string) bool {
	if len(s) < 16 || len(s) > 100 {
		return false
	}
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// devices asks for the list of one's own devices and shows it.
func (m *member) devices(ctx context.Context) error {
	var out struct {
		Devices []camp.DeviceLine `json:"devices"`
	}
	if err := m.ask(ctx, http.MethodGet, "/v1/devices", nil, &out); err != nil {
		return err
	}
	list := []camp.DeviceLine{}
	for _, d := range out.Devices[:min(len(out.Devices), maxDevices)] {
		d.Label, d.LastSeen = camp.CleanLine(d.Label, camp.MaxDeviceLabel), camp.CleanLine(d.LastSeen, camp.MaxDeviceLabel)
		list = append(list, d)
	}
	m.change(func(_ *saved, v *camp.Membership) bool { v.Devices = list; return false })
	return nil
}

// phone makes the key of a phone here, registers its public half, and shows the
// configuration, once.
func (m *member) phone(ctx context.Context) (camp.Answer, error) {
	var p tunnel.Phone
	for _, b := range []*[32]byte{&p.Private, &p.Preshared} {
		if _, err := io.ReadFull(m.k.opt.Rand, b[:]); err != nil {
			return camp.Answer{}, fmt.Errorf("draw a phone's key: %w", err)
		}
	}
	invite.Clamp(&p.Private)
	pub, err := curve25519.X25519(p.Private[:], curve25519.Basepoint)
	if err != nil {
		return camp.Answer{}, fmt.Errorf("make a phone's key: %w", err)
	}
	in := map[string]any{"key": pub, "shared": p.Preshared[:], "label": m.k.opt.Say("join.phone"), "phone": true}
	var out struct {
		Serial   uint64   `json:"serial"`
		Inner    []string `json:"inner"`
		Endpoint string   `json:"endpoint"`
	}
	if err := m.ask(ctx, http.MethodPost, "/v1/devices", in, &out); err != nil {
		return camp.Answer{}, err
	}
	if out.Serial == 0 {
		return camp.Answer{}, camp.NewFault(camp.Internal, "join.nonsense.say", guest.ErrNonsense)
	}
	m.mu.Lock()
	p.CampKey = m.s.campKey()
	ways := m.s.ways()
	m.mu.Unlock()
	plan := tunnel.NewPlan(p.CampKey)
	six, four := plan.Device(out.Serial)
	host6, host4 := plan.Host()
	p.Inner, p.Camp = []netip.Addr{six, four}, []netip.Addr{host6, host4}
	if at := guest.ParseWays([]string{out.Endpoint}); len(at) > 0 {
		ways = at
	}
	if len(ways) == 0 {
		return camp.Answer{}, camp.NewFault(camp.Offline, "join.asleep.say", nil)
	}
	p.Endpoint = ways[0]
	line := camp.InviteLine{Code: p.Config(), Six: p.OnlySix().Config(), Phone: true, Web: "http://[" + host6.String() + "]", Narrow: "join.phone.narrow", Asked: []string{}}
	return camp.Answer{Invite: &line}, nil
}

// computer gives a code for a further computer of one's own.
func (m *member) computer(ctx context.Context) (camp.Answer, error) {
	var out struct {
		Code    string    `json:"code"`
		Expires time.Time `json:"expires"`
	}
	if err := m.ask(ctx, http.MethodPost, "/v1/devices/invite", struct{}{}, &out); err != nil {
		return camp.Answer{}, err
	}
	inv, err := guest.Decode(out.Code)
	if err != nil || !m.now().of(inv.CampKey) { // a code of another camp is not one for a device of ours
		return camp.Answer{}, camp.NewFault(camp.Internal, "join.nonsense.say", errors.Join(guest.ErrNonsense, err))
	}
	return camp.Answer{Invite: &camp.InviteLine{Code: out.Code, Ends: out.Expires, Uses: 1, Asked: []string{}}}, nil
}
