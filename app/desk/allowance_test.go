package desk

import (
	"slices"
	"testing"
	"time"

	"camp/node/camp"
)

// TestBounds: how long a guest still stays, how many invites a member may have open,
// and when a decision about a server is looked at again: what is asked shows in the
// snapshot.
func TestBounds(t *testing.T) {
	t.Parallel()
	k := keep(t, t.TempDir(), nil)
	k.do(camp.Intent{Do: camp.DoStart})
	k.do(camp.Intent{Do: camp.DoMemberAdd, Person: "Gus", Role: camp.RoleGuest})
	k.do(camp.Intent{Do: camp.DoMemberAdd, Person: "bo"})
	person := func(st camp.State, name string) camp.Person {
		if i := slices.IndexFunc(st.People, func(p camp.Person) bool { return p.Name == name }); i >= 0 {
			return st.People[i]
		}
		return camp.Person{}
	}
	k.until("both are here", func(st camp.State) bool {
		return person(st, "gus").Display == "Gus" && !person(st, "gus").Ends.IsZero() && person(st, "bo").Invites == camp.UsualInvites
	})
	k.do(camp.Intent{Do: camp.DoGuestEnd, Person: "gus", For: 80 * 24 * time.Hour})
	k.do(camp.Intent{Do: camp.DoAllowance, Person: "bo", Uses: 7})
	k.until("the choices", func(st camp.State) bool {
		return person(st, "gus").Ends.After(time.Now().Add(79*24*time.Hour)) && person(st, "bo").Invites == 7
	})
	k.refused(camp.Intent{Do: camp.DoGuestEnd, Person: "gus", For: 91 * 24 * time.Hour}, "people.guest_end.say")
	k.refused(camp.Intent{Do: camp.DoAllowance, Person: "bo", Uses: 21}, "people.invites_most.say")

	review := func(want func(time.Time) bool) func(camp.State) bool {
		return func(st camp.State) bool {
			return len(st.Blocks) == 1 && want(st.Blocks[0].Review)
		}
	}
	k.do(camp.Intent{Do: camp.DoBlock, Domain: "bad.example", Review: "3"})
	k.until("looked at again in three months", review(func(at time.Time) bool { return at.Before(time.Now().AddDate(0, 4, 0)) && !at.IsZero() }))
	k.do(camp.Intent{Do: camp.DoBlockReview, Domain: "bad.example", Review: "never"})
	k.until("never looked at again", review(time.Time.IsZero))
}
