package clientapi

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/store"
)

// What stands in client-api.md 1 about every answer.
func TestRulesOfEveryAnswer(t *testing.T) {
	t.Parallel()
	f := newFull(t)
	read := f.token("mia", "read")
	for _, row := range []struct {
		name, token, method, path string
		body                      any
		status                    int
		says                      string
	}{
		{"an unknown address", f.mia, "GET", "/api/v1/nowhere", nil, 404, "Not found"},
		{"an unknown address without a token", "", "GET", "/api/v9/x", nil, 404, "Not found"},
		{"no token", "", "GET", "/api/v1/timelines/home", nil, 401, "The access token is invalid"},
		{"the public list without a token", "", "GET", "/api/v1/timelines/public", nil, 401, "The access token is invalid"},
		{"a bad token", "nonsense", "GET", "/api/v1/timelines/home", nil, 401, "The access token is invalid"},
		{"a bad token where none is needed", "nonsense", "GET", "/api/v1/instance", nil, 401, "The access token is invalid"},
		{"a token without end", strings.Repeat("x", 5000), "GET", "/api/v1/timelines/home", nil, 401, "The access token is invalid"},
		{"a scope that is missing", read, "POST", "/api/v1/statuses", url.Values{"status": {"x"}}, 403, "This action is outside the authorized scopes"},
		{"another method", f.mia, "PATCH", "/api/v1/statuses/" + f.post, nil, 405, "Method not allowed"},
		{"an id that never was", f.mia, "GET", "/api/v1/statuses/123456789012345678", nil, 404, "Record not found"},
		{"an id that is none", f.mia, "GET", "/api/v1/statuses/x'y", nil, 404, "Record not found"},
		{"an id below zero", f.mia, "GET", "/api/v1/statuses/-1", nil, 404, "Record not found"},
		{"a post of nothing", f.mia, "POST", "/api/v1/statuses", url.Values{"status": {" "}}, 422, "Write something or add a picture first."},
		{"too long", f.mia, "POST", "/api/v1/statuses", url.Values{"status": {strings.Repeat("x", 5001)}}, 422, ""},
		{"half a JSON", f.mia, "POST", "/api/v1/statuses", `{"status":"x"`, 422, "The request could not be read"},
		{"JSON with more behind it", f.mia, "POST", "/api/v1/statuses", `{"status":"x"} {}`, 422, "The request could not be read"},
		{"JSON without end", f.mia, "POST", "/api/v1/statuses", `{"status":` + strings.Repeat("[", 10000), 422, "The request could not be read"},
		{"a body without end", f.mia, "POST", "/api/v1/statuses", url.Values{"status": {strings.Repeat("x", maxBody)}}, 413, "The request is too large"},
		{"values without end", f.mia, "POST", "/api/v1/statuses", strings.Repeat(`{"a":1,`, 1) + strings.Repeat(`"b":2,`, 2000) + `"c":3}`, 413, "The request is too large"},
		{"a boost of a camp post", f.mia, "POST", "/api/v1/statuses/" + f.write(f.mia, "ours") + "/reblog", nil, 403, ""},
		{"a second vote", f.joostToken, "POST", "/api/v1/polls/" + f.poll + "/votes", url.Values{"choices[]": {"0"}}, 422, "You have already voted on this poll"},
		{"later", f.mia, "POST", "/api/v1/statuses", url.Values{"status": {"x"}, "scheduled_at": {"2027-01-01T00:00:00Z"}}, 422, ""},
		{"a file that is none", f.mia, "POST", "/api/v2/media", newParts().file("file", []byte("<svg/>")), 422, ""},
		{"no file", f.mia, "POST", "/api/v2/media", newParts("description", "x"), 422, "A file is missing"},
		{"not even parts", f.mia, "POST", "/api/v2/media", url.Values{"file": {"x"}}, 422, "A file is missing"},
	} {
		a := f.ask(row.token, row.method, row.path, row.body)
		if a.StatusCode != row.status {
			t.Errorf("%s: status %d, want %d: %s", row.name, a.StatusCode, row.status, a.body)
			continue
		}
		say := a.error()
		if row.says != "" && say != row.says {
			t.Errorf("%s: says %q, want %q", row.name, say, row.says)
		}
		if strings.Contains(say, ".say") {
			t.Errorf("%s: %q is no sentence", row.name, say)
		}
		checkHeaders(t, row.name, a)
	}
	for _, path := range []string{"/api/v1/timelines/home", "/api/v1/instance", "/api/v1/statuses/" + f.post} {
		a := f.get(f.mia, path)
		checkHeaders(t, path, a)
		want(t, path+": length", a.Header.Get("Content-Length") != "", true)
	}
}

