package tunnel

import (
	"testing"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

// TestMeter: what was sent is added up, also over peers that come, go and come again.
func TestMeter(t *testing.T) {
	peer := func(k byte, sent int64) wgtypes.Peer {
		return wgtypes.Peer{PublicKey: wgtypes.Key{k}, TransmitBytes: sent}
	}
	var m meter
	for i, row := range []struct {
		peers []wgtypes.Peer
		want  int64
	}{
		{nil, 0},
		{[]wgtypes.Peer{peer(1, 100)}, 100},
		{[]wgtypes.Peer{peer(1, 150), peer(2, 30)}, 180},
		{[]wgtypes.Peer{peer(1, 150), peer(2, 30)}, 180},
		{[]wgtypes.Peer{peer(1, 40)}, 220}, // added anew
		{[]wgtypes.Peer{peer(1, 40), peer(2, 5)}, 225},
	} {
		if m.take(row.peers); m.sum != row.want {
			t.Fatalf("after step %d: %d, want %d", i, m.sum, row.want)
		}
	}
}
