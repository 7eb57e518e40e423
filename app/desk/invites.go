package desk

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"time"

	"golang.org/x/crypto/curve25519"

	"camp/node/camp"
	"camp/tunnel"
	"camp/tunnel/invite"
)

// reachWait is how long a first code waits for the router, so that it carries
// the way in from outside.
const reachWait = 4 * time.Second

// invite makes a code, or for a phone its configuration.
func (s *session) invite(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	if err := s.ways.open(ctx); err != nil {
		return camp.Answer{}, err
	}
	s.ways.firstInvite(ctx)
	wish := camp.InviteWish{Note: in.Name, Uses: in.Uses, Life: in.For, Back: in.Person}
	if in.Phone {
		return s.invitePhone(ctx, wish)
	}
	inv, err := s.node.People.NewInvite(ctx, s.node.Host(), wish)
	if err != nil {
		return camp.Answer{}, err
	}
	line, err := s.code(ctx, inv)
	return camp.Answer{Invite: &line}, err
}

// invitePhone makes the key of a phone here, shows it once and forgets it.
func (s *session) invitePhone(ctx context.Context, wish camp.InviteWish) (camp.Answer, error) {
	p, err := s.newPhone()
	if err != nil {
		return camp.Answer{}, err
	}
	pub, err := curve25519.X25519(p.Private[:], curve25519.Basepoint)
	if err != nil {
		return camp.Answer{}, fmt.Errorf("make a phone's key: %w", err)
	}
	copy(wish.Key[:], pub)
	wish.Phone, wish.Shared = true, camp.NewSecret(p.Preshared[:])
	inv, err := s.node.People.NewInvite(ctx, s.node.Host(), wish)
	if err != nil {
		return camp.Answer{}, err
	}
	six, four := s.ways.present().plan.Device(inv.Serial)
	p.Inner = []netip.Addr{six, four}
	line, err := s.line(ctx, inv)
	line.Code, line.Six = p.Config(), p.OnlySix().Config()
	line.Narrow = s.ways.narrow(true)
	return camp.Answer{Invite: &line}, err
}

// newPhone draws a phone's keys and fills in what it needs of the camp.
func (s *session) newPhone() (tunnel.Phone, error) {
	var p tunnel.Phone
	for _, k := range []*[32]byte{&p.Private, &p.Preshared} {
		if _, err := io.ReadFull(s.d.opt.Rand, k[:]); err != nil {
			return p, fmt.Errorf("draw a phone's key: %w", err)
		}
	}
	invite.Clamp(&p.Private)
	way := s.ways.present()
	six, four := way.plan.Host()
	p.CampKey, p.Camp = way.public, []netip.Addr{six, four}
	at, ok := s.ways.lasting(way)
	if !ok {
		return p, camp.NewFault(camp.Offline, "program.no_way.say", nil)
	}
	p.Endpoint = at
	return p, nil
}

// code is an open invite with the text to hand over.
func (s *session) code(ctx context.Context, inv camp.Invite) (camp.InviteLine, error) {
	line, err := s.line(ctx, inv)
	if err != nil || inv.Phone || !inv.State.Open() {
		return line, err
	}
	way, ok := s.ways.leading(inv.ID, inv.Secret)
	if !ok {
		return line, camp.NewFault(camp.NotFound, "program.code_gone.say", nil)
	}
	v := invite.Invite{CampKey: way.public, Ends: inv.Ends, Direct: s.ways.into(way, s.ways.local)}
	if inv.For == 0 {
		v.Flags = invite.NeedsApproval
	}
	if copy(v.Secret[:], inv.Secret.Reveal()) != len(v.Secret) {
		return line, camp.NewFault(camp.NotFound, "program.code_gone.say", nil)
	}
	if line.Code, err = v.Encode(); err != nil {
		return line, camp.NewFault(camp.Offline, "program.no_way.say", err)
	}
	line.Narrow = s.ways.narrow(false)
	return line, nil
}

// pageCode is code for those who made the invite in the pages: there, too, the
// first has the router asked.
func (w *ways) pageCode(ctx context.Context, inv camp.Invite) (camp.InviteLine, error) {
	if err := w.open(ctx); err != nil {
		return camp.InviteLine{}, err
	}
	w.firstInvite(ctx)
	return w.s.code(ctx, inv)
}

// line is an invite as lists show it.
func (s *session) line(ctx context.Context, inv camp.Invite) (camp.InviteLine, error) {
	l := camp.InviteLine{
		ID: inv.ID, Note: inv.Note, Made: inv.Made, Ends: inv.Ends, Uses: inv.Uses, Used: inv.Used, State: inv.State, Phone: inv.Phone, Asked: []string{},
	}
	if m, err := s.node.People.Member(ctx, inv.By); err == nil {
		l.By = m.Display
	}
	if inv.Phone {
		six, _ := s.ways.present().plan.Host()
		l.Web = "http://[" + six.String() + "]"
	}
	return l, nil
}

// persons are the people of the lists, with what the tunnel knows of them.
func (s *session) persons(ctx context.Context) ([]camp.Person, error) {
	list, err := s.node.People.Persons(ctx)
	if err != nil {
		return nil, err
	}
	on := s.ways.connected()
	asked, err := s.node.People.Asked(ctx, s.node.Host())
	if err != nil {
		return nil, err
	}
	words := map[string]string{}
	for _, a := range asked {
		if m, err := s.node.People.Member(ctx, a.Member); err == nil {
			words[m.Name] = s.ways.words(a.Key)
		}
	}
	for i := range list {
		p := &list[i]
		p.Words = words[p.Name]
		for j := range p.Devices {
			_, p.Devices[j].Connected = on[p.Devices[j].Serial]
		}
	}
	return list, nil
}

// inviteLines are all invites, newest first, each with who asked by it.
func (s *session) inviteLines(ctx context.Context) ([]camp.InviteLine, error) {
	all, err := s.node.People.Invites(ctx, s.node.Host())
	if err != nil {
		return nil, err
	}
	asked, err := s.node.People.Asked(ctx, s.node.Host())
	if err != nil {
		return nil, err
	}
	list := make([]camp.InviteLine, 0, len(all))
	for _, inv := range all {
		l, err := s.line(ctx, inv)
		if err != nil {
			return nil, err
		}
		for _, a := range asked {
			if a.Invite != inv.ID {
				continue
			}
			if m, err := s.node.People.Member(ctx, a.Member); err == nil {
				l.Asked = append(l.Asked, m.Display)
			}
		}
		list = append(list, l)
	}
	return list, nil
}

func (s *session) inviteList(ctx context.Context, _ camp.Intent) (camp.Answer, error) {
	list, err := s.inviteLines(ctx)
	return camp.Answer{Invites: list}, err
}

func (s *session) inviteShow(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	id, err := inviteID(in.ID)
	if err != nil {
		return camp.Answer{}, err
	}
	inv, err := s.node.People.Invite(ctx, s.node.Host(), id)
	if err != nil {
		return camp.Answer{}, err
	}
	if err := s.ways.open(ctx); err != nil {
		return camp.Answer{}, err
	}
	line, err := s.code(ctx, inv)
	return camp.Answer{Invite: &line}, err
}

func (s *session) inviteCancel(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	id, err := inviteID(in.ID)
	if err != nil {
		return camp.Answer{}, err
	}
	return camp.Answer{}, s.node.People.CancelInvite(ctx, s.node.Host(), id)
}

func inviteID(s string) (camp.InviteID, error) {
	id, err := camp.ParseInviteID(s)
	if err != nil {
		return "", camp.NewFault(camp.NotFound, "program.no_invite.say", err)
	}
	return id, nil
}
