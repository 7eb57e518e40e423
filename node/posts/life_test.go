package posts_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"camp/node/camp"
	"camp/store"
)

func TestEdit(t *testing.T) {
	h := newHouse(t)
	ada, ben, cleo := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember), h.add("cleo", camp.RoleMember)
	one, two := h.upload(ada, false), h.upload(ada, false)
	id, err := h.posts.Write(t.Context(), ada, camp.Draft{Text: "first @ben #old", Pictures: []camp.DraftPicture{{ID: one, Alt: "one"}}})
	if err != nil {
		t.Fatal(err)
	}
	h.clock.add(time.Minute)
	h.write(cleo, "an answer", id)
	if err := h.posts.Keep(t.Context(), h.host, id, true); err != nil {
		t.Fatal(err)
	}
	edit := func(by camp.Actor, d camp.Draft) error { return h.posts.Edit(t.Context(), by, id, d) }
	want(t, "another's post", say(edit(ben, camp.Draft{Text: "x"})), "posts.not_yours.say")
	want(t, "widened", say(edit(ada, camp.Draft{Text: "x", Audience: camp.AudiencePublic})), "posts.audience_stays.say")
	want(t, "emptied", say(edit(ada, camp.Draft{})), "posts.empty.say")
	want(t, "changed", say(edit(ada, camp.Draft{Text: "second @ben @cleo #new", Pictures: []camp.DraftPicture{{ID: two}}})), "")
	h.clock.add(time.Minute)
	h.ear.take()
	want(t, "unchanged", say(edit(ada, camp.Draft{Text: "second @ben @cleo #new", Pictures: []camp.DraftPicture{{ID: two}}})), "")
	want(t, "events of no change", len(h.ear.take()), 0)
	want(t, "changed back", say(edit(ada, camp.Draft{Text: "third @ben", Pictures: []camp.DraftPicture{{ID: one}}})), "")

	p := h.post(ben, id)
	want(t, "text", p.Text, "third @ben")
	want(t, "edited", p.Edited, h.clock.now())
	history, err := h.posts.History(t.Context(), ben, id)
	if err != nil || len(history) != 2 {
		t.Fatalf("history: %v, %v", history, err)
	}
	want(t, "first state", history[0].Text, "first @ben #old")
	want(t, "its time", history[0].At, p.Written)
	want(t, "its picture", history[0].Pictures[0].ID, one)
	want(t, "second state", history[1].Text, "second @ben @cleo #new")
	for tag, n := range map[string]int{"old": 0, "new": 0} {
		list, err := h.posts.Tagged(t.Context(), ben, tag, camp.Page{})
		if err != nil {
			t.Fatal(err)
		}
		want(t, "posts tagged "+tag, len(list), n)
	}
	kinds := func(by camp.Actor) (s string) {
		list, err := h.posts.Notices(t.Context(), by, camp.Page{})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range list {
			s += string(n.Kind) + " "
		}
		return s
	}
	want(t, "ben, mentioned in every state", kinds(ben), "mention ")
	want(t, "cleo, who answered and was mentioned", kinds(cleo), "edited mention ")
	want(t, "the host, who kept it", kinds(h.host), "edited ")
	want(t, "ada, who wrote it", kinds(ada), "reply ")
	h.clock.add(25 * time.Hour)
	want(t, "changed a day later", say(edit(ada, camp.Draft{Text: "fourth @ben @cleo"})), "")
	want(t, "cleo a day later", kinds(cleo), "edited edited mention ")
}

