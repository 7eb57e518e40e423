package fed

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"camp/node/ap"
	"camp/node/camp"
	"camp/store"
)

var rewrite = flag.Bool("expected", false, "write the table of what comes of each fixture anew")

const (
	expectedFile = "testdata/expected.txt"
	fixtureDir   = "../ap/testdata/fixtures" // SOURCES.md there names where each is from
)

// whyRefused are the only reasons for which anything of the table is refused.
var whyRefused = map[string]string{
	"no https address":      "federation.md 2: ids are https",
	"no actor":              "federation.md 5: an activity has an actor",
	"no id":                 "federation.md 5: only Follow, Undo, Accept and Reject come without",
	"no inbox on its host":  "federation.md 3: demand id and inbox on the actor's own host",
	"not an object":         "federation.md 2: one object",
	"no author on its host": "federation.md 5: object and author share the origin",
	"not theirs":            "federation.md 5: who may say what",
	"its id is elsewhere":   "federation.md 5: the activity's id is on the actor's host",
}

// One row a fixture: what comes of it, whether it arrives or is fetched, and what
// a member of a camp sees of it whose ana follows everybody that acts.
func TestExpected(t *testing.T) {
	t.Parallel()
	docs := fixtures(t)
	if len(docs) != 427 {
		t.Errorf("%d fixtures, SOURCES.md names 427", len(docs))
	}
	for name, doc := range maps.Clone(docs) {
		if strings.HasPrefix(name, "edge/") {
			for i, piece := range pieces(t, doc) {
				docs[fmt.Sprintf("%s#%d", name, i)] = piece
			}
		}
	}
	got := map[string]string{}
	var o *outpost
	var seen map[string]bool
	n := 0
	for _, name := range slices.Sorted(maps.Keys(docs)) {
		ids := idsIn(docs[name])
		if o == nil || slices.ContainsFunc(ids, func(id string) bool { return seen[id] }) {
			o, seen = newOutpost(t), map[string]bool{}
			n++
		}
		for _, id := range ids {
			seen[id] = true
		}
		got[name] = o.outcome(name, docs[name])
	}
	t.Log(n, "camps")
	if *rewrite {
		writeTable(t, got)
	}
	want := readTable(t)
	for name := range want {
		if _, ok := got[name]; !ok {
			t.Errorf("%s: a row for what is not there", name)
		}
	}
	for name, row := range got {
		if d := cmp.Diff(want[name], row); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if why, refused := strings.CutPrefix(strings.SplitN(row, "\n", 2)[0], "refused: "); refused && whyRefused[why] == "" {
			t.Errorf("%s is refused for %q, which nothing demands", name, why)
		}
	}
}

func fixtures(t *testing.T) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob(fixtureDir + "/*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, n := range names {
		doc, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		rel, err := filepath.Rel(fixtureDir, n)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.ToSlash(rel)] = doc
	}
	return all
}

// pieces makes a Note of each entry of a list.
func pieces(t *testing.T, doc []byte) (out [][]byte) {
	t.Helper()
	var list []map[string]json.RawMessage
	if err := json.Unmarshal(doc, &list); err != nil {
		t.Fatal(err)
	}
	for _, one := range list {
		if one["to"] == nil && one["cc"] == nil {
			one["to"] = json.RawMessage(`"` + ap.Public + `"`)
		}
		for name, v := range map[string]string{"type": `"Note"`, "id": `"https://piece.example/note"`, "attributedTo": `"https://piece.example/actor"`} {
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

// inside walks the objects of a document.
func inside(v any, fn func(map[string]any)) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			inside(one, fn)
		}
	case map[string]any:
		fn(v)
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if name != "@context" {
				inside(v[name], fn)
			}
		}
	}
}

// idsIn gives the ids of a document and of what it holds.
func idsIn(doc []byte) (ids []string) {
	var v any
	if json.Unmarshal(doc, &v) != nil {
		return nil
	}
	inside(v, func(m map[string]any) {
		if id := idOfAny(m); id != "" {
			ids = append(ids, id)
		}
	})
	return ids
}

// world makes far serve a document, what it holds, and everybody whom it names as
// an author, as long as that is under an https id of its own.
func (o *outpost) world(doc []byte) {
	var v any
	if json.Unmarshal(doc, &v) != nil {
		return
	}
	if top, ok := v.(map[string]any); ok {
		if id := idOfAny(top); id != "" {
			o.far.put(id, string(doc))
		}
	}
	inside(v, func(m map[string]any) {
		if id := idOfAny(m); id != "" && m["type"] != nil {
			if _, there := o.far.pages[id]; !there {
				if b, err := json.Marshal(m); err == nil {
					o.far.put(id, string(b))
				}
			}
		}
	})
	inside(v, func(m map[string]any) {
		for _, name := range []string{"actor", "attributedTo"} {
			for _, id := range textsOf(m[name]) {
				o.person(id)
			}
		}
	})
}

func idOfAny(m map[string]any) string {
	for _, name := range []string{"id", "@id"} {
		if id, ok := m[name].(string); ok && ap.HostOf(id) != "" {
			return id
		}
	}
	return ""
}

