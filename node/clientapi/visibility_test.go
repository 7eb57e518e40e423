package clientapi

import (
	"net/url"
	"strings"
	"testing"

	"camp/node/camp"
	"camp/node/posts"
)

func (g *rig) stored(id string) camp.Post {
	g.t.Helper()
	pv, err := g.posts.Post(g.t.Context(), g.host, camp.PostID(idOf(id)))
	if err != nil {
		g.t.Fatalf("read post: %v", err)
	}
	return pv.Post
}

// The whole mapping of client-api.md 6: what is sent, what is kept, what is shown.
func TestMapping(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.outside = true
	joost, _ := g.add("joost")
	_ = joost
	ana := g.remote("ana", "far.example")
	g.follows(g.host, ana)
	safe := g.client("mia")
	theirs := g.arrive(ana, "public", nil).String()
	quietTheirs := g.arrive(ana, "quiet", func(a *posts.Arrival) { a.Post.Audience = camp.AudienceQuiet }).String()
	letterTheirs := g.arrive(ana, "letter", func(a *posts.Arrival) {
		a.Post.Audience, a.Post.Mentions = camp.AudienceLetter, []camp.MemberID{g.host.Member}
	}).String()
	ours := g.write(g.mia, "ours")
	for _, row := range []struct {
		name, token string
		sent        url.Values
		kept        camp.Audience // 0: refused
		shown       string
		local       bool
		status      int
	}{
		{"nothing said", g.mia, nil, camp.AudienceCamp, "private", true, 0},
		{"public", g.mia, url.Values{"visibility": {"public"}}, camp.AudiencePublic, "public", false, 0},
		{"unlisted", g.mia, url.Values{"visibility": {"unlisted"}}, camp.AudienceQuiet, "unlisted", false, 0},
		{"private", g.mia, url.Values{"visibility": {"private"}}, camp.AudienceFollowers, "private", false, 0},
		{"a letter within", g.mia, url.Values{"visibility": {"direct"}, "status": {"@joost"}}, camp.AudienceLetter, "direct", true, 0},
		{"a letter beyond", g.mia, url.Values{"visibility": {"direct"}, "status": {"@ana@far.example"}}, camp.AudienceLetter, "direct", false, 0},
		{"from the future", g.mia, url.Values{"visibility": {"mutuals"}}, camp.AudienceCamp, "private", true, 0},
		{"public, local_only", g.mia, url.Values{"visibility": {"public"}, "local_only": {"true"}}, camp.AudienceCamp, "private", true, 0},
		{"public, federated=false", g.mia, url.Values{"visibility": {"public"}, "federated": {"false"}}, camp.AudienceCamp, "private", true, 0},
		{"public, local_only=false", g.mia, url.Values{"visibility": {"public"}, "local_only": {"0"}}, camp.AudiencePublic, "public", false, 0},
		{"a letter, local_only, to joost and ana", g.mia, url.Values{"visibility": {"direct"}, "local_only": {"1"}, "status": {"@joost @ana@far.example"}}, camp.AudienceLetter, "direct", true, 0},
		{"a letter, local_only, to ana alone", g.mia, url.Values{"visibility": {"direct"}, "local_only": {"1"}, "status": {"@ana@far.example"}}, 0, "", false, 422},

		{"safe: nothing said", safe, nil, camp.AudienceCamp, "private", true, 0},
		{"safe: public", safe, url.Values{"visibility": {"public"}}, camp.AudienceCamp, "private", true, 0},
		{"safe: unlisted", safe, url.Values{"visibility": {"unlisted"}}, camp.AudienceCamp, "private", true, 0},
		{"safe: private", safe, url.Values{"visibility": {"private"}}, camp.AudienceCamp, "private", true, 0},
		{"safe: public, local_only=false", safe, url.Values{"visibility": {"public"}, "local_only": {"false"}}, camp.AudienceCamp, "private", true, 0},
		{"safe: a letter within", safe, url.Values{"visibility": {"direct"}, "status": {"@joost"}}, camp.AudienceLetter, "direct", true, 0},
		{"safe: a letter beyond", safe, url.Values{"visibility": {"direct"}, "status": {"@ana@far.example"}}, 0, "", false, 422},
		{"safe: a letter to both", safe, url.Values{"visibility": {"direct"}, "status": {"@joost @ana@far.example"}}, camp.AudienceLetter, "direct", true, 0},

		{"answer to a camp post: public", g.mia, url.Values{"visibility": {"public"}, "in_reply_to_id": {ours}}, camp.AudienceCamp, "private", true, 0},
		{"answer to a camp post: private", g.mia, url.Values{"visibility": {"private"}, "in_reply_to_id": {ours}}, camp.AudienceCamp, "private", true, 0},
		{"answer to a camp post: local_only=false", g.mia, url.Values{"visibility": {"public"}, "local_only": {"false"}, "in_reply_to_id": {ours}}, 0, "", false, 422},
		{"answer to a camp post: a letter within", g.mia, url.Values{"visibility": {"direct"}, "status": {"@joost"}, "in_reply_to_id": {ours}}, camp.AudienceLetter, "direct", true, 0},
		{"answer to a camp post: a letter beyond", g.mia, url.Values{"visibility": {"direct"}, "status": {"@ana@far.example"}, "in_reply_to_id": {ours}}, 0, "", false, 422},

		{"answer to theirs: public", g.mia, url.Values{"visibility": {"public"}, "in_reply_to_id": {theirs}}, camp.AudiencePublic, "public", false, 0},
		{"answer to theirs: nothing said", g.mia, url.Values{"in_reply_to_id": {theirs}}, camp.AudienceCamp, "private", true, 0},
		{"answer to theirs: never wider", g.mia, url.Values{"visibility": {"public"}, "in_reply_to_id": {quietTheirs}}, camp.AudienceQuiet, "unlisted", false, 0},
		{"safe: answer to theirs", safe, url.Values{"visibility": {"public"}, "in_reply_to_id": {theirs}}, camp.AudienceCamp, "private", true, 0},
		{"answer to their letter", g.mia, url.Values{"visibility": {"public"}, "in_reply_to_id": {letterTheirs}}, camp.AudienceLetter, "direct", false, 0},
		{"safe: answer to their letter", safe, url.Values{"visibility": {"direct"}, "in_reply_to_id": {letterTheirs}}, 0, "", false, 403},
		{"answer to what never was", g.mia, url.Values{"in_reply_to_id": {"123456789012345678"}}, 0, "", false, 404},
	} {
		form := url.Values{"status": {row.name}}
		for k, v := range row.sent {
			form[k] = v
		}
		a := g.ask(row.token, "POST", "/api/v1/statuses", form)
		if row.kept == 0 {
			if a.StatusCode != row.status {
				t.Errorf("%s: status %d, want %d: %s", row.name, a.StatusCode, row.status, a.body)
			}
			continue
		}
		if a.StatusCode != 200 {
			t.Errorf("%s: status %d: %s", row.name, a.StatusCode, a.body)
			continue
		}
		v := a.object()
		p := g.stored(str(v, "id"))
		want(t, row.name+": kept", p.Audience, row.kept)
		want(t, row.name+": shown", str(v, "visibility"), row.shown)
		want(t, row.name+": local_only", v["local_only"], any(row.local))
		for _, id := range p.Mentions {
			if id == ana.ID && row.local {
				t.Errorf("%s: stays in the camp, and names somebody elsewhere", row.name)
			}
		}
	}
	a := g.send(g.mia, "/api/v1/statuses", "status", "x", "local_only", "false", "in_reply_to_id", ours)
	if !strings.Contains(a.error(), "audience_wider_than_parent") {
		t.Errorf("says %s", a.body)
	}
}

