package main

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"camp/node/camp"
)

// ctlBlockImport reads a list of servers in from a file; with --preview it only
// tells what would come of it.
func ctlBlockImport(ctx context.Context, e *env, c call) error {
	from, err := file(c.words[0])
	if err != nil {
		return err
	}
	level, err := levelOf(c)
	if err != nil {
		return err
	}
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoBlockTake, File: from, Level: level, On: !c.has("preview")})
	if err != nil {
		return err
	}
	i := *ans.Import
	if e.json {
		e.line(e.out, i)
		return nil
	}
	say := "ctl.block.taken"
	if c.has("preview") {
		say = "ctl.block.would_take"
	}
	e.say(say, "List", i.Source, "N", i.Set, "Stands", i.Stands)
	if c.has("preview") {
		e.say("ctl.block.cuts", "Follows", i.FollowsLost, "Followers", i.FollowersLost, "Posts", i.PostsHidden)
	}
	if i.Withdrawn > 0 {
		e.say("ctl.block.withdrawn", "N", i.Withdrawn)
	}
	for _, d := range i.Shared {
		e.say("ctl.block.wants_yes", "Name", string(d))
	}
	for _, why := range slices.Sorted(maps.Keys(i.Skipped)) {
		e.say("ctl.block.skipped."+strings.ReplaceAll(why, "-", "_"), "N", i.Skipped[why])
	}
	for _, l := range i.Lines {
		if l.Why != "obfuscated" { // there may be hundreds, and nothing to be done
			e.say("ctl.block.skipped_line", "Line", strconv.Itoa(l.Line), "Text", l.Raw)
		}
	}
	return nil
}

// ctlBlockUndoList takes back everything that came by the same list as a change.
func ctlBlockUndoList(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoBlockUndo, ID: c.words[0], On: true})
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(ans.Args["N"])
	left, _ := strconv.Atoi(ans.Args["Left"])
	e.answer(map[string]any{"change": c.words[0], "undone": n, "left": left}, "ctl.block.undone_list", "N", n, "Left", left)
	return nil
}

// ctlBlockExport writes the camp's own decisions about servers to a file.
func ctlBlockExport(ctx context.Context, e *env, c call) error {
	to, err := file(c.words[0])
	if err != nil {
		return err
	}
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoBlockShare, File: to})
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(ans.Args["N"])
	back, _ := strconv.Atoi(ans.Args["Back"])
	e.answer(map[string]any{"file": to, "rows": n, "kept_back": back}, "ctl.block.shared", "File", to, "N", n, "Back", back)
	return nil
}
