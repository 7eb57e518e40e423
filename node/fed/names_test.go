package fed

import (
	"testing"

	"camp/node/camp"
)

var here = Names{Domain: "one.example"}

func TestHandle(t *testing.T) {
	for address, want := range map[string]string{
		here.Actor("ana"):                "ana",
		here.Page("ana_2"):               "ana_2",
		here.Camp():                      "one.example",
		here.Shared():                    "",
		here.Of("ana", "inbox"):          "",
		here.Post(7):                     "",
		"https://one.example/ap/Ana":     "", // one spelling for each id
		"https://one.example/ap/ana/":    "",
		"https://one.example/ap/ana?x":   "",
		"https://one.example/ap/%61na":   "",
		"https://one.example:444/@ana":   "",
		"http://one.example/@ana":        "",
		"https://two.example/@ana":       "",
		"https://one.example.org/@ana":   "",
		"https://one.example":            "",
		"https://one.example/ap/":        "",
		"https://one.example/ap/-/inbox": "",
		"":                               "",
	} {
		if got := here.Handle(address); got != want {
			t.Errorf("%q gives %q, want %q", address, got, want)
		}
	}
}

func TestPostID(t *testing.T) {
	for _, id := range []camp.PostID{1, 7, 123456789012345678} {
		if got, ok := here.PostID(here.Post(id)); !ok || got != id {
			t.Errorf("%s gives %v, %v", here.Post(id), got, ok)
		}
	}
	for _, address := range []string{
		"", "https://one.example/ap/-/p/", "https://one.example/ap/-/p/7", "https://one.example/ap/-/p/00000000000000000x",
		"https://one.example/ap/-/p/000000000000000007/", "https://one.example/ap/-/p/+00000000000000007", "https://two.example/ap/-/p/000000000000000007",
		"https://one.example/ap/-/p/000000000000000007#x", "https://one.example/ap/-/p/000000000000000000",
	} {
		if id, ok := here.PostID(address); ok {
			t.Errorf("%q gives %v", address, id)
		}
	}
}
