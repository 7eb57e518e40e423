package main

import (
	"context"

	"camp/node/camp"
)

// ctlKeysRenew makes a new key that somebody's posts are signed with for other
// servers; without a name, the camp's own.
func ctlKeysRenew(ctx context.Context, e *env, c call) error {
	in, say := camp.Intent{Do: camp.DoKeysRenew}, "ctl.keys.renewed_camp"
	if len(c.words) == 1 {
		in.Person, say = c.words[0], "ctl.keys.renewed"
	}
	if _, err := e.do(ctx, c, in); err != nil {
		return err
	}
	e.answer(map[string]any{"name": in.Person, "camp": in.Person == "", "renewed": true}, say, "Name", in.Person)
	return nil
}
