package desk

import (
	"context"
	"sync"
	"time"

	"camp/node/camp"
	"camp/tunnel/lan"
)

// After three times that numbers differed the door for somebody nearby stays
// closed for an hour (tunnel.md 3.5). It is kept in memory alone.
const (
	differMost = 3
	differRest = time.Hour
)

// door is the door for somebody in the same room.
type door struct {
	w *ways

	mu     sync.Mutex // guards what follows
	open   *lan.Door
	stop   context.CancelFunc
	st     camp.Nearby
	differ int
	closed time.Time // since when it is closed for an hour
}

func newDoor(w *ways) *door { return &door{w: w} }

// state is how the door stands.
func (d *door) state() camp.Nearby {
	if d == nil {
		return camp.Nearby{}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.st
}

func (s *session) nearby(ctx context.Context, _ camp.Intent) (camp.Answer, error) {
	if err := s.ways.open(ctx); err != nil {
		return camp.Answer{}, err
	}
	s.ways.firstInvite(ctx)
	return camp.Answer{}, s.ways.nearDoor().begin()
}

// begin opens the door; one that is open stays so.
func (d *door) begin() error {
	s := d.w.s
	d.mu.Lock()
	defer d.mu.Unlock()
	now := s.d.opt.Now()
	if d.open != nil {
		return nil
	}
	if d.differ >= differMost {
		if now.Sub(d.closed) < differRest {
			return camp.NewFault(camp.NotAllowed, "program.nearby_closed.say", nil)
		}
		d.differ = 0
	}
	house := s.d.State().Name
	open := lan.NewDoor(lan.DoorOptions{
		Name: house, Now: s.d.opt.Now, Rand: s.d.opt.Rand, Log: s.d.opt.Log.With("component", "nearby"), Tell: d.tell,
		Code: func(ctx context.Context) (string, error) {
			inv, err := s.node.People.NewInvite(ctx, s.node.Host(), camp.InviteWish{Nearby: true, Life: time.Hour})
			if err != nil {
				return "", err
			}
			line, err := s.code(ctx, inv)
			return line.Code, err
		},
	})
	ctx, stop := context.WithCancel(s.ctx)
	d.open, d.stop = open, stop
	d.st = camp.Nearby{State: lan.DoorOpen, Until: now.Add(10 * time.Minute).UTC()}
	s.work.Go(func() error {
		defer stop()
		state, err := open.Run(ctx)
		d.end(state, err)
		return nil // a door that does not open is no reason to end the camp
	})
	s.stale()
	return nil
}

// tell takes in where the door stands.
func (d *door) tell(state, check, words string, until time.Time) {
	d.mu.Lock()
	d.st = camp.Nearby{State: state, Check: check, Words: words, Until: until.UTC()}
	d.mu.Unlock()
	d.w.s.stale()
}

func (d *door) end(state string, err error) {
	say := ""
	switch {
	case err != nil:
		say = "program.nearby_failed.say"
		d.w.s.d.opt.Log.Warn("door for somebody nearby", "err", err)
	case state == lan.DoorDiffer:
		say = "program.nearby_differ.say"
	case state == lan.DoorOver:
		say = "program.nearby_over.say"
	}
	d.mu.Lock()
	d.open, d.stop = nil, nil
	if state == lan.DoorDiffer {
		if d.differ++; d.differ >= differMost {
			d.closed = d.w.s.d.opt.Now()
		}
	}
	d.st = camp.Nearby{State: state, Say: say}
	d.mu.Unlock()
	d.w.s.stale()
}

func (s *session) nearbySame(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	d := s.ways.nearDoor()
	var open *lan.Door
	if d != nil {
		d.mu.Lock()
		open = d.open
		d.mu.Unlock()
	}
	if open == nil || !open.Same(ctx, in.Same) {
		return camp.Answer{}, camp.NewFault(camp.Conflict, "program.nearby_nobody.say", nil)
	}
	return camp.Answer{}, nil
}

func (s *session) nearbyClose(context.Context, camp.Intent) (camp.Answer, error) {
	if d := s.ways.nearDoor(); d != nil {
		d.mu.Lock()
		if d.stop != nil {
			d.stop()
		}
		d.st = camp.Nearby{}
		d.mu.Unlock()
		s.stale()
	}
	return camp.Answer{}, nil
}

func (w *ways) nearDoor() *door {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.door
}
