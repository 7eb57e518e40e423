package main_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"camp/assets"
)

// sentence is what one language says for a key; one is "" where no count decides.
type sentence struct{ one, other string }

// speech is all sentences of one language, and the file each stands in.
type speech struct {
	say  map[string]sentence
	file map[string]string
}

func readSpeech(t *testing.T, language string) speech {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "assets/locale", language, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no words of %q: %v", language, err)
	}
	sp := speech{say: map[string]sentence{}, file: map[string]string{}}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]json.RawMessage
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		for k, v := range m {
			var s sentence
			var two struct{ One, Other string }
			switch {
			case json.Unmarshal(v, &s.other) == nil:
			case json.Unmarshal(v, &two) == nil && two.One != "" && two.Other != "":
				s = sentence{one: two.One, other: two.Other}
			default:
				t.Errorf("%s: %q is neither a sentence nor one/other", f, k)
			}
			if was, twice := sp.file[k]; twice {
				t.Errorf("%q stands in %s and in %s", k, was, f)
			}
			sp.say[k], sp.file[k] = s, filepath.Base(f)
		}
	}
	return sp
}

// hole is a placeholder: {{.Name}}, or {name} where the page's script fills it.
var hole = regexp.MustCompile(`\{\{[^{}]*\}\}|\{[a-z]+\}`)

func holes(s string) []string {
	found := hole.FindAllString(s, -1)
	sort.Strings(found)
	return slices.Compact(found)
}

func TestWordsAreTheSameInEveryLanguage(t *testing.T) {
	en := readSpeech(t, "en")
	if len(assets.Languages) < 2 || assets.Languages[0] != "en" {
		t.Fatalf("languages are %v", assets.Languages)
	}
	for _, language := range assets.Languages[1:] {
		sp := readSpeech(t, language)
		for k, s := range en.say {
			o, ok := sp.say[k]
			if !ok {
				t.Errorf("%s has no %q (%s)", language, k, en.file[k])
				continue
			}
			if en.file[k] != sp.file[k] {
				t.Errorf("%q stands in en/%s but in %s/%s", k, en.file[k], language, sp.file[k])
			}
			if a, b := holes(s.other), holes(o.other); !slices.Equal(a, b) {
				t.Errorf("%q has %v in en, %v in %s", k, a, b, language)
			}
			if (s.one == "") != (o.one == "") {
				t.Errorf("%q counts in one of en and %s only", k, language)
			}
		}
		for k := range sp.say {
			if _, ok := en.say[k]; !ok {
				t.Errorf("en has no %q (%s of %s)", k, sp.file[k], language)
			}
		}
	}
}

var (
	wellFormed = regexp.MustCompile(`^(\{\{\.[A-Z][A-Za-z0-9]*\}\}|\{[a-z]+\})$`)
	keyShape   = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)
	// Never on the screen: jargon, and the English of another coast.
	banned = regexp.MustCompile(`(?i)\b(peers?|nodes?|instances?|ports?|federat\w*|activitypub|wireguard|badger|daemon|localhost|config\w*|` +
		`invalid|unauthori[sz]ed|forbidden|e-?mail address|error 0x\w*|http [0-9]{3}|` +
		`colors?|favorites?|center|behavior|canceled|gray|license)\b`)
	// Good uses of bad words: a phrase, and the name under which an app is found.
	forInstance = regexp.MustCompile(`(?i)\bfor instance\b|\bWireGuard[ -]app\b`)
	formal      = regexp.MustCompile(`(?i)\b(u|uw|uzelf)\b`)
	bare        = regexp.MustCompile(`(?i)^[^.]*\b(failed|mislukt|fout)[.!]?$`)
)

func TestWordsCanBeShown(t *testing.T) {
	for _, language := range assets.Languages {
		for k, s := range readSpeech(t, language).say {
			where := language + " " + k
			if !keyShape.MatchString(k) && !fyneWord(k) {
				t.Errorf("%s: a key is area.purpose", where)
			}
			for _, form := range []string{s.one, s.other} {
				switch {
				case form == "" && s.other != "":
					continue // does not count
				case strings.TrimSpace(form) != form && !strings.HasSuffix(k, ".text") || form == "":
					t.Errorf("%s: empty, or blanks around %q", where, form)
				case bare.MatchString(form):
					t.Errorf("%s says only that it failed: %q", where, form)
				}
				plain := forInstance.ReplaceAllString(hole.ReplaceAllString(form, ""), "")
				if m := banned.FindString(plain); m != "" {
					t.Errorf("%s: %q does not belong on a screen: %q", where, m, form)
				}
				if language == "nl" && formal.MatchString(plain) {
					t.Errorf("%s: say je, not u: %q", where, form)
				}
				for _, h := range holes(form) {
					if !wellFormed.MatchString(h) {
						t.Errorf("%s: %s is no placeholder", where, h)
					}
				}
				if strings.ContainsAny(plain, "{}") {
					t.Errorf("%s: stray brace in %q", where, form)
				}
			}
			if s.one != "" && !slices.Contains(holes(s.other), "{{.N}}") {
				t.Errorf("%s has two forms but counts nothing: %q", where, s.other)
			}
			for _, h := range holes(s.one) {
				if !slices.Contains(holes(s.other), h) {
					t.Errorf("%s: %s stands in the form for one alone", where, h)
				}
			}
		}
	}
}

