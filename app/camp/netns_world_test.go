//go:build netns

package main_test

import (
	"net/url"
	"strings"
	"testing"
)

// A camp and a server made by others, each under its own name: whatever people
// do on one side is seen on the other.
func TestLabWorldTalksWithOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "camp1.test", "peer1.test")
	ana := w.serve("camp1.test", "ana")
	bea := w.peer("peer1.test")
	talk(t, ana, bea)
}

// talk is everything that two people do with each other across servers.
func talk(t *testing.T, ana *camped, bea *peer) {
	anaAt, beaAt := "@ana@"+ana.name, "@bea@"+bea.name
	about := func(st map[string]any) map[string]any { // the post as it is now
		return ana.one("GET", "/api/v1/statuses/"+st["id"].(string), nil)
	}

	// They follow each other.
	beaHere := ana.follow(beaAt)
	bea.do("follow", map[string]any{"who": anaAt})
	bea.act(0, "Accept", "/follow/")
	ana.notice("follow", beaAt[1:])

	// What one writes, the other reads.
	hello := bea.do("post", map[string]any{"text": "<p>hello from the hills</p>"})["id"].(string)
	fromBea := ana.seen("hello from the hills")
	if got := fromBea["account"].(map[string]any)["acct"]; got != beaAt[1:] {
		t.Errorf("written by %v", got)
	}
	if fromBea["uri"] != hello || fromBea["visibility"] != "public" {
		t.Errorf("kept as %v, %v", fromBea["uri"], fromBea["visibility"])
	}
	mine, mineURI := ana.post("good morning over there", "public", nil)
	bea.act(0, "Create", "good morning over there")

	// Answers.
	bea.do("post", map[string]any{"text": "<p>and to you</p>", "answers": mineURI, "named": []string{anaAt}})
	ana.notice("mention", beaAt[1:])
	if below := ana.one("GET", "/api/v1/statuses/"+mine+"/context", nil)["descendants"].([]any); len(below) != 1 {
		t.Errorf("below the post stand %d answers", len(below))
	}
	ana.post("are there goats?", "public", url.Values{"in_reply_to_id": {fromBea["id"].(string)}})
	bea.act(0, "Create", hello)

	// Likes and boosts.
	ana.api("POST", "/api/v1/statuses/"+fromBea["id"].(string)+"/favourite", url.Values{})
	bea.act(0, "Like", hello)
	like := bea.do("like", map[string]any{"id": mineURI})["activity"].(string)
	ana.notice("favourite", beaAt[1:])
	bea.do("undo", map[string]any{"activity": like})
	ana.until("the like is taken back", func() bool { return about(map[string]any{"id": mine})["favourites_count"] == 0.0 })
	ana.api("POST", "/api/v1/statuses/"+fromBea["id"].(string)+"/reblog", url.Values{})
	bea.act(0, "Announce", hello)
	bea.do("boost", map[string]any{"id": mineURI})
	ana.notice("reblog", beaAt[1:])

	// Polls and votes.
	bea.do("post", map[string]any{"text": "<p>tea or coffee?</p>", "poll": []string{"tea", "coffee"}})
	poll := ana.seen("tea or coffee?")["poll"].(map[string]any)
	ana.api("POST", "/api/v1/polls/"+poll["id"].(string)+"/votes", url.Values{"choices[]": {"1"}})
	bea.act(0, "Create", `"coffee"`)
	asked, askedURI := ana.post("hills or sea?", "public", url.Values{"poll[options][]": {"hills", "sea"}, "poll[expires_in]": {"86400"}})
	bea.act(0, "Create", "hills or sea?")
	bea.do("vote", map[string]any{"id": askedURI, "choice": "sea"})
	ana.until("the vote is counted", func() bool {
		p, _ := about(map[string]any{"id": asked})["poll"].(map[string]any)
		return p != nil && p["votes_count"] == 1.0
	})

	// Edits.
	bea.do("edit", map[string]any{"id": hello, "text": "<p>hello from the high hills</p>"})
	ana.until("the change arrives", func() bool {
		st := about(fromBea)
		return strings.Contains(st["content"].(string), "high hills") && st["edited_at"] != nil
	})
	ana.api("PUT", "/api/v1/statuses/"+mine, url.Values{"status": {"good morning over there, and good night"}})
	bea.act(0, "Update", "and good night")

	// For followers alone, and letters.
	bea.do("post", map[string]any{"text": "<p>for friends alone</p>", "audience": "followers"})
	if st := ana.seen("for friends alone"); st["visibility"] != "private" {
		t.Errorf("for followers is kept as %v", st["visibility"])
	}
	bea.do("post", map[string]any{"text": "<p>a word to you alone</p>", "audience": "letter", "named": []string{anaAt}})
	ana.until("the letter arrives", func() bool {
		for _, n := range ana.list("/api/v1/notifications?limit=40") {
			if st, _ := n["status"].(map[string]any); st != nil && strings.Contains(st["content"].(string), "a word to you alone") {
				return st["visibility"] == "direct"
			}
		}
		return false
	})
	ana.post(beaAt+" thank you for the letter", "direct", nil)
	letter := bea.act(0, "Create", "thank you for the letter")
	if to := letter["json"].(map[string]any)["to"]; to != bea.actor {
		t.Errorf("the letter goes to %v", to)
	}

	quotes(t, ana, bea, fromBea, mineURI)

	// Who they are.
	bea.do("profile", map[string]any{"shown": "Bea of the hills"})
	ana.until("the new name arrives", func() bool {
		return ana.one("GET", "/api/v1/accounts/"+beaHere, nil)["display_name"] == "Bea of the hills"
	})

	// Reports: nobody sees one about themselves.
	ana.ctl("member", "add", "mia")
	bea.do("report", map[string]any{"who": "@mia@" + ana.name, "posts": []string{}, "text": "too cheerful"})
	ana.until("the report arrives", func() bool {
		for _, r := range ana.ctl("report", "list")["reports"].([]any) {
			if strings.Contains(r.(map[string]any)["words"].(string), "too cheerful") {
				return true
			}
		}
		return false
	})
	reportsOut(t, ana, bea, beaHere, fromBea)

	// What is taken back.
	bea.do("remove", map[string]any{"id": hello})
	ana.until("the post is gone", func() bool {
		status, _ := ana.ask("GET", "/api/v1/statuses/"+fromBea["id"].(string), nil)
		return status == 404
	})
	ana.api("DELETE", "/api/v1/statuses/"+mine, nil)
	bea.act(0, "Delete", mineURI)

	// And an end.
	ana.api("POST", "/api/v1/accounts/"+beaHere+"/unfollow", url.Values{})
	bea.act(0, "Undo", "Follow")
	blockedBy(t, ana, bea, beaHere)
	ana.api("POST", "/api/v1/accounts/"+beaHere+"/block", url.Values{})
	bea.act(0, "Block", ana.name)
}

