package posts

import (
	"context"
	"math"

	"camp/node/camp"
)

// Bounds of one search request.
const (
	maxQuery      = 200 // characters
	maxQueryWords = 10
	searchPosts   = 4096 // posts read
	searchSieves  = 1024 // sieves looked at
	sieveBatch    = 64
)

// Search finds posts that hold all the words, newest first: words of text, note
// and picture descriptions without regard to case and accents, "@name", "#tag".
// One request does bounded work: next, where it is not 0, is the Before with
// which to look further back, also when nothing was found yet.
func (s *Service) Search(ctx context.Context, by camp.Actor, query string, p camp.Page) (found []camp.PostView, next uint64, err error) {
	words, err := queryWords(query)
	if err != nil {
		return nil, 0, err
	}
	err = s.view(ctx, "search", func(tx Tx) error {
		m, err := reader(tx, by)
		if err != nil {
			return err
		}
		if p.Before == 0 {
			var whole bool
			if found, whole, err = byAddress(tx, m, query); err != nil || whole {
				return err
			}
		}
		p = within(m, p)
		l := lookout{tx: tx, viewer: m, words: words, at: math.MaxInt64, after: camp.PostID(p.After), want: p.Size()}
		if p.Before > 0 {
			l.at = camp.PostID(p.Before)
		}
		if err := l.look(ctx); err != nil {
			return err
		}
		next = uint64(l.next)
		found, err = newViewing(tx, m).all(l.found)
		return err
	})
	return found, next, err
}

func queryWords(query string) ([]string, error) {
	if len(query) > 4*maxQuery {
		return nil, refuse(camp.Invalid, "posts.search_long.say", "Most", number(maxQuery))
	}
	var words []string
	seen := map[string]bool{}
	wordsOf(query, func(w string) {
		if !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	})
	if len(words) == 0 {
		return nil, refuse(camp.Invalid, "posts.search_empty.say")
	}
	// "@name" and "#tag" count as two words, so that the bound is twice what is said.
	if len(words) > 2*maxQueryWords {
		return nil, refuse(camp.Invalid, "posts.search_words.say", "Most", number(maxQueryWords))
	}
	return words, nil
}

// lookout goes back in time from at, counting its work.
type lookout struct {
	tx     Tx
	viewer camp.Member
	words  []string
	at     camp.PostID // only posts older than this are still to be looked at
	after  camp.PostID // and newer than this
	want   int
	found  []camp.Post
	next   camp.PostID // where to go on, 0: all was looked at
	posts  int         // read
	sieves int         // looked at
}

// look goes through the runs, newest first: what no sieve covers yet is read,
// a run with a sieve only if it can hold the words.
func (l *lookout) look(ctx context.Context) error {
	for ctx.Err() == nil {
		sieves, err := l.tx.Sieves(l.at, sieveBatch)
		if err != nil {
			return err
		}
		for _, s := range sieves {
			if done, err := l.step(s); done || err != nil {
				return err
			}
		}
		if len(sieves) < sieveBatch {
			_, err := l.read(l.after + 1) // older than all sieves, or none is there yet
			return err
		}
	}
	return ctx.Err()
}

// step looks at what lies between the sieve and at, then at its run.
func (l *lookout) step(s camp.Sieve) (done bool, err error) {
	if done, err := l.read(max(s.Last+1, l.after+1)); done || err != nil {
		return true, err
	}
	if s.Last <= l.after {
		return true, nil
	}
	l.sieves++
	if mayHold(s, l.words) {
		if done, err := l.read(max(s.First, l.after+1)); done || err != nil {
			return true, err
		}
	}
	l.at = min(l.at, s.First)
	if l.sieves >= searchSieves || l.posts >= searchPosts {
		l.next = l.at
		return true, nil
	}
	return false, nil
}

// read looks at all posts from first up to at, and moves at. done says that
// the request has enough or has worked enough; next is set then.
func (l *lookout) read(first camp.PostID) (done bool, err error) {
	for l.at > first {
		run, err := l.tx.PostsBetween(first, l.at-1, runSize)
		if err != nil {
			return true, err
		}
		for i := range run {
			l.posts++
			l.at = run[i].ID
			if holds(&run[i], l.words) {
				ok, err := sees(l.tx, l.viewer, run[i])
				if err != nil {
					return true, err
				}
				if ok {
					l.found = append(l.found, run[i])
				}
			}
			if len(l.found) == l.want {
				l.next = l.at
				return true, nil
			}
		}
		if len(run) < runSize {
			l.at = first
			return false, nil
		}
		if l.posts >= searchPosts {
			l.next = l.at
			return true, nil
		}
	}
	return false, nil
}
