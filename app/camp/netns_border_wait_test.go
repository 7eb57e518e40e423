//go:build netns

package main_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// What waited for one server while another was shut out helps that other no more:
// what passed on something of theirs does not go, what a member wrote goes without
// their names.
func TestLabBorderWhileItWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "camp1.test", "peer1.test", "peer2.test")
	ana, bea, cal := w.serve("camp1.test", "ana"), w.peer("peer1.test"), w.peer("peer2.test")
	ana.follow("@bea@peer1.test")
	cal.do("follow", map[string]any{"who": "@ana@camp1.test"})
	ana.notice("follow", "bea@peer2.test")
	bea.do("post", map[string]any{"text": "<p>worth passing on</p>"})
	theirs := ana.seen("worth passing on")["id"].(string)
	ana.post("before all this", "public", nil)
	cal.act(0, "Create", "before all this")

	there := w.spots["peer2.test"]
	there.run("ip", "link", "set", "eth0", "down")
	ana.post("the first to wait", "public", nil)
	me := ana.signIn()
	waits := func() string { return me.do("GET", "/waiting-to-go", nil) }
	ana.until("it is known that nobody is there", func() bool { // then what follows waits, and no try of it is under way
		return strings.Contains(waits(), "It cannot be reached") || strings.Contains(waits(), "It did not answer in time")
	})
	ana.api("POST", "/api/v1/statuses/"+theirs+"/reblog", url.Values{})
	ana.post("an answer that waits", "public", url.Values{"in_reply_to_id": {theirs}})
	_, mine := ana.post("hello that waits @bea@peer1.test", "public", nil)
	bea.act(0, "Announce", ana.name)
	bea.act(0, "Create", "an answer that waits")
	bea.act(0, "Create", "hello that waits")
	ana.ctl("block", "add", "peer1.test", "--level", "block", "--reason", "a try")

	mark := cal.mark()
	there.run("ip", "link", "set", "eth0", "up")
	cal.do("raw", map[string]any{"url": "https://camp1.test/ap/ana/inbox", "body": map[string]any{ // a sign of life
		"@context": "https://www.w3.org/ns/activitystreams", "id": "https://peer2.test/life/1", "type": "Like", "actor": cal.actor, "object": mine,
	}})
	for _, text := range []string{"an answer that waits", "hello that waits"} {
		if got := fmt.Sprint(cal.act(mark, "Create", text)["json"]); strings.Contains(got, "https://peer1.test") {
			t.Errorf("it names the server that is shut out: %s", got)
		}
	}
	ana.until("nothing waits any more", func() bool { return !strings.Contains(waits(), "peer2.test") })
	if n := cal.count(mark, func(e map[string]any) bool { return e["type"] == "Announce" }); n > 0 {
		t.Errorf("a boost of theirs went out %d times", n)
	}
}