func TestDelete(t *testing.T) {
	h := newHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	helper := h.add("hal", camp.RoleHelper)
	pic := h.upload(ada, false)
	root := h.write(ben, "root", 0)
	mid, err := h.posts.Write(t.Context(), ada, camp.Draft{Text: "middle @ben #t", ReplyTo: root, Pictures: []camp.DraftPicture{{ID: pic}}})
	if err != nil {
		t.Fatal(err)
	}
	leaf := h.write(ben, "leaf", mid)
	for _, step := range []error{
		h.posts.Favourite(t.Context(), ben, mid, true), h.posts.Keep(t.Context(), ben, mid, true),
		h.posts.Edit(t.Context(), ada, mid, camp.Draft{Text: "middle again"}),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	want(t, "by a stranger to it", say(h.posts.Delete(t.Context(), ben, mid)), "posts.not_yours.say")
	want(t, "by a helper", say(h.posts.Delete(t.Context(), helper, mid)), "")
	want(t, "again", say(h.posts.Delete(t.Context(), helper, mid)), "posts.gone.say")
	log, err := h.people.Log(t.Context(), camp.Page{})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "log", log[0].Deed, "log.post_removed")
	want(t, "log, whom", log[0].Whom, ada.Member)
	want(t, "replies left on the root", h.post(ben, root).Replies, 1)
	th, err := h.posts.Thread(t.Context(), ben, leaf)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "above the leaf", texts(th.Above), "root")
	th, err = h.posts.Thread(t.Context(), ben, root)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "below the root", texts(th.Below), "leaf")
	for name, list := range map[string]func(context.Context, camp.Actor, camp.Page) ([]camp.PostView, error){
		"favourites": h.posts.Favourites, "kept": h.posts.Kept,
	} {
		got, err := list(t.Context(), ben, camp.Page{})
		if err != nil {
			t.Fatal(err)
		}
		want(t, name, len(got), 0)
	}
	notices, err := h.posts.Notices(t.Context(), ben, camp.Page{})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "notices of ben", len(notices), 0)
	err = h.db.View(t.Context(), func(tx *store.Tx) error {
		orphans, err := tx.OrphanHashes(10)
		want(t, "files to erase", len(orphans), 2)
		if _, ok, _ := tx.Media(pic); ok {
			t.Error("the picture's row is still there")
		}
		revisions, _ := tx.Revisions(mid)
		want(t, "revisions", len(revisions), 0)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "own post", say(h.posts.Delete(t.Context(), ben, root)), "")
	want(t, "log lines", len(mustLog(t, h)), len(log))
	want(t, "the leaf keeps its place", h.post(ben, leaf).ReplyTo, mid)
}

func mustLog(t *testing.T, h *house) []camp.Entry {
	t.Helper()
	log, err := h.people.Log(t.Context(), camp.Page{})
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func TestThread(t *testing.T) {
	h := newHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	root := h.write(ada, "root", 0)
	a := h.write(ben, "a", root)
	b := h.write(ada, "b", root)
	aa := h.write(ada, "aa", a)
	h.write(ben, "ba", b)
	h.write(ben, "aaa", aa)
	h.write(ada, "ab", a)
	th, err := h.posts.Thread(t.Context(), ada, root)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "reading order", texts(th.Below), "a|aa|aaa|ab|b|ba")
	for i, d := range []int{1, 2, 3, 2, 1, 2} {
		want(t, "depth of "+th.Below[i].Text, th.Depth[i], d)
	}
	want(t, "whom aa answers", th.Below[1].ReplyBy, "ben")
	th, err = h.posts.Thread(t.Context(), ada, aa)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "above aa", texts(th.Above), "root|a")
	want(t, "below aa", texts(th.Below), "aaa")
	if err := h.posts.Delete(t.Context(), ada, root); err != nil {
		t.Fatal(err)
	}
	_, err = h.posts.Thread(t.Context(), ada, root)
	want(t, "thread of what is gone", say(err), "posts.gone.say")
	th, err = h.posts.Thread(t.Context(), ada, aa)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "above aa without the root", texts(th.Above), "a")
}

