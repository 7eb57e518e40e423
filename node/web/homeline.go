package web

import (
	"net/http"

	"camp/node/camp"
)

// linePage is the home timeline: what is said in the camp, and by those whom the
// reader follows.
type linePage struct {
	frame
	Posts []item
	pager
	Later bool
}

// place is where a post stands in a home timeline: a boost stands for itself.
func place(p *camp.PostView) camp.PostID { return max(p.ID, p.Passing) }

func (v *visit) line() error {
	if !v.outside() {
		return errNowhere
	}
	win, err := v.window()
	if err != nil {
		return err
	}
	posts, err := v.s.o.Posts.Home(v.ctx(), v.actor, win)
	if err != nil {
		return err
	}
	p := &linePage{Later: win.Before != 0}
	if p.frame, err = v.frame("line", v.say("open.home.title")); err != nil {
		return err
	}
	p.Live = "/live"
	if !p.Later {
		var top camp.PostID
		for i := range posts {
			top = max(top, place(&posts[i]))
		}
		p.Live = "/live?home=1&after=" + top.String()
	}
	if n := len(posts); n > 0 {
		p.pager = pagerFor("/home", nil, win, n, uint64(place(&posts[n-1])))
	}
	p.Posts = v.list(onceEach(posts))
	return v.render(http.StatusOK, "line", p)
}

// onceEach leaves out what a page shows already: a post that several passed on
// stands where the last of them did.
func onceEach(list []camp.PostView) []camp.PostView {
	seen := make(map[camp.PostID]bool, len(list))
	out := list[:0:0]
	for i := range list {
		if !seen[list[i].ID] {
			seen[list[i].ID] = true
			out = append(out, list[i])
		}
	}
	return out
}
