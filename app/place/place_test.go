package place

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestFoldersPerSystem(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("paths are written with slashes")
	}
	for _, row := range []struct {
		name, goos string
		env        map[string]string
		dir        string
		want       Home
	}{
		{"linux", "linux", nil, "", Home{"/home/noor/.local/share/camp", "/home/noor/.config/camp", "/home/noor/.local/state/camp"}},
		{
			"linux, moved", "linux",
			map[string]string{"XDG_DATA_HOME": "/d", "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s"},
			"",
			Home{"/d/camp", "/c/camp", "/s/camp"},
		},
		{"linux, a relative one is ignored", "linux", map[string]string{"XDG_DATA_HOME": "d"}, "", Home{"/home/noor/.local/share/camp", "/home/noor/.config/camp", "/home/noor/.local/state/camp"}},
		{"windows", "windows", map[string]string{"LocalAppData": "/local"}, "", Home{"/local/Camp/data", "/local/Camp/config", "/local/Camp/log"}},
		{
			"macOS", "darwin", nil, "",
			Home{"/home/noor/Library/Application Support/Camp/data", "/home/noor/Library/Application Support/Camp", "/home/noor/Library/Logs/Camp"},
		},
		{"a folder given", "linux", nil, "/x/y/", Home{"/x/y", "/x/y", "/x/y/log"}},
		{"CAMP_HOME", "linux", map[string]string{"CAMP_HOME": "/h"}, "", Home{"/h", "/h", "/h/log"}},
		{"a folder given wins over CAMP_HOME", "darwin", map[string]string{"CAMP_HOME": "/h"}, "/x", Home{"/x", "/x", "/x/log"}},
		{"the usual folder by its name", "linux", nil, "/home/noor/.local/share/camp", Home{"/home/noor/.local/share/camp", "/home/noor/.config/camp", "/home/noor/.local/state/camp"}},
	} {
		s := surroundings{goos: row.goos, env: func(k string) string { return row.env[k] }, home: func() (string, error) { return "/home/noor", nil }}
		got, err := find(s, row.dir)
		if err != nil || got != row.want {
			t.Errorf("%s: %+v, %v; want %+v", row.name, got, err, row.want)
		}
	}
	for _, goos := range []string{"linux", "windows", "darwin"} {
		s := surroundings{goos: goos, env: func(string) string { return "" }, home: func() (string, error) { return "", errors.New("none") }}
		if _, err := find(s, ""); !errors.Is(err, ErrNoHome) {
			t.Errorf("%s without a home: %v", goos, err)
		}
		if h, err := find(s, "/x"); err != nil || h.Data != "/x" {
			t.Errorf("%s without a home, a folder given: %+v, %v", goos, h, err)
		}
	}
}

func TestMakeIsPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	h := Home{Data: dir, Config: dir, Logs: filepath.Join(dir, "log")}
	if err := h.Make(); err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(h.Logs)
	if err != nil || runtime.GOOS != "windows" && st.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", st.Mode(), err)
	}
}

