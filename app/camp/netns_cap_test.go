//go:build netns

package main_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// hostileCap is all the memory that the system gives the program in a storm, as on
// a small computer (reliability.md 11): beyond it the system ends the program.
const hostileCap = 512 << 20

// allowance is a limit of memory that the kernel keeps, in either of its two forms.
type allowance struct {
	dir, limit, ended string
	most              int64
}

// allow limits the memory of what is started in the space from now on, what it reads
// of files included; false where this machine lets nobody do so.
func (s *space) allow(most int64) (a allowance, ok bool) {
	s.t.Helper()
	for _, a := range []allowance{
		{"/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.oom_control", most},
		{"/sys/fs/cgroup", "memory.max", "memory.events", most},
	} {
		if _, err := os.Stat(filepath.Join(a.dir, "cgroup.procs")); err != nil {
			continue
		}
		a.dir = filepath.Join(a.dir, s.ns)
		if os.Mkdir(a.dir, 0o755) != nil {
			continue
		}
		s.t.Cleanup(func() {
			if err := os.Remove(a.dir); err != nil {
				s.t.Log(err)
			}
		})
		if os.WriteFile(filepath.Join(a.dir, a.limit), strconv.AppendInt(nil, most, 10), 0o600) == nil {
			s.under = filepath.Join(a.dir, "cgroup.procs")
			return a, true
		}
	}
	return a, false
}

// held checks that the limit held for the program and that nothing was ended by it.
func (a allowance) held(t *testing.T, r *running) {
	t.Helper()
	for file, want := range map[string]string{a.limit: strconv.FormatInt(a.most, 10), "cgroup.procs": strconv.Itoa(r.pid(t))} {
		if got, err := os.ReadFile(filepath.Join(a.dir, file)); err != nil || string(bytes.TrimSpace(got)) != want {
			t.Errorf("%s is %q, want %s: %v", file, got, want, err)
		}
	}
	said, err := os.ReadFile(filepath.Join(a.dir, a.ended))
	if err != nil || !strings.Contains(string(said), "oom_kill 0") {
		t.Errorf("the system ended something: %q, %v", said, err)
		return
	}
	t.Logf("| memory that the system gives it at most | %d MiB; it was not ended | 512 MiB |", a.most>>20)
}