func textsOf(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, one := range v {
			out = append(out, textsOf(one)...)
		}
		return out
	case map[string]any:
		return []string{idOfAny(v)}
	}
	return nil
}

// person makes far serve somebody, unless it serves a whole document of theirs.
func (o *outpost) person(id string) {
	if ap.HostOf(id) == "" {
		return
	}
	if p, there := o.far.pages[id]; there {
		if _, err := ap.ParseActor([]byte(p.body)); err == nil {
			return
		}
	}
	b, err := json.Marshal(map[string]any{
		"type": "Person", "id": id, "preferredUsername": strings.Trim(id[strings.LastIndexAny(id, "/@")+1:], "?#"), "inbox": id + "/inbox", "followers": id + "/followers",
	})
	if err != nil {
		o.t.Fatal(err)
	}
	o.far.put(id, string(b))
}

// outcome says what comes of one document.
func (o *outpost) outcome(name string, doc []byte) string {
	o.far.pages = map[string]page{}
	o.world(doc)
	o.far.took()
	before := o.all()
	if strings.Contains(name, "webfinger") {
		j, err := ap.ParseJRD(doc)
		if err != nil {
			return "refused: " + reason(err) + "\n"
		}
		return fmt.Sprintf("handle: %s leads to %s\n", j.Subject, j.Actor())
	}
	x, err := ap.ParseAny(doc)
	if err != nil {
		return "refused: " + reason(err) + "\n"
	}
	head := ""
	switch {
	case x.Activity != nil:
		return o.arrived(o.arrives(x.Activity))(o.changes(before))
	case x.ID == "":
		return "refused: no id\n"
	case ap.HostOf(x.ID) == "":
		return "refused: no https address\n"
	case x.Post != nil:
		_, err := o.find.Post(o.t.Context(), o.ana, x.ID)
		head = fetchedOr(err)
	case x.Actor != nil:
		r, err := o.find.Person(o.t.Context(), o.ana, x.ID)
		if head = fetchedOr(err); err == nil {
			head += fmt.Sprintf(": @%s %q", r.Handle(), r.Display)
		}
	case x.Collection != nil:
		ids, err := o.g.walk(o.t.Context(), 0, x.ID)
		if head = fetchedOr(err); err == nil {
			head += fmt.Sprintf(": a list of %d", len(ids))
		}
	default:
		_, err := o.g.object(o.t.Context(), 0, x.ID)
		if head = "ignored"; err != nil {
			head = "ignored: " + reason(err)
		}
	}
	o.settle()
	return head + "\n" + o.changes(before)
}

func fetchedOr(err error) string {
	var gone *GoneError
	switch {
	case err == nil:
		return "fetched"
	case errors.As(err, &gone) && gone.Status == 0:
		return "ignored: not for ana"
	case gone != nil:
		return "ignored: what it needs is not there"
	}
	return "refused: " + reason(err)
}

// reason names why something is refused.
func reason(err error) string {
	for is, why := range map[error]string{
		ap.ErrNoID: "no id", ap.ErrNoActor: "no actor", ap.ErrNoInbox: "no inbox on its host", ap.ErrShape: "not an object",
	} {
		if errors.Is(err, is) {
			return why
		}
	}
	switch {
	case errors.Is(err, ErrDisowned):
		return "no author on its host"
	case errors.Is(err, ErrID):
		return "no https address"
	}
	return err.Error()
}

// arrived says whether an activity that was not refused left something.
func (o *outpost) arrived(head, asked string) func(changes string) string {
	return func(changes string) string {
		switch {
		case strings.HasPrefix(head, "refused"):
		case changes != "":
			head = "stored: " + head
		case asked != "":
			head = "fetched: " + head
		default:
			head = "ignored: " + head
		}
		return head + asked + "\n" + changes
	}
}

// arrives brings an activity by its actor, whom ana follows.
func (o *outpost) arrives(a *ap.Activity) (head, fetched string) {
	host := ap.HostOf(a.Actor)
	switch {
	case host == "":
		return "refused: no https address", ""
	case ap.HostOf(a.ID) != host && !a.Unnamed:
		return "refused: its id is elsewhere", ""
	}
	o.person(a.Actor)
	actor, err := ap.ParseActor([]byte(o.far.pages[a.Actor].body))
	if err != nil {
		return "refused: " + reason(err), ""
	}
	err = store.As[TakeTx](o.db).Update(o.t.Context(), func(tx TakeTx) error {
		was, ok, err := tx.RemoteByURI(actor.ID)
		if err != nil || ok {
			return err
		}
		r := remoteOf(&actor, was, tx.Now())
		r.ID = camp.MemberID(tx.NextID())
		if err := tx.PutRemote(r, nil); err != nil {
			return err
		}
		return tx.PutFollow(camp.Follow{From: o.ana.Member, To: r.ID, At: tx.Now(), Accepted: true, URI: "1"})
	})
	if err != nil {
		o.t.Fatal(err)
	}
	err = o.Take(o.t.Context(), Signer{URI: actor.ID, Actor: &actor, Host: host}, *a)
	o.settle()
	asked := o.far.took()
	slices.Sort(asked)
	asked = slices.DeleteFunc(slices.Compact(asked), func(id string) bool { return strings.Contains(id, "/.well-known/") })
	switch {
	case errors.Is(err, ErrDisowned):
		return "refused: not theirs", ""
	case err != nil:
		o.t.Errorf("%s: %v", a.ID, err)
	case len(asked) > 0:
		fetched = ", with " + strings.Join(asked, " ")
	}
	return a.Type, fetched
}

