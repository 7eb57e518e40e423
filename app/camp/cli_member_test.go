package main_test

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// joiningRun is `camp join` that runs, with the values it prints.
type joiningRun struct {
	c     *cli
	cmd   *exec.Cmd
	lines *bufio.Reader
}

func (c *cli) join(args ...string) *joiningRun {
	c.t.Helper()
	j := &joiningRun{c: c, cmd: exec.Command(c.bin, append([]string{"join", "--json"}, args...)...)}
	j.cmd.Env = c.env
	out, err := j.cmd.StdoutPipe()
	if err == nil {
		err = j.cmd.Start()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = j.cmd.Process.Kill(); _ = j.cmd.Wait() })
	j.lines = bufio.NewReader(out)
	return j
}

// next reads the next value that was printed.
func (j *joiningRun) next() map[string]any {
	j.c.t.Helper()
	line, err := j.lines.ReadBytes('\n')
	var m map[string]any
	if err == nil {
		err = json.Unmarshal(line, &m)
	}
	if err != nil {
		j.c.t.Fatalf("join printed %q: %v", line, err)
	}
	return m
}

// end ends the program and waits for it.
func (j *joiningRun) end() {
	j.c.t.Helper()
	_ = j.cmd.Process.Signal(os.Interrupt)
	_, _ = io.Copy(io.Discard, j.lines)
	if err := j.cmd.Wait(); err != nil {
		j.c.t.Errorf("join ended with %v", err)
	}
}

