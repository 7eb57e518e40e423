package ap

import (
	"strings"
	"testing"
)

func TestHostOf(t *testing.T) {
	for _, r := range []struct{ id, want string }{
		{"https://one.example/users/ana", "one.example"},
		{"HTTPS://One.Example/users/ana", "one.example"},
		{"https://one.example", "one.example"},
		{"https://one.example?x", "one.example"},
		{"https://one.example#main-key", "one.example"},
		{"https://one.example:443/x", "one.example"},
		{"https://one.example:8443/x", "one.example:8443"},
		{"https://one.example./x", "one.example"},
		{"https://bücher.example/x", "xn--bcher-kva.example"},
		{"https://xn--bcher-kva.example/x", "xn--bcher-kva.example"},
		{"https://one。example/x", "one.example"},
		{"https://bsky.brid.gy/convert/ap/at://did:plc:alice/app.bsky.feed.post/123", "bsky.brid.gy"},
		{"https://one.example/%zz%2f", "one.example"},
		{"http://one.example/x", ""},
		{"https://ana@one.example/x", ""},
		{"https://one.example:443@two.example/x", ""},
		{"https://one.example\\@two.example/x", ""},
		{"https://one.example:99999999/x", ""},
		{"https://one.example:x/", ""},
		{"https://one.example:08/", ""},
		{"https://[::1]/x", ""},
		{"https:///x", ""},
		{"https://", ""},
		{"https://one..example/", ""},
		{"https://one.example../", ""},
		{"https://one_two.example/", ""},
		{"https://one.exa\tmple/", ""},
		{"https://one.example/a b", ""},
		{"https://xn--a.example/", ""},
		{" https://one.example/", ""},
		{"acct:ana@one.example", ""},
		{"https://one.example/" + strings.Repeat("a", maxID), ""},
		{"", ""},
	} {
		if got := HostOf(r.id); got != r.want {
			t.Errorf("HostOf(%.60q) = %q, want %q", r.id, got, r.want)
		}
	}
}

func TestSameHost(t *testing.T) {
	for _, r := range []struct {
		a, b string
		want bool
	}{
		{"https://one.example/a", "https://ONE.example:443/b", true},
		{"https://bücher.example/a", "https://xn--bcher-kva.example/b", true},
		{"https://one.example/a", "https://sub.one.example/a", false},
		{"https://one.example/a", "https://evilone.example/a", false},
		{"https://one.example/a", "https://one.example.evil.example/a", false},
		{"https://one.example/a", "https://one.example:8443/a", false},
		{"https://one.example/a", "http://one.example/a", false},
		{"http://one.example/a", "http://one.example/a", false},
		{"tag:one.example,2011:a", "tag:one.example,2011:a", false},
		{"", "", false},
	} {
		if got := SameHost(r.a, r.b); got != r.want {
			t.Errorf("SameHost(%q, %q) = %v", r.a, r.b, got)
		}
	}
}
