package clientapi

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/posts"
)

// entities is what the protocol says that answers are made of.
type entities map[string][]member

type member struct {
	name  string
	must  bool // not null
	null  bool
	shape string
}

func readEntities(t *testing.T) entities {
	t.Helper()
	f, err := os.Open("testdata/entities.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, at := entities{}, ""
	for s := bufio.NewScanner(f); s.Scan(); {
		line := s.Text()
		switch {
		case strings.HasPrefix(line, "#"):
		case !strings.HasPrefix(line, "\t"):
			at = line
		default:
			name, shape, _ := strings.Cut(strings.TrimSpace(line), " ")
			m := member{}
			m.name, m.must = strings.CutSuffix(name, "!")
			m.shape, m.null = strings.CutSuffix(shape, "?")
			all[at] = append(all[at], m)
		}
	}
	if len(all) < 40 {
		t.Fatalf("%d entities", len(all))
	}
	return all
}

var (
	isTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
	isDay  = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)
	isID   = regexp.MustCompile(`^[1-9]\d{17}$`)
)

// ownIDs are entities whose ids are names or numbers of the protocol's own.
var ownIDs = map[string]bool{"AccountRole": true, "Role": true, "Rule": true, "Tag": true}

// check gives what is wrong with a value that should be of a shape.
func (e entities) check(at, shape string, v any) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, at+": "+fmt.Sprintf(format, args...)) }
	if inner, ok := strings.CutPrefix(shape, "["); ok {
		list, ok := v.([]any)
		if !ok {
			say("%T, want a list", v)
		}
		for i, x := range list {
			wrong = append(wrong, e.check(fmt.Sprintf("%s[%d]", at, i), strings.TrimSuffix(inner, "]"), x)...)
		}
		return wrong
	}
	kind, enum, _ := strings.Cut(shape, "=")
	switch kind {
	case "string", "uri", "date", "date-time":
		s, ok := v.(string)
		if !ok {
			say("%T, want a string", v)
			break
		}
		if u, err := url.Parse(s); kind == "uri" && (err != nil || u.Scheme == "" || u.Host == "") {
			say("%q is no absolute address", s)
		}
		if kind == "date" && !isDay.MatchString(s) || kind == "date-time" && !isTime.MatchString(s) {
			say("%q is no %s", s, kind)
		}
		if enum != "" && !strings.Contains("|"+enum+"|", "|"+s+"|") {
			say("%q is none of %s", s, enum)
		}
	case "boolean":
		if _, ok := v.(bool); !ok {
			say("%T, want a boolean", v)
		}
	case "integer", "number":
		if n, ok := v.(json.Number); !ok || kind == "integer" && strings.ContainsAny(n.String(), ".e") {
			say("%v, want a number", v)
		}
	case "object":
		if _, ok := v.(map[string]any); !ok {
			say("%T, want an object", v)
		}
	default:
		return e.checkEntity(at, kind, v)
	}
	return wrong
}

func (e entities) checkEntity(at, name string, v any) (wrong []string) {
	obj, ok := v.(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("%s: %T, want %s", at, v, name)}
	}
	if e[name] == nil {
		return []string{at + ": nothing is known of " + name}
	}
	for _, m := range e[name] {
		here := at + "." + m.name
		x, there := obj[m.name]
		switch {
		case !there:
			wrong = append(wrong, here+": is missing")
		case x == nil && (m.must || !m.null):
			wrong = append(wrong, here+": is null")
		case x != nil:
			wrong = append(wrong, e.check(here, m.shape, x)...)
			if s, ok := x.(string); ok && (m.name == "id" || strings.HasSuffix(m.name, "_id")) && !ownIDs[name] && !isID.MatchString(s) {
				wrong = append(wrong, fmt.Sprintf("%s: %q is no id of 18 digits", here, s))
			}
		}
	}
	return wrong
}

// full is a camp in which every entity has something to show.
type full struct {
	*rig
	ana         camp.Remote
	joost       camp.Actor
	joostToken  string
	post, reply string // mia's, with a picture and a poll each or so; joost's answer
	poll, boost string
	media       string
	far         camp.PostID
}