// The whole way of a member at the command line, over the tunnel on loopback.
func TestCommandLineOfAMember(t *testing.T) {
	t.Parallel() // it mostly waits for programs
	c := buildCLI(t)
	host, dir, aside := filepath.Join(t.TempDir(), "host"), filepath.Join(t.TempDir(), "mara"), t.TempDir()
	c.serve(host, "--name", "The Orchard", "--host-user", "noor", "--tunnel", "127.0.0.1:0")
	ask := func(what ...string) map[string]any { return c.ok(append([]string{"ctl", "--data", dir}, what...)...) }
	code, _ := c.ok("ctl", "--data", host, "invite", "new")["code"].(string)

	j := c.join("camp:"+strings.ToLower(code), "--data", dir, "--name", "Mara", "--message", "From the choir.")
	if m := j.next(); m["state"] != "waiting" || m["camp"] != "The Orchard" || len(m["rules"].([]any)) == 0 {
		t.Errorf("asked: %v", m)
	}
	if m := ask("camps", "list")["camps"].([]any); len(m) != 1 || m[0].(map[string]any)["state"] != "waiting" {
		t.Errorf("camps: %v", m)
	}
	for _, what := range [][]string{{"link"}, {"camps", "phone"}, {"camps", "leave"}} {
		c.says("join.waits.say", []string{"noor", "wait"}, append([]string{"ctl", "--data", dir}, what...)...)
	}
	c.ok("ctl", "--data", host, "member", "ask", "mara", "Which choir?")
	c.refused(1, "ctl", "--data", host, "member", "ask", "noor", "Who?")
	question := func() string {
		q, _ := ask("camps", "list")["camps"].([]any)[0].(map[string]any)["question"].(string)
		return q
	}
	for tries := 0; question() == "" && tries < 200; tries++ { // the camp tells within a moment
	}
	if r := ask("camps", "reply", "The big one."); question() != "Which choir?" || r["reply"] != "The big one." {
		t.Errorf("asked %q, answered %v", question(), r)
	}
	c.refused(1, "ctl", "--data", dir, "camps", "reply", "The small one.")
	if list := c.ok("ctl", "--data", host, "member", "list")["members"].([]any); list[1].(map[string]any)["reply"] != "The big one." {
		t.Errorf("the host reads %v", list)
	}
	c.ok("ctl", "--data", host, "member", "approve", "mara")
	m := j.next()
	if web, _ := m["web"].(string); m["state"] != "member" || !strings.HasPrefix(web, "http://127.0.0.1:") {
		t.Errorf("let in: %v", m)
	}
	st := ask("status")
	if camps, _ := st["camps"].([]any); st["state"] != "off" || len(camps) != 1 || camps[0].(map[string]any)["link"] != "connected" {
		t.Errorf("status of a member: %v", st)
	}
	if _, out, _ := c.run("ctl", "--data", dir, "status"); !strings.Contains(out, "The Orchard") || strings.Contains(out, "off") || strings.Contains(out, "Nobody outside") {
		t.Errorf("status in words: %q", out)
	}
	if url, _ := ask("link")["url"].(string); !strings.HasPrefix(url, m["web"].(string)+"/in/") {
		t.Errorf("link %q", url)
	}
	if cfg, _ := ask("camps", "phone")["code"].(string); !strings.HasPrefix(cfg, "[Interface]\n") {
		t.Errorf("a phone's configuration is %q", cfg)
	}
	if more, _ := ask("camps", "computer")["code"].(string); !strings.HasPrefix(more, "CAMP1-") {
		t.Errorf("code for a computer %q", more)
	}
	own := ask("camps", "devices")["devices"].([]any)
	if len(own) != 2 || own[0].(map[string]any)["this"] == own[1].(map[string]any)["this"] {
		t.Fatalf("own devices: %v", own)
	}
	phone := "1"
	for _, d := range own {
		if d := d.(map[string]any); d["phone"] == true {
			phone = jsonText(d["serial"])
		}
	}
	ask("camps", "lost", phone)
	list := c.ok("ctl", "--data", host, "device", "list", "mara")["devices"].([]any)
	if len(list) != 1 {
		t.Fatalf("the host sees %v", list)
	}
	before := jsonText(list[0].(map[string]any)["serial"])
	if r := ask("camps", "renew"); r["renewed"] != true {
		t.Errorf("a new key: %v", r)
	}
	c.refused(1, "ctl", "--data", dir, "camps", "renew", "nothing")
	if list = c.ok("ctl", "--data", host, "device", "list", "mara")["devices"].([]any); len(list) != 1 {
		t.Fatalf("after a new key the host sees %v", list)
	}
	first := jsonText(list[0].(map[string]any)["serial"])
	if first == before {
		t.Errorf("the device is number %s as before", first)
	}
	c.ok("ctl", "--data", host, "device", "renew", "mara", first)
	c.refused(2, "ctl", "--data", dir, "camps", "lost", "none")
	c.refused(1, "ctl", "--data", dir, "camps", "withdraw")
	c.refused(1, "ctl", "--data", dir, "camps", "forget", "nothing")
	for _, what := range [][]string{{"member", "list"}, {"invite", "new"}, {"backup", filepath.Join(aside, "b")}, {"recovery"}, {"token", "mara"}, {"pause"}} {
		c.says("program.no_own.say", []string{"camps list", "camp serve"}, append([]string{"ctl", "--data", dir}, what...)...)
	}
	c.says("join.which.say", []string{"The Orchard"}, "ctl", "--data", dir, "camps", "leave", "zz")
	if l := ask("camps", "leave", "--erase"); l["leaves"] == nil {
		t.Errorf("leaving: %v", l)
	}
	if list := c.ok("ctl", "--data", host, "member", "list")["members"].([]any); list[1].(map[string]any)["leaves"] == nil {
		t.Errorf("the host sees %v", list)
	}
	if s := ask("camps", "stay"); s["state"] != "member" {
		t.Errorf("staying: %v", s)
	}
	if systems, _ := ask("friend")["systems"].([]any); len(systems) == 0 {
		t.Error("there is a program for no system")
	}
	if f := c.ok("ctl", "--data", host, "friend", "linux/amd64", filepath.Join(aside, "camp")); f["file"] == "" {
		t.Errorf("friend copy %v", f)
	}

	j.end()
	again := c.join("--data", dir)
	if m := again.next(); m["state"] != "member" {
		t.Errorf("came back: %v", m)
	}
	c.ok("ctl", "--data", host, "device", "remove", "mara", first)
	if m := again.next(); m["state"] != "removed" {
		t.Errorf("told of it: %v", m)
	}
	again.end()
	c.refused(1, "join", "--data", dir)
	if list := c.ok("ctl", "--data", host, "device", "list", "mara")["devices"].([]any); len(list) != 0 {
		t.Errorf("a lost device stays: %v", list)
	}
	if code, _ := c.ok("ctl", "--data", host, "member", "back", "mara", "--expires", "1h")["code"].(string); !strings.HasPrefix(code, "CAMP1-") {
		t.Errorf("a code to come back with: %q", code)
	}
	c.refused(1, "ctl", "--data", host, "member", "back", "nobody")
	c.refused(1, "ctl", "--data", host, "device", "list", "nobody")
	c.refused(1, "ctl", "--data", host, "device", "remove", "mara", first)
}