// client makes a token as an app would have it: in safe mode.
func (g *rig) client(name string) string {
	g.t.Helper()
	secret := g.token(name)
	g.putSafe(secret)
	return secret
}

// A camp from which nothing leaves takes whatever apps send as a camp post.
func TestSilentCamp(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	for _, v := range []string{"public", "unlisted", "private", ""} {
		id := g.write(g.mia, "said "+v, "visibility", v)
		want(t, v, g.stored(id).Audience, camp.AudienceCamp)
	}
}

// For whom a post is never changes.
func TestNoWidening(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.outside = true
	ours, open := g.write(g.mia, "ours"), g.write(g.mia, "open", "visibility", "public")
	g.ask(g.mia, "PUT", "/api/v1/statuses/"+ours, url.Values{"status": {"x"}, "local_only": {"false"}}).want(422)
	g.ask(g.mia, "PUT", "/api/v1/statuses/"+open, url.Values{"status": {"x"}, "local_only": {"true"}}).want(422)
	v := g.ask(g.mia, "PUT", "/api/v1/statuses/"+ours, url.Values{"status": {"x"}, "visibility": {"public"}}).object()
	want(t, "shown", str(v, "visibility"), "private")
	want(t, "kept", g.stored(ours).Audience, camp.AudienceCamp)
}

// Safe mode is shown, so that apps that know the word do not offer more.
func TestPreferences(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	want(t, "tool", g.get(g.mia, "/api/v1/preferences").object()["posting:default:local_only"], any(false))
	want(t, "app", g.get(g.client("mia"), "/api/v1/preferences").object()["posting:default:local_only"], any(true))
}
