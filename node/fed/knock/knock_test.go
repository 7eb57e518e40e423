package knock

import (
	"testing"
	"time"

	"camp/node/camp"
)

func TestFirst(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for name, row := range map[string]struct {
		m     Memory
		form  camp.SignForm
		known bool
	}{
		"never spoken to":   {Memory{}, camp.SignNew, false},
		"took the old":      {Memory{camp.SignOld, now.Add(-time.Hour)}, camp.SignOld, true},
		"took the new":      {Memory{camp.SignNew, now.Add(-Kept)}, camp.SignNew, true},
		"long ago":          {Memory{camp.SignOld, now.Add(-Kept - 1)}, camp.SignNew, false},
		"a little later":    {Memory{camp.SignOld, now.Add(time.Hour)}, camp.SignOld, true},
		"under wrong clock": {Memory{camp.SignOld, now.Add(Kept + 1)}, camp.SignNew, false},
	} {
		if form, known := row.m.First(now); form != row.form || known != row.known {
			t.Errorf("%s: %v, %v", name, form, known)
		}
	}
}

func TestAgain(t *testing.T) {
	t.Parallel()
	for status, want := range map[int][2]bool{
		200: {}, 202: {}, 301: {}, 400: {true, true}, 401: {true, true}, 403: {true, true}, 404: {}, 410: {}, 429: {}, 500: {true, false}, 503: {true, false}, 0: {},
	} {
		if got := [2]bool{Again(status, false), Again(status, true)}; got != want {
			t.Errorf("%d: %v, want %v", status, got, want)
		}
	}
	if Other(camp.SignNew) != camp.SignOld || Other(camp.SignOld) != camp.SignNew {
		t.Error("the other form")
	}
}