func newFull(t testing.TB) *full {
	f := &full{rig: newRig(t)}
	f.outside = true
	f.joost, f.joostToken = f.add("joost")
	f.ana = f.remote("ana", "far.example")
	f.follows(f.host, f.ana)
	face, err := f.rig.media.Take(t.Context(), f.host, strings.NewReader(string(aPond(t))), true)
	if err != nil {
		t.Fatal(err)
	}
	mia, _ := f.people.Member(t.Context(), f.host.Member)
	mia.Picture, mia.About, mia.Language = face.ID, "I grow roses. https://roses.example/x", "en"
	if err := f.people.SetProfile(t.Context(), f.host, mia); err != nil {
		t.Fatal(err)
	}
	pic := str(f.ask(f.mia, "POST", "/api/v2/media", newParts("description", "the lake").file("file", aPond(t))).object(), "id")
	f.post = f.write(f.mia, "Hello @joost and @ana@far.example #First https://x.example/a", "media_ids[]", pic, "visibility", "public", "language", "en")
	f.reply = f.write(f.joostToken, "Hello back @mia", "in_reply_to_id", f.post, "spoiler_text", "short", "visibility", "public")
	f.poll = f.write(f.mia, "Tea?", "poll[options][]", "yes", "poll[options][]", "no", "poll[expires_in]", "3600", "visibility", "public")
	f.far = f.arrive(f.ana, "one", func(a *posts.Arrival) {
		a.Asked = false
		a.Post.Title, a.Post.Tags, a.Post.Sensitive = "Title", []string{"roses"}, true
		a.Post.Files = []camp.File{{URL: "https://far.example/f.jpg", Type: "image/jpeg", Alt: "a rose"}}
		a.Post.Mentions = []camp.MemberID{f.host.Member}
	})
	f.boost = str(f.send(f.joostToken, "/api/v1/statuses/"+f.far.String()+"/reblog").object(), "id")
	f.send(f.joostToken, "/api/v1/statuses/"+f.post+"/favourite").want(200)
	f.send(f.joostToken, "/api/v1/statuses/"+f.post+"/bookmark").want(200)
	f.send(f.joostToken, "/api/v1/accounts/"+f.host.Member.String()+"/follow").want(200)
	f.send(f.joostToken, "/api/v1/polls/"+f.poll+"/votes", "choices[]", "1").want(200)
	f.send(f.mia, "/api/v1/statuses", "status", "quoting", "quoted_status_id", f.far.String(), "visibility", "public").want(200)
	f.clock.add(time.Second)
	f.ask(f.mia, "PUT", "/api/v1/statuses/"+f.post, url.Values{"status": {"Hello again @joost #First"}}).want(200)
	f.media = str(f.ask(f.joostToken, "POST", "/api/v1/media", newParts("description", "the lake").file("file", aPond(t))).object(), "id")
	ben, _ := f.add("ben")
	f.in(func(tx posts.Tx) ([]camp.Event, error) { // somebody who asks to follow
		return nil, tx.PutFollow(camp.Follow{From: ben.Member, To: f.joost.Member, At: tx.Now()})
	})
	f.send(f.joostToken, "/api/v1/accounts/"+ben.Member.String()+"/mute").want(200)
	f.send(f.joostToken, "/api/v1/accounts/"+f.ana.ID.String()+"/block").want(200)
	f.send(f.joostToken, "/api/v1/accounts/"+f.ana.ID.String()+"/unblock").want(200)
	return f
}

