//go:build unix

package clientapi

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/posts"
	"camp/store"
)

// farCrowd fills the home timeline of the host with what 200 people of twenty
// servers wrote, each one's rows as large as those of real servers.
func farCrowd(b *testing.B, g *rig) {
	b.Helper()
	g.outside = true
	var crowd []camp.Remote
	for i := range 200 {
		r := g.remote("far"+strconv.Itoa(i), camp.Domain("far"+strconv.Itoa(i%20)+".example"))
		whole := r
		whole.Keys = []camp.RemoteKey{{ID: r.URI + "#main-key", DER: make([]byte, 294)}}
		whole.About = "<p>" + strings.Repeat("Likes gardens, bread and bicycles. ", 8) + "</p>"
		whole.Shared, whole.Followers = "https://"+string(r.Domain)+"/inbox", r.URI+"/followers"
		whole.Outbox, whole.Featured = r.URI+"/outbox", r.URI+"/featured"
		whole.Face, whole.Banner = "https://"+string(r.Domain)+"/face.png", "https://"+string(r.Domain)+"/banner.png"
		if err := g.db.Update(b.Context(), func(tx *store.Tx) error { return tx.PutRemote(whole, &r) }); err != nil {
			b.Fatal(err)
		}
		g.follows(g.host, r)
		crowd = append(crowd, whole)
	}
	for i := range 1000 {
		g.arrive(crowd[i*7%len(crowd)], strconv.Itoa(i), func(a *posts.Arrival) {
			a.Asked, a.Post.Body = false, "<p>"+strings.Repeat("what was seen today ", 8)+strconv.Itoa(i)+"</p>"
		})
	}
}

// BenchmarkHomeFar40 asks over a connection for forty posts, each by somebody
// else elsewhere. It reports the median, and the processor time of both ends.
func BenchmarkHomeFar40(b *testing.B) {
	g := newRig(b)
	farCrowd(b, g)
	s := httptest.NewServer(g.api)
	defer s.Close()
	conn, err := new(net.Dialer).DialContext(context.Background(), "tcp", s.Listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	in := bufio.NewReaderSize(conn, 256<<10)
	ask := "GET /api/v1/timelines/home?limit=40 HTTP/1.1\r\nHost: camp.example\r\nAuthorization: Bearer " + g.mia + "\r\n\r\n"
	var times []time.Duration
	var before, after syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		if _, err := io.WriteString(conn, ask); err != nil {
			b.Fatal(err)
		}
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			b.Fatal(err)
		}
		n, err := io.Copy(io.Discard, resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK || n < 40_000 {
			b.Fatalf("status %d, %d bytes, %v", resp.StatusCode, n, err)
		}
		times = append(times, time.Since(start))
	}
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	slices.Sort(times)
	cpu := after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
	b.ReportMetric(float64(times[len(times)/2].Nanoseconds())/1000, "p50-µs")
	b.ReportMetric(float64(cpu)/float64(len(times))/1000, "cpu-µs")
}