// One who moves away takes along those who follow them.
func TestLabWorldMoves(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "camp1.test", "peer1.test", "peer2.test")
	ana := w.serve("camp1.test", "ana")
	before, after := w.peer("peer1.test"), w.peer("peer2.test")
	ana.follow("@bea@peer1.test")
	mark := after.mark()
	before.do("move", map[string]any{"to": "@bea@peer2.test"}) // the new account does not know of it
	after.do("also", map[string]any{"ids": []string{before.actor}})
	if n := after.count(mark, func(e map[string]any) bool { return e["type"] == "Follow" }); n > 0 {
		t.Error("followed to an account that does not say it is the same person")
	}
	before.do("move", map[string]any{"to": "@bea@peer2.test"})
	after.act(mark, "Follow", "camp1.test")
	movesOut(t, ana, before, after)
}

// Two camps, of people who never ran a server.
func TestLabWorldTwoCamps(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "camp1.test", "camp2.test")
	ana, noor := w.serve("camp1.test", "ana"), w.serve("camp2.test", "noor")
	ana.follow("@noor@camp2.test")
	noor.follow("@ana@camp1.test")
	ana.post("a post for the world", "public", nil)
	there := noor.seen("a post for the world")
	noor.post("seen in the other camp", "public", url.Values{"in_reply_to_id": {there["id"].(string)}})
	ana.notice("mention", "noor@camp2.test")
	noor.api("POST", "/api/v1/statuses/"+there["id"].(string)+"/reblog", url.Values{})
	ana.notice("reblog", "noor@camp2.test")
	noor.post("only for us", "public", url.Values{"local_only": {"true"}})
	noor.post("and this for all", "public", nil)
	ana.seen("and this for all")
	for _, st := range ana.list("/api/v1/timelines/home?limit=40") {
		if strings.Contains(st["content"].(string), "only for us") {
			t.Error("a camp post left the camp")
		}
	}
}

// Servers that take one form of signatures, show nothing to who does not sign,
// or change their keys.
func TestLabWorldSignatures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		flags []string
	}{
		{"new form alone", []string{"--form", "new", "--takes", "new"}},
		{"old form alone", []string{"--form", "old", "--takes", "old"}},
		{"nothing for who does not sign", []string{"--strict"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, "camp1.test", "peer1.test")
			ana := w.serve("camp1.test", "ana")
			bea := w.peer("peer1.test", c.flags...)
			ana.follow("@bea@peer1.test")
			bea.do("follow", map[string]any{"who": "@ana@camp1.test"})
			bea.do("post", map[string]any{"text": "<p>before the new key</p>"})
			ana.seen("before the new key")
			ana.post("does it reach you?", "public", nil)
			bea.act(0, "Create", "does it reach you?")
			bea.do("turnKeys", nil)
			bea.do("post", map[string]any{"text": "<p>after the new key</p>"})
			ana.seen("after the new key")
			ana.ctl("keys", "renew", "ana")
			ana.ctl("keys", "renew")
			ana.post("and now, with a key of mine?", "public", nil)
			bea.act(0, "Create", "and now, with a key of mine?")
		})
	}
}
