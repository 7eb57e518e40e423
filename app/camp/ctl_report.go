package main

import (
	"context"
	"strings"

	"camp/node/camp"
)

func ctlReportList(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoReportList})
	if err != nil {
		return err
	}
	if e.json {
		e.line(e.out, map[string]any{"reports": append([]camp.ReportLine{}, ans.Reports...)})
		return nil
	}
	if len(ans.Reports) == 0 {
		e.say("ctl.report.none")
	}
	for _, r := range ans.Reports {
		from := string(r.From)
		if r.Maker != "" {
			from = "@" + r.Maker
		}
		state := e.words.Say("ctl.report.state." + r.State)
		e.say("ctl.report.line", "ID", r.ID, "State", state, "Time", e.words.Moment(r.At.Local()), "Name", from, "Whom", "@"+strings.Join(r.Whom, " @"), "Words", r.Words)
		for _, t := range r.Texts {
			e.say("ctl.report.post", "Line", t)
		}
		if r.State == "closed" {
			e.say("ctl.report.note", "By", r.By, "Note", r.Note)
		}
	}
	return nil
}

func ctlReportResolve(ctx context.Context, e *env, c call) error {
	_, err := e.do(ctx, c, camp.Intent{Do: camp.DoReportResolve, ID: c.words[0], Message: c.get("note"), Reason: c.get("answer")})
	if err != nil {
		return err
	}
	e.answer(map[string]any{"id": c.words[0], "state": "closed"}, "ctl.report.closed")
	return nil
}
