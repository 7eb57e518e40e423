package desk

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"camp/node/camp"
	"camp/store"
)

// Run owns the camp until ctx ends or somebody asks to stop. It blocks and
// returns when everything it started has ended. A camp that exists is started
// by itself.
func (d *Desk) Run(ctx context.Context) error {
	r := &runner{d: d}
	defer close(d.ended)
	defer d.states.Close()
	var joined sync.WaitGroup
	defer joined.Wait()
	own, endJoined := context.WithCancel(ctx)
	defer endJoined()
	joined.Go(func() { _ = d.joined.Run(own) })
	if d.opt.AtOnce || d.State().Exists && !d.opt.Hold {
		_ = r.start(ctx, camp.Intent{}) // what went wrong stands in the state
	}
	for {
		select {
		case <-ctx.Done():
			return r.down(ctx)
		case a := <-d.asks:
			if a.in.Do == camp.DoStop {
				a.out <- answered{}
				return r.down(ctx)
			}
			ans, err := r.do(ctx, a.in)
			a.out <- answered{ans, err}
		case in := <-d.later:
			r.afterwards(ctx, in)
		case <-r.broken():
			r.broke()
		case <-r.alarm():
			r.resume()
		case <-d.joins:
			d.showJoined()
		}
	}
}

// runner holds what only Run touches.
type runner struct {
	d     *Desk
	s     *session
	until *time.Timer // while paused for a time
	catch string      // folder of a damaged camp whose journal the next start reads
}

func (r *runner) do(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	switch in.Do {
	case camp.DoStart:
		return camp.Answer{}, r.start(ctx, in)
	case camp.DoPause:
		return r.pause(in.For)
	case camp.DoResume:
		return camp.Answer{}, r.wake()
	case camp.DoRestore:
		return r.restore(ctx, in)
	case camp.DoRescue:
		return r.rescue(ctx, in)
	case camp.DoWorldOn, camp.DoWorldOff:
		return r.world(ctx, in)
	}
	return camp.Answer{}, camp.NewFault(camp.Invalid, "program.unknown_intent.say", nil)
}

// start brings the camp up. A camp that is on stays as it is; a paused one goes on.
func (r *runner) start(ctx context.Context, in camp.Intent) error {
	if r.s != nil {
		r.resume()
		return nil
	}
	d := r.d
	if err := checkNames(in); err != nil {
		return err
	}
	d.mu.Lock()
	again := in.Do == camp.DoStart && needsRescue(d.trouble)
	d.trouble, d.store = nil, nil
	d.notices = slices.DeleteFunc(slices.Clone(d.notices), func(n camp.Need) bool { return n.Kind != "settings" })
	d.mu.Unlock()
	if again { // somebody wants it tried once more
		if err := store.TryAgain(d.opt.Home.Data); err != nil {
			d.opt.Log.Warn("marker of starts not cleared", "err", err)
		}
	}
	d.change(func(st *camp.State) {
		st.Phase, st.Problem, st.Stage, st.Web, st.Until = camp.Starting, nil, "program.stage.data", "", time.Time{}
	})
	began := d.opt.Now()
	s, err := d.open(ctx, in, r.catch)
	r.catch = ""
	if err != nil {
		return r.fail(ctx, err)
	}
	v, err := s.look(ctx)
	if err != nil {
		_ = s.close(stopTime)
		return r.fail(ctx, err)
	}
	r.s = s
	d.on.Store(s)
	d.noted(v)
	d.change(func(st *camp.State) {
		st.Phase, st.Stage, st.Exists, st.Since = camp.On, "", true, d.opt.Now().UTC()
		v.show(st)
	})
	if err := s.db.Started(); err != nil {
		d.opt.Log.Warn("start not noted as good", "err", err)
	}
	d.keepName(v.house.Name)
	s.begin()
	d.awake()
	d.opt.Log.Info("camp on", "ms", d.opt.Now().Sub(began).Milliseconds())
	return nil
}

// checkNames refuses names that a new camp cannot have, before anything is made.
func checkNames(in camp.Intent) error {
	if in.Name != "" && camp.CleanLine(in.Name, MaxName) == "" {
		return camp.NewFault(camp.Invalid, "program.camp_name.say", nil)
	}
	if _, ok := camp.ParseName(in.Person); in.Person != "" && !ok {
		return camp.NewFault(camp.Invalid, "program.host_user.say", nil)
	}
	return nil
}

