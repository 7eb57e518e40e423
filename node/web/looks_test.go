package web

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"camp/node/camp"
)

// TestLooksChangeNothing: what is asked for by a link, which a browser may follow
// ahead or twice, asks the desk for nothing but what it shows
// (reliability.md 8 "State changes: POST only").
func TestLooksChangeNothing(t *testing.T) {
	reads := []string{camp.DoFriendSystems, camp.DoFriendCopy, camp.DoRecovery, camp.DoContacts, camp.DoMemberGone, camp.DoInviteShow, camp.DoBlockPreview}
	eachRoute(t, func(t *testing.T, f *fake, rt route, method, path string) {
		if method != http.MethodGet || rt.pattern == "GET /in/{secret}" { // the way in stands for a click; see session_test.go
			return
		}
		f.answer = camp.Answer{Phrase: "one two three"}
		b := f.browser(t, vera)
		r := b.request(method, path, nil, "")
		if rt.pattern == "GET /live" {
			ctx, cancel := context.WithCancel(r.Context())
			cancel()
			r = r.WithContext(ctx)
		}
		if w := b.do(r); w.Code >= http.StatusInternalServerError {
			t.Fatalf("%s = %d\n%s", path, w.Code, w.Body)
		}
		for _, in := range f.since(0) {
			if !slices.Contains(reads, in.Do) {
				t.Errorf("%s asked for %q", path, in.Do)
			}
		}
		if len(f.late) != 0 || len(f.posts) != 1 || len(f.liked) != 0 {
			t.Errorf("%s changed something", path)
		}
	})
}
