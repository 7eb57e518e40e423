package clientapi

import (
	"cmp"
	"slices"
	"strings"

	"camp/node/camp"
	"camp/node/posts"
)

const (
	postsUsual = 20
	postsMost  = 40
	// rounds is how many pages are read, at most, to fill one of which much is left out.
	rounds = 8
	// tagsMost is how many tags one timeline may put together.
	tagsMost = 4
)

// timeline answers with a page of a list of posts; keep, where not nil, leaves
// some out.
func (c *call) timeline(read func(camp.Page) ([]camp.PostView, error), keep func(*camp.PostView) bool) error {
	page := c.in.page(postsMost, postsUsual)
	list, err := filled(page, read, keep)
	if err != nil {
		return err
	}
	c.linkPosts(list)
	err = c.statuses(list)
	posts.GiveBack(list)
	return err
}

// filled reads until a page is full, the list is at its end, or enough was read.
func filled(page camp.Page, read func(camp.Page) ([]camp.PostView, error), keep func(*camp.PostView) bool) ([]camp.PostView, error) {
	if keep == nil {
		return read(page)
	}
	var out []camp.PostView
	for range rounds {
		list, err := read(page)
		if err != nil || len(list) == 0 {
			return out, err
		}
		full := len(list) >= page.Size()
		oldest, newest := cursor(&list[len(list)-1]), cursor(&list[0])
		list = slices.DeleteFunc(list, func(v camp.PostView) bool { return !keep(&v) })
		if page.Climb {
			out, page.After = append(list, out...), newest
			out = out[max(len(out)-page.Size(), 0):]
		} else {
			out, page.Before = append(out, list...), oldest
			out = out[:min(len(out), page.Size())]
		}
		if len(out) == page.Size() || !full {
			break
		}
	}
	return out, nil
}

// cursor is the id under which a post stands in a list.
func cursor(v *camp.PostView) uint64 {
	if v.PassedBy != nil {
		return uint64(v.Passing)
	}
	return uint64(v.ID)
}

func (c *call) linkPosts(list []camp.PostView) {
	if len(list) > 0 {
		c.link(camp.PostID(cursor(&list[len(list)-1])).String(), camp.PostID(cursor(&list[0])).String())
	}
}

func (c *call) home() error {
	return c.timeline(func(p camp.Page) ([]camp.PostView, error) { return c.a.o.Posts.Home(c.ctx(), c.by, p) }, nil)
}

// public is what is written here for everybody in the camp. There is no list of
// all that came from elsewhere: it came to those who follow.
func (c *call) public() error {
	if c.in.yes("remote", false) && !c.in.yes("local", false) {
		return c.emptyList()
	}
	var keep func(*camp.PostView) bool
	if c.in.yes("only_media", false) {
		keep = func(v *camp.PostView) bool { return len(v.Pictures) > 0 }
	}
	return c.timeline(func(p camp.Page) ([]camp.PostView, error) { return c.a.o.Posts.Fire(c.ctx(), c.by, p) }, keep)
}

func (c *call) favourites() error {
	return c.timeline(func(p camp.Page) ([]camp.PostView, error) { return c.a.o.Posts.Favourites(c.ctx(), c.by, p) }, nil)
}

func (c *call) bookmarks() error {
	return c.timeline(func(p camp.Page) ([]camp.PostView, error) { return c.a.o.Posts.Kept(c.ctx(), c.by, p) }, nil)
}

// tagged is what has a tag, or any of some, and all of others, and none of more.
func (c *call) tagged() error {
	any := foldTags(append([]string{c.path[0]}, c.in.all("any")...))
	all, none := foldTags(c.in.all("all")), foldTags(c.in.all("none"))
	local, remote, media := c.in.yes("local", false), c.in.yes("remote", false), c.in.yes("only_media", false)
	var keep func(*camp.PostView) bool
	if len(all)+len(none) > 0 || local || remote || media {
		keep = func(v *camp.PostView) bool {
			has := func(t string) bool { return hasTag(v, t) }
			return !slices.ContainsFunc(all, func(t string) bool { return !has(t) }) && !slices.ContainsFunc(none, has) &&
				(!local || v.Here()) && (!remote || !v.Here()) && (!media || len(v.Pictures)+len(v.Files) > 0)
		}
	}
	return c.timeline(func(p camp.Page) ([]camp.PostView, error) {
		var out []camp.PostView
		for _, t := range any {
			list, err := c.a.o.Posts.Tagged(c.ctx(), c.by, t, p)
			if err != nil {
				return nil, err
			}
			out = append(out, list...)
		}
		if len(any) == 1 {
			return out, nil
		}
		slices.SortFunc(out, func(a, b camp.PostView) int { return cmp.Compare(cursor(&b), cursor(&a)) })
		out = slices.CompactFunc(out, func(a, b camp.PostView) bool { return cursor(&a) == cursor(&b) })
		if p.Climb {
			return out[max(len(out)-p.Size(), 0):], nil
		}
		return out[:min(len(out), p.Size())], nil
	}, keep)
}

func foldTag(s string) string {
	if len(s) > 200 {
		return ""
	}
	return posts.FoldTag(s)
}

func foldTags(list []string) []string {
	var out []string
	for _, s := range list {
		if t := foldTag(s); t != "" && !slices.Contains(out, t) && len(out) < tagsMost {
			out = append(out, t)
		}
	}
	return out
}

func hasTag(v *camp.PostView, tag string) bool { return slices.Contains(v.Tags, tag) }

// tagOf tells about a tag.
func (c *call) tagOf() error {
	t := foldTag(c.path[0])
	if t == "" || strings.ContainsAny(t, "/ ") {
		return errNoRecord
	}
	c.tagEntity(t)
	return nil
}

func (c *call) tagEntity(t string) {
	o := c.out
	o.open('{')
	o.str("id", t)
	o.str("name", t)
	o.str("url", tagURL(c.base, t))
	o.empty("history")
	o.yes("following", false)
	o.yes("featuring", false)
	o.close('}')
}
