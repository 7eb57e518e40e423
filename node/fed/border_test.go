package fed

import (
	"testing"

	"camp/node/camp"
)

// What answers or quotes something of a server that is shut out stays out by
// whatever way it comes: brought, or fetched because somebody passed it on
// (federation.md 12).
func TestWhatHangsOnAShutOutServerIsNotFetchedIn(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]string{
		"an answer": `,"inReplyTo":"https://bad.example/n/1"`, "below it": `,"inReplyTo":"https://a.bad.example/n/1"`, "a quote": `,"quote":"https://bad.example/n/1"`, "neither": "",
	} {
		o := newOutpost(t)
		o.somebody(bo)
		o.follows(bo)
		o.somebody(cy)
		o.level = map[camp.Domain]camp.Level{"bad.example": camp.LevelBlock, "a.bad.example": camp.LevelBlock}
		o.shut["bad.example"] = true
		o.far.put(cyNote, aNote(cy, cyNote, public+more))
		o.mustBring("Announce", bo, quoted(cyNote))
		o.settle()
		if _, ok := o.post(cyNote); ok != (more == "") {
			t.Errorf("%s: kept %v", name, ok)
		}
	}
}
