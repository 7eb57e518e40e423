package clientapi

import (
	"slices"
	"sync"
	"time"

	"camp/node/camp"
	"camp/node/posts"
)

// kept holds the parts of accounts and posts that are the same for every reader,
// as they were written last. Each lies beside everything it was made of, and is
// made anew once any of that differs: what is kept can be neither old nor meant
// for somebody else. Safe for concurrent use.
type kept struct {
	mu       sync.Mutex // guards what follows
	accounts shelf[camp.MemberID, accountKept]
	posts    shelf[camp.PostID, postKept]
}

type accountKept struct {
	look   look
	fields []camp.Field
	json   []byte
}

type postKept struct {
	base string
	view postLook
	json []byte
}

// shelf keeps the newest; what was not asked for since it was half full goes.
type shelf[K comparable, V any] struct {
	recent, before map[K]V
}

const (
	keptMost = 256      // of each kind, twice; some 2 KiB each
	keptSize = 16 << 10 // bytes; what is longer is made anew each time
)

func (s *shelf[K, V]) get(k K) (V, bool) {
	v, ok := s.recent[k]
	if ok {
		return v, true
	}
	if v, ok = s.before[k]; ok {
		s.put(k, v)
	}
	return v, ok
}

func (s *shelf[K, V]) put(k K, v V) {
	if s.recent == nil || len(s.recent) >= keptMost {
		s.before, s.recent = s.recent, make(map[K]V)
	}
	s.recent[k] = v
}

func (k *kept) account(l look, fields []camp.Field) []byte {
	k.mu.Lock()
	was, ok := k.accounts.get(l.id)
	k.mu.Unlock()
	if ok && was.look == l && sameFields(was.fields, fields) {
		return was.json
	}
	var o out
	writeAccount(&o, l, fields)
	if len(o.b) <= keptSize {
		k.mu.Lock()
		k.accounts.put(l.id, accountKept{look: l, fields: fields, json: o.b})
		k.mu.Unlock()
	}
	return o.b
}

func (k *kept) post(base string, v postLook, write func(*out)) []byte {
	k.mu.Lock()
	was, ok := k.posts.get(v.p.ID)
	k.mu.Unlock()
	if ok && was.base == base && was.view.same(&v) {
		return was.json
	}
	var o out
	write(&o)
	if len(o.b) <= keptSize {
		alone := *v.p // not a part of a whole list, which would be kept with it
		v.p = &alone
		k.mu.Lock()
		k.posts.put(v.p.ID, postKept{base: base, view: v, json: o.b})
		k.mu.Unlock()
	}
	return o.b
}

// postLook is all that the kept part of a post is made of, beside the base.
type postLook struct {
	p     *camp.Post
	named []namedLook
}

// namedLook is somebody whom a post names.
type namedLook struct {
	id        camp.MemberID
	name, url string // url "" for people of the camp
}

// same compares what posts are made of, field by field (a test holds it to all
// of them).
func (a *postLook) same(b *postLook) bool {
	return samePost(a.p, b.p) && slices.Equal(a.named, b.named)
}

func samePost(a, b *camp.Post) bool {
	return a.ID == b.ID && a.Author == b.Author && a.Audience == b.Audience && a.Text == b.Text && a.Note == b.Note &&
		a.Language == b.Language && slices.Equal(a.Pictures, b.Pictures) && a.ReplyTo == b.ReplyTo && a.Root == b.Root &&
		slices.Equal(a.Mentions, b.Mentions) && slices.Equal(a.Tags, b.Tags) && a.Written.Equal(b.Written) && a.Edited.Equal(b.Edited) &&
		a.Replies == b.Replies && a.Favourites == b.Favourites && a.URI == b.URI && a.Page == b.Page && a.Title == b.Title &&
		a.Body == b.Body && slices.Equal(a.Files, b.Files) && slices.Equal(a.Emoji, b.Emoji) && a.Answers == b.Answers &&
		a.Sensitive == b.Sensitive && a.Boosts == b.Boosts && a.BoostOf == b.BoostOf && samePoll(a.Poll, b.Poll) &&
		a.Quote == b.Quote && a.Quoted == b.Quoted && a.Stamp == b.Stamp && a.Thread == b.Thread && a.Policy == b.Policy
}

func samePoll(a, b *camp.Poll) bool {
	if a == nil || b == nil {
		return a == b
	}
	return slices.Equal(a.Choices, b.Choices) && a.Multiple == b.Multiple && a.Ends.Equal(b.Ends) && a.Closed == b.Closed && a.Voters == b.Voters
}

// tallies holds how many posts and followers people had a moment ago. What the
// reader does through the API shows at once; the rest within tallyLife. Safe for
// concurrent use.
type tallies struct {
	mu   sync.Mutex // guards seen
	seen map[camp.MemberID]tallied
}

type tallied struct {
	posts.Tally
	at time.Time
}

const (
	tallyLife = time.Minute
	tallyMost = 4096
)

func (t *tallies) of(id camp.MemberID) posts.Tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.seen[id].Tally
}

// stale gives those that must be read, each once.
func (t *tallies) stale(ids []camp.MemberID, now time.Time) []camp.MemberID {
	var out []camp.MemberID
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, id := range ids {
		v, ok := t.seen[id]
		if (!ok || now.Sub(v.at).Abs() >= tallyLife) && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func (t *tallies) put(list []posts.Tally, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen == nil || len(t.seen)+len(list) > tallyMost {
		t.seen = map[camp.MemberID]tallied{}
	}
	for _, v := range list {
		t.seen[v.Of] = tallied{Tally: v, at: now}
	}
}

// forget makes the next answer read them anew.
func (t *tallies) forget(ids ...camp.MemberID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, id := range ids {
		delete(t.seen, id)
	}
}