// shapes say what each address answers; "-" where that is no entity.
var shapes = map[string]string{
	"GET /health": "-", "GET /api/v1/instance": "V1Instance", "GET /api/v2/instance": "Instance", "GET /api/v1/instance/rules": "[Rule]",
	"GET /api/v1/instance/extended_description": "ExtendedDescription", "GET /api/v1/instance/privacy_policy": "PrivacyPolicy",
	"GET /api/v1/instance/translation_languages": "object", "GET /api/v1/custom_emojis": "[CustomEmoji]",
	"GET /api/v1/accounts/familiar_followers": "[FamiliarFollowers]", "GET /api/v1/notifications/policy": "V1NotificationPolicy",
	"GET /api/v1/markers": "object", "GET /api/v2/notifications/policy": "NotificationPolicy", "GET /api/v1/preferences": "Preferences", "GET /api/v1/tags/:name": "Tag",

	"GET /api/v1/accounts": "[Account]", "GET /api/v1/accounts/verify_credentials": "CredentialAccount", "GET /api/v1/accounts/lookup": "Account",
	"GET /api/v1/accounts/search": "[Account]", "GET /api/v1/accounts/relationships": "[Relationship]", "GET /api/v1/accounts/:id": "Account",
	"GET /api/v1/accounts/:id/statuses": "[Status]", "GET /api/v1/accounts/:id/followers": "[Account]", "GET /api/v1/accounts/:id/following": "[Account]",
	"GET /api/v2/search": "Search",

	"POST /api/v1/accounts/:id/follow": "Relationship", "POST /api/v1/accounts/:id/unfollow": "Relationship", "POST /api/v1/accounts/:id/remove_from_followers": "Relationship",
	"POST /api/v1/accounts/:id/block": "Relationship", "POST /api/v1/accounts/:id/unblock": "Relationship", "POST /api/v1/accounts/:id/mute": "Relationship",
	"POST /api/v1/accounts/:id/unmute": "Relationship", "GET /api/v1/blocks": "[Account]", "GET /api/v1/mutes": "[MutedAccount]", "GET /api/v1/follow_requests": "[Account]",
	"POST /api/v1/reports": "Report", "POST /api/v1/statuses/:id/pin": "Status", "POST /api/v1/statuses/:id/unpin": "Status",
	"POST /api/v1/follow_requests/:id/authorize": "Relationship", "POST /api/v1/follow_requests/:id/reject": "Relationship",

	"POST /api/v1/statuses": "Status", "GET /api/v1/statuses": "[Status]", "GET /api/v1/statuses/:id": "Status", "PUT /api/v1/statuses/:id": "Status", "DELETE /api/v1/statuses/:id": "Status",
	"GET /api/v1/statuses/:id/context": "Context", "GET /api/v1/statuses/:id/source": "StatusSource", "GET /api/v1/statuses/:id/history": "[StatusEdit]",
	"GET /api/v1/statuses/:id/favourited_by": "[Account]", "GET /api/v1/statuses/:id/reblogged_by": "[Account]",
	"POST /api/v1/statuses/:id/favourite": "Status", "POST /api/v1/statuses/:id/unfavourite": "Status", "POST /api/v1/statuses/:id/bookmark": "Status",
	"POST /api/v1/statuses/:id/unbookmark": "Status", "POST /api/v1/statuses/:id/reblog": "Status", "POST /api/v1/statuses/:id/unreblog": "Status",
	"GET /api/v1/polls/:id": "Poll", "POST /api/v1/polls/:id/votes": "Poll",

	"GET /api/v1/timelines/home": "[Status]", "GET /api/v1/timelines/public": "[Status]", "GET /api/v1/timelines/tag/:tag": "[Status]",
	"GET /api/v1/favourites": "[Status]", "GET /api/v1/bookmarks": "[Status]",
	"GET /api/v1/conversations": "[Conversation]", "POST /api/v1/conversations/:id/read": "Conversation",
	"GET /api/v1/notifications": "[Notification]", "GET /api/v1/notifications/unread_count": "CountResponse", "GET /api/v1/notifications/:id": "Notification",
	"POST /api/v1/notifications/clear": "object", "POST /api/v1/notifications/:id/dismiss": "object",
	"POST /api/v1/media": "MediaAttachment", "POST /api/v2/media": "MediaAttachment", "GET /api/v1/media/:id": "MediaAttachment", "PUT /api/v1/media/:id": "MediaAttachment",
}

