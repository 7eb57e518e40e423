package store

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"camp/node/camp"
)

func TestRowsOfElsewhereKeepEverything(t *testing.T) {
	db := rowsDB(t)
	remote, follow, apart := filled[camp.Remote](t), filled[camp.Follow](t), filled[camp.Apart](t)
	errand, key, post := filled[camp.Errand](t), filled[camp.ActorKey](t), filled[camp.Post](t)
	remote.Domain, remote.At = "far.example", "other.example"
	rowsUpdate(t, db, func(tx *Tx) error {
		for _, err := range []error{
			tx.PutRemote(remote, nil), tx.PutFollow(follow), tx.PutApart(apart), tx.PutErrand(errand), tx.PutActorKey(key),
			tx.PutPost(post, nil), tx.PutVote(post.ID, 5, []int{0, 2}), tx.PutHeard("actor", "act"), tx.PutHome(3, post.ID),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	same := sameRow(t)
	err := db.View(t.Context(), func(tx *Tx) error {
		gotRemote, ok, err := tx.Remote(remote.ID)
		same("remote", remote, gotRemote, ok, err)
		gotRemote, ok, err = tx.RemoteByURI(remote.URI)
		same("remote by id", remote, gotRemote, ok, err)
		gotRemote, ok, err = tx.RemoteByHandle(remote.Name + "@other.example")
		same("remote by handle", remote, gotRemote, ok, err)
		of, err := tx.RemotesOf("far.example", 0, 10)
		same("remotes of a server", []camp.Remote{remote}, of, true, err)
		gotFollow, ok, err := tx.Follow(follow.From, follow.To)
		same("follow", follow, gotFollow, ok, err)
		follows, err := tx.FollowsOf(follow.From, 0, 0)
		same("follows", []camp.Follow{follow}, follows, true, err)
		followers, err := tx.FollowersOf(follow.To, 0, 0)
		same("followers", []camp.Follow{follow}, followers, true, err)
		gotApart, err := tx.Apart(apart.Who, apart.Whom)
		same("apart", apart, gotApart, true, err)
		all, err := tx.ApartOf(apart.Who)
		same("apart list", []camp.Apart{apart}, all, true, err)
		errands, err := tx.Errands(10)
		same("errand", []camp.Errand{errand}, errands, true, err)
		gotKey, ok, err := tx.ActorKey(key.Member)
		same("key", key, gotKey, ok, err)
		gotPost, ok, err := tx.PostByURI(post.URI)
		same("post", post, gotPost, ok, err)
		vote, ok, err := tx.Vote(post.ID, 5)
		same("vote", []int{0, 2}, vote, ok, err)
		heard, err := tx.Heard("actor", "act")
		same("heard", true, heard, true, err)
		heard, err = tx.Heard("actor2", "act")
		same("of another", false, heard, true, err)
		home, err := tx.HomeIDs(3, camp.Page{})
		same("home", []camp.PostID{post.ID}, home, true, err)
		by, err := tx.BoostsOf(post.BoostOf, 10)
		same("boosts", map[camp.MemberID]camp.PostID{post.Author: post.ID}, by, true, err)
		id, ok, err := tx.Boost(post.BoostOf, post.Author)
		same("boost", post.ID, id, ok, err)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestDroppedFarPostLeavesNothing: a post from elsewhere takes its rows along.
func TestDroppedFarPostLeavesNothing(t *testing.T) {
	db := rowsDB(t)
	post := filled[camp.Post](t)
	rowsUpdate(t, db, func(tx *Tx) error { return tx.PutMember(camp.Member{ID: 3, Name: "mara", Standing: camp.Joined}) })
	_, _, before := rowsOf(t, db)
	rowsUpdate(t, db, func(tx *Tx) error {
		for _, err := range []error{tx.PutPost(post, nil), tx.PutVote(post.ID, 3, []int{1}), tx.PutHome(3, post.ID)} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	rowsUpdate(t, db, func(tx *Tx) error { return tx.DropPost(post) })
	_, _, after := rowsOf(t, db)
	if d := cmp.Diff(before, after); d != "" {
		t.Errorf("rows are left: %s", d)
	}
}

func TestRemoteMovesItsHandleAndGoes(t *testing.T) {
	db := rowsDB(t)
	_, _, before := rowsOf(t, db)
	ana := camp.Remote{ID: 7, URI: "https://far.example/u/ana", Domain: "far.example", Name: "ana"}
	other := camp.Remote{ID: 8, URI: "https://far.example/u/other", Domain: "far.example", Name: "ana2"}
	third := camp.Remote{ID: 9, URI: "https://zone.example/u/x", Domain: "zone.example", Name: "x"}
	rowsUpdate(t, db, func(tx *Tx) error {
		for _, r := range []camp.Remote{ana, other, third} {
			if err := tx.PutRemote(r, nil); err != nil {
				return err
			}
		}
		renamed := ana
		renamed.Name = "anna"
		if err := tx.PutRemote(renamed, &ana); err != nil {
			return err
		}
		if _, ok, err := tx.RemoteByHandle("ana@far.example"); ok || err != nil {
			t.Errorf("the old handle still leads somewhere: %v", err)
		}
		// Somebody who takes over a handle keeps it when the former owner goes.
		taken := other
		taken.Name = "anna"
		if err := tx.PutRemote(taken, &other); err != nil {
			return err
		}
		list, err := tx.RemotesOf("far.example", 7, 5)
		if err != nil || len(list) != 1 || list[0].ID != 8 {
			t.Errorf("after one: %v %v", list, err)
		}
		servers, err := tx.Servers("", 10)
		if err != nil || !slices.Equal(servers, []camp.Domain{"far.example", "zone.example"}) {
			t.Errorf("servers: %v %v", servers, err)
		}
		if err := tx.DropRemote(renamed); err != nil {
			return err
		}
		if r, ok, err := tx.RemoteByHandle("anna@far.example"); !ok || r.ID != 8 || err != nil {
			t.Errorf("the handle went with its former owner: %v %v %v", r.ID, ok, err)
		}
		if err := tx.DropRemote(taken); err != nil {
			return err
		}
		return tx.DropRemote(third)
	})
	_, _, after := rowsOf(t, db)
	if d := cmp.Diff(before, after); d != "" {
		t.Errorf("rows are left: %s", d)
	}
}

func TestHeardFades(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	opt := testOptions(t, t.TempDir())
	opt.Now = func() time.Time { return now }
	db := openTest(t, opt)
	rowsUpdate(t, db, func(tx *Tx) error { return tx.PutHeard("a", "1") })
	heard := func() (is bool) {
		rowsUpdate(t, db, func(tx *Tx) (err error) { is, err = tx.Heard("a", "1"); return err })
		return is
	}
	now = now.Add(30 * 24 * time.Hour)
	if !heard() {
		t.Error("forgotten after thirty days")
	}
	now = now.Add(31 * 24 * time.Hour)
	if heard() {
		t.Error("still known after two months")
	}
	rowsUpdate(t, db, func(tx *Tx) error {
		more, err := tx.DropHeardOver(10)
		if more || err != nil {
			t.Error(more, err)
		}
		keys, err := tx.keysBelow(kHeard.at(), 0)
		if len(keys) != 0 {
			t.Errorf("%d marks are left", len(keys))
		}
		return err
	})
}
