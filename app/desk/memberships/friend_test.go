package memberships

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"camp/node/camp"
)

// beside puts a file beside this program, as make dist would, for one test.
func beside(t *testing.T, name, text string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(filepath.Dir(exe), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(path) })
}

// other is a system that is not this one.
func other() string {
	if own() == "windows/amd64" {
		return "darwin/arm64"
	}
	return "windows/amd64"
}

// listed lists what is in an archive.
func listed(t *testing.T, file string) (list []string) {
	t.Helper()
	if strings.HasSuffix(file, ".zip") {
		z, err := zip.OpenReader(file)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = z.Close() }()
		for _, f := range z.File {
			list = append(list, f.Name)
		}
		return list
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	g, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(g); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Mode&0o111 == 0 {
			t.Errorf("%s cannot be started: mode %o", h.Name, h.Mode)
		}
		list = append(list, h.Name)
	}
}

// TestFriendCopy: the running program can always be handed on, packed as its
// system expects it; nothing is written over.
func TestFriendCopy(t *testing.T) {
	want := ".tar.gz"
	if strings.HasPrefix(own(), "windows/") {
		want = ".zip"
	}
	if !slices.Contains(systems(), own()) {
		t.Fatalf("systems %v, without %s", systems(), own())
	}
	wish := filepath.Join(t.TempDir(), "camp for Mara")
	got, err := friendCopy(own(), wish)
	if err != nil || got != wish+want {
		t.Fatalf("saved as %q (%v), want %q", got, err, wish+want)
	}
	if list := listed(t, got); len(list) == 0 || !strings.HasPrefix(list[0], "camp/camp") {
		t.Errorf("the archive holds %v", list)
	}
	if _, err := friendCopy(own(), got); camp.AsFault(err).Say != "program.file_there.say" {
		t.Errorf("a second copy: %v", err)
	}
}

// TestFriendCopyOfAnother: an archive that make dist left is handed on as it
// is, under a name that says what it is, whatever ending was asked for.
func TestFriendCopyOfAnother(t *testing.T) {
	name := "camp-" + camp.Version + "-" + strings.ReplaceAll(other(), "/", "-")
	dir := t.TempDir()
	if _, err := friendCopy(other(), filepath.Join(dir, "none")); camp.AsFault(err).Say != "join.no_program.say" {
		t.Errorf("there is no program for it: %v", err)
	}
	for _, kind := range archiveKinds {
		t.Run(kind, func(t *testing.T) {
			beside(t, name+kind, "an archive "+kind)
			if !slices.Contains(systems(), other()) {
				t.Errorf("systems %v, without %s", systems(), other())
			}
			for _, wished := range []string{"a", "b.zip", "c.tar.gz"} {
				wish := filepath.Join(dir, kind[1:]+wished)
				want := strings.TrimSuffix(wish, kindOf(wish)) + kind
				got, err := friendCopy(other(), wish)
				if err != nil || got != want {
					t.Fatalf("saved as %q (%v), want %q", got, err, want)
				}
				if raw, err := os.ReadFile(got); err != nil || string(raw) != "an archive "+kind {
					t.Errorf("%s holds %q, %v", got, raw, err)
				}
			}
		})
	}
	for _, wish := range []string{"beside", ""} {
		if _, err := friendCopy(own(), wish); camp.AsFault(err).Say != "program.path.say" {
			t.Errorf("to %q: %v", wish, err)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 6 {
		t.Errorf("refusals left something: %v", left)
	}
}
