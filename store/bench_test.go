package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// benchValue is about what a post is.
var benchValue = bytes.Repeat([]byte("a post of a member, "), 30)

func benchOptions(b *testing.B, dir string) Options {
	opt := testOptions(b, dir)
	opt.segmentBytes, opt.disk = 0, nil // as in the product
	return opt
}

// BenchmarkActs counts acknowledged acts: each writes a post of 600 bytes and
// two index rows.
func BenchmarkActs(b *testing.B) {
	for _, writers := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			db := openTest(b, benchOptions(b, b.TempDir()))
			begin := db.Seq()
			var next atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			for range writers {
				wg.Go(func() {
					for next.Add(1) <= int64(b.N) {
						if err := db.Update(b.Context(), benchAct); err != nil {
							b.Error(err)
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acts/s")
			b.ReportMetric(float64(db.Seq()-begin)/b.Elapsed().Seconds(), "syncs/s")
		})
	}
}

func benchAct(tx *Tx) error {
	id := tx.NextID()
	if err := tx.put(kTry.at([]byte("post/"), down(id)), benchValue); err != nil {
		return err
	}
	if err := tx.put(kTry.at([]byte("by/"), up(id%100), down(id)), nil); err != nil {
		return err
	}
	return tx.put(kTry.at([]byte("thread/"), up(id/7), up(id)), nil)
}

// BenchmarkJournal is the bare journal beside it: records of as many acts as 64
// writers would give, and nothing else.
func BenchmarkJournal(b *testing.B) {
	for _, acts := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("acts=%d", acts), func(b *testing.B) {
			j, _, _, err := newJournal(b, b.TempDir(), 0)
			if err != nil {
				b.Fatal(err)
			}
			j.size = segmentSize
			payload := bytes.Repeat(benchValue, acts)
			b.ResetTimer()
			n := 0
			for range b.N {
				if n++; n%acts != 0 && n != b.N {
					continue
				}
				if _, err := j.append(payload); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acts/s")
			_ = j.close()
		})
	}
}

// benchPosts is how many posts the large store of the benchmarks has.
func benchPosts(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv("CAMP_BENCH_POSTS"))
	if err != nil || n < 1 {
		return 10_000
	}
	return n
}

