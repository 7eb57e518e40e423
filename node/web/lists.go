package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"camp/node/camp"
	"camp/node/posts"
)

// listPage is a list of posts below a title.
type listPage struct {
	frame
	Say   string // a line below the title
	Words string // what was searched for
	Asked bool
	Far   string // what was searched for is a name or an address elsewhere
	Posts []item
	pager
	Empty, EmptySay string
}

// listed shows a list that pages by the ids of its posts.
func (v *visit) listed(nav, page, title, path string, get func(camp.Page) ([]camp.PostView, error), fill func(*listPage)) error {
	win, err := v.window()
	if err != nil {
		return err
	}
	posts, err := get(win)
	if err != nil {
		return err
	}
	p := &listPage{Posts: v.list(posts)}
	if p.frame, err = v.frame(nav, title); err != nil {
		return err
	}
	if n := len(posts); n > 0 {
		p.pager = pagerFor(path, nil, win, n, uint64(posts[n-1].ID))
	}
	fill(p)
	return v.render(http.StatusOK, page, p)
}

func (v *visit) keptPosts() error {
	return v.listed("me", "list", v.say("web.keptposts.title"), "/kept-posts", func(w camp.Page) ([]camp.PostView, error) {
		return v.s.o.Posts.Kept(v.ctx(), v.actor, w)
	}, func(p *listPage) {
		p.Say, p.Empty, p.EmptySay = v.say("web.keptposts.say"), v.say("web.keptposts.empty"), v.say("web.keptposts.empty_say")
	})
}

func (v *visit) liked() error {
	return v.listed("me", "list", v.say("web.liked.title"), "/liked", func(w camp.Page) ([]camp.PostView, error) {
		return v.s.o.Posts.Favourites(v.ctx(), v.actor, w)
	}, func(p *listPage) {
		p.Say, p.Empty, p.EmptySay = v.say("web.liked.say"), v.say("web.liked.empty"), v.say("web.liked.empty_say")
	})
}

const maxTag = 100 // letters

func (v *visit) tag() error {
	tag := posts.FoldTag(v.r.PathValue("tag"))
	if tag == "" || !utf8.ValidString(tag) || utf8.RuneCountInString(tag) > maxTag || strings.ContainsAny(tag, "#/ \n") {
		return errNowhere
	}
	return v.listed("search", "list", "#"+tag, "/tag/"+url.PathEscape(tag), func(w camp.Page) ([]camp.PostView, error) {
		return v.s.o.Posts.Tagged(v.ctx(), v.actor, tag, w)
	}, func(p *listPage) {
		p.Say, p.Empty, p.EmptySay = v.say("web.tag.say"), v.say("web.tag.empty"), v.say("web.tag.empty_say")
	})
}

const maxWords = 200 // letters of a search

func (v *visit) search() error {
	win, err := v.window()
	if err != nil {
		return err
	}
	words := camp.CleanLine(v.r.URL.Query().Get("q"), maxWords)
	p := &listPage{Words: words, Asked: words != "", Empty: v.say("web.search.none"), EmptySay: v.say("web.search.none_say")}
	if p.frame, err = v.frame("search", v.say("web.search.title")); err != nil {
		return err
	}
	if words == "" {
		return v.render(http.StatusOK, "search", p)
	}
	p.Far = v.farWords(words)
	found, next, err := v.s.o.Posts.Search(v.ctx(), v.actor, words, win)
	if err != nil {
		return err
	}
	p.Posts = v.list(found)
	keep := url.Values{"q": {words}}
	p.pager = pagerFor("/search", keep, win, 0, 0)
	if next != 0 {
		keep.Set("before", camp.PostID(next).String())
		p.Older = "/search?" + keep.Encode()
	}
	return v.render(http.StatusOK, "search", p)
}

// forYouPage is what concerns the reader.
type forYouPage struct {
	frame
	Notes []notice
	pager
	Newest string // mark all read up to this one; "" where nothing is new
	Waits  bool   // something waits in the tray
}

// notice is one line of it.
type notice struct {
	ID, Kind, Icon   string
	From             person
	Say              string
	When, Exact, ISO string
	Post             *item
	Short            string // how the post begins
	New              bool
	Sign             string // the emoji that came with a like; "" for none
	Alone            bool   // it is about a person, not about a post
	Ask              string // id of who asks to follow and waits; "" for nobody
	Go, GoSay        string // address of what is to be looked at, and the words of the way there; "" for nothing
}

