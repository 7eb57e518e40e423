package ap

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"camp/node/camp"
)

func post(t *testing.T, doc string) Post {
	t.Helper()
	p, err := ParsePost([]byte(doc))
	if err != nil {
		t.Fatalf("%v: %s", err, doc)
	}
	return p
}

// Every property may be absent, null, one or several, a text or an object, and a
// list within a list (federation.md 2).
func TestShapesOfAProperty(t *testing.T) {
	for name, to := range map[string]string{
		"text":           `"https://a.example/x"`,
		"list":           `["https://a.example/x"]`,
		"object":         `{"id":"https://a.example/x"}`,
		"link":           `{"type":"Link","href":"https://a.example/x"}`,
		"list of object": `[{"type":"Person","id":"https://a.example/x"}]`,
		"nested":         `[["https://a.example/x"]]`,
		"among nulls":    `[null,"https://a.example/x",null]`,
		"among rubbish":  `[7,true,{},"https://a.example/x",""]`,
		"twice":          `["https://a.example/x","https://a.example/x"]`,
		"keyword":        `{"@id":"https://a.example/x"}`,
	} {
		t.Run(name, func(t *testing.T) {
			p := post(t, fmt.Sprintf(`{"type":"Note","to":%s,"inReplyTo":%s,"attributedTo":%s}`, to, to, to))
			want := []string{"https://a.example/x"}
			if d := cmp.Diff(want, p.To); d != "" {
				t.Error(d)
			}
			if p.InReplyTo != want[0] && name != "among rubbish" || p.By() != want[0] {
				t.Errorf("answers %q, by %q", p.InReplyTo, p.By())
			}
		})
	}
	for _, nothing := range []string{`null`, `[]`, `{}`, `""`, `7`, `[[[["x"]]]]`, `"has a blank"`} {
		p := post(t, fmt.Sprintf(`{"type":"Note","to":%s,"inReplyTo":%s,"attachment":%s,"tag":%s,"content":%s}`, nothing, nothing, nothing, nothing, strings.ReplaceAll(nothing, `"has a blank"`, `null`)))
		if len(p.To)+len(p.Files)+len(p.Mentions) != 0 || p.InReplyTo != "" {
			t.Errorf("%s gives %+v", nothing, p)
		}
	}
}

func TestTypes(t *testing.T) {
	for _, r := range []struct{ typ, want string }{
		{`"Note"`, "Note"},
		{`["Note"]`, "Note"},
		{`["x:Own","Note","Article"]`, "Note"},
		{`"as:Note"`, "Note"},
		{`"https://www.w3.org/ns/activitystreams#Note"`, "Note"},
		{`["Object","as:Event"]`, "Event"},
		{`"litepub:ChatMessage"`, "ChatMessage"},
	} {
		o, err := ParseAny([]byte(`{"type":` + r.typ + `,"id":"https://a.example/1"}`))
		if err != nil || o.Post == nil || o.Type != r.want {
			t.Errorf("%s: %+v, %v", r.typ, o, err)
		}
	}
	for _, typ := range []string{`"Place"`, `"Weird"`, `null`, `7`, `"note"`} {
		if o, err := ParseAny([]byte(`{"type":` + typ + `,"id":"https://a.example/1"}`)); err != nil || o.Post != nil || o.ID == "" {
			t.Errorf("%s: %+v, %v", typ, o, err)
		}
	}
}

// One bad entry drops that entry, not the post.
func TestBadEntries(t *testing.T) {
	p := post(t, `{"type":"Note","content":"x :blob:","tag":[7,"https://a.example/emoji",{"type":"Mention"},{"type":"Mention","href":"https://a.example/ana","name":"@ana@a.example"},
		{"type":"Hashtag"},{"type":"Hashtag","name":"# "},{"type":"Hashtag","name":"#Camp"},{"type":"Hashtag","name":"#camp"},{"type":"Emoji","name":":blob:"},
		{"type":"Emoji","name":":blob:","icon":{"url":"javascript:x"}},{"type":"Emoji","name":"blob","icon":"https://a.example/b.png"},{"type":"Emoji","name":":other:","icon":"https://a.example/b.png"}],
		"attachment":[null,{"type":"Document"},{"type":"Document","url":"data:image/png,x"},{"type":"PropertyValue","name":"x"},{"type":"Document","mediaType":"application/pdf","url":"https://a.example/x.pdf"},
		{"type":"Document","mediaType":"image/png","url":[{"type":"Link","href":"https://a.example/x.png","width":3,"height":4}],"name":"alt","blurhash":"UaH1x+IpD*Rk","focalPoint":[0.5,-1]},
		{"type":"Image","url":"https://a.example/y.png","focalPoint":[2,0],"width":-3,"blurhash":"<script>"}]}`)
	want := []camp.File{
		{URL: "https://a.example/x.png", Type: "image/png", Alt: "alt", Width: 3, Height: 4, Blur: "UaH1x+IpD*Rk", FocusX: 0.5, FocusY: -1},
		{URL: "https://a.example/y.png"},
	}
	if d := cmp.Diff(want, p.Files); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]Mention{{"https://a.example/ana", "@ana@a.example"}}, p.Mentions); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]Hashtag{{Name: "Camp"}}, p.Hashtags); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]camp.Emoji{{Code: "blob", URL: "https://a.example/b.png"}}, p.Emoji); d != "" {
		t.Error(d)
	}
}

