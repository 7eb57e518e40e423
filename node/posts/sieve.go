package posts

import (
	"hash/fnv"

	"camp/node/camp"
)

// A sieve is a Bloom filter: for each word of the run, probes bits are set. A
// word whose bits are not all set is in no post of the run.
const (
	runSize     = 256 // posts in a run
	bitsPerWord = 10  // with 7 probes about one word in a hundred is looked for in vain
	probes      = 7
)

// spots gives the bits of a word in a sieve of n bits.
func spots(word string, n uint64) [probes]uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(word)) // a hash never fails
	a := mix(h.Sum64())
	b := mix(a) | 1
	var at [probes]uint64
	for i := range at {
		at[i] = (a + uint64(i)*b) % n
	}
	return at
}

// mix spreads the bits of a weak hash (the finaliser of SplitMix64).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// sift makes the sieve of a run of posts, newest first.
func sift(first, last camp.PostID, run []camp.Post) camp.Sieve {
	words := map[string]struct{}{}
	for i := range run {
		postWords(&run[i], func(w string) { words[w] = struct{}{} })
	}
	s := camp.Sieve{First: first, Last: last, Posts: len(run), Bits: make([]byte, max(len(words)*bitsPerWord/8, 8))}
	for w := range words {
		pour(s, w)
	}
	return s
}

func pour(s camp.Sieve, word string) {
	for _, at := range spots(word, uint64(len(s.Bits))*8) {
		s.Bits[at/8] |= 1 << (at % 8)
	}
}

// mayHold reports whether the run can hold all the words.
func mayHold(s camp.Sieve, words []string) bool {
	if len(s.Bits) == 0 {
		return true
	}
	for _, w := range words {
		for _, at := range spots(w, uint64(len(s.Bits))*8) {
			if s.Bits[at/8]&(1<<(at%8)) == 0 {
				return false
			}
		}
	}
	return true
}

// resift puts a changed post's new words into the sieve over it at once, and
// asks Run to make the sieve anew without the old ones.
func resift(tx Tx, p camp.Post) error {
	s, ok, err := tx.SieveOver(p.ID)
	if err != nil || !ok {
		return err
	}
	postWords(&p, func(w string) { pour(s, w) })
	if err := tx.PutSieve(s); err != nil {
		return err
	}
	return tx.PutResift(s.First)
}

// askResift asks Run to make the sieve over a post anew.
func askResift(tx Tx, id camp.PostID) error {
	s, ok, err := tx.SieveOver(id)
	if err != nil || !ok {
		return err
	}
	return tx.PutResift(s.First)
}
