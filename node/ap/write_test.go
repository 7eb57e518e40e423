package ap

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"camp/node/camp"
)

const home = "https://one.example/ap/"

var day1 = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func memberActor() *Actor {
	return &Actor{
		Type: "Person", ID: home + "ana", Username: "ana", Display: "Ana :blob:", About: "<p>hi</p>", URL: "https://one.example/@ana",
		Inbox: home + "ana/inbox", Outbox: home + "ana/outbox", Followers: home + "ana/followers", Following: home + "ana/following",
		Featured: home + "ana/featured", Shared: home + "inbox", Icon: "https://one.example/m/1", Image: "https://one.example/m/2", Published: day1,
		Locked: true, Discoverable: true, Fields: []camp.Field{{Name: "Web", Value: `<a href="https://ana.example/" rel="me nofollow noopener noreferrer">https://ana.example/</a>`}},
		Emoji: []camp.Emoji{{Code: "blob", URL: "https://one.example/m/3"}}, Also: []string{"https://old.example/ana"}, Moved: "https://new.example/ana", Webfinger: "ana@one.example",
		Keys: []Key{{ID: home + "ana#main-key", Owner: home + "ana", DER: derOf(testPEM)}, {ID: home + "ana#ed25519-key", Owner: home + "ana", DER: derOfMultibase("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"), Multi: true}},
	}
}

