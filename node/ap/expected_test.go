package ap

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the expected and golden files anew")

var manyTexts = flag.Int("many", 0, "how many random texts to clean")

const expectedFile = "testdata/expected.txt"

// One row a fixture: what comes of it, and what a member would see. Files that
// hold a list of pieces have a row for each piece too, read as a Note.
func TestExpected(t *testing.T) {
	got := map[string]string{}
	for name, doc := range fixtures(t) {
		got[name] = describe(name, doc)
		if !strings.HasPrefix(name, "edge/") {
			continue
		}
		for i, piece := range pieces(t, doc) {
			n := fmt.Sprintf("%s#%d", name, i)
			got[n] = describe(n, piece)
		}
	}
	if *update {
		writeExpected(t, got)
	}
	want := readExpected(t)
	for name := range want {
		if _, ok := got[name]; !ok {
			t.Errorf("%s: a row for what is not there", name)
		}
	}
	for name, row := range got {
		w, ok := want[name]
		if !ok {
			t.Errorf("%s: no row; it would be\n%s", name, row)
			continue
		}
		if d := cmp.Diff(w, row); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestFixturesAreAll(t *testing.T) {
	if n := len(fixtures(t)); n != 427 {
		t.Errorf("%d fixtures, SOURCES.md names 427", n)
	}
}

func fixtures(t testing.TB) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	names, err := filepath.Glob("testdata/fixtures/*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		doc, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		rel, _ := filepath.Rel("testdata/fixtures", n)
		all[filepath.ToSlash(rel)] = doc
	}
	return all
}

// pieces makes a Note of each entry of a list.
func pieces(t *testing.T, doc []byte) [][]byte {
	t.Helper()
	var list []map[string]json.RawMessage
	if err := json.Unmarshal(doc, &list); err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	for _, one := range list {
		for name, v := range map[string]string{"type": `"Note"`, "id": `"https://one.example/note"`, "attributedTo": `"https://one.example/actor"`} {
			if one[name] == nil {
				one[name] = json.RawMessage(v)
			}
		}
		b, err := json.Marshal(one)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

func readExpected(t *testing.T) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(expectedFile)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	name := ""
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "## ") || line == "":
		case strings.HasPrefix(line, "\t"):
			rows[name] += line[1:] + "\n"
		default:
			if _, twice := rows[line]; twice {
				t.Errorf("two rows for %s", line)
			}
			name = line
			rows[name] = ""
		}
	}
	return rows
}

func writeExpected(t *testing.T, rows map[string]string) {
	t.Helper()
	var names []string
	for n := range rows {
		names = append(names, n)
	}
	sort.Strings(names)
	var b strings.Builder
	b.WriteString("## What comes of each fixture, and what a member would see. Followers are taken to be the author's id with /followers.\n")
	for _, n := range names {
		b.WriteString(n + "\n")
		for line := range strings.Lines(rows[n]) {
			b.WriteString("\t" + line)
		}
	}
	if err := os.WriteFile(expectedFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func describe(name string, doc []byte) string {
	if strings.Contains(name, "webfinger") {
		j, err := ParseJRD(doc)
		if err != nil {
			return "refused: " + err.Error() + "\n"
		}
		return fmt.Sprintf("jrd: %s is %s, %d links\n", j.Subject, j.Actor(), len(j.Links))
	}
	o, err := ParseAny(doc)
	if err != nil {
		row := "refused: " + err.Error() + "\n"
		if keys, err := ParseKeys(doc); err == nil {
			row += describeKeys(keys, nil)
		}
		return row
	}
	return describeObject(o)
}

func describeObject(o Object) string {
	switch {
	case o.Post != nil:
		return describePost(o.Post)
	case o.Actor != nil:
		return describeActor(o.Actor)
	case o.Activity != nil:
		return describeActivity(o.Activity)
	case o.Collection != nil:
		return describeList(o.Collection)
	case o.Tombstone != nil:
		return fmt.Sprintf("gone: %s, was %s, since %s\n", o.ID, o.Tombstone.Former, day(o.Tombstone.Deleted.IsZero(), o.Tombstone.Deleted.Format("2006-01-02")))
	case o.Stamp != nil:
		return fmt.Sprintf("stamp: %s lets %s quote %s\n", o.Stamp.By, o.Stamp.From, o.Stamp.Target)
	case o.Key != nil:
		return describeKeys([]Key{*o.Key}, nil)
	case o.Type == "" && o.ID != "":
		return "id: " + o.ID + "\n"
	}
	return strings.TrimRight("nothing: "+o.Type, " :") + "\n"
}

func day(none bool, s string) string {
	if none {
		return "?"
	}
	return s
}

func describeActivity(a *Activity) string {
	var b strings.Builder
	id := a.ID
	if a.Unnamed {
		id = "(unnamed)"
	}
	fmt.Fprintf(&b, "%s %s by %s, reach %s\n", a.Type, id, a.Actor, a.Reach(a.Actor+"/followers"))
	line := func(n, v string) {
		if v != "" {
			fmt.Fprintf(&b, "%s: %s\n", n, v)
		}
	}
	line("says", a.Content)
	for _, e := range a.Emoji {
		line("emoji", e.Code+" "+e.URL)
	}
	line("target", a.Target)
	line("origin", a.Origin)
	part := func(n string, o Object) {
		if o.ID == "" && o.Type == "" {
			return
		}
		if o.Type == "" {
			line(n, o.ID)
			return
		}
		line(n, "")
		b.WriteString(n + " " + indent(describeObject(o)))
	}
	if len(a.Objects) > 1 {
		line("objects", strings.Join(a.Objects, " "))
	} else {
		part("object", a.Object)
	}
	part("result", a.Result)
	part("instrument", a.Instrument)
	return b.String()
}

func indent(s string) string {
	return strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n  ") + "\n"
}

func describeActor(a *Actor) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s @%s %q\n", a.Type, a.ID, a.Username, a.Display)
	line := func(n, v string) {
		if v != "" {
			fmt.Fprintf(&b, "%s: %s\n", n, v)
		}
	}
	line("about", a.About)
	line("page", a.URL)
	line("inbox", a.Inbox)
	line("shared", a.Shared)
	line("followers", a.Followers)
	line("featured", a.Featured)
	line("icon", a.Icon)
	line("image", a.Image)
	line("also", strings.Join(a.Also, " "))
	line("moved", a.Moved)
	line("webfinger", a.Webfinger)
	for _, f := range a.Fields {
		line("field", f.Name+" = "+f.Value)
	}
	for _, e := range a.Emoji {
		line("emoji", e.Code+" "+e.URL)
	}
	var flags []string
	for n, on := range map[string]bool{"locked": a.Locked, "discoverable": a.Discoverable, "indexable": a.Indexable, "suspended": a.Suspended} {
		if on {
			flags = append(flags, n)
		}
	}
	sort.Strings(flags)
	line("is", strings.Join(flags, ", "))
	b.WriteString(describeKeys(a.Keys, a.KeyIDs))
	return b.String()
}

func describeKeys(keys []Key, ids []string) string {
	var b strings.Builder
	for _, k := range keys {
		fmt.Fprintf(&b, "key: %s of %s, %d bytes, multi %v\n", k.ID, k.Owner, len(k.DER), k.Multi)
	}
	for _, id := range ids {
		fmt.Fprintf(&b, "key: %s, by id\n", id)
	}
	return b.String()
}

func describeList(l *Collection) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s of %d", l.Type, l.ID, l.Total)
	for _, one := range [][2]string{{"first", l.First}, {"next", l.Next}, {"prev", l.Prev}, {"last", l.Last}, {"part of", l.Part}} {
		if one[1] != "" {
			fmt.Fprintf(&b, ", %s %s", one[0], one[1])
		}
	}
	b.WriteString("\n")
	for _, o := range l.Items {
		b.WriteString("- " + indent(describeObject(o)))
	}
	if l.Page != nil {
		b.WriteString("page " + indent(describeList(l.Page)))
	}
	return b.String()
}

