package main

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"camp/node/camp"
)

// ctlMemberStays says for how many days from now a guest still stays.
func ctlMemberStays(ctx context.Context, e *env, c call) error {
	days, err := strconv.Atoi(c.words[1])
	if err != nil || days < 1 {
		return usage("ctl.usage.number", "Flag", "NAME", "Value", c.words[1])
	}
	if _, err := e.do(ctx, c, camp.Intent{Do: camp.DoGuestEnd, Person: c.words[0], For: time.Duration(days) * 24 * time.Hour}); err != nil {
		return err
	}
	e.answer(map[string]any{"name": c.words[0], "days": days}, "window.stay.done", "Who", c.words[0], "N", days)
	return nil
}

// ctlMemberInvites says how many invites a member may have open at once.
func ctlMemberInvites(ctx context.Context, e *env, c call) error {
	most, err := strconv.Atoi(c.words[1])
	if err != nil || most < 0 {
		return usage("ctl.usage.count", "Value", c.words[1])
	}
	if _, err := e.do(ctx, c, camp.Intent{Do: camp.DoAllowance, Person: c.words[0], Uses: most}); err != nil {
		return err
	}
	e.answer(map[string]any{"name": c.words[0], "invites": most}, "ctl.member.invites", "Name", c.words[0], "N", most)
	return nil
}

// ctlBlockReview keeps a decision, and says when it is looked at again.
func ctlBlockReview(ctx context.Context, e *env, c call) error {
	if !slices.Contains(camp.Reviews, c.words[1]) {
		return usage("ctl.usage.review", "Value", c.words[1], "Choices", strings.Join(camp.Reviews, ", "))
	}
	if _, err := e.do(ctx, c, camp.Intent{Do: camp.DoBlockReview, Domain: c.words[0], Review: c.words[1]}); err != nil {
		return err
	}
	said, args := "ctl.block.review", []any{"Name", c.words[0], "N", 0}
	if n, err := strconv.Atoi(c.words[1]); err == nil {
		args[3] = n
	} else {
		said = "ctl.block.review_never"
	}
	e.answer(map[string]any{"domain": c.words[0], "review": c.words[1]}, said, args...)
	return nil
}

// ctlClockRight is the host's word that this computer's date is right.
func ctlClockRight(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoClockRight})
	if err != nil {
		return err
	}
	e.answer(map[string]bool{"clock": true}, ans.Say)
	return nil
}
