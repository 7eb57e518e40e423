package clientapi

import (
	"slices"

	"camp/node/camp"
)

// noticeTypes are the protocol's words. What has none is not told here.
var noticeTypes = map[camp.NoticeKind]string{
	camp.NoticeMention:   "mention",
	camp.NoticeReply:     "mention",
	camp.NoticeFavourite: "favourite",
	camp.NoticeEdited:    "update",
	camp.NoticeFollow:    "follow",
	camp.NoticeAsk:       "follow_request",
	camp.NoticeBoost:     "reblog",
	camp.NoticePoll:      "poll",
	camp.NoticeReport:    adminReport,
}

// adminReport is told to host and helpers alone, and in a list only where the app
// asks for it: there are old ones that draw an empty row (client-api.md 8).
const adminReport = "admin.report"

// shows reports whether a notice can be shown: one about a post only with it
// (there are apps that fail otherwise, client-api.md 8), one of a report only with
// that, and who made it.
func (c *call) shows(n *camp.NoticeView) bool {
	switch noticeTypes[n.Kind] {
	case "":
		return false
	case "follow", "follow_request":
		return true
	case adminReport:
		_, ok := c.reports[n.Report]
		return ok && n.From.ID != 0
	}
	return n.Post != nil
}

func (c *call) notices() error {
	page := c.in.page(postsMost, postsUsual)
	types, without := c.in.all("types"), c.in.all("exclude_types")
	from, asked := camp.MemberID(c.in.idIn("account_id")), slices.Contains(types, adminReport)
	if asked {
		if err := c.readReports(); err != nil {
			return err
		}
	}
	keep := func(n *camp.NoticeView) bool {
		word := noticeTypes[n.Kind]
		return c.shows(n) && (word != adminReport || asked) && (len(types) == 0 || slices.Contains(types, word)) && !slices.Contains(without, word) && (from == 0 || n.From.ID == from)
	}
	var out []camp.NoticeView
	for range rounds {
		list, err := c.a.o.Posts.Notices(c.ctx(), c.by, page)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			break
		}
		full, oldest, newest := len(list) >= page.Size(), list[len(list)-1].ID, list[0].ID
		list = slices.DeleteFunc(list, func(n camp.NoticeView) bool { return !keep(&n) })
		if page.Climb {
			out, page.After = append(list, out...), uint64(newest)
			out = out[max(len(out)-page.Size(), 0):]
		} else {
			out, page.Before = append(out, list...), uint64(oldest)
			out = out[:min(len(out), page.Size())]
		}
		if len(out) == page.Size() || !full {
			break
		}
	}
	if len(out) > 0 {
		c.link(out[len(out)-1].ID.String(), out[0].ID.String())
	}
	return c.noticeList(out)
}

func (c *call) noticeList(list []camp.NoticeView) error {
	var ids []camp.MemberID
	var about []camp.PostView
	for _, n := range list {
		ids = append(append(ids, n.From.ID), c.aboutIn(&n)...)
		if n.Post != nil {
			about = append(about, *n.Post)
		}
	}
	if err := c.tally(ids...); err != nil {
		return err
	}
	if err := c.tallyOf(about); err != nil {
		return err
	}
	c.out.open('[')
	for i := range list {
		c.noticeOf(&list[i])
	}
	c.out.close(']')
	return nil
}

func (c *call) noticeOf(n *camp.NoticeView) {
	o := c.out
	o.open('{')
	o.id("id", uint64(n.ID))
	o.str("type", noticeTypes[n.Kind])
	o.str("group_key", "ungrouped-"+n.ID.String())
	o.time("created_at", n.At)
	c.account("account", person{m: n.From, far: n.Far})
	if n.Post != nil {
		c.status("status", n.Post)
	} else {
		o.null("status")
	}
	if r, ok := c.reports[n.Report]; ok && n.Kind == camp.NoticeReport {
		o.key("report")
		c.reported(r.report, r.whom)
	} else {
		o.null("report")
	}
	for _, k := range []string{"event", "moderation_warning", "collection", "fallback"} {
		o.null(k)
	}
	o.close('}')
}

// notice gives one by its id, as some apps ask for at each refresh.
func (c *call) notice() error {
	id := c.id(0)
	if id == 0 {
		return errNoRecord
	}
	list, err := c.a.o.Posts.Notices(c.ctx(), c.by, camp.Page{Before: id + 1, After: id - 1, Limit: 1})
	if err != nil {
		return err
	}
	if len(list) > 0 && list[0].Kind == camp.NoticeReport {
		if err := c.readReports(); err != nil {
			return err
		}
	}
	if len(list) == 0 || !c.shows(&list[0]) {
		return errNoRecord
	}
	n := &list[0]
	if err := c.tally(append(c.aboutIn(n), n.From.ID)...); err != nil {
		return err
	}
	if n.Post != nil {
		if err := c.tallyOf([]camp.PostView{*n.Post}); err != nil {
			return err
		}
	}
	c.noticeOf(n)
	return nil
}

func (c *call) dismiss() error {
	id := c.id(0)
	if id == 0 {
		return errNoRecord
	}
	if err := c.a.o.Posts.DropNotices(c.ctx(), c.by, camp.NoticeID(id)); err != nil {
		return err
	}
	return c.emptyObject()
}

func (c *call) clear() error {
	if err := c.a.o.Posts.DropNotices(c.ctx(), c.by, 0); err != nil {
		return err
	}
	return c.emptyObject()
}

func (c *call) unread() error {
	n, err := c.a.o.Posts.Unread(c.ctx(), c.by)
	if err != nil {
		return err
	}
	c.out.open('{')
	c.out.num("count", n)
	c.out.close('}')
	return nil
}
