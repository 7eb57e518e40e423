package fed

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/store"
)

func (o *outpost) mustBring(kind, actor, object string) {
	o.t.Helper()
	if err := o.bring(kind, actor, object); err != nil {
		o.t.Fatalf("%s by %s: %v", kind, actor, err)
	}
}

// An opened thread is asked for its answers once in a quarter of an hour, each
// from its own server, and only what hangs in the thread is kept.
func TestThreadIsFetched(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.somebody(cy)
	o.follows(bo)
	root, list := "https://far.example/n/1", "https://far.example/n/1/replies"
	o.far.put(root, aNote(bo, root, public+`,"replies":"`+list+`"`))
	o.mustBring("Create", bo, aNote(bo, root, public))
	item := func(n int) string { return fmt.Sprint("https://third.example/r/", n) }
	o.far.put(list, `{"type":"Collection","id":"`+list+`","first":{"type":"CollectionPage","items":["`+item(0)+`",{"type":"Note","id":"`+item(1)+`","content":"forged","inReplyTo":"`+root+`"}],"next":"`+list+`?page=2"}}`)
	o.far.put(list+"?page=2", `{"type":"CollectionPage","id":"`+list+`?page=2","items":["`+item(2)+`","`+item(3)+`","https://shut.example/1","`+here.Post(7)+`"],"next":"https://third.example/elsewhere"}`)
	o.far.put(item(0), aNote(cy, item(0), public+`,"inReplyTo":"`+root+`"`))
	o.far.put(item(1), aNote(cy, item(1), public+`,"inReplyTo":"`+item(0)+`"`))
	o.far.put(item(2), aNote(cy, item(2), public+`,"inReplyTo":"https://third.example/unrelated"`))
	o.far.put(item(3), aNote(cy, item(3), public))
	o.shut["shut.example"] = true
	p, _ := o.post(root)
	open := func() []string {
		if err := o.find.Thread(t.Context(), o.ana, p.ID); err != nil {
			t.Fatal(err)
		}
		o.settle()
		return o.far.took()
	}
	asked := open()
	for n, want := range []bool{true, true, false, false} {
		if r, ok := o.post(item(n)); ok != want || ok && (r.Text != "hello" || r.Root != p.ID) {
			t.Errorf("answer %d: %+v, %v", n, r, ok)
		}
	}
	if slices.ContainsFunc(asked, func(a string) bool { return strings.Contains(a, "elsewhere") || strings.Contains(a, "shut.") }) {
		t.Errorf("asked %v", asked)
	}
	th, err := o.hearth.posts.Thread(t.Context(), o.ana, p.ID)
	if err != nil || len(th.Below) != 2 || len(o.home()) != 1 {
		t.Errorf("%d below, home %v, %v", len(th.Below), o.home(), err)
	}
	if again := open(); len(again) > 0 {
		t.Errorf("asked again at once: %v", again)
	}
	o.later(openedKept)
	if again := open(); len(again) == 0 {
		t.Error("never asked again")
	}
	if left := o.wanted(); len(left) > 0 {
		t.Errorf("still wanted: %+v", left)
	}
}

