package guest

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"camp/node/camp"
	"camp/tunnel"
	"camp/tunnel/invite"
)

// unused is the dice of somebody who never has to try again.
type unused struct{ t *testing.T }

func (u unused) Read([]byte) (int, error) {
	u.t.Error("it was tried again")
	return 0, errors.New("no dice")
}

// One question upon the other is heard at once: WireGuard drops a first message
// that comes, or is dated, too close upon the last of the same key.
func TestAsksOneUponTheOther(t *testing.T) {
	var key [32]byte
	_, _ = rand.Read(key[:])
	s, err := tunnel.NewServer(tunnel.ServerOptions{
		Key: camp.NewSecret(key[:]), Listen: netip.MustParseAddrPort("127.0.0.1:0"), Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	inv := invite.Invite{CampKey: s.CampKey(), Direct: []netip.AddrPort{s.Addr()}}
	_, _ = rand.Read(inv.Secret[:])
	keys, err := invite.Derive(inv.Secret, inv.CampKey)
	if err != nil {
		t.Fatal(err)
	}
	id := camp.InviteID(fmt.Sprintf("%x", keys.ID))
	if err := s.SetPeers(t.Context(), []camp.Peer{{Principal: camp.PrincipalInvite, Invite: id, Secret: camp.NewSecret(inv.Secret[:])}}); err != nil {
		t.Fatal(err)
	}
	listeners, err := s.Listen(80)
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{"Be kind."}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(camp.JoinInfo{Camp: "Orchard", Host: "noor", Rules: camp.JoinRules{Version: 1, Texts: texts, Hash: camp.RulesHash(1, texts)}})
	})}
	for _, l := range listeners {
		go func() { _ = srv.Serve(l) }()
	}
	t.Cleanup(func() { _ = srv.Close() })
	a, err := NewAsker(inv, "en", unused{t}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if info, err := a.Info(t.Context()); err != nil || info.Camp != "Orchard" {
			t.Fatalf("%+v, %v", info, err)
		}
	}
}