// used is every key that code, pages and script ask for.
type used struct {
	keys  map[string]string // key to where
	must  map[string]string // keys that are certainly keys
	parts []*regexp.Regexp  // beginnings and patterns of keys made at run time
	ends  []string          // what is put behind a key: ".old"
}

// Names that have the shape of a key and are none.
var notWords = map[string]string{
	"join.code":     "a field of the window",
	"join.kept":     "a part of the window that opens",
	"people.search": "a field of the window",
	"log.filter":    "a field of the window",
}

var (
	inCode  = regexp.MustCompile(`\{\{[^{}]*?\bsay "([a-z0-9_.]+)"`)
	saying  = regexp.MustCompile(`(^|\.)(say|Say|SayMap|saymap|saying)$`)
	inPage  = regexp.MustCompile(`\[\[([a-z0-9_.]+)\]\]|["'` + "`" + `]([a-z][a-z0-9_]*(?:\.[a-z0-9_%]+)+\.?)["'` + "`" + `]`)
	ending  = regexp.MustCompile(`^\.[a-z_]+$`)
	fileEnd = regexp.MustCompile(`\.(json|tmpl|css|js|svg|png|ico|html|txt|go|toml|sock|lock|camp|log|tmp|sealed|zip|csv|jpg|gif)$`)
)

func findUsed(t *testing.T, areas map[string]bool) used {
	t.Helper()
	u := used{keys: map[string]string{}, must: map[string]string{}}
	for _, s := range sources(t) {
		u.inGo(s, areas)
	}
	walk(t, func(name, text string) {
		if ext := filepath.Ext(name); ext != ".tmpl" && ext != ".js" {
			return
		}
		for _, m := range inPage.FindAllStringSubmatch(text, -1) {
			if m[1] != "" && areas[area(m[1])] {
				u.must[m[1]] = name
			}
			u.note(m[1]+m[2], name, areas)
		}
	})
	return u
}

func (u *used) inGo(s source, areas map[string]bool) {
	deeds := map[ast.Node]bool{} // values of the Do… constants: intents, not words
	ast.Inspect(s.tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			if strings.HasPrefix(n.Names[0].Name, "Do") {
				for _, v := range n.Values {
					deeds[v] = true
				}
			}
		case *ast.KeyValueExpr:
			if id, ok := n.Key.(*ast.Ident); ok && id.Name == "Say" && literal(n.Value) != "" {
				u.must[literal(n.Value)] = s.at(n)
			}
		case *ast.CallExpr:
			switch name := called(n); {
			case (name == "NewFault" || name == "camp.NewFault") && len(n.Args) == 3 && literal(n.Args[1]) != "":
				u.must[literal(n.Args[1])] = s.at(n)
			case saying.MatchString(name) && len(n.Args) > 0 && keyShape.MatchString(literal(n.Args[0])):
				u.must[literal(n.Args[0])] = s.at(n)
			}
		case *ast.BasicLit:
			if n.Kind == token.STRING && !deeds[n] {
				u.note(literal(n), s.at(n), areas)
				for _, m := range inCode.FindAllStringSubmatch(literal(n), -1) {
					u.must[m[1]] = s.at(n) // a template inside the code
					u.note(m[1], s.at(n), areas)
				}
			}
		}
		return true
	})
}

func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
	}
	return ""
}