// A list without end is walked five pages and a hundred items far, and a post has
// at most fifty answers fetched.
func TestWalkIsBounded(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	const list = "https://far.example/l"
	page := func(n int, items int, next string) {
		var ids []string
		for i := range items {
			ids = append(ids, fmt.Sprintf("%q", fmt.Sprintf("https://far.example/%d/%d", n, i)))
		}
		id := fmt.Sprint(list, "?p=", n)
		o.far.put(id, `{"type":"CollectionPage","id":"`+id+`","items":[`+strings.Join(ids, ",")+`],"next":"`+next+`"}`)
	}
	o.far.put(list, `{"type":"Collection","id":"`+list+`","first":"`+list+`?p=1"}`)
	for n := range 20 {
		page(n, 3, fmt.Sprint(list, "?p=", n+1))
	}
	ids, err := o.g.walk(t.Context(), 0, list)
	if n := len(o.far.took()); err != nil || n != mostPages || len(ids) != 3*(mostPages-1) {
		t.Errorf("%d pages, %d items, %v", n, len(ids), err)
	}
	page(1, 200, "")
	if ids, err = o.g.walk(t.Context(), 0, list); err != nil || len(ids) != mostItems {
		t.Errorf("%d items, %v", len(ids), err)
	}
	o.far.took()
	page(1, 2, list+"?p=1")
	if ids, err = o.g.walk(t.Context(), 0, list); err != nil || len(ids) != 2 || len(o.far.took()) != 2 {
		t.Errorf("a list that leads to itself: %v, %v", ids, err)
	}
	page(1, 2, "https://evil.example/l")
	if ids, err = o.g.walk(t.Context(), 0, list); err != nil || len(ids) != 2 || slices.Contains(o.far.took(), "https://evil.example/l") {
		t.Errorf("a list that leads away: %v, %v", ids, err)
	}
}

// What is kept of somebody changes by fetching alone: at once when they say so,
// at most once in five minutes, and after a day.
func TestPeopleAreRefreshed(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.follows(bo)
	o.later(time.Hour)
	o.somebody(bo, `,"summary":"<p>new</p>"`)
	told := `{"type":"Person","id":"` + bo + `","preferredUsername":"bo","summary":"forged","inbox":"` + bo + `/inbox","publicKey":{"id":"` + bo + `#main-key","owner":"` + bo + `","publicKeyPem":"forged"}}`
	bring := func(kind, object string) {
		t.Helper()
		from := by(t, bo)
		from.Actor = nil // by a key that is kept
		o.n++
		if err := o.Take(t.Context(), from, actOf(t, fmt.Sprintf(`{"id":"%s/acts/%d","type":%q,"actor":%q,"object":%s}`, bo, o.n, kind, bo, object))); err != nil {
			t.Fatal(err)
		}
		o.settle()
	}
	bring("Update", told)
	if r, _ := o.known(bo); r.About != "<p>new</p>" || !r.Fetched.Equal(o.time()) || len(r.Keys) != 0 {
		t.Errorf("%+v", r)
	}
	o.far.took()
	bring("Update", told)
	bring("Update", told)
	if asked := o.far.took(); len(asked) != 0 {
		t.Errorf("asked within five minutes: %v", asked)
	}
	o.later(refreshGap)
	o.settle()
	if asked := o.far.took(); !slices.Contains(asked, bo) || len(asked) > 2 {
		t.Errorf("asked after five minutes: %v", asked)
	}
	bring("Like", quoted(here.Post(9)))
	if asked := o.far.took(); len(asked) != 0 {
		t.Errorf("asked although it is fresh: %v", asked)
	}
	o.later(refreshAfter + time.Minute)
	bring("Like", quoted(here.Post(9)))
	if asked := o.far.took(); !slices.Contains(asked, bo) {
		t.Errorf("not asked after a day: %v", asked)
	}
}

// A handle counts once both sides agree, also where they live under two names.
func TestHandlesAreAgreed(t *testing.T) {
	t.Parallel()
	const id = "https://social.split.example/users/dora"
	for name, row := range map[string]struct {
		set  func(o *outpost)
		want camp.Domain
	}{
		"one name":          {func(o *outpost) { o.handle("dora", "social.split.example", id) }, "social.split.example"},
		"no answer":         {func(*outpost) {}, ""},
		"of somebody else":  {func(o *outpost) { o.handle("dora", "social.split.example", bo) }, ""},
		"two names":         {func(o *outpost) { split(o, id, id) }, "split.example"},
		"it leads away":     {func(o *outpost) { split(o, id, bo) }, ""},
		"the other is shut": {func(o *outpost) { split(o, id, id); o.shut["split.example"] = true; delete(o.shut, "split.example") }, "split.example"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOutpost(t)
			row.set(o)
			o.mustBring("Follow", id, quoted(here.Actor("ana")))
			o.settle()
			if r, ok := o.known(id); !ok || r.At != row.want {
				t.Errorf("%q, %v", r.At, ok)
			}
		})
	}
}

