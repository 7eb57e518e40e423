package posts_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"camp/node/camp"
	"camp/node/posts"
	"camp/node/posts/poststest"
	"camp/store"
)

// searchAll follows next to the end.
func (h *house) searchAll(by camp.Actor, words string) (list []camp.PostID, requests int) {
	h.t.Helper()
	var p camp.Page
	for requests = 1; ; requests++ {
		found, next, err := h.posts.Search(h.t.Context(), by, words, p)
		if err != nil {
			h.t.Fatalf("search: %v", err)
		}
		for _, f := range found {
			list = append(list, f.ID)
		}
		if next == 0 {
			return list, requests
		}
		p.Before = next
	}
}

func TestSearchWords(t *testing.T) {
	h := newHouse(t)
	ada := h.add("ada", camp.RoleMember)
	pic := h.upload(ada, false)
	h.write(ada, "Überraschung im Café, @mia #Kuchen", 0)
	h.write(ada, "die straße", 0)
	h.write(ada, "東京タワー", 0)
	if _, err := h.posts.Write(t.Context(), ada, camp.Draft{Text: "look", Note: "spiders", Pictures: []camp.DraftPicture{{ID: pic, Alt: "a lighthouse"}}}); err != nil {
		t.Fatal(err)
	}
	for q, n := range map[string]int{
		"cafe": 1, "CAFÉ": 1, "uberraschung cafe": 1, "cafe nothing": 0, "caf": 0, "@mia": 1, "mia": 1, "@ada": 0,
		"#kuchen": 1, "kuchen": 1, "#cafe": 0, "strasse": 1, "Straße": 1, "東京": 1, "京東": 1, "大阪": 0, "spiders": 1, "lighthouse look": 1,
	} {
		list, _ := h.searchAll(ada, q)
		if len(list) != n {
			t.Errorf("search %q: %d posts, want %d", q, len(list), n)
		}
	}
	for q, key := range map[string]string{
		"": "posts.search_empty.say", " -!? ": "posts.search_empty.say", strings.Repeat("x", 900): "posts.search_long.say",
		"a b c d e f g h i j k l m n o p q r s t u": "posts.search_words.say",
	} {
		_, _, err := h.posts.Search(t.Context(), ada, q, camp.Page{})
		want(t, "search "+q, say(err), key)
	}
}

// TestSearchFindsAll compares search with reading everything, before and after
// the sieves are made, after edits, deletes and with each page size.
func TestSearchFindsAll(t *testing.T) {
	h := newHouse(t)
	crowd := h.crowd(3)
	ids, err := poststest.Seed(t.Context(), store.As[posts.Tx](h.db), crowd, 1500, 1)
	if err != nil {
		t.Fatal(err)
	}
	rare := func(i int) string { return fmt.Sprintf("needle%d", i) }
	r := rand.New(rand.NewPCG(3, 4))
	var hidden []camp.PostID
	for i := range 12 {
		id := ids[r.IntN(len(ids))]
		p := h.post(h.host, id)
		by := camp.Actor{Member: p.Author}
		if err := h.posts.Edit(t.Context(), by, id, camp.Draft{Text: p.Text + " needle " + rare(i)}); err != nil {
			t.Fatal(err)
		}
		hidden = append(hidden, id)
		switch i {
		case 3, 8:
			if err := h.posts.Sift(t.Context()); err != nil {
				t.Fatal(err)
			}
		case 10:
			if err := h.posts.Delete(t.Context(), h.host, id); err != nil {
				t.Fatal(err)
			}
			hidden = hidden[:len(hidden)-1]
		}
	}
	check := func(when string) {
		t.Helper()
		wantIDs := slices.Clone(hidden)
		slices.Sort(wantIDs)
		slices.Reverse(wantIDs)
		wantIDs = slices.Compact(wantIDs)
		got, _ := h.searchAll(crowd[0], "NEEDLE")
		if !slices.Equal(got, wantIDs) {
			t.Errorf("%s: found %v, want %v", when, got, wantIDs)
		}
		one, _ := h.searchAll(crowd[0], rare(11)+" needle")
		if len(one) != 1 {
			t.Errorf("%s: found %d posts with a word of its own", when, len(one))
		}
	}
	check("after edits")
	if err := h.posts.Sift(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("sifted")
	err = h.db.View(t.Context(), func(tx *store.Tx) error {
		sieves, err := tx.Sieves(0, 100)
		want(t, "sieves over 1,500 posts", len(sieves), 5)
		for _, s := range sieves {
			want(t, "posts in a run", s.Posts > 254 && s.Posts <= 256, true)
			if len(s.Bits) > 8<<10 {
				t.Errorf("a sieve takes %d bytes", len(s.Bits))
			}
		}
		again, _ := tx.Resifts(10)
		want(t, "runs to sift anew", len(again), 0)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	common := map[int]int{}
	for _, size := range []int{1, 7, 40} {
		p := camp.Page{Limit: size}
		for {
			found, next, err := h.posts.Search(t.Context(), crowd[0], "the", p)
			if err != nil {
				t.Fatal(err)
			}
			if len(found) > size {
				t.Fatalf("%d posts on a page of %d", len(found), size)
			}
			common[size] += len(found)
			if p.Before = next; next == 0 {
				break
			}
		}
	}
	if common[1] == 0 || common[1] != common[7] || common[7] != common[40] {
		t.Errorf("found by page size: %v", common)
	}
}
