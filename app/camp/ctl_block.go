package main

import (
	"context"
	"time"

	"camp/node/camp"
)

// blocked is a line of `block list`; names are a contract.
type blocked struct {
	Domain camp.Domain `json:"domain"`
	Level  camp.Level  `json:"level"`
	Reason string      `json:"reason"`
	Source string      `json:"source"`

	Shown string    `json:"shown"`
	By    string    `json:"by"`
	At    time.Time `json:"at"`

	Change string `json:"change,omitempty"` // for block undo

	NoReports bool `json:"no_reports,omitempty"`
}

func ctlBlockList(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoBlockList})
	if err != nil {
		return err
	}
	list := []blocked{}
	for _, b := range ans.Blocks {
		if !b.Lifted {
			list = append(list, blocked{Domain: b.Domain, Level: b.Level, Reason: b.Reason, Source: b.Source, Shown: b.Shown, By: b.By, At: b.At, Change: b.Change, NoReports: b.NoReports})
		}
	}
	if e.json {
		e.line(e.out, map[string]any{"blocks": list})
		return nil
	}
	if len(list) == 0 {
		e.say("ctl.block.none")
	}
	for _, b := range ans.Blocks {
		if b.Lifted {
			continue
		}
		reason := b.Reason
		if list := b.Claim(); list != "" {
			reason = e.words.Say("border.claim", "List", list, "Reason", reason)
		}
		e.say("ctl.block.line", "Name", b.Shown, "Level", e.words.Say("ctl.block.level."+string(b.Level)), "Reason", reason)
	}
	return nil
}

// levelOf reads --level; "" where it was not given.
func levelOf(c call) (camp.Level, error) {
	if !c.has("level") {
		return "", nil
	}
	l, ok := camp.ParseLevel(c.get("level"))
	if !ok {
		return "", &camp.Fault{Kind: camp.Invalid, Say: "border.level.say", Args: map[string]string{"Level": c.get("level")}}
	}
	return l, nil
}

func ctlBlockAdd(ctx context.Context, e *env, c call) error {
	level, err := levelOf(c)
	if err != nil {
		return err
	}
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoBlock, Domain: c.words[0], Level: level, Reason: c.get("reason"), Wide: c.has("wide")})
	if err != nil {
		return err
	}
	p := ans.Preview
	e.answer(map[string]any{"domain": p.Domain, "level": p.Level}, "ctl.block.line", "Name", p.Shown, "Level", e.words.Say("ctl.block.level."+string(p.Level)), "Reason", c.get("reason"))
	return nil
}

func ctlBlockRemove(ctx context.Context, e *env, c call) error {
	if _, err := e.do(ctx, c, camp.Intent{Do: camp.DoUnblock, Domain: c.words[0]}); err != nil {
		return err
	}
	e.answer(map[string]any{"domain": c.words[0], "level": camp.LevelNone}, "ctl.block.lifted", "Name", c.words[0])
	return nil
}

// ctlBlockUndo takes the newest change of a server back, by its number in the
// list; with --all everything that came by the same list of others.
func ctlBlockUndo(ctx context.Context, e *env, c call) error {
	if c.has("all") {
		return ctlBlockUndoList(ctx, e, c)
	}
	if _, err := e.do(ctx, c, camp.Intent{Do: camp.DoBlockUndo, ID: c.words[0]}); err != nil {
		return err
	}
	e.answer(map[string]string{"change": c.words[0]}, "ctl.block.undone")
	return nil
}

func ctlBlockPreview(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoBlockPreview, Domain: c.words[0]})
	if err != nil {
		return err
	}
	p := ans.Preview
	e.answer(p, "ctl.block.preview", "Name", p.Shown, "Now", e.words.Say("ctl.block.level."+string(p.Now)), "Follows", p.FollowsLost, "Followers", p.FollowersLost, "Posts", p.PostsHidden)
	return nil
}

// ctlBlockReports decides whether reports from a server are taken.
func ctlBlockReports(ctx context.Context, e *env, c call) error {
	take := c.words[1] == "take"
	if !take && c.words[1] != "refuse" {
		return usage("ctl.block.reports_word")
	}
	if _, err := e.do(ctx, c, camp.Intent{Do: camp.DoBlockReports, Domain: c.words[0], On: take}); err != nil {
		return err
	}
	say := "ctl.block.reports_off"
	if take {
		say = "ctl.block.reports_on"
	}
	e.answer(map[string]any{"domain": c.words[0], "reports": take}, say, "Name", c.words[0])
	return nil
}
