package border_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"camp/node/border"
	"camp/node/camp"
)

func TestShare(t *testing.T) {
	got, n, back, err := border.Share([]camp.Block{
		{Domain: "a.example", Level: camp.LevelBlock, Source: "own", Reason: `says "hate", loudly`},
		{Domain: "b.example", Level: camp.LevelLimit, Source: "own", Reason: "=HYPERLINK(1)", NoReports: true},
		{Domain: "c.example", Level: camp.LevelMedia, Source: "own", Reason: "-1"},
		{Domain: "d.example", Level: camp.LevelFirewall, Source: "own", Reason: "they are not to know"},
		{Domain: "e.example", Level: camp.LevelNone, Source: "own"},
		{Domain: "f.example", Level: camp.LevelBlock, Source: "a list", Reason: "of others"},
		{Domain: "g.example", Level: camp.LevelBlock, Source: "own", Lifted: true},
		{Domain: "h.example", Level: camp.LevelBlock, Source: "own", Reason: "rude;=1+1; =2"},
		{Domain: "i.example", Level: camp.LevelBlock, Source: "own", Reason: "a=b;c-d"},
		{Domain: "xn--kche-0ra.example", Shown: "küche.example", Level: camp.LevelBlock, Source: "own", Reason: "@me"},
	})
	want := "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n" +
		"a.example,suspend,false,false,\"says \"\"hate\"\", loudly\",false\n" +
		"b.example,silence,false,true,'=HYPERLINK(1),false\n" +
		"c.example,noop,true,false,'-1,false\n" +
		"h.example,suspend,false,false,rude;'=1+1; '=2,false\n" +
		"i.example,suspend,false,false,a=b;c-d,false\n" +
		"xn--kche-0ra.example,suspend,false,false,'@me,false\n"
	if d := cmp.Diff(want, string(got)); d != "" || n != 6 || back != 2 || err != nil {
		t.Errorf("%d rows, %d kept back, %v\n%s", n, back, err, d)
	}
}
