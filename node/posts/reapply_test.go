package posts_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/posts"
	"camp/store"
)

// asItWas is a camp as a copy of its folder made now has it.
func (h *house) asItWas() func() *house {
	h.t.Helper()
	dir := filepath.Join(h.t.TempDir(), "copy")
	if err := h.db.Close(); err != nil {
		h.t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(h.dir)); err != nil {
		h.t.Fatal(err)
	}
	h.open()
	return func() *house {
		h.t.Helper()
		b := &house{t: h.t, dir: dir, ear: &ear{}, log: &paper{}, clock: h.clock, host: h.host}
		b.open()
		h.t.Cleanup(func() { _ = b.db.Close() })
		return b
	}
}

func (h *house) reapply(b *house) int {
	h.t.Helper()
	n, err := posts.Reapply(h.t.Context(), store.As[posts.Tx](h.db), store.As[posts.Tx](b.db))
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// What was deleted after a backup does not come back with it, nor does anybody
// see again whom they blocked since. What the newer state merely lacks stays.
func TestReapply(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	ada, ben, cas := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember), h.add("cas", camp.RoleMember)
	first := h.write(ada, "I say too much", 0)
	answer := h.write(ben, "you do", first)
	stays := h.write(ben, "the kettle is on", 0)
	by := h.write(h.host, "taken away by the host", 0)
	for _, x := range [][2]camp.Actor{{ada, ben}, {ben, ada}, {cas, ada}} {
		_, err := h.posts.Follow(ctx, x[0], x[1].Member, false)
		want(t, "follow", say(err), "")
	}
	restore := h.asItWas()

	want(t, "ada deletes", say(h.posts.Delete(ctx, ada, first)), "")
	want(t, "the host deletes", say(h.posts.Delete(ctx, h.host, by)), "")
	later := h.write(ada, "later, and gone too", 0)
	want(t, "and that", say(h.posts.Delete(ctx, ada, later)), "")
	want(t, "ada blocks ben", say(h.posts.Block(ctx, ada, ben.Member, true)), "")
	want(t, "cas mutes ada", say(h.posts.Mute(ctx, cas, ada.Member, true)), "")

	b := restore()
	want(t, "the copy has it", b.post(ada, first).Post.Text, "I say too much")
	want(t, "deleted again", h.reapply(b), 2)
	for _, id := range []camp.PostID{first, by} {
		if _, err := b.posts.Post(ctx, cas, id); err == nil {
			t.Errorf("post %d is back", id)
		}
	}
	for _, id := range []camp.PostID{answer, stays} {
		if _, err := b.posts.Post(ctx, cas, id); err != nil {
			t.Errorf("post %d: %v", id, err)
		}
	}
	err := store.As[posts.Tx](b.db).View(ctx, func(tx posts.Tx) error {
		a, err := tx.Apart(ada.Member, ben.Member)
		want(t, "blocked", a.Blocked, true)
		m, _ := tx.Apart(cas.Member, ada.Member)
		want(t, "muted", m.Muted && !m.Blocked, true)
		for _, x := range [][2]camp.Actor{{ada, ben}, {ben, ada}} {
			_, ok, _ := tx.Follow(x[0].Member, x[1].Member)
			want(t, "follows who is blocked", ok, false)
		}
		_, ok, _ := tx.Follow(cas.Member, ada.Member)
		want(t, "follows who is muted", ok, true)
		return err
	})
	want(t, "look", say(err), "")
	want(t, "once more", h.reapply(b), 0)

	// The other way round: the older state lacks what came later, and deleted nothing.
	old := h.asItWas()
	want(t, "nothing", b.reapply(old()), 0)
}

// Which posts were deleted is forgotten when no backup is as old.
func TestDeletedIsForgotten(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	marked := func() (n int) {
		err := store.As[posts.Tx](h.db).View(t.Context(), func(tx posts.Tx) error {
			list, err := tx.DeletedPosts()
			n = len(list)
			return err
		})
		want(t, "look", say(err), "")
		return n
	}
	for range 3 {
		want(t, "delete", say(h.posts.Delete(t.Context(), h.host, h.write(h.host, "a", 0))), "")
	}
	h.clock.add(20 * 24 * time.Hour)
	want(t, "delete", say(h.posts.Delete(t.Context(), h.host, h.write(h.host, "b", 0))), "")
	want(t, "tidy", say(h.posts.Tidy(t.Context())), "")
	want(t, "after 20 days", marked(), 4)
	h.clock.add(12 * 24 * time.Hour)
	want(t, "tidy", say(h.posts.Tidy(t.Context())), "")
	want(t, "after 32", marked(), 1)
}
