package posts_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"camp/node/camp"
	"camp/store"
)

func TestWriteRefuses(t *testing.T) {
	h := newHouse(t)
	ada := h.add("ada", camp.RoleMember)
	guest := h.add("gus", camp.RoleGuest)
	first := h.write(h.host, "hello", 0)
	foreign := h.upload(h.host, false)
	face := h.upload(ada, true)
	tags := strings.Repeat("#a1 ", 1)
	for i := range 31 {
		tags += "#tag" + string(rune('a'+i%26)) + string(rune('a'+i/26)) + " "
	}
	for name, c := range map[string]struct {
		by   camp.Actor
		d    camp.Draft
		want string
	}{
		"nobody":               {camp.Actor{}, camp.Draft{Text: "x"}, "people.not_member.say"},
		"unknown":              {camp.Actor{Member: 7, Role: camp.RoleHost}, camp.Draft{Text: "x"}, "people.not_member.say"},
		"empty":                {ada, camp.Draft{Text: " \n\u200b "}, "posts.empty.say"},
		"note alone":           {ada, camp.Draft{Note: "food"}, "posts.empty.say"},
		"too long":             {ada, camp.Draft{Text: strings.Repeat("é", camp.MaxText+1)}, "posts.too_long.say"},
		"too long with note":   {ada, camp.Draft{Text: strings.Repeat("é", camp.MaxText), Note: "n"}, "posts.too_long.say"},
		"far too long":         {ada, camp.Draft{Text: strings.Repeat("a", 1<<20)}, "posts.too_long.say"},
		"public":               {ada, camp.Draft{Text: "x", Audience: camp.AudiencePublic}, "posts.audience.say"},
		"letter":               {ada, camp.Draft{Text: "x", Audience: camp.AudienceLetter}, "posts.letter_nobody.say"},
		"invalid audience":     {ada, camp.Draft{Text: "x", Audience: 77}, "posts.audience.say"},
		"wider than parent":    {ada, camp.Draft{Text: "x", ReplyTo: first, Audience: camp.AudienceQuiet}, "posts.audience_wider.say"},
		"parent gone":          {ada, camp.Draft{Text: "x", ReplyTo: 12345}, "posts.parent_gone.say"},
		"guest starts":         {guest, camp.Draft{Text: "x"}, "posts.guest.say"},
		"guest, older parent":  {guest, camp.Draft{Text: "x", ReplyTo: first}, ""},
		"somebody's picture":   {ada, camp.Draft{Pictures: []camp.DraftPicture{{ID: foreign}}}, "posts.picture_gone.say"},
		"a face":               {ada, camp.Draft{Pictures: []camp.DraftPicture{{ID: face}}}, "posts.picture_gone.say"},
		"no such picture":      {ada, camp.Draft{Pictures: []camp.DraftPicture{{ID: "x"}}}, "posts.picture_gone.say"},
		"five pictures":        {ada, camp.Draft{Pictures: make([]camp.DraftPicture, 5)}, "posts.too_many_pictures.say"},
		"same picture twice":   {ada, camp.Draft{Pictures: make([]camp.DraftPicture, 2)}, "posts.picture_twice.say"},
		"long alt":             {ada, camp.Draft{Text: "x", Pictures: []camp.DraftPicture{{Alt: strings.Repeat("x", camp.MaxAlt+1)}}}, "posts.alt_long.say"},
		"too many tags":        {ada, camp.Draft{Text: tags}, "posts.too_many_tags.say"},
		"too long a key":       {ada, camp.Draft{Text: "x", Key: strings.Repeat("k", 201)}, "posts.key_long.say"},
		"longest text":         {ada, camp.Draft{Text: strings.Repeat("é", camp.MaxText)}, ""},
		"audience said":        {ada, camp.Draft{Text: "x", Audience: camp.AudienceCamp}, ""},
		"language is nonsense": {ada, camp.Draft{Text: "x", Language: "<script>"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h.posts.Write(t.Context(), c.by, c.d)
			want(t, "fault", say(err), c.want)
		})
	}
}

