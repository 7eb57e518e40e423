package fed

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
)

// act brings an activity with further members.
func (h *hearth) act(id, kind, actor, object, more string) {
	h.t.Helper()
	a := actOf(h.t, fmt.Sprintf(`{"id":%q,"type":%q,"actor":%q,"object":%s%s}`, id, kind, actor, object, more))
	if err := h.Take(h.t.Context(), by(h.t, actor), a); err != nil {
		h.t.Errorf("%s %s: %v", kind, id, err)
	}
}

// A like may come with an emoji: a single one is shown, anything else is a like.
func TestReactions(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ kind, more, sign, pic string }{
		"a like":            {"Like", "", "", ""},
		"an emoji":          {"EmojiReact", `,"content":"👍🏽"`, "👍🏽", ""},
		"Misskey's":         {"Like", `,"_misskey_reaction":"🎉"`, "🎉", ""},
		"a picture":         {"EmojiReact", `,"content":":blob:","tag":[{"type":"Emoji","name":":blob:","icon":{"url":"https://far.example/b.png"}}]`, ":blob:", "https://far.example/b.png"},
		"a picture of none": {"EmojiReact", `,"content":":blob:"`, "", ""},
		"two":               {"EmojiReact", `,"content":"👍👍"`, "", ""},
		"words":             {"EmojiReact", `,"content":"nice"`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHearth(t)
			id := h.write(h.ana, camp.AudiencePublic, "hi")
			h.act(bo+"/acts/1", row.kind, bo, quoted(here.Post(id)), row.more)
			h.act(bo+"/acts/2", "Like", bo, quoted(here.Post(id)), "") // a second one changes nothing
			r, _ := h.known(bo)
			h.look(func(tx TakeTx) {
				p, _, _ := tx.Post(id)
				got, err := tx.Reaction(r.ID, id)
				if err != nil || p.Favourites != 1 || got != (camp.Reaction{Sign: row.sign, Pic: row.pic, URI: bo + "/acts/1"}) {
					t.Errorf("%d likes, %+v, %v", p.Favourites, got, err)
				}
			})
			list, err := h.posts.Notices(t.Context(), h.ana, camp.Page{})
			if err != nil || len(list) != 1 || list[0].Sign != row.sign || list[0].From.Name != "bo@far.example" {
				t.Errorf("told %+v, %v", list, err)
			}
		})
	}
}

func TestLoneEmoji(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"❤️": true, "❤": true, "👍": true, "👍🏿": true, "🇳🇱": true, "👨‍👩‍👧‍👦": true, "🏴󠁧󠁢󠁷󠁬󠁳󠁿": true, "1️⃣": true, "🏳️‍🌈": true, "☕": true, "‼️": true,
		"": false, "a": false, "1": false, "👍 ": false, "👍👍": false, "🇳": false, "🇳🇱🇧🇪": false, "👍\u200d": false, "\u200d👍": false, "👍a": false, "\ufe0f": false, ":)": false, "<": false,
	} {
		if got := camp.LoneEmoji(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}

// FuzzLoneEmoji: what is shown is short, and nothing that a page could misread.
func FuzzLoneEmoji(f *testing.F) {
	for _, s := range []string{"👍", "🇳🇱", "1️⃣", "<b>", "👨‍👩‍👧‍👦", "\u202e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if camp.LoneEmoji(s) && (len([]rune(s)) > 16 || strings.ContainsAny(s, "<>&\"' \n") || strings.ContainsFunc(s, func(r rune) bool { return r >= 'A' && r <= 'z' || r >= 0x202a && r <= 0x202e })) {
			t.Errorf("%q", s)
		}
	})
}

