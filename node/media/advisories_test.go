package media

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"camp/node/camp"
)

// kept are the names that files of ours have, below the camp's folder.
var kept = regexp.MustCompile(`^media/([0-9a-f]{2}/[0-9a-f]+|far/d-[a-z0-9.-]+/[pfbe][0-9]*-[0-9a-f]{32})(-s)?$`)

// CVE-2023-36460 (Mastodon): a file that is several kinds at once, or has an odd
// name, makes the tool for pictures write wherever it likes. Nothing is written but
// under names of our own.
func TestCVE202336460NothingIsWrittenElsewhere(t *testing.T) {
	odd := carriers(t, 30, 20)
	for name, raw := range map[string]string{
		"script for a tool": "push graphic-context\nimage over 0,0 0,0 '|touch was-run'\n", "list of files": "#EXTM3U\n#EXTINF:1\nfile:///etc/passwd\n",
		"postscript": "%!PS\n(x) (w) file\n", "svg with a file": `<svg><image href="file:///etc/passwd"/></svg>`, "paths": "GIF89a../../../../x\x00",
	} {
		odd[name] = []byte(raw)
		odd[name+" behind a picture"] = append(pngOf(t, photo(20, 10)), raw...)
	}
	r, h := newRig(t), newFarHouse(t)
	taken, brought := 0, 0
	for _, b := range odd {
		if _, err := r.Take(t.Context(), mara, bytes.NewReader(b), false); err == nil {
			taken++
		}
	}
	names := []string{"/../../../x.png", "/%2e%2e%2fx", "/a\x00b", `/..\..\x`, "/|touch was-run", "/-o/x", "/con.png", "/" + strings.Repeat("long", 500)}
	for _, at := range []camp.Domain{"far.example", "..", "../up", "a/b", "con.example", ".", `a\b`} {
		for n, name := range names {
			for _, use := range []camp.FarUse{camp.FarAttached, camp.FarFace, camp.FarBanner, camp.FarEmoji} {
				f := camp.FarFile{At: at, URL: "https://far.example" + name, Use: use, Post: camp.PostID(n + 1), Who: camp.MemberID(n + 1)}
				h.world.files[f.URL] = pngOf(t, photo(20, 10))
				if _, file, err := h.OpenFar(t.Context(), someone, f, false); err == nil {
					_ = file.Close()
					brought++
				}
			}
		}
	}
	if taken < 5 || brought < 2*len(names) {
		t.Fatalf("only %d were taken, %d brought: the test shows nothing", taken, brought)
	}
	err := filepath.WalkDir(filepath.Dir(r.opt.Dir), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		below := path
		for _, dir := range []string{r.opt.Dir, h.opt.Dir} {
			if rest, ok := strings.CutPrefix(path, dir+string(filepath.Separator)); ok {
				below = filepath.ToSlash(rest)
			}
		}
		if !kept.MatchString(below) {
			t.Errorf("written: %q", below)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("was-run"); err == nil {
		t.Error("a command was run")
	}
}
