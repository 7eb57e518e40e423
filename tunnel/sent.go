package tunnel

import "golang.zx2c4.com/wireguard/wgctrl/wgtypes"

// Sent gives how many bytes went out by the tunnel since the start, as they
// went over the wire. Those to a device that was taken away are counted as far
// as they were asked for before.
func (s *Server) Sent() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d, err := s.dev.Device(); err == nil {
		s.sent.take(d.Peers)
	}
	return s.sent.sum
}

// meter adds up what a device counts for each peer; a peer's own count begins
// anew when it is added anew.
type meter struct {
	sum  int64 // bytes
	last map[wgtypes.Key]int64
}

func (m *meter) take(peers []wgtypes.Peer) {
	next := make(map[wgtypes.Key]int64, len(peers))
	for _, p := range peers {
		had := m.last[p.PublicKey]
		if p.TransmitBytes < had {
			had = 0
		}
		m.sum += p.TransmitBytes - had
		next[p.PublicKey] = p.TransmitBytes
	}
	m.last = next
}
