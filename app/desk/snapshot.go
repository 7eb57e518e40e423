package desk

import (
	"context"
	"time"

	"camp/app/place"
	"camp/node"
	"camp/node/camp"
)

// The snapshot is made anew at most five times a second while things change,
// and not at all while nothing does.
const (
	snapshotRest = 200 * time.Millisecond
	snapshotLog  = 200 // lines
	readTime     = 10 * time.Second

	// maxBlocksShown bounds the list in a snapshot; the pages show all.
	maxBlocksShown = 2000
)

// tap sees every change of the camp. It marks the snapshot as old where the
// change shows in it; posts do not, once there is one.
func (s *session) tap(e camp.Event) {
	switch e.Kind {
	case node.EventHere:
		s.wake()
		return
	case camp.EventMember, camp.EventMemberGone, camp.EventHouse, camp.EventJoin, camp.EventBorder:
	case camp.EventPost:
		s.mu.Lock()
		known := s.anyPost
		s.mu.Unlock()
		if known {
			return
		}
	default:
		return
	}
	s.stale()
}

// stale asks follow for a new snapshot; it does not wait.
func (s *session) stale() {
	s.old.Store(true)
	s.wake()
}

// wake asks follow to look how many are here, at least.
func (s *session) wake() {
	select {
	case s.dirty <- struct{}{}:
	default:
	}
}

// follow keeps the snapshot up to date until ctx ends.
func (s *session) follow(ctx context.Context) error {
	if k, err := s.node.People.Keys(ctx); err == nil {
		s.d.keepPhrase(k.Phrase)
	}
	rest := time.NewTimer(snapshotRest)
	defer rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.dirty:
		}
		if !s.old.Swap(false) {
			s.d.change(func(st *camp.State) { st.Here = len(s.node.Hub.Here()) })
		} else if err := s.refresh(ctx); err != nil && ctx.Err() == nil {
			s.d.opt.Log.Warn("snapshot is old", "err", err)
		}
		rest.Reset(snapshotRest)
		select {
		case <-ctx.Done():
			return nil
		case <-rest.C:
		}
	}
}

// refresh reads what the snapshot shows of the camp and publishes it.
func (s *session) refresh(ctx context.Context) error {
	v, err := s.look(ctx)
	if err != nil {
		return err
	}
	s.d.noted(v)
	s.d.change(v.show)
	s.d.keepName(v.house.Name)
	return nil
}

// seen is what a snapshot shows of a camp that is on.
type seen struct {
	s      *session
	house  camp.House
	people []camp.Person
	gone   []camp.Person
	rules  []camp.Rules // newest first
	log    []camp.LogLine
	posts  bool
	backup camp.Backup
	space  camp.Space
	store  []camp.Need

	invites []camp.InviteLine
	blocks  []camp.Block
	lost    int // followers, by decisions that were taken back
	behind  time.Duration
	reports int // open ones that the host may look into
	reach   camp.Reach
	world   camp.World
	nearby  camp.Nearby
	backlog []camp.Backlog
	letters int
}

func (s *session) look(ctx context.Context) (v seen, err error) {
	v.s = s
	n := s.node
	if v.house, err = n.People.House(ctx); err != nil {
		return v, err
	}
	if v.people, err = s.persons(ctx); err != nil {
		return v, err
	}
	if v.gone, err = s.gone(ctx); err != nil {
		return v, err
	}
	if v.invites, err = s.inviteLines(ctx); err != nil {
		return v, err
	}
	if v.blocks, err = n.Border.List(ctx); err != nil {
		return v, err
	}
	if v.lost, err = s.lostFollowers(ctx); err != nil {
		return v, err
	}
	v.behind = n.ClockOff()
	if v.reports, err = s.openReports(ctx); err != nil {
		return v, err
	}
	v.reach, v.nearby = s.ways.reached(v.people), s.ways.nearDoor().state()
	v.world = s.wide.state(v.house.Domain)
	if v.backlog, v.letters, err = s.waits(ctx); err != nil {
		return v, err
	}
	if v.rules, err = n.People.AllRules(ctx); err != nil {
		return v, err
	}
	if v.log, err = s.lines(ctx); err != nil {
		return v, err
	}
	if v.posts, err = s.posted(ctx); err != nil {
		return v, err
	}
	v.backup, v.space, v.store = s.backups.State(), s.space(), s.storeNeeds()
	return v, nil
}

