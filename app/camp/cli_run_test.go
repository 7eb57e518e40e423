package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// cli is the built program and what a test needs to drive it.
type cli struct {
	t   *testing.T
	bin string
	env []string
}

// buildCLI builds the program once, for one test with many parts.
func buildCLI(t *testing.T) *cli {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("ends programs by signals")
	}
	bin := filepath.Join(t.TempDir(), "camp")
	build := exec.Command("go", "build", "-o", bin, "camp/app/camp")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the program does not build: %v\n%s", err, out)
	}
	env := []string{"LANG=C.UTF-8", "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir()}
	return &cli{t: t, bin: bin, env: env}
}

// run carries out one command line.
func (c *cli) run(args ...string) (status int, out, words string) {
	c.t.Helper()
	cmd := exec.Command(c.bin, args...)
	cmd.Env = c.env
	var o, w bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &w
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		c.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), o.String(), w.String()
}

// ok runs a command that must succeed and gives the JSON it printed.
func (c *cli) ok(args ...string) map[string]any {
	c.t.Helper()
	status, out, words := c.run(append(args, "--json")...)
	if status != 0 || words != "" {
		c.t.Fatalf("%q: status %d, %s", args, status, words)
	}
	if strings.Count(out, "\n") != 1 {
		c.t.Errorf("%q printed %q, want one value on one line", args, out)
	}
	var m map[string]any
	if err := json.Unmarshal([]byte(out), &m); err != nil {
		c.t.Fatalf("%q printed %q: %v", args, out, err)
	}
	return m
}

// refused runs a command that must be refused, in JSON and in words.
func (c *cli) refused(want int, args ...string) {
	c.t.Helper()
	status, out, words := c.run(append(args, "--json")...)
	var r map[string]any
	err := json.Unmarshal([]byte(words), &r)
	say, _ := r["say"].(string)
	if status != want || out != "" || err != nil || r["error"] == "" || r["error"] == nil || say == "" || strings.HasPrefix(say, "ctl.") || strings.Contains(say, "{{") {
		c.t.Errorf("%q: status %d, printed %q, said %q (%v)", args, status, out, words, err)
	}
	status, out, words = c.run(args...)
	if status != want || out != "" || !strings.Contains(words, say) {
		c.t.Errorf("%q in words: status %d, printed %q, said %q", args, status, out, words)
	}
}

// serving is a camp that runs; what it says for people goes into a file.
type serving struct {
	cmd   *exec.Cmd
	said  string
	ready map[string]any
}

func (s *serving) words() string {
	raw, err := os.ReadFile(s.said)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

func (c *cli) serve(dir string, args ...string) *serving {
	c.t.Helper()
	said, err := os.CreateTemp(c.t.TempDir(), "said")
	if err != nil {
		c.t.Fatal(err)
	}
	defer said.Close()
	s := &serving{cmd: exec.Command(c.bin, append([]string{"--json", "serve", "--data", dir}, args...)...), said: said.Name()}
	s.cmd.Env, s.cmd.Stderr = c.env, said
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = s.cmd.Process.Kill(); _ = s.cmd.Wait() })
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &s.ready)
	}
	if err != nil || s.ready["ready"] != true {
		c.t.Fatalf("not ready: %q, %v, %s", line, err, s.words())
	}
	return s
}

// has checks that every name is there.
func has(t *testing.T, what string, m map[string]any, names ...string) {
	t.Helper()
	for _, n := range names {
		if v, ok := m[n]; !ok || v == nil {
			t.Errorf("%s has no %q: %v", what, n, m)
		}
	}
}

// tree gives every file below dir with its size.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if st, err := d.Info(); err == nil && !d.IsDir() && d.Name() != "lock" { // the lock says who held it last
			fmt.Fprintln(&b, p, st.Size(), st.ModTime().UnixNano())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The whole life of a camp at the command line.
