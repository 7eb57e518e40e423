package tunnel

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

func TestPhoneConfig(t *testing.T) {
	p := Phone{
		Private: [32]byte{1}, Inner: []netip.Addr{netip.MustParseAddr("fd00::1:7"), netip.MustParseAddr("100.64.0.8")}, CampKey: [32]byte{2},
		Camp: []netip.Addr{netip.MustParseAddr("fd00::1"), netip.MustParseAddr("100.64.0.1")}, Endpoint: netip.MustParseAddrPort("[2001:db8::1]:4711"),
	}
	want := `[Interface]
PrivateKey = AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
Address = fd00::1:7/128, 100.64.0.8/32
MTU = 1280

[Peer]
PublicKey = AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
AllowedIPs = fd00::1/128, 100.64.0.1/32
Endpoint = [2001:db8::1]:4711
PersistentKeepalive = 25
`
	if got := p.Config(); got != want {
		t.Errorf("got\n%s", got)
	}
	want = strings.NewReplacer(", 100.64.0.8/32", "", ", 100.64.0.1/32", "").Replace(want)
	if got := p.OnlySix().Config(); got != want {
		t.Errorf("without IPv4 it is\n%s", got)
	}
	if len(p.Inner) != 2 || len(p.Camp) != 2 {
		t.Error("the phone itself lost its IPv4")
	}
	p.Preshared = [32]byte{3}
	if !strings.Contains(p.Config(), "\nPresharedKey = AwAAAAAA") {
		t.Error("the preshared key is missing")
	}
	if s := fmt.Sprintf("%v %+v %#v", p, p, p); strings.Contains(s, "1") {
		t.Errorf("printing shows keys: %s", s)
	}
}
