// Package poststest fills a camp with posts for tests and benchmarks, through
// the same path that a member's post takes. It holds no test itself, so that
// any test of the house can use it.
package poststest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"camp/node/camp"
	"camp/node/posts"
)

// slice is how many posts are written in one act.
const slice = 200

// What a seeded camp is like, in percent.
const (
	answers  = 40 // of all posts
	tagged   = 15
	naming   = 8
	linking  = 5
	withNote = 2
)

var errNoAuthors = errors.New("poststest: no authors")

// Seed writes n posts by the authors, who must be people of the camp, and
// returns their ids, oldest first. The same seed gives the same words. A camp
// that is to be as it would be after a while also wants posts.Service.Sift.
func Seed(ctx context.Context, st posts.Store, authors []camp.Actor, n int, seed uint64) ([]camp.PostID, error) {
	if len(authors) == 0 {
		return nil, errNoAuthors
	}
	w := &writer{rand: rand.New(rand.NewPCG(seed, seed)), authors: authors}
	ids := make([]camp.PostID, 0, n)
	for len(ids) < n {
		size := min(slice, n-len(ids))
		err := st.Update(ctx, func(tx posts.Tx) error {
			for range size {
				id, err := w.post(tx, ids)
				if err != nil {
					return err
				}
				ids = append(ids, id)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("seed posts: %w", err)
		}
	}
	return ids, nil
}

type writer struct {
	rand    *rand.Rand
	authors []camp.Actor
	names   []string
}

// post writes one post: four in ten answer one of the last hundred.
func (w *writer) post(tx posts.Tx, ids []camp.PostID) (camp.PostID, error) {
	if w.names == nil {
		for _, a := range w.authors {
			m, _, err := tx.Member(a.Member)
			if err != nil {
				return 0, fmt.Errorf("read author: %w", err)
			}
			w.names = append(w.names, m.Name)
		}
	}
	d := w.Draft()
	if recent := min(len(ids), 100); recent > 0 && w.chance(answers) {
		d.ReplyTo = ids[len(ids)-1-w.rand.IntN(recent)]
	}
	id, _, err := posts.WriteIn(tx, w.authors[w.rand.IntN(len(w.authors))], d)
	if err != nil {
		return 0, fmt.Errorf("write seeded post: %w", err)
	}
	return id, nil
}

func (w *writer) chance(percent int) bool { return w.rand.IntN(100) < percent }

// Draft gives an ordinary post: one to four sentences, some 150 characters.
func (w *writer) Draft() camp.Draft {
	var b strings.Builder
	for i := range 1 + w.rand.IntN(4) {
		if i > 0 {
			b.WriteByte(' ')
		}
		w.sentence(&b)
	}
	if w.chance(naming) && len(w.names) > 0 {
		b.WriteString(" @" + w.names[w.rand.IntN(len(w.names))])
	}
	if w.chance(tagged) {
		b.WriteString(" #" + w.word())
	}
	if w.chance(linking) {
		b.WriteString(" https://" + w.word() + ".example/" + w.word())
	}
	d := camp.Draft{Text: b.String()}
	if w.chance(withNote) {
		d.Note = w.word()
	}
	return d
}

func (w *writer) sentence(b *strings.Builder) {
	n := 4 + w.rand.IntN(8)
	for i := range n {
		word := w.word()
		if i == 0 {
			word = strings.ToUpper(word[:1]) + word[1:]
		} else {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	b.WriteByte('.')
}

// word draws from a vocabulary whose words are, as in speech, not equally
// common: a syllable or two for the common ones, more for the rare.
func (w *writer) word() string {
	if w.chance(50) {
		return common[w.rand.IntN(len(common))]
	}
	var b strings.Builder
	for range 2 + w.rand.IntN(2) {
		b.WriteString(syllables[w.rand.IntN(len(syllables))])
	}
	return b.String()
}

var common = strings.Fields(`the a and to of in is it that for was on are with we you they this have from or had by
	but what some can out other were all there when up use your how said an each she which do their time if will way
	about many then them would write like so these her long make thing see him two has look more day could go come did
	my no most who over know than call first people may down been now find any new work part take get place made live
	where after back little only round man year came show every good me give our under name very through just form
	much great think say help low line before turn cause same mean differ move right boy old too does tell set three
	want air well also play small end put home read hand port large spell add even land here must big high such follow
	act why ask men change went light kind off need house picture try us again animal point mother world near build`)

var syllables = strings.Fields(`ba be bi bo da de di do fa fe fi fo ga ge ka ke ki ko la le li lo lu ma me mi mo mu na ne ni no
	pa pe pi po ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo wa we wi zo`)
