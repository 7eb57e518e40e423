package web

import (
	"context"

	"camp/node/camp"
)

// nobodyReports is a camp in which there is nothing to look into; the real rooms
// are walked through in report_test.go.
type nobodyReports struct{}

func (nobodyReports) Report(context.Context, camp.Actor, camp.ReportDraft) (camp.Report, error) {
	return camp.Report{}, &camp.Fault{Kind: camp.Conflict, Say: "report.nobody.say"}
}

func (nobodyReports) ReportReaders(context.Context, camp.Actor, camp.MemberID) ([]camp.Member, int, error) {
	return nil, 0, nil
}

func (nobodyReports) Reports(context.Context, camp.Actor) ([]camp.ReportLine, error) { return nil, nil }

func (nobodyReports) SetWilling(context.Context, camp.Actor, bool) error { return nil }

func (nobodyReports) MyReports(context.Context, camp.Actor) ([]camp.MyReport, error) { return nil, nil }

func (nobodyReports) ResolveReport(context.Context, camp.Actor, string, string, string) error {
	return &camp.Fault{Kind: camp.NotFound, Say: "people.no_report.say"}
}