// Every address answers with every member of its entity, filled or null as the
// protocol allows it.
func TestEntities(t *testing.T) {
	t.Parallel()
	e := readEntities(t)
	covered := map[string]bool{}
	f := newFull(t)
	mia, joost := f.host.Member.String(), f.joost.Member.String()
	ana := f.ana.ID.String()
	notice := str(f.get(f.mia, "/api/v1/notifications").list()[0], "id")
	if _, err := f.posts.Write(t.Context(), f.joost, camp.Draft{Text: "@mia @ana@far.example psst", Audience: camp.AudienceLetter}); err != nil {
		t.Fatal(err)
	}
	talk := str(f.get(f.mia, "/api/v1/conversations").list()[0], "id")
	poll := func() string {
		return f.write(f.mia, "Cake?", "poll[options][]", "yes", "poll[options][]", "no", "poll[expires_in]", "3600")
	}
	for _, row := range []struct {
		token, ask string // method, address as in the table, then what to ask instead of it
		path       string
		body       any
		some       bool // the list must not be empty
	}{
		{"", "GET /health", "", nil, false},
		{"", "GET /api/v1/instance", "", nil, false},
		{f.mia, "GET /api/v1/instance", "", nil, false},
		{"", "GET /api/v2/instance", "", nil, false},
		{f.mia, "GET /api/v2/instance", "", nil, false},
		{f.mia, "GET /api/v1/instance/rules", "", nil, true},
		{"", "GET /api/v1/instance/extended_description", "", nil, false},
		{"", "GET /api/v1/instance/privacy_policy", "", nil, false},
		{"", "GET /api/v1/instance/translation_languages", "", nil, false},
		{"", "GET /api/v1/custom_emojis", "", nil, false},
		{f.mia, "GET /api/v1/accounts/familiar_followers", "?id[]=" + joost, nil, true},
		{f.mia, "GET /api/v1/notifications/policy", "", nil, false},
		{f.mia, "GET /api/v2/notifications/policy", "", nil, false},
		{f.mia, "GET /api/v1/preferences", "", nil, false},
		{f.mia, "GET /api/v1/markers", "", nil, false},
		{f.mia, "GET /api/v1/tags/:name", "/api/v1/tags/First", nil, false},

		{f.mia, "GET /api/v1/accounts", "?id[]=" + joost + "&id[]=" + ana, nil, true},
		{f.mia, "GET /api/v1/accounts/verify_credentials", "", nil, false},
		{f.mia, "GET /api/v1/accounts/lookup", "?acct=joost", nil, false},
		{f.mia, "GET /api/v1/accounts/lookup", "?acct=ana@far.example", nil, false},
		{f.mia, "GET /api/v1/accounts/search", "?q=joo", nil, true},
		{f.mia, "GET /api/v1/accounts/relationships", "?id[]=" + joost + "&id[]=" + ana, nil, true},
		{f.joostToken, "GET /api/v1/accounts/:id", "/api/v1/accounts/" + mia, nil, false},
		{f.mia, "GET /api/v1/accounts/:id", "/api/v1/accounts/" + ana, nil, false},
		{f.joostToken, "GET /api/v1/accounts/:id/statuses", "/api/v1/accounts/" + mia + "/statuses", nil, true},
		{f.mia, "GET /api/v1/accounts/:id/statuses", "/api/v1/accounts/" + ana + "/statuses", nil, true},
		{f.mia, "GET /api/v1/accounts/:id/followers", "/api/v1/accounts/" + mia + "/followers", nil, true},
		{f.mia, "GET /api/v1/accounts/:id/following", "/api/v1/accounts/" + mia + "/following", nil, true},
		{f.mia, "GET /api/v2/search", "?q=Tea", nil, false},
		{f.mia, "GET /api/v2/search", "?q=%23first", nil, false},
		{f.mia, "GET /api/v2/search", "?q=@ana@far.example&type=accounts&resolve=true", nil, false},

		{f.mia, "GET /api/v1/timelines/home", "?limit=40", nil, true},
		{f.mia, "GET /api/v1/timelines/public", "", nil, true},
		{f.mia, "GET /api/v1/timelines/tag/:tag", "/api/v1/timelines/tag/FIRST", nil, true},
		{f.joostToken, "GET /api/v1/favourites", "", nil, true},
		{f.joostToken, "GET /api/v1/bookmarks", "", nil, true},
		{f.mia, "GET /api/v1/conversations", "", nil, true},
		{f.mia, "POST /api/v1/conversations/:id/read", "/api/v1/conversations/" + talk + "/read", nil, false},
		{f.mia, "GET /api/v1/notifications", "", nil, true},
		{f.mia, "GET /api/v1/notifications/unread_count", "", nil, false},
		{f.mia, "GET /api/v1/notifications/:id", "/api/v1/notifications/" + notice, nil, false},
		{f.mia, "POST /api/v1/notifications/:id/dismiss", "/api/v1/notifications/" + notice + "/dismiss", nil, false},
		{f.mia, "POST /api/v1/notifications/clear", "", nil, false},

		{f.mia, "GET /api/v1/statuses", "?id[]=" + f.post + "&id[]=" + f.reply, nil, true},
		{f.joostToken, "GET /api/v1/statuses/:id", "/api/v1/statuses/" + f.post, nil, false},
		{f.mia, "GET /api/v1/statuses/:id", "/api/v1/statuses/" + f.boost, nil, false},
		{f.mia, "GET /api/v1/statuses/:id", "/api/v1/statuses/" + f.poll, nil, false},
		{f.mia, "GET /api/v1/statuses/:id/context", "/api/v1/statuses/" + f.post + "/context", nil, false},
		{f.mia, "GET /api/v1/statuses/:id/context", "/api/v1/statuses/" + f.reply + "/context", nil, false},
		{f.mia, "GET /api/v1/statuses/:id/source", "/api/v1/statuses/" + f.post + "/source", nil, false},
		{f.mia, "GET /api/v1/statuses/:id/history", "/api/v1/statuses/" + f.post + "/history", nil, true},
		{f.mia, "GET /api/v1/statuses/:id/favourited_by", "/api/v1/statuses/" + f.post + "/favourited_by", nil, true},
		{f.mia, "GET /api/v1/statuses/:id/reblogged_by", "/api/v1/statuses/" + f.post + "/reblogged_by", nil, false},
		{f.mia, "POST /api/v1/statuses", "", url.Values{"status": {"new"}}, false},
		{f.mia, "PUT /api/v1/statuses/:id", "/api/v1/statuses/" + f.post, url.Values{"status": {"newer"}}, false},
		{f.mia, "POST /api/v1/statuses/:id/favourite", "/api/v1/statuses/" + f.reply + "/favourite", nil, false},
		{f.mia, "POST /api/v1/statuses/:id/unfavourite", "/api/v1/statuses/" + f.reply + "/unfavourite", nil, false},
		{f.mia, "POST /api/v1/statuses/:id/bookmark", "/api/v1/statuses/" + f.reply + "/bookmark", nil, false},
		{f.mia, "POST /api/v1/statuses/:id/unbookmark", "/api/v1/statuses/" + f.reply + "/unbookmark", nil, false},
		{f.mia, "POST /api/v1/statuses/:id/pin", "/api/v1/statuses/" + f.post + "/pin", nil, false},
		{f.mia, "GET /api/v1/accounts/:id/statuses", "/api/v1/accounts/" + mia + "/statuses?pinned=true", nil, true},
		{f.mia, "POST /api/v1/statuses/:id/unpin", "/api/v1/statuses/" + f.post + "/unpin", nil, false},
		{f.mia, "POST /api/v1/statuses/:id/reblog", "/api/v1/statuses/" + f.far.String() + "/reblog", nil, false},
		{f.mia, "POST /api/v1/statuses/:id/unreblog", "/api/v1/statuses/" + f.far.String() + "/unreblog", nil, false},
		{f.mia, "GET /api/v1/polls/:id", "/api/v1/polls/" + f.poll, nil, false},
		{f.joostToken, "POST /api/v1/polls/:id/votes", "/api/v1/polls/" + poll() + "/votes", `{"choices":[0]}`, false},
		{f.mia, "DELETE /api/v1/statuses/:id", "/api/v1/statuses/" + f.post, nil, false},

		{f.joostToken, "POST /api/v1/media", "", newParts().file("file", aPond(t)), false},
		{f.joostToken, "POST /api/v2/media", "", newParts().file("file", aPond(t)), false},
		{f.joostToken, "GET /api/v1/media/:id", "/api/v1/media/" + f.media, nil, false},
		{f.joostToken, "PUT /api/v1/media/:id", "/api/v1/media/" + f.media, url.Values{"description": {"a pond"}}, false},

		{f.mia, "POST /api/v1/reports", "", url.Values{"account_id": {f.ana.ID.String()}, "status_ids[]": {f.far.String()}, "rule_ids[]": {"1"}, "comment": {"rude"}, "forward": {"true"}}, false},
		{f.joostToken, "GET /api/v1/mutes", "", nil, true},
		{f.joostToken, "GET /api/v1/follow_requests", "", nil, true},
		{f.mia, "POST /api/v1/accounts/:id/follow", "/api/v1/accounts/" + joost + "/follow", nil, false},
		{f.mia, "POST /api/v1/accounts/:id/unfollow", "/api/v1/accounts/" + joost + "/unfollow", nil, false},
		{f.mia, "POST /api/v1/accounts/:id/mute", "/api/v1/accounts/" + joost + "/mute", nil, false},
		{f.mia, "POST /api/v1/accounts/:id/unmute", "/api/v1/accounts/" + joost + "/unmute", nil, false},
		{f.mia, "POST /api/v1/accounts/:id/remove_from_followers", "/api/v1/accounts/" + joost + "/remove_from_followers", nil, false},
		{f.mia, "POST /api/v1/accounts/:id/block", "/api/v1/accounts/" + joost + "/block", nil, false},
		{f.mia, "GET /api/v1/blocks", "", nil, true},
		{f.mia, "POST /api/v1/accounts/:id/unblock", "/api/v1/accounts/" + joost + "/unblock", nil, false},
	} {
		covered[row.ask] = true
		method, path, _ := strings.Cut(row.ask, " ")
		if strings.HasPrefix(row.path, "/") {
			path = row.path
		} else {
			path += row.path
		}
		a := f.ask(row.token, method, path, row.body).want(200)
		if shapes[row.ask] == "-" {
			continue
		}
		v := a.value()
		for _, w := range e.check(row.ask, shapes[row.ask], v) {
			t.Errorf("%s (asked %s)", w, path)
		}
		if list, ok := v.([]any); row.some && (!ok || len(list) == 0) {
			t.Errorf("%s: nothing to check", path)
		}
	}
	for _, r := range routes() {
		k := r.method + " " + r.path
		switch {
		case r.strange, nothingYet(r, f):
		case shapes[k] == "":
			t.Errorf("%s: nothing says what it answers", k)
		case !covered[k] && !strings.Contains(k, "follow_requests/:id"):
			t.Errorf("%s is not looked at", k)
		}
	}
	for _, how := range []string{"authorize", "reject"} { // twice is as once, and the second finds nobody
		ben := str(f.get(f.mia, "/api/v1/accounts/lookup?acct=ben").object(), "id")
		if how == "reject" {
			f.in(func(tx posts.Tx) ([]camp.Event, error) {
				return nil, tx.PutFollow(camp.Follow{From: camp.MemberID(idOf(ben)), To: f.joost.Member, At: tx.Now()})
			})
		}
		v := f.send(f.joostToken, "/api/v1/follow_requests/"+ben+"/"+how).object()
		for _, w := range e.check(how, "Relationship", v) {
			t.Error(w)
		}
		want(t, how, v["followed_by"], any(how == "authorize"))
	}
}

