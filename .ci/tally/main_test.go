package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const sample = `{"Action":"run","Package":"camp/a","Test":"TestGood"}
{"Action":"output","Package":"camp/a","Test":"TestGood","Output":"quiet please\n"}
{"Action":"pass","Package":"camp/a","Test":"TestGood"}
{"Action":"output","Package":"camp/a","Test":"TestTray","Output":"    a_test.go:7: no tray here\n"}
{"Action":"output","Package":"camp/a","Test":"TestTray","Output":"--- SKIP: TestTray (0.00s)\n"}
{"Action":"skip","Package":"camp/a","Test":"TestTray"}
{"Action":"output","Package":"camp/a","Test":"TestBad","Output":"    a_test.go:9: got 1, want 2\n"}
{"Action":"fail","Package":"camp/a","Test":"TestBad"}
{"Action":"output","Package":"camp/a","Output":"FAIL\n"}
{"Action":"fail","Package":"camp/a"}
{"ImportPath":"camp/b","Action":"build-output","Output":"b.go:1:1: expected 'package'\n"}
{"ImportPath":"camp/b","Action":"build-fail"}
{"Action":"fail","Package":"camp/b","FailedBuild":"camp/b"}
{"Action":"skip","Package":"camp/without"}
`

func TestTally(t *testing.T) {
	dir := t.TempDir()
	list := filepath.Join(dir, "skips")
	if err := os.WriteFile(list, []byte("# why\n\nTestTray: no tray here$\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	sums := filepath.Join(dir, "sums")
	rows := []struct {
		name, in, skips, want string
		ci, ok                bool
	}{
		{"at home", sample, "", "1 passed, 2 failed, 1 skipped", false, false},
		{"in CI a skip fails", sample, "", "1 passed, 3 failed, 1 skipped", true, false},
		{"in CI with a good reason", sample, list, "1 passed, 2 failed, 1 skipped", true, false},
		{"all well", `{"Action":"pass","Package":"p","Test":"T"}`, "", "1 passed, 0 failed, 0 skipped", true, true},
		{"nothing ran", "", "", "0 passed, 0 failed, 0 skipped", false, false},
	}
	for _, r := range rows {
		var out strings.Builder
		ok, err := work(strings.NewReader(r.in), &out, sums, r.skips, false, r.ci)
		if err != nil || ok != r.ok || !strings.HasSuffix(out.String(), r.want+"\n") {
			t.Errorf("%s: %v, %v:\n%s", r.name, ok, err, out.String())
		}
		if r.in != sample {
			continue
		}
		for _, want := range []string{"FAIL camp/a.TestBad", "got 1, want 2", "camp/b", "expected 'package'", "no tray here"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: no %q in\n%s", r.name, want, out.String())
			}
		}
		if strings.Contains(out.String(), "quiet please") {
			t.Errorf("%s: prints what passed", r.name)
		}
	}
	var out strings.Builder
	if ok, err := work(nil, &out, sums, "", true, false); ok || err != nil || out.String() != "4 passed, 7 failed, 3 skipped\n" {
		t.Errorf("total: %v, %v, %s", ok, err, out.String())
	}
}
