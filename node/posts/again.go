package posts

import (
	"sync"

	"camp/node/camp"
)

// A page of posts is large, and is made for each reader anew. What it lay in is
// used again, so that the collector has less to do.

// rows are the posts of a page before they are views.
type rows struct{ list []camp.Post }

var rowsKept = sync.Pool{New: func() any { return &rows{} }}

func takeRows() *rows { return rowsKept.Get().(*rows) } //nolint:forcetypeassert // nothing else is put there

func (r *rows) giveBack() {
	clear(r.list[:cap(r.list)])
	rowsKept.Put(r)
}

// maxAgain is how many views are kept for the next page, at most.
const maxAgain = 80

var viewsKept sync.Pool // of *[]camp.PostView

// takeViews gives a list with room for n views.
func takeViews(n int) []camp.PostView {
	if l, ok := viewsKept.Get().(*[]camp.PostView); ok && cap(*l) >= n {
		return (*l)[:0]
	}
	return make([]camp.PostView, 0, n)
}

// GiveBack takes a list of views, as this package gave it, from somebody who has
// shown it and needs neither it nor what it points at any more. It need not be
// called.
func GiveBack(list []camp.PostView) {
	if cap(list) == 0 || cap(list) > maxAgain {
		return
	}
	clear(list)
	viewsKept.Put(&list)
}
