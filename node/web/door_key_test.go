package web

import (
	"bytes"
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

// Who comes by the camp's key of before is told the new one at once where their
// program knows of such, and else when they are answered anyhow; who is to come
// no more is told nothing.
func TestTellsTheNewKey(t *testing.T) {
	key := camp.TunnelKey{Key: bytes.Repeat([]byte{4}, 32), Paths: []string{"192.0.2.9:500"}, Ends: time.Date(2026, 12, 30, 0, 0, 0, 0, time.UTC)}
	tag := camp.KeyTag(key.Key)
	for _, row := range []struct {
		name, query string
		who         camp.Principal
		from        string
		want        time.Duration
		told        bool
	}{
		{"at once", "?after=member&word=7&next=", camp.PrincipalDevice, "[fd00::1]:9", 0, true},
		{"another one", "?after=member&word=7&next=0011", camp.PrincipalDevice, "[fd00::1]:9", 0, true},
		{"known already", "?after=member&word=7&next=" + tag, camp.PrincipalDevice, "[fd00::1]:9", maxWait, true},
		{"an older program", "?after=member&word=7", camp.PrincipalDevice, "[fd00::1]:9", maxWait, true},
		{"by the new key", "?after=member&word=7&next=", camp.PrincipalDevice, "[fd01::1]:9", maxWait, false},
		{"who waits", "", camp.PrincipalWaiting, "[fd00::1]:9", 0, true},
		{"who was declined", "", camp.PrincipalDeclined, "[fd00::1]:9", 0, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake()
				f.notices[mara] = []camp.NoticeView{{ID: 7}}
				site, err := New(f.options())
				if err != nil {
					t.Fatal(err)
				}
				d := NewDoor(DoorOptions{Site: site, People: &doorPeople{f: f, standing: camp.Joined}, Live: make(knocks), Now: time.Now, Log: slog.New(slog.DiscardHandler), Ways: Ways{
					Words: func([32]byte) string { return "" },
					Paths: func(netip.Addr) []string { return []string{} },
					Next: func(from netip.Addr) *camp.TunnelKey {
						if from == netip.MustParseAddr("fd00::1") {
							return &key
						}
						return nil
					},
					Key: func() camp.TunnelKey { return key },
				}})
				ask := func(path string) *httptest.ResponseRecorder {
					r := httptest.NewRequest(http.MethodGet, path, nil)
					r.RemoteAddr = row.from
					w := httptest.NewRecorder()
					d.ServeHTTP(w, r.WithContext(WithVisitor(t.Context(), camp.Visitor{
						Standing: camp.Joined, Peer: camp.Peer{Principal: row.who, Serial: 3}, Member: f.members[mara],
					})))
					return w
				}
				began := time.Now()
				var a camp.JoinAnswer
				if w := ask("/v1/me" + row.query); json.Unmarshal(w.Body.Bytes(), &a) != nil {
					t.Fatalf("answered %s", w.Body)
				}
				if took := time.Since(began); took != row.want || (a.Next != nil) != row.told || row.told && !bytes.Equal(a.Next.Key, key.Key) {
					t.Errorf("told %+v after %s; want %v after %s", a.Next, took, row.told, row.want)
				}
				var k camp.TunnelKey
				if w := ask("/v1/paths"); json.Unmarshal(w.Body.Bytes(), &k) != nil || !bytes.Equal(k.Key, key.Key) || len(k.Paths) != 1 || !k.Ends.Equal(key.Ends) {
					t.Errorf("the ways are %s", w.Body)
				}
				synctest.Wait()
			})
		})
	}
}
