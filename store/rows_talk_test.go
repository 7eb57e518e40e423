package store

import (
	"errors"
	"fmt"
	"testing"

	"camp/node/camp"
)

func talksDB(t *testing.T) *DB {
	t.Helper()
	db := rowsDB(t)
	rowsUpdate(t, db, func(tx *Tx) error {
		return errors.Join(tx.PutMember(camp.Member{ID: 1, Name: "ada"}), tx.PutMember(camp.Member{ID: 2, Name: "ben"}), tx.PutMember(camp.Member{ID: 3, Name: "cy"}))
	})
	return db
}

// aLetter is a letter; root is 0 where it begins a thread.
func aLetter(id, above, root camp.PostID, by camp.MemberID, to ...camp.MemberID) camp.Post {
	if root == 0 {
		root = id
	}
	return camp.Post{ID: id, Author: by, Audience: camp.AudienceLetter, ReplyTo: above, Root: root, Mentions: to, Text: "psst"}
}

// talks gives somebody's conversations: the first letter of each, then all in it.
func talks(t *testing.T, db *DB, m camp.MemberID) (out string) {
	t.Helper()
	err := db.View(t.Context(), func(tx *Tx) error {
		list, err := tx.Talks(m, camp.Page{})
		if err != nil {
			return err
		}
		for _, r := range list {
			ids, err := tx.LettersIn(m, r.ID, 0)
			if err != nil {
				return err
			}
			if len(ids) == 0 || ids[0] != r.Newest {
				t.Errorf("%d: newest %d of %v", r.ID, r.Newest, ids)
			}
			out += fmt.Sprint(uint64(r.ID), ids, " ")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func wantTalks(t *testing.T, what string, db *DB, want ...string) {
	t.Helper()
	for i, w := range want {
		if got := talks(t, db, camp.MemberID(i+1)); got != w {
			t.Errorf("%s: %d has %q, want %q", what, i+1, got, w)
		}
	}
}

func ids(list ...uint64) string { return fmt.Sprint(postIDs(list)) + " " }

func postIDs(list []uint64) (out []camp.PostID) {
	for _, n := range list {
		out = append(out, camp.PostID(n))
	}
	return out
}

func TestTalks(t *testing.T) {
	db := talksDB(t)
	put := func(list ...camp.Post) {
		t.Helper()
		rowsUpdate(t, db, func(tx *Tx) error {
			for _, p := range list {
				if err := tx.PutPost(p, nil); err != nil {
					return err
				}
			}
			return nil
		})
	}
	open := camp.Post{ID: 10, Author: 1, Audience: camp.AudiencePublic, Root: 10, Mentions: []camp.MemberID{2}}
	put(open, aLetter(11, 10, 10, 2, 1), aLetter(12, 10, 10, 3, 1), aLetter(20, 0, 0, 1, 2, 3, 99), aLetter(21, 20, 20, 2, 1), aLetter(22, 11, 10, 1, 2))
	wantTalks(t, "answers by letter to one post stay apart", db,
		"11 "+ids(22, 11)+"20 "+ids(21, 20)+"12 "+ids(12), "11 "+ids(22, 11)+"20 "+ids(21, 20), "20 "+ids(20)+"12 "+ids(12))
	rowsUpdate(t, db, func(tx *Tx) error { return tx.DropPost(aLetter(22, 11, 10, 1, 2)) })
	wantTalks(t, "the newest is gone", db, "20 "+ids(21, 20)+"12 "+ids(12)+"11 "+ids(11), "20 "+ids(21, 20)+"11 "+ids(11))
	rowsUpdate(t, db, func(tx *Tx) error { return tx.DropPost(aLetter(20, 0, 0, 1, 2, 3, 99)) })
	put(aLetter(30, 21, 20, 1, 2))
	wantTalks(t, "the first is gone", db, "20 "+ids(30, 21)+"12 "+ids(12)+"11 "+ids(11), "20 "+ids(30, 21)+"11 "+ids(11), "12 "+ids(12))
	was := aLetter(30, 21, 20, 1, 2)
	is := aLetter(30, 21, 20, 1, 3)
	rowsUpdate(t, db, func(tx *Tx) error { return tx.PutPost(is, &was) })
	wantTalks(t, "changed to go to another", db, "20 "+ids(30, 21)+"12 "+ids(12)+"11 "+ids(11), "20 "+ids(21)+"11 "+ids(11), "30 "+ids(30)+"12 "+ids(12))
	rowsUpdate(t, db, func(tx *Tx) error {
		if err := tx.PutTalkRead(1, 20, 30); err != nil {
			return err
		}
		for more := true; more; {
			var err error
			if more, err = tx.DropMarksOf(1, 40); err != nil {
				return err
			}
		}
		return nil
	})
	wantTalks(t, "one who left", db, "", "20 "+ids(21)+"11 "+ids(11))
	err := db.View(t.Context(), func(tx *Tx) error {
		upTo, err := tx.TalkRead(1, 20)
		if upTo != 0 {
			t.Errorf("read up to %d is kept", upTo)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// What comes late is put together with what it answers, all that hangs on it too.
func TestTalksAreRehung(t *testing.T) {
	db := talksDB(t)
	first, late, below := aLetter(10, 0, 0, 1, 2), aLetter(12, 0, 0, 2, 1), aLetter(13, 12, 12, 1, 2)
	rowsUpdate(t, db, func(tx *Tx) error {
		return errors.Join(tx.PutPost(late, nil), tx.PutPost(below, nil), tx.PutPost(first, nil))
	})
	wantTalks(t, "before", db, "12 "+ids(13, 12)+"10 "+ids(10), "12 "+ids(13, 12)+"10 "+ids(10))
	rowsUpdate(t, db, func(tx *Tx) error {
		movedBelow, moved := below, late
		movedBelow.Root, moved.ReplyTo, moved.Root = 10, 10, 10
		return errors.Join(tx.Rehang(movedBelow, below), tx.Rehang(moved, late))
	})
	wantTalks(t, "after", db, "10 "+ids(13, 12, 10), "10 "+ids(13, 12, 10))
}

// A store from before there were conversations is put in order when it is opened.
func TestTalksOfAnOlderStore(t *testing.T) {
	opt := testOptions(t, t.TempDir())
	db := openTest(t, opt)
	const letters = talksSlice + 20
	rowsUpdate(t, db, func(tx *Tx) error {
		if err := errors.Join(tx.PutMember(camp.Member{ID: 1, Name: "ada"}), tx.PutMember(camp.Member{ID: 2, Name: "ben"})); err != nil {
			return err
		}
		if err := tx.PutPost(camp.Post{ID: 9, Author: 1, Root: 9, Audience: camp.AudienceCamp}, nil); err != nil {
			return err
		}
		for n := range letters {
			id := camp.PostID(10 + n)
			p := aLetter(id, id-1, 10, 1, 2)
			if n == 0 {
				p = aLetter(id, 0, 0, 1, 2)
			}
			if err := tx.PutPost(p, nil); err != nil {
				return err
			}
		}
		return nil
	})
	want := talks(t, db, 2)
	rowsUpdate(t, db, func(tx *Tx) error { // as an older program left it
		for _, k := range []*kind{kTalk, kTalkIn, kTalkOf} {
			if err := tx.delAll(tx.keysBelow(k.at(), 0)); err != nil {
				return err
			}
		}
		return tx.del(keyTalks)
	})
	if got := talks(t, db, 2); got != "" {
		t.Fatalf("the test took nothing away: %s", got)
	}
	closeTest(t, db)
	db = openTest(t, opt)
	if got := talks(t, db, 2); got != want || len(want) < letters {
		t.Errorf("got %s, want %s", got, want)
	}
	closeTest(t, db)
	seq := db.Seq()
	if db = openTest(t, opt); db.Seq() != seq {
		t.Error("done again")
	}
}
