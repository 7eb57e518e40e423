package people_test

import (
	"crypto/rand"
	"log/slog"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/people"
	"camp/store"
)

// lastingHouse is a camp whose phrase seals backups.
func lastingHouse(t testing.TB) *house {
	t.Helper()
	h := empty(t)
	phrase, err := store.NewPhrase(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	f := founding()
	f.Phrase = string(phrase.Reveal())
	_, host, err := h.Found(t.Context(), f)
	if err != nil {
		t.Fatalf("found: %v", err)
	}
	h.host = camp.Actor{Member: host.ID, Role: camp.RoleHost}
	return h
}

// back is the camp as a backup made now brings it back, in a folder of its own.
func (h *house) back() func() *house {
	h.t.Helper()
	file := filepath.Join(h.t.TempDir(), "a.campbackup")
	if _, err := store.Backup(h.t.Context(), h.db, store.BackupOptions{File: file, App: "test"}); err != nil {
		h.t.Fatalf("back up: %v", err)
	}
	keys, err := h.Keys(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return func() *house {
		h.t.Helper()
		b := &house{t: h.t, ear: &ear{}, clock: h.clock, host: h.host}
		dir, log := filepath.Join(h.t.TempDir(), "camp"), slog.New(slog.DiscardHandler)
		opt := store.RestoreOptions{File: file, Phrase: keys.Phrase, Dir: dir, Now: h.clock.now, Rand: rand.Reader, Log: log}
		if _, err := store.Restore(h.t.Context(), opt); err != nil {
			h.t.Fatalf("restore: %v", err)
		}
		if b.db, err = store.Open(h.t.Context(), store.Options{Dir: dir, Now: h.clock.now, Rand: rand.Reader, Log: log}); err != nil {
			h.t.Fatalf("open what came back: %v", err)
		}
		h.t.Cleanup(func() { _ = b.db.Close() })
		b.Service = people.New(people.Options{Store: store.As[people.Tx](b.db), Publish: b.ear, Rand: rand.Reader, Log: log, Derive: derived})
		return b
	}
}

func (h *house) reapply(b *house) (same bool, n int) {
	h.t.Helper()
	same, n, err := people.Reapply(h.t.Context(), store.As[people.Tx](h.db), store.As[people.Tx](b.db))
	if err != nil {
		h.t.Fatal(err)
	}
	return same, n
}

// Whoever was shut out after the backup stays outside, and nothing that opened a
// door then opens it again; all others are as the backup has them.
func TestReapply(t *testing.T) {
	t.Parallel()
	h := lastingHouse(t)
	ctx := t.Context()
	ada, bea := h.add("ada", camp.RoleMember), h.add("bea", camp.RoleHelper)
	cas, dirk := h.add("cas", camp.RoleMember), h.add("dirk", camp.RoleMember)
	eva, stays := h.add("eva", camp.RoleMember), h.add("stays", camp.RoleMember)
	gil := h.add("gil", camp.RoleHelper)
	device := func(by camp.Actor, key byte) uint64 {
		d, err := h.AddDevice(ctx, by, camp.Device{Key: [32]byte{key}})
		want(t, "device", say(err), "")
		return d.Serial
	}
	device(ada, 1)
	lost, kept := device(stays, 2), device(stays, 3)
	adas, stolen, mine := h.signIn(ada), h.signIn(stays), h.signIn(stays)
	token, err := h.NewToken(ctx, h.host, "ada", []string{"read"})
	want(t, "token", say(err), "")
	used, open := h.invite(camp.InviteWish{Note: "used", Life: 30 * day}), h.invite(camp.InviteWish{Note: "open", Life: 30 * day})
	fritz := h.ask("Fritz", 9)
	restore := h.back()

	h.clock.add(time.Hour)
	want(t, "remove ada", say(h.Remove(ctx, h.host, "ada", false)), "")
	want(t, "remove bea, all", say(h.Remove(ctx, h.host, "bea", true)), "")
	_, err = h.Leave(ctx, cas, true)
	want(t, "cas leaves", say(err), "")
	want(t, "break for dirk", say(h.Suspend(ctx, h.host, "dirk", 0)), "")
	want(t, "fritz comes in", say(h.Approve(ctx, h.host, "fritz")), "")
	want(t, "and goes", say(h.Remove(ctx, h.host, "fritz", false)), "")
	want(t, "gil helps no more", say(h.SetRole(ctx, h.host, "gil", camp.RoleMember)), "")
	want(t, "lost device", say(h.RemoveDevice(ctx, stays, lost)), "")
	s, _, err := h.SignedIn(ctx, stolen)
	want(t, "browser", say(err), "")
	want(t, "signed out", say(h.EndSession(ctx, stays, s.ID)), "")
	_, err = h.Apply(ctx, used.ID, h.application("Gus", 10))
	want(t, "the code is used", say(err), "")
	h.clock.add(8 * day)
	want(t, "tidy", say(h.Tidy(ctx)), "")
	h.update(func(tx *store.Tx) error { return tx.PutFarewell(camp.Farewell{Member: cas.Member, At: tx.Now()}) })
	_, err = h.Leave(ctx, eva, false)
	want(t, "eva is leaving", say(err), "")

	b := restore()
	want(t, "the backup has ada", b.member(ada.Member).Standing, camp.Joined)
	same, n := h.reapply(b)
	if !same || n != 4 {
		t.Errorf("the same camp: %v, shut out again: %d", same, n)
	}
	for who, standing := range map[camp.Actor]camp.Standing{
		ada: camp.Removed, bea: camp.Removed, cas: camp.Left, dirk: camp.Suspended, eva: camp.Joined, stays: camp.Joined, {Member: fritz.Member.ID}: camp.Removed,
		{Member: h.host.Member}: camp.Joined,
	} {
		got, was := b.member(who.Member), h.member(who.Member)
		if got.Standing != standing || !got.Ended.Equal(was.Ended) || !got.Final.Equal(was.Final) || got.Erase != was.Erase {
			t.Errorf("%s: %+v, was %+v", was.Name, got, was)
		}
	}
	want(t, "gil", b.member(gil.Member).Role, camp.RoleMember)
	for what, cookie := range map[string]string{"of ada": adas, "that was ended": stolen} {
		if _, _, err := b.SignedIn(ctx, cookie); err == nil {
			t.Errorf("the browser %s is signed in again", what)
		}
	}
	_, _, err = b.SignedIn(ctx, mine)
	want(t, "the other browser", say(err), "")
	_, _, err = b.ByToken(ctx, token)
	want(t, "ada's token", say(err), "people.signed_out.say")
	p := b.principals()
	if p[serialOf(lost)] != "" || p[serialOf(kept)] != camp.PrincipalDevice || p[string(used.ID)] != "" || p[string(open.ID)] != camp.PrincipalInvite {
		t.Errorf("the tunnel knows %v", p)
	}
	_, err = b.AddDevice(ctx, stays, camp.Device{Key: [32]byte{1}})
	want(t, "ada's key", say(err), "people.key_over.say")
	jobs := map[camp.MemberID]camp.Erasing{}
	for _, j := range b.erasing() {
		jobs[j.Member] = j
	}
	if len(jobs) != 2 || jobs[bea.Member] != (camp.Erasing{Member: bea.Member, Posts: true, Only: true}) || jobs[cas.Member] != (camp.Erasing{Member: cas.Member, Posts: true}) {
		t.Errorf("jobs %+v", jobs)
	}
	b.update(func(tx *store.Tx) error {
		_, told, err := tx.Farewell(cas.Member)
		want(t, "others know that cas is no more", told, true)
		return err
	})
	waits, err := b.Asked(ctx, b.host)
	want(t, "asked", say(err), "")
	want(t, "nobody waits", len(waits), 0)
	log, err := b.Log(ctx, camp.Page{Limit: 1})
	want(t, "log", say(err), "")
	want(t, "deed", log[0].Deed+log[0].Args["N"], "log.shut_again4")
	_, n = h.reapply(b)
	want(t, "once more", n, 0)
	want(t, "undo still works", say(b.TakeBack(ctx, b.host, "ada")), "")
}

// Another camp's people have nothing to do with those of this one.
func TestReapplyOfAnotherCamp(t *testing.T) {
	t.Parallel()
	h, other := lastingHouse(t), newHouse(t)
	ada := h.add("ada", camp.RoleMember)
	b := h.back()()
	same, n := other.reapply(b)
	if same || n != 0 || b.member(ada.Member).Standing != camp.Joined {
		t.Errorf("same %v, %d", same, n)
	}
}

func serialOf(n uint64) string { return strconv.FormatUint(n, 10) }
