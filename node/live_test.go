package node

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"camp/node/camp"
)

func who(id camp.MemberID) camp.Actor { return camp.Actor{Member: id, Role: camp.RoleMember} }

// drain gives what waits, and whether the channel is closed.
func drain(c <-chan camp.Event) (kinds []camp.EventKind, closed bool) {
	for {
		select {
		case e, ok := <-c:
			if !ok {
				return kinds, true
			}
			kinds = append(kinds, e.Kind)
		default:
			return kinds, false
		}
	}
}

func TestHubTellsThoseConcerned(t *testing.T) {
	post := camp.Event{Kind: camp.EventPost, Post: 9}
	for _, row := range []struct {
		name       string
		e          camp.Event
		one, other []camp.EventKind // what members 1 and 2 get
		oneClosed  bool
	}{
		{"a post goes to everybody", post, []camp.EventKind{camp.EventPost}, []camp.EventKind{camp.EventPost}, false},
		{"a notice goes to one", camp.Event{Kind: camp.EventNotice, To: 1}, []camp.EventKind{camp.EventNotice}, nil, false},
		{"who lost every right is told and cut off", camp.Event{Kind: camp.EventMemberGone, To: 1}, []camp.EventKind{camp.EventMemberGone}, nil, true},
		{"an ended session is told and cut off", camp.Event{Kind: camp.EventSessionEnd, To: 1, Session: "a"}, []camp.EventKind{camp.EventSessionEnd}, nil, true},
		{"another session of the same person stays", camp.Event{Kind: camp.EventSessionEnd, To: 1, Session: "z"}, nil, nil, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := NewHub(nil)
			one, stop1 := h.Watch(who(1), "a")
			two, stop2 := h.Watch(who(2), "b")
			defer stop2()
			defer stop1()
			h.Publish(row.e)
			got, closed := drain(one)
			if !slices.Equal(got, row.one) || closed != row.oneClosed {
				t.Errorf("member 1 got %v, closed %v; want %v, %v", got, closed, row.one, row.oneClosed)
			}
			if got, closed := drain(two); !slices.Equal(got, row.other) || closed {
				t.Errorf("member 2 got %v, closed %v; want %v", got, closed, row.other)
			}
		})
	}
}

func TestHubCutsTheSlowOff(t *testing.T) {
	h := NewHub(nil)
	slow, stop := h.Watch(who(1), "a")
	defer stop()
	for range liveBuffer + 1 {
		h.Publish(camp.Event{Kind: camp.EventPost})
	}
	if got, closed := drain(slow); !closed || len(got) != liveBuffer {
		t.Fatalf("%d events, closed %v; want %d and then the end", len(got), closed, liveBuffer)
	}
	if here := h.Here(); len(here) != 0 {
		t.Fatalf("here are %v after the cut", here)
	}
}

// Who only waits for news is never cut off for being slow, hears of many changes
// as of one, and learns of the end all the same.
func TestHubKnock(t *testing.T) {
	h := NewHub(nil)
	news, stop := h.Knock(1)
	defer stop()
	for range 2 * liveBuffer {
		h.Publish(camp.Event{Kind: camp.EventPost})
	}
	if got, closed := drain(news); closed || !slices.Equal(got, []camp.EventKind{camp.EventPost}) {
		t.Errorf("got %v, closed %v; want one post and no end", got, closed)
	}
	h.Publish(camp.Event{Kind: camp.EventPost})
	h.Publish(camp.Event{Kind: camp.EventMemberGone, To: 1})
	if got, closed := drain(news); !closed || len(got) != 1 {
		t.Errorf("got %v, closed %v; want one and the end", got, closed)
	}
}

func TestHubCountsPeopleOnce(t *testing.T) {
	told := 0
	h := NewHub(func(e camp.Event) {
		if e.Kind == EventHere {
			told++
		}
	})
	_, stopA := h.Watch(who(1), "a")
	_, stopB := h.Watch(who(1), "b")
	_, stopC := h.Watch(who(2), "c")
	if n := len(h.Here()); n != 2 {
		t.Errorf("%d here, want 2", n)
	}
	h.CutOthers(1)
	if here := h.Here(); !slices.Equal(here, []camp.MemberID{1}) {
		t.Errorf("here are %v after a pause, want the host alone", here)
	}
	stopA()
	stopA() // a second time does nothing
	stopB()
	stopC()
	if len(h.Here()) != 0 || told < 7 {
		t.Errorf("%v here, told %d times", h.Here(), told)
	}
}

func TestHubAtTheEnd(t *testing.T) {
	h := NewHub(nil)
	before, stop := h.Watch(who(1), "a")
	h.Close()
	after, stopAfter := h.Watch(who(1), "a")
	for name, c := range map[string]<-chan camp.Event{"before": before, "after": after} {
		if _, closed := drain(c); !closed {
			t.Errorf("a watch begun %s the end is open", name)
		}
	}
	stop()
	stopAfter()
	h.Publish(camp.Event{Kind: camp.EventPost}) // nobody is there, and nothing breaks
}

// Publishing never waits, whatever watchers do meanwhile.
func TestHubUnderLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(func(camp.Event) {})
		var all sync.WaitGroup
		for n := range 20 {
			all.Go(func() {
				for range 200 {
					c, stop := h.Watch(who(camp.MemberID(n)), "s")
					drain(c)
					stop()
				}
			})
			all.Go(func() {
				for range 200 {
					h.Publish(camp.Event{Kind: camp.EventPost})
				}
			})
		}
		all.Wait()
		if here := h.Here(); len(here) != 0 {
			t.Errorf("left behind: %v", here)
		}
	})
}
