package posts

import (
	"testing"

	"camp/node/camp"
)

// What lay in a page that was given back is gone from it, and a page is never
// shorter than asked for.
func TestViewsAreUsedAgain(t *testing.T) {
	list := takeViews(40)
	for n := range 40 {
		list = append(list, camp.PostView{Post: camp.Post{ID: camp.PostID(n + 1), Text: "secret"}})
	}
	GiveBack(list)
	for n := range list {
		if list[n].ID != 0 || list[n].Text != "" {
			t.Fatalf("view %d still holds %+v", n, list[n].Post)
		}
	}
	for _, n := range []int{0, 1, 40, 41, 500} {
		if got := takeViews(n); len(got) != 0 || cap(got) < n {
			t.Errorf("asked for %d: %d, room for %d", n, len(got), cap(got))
		}
	}
	GiveBack(nil)
	r := takeRows()
	r.list = append(r.list, camp.Post{Text: "long"}, camp.Post{Text: "secret"})
	r.list = r.list[:1]
	r.giveBack()
	if all := r.list[:2]; all[0].Text != "" || all[1].Text != "" {
		t.Errorf("rows still hold %+v", all)
	}
}

func TestSameServer(t *testing.T) {
	for _, row := range []struct {
		a, b string
		want bool
	}{
		{"https://a.example/users/x", "https://a.example/@x", true},
		{"https://a.example/1", "https://a.example.org/1", false},
		{"https://a.example/1", "https://b.example/1", false},
		{"https://a.example", "https://a.example", false},
		{"", "", false},
		{"https://a.example/1", "http://a.example/1", false},
		{"https://a.example@b.example/1", "https://a.example/1", false},
	} {
		if got := sameServer(row.a, row.b); got != row.want {
			t.Errorf("%q, %q: %v", row.a, row.b, got)
		}
	}
}