// split has one server answer for a handle at another.
func split(o *outpost, id, back string) {
	o.far.set("https://social.split.example/.well-known/webfinger?resource=acct%3Adora%40social.split.example", page{kind: "application/jrd+json", body: `{"subject":"acct:dora@split.example","links":[{"rel":"self","type":"application/activity+json","href":"` + id + `"}]}`})
	o.handle("dora", "split.example", back)
}

// That somebody is no more is believed of their own server alone.
func TestEndIsAskedFor(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		page page
		gone bool
	}{
		"gone":        {page{status: http.StatusGone}, true},
		"not there":   {page{status: http.StatusNotFound}, true},
		"a tombstone": {page{kind: "application/activity+json", body: `{"type":"Tombstone","id":"` + bo + `"}`}, true},
		"well":        {page{kind: "application/activity+json", body: `{"type":"Person","id":"` + bo + `","preferredUsername":"bo","inbox":"` + bo + `/inbox"}`}, false},
		"silent":      {page{status: http.StatusBadGateway}, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOutpost(t)
			o.somebody(bo)
			r := o.follows(bo)
			o.far.set(bo, row.page)
			if err := o.AskGone(t.Context(), bo); err != nil {
				t.Fatal(err)
			}
			o.settle()
			now, _ := o.known(bo)
			var still bool
			o.look(func(tx TakeTx) { _, still, _ = tx.Follow(o.ana.Member, r.ID) })
			if !now.Gone.IsZero() != row.gone || still == row.gone {
				t.Errorf("gone %v, followed %v", now.Gone, still)
			}
		})
	}
	o := newOutpost(t)
	if err := o.AskGone(t.Context(), bo); err != nil || len(o.wanted()) > 0 {
		t.Errorf("of nobody: %v, %v", err, o.wanted())
	}
}

// Followers go along with a move only if both accounts say so.
// Pull request 2037 (Nextcloud Social): a move is believed because one side says so.
func TestPR2037MovesNeedBothSides(t *testing.T) {
	t.Parallel()
	const next = "https://new.example/u/bo"
	for name, row := range map[string]struct {
		from, to string
		want     bool
	}{
		"both say so":         {`,"movedTo":"` + next + `"`, `,"alsoKnownAs":["` + bo + `"]`, true},
		"the new one not":     {`,"movedTo":"` + next + `"`, ``, false},
		"the old one not":     {``, `,"alsoKnownAs":["` + bo + `"]`, false},
		"the old one another": {`,"movedTo":"https://new.example/u/x"`, `,"alsoKnownAs":["` + bo + `"]`, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOutpost(t)
			o.somebody(bo, row.from)
			o.somebody(next, row.to)
			old := o.follows(bo)
			move := func() bool {
				o.n++
				a := actOf(t, fmt.Sprintf(`{"id":"%s/acts/%d","type":"Move","actor":%q,"object":%q,"target":%q}`, bo, o.n, bo, bo, next))
				if err := o.Take(t.Context(), by(t, bo), a); err != nil {
					t.Fatal(err)
				}
				o.settle()
				r, _ := o.known(next)
				var gone, follows bool
				o.look(func(tx TakeTx) {
					_, gone, _ = tx.Follow(o.ana.Member, old.ID)
					_, follows, _ = tx.Follow(o.ana.Member, r.ID)
				})
				return !gone && follows && r.ID != 0
			}
			if got := move(); got != row.want {
				t.Errorf("moved %v", got)
			}
			if !row.want {
				return
			}
			o.follows(bo)
			if move(); len(o.far.took()) > 0 {
				t.Error("twice within seven days")
			}
		})
	}
}

