package desk

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"log/slog"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
)

// TestSaved: the host's browser gets what the window writes to a file.
func TestSaved(t *testing.T) {
	k := keep(t, t.TempDir(), func(o *Options) { o.AtOnce = true })
	k.until("on", in(camp.On))
	k.do(camp.Intent{Do: camp.DoMemberAdd, Person: "mara"})
	name, write, err := k.Saved(t.Context(), camp.Intent{Do: camp.DoExport, Person: "mara"})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := write(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || len(z.File) == 0 {
		t.Fatalf("no archive: %v", err)
	}
	if slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == "agreement.json" || strings.HasSuffix(f.Name, ".csv") }) {
		t.Error("the host gets what only mara may read")
	}
	k.until("in the log", func(st camp.State) bool {
		return len(st.Log) > 0 && st.Log[0].Deed == "log.handed_out" && st.Log[0].Args["Whom"] == "mara"
	})
	if !strings.HasPrefix(name, "camp-mara-20") || !strings.HasSuffix(name, ".zip") {
		t.Errorf("it is called %q", name)
	}
	name, _, err = k.Saved(t.Context(), camp.Intent{Do: camp.DoFriendCopy, Page: runtime.GOOS + "/" + runtime.GOARCH})
	if err != nil || !strings.HasPrefix(name, "camp-"+camp.Version+"-"+runtime.GOOS+"-"+runtime.GOARCH+".") {
		t.Errorf("the program is called %q, %v", name, err)
	}
	for _, row := range []struct {
		in  camp.Intent
		say string
	}{
		{camp.Intent{Do: camp.DoExport, Person: "nobody"}, "people.nobody.say"},
		{camp.Intent{Do: camp.DoFriendCopy, Page: "plan9/386"}, "join.no_program.say"},
		{camp.Intent{Do: camp.DoBackup}, "program.unknown_intent.say"},
	} {
		if _, _, err := k.Saved(t.Context(), row.in); err == nil || camp.AsFault(err).Say != row.say {
			t.Errorf("%+v: %v, want %s", row.in, err, row.say)
		}
	}
	if err := k.end(); err != nil {
		t.Fatal(err)
	}
	if err := write(t.Context(), &b); err == nil {
		t.Error("wrote from a camp that has ended")
	}
}

// TestLater: what takes the pages down is carried out once nobody waits; a
// refusal stands where the host looks, until the camp starts anew.
func TestLater(t *testing.T) {
	k := keep(t, t.TempDir(), func(o *Options) { o.AtOnce = true })
	k.until("on", in(camp.On))
	if err := k.Later(camp.Intent{Do: camp.DoWorldOn, Domain: "camp.internal"}); err != nil {
		t.Fatal(err)
	}
	told := func(st camp.State) bool {
		return st.Problem != nil && st.Problem.Say == "border.only_name.say" || slices.ContainsFunc(st.Needs, func(n camp.Need) bool { return n.Say == "border.only_name.say" })
	}
	k.until("told of the refusal", told)
	if err := k.Later(camp.Intent{Do: camp.DoPause}); err != nil {
		t.Fatal(err)
	}
	k.until("paused", in(camp.Paused))
}

// TestLaterIsBounded: nothing piles up behind a desk that is busy.
func TestLaterIsBounded(t *testing.T) {
	d, err := New(Options{Home: homeOf(t.TempDir()), Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Later(camp.Intent{Do: camp.DoPause}); err != nil {
		t.Fatal(err)
	}
	if err := d.Later(camp.Intent{Do: camp.DoPause}); err == nil || camp.AsFault(err).Say != "pages.busy.say" {
		t.Errorf("a second: %v", err)
	}
}

// TestLaterRestore: a camp that is on is replaced by its backup; where that
// cannot be, the camp is on as it was and its host is told.
func TestLaterRestore(t *testing.T) {
	dir := t.TempDir()
	k := keep(t, dir, func(o *Options) { o.AtOnce = true })
	k.until("on", in(camp.On))
	phrase, file := k.do(camp.Intent{Do: camp.DoRecovery}).Phrase, filepath.Join(t.TempDir(), "b.camp")
	k.do(camp.Intent{Do: camp.DoBackup, File: file})
	k.do(camp.Intent{Do: camp.DoMemberAdd, Person: "mara"})
	k.until("two", func(st camp.State) bool { return st.Members == 2 })
	if err := k.Later(camp.Intent{Do: camp.DoRestore, File: file + "x", Phrase: phrase, Replace: true}); err != nil {
		t.Fatal(err)
	}
	st := k.until("told", func(st camp.State) bool { return st.Problem != nil })
	if st.Phase != camp.On || st.Members != 2 {
		t.Errorf("a backup that is not there left %s with %d", st.Phase, st.Members)
	}
	if err := k.Later(camp.Intent{Do: camp.DoRestore, File: file, Phrase: phrase, Replace: true}); err != nil {
		t.Fatal(err)
	}
	k.until("back", func(st camp.State) bool { return st.Phase == camp.On && st.Members == 1 })
}