// What is taken back by its id alone must be something of theirs that is kept.
func TestUndoByID(t *testing.T) {
	t.Parallel()
	h := newHearth(t)
	id := h.write(h.ana, camp.AudiencePublic, "hi")
	const eve = "https://evil.example/u/eve"
	h.act(bo+"/f", "Follow", bo, quoted(here.Actor("ana")), "")
	h.act(bo+"/l", "Like", bo, quoted(here.Post(id)), "")
	h.act(bo+"/b", "Announce", bo, quoted(here.Post(id)), "")
	h.act(eve+"/l", "Like", eve, quoted(here.Post(id)), "")
	r, _ := h.known(bo)
	state := func() (likes, boosts int, follows bool) {
		h.look(func(tx TakeTx) {
			p, _, _ := tx.Post(id)
			likes, boosts = p.Favourites, p.Boosts
			_, follows, _ = tx.Follow(r.ID, h.ana.Member)
		})
		return likes, boosts, follows
	}
	h.act(bo+"/u0", "Undo", bo, quoted(bo+"/unknown"), "")
	h.act(bo+"/u4", "Undo", bo, quoted(eve+"/l"), "")
	h.act(eve+"/u1", "Undo", eve, quoted(bo+"/l"), "")
	h.act(eve+"/u2", "Undo", eve, quoted(bo+"/b"), "")
	h.act(eve+"/u3", "Undo", eve, quoted(bo+"/f"), "")
	const neighbour = "https://far.example/u/nina"
	h.act(neighbour+"/l", "Like", neighbour, quoted(here.Post(h.write(h.ana, camp.AudiencePublic, "another"))), "")
	for _, what := range []string{"/l", "/b", "/f"} {
		h.act(neighbour+"/u"+what, "Undo", neighbour, quoted(bo+what), "")
	}
	if l, b, f := state(); l != 2 || b != 1 || !f {
		t.Errorf("somebody else took it back: %d, %d, %v", l, b, f)
	}
	h.act(bo+"/u1", "Undo", bo, quoted(bo+"/l"), "")
	h.act(bo+"/u2", "Undo", bo, quoted(bo+"/b"), "")
	h.act(bo+"/u3", "Undo", bo, quoted(bo+"/f"), "")
	if l, b, f := state(); l != 1 || b != 0 || f {
		t.Errorf("after it was taken back: %d, %d, %v", l, b, f)
	}
	h.act(bo+"/e", "EmojiReact", bo, quoted(here.Post(id)), `,"content":"👍"`)
	h.act(bo+"/u5", "Undo", bo, `{"type":"EmojiReact","id":"`+bo+`/e","actor":"`+bo+`","object":"`+here.Post(id)+`","content":"👍"}`, "")
	if l, _, _ := state(); l != 1 {
		t.Errorf("%d likes", l)
	}
}

// An answer that names the asking by its id alone must name one that went to them.
func TestAnswerByID(t *testing.T) {
	t.Parallel()
	h := newHearth(t)
	const eve = "https://evil.example/u/eve"
	for _, who := range []string{bo, eve} {
		h.act(who+"/f", "Follow", who, quoted(here.Actor("ana")), "")
	}
	r, _ := h.known(bo)
	f, err := h.posts.Follow(t.Context(), h.ana, r.ID, false)
	if err != nil {
		t.Fatal(err)
	}
	asking := "https://one.example/ap/ana/follows/" + f.URI
	accepted := func() (ok, there bool) {
		h.look(func(tx TakeTx) {
			var now camp.Follow
			now, there, _ = tx.Follow(h.ana.Member, r.ID)
			ok = now.Accepted
		})
		return ok, there
	}
	h.act(eve+"/a", "Accept", eve, quoted(asking), "")
	h.act(bo+"/a0", "Accept", bo, quoted("https://one.example/ap/ana/follows/1"), "")
	h.act(bo+"/a1", "Accept", bo, quoted("https://two.example/ap/ana/follows/"+f.URI), "")
	if ok, _ := accepted(); ok {
		t.Error("a yes that nobody gave")
	}
	if h.act(bo+"/a2", "Accept", bo, quoted(asking), ""); !first(accepted()) {
		t.Error("the yes is not heard")
	}
	if h.act(bo+"/r", "Reject", bo, quoted(asking), ""); second(accepted()) {
		t.Error("the no is not heard")
	}
	if _, err := h.posts.Follow(t.Context(), h.ana, r.ID, false); err != nil {
		t.Fatal(err)
	}
	follow := `{"type":"Follow","id":"https://one.example/x","actor":"` + here.Actor("ana") + `","object":"` + bo + `"}`
	h.act(bo+"/a3", "Accept", bo, follow, "")
	if h.act(bo+"/u", "Undo", bo, `{"type":"Accept","id":"`+bo+`/a3","actor":"`+bo+`","object":`+follow+`}`, ""); second(accepted()) {
		t.Error("a yes that was taken back stands")
	}
}

func first(a, _ bool) bool  { return a }
func second(_, b bool) bool { return b }

