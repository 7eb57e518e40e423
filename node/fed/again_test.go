package fed

import (
	"fmt"
	"strings"
	"testing"

	"camp/node/ap"
	"camp/node/camp"
)

// Whoever changes a post without end, naming somebody and not, tells them once.
func TestNamedAgainAndAgain(t *testing.T) {
	t.Parallel()
	h := newHearth(t)
	const id = "https://far.example/n/1"
	gus := here.Actor("hal")
	note := func(n int, whom ...string) string {
		tags := make([]string, len(whom))
		for i, w := range whom {
			tags[i] = fmt.Sprintf(`{"type":"Mention","href":%q}`, w)
		}
		return fmt.Sprintf(`{"type":"Note","id":%q,"attributedTo":%q,"content":"<p>%d</p>","published":"2026-11-22T10:00:00Z","updated":"2026-11-22T11:%02d:00Z","to":[%q],"tag":[%s]}`,
			id, bo, n, n, ap.Public, strings.Join(tags, ","))
	}
	h.act(bo+"/c", "Create", bo, note(0, here.Actor("ana")), "")
	for n := 1; n < 20; n += 2 {
		h.act(fmt.Sprint(bo, "/u", n), "Update", bo, note(n, here.Actor("ana"), gus), "")
		h.act(fmt.Sprint(bo, "/u", n+1), "Update", bo, note(n+1, here.Actor("ana")), "")
	}
	p, ok := h.post(id)
	told := map[camp.MemberID]int{}
	h.look(func(tx TakeTx) {
		list, err := tx.NoticesAbout(p.ID)
		if err != nil {
			t.Error(err)
		}
		for _, n := range list {
			if n.Kind == camp.NoticeMention {
				told[n.To]++
			}
		}
	})
	if !ok || told[h.ana.Member] != 1 || told[h.host.Member] != 1 {
		t.Errorf("%v, told %v", ok, told)
	}
}