func TestWriteShows(t *testing.T) {
	h := newHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	pic := h.upload(ada, false)
	h.ear.take()
	id, err := h.posts.Write(t.Context(), ada, camp.Draft{
		Text: "Look \u202e@ben and @BEN, @mia@far.example, #Étang #étang no#tag https://x.example/#frag", Note: "a\nnote",
		Language: "nl", Pictures: []camp.DraftPicture{{ID: pic, Alt: "a pond"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := h.post(ben, id)
	want(t, "text", p.Text, "Look @ben and @BEN, @mia@far.example, #Étang #étang no#tag https://x.example/#frag")
	want(t, "note", p.Note, "a note")
	want(t, "audience", p.Audience, camp.AudienceCamp)
	want(t, "tags", strings.Join(p.Tags, " "), "étang")
	want(t, "mentions", len(p.Mentions), 1)
	want(t, "named", p.Named[0].Name, "ben")
	want(t, "author", p.By.Name, "ada")
	want(t, "root", p.Root, id)
	want(t, "picture", p.Pictures[0], camp.Picture{ID: pic, Alt: "a pond", Type: "image/jpeg", Width: 640, Height: 480, Blur: "LEHV6nWB2yk8pyo0adR*.7kCMdnj"})
	want(t, "mine", p.Mine, false)
	want(t, "written", p.Written, h.clock.now())
	events := h.ear.take()
	want(t, "events", len(events), 2)
	want(t, "event", events[0], camp.Event{Kind: camp.EventPost, Post: id, Root: id, Member: ada.Member})
	want(t, "event", events[1], camp.Event{Kind: camp.EventNotice, Post: id, Root: id, Member: ada.Member, To: ben.Member})
	_, err = h.posts.Write(t.Context(), ada, camp.Draft{Pictures: []camp.DraftPicture{{ID: pic}}})
	want(t, "picture used twice", say(err), "posts.picture_gone.say")
	want(t, "events of a refusal", len(h.ear.take()), 0)
	list, err := h.posts.Tagged(t.Context(), ben, "#ÉTANG", camp.Page{})
	if err != nil || len(list) != 1 {
		t.Errorf("tagged: got %d posts, %v", len(list), err)
	}
}

func TestOnce(t *testing.T) {
	h := newHouse(t)
	ada, ben := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember)
	write := func(by camp.Actor, key string) camp.PostID {
		id, err := h.posts.Write(t.Context(), by, camp.Draft{Text: "one", Key: key})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	first := write(ada, "k")
	h.clock.add(59 * time.Minute)
	want(t, "same key within the hour", write(ada, "k"), first)
	if write(ben, "k") == first {
		t.Error("another author's key gave the same post")
	}
	if write(ada, "other") == first {
		t.Error("another key gave the same post")
	}
	h.clock.add(2 * time.Minute)
	if write(ada, "k") == first {
		t.Error("the key outlived its hour")
	}
	var wg sync.WaitGroup
	ids := make([]camp.PostID, 20)
	for i := range ids {
		wg.Go(func() { ids[i] = write(ben, "parallel") })
	}
	wg.Wait()
	for _, id := range ids {
		want(t, "parallel writes of one key", id, ids[0])
	}
	h.clock.add(3 * time.Hour)
	if err := h.posts.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := h.db.View(t.Context(), func(tx *store.Tx) error {
		left, err := tx.AnyOnceOver(tx.Now())
		want(t, "keys left after tidying", left, false)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRulesStopWriting(t *testing.T) {
	h := newHouse(t)
	ada := h.add("ada", camp.RoleMember)
	h.write(ada, "agreed by the host's word", 0)
	first := h.write(h.host, "hello", 0)
	r := camp.Rules{Version: 2, Date: h.clock.now(), Texts: []string{"Be very kind."}, Asks: 2} // as after a vote
	r.Hash = camp.RulesHash(r.Version, r.Texts)
	if err := h.db.Update(t.Context(), func(tx *store.Tx) error { return tx.PutRules(r) }); err != nil {
		t.Fatal(err)
	}
	_, err := h.posts.Write(t.Context(), ada, camp.Draft{Text: "x"})
	want(t, "post", say(err), "people.agree.say")
	_, err = h.posts.Write(t.Context(), ada, camp.Draft{Text: "x", ReplyTo: first})
	want(t, "reply", say(err), "people.agree.say")
	_, err = h.posts.Follow(t.Context(), ada, h.host.Member, false)
	want(t, "follow", say(err), "people.agree.say")
	want(t, "favourite", say(h.posts.Favourite(t.Context(), ada, first, true)), "")
	if err := h.people.Agree(t.Context(), ada, r.Version, r.Hash); err != nil {
		t.Fatal(err)
	}
	h.write(ada, "agreed", 0)
	if _, err = h.people.PublishRules(t.Context(), h.host, camp.RulesDraft{Texts: []string{"Be very, very kind."}, Small: true}); err != nil {
		t.Fatal(err)
	}
	h.write(ada, "a small change asks nobody", 0)
}

func TestCounts(t *testing.T) {
	h := newHouse(t)
	crowd := h.crowd(8)
	root := h.write(h.host, "root", 0)
	child := h.write(crowd[0], "child", root)
	var wg sync.WaitGroup
	for _, m := range crowd {
		wg.Go(func() {
			for range 5 {
				if err := h.posts.Favourite(t.Context(), m, root, true); err != nil {
					t.Error(err)
				}
				if _, err := h.posts.Write(t.Context(), m, camp.Draft{Text: "below", ReplyTo: child}); err != nil {
					t.Error(err)
				}
				if err := h.posts.Favourite(t.Context(), m, child, true); err != nil {
					t.Error(err)
				}
				if err := h.posts.Favourite(t.Context(), m, child, false); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	p := h.post(crowd[0], root)
	want(t, "favourites", p.Favourites, 8)
	want(t, "replies to the root", p.Replies, 41)
	want(t, "favourited", p.Favourited, true)
	p = h.post(h.host, child)
	want(t, "favourites taken back", p.Favourites, 0)
	want(t, "replies to the child", p.Replies, 40)
	who, err := h.posts.FavouritedBy(t.Context(), h.host, root)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "favourited by", len(who), 8)
	n, err := h.posts.Unread(t.Context(), h.host)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "notices of the host: one reply, eight favourites", n, 9)
}
