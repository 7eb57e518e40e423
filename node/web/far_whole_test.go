package web

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"camp/node/border"
	"camp/node/camp"
	"camp/node/carry"
	"camp/node/people"
	"camp/node/posts"
	"camp/store"
)

// wide is a whole camp that talks with others, over the real rooms; whom its
// finder finds is kept as node/fed keeps them.
type wide struct {
	*whole
	border *border.Service
	carry  *carry.Service
	also   []string // what the accounts elsewhere say are theirs too
}

func (w *wide) Anew(ctx context.Context, by camp.Actor, typed string) (camp.Remote, error) {
	return w.Person(ctx, by, typed)
}

func (w *wide) Person(ctx context.Context, _ camp.Actor, typed string) (r camp.Remote, err error) {
	handle := strings.TrimPrefix(typed, "@")
	name, host, ok := strings.Cut(handle, "@")
	if !ok || host != "far.example" {
		return r, &camp.Fault{Kind: camp.Offline, Say: "fed.no_name.say"}
	}
	err = w.db.Update(ctx, func(tx *store.Tx) error {
		had, ok, err := tx.RemoteByHandle(handle)
		if err != nil {
			return err
		}
		r = had
		if !ok {
			r = camp.Remote{ID: camp.MemberID(tx.NextID())}
		}
		r.URI, r.Domain, r.At, r.Name, r.Kind = "https://far.example/"+name, "far.example", "far.example", name, camp.RemotePerson
		r.Display, r.About, r.Inbox, r.Also = "Shown "+name, hostile, "https://far.example/in", w.also
		if ok {
			return tx.PutRemote(r, &had)
		}
		return tx.PutRemote(r, nil)
	})
	return r, err
}

func (w *wide) Post(context.Context, camp.Actor, string) (camp.PostID, error) {
	return 0, &camp.Fault{Kind: camp.NotFound, Say: "posts.gone.say"}
}

