package desk

import (
	"archive/zip"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
)

// write posts as the host and gives the post's id.
func (k *kept) write(text string) camp.PostID {
	k.t.Helper()
	s := k.on.Load()
	id, err := s.node.Posts.Write(k.t.Context(), s.node.Host(), camp.Draft{Text: text})
	if err != nil {
		k.t.Fatal(err)
	}
	return id
}

// there reports whether the post is there.
func (k *kept) there(id camp.PostID) bool {
	s := k.on.Load()
	_, err := s.node.Posts.Post(k.t.Context(), s.node.Host(), id)
	return err == nil
}

func TestBackupAndBack(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	file := filepath.Join(other, "a.campbackup")
	k := keep(t, dir, func(o *Options) { o.AtOnce = true })
	k.until("on", in(camp.On))
	early := k.write("before the backup")
	phrase := k.do(camp.Intent{Do: camp.DoRecovery}).Phrase
	box := k.do(camp.Intent{Do: camp.DoBackup, File: file}).Backup
	if box == nil || !box.Whole || box.Members != 1 || box.Posts != 1 {
		t.Fatalf("backup %+v", box)
	}
	late := k.write("after it")
	if ans := k.do(camp.Intent{Do: camp.DoCheck, File: file}); !ans.Backup.Whole || ans.Say != "backup.checked.say" {
		t.Errorf("check %+v", ans)
	}
	k.refused(camp.Intent{Do: camp.DoBackup, File: "relative"}, "program.path.say")
	k.refused(camp.Intent{Do: camp.DoCheck, File: filepath.Join(other, "no")}, "backup.file_missing.say")
	k.refused(camp.Intent{Do: camp.DoRestore, File: file, Phrase: phrase}, "program.camp_there.say")
	k.refused(camp.Intent{Do: camp.DoRestore, File: file, Replace: true}, "program.phrase_needed.say")
	k.refused(camp.Intent{Do: camp.DoRestore, File: file, Replace: true, Phrase: "not the phrase"}, "backup.phrase_length.say")
	if k.State().Phase != camp.On || !k.there(late) {
		t.Fatal("a refused restore changed the camp")
	}
	k.do(camp.Intent{Do: camp.DoRestore, File: file, Phrase: phrase, Replace: true})
	if k.State().Phase != camp.On || !k.there(early) || k.there(late) {
		t.Errorf("phase %s, early %v, late %v", k.State().Phase, k.there(early), k.there(late))
	}
	if k.putAside() == "" {
		t.Error("the camp that was here is not kept aside")
	}
	t.Run("into an empty folder", func(t *testing.T) {
		k := keep(t, filepath.Join(other, "new"), func(o *Options) {
			if err := os.Mkdir(o.Home.Data, 0o700); err != nil {
				t.Fatal(err)
			}
		})
		k.until("off", in(camp.Off))
		k.do(camp.Intent{Do: camp.DoRestore, File: file, Phrase: strings.ToLower(phrase)})
		if st := k.State(); st.Phase != camp.On || st.Name != "The Orchard" || !k.there(early) {
			t.Errorf("brought back: %s %q", st.Phase, st.Name)
		}
	})
}

// spoil damages a camp that is off beyond what mends itself.
func spoil(t *testing.T, dir string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, "db", "MANIFEST")); err != nil {
		t.Fatal(err)
	}
	segments, err := filepath.Glob(filepath.Join(dir, "journal", "*"))
	if err != nil || len(segments) == 0 {
		t.Fatalf("no journal: %v", err)
	}
	for _, s := range segments {
		raw, err := os.ReadFile(s)
		if err != nil {
			t.Fatal(err)
		}
		for i := 4096; i < len(raw); i += 512 {
			raw[i] ^= 0xff
		}
		if err := os.WriteFile(s, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRescue(t *testing.T) {
	dir := t.TempDir()
	k := keep(t, dir, func(o *Options) { o.AtOnce = true })
	k.until("on", in(camp.On))
	early := k.write("before the backup")
	k.do(camp.Intent{Do: camp.DoBackup})
	k.refused(camp.Intent{Do: camp.DoRescue, Page: "backup"}, "program.rescue_on.say")
	for range 40 { // so that the damage falls among them
		k.write(strings.Repeat("words and words ", 100))
	}
	for end := time.Now().Add(long); k.keptPhrase() == "" && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if err := k.end(); err != nil {
		t.Fatal(err)
	}
	spoil(t, dir)

	k = keep(t, dir, nil)
	st := k.until("trouble", in(camp.Trouble))
	if st.Problem == nil || st.Problem.Deed != camp.DoRescue || st.Name != "The Orchard" {
		t.Fatalf("problem %+v of %q", st.Problem, st.Name)
	}
	k.refused(camp.Intent{Do: camp.DoRescue, Page: "dance"}, "program.rescue_what.say")
	t.Run("export", func(t *testing.T) {
		to := t.TempDir()
		ans := k.do(camp.Intent{Do: camp.DoRescue, Page: "export", Folder: to})
		if ans.Say != "program.rescue_saved.say" || ans.Args["N"] != "1" {
			t.Errorf("said %s %v", ans.Say, ans.Args)
		}
		z, err := zip.OpenReader(filepath.Join(to, "noor.zip"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = z.Close() }()
		if len(z.File) < 3 {
			t.Errorf("%d files in the archive", len(z.File))
		}
		if left, _ := filepath.Glob(filepath.Join(to, ".work-*")); len(left) != 0 {
			t.Errorf("left behind: %v", left)
		}
		if k.State().Phase != camp.Trouble {
			t.Errorf("phase %s", k.State().Phase)
		}
	})
	ans := k.do(camp.Intent{Do: camp.DoRescue, Page: "backup"})
	if ans.Say != "program.rescued.say" || k.State().Phase != camp.On || !k.there(early) {
		t.Errorf("said %s, phase %s, early post there: %v", ans.Say, k.State().Phase, k.there(early))
	}
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	if _, err := k.Do(ctx, camp.Intent{Do: camp.DoLink}); err != nil {
		t.Error(err)
	}
}

func TestExport(t *testing.T) {
	dir := t.TempDir()
	k := keep(t, dir, func(o *Options) { o.AtOnce = true })
	k.until("on", in(camp.On))
	k.write("mine")
	to := filepath.Join(t.TempDir(), "noor.zip")
	k.do(camp.Intent{Do: camp.DoExport, Person: "noor", File: to})
	z, err := zip.OpenReader(to)
	if err != nil {
		t.Fatal(err)
	}
	_ = z.Close()
	k.refused(camp.Intent{Do: camp.DoExport, Person: "noor", File: to}, "program.file_there.say")
	k.refused(camp.Intent{Do: camp.DoExport, Person: "zed", File: to + "2"}, "people.nobody.say")
	k.refused(camp.Intent{Do: camp.DoExport, Person: "noor", File: filepath.Join(to, "x", "y")}, "program.folder_missing.say")
}
