package ap

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func seed(f *testing.F) {
	f.Helper()
	for _, doc := range fixtures(f) {
		f.Add(doc)
	}
}

// What passes the gate is JSON to the standard library too, with the same values.
func FuzzGate(f *testing.F) {
	seed(f)
	for _, s := range []string{`{"a":1,"A":2}`, `{"\u0061":1,"a":2}`, `"\ud800"`, `[1e999]`, `{"@graph":[]}`, "\"\xff\"", `{"a":{"b":[null,true,-0.5e+3]}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := decode(b, MaxDocument)
		if err != nil {
			return
		}
		dec := json.NewDecoder(bytes.NewReader(b))
		dec.UseNumber()
		var want any
		if err := dec.Decode(&want); err != nil {
			t.Fatalf("the gate let pass what is no JSON: %v", err)
		}
		if !alike(v, want) {
			t.Fatalf("read %+v, the standard library %v", v, want)
		}
	})
}

// alike compares without the names that lose a prefix.
func alike(v value, want any) bool {
	switch w := want.(type) {
	case nil:
		return v.kind == none
	case bool:
		return v.kind == isBool && (v.text == "true") == w
	case json.Number:
		return v.kind == isNumber && v.text == w.String()
	case string:
		return v.kind == isText && v.text == w
	case []any:
		if v.kind != isList || len(v.items) != len(w) {
			return false
		}
		for i := range w {
			if !alike(v.items[i], w[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		if v.kind != isObject || len(v.items) != len(w) {
			return false
		}
		for name, one := range w {
			found := false
			for _, m := range v.items {
				if (m.name == name || m.name == property(name)) && alike(m, one) {
					found = true
				}
			}
			if !found {
				return false
			}
		}
		return true
	}
	return false
}

// Whatever a stranger sends is read without panic, bounded and clean, and what
// we write of it is read back the same.
func FuzzActivity(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := ParseAny(b)
		if err != nil {
			return
		}
		for range 2 {
			checkObject(t, o)
			again, ok := again(t, o)
			if !ok {
				return
			}
			if d := cmp.Diff(written(o, true), written(again, false)); d != "" {
				t.Fatalf("read back (-first +again):\n%s", d)
			}
			o = again
		}
	})
}

func checkObject(t *testing.T, o Object) {
	t.Helper()
	if a := o.Activity; a != nil {
		checkObject(t, a.Object)
		if len(a.To)+len(a.Cc)+len(a.Bto)+len(a.Bcc) > maxRecipients {
			t.Fatal("too many recipients")
		}
	}
	if p := o.Post; p != nil {
		if len(p.Files) > maxFiles || len(p.Mentions)+len(p.Hashtags) > maxTags || len(p.Content) > MaxContent || len(p.Emoji) > maxTags {
			t.Fatalf("no bounds: %d files, %d mentions, %d bytes", len(p.Files), len(p.Mentions), len(p.Content))
		}
		checkClean(t, p.Content)
	}
	if a := o.Actor; a != nil {
		checkClean(t, a.About)
		for _, f := range a.Fields {
			checkClean(t, f.Value)
		}
		if len(a.Fields) > maxFields || len(a.Also) > maxAlso || len(a.Keys) > 2*maxKeys {
			t.Fatal("no bounds on an actor")
		}
	}
}

func again(t *testing.T, o Object) (Object, bool) {
	t.Helper()
	var b []byte
	switch {
	case o.Post != nil:
		b = o.Post.JSON()
	case o.Actor != nil:
		b = o.Actor.JSON()
	case o.Activity != nil:
		b = o.Activity.JSON()
	case o.Collection != nil:
		b = o.Collection.JSON()
	case o.Tombstone != nil:
		b = o.Tombstone.JSON()
	case o.Stamp != nil:
		b = o.Stamp.JSON()
	default:
		return o, false
	}
	if len(b) > MaxDocument {
		return o, false // a document of mere brackets grows in writing
	}
	if err := Check(b); err == ErrTooDeep || err == ErrTooMany {
		return o, false
	}
	v, err := decodeObject(b)
	if err != nil {
		t.Fatalf("%v in what we wrote: %s", err, b)
	}
	return v.object(maxNested), true
}

// An address that a browser would take for another, or any mark beyond the
// list, is found by these patterns, which know nothing of the cleaner.
var (
	tagForm  = regexp.MustCompile(`^<(/?)(p|br|span|a|del|s|u|em|strong|b|i|pre|code|blockquote|ul|ol|li|ruby|rt|rp)((?: (?:href|class|rel|lang|dir|start|reversed|value)="[^"<>]*")*)>`)
	hrefForm = regexp.MustCompile(` href="([^"]*)"`)
	amp      = regexp.MustCompile(`&(?:amp|lt|gt|#34);`)
)

func checkClean(t *testing.T, s string) {
	t.Helper()
	if again := Clean(s); again != s {
		t.Fatalf("not stable:\n%q\n%q", s, again)
	}
	if !utf8.ValidString(s) || len(s) > MaxContent {
		t.Fatalf("%d bytes, valid UTF-8: %v", len(s), utf8.ValidString(s))
	}
	for rest := s; rest != ""; {
		switch rest[0] {
		case '<':
			m := tagForm.FindString(rest)
			if m == "" {
				t.Fatalf("a mark that is not allowed: %.80q", rest)
			}
			if h := hrefForm.FindStringSubmatch(m); h != nil && !strings.HasPrefix(strings.ToLower(h[1]), "http://") && !strings.HasPrefix(strings.ToLower(h[1]), "https://") {
				t.Fatalf("a link to %q", h[1])
			}
			rest = rest[len(m):]
		case '>':
			t.Fatalf("a bare >: %.80q", rest)
		case '&':
			m := amp.FindStringIndex(rest)
			if m == nil || m[0] != 0 {
				t.Fatalf("a bare &: %.80q", rest)
			}
			rest = rest[m[1]:]
		default:
			rest = rest[1:]
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, doc := range fixtures(f) {
		var all any
		if json.Unmarshal(doc, &all) == nil {
			addTexts(f, all)
		}
	}
	for _, s := range attacks {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := Clean(s)
		checkClean(t, out)
		checkClean(t, CleanLinks(s))
		checkClean(t, Plain(s))
		_ = Text(out)
	})
}

func addTexts(f *testing.F, v any) {
	switch w := v.(type) {
	case string:
		if strings.Contains(w, "<") {
			f.Add(w)
		}
	case []any:
		for _, one := range w {
			addTexts(f, one)
		}
	case map[string]any:
		for _, one := range w {
			addTexts(f, one)
		}
	}
}

func FuzzJRD(f *testing.F) {
	for name, doc := range fixtures(f) {
		if strings.Contains(name, "webfinger") || strings.HasPrefix(name, "go-ap") {
			f.Add(doc)
		}
	}
	f.Add(NewJRD("ana@one.example", "https://one.example/ana", "https://one.example/@ana").JSON())
	f.Fuzz(func(t *testing.T, b []byte) {
		j, err := ParseJRD(b)
		if err != nil {
			return
		}
		again, err := ParseJRD(j.JSON())
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(j, again); d != "" {
			t.Fatal(d)
		}
		if a := j.Actor(); a != "" && HostOf(a) == "" {
			t.Fatalf("actor %q", a)
		}
		j.Acct()
	})
}

func FuzzNodeInfo(f *testing.F) {
	f.Add(NodeInfo{Software: "camp", Version: "1", Protocols: []string{"activitypub"}, Users: 3, Active: -1, ActiveHalf: -1, Posts: 1}.JSON("2.1"))
	f.Add(NodeInfoLinks("https://one.example/2.0", "https://one.example/2.1", "https://one.example/app"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if d, a, err := ParseNodeInfoLinks(b); err == nil && (d != "" && HostOf(d) == "" || a != "" && HostOf(a) == "") {
			t.Fatalf("%q %q", d, a)
		}
		n, err := ParseNodeInfo(b)
		if err != nil {
			return
		}
		again, err := ParseNodeInfo(n.JSON("2.1"))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(n, again); d != "" {
			t.Fatal(d)
		}
	})
}

// FuzzHost: every spelling of a host is one host.
func FuzzHost(f *testing.F) {
	for _, s := range []string{"https://Ex%41mple.org/", "https://bücher.example:443/x", "https://a@b.example/", "https://xn--bcher-kva.example./", "https://[::1]/", "https://a.example\\@b.example/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h := HostOf(s)
		if h == "" {
			return
		}
		if again := HostOf("https://" + h + "/x"); again != h {
			t.Fatalf("%q is %q, and that is %q", s, h, again)
		}
		if strings.ToLower(h) != h || strings.ContainsAny(h, "@/\\?# %") {
			t.Fatalf("%q is %q", s, h)
		}
		if !SameHost(s, "https://"+strings.ToUpper(h)+"/") {
			t.Fatalf("%q is not on %q", s, h)
		}
	})
}

// attacks are texts that others were caught by, and their kin.
var attacks = func() []string {
	raw, err := os.ReadFile(filepath.Join("testdata", "attacks.txt"))
	if err != nil {
		return nil
	}
	var list []string
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSuffix(line, "\n"); line != "" && !strings.HasPrefix(line, "## ") {
			list = append(list, line)
		}
	}
	return list
}()
