package web

import (
	"encoding/hex"
	"io"
	"net/http"
	"strconv"

	"camp/node/camp"
)

// homePage is "Around the fire".
type homePage struct {
	frame
	Write composer
	Posts []item
	pager
	Guest bool // may answer, not begin
	Later bool // not the newest part of the list
	Sheet bool // time to offer the recovery sheet

	Offered bool // the host asks the reader to be a helper
}

// composer is the form for a new post, a reply or a change.
type composer struct {
	To    string // address of the form
	Key   string // idempotency key
	Reply string // id of the post answered; "" for none
	Name  string // whom a reply answers
	Text  string
	Note  string
	Slots []slot
	Fault string
	Edit  bool
	Token string
	Most  int // letters

	// Of a camp that talks with the wider world.
	Choices []choice // whom it may be for; one: nothing to choose; none: the camp
	Usual   bool     // the choice may be kept for the next posts
	Keep    bool     // and shall be
	Told    string   // whom the author knows not to get it
	Poll    *pollDraft
	Quote   *quoted // shown within the new post
	Stays   *badge  // of a change: whom it is for, as before
	Rest    []rest  // what else was typed, where the form itself is not shown
	Anew    bool    // of an answer: its words can be taken into a new post, for more people
	Copied  bool    // the words were taken from what is for fewer people
}

// slot is one place for a picture.
type slot struct {
	N   string
	ID  string // "" while it is free
	Alt string
}

func slots(have []camp.DraftPicture) []slot {
	out := make([]slot, camp.MaxPictures)
	for i := range out {
		out[i].N = strconv.Itoa(i + 1)
		if i < len(have) {
			out[i].ID, out[i].Alt = string(have[i].ID), have[i].Alt
		}
	}
	return out
}

// composer makes an empty form.
func (v *visit) composer() composer {
	return composer{To: "/post", Key: v.drawKey(), Slots: slots(nil), Token: v.token, Most: camp.MaxText}
}

// drawKey gives 16 random letters; "" where there is no randomness, which only
// costs the protection against a form sent twice.
func (v *visit) drawKey() string {
	var b [8]byte
	if _, err := io.ReadFull(v.s.o.Rand, b[:]); err != nil {
		return ""
	}
	return hex.EncodeToString(b[:])
}

func (v *visit) home() error {
	p, err := v.homePage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "home", p)
}

func (v *visit) homePage() (*homePage, error) {
	win, err := v.window()
	if err != nil {
		return nil, err
	}
	posts, err := v.s.o.Posts.Fire(v.ctx(), v.actor, win)
	if err != nil {
		return nil, err
	}
	p := &homePage{Posts: v.list(posts), Later: win.Before != 0}
	if p.frame, err = v.frame("home", v.say("web.home.title")); err != nil {
		return nil, err
	}
	if n := len(posts); n > 0 {
		p.pager = pagerFor("/", nil, win, n, uint64(posts[n-1].ID))
	}
	p.Live = "/live?fire=1&after=" + newest(posts)
	if p.Later {
		p.Live = "/live"
	}
	p.Write, p.Guest, p.Offered = v.composer(), v.me.Role == camp.RoleGuest, v.me.Offered && !p.Later
	v.opened(&p.Write)
	v.lettered(&p.Write)
	if err := v.pointing(&p.Write); err != nil {
		return nil, err
	}
	if err := v.widened(&p.Write); err != nil {
		return nil, err
	}
	if v.keeper() {
		st := v.s.o.Desk.State()
		p.Sheet = st.FirstPost && !st.Recovery
	}
	return p, nil
}

// newest is where a stream takes up after a list.
func newest(posts []camp.PostView) string {
	var top camp.PostID
	for i := range posts {
		top = max(top, posts[i].ID)
	}
	return top.String()
}
