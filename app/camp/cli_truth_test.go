package main_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// says runs a command that must be refused, and checks the key and the words of
// the refusal: each names the way on.
func (c *cli) says(key string, words []string, args ...string) {
	c.t.Helper()
	status, out, said := c.run(append(args, "--json")...)
	var r struct{ Say, Key string }
	if err := json.Unmarshal([]byte(said), &r); err != nil || status == 0 || out != "" || r.Key != key {
		c.t.Errorf("%q: status %d, printed %q, said %q; want %s", args, status, out, said, key)
	}
	for _, w := range words {
		if !strings.Contains(r.Say, w) {
			c.t.Errorf("%q says %q, which does not name %q", args, r.Say, w)
		}
	}
}

// told runs a command and gives what it printed for people.
func (c *cli) told(args ...string) string {
	c.t.Helper()
	status, out, said := c.run(args...)
	if status != 0 {
		c.t.Errorf("%q: status %d, %s", args, status, said)
	}
	return out
}

// noList writes a file that is no list.
func noList(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "page.html")
	if err := os.WriteFile(name, []byte("<!DOCTYPE html><p>Sign in</p>"), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// What the command line says is true, and a refusal names the way on that there is.
func TestCommandLineTellsTheTruth(t *testing.T) {
	t.Parallel() // it mostly waits for programs
	c := buildCLI(t)
	dir, aside := filepath.Join(t.TempDir(), "data"), t.TempDir()
	s := c.serve(dir, "--name", "The Orchard", "--host-user", "noor", "--tunnel", "127.0.0.1:0")
	ctl := func(what ...string) []string { return append([]string{"ctl", "--data", dir}, what...) }

	t.Run("who is to help is asked first", func(t *testing.T) {
		c.ok(ctl("member", "add", "mia")...)
		if r := c.ok(ctl("member", "role", "mia", "helper")...); r["asked"] != true || r["role"] != "member" {
			t.Errorf("role: %v", r)
		}
		if out := c.told(ctl("member", "role", "mia", "helper")...); !strings.Contains(out, "is asked to help") || strings.Contains(out, "is now") {
			t.Errorf("in words: %q", out)
		}
		if out := c.told(ctl("member", "list")...); !strings.Contains(out, "is asked to help") {
			t.Errorf("list: %q", out)
		}
		if r := c.ok(ctl("member", "role", "mia", "guest")...); r["asked"] != false || r["role"] != "guest" {
			t.Errorf("role: %v", r)
		}
		if r := c.ok(ctl("member", "add", "zoe", "--role", "helper")...); r["asked"] != true || r["role"] != "member" {
			t.Errorf("added: %v", r)
		}
	})
	t.Run("how long, how many, when again", func(t *testing.T) {
		if r := c.ok(ctl("member", "stays", "mia", "30")...); r["days"] != 30.0 {
			t.Errorf("stays: %v", r)
		}
		if out := c.told(ctl("member", "stays", "mia", "1")...); !strings.Contains(out, "mia") {
			t.Errorf("stays: %q", out)
		}
		c.says("people.guest_end.say", []string{"90"}, ctl("member", "stays", "mia", "91")...)
		c.says("ctl.usage.number", []string{"soon"}, ctl("member", "stays", "mia", "soon")...)
		if r := c.ok(ctl("member", "invites", "zoe", "0")...); r["invites"] != 0.0 {
			t.Errorf("invites: %v", r)
		}
		c.says("ctl.usage.count", []string{"few"}, ctl("member", "invites", "zoe", "few")...)
		c.ok(ctl("block", "add", "old.example")...)
		if r := c.ok(ctl("block", "review", "old.example", "never")...); r["review"] != "never" {
			t.Errorf("review: %v", r)
		}
		if out := c.told(ctl("block", "review", "old.example", "6")...); !strings.Contains(out, "in 6 months") {
			t.Errorf("review: %q", out)
		}
		c.says("ctl.usage.review", []string{"3, 6, 12, never"}, ctl("block", "review", "old.example", "7")...)
		c.ok(ctl("block", "remove", "old.example")...)
		if r := c.ok(ctl("clock", "right")...); r["clock"] != true {
			t.Errorf("clock: %v", r)
		}
	})
	t.Run("a list for others", func(t *testing.T) {
		c.ok(ctl("block", "add", "angry.example", "--reason", "=hate")...)
		c.ok(ctl("block", "add", "quiet.example", "--level", "firewall")...)
		to := filepath.Join(aside, "list.csv")
		if r := c.ok(ctl("block", "export", to)...); r["rows"] != 1.0 || r["kept_back"] != 1.0 {
			t.Errorf("written: %v", r)
		}
		raw, err := os.ReadFile(to)
		if want := "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\nangry.example,suspend,false,false,'=hate,false\n"; err != nil || string(raw) != want {
			t.Errorf("the file reads %q, %v", raw, err)
		}
		c.says("program.file_there.say", nil, ctl("block", "export", to)...)
		in := filepath.Join(aside, "others.csv")
		if err := os.WriteFile(in, []byte("domain,severity,public_comment\nbad.example,suspend,spam\nangry.example,silence,mild\nx**.example,suspend,\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		blocks := func() int { return len(c.ok(ctl("block", "list")...)["blocks"].([]any)) }
		look := c.ok(ctl("block", "import", in, "--preview")...)
		if look["set"] != 1.0 || look["stands"] != 1.0 || blocks() != 2 {
			t.Errorf("looked: %v, and %d servers are kept away", look, blocks())
		}
		if r := c.ok(ctl("block", "import", in, "--level", "limit")...); r["set"] != 1.0 || blocks() != 3 {
			t.Errorf("read in: %v, and %d servers are kept away", r, blocks())
		}
		brought := ""
		for _, b := range c.ok(ctl("block", "list")...)["blocks"].([]any) {
			if b := b.(map[string]any); b["domain"] == "bad.example" {
				brought, _ = b["change"].(string)
			}
			if b := b.(map[string]any); b["domain"] == "bad.example" && (b["level"] != "limit" || b["source"] != "others.csv") {
				t.Errorf("decided: %v", b)
			}
		}
		if out := c.told(ctl("block", "import", in, "--preview")...); strings.Contains(out, "{{") || strings.Contains(out, "ctl.block") || !strings.Contains(out, "hidden") {
			t.Errorf("in words: %q", out)
		}
		if u := c.ok(ctl("block", "undo", brought, "--all")...); u["undone"] != 1.0 || blocks() != 2 {
			t.Errorf("undone: %v, and %d servers are kept away", u, blocks())
		}
		c.says("border.not_list.say", nil, ctl("block", "import", noList(t, aside))...)
		c.says("program.file_read.say", nil, ctl("block", "import", filepath.Join(aside, "none"))...)
		for _, what := range [][]string{{"lists"}, {"subscribe", "x"}, {"unsubscribe", "x"}} {
			c.says("ctl.later.lists.say", []string{"block add"}, ctl(append([]string{"block"}, what...)...)...)
		}
	})
	t.Run("refusals name the way on", func(t *testing.T) {
		c.says("border.shared.say", []string{"--wide"}, ctl("block", "add", "github.io")...)
		c.says("ctl.set.choices.say", []string{"en, nl"}, ctl("set", "language", "xx")...)
		c.says("ctl.set.choices.say", []string{"light, dark"}, ctl("set", "theme", "pink")...)
		c.says("ctl.set.choices.say", []string{"30"}, ctl("set", "daily", "31")...)
		c.says("ctl.usage.set_value", []string{"on, off"}, ctl("set", "awake", "maybe")...)
		c.says("ctl.usage.on_off", []string{"on or off", "maybe"}, "serve", "--data", dir, "--lan", "maybe")
		c.says("ctl.usage.on_off", []string{"on or off", "maybe"}, "serve", "--data", dir, "--lan=maybe")
	})
	t.Run("what the window can do", func(t *testing.T) {
		c.says("world.no_name.say", nil, ctl("world", "on")...)
		if w := c.ok(ctl("world", "check", "oak.invalid")...); w["on"] != false || w["ready"] != false || len(w["problems"].([]any)) == 0 {
			t.Errorf("check: %v", w)
		}
		if st := c.ok(ctl("status")...); st["domain"] != "" {
			t.Errorf("checking a name gave the camp one: %v", st["domain"])
		}
		if w := c.ok(ctl("world", "off")...); w["on"] != false {
			t.Errorf("off: %v", w)
		}
		if n := c.ok(ctl("invite", "nearby", "close")...); n["open"] != false {
			t.Errorf("nearby: %v", n)
		}
		steps, _ := c.ok(ctl("steps")...)["steps"].([]any)
		if len(steps) == 0 {
			t.Fatal("a new camp has no first steps")
		}
		first, _ := steps[0].(string)
		if left, _ := c.ok(ctl("steps", first)...)["steps"].([]any); len(left) != len(steps)-1 {
			t.Errorf("skipped %s of %v: %v", first, steps, left)
		}
		c.says("ctl.steps.which.say", []string{"backups"}, ctl("steps", "dance")...)
	})
	t.Run("a pause says since and until when", func(t *testing.T) {
		c.ok(ctl("pause", "1h")...)
		st := c.ok(ctl("status")...)
		has(t, "status", st, "since", "until")
		if out := c.told(ctl("status")...); !strings.Contains(out, "since") || !strings.Contains(out, "until") {
			t.Errorf("status: %q", out)
		}
		c.ok(ctl("pause")...)
		if out := c.told(ctl("status")...); !strings.Contains(out, "since") || !strings.Contains(out, "ctl resume") {
			t.Errorf("status: %q", out)
		}
		c.ok(ctl("resume")...)
	})

	phrase, _ := c.ok(ctl("recovery")...)["phrase"].(string)
	backup := filepath.Join(aside, "a.campbackup")
	c.ok(ctl("backup", backup)...)
	// Nobody is asked for a phrase where nothing could come of it.
	c.says("program.in_use_by.say", nil, "restore", backup, "--data", dir)
	c.ok(ctl("member", "add", "lea")...)
	c.ok(ctl("stop")...)
	if err := s.cmd.Wait(); err != nil {
		t.Fatal(err)
	}

	t.Run("a camp that is off", func(t *testing.T) {
		st := c.ok(ctl("status")...)
		if tunnel, _ := st["no_tunnel"].(string); st["members"] != nil || st["waiting"] != nil || st["blocked"] != nil || strings.Contains(tunnel, "no code") {
			t.Errorf("status tells what is not known: %v", st)
		}
		if out := c.told(ctl("status")...); !strings.Contains(out, "is off") || strings.Contains(out, "Nobody") {
			t.Errorf("in words: %q", out)
		}
		c.says("ctl.check_off.say", []string{"--phrase-file", "CAMP_PHRASE"}, ctl("check", backup)...)
		c.says("ctl.recovery_off.say", []string{"camp serve"}, ctl("recovery")...)
		right := &cli{t: t, bin: c.bin, env: append(c.env, "CAMP_PHRASE="+phrase)}
		if b := right.ok(ctl("check", backup)...); b["whole"] != true || b["camp"] != "The Orchard" {
			t.Errorf("checked: %v", b)
		}
		right.says("backup.camp_there.say", []string{"--replace"}, "restore", backup, "--data", dir)
		if b := right.ok("restore", backup, "--data", dir, "--replace"); b["camp"] != "The Orchard" {
			t.Errorf("restored: %v", b)
		}
		again := c.serve(dir)
		for _, m := range c.ok(ctl("member", "list")...)["members"].([]any) {
			if m.(map[string]any)["name"] == "lea" {
				t.Error("who came after the backup is there after it was brought back")
			}
		}
		c.ok(ctl("stop")...)
		_ = again.cmd.Wait()
	})
	t.Run("a wrong code makes no folder", func(t *testing.T) {
		fresh := filepath.Join(aside, "fresh")
		c.says("join.no_code.say", nil, "join", "XX", "--data", fresh, "--name", "Mia")
		if _, err := os.Lstat(fresh); err == nil {
			t.Errorf("it left %s", tree(t, fresh))
		}
		kept := filepath.Join(aside, "kept")
		if err := os.Mkdir(kept, 0o700); err != nil {
			t.Fatal(err)
		}
		c.says("join.no_code.say", nil, "join", "XX", "--data", kept, "--name", "Mia")
		if _, err := os.Lstat(kept); err != nil {
			t.Errorf("a folder that was there is gone: %v", err)
		}
	})
}

// A terminal that closes ends the camp in order, except where it was told to
// outlive it.
func TestTerminalCloses(t *testing.T) {
	t.Parallel() // it mostly waits for programs
	c := buildCLI(t)
	dir := filepath.Join(t.TempDir(), "data")
	heard := make(chan os.Signal, 1) // a signal that is heard here is no longer ignored by what is started: these tests may run under nohup
	signal.Notify(heard, syscall.SIGHUP)
	defer signal.Stop(heard)
	s := c.serve(dir, "--name", "The Orchard")
	_ = s.cmd.Process.Signal(syscall.SIGHUP)
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("ended with %v: %s", err, s.words())
	}
	log, err := os.ReadFile(filepath.Join(dir, "log", "camp.log"))
	if err != nil || !strings.Contains(string(log), "camp off") {
		t.Errorf("it did not end in order: %v\n%s", err, log)
	}

	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell that ignores a signal for a program")
	}
	script := filepath.Join(t.TempDir(), "nohup")
	if err := os.WriteFile(script, []byte("#!"+sh+"\ntrap '' HUP\nexec '"+c.bin+"' \"$@\"\n"), 0o700); err != nil { //nolint:gosec // it is to run
		t.Fatal(err)
	}
	deaf := &cli{t: t, bin: script, env: c.env}
	s = deaf.serve(dir)
	_ = s.cmd.Process.Signal(syscall.SIGHUP)
	if st := c.ok("ctl", "--data", dir, "status"); st["state"] != "on" {
		t.Errorf("the camp was to outlive its terminal: %v", st)
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("ended with %v: %s", err, s.words())
	}
}