// Pins are what somebody's own list says, five at most.
func TestPins(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.somebody(cy)
	r := o.follows(bo)
	pin := func(kind, id, target string) {
		t.Helper()
		o.n++
		a := actOf(t, fmt.Sprintf(`{"id":"%s/acts/%d","type":%q,"actor":%q,"object":%q,"target":%q}`, bo, o.n, kind, bo, id, target))
		from := by(t, bo)
		from.Actor = nil
		if err := o.Take(t.Context(), from, a); err != nil {
			t.Fatal(err)
		}
		o.settle()
	}
	pins := func() (n int) {
		o.look(func(tx TakeTx) {
			list, err := tx.Pins(r.ID, 100)
			if err != nil {
				t.Error(err)
			}
			n = len(list)
		})
		return n
	}
	o.renewed(bo)
	note := func(n int) string { return fmt.Sprint("https://far.example/n/", n) }
	for n := range 7 {
		o.far.put(note(n), aNote(bo, note(n), public+fmt.Sprintf(`,"published":"2026-11-25T10:00:0%dZ"`, n)))
		if pin("Add", note(n), bo+"/featured"); pins() != min(n+1, mostPins) {
			t.Errorf("after %d: %d pins", n, pins())
		}
	}
	pin("Remove", note(6), bo+"/featured")
	if pins() != mostPins-1 {
		t.Errorf("%d pins", pins())
	}
	o.far.put(cyNote, aNote(cy, cyNote, public))
	pin("Add", cyNote, bo+"/featured")
	pin("Add", note(6), bo+"/moderators")
	if pins() != mostPins-1 {
		t.Errorf("%d pins after what is not theirs to pin", pins())
	}
}

// renewed has what is kept of somebody fetched.
func (o *outpost) renewed(id string) {
	o.t.Helper()
	if _, err := o.find.Person(o.t.Context(), o.ana, id); err != nil {
		o.t.Fatal(err)
	}
	o.later(2 * refreshAfter)
	if _, err := o.find.Person(o.t.Context(), o.ana, id); err != nil {
		o.t.Fatal(err)
	}
}

// A quote is shown with its author's yes: one's own, or by a stamp that lies on
// the author's server and names just these two posts.
func TestQuotesNeedAYes(t *testing.T) {
	t.Parallel()
	const quote, stamp = "https://far.example/n/q", "https://third.example/stamps/1"
	yes := func(by, from, target string) string {
		return fmt.Sprintf(`{"type":"QuoteAuthorization","id":%q,"attributedTo":%q,"interactingObject":%q,"interactionTarget":%q}`, stamp, by, from, target)
	}
	for name, row := range map[string]struct {
		doc   string // at the stamp's address
		names string // the stamp that the post names
		of    string
		want  bool
	}{
		"by a stamp":            {yes(cy, quote, cyNote), stamp, cyNote, true},
		"without":               {yes(cy, quote, cyNote), "", cyNote, false},
		"for another post":      {yes(cy, "https://far.example/n/x", cyNote), stamp, cyNote, false},
		"about another":         {yes(cy, quote, "https://third.example/n/8"), stamp, cyNote, false},
		"by another":            {yes(bo, quote, cyNote), stamp, cyNote, false},
		"of their own server":   {yes(cy, quote, cyNote), "https://far.example/stamps/1", cyNote, false},
		"that is not there":     {"", stamp, cyNote, false},
		"of a third server":     {strings.Replace(yes("https://far.example/u/nina", quote, "https://far.example/n/neighbour"), "third", "evil", 1), "https://evil.example/stamps/1", "https://far.example/n/neighbour", false},
		"their own":             {"", "", "https://far.example/n/own", true},
		"their neighbour's own": {"", "", "https://far.example/n/neighbour", false},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOutpost(t)
			o.somebody(bo)
			o.somebody(cy)
			o.somebody("https://far.example/u/nina")
			o.follows(bo)
			o.far.put(cyNote, aNote(cy, cyNote, public))
			o.far.put("https://far.example/n/own", aNote(bo, "https://far.example/n/own", public))
			o.far.put("https://far.example/n/neighbour", aNote("https://far.example/u/nina", "https://far.example/n/neighbour", public))
			if row.doc != "" {
				o.far.put(stamp, row.doc)
				o.far.put("https://evil.example/stamps/1", row.doc)
			}
			o.mustBring("Create", bo, aNote(bo, quote, public+`,"quote":"`+row.of+`","quoteAuthorization":"`+row.names+`"`))
			o.settle()
			p, ok := o.post(quote)
			of, _ := o.post(row.of)
			if !ok || (p.Quote != 0) != row.want || row.want && p.Quote != of.ID {
				t.Errorf("%+v, %v", p, ok)
			}
			if !row.want || row.names == "" {
				return
			}
			o.mustBring("Delete", cy, quoted(stamp))
			if p, _ = o.post(quote); p.Quote != 0 {
				t.Error("still shown after the yes was taken back")
			}
		})
	}
}

