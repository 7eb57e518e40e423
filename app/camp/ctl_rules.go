package main

import (
	"context"

	"camp/node/camp"
)

// maxRulesFile bounds what is read: thirty rules of five hundred letters, each of
// four bytes.
const maxRulesFile = 64 << 10 // bytes

// ctlRules prints the rules in force.
func ctlRules(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoRules})
	if err != nil {
		return err
	}
	r := camp.Rules{}
	if ans.Rules != nil {
		r = *ans.Rules
	}
	if e.json {
		e.line(e.out, map[string]any{"version": r.Version, "date": r.Date, "rules": r.Texts, "hash": r.Hash})
		return nil
	}
	e.say("ctl.rules.head", "Version", r.Version, "Date", e.words.Day(r.Date.Local()))
	for i, t := range r.Texts {
		e.say("ctl.rules.line", "Number", i+1, "Text", t)
	}
	return nil
}

// ctlRulesPropose publishes rules from a file: freely while the host is alone in
// the camp, else as a small change, with --small.
func ctlRulesPropose(ctx context.Context, e *env, c call) error {
	raw, err := readSmall(c.words[0], maxRulesFile)
	if err != nil {
		return &camp.Fault{Kind: camp.NotFound, Say: "ctl.rules_file.say", Args: map[string]string{"File": c.words[0]}, Err: err}
	}
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoRulesChange, Texts: camp.ParseRules(string(raw)), Small: c.has("small")})
	if err != nil {
		return err
	}
	r := camp.Rules{}
	if ans.Rules != nil {
		r = *ans.Rules
	}
	if e.json {
		out := map[string]any{"version": r.Version, "date": r.Date, "rules": r.Texts, "hash": r.Hash, "small": r.Small()}
		if r.Small() {
			out["objections"], out["until"] = r.Bar, r.Until()
		}
		e.line(e.out, out)
		return nil
	}
	e.say("ctl.rules.published", "Version", r.Version)
	for i, t := range r.Texts {
		e.say("ctl.rules.line", "Number", i+1, "Text", t)
	}
	if r.Small() {
		e.say("ctl.rules.small", "N", r.Bar, "Until", e.words.Moment(r.Until().Local()))
	}
	return nil
}
