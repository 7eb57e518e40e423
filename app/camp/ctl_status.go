package main

import (
	"context"
	"errors"
	"strconv"

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
	Members int        `json:"members"`
	Waiting int        `json:"waiting"`
	Blocked int        `json:"blocked"`
	Lab     []string   `json:"lab"`
	Version string     `json:"version"`

	Inner    []string      `json:"inner"` // the camp's own addresses in the tunnel
	Address  string        `json:"address"`
	Here     int           `json:"here"`
	NoTunnel string        `json:"no_tunnel"` // why no tunnel runs, a sentence
	Problem  *camp.Problem `json:"problem"`
	Say      string        `json:"say"` // the problem, a sentence; "" for none
	Needs    []string      `json:"needs"`
	Camps    []membership  `json:"camps"` // of others, to which this folder belongs
}

func (e *env) status(st camp.State) status {
	s := status{
		State: st.Phase, Name: st.Name, Domain: st.Domain, Web: st.Web, Tunnel: st.Tunnel, Members: st.Members, Waiting: st.Waiting,
		Blocked: st.Blocked, Lab: st.Lab, Version: st.Version, Address: st.Address, Here: st.Here, Problem: st.Problem, Needs: []string{},
		Inner: append([]string{}, st.Inner...), Camps: membershipsOf(st.Memberships),
	}
	if s.Lab == nil {
		s.Lab = []string{}
	}
	if st.NoTunnel != "" {
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
	nowhere := st.Phase == camp.Off && !st.Exists
	switch {
	case !nowhere:
		e.say("ctl.status."+string(s.State), "Name", s.Name)
	case len(st.Memberships) == 0:
		e.say("ctl.status.none")
	}
	if nowhere {
		s.NoTunnel = "" // of a camp that is not there
	}
	e.sayMemberships(st.Memberships)
	if s.Web != "" {
		e.say("ctl.status.web", "URL", s.Web)
		e.say("ctl.status.people", "N", s.Members, "Here", strconv.Itoa(s.Here))
	}
	for _, line := range append([]string{s.Say, s.NoTunnel}, s.Needs...) {
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
