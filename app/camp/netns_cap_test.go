//go:build netns

package main_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// hostileCap is all the memory that the system gives the program in a storm, as on
// a small computer (reliability.md 11): beyond it the system ends the program.
const hostileCap = 512 << 20

// control is where the kernel keeps a memory limit, in either of its two forms.
type control struct{ dir, limit, ended string }

// cap gives a program no more memory than this, files that it reads included. It
// says false where this machine lets nobody set such a limit.
func (r *running) cap(t *testing.T, most int64) bool {
	t.Helper()
	name := fmt.Sprintf("camp-lab-%d", r.pid(t))
	for _, c := range []control{
		{"/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.oom_control"},
		{"/sys/fs/cgroup", "memory.max", "memory.events"},
	} {
		if _, err := os.Stat(filepath.Join(c.dir, "cgroup.procs")); err != nil {
			continue
		}
		c.dir = filepath.Join(c.dir, name)
		if os.Mkdir(c.dir, 0o755) != nil {
			continue
		}
		t.Cleanup(func() {
			r.end() // a group with somebody in it cannot go
			if err := os.Remove(c.dir); err != nil {
				t.Log(err)
			}
		})
		if os.WriteFile(filepath.Join(c.dir, c.limit), strconv.AppendInt(nil, most, 10), 0o600) != nil ||
			os.WriteFile(filepath.Join(c.dir, "cgroup.procs"), strconv.AppendInt(nil, int64(r.pid(t)), 10), 0o600) != nil {
			continue
		}
		t.Cleanup(func() { c.held(t, r, most) })
		return true
	}
	return false
}

// held checks at the end that the limit held and nobody was ended by it.
func (c control) held(t *testing.T, r *running, most int64) {
	t.Helper()
	if got, err := os.ReadFile(filepath.Join(c.dir, c.limit)); err != nil || string(bytes.TrimSpace(got)) != strconv.FormatInt(most, 10) {
		t.Errorf("the limit is %q, %v", got, err)
	}
	if in, err := os.ReadFile(filepath.Join(c.dir, "cgroup.procs")); err != nil || string(bytes.TrimSpace(in)) != strconv.Itoa(r.pid(t)) {
		t.Errorf("under the limit is %q, want the program %d: %v", in, r.pid(t), err)
	}
	said, err := os.ReadFile(filepath.Join(c.dir, c.ended))
	if err != nil || !strings.Contains(string(said), "oom_kill 0") {
		t.Errorf("the system ended something: %q, %v", said, err)
	}
}