// checkHeaders looks for what every answer carries, also errors.
func checkHeaders(t *testing.T, name string, a *answer) {
	t.Helper()
	for k, v := range map[string]string{
		"Content-Type": "application/json; charset=utf-8", "Access-Control-Allow-Origin": "*", "Cache-Control": "private, no-store",
		"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Referrer-Policy": "no-referrer",
	} {
		want(t, name+": "+k, a.Header.Get(k), v)
	}
	if !strings.Contains(a.Header.Get("Access-Control-Expose-Headers"), "Link") || a.Header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("%s: headers for pages elsewhere: %v", name, a.Header)
	}
	if (a.StatusCode == 401) != (a.Header.Get("Www-Authenticate") != "") {
		t.Errorf("%s: status %d and %q", name, a.StatusCode, a.Header.Get("Www-Authenticate"))
	}
	if bytes.Contains(a.body, []byte("\n")) {
		t.Errorf("%s: more than one value: %s", name, a.body)
	}
}

// Browsers ask beforehand, without a token.
func TestPreflight(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	a := g.ask("", "OPTIONS", "/api/v1/statuses", nil, "Origin", "https://app.example", "Access-Control-Request-Headers", "authorization,idempotency-key").want(204)
	for k, list := range map[string]string{
		"Access-Control-Allow-Methods": "GET POST PUT PATCH DELETE OPTIONS", "Access-Control-Allow-Headers": "Authorization Content-Type Idempotency-Key",
		"Access-Control-Allow-Origin": "*",
	} {
		for _, w := range strings.Fields(list) {
			if !strings.Contains(a.Header.Get(k), w) {
				t.Errorf("%s lacks %s: %q", k, w, a.Header.Get(k))
			}
		}
	}
}

// A slash at the end is the same address, without a detour.
func TestTrailingSlash(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	want(t, "title", str(g.get("", "/api/v1/instance/").object(), "title"), "Willow Lane")
	id := g.write(g.mia, "hello")
	want(t, "id", str(g.get(g.mia, "/api/v1/statuses/"+id+"/").object(), "id"), id)
	link := g.get(g.mia, "/api/v1/timelines/home/?limit=1").Header.Get("Link")
	if !strings.Contains(link, "<"+base+"/api/v1/timelines/home?") {
		t.Errorf("link: %s", link)
	}
}

// The token may stand in the header, in the address or in a form.
func TestWhereTheTokenIs(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.get("", "/api/v1/accounts/verify_credentials?access_token="+url.QueryEscape(g.mia)).want(200)
	g.ask("", "POST", "/api/v1/statuses", url.Values{"access_token": {g.mia}, "status": {"by form"}}).want(200)
	g.ask("", "POST", "/api/v1/statuses", url.Values{"access_token": {"nonsense"}, "status": {"by form"}}).want(401)
	g.ask("", "GET", "/api/v1/accounts/verify_credentials", nil, "Authorization", "bearer "+g.mia).want(200)
	g.ask("", "GET", "/api/v1/accounts/verify_credentials", nil, "Authorization", "Basic "+g.mia).want(401)
	// One in the header counts alone, so that no page can put another person's in its place.
	g.ask("", "GET", "/api/v1/accounts/verify_credentials?access_token="+url.QueryEscape(g.mia), nil, "Authorization", "Bearer nonsense").want(401)
	link := g.get("", "/api/v1/timelines/home?access_token="+url.QueryEscape(g.mia)).Header.Get("Link")
	if strings.Contains(link, g.mia) {
		t.Errorf("the token stands in the link: %s", link)
	}
	g.write(g.mia, "something")
	link = g.get("", "/api/v1/timelines/home?limit=1&access_token="+url.QueryEscape(g.mia)).Header.Get("Link")
	if strings.Contains(link, "access_token") || !strings.Contains(link, "limit=1") {
		t.Errorf("link: %s", link)
	}
}

// A member's removal ends their token within the same second, and a break does not.
func TestTokenOfSomebodyGone(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	_, joost := g.add("joost")
	g.get(joost, "/api/v1/timelines/home").want(200)
	if err := g.people.Suspend(t.Context(), g.host, "joost", time.Hour); err != nil {
		t.Fatal(err)
	}
	g.get(joost, "/api/v1/timelines/home").want(200)
	g.send(joost, "/api/v1/statuses", "status", "x").want(403)
	if err := g.people.Remove(t.Context(), g.host, "joost", false); err != nil {
		t.Fatal(err)
	}
	g.get(joost, "/api/v1/timelines/home").want(401)
}

