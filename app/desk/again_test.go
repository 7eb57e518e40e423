package desk

import (
	"path/filepath"
	"slices"
	"testing"

	"camp/node/camp"
)

// An older backup over a newer camp lets nobody in who was shut out since, and
// says so; where the newer camp cannot be read, it says that instead.
func TestRestoreShutsOutAgain(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(t.TempDir(), "a.campbackup")
	k := keep(t, dir, func(o *Options) { o.AtOnce = true })
	k.until("on", in(camp.On))
	phrase := k.do(camp.Intent{Do: camp.DoRecovery}).Phrase
	for _, name := range []string{"ada", "ben", "cas"} {
		k.do(camp.Intent{Do: camp.DoMemberAdd, Person: name})
	}
	post := k.write("too much")
	k.do(camp.Intent{Do: camp.DoBackup, File: file})
	restore := func() camp.Answer {
		return k.do(camp.Intent{Do: camp.DoRestore, File: file, Phrase: phrase, Replace: true})
	}
	if ans := restore(); ans.Say != "program.brought.say" {
		t.Errorf("nothing was to be done again, said %q", ans.Say)
	}
	k.do(camp.Intent{Do: camp.DoMemberRemove, Person: "ada"})
	k.do(camp.Intent{Do: camp.DoMemberRemove, Person: "ben", Erase: true})
	k.do(camp.Intent{Do: camp.DoBlock, Domain: "angry.example"})
	s := k.on.Load()
	if err := s.node.Posts.Delete(t.Context(), s.node.Host(), post); err != nil {
		t.Fatal(err)
	}
	ans := restore()
	if ans.Say != "program.brought_again.say" || ans.Args["People"] != "2" || ans.Args["Servers"] != "1" || ans.Args["Posts"] != "1" {
		t.Errorf("said %q %v", ans.Say, ans.Args)
	}
	if k.there(post) {
		t.Error("a post that was deleted is back")
	}
	st := k.until("who is here", func(st camp.State) bool { return st.Phase == camp.On && st.Members == 2 && len(st.Gone) == 2 })
	if st.Blocked != 1 {
		t.Errorf("blocked: %d", st.Blocked)
	}
	if len(k.do(camp.Intent{Do: camp.DoMemberList}).People) != 2 {
		t.Error("somebody who was removed is a member again")
	}
	if err := k.end(); err != nil {
		t.Fatal(err)
	}
	spoil(t, dir)
	k = keep(t, dir, func(o *Options) { o.Hold = true })
	if ans := restore(); ans.Say != "program.brought_open.say" {
		t.Errorf("said %q %v", ans.Say, ans.Args)
	}
	st = k.until("all are here again", func(st camp.State) bool { return st.Phase == camp.On && st.Members == 4 })
	warned := slices.ContainsFunc(st.Needs, func(n camp.Need) bool { return n.Say == "program.brought_open.say" })
	if !warned && (st.Problem == nil || st.Problem.Say != "program.brought_open.say") {
		t.Errorf("the host is not warned: %+v, %+v", st.Needs, st.Problem)
	}
}
