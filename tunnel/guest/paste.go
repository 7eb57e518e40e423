package guest

import (
	"context"
	"errors"

	"camp/node/camp"
	"camp/tunnel/invite"
)

// Decode reads a code out of whatever was pasted. What is wrong with it is a
// *camp.Fault with a sentence.
func Decode(text string) (invite.Invite, error) {
	inv, err := invite.Decode(text)
	if err == nil {
		return inv, nil
	}
	say := "join.no_code.say"
	switch {
	case errors.Is(err, invite.ErrPiece):
		say = "join.piece.say"
	case errors.Is(err, invite.ErrCharacter):
		say = "join.character.say"
	case errors.Is(err, invite.ErrNewer):
		say = "join.newer.say"
	}
	return inv, camp.NewFault(camp.Invalid, say, err)
}

// Say puts what came of asking a camp into words. ends is what the code says of
// its own end, as people read it.
func Say(err error, ends string) error {
	var f *camp.Fault
	switch {
	case err == nil || errors.As(err, &f):
		return err
	case errors.Is(err, ErrNonsense):
		return camp.NewFault(camp.Internal, "join.nonsense.say", err)
	case errors.Is(err, ErrSilent), errors.Is(err, context.DeadlineExceeded):
		return &camp.Fault{Kind: camp.Offline, Say: "join.silent.say", Args: map[string]string{"Day": ends}, Err: err}
	}
	return camp.NewFault(camp.Internal, "fault.internal.say", err)
}