// noticeWords are the sentence and the icon of each kind of notice.
var noticeWords = map[camp.NoticeKind][2]string{
	camp.NoticeMention: {"web.notice.mention", "fire"}, camp.NoticeReply: {"web.notice.reply", "reply"},
	camp.NoticeFavourite: {"web.notice.like", "heart"}, camp.NoticeEdited: {"web.notice.edited", "note"},
	camp.NoticeBoost: {"open.notice.boost", "pass"}, camp.NoticePoll: {"open.notice.poll", "poll"},
	camp.NoticeFollow: {"web.far.notice.follow", "follow"}, camp.NoticeAsk: {"web.far.notice.ask", "follow"}, camp.NoticeMoved: {"web.far.notice.moved", "world"},
	camp.NoticeReport: {"report.notice", "note"}, camp.NoticeDecided: {"report.notice_decided", "note"},
	camp.NoticeRules: {"web.notice.rules", "rules"}, camp.NoticeRulesBack: {"web.notice.rules_back", "rules"},
}

func (v *visit) forYou() error {
	win, err := v.window()
	if err != nil {
		return err
	}
	list, err := v.s.o.Posts.Notices(v.ctx(), v.actor, win)
	if err != nil {
		return err
	}
	p := &forYouPage{}
	if p.frame, err = v.frame("foryou", v.say("web.foryou.title")); err != nil {
		return err
	}
	for i := range list {
		n := v.noticeOf(&list[i])
		if n.New && p.Newest == "" {
			p.Newest = n.ID
		}
		p.Notes = append(p.Notes, n)
	}
	if err := v.whoAsks(list, p.Notes); err != nil {
		return err
	}
	if n := len(list); n > 0 {
		p.pager = pagerFor("/for-you", nil, win, n, uint64(list[n-1].ID))
	}
	if p.Waits, err = v.waits(); err != nil {
		return err
	}
	return v.render(http.StatusOK, "foryou", p)
}

func (v *visit) noticeOf(n *camp.NoticeView) notice {
	now, words := v.now(), noticeWords[n.Kind]
	out := notice{
		ID: n.ID.String(), Kind: string(n.Kind), Icon: words[1], From: personOf(n.From), New: n.New, Alone: aboutPerson(n.Kind),
		When: v.words.ago(n.At, now), Exact: v.words.exact(n.At, now), ISO: n.At.UTC().Format(time.RFC3339),
	}
	if words[0] != "" {
		out.Say = v.say(words[0])
	}
	switch n.Kind {
	case camp.NoticeMention:
		if n.Post != nil && n.Post.Audience == camp.AudienceLetter {
			out.Icon, out.Say = "mail", v.say("letters.notice")
		}
	case camp.NoticeReport:
		if out.Go, out.GoSay = "/reports", v.say("report.look"); n.From.ID == 0 {
			out.From, out.Say = person{}, v.say("report.notice_far")
		}
	case camp.NoticeDecided:
		out.From, out.Go, out.GoSay = person{}, "/me/reports", v.say("report.mine.look")
	case camp.NoticeRules:
		out.Go, out.GoSay = "/rules", v.say("web.notice.rules_look")
	case camp.NoticeRulesBack:
		out.From, out.Go, out.GoSay = person{}, "/rules", v.say("web.notice.rules_look")
	}
	if camp.LoneEmoji(n.Sign) {
		out.Sign = n.Sign
	}
	if n.Post != nil {
		it := v.itemOf(n.Post)
		out.Post, out.Short = &it, opening(n.Post.Text)
		if out.Short == "" && len(n.Post.Pictures)+len(n.Post.Files) > 0 {
			out.Short = v.say("web.notice.picture")
		}
	}
	return out
}

func (v *visit) markRead() error {
	id, err := camp.ParseNoticeID(v.form.Get("upto"))
	if err != nil {
		return errNowhere
	}
	if err := v.s.o.Posts.MarkRead(v.ctx(), v.actor, id); err != nil {
		return err
	}
	if v.r.Header.Get("X-Camp") != "" {
		v.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return v.to("/for-you")
}

// opening is how a text begins, on one line.
func opening(text string) string {
	const most = 160
	line := strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(line) <= most {
		return line
	}
	return strings.TrimSpace(string([]rune(line)[:most])) + "…"
}
