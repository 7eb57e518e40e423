package main

import (
	"context"
	"errors"
	"strconv"
	"time"

	"camp/app/control"
	"camp/app/desk"
	"camp/app/place"
	"camp/node/camp"
)

// status is the shape of `ctl status --json`; names are a contract.
type status struct {
	State   camp.Phase `json:"state"`
	Name    string     `json:"name"`
	Domain  string     `json:"domain"`
	Web     string     `json:"web"`
	Tunnel  string     `json:"tunnel"`
	Members *int       `json:"members"` // null, as the other two, where the camp is off: not known
	Waiting *int       `json:"waiting"`
	Blocked *int       `json:"blocked"`
	Lab     []string   `json:"lab"`
	Version string     `json:"version"`

	Since time.Time `json:"since,omitzero"` // on, or paused
	Until time.Time `json:"until,omitzero"` // paused until; none: until resumed

	Inner    []string      `json:"inner"` // the camp's own addresses in the tunnel
	Address  string        `json:"address"`
	Here     int           `json:"here"`
	NoTunnel string        `json:"no_tunnel"` // why no tunnel runs, a sentence
	Problem  *camp.Problem `json:"problem"`
	Say      string        `json:"say"` // the problem, a sentence; "" for none
	Needs    []string      `json:"needs"`
	Camps    []membership  `json:"camps"` // of others, to which this folder belongs

	Letters int            `json:"letters"` // waiting to be sent to other servers
	Backlog []camp.Backlog `json:"backlog"` // for whom, most first; the longest lines alone
}

func (e *env) status(st camp.State) status {
	s := status{
		State: st.Phase, Name: st.Name, Domain: st.Domain, Web: st.Web, Tunnel: st.Tunnel, Lab: st.Lab, Version: st.Version, Address: st.Address, Here: st.Here, Problem: st.Problem, Needs: []string{},
		Inner: append([]string{}, st.Inner...), Camps: membershipsOf(st.Memberships),
		Letters: st.Letters, Backlog: append([]camp.Backlog{}, st.Backlog...),
	}
	if known(st) {
		s.Members, s.Waiting, s.Blocked = &st.Members, &st.Waiting, &st.Blocked
	}
	if st.Phase == camp.On || st.Phase == camp.Paused {
		s.Since, s.Until = st.Since, st.Until
	}
	if s.Lab == nil {
		s.Lab = []string{}
	}
	switch {
	case nowhere(st): // of a camp that is not there
	case !known(st):
		s.NoTunnel = e.words.Say("ctl.status.off_tunnel")
	case st.NoTunnel != "":
		s.NoTunnel = e.words.Say(st.NoTunnel)
	}
	if st.Problem != nil {
		s.Say = e.words.SayMap(st.Problem.Say, st.Problem.Args)
	}
	for _, n := range st.Needs {
		s.Needs = append(s.Needs, e.words.SayMap(n.Say, n.Args))
	}
	return s
}

// nowhere reports whether no camp of one's own lives in the folder.
func nowhere(st camp.State) bool { return st.Phase == camp.Off && !st.Exists }

// known reports whether a snapshot tells of who is in the camp: where it is not
// on, its rows are not read.
func known(st camp.State) bool {
	return st.Phase == camp.On || st.Phase == camp.Paused || st.Phase == camp.Stopping || nowhere(st)
}

// sayPhase tells how the camp is, and since when and until when it is paused.
func (e *env) sayPhase(st camp.State) {
	switch {
	case st.Phase != camp.Paused:
		e.say("ctl.status."+string(st.Phase), "Name", st.Name)
	case st.Until.IsZero():
		e.say("ctl.status.paused", "Name", st.Name, "Since", e.words.Moment(st.Since.Local()))
	default:
		e.say("ctl.status.paused_until", "Name", st.Name, "Since", e.words.Moment(st.Since.Local()), "Until", e.words.Moment(st.Until.Local()))
	}
}

// ctlStatus tells how the camp is. A camp that is off is an answer too.
func ctlStatus(ctx context.Context, e *env, c call) error {
	h, err := e.home(c)
	if err != nil {
		return err
	}
	st, err := e.stateOf(ctx, c, h)
	if err != nil {
		return err
	}
	s := e.status(st)
	if e.json {
		e.line(e.out, s)
		return nil
	}
	switch {
	case !nowhere(st):
		e.sayPhase(st)
	case len(st.Memberships) == 0:
		e.say("ctl.status.none")
	}
	e.sayMemberships(st.Memberships)
	if s.Web != "" {
		e.say("ctl.status.web", "URL", s.Web)
		e.say("ctl.status.people", "N", st.Members, "Here", strconv.Itoa(s.Here))
	}
	lines := []string{s.Say}
	if known(st) {
		lines = append(lines, s.NoTunnel) // that nobody comes into a camp that is off goes without saying
	}
	for _, line := range append(lines, s.Needs...) {
		if line != "" {
			e.say("ctl.status.line", "Line", line)
		}
	}
	for _, l := range s.Lab {
		e.say("ctl.status.lab", "Flag", l)
	}
	e.say("ctl.version", "Version", s.Version)
	return nil
}

func (e *env) stateOf(ctx context.Context, c call, h place.Home) (camp.State, error) {
	client, err := e.dial(ctx, c)
	if err == nil {
		defer func() { _ = client.Close() }()
		return client.State(), nil
	}
	if errors.Is(err, control.ErrNobody) && !place.Locked(h.Data) && desk.Exists(h) {
		return desk.Asleep(h), nil
	}
	return camp.State{}, err
}
