package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"sync"
	"time"

	"camp/node/camp"
)

// sameOrigin reports whether the browser says that a page of ours sent this.
// Sec-Fetch-Site decides where it is sent; browsers leave it out on plain http
// away from loopback, and there Origin must name this very host.
func sameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin"
	}
	origin := r.Header.Get("Origin")
	return origin == "http://"+r.Host || origin == "https://"+r.Host
}

// formToken is what the forms of a session carry. It is made from the cookie,
// so it is bound to the session, needs no store and outlives a restart; the
// cookie cannot be had from it.
func formToken(cookie string) string {
	m := hmac.New(sha256.New, []byte(cookie))
	m.Write([]byte("camp form"))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:18])
}

func (v *visit) tokenGood(got string) bool {
	return v.token != "" && subtle.ConstantTimeCompare([]byte(got), []byte(v.token)) == 1
}

var errStale = &camp.Fault{Kind: camp.Conflict, Say: "web.fault.stale"}

// limiter counts what each member does in a moving minute. Safe for concurrent use.
type limiter struct {
	each int
	off  bool

	mu   sync.Mutex // guards seen
	seen map[camp.MemberID]bucket
}

// bucket fills at the limiter's rate up to one minute's worth.
type bucket struct {
	left float64
	at   time.Time
}

func newLimiter(each int, off bool) *limiter {
	return &limiter{each: each, off: off, seen: map[camp.MemberID]bucket{}}
}

// take reports whether m may do one more at now.
func (l *limiter) take(m camp.MemberID, now time.Time) bool {
	if l.off {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b, known := l.seen[m]
	if !known {
		b = bucket{left: float64(l.each), at: now}
	}
	if d := now.Sub(b.at); d > 0 {
		b.left = min(float64(l.each), b.left+d.Minutes()*float64(l.each))
	}
	b.at = now
	ok := b.left >= 1
	if ok {
		b.left--
	}
	l.seen[m] = b // one line a member: at most as many as the camp holds
	return ok
}
