//go:build clients

package clientapi

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Real programs against a real camp on loopback: Debian's python3-mastodon and toot.

// served is a camp that listens, with its own clock going on.
func served(t *testing.T) *rig {
	t.Helper()
	g := newRig(t)
	srv := httptest.NewServer(g.api)
	t.Cleanup(srv.Close)
	g.base = srv.URL
	return g
}

// tool finds a program of the system; a test that needs it fails without it.
func tool(t *testing.T, path string) string {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v: .ci/setup test installs it", err)
	}
	return path
}

func TestClientMastodonPy(t *testing.T) {
	g := served(t)
	_, joost := g.add("joost")
	picture := filepath.Join(t.TempDir(), "lake.png")
	if err := os.WriteFile(picture, aLake(t), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), tool(t, "/usr/bin/python3"), "testdata/walk.py", g.base, g.mia, joost, picture).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "walked") {
		t.Fatalf("%v\n%s", err, out)
	}
}

func TestClientToot(t *testing.T) {
	g := served(t)
	_, joostToken := g.add("joost")
	bin := tool(t, "/usr/bin/toot")
	home := t.TempDir()
	host := strings.TrimPrefix(g.base, "http://")
	type app struct {
		Instance string `json:"instance"`
		Base     string `json:"base_url"`
		ID       string `json:"client_id"`
		Secret   string `json:"client_secret"`
	}
	type user struct {
		Instance string `json:"instance"`
		Username string `json:"username"`
		Token    string `json:"access_token"`
	}
	config, err := json.Marshal(map[string]any{
		"apps": map[string]app{host: {host, g.base, "x", "x"}}, "users": map[string]user{"mia@" + host: {host, "mia", g.mia}}, "active_user": "mia@" + host,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(home, "toot"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "toot", "config.json"), config, 0o600); err != nil {
		t.Fatal(err)
	}
	picture := filepath.Join(home, "lake.png")
	if err := os.WriteFile(picture, aLake(t), 0o600); err != nil {
		t.Fatal(err)
	}
	toot := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), bin, append(args, "--no-color")...)
		cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+home, "LC_ALL=C.UTF-8", "COLUMNS=80")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("toot %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		g.clock.add(time.Second)
		return string(out)
	}
	says := func(out string, words ...string) {
		t.Helper()
		for _, w := range words {
			if !strings.Contains(out, w) {
				t.Errorf("lacks %q: %s", w, out)
			}
		}
	}
	says(toot("whoami"), "@mia", "Mia")
	says(toot("instance", host, "--disable-https"), "Willow Lane", "4.3.0")
	says(toot("post", "Hello from the terminal", "--media", picture, "--description", "the lake", "--visibility", "public"), "posted")
	for i := range 12 {
		g.write(joostToken, "post "+string(rune('a'+i)))
	}
	says(toot("timeline", "--once", "--count", "20"), "Hello from the terminal", "post a", "post l")
	says(toot("timeline", "--public", "--local", "--once"), "post l")
	id := ids(g.get(g.mia, "/api/v1/timelines/home").list())[0]
	says(toot("favourite", id), "favourited")
	says(toot("bookmark", id), "bookmarked")
	says(toot("bookmarks", "--once"), "post l")
	says(toot("post", "An answer", "--reply-to", id), "posted")
	says(toot("thread", id), "post l", "An answer")
	says(toot("search", "joost"), "@joost")
	says(toot("whois", "joost"), "@joost")
	says(toot("follow", "joost"), "now following")
	says(toot("following", "mia"), "@joost")
	says(toot("mute", "joost"), "muted")
	says(toot("unmute", "joost"), "no longer muted")
	g.write(joostToken, "Hello @mia")
	says(toot("notifications"), "joost", "Hello @mia")
	own := ids(g.get(g.mia, "/api/v1/accounts/"+g.host.Member.String()+"/statuses").list())[0]
	says(toot("delete", own), "deleted")
}
