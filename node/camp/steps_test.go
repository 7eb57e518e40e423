package camp

import (
	"slices"
	"testing"
)

// TestSteps: what was done or skipped is offered no more; to stay on is offered
// once somebody was invited.
func TestSteps(t *testing.T) {
	host := Person{Name: "vera", Role: RoleHost, Standing: Joined}
	for name, row := range map[string]struct {
		st   State
		want []string
	}{
		"new":      {State{Phase: On, People: []Person{host}}, []string{"name", "invite", "rules", "backups", "recovery"}},
		"off":      {State{Phase: Off, People: []Person{host}}, nil},
		"skipped":  {State{Phase: On, People: []Person{host}, Skipped: []string{"name", "rules", "backups"}}, []string{"invite", "recovery"}},
		"invited":  {State{Phase: On, People: []Person{host}, Invites: []InviteLine{{}}, Recovery: true}, []string{"name", "rules", "backups", "stay"}},
		"waiting":  {State{Phase: On, People: []Person{host, {Standing: Waiting}}, Recovery: true}, []string{"name", "invite", "rules", "backups"}},
		"two":      {State{Phase: On, People: []Person{host, {Standing: Joined}}, Recovery: true}, []string{"name", "rules", "backups"}},
		"needed":   {State{Phase: On, People: []Person{host}, Needs: []Need{{Kind: "recovery"}}}, []string{"name", "invite", "rules", "backups"}},
		"stays on": {State{Phase: On, Invites: []InviteLine{{}}, Recovery: true, Settings: Settings{StartAtLogin: true, KeepAwake: true}}, []string{"name", "rules", "backups"}},
	} {
		if got := row.st.Steps(); !slices.Equal(got, row.want) {
			t.Errorf("%s: %v, want %v", name, got, row.want)
		}
	}
}
