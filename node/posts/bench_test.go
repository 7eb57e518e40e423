package posts_test

import (
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/posts"
	"camp/node/posts/poststest"
	"camp/store"
)

// benchPosts is how many posts a benchmark's camp has: 50,000, or as
// CAMP_BENCH_POSTS says.
func benchPosts(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv("CAMP_BENCH_POSTS"))
	if os.Getenv("CAMP_BENCH_POSTS") == "" {
		return 50_000
	}
	if err != nil || n < 1000 {
		b.Fatalf("CAMP_BENCH_POSTS: %q", os.Getenv("CAMP_BENCH_POSTS"))
	}
	return n
}

// seeded gives a full camp whose host likes every 20th of the newest posts.
func seeded(b *testing.B, n int) (*house, []camp.Actor, []camp.PostID) {
	h := newHouse(b)
	crowd := h.crowd(camp.MaxMembers - 1)
	ids, err := poststest.Seed(b.Context(), store.As[posts.Tx](h.db), crowd, n, 1)
	if err != nil {
		b.Fatal(err)
	}
	for i, id := range ids[max(0, len(ids)-1000):] {
		if i%20 == 0 {
			if err := h.posts.Favourite(b.Context(), h.host, id, true); err != nil {
				b.Fatal(err)
			}
		}
	}
	return h, crowd, ids
}

// p50 reports the median of single calls, in microseconds.
func p50(b *testing.B, call func() error) {
	b.Helper()
	var times []time.Duration
	for b.Loop() {
		start := time.Now()
		if err := call(); err != nil {
			b.Fatal(err)
		}
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Nanoseconds())/1000, "p50-µs")
	b.ReportMetric(float64(times[len(times)*95/100].Nanoseconds())/1000, "p95-µs")
}

// BenchmarkFire40 reads the home of a camp, 40 posts: the rows alone, and as
// one reader sees it.
func BenchmarkFire40(b *testing.B) {
	n := benchPosts(b)
	h, _, ids := seeded(b, n)
	page := camp.Page{Limit: 40}
	b.Run("store", func(b *testing.B) {
		p50(b, func() error {
			return h.db.View(b.Context(), func(tx *store.Tx) error {
				list, err := tx.Fire(page)
				if len(list) != 40 {
					b.Fatalf("%d posts", len(list))
				}
				return err
			})
		})
	})
	b.Run("service", func(b *testing.B) {
		p50(b, func() error {
			list, err := h.posts.Fire(b.Context(), h.host, page)
			if len(list) != 40 {
				b.Fatalf("%d posts", len(list))
			}
			return err
		})
	})
	b.Run("older", func(b *testing.B) {
		p50(b, func() error {
			_, err := h.posts.Fire(b.Context(), h.host, camp.Page{Limit: 40, Before: uint64(ids[len(ids)/2])})
			return err
		})
	})
	b.Run("profile", func(b *testing.B) {
		p50(b, func() error {
			_, err := h.posts.By(b.Context(), h.host, h.post(h.host, ids[len(ids)-1]).Author, page)
			return err
		})
	})
	if err := h.posts.Sift(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Run("search common", func(b *testing.B) {
		p50(b, func() error {
			_, _, err := h.posts.Search(b.Context(), h.host, "the", page)
			return err
		})
	})
	b.Run("search rare", func(b *testing.B) {
		p50(b, func() error {
			_, _, err := h.posts.Search(b.Context(), h.host, "nosuchword", page)
			return err
		})
	})
}

// BenchmarkWrite64 has 64 people write posts of the ordinary kind at once; each
// is acknowledged, thus safe on disk.
func BenchmarkWrite64(b *testing.B) {
	h := newHouse(b)
	crowd := h.crowd(64)
	text := "An ordinary post of some one hundred and fifty characters, as people write them when they come home in the evening and tell what they have seen."
	var left atomic.Int64
	left.Store(int64(b.N))
	var wg sync.WaitGroup
	b.ResetTimer()
	for _, by := range crowd {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if _, err := h.posts.Write(b.Context(), by, camp.Draft{Text: text}); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acts/s")
}
