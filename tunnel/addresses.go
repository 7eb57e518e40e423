package tunnel

import (
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
)

// Plan is the camp's range of inner addresses, made from its tunnel public key:
//
//	IPv6  fd + 40 bits of SHA-256("camp ula" || key), a /48, in it
//	      subnet 0000: the host, ::1 · 0001: devices, by serial · ffff: invites, by id
//	IPv4  a /22 out of 100.64.0.0/10, its start from the same hash:
//	      the first address is the host's, then devices by serial
//
// Serials and invite ids are never used twice, so an address never comes to
// mean somebody else.
type Plan struct {
	six  netip.Prefix
	four netip.Prefix
}

const (
	subnetHost    = 0x0000
	subnetDevices = 0x0001
	subnetInvites = 0xffff

	// lastFour is the highest serial that has an IPv4 address as well: the /22
	// less its network and broadcast addresses and the host.
	lastFour = 1<<10 - 3
)

// NewPlan lays out the range of the camp with this tunnel public key.
func NewPlan(campKey [32]byte) Plan {
	sum := sha256.Sum256(append([]byte("camp ula"), campKey[:]...))
	six := [16]byte{0: 0xfd}
	copy(six[1:6], sum[:5])
	block := uint32(binary.BigEndian.Uint16(sum[5:])) & 0x0fff // 4,096 blocks of /22 in a /10
	var four [4]byte
	binary.BigEndian.PutUint32(four[:], 100<<24|64<<16|block<<10)
	return Plan{
		six:  netip.PrefixFrom(netip.AddrFrom16(six), 48),
		four: netip.PrefixFrom(netip.AddrFrom4(four), 22),
	}
}

// Has reports whether the address is of this range.
func (p Plan) Has(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return p.six.Contains(a) || p.four.Contains(a)
}

// Apart reports whether two ranges have no address in common.
func (p Plan) Apart(o Plan) bool { return !p.six.Overlaps(o.six) && !p.four.Overlaps(o.four) }

// Prefixes gives the two ranges as a whole.
func (p Plan) Prefixes() (six, four netip.Prefix) { return p.six, p.four }

// Host gives the camp's own inner addresses.
func (p Plan) Host() (six, four netip.Addr) {
	return p.in(subnetHost, 1), p.four.Addr().Next()
}

// Device gives the addresses of the device with this serial (1 and up). four is
// invalid where the serial is beyond the IPv4 range; such a device has IPv6 alone.
func (p Plan) Device(serial uint64) (six, four netip.Addr) {
	six = p.in(subnetDevices, serial)
	if serial == 0 || serial > lastFour {
		return six, netip.Addr{}
	}
	b := p.four.Addr().As4()
	binary.BigEndian.PutUint32(b[:], binary.BigEndian.Uint32(b[:])+1+uint32(serial))
	return six, netip.AddrFrom4(b)
}

// Invite gives the address of the invite with this id.
func (p Plan) Invite(id [8]byte) netip.Addr {
	return p.in(subnetInvites, binary.BigEndian.Uint64(id[:]))
}

func (p Plan) in(subnet uint16, host uint64) netip.Addr {
	b := p.six.Addr().As16()
	binary.BigEndian.PutUint16(b[6:], subnet)
	binary.BigEndian.PutUint64(b[8:], host)
	return netip.AddrFrom16(b)
}