// filledDir gives a folder with a cleanly closed store of n posts. Where
// CAMP_BENCH_DIR is set, it is kept there for the next run.
func filledDir(b *testing.B, n int) string {
	b.Helper()
	dir := b.TempDir()
	if keep := os.Getenv("CAMP_BENCH_DIR"); keep != "" {
		dir = filepath.Join(keep, fmt.Sprint("posts-", n))
		if exists(filepath.Join(dir, cleanFile)) {
			return dir
		}
	}
	db := openTest(b, benchOptions(b, dir))
	for done := 0; done < n; {
		err := db.Update(b.Context(), func(tx *Tx) error {
			for range min(500, n-done) {
				id := tx.NextID()
				v := append(binary.BigEndian.AppendUint64(nil, id*0x9e3779b97f4a7c15), benchValue...)
				for i := range v[:300] { // text is not all alike
					v[8+i] ^= byte(id>>(i%16)) & 15
				}
				if err := tx.put(kTry.at([]byte("post/"), down(id)), v); err != nil {
					return err
				}
				if err := tx.put(kTry.at([]byte("by/"), up(id%100), down(id)), nil); err != nil {
					return err
				}
				done++
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	closeTest(b, db)
	return dir
}

// BenchmarkOpen opens a store after a clean stop and reads its newest post.
func BenchmarkOpen(b *testing.B) {
	n := benchPosts(b)
	b.Run(fmt.Sprintf("posts=%d", n), func(b *testing.B) {
		dir := filledDir(b, n)
		var open, closed time.Duration
		for range b.N {
			start := time.Now()
			db, err := Open(b.Context(), benchOptions(b, dir))
			if err != nil {
				b.Fatal(err)
			}
			if err := db.View(b.Context(), newestPost); err != nil {
				b.Fatal(err)
			}
			open += time.Since(start)
			start = time.Now()
			closeTest(b, db)
			closed += time.Since(start)
		}
		b.ReportMetric(float64(open.Microseconds())/float64(b.N)/1000, "open-ms")
		b.ReportMetric(float64(closed.Microseconds())/float64(b.N)/1000, "close-ms")
	})
}

func newestPost(tx *Tx) error {
	found := false
	err := tx.scan(kTry.at([]byte("post/")), nil, false, func(_, v []byte) bool { found = len(v) > 0; return false })
	if err == nil && !found {
		return ErrNone
	}
	return err
}

// BenchmarkTimeline reads the forty newest of a hundred timelines in turn, with
// their posts.
func BenchmarkTimeline(b *testing.B) {
	n := benchPosts(b)
	b.Run(fmt.Sprintf("posts=%d", n), func(b *testing.B) {
		db := openTest(b, benchOptions(b, filledDir(b, n)))
		times := make([]time.Duration, 0, b.N)
		for i := range b.N {
			start := time.Now()
			err := db.View(b.Context(), func(tx *Tx) error {
				var ids [][]byte
				err := tx.scan(kTry.at([]byte("by/"), up(uint64(i%100))), nil, true, func(k, _ []byte) bool {
					ids = append(ids, bytes.Clone(k[len(k)-8:]))
					return len(ids) < 40
				})
				for _, id := range ids {
					if _, gerr := tx.get(kTry.at([]byte("post/"), id)); gerr != nil {
						return gerr
					}
				}
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
			times = append(times, time.Since(start))
		}
		reportPercentiles(b, times)
	})
}

// BenchmarkHome reads the forty newest posts of all.
func BenchmarkHome(b *testing.B) {
	n := benchPosts(b)
	b.Run(fmt.Sprintf("posts=%d", n), func(b *testing.B) {
		db := openTest(b, benchOptions(b, filledDir(b, n)))
		times := make([]time.Duration, 0, b.N)
		for range b.N {
			start := time.Now()
			err := db.View(b.Context(), func(tx *Tx) error {
				left := 40
				return tx.scan(kTry.at([]byte("post/")), nil, false, func(_, _ []byte) bool { left--; return left > 0 })
			})
			if err != nil {
				b.Fatal(err)
			}
			times = append(times, time.Since(start))
		}
		reportPercentiles(b, times)
	})
}

func reportPercentiles(b *testing.B, times []time.Duration) {
	at := func(p int) float64 {
		sorted := slices.Sorted(slices.Values(times))
		return float64(sorted[(len(sorted)-1)*p/100].Microseconds())
	}
	b.ReportMetric(at(50), "p50-µs")
	b.ReportMetric(at(95), "p95-µs")
}

// BenchmarkMemory is the resident size of this process with the store open and
// settled, less what it was without.
func BenchmarkMemory(b *testing.B) {
	n := benchPosts(b)
	b.Run(fmt.Sprintf("posts=%d", n), func(b *testing.B) {
		dir := filledDir(b, n)
		debug.SetMemoryLimit(160 << 20)
		debug.SetGCPercent(50)
		debug.FreeOSMemory()
		before := residentKiB(b)
		db := openTest(b, benchOptions(b, dir))
		if err := db.View(b.Context(), newestPost); err != nil {
			b.Fatal(err)
		}
		runtime.GC()
		debug.FreeOSMemory()
		for range b.N {
			_ = db.Seq()
		}
		b.ReportMetric(float64(residentKiB(b))/1024, "RSS-MiB")
		b.ReportMetric(float64(residentKiB(b)-before)/1024, "store-MiB")
	})
}

func residentKiB(b *testing.B) int64 {
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("no /proc here")
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				b.Fatal(err)
			}
			return n
		}
	}
	b.Fatal("no resident size")
	return 0
}

// BenchmarkHeal counts how long a start takes that replays the whole journal.
func BenchmarkHeal(b *testing.B) {
	n := min(benchPosts(b), 10_000)
	dir := filledDir(b, n)
	for range b.N {
		b.StopTimer()
		copied := b.TempDir()
		copyTree(b, dir, copied)
		if err := os.RemoveAll(filepath.Join(copied, "db")); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		db, err := Open(context.Background(), benchOptions(b, copied))
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		closeTest(b, db)
	}
}
