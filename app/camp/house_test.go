package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// source is one Go file of the programs, tests left out.
type source struct {
	name string // below the root, with slashes
	text string
	set  *token.FileSet
	tree *ast.File
}

func (s source) at(n ast.Node) string {
	return s.name + ":" + strconv.Itoa(s.set.Position(n.Pos()).Line)
}

const root = "../.."

// sources reads every Go file of the house, for all systems.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	walk(t, func(name, text string) {
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, name, text, parser.ParseComments)
		if err != nil {
			t.Errorf("%s does not parse: %v", name, err)
			return
		}
		all = append(all, source{name: name, text: text, set: set, tree: tree})
	})
	if len(all) < 20 {
		t.Fatalf("found %d files: looking in the wrong place", len(all))
	}
	return all
}

// walk hands over every file of the house that is not hidden.
func walk(t *testing.T, fn func(name, text string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if p != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "dist" || d.Name() == "testdata") {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if d.IsDir() || !d.Type().IsRegular() {
			return nil
		}
		switch filepath.Ext(p) {
		case ".go", ".tmpl", ".js", ".css", ".json", ".md", ".txt", ".svg":
		default:
			return nil
		}
		raw, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, p)
		fn(filepath.ToSlash(name), string(raw))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A manner is a call that has no place in some rooms.
type manner struct {
	why   string
	calls []string // "package.Name", also where it is not called but handed on
	in    []string // folders, with all below; none: everywhere
	but   []string // folders or files
	main  bool     // programs may
	// defended are files where it was argued and accepted, each with why.
	defended map[string]string
}

var manners = []manner{
	{
		why:   "nobody can be stopped while asleep: a timer beside ctx.Done() wakes up",
		calls: []string{"time.Sleep"},
	},
	{
		why:   "time comes from outside, else nothing can be tested at the end of the year",
		calls: []string{"time.Now", "time.Since", "time.Until"},
		in:    []string{"node", "store", "tunnel"},
	},
	{
		why:   "a context made below main cannot be cancelled by whoever ends the camp",
		calls: []string{"context.Background", "context.TODO"},
		main:  true,
		defended: map[string]string{
			"store/keep.go":         "the store's housekeeping outlives every caller and ends with Close",
			"store/journal_keep.go": "read once while opening, from memory",
			"store/open.go":         "Close must write its last note, whoever has gone",
		},
	},
	{
		why:   "one client judges every address that goes out",
		calls: []string{"http.Get", "http.Post", "http.Head", "http.PostForm", "http.DefaultClient", "http.DefaultTransport"},
		but:   []string{"node/camp/camptest"}, // closes what tests left of it
	},
	{
		why:   "the node is handed its doors; it neither opens nor knocks",
		calls: []string{"net.Dial", "net.DialTimeout", "net.Listen", "net.ListenPacket"},
		in:    []string{"node", "store"}, but: []string{"node/outside"},
	},
	{
		why:   "one client judges every address that goes out; the node has no other",
		calls: []string{"http.Client", "http.Transport", "http.NewRequest", "net.Dialer", "tls.Dialer", "tls.Client", "tls.Dial"},
		in:    []string{"node", "store"}, but: []string{"node/outside", "node/camp/camptest"},
	},
	{
		why:   "a letter is what was let out, or what the store reads back of such; nobody else makes one of a row",
		calls: []string{"camp.LetterReadBack"},
		but:   []string{"store/rows_letter.go"},
	},
	{
		why:   "only a program ends itself; anything below hands its error up",
		calls: []string{"os.Exit", "log.Fatal", "log.Fatalf"},
		main:  true,
	},
	{
		why:   "only a program speaks to the terminal",
		calls: []string{"fmt.Print", "fmt.Println", "fmt.Printf", "os.Stdout", "os.Stderr"},
		main:  true, but: []string{"node/camp/camptest"}, // the program there are the tests
	},
	{
		why:   "only place knows where files lie on each system",
		calls: []string{"os.UserConfigDir", "os.UserCacheDir", "os.UserHomeDir"},
		but:   []string{"app/place"},
		defended: map[string]string{
			"app/ui/chooser.go": "a person who looks for a file begins at home; nothing of Camp's lies there",
		},
	},
}

func TestManners(t *testing.T) {
	for _, s := range sources(t) {
		for _, m := range manners {
			if !under(s.name, m.in, true) || under(s.name, m.but, false) || m.main && s.tree.Name.Name == "main" {
				continue
			}
			if _, ok := m.defended[s.name]; ok {
				continue
			}
			for _, n := range s.uses(m.calls) {
				t.Errorf("%s: %s", s.at(n), m.why)
			}
		}
	}
}

func under(name string, rooms []string, none bool) bool {
	for _, r := range rooms {
		if name == r || strings.HasPrefix(name, r+"/") {
			return true
		}
	}
	return none && len(rooms) == 0
}

// uses finds "package.Name" where package is really imported under that name.
func (s source) uses(calls []string) []ast.Node {
	imported := map[string]bool{}
	for _, i := range s.tree.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		if i.Name == nil {
			imported[filepath.Base(p)] = true
		} else if i.Name.Name == filepath.Base(p) {
			imported[i.Name.Name] = true
		}
	}
	var found []ast.Node
	ast.Inspect(s.tree, func(n ast.Node) bool {
		// The deadline of a connection is a time of the system's own clock.
		if c, ok := n.(*ast.CallExpr); ok {
			if f, ok := c.Fun.(*ast.SelectorExpr); ok && strings.HasSuffix(f.Sel.Name, "Deadline") {
				return false
			}
		}
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := sel.X.(*ast.Ident)
		if !ok || x.Obj != nil || !imported[x.Name] {
			return true
		}
		for _, c := range calls {
			if c == x.Name+"."+sel.Sel.Name {
				found = append(found, sel)
			}
		}
		return true
	})
	return found
}

