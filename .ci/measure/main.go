// Measure runs the real program and the real store, and prints a table of
// figures: medians, each beside the goal it is held to.
//
//	measure -posts 10000 -camp ./camp [-window ./camp-window] [-check] [-into FILE]
//	measure -posts 1000000 -actors 100000 -camp ./camp [-into FILE]
//	measure -members 100 -camp ./camp [-check] [-into FILE]
//
// The posts are written by 64 writers at once through the same services as a
// member's; a journal that does nothing but keep is measured in the same run on
// the same disk. With -check it prints little and fails where a figure is far
// from its goal or a post is missing: that is what CI runs.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// options of one run.
type options struct {
	posts   int
	actors  int // people of elsewhere, known beside the posts
	members int // measured instead of posts; 0 for posts
	starts  int
	camp    string // the program
	window  string // "" without
	check   bool
	into    string // a document whose table is renewed
	keep    string // a folder to work in, kept; "" for one that goes
	again   bool   // the camp is there from an earlier run with keep: nothing is written
}

// figure is one line of the table.
type figure struct {
	what, got, goal string
	bad             bool // far from the goal: fails a -check
}

func main() {
	var o options
	flag.IntVar(&o.posts, "posts", 10_000, "posts to write")
	flag.IntVar(&o.actors, "actors", 0, "people of elsewhere to know beside them, each with a post")
	flag.IntVar(&o.members, "members", 0, "devices to connect instead, at least two")
	flag.IntVar(&o.starts, "starts", 10, "starts to take the median of")
	flag.StringVar(&o.camp, "camp", "./camp", "the program")
	flag.StringVar(&o.window, "window", "", "the window's program; needs Xvfb and xdotool")
	flag.BoolVar(&o.check, "check", false, "fail where a figure is far from its goal")
	flag.StringVar(&o.into, "into", "", "a document whose table is renewed")
	flag.StringVar(&o.keep, "keep", "", "a folder to work in, that is kept")
	flag.BoolVar(&o.again, "again", false, "measure the camp that an earlier run with -keep left")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	dir := o.keep
	if dir == "" {
		d, err := os.MkdirTemp("", "camp-measure")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(d) }()
		dir = d
	}
	began := time.Now()
	var all []figure
	parts := []func(context.Context, options, string) ([]figure, error){fillAndRead, startAndServe, showWindow}
	if o.again {
		parts = parts[1:]
	}
	if o.members > 1 {
		parts = []func(context.Context, options, string) ([]figure, error){withMembers}
	}
	for _, part := range parts {
		list, err := part(ctx, o, filepath.Join(dir, "camp"))
		if err != nil {
			return err
		}
		all = append(all, list...)
	}
	text := table(o, all, time.Since(began))
	fmt.Print(text)
	if o.into != "" {
		subject, n := o.subject()
		if err := renew(o.into, fmt.Sprintf("%s %d", subject, n), text); err != nil {
			return err
		}
	}
	for _, f := range all {
		if o.check && f.bad {
			return fmt.Errorf("%s: %s, far from %s", f.what, f.got, f.goal)
		}
	}
	return nil
}

// subject is what was measured, as flags and marks call it.
func (o options) subject() (what string, n int) {
	if o.members > 1 {
		return "members", o.members
	}
	if o.actors > 0 {
		return fmt.Sprintf("posts %d with actors", o.posts), o.actors
	}
	return "posts", o.posts
}

func table(o options, all []figure, took time.Duration) string {
	var b strings.Builder
	subject, n := o.subject()
	if o.actors > 0 {
		subject = "people of elsewhere beside " + count(o.posts) + " posts"
	}
	fmt.Fprintf(&b, "**%s %s** · %s · %s\n\n", count(n), subject, machine(), time.Now().UTC().Format("2 January 2006"))
	b.WriteString("| what | measured | goal |\n| --- | --- | --- |\n")
	for _, f := range all {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", f.what, f.got, f.goal)
	}
	if o.actors > 0 {
		subject, n = fmt.Sprintf("posts %d -actors", o.posts), o.actors
	}
	fmt.Fprintf(&b, "\n`.ci/bench -%s %d`, %s in all, load average %s at its end.\n", subject, n, took.Round(time.Second), load())
	return b.String()
}

// renew puts the table in the place of the one of before, between two marks.
func renew(file, mark, text string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	from, to := "<!-- "+mark+" -->\n", "<!-- end of "+mark+" -->\n"
	head, rest, ok := strings.Cut(string(raw), from)
	_, tail, ok2 := strings.Cut(rest, to)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no place for %s", file, mark)
	}
	return os.WriteFile(file, []byte(head+from+text+to+tail), 0o644)
}

// machine names what this was measured on.
func machine() string {
	system := "?"
	if raw, err := os.ReadFile("/etc/os-release"); err == nil {
		for line := range strings.Lines(string(raw)) {
			if v, ok := strings.CutPrefix(strings.TrimSpace(line), "PRETTY_NAME="); ok {
				system = strings.Trim(v, `"`)
			}
		}
	}
	kernel := "?"
	if out, err := exec.Command("uname", "-r").Output(); err == nil {
		kernel = strings.TrimSpace(string(out))
	}
	return fmt.Sprintf("%d shared cores (%s), %s, kernel %s, %s", runtime.NumCPU(), processor(), system, kernel, runtime.Version())
}

func processor() string {
	raw, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(raw)) {
		if v, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(v, " \t:"))
		}
	}
	return runtime.GOARCH
}

func load() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "?"
	}
	one, _, _ := strings.Cut(string(raw), " ")
	return one
}

// spread is what a row of durations says.
type spread []time.Duration

func (s spread) at(part float64) time.Duration {
	c := slices.Sorted(slices.Values(s))
	return c[min(len(c)-1, int(part*float64(len(c))))]
}

func ms(d time.Duration) string {
	return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', 2, 64) + " ms"
}

func mib(kib int64) string { return strconv.FormatFloat(float64(kib)/1024, 'f', 1, 64) + " MiB" }

// count writes 1000000 as 1,000,000.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