func TestCanSee(t *testing.T) {
	h := newHouse(t)
	old := h.write(h.host, "before the guest", 0)
	h.clock.add(time.Hour)
	guest := h.add("gus", camp.RoleGuest)
	h.clock.add(time.Hour)
	fresh := h.write(h.host, "after", 0)
	_, err := h.posts.Post(t.Context(), guest, old)
	want(t, "older post", say(err), "posts.gone.say")
	list, err := h.posts.Fire(t.Context(), guest, camp.Page{})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "a guest's home", texts(list), "after")
	found, _, err := h.posts.Search(t.Context(), guest, "guest", camp.Page{})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "a guest's search", texts(found), "")
	h.write(guest, "an answer", fresh)
	ada := h.add("ada", camp.RoleMember)
	if err := h.people.Remove(t.Context(), h.host, "ada", false); err != nil {
		t.Fatal(err)
	}
	for name, by := range map[string]camp.Actor{"nobody": {}, "removed": ada} {
		_, err := h.posts.Fire(t.Context(), by, camp.Page{})
		want(t, name, say(err), "people.not_member.say")
	}
	h.clock.add(31 * 24 * time.Hour)
	_, err = h.posts.Fire(t.Context(), guest, camp.Page{})
	want(t, "a guest whose stay is over", say(err), "people.not_member.say")
}

func TestNotices(t *testing.T) {
	h := newHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	id := h.write(ada, "hello @ada", 0)
	h.write(ben, "answer @ada", id)
	for _, on := range []bool{true, true, false, true} {
		if err := h.posts.Favourite(t.Context(), ben, id, on); err != nil {
			t.Fatal(err)
		}
		h.clock.add(time.Second)
	}
	if err := h.posts.Favourite(t.Context(), ada, id, true); err != nil {
		t.Fatal(err)
	}
	list, err := h.posts.Notices(t.Context(), ada, camp.Page{})
	if err != nil || len(list) != 2 {
		t.Fatalf("notices: %v, %v", list, err)
	}
	want(t, "newest", list[0].Kind, camp.NoticeFavourite)
	want(t, "from", list[0].From.Name, "ben")
	want(t, "older", list[1].Kind, camp.NoticeReply)
	want(t, "its post", list[1].Post.Text, "answer @ada")
	want(t, "new", list[1].New, true)
	h.ear.take()
	if err := h.posts.MarkRead(t.Context(), ada, list[1].ID); err != nil {
		t.Fatal(err)
	}
	want(t, "event", h.ear.take()[0].Kind, camp.EventRead)
	n, err := h.posts.Unread(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "unread", n, 1)
	for _, upTo := range []camp.NoticeID{1 << 62, 1, list[1].ID} {
		if err := h.posts.MarkRead(t.Context(), ada, upTo); err != nil {
			t.Fatal(err)
		}
	}
	want(t, "events", len(h.ear.take()), 1)
	h.clock.add(time.Second)
	h.write(ben, "later @ada", 0)
	if n, _ = h.posts.Unread(t.Context(), ada); n != 1 {
		t.Errorf("a mark beyond the newest hid what came later: unread %d", n)
	}
	h.clock.add(91 * 24 * time.Hour)
	if err := h.posts.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, err = h.posts.Notices(t.Context(), ada, camp.Page{})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "notices after 91 days", len(list), 0)
}

func TestPages(t *testing.T) {
	h := newHouse(t)
	ada := h.add("ada", camp.RoleMember)
	var ids []camp.PostID
	for i := range 25 {
		id := h.write(ada, string(rune('a'+i)), 0)
		h.write(h.host, "answer", id)
		ids = append(ids, id)
	}
	page := func(p camp.Page) string {
		list, err := h.posts.Fire(t.Context(), ada, p)
		if err != nil {
			t.Fatal(err)
		}
		return texts(list)
	}
	want(t, "newest", page(camp.Page{Limit: 3}), "y|x|w")
	want(t, "older", page(camp.Page{Limit: 3, Before: uint64(ids[22])}), "v|u|t")
	want(t, "newer", page(camp.Page{After: uint64(ids[22])}), "y|x")
	want(t, "between", page(camp.Page{After: uint64(ids[2]), Before: uint64(ids[5])}), "e|d")
	want(t, "oldest", page(camp.Page{Before: uint64(ids[1])}), "a")
	list, err := h.posts.By(t.Context(), h.host, ada.Member, camp.Page{Limit: 40})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "by ada", len(list), 25)
}