// jsonText gives a number of JSON as text.
func jsonText(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// What the window's settings can do, the command line can.
func TestCommandLineOfSettings(t *testing.T) {
	t.Parallel() // it mostly waits for programs
	c := buildCLI(t)
	dir := filepath.Join(t.TempDir(), "data")
	s := c.serve(dir, "--name", "The Orchard")
	set := func(what, value string) { c.t.Helper(); c.ok("ctl", "--data", dir, "set", what, value) }
	set("name", "The Meadow")
	for _, row := range [][2]string{{"language", "nl"}, {"theme", "dark"}, {"text", "130%"}, {"quiet", "22:00-7:30"}, {"notices", "off"}, {"close", "keep"}, {"awake", "on"}, {"apps", "on"}, {"daily", "3"}, {"weekly", "2"}, {"home", "on"}, {"home", "off"}} {
		set(row[0], row[1])
	}
	backups := t.TempDir()
	set("backups", backups)
	if st := c.ok("ctl", "--data", dir, "status"); st["name"] != "The Meadow" {
		t.Errorf("the name is %v", st["name"])
	}
	for _, row := range [][2]string{{"awake", "maybe"}, {"quiet", "22-7"}, {"text", "big"}, {"daily", "0"}, {"colour", "red"}, {"quiet", "7:00-7:00"}} {
		c.refused(2, "ctl", "--data", dir, "set", row[0], row[1])
	}
	for _, row := range [][2]string{{"language", "tlh"}, {"theme", "pink"}, {"text", "900"}, {"close", "never"}, {"daily", "400"}, {"backups", filepath.Join(backups, "none")}, {"login", "on"}, {"menu", "on"}} {
		c.refused(1, "ctl", "--data", dir, "set", row[0], row[1])
	}
	c.ok("ctl", "--data", dir, "room")
	c.ok("ctl", "--data", dir, "recovery", "done")
	inv := c.ok("ctl", "--data", dir, "invite", "new")
	if again := c.ok("ctl", "--data", dir, "invite", "show", inv["id"].(string)); again["code"] != inv["code"] {
		t.Errorf("shown again: %v", again)
	}
	c.ok("ctl", "--data", dir, "invite", "revoke", inv["id"].(string))
	c.refused(1, "ctl", "--data", dir, "invite", "show", inv["id"].(string))
	c.ok("ctl", "--data", dir, "block", "add", "angry.example", "--reason", "hate")
	list := c.ok("ctl", "--data", dir, "block", "list")["blocks"].([]any)
	if len(list) != 1 {
		t.Fatalf("blocks %v", list)
	}
	b := list[0].(map[string]any)
	has(t, "a block", b, "domain", "level", "reason", "source", "change")
	has(t, "preview", c.ok("ctl", "--data", dir, "block", "preview", "angry.example"), "domain", "follows_lost", "followers_lost", "posts_hidden")
	c.ok("ctl", "--data", dir, "block", "reports", "angry.example", "refuse")
	after := c.ok("ctl", "--data", dir, "block", "list")["blocks"].([]any)[0].(map[string]any)
	if after["no_reports"] != true {
		t.Errorf("after refusing reports: %v", after)
	}
	c.ok("ctl", "--data", dir, "block", "undo", after["change"].(string))
	c.ok("ctl", "--data", dir, "block", "undo", b["change"].(string))
	if list := c.ok("ctl", "--data", dir, "block", "list")["blocks"].([]any); len(list) != 0 {
		t.Errorf("after undo: %v", list)
	}
	c.ok("ctl", "--data", dir, "stop")
	_ = s.cmd.Wait()
	raw, err := os.ReadFile(filepath.Join(dir, "settings.json"))
	if err != nil {
		t.Fatal(err)
	}
	var kept struct {
		Program struct {
			Language  string `json:"language"`
			TextSize  int    `json:"text_size"`
			QuietFrom int    `json:"quiet_from"`
			QuietTo   int    `json:"quiet_to"`
			NoNotices bool   `json:"no_notices"`
			KeepAwake bool   `json:"keep_awake"`
			Apps      bool   `json:"apps"`
		} `json:"program"`
		Folder        string `json:"folder"`
		Daily, Weekly int
		Recovery      bool `json:"recovery"`
	}
	if err := json.Unmarshal(raw, &kept); err != nil {
		t.Fatal(err)
	}
	p := kept.Program
	if p.Language != "nl" || p.TextSize != 130 || p.QuietFrom != 22*60 || p.QuietTo != 7*60+30 || !p.NoNotices || !p.KeepAwake || !p.Apps ||
		kept.Folder != backups || kept.Daily != 3 || kept.Weekly != 2 || !kept.Recovery {
		t.Errorf("kept %s", raw)
	}
}

// TestInstall: the program stands among those of the desktop, where it lies,
// and is taken out again; the script of an archive does both.
func TestInstall(t *testing.T) {
	t.Parallel() // it mostly waits for programs
	c := buildCLI(t)
	home := t.TempDir()
	c.env = append(c.env, "HOME="+home, "XDG_DATA_HOME="+filepath.Join(home, "share"))
	entry := filepath.Join(home, "share", "applications", "camp.desktop.Camp.desktop")
	if got := c.ok("install"); got["installed"] != true {
		t.Errorf("install: %v", got)
	}
	raw, err := os.ReadFile(entry)
	if err != nil || !strings.Contains(string(raw), c.bin) || !strings.Contains(string(raw), "Comment[nl]=") {
		t.Errorf("the entry reads %q, %v", raw, err)
	}
	c.ok("uninstall")
	if _, err := os.Stat(entry); err == nil {
		t.Error("the entry stays")
	}

	folder := t.TempDir()
	script, err := os.ReadFile(filepath.Join(root, ".ci", "install"))
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "install"), script, 0o700)
	}
	if err == nil {
		err = os.Link(c.bin, filepath.Join(folder, "camp"))
	}
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // over itself, too
		cmd := exec.Command(filepath.Join(folder, "install"))
		cmd.Env = c.env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	installed := filepath.Join(home, ".local", "bin", "camp")
	if raw, err := os.ReadFile(entry); err != nil || !strings.Contains(string(raw), installed) {
		t.Errorf("the entry reads %q, %v", raw, err)
	}
	cmd := exec.Command(filepath.Join(folder, "install"), "--remove")
	cmd.Env = c.env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, gone := range []string{installed, entry} {
		if _, err := os.Stat(gone); err == nil {
			t.Errorf("%s stays", gone)
		}
	}
}
