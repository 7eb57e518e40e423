package desk

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"camp/app/place"
	"camp/node/camp"
)

// TestTheSwitchOnThePage: the page that asks for it is taken down by the switch,
// and has answered before.
func TestTheSwitchOnThePage(t *testing.T) {
	deaf, err := net.Listen("tcp", "127.0.0.1:0") // an authority that says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = deaf.Close() }()
	k := keep(t, t.TempDir(), func(o *Options) {
		o.AtOnce, o.Lookup = true, leading("9.9.9.9")
		o.Wishes = place.Wishes{ACMEDirectory: "https://" + deaf.Addr().String() + "/dir"}
	})
	st := k.until("on", in(camp.On))
	c := browser(t, k.do(camp.Intent{Do: camp.DoLink}).URL)
	ask := func(form url.Values) (int, string, string) {
		res, err := c.Get(st.Web + "/host/world")
		if err != nil {
			t.Fatal(err)
		}
		page, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		form.Set("csrf", regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(string(page))[1])
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, st.Web+"/host/world", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		if res, err = c.Do(r); err != nil {
			t.Fatalf("the page did not answer: %v", err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			t.Fatalf("the answer broke off: %v", err)
		}
		return res.StatusCode, res.Header.Get("Refresh"), string(body)
	}
	if status, _, _ := ask(url.Values{"do": {"on"}, "name": {"localhost"}, "sure": {"yes"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("a name that can be none: %d", status)
	}
	status, again, _ := ask(url.Values{"do": {"on"}, "name": {"oak.example"}, "sure": {"yes"}})
	if status != http.StatusOK || !strings.HasSuffix(again, "url=/host/world") {
		t.Fatalf("switched on: %d, looks again %q", status, again)
	}
	st = k.until("switched on", func(st camp.State) bool { return st.Phase == camp.On && st.World.On && st.Domain == "oak.example" })
	if status, _, _ = ask(url.Values{"do": {"off"}, "sure": {"yes"}}); status != http.StatusOK {
		t.Fatalf("switched off: %d", status)
	}
	k.until("switched off", func(st camp.State) bool { return st.Phase == camp.On && !st.World.On })
}
