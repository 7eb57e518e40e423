package main

import (
	"context"

	"camp/node/camp"
)

// ctlKeysRenew makes a new key that somebody's posts are signed with for other
// servers; without a name, the camp's own, with --all everybody's.
func ctlKeysRenew(ctx context.Context, e *env, c call) error {
	in, say := camp.Intent{Do: camp.DoKeysRenew}, "ctl.keys.renewed_camp"
	switch {
	case c.has("all") && len(c.words) == 0:
		in.Do, say = camp.DoKeysRenewAll, "window.world.keys.done"
	case c.has("all"):
		return usage("ctl.keys.all_or_one")
	case len(c.words) == 1:
		in.Person, say = c.words[0], "ctl.keys.renewed"
	}
	if _, err := e.do(ctx, c, in); err != nil {
		return err
	}
	e.answer(map[string]any{"name": in.Person, "camp": in.Person == "", "all": in.Do == camp.DoKeysRenewAll, "renewed": true}, say, "Name", in.Person)
	return nil
}
