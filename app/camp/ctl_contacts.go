package main

import (
	"context"
	"time"

	"camp/node/camp"
)

// contacts is the shape of `contacts`.
type contacts struct {
	Since    string    `json:"since"`
	Today    int64     `json:"today"`   // bytes sent today, in all
	Tunnel   int64     `json:"tunnel"`  // of them to members and other camps
	Servers  int64     `json:"servers"` // to other servers
	Public   int64     `json:"public"`  // to those who came to the public door
	Contacts []contact `json:"contacts"`
}

type contact struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	Sent int64  `json:"sent"`
	Last string `json:"last"` // "" where it is not noted
}

// ctlContacts tells whom this computer talked with, and how much it sent today.
func ctlContacts(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoContacts})
	if err != nil {
		return err
	}
	got := *ans.Contacts
	line := contacts{Since: got.Since.Format(time.RFC3339), Today: got.Today(), Tunnel: got.Tunnel, Servers: got.Servers, Public: got.Public, Contacts: []contact{}}
	for _, s := range got.List {
		one := contact{Kind: s.Kind, Name: s.Name, Sent: s.Sent}
		if !s.Last.IsZero() {
			one.Last = s.Last.Format(time.RFC3339)
		}
		line.Contacts = append(line.Contacts, one)
	}
	if e.json {
		e.line(e.out, line)
		return nil
	}
	e.say("ctl.contacts.today", "Bytes", line.Today)
	for _, s := range got.List {
		e.say("pages.outside.kind."+s.Kind, "Name", s.Name)
	}
	return nil
}