func newWide(t *testing.T) *wide {
	t.Helper()
	w := &wide{whole: newWhole(t)}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	yes := func() bool { return true }
	w.people = people.New(people.Options{
		Store: store.As[people.Tx](w.db), Publish: &w.ring, Rand: rand.Reader, Log: log, Outside: yes,
		Account: func(name string) string { return "https://willow.example/ap/" + name },
	})
	w.posts = posts.New(posts.Options{
		Store: store.As[posts.Tx](w.db), Publish: &w.ring, Log: log, Outside: yes,
		Level: func(d camp.Domain) camp.Level { return w.border.Admit(d, border.Out).Level },
	})
	w.border = border.New(border.Options{Store: store.As[border.Tx](w.db), Publish: &w.ring, Ties: w.posts, After: w.posts.Settle, Log: log})
	w.carry = carry.New(carry.Options{Store: store.As[carry.Tx](w.db), Ties: w.posts, Finder: w, Log: log})
	var err error
	w.site, err = New(Options{
		People: w.people, Posts: w.posts, Media: w.media, Live: &w.ring, Now: time.Now, Rand: rand.Reader, Log: log, Border: w.border,
		Hosts: func() []string { return []string{"127.0.0.1:4123"} }, Cookie: "camp_test", Kept: store.Catalogue, NoRate: true,
		Outside: yes, Ties: w.posts, Finder: w, Pins: w.posts, Report: w.posts, Reports: w.people, Reach: w.people, Carry: w.carry,
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// joost adds a member who agreed to the rules, and signs them in.
func (w *wide) joost(t *testing.T) (*browser, camp.Actor) {
	t.Helper()
	m, link, err := w.people.AddMember(t.Context(), w.host, "joost", camp.RoleMember)
	if err != nil {
		t.Fatal(err)
	}
	b := w.enter(t, link)
	rules, err := w.people.Rules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.want(b.post("/rules", "hash", rules.Hash, "rule", "1", "rule", "2"), http.StatusSeeOther)
	return b, camp.Actor{Member: m.ID, Role: camp.RoleMember}
}

func (w *wide) mia(t *testing.T) *browser {
	t.Helper()
	secret, err := w.people.NewLinkFor(t.Context(), w.host)
	if err != nil {
		t.Fatal(err)
	}
	return w.enter(t, secret)
}

func (w *wide) known(t *testing.T, handle string) camp.Remote {
	t.Helper()
	r, err := w.posts.PersonCalled(t.Context(), w.host, handle)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// in does what would come from another server.
func (w *wide) in(t *testing.T, fn func(posts.Tx) ([]camp.Event, error)) {
	t.Helper()
	err := w.db.Update(t.Context(), func(tx *store.Tx) error { _, err := fn(w.posts.In(tx)); return err })
	if err != nil {
		t.Fatal(err)
	}
}

// TestWholePeople walks through finding, following, being followed, keeping
// away and being blocked by the camp, over the real rooms.
func TestWholePeople(t *testing.T) {
	w := newWide(t)
	b, joost := w.joost(t)
	b.want(b.get("/@ana@far.example"), http.StatusNotFound, "Look them up")
	b.want(b.post("/elsewhere", "who", "@ana@nowhere.example"), http.StatusServiceUnavailable, "Its name leads nowhere")
	b.want(b.post("/elsewhere", "who", "@ana@far.example"), http.StatusSeeOther)
	ana := w.known(t, "ana@far.example")
	page := b.want(b.get("/@ana@far.example"), 200, "Shown ana", "Nothing of Shown ana has come here yet")
	if strings.Contains(page, "<script>alert") || strings.Contains(page, "javascript:") {
		t.Error("hostile words of a stranger stand on the page")
	}
	at := "/person/" + ana.ID.String()
	b.want(b.post(at+"/follow"), http.StatusSeeOther)
	b.want(b.get("/@ana@far.example"), 200, "no answer yet")
	w.in(t, func(tx posts.Tx) ([]camp.Event, error) { return posts.FarAnswer(tx, ana.ID, joost.Member, "", true) })
	b.want(b.get("/me/following"), 200, "Shown ana", "Stop following")
	b.want(b.get("/@ana@far.example"), 200, "you follow them", "Hide what they pass on")

	b.want(b.post("/me/elsewhere", "locked", "yes"), http.StatusSeeOther)
	w.in(t, func(tx posts.Tx) ([]camp.Event, error) {
		return posts.FarFollow(tx, ana.ID, joost.Member, "https://far.example/f/1", false)
	})
	b.want(b.get("/for-you"), 200, "asks to follow you", at+"/answer", "@ana@far.example")
	b.want(b.post(at+"/answer", "yes", "1", "back", "/me/followers"), http.StatusSeeOther)
	b.want(b.get("/me/followers"), 200, "Take away")
	b.want(b.post(at+"/answer", "yes", "0"), http.StatusSeeOther)
	b.want(b.get("/me/followers"), 200, "Nobody follows you yet")
	b.want(b.post(at+"/answer", "yes", "1"), http.StatusNotFound)

	mia := w.mia(t)
	pre := mia.want(mia.post("/blocks", "domain", "far.example", "level", "block", "reason", "<spam>"), http.StatusConflict, "lose 1 person")
	_, rest, _ := strings.Cut(pre, `name="seen" value="`)
	seen, _, _ := strings.Cut(rest, `"`)
	mia.want(mia.post("/blocks", "domain", "far.example", "level", "block", "reason", "<spam>", "seen", seen), http.StatusSeeOther)
	barred := b.want(b.get("/@ana@far.example"), 200, "Blocked by the camp", "&lt;spam&gt;")
	if strings.Contains(barred, at+"/follow") || strings.Contains(barred, "yes</a>") {
		t.Error("somebody whose server is blocked can be followed, or speaks")
	}
	list := mia.want(mia.get("/blocks"), 200, "Undo")
	_, rest, _ = strings.Cut(list, `name="change" value="`)
	change, _, _ := strings.Cut(rest, `"`)
	mia.want(mia.post("/blocks/undo", "change", change), http.StatusSeeOther)
	b.want(b.get("/@ana@far.example"), 200, "Shown ana", "on far.example")

	mia.want(mia.post("/blocks", "domain", "loud.example", "level", "limit"), http.StatusSeeOther)
	mia.want(mia.get("/blocks"), 200, "Take no reports from there")
	mia.want(mia.post("/blocks/reports", "domain", "loud.example", "take", "0"), http.StatusSeeOther)
	mia.want(mia.get("/blocks"), 200, "no reports", "Take reports from there")
	b.want(b.post("/blocks/reports", "domain", "loud.example", "take", "1"), http.StatusNotFound)
	b.want(b.post(at+"/block", "on", "1"), http.StatusSeeOther)
	b.want(b.get("/me/following"), 200, "You follow nobody yet")
	b.want(b.get("/me/away"), 200, "Shown ana", "Stop blocking")
	b.want(b.post(at+"/follow"), http.StatusForbidden, "Take the block back first")
	for _, path := range []string{"/@ana@far.example", "/me/away", "/me/elsewhere", "/me/lists", "/elsewhere", "/@mia", "/kept"} {
		checkPage(t, "en", b.get(path))
	}
}

// TestWholeBlockAmongMembers: two of the camp who block each other see nothing of each other.
func TestWholeBlockAmongMembers(t *testing.T) {
	w := newWide(t)
	b, _ := w.joost(t)
	mia := w.mia(t)
	mia.want(mia.send("/post", "csrf", formToken(mia.cookie), "text", "the fire is lit"), http.StatusSeeOther)
	b.want(b.get("/"), 200, "the fire is lit")
	b.want(b.post("/person/"+w.host.Member.String()+"/block", "on", "1"), http.StatusSeeOther)
	for _, path := range []string{"/", "/@mia"} {
		if strings.Contains(b.want(b.get(path), 200), "the fire is lit") {
			t.Errorf("%s shows somebody who is blocked", path)
		}
	}
	if strings.Contains(mia.want(mia.get("/@joost"), 200), "blocked") {
		t.Error("who is blocked is told so")
	}
	b.want(b.post("/person/"+w.host.Member.String()+"/block", "on", "0"), http.StatusSeeOther)
	b.want(b.get("/"), 200, "the fire is lit")
}

// TestWholeMove: an account is named, and followers are sent on, once.
func TestWholeMove(t *testing.T) {
	w := newWide(t)
	b, _ := w.joost(t)
	b.want(b.post("/me/elsewhere/from", "from", "@old@far.example"), http.StatusSeeOther)
	b.want(b.get("/me/elsewhere"), 200, "@old@far.example")
	b.want(b.post("/me/elsewhere/to", "to", "@new@far.example"), http.StatusConflict, "https://willow.example/ap/joost")
	w.also = []string{"https://willow.example/ap/joost"}
	b.want(b.post("/me/elsewhere/to", "to", "@new@far.example"), 200, "cannot be undone")
	b.want(b.post("/me/elsewhere/to", "to", "@new@far.example", "sure", "yes"), http.StatusSeeOther)
	b.want(b.post("/me/elsewhere/to", "to", "@newer@far.example", "sure", "yes"), http.StatusConflict, "less than seven days ago")
	var moves int
	err := w.db.View(t.Context(), func(tx *store.Tx) error {
		list, err := tx.Errands(100)
		for _, e := range list {
			if e.Do == camp.ErrandMove && e.URI == "https://far.example/new" {
				moves++
			}
		}
		return err
	})
	if err != nil || moves != 1 {
		t.Errorf("%d moves are to be told, %v", moves, err)
	}
}

// TestWholeList: a list comes in, is taken in in the background, and goes out again.
func TestWholeList(t *testing.T) {
	w := newWide(t)
	b, _ := w.joost(t)
	list := "Account address,Show boosts,Notify on new posts,Languages\nana@far.example,false,false,\n"
	b.want(b.send("/me/lists", "csrf", formToken(b.cookie), "what", "follows", "filelist", list+"zoe@nowhere.example,true,false,\n"), http.StatusSeeOther)
	b.want(b.get("/me/lists"), 200, "0 of 2 taken in")
	events, stop := w.ring.Watch(camp.Actor{}, "")
	defer stop()
	ctx, end := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.carry.Run(ctx) }()
	for e := range events {
		if e.Kind == camp.EventFollow {
			break
		}
	}
	end()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := b.want(b.get("/me/lists/following_accounts.csv"), 200); got != list {
		t.Errorf("came out as\n%s", got)
	}
}