// note takes a literal for a key, for the beginning of keys ("log."), or for a
// pattern of keys ("kept.%s.why").
func (u *used) note(lit, where string, areas map[string]bool) {
	switch {
	case ending.MatchString(lit):
		u.ends = append(u.ends, lit)
	case !areas[area(lit)] || !strings.Contains(lit, ".") || notWords[lit] != "":
	case strings.HasSuffix(lit, "."), strings.HasSuffix(lit, "_") && keyShape.MatchString(lit):
		u.parts = append(u.parts, regexp.MustCompile("^"+regexp.QuoteMeta(lit)))
	case strings.Contains(lit, "%"):
		q := regexp.MustCompile(`%[sdv]`).ReplaceAllString(regexp.QuoteMeta(lit), `[a-z0-9_.]+`)
		if p, err := regexp.Compile("^" + q + "$"); err == nil && regexp.MustCompile(`^[a-z0-9_.%]+$`).MatchString(lit) {
			u.parts = append(u.parts, p)
		}
	case keyShape.MatchString(lit):
		u.keys[lit] = where
	}
}

func area(key string) string { a, _, _ := strings.Cut(key, "."); return a }

func TestEveryKeyIsThereAndUsed(t *testing.T) {
	en := readSpeech(t, "en")
	areas := map[string]bool{}
	for k := range en.say {
		areas[area(k)] = true
	}
	u := findUsed(t, areas)
	if len(u.keys) == 0 {
		t.Fatal("no key found in code or pages: looking in the wrong place")
	}
	for k, where := range u.must {
		if _, ok := en.say[k]; !ok {
			t.Errorf("%s says %q, which has no words", where, k)
		}
	}
	for k, where := range u.keys {
		if _, ok := en.say[k]; !ok && !fileEnd.MatchString(k) && !u.begins(k) && !prefixOf(k, en.say) {
			t.Errorf("%s: %q looks like a key and has no words", where, k)
		}
	}
	for k := range en.say {
		if !u.asked(k) && !fyneWord(k) {
			t.Errorf("%q (%s) is asked for by nobody", k, en.file[k])
		}
	}
}

// asked reports whether somebody asks for the key, whole or put together.
func (u *used) asked(k string) bool {
	if _, ok := u.keys[k]; ok || u.begins(k) {
		return true
	}
	for _, end := range u.ends {
		if base, ok := strings.CutSuffix(k, end); ok && base != k {
			if _, ok := u.keys[base]; ok || u.begins(base) {
				return true
			}
		}
	}
	return false
}

func (u *used) begins(k string) bool {
	for _, p := range u.parts {
		if p.MatchString(k) {
			return true
		}
	}
	return false
}

// prefixOf reports whether longer keys begin with k: "web.role" of "web.role.host".
func prefixOf(k string, say map[string]sentence) bool {
	for other := range say {
		if strings.HasPrefix(other, k+".") {
			return true
		}
	}
	return false
}

// fyneWord reports whether the toolkit itself asks for the key: its words are
// plain English ("Quit"), or dotted with a capital ("file.Name").
func fyneWord(k string) bool {
	return regexp.MustCompile(`^[A-Za-z]`).MatchString(k) && (!strings.Contains(k, ".") || strings.ToLower(k) != k)
}

// Words as the programs load them agree with the files.
func TestWordsLoad(t *testing.T) {
	for _, language := range assets.Languages {
		w, err := assets.LoadWords(language)
		if err != nil {
			t.Fatal(err)
		}
		sp := readSpeech(t, language)
		if got, want := len(w.Keys()), len(sp.say); got != want {
			t.Errorf("%s: %d keys loaded, %d in the files", language, got, want)
		}
		for k, s := range sp.say {
			if !w.Has(k) {
				t.Errorf("%s: %q is lost", language, k)
			}
			for _, n := range []int{0, 1, 2, 100} {
				want := s.other
				if n == 1 && s.one != "" {
					want = s.one
				}
				want = strings.ReplaceAll(want, "{{.N}}", strconv.Itoa(n))
				if got := w.Say(k, "N", n); got != want {
					t.Errorf("%s: %q of %d is %q, want %q", language, k, n, got, want)
				}
			}
		}
		if got := w.Say("no.such.key"); got != "no.such.key" {
			t.Errorf("a missing key shows as %q", got)
		}
	}
}

// What fills one placeholder is never looked through for another.
func TestWordsFillOnce(t *testing.T) {
	w, err := assets.LoadWords("en")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range w.Keys() {
		if text := w.Say(k); strings.Contains(text, "{{.Name}}") && strings.Contains(text, "{{.N}}") {
			got := w.Say(k, "Name", "{{.N}}", "N", 7)
			if !strings.Contains(got, "{{.N}}") {
				t.Errorf("%s filled its filling: %q", k, got)
			}
			return
		}
	}
	t.Log(fmt.Sprint("no sentence has both placeholders; ", len(w.Keys()), " keys read"))
}
