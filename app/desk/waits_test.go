package desk

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"camp/app/place"
	"camp/node/camp"
	"camp/store"
)

// letterFor writes a letter into the store that waits for so many hosts, and is
// not to be tried for an hour.
func (k *kept) letterFor(n int, hosts ...camp.Domain) {
	k.t.Helper()
	o, err := camp.Release(camp.Post{ID: camp.PostID(n), Audience: camp.AudiencePublic}, camp.ErrandPost)
	if err != nil {
		k.t.Fatal(err)
	}
	later := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	err = k.on.Load().db.Update(k.t.Context(), func(tx *store.Tx) error {
		l, err := tx.PutLetter(o.Letter(1, "https://oak.example/a/1", fmt.Sprint("https://oak.example/p/", n), []byte("{}")))
		for _, h := range hosts {
			order := camp.Order{Letter: l.Row().ID, Host: h, Inbox: "https://" + string(h) + "/in", Tries: 3, Next: later, Last: "fed.late.say"}
			road := camp.Road{Host: h, Since: later.Add(-3 * time.Hour), Next: later, Last: "fed.late.say"}
			err = errors.Join(err, tx.PutOrder(order), tx.PutRoad(road))
		}
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
}

// The snapshot names what waits to be sent, most first and no more than the
// window shows, counts the rest too, and forgets it with the server.
func TestTheSnapshotTellsWhatWaits(t *testing.T) {
	dir := t.TempDir()
	world := func(o *Options) {
		o.AtOnce, o.Lookup = true, leading("9.9.9.9")
		o.Wishes = place.Wishes{Domain: "oak.example", HTTP: "127.0.0.1:0", BehindProxy: "127.0.0.2/32"}
	}
	k := keep(t, dir, world)
	if st := k.until("on", in(camp.On)); st.Backlog == nil || len(st.Backlog) != 0 || st.Letters != 0 {
		t.Fatalf("nothing waits: %+v, %d", st.Backlog, st.Letters)
	}
	hosts := []camp.Domain{"busy.example"}
	for i := range camp.MaxBacklog + 4 {
		hosts = append(hosts, camp.Domain(fmt.Sprintf("n%02d.example", i)))
	}
	k.letterFor(1, hosts...)
	k.letterFor(2, "busy.example")
	if err := k.end(); err != nil {
		t.Fatal(err)
	}
	k = keep(t, dir, world)
	st := k.until("on", in(camp.On))
	if len(st.Backlog) != camp.MaxBacklog || st.Letters != len(hosts)+1 {
		t.Fatalf("%d servers and %d letters, want %d and %d", len(st.Backlog), st.Letters, camp.MaxBacklog, len(hosts)+1)
	}
	b := st.Backlog[0]
	if b.Host != "busy.example" || b.Count != 2 || b.Why != "fed.late.say" || b.Since.IsZero() || !b.Next.After(time.Now()) {
		t.Errorf("the first waits as %+v", b)
	}
	s := k.on.Load()
	if s.waitsMoved(t.Context()) {
		t.Error("what waits has moved by itself")
	}
	k.do(camp.Intent{Do: camp.DoBlock, Domain: "busy.example", Level: camp.LevelBlock})
	st = k.until("forgotten", func(st camp.State) bool { return st.Letters == len(hosts)-1 })
	if slices.ContainsFunc(st.Backlog, func(b camp.Backlog) bool { return b.Host == "busy.example" }) {
		t.Errorf("something still waits for a server that is kept away: %+v", st.Backlog)
	}
	s.d.change(func(st *camp.State) { st.Letters++ })
	if !s.waitsMoved(t.Context()) {
		t.Error("another number is not seen")
	}
}
