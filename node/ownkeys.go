package node

import (
	"context"
	"time"

	"camp/node/camp"
)

// RenewKey makes a member, "" for the camp itself, a new key to sign with, by the
// host: the old one signs nothing any more, and other servers are told
// (federation.md 4, Keys).
func (n *Node) RenewKey(ctx context.Context, by camp.Actor, name string) error {
	whose, err := n.People.SignsAs(ctx, by, name)
	if err != nil {
		return err
	}
	if n.front == nil {
		return camp.NewFault(camp.NotAllowed, "fed.no_keys.say", nil)
	}
	if err := n.front.teller.Renew(ctx, whose); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second) // done is done, whoever has gone
	defer cancel()
	return n.People.NoteNewKey(ctx, by, whose)
}