// Members' own posts may be quoted by those who ask, if everybody may read them.
func TestQuoteRequests(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	r := o.follows(bo)
	ask := func(of camp.PostID, from string) []camp.Errand {
		t.Helper()
		before := len(o.errands())
		o.n++
		a := actOf(t, fmt.Sprintf(`{"id":"%s/acts/%d","type":"QuoteRequest","actor":%q,"object":%q,"instrument":%q}`, bo, o.n, bo, here.Post(of), from))
		if err := o.Take(t.Context(), by(t, bo), a); err != nil {
			t.Fatal(err)
		}
		return o.errands()[before:]
	}
	public, quiet := o.write(o.ana, camp.AudiencePublic, "for all"), o.write(o.ana, camp.AudienceQuiet, "for all")
	inner, followers := o.write(o.ana, camp.AudienceCamp, "ours"), o.write(o.ana, camp.AudienceFollowers, "for some")
	from := "https://far.example/n/q"
	list := ask(public, from)
	if len(list) != 1 || list[0].Do != camp.ErrandStamp || list[0].By != o.ana.Member || list[0].Post != public || list[0].Whom != r.ID || list[0].Text == "" || !slices.Equal(list[0].More, []string{from}) {
		t.Errorf("%+v", list)
	}
	for name, row := range map[string]struct {
		of   camp.PostID
		from string
		want camp.ErrandKind
	}{
		"quiet": {quiet, from + "2", camp.ErrandStamp}, "again": {public, from, camp.ErrandStamp}, "for followers": {followers, from, camp.ErrandReject},
		"of the camp": {inner, from, 0}, "nothing": {9, from, 0}, "from elsewhere": {public, cyNote, 0},
	} {
		list := ask(row.of, row.from)
		if row.want == 0 && len(list) > 0 || row.want != 0 && (len(list) != 1 || list[0].Do != row.want) {
			t.Errorf("%s: %+v", name, list)
		}
	}
	// Under another number, after they were forgotten, they are who they were.
	must(t, o.db.Update(t.Context(), func(tx *store.Tx) error {
		s, _, err := tx.StampFor(public, from)
		if err != nil {
			return err
		}
		s.By = 99
		return tx.PutStamp(s)
	}))
	if list := ask(public, from); len(list) != 1 || list[0].Do != camp.ErrandStamp {
		t.Errorf("back under another number: %+v", list)
	}
	// With the yes, the post that comes shows it.
	o.mustBring("Create", bo, aNote(bo, from, `,"to":["https://www.w3.org/ns/activitystreams#Public"],"quote":"`+here.Post(public)+`"`))
	if p, ok := o.post(from); !ok || p.Quote != public {
		t.Errorf("%+v, %v", p, ok)
	}
	o.mustBring("Create", bo, aNote(bo, from+"3", `,"to":["https://www.w3.org/ns/activitystreams#Public"],"quote":"`+here.Post(public)+`"`))
	if p, ok := o.post(from + "3"); !ok || p.Quote != 0 {
		t.Errorf("without a yes: %+v, %v", p, ok)
	}
	o.look(func(tx TakeTx) {
		s, ok, err := tx.StampFor(public, from)
		if err != nil || !ok || s.URI != from {
			t.Errorf("%+v, %v, %v", s, ok, err)
		}
	})
}