// A page has no post twice and each is newer than the next, whatever is asked for.
func TestUnknownIsIgnored(t *testing.T) {
	t.Parallel()
	f := newFull(t)
	all := f.get(f.mia, "/api/v1/notifications").list()
	got := f.get(f.mia, "/api/v1/notifications?exclude_types[]=from_the_future&max_id=nonsense&limit=-5&min_id=&colour=blue").list()
	want(t, "notices", len(got), len(all))
	want(t, "types of the future", len(f.get(f.mia, "/api/v1/notifications?types[]=from_the_future").list()), 0)
	f.send(f.mia, "/api/v1/statuses", "status", "x", "visibility", "mutuals", "whatever", "1").want(200)
	f.get(f.mia, "/api/v1/timelines/home?%zz=%zz&limit=abc").want(200)
}

// Booleans come in many forms; lists with and without brackets, or numbered.
func TestFormsOfParams(t *testing.T) {
	t.Parallel()
	f := newFull(t)
	for s, yes := range map[string]bool{"true": true, "True": true, "1": true, "on": true, "false": false, "False": false, "0": false, "off": false} {
		id := str(f.ask(f.mia, "POST", "/api/v1/statuses", url.Values{"status": {"sensitive " + s}, "sensitive": {s}}).object(), "id")
		want(t, "sensitive="+s, f.get(f.mia, "/api/v1/statuses/"+id).object()["sensitive"], any(yes))
	}
	a, b := f.joost.Member.String(), f.ana.ID.String()
	for _, q := range []string{"id[]=" + a + "&id[]=" + b, "id=" + a + "&id=" + b, "id[0]=" + a + "&id[1]=" + b, "id%5B%5D=" + a + "&id%5B%5D=" + b, "id[]=" + a + "&id[]=" + b + "&id[]=" + a} {
		list := f.get(f.mia, "/api/v1/accounts/relationships?"+q).list()
		if len(list) != 2 || str(list[0], "id") != a || str(list[1], "id") != b {
			t.Errorf("%s: %v", q, list)
		}
	}
	list := f.get(f.mia, "/api/v1/accounts/relationships?id="+a).list()
	want(t, "bare", len(list), 1)
	for name, body := range map[string]any{
		"form":  url.Values{"status": {"?"}, "poll[options][]": {"a", "b"}, "poll[expires_in]": {"3600"}, "poll[multiple]": {"true"}},
		"json":  `{"status":"?","poll":{"options":["a","b"],"expires_in":3600,"multiple":true},"media_ids":[],"in_reply_to_id":null}`,
		"parts": newParts("status", "?", "poll[options][]", "a", "poll[options][]", "b", "poll[expires_in]", "3600", "poll[multiple]", "1"),
	} {
		v := f.ask(f.mia, "POST", "/api/v1/statuses", body).object()
		p, _ := v["poll"].(map[string]any)
		options, _ := p["options"].([]any)
		if len(options) != 2 || p["multiple"] != true || str(options[1].(map[string]any), "title") != "b" {
			t.Errorf("%s: poll %v", name, v["poll"])
		}
		want(t, name+": ends", str(p, "expires_at"), f.clock.now().Add(time.Hour).Format("2006-01-02T15:04:05.000Z"))
	}
}

