package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"time"

	"camp/node/camp"
	"camp/node/ration"
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
	off bool // a lab's
	of  *ration.Ration[camp.MemberID]
}

func newLimiter(each int, off bool) *limiter {
	return &limiter{off: off, of: ration.New[camp.MemberID](float64(each)/60, float64(each))}
}

// take reports whether m may do one more at now.
func (l *limiter) take(m camp.MemberID, now time.Time) bool { return l.off || l.of.Take(m, now) }
