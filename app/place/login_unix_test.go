//go:build unix && !darwin

package place

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestStartAtLogin(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	for _, want := range []bool{true, true, false, false} {
		if err := StartAtLogin(want, "--hidden"); err != nil {
			t.Fatal(err)
		}
		if on, err := RepairLogin("--hidden"); on != want || err != nil {
			t.Errorf("there is an entry: %v (%v), want %v", on, err, want)
		}
	}
}

// TestLoginRepairs moves the program and finds the entry mended, and leaves a
// missing entry missing.
func TestLoginRepairs(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	old, moved := Login{Program: "/old/camp", Args: []string{"--hidden"}}, Login{Program: "/new/camp", Args: []string{"--hidden"}}
	if on, err := moved.Repair(); on || err != nil {
		t.Errorf("repaired what is not there: %v, %v", on, err)
	}
	if err := old.Set(true); err != nil {
		t.Fatal(err)
	}
	if on, err := moved.Repair(); !on || err != nil {
		t.Errorf("repair: %v, %v", on, err)
	}
	raw, err := os.ReadFile(filepath.Join(config, "autostart", "camp.desktop.Camp.desktop"))
	if err != nil || !strings.Contains(string(raw), `Exec="/new/camp" "--hidden"`) {
		t.Errorf("the entry reads %q (%v)", raw, err)
	}
	if err := moved.Set(false); err != nil {
		t.Fatal(err)
	}
	if on, err := moved.Repair(); on || err != nil {
		t.Errorf("came back after being switched off: %v, %v", on, err)
	}
}
