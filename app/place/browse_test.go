package place

import (
	"errors"
	"strings"
	"testing"
)

func TestBrowseTakesOnlyOwnPages(t *testing.T) {
	for _, link := range []string{
		"http://127.0.0.1:8080/", "http://127.0.0.1:1/in?k=abc_-9&to=%2Fpost%2F1", "http://[::1]:4711/sign/in#here",
	} {
		if err := checkLink(link); err != nil {
			t.Errorf("%s: %v", link, err)
		}
	}
	for name, link := range map[string]string{
		"empty":              "",
		"another scheme":     "https://127.0.0.1:80/",
		"a file":             "file:///etc/passwd",
		"a program's scheme": "camp:127.0.0.1",
		"script":             "javascript:alert(1)",
		"another host":       "http://example.org:80/",
		"a name":             "http://localhost:80/",
		"a name in disguise": "http://127.0.0.1.example.org:80/",
		"a user in disguise": "http://127.0.0.1:80@example.org:80/",
		"user":               "http://a@127.0.0.1:80/",
		"another loopback":   "http://127.0.0.2:80/",
		"the home network":   "http://192.168.1.2:80/",
		"mapped":             "http://[::ffff:127.0.0.1]:80/",
		"with zone":          "http://[::1%25eth0]:80/",
		"no port":            "http://127.0.0.1/",
		"port nought":        "http://127.0.0.1:0/",
		"a flag":             "--help",
		"blank":              "http://127.0.0.1:80/ -x",
		"line break":         "http://127.0.0.1:80/\n",
		"quote":              "http://127.0.0.1:80/'a",
		"backslash":          `http://127.0.0.1:80\@example.org/`,
		"endless":            "http://127.0.0.1:80/" + strings.Repeat("a", 3000),
	} {
		if err := Browse(t.Context(), link); !errors.Is(err, ErrLink) {
			t.Errorf("%s: got %v, want ErrLink", name, err)
		}
	}
}

func TestBrowseHidesTheLink(t *testing.T) {
	if err := checkLink("http://example.org:80/in?secret"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("the refusal is %v", err)
	}
}