// all gives what is kept of others, by name.
func (o *outpost) all() map[string]string {
	o.t.Helper()
	out := map[string]string{}
	o.look(func(tx TakeTx) {
		t := tx.(*store.Tx)
		servers, err := t.Servers("", 1000)
		if err != nil {
			o.t.Error(err)
		}
		for _, d := range servers {
			people, err := t.RemotesOf(d, 0, 1000)
			if err != nil {
				o.t.Error(err)
			}
			for _, r := range people {
				if !r.Gone.IsZero() {
					out["gone "+r.URI] = "gone: " + r.URI + "\n"
				}
				if f, ok, _ := tx.Follow(o.ana.Member, r.ID); ok && !f.Accepted {
					out["asked "+r.URI] = "ana asks to follow " + r.URI + "\n"
				}
				list, err := tx.PostsBy(r.ID, camp.Page{Limit: 40})
				if err != nil {
					o.t.Error(err)
				}
				for _, p := range list {
					out[p.URI] = o.shown(tx, p, r)
				}
			}
		}
		reports, err := tx.Reports()
		if err != nil {
			o.t.Error(err)
		}
		for _, r := range reports {
			out[fmt.Sprint("report ", r.ID)] = fmt.Sprintf("report from %s: %s\n", r.From, r.Words)
		}
	})
	return out
}

// shown is what ana sees of a post.
func (o *outpost) shown(tx TakeTx, p camp.Post, by camp.Remote) string {
	if p.BoostOf != 0 {
		of, _, _ := tx.Post(p.BoostOf)
		return fmt.Sprintf("@%s passes on %s\n", by.Handle(), of.URI)
	}
	v, err := o.hearth.posts.Post(o.t.Context(), o.ana, p.ID)
	if err != nil {
		return fmt.Sprintf("post %s by @%s, not for ana\n", p.URI, by.Handle())
	}
	var b strings.Builder
	fmt.Fprintf(&b, "post %s by @%s for %s", p.URI, v.By.Name, v.Audience)
	if p.Favourites > 0 {
		fmt.Fprintf(&b, ", %d likes", p.Favourites)
	}
	b.WriteString("\n")
	line := func(what, s string) {
		if s != "" {
			fmt.Fprintf(&b, "  %s: %s\n", what, strings.ReplaceAll(s, "\n", "⏎"))
		}
	}
	line("title", v.Title)
	if v.Note != "" || v.Sensitive {
		line("warning", fmt.Sprintf("%q", v.Note))
	}
	line("text", v.Body)
	if e := v.Event; e != nil {
		at := func(t time.Time) string {
			if t.IsZero() {
				return "?"
			}
			return t.UTC().Format("2006-01-02 15:04")
		}
		line("event", strings.TrimSpace(fmt.Sprintf("%s to %s at %q %s", at(e.Start), at(e.End), e.Place, e.Page)))
	}
	for _, l := range v.Links {
		line("points at", l)
	}
	line("answers", v.Answers)
	line("tags", strings.Join(v.Tags, " "))
	line("quotes", v.Quoted)
	for _, f := range v.Files {
		line("file", strings.TrimSpace(f.URL+" "+f.Type+" "+f.Alt))
	}
	for _, e := range v.Emoji {
		line("emoji", e.Code)
	}
	if v.Poll != nil {
		for _, c := range v.Poll.Choices {
			line("choice", fmt.Sprintf("%s (%d)", c.Text, c.Votes))
		}
	}
	return b.String()
}

// changes says what was kept since.
func (o *outpost) changes(before map[string]string) string {
	now := o.all()
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(now)) {
		if before[id] != now[id] {
			b.WriteString(now[id])
		}
	}
	return b.String()
}

func readTable(t *testing.T) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(expectedFile)
	if err != nil {
		t.Fatal(err)
	}
	rows, name := map[string]string{}, ""
	for line := range strings.Lines(string(raw)) {
		switch {
		case strings.HasPrefix(line, "## "):
		case strings.HasPrefix(line, "\t"):
			rows[name] += line[1:]
		default:
			name = strings.TrimSpace(line)
			if _, twice := rows[name]; twice {
				t.Errorf("two rows for %s", name)
			}
			rows[name] = ""
		}
	}
	return rows
}

func writeTable(t *testing.T, rows map[string]string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("## What comes of each fixture of node/ap/testdata/fixtures where it arrives or is fetched, and what a member sees.\n")
	for _, n := range slices.Sorted(maps.Keys(rows)) {
		b.WriteString(n + "\n")
		for line := range strings.Lines(rows[n]) {
			b.WriteString("\t" + line)
		}
	}
	if err := os.WriteFile(expectedFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
