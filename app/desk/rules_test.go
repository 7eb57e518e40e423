package desk

import (
	"slices"
	"testing"

	"camp/node/camp"
)

// The rules change by the desk, which shows the version before beside them.
func TestRulesChange(t *testing.T) {
	k := keep(t, t.TempDir(), nil)
	k.do(camp.Intent{Do: camp.DoStart})
	first := k.until("the camp is on", func(st camp.State) bool { return st.Phase == camp.On })
	if first.Rules.Version != 1 || first.Former.Version != 0 || !first.Alone() {
		t.Fatalf("at first: %+v, before: %+v, alone %v", first.Rules, first.Former, first.Alone())
	}
	texts := []string{"Be kind.", "Ask first."}
	a := k.do(camp.Intent{Do: camp.DoRulesChange, Texts: texts, Hash: first.Rules.Hash})
	if a.Rules == nil || a.Rules.Version != 2 || !slices.Equal(a.Rules.Texts, texts) {
		t.Errorf("answered %+v", a.Rules)
	}
	k.until("the new rules", func(st camp.State) bool {
		return st.Rules.Version == 2 && st.Former.Hash == first.Rules.Hash && slices.Equal(st.Rules.Texts, texts)
	})
	k.refused(camp.Intent{Do: camp.DoRulesChange, Texts: texts, Hash: first.Rules.Hash}, "people.rules_stale.say")
	k.do(camp.Intent{Do: camp.DoMemberAdd, Person: "mia", Role: camp.RoleMember})
	if st := k.until("mia is here", func(st camp.State) bool { return st.Members == 2 }); st.Alone() {
		t.Error("with mia here the host seems alone")
	}
	k.refused(camp.Intent{Do: camp.DoRulesChange, Texts: texts[:1], Small: true}, "people.rules_vote.say")
	texts[0] = "Be kind!"
	a = k.do(camp.Intent{Do: camp.DoRulesChange, Texts: texts, Small: true})
	if a.Rules == nil || !a.Rules.Small() {
		t.Errorf("answered %+v", a.Rules)
	}
}
