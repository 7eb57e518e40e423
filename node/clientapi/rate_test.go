package clientapi

import (
	"strconv"
	"testing"
	"time"
)

func TestRates(t *testing.T) {
	t.Parallel()
	g := newRig(t, func(g *rig) { g.rated = true })
	_, joost := g.add("joost")
	a := g.get(g.mia, "/api/v1/timelines/home").want(200)
	want(t, "limit", a.Header.Get("X-RateLimit-Limit"), "300")
	want(t, "left", a.Header.Get("X-RateLimit-Remaining"), "299")
	want(t, "reset", a.Header.Get("X-RateLimit-Reset"), g.clock.now().Add(5*time.Minute).Format("2006-01-02T15:04:05.000Z"))
	other := g.token("mia") // counts for the person, not for the token
	for i := range 299 {
		g.get(other, "/api/v1/preferences").want(200)
		_ = i
	}
	a = g.get(g.mia, "/api/v1/timelines/home").want(429)
	want(t, "says", a.error(), "Too many requests")
	want(t, "again after", a.Header.Get("Retry-After"), "300")
	g.get(joost, "/api/v1/timelines/home").want(200)
	g.get("", "/api/v1/instance").want(200)
	g.clock.add(5 * time.Minute)
	g.get(g.mia, "/api/v1/timelines/home").want(200)
	// A clock set back shuts nobody out.
	g.clock.add(-24 * time.Hour)
	want(t, "set back", g.get(g.mia, "/api/v1/preferences").Header.Get("X-RateLimit-Remaining"), "299")
}

func TestRateOfWriting(t *testing.T) {
	t.Parallel()
	g := newRig(t, func(g *rig) { g.rated = true })
	for i := range 30 {
		g.send(g.mia, "/api/v1/statuses", "status", strconv.Itoa(i)).want(200)
	}
	g.send(g.mia, "/api/v1/statuses", "status", "x").want(429)
	g.get(g.mia, "/api/v1/timelines/home").want(200)
	g.clock.add(time.Minute)
	for range 10 {
		g.ask(g.mia, "POST", "/api/v2/media", newParts().file("file", aPond(t))).want(200)
	}
	g.ask(g.mia, "POST", "/api/v2/media", newParts().file("file", aPond(t))).want(429)
}

// A lab lifts the rates, and says so by never counting down.
func TestNoRate(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	for range 301 {
		g.get(g.mia, "/api/v1/preferences").want(200)
	}
	want(t, "left", g.get(g.mia, "/api/v1/preferences").Header.Get("X-RateLimit-Remaining"), "300")
}