// nothingYet reports whether an address answers with an empty list, whoever asks.
func nothingYet(r route, f *full) bool {
	if r.method != "GET" || shapes[r.method+" "+r.path] != "" {
		return false
	}
	path := strings.ReplaceAll(r.path, ":id", f.joost.Member.String())
	return string(f.get(f.mia, path).body) == "[]"
}

// A checker that sees nothing proves nothing.
func TestEntitiesAreReallyChecked(t *testing.T) {
	t.Parallel()
	e := readEntities(t)
	f := newFull(t)
	good := f.get(f.mia, "/api/v1/statuses/"+f.post)
	for _, row := range []struct {
		name string
		make func(map[string]any)
	}{
		{"a missing member", func(v map[string]any) { delete(v, "edited_at") }},
		{"null in place of a list", func(v map[string]any) { v["mentions"] = nil }},
		{"an id as a number", func(v map[string]any) { v["id"] = json.Number("1") }},
		{"a short id", func(v map[string]any) { v["id"] = "12" }},
		{"a time without decimals", func(v map[string]any) { v["created_at"] = "2026-01-02T03:04:05Z" }},
		{"a fifth visibility", func(v map[string]any) { v["visibility"] = "camp" }},
		{"a picture without an address", func(v map[string]any) { v["account"].(map[string]any)["avatar"] = "" }},
		{"a count as text", func(v map[string]any) { v["replies_count"] = "1" }},
	} {
		v := good.object()
		if wrong := e.check("", "Status", v); len(wrong) > 0 {
			t.Fatalf("wrong before: %v", wrong)
		}
		row.make(v)
		if wrong := e.check("", "Status", v); len(wrong) != 1 {
			t.Errorf("%s: found %v", row.name, wrong)
		}
	}
}
