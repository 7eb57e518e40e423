package web

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"camp/node/camp"
)

// doorPeople are the fake's people behind the door: one device of Mara's.
type doorPeople struct {
	Joining  // of which a held request needs nothing but what follows
	f        *fake
	standing camp.Standing
}

func (p *doorPeople) House(ctx context.Context) (camp.House, error) { return p.f.House(ctx) }

func (p *doorPeople) Member(ctx context.Context, id camp.MemberID) (camp.Member, error) {
	return p.f.members[id], nil
}

func (p *doorPeople) Visitor(_ context.Context, peer camp.Peer) (camp.Visitor, error) {
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	return camp.Visitor{Peer: peer, Member: p.f.members[mara], Standing: p.standing}, nil
}

func (p *doorPeople) change(do func()) {
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	do()
}

// knocks is one who waits.
type knocks chan camp.Event

func (k knocks) Knock(camp.MemberID) (<-chan camp.Event, func()) { return k, func() {} }

// A member's program holds a request open: it is answered when something is
// new, or where one stands changes by its time alone, else after a while; and
// until then nothing is put together for an answer that is not given.
func TestDoorHolds(t *testing.T) {
	for _, row := range []struct {
		name, query string
		after       func(p *doorPeople, k knocks) // done when eight seconds are over
		want        time.Duration
		state       camp.Standing
		word        uint64
	}{
		{"nothing happens", "?after=member&word=7", func(*doorPeople, knocks) {}, maxWait, camp.Joined, 7},
		{"nothing is known yet", "", func(*doorPeople, knocks) {}, 0, camp.Joined, 7},
		{"something is known that is old", "?after=member&word=6", func(*doorPeople, knocks) {}, 0, camp.Joined, 7},
		{"what others were told", "?after=member&word=7", func(_ *doorPeople, k knocks) { k <- camp.Event{} }, maxWait, camp.Joined, 7},
		{"a notice", "?after=member&word=7", func(p *doorPeople, k knocks) {
			p.change(func() { p.f.notices[mara] = []camp.NoticeView{{ID: 8}, {ID: 7}} })
			k <- camp.Event{}
		}, 8 * time.Second, camp.Joined, 8},
		{"time alone", "?after=member&word=7", func(p *doorPeople, _ knocks) {
			p.change(func() { p.standing = camp.Suspended })
		}, 2 * lookEvery, camp.Suspended, 7},
		{"the camp ends", "?after=member&word=7", func(_ *doorPeople, k knocks) { close(k) }, 8 * time.Second, camp.Joined, 7},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake()
				f.notices[mara] = []camp.NoticeView{{ID: 7}}
				site, err := New(f.options())
				if err != nil {
					t.Fatal(err)
				}
				p, k, asked := &doorPeople{f: f, standing: camp.Joined}, make(knocks), 0
				d := NewDoor(DoorOptions{Site: site, People: p, Live: k, Now: time.Now, Log: slog.New(slog.DiscardHandler), Ways: Ways{
					Words: func([32]byte) string { return "" },
					Paths: func(netip.Addr) []string { asked++; return []string{} },
				}})
				time.AfterFunc(8*time.Second, func() { row.after(p, k) })
				r := httptest.NewRequest(http.MethodGet, "/v1/me"+row.query, nil)
				w, began := httptest.NewRecorder(), time.Now()
				d.ServeHTTP(w, r.WithContext(WithVisitor(t.Context(), camp.Visitor{Peer: camp.Peer{Principal: camp.PrincipalDevice, Serial: 3}, Member: f.members[mara]})))
				var a camp.JoinAnswer
				if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
					t.Fatalf("%s: %v", w.Body, err)
				}
				if took := time.Since(began); took != row.want || a.State != row.state || a.LastWord != row.word {
					t.Errorf("%s, %d after %s; want %s, %d after %s", a.State, a.LastWord, took, row.state, row.word, row.want)
				}
				if asked != 1 {
					t.Errorf("the ways were looked up %d times, for one answer", asked)
				}
				synctest.Wait()
			})
		})
	}
}
