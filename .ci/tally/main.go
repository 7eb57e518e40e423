// Tally reads the JSON of "go test -json", says what failed and why, counts
// what passed, failed and was skipped, and adds it to a file, so that a run of
// many stages can end with one line. A skip is a promise not kept: in CI it
// fails unless the list of good reasons has it.
//
//	go test -json ./... | tally -sums FILE [-ci] [-skips FILE]
//	tally -sums FILE -total
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

// event is one line of go test -json (go doc test2json).
type event struct {
	Action, Package, Test, Output, ImportPath, FailedBuild string
}

type key struct{ pkg, test string }

// count is what came of tests.
type count struct{ passed, failed, skipped int }

func (c count) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", c.passed, c.failed, c.skipped)
}

// run is one reading.
type run struct {
	count
	output map[key][]string
	broken map[string]bool // packages with a failing test
	fails  []string        // text to show
	skips  []string        // "package.Test: reason"
	builds map[string][]string
}

const mostLines = 120 // of one failing test

func main() {
	sums := flag.String("sums", "", "file to add the counts to")
	total := flag.Bool("total", false, "print the sum and end")
	ci := flag.Bool("ci", false, "a skip without a good reason fails")
	skips := flag.String("skips", "", "file with good reasons to skip")
	flag.Parse()
	ok, err := work(os.Stdin, os.Stdout, *sums, *skips, *total, *ci)
	if err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

func work(in io.Reader, out io.Writer, sums, skips string, total, ci bool) (bool, error) {
	if total {
		c, err := sum(sums)
		fmt.Fprintln(out, c)
		return c.failed == 0 && c.passed > 0, err
	}
	allowed, err := reasons(skips)
	if err != nil {
		return false, err
	}
	r := read(in)
	for _, f := range r.fails {
		fmt.Fprint(out, f)
	}
	for _, s := range r.skips {
		good := slices.ContainsFunc(allowed, func(p *regexp.Regexp) bool { return p.MatchString(s) })
		if ci && !good {
			r.failed++
			fmt.Fprintln(out, "skipped, although it could have run:", s)
			continue
		}
		fmt.Fprintln(out, "skipped:", s)
	}
	fmt.Fprintln(out, r.count)
	return r.failed == 0 && r.passed+r.skipped > 0, add(sums, r.count)
}

func read(in io.Reader) run {
	r := run{output: map[key][]string{}, broken: map[string]bool{}, builds: map[string][]string{}}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil { // what go itself prints
			if text := strings.TrimSpace(lines.Text()); text != "" {
				r.fails = append(r.fails, text+"\n")
			}
			continue
		}
		r.take(e)
	}
	return r
}

func (r *run) take(e event) {
	k := key{e.Package, e.Test}
	switch e.Action {
	case "output":
		r.output[k] = append(r.output[k], e.Output)
	case "build-output":
		r.builds[e.ImportPath] = append(r.builds[e.ImportPath], e.Output)
	case "pass":
		if e.Test != "" {
			r.passed++
		}
		delete(r.output, k)
	case "skip":
		if e.Test != "" {
			r.skipped++
			r.skips = append(r.skips, e.Package+"."+e.Test+": "+reason(r.output[k]))
		}
		delete(r.output, k)
	case "fail":
		r.fail(e, k)
	}
}

// fail keeps the words of what failed: of a test its own, of a package only
// where none of its tests said anything (it did not build, or it crashed).
func (r *run) fail(e event, k key) {
	if e.Test == "" && r.broken[e.Package] {
		return
	}
	r.failed++
	r.broken[e.Package] = true
	words := r.output[k]
	if e.FailedBuild != "" {
		words = append(r.builds[e.FailedBuild], words...)
	}
	if len(words) > mostLines {
		cut := fmt.Sprintf("    … %d lines left out …\n", len(words)-mostLines)
		words = slices.Concat(words[:mostLines/2], []string{cut}, words[len(words)-mostLines/2:])
	}
	r.fails = append(r.fails, "FAIL "+strings.TrimSuffix(e.Package+"."+e.Test, ".")+"\n"+strings.Join(words, ""))
	delete(r.output, k)
}

// reason finds what t.Skip was told: "    file_test.go:12: no tray here".
func reason(output []string) string {
	for _, line := range slices.Backward(output) {
		if _, text, ok := strings.Cut(line, "_test.go:"); ok {
			if _, text, ok = strings.Cut(text, ": "); ok {
				return strings.TrimSpace(text)
			}
		}
	}
	return "no reason given"
}

func reasons(file string) ([]*regexp.Regexp, error) {
	if file == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var all []*regexp.Regexp
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		p, err := regexp.Compile(line)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, p)
	}
	return all, nil
}

func add(file string, c count) error {
	if file == "" {
		return nil
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, c.passed, c.failed, c.skipped)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

func sum(file string) (count, error) {
	var all count
	raw, err := os.ReadFile(file)
	if err != nil {
		return all, err
	}
	for line := range strings.Lines(string(raw)) {
		var c count
		if _, err := fmt.Sscan(line, &c.passed, &c.failed, &c.skipped); err != nil {
			return all, fmt.Errorf("%s: %w", file, err)
		}
		all.passed, all.failed, all.skipped = all.passed+c.passed, all.failed+c.failed, all.skipped+c.skipped
	}
	return all, nil
}