// Reports are kept for host and helpers, with what the posts said, from whom the
// camp takes them, and not without end.
func TestFlags(t *testing.T) {
	t.Parallel()
	h := newHearth(t)
	refused := camp.Domain("")
	h.Taker.o.Reports = func(d camp.Domain) bool { return d != refused }
	const other = "https://far.example/actor"
	outer, inner := h.write(h.ana, camp.AudiencePublic, "rude words"), h.write(h.ana, camp.AudienceCamp, "ours alone")
	reports := func() (list []camp.Report) {
		h.look(func(tx TakeTx) { list, _ = tx.Reports() })
		return list
	}
	object := fmt.Sprintf(`[%q,%q,%q,%q]`, here.Actor("ana"), here.Post(outer), here.Post(inner), bo)
	h.act(other+"#1", "Flag", other, object, `,"content":"<p>Please look</p>"`)
	list := reports()
	if len(list) != 1 || list[0].From != "far.example" || !slices.Equal(list[0].Whom, []camp.MemberID{h.ana.Member}) || !slices.Equal(list[0].Posts, []camp.PostID{outer}) ||
		!slices.Equal(list[0].Texts, []string{"rude words"}) || list[0].Words != "Please look" {
		t.Errorf("%+v", list)
	}
	for name, object := range map[string]string{
		"of nobody": quoted(bo), "of a camp post": quoted(here.Post(inner)), "of a guest": quoted(here.Actor("gus")), "of nothing": quoted(here.Post(9)),
	} {
		h.act(other+"#"+strings.ReplaceAll(name, " ", "-"), "Flag", other, object, "")
		if len(reports()) != 1 {
			t.Errorf("%s is kept", name)
		}
	}
	h.act(other+"#post", "Flag", other, quoted(here.Post(outer)), "")
	if list = reports(); len(list) != 2 || list[1].Whom[0] != h.ana.Member {
		t.Errorf("a post alone: %+v", list)
	}
	refused = "far.example"
	h.act(other+"#2", "Flag", other, object, "")
	if len(reports()) != 2 {
		t.Error("taken from whom the camp takes none")
	}
	refused = ""
	for n := range 2 * camp.MaxReportsHost {
		h.act(fmt.Sprint(other, "#n", n), "Flag", other, object, "")
	}
	if n := len(reports()); n != camp.MaxReportsHost {
		t.Errorf("%d of one server", n)
	}
	h.act("https://x.far.example/actor#1", "Flag", "https://x.far.example/actor", object, "")
	if n := len(reports()); n != camp.MaxReportsHost {
		t.Errorf("%d of one registered name", n)
	}
	h.act("https://third.example/actor#1", "Flag", "https://third.example/actor", object, "")
	if n := len(reports()); n != camp.MaxReportsHost+1 {
		t.Errorf("another server is shut out: %d", n)
	}
}

// A message of Pleroma's is a letter to whom it is sent.
func TestChatMessages(t *testing.T) {
	t.Parallel()
	h := newHearth(t)
	const id = "https://far.example/chat/1"
	h.act(bo+"/c", "Create", bo, strings.Replace(aNote(bo, id, `,"to":["`+here.Actor("ana")+`"]`), "Note", "ChatMessage", 1), "")
	p, ok := h.post(id)
	if !ok || p.Audience != camp.AudienceLetter || !slices.Equal(p.Mentions, []camp.MemberID{h.ana.Member}) {
		t.Errorf("%+v, %v", p, ok)
	}
	if _, err := h.posts.Post(t.Context(), h.host, p.ID); err == nil {
		t.Error("somebody else reads it")
	}
}

// What a stranger took back does not come after all, and that is remembered of so
// many.
func TestDeleteBeforeCreate(t *testing.T) {
	t.Parallel()
	h := newHearth(t)
	const id = "https://far.example/n/1"
	to := `,"to":["` + here.Actor("ana") + `"]`
	h.act(bo+"/d", "Delete", bo, quoted(id), "")
	h.act(bo+"/c", "Create", bo, aNote(bo, id, to), "")
	if _, ok := h.post(id); ok {
		t.Error("it came")
	}
	h.act(bo+"/c2", "Create", bo, aNote(bo, id+"0", to), "")
	if _, ok := h.post(id + "0"); !ok {
		t.Error("another did not come")
	}
	h.act(bo+"/d2", "Delete", bo, quoted(id+"1"), "") // now they are known
	h.act(bo+"/c3", "Create", bo, aNote(bo, id+"1", to), "")
	if _, ok := h.post(id + "1"); ok {
		t.Error("it came, of somebody known")
	}
	var e ended
	for n := range 3 * mostEnded {
		e.add(bo, fmt.Sprint(n))
	}
	if len(e.now)+len(e.was) > 2*mostEnded || !e.has(bo, fmt.Sprint(3*mostEnded-1)) || e.has(bo, "0") || e.has(cy, fmt.Sprint(3*mostEnded-1)) {
		t.Errorf("%d and %d remembered", len(e.now), len(e.was))
	}
}

