package web

import (
	"fmt"
	"html/template"
	"strings"
	"testing"

	"camp/assets"
	"camp/node/camp"
)

// aTongue gives English as the program has it.
func aTongue(t *testing.T) *tongue {
	t.Helper()
	st, err := readStatic(assets.FS)
	if err != nil {
		t.Fatal(err)
	}
	all, err := readTongues(assets.FS, st)
	if err != nil {
		t.Fatal(err)
	}
	return all["en"]
}

func anItem(n int) item {
	return item{plainItem: plainItem{
		ID: fmt.Sprint("id", n), Root: fmt.Sprint("id", n), By: person{Name: "Mara", Handle: "mara"}, When: "now",
		Text: template.HTML(fmt.Sprint("<p>post ", n, "</p>")),
	}}
}

// What is kept is what would be drawn, and anything that somebody else would see
// otherwise is drawn for them.
func TestShownIsWhatWouldBeDrawn(t *testing.T) {
	tg := aTongue(t)
	for name, change := range map[string]func(*item){
		"nothing":        func(*item) {},
		"liked":          func(it *item) { it.Liked, it.Likes = true, 1 },
		"kept":           func(it *item) { it.Kept = true },
		"their own":      func(it *item) { it.Mine, it.MayDelete = true, true },
		"other words":    func(it *item) { it.Text = "<p>edited</p>" },
		"author's name":  func(it *item) { it.By.Name = "Mara the second" },
		"time":           func(it *item) { it.When = "1 min" },
		"a picture":      func(it *item) { it.Pictures = []shot{{Src: "/media/a", Alt: "a"}} },
		"passed on":      func(it *item) { it.Boosted, it.Boosts = true, 1 },
		"by somebody":    func(it *item) { it.PassedBy = "Tom" },
		"may pass on":    func(it *item) { it.MayBoost = true },
		"may point":      func(it *item) { it.MayPoint = true },
		"another badge":  func(it *item) { it.Badge = badge{Icon: "world", Say: "Public"} },
		"a poll":         func(it *item) { it.Poll = &poll{ID: it.ID, Form: true, Choices: []answer{{N: "0", Text: "yes"}}} },
		"a vote in it":   func(it *item) { it.Poll = &poll{ID: it.ID, Choices: []answer{{N: "0", Text: "yes", Mine: true}}} },
		"a quoted post":  func(it *item) { it.Inside = &quoted{ID: "q", By: person{Name: "Tom", Handle: "tom"}} },
		"a film":         func(it *item) { it.Films = []film{{Src: "/media/far/1/0"}} },
		"another's text": func(it *item) { it.Pictures = []shot{{Src: "/media/a", Alt: "b"}} },
	} {
		t.Run(name, func(t *testing.T) {
			for _, it := range []item{anItem(1), anItem(1)} { // drawn, then kept
				if _, err := tg.post(it); err != nil {
					t.Fatal(err)
				}
			}
			it := anItem(1)
			change(&it)
			want, err := tg.draw(it)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if got, err := tg.post(it); err != nil || got != want {
					t.Errorf("got %s, %v\nwant %s", got, err, want)
				}
			}
		})
	}
}

// A post is drawn once while it is shown; memory is bounded.
func TestShownKeepsTheLastOnes(t *testing.T) {
	tg := aTongue(t)
	often := anItem(0)
	for n := range 5 * shownMost {
		for _, it := range []item{often, anItem(n + 1)} {
			if _, err := tg.post(it); err != nil {
				t.Fatal(err)
			}
		}
		if _, ok := tg.shown.get(look{plainItem: often.plainItem}); !ok {
			t.Fatalf("what is on each page is not kept after %d others", n+1)
		}
	}
	if n := len(tg.shown.recent) + len(tg.shown.before); n > 2*shownMost {
		t.Errorf("%d kept", n)
	}
	if _, ok := tg.shown.get(look{plainItem: anItem(1).plainItem}); ok {
		t.Error("a post that nobody asks for any more is still kept")
	}
	long := anItem(-1)
	long.Text = template.HTML(strings.Repeat("a", shownSize))
	if _, err := tg.post(long); err != nil {
		t.Fatal(err)
	}
	if _, ok := tg.shown.get(look{plainItem: long.plainItem}); ok {
		t.Error("a very long post is kept")
	}
	many := anItem(-2)
	many.Pictures = make([]shot, camp.MaxPictures+1)
	if got, err := tg.post(many); err != nil || got == "" {
		t.Errorf("a post of too many pictures: %q, %v", got, err)
	}
}
