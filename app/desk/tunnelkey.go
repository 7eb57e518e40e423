package desk

import (
	"context"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"camp/app/place"
	"camp/node/camp"
)

// A new tunnel key (tunnel.md 3.9): the way in that was there goes on at its
// port, as the former one; beside it one by the new key opens at another. In the
// store the two stand together, here they follow it, after a start as at once.
//
//	now ─renewed─▶ former ─30 days, or by hand─▶ closed
//	(new) ───────▶ now

// keyed makes the ways in those of the camp's keys. The caller holds applying.
func (w *ways) keyed(ctx context.Context) error {
	k, err := w.s.node.People.Keys(ctx)
	if err != nil {
		return fmt.Errorf("read the camp's keys: %w", err)
	}
	over, err := w.hold(k)
	for _, i := range over {
		w.close(ctx, i)
	}
	return err
}

// hold takes in which keys there are, and gives the ways in that are over.
// Nothing is opened or closed.
func (w *ways) hold(k camp.Keys) (over []*wayIn, err error) {
	w.opening.Lock()
	defer w.opening.Unlock()
	had := w.all()
	now, err := wayFor(had, k.Tunnel)
	if err != nil {
		return nil, err
	}
	var former *wayIn
	if k.Two(w.s.d.opt.Now()) && w.s.d.opt.Device == "" { // an interface of the system has one key
		if former, err = wayFor(had, k.Former); err != nil {
			return nil, err
		}
		former.before.Store(true)
	}
	w.s.d.keepPorts(former)
	w.mu.Lock()
	w.now, w.former, w.renewed, w.ends = now, former, k.Renewed, k.Ends
	w.mu.Unlock()
	return slices.DeleteFunc(had, func(i *wayIn) bool { return i == now || i == former }), nil
}

// wayFor gives the way in of a key, one that is there already if it can.
func wayFor(had []*wayIn, key camp.Secret) (*wayIn, error) {
	next, err := newWayIn(key)
	if err != nil {
		return nil, err
	}
	for _, i := range had {
		if i.public == next.public {
			return i, nil
		}
	}
	return next, nil
}

// keepPorts sees to it that each key has its own port in the settings, as long as
// there are two; former nil: there is one. The one that is there already goes
// with the former key. The caller holds ways.opening.
func (d *Desk) keepPorts(former *wayIn) {
	d.mu.Lock()
	had, running := d.settings.Former != nil, uint16(0)
	d.mu.Unlock()
	if had == (former != nil) {
		return
	}
	if former != nil && former.srv != nil {
		running = former.srv.Addr().Port()
	}
	err := d.setting(func(s *place.Settings) {
		if former == nil {
			s.Former = nil
			return
		}
		s.Former = &place.FormerWay{Tunnel: s.Tunnel, Outer: s.Reach.Port}
		if running != 0 {
			s.Former.Tunnel = running
		}
		s.Tunnel, s.Reach.Port = 0, 0
	})
	if err != nil {
		d.opt.Log.Warn("doors of the tunnel not kept", "err", err)
	}
}

// formerEnds is when the key of before is over; zero where there is none.
func (w *ways) formerEnds() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.former == nil {
		return time.Time{}
	}
	return w.ends
}

// next is what somebody is told who came by the key of before: the new one.
func (w *ways) next(from netip.Addr) *camp.TunnelKey {
	if !w.at(from).before.Load() {
		return nil
	}
	k := w.told()
	return &k
}

// told is the present key, as members' programs are told.
func (w *ways) told() camp.TunnelKey {
	i := w.present()
	return camp.TunnelKey{Key: i.public[:], Paths: waysText(w.into(i, w.lately)), Ends: w.formerEnds()}
}

// since says since when the key is new by which somebody came, while there are
// two; the zero time for all others.
func (w *ways) since(from netip.Addr) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.former == nil || w.former.plan.Has(from) {
		return time.Time{}
	}
	return w.renewed
}

// renewTunnelKey makes a new key for the way in.
func (s *session) renewTunnelKey(ctx context.Context, _ camp.Intent) (camp.Answer, error) {
	if s.d.opt.Device != "" {
		return camp.Answer{}, camp.NewFault(camp.NotAllowed, "program.tunnel_key_device.say", nil)
	}
	if err := s.node.People.RenewTunnelKey(ctx, s.node.Host(), apart); err != nil {
		return camp.Answer{}, err
	}
	s.node.Hub.Publish(camp.Event{Kind: camp.EventHouse}) // who waits for news hears of it now that both are open
	return s.reachNow(ctx)
}

// apart reports whether two keys lay out addresses that never mean both.
func apart(a, b camp.Secret) bool {
	x, err := newWayIn(a)
	if err != nil {
		return false
	}
	y, err := newWayIn(b)
	return err == nil && x.plan.Apart(y.plan)
}

// endTunnelKey ends the key of before now.
func (s *session) endTunnelKey(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	if err := s.node.People.EndTunnelKey(ctx, s.node.Host(), in.Uses); err != nil {
		return camp.Answer{}, err
	}
	return s.reachNow(ctx)
}

// oldKeySoon is how long before its end the host is told who still comes by the
// key of before.
const oldKeySoon = 7 * 24 * time.Hour

func (d *Desk) oldKeyNeed(r camp.Reach) (camp.Need, bool) {
	left := r.Former.Sub(d.opt.Now())
	if r.Former.IsZero() || r.Late == 0 || left > oldKeySoon {
		return camp.Need{}, false
	}
	days := max(int(math.Ceil(left.Hours()/24)), 0)
	return camp.Need{Kind: "old key", Say: "program.need.old_key", Args: map[string]string{"N": strconv.Itoa(r.Late), "Days": strconv.Itoa(days)}, Page: "people"}, true
}
