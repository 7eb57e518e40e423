package clientapi

import (
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
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

// BenchmarkHome40 answers with a home timeline of forty posts, through the real
// rooms and store: half of them the camp's own, half from elsewhere. It reports
// the median.
func BenchmarkHome40(b *testing.B) {
	g := newRig(b)
	g.outside = true
	crowd := []camp.Actor{g.host}
	for i := range 20 {
		a, _, err := g.people.AddMember(b.Context(), g.host, "camper"+strconv.Itoa(i), camp.RoleMember)
		if err != nil {
			b.Fatal(err)
		}
		crowd = append(crowd, camp.Actor{Member: a.ID, Role: a.Role})
	}
	if _, err := poststest.Seed(b.Context(), store.As[posts.Tx](g.db), crowd, benchPosts(b), 1); err != nil {
		b.Fatal(err)
	}
	for i := range 20 {
		r := g.remote("far"+strconv.Itoa(i), camp.Domain("far"+strconv.Itoa(i)+".example"))
		g.follows(g.host, r)
		for k := range 5 {
			g.arrive(r, strconv.Itoa(k), func(a *posts.Arrival) { a.Asked = false })
		}
	}
	for i := range 20 {
		g.write(g.mia, "the newest "+strconv.Itoa(i))
	}
	r := httptest.NewRequest(http.MethodGet, base+"/api/v1/timelines/home?limit=40", nil)
	r.Header.Set("Authorization", "Bearer "+g.mia)
	var times []time.Duration
	size := 0
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		w := httptest.NewRecorder()
		g.api.ServeHTTP(w, r)
		times = append(times, time.Since(start))
		if size = w.Body.Len(); w.Code != http.StatusOK || size < 40_000 {
			b.Fatalf("status %d, %d bytes", w.Code, size)
		}
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Nanoseconds())/1000, "p50-µs")
	b.ReportMetric(float64(times[len(times)*95/100].Nanoseconds())/1000, "p95-µs")
	b.ReportMetric(float64(size), "answer-bytes")
}

// BenchmarkStatusKept writes one post whose parts are kept, as a timeline does forty times.
func BenchmarkStatusKept(b *testing.B) {
	g := newRig(b)
	id := g.write(g.mia, "An ordinary post of some one hundred and fifty characters, as people write them when they come home in the evening.")
	pv, err := g.posts.Post(b.Context(), g.host, camp.PostID(idOf(id)))
	if err != nil {
		b.Fatal(err)
	}
	m, err := g.people.Member(b.Context(), g.host.Member)
	if err != nil {
		b.Fatal(err)
	}
	c := &call{a: g.api, base: base, me: m, by: g.host, out: takeOut()}
	b.ReportAllocs()
	for b.Loop() {
		c.out.b = c.out.b[:0]
		c.status("", &pv)
	}
}
