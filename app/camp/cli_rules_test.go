package main_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
)

// rulesFile writes rules for a test of `ctl rules propose`.
func (c *cli) rulesFile(sep string, texts ...string) string {
	c.t.Helper()
	file := filepath.Join(c.t.TempDir(), "rules.txt")
	if err := os.WriteFile(file, []byte(strings.Join(texts, sep)+"\n"), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return file
}

// proposesAlone changes the rules of a camp that has nobody but its host.
func (c *cli) proposesAlone(dir string) {
	c.t.Helper()
	file := c.rulesFile("\n", "1. Be kind.", "2. Ask first.")
	status, out, words := c.run("ctl", "rules", "propose", file, "--data", dir)
	if status != 0 || words != "" || !strings.Contains(out, "ersion 2") || !strings.Contains(out, "2. Ask first.") {
		c.t.Errorf("status %d, %q, %q", status, out, words)
	}
	c.refused(1, "ctl", "rules", "propose", file, "--data", dir) // they hold already
}

// proposesWithOthers tries to change those of a camp that has a member.
func (c *cli) proposesWithOthers(dir string) {
	c.t.Helper()
	before := c.ok("ctl", "rules", "show", "--data", dir)
	c.refused(1, "ctl", "rules", "propose", filepath.Join(dir, "nothing"), "--data", dir)
	c.refused(1, "ctl", "rules", "propose", dir, "--data", dir)
	c.refused(2, "ctl", "rules", "propose", "--data", dir)
	c.refused(1, "ctl", "rules", "propose", c.rulesFile("\n", "Be kind.", "Ask first.", "One more."), "--small", "--data", dir)
	file := c.rulesFile("\r\n\r\n", "Be kind to\r\neach other.", "Ask first.")
	c.refused(1, "ctl", "rules", "propose", file, "--data", dir)
	if now := c.ok("ctl", "rules", "show", "--data", dir); !reflect.DeepEqual(now, before) {
		c.t.Fatalf("refused, and yet %v holds", now)
	}
	got := c.ok("ctl", "rules", "propose", file, "--small", "--data", dir)
	has(c.t, "propose", got, "version", "rules", "hash", "small", "until", "objections")
	now := c.ok("ctl", "rules", "show", "--data", dir)
	if now["version"] != 3.0 || now["hash"] != got["hash"] || !reflect.DeepEqual(now["rules"], []any{"Be kind to each other.", "Ask first."}) {
		c.t.Errorf("proposed %v, hold %v", got, now)
	}
}