// wantLeft looks that no job is left, and how many marks and notices are.
func (h *house) wantLeft(m camp.MemberID, n int) {
	h.t.Helper()
	err := h.db.View(h.t.Context(), func(tx *store.Tx) error {
		jobs, err := tx.Erasings()
		want(h.t, "jobs left", len(jobs), 0)
		kept, _ := tx.KeptBy(m, camp.Page{})
		want(h.t, "kept marks left", len(kept), n)
		notices, _ := tx.Notices(m, camp.Page{})
		want(h.t, "notices left", len(notices), n)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// What was begun is not ended where more is to be erased by now.
func TestErasingThatGrew(t *testing.T) {
	h := newHouse(t)
	ada := h.add("ada", camp.RoleMember)
	h.write(ada, "pineapple", 0)
	grow := func() {
		err := h.db.Update(t.Context(), func(tx *store.Tx) error { return tx.PutErasing(camp.Erasing{Member: ada.Member, Posts: true}) })
		if err != nil {
			t.Fatal(err)
		}
	}
	err := h.db.Update(t.Context(), func(tx *store.Tx) error {
		return tx.PutErasing(camp.Erasing{Member: ada.Member, Posts: true, Only: true})
	})
	if err != nil {
		t.Fatal(err)
	}
	h.posts = newPosts(h, &onGone{do: grow})
	if err := h.posts.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = h.db.View(t.Context(), func(tx *store.Tx) error {
		jobs, err := tx.Erasings()
		if len(jobs) != 1 || jobs[0].Only {
			t.Errorf("jobs left %+v", jobs)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// onGone does something as soon as a post is gone.
type onGone struct{ do func() }

func (o *onGone) Publish(e camp.Event) {
	if e.Kind == camp.EventPostGone {
		o.do()
	}
}

func TestEraseSurvivesStop(t *testing.T) {
	h := newHouse(t)
	ada := h.add("ada", camp.RoleMember)
	root := h.write(h.host, "root @ada", 0)
	for range 30 {
		h.write(ada, "pineapple", root)
	}
	for _, step := range []error{
		h.posts.Favourite(t.Context(), ada, root, true), h.posts.Keep(t.Context(), ada, root, true),
		h.people.Remove(t.Context(), h.host, "ada", true),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	cut, cancel := context.WithCancel(t.Context())
	cutter := &cutAfter{cancel: cancel}
	h.posts = newPosts(h, cutter)
	if err := h.posts.Resume(cut); err == nil {
		t.Fatal("the erasing was not cut: the test shows nothing")
	}
	if n := h.post(h.host, root).Replies; n == 0 || n == 30 {
		t.Fatalf("replies after the cut: %d; the test shows nothing", n)
	}
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	h.open()
	if err := h.posts.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := h.post(h.host, root)
	want(t, "replies", p.Replies, 0)
	want(t, "favourites", p.Favourites, 0)
	found, _, err := h.posts.Search(t.Context(), h.host, "pineapple", camp.Page{})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "found", len(found), 0)
	h.wantLeft(ada.Member, 1) // what only they used stays while the host can undo it
	h.clock.add(30 * 24 * time.Hour)
	if err := errors.Join(h.people.Tidy(t.Context()), h.posts.Resume(t.Context())); err != nil {
		t.Fatal(err)
	}
	h.wantLeft(ada.Member, 0)
}

// TestOldMentionsStayTold: after the notices have gone, a change that keeps a
// mention still tells nobody.
func TestOldMentionsStayTold(t *testing.T) {
	h := newHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	id := h.write(ada, "hello @ben", 0)
	h.clock.add(91 * 24 * time.Hour)
	if err := h.posts.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := h.posts.Edit(t.Context(), ada, id, camp.Draft{Text: "hello again @ben"}); err != nil {
		t.Fatal(err)
	}
	n, err := h.posts.Unread(t.Context(), ben)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "told", n, 0)
}
