package fed

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"camp/node/ap"
	"camp/node/camp"
)

func TestNamesOf(t *testing.T) {
	const actor = "https://far.example/u/ana"
	post := func(more string) string {
		return `"id":"https://far.example/p/1","attributedTo":"` + actor + `","content":"hello :cat:"` + more
	}
	create := func(more string) string {
		return `{"@context":"https://www.w3.org/ns/activitystreams","type":"Create","id":"https://far.example/a/1","actor":"` + actor + `","object":{"type":"Note",` + post(more) + `}}`
	}
	act := func(kind, object, more string) string {
		return `{"@context":"https://www.w3.org/ns/activitystreams","type":"` + kind + `","id":"https://far.example/a/1","actor":"` + actor + `","object":` + object + more + `}`
	}
	const bad, at = `https://bad.example/x`, `"https://bad.example/x"`
	for name, c := range map[string]struct {
		body  string
		where func(Borne) []camp.Domain
	}{
		"actor":          {strings.ReplaceAll(act("Like", `"https://one.example/ap/-/p/1"`, ""), actor, bad), ofOwn},
		"id":             {strings.ReplaceAll(act("Like", `"https://one.example/ap/-/p/1"`, ""), "https://far.example/a/1", bad), ofOwn},
		"announce":       {act("Announce", at, ""), ofOwn},
		"flag":           {act("Flag", `["https://one.example/ap/mia",`+at+`]`, ""), ofOwn},
		"move":           {act("Move", `"`+actor+`"`, `,"target":`+at), ofOwn},
		"author":         {strings.ReplaceAll(create(""), `"attributedTo":"`+actor+`"`, `"attributedTo":`+at), ofOwn},
		"page":           {create(`,"url":` + at), ofOwn},
		"parent":         {create(`,"inReplyTo":` + at), ofAbout},
		"quote":          {create(`,"quoteUrl":` + at), ofAbout},
		"file":           {create(`,"attachment":[{"type":"Document","mediaType":"image/png","url":` + at + `}]`), ofMedia},
		"emoji":          {create(`,"tag":[{"type":"Emoji","name":":cat:","icon":{"type":"Image","url":` + at + `}}]`), ofMedia},
		"mention":        {create(`,"tag":[{"type":"Mention","href":` + at + `,"name":"@x@bad.example"}]`), ofWhom},
		"handle":         {create(`,"tag":[{"type":"Mention","href":"https://far.example/u/x","name":"@x@bad.example"}]`), ofWhom},
		"addressed":      {create(`,"cc":[` + at + `]`), ofWhom},
		"wrapped":        {act("Announce", create(`,"inReplyTo":`+at), ""), ofAbout},
		"face":           {act("Update", `{"type":"Person","id":"`+actor+`","preferredUsername":"ana","inbox":"`+actor+`/in","icon":{"type":"Image","url":`+at+`}}`, ""), ofMedia},
		"moved":          {act("Update", `{"type":"Person","id":"`+actor+`","preferredUsername":"ana","inbox":"`+actor+`/in","movedTo":`+at+`}`, ""), ofOwn},
		"with a port":    {create(`,"url":"https://bad.example:8443/x"`), ofOwn},
		"in capitals":    {create(`,"url":"https://BAD.Example/x"`), ofOwn},
		"with a dot":     {create(`,"url":"https://bad.example./x"`), ofOwn},
		"in full widths": {create(`,"url":"https://ｂａｄ.example/x"`), ofOwn},
	} {
		a, err := ap.ParseActivity([]byte(c.body))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		b := NamesOf(&a, "")
		if !slices.Contains(c.where(b), "bad.example") || b.Over {
			t.Errorf("%s: %+v", name, b)
		}
		if !slices.Contains(b.All(), "bad.example") {
			t.Errorf("%s: not among all: %v", name, b.All())
		}
	}
	a, err := ap.ParseActivity([]byte(create("")))
	if err != nil {
		t.Fatal(err)
	}
	if got := NamesOf(&a, bad).Own; !slices.Equal(got, []camp.Domain{"bad.example", "far.example"}) {
		t.Errorf("with its key: %v", got)
	}
	if got := NamesOf(&a, "").All(); !slices.Equal(got, []camp.Domain{"far.example"}) {
		t.Errorf("one that bears no other: %v", got)
	}
	for i := range 600 {
		a.Objects = append(a.Objects, fmt.Sprintf("https://h%d.example/x", i))
	}
	if b := NamesOf(&a, ""); !b.Over || len(b.Own) > mostNamed {
		t.Errorf("without end: %v, %d", b.Over, len(b.Own))
	}
}

func ofOwn(b Borne) []camp.Domain   { return b.Own }
func ofAbout(b Borne) []camp.Domain { return b.About }
func ofMedia(b Borne) []camp.Domain { return b.Media }
func ofWhom(b Borne) []camp.Domain  { return b.Whom }
