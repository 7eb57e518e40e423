package queue_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/fed/queue"
	"camp/node/outside"
	"camp/store"
)

func openStore(t testing.TB, dir string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: dir, Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// public is a letter as the real way gives it.
func public(t testing.TB, n int, body string) camp.Letter {
	t.Helper()
	o, err := camp.Release(camp.Post{ID: camp.PostID(n), Audience: camp.AudiencePublic}, camp.ErrandPost)
	if err != nil {
		t.Fatal(err)
	}
	return o.Letter(3, fmt.Sprint("https://camp.example/a/", n), fmt.Sprint("https://camp.example/p/", n), []byte(body))
}

func add(t testing.TB, s *queue.Service, db *store.DB, l camp.Letter, to []queue.Inbox) {
	t.Helper()
	b, err := s.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(t.Context(), func(tx *store.Tx) error { return b.Add(tx, l, to) })
	b.End(err)
	if err != nil {
		t.Fatal(err)
	}
}

// running runs a queue until stop.
func running(t testing.TB, db *store.DB, send func(context.Context, queue.Parcel) queue.Result) (s *queue.Service, stop func()) {
	t.Helper()
	s = queue.New(queue.Options{Store: store.As[queue.Tx](db), Send: send, Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	if err := s.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() {
		if err := s.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	return s, func() { cancel(); all.Wait() }
}

// TestOrdersOutliveTheStore: with the real store, closed and opened again while
// letters wait.
func TestOrdersOutliveTheStore(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	tried := make(chan string, 10)
	s, stop := running(t, db, func(_ context.Context, p queue.Parcel) queue.Result {
		if p.Host == "here.example" {
			return queue.Result{Status: 202}
		}
		tried <- string(p.Host)
		return queue.Result{Trouble: queue.Unreachable}
	})
	add(t, s, db, public(t, 7, "hello"), []queue.Inbox{
		{URL: "https://here.example/inbox", Host: "here.example"}, {URL: "https://away.example/inbox", Host: "away.example", Shared: true},
	})
	<-tried
	stop()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = openStore(t, dir)
	defer db.Close()
	got := make(chan queue.Parcel, 10)
	s, stop = running(t, db, func(_ context.Context, p queue.Parcel) queue.Result {
		got <- p
		return queue.Result{Status: 202}
	})
	defer stop()
	list, err := s.Waiting(t.Context())
	if err != nil || len(list) != 1 || list[0].Host != "away.example" || list[0].Count != 1 || list[0].Why != "fed.unreachable.say" || !list[0].Next.After(time.Now()) {
		t.Fatalf("%+v %v", list, err)
	}
	s.Wake("away.example")
	p := <-got
	r := p.Letter
	if p.Inbox != "https://away.example/inbox" || string(r.Body) != "hello" || r.Post != 7 || r.By != 3 || r.Audience != camp.AudiencePublic || r.URI != "https://camp.example/a/7" {
		t.Errorf("%+v", p)
	}
}

// wire is some servers on 127.0.0.x and the client that reaches them.
type wire struct {
	client  *outside.Client
	to      []queue.Inbox
	arrived atomic.Int64
	last    atomic.Int64 // when, ns since 1970
}

// wired makes servers; bad ones refuse, hang or are slow, by turns.
func wired(tb testing.TB, good, bad int, took time.Duration) *wire {
	tb.Helper()
	w := &wire{}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "lab"}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, DNSNames: []string{"*.wire.example"}}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, key.Public(), key)
	if err != nil {
		tb.Fatal(err)
	}
	root, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(root)
	cert := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	names := map[string]netip.Addr{}
	var ports []uint16
	var servers []*httptest.Server
	for i := range good + bad {
		addr := fmt.Sprintf("127.0.0.%d", 2+i)
		ln, err := net.Listen("tcp", addr+":0")
		if err != nil {
			tb.Skipf("this system has no more than 127.0.0.1: %v", err)
		}
		port := ln.Addr().(*net.TCPAddr).Port
		host := fmt.Sprintf("s%d.wire.example", i)
		names[host] = netip.MustParseAddr(addr)
		ports = append(ports, uint16(port))
		w.to = append(w.to, queue.Inbox{URL: "https://" + host + ":" + strconv.Itoa(port) + "/inbox", Host: camp.Domain(host)})
		how := -1
		if i >= good {
			how = i % 3
		}
		if how == 0 {
			_ = ln.Close() // nobody there
			continue
		}
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			wait := took
			if how > 0 {
				wait = []time.Duration{0, time.Hour, 6 * time.Second}[how]
			}
			select {
			case <-time.After(wait):
			case <-r.Context().Done():
				return
			}
			rw.WriteHeader(http.StatusAccepted)
			if how < 0 {
				w.arrived.Add(1)
				w.last.Store(time.Now().UnixNano())
			}
		}))
		_ = srv.Listener.Close()
		srv.Listener = ln
		srv.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
		srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
		srv.StartTLS()
		servers = append(servers, srv)
	}
	w.client = outside.New(outside.Options{
		Lookup: func(_ context.Context, host string) ([]netip.Addr, error) { return []netip.Addr{names[host]}, nil },
		Roots:  roots, Nets: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, System: func() []netip.Addr { return nil }, Ports: ports,
		Agent: "Camp", Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	tb.Cleanup(func() {
		w.client.Drop()
		for _, s := range servers {
			s.CloseClientConnections()
			s.Close()
		}
	})
	return w
}

// post sends a parcel as the federation does, but for the signature.
func (w *wire) post(ctx context.Context, p queue.Parcel) queue.Result {
	a, err := w.client.Do(ctx, outside.Request{Method: http.MethodPost, URL: p.Inbox, Body: p.Letter.Body, Header: http.Header{"Content-Type": {"application/activity+json"}}})
	switch outside.KindOf(err) {
	case "":
		return queue.Result{Status: a.Status}
	case outside.Connect:
		return queue.Result{Trouble: queue.Unreachable}
	default:
		return queue.Result{Trouble: queue.Late}
	}
}

// letters sends some letters to all servers and gives how long it took until the
// last of those to good servers had arrived.
func (w *wire) letters(tb testing.TB, n, good int) time.Duration {
	tb.Helper()
	db := openStore(tb, tb.TempDir())
	defer db.Close()
	s, stop := running(tb, db, w.post)
	defer stop()
	w.arrived.Store(0)
	begun := time.Now()
	for i := range n {
		add(tb, s, db, public(tb, i+1, "letter"), w.to)
	}
	for w.arrived.Load() < int64(n*good) {
		runtime.Gosched()
		time.Sleep(time.Millisecond)
	}
	return time.Duration(w.last.Load() - begun.UnixNano())
}

// TestTheDeadDoNotDelay: six of twenty servers refuse, hang or dawdle; all others
// have every letter while those still hang. How fast is the benchmark's matter.
func TestTheDeadDoNotDelay(t *testing.T) {
	w := wired(t, 14, 6, time.Millisecond)
	w.letters(t, 5, 14)
}

// BenchmarkSomeDead compares a post to twenty servers of which all live with one
// where six are dead, hang or are slow.
func BenchmarkSomeDead(b *testing.B) {
	for _, bad := range []int{0, 6} {
		b.Run(fmt.Sprint(bad), func(b *testing.B) {
			w := wired(b, 20-bad, bad, 20*time.Millisecond)
			var sum time.Duration
			for b.Loop() {
				sum += w.letters(b, 10, 20-bad)
			}
			b.ReportMetric(sum.Seconds()*1000/float64(b.N), "ms-to-last")
		})
	}
}

// BenchmarkThousandInboxes is the queue's own share of a post to 1,000 inboxes of
// 50 servers: nothing is sent.
func BenchmarkThousandInboxes(b *testing.B) {
	db := openStore(b, b.TempDir())
	defer db.Close()
	var n atomic.Int64
	s, stop := running(b, db, func(context.Context, queue.Parcel) queue.Result { n.Add(1); return queue.Result{Status: 202} })
	defer stop()
	var to []queue.Inbox
	for i := range 1000 {
		host := fmt.Sprintf("s%d.example", i%50)
		to = append(to, queue.Inbox{URL: fmt.Sprintf("https://%s/u/%d/inbox", host, i), Host: camp.Domain(host)})
	}
	body := string(bytes.Repeat([]byte("x"), 4000))
	k := 0
	for b.Loop() {
		n.Store(0)
		k++
		add(b, s, db, public(b, k, body), to)
		for n.Load() < 1000 {
			time.Sleep(100 * time.Microsecond)
		}
	}
}

// BenchmarkManyOrders measures what 100,000 waiting orders take in memory, and
// how long reading them takes.
func BenchmarkManyOrders(b *testing.B) {
	dir := b.TempDir()
	db := openStore(b, dir)
	s, stop := running(b, db, func(context.Context, queue.Parcel) queue.Result { return queue.Result{Trouble: queue.Unreachable} })
	var to []queue.Inbox
	for i := range 1000 {
		host := fmt.Sprintf("server%d.example", i)
		to = append(to, queue.Inbox{URL: "https://" + host + "/inbox", Host: camp.Domain(host)})
	}
	for i := range 100 {
		add(b, s, db, public(b, i+1, "letter"), to)
	}
	stop()
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	db = openStore(b, dir)
	defer db.Close()
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		s = queue.New(queue.Options{Store: store.As[queue.Tx](db), Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)})
		if err := s.Load(b.Context()); err != nil {
			b.Fatal(err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/100_000, "B/order")
	}
	runtime.KeepAlive(s)
}
