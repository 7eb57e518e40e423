package web

import (
	"html/template"
	"net/url"
	"time"
	"unicode"

	"camp/node/camp"
)

// face is a person's picture, or a letter on one of twelve colours.
type face struct {
	Src    string // "" for none
	Letter string
	Hue    int // 0 to 11, read by the style sheet
}

func faceOf(m camp.Member) face {
	f := face{Letter: firstLetter(m.Display, m.Name), Hue: int(uint64(m.ID) * 0x9e3779b97f4a7c15 >> 40 % 12)}
	switch {
	case m.Picture != "":
		f.Src = "/media/" + string(m.Picture) + "/small"
	case m.Pictured:
		f.Src = "/media/face/" + m.ID.String() + "/picture"
	}
	return f
}

func firstLetter(names ...string) string {
	for _, n := range names {
		for _, r := range n {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return string(unicode.ToUpper(r))
			}
		}
	}
	return "·"
}

// person is a member as pages show them.
type person struct {
	Name, Handle string
	Face         face
	Gone         bool          // left or removed; their page is gone with them
	Drawn        template.HTML // the name with its small pictures; "" where it has none
}

func personOf(m camp.Member) person {
	p := person{Name: m.Display, Handle: m.Name, Face: faceOf(m), Gone: m.Standing != camp.Joined && m.Standing != camp.Suspended && m.Standing != camp.Elsewhere}
	if m.Standing == camp.Elsewhere {
		p.Name = camp.CleanLine(p.Name, mostName)
	}
	if p.Name == "" {
		p.Name = m.Name
	}
	return p
}

// mostName is how much of a name from elsewhere is shown (reliability.md 3).
const mostName = 100 // characters

// item is a post as pages show it.
type item struct {
	plainItem
	Pictures []shot
	Films    []film
	Poll     *poll
	Inside   *quoted // the post that it shows within itself
	Event    *occasion
	Links    []onward

	Day  string // the day that begins with it, in a list; "" for none
	Tomb string // what stands in the place of a post above it; "" for none
}

// plainItem is all of an item that can be compared, but its pictures: what its markup is kept under (shown.go).
type plainItem struct {
	ID, Root   string
	By         person
	Place      string // how long the author is here, beside the name; "" in lists of one author
	When       string
	Exact, ISO string
	Text       template.HTML
	Note       string
	Language   string
	Replies    int
	Likes      int
	Liked      bool
	Kept       bool
	Mine       bool
	MayDelete  bool
	Edited     bool
	Reply      bool
	ReplyBy    string
	Depth      int  // in a thread: 0 for the post itself, at most maxDepth
	Focus      bool // the post that the page is about

	Badge     badge
	Server    string // that it came from; "" for one written here
	Page      string // address of its page there
	Title     string
	PassedBy  string // who passed it on, where that is why it is shown
	Boosts    int
	Boosted   bool
	MayBoost  bool
	NoReply   bool // its author keeps answers, or likes, for others
	NoLike    bool
	MayPoint  bool // the reader can point to it in a post of their own
	MayNarrow bool
	MayWiden  bool // its words can be taken into a new post, for more people
	MayReport bool
	MayPin    bool
	MaySign   bool // a like can bear a sign
	Pinned    bool
	Hidden    bool // its pictures are not for every eye
	NoFiles   bool // they are kept away by the camp's decision
	More      int  // pictures that are only on its own page
	Cut       bool // so is the rest of its text
	Lost      bool // it answers a post that did not get here
	NoInside  bool // the post that it shows within itself is not here, or not for the reader
}

// shot is a picture of a post.
type shot struct {
	Src, Full, Alt string
	Width, Height  int
	Label          string // of the link, where nobody described the picture
}

// itemOf makes a post ready for the page. It exists only for a reader who may read it.
func (v *visit) itemOf(p *camp.PostView) item {
	now := v.now()
	it := v.bareItem(p, now)
	it.When = v.words.ago(p.Written, now)
	return it
}

// bareItem is itemOf without the time that is shown.
func (v *visit) bareItem(p *camp.PostView, now time.Time) item {
	it := item{Pictures: shotsOf(p.Pictures)}
	it.plainItem = plainItem{
		ID: p.ID.String(), Root: p.Root.String(), By: personOf(p.By),
		Exact: v.words.exact(p.Written, now), ISO: p.Written.UTC().Format(time.RFC3339),
		Note: p.Note, Language: p.Language,
		Replies: p.Replies, Likes: p.Favourites, Liked: p.Favourited, Kept: p.Kept,
		Mine: p.Mine, MayDelete: p.MayDelete, Edited: !p.Edited.IsZero(), Reply: p.ReplyTo != 0, ReplyBy: p.ReplyBy,
	}
	if p.Here() && p.Text != "" {
		it.Text = htmlOf(p.Text, p.Named)
	}
	v.beyond(&it, p, bodyShort)
	return it
}

func shotsOf(pictures []camp.Picture) []shot {
	var out []shot
	for _, x := range pictures {
		src := "/media/" + string(x.ID)
		out = append(out, shot{Src: src + "/small", Full: src, Alt: x.Alt, Width: x.Width, Height: x.Height})
	}
	return out
}

// list makes a page of posts ready, with dividers where days change.
func (v *visit) list(posts []camp.PostView) []item {
	now, last := v.now(), ""
	out := make([]item, len(posts))
	for i := range posts {
		out[i] = v.bareItem(&posts[i], now)
		if day := v.words.day(posts[i].Written, now); day != last {
			out[i].Day, last = day, day
		}
		out[i].When = v.words.hour(posts[i].Written, now)
	}
	return out
}

// pager leads to the older and the newer part of a list.
type pager struct{ Older, Newer string }

const pageSize = 40

// window reads from the address how far back a list begins; anything odd is not found.
func (v *visit) window() (camp.Page, error) {
	p := camp.Page{Limit: pageSize}
	if s := v.r.URL.Query().Get("before"); s != "" {
		id, err := camp.ParsePostID(s)
		if err != nil {
			return p, errNowhere
		}
		p.Before = uint64(id)
	}
	return p, nil
}

// pagerFor makes the links around a list of n posts that ends at last. keep are
// parts of the address to carry on.
func pagerFor(path string, keep url.Values, p camp.Page, n int, last uint64) pager {
	var out pager
	if n == p.Size() {
		q := url.Values{"before": {camp.PostID(last).String()}}
		for k, vs := range keep {
			q[k] = vs
		}
		out.Older = path + "?" + q.Encode()
	}
	if p.Before != 0 {
		out.Newer = path
		if len(keep) > 0 {
			out.Newer += "?" + keep.Encode()
		}
	}
	return out
}
