//go:build netns

package main_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

// What members do towards people elsewhere, as the other server sees it: parts of
// the labs in netns_world_test.go.

// quotes: each quotes the other; each author's server gives a stamp, which the
// other one finds at its own address (FEP-044f).
func quotes(t *testing.T, ana *camped, bea *peer, of map[string]any, mine string) {
	t.Helper()
	theirs := bea.do("post", map[string]any{"text": "<p>she says it well</p>", "quotes": mine})["id"].(string)
	ana.until("the quote arrives", func() bool { return ana.seen("she says it well")["quote"] != nil })
	bea.do("askQuote", map[string]any{"id": theirs, "quotes": mine})
	yes := bea.act(0, "Accept", theirs)["json"].(map[string]any)
	stamp, _ := yes["result"].(string)
	checkStamp(t, bea.do("look", map[string]any{"what": stamp}), "https://"+ana.name+"/ap/ana", theirs, mine)

	id, uri := ana.post("as she says", "public", url.Values{"quoted_status_id": {of["id"].(string)}})
	asking := bea.act(0, "QuoteRequest", uri)["json"].(map[string]any)
	if asking["object"] != of["uri"] || asking["actor"] != "https://"+ana.name+"/ap/ana" {
		t.Errorf("asked to quote as %v", asking)
	}
	stamp = bea.got("stamped", nil)["id"].(string)
	bea.act(0, "Update", stamp)
	shown := bea.do("look", map[string]any{"what": uri})
	if shown["quoteAuthorization"] != stamp || shown["quote"] != of["uri"] {
		t.Errorf("the quote is shown with %v of %v, want %s of %v", shown["quoteAuthorization"], shown["quote"], stamp, of["uri"])
	}
	if q, _ := ana.one("GET", "/api/v1/statuses/"+id, nil)["quote"].(map[string]any); q == nil || q["state"] != "accepted" {
		t.Errorf("at home the quote is %v", q)
	}
}

func checkStamp(t *testing.T, got map[string]any, author, from, of string) {
	t.Helper()
	for k, want := range map[string]string{"type": "QuoteAuthorization", "attributedTo": author, "interactingObject": from, "interactionTarget": of} {
		if got[k] != want {
			t.Errorf("the stamp says %s %v, want %s", k, got[k], want)
		}
	}
}

// reportsOut: a report goes to the other server where its writer says so, in the
// name of the camp, and names nobody here.
func reportsOut(t *testing.T, ana *camped, bea *peer, who string, of map[string]any) {
	t.Helper()
	for words, forward := range map[string]string{"for our own host alone": "false", "please have a look": "true"} {
		ana.api("POST", "/api/v1/reports", url.Values{
			"account_id": {who}, "status_ids[]": {of["id"].(string)}, "comment": {words}, "forward": {forward},
		})
	}
	flag := bea.act(0, "Flag", "please have a look")["json"].(map[string]any)
	raw, err := json.Marshal(flag)
	if err != nil {
		t.Fatal(err)
	}
	if flag["actor"] != "https://"+ana.name+"/ap/-" || strings.Contains(string(raw), "ana") {
		t.Errorf("somebody here is named: %s", raw)
	}
	for _, want := range []string{bea.actor, of["uri"].(string)} {
		if !strings.Contains(string(raw), `"`+want+`"`) {
			t.Errorf("the report is not of %s: %s", want, raw)
		}
	}
	if told(bea, 0, "for our own host alone") > 0 {
		t.Error("a report that was not to be passed on was")
	}
}

// told counts activities since a mark in which a text stands.
func told(p *peer, mark int, part string) int {
	return p.count(mark, func(e map[string]any) bool {
		raw, _ := json.Marshal(e["json"])
		return e["event"] == "got" && strings.Contains(string(raw), part)
	})
}

// blockedBy: who blocks somebody here gets nothing more of theirs, however it is
// addressed, and sees nothing of theirs who asks with a signature.
func blockedBy(t *testing.T, ana *camped, bea *peer, beaHere string) {
	t.Helper()
	mia := *ana
	mia.token = ana.ctl("token", "mia")["token"].(string)
	bea.do("follow", map[string]any{"who": "@mia@" + ana.name})
	bea.act(0, "Accept", "/ap/mia")
	_, open := ana.post("shown until the block", "public", nil)
	bea.act(0, "Create", "shown until the block")
	see := func(at string) float64 {
		return bea.do("raw", map[string]any{"url": at, "form": "old"})["status"].(float64)
	}
	author := "https://" + ana.name + "/ap/ana"
	if got := see(open); got != 200 {
		t.Errorf("before the block the post is shown with %v", got)
	}
	bea.do("block", map[string]any{"who": "@ana@" + ana.name})
	ana.until("the block is known", func() bool {
		return ana.list("/api/v1/accounts/relationships?id[]=" + beaHere)[0]["blocked_by"] == true
	})
	mark := bea.mark()
	ana.post("after the block, @bea@"+bea.name, "public", nil)
	ana.post("after the block, for followers", "private", nil)
	ana.ask("POST", "/api/v1/statuses", url.Values{"status": {"after the block, @bea@" + bea.name + " alone"}, "visibility": {"direct"}})
	mia.post("and this one arrives", "public", nil)
	bea.act(mark, "Create", "and this one arrives")
	for _, at := range []string{open, author, author + "/outbox"} {
		if got := see(at); got != 404 {
			t.Errorf("after the block %s is shown with %v", at, got)
		}
	}
	if n := told(bea, mark, "after the block"); n > 0 {
		t.Errorf("who blocked got %d posts more", n)
	}
}

// movesOut: a member's followers elsewhere are told where the member went, once
// the account there says that it is the same person; and the profile says so.
func movesOut(t *testing.T, ana *camped, before, after *peer) {
	t.Helper()
	before.do("follow", map[string]any{"who": "@ana@" + ana.name})
	before.act(0, "Accept", "/follow/")
	page := ana.signIn()
	move := func() int {
		m := csrf.FindStringSubmatch(page.do("GET", "/me/elsewhere", nil))
		if m == nil {
			t.Fatal("the page about elsewhere has no form")
		}
		status, body, err := page.try("POST", "/me/elsewhere/to", url.Values{"csrf": {m[1]}, "to": {"@bea@" + after.name}, "sure": {"yes"}})
		if err != nil {
			t.Fatalf("move: %v\n%.1000s", err, body)
		}
		return status
	}
	if got := move(); got < 400 {
		t.Errorf("moved to an account that does not say it is the same person: %d", got)
	}
	me := "https://" + ana.name + "/ap/ana"
	after.do("also", map[string]any{"ids": []string{before.actor, me}})
	if got := move(); got >= 400 {
		t.Fatalf("not moved: %d", got)
	}
	told := before.act(0, "Move", after.actor)["json"].(map[string]any)
	if told["actor"] != me || told["object"] != me || told["target"] != after.actor {
		t.Errorf("told of the move by %v", told)
	}
	if n := before.count(0, func(e map[string]any) bool { return e["type"] == "Move" }); n != 1 {
		t.Errorf("told of %d moves, want one", n)
	}
	if got := before.do("look", map[string]any{"what": me}); got["movedTo"] != after.actor {
		t.Errorf("the profile says it went to %v", got["movedTo"])
	}
}