// testPEM is the public key of a fixture (chatty.example).
const testPEM = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr04GhTrzSiGAU82dQRtM
KAmCONqQ8zOEX/pAs3Dw//z5OYEY2CT6xXwJFcpUYy4IMjCL3E054bY/DWIDg2PT
nf+1OeK0ENBAUHgoSXvDvGCDCSsfHpqMLZV7WjMVWesfaE/h5ra9gEg9sQ1/DbyJ
REBmRJT3J3HR+oNN8w5w6HX5hRzuWsfvqS8jJdPU6wxhfRQ0p3iwwg1+V9xh2OW5
gbLE6QUp9hhm17GMPs5zFG8aMc5WGTMNjlWZvr1VChjXwA4ueM1KnbZsmHa8m/Nn
+NLXlzOtjdjquno4dja0xe1x9IxTo5wDMaIEERTjBAk2e+jO4ZDRT5TGdCbczCJf
MQIDAQAB
-----END PUBLIC KEY-----
`

func note() *Post {
	return &Post{
		Type: "Note", ID: home + "p/1", AttributedTo: []string{home + "ana"}, Published: day1, URL: "https://one.example/p/1",
		To: []string{Public}, Cc: []string{home + "ana/followers", bob},
		Content:  HTML([]Span{{Text: "Hi "}, {Kind: SpanMention, Text: "@bob@two.example", Href: "https://two.example/@bob", Name: "bob"}, {Text: " in the "}, {Kind: SpanTag, Text: "#Camp", Href: "https://one.example/tags/camp"}}),
		Language: "en", Summary: "about camping", Sensitive: true, InReplyTo: "https://two.example/p/9", Context: home + "c/1", Conversation: home + "c/1",
		Mentions: []Mention{{bob, "@bob@two.example"}}, Hashtags: []Hashtag{{"Camp", "https://one.example/tags/camp"}},
		Files:  []camp.File{{URL: "https://one.example/m/4", Type: "image/jpeg", Alt: "a tent", Width: 800, Height: 600, Blur: "UaH1x+IpD*Rk", FocusX: 0.25, FocusY: -0.5}},
		Policy: Policy{Quote: Rule{Auto: []string{Public}}}, Replies: home + "p/1/replies", Likes: home + "p/1/likes", Shares: home + "p/1/shares",
		ReplyCount: 2, LikeCount: 3, ShareCount: -1, Source: "Hi @bob@two.example in the #Camp",
	}
}

func question() *Post {
	return &Post{
		Type: "Question", ID: home + "p/2", AttributedTo: []string{home + "ana"}, Published: day1, Updated: day1.Add(time.Hour), URL: "https://one.example/p/2",
		To: []string{home + "ana/followers"}, Cc: []string{Public}, Content: "<p>When?</p>", ReplyCount: -1, LikeCount: -1, ShareCount: -1,
		Poll: &camp.Poll{Choices: []camp.Choice{{Text: "May", Votes: 2}, {Text: "June"}}, Multiple: true, Ends: day1.Add(24 * time.Hour), Voters: 2},
	}
}

func quoting() *Post {
	p := note()
	p.ID, p.Quote, p.Stamp = home+"p/3", "https://two.example/p/9", "https://two.example/stamps/1"
	p.Content += QuoteLink("https://two.example/@bob/9")
	return p
}

// Everything that goes out, as bytes in testdata/written, and read back equal.
func TestWritten(t *testing.T) {
	pub, fol := []string{Public}, []string{home + "ana/followers"}
	follow := Act("Follow", "https://two.example/f/1", bob, home+"ana", "", []string{home + "ana"}, nil)
	unnamed := *follow
	unnamed.ID, unnamed.Unnamed = bob+"#unnamed-1", true
	like := Act("Like", home+"a/9", home+"ana", "https://two.example/p/9", "", []string{bob}, nil)
	request := QuoteAsked("https://two.example/q/1", &Post{Type: "Note", ID: "https://two.example/p/5", AttributedTo: []string{bob}, To: pub, Content: "x", Quote: home + "p/1", ReplyCount: -1, LikeCount: -1, ShareCount: -1}, home+"ana")
	accepted := Answer("Accept", home+"a/14", home+"ana", request, []string{bob}, nil)
	accepted.Result = Object{ID: home + "stamps/1"}
	reaction := Act("EmojiReact", home+"a/15", home+"ana", "https://two.example/p/9", "", []string{bob}, nil)
	reaction.Content, reaction.Emoji = ":blob:", []camp.Emoji{{Code: "blob", URL: "https://one.example/m/3"}}

	for name, o := range map[string]Object{
		"person":         {Actor: memberActor()},
		"application":    {Actor: &Actor{Type: "Application", ID: home + "camp", Username: "one.example", Inbox: home + "camp/inbox", Outbox: home + "camp/outbox", Keys: memberActor().Keys[:1]}},
		"note":           {Post: note()},
		"question":       {Post: question()},
		"quote":          {Post: quoting()},
		"vote":           {Post: VoteNote(home+"v/1", home+"ana", "https://two.example/p/7", bob, "May")},
		"create":         {Activity: Created(home+"a/1", note())},
		"update":         {Activity: Edited(home+"a/2", question())},
		"update-person":  {Activity: Changed(home+"a/3", memberActor(), pub, fol)},
		"delete":         {Activity: Deleted(home+"a/4", home+"ana", &Tombstone{ID: home + "p/1", Former: "Note", Deleted: day1}, pub, fol)},
		"delete-person":  {Activity: Act("Delete", home+"a/5", home+"ana", home+"ana", "", pub, nil)},
		"follow":         {Activity: follow},
		"accept":         {Activity: Answer("Accept", home+"a/6", home+"ana", follow, []string{bob}, nil)},
		"accept-unnamed": {Activity: Answer("Accept", home+"a/6", home+"ana", &unnamed, []string{bob}, nil)},
		"reject":         {Activity: Answer("Reject", home+"a/7", home+"ana", follow, []string{bob}, nil)},
		"undo":           {Activity: Answer("Undo", home+"a/8", home+"ana", like, []string{bob}, nil)},
		"like":           {Activity: like},
		"announce":       {Activity: Act("Announce", home+"a/10", home+"ana", "https://two.example/p/9", "", pub, append(fol, bob))},
		"block":          {Activity: Act("Block", home+"a/11", home+"ana", bob, "", []string{bob}, nil)},
		"flag":           {Activity: Flagged(home+"a/12", home+"camp", bob, []string{"https://two.example/p/9", "https://two.example/p/10"}, "rude & \"loud\"")},
		"flag-person":    {Activity: Flagged(home+"a/12", home+"camp", bob, nil, "")},
		"move":           {Activity: Act("Move", home+"a/13", home+"ana", home+"ana", "https://new.example/ana", fol, nil)},
		"add":            {Activity: Act("Add", home+"a/16", home+"ana", home+"p/1", home+"ana/featured", pub, fol)},
		"remove":         {Activity: Act("Remove", home+"a/17", home+"ana", home+"p/1", home+"ana/featured", pub, fol)},
		"quote-request":  {Activity: request},
		"quote-accept":   {Activity: accepted},
		"react":          {Activity: reaction},
		"stamp":          {Stamp: &Stamp{ID: home + "stamps/1", By: home + "ana", From: "https://two.example/p/5", Target: home + "p/1"}},
		"tombstone":      {Tombstone: &Tombstone{ID: home + "p/1", Former: "Note", Deleted: day1}},
		"outbox":         {Collection: &Collection{Type: "OrderedCollection", ID: home + "ana/outbox", Total: 3, First: home + "ana/outbox?page=1", Last: home + "ana/outbox?page=2"}},
		"outbox-page":    {Collection: &Collection{Type: "OrderedCollectionPage", ID: home + "ana/outbox?page=1", Total: -1, Part: home + "ana/outbox", Next: home + "ana/outbox?page=2", Items: []Object{{Activity: Created(home+"a/1", note())}, {ID: home + "a/10"}}}},
		"empty-page":     {Collection: &Collection{Type: "OrderedCollectionPage", ID: home + "ana/outbox?page=9", Total: -1, Part: home + "ana/outbox"}},
		"replies":        {Collection: &Collection{Type: "Collection", ID: home + "p/1/replies", Total: -1, First: "", Page: &Collection{Type: "CollectionPage", ID: home + "p/1/replies?page=1", Total: -1, Part: home + "p/1/replies", Items: []Object{{ID: "https://two.example/p/11"}}}}},
		"featured":       {Collection: &Collection{Type: "OrderedCollection", ID: home + "ana/featured", Total: 1, Items: []Object{{ID: home + "p/1"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			b := bytesOf(t, o)
			if again := bytesOf(t, o); !bytes.Equal(b, again) {
				t.Error("not the same bytes twice")
			}
			golden(t, name, b)
			lawful(t, b)
			back, err := ParseAny(b)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(expected(o), written(Object{Post: back.Post, Actor: back.Actor, Activity: back.Activity, Tombstone: back.Tombstone, Collection: back.Collection, Stamp: back.Stamp}, false)); d != "" {
				t.Errorf("read back (-written +read):\n%s", d)
			}
		})
	}
}

func bytesOf(t *testing.T, o Object) []byte {
	t.Helper()
	switch {
	case o.Post != nil:
		return o.Post.JSON()
	case o.Actor != nil:
		return o.Actor.JSON()
	case o.Activity != nil:
		return o.Activity.JSON()
	case o.Tombstone != nil:
		return o.Tombstone.JSON()
	case o.Stamp != nil:
		return o.Stamp.JSON()
	}
	return o.Collection.JSON()
}

// expected is what a reader makes of what was written: its content cleaned
// (target goes), and the member's source not read.
func expected(o Object) Object {
	o = written(o, true)
	var walk func(*Object)
	walk = func(o *Object) {
		if o.Post != nil {
			p := *o.Post
			p.Content, p.Source = Clean(p.Content), ""
			o.Post = &p
			o.ID, o.Type = p.ID, p.Type
		}
		if o.Activity != nil {
			a := *o.Activity
			walk(&a.Object)
			walk(&a.Instrument)
			o.Activity = &a
			o.ID, o.Type = a.ID, a.Type
		}
		if o.Collection != nil {
			for i := range o.Collection.Items {
				walk(&o.Collection.Items[i])
			}
			if o.Collection.Page != nil {
				o.Collection.First = o.Collection.Page.ID
			}
		}
	}
	walk(&o)
	o.ID, o.Type = "", ""
	return o
}

func golden(t *testing.T, name string, b []byte) {
	t.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, b, "", "\t"); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	// The @context is the same everywhere; one file has it.
	text := pretty.String()
	if name != "note" {
		if at, end := strings.Index(text, "\t\"@context\": ["), strings.Index(text, "\n\t],"); at >= 0 && end > at {
			text = text[:at] + text[end+len("\n\t],\n"):]
		}
	}
	file := filepath.Join("testdata", "written", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(text+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), text+"\n"); d != "" {
		t.Error(d)
	}
}

// lawful checks what peers ask of every document (federation.md 2).
func lawful(t *testing.T, b []byte) {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	var walk func(map[string]any)
	walk = func(m map[string]any) {
		for name, v := range m {
			switch name {
			case "to", "cc", "tag", "attachment":
				if _, ok := v.([]any); !ok {
					t.Errorf("%s is no array: %v", name, v)
				}
			case "bto", "bcc":
				t.Errorf("%s goes out", name)
			case "actor":
				if _, ok := v.(string); !ok {
					t.Errorf("actor is no bare id: %v", v)
				}
			}
			switch w := v.(type) {
			case map[string]any:
				walk(w)
			case []any:
				for _, one := range w {
					if m, ok := one.(map[string]any); ok && name != "@context" {
						walk(m)
					}
				}
			}
		}
	}
	walk(doc)
	if strings.Contains(string(b), `"as:Public"`) || strings.Contains(string(b), `:"Public"`) {
		t.Error("Public is not written in full")
	}
	if _, ok := doc["@context"]; !ok {
		t.Error("no @context")
	}
}

// bto and bcc are honoured when read and never written (ActivityPub §6).
func TestNoBlindCopies(t *testing.T) {
	p := note()
	p.Bto, p.Bcc = []string{"https://secret.example/1"}, []string{"https://secret.example/2"}
	a := Created(home+"a/1", p)
	a.Bto, a.Bcc = p.Bto, p.Bcc
	if b := a.JSON(); bytes.Contains(b, []byte("secret.example")) || bytes.Contains(b, []byte(`"bto"`)) {
		t.Errorf("%s", b)
	}
}

func TestTextIsEscaped(t *testing.T) {
	p := note()
	p.Summary, p.Content = "a\"\\\n\t\x01é😀\u2028</script>", "\xff<p>x</p>"
	b := p.JSON()
	if !json.Valid(b) {
		t.Fatalf("%s", b)
	}
	back, err := ParsePost(b)
	if err != nil || back.Content != "<p>x</p>" {
		t.Errorf("%q, %v", back.Content, err)
	}
}

// The @context spells out every word that stands in what we write.
func TestContextNamesEveryWord(t *testing.T) {
	var context map[string]any
	if err := json.Unmarshal([]byte(contextMap), &context); err != nil {
		t.Fatal(err)
	}
	var as struct {
		Context map[string]any `json:"@context"`
	}
	for _, name := range []string{"activitystreams", "security-v1", "security-multikey-v1"} {
		raw, err := os.ReadFile("testdata/fixtures/contexts/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &as); err != nil {
			t.Fatal(err)
		}
		for word, v := range as.Context {
			context[word] = v
		}
	}
	files, err := filepath.Glob("testdata/written/*.golden")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Fatal(err)
		}
		var walk func(any)
		walk = func(v any) {
			switch w := v.(type) {
			case []any:
				for _, one := range w {
					walk(one)
				}
			case map[string]any:
				for name, one := range w {
					if name == "@context" || name == "contentMap" {
						continue
					}
					if _, ok := context[name]; !ok && name != "controller" && name != "publicKeyMultibase" {
						t.Errorf("%s: %q is in no context", f, name)
					}
					if kind, ok := one.(string); ok && name == "type" {
						if _, known := context[kind]; !known {
							t.Errorf("%s: type %q is in no context", f, kind)
						}
					}
					walk(one)
				}
			}
		}
		walk(doc)
	}
}
