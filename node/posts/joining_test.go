package posts_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/store"
)

// await has somebody wait to be let in, as node/people leaves them.
func (h *house) await(name string) camp.Actor {
	h.t.Helper()
	var id camp.MemberID
	err := h.db.Update(h.t.Context(), func(tx *store.Tx) error {
		id = camp.MemberID(tx.NextID())
		if err := tx.PutMember(camp.Member{ID: id, Name: name, Display: "Waiting " + name, Role: camp.RoleMember, Standing: camp.Waiting, Agreed: 1}); err != nil {
			return err
		}
		return tx.PutAsked(camp.Asked{Member: id, Message: "We met at the lake.", At: tx.Now()})
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return camp.Actor{Member: id, Role: camp.RoleMember}
}

func refused(t *testing.T, what string, err error, say string) {
	t.Helper()
	if f := camp.AsFault(err); f == nil || f.Kind != camp.NotAllowed || f.Say != say {
		t.Errorf("%s: %v, want %s", what, err, say)
	}
}

// TestWaitingIsNowhere: for members somebody who waits does not exist, and for
// them the camp's posts do not.
func TestWaitingIsNowhere(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ada, ann := h.add("ada", camp.RoleMember), h.await("ann")
	id := h.write(ada, "Does anybody know @ann or @mia?", 0)
	v, err := h.posts.Post(ctx, ada, id)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(v.Mentions, ann.Member) || len(v.Mentions) != 1 || len(v.Named) != 1 || v.Named[0].Name != "mia" {
		t.Errorf("mentions %v, named %v", v.Mentions, v.Named)
	}
	found, _, err := h.posts.Search(ctx, ada, "Waiting", camp.Page{})
	if err != nil || len(found) != 0 {
		t.Errorf("search finds %v, %v", found, err)
	}
	for _, e := range h.ear.take() {
		if e.To == ann.Member {
			t.Errorf("told: %+v", e)
		}
	}
	_, post := h.posts.Post(ctx, ann, id)
	_, write := h.posts.Write(ctx, ann, camp.Draft{Text: "Hello"})
	_, notices := h.posts.Notices(ctx, ann, camp.Page{})
	_, _, search := h.posts.Search(ctx, ann, "anybody", camp.Page{})
	_, by := h.posts.By(ctx, ann, ada.Member, camp.Page{})
	for what, err := range map[string]error{
		"read": post, "write": write, "notices": notices, "search": search, "posts of a member": by,
		"like": h.posts.Favourite(ctx, ann, id, true), "keep": h.posts.Keep(ctx, ann, id, true), "delete": h.posts.Delete(ctx, ann, id),
	} {
		refused(t, what, err, "people.not_member.say")
	}
}

// TestBreakStopsWriting: on a break somebody reads, keeps and takes back, and
// does nothing that others are told of; it ends by itself at its time.
func TestBreakStopsWriting(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ada, hal := h.add("ada", camp.RoleMember), h.add("hal", camp.RoleHelper)
	mine, more, hers := h.write(hal, "Mine", 0), h.write(hal, "More of mine", 0), h.write(ada, "Hers", 0)
	if err := h.posts.Favourite(ctx, hal, hers, true); err != nil {
		t.Fatal(err)
	}
	if err := h.people.Suspend(ctx, h.host, "hal", time.Hour); err != nil {
		t.Fatal(err)
	}
	_, write := h.posts.Write(ctx, hal, camp.Draft{Text: "Still here"})
	_, reply := h.posts.Write(ctx, hal, camp.Draft{Text: "Still here", ReplyTo: hers})
	for what, err := range map[string]error{
		"write": write, "answer": reply, "write over an old post": h.posts.Edit(ctx, hal, mine, camp.Draft{Text: "Still here"}),
		"like": h.posts.Favourite(ctx, hal, mine, true), "remove another's post": h.posts.Delete(ctx, hal, hers),
	} {
		refused(t, what, err, "people.on_break.say")
	}
	home, err := h.posts.Fire(ctx, hal, camp.Page{})
	if err != nil || len(home) != 3 {
		t.Errorf("reads %d posts, %v", len(home), err)
	}
	for what, err := range map[string]error{
		"keep": h.posts.Keep(ctx, hal, hers, true), "unlike": h.posts.Favourite(ctx, hal, hers, false), "take one's own back": h.posts.Delete(ctx, hal, more),
	} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	h.clock.add(time.Hour)
	if _, err := h.posts.Write(ctx, hal, camp.Draft{Text: "Back"}); err != nil {
		t.Errorf("the break is over, nothing tidied: %v", err)
	}
	if log := h.log.String(); strings.Contains(log, "Still here") {
		t.Error("the log holds a text")
	}
}
