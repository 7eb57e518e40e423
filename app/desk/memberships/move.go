package memberships

import (
	"bytes"
	"context"
	"net/netip"
	"slices"
	"sync"

	"camp/node/camp"
	"camp/tunnel"
	"camp/tunnel/guest"
)

// The camp has a new tunnel key (tunnel.md 3.9). It says so by the one that is
// known, and this computer comes over by itself: same device, same name, same
// door for the browser.
//
//	told ─▶ on disk beside the old ─▶ looked for by it, while the old goes on ─▶ it answers ─▶ on disk in place of the old ─▶ connect by it
//
// Until the camp has answered by the new key the old one stays. A start between
// any two steps goes on from what is on disk.

// key is what this device proves who it is by, to the camp of a key.
func (s saved) key(campKey [32]byte) guest.Key {
	six, four := tunnel.NewPlan(campKey).Device(s.Serial)
	inner := []netip.Addr{six}
	if four.IsValid() {
		inner = append(inner, four)
	}
	return guest.Key{Camp: campKey, Private: s.private(), Inner: inner}
}

// turned reports whether there is a newer key than those of s, of this device's
// or the camp's. The caller holds mu.
func (m *member) turned(s saved) bool {
	return m.s.Serial != s.Serial || !bytes.Equal(m.s.CampKey, s.CampKey)
}

// toldBy takes in what the camp said by the keys of s.
func (m *member) toldBy(s saved, a camp.JoinAnswer) {
	m.mu.Lock()
	moved := !bytes.Equal(m.s.CampKey, s.CampKey)
	m.mu.Unlock()
	if moved { // said before the camp answered by its new key
		return
	}
	m.told(s.Serial, a)
	if !a.State.Over() {
		m.offered(s, a.Next)
	}
}

// offered keeps the key by which the camp is to be reached from now on, nil for
// the one it was told by. It is on disk before it is tried.
func (m *member) offered(by saved, k *camp.TunnelKey) {
	var next *nextKey
	if k != nil && !bytes.Equal(k.Key, by.CampKey) {
		next = &nextKey{Key: k.Key, Ways: k.Paths}
	}
	m.saving.Lock()
	defer m.saving.Unlock()
	s := m.now()
	if !bytes.Equal(s.CampKey, by.CampKey) || s.Next.same(next) {
		return
	}
	s.Next = next
	if err := m.k.write(s); err != nil { // it is told again
		m.k.opt.Log.Warn("the camp's new key not kept", "err", err)
		return
	}
	m.mu.Lock()
	m.s.Next = next
	m.mu.Unlock()
	select {
	case m.offers <- struct{}{}:
	default:
	}
}

func (k *nextKey) same(o *nextKey) bool {
	if k == nil || o == nil {
		return k == o
	}
	return bytes.Equal(k.Key, o.Key) && slices.Equal(k.Ways, o.Ways)
}

// next is the key that the camp is to be reached by; nil for none.
func (m *member) next() *nextKey {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.s.Next
}

// scout looks for the camp by its new key, as soon as there is one, beside the
// connection by the keys of s; until ctx ends.
func (m *member) scout(ctx context.Context, s saved) {
	for ctx.Err() == nil {
		next := m.next()
		own, stop := context.WithCancel(ctx)
		var all sync.WaitGroup
		if next != nil {
			all.Go(func() { m.lookBy(own, s, next.Key) })
		}
		for same := true; same; {
			select {
			case <-ctx.Done():
				same = false
			case <-m.offers:
				now := m.next()
				same = next != nil && now != nil && bytes.Equal(now.Key, next.Key)
			}
		}
		stop()
		all.Wait()
	}
}

// lookBy looks for the camp by one key until ctx ends, and comes over when it answers.
func (m *member) lookBy(ctx context.Context, s saved, key []byte) {
	g := guest.NewKeeper(guest.KeepOptions{
		Key: s.key([32]byte(key)), Language: m.k.opt.Language, Now: m.k.opt.Now, Rand: m.k.opt.Rand, Log: m.k.opt.Log,
		Ways: func() []netip.AddrPort {
			if now := m.next(); now != nil {
				return guest.ParseWays(now.Ways)
			}
			return nil
		},
		Changed: func(string, string) {}, Led: func() bool { return m.shown().Link == guest.Connected },
		Told: func(a camp.JoinAnswer) {
			if a.State.Over() {
				m.told(s.Serial, a)
				return
			}
			m.comeOver(s, key)
		},
	})
	if err := g.Run(ctx); err != nil {
		m.k.opt.Log.Warn("the camp's new key cannot be tried", "err", err)
	}
}

// comeOver puts the camp's new key in place of the old, and has the connection
// made by it. Where that cannot be kept, the old one stays.
func (m *member) comeOver(by saved, key []byte) {
	m.saving.Lock()
	defer m.saving.Unlock()
	s := m.now()
	if s.Serial != by.Serial || !bytes.Equal(s.CampKey, by.CampKey) || s.Next == nil || !bytes.Equal(s.Next.Key, key) {
		return
	}
	first, ways := s.origin(), [][]string{s.Next.Ways}
	s.First, s.CampKey, s.Ways, s.Next = first, key, ways, nil
	if err := m.k.write(s); err != nil {
		m.k.opt.Log.Warn("the camp's new key not kept", "err", err)
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.s.First, m.s.CampKey, m.s.Ways, m.s.Next = first, key, ways, nil
	if m.turn != nil {
		m.turn()
	}
}
