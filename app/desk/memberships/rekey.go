package memberships

import (
	"context"
	"fmt"
	"net/http"

	"golang.org/x/crypto/curve25519"

	"camp/node/camp"
	"camp/tunnel/guest"
)

// A new key for this computer (tunnel.md 3.9), by hand: where a copy of the
// folder of keys may have come into somebody's hands.
//
//	draw ─▶ the camp takes it beside the old ─▶ on disk in place of the old ─▶ connect by it ─▶ the camp refuses the old
//
// Until the camp has said that it takes the new key, the old one stays; after
// that both are good, until the new one is heard. So at no moment is there a way
// to lose both.

// rekey gives this computer a new key and returns when the camp was reached by it.
func (m *member) rekey(ctx context.Context) (camp.Answer, error) {
	if !m.rekeying.TryLock() {
		return camp.Answer{}, camp.NewFault(camp.Conflict, "join.rekey_busy.say", nil)
	}
	defer m.rekeying.Unlock()
	next, err := m.k.drawKey()
	if err != nil {
		return camp.Answer{}, err
	}
	pub, err := curve25519.X25519(next[:], curve25519.Basepoint)
	if err != nil {
		return camp.Answer{}, fmt.Errorf("make this device's key: %w", err)
	}
	var out struct {
		Serial uint64 `json:"serial"`
	}
	if err := m.ask(ctx, http.MethodPost, "/v1/devices/key", map[string][]byte{"key": pub}, &out); err != nil {
		return camp.Answer{}, err
	}
	if out.Serial == 0 || out.Serial == m.now().Serial {
		return camp.Answer{}, camp.NewFault(camp.Internal, "join.nonsense.say", guest.ErrNonsense)
	}
	heard, err := m.takeKey(next, out.Serial)
	if err != nil {
		return camp.Answer{}, err
	}
	select {
	case <-heard:
		return camp.Answer{}, m.devices(ctx)
	case <-ctx.Done():
		return camp.Answer{}, camp.NewFault(camp.Offline, "join.rekey_later.say", ctx.Err())
	}
}

// takeKey keeps a key that the camp took, in place of the one before, and has
// the connection made by it. What it gives is closed when the camp answered.
func (m *member) takeKey(key [32]byte, serial uint64) (<-chan struct{}, error) {
	m.saving.Lock()
	defer m.saving.Unlock()
	s := m.now()
	s.Private, s.Serial = key[:], serial
	if err := m.k.write(s); err != nil { // the old one stays
		return nil, camp.NewFault(camp.Internal, "join.keep.say", err)
	}
	heard := make(chan struct{})
	m.mu.Lock()
	defer m.mu.Unlock()
	m.s.Private, m.s.Serial, m.heard = s.Private, s.Serial, heard
	if m.turn != nil {
		m.turn()
	}
	return heard, nil
}
