package carry

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"camp/node/camp"
)

func TestRead(t *testing.T) {
	bad := func(line int, handle string) camp.ImportRow {
		return camp.ImportRow{Line: line, Handle: handle, Why: "carry.address.say"}
	}
	for _, row := range []struct {
		name, in string
		want     []camp.ImportRow
	}{
		{
			"follows", "Account address,Show boosts,Notify on new posts,Languages\nana@far.example,true,false,\nTom@Far.Example,FALSE,true,\"en, nl\"\n",
			[]camp.ImportRow{{Line: 2, Handle: "ana@far.example"}, {Line: 3, Handle: "Tom@far.example", NoBoosts: true}},
		},
		{"other order", "account address, Languages , show boosts\nana@far.example,,false\n", []camp.ImportRow{{Line: 2, Handle: "ana@far.example", NoBoosts: true}}},
		{"blocks", "ana@far.example\ntom@far.example\n", []camp.ImportRow{{Line: 1, Handle: "ana@far.example"}, {Line: 2, Handle: "tom@far.example"}}},
		{"mutes", "\ufeffAccount address,Hide notifications\r\n@ana@far.example,true\r\n", []camp.ImportRow{{Line: 2, Handle: "ana@far.example"}}},
		{"twice", "ana@far.example\n@ana@FAR.example\nana@far.example\n", []camp.ImportRow{{Line: 1, Handle: "ana@far.example"}}},
		{"formula made text", "'=ana@far.example\n", []camp.ImportRow{{Line: 1, Handle: "=ana@far.example"}}},
		{"short line", "Account address,Show boosts\nana@far.example\n", []camp.ImportRow{{Line: 2, Handle: "ana@far.example"}}},
		{
			"odd ones", "ana@far.example\nnobody\n@\na@b@c.example\nana@far\nx/y@far.example\n<b>@far.example\nana @far.example\nan\u202ea@far.example\n\n   \n",
			[]camp.ImportRow{
				{Line: 1, Handle: "ana@far.example"},
				bad(2, "nobody"), bad(4, "a@b@c.example"), bad(5, "ana@far"), bad(6, "x/y@far.example"),
				bad(7, "<b>@far.example"), bad(8, "ana @far.example"), // the one turned round is Ana, who stands in it
			},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := Read(strings.NewReader(row.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString("p" + strconv.Itoa(i) + "@far.example\n")
		}
		return b.String()
	}
	if rows, err := Read(strings.NewReader(many(MaxRows))); err != nil || len(rows) != MaxRows {
		t.Errorf("the most that may be: %d rows, %v", len(rows), err)
	}
	for name, row := range map[string]struct{ in, say string }{
		"nothing":        {"", "carry.no_list.say"},
		"heading alone":  {"Account address\n", "carry.no_list.say"},
		"nobody":         {"hello\nworld\n", "carry.no_list.say"},
		"a page":         {"<!doctype html><html><body>sign in</body></html>", "carry.no_list.say"},
		"no text":        {"ana@far.example\n\xff\xfe", "carry.no_list.say"},
		"zeros":          {"ana@far.example\n\x00", "carry.no_list.say"},
		"open quote":     {"\"ana@far.example\n" + strings.Repeat("x\n", 10), "carry.no_list.say"},
		"a row too many": {many(MaxRows + 1), "carry.large.say"},
		"a byte too many": {
			strings.Repeat("#", MaxFile-len("\nana@far.example")+1) + "\nana@far.example", "carry.large.say",
		},
	} {
		rows, err := Read(strings.NewReader(row.in))
		if f := camp.AsFault(err); f == nil || f.Say != row.say || f.Kind != camp.Invalid {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
		}
	}
	if _, err := Read(iotest.ErrReader(errors.New("cut"))); camp.AsFault(err).Say != "carry.halfway.say" {
		t.Errorf("a cut line: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"Account address,Show boosts\nana@far.example,true\n", "a@b.c\n", "\"", "\ufeff'@x@y.z,,\n", "a@b.c\n\u2800@b.c"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, err := Read(bytes.NewReader(b))
		if err != nil {
			if camp.AsFault(err).Kind != camp.Invalid {
				t.Errorf("%v", err)
			}
			return
		}
		if len(rows) > MaxRows {
			t.Errorf("%d rows", len(rows))
		}
		for _, r := range rows {
			if r.Handle == "" || len(r.Handle) > 4*maxAddress || strings.ContainsAny(r.Handle, "\n\r\x00") || r.Why == "" && strings.Count(r.Handle, "@") != 1 {
				t.Errorf("%+v", r)
			}
		}
	})
}