// fail tells why the camp did not come up.
func (r *runner) fail(ctx context.Context, err error) error {
	d := r.d
	if ctx.Err() != nil { // not a fault of the camp: the program is ending
		d.change(func(st *camp.State) { st.Phase, st.Stage = camp.Off, "" })
		return ctx.Err()
	}
	d.opt.Log.Error("camp does not start", "err", err)
	f := camp.AsFault(err)
	d.mu.Lock()
	d.trouble = f
	d.mu.Unlock()
	exists := Exists(d.opt.Home)
	d.change(func(st *camp.State) {
		st.Phase, st.Stage, st.Exists, st.Problem = camp.Trouble, "", exists, problemOf(f)
	})
	return f
}

// problemOf puts a fault into the snapshot.
func problemOf(f *camp.Fault) *camp.Problem {
	p := &camp.Problem{Say: f.Say, Args: f.Args, Deed: camp.DoStart}
	if f.Err != nil {
		p.Detail = f.Err.Error()
	}
	if needsRescue(f) {
		p.Deed = camp.DoRescue
	}
	return p
}

// broken is readable once the camp that is on has ended by itself.
func (r *runner) broken() <-chan struct{} {
	if r.s == nil {
		return nil
	}
	return r.s.broken
}

// broke takes down what is left of a camp that ended by itself.
func (r *runner) broke() {
	d, cause := r.d, r.s.cause()
	d.on.Store(nil)
	_ = r.s.close(stopTime) // the cause is what counts
	r.s = nil
	r.stopAlarm()
	d.opt.Log.Error("camp broke", "err", cause)
	f := camp.AsFault(cause)
	d.mu.Lock()
	d.trouble = f
	d.mu.Unlock()
	d.change(func(st *camp.State) {
		st.Phase, st.Web, st.Here, st.Problem = camp.Trouble, "", 0, problemOf(f)
	})
	d.awake()
}

// down ends the camp, within stopTime.
func (r *runner) down(ctx context.Context) error {
	d := r.d
	r.stopAlarm()
	if r.s == nil {
		d.change(func(st *camp.State) { st.Phase = camp.Off })
		return nil
	}
	d.change(func(st *camp.State) { st.Phase = camp.Stopping })
	d.on.Store(nil)
	err := r.s.close(stopTime)
	r.s = nil
	d.change(func(st *camp.State) { st.Phase, st.Web, st.Here = camp.Off, "", 0 })
	d.awake()
	if err != nil {
		d.opt.Log.Error("camp did not end cleanly", "err", err)
		return camp.NewFault(camp.Internal, "program.unclean.say", err)
	}
	d.opt.Log.Info("camp off", "signal", errors.Is(ctx.Err(), context.Canceled))
	return nil
}

// pause makes the camp look switched off to everybody but the host.
func (r *runner) pause(how time.Duration) (camp.Answer, error) {
	d := r.d
	if r.s == nil {
		return camp.Answer{}, d.notOn()
	}
	r.stopAlarm()
	var until time.Time
	if how > 0 {
		until = d.opt.Now().Add(how).UTC()
		r.until = time.NewTimer(how)
	}
	r.s.node.Pause(true)
	d.change(func(st *camp.State) {
		if st.Phase != camp.Paused {
			st.Since = d.opt.Now().UTC()
		}
		st.Phase, st.Until = camp.Paused, until
	})
	d.awake()
	st := d.State()
	return camp.Answer{State: &st}, nil
}

// wake is the intent to resume.
func (r *runner) wake() error {
	if r.s == nil {
		return r.d.notOn()
	}
	r.resume()
	return nil
}

// resume lets everybody in again; a camp that is not paused stays as it is.
func (r *runner) resume() {
	r.stopAlarm()
	if r.s == nil || r.d.State().Phase != camp.Paused {
		return
	}
	r.s.node.Pause(false)
	r.d.change(func(st *camp.State) { st.Phase, st.Until, st.Since = camp.On, time.Time{}, r.d.opt.Now().UTC() })
	r.d.awake()
}

func (r *runner) alarm() <-chan time.Time {
	if r.until == nil {
		return nil
	}
	return r.until.C
}

func (r *runner) stopAlarm() {
	if r.until != nil {
		r.until.Stop()
		r.until = nil
	}
}
