package ap

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestJRD(t *testing.T) {
	j := NewJRD("ana@one.example", home+"ana", "https://one.example/@ana")
	const want = `{"subject":"acct:ana@one.example","aliases":["https://one.example/@ana","https://one.example/ap/ana"],"links":[{"rel":"http://webfinger.net/rel/profile-page","type":"text/html","href":"https://one.example/@ana"},{"rel":"self","type":"application/activity+json","href":"https://one.example/ap/ana"}]}`
	if got := string(j.JSON()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	back, err := ParseJRD(j.JSON())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(j, back); d != "" {
		t.Error(d)
	}
	if back.Actor() != home+"ana" {
		t.Errorf("actor %q", back.Actor())
	}
	if got := string(j.JSON("self")); strings.Contains(got, "profile-page") || !strings.Contains(got, `"self"`) {
		t.Errorf("rel=self gives %s", got)
	}
	if got := string(j.JSON("x")); !strings.Contains(got, `"links":[]`) {
		t.Errorf("rel=x gives %s", got)
	}
}

func TestParseJRD(t *testing.T) {
	for _, r := range []struct {
		name, doc, actor string
		want             error
	}{
		{"the other type", `{"subject":"acct:a@b.example","links":[{"rel":"self","type":"application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"","href":"https://b.example/a"}]}`, "https://b.example/a", nil},
		{"another type", `{"subject":"acct:a@b.example","links":[{"rel":"self","type":"text/html","href":"https://b.example/a"}]}`, "", nil},
		{"without type", `{"subject":"acct:a@b.example","links":[{"rel":"self","href":"https://b.example/a"}]}`, "", nil},
		{"not https", `{"subject":"acct:a@b.example","links":[{"rel":"self","type":"application/activity+json","href":"http://b.example/a"}]}`, "", nil},
		{"one link alone", `{"subject":"acct:a@b.example","links":{"rel":"self","type":"application/activity+json","href":"https://b.example/a"}}`, "https://b.example/a", nil},
		{"no subject", `{"links":[]}`, "", ErrShape},
		{"a list", `[]`, "", ErrShape},
		{"too big", `{"subject":"acct:a@b.example","x":"` + strings.Repeat("x", MaxWebFinger) + `"}`, "", ErrTooBig},
		{"no links", `{"subject":"acct:a@b.example"}`, "", nil},
	} {
		t.Run(r.name, func(t *testing.T) {
			j, err := ParseJRD([]byte(r.doc))
			if !errors.Is(err, r.want) || j.Actor() != r.actor {
				t.Errorf("%q, %v", j.Actor(), err)
			}
		})
	}
}

func TestSplitAcct(t *testing.T) {
	for _, r := range []struct{ give, name, domain string }{
		{"acct:Ana@One.Example", "Ana", "one.example"},
		{"@ana@one.example", "ana", "one.example"},
		{"ana@bücher.example", "ana", "xn--bcher-kva.example"},
		{"ana", "", ""},
		{"@ana", "", ""},
		{"ana@", "", ""},
		{"@one.example", "", ""},
		{"a/b@one.example", "", ""},
		{"ana@one.example@two.example", "", ""},
		{"ana@one.example/x", "", ""},
		{"a b@one.example", "", ""},
		{"", "", ""},
	} {
		if name, domain := SplitAcct(r.give); name != r.name || domain != r.domain {
			t.Errorf("%q gives %q, %q", r.give, name, domain)
		}
	}
	j := JRD{Subject: "https://one.example/ana"}
	if name, _ := j.Acct(); name != "" {
		t.Errorf("got %q", name)
	}
}

func TestHostMeta(t *testing.T) {
	var x struct {
		XMLName xml.Name `xml:"http://docs.oasis-open.org/ns/xri/xrd-1.0 XRD"`
		Link    struct {
			Rel      string `xml:"rel,attr"`
			Template string `xml:"template,attr"`
		}
	}
	if err := xml.Unmarshal(HostMeta("one.example"), &x); err != nil {
		t.Fatal(err)
	}
	if x.Link.Rel != "lrdd" || x.Link.Template != "https://one.example/.well-known/webfinger?resource={uri}" {
		t.Errorf("%+v", x)
	}
}

func TestNodeInfo(t *testing.T) {
	n := NodeInfo{Software: "camp", Version: "1.2.3", Repository: "https://one.example/src", Protocols: []string{"activitypub"}, Users: 12, Active: -1, ActiveHalf: -1, Posts: 34, Name: "Ana's camp"}
	const want = `{"version":"2.1","software":{"name":"camp","version":"1.2.3","repository":"https://one.example/src"},"protocols":["activitypub"],"services":{"inbound":[],"outbound":[]},"openRegistrations":false,"usage":{"users":{"total":12},"localPosts":34},"metadata":{"nodeName":"Ana's camp"}}`
	if got := string(n.JSON("2.1")); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	back, err := ParseNodeInfo(n.JSON("2.1"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(n, back); d != "" {
		t.Error(d)
	}
	var old struct {
		Version  string
		Software map[string]string
	}
	if err := json.Unmarshal(n.JSON("2.0"), &old); err != nil || old.Version != "2.0" || old.Software["repository"] != "" {
		t.Errorf("2.0: %+v, %v", old, err)
	}
	quiet := NodeInfo{Software: "camp", Version: "1", Users: -1, Active: -1, ActiveHalf: -1, Posts: -1}
	if got := string(quiet.JSON("2.1")); !strings.Contains(got, `"usage":{"users":{}}`) {
		t.Errorf("untold figures: %s", got)
	}
}

func TestParseNodeInfo(t *testing.T) {
	n, err := ParseNodeInfo([]byte(`{"version":"2.0","software":{"name":"Mastodon<script>","version":"4.5\u202e"},"protocols":"activitypub","openRegistrations":true,"usage":{"users":{"total":1e300},"localPosts":-5},"metadata":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := NodeInfo{Software: "mastodonscript", Version: "4.5", Protocols: []string{"activitypub"}, Open: true, Active: -1, ActiveHalf: -1}
	if d := cmp.Diff(want, n); d != "" {
		t.Error(d)
	}
	for _, doc := range []string{`{}`, `[]`, `{"software":{"name":"<>"}}`} {
		if _, err := ParseNodeInfo([]byte(doc)); !errors.Is(err, ErrShape) {
			t.Errorf("%s: %v", doc, err)
		}
	}
}

func TestNodeInfoLinks(t *testing.T) {
	b := NodeInfoLinks("https://one.example/2.0", "https://one.example/2.1", home+"camp")
	doc, app, err := ParseNodeInfoLinks(b)
	if err != nil || doc != "https://one.example/2.1" || app != home+"camp" {
		t.Errorf("%q, %q, %v", doc, app, err)
	}
	doc, _, err = ParseNodeInfoLinks([]byte(`{"links":[{"rel":"` + RelNodeInfo21 + `","href":"http://one.example/2.1"},{"rel":"` + RelNodeInfo20 + `","href":"https://one.example/2.0"}]}`))
	if err != nil || doc != "https://one.example/2.0" {
		t.Errorf("%q, %v", doc, err)
	}
	if _, _, err := ParseNodeInfoLinks([]byte(`{"links":[{"rel":"x","href":"https://one.example/"}]}`)); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
}

func TestIsActivityType(t *testing.T) {
	for give, want := range map[string]bool{
		"application/activity+json":                                                           true,
		"Application/Activity+JSON; charset=utf-8":                                            true,
		`application/ld+json; profile="https://www.w3.org/ns/activitystreams"`:                true,
		`application/ld+json;charset=utf-8;profile="x https://www.w3.org/ns/activitystreams"`: true,
		"application/ld+json":                                                                 false,
		"application/json":                                                                    false,
		"text/html":                                                                           false,
		"application/activity+jsonx":                                                          false,
		"image/png; application/activity+json":                                                false,
		"":                                                                                    false,
	} {
		if got := IsActivityType(give); got != want {
			t.Errorf("%q: %v", give, got)
		}
	}
}