// The body of a DELETE is read, which Go leaves to us.
func TestBodyOfDelete(t *testing.T) {
	t.Parallel()
	var p params
	r, _ := http.NewRequest(http.MethodDelete, base, strings.NewReader("account_ids[]=1&account_ids[]=2"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if err := p.readBody(nil, r); err != nil {
		t.Fatal(err)
	}
	want(t, "values", strings.Join(p.all("account_ids"), ","), "1,2")
}

// Everybody has a picture that can be loaded, without a token.
func TestPlainPictures(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	v := g.get(g.mia, "/api/v1/accounts/verify_credentials").object()
	for _, k := range []string{"avatar", "avatar_static", "header", "header_static"} {
		path, ours := strings.CutPrefix(str(v, k), base)
		a := g.get("", path).want(200)
		if !ours || a.Header.Get("Content-Type") != "image/png" || !bytes.HasPrefix(a.body, []byte("\x89PNG")) || a.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s %q: %v", k, str(v, k), a.Header)
		}
	}
	g.get("", facePath+"12").want(404)
	path, _ := strings.CutPrefix(str(g.get("", "/api/v2/instance").object(), "thumbnail", "url"), base)
	g.get("", path).want(200)
}

// A stranger learns nothing of the people, their number, the rules or the host.
func TestStrangersLearnNothing(t *testing.T) {
	t.Parallel()
	f := newFull(t)
	for _, path := range []string{"/api/v1/instance", "/api/v2/instance", "/api/v1/instance/rules", "/api/v1/instance/extended_description", "/api/v1/custom_emojis"} {
		a := f.get("", path).want(200)
		for _, secret := range []string{"mia", "Mia", "joost", "Be kind", f.host.Member.String(), `"user_count":3`, `"active_month":3`} {
			if bytes.Contains(a.body, []byte(secret)) {
				t.Errorf("%s tells a stranger %q: %s", path, secret, a.body)
			}
		}
	}
	v := f.get(f.mia, "/api/v2/instance").object()
	want(t, "contact", str(v, "contact", "account", "username"), "mia")
	for _, r := range routes() {
		if r.open || r.strange {
			continue
		}
		path := strings.NewReplacer(":id", f.post, ":tag", "first", ":name", "first").Replace(r.path)
		f.ask("", r.method, path, nil).want(401)
		f.ask("nonsense", r.method, path, nil).want(401)
	}
}

// Each address asks for its scope, and no other opens it.
func TestScopes(t *testing.T) {
	t.Parallel()
	f := newFull(t)
	tokens := map[string]string{}
	for _, s := range []string{"read", "write", "follow", "push", "read:statuses", "write:media"} {
		tokens[s] = f.token("mia", s)
	}
	for _, r := range routes() {
		if r.scope == "" {
			continue
		}
		top, _, _ := strings.Cut(r.scope, ":")
		path := strings.NewReplacer(":id", "1", ":tag", "first", ":name", "first").Replace(r.path)
		for s, token := range tokens {
			may := s == top || s == r.scope || s == "follow" && strings.Contains(":blocks:follows:mutes", strings.TrimPrefix(r.scope, top)) && strings.Contains(r.scope, ":")
			a := f.ask(token, r.method, path, nil)
			if refused := a.StatusCode == 403 && strings.Contains(string(a.body), "outside the authorized scopes"); refused == may {
				t.Errorf("%s %s with %q: status %d, %s", r.method, r.path, s, a.StatusCode, a.body)
			}
		}
		if want := map[string]string{"GET": "read", "POST": "write", "PUT": "write", "DELETE": "write"}[r.method]; want != top && !strings.Contains(r.path, "media") {
			t.Errorf("%s %s asks for %s", r.method, r.path, r.scope)
		}
	}
}

// CVE-2026-22246, CVE-2026-23964 and CVE-2026-72915 (Mastodon), CVE-2025-32945
// (PeerTube): a row is given by its number, whosever it is. What is somebody else's
// stays so, on every address with an id.
func TestCVE202622246WrongOwner(t *testing.T) {
	t.Parallel()
	f := newFull(t)
	_, ben := f.add("tess") // nobody's friend
	secret := f.write(f.mia, "a letter @joost", "visibility", "direct", "poll[options][]", "a", "poll[options][]", "b", "poll[expires_in]", "3600")
	notice := str(f.get(f.mia, "/api/v1/notifications").list()[0], "id")
	followers := f.write(f.mia, "for followers", "visibility", "private")
	gone := "123456789012345678"
	for _, c := range []struct {
		name  string
		parts []string
		ids   []string
	}{
		{"CVE-2026-22246 posts and polls of others", []string{"/statuses/", "/polls/"}, []string{secret, followers}},
		{"CVE-2026-23964 what tells others", []string{"/notifications/"}, []string{notice}},
		{"CVE-2025-32945 files of others", []string{"/media/"}, []string{f.media}},
	} {
		t.Run(c.name, func(t *testing.T) { f.stays(t, ben, gone, c.parts, c.ids) })
	}
	f.get(f.mia, "/api/v1/notifications/"+notice).want(200) // not taken away by somebody else
	f.get(f.joostToken, "/api/v1/media/"+f.media).want(200)
	t.Run("CVE-2026-72915 changes by who did not write it", func(t *testing.T) {
		// What all may read, only its author changes: the host and helpers do that on the pages, where it is logged.
		for _, token := range []string{ben, f.joostToken} {
			f.ask(token, "PUT", "/api/v1/statuses/"+f.post, url.Values{"status": {"mine now"}}).want(404)
			f.ask(token, "DELETE", "/api/v1/statuses/"+f.post, nil).want(404)
			f.get(token, "/api/v1/statuses/"+f.post+"/source").want(404)
		}
		f.ask(f.mia, "DELETE", "/api/v1/statuses/"+f.reply, nil).want(404)
		f.ask(f.mia, "DELETE", "/api/v1/statuses/"+f.boost, nil).want(404)
		// Their own media in a post of one's own.
		f.ask(ben, "POST", "/api/v1/statuses", url.Values{"status": {"x"}, "media_ids[]": {f.media}}).want(404)
	})
	want(t, "letter", strings.Contains(string(f.get(ben, "/api/v1/accounts/"+f.host.Member.String()+"/statuses").body), "letter"), false)
	for _, path := range []string{"/api/v1/timelines/home", "/api/v1/timelines/public", "/api/v2/search?q=letter", "/api/v1/accounts/" + f.host.Member.String() + "/statuses?limit=40"} {
		if a := f.get(ben, path); bytes.Contains(a.body, []byte("a letter")) || bytes.Contains(a.body, []byte("for followers")) {
			t.Errorf("%s shows what is not for them", path)
		}
	}
}

// stays asks every address that holds one of the parts for ids of others, which must
// be as what never was.
func (f *full) stays(t *testing.T, token, never string, parts, ids []string) {
	t.Helper()
	tried := 0
	for _, r := range routes() {
		if !strings.Contains(r.path, ":id") || r.strange || !slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(r.path, p) }) {
			continue
		}
		for _, id := range ids {
			tried++
			form := url.Values{"choices[]": {"0"}, "status": {"x"}, "description": {"x"}}
			got := f.ask(token, r.method, strings.ReplaceAll(r.path, ":id", id), form)
			none := f.ask(token, r.method, strings.ReplaceAll(r.path, ":id", never), form)
			if got.StatusCode != none.StatusCode || !bytes.Equal(got.body, none.body) {
				t.Errorf("%s %s: %d %s, of what never was %d %s", r.method, r.path, got.StatusCode, got.body, none.StatusCode, none.body)
			}
			if r.path != "/api/v1/notifications/:id/dismiss" && got.StatusCode != 404 {
				t.Errorf("%s %s: status %d", r.method, r.path, got.StatusCode)
			}
		}
	}
	if tried == 0 {
		t.Errorf("no address has %q", parts)
	}
}

