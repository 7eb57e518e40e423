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
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	return n.People.NoteNewKey(ctx, by, whose)
}

// noteTime is given to write down what is done, whoever has gone meanwhile.
const noteTime = 10 * time.Second

// RenewKeys is RenewKey for the camp itself and everybody who has a key. Once it
// began it goes on when whoever asked has gone.
func (n *Node) RenewKeys(ctx context.Context, by camp.Actor) error {
	all, err := n.People.Signers(ctx, by)
	if err != nil {
		return err
	}
	if n.front == nil {
		return camp.NewFault(camp.NotAllowed, "fed.no_keys.say", nil)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewTime)
	defer cancel()
	if err := n.front.teller.RenewAll(ctx, all); err != nil {
		return err
	}
	return n.People.NoteNewKeys(ctx, by)
}

// renewTime is given to make a hundred keys, on a slow computer.
const renewTime = 3 * time.Minute
