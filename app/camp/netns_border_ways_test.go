//go:build netns

package main_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// The ways by which a third server leads the camp to the one decided about.
const (
	byBoost    = "a boost"
	byAnswer   = "an answer"
	byQuote    = "a quote"
	byMedia    = "a picture"
	byRedirect = "a redirect"
)

var (
	allWays  = []string{byBoost, byAnswer, byQuote, byMedia, byRedirect}
	textWays = []string{byBoost, byAnswer, byQuote}
)

// places are where each way of this round leads to, one for each.
func (h *hood) places() map[string]string {
	fresh := h.rounds[h.n-1]
	at := func(id string) string { return strings.TrimPrefix(id, "https://peer1.test") }
	return map[string]string{
		byBoost: at(fresh[0]), byAnswer: at(fresh[1]), byQuote: at(fresh[2]),
		byMedia: fmt.Sprintf("/pictures/%d.png", h.n), byRedirect: fmt.Sprintf("/pictures/by-%d.png", h.n),
	}
}

// came wants the camp to have come to the server by these ways in this round, and
// by no other of them.
func (h *hood) came(level string, want ...string) {
	h.t.Helper()
	for way, place := range h.places() {
		at := func(e map[string]any) bool {
			agent, _ := e["agent"].(string)
			return e["event"] == "asked" && e["path"] == place && strings.Contains(agent, "camp1.test")
		}
		if slices.Contains(want, way) {
			h.until(level+": "+way+" leads there", func() bool { return h.bea.count(h.begun, at) > 0 })
		} else if n := h.bea.count(h.begun, at); n > 0 {
			h.t.Errorf("%s: %s led there %d times", level, way, n)
		}
	}
}

// strangers adds to the camp one who follows the third server's person, and
// nobody of the server decided about.
func (h *hood) strangers() {
	h.t.Helper()
	h.ana.ctl("member", "add", "mia")
	mia := *h.ana
	mia.token = h.ana.ctl("token", "mia")["token"].(string)
	h.mia = &mia
	mia.follow("@bea@peer2.test")
	said := h.bea.do("post", map[string]any{"text": "<p>worth passing on</p>"})["id"].(string)
	h.cal.do("boost", map[string]any{"id": said})
	mia.seen("worth passing on") // the control
	h.bea.do("post", map[string]any{"text": "<p>a word to mia</p>", "named": []string{"@mia@camp1.test"}})
	mia.notice("mention", "bea@peer1.test")
}

// limited: packets go both ways as before, and by each way of a third's; who
// follows sees it all, who does not sees and hears nothing.
func (h *hood) limited(t *testing.T) {
	t.Helper()
	ana, mia := h.ana, h.mia
	h.decide("limit")
	h.there.uncount()
	said := h.bea.do("post", map[string]any{"text": "<p>under a limit</p>"})["id"].(string)
	ana.seen("under a limit")
	ana.post("to all, under a limit", "public", nil)
	h.bea.act(0, "Create", "to all, under a limit")
	h.byThird()
	h.came("limit", allWays...)
	if !h.led() || h.there.counted("calls") == 0 {
		t.Error("limit: nothing went there any more")
	}

	h.bea.do("post", map[string]any{"text": "<p>another word to mia</p>", "named": []string{"@mia@camp1.test"}})
	ana.seen("another word to mia")
	h.cal.do("boost", map[string]any{"id": said})
	h.cal.do("post", map[string]any{"text": "<p>after that boost</p>"})
	mia.seen("after that boost")
	for _, st := range mia.list("/api/v1/timelines/home?limit=40") {
		if of, is := st["reblog"].(map[string]any); is && fmt.Sprint(of["account"].(map[string]any)["acct"]) == "bea@peer1.test" {
			t.Errorf("limit: somebody who does not follow them sees a post of theirs: %v", of["content"])
		}
	}
	for _, n := range mia.list("/api/v1/notifications?limit=40") {
		if strings.Contains(fmt.Sprint(n), "another word to mia") {
			t.Error("limit: somebody who does not follow them hears from them")
		}
	}
	h.bea.do("follow", map[string]any{"who": "@mia@camp1.test"}) // new ones need her yes
	h.until("limit: a new follow waits for a yes", func() bool {
		return strings.Contains(fmt.Sprint(mia.list("/api/v1/follow_requests")), "bea@peer1.test")
	})
}

// withoutMedia: text comes and goes by each way, no picture is asked for by any.
func (h *hood) withoutMedia(t *testing.T) {
	t.Helper()
	h.decide("media")
	h.there.uncount()
	h.bea.do("post", map[string]any{"text": "<p>a picture of mine</p>", "files": []map[string]any{{"url": "https://peer1.test/pictures/c.png", "type": "image/png", "alt": "a hill"}}})
	h.ana.seen("a picture of mine")
	mark := h.bea.mark()
	h.byThird()
	h.came("media", textWays...)
	if !h.led() || h.there.counted("calls") == 0 {
		t.Error("media: nothing went there any more")
	}
	pictures := func(e map[string]any) bool { at, _ := e["path"].(string); return strings.HasPrefix(at, "/pictures/") }
	if n := h.bea.count(mark, pictures); n != 0 {
		t.Errorf("media: %d pictures were asked for", n)
	}
	for _, st := range h.ana.list("/api/v1/timelines/home?limit=40") {
		if strings.Contains(fmt.Sprint(st["content"]), "a picture of mine") && len(st["media_attachments"].([]any)) > 0 {
			t.Error("media: a picture of theirs stands on the post")
		}
	}
	h.ana.post("to all, without pictures", "public", url.Values{})
	h.bea.act(0, "Create", "to all, without pictures")
}
