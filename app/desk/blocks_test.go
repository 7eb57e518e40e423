package desk

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"camp/node/camp"
)

func TestBorderNeeds(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	block := func(name string, in time.Duration) camp.Block { return camp.Block{Shown: name, Final: now.Add(in)} }
	for name, c := range map[string]struct {
		blocks []camp.Block
		lost   int
		want   []string
	}{
		"nothing":         {nil, 0, nil},
		"hides nothing":   {[]camp.Block{{Shown: "loud.example"}}, 0, nil},
		"long to go":      {[]camp.Block{block("a.example", 73*time.Hour)}, 0, nil},
		"three days":      {[]camp.Block{block("a.example", 72*time.Hour)}, 0, []string{"final a.example 3"}},
		"the next counts": {[]camp.Block{block("a.example", 50*time.Hour), block("b.example", time.Hour), block("c.example", -time.Hour)}, 0, []string{"final b.example 1"}},
		"to look at":      {[]camp.Block{{Review: now}, {Review: now.Add(time.Hour)}, {}, {Review: now, Lifted: true}}, 0, []string{"review  1"}},
		"lost":            {nil, 2, []string{"lost  2"}},
	} {
		var got []string
		for _, n := range borderNeeds(c.blocks, c.lost, now) {
			got = append(got, n.Kind+" "+n.Args["Name"]+" "+n.Args["N"])
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