// Somebody who asked to join, or has gone, is nobody; a blocked server's people too.
func TestWhoIsNobody(t *testing.T) {
	t.Parallel()
	f := newFull(t)
	ben := str(f.get(f.mia, "/api/v1/accounts/lookup?acct=ben").object(), "id")
	f.get(f.mia, "/api/v1/accounts/"+ben).want(200)
	if err := f.people.Remove(t.Context(), f.host, "ben", false); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/api/v1/accounts/lookup?acct=ben", "/api/v1/accounts/" + ben, "/api/v1/accounts/" + ben + "/statuses"} {
		f.get(f.mia, path).want(404)
	}
	want(t, "in a list", len(f.get(f.mia, "/api/v1/accounts?id[]="+ben).list()), 0)
	err := f.db.Update(t.Context(), func(tx *store.Tx) error { // somebody who asks to join
		return tx.PutMember(camp.Member{ID: 123456789012345678, Name: "zoe", Display: "Zoe", Standing: camp.Waiting})
	})
	want(t, "err", err, nil)
	f.get(f.mia, "/api/v1/accounts/lookup?acct=zoe").want(404)
	f.get(f.mia, "/api/v1/accounts/123456789012345678").want(404)
	want(t, "found", len(f.get(f.mia, "/api/v1/accounts/search?q=zoe").list()), 0)
	f.get(f.mia, "/api/v1/accounts/"+f.ana.ID.String()).want(200)
	f.level["far.example"] = camp.LevelBlock
	for _, path := range []string{"/api/v1/accounts/" + f.ana.ID.String(), "/api/v1/accounts/lookup?acct=ana@far.example", "/api/v1/statuses/" + f.far.String()} {
		f.get(f.mia, path).want(404)
	}
	f.send(f.mia, "/api/v1/accounts/"+f.ana.ID.String()+"/follow").want(404)
	v := f.get(f.mia, "/api/v2/search?type=accounts&resolve=true&q=@ana@far.example").object()
	want(t, "found", len(v["accounts"].([]any)), 0)
}

// Nothing of what people write stands in the log.
func TestLogRemembersNobody(t *testing.T) {
	t.Parallel()
	f := newFull(t)
	f.send(f.mia, "/api/v1/statuses", "status", "canarycanary", "visibility", "nonsense").want(200)
	f.get(f.mia, "/api/v2/search?q=canarycanary").want(200)
	if s := f.log.String(); strings.Contains(s, "canarycanary") || strings.Contains(s, f.mia) {
		t.Errorf("log: %s", s)
	}
}