// TestHolder: whatever stands in a lock, nothing wrong is said of who holds it.
func TestHolder(t *testing.T) {
	at := time.Date(2026, 11, 22, 1, 2, 3, 0, time.UTC)
	for text, want := range map[string]Holding{
		"": {}, "x\n2026-11-22T01:02:03Z\nana\n": {}, "-3\n": {}, "7": {Process: 7}, "7\nyesterday\n": {Process: 7},
		"7\n2026-11-22T01:02:03Z\n": {Process: 7, Since: at}, "7\r\n2026-11-22T01:02:03Z\r\nana b\r\n": {7, at, "ana b"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "lock"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := Holder(dir); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	if Locked(dir) || Locked(filepath.Join(dir, "none")) || Holder(dir) != (Holding{}) {
		t.Error("held before anybody took it")
	}
	l, err := Take(dir, time.Date(2026, 11, 22, 1, 2, 3, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Take(dir, time.Now()); !errors.Is(err, ErrLocked) {
		t.Errorf("taken twice: %v", err)
	}
	want := Holding{os.Getpid(), time.Date(2026, 11, 22, 1, 2, 3, 0, time.UTC), account()}
	if got := Holder(dir); !Locked(dir) || got != want || got.Person == "" {
		t.Errorf("locked %v by %+v, want %+v", Locked(dir), got, want)
	}
	if raw, err := os.ReadFile(filepath.Join(dir, "lock")); err != nil || !strings.Contains(string(raw), "2026-11-22T01:02:03Z") {
		t.Errorf("the lock says %q, %v", raw, err)
	}
	if err := l.Release(); err != nil || Locked(dir) {
		t.Errorf("after Release: %v, locked %v", err, Locked(dir))
	}
	if l, err = Take(dir, time.Now()); err != nil {
		t.Fatal(err)
	}
	_ = l.Release()
}

func TestWriteReplacesWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	for _, text := range []string{"one", "two, longer"} {
		if err := Write(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if raw, err := os.ReadFile(path); err != nil || string(raw) != text {
			t.Errorf("%q, %v", raw, err)
		}
	}
	if st, _ := os.Stat(path); runtime.GOOS != "windows" && st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", st.Mode())
	}
	if err := Write(filepath.Join(dir, "no", "f"), nil); err == nil {
		t.Error("written into a folder that is not there")
	}
	if list, _ := os.ReadDir(dir); len(list) != 1 {
		t.Errorf("left behind: %v", list)
	}
}

func TestSettings(t *testing.T) {
	h := Home{Config: t.TempDir()}
	s, err := h.LoadSettings()
	if err != nil || s.Version != SettingsVersion {
		t.Fatalf("without a file: %+v, %v", s, err)
	}
	newer := `{"version": 7, "web": "127.0.0.1:5", "wind": {"speed": 3}, "program": {"theme": "dark"}}`
	if err := os.WriteFile(h.settings(), []byte(newer), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err = h.LoadSettings(); err != nil || s.Web != "127.0.0.1:5" || s.Program.Theme != "dark" {
		t.Fatalf("%+v, %v", s, err)
	}
	s.Web = "127.0.0.1:6"
	if err := h.SaveSettings(s); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(h.settings())
	if err != nil || !strings.Contains(string(raw), `"speed": 3`) || !strings.Contains(string(raw), "127.0.0.1:6") || !strings.Contains(string(raw), `"version": 7`) {
		t.Errorf("saved as %s, %v", raw, err)
	}
	if err := os.WriteFile(h.settings(), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := h.LoadSettings(); !errors.Is(err, ErrSettings) {
		t.Errorf("a broken file: %v", err)
	}
	if err := h.SetAside(); err != nil {
		t.Error(err)
	}
	if _, err := h.LoadSettings(); err != nil {
		t.Errorf("after putting it aside: %v", err)
	}
}

func FuzzSettings(f *testing.F) {
	for _, seed := range []string{`{}`, `{"version":1,"wishes":{"lan":"on"}}`, `null`, `[]`, `{"program":3}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := parseSettings(raw)
		if err != nil {
			return
		}
		once, err := s.bytes()
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseSettings(once)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, once)
		}
		twice, err := again.bytes()
		if err != nil || string(once) != string(twice) {
			t.Errorf("not stable: %v\n%s\n%s", err, once, twice)
		}
	})
}

func TestLogGoesRound(t *testing.T) {
	dir := t.TempDir()
	l, err := openLog(dir, 100, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 60 {
		if _, err := l.Write([]byte(strings.Repeat(string(rune('a'+n%26)), 29) + "\n")); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(l.Close(), l.Close()); err != nil {
		t.Error(err)
	}
	list, _ := os.ReadDir(dir)
	var total int64
	for _, e := range list {
		st, _ := e.Info()
		total += st.Size()
		if st.Size() > 100 {
			t.Errorf("%s has %d bytes", e.Name(), st.Size())
		}
	}
	if len(list) != logFiles || total == 0 {
		t.Errorf("%d files with %d bytes", len(list), total)
	}
	newest, err := os.ReadFile(filepath.Join(dir, logName))
	if err != nil || !strings.HasSuffix(string(newest), strings.Repeat("h", 29)+"\n") { // the 60th
		t.Errorf("the newest line is not in the newest file: %q, %v", newest, err)
	}
	if l, err = openLog(dir, 100, time.Now); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	if l.size != int64(len(newest)) {
		t.Errorf("goes on at %d, want %d", l.size, len(newest))
	}
}

// TestLogIsForgotten: no line is older than a week once something new was
// written, however long the program was not there.
func TestLogIsForgotten(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	say := func(l *LogFile) {
		line := "time=" + now.Format(time.RFC3339) + " level=INFO msg=here\n"
		if _, err := l.Write([]byte(line)); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(dir, logName), now, now); err != nil {
			t.Fatal(err)
		}
	}
	l, err := openLog(dir, 1<<20, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	oldest := func() (age time.Duration) {
		files, err := filepath.Glob(filepath.Join(dir, logName+"*"))
		if err != nil || len(files) == 0 || len(files) > logFiles {
			t.Fatalf("files %v, %v", files, err)
		}
		for _, f := range files {
			age = max(age, now.Sub(firstTime(f, now)))
		}
		return age
	}
	for range 20 * 24 { // some lines a day
		say(l)
		if got := oldest(); got > LogLife {
			t.Fatalf("a line is %s old", got)
		}
		now = now.Add(time.Hour)
	}
	if oldest() < 3*24*time.Hour {
		t.Errorf("the oldest line is %s old: too much is forgotten", oldest())
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	now = now.Add(6 * 24 * time.Hour)
	if l, err = openLog(dir, 1<<20, func() time.Time { return now }); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	say(l)
	if got := oldest(); got > LogLife {
		t.Errorf("after six days away a line is %s old", got)
	}
}

// TestLogOnAFullDisk: lines that cannot be written are lost; nobody is stopped by it.
func TestLogOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, logName)
	if _, err := os.Stat("/dev/full"); err != nil {
		path = "" // a folder in the place of the file does as well
	}
	if path == "" {
		if err := os.Mkdir(filepath.Join(dir, logName), 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := openLog(dir, 100, time.Now); err == nil {
			t.Error("a folder is taken for a log")
		}
		return
	}
	if err := os.Symlink("/dev/full", path); err != nil {
		t.Fatal(err)
	}
	l, err := openLog(dir, 100, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if n, err := l.Write([]byte("time=2026-11-30T10:00:00Z msg=here\n")); err != nil || n == 0 {
			t.Fatalf("a full disk stops who writes: %d, %v", n, err)
		}
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}