// Polls elsewhere get new counts without a trace; other choices are a change.
func TestPollCounts(t *testing.T) {
	t.Parallel()
	h := newHearth(t)
	const id = "https://far.example/n/1"
	poll := func(words, a string, n int, updated string) string {
		return fmt.Sprintf(`{"type":"Question","id":%q,"attributedTo":%q,"content":%q,"published":"2026-11-25T10:00:00Z"%s,"to":[%q],"votersCount":%d,"oneOf":[{"name":%q,"replies":{"totalItems":%d}},{"name":"no","replies":{"totalItems":0}}]}`,
			id, bo, words, updated, here.Actor("ana"), n, a, n)
	}
	const updated = `,"updated":"2026-11-25T11:00:00Z"`
	h.act(bo+"/1", "Create", bo, poll("Tea?", "yes", 0, ""), "")
	for n, row := range []struct {
		doc    string
		votes  int
		choice string
		edited bool
	}{
		{poll("Tea?", "yes", 3, ""), 3, "yes", false},
		{poll("Tea?", "yes", 4, updated), 4, "yes", false},
		{poll("Tea?", "never", 9, ""), 4, "yes", false},
		{poll("Tea?", "never", 9, updated), 9, "never", true},
	} {
		h.act(fmt.Sprint(bo, "/u", n), "Update", bo, row.doc, "")
		p, _ := h.post(id)
		if p.Poll == nil || p.Poll.Choices[0] != (camp.Choice{Text: row.choice, Votes: row.votes}) || p.Edited.IsZero() == row.edited {
			t.Errorf("%d: %+v, edited %v", n, p.Poll, p.Edited)
		}
	}
}

// An update that says nothing new is none: some servers send one for each view.
func TestUpdatesAreFolded(t *testing.T) {
	t.Parallel()
	h := newHearth(t)
	const id = "https://far.example/v/1"
	film := func(minute int) string {
		return fmt.Sprintf(`{"type":"Video","id":%q,"attributedTo":[{"type":"Group","id":"https://far.example/c/x"},{"type":"Person","id":%q}],"name":"Film","content":"<p>x</p>","published":"2026-11-25T10:00:00Z","updated":"2026-11-25T10:%02d:00Z","to":[%q],"views":%d}`,
			id, bo, minute, here.Actor("ana"), minute)
	}
	h.act(bo+"/c", "Create", bo, film(1), "")
	for n := range 30 {
		h.act(fmt.Sprint(bo, "/u", n), "Update", bo, film(n+2), "")
	}
	p, ok := h.post(id)
	var revisions []camp.Revision
	h.look(func(tx TakeTx) { revisions, _ = tx.Revisions(p.ID) })
	if !ok || !p.Edited.IsZero() || len(revisions) > 0 {
		t.Errorf("%v, edited %v, %d states kept", ok, p.Edited, len(revisions))
	}
}

// Acts that were dealt with are forgotten in the end.
func TestHeardIsForgotten(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.mustBring("Follow", bo, quoted(here.Actor("ana")))
	heard := func() (n int) {
		err := o.g.store.Update(t.Context(), func(tx TakeTx) error {
			ok, err := tx.Heard(bo, bo+"/acts/1")
			if ok {
				n = 1
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		return n
	}
	o.later(29 * 24 * time.Hour)
	if o.g.tidy(t.Context()); heard() != 1 {
		t.Error("forgotten within thirty days")
	}
	o.later(60 * 24 * time.Hour)
	o.g.tidy(t.Context())
	if more, err := o.anyHeard(); err != nil || more {
		t.Errorf("still there, %v", err)
	}
}

// anyHeard reports whether any mark is left, by taking the oldest one's month.
func (o *outpost) anyHeard() (more bool, err error) {
	err = o.g.store.Update(o.t.Context(), func(tx TakeTx) error {
		more, err = tx.DropHeardOver(1)
		return err
	})
	return more, err
}