// No effect at start-up that nobody asked for, no looking into types, no files
// that nobody can hold in their head.
func TestShape(t *testing.T) {
	const longest = 800 // lines
	reflects := map[string]string{
		"app/ui/view.go": "two whole snapshots are compared, whatever they hold",
	}
	for _, s := range sources(t) {
		if n := strings.Count(s.text, "\n"); n > longest {
			t.Errorf("%s has %d lines: split it by use case", s.name, n)
		}
		for _, i := range s.tree.Imports {
			switch p, _ := strconv.Unquote(i.Path.Value); {
			case p == "reflect" && reflects[s.name] == "":
				t.Errorf("%s: reflect belongs in tests", s.at(i))
			case p == "unsafe" && !strings.HasSuffix(s.name, "_windows.go") && !strings.HasSuffix(s.name, "_darwin.go"):
				t.Errorf("%s: unsafe only where a system call leaves no other way", s.at(i))
			}
		}
		for _, d := range s.tree.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: init acts before anybody asked", s.at(f))
			}
		}
	}
}

// Errors are matched by value, said in our words, and logged under fixed messages.
func TestErrorsAndLogs(t *testing.T) {
	wordy := map[string]string{
		"store/open_badger.go": "Badger tells a busy folder and a half-made file by words alone",
	}
	for _, s := range sources(t) {
		ast.Inspect(s.tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			switch sel.Sel.Name {
			case "Contains", "HasPrefix", "HasSuffix", "EqualFold":
				if len(call.Args) > 0 && isErrorText(call.Args[0]) && wordy[s.name] == "" {
					t.Errorf("%s: an error is matched on its text", s.at(call))
				}
			case "Errorf", "New":
				if len(call.Args) > 0 && strings.HasPrefix(literal(call.Args[0]), "failed to") {
					t.Errorf("%s: name the operation, without \"failed to\"", s.at(call))
				}
			case "Debug", "Info", "Warn", "Error", "DebugContext", "InfoContext", "WarnContext", "ErrorContext":
				first := 0
				if strings.HasSuffix(sel.Sel.Name, "Context") {
					first = 1
				}
				if isLogger(sel.X) && len(call.Args) > first && literal(call.Args[first]) == "" {
					t.Errorf("%s: a log message is fixed words; what differs goes into attributes", s.at(call))
				}
			}
			return true
		})
	}
}

func isErrorText(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok || len(call.Args) != 0 {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Error"
}

func isLogger(e ast.Expr) bool {
	switch x := e.(type) {
	case *ast.Ident:
		return strings.Contains(strings.ToLower(x.Name), "log")
	case *ast.SelectorExpr:
		return strings.Contains(strings.ToLower(x.Sel.Name), "log")
	}
	return false
}

// literal gives the text of a string literal, "" for anything else.
func literal(e ast.Expr) string {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(l.Value)
	if err != nil {
		return ""
	}
	return s
}

// Every package's tests end with a look for goroutines that were left behind,
// under every tag (reliability.md 11).
func TestEveryPackageLooksForLeaks(t *testing.T) {
	looks := map[string]bool{} // by folder
	walk(t, func(name, text string) {
		if !strings.HasSuffix(name, "_test.go") {
			return
		}
		folder := filepath.Dir(name)
		does := strings.Contains(text, "camptest.Main(") || strings.Contains(text, "camptest.After(") || folder == "node/camp/camptest" && strings.Contains(text, "os.Exit(Main(m))")
		if strings.Contains(text, "func TestMain(") && !does {
			t.Errorf("%s: TestMain ends with neither camptest.Main nor camptest.After", name)
		}
		looks[folder] = looks[folder] || does
	})
	if len(looks) < 20 {
		t.Fatalf("found %d folders with tests: looking in the wrong place", len(looks))
	}
	for folder, does := range looks {
		if !does {
			t.Errorf("%s: no TestMain that ends with camptest.Main", folder)
		}
	}
}
