package store

import (
	"bytes"
	"slices"
	"sync"

	"camp/node/camp"
)

// warm holds the people of elsewhere and the posts that views read last, as they
// were decoded: a timeline of forty would read and decode the same rows for each
// reader. Only views use it. It is exact: a group that writes a row takes it out
// before any view can begin that sees the group, and a view that began before
// puts nothing in any more. Nothing is decided by it: who may read what is asked
// by those who read. Safe for concurrent use.
type warm struct {
	mu      sync.Mutex // guards what follows
	people  shelf[camp.MemberID, camp.Remote]
	posts   shelf[camp.PostID, camp.Post]
	changed uint64 // the last group that wrote such a row; older states put nothing in
}

// Bounds of each of the two halves of a shelf: what is in neither was not asked
// for lately. Decoded, a row takes about twice its bytes.
const (
	warmRows  = 256
	warmBytes = 256 << 10 // of rows as they are stored
	warmRow   = 16 << 10  // a longer one is read anew each time
)

// shelf keeps what was asked for since it was last half full.
type shelf[K comparable, V any] struct {
	recent, before map[K]warmed[V]
	bytes          int // of recent
}

type warmed[V any] struct {
	value V
	from  uint64 // the state that it was read in; older ones may have had another
	bytes int
}

func (s *shelf[K, V]) get(k K, at uint64) (v V, ok bool) {
	w, ok := s.recent[k]
	if !ok {
		if w, ok = s.before[k]; ok {
			s.put(k, w)
		}
	}
	return w.value, ok && at >= w.from
}

func (s *shelf[K, V]) put(k K, w warmed[V]) {
	if s.recent == nil || len(s.recent) >= warmRows || s.bytes+w.bytes > warmBytes {
		s.turn()
	}
	delete(s.before, k)
	s.bytes += w.bytes - s.recent[k].bytes
	s.recent[k] = w
}

// turn lets go of what was not asked for since the turn before.
func (s *shelf[K, V]) turn() {
	s.before, s.recent, s.bytes = s.recent, make(map[K]warmed[V]), 0
}

func (s *shelf[K, V]) drop(k K) {
	s.bytes -= s.recent[k].bytes
	delete(s.recent, k)
	delete(s.before, k)
}

// person and post give what is held, for a view of the state at.
func (w *warm) person(id camp.MemberID, at uint64) (camp.Remote, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.people.get(id, at)
}

func (w *warm) post(id camp.PostID, at uint64) (camp.Post, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.posts.get(id, at)
}

// keepPerson and keepPost hold what a view of the state at read. Its lists have
// no room behind their end, so that nobody can add to them in place.
func (w *warm) keepPerson(r camp.Remote, at uint64, size int) {
	if size > warmRow {
		return
	}
	r.Keys, r.Fields, r.Emoji, r.Also = slices.Clip(r.Keys), slices.Clip(r.Fields), slices.Clip(r.Emoji), slices.Clip(r.Also)
	w.mu.Lock()
	defer w.mu.Unlock()
	if at >= w.changed {
		w.people.put(r.ID, warmed[camp.Remote]{value: r, from: at, bytes: size})
	}
}

func (w *warm) keepPost(p camp.Post, at uint64, size int) {
	if size > warmRow {
		return
	}
	p.Pictures, p.Mentions, p.Tags = slices.Clip(p.Pictures), slices.Clip(p.Mentions), slices.Clip(p.Tags)
	p.Files, p.Emoji, p.Links = slices.Clip(p.Files), slices.Clip(p.Emoji), slices.Clip(p.Links)
	w.mu.Lock()
	defer w.mu.Unlock()
	if at >= w.changed {
		w.posts.put(p.ID, warmed[camp.Post]{value: p, from: at, bytes: size})
	}
}

// forget takes out what a group writes, before views see it as the state ts.
func (w *warm) forget(ts uint64, rows []row) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range rows {
		switch {
		case of(kRemote, r.key):
			w.people.drop(lastID[camp.MemberID](r.key))
		case of(kPost, r.key), of(kReply, r.key), of(kFar, r.key):
			w.posts.drop(lastDownID[camp.PostID](r.key))
		default:
			continue
		}
		w.changed = ts
	}
}

func of(k *kind, key []byte) bool { return bytes.HasPrefix(key, []byte(k.prefix)) }

// cool gives back what was not asked for since it was called last.
func (w *warm) cool() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.people.turn()
	w.posts.turn()
}