// A group that somebody here follows passes on acts of others: each counts by
// what its own server says.
func TestGroupsPassOn(t *testing.T) {
	t.Parallel()
	const group, page1, comment = "https://lemmy.example/c/tea", "https://third.example/post/1", "https://third.example/comment/1"
	o := newOutpost(t)
	o.somebody(cy)
	o.somebody(group)
	o.far.put(group, strings.Replace(o.far.pages[group].body, `"Person"`, `"Group"`, 1))
	o.follows(group)
	o.renewed(group)
	o.far.took()
	wrap := func(kind, id, actor, object string) {
		t.Helper()
		from := by(t, group)
		from.Actor = nil
		o.n++
		a := actOf(t, fmt.Sprintf(`{"id":"%s/acts/%d","type":"Announce","actor":%q,"object":{"id":%q,"type":%q,"actor":%q,"object":%s}}`, group, o.n, group, id, kind, actor, object))
		if err := o.Take(t.Context(), from, a); err != nil {
			t.Fatal(err)
		}
		o.settle()
	}
	truth := func(id, more string) string {
		return strings.Replace(aNote(cy, id, public+`,"published":"2026-11-25T11:00:00Z"`+more), `"Note"`, `"Page"`, 1)
	}
	forged := strings.Replace(truth(page1, ""), "hello", "forged", 1)
	o.far.put(page1, truth(page1, `,"name":"Tea"`))
	wrap("Create", "https://third.example/acts/1", cy, forged)
	p, ok := o.post(page1)
	if !ok || p.Text != "hello" || p.Title != "Tea" || p.Boosts != 1 || !slices.Equal(o.home(), []string{page1 + " by tea@lemmy.example"}) {
		t.Errorf("%+v, %v, home %v", p, ok, o.home())
	}
	o.far.put(comment, aNote(cy, comment, public+`,"inReplyTo":"`+page1+`"`))
	wrap("Create", "https://third.example/acts/2", cy, aNote(cy, comment, public))
	if c, ok := o.post(comment); !ok || c.ReplyTo != p.ID || c.Boosts != 0 || len(o.home()) != 1 {
		t.Errorf("a comment: %+v, %v, home %v", c, ok, o.home())
	}
	stray := "https://third.example/comment/9"
	o.far.put(stray, aNote(cy, stray, public+`,"inReplyTo":"https://third.example/post/unknown"`))
	wrap("Create", "https://third.example/acts/3", cy, quoted(stray))
	if _, ok := o.post(stray); ok {
		t.Error("a comment on what is not known is kept")
	}
	o.far.put(page1, strings.Replace(truth(page1, `,"name":"Tea","updated":"2026-11-25T11:59:00Z"`), "hello", "changed", 1))
	wrap("Update", "https://third.example/acts/4", cy, forged)
	if p, _ = o.post(page1); p.Text != "changed" {
		t.Errorf("after an update: %q", p.Text)
	}
	wrap("Like", "https://third.example/acts/5", cy, quoted(page1))
	if p, _ = o.post(page1); p.Favourites != 0 {
		t.Error("a like that its own server does not know counts")
	}
	o.far.put("https://third.example/acts/6", `{"id":"https://third.example/acts/6","type":"Like","actor":"`+cy+`","object":"`+page1+`"}`)
	wrap("Like", "https://third.example/acts/6", cy, quoted(page1))
	if p, _ = o.post(page1); p.Favourites != 1 {
		t.Errorf("%d likes", p.Favourites)
	}
	wrap("Delete", "https://third.example/acts/7", cy, quoted(page1))
	if _, ok := o.post(page1); !ok {
		t.Error("gone although its server has it")
	}
	o.far.set(page1, page{status: http.StatusGone})
	wrap("Delete", "https://third.example/acts/8", cy, quoted(page1))
	if _, ok := o.post(page1); ok {
		t.Error("still there although its server says it is gone")
	}
	// By its id alone: a plain post is passed on.
	plain := "https://third.example/post/2"
	o.far.put(plain, truth(plain, ""))
	o.mustBring("Announce", group, quoted(plain))
	from := by(t, group)
	from.Actor = nil
	if err := o.Take(t.Context(), from, actOf(t, fmt.Sprintf(`{"id":"%s/acts/x","type":"Announce","actor":%q,"object":%q}`, group, group, plain))); err != nil {
		t.Fatal(err)
	}
	o.settle()
	if p, ok := o.post(plain); !ok || p.Boosts != 1 {
		t.Errorf("%+v, %v", p, ok)
	}
	// An act by its id alone.
	third, made := "https://third.example/post/3", "https://third.example/acts/9"
	o.far.put(third, truth(third, ""))
	o.far.put(made, `{"id":"`+made+`","type":"Create","actor":"`+cy+`","object":`+forged+`}`)
	o.far.put(made, strings.Replace(o.far.pages[made].body, page1, third, 1))
	if err := o.Take(t.Context(), from, actOf(t, fmt.Sprintf(`{"id":"%s/acts/y","type":"Announce","actor":%q,"object":%q}`, group, group, made))); err != nil {
		t.Fatal(err)
	}
	o.settle()
	if p, ok := o.post(third); !ok || p.Boosts != 1 || p.Text != "hello" {
		t.Errorf("%+v, %v", p, ok)
	}
	if left := o.wanted(); len(left) > 0 {
		t.Errorf("still wanted: %+v", left)
	}
}