// lines gives the newest lines of the host's log.
func (s *session) lines(ctx context.Context) ([]camp.LogLine, error) {
	all := []camp.LogLine{}
	p := camp.Page{Limit: 40}
	for len(all) < snapshotLog {
		entries, err := s.node.People.Log(ctx, p)
		if err != nil || len(entries) == 0 {
			return all, err
		}
		lines, err := s.node.People.LogFor(ctx, s.node.Host(), p)
		if err != nil {
			return all, err
		}
		all = append(all, lines...)
		p.Before = uint64(entries[len(entries)-1].ID)
		if len(entries) < p.Size() {
			break
		}
	}
	return all[:min(len(all), snapshotLog)], nil
}

// posted reports whether somebody has posted; once true it stays so.
func (s *session) posted(ctx context.Context) (bool, error) {
	s.mu.Lock()
	known := s.anyPost
	s.mu.Unlock()
	if known {
		return true, nil
	}
	list, err := s.node.Posts.Fire(ctx, s.node.Host(), camp.Page{Limit: 1})
	if err != nil || len(list) == 0 {
		return false, err
	}
	s.mu.Lock()
	s.anyPost = true
	s.mu.Unlock()
	return true, nil
}

// show puts what was seen into a snapshot.
func (v seen) show(st *camp.State) {
	st.Exists, st.Name, st.Address, st.Domain = true, v.house.Name, v.house.Address(), v.house.Domain
	st.Web = v.s.web
	st.People, st.Gone, st.Log = v.people, v.gone, v.log
	st.Rules, st.Former = camp.Rules{}, camp.Rules{}
	if len(v.rules) > 0 {
		st.Rules = v.rules[0]
	}
	if len(v.rules) > 1 {
		st.Former = v.rules[1]
	}
	st.Members, st.Waiting = 0, 0
	for _, p := range v.people {
		switch {
		case p.Standing.Counts():
			st.Members++
		case p.Standing == camp.Waiting:
			st.Waiting++
		}
	}
	st.Here = len(v.s.node.Hub.Here())
	st.FirstPost = v.posts
	st.Backup, st.Space = v.backup, v.space
	st.Kept = v.s.kept
	st.Blocks, st.Blocked = v.blocks[:min(len(v.blocks), maxBlocksShown)], v.s.node.Border.Count()
	st.Invites, st.Reach, st.World, st.Nearby = v.invites, v.reach, v.world, v.nearby
	st.Backlog, st.Letters = v.backlog, v.letters
	st.Tunnel, st.Inner, st.NoTunnel = v.s.ways.outer(), []string{}, "program.no_tunnel"
	if srv := v.s.ways.server(); srv != nil {
		st.Inner, st.NoTunnel = innerText(srv.Inner()), ""
	}
}

// Asleep is the snapshot of a data folder on which no camp runs.
func Asleep(h place.Home) camp.State {
	st := camp.State{
		Phase: camp.Off, Exists: Exists(h), Version: camp.Version, Data: h.Data, NoTunnel: "program.no_tunnel",
		Lab: []string{}, Needs: []camp.Need{}, People: []camp.Person{}, Gone: []camp.Person{}, Log: []camp.LogLine{}, Skipped: []string{}, Kept: []camp.Keeping{},
		Inner: []string{}, Invites: []camp.InviteLine{}, Blocks: []camp.Block{}, Memberships: []camp.Membership{},
		Reach: camp.Reach{State: "off", Ways: []string{}}, World: camp.World{Door: "off", Problems: []camp.Problem{}}, Backlog: []camp.Backlog{}, Joining: camp.Joining{Around: []camp.NearbyCamp{}},
	}
	if s, err := h.LoadSettings(); err == nil {
		st.Name = s.Name
	}
	return st
}

// keepName keeps the camp's name for showing it while the camp is off.
func (d *Desk) keepName(name string) {
	d.mu.Lock()
	same := d.settings.Name == name
	d.mu.Unlock()
	if same {
		return
	}
	if err := d.setting(func(s *place.Settings) { s.Name = name }); err != nil {
		d.opt.Log.Warn("name not kept", "err", err)
	}
}

// noted keeps what a snapshot's needs are made of and its fields do not show.
func (d *Desk) noted(v seen) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.made, d.store, d.lost, d.behind, d.reports = v.house.Made, v.store, v.lost, v.behind, v.reports
}
