package tunnel

import (
	"net/netip"
	"testing"
)

func TestPlanVectors(t *testing.T) {
	var key [32]byte
	for i := range key {
		key[i] = byte(i)
	}
	p := NewPlan(key)
	hostSix, hostFour := p.Host()
	devSix, devFour := p.Device(7)
	got := []netip.Addr{hostSix, hostFour, devSix, devFour, p.Invite([8]byte{1, 2, 3, 4, 5, 6, 7, 8})}
	for i, w := range planVectors {
		if got[i].String() != w {
			t.Errorf("%d: got %s, want %s", i, got[i], w)
		}
	}
}

func TestEveryDeviceHasItsOwnAddress(t *testing.T) {
	p := NewPlan([32]byte{9})
	six, four := p.Prefixes()
	hostSix, hostFour := p.Host()
	seen := map[netip.Addr]uint64{hostSix: 0, hostFour: 0}
	for serial := uint64(1); serial <= 2000; serial++ {
		a, b := p.Device(serial)
		for _, addr := range []netip.Addr{a, b} {
			if !addr.IsValid() {
				if serial <= lastFour {
					t.Fatalf("serial %d has no IPv4 address", serial)
				}
				continue
			}
			if other, twice := seen[addr]; twice {
				t.Fatalf("%s belongs to serials %d and %d", addr, other, serial)
			}
			if !six.Contains(addr) && !four.Contains(addr) {
				t.Fatalf("%s is outside the camp's ranges", addr)
			}
			seen[addr] = serial
		}
	}
	if _, last := p.Device(lastFour); last.Next().Next().IsValid() && four.Contains(last.Next().Next()) {
		t.Errorf("addresses are left over after %s", last)
	}
}

func TestIPv4RangeIsShared(t *testing.T) {
	shared := netip.MustParsePrefix("100.64.0.0/10") // RFC 6598
	for i := range 200 {
		_, four := NewPlan([32]byte{byte(i)}).Prefixes()
		if !shared.Overlaps(four) || four.Bits() != 22 || four != four.Masked() {
			t.Fatalf("%s is not a /22 of %s", four, shared)
		}
	}
}

// planVectors were computed apart from this code, with Python's hashlib.
var planVectors = []string{
	"fd4a:c6fe:2939::1",
	"100.112.224.1",
	"fd4a:c6fe:2939:1::7",
	"100.112.224.8",
	"fd4a:c6fe:2939:ffff:102:304:506:708",
}