// A group that nobody here follows has nobody asked.
func TestGroupsOfNobody(t *testing.T) {
	t.Parallel()
	const group = "https://lemmy.example/c/tea"
	o := newOutpost(t)
	o.somebody(group)
	o.far.put(group, strings.Replace(o.far.pages[group].body, `"Person"`, `"Group"`, 1))
	o.mustBring("Follow", group, quoted(here.Actor("ana")))
	o.settle()
	o.renewed(group)
	o.far.took()
	from := by(t, group)
	from.Actor = nil
	for n, object := range []string{`{"id":"https://third.example/a","type":"Create","actor":"` + cy + `","object":"` + cyNote + `"}`, quoted(cyNote)} {
		a := actOf(t, fmt.Sprintf(`{"id":"%s/acts/n%d","type":"Announce","actor":%q,"object":%s}`, group, n, group, object))
		if err := o.Take(t.Context(), from, a); err != nil {
			t.Fatal(err)
		}
	}
	if o.settle(); len(o.far.took()) > 0 {
		t.Error("asked")
	}
}

// Where an inbox is said to be no more, whose it is gets asked about, and nobody
// whose server has one inbox for all.
func TestGoneInboxIsAskedAbout(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	r := o.follows(bo)
	host := r.Domain
	if err := o.AskGoneAt(t.Context(), host, r.Inbox+"/other"); err != nil || len(o.wanted()) > 0 {
		t.Errorf("of nobody: %v, %v", err, o.wanted())
	}
	if err := o.AskGoneAt(t.Context(), "other.example", r.Inbox); err != nil || len(o.wanted()) > 0 {
		t.Errorf("of another server: %v, %v", err, o.wanted())
	}
	if err := o.AskGoneAt(t.Context(), host, r.Inbox); err != nil {
		t.Fatal(err)
	}
	list := o.wanted()
	if len(list) != 1 || list[0].Do != camp.WantedEnd || list[0].URI != bo {
		t.Errorf("asked about: %v", list)
	}
}