func describePost(p *Post) string {
	var b strings.Builder
	who := p.Audience(p.By() + "/followers")
	fmt.Fprintf(&b, "%s %s by %s for %s", p.Type, p.ID, strings.Join(p.AttributedTo, " & "), who)
	if p.Language != "" {
		fmt.Fprintf(&b, " in %s", p.Language)
	}
	b.WriteString("\n")
	line := func(n, v string) {
		if v != "" {
			fmt.Fprintf(&b, "%s: %s\n", n, v)
		}
	}
	line("title", p.Title)
	if p.Summary != "" || p.Sensitive {
		line("warning", fmt.Sprintf("%q", p.Summary))
	}
	line("text", strings.ReplaceAll(p.Content, "\n", "⏎"))
	if !p.Published.IsZero() {
		line("published", p.Published.Format("2006-01-02T15:04:05"))
	}
	if !p.Updated.IsZero() {
		line("updated", p.Updated.Format("2006-01-02T15:04:05"))
	}
	line("page", p.URL)
	line("vote", p.Vote)
	line("answers", p.InReplyTo)
	line("context", p.Context)
	line("quote", p.Quote)
	line("stamp", p.Stamp)
	line("groups", strings.Join(p.Groups, " "))
	for _, m := range p.Mentions {
		line("mention", m.Href+" "+m.Name)
	}
	for _, h := range p.Hashtags {
		line("tag", "#"+h.Name)
	}
	for _, e := range p.Emoji {
		line("emoji", e.Code+" "+e.URL)
	}
	for _, f := range p.Files {
		line("file", strings.TrimSpace(fmt.Sprintf("%s %s %dx%d %s", f.URL, f.Type, f.Width, f.Height, f.Alt)))
	}
	for _, l := range p.Links {
		line("link", l)
	}
	describeRest(&b, p, line)
	return b.String()
}

func describeRest(b *strings.Builder, p *Post, line func(n, v string)) {
	if p.Poll != nil {
		var choices []string
		for _, c := range p.Poll.Choices {
			choices = append(choices, fmt.Sprintf("%s (%d)", c.Text, c.Votes))
		}
		fmt.Fprintf(b, "poll: %s; several %v, closed %v, voters %d", strings.Join(choices, " | "), p.Poll.Multiple, p.Poll.Closed, p.Poll.Voters)
		if !p.Poll.Ends.IsZero() {
			fmt.Fprintf(b, ", ends %s", p.Poll.Ends.Format("2006-01-02T15:04:05"))
		}
		b.WriteString("\n")
	}
	if p.Event != nil {
		line("event", fmt.Sprintf("%s to %s at %q %s", p.Event.Start.Format("2006-01-02 15:04"), p.Event.End.Format("2006-01-02 15:04"), p.Event.Place, p.Event.Page))
	}
	for _, r := range []struct {
		name string
		Rule
	}{{"may reply", p.Policy.Reply}, {"may like", p.Policy.Like}, {"may pass on", p.Policy.Announce}, {"may quote", p.Policy.Quote}} {
		if r.Stated() {
			line(r.name, fmt.Sprintf("%v, asked %v", r.Auto, r.Manual))
		}
	}
	if p.ReplyCount >= 0 || p.LikeCount >= 0 || p.ShareCount >= 0 {
		line("counts", fmt.Sprintf("%d replies, %d likes, %d shares", p.ReplyCount, p.LikeCount, p.ShareCount))
	}
}