func TestCommandLine(t *testing.T) {
	t.Parallel() // it mostly waits for programs
	c := buildCLI(t)
	dir, aside := filepath.Join(t.TempDir(), "data"), t.TempDir()

	c.refused(1, "ctl", "--data", dir, "status")
	c.refused(1, "ctl", "--data", dir, "link")
	c.refused(2, "ctl", "status")
	c.refused(2, "serve")
	c.refused(2, "dance")
	if tree(t, dir) != "" {
		t.Error("asking about a camp that is not there made files")
	}
	if v := c.ok("version"); v["version"] == "" {
		t.Errorf("version %v", v)
	}

	s := c.serve(dir, "--name", "The Orchard", "--host-user", "Noor", "--tunnel", "127.0.0.1:0", "--lan", "off", "--domain", "oak.example", "--lab-no-rate-limit")
	has(t, "ready", s.ready, "ready", "web", "tunnel", "domain", "version")
	if s.words() != "" || s.ready["domain"] != "oak.example" {
		t.Errorf("ready %v, said %q", s.ready, s.words())
	}
	st := c.ok("ctl", "status", "--data", dir)
	has(t, "status", st, "state", "name", "domain", "web", "tunnel", "members", "waiting", "blocked", "lab", "version", "no_tunnel")
	if st["state"] != "on" || st["name"] != "The Orchard" || st["web"] != s.ready["web"] || st["no_tunnel"] != "" || st["tunnel"] != s.ready["tunnel"] || len(st["lab"].([]any)) != 1 {
		t.Errorf("status %v", st)
	}
	c.refused(1, "serve", "--data", dir)
	c.refused(1, "restore", filepath.Join(aside, "none"), "--data", dir)

	c.proposesAlone(dir)
	added := c.ok("ctl", "--data", dir, "member", "add", "mia", "--role", "helper")
	has(t, "member add", added, "name", "url")
	list := c.ok("--data", dir, "ctl", "member", "list")["members"].([]any)
	if len(list) != 2 {
		t.Errorf("members %v", list)
	}
	for _, m := range list {
		has(t, "a member", m.(map[string]any), "name", "role", "state")
	}
	for _, args := range [][]string{
		{"member", "add", "mia"},
		{"member", "add", "Not A Name!"},
		{"member", "add", "zoe", "--role", "king"},
		{"member", "role", "mia", "host"},
		{"member", "remove", "nobody"},
		{"member", "remove", "noor"},
		{"member", "approve", "mia"},
		{"member", "decline", "nobody"},
		{"token", "nobody"},
		{"token", "mia", "--scopes", "everything"},
		{"check", filepath.Join(aside, "none")},
		{"backup", filepath.Join(aside, "no", "folder")},
		{"export", "nobody", filepath.Join(aside, "x.zip")},
		{"invite", "new", "--uses", "6"},
		{"invite", "new", "--expires", "31d"},
		{"invite", "revoke", "0000000000000000"},
		{"invite", "revoke", "nonsense"},
		{"member", "suspend", "noor"},
		{"report", "resolve", "17", "--note", "none"},
	} {
		c.refused(1, append([]string{"ctl", "--data", dir}, args...)...)
	}
	if after := c.ok("ctl", "--data", dir, "member", "list")["members"].([]any); len(after) != 2 {
		t.Errorf("refusals changed who belongs to the camp: %v", after)
	}
	if left, _ := os.ReadDir(aside); len(left) != 0 {
		t.Errorf("refusals left %v", left)
	}
	c.refused(2, "ctl", "--data", dir, "pause", "soon")
	inv := c.ok("ctl", "--data", dir, "invite", "new", "--uses", "5", "--note", "the choir")
	has(t, "invite new", inv, "id", "code", "expires", "uses")
	if n := len(c.ok("ctl", "--data", dir, "invite", "list")["invites"].([]any)); n != 1 || inv["uses"] != 5.0 {
		t.Errorf("%d invites, made %v", n, inv)
	}
	c.ok("ctl", "--data", dir, "invite", "revoke", inv["id"].(string))
	phone := c.ok("ctl", "--data", dir, "invite", "new", "--phone")
	if code, _ := phone["code"].(string); !strings.HasPrefix(code, "[Interface]\n") {
		t.Errorf("a phone's configuration is %q", code)
	}
	reached := c.ok("ctl", "--data", dir, "reach", "status")
	has(t, "reach", reached, "on", "state", "domain", "world", "ready", "https", "http", "door", "door_at", "until", "problems")
	if reached["domain"] != "oak.example" || reached["world"] != true || reached["ready"] != false || len(reached["problems"].([]any)) != 1 { // no door is open
		t.Errorf("reach %v", reached)
	}
	if six, _ := phone["six"].(string); !strings.HasPrefix(six, "[Interface]\n") || strings.Contains(six, "/32") {
		t.Errorf("without IPv4 it is %q", six)
	}
	has(t, "token", c.ok("ctl", "--data", dir, "token", "mia", "--scopes", "read write"), "token")
	link := c.ok("ctl", "link", "--data", dir)
	if u, _ := link["url"].(string); !strings.HasPrefix(u, s.ready["web"].(string)+"/") {
		t.Errorf("link %v", link)
	}
	has(t, "rules", c.ok("ctl", "rules", "show", "--data", dir), "version", "rules")
	c.proposesWithOthers(dir)
	if list, ok := c.ok("ctl", "report", "list", "--data", dir)["reports"].([]any); !ok || len(list) != 0 {
		t.Errorf("reports %v", list)
	}
	if p := c.ok("ctl", "pause", "1h", "--data", dir); p["state"] != "paused" || c.ok("ctl", "status", "--data", dir)["state"] != "paused" {
		t.Errorf("pause %v", p)
	}
	c.ok("ctl", "resume", "--data", dir)
	c.ok("ctl", "member", "role", "mia", "member", "--data", dir)
	c.ok("ctl", "member", "remove", "mia", "--data", dir)
	if gone := c.ok("ctl", "member", "removed", "--data", dir)["members"].([]any); len(gone) != 1 || gone[0].(map[string]any)["name"] != "mia" {
		t.Errorf("removed: %v", gone)
	}
	c.ok("ctl", "member", "undo", "mia", "--data", dir)
	c.refused(1, "ctl", "member", "undo", "mia", "--data", dir)
	c.ok("ctl", "member", "remove", "mia", "--data", dir)
	c.ok("ctl", "export", "noor", filepath.Join(aside, "noor.zip"), "--data", dir)
	phrase, _ := c.ok("ctl", "recovery", "--data", dir)["phrase"].(string)
	backup := filepath.Join(aside, "a.campbackup")
	has(t, "backup", c.ok("ctl", "backup", backup, "--data", dir), "file", "camp", "whole")
	if b := c.ok("ctl", "check", backup, "--data", dir); b["whole"] != true || b["camp"] != "The Orchard" {
		t.Errorf("check %v", b)
	}
	c.restoresNothingOfARunningCamp(t, dir, aside, backup, phrase)

	if stopped := c.ok("ctl", "stop", "--data", dir); stopped["state"] != "off" {
		t.Errorf("stop %v", stopped)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("serve ended with %v: %s", err, s.words())
	}
	if off := c.ok("ctl", "status", "--data", dir); off["state"] != "off" || off["name"] != "The Orchard" {
		t.Errorf("status of a camp that is off: %v", off)
	}
	before := tree(t, dir)
	for _, args := range [][]string{{"link"}, {"stop"}, {"member", "list"}, {"backup", backup}, {"recovery"}} {
		c.refused(1, append([]string{"ctl", "--data", dir}, args...)...)
	}
	t.Run("restore", func(t *testing.T) { c.restores(t, dir, aside, backup, phrase) })
	if after := tree(t, dir); after != before {
		t.Errorf("refusals changed the folder\n%s\n%s", before, after)
	}

	c.refused(1, "serve", "--data", dir, "--domain", "elm.example") // a camp keeps its name
	c.refused(1, "serve", "--data", filepath.Join(aside, "no"), "--domain", "*.oak.example")
	if _, err := os.Stat(filepath.Join(aside, "no")); err == nil {
		t.Error("a refused name left a folder")
	}

	again := c.serve(dir)
	if again.ready["web"] != s.ready["web"] {
		t.Errorf("the pages moved from %v to %v", s.ready["web"], again.ready["web"])
	}
	if err := again.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := again.cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
	t.Run("a kill leaves nothing in the way", func(t *testing.T) {
		k := c.serve(dir)
		_ = k.cmd.Process.Kill()
		_ = k.cmd.Wait()
		k = c.serve(dir)
		_ = k.cmd.Process.Signal(os.Interrupt)
		if err := k.cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	t.Run("an address that is taken", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		c.refused(1, "serve", "--data", filepath.Join(aside, "other"), "--web", l.Addr().String())
	})
}

// restoresNothingOfARunningCamp: a whole backup and the right phrase, while the
// camp is on. It is refused for that reason, and the camp is what it was.
func (c *cli) restoresNothingOfARunningCamp(t *testing.T, dir, aside, backup, phrase string) {
	t.Helper()
	pf := filepath.Join(aside, "running.txt")
	if err := os.WriteFile(pf, []byte(phrase+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := c.ok("ctl", "member", "list", "--data", dir)
	status, out, words := c.run("restore", backup, "--data", dir, "--phrase-file", pf, "--json")
	if status != 1 || out != "" || !strings.Contains(words, `"program.in_use_by.say"`) || !strings.Contains(words, "process ") {
		t.Errorf("restore over a running camp: status %d, printed %q, said %q", status, out, words)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*restore*")); len(left) != 0 {
		t.Errorf("a refused restore left %q", left)
	}
	if after := c.ok("ctl", "member", "list", "--data", dir); !reflect.DeepEqual(before, after) {
		t.Errorf("it changed the camp from %v to %v", before, after)
	}
}

// restores tries what restore refuses, and what it does.
func (c *cli) restores(t *testing.T, dir, aside, backup, phrase string) {
	pf := filepath.Join(aside, "phrase.txt")
	if err := os.WriteFile(pf, []byte(phrase+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	fresh := filepath.Join(aside, "fresh")
	c.refused(1, "restore", backup, "--data", fresh)
	c.refused(1, "restore", backup, "--data", fresh, "--phrase-file", filepath.Join(aside, "none"))
	c.refused(1, "restore", pf, "--data", fresh, "--phrase-file", pf)
	wrong := &cli{t: t, bin: c.bin, env: append(c.env, "CAMP_PHRASE=AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-AAAAA")}
	wrong.refused(1, "restore", backup, "--data", fresh)
	if _, err := os.Stat(fresh); err == nil {
		t.Error("a refused restore left a folder")
	}
	c.refused(1, "restore", backup, "--data", dir, "--phrase-file", pf)
	cut := filepath.Join(aside, "cut")
	raw, err := os.ReadFile(backup)
	if err == nil {
		err = os.WriteFile(cut, raw[:len(raw)-9], 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	c.refused(1, "restore", cut, "--data", fresh, "--phrase-file", pf)

	right := &cli{t: t, bin: c.bin, env: append(c.env, "CAMP_PHRASE="+phrase)}
	if b := right.ok("restore", backup, "--data", fresh); b["camp"] != "The Orchard" {
		t.Errorf("restored %v", b)
	}
	s := c.serve(fresh)
	if st := c.ok("ctl", "--data", fresh, "status"); st["name"] != "The Orchard" || st["state"] != "on" {
		t.Errorf("what came back: %v", st)
	}
	c.ok("ctl", "--data", fresh, "stop")
	done := make(chan error, 1)
	go func() { done <- s.cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Error("stop came back and the camp still runs")
	}
}