func TestBoundsOfLists(t *testing.T) {
	list := func(n int, form string) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(form, i))
		}
		return "[" + strings.Join(all, ",") + "]"
	}
	p := post(t, `{"type":"Question","content":"x","to":`+list(900, `"https://a.example/%d"`)+`,"cc":`+list(300, `"https://b.example/%d"`)+`,"tag":`+list(150, `{"type":"Hashtag","name":"#t%d"}`)+
		`,"attachment":`+list(30, `{"type":"Image","url":"https://a.example/%d.png"}`)+`,"oneOf":`+list(600, `{"name":"c%d"}`)+`}`)
	for name, got := range map[string][2]int{"recipients": {len(p.To) + len(p.Cc), 1000}, "tags": {len(p.Hashtags), 100}, "files": {len(p.Files), 16}, "choices": {len(p.Poll.Choices), 20}} {
		if got[0] != got[1] {
			t.Errorf("%d %s, want %d", got[0], name, got[1])
		}
	}
	a, err := ParseActor([]byte(`{"type":"Person","id":"https://a.example/ana","inbox":"https://a.example/in","attachment":` + list(40, `{"type":"PropertyValue","name":"n%d","value":"v"}`) + `,"alsoKnownAs":` + list(400, `"https://b.example/%d"`) + `,"name":"` + strings.Repeat("x", 5000) + `"}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Fields) != 8 || len(a.Also) != 32 || len(a.Display) != 100 {
		t.Errorf("%d fields, %d aliases, a name of %d", len(a.Fields), len(a.Also), len(a.Display))
	}
}

func TestDates(t *testing.T) {
	for _, r := range []struct{ give, want string }{
		{"2026-11-25T10:00:00Z", "2026-11-25T10:00:00Z"},
		{"2026-11-25T10:00:00.123456Z", "2026-11-25T10:00:00.123456Z"},
		{"2026-11-25T10:00:00+02:00", "2026-11-25T08:00:00Z"},
		{"2026-11-25T10:00Z", "2026-11-25T10:00:00Z"},
		{"2026-11-25T10:00:00", "2026-11-25T10:00:00Z"},
		{"2026-11-25", "2026-11-25T00:00:00Z"},
		{"2026-13-25T10:00:00Z", ""},
		{"yesterday, about noon", ""},
		{"1764064800000000000000000", ""},
	} {
		p := post(t, `{"type":"Note","published":"`+r.give+`"}`)
		got := ""
		if !p.Published.IsZero() {
			got = p.Published.Format(time.RFC3339Nano)
		}
		if got != r.want {
			t.Errorf("%s is %q, want %q", r.give, got, r.want)
		}
	}
}

func TestArrived(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	a, err := ParseActivity([]byte(`{"type":"Create","id":"https://a.example/1","actor":"https://a.example/ana","published":"2030-01-01T00:00:00Z","object":{"type":"Question","published":"2030-01-01T00:00:00Z","updated":"2020-01-01T00:00:00Z","endTime":"2030-01-01T00:00:00Z","oneOf":[{"name":"x"}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	a.Arrived(now)
	p := a.Object.Post
	if !a.Published.Equal(now) || !p.Published.Equal(now) || p.Updated.Year() != 2020 || p.Poll.Ends.Year() != 2030 {
		t.Errorf("%v, %v, %v, %v", a.Published, p.Published, p.Updated, p.Poll.Ends)
	}
}

func TestActivityDemands(t *testing.T) {
	for _, r := range []struct {
		name, doc string
		want      error
	}{
		{"no object", `[]`, ErrShape},
		{"a post", `{"type":"Note","id":"https://a.example/1"}`, ErrShape},
		{"a post with an actor", `{"type":"Note","id":"https://a.example/1","actor":"https://a.example/ana"}`, ErrShape},
		{"no type", `{"id":"https://a.example/1","actor":"https://a.example/ana"}`, ErrShape},
		{"no actor", `{"type":"Create","id":"https://a.example/1","object":"https://a.example/2"}`, ErrNoActor},
		{"no id", `{"type":"Create","actor":"https://a.example/ana","object":"https://a.example/2"}`, ErrNoID},
		{"Like without id", `{"type":"Like","actor":"https://a.example/ana","object":"https://a.example/2"}`, ErrNoID},
		{"an id that is none", `{"type":"Create","id":"a b","actor":"https://a.example/ana"}`, ErrNoID},
		{"unknown", `{"type":"Bake","id":"https://a.example/1","actor":"https://a.example/ana","object":"https://a.example/2"}`, nil},
		{"whole", `{"type":"Create","id":"https://a.example/1","actor":{"type":"Person","id":"https://a.example/ana"},"object":"https://a.example/2"}`, nil},
	} {
		t.Run(r.name, func(t *testing.T) {
			if _, err := ParseActivity([]byte(r.doc)); !errors.Is(err, r.want) {
				t.Errorf("got %v, want %v", err, r.want)
			}
		})
	}
}

// Four kinds may come without id; it is made from the bytes, the same each time.
func TestUnnamed(t *testing.T) {
	for _, kind := range []string{"Follow", "Undo", "Accept", "Reject"} {
		doc := []byte(`{"type":"` + kind + `","actor":"https://a.example/ana","object":"https://b.example/2"}`)
		a, err := ParseActivity(doc)
		b, _ := ParseActivity(doc)
		c, _ := ParseActivity(append(doc, ' '))
		if err != nil || !a.Unnamed || a.ID != b.ID || a.ID == c.ID || !SameHost(a.ID, a.Actor) {
			t.Errorf("%s: %q, %q, %q, %v", kind, a.ID, b.ID, c.ID, err)
		}
	}
}

func TestActorDemands(t *testing.T) {
	for _, r := range []struct {
		name, doc string
		want      error
	}{
		{"a post", `{"type":"Note"}`, ErrShape},
		{"no id", `{"type":"Person","inbox":"https://a.example/in"}`, ErrNoID},
		{"not https", `{"type":"Person","id":"http://a.example/ana","inbox":"http://a.example/in"}`, ErrNoID},
		{"no inbox", `{"type":"Person","id":"https://a.example/ana"}`, ErrNoInbox},
		{"inbox elsewhere", `{"type":"Person","id":"https://a.example/ana","inbox":"https://b.example/in"}`, ErrNoInbox},
		{"inbox below", `{"type":"Person","id":"https://a.example/ana","inbox":"https://x.a.example/in"}`, ErrNoInbox},
		{"a Group", `{"type":"Group","id":"https://a.example/g","inbox":"https://a.example/in"}`, nil},
	} {
		t.Run(r.name, func(t *testing.T) {
			if _, err := ParseActor([]byte(r.doc)); !errors.Is(err, r.want) {
				t.Errorf("got %v, want %v", err, r.want)
			}
		})
	}
}

func TestActorKeepsToItsHost(t *testing.T) {
	a, err := ParseActor([]byte(`{"type":"Person","id":"https://a.example/users/Ana","inbox":"https://a.example/in","outbox":"https://b.example/out","followers":"https://b.example/f","following":"https://b.example/g","featured":"https://b.example/h","endpoints":{"sharedInbox":"https://b.example/shared"},
		"icon":["https://a.example/1.png","https://a.example/2.png"],"movedTo":"Tombstone","webfinger":"acct:ana@one.example"}`))
	if err != nil {
		t.Fatal(err)
	}
	want := Actor{Type: "Person", ID: "https://a.example/users/Ana", Username: "Ana", Inbox: "https://a.example/in", Icon: "https://a.example/1.png", Webfinger: "ana@one.example"}
	if d := cmp.Diff(want, a); d != "" {
		t.Error(d)
	}
}

func TestKeyShapes(t *testing.T) {
	pem := strings.ReplaceAll(pemOf(rsaKey(t)), "\n", `\n`)
	whole := `{"id":"https://a.example/ana#main-key","owner":"https://a.example/ana","publicKeyPem":"` + pem + `"}`
	for _, r := range []struct {
		name, keys string
		n, ids     int
	}{
		{"object", `"publicKey":` + whole, 1, 0},
		{"list", `"publicKey":[` + whole + `]`, 1, 0},
		{"by id", `"publicKey":"https://a.example/ana/main-key"`, 0, 1},
		{"without owner", `"publicKey":{"id":"https://a.example/ana#main-key","publicKeyPem":"` + pem + `"}`, 1, 0},
		{"rubbish", `"publicKey":{"id":"https://a.example/ana#main-key","publicKeyPem":"-----BEGIN PUBLIC KEY-----\nits-a-fake\n-----END PUBLIC KEY-----"}`, 0, 0},
		{"too many", `"publicKey":[` + strings.Repeat(whole+",", 5) + whole + `]`, 3, 0},
		{"multikeys", `"assertionMethod":[{"id":"https://a.example/ana#ed","type":"Multikey","controller":"https://a.example/ana","publicKeyMultibase":"z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"},{"id":"https://a.example/ana#bad","type":"Multikey","publicKeyMultibase":"z0OIl"}]`, 1, 0},
	} {
		t.Run(r.name, func(t *testing.T) {
			a, err := ParseActor([]byte(`{"type":"Person","id":"https://a.example/ana","inbox":"https://a.example/in",` + r.keys + `}`))
			if err != nil || len(a.Keys) != r.n || len(a.KeyIDs) != r.ids {
				t.Fatalf("%d keys, %d ids, %v", len(a.Keys), len(a.KeyIDs), err)
			}
			for _, k := range a.Keys {
				if k.Owner != a.ID || len(k.DER) == 0 {
					t.Errorf("%+v", k)
				}
			}
		})
	}
	stub, err := ParseKeys([]byte(`{"id":"https://a.example/ana","type":"Person","preferredUsername":"ana","publicKey":` + whole + `}`))
	if err != nil || len(stub) != 1 || stub[0].Owner != "https://a.example/ana" {
		t.Errorf("stub: %+v, %v", stub, err)
	}
	alone, err := ParseKeys([]byte(whole))
	if err != nil || len(alone) != 1 || alone[0].ID != "https://a.example/ana#main-key" {
		t.Errorf("alone: %+v, %v", alone, err)
	}
	if _, err := ParseKeys([]byte(`{"id":"https://a.example/1","type":"Note"}`)); !errors.Is(err, ErrShape) {
		t.Errorf("a post has keys: %v", err)
	}
}

func TestQuotes(t *testing.T) {
	const q = "https://b.example/1"
	link := func(rel string) string {
		return `"tag":[{"type":"Link","mediaType":"application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"","href":"` + q + `"` + rel + `}]`
	}
	for name, r := range map[string]struct{ member, want string }{
		"quote":          {`"quote":"` + q + `","quoteUrl":"https://c.example/2"`, q},
		"an object":      {`"quote":{"id":"` + q + `","type":"Note"}`, q},
		"quoteUrl":       {`"quoteUrl":"` + q + `"`, q},
		"prefixed":       {`"as:quoteUrl":"` + q + `"`, q},
		"quoteUri":       {`"quoteUri":"` + q + `"`, q},
		"Misskey":        {`"_misskey_quote":"` + q + `"`, q},
		"a link":         {link(""), q},
		"a Misskey link": {link(`,"rel":"https://misskey-hub.net/ns#_misskey_quote"`), q},
		"another link":   {link(`,"rel":"canonical"`), ""},
		"a web link":     {`"tag":[{"type":"Link","mediaType":"text/html","href":"` + q + `"}]`, ""},
		"gone":           {`"quote":null`, ""},
	} {
		if p := post(t, `{"type":"Note",`+r.member+`}`); p.Quote != r.want {
			t.Errorf("%s: %q", name, p.Quote)
		}
	}
}

func TestPolicies(t *testing.T) {
	p := post(t, `{"type":"Note","interactionPolicy":{"canQuote":{"automaticApproval":["as:Public"],"manualApproval":[]},"canReply":{"always":"https://a.example/f","approvalRequired":["https://www.w3.org/ns/activitystreams#Public"]},"canLike":{"automaticApproval":[]}}}`)
	want := Policy{Quote: Rule{Auto: []string{Public}}, Reply: Rule{Auto: []string{"https://a.example/f"}, Manual: []string{Public}}}
	if d := cmp.Diff(want, p.Policy); d != "" {
		t.Error(d)
	}
	if p.Policy.Like.Stated() {
		t.Error("an empty rule was stated")
	}
}

func TestWordsOfAPost(t *testing.T) {
	for _, r := range []struct{ name, doc, title, content, summary, vote string }{
		{"a warning", `"type":"Note","content":"<p>x</p>","summary":"spoil"`, "", "<p>x</p>", "spoil", ""},
		{"an excerpt", `"type":"Article","name":"T","content":"<p>x</p>","summary":"<p>short</p>"`, "T", "<p>x</p>", "", ""},
		{"a warning on an article", `"type":"Article","name":"T","content":"x","summary":"spoil","sensitive":true`, "T", "x", "spoil", ""},
		{"only an excerpt", `"type":"Article","name":"T","summary":"<p>short</p>"`, "T", "<p>short</p>", "", ""},
		{"a vote", `"type":"Note","name":"yes","inReplyTo":"https://a.example/1"`, "", "", "", "yes"},
		{"a named Note", `"type":"Note","name":"<b>hi</b>"`, "", "&lt;b&gt;hi&lt;/b&gt;", "", ""},
		{"a named answer with words", `"type":"Note","name":"yes","content":"x","inReplyTo":"https://a.example/1"`, "", "x", "", ""},
		{"only in a map", `"type":"Note","contentMap":{"nl":"hoi"}`, "", "hoi", "", ""},
		{"Markdown", `"type":"Video","name":"T","content":"**x**\n\ny <b>","mediaType":"text/markdown"`, "T", "<p>**x**</p><p>y &lt;b&gt;</p>", "", ""},
		{"a title of tricks", `"type":"Page","name":"\u202ea\u200bb\u0000"`, "ab", "", "", ""},
	} {
		p := post(t, `{`+r.doc+`}`)
		if p.Title != r.title || p.Content != r.content || p.Summary != r.summary || p.Vote != r.vote {
			t.Errorf("%s: %q, %q, %q, %q", r.name, p.Title, p.Content, p.Summary, p.Vote)
		}
	}
}

func TestLanguage(t *testing.T) {
	for name, r := range map[string]struct{ doc, want string }{
		"the same":       {`"content":"x","contentMap":{"de":"y","nl":"x"}`, "nl"},
		"the only":       {`"content":"x","contentMap":{"de":"y"}`, "de"},
		"neither":        {`"content":"x","contentMap":{"de":"y","nl":"z"}`, ""},
		"undetermined":   {`"content":"x","contentMap":{"und":"x"}`, ""},
		"Lemmy":          {`"content":"x","language":{"identifier":"fr","name":"Français"}`, "fr"},
		"not a language": {`"content":"x","contentMap":{"<b>":"x"}`, ""},
	} {
		if p := post(t, `{"type":"Note",`+r.doc+`}`); p.Language != r.want {
			t.Errorf("%s: %q", name, p.Language)
		}
	}
}

// PeerTube: two authors, of which the Person counts; films in pieces, of which
// the best that plays and can be fetched.
func TestPeerTube(t *testing.T) {
	p := post(t, `{"type":"Video","id":"https://v.example/1","name":"Film","attributedTo":[{"type":"Group","id":"https://v.example/c"},{"type":"Person","id":"https://v.example/ana"}],
		"url":[{"type":"Link","mediaType":"text/html","href":"https://v.example/w/1"},
		{"type":"Link","mediaType":"video/mp4","href":"https://v.example/2160.mp4","height":2160,"size":9000},
		{"type":"Link","mediaType":"application/x-mpegURL","href":"https://v.example/x.m3u8","tag":[{"type":"Infohash","name":"x"},{"type":"Link","mediaType":"video/mp4","href":"https://v.example/720.mp4","height":720,"width":1280,"size":9000},
		{"type":"Link","mediaType":"video/mp4","href":"https://v.example/1080.mp4","height":1080,"size":90000000},{"type":"Link","mediaType":"video/mp4","href":"https://v.example/360.mp4","height":360,"size":9000}]}]}`)
	if d := cmp.Diff([]string{"https://v.example/ana", "https://v.example/c"}, p.AttributedTo); d != "" {
		t.Error(d)
	}
	if p.URL != "https://v.example/w/1" || len(p.Files) != 1 || p.Files[0].URL != "https://v.example/720.mp4" || p.Files[0].Width != 1280 {
		t.Errorf("%s, %+v", p.URL, p.Files)
	}
	only := post(t, `{"type":"Video","url":[{"type":"Link","mediaType":"application/x-mpegURL","href":"https://v.example/x.m3u8"}],"icon":[{"type":"Image","url":"https://v.example/s.jpg","width":100},{"type":"Image","url":"https://v.example/l.jpg","width":900}]}`)
	if len(only.Files) != 1 || only.Files[0].URL != "https://v.example/l.jpg" {
		t.Errorf("%+v", only.Files)
	}
}

func TestPolls(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	for name, r := range map[string]struct {
		doc  string
		over bool
	}{
		"open":               {`"endTime":"2026-12-01T00:00:00Z"`, false},
		"over":               {`"endTime":"2026-11-01T00:00:00Z"`, true},
		"without end":        {`"x":1`, false},
		"closed":             {`"closed":true`, true},
		"not closed":         {`"closed":false`, false},
		"closed on a day":    {`"endTime":"2026-12-01T00:00:00Z","closed":"2026-11-20T00:00:00Z"`, true},
		"to be closed":       {`"closed":"2026-12-01T00:00:00Z"`, false},
		"closed, who knows":  {`"closed":"2023-01-01T26:04:45Z"`, true},
		"closed by somebody": {`"closed":{"id":"https://a.example/x"}`, true},
	} {
		p := post(t, `{"type":"Question","oneOf":[{"type":"Note","name":"a","replies":{"totalItems":3}},{"name":""},{"name":"b","replies":{"totalItems":-1}}],`+r.doc+`}`)
		if got := p.Poll.Over(now); got != r.over {
			t.Errorf("%s: over is %v", name, got)
		}
		if d := cmp.Diff([]camp.Choice{{Text: "a", Votes: 3}, {Text: "b"}}, p.Poll.Choices); d != "" {
			t.Error(d)
		}
	}
}

func TestReactions(t *testing.T) {
	for doc, want := range map[string]string{
		`"type":"Like"`: "", `"type":"Like","content":"🔥"`: "🔥", `"type":"Like","_misskey_reaction":":blob:"`: ":blob:", `"type":"EmojiReact","content":"👍"`: "👍",
	} {
		a, err := ParseActivity([]byte(`{"id":"https://a.example/1","actor":"https://a.example/ana","object":"https://b.example/1",` + doc + `}`))
		if err != nil || a.Content != want {
			t.Errorf("%s: %q, %v", doc, a.Content, err)
		}
	}
	f, err := ParseActivity([]byte(`{"type":"Flag","id":"https://a.example/1","actor":"https://a.example/app","object":["https://b.example/bob",{"type":"Note","id":"https://b.example/1"}],"content":"<p>rude</p>\n"}`))
	if err != nil || f.Content != "rude" || len(f.Objects) != 2 {
		t.Errorf("%+v, %v", f, err)
	}
}

// Embedded items of another host than the collection's are ids only (FEP-fe34).
func TestListItems(t *testing.T) {
	l, err := ParseCollection([]byte(`{"type":"OrderedCollectionPage","id":"https://a.example/out?page=1","partOf":"https://a.example/out","next":"https://a.example/out?page=2","orderedItems":["https://b.example/1",{"type":"Note","id":"https://a.example/2","content":"x"},{"type":"Note","id":"https://b.example/3","content":"y"},{"type":"Create","id":"https://a.example/4","actor":"https://a.example/ana","object":{"type":"Note","id":"https://a.example/5"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range l.Items {
		got = append(got, fmt.Sprintf("%s %v %v", o.ID, o.Post != nil, o.Activity != nil))
	}
	want := []string{"https://b.example/1 false false", "https://a.example/2 true false", "https://b.example/3 false false", "https://a.example/4 false true"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if _, err := ParseCollection([]byte(`{"type":"Note"}`)); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
}

// Objects within objects are read to a bound, beyond it by id.
func TestNesting(t *testing.T) {
	doc := `"https://a.example/end"`
	for i := range 8 {
		doc = fmt.Sprintf(`{"type":"Announce","id":"https://a.example/%d","actor":"https://a.example/ana","object":%s}`, i, doc)
	}
	a, err := ParseActivity([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for o := a.Object; o.Activity != nil; o = o.Activity.Object {
		n++
	}
	if n != 3 {
		t.Errorf("%d deep", n)
	}
}
