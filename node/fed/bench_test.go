//go:build unix

package fed

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/sig"
	"camp/store"
)

// inboxOf is a yard's inbox as the public door has it, rates apart.
func inboxOf(y *yard) http.Handler {
	now := func() time.Time { return at }
	may := func(camp.Domain) error { return nil }
	return NewInbox(InboxOptions{
		Names: here, Witness: NewWitness(store.As[WitnessTx](y.db), y.v, may, now), Now: now, Log: slog.New(slog.DiscardHandler), Take: y.Take, Unlimited: true,
	})
}

// posted is a signed letter to the shared inbox.
func posted(tb testing.TB, key sig.Key, body string) *http.Request {
	tb.Helper()
	r := httptest.NewRequest(http.MethodPost, here.Shared(), strings.NewReader(body))
	r.Header.Set("Content-Type", ap.TypeActivity)
	out, err := http.NewRequest(http.MethodPost, here.Shared(), nil)
	if err != nil {
		tb.Fatal(err)
	}
	out.Header = r.Header
	if err := sig.Sign(out, []byte(body), key, sig.FormCavage, at); err != nil {
		tb.Fatal(err)
	}
	return r
}

// processor is the time that this program has worked.
func processor(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkInboxPost is one post of somebody whom a member follows, from the
// signed letter to on disk and in the home line, eight at a time as senders do.
func BenchmarkInboxPost(b *testing.B) {
	const batch, senders = 256, 8
	y := newYard(b)
	r := y.meet("bo", "far.example", true)
	y.update(func(tx *store.Tx) error {
		return tx.PutFollow(camp.Follow{From: y.ana.Member, To: r.ID, At: at, Accepted: true, URI: "https://one.example/f"})
	})
	door, n := inboxOf(y), 0
	var worked, took time.Duration
	for b.Loop() {
		b.StopTimer() // signing is the sender's
		letters := make(chan *http.Request, batch)
		for range batch {
			n++
			id := fmt.Sprintf("%s/n/%d", r.URI, n)
			letters <- posted(b, y.keys[r.URI], fmt.Sprintf(`{"@context":"https://www.w3.org/ns/activitystreams","id":"%s/act","type":"Create","actor":%q,"to":["https://www.w3.org/ns/activitystreams#Public"],"cc":[%q],"object":%s}`,
				id, r.URI, r.Followers, benchNote(r, id, n)))
		}
		close(letters)
		before, began := processor(b), time.Now()
		b.StartTimer()
		var all sync.WaitGroup
		for range senders {
			all.Go(func() {
				for q := range letters {
					w := httptest.NewRecorder()
					if door.ServeHTTP(w, q); w.Code != http.StatusAccepted {
						b.Errorf("%d %s", w.Code, w.Body)
					}
				}
			})
		}
		all.Wait()
		worked, took = worked+processor(b)-before, took+time.Since(began)
	}
	if _, ok := y.post(fmt.Sprintf("%s/n/%d", r.URI, n)); !ok {
		b.Fatal("what was brought last is not there")
	}
	b.ReportMetric(float64(worked.Microseconds())/1000/float64(n), "cpu-ms/post")
	b.ReportMetric(float64(n)/took.Seconds(), "posts/s")
}

func benchNote(r camp.Remote, id string, n int) string {
	return fmt.Sprintf(`{"id":%q,"type":"Note","attributedTo":%q,"to":["https://www.w3.org/ns/activitystreams#Public"],"cc":[%q],"published":"2026-11-25T10:00:00Z","url":%q,`+
		`"content":"<p>Walked to the lighthouse and back, number %d. The wind was against us both ways, as it always is, and nobody minded much.</p>",`+
		`"tag":[{"type":"Hashtag","name":"#walks","href":"https://far.example/tags/walks"}]}`, id, r.URI, r.Followers, r.Page+"/"+fmt.Sprint(n), n)
}

// BenchmarkFirstFollow is a follow by somebody nobody here ever heard of: asking
// who they are, their key, and the yes that waits to be sent.
func BenchmarkFirstFollow(b *testing.B) {
	y := newYard(b)
	door, n := inboxOf(y), 0
	for b.Loop() {
		b.StopTimer()
		n++
		uri := fmt.Sprintf("https://far%d.example/u/bo%d", n%20, n)
		key, err := sig.ParsePrivate(uri+keyMark, aKey())
		if err != nil {
			b.Fatal(err)
		}
		der, err := key.SPKI()
		if err != nil {
			b.Fatal(err)
		}
		y.v.docs[uri] = person(b, uri, uri+keyMark, uri, der)
		q := posted(b, key, fmt.Sprintf(`{"@context":"https://www.w3.org/ns/activitystreams","id":"%s/f","type":"Follow","actor":%q,"object":%q}`, uri, uri, here.Actor("ana")))
		b.StartTimer()
		w := httptest.NewRecorder()
		if door.ServeHTTP(w, q); w.Code != http.StatusAccepted {
			b.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	y.view(func(tx *store.Tx) error {
		r, known, err := tx.RemoteByURI(fmt.Sprintf("https://far%d.example/u/bo%d", n%20, n))
		if err != nil || !known {
			b.Fatalf("whoever followed last is not known: %v", err)
		}
		_, ok, err := tx.Follow(r.ID, y.ana.Member)
		if err != nil || !ok {
			b.Errorf("whoever followed last does not: %v", err)
		}
		return nil
	})
}
