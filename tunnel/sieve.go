package tunnel

import (
	"encoding/binary"
	"net/netip"

	"golang.zx2c4.com/wireguard/tun"

	"camp/node/camp"
)

// sieve stands between a device and its network stack and lets only that in
// which the camp answers: connections (TCP) to its own addresses from addresses
// of the table, and from members' devices ICMP echo. There is nothing else to be
// reached, so there is nothing else to be heard.
type sieve struct {
	tun.Device
	t    *table
	host map[netip.Addr]bool
}

// Write hands packets that came through the tunnel to the network stack. A
// packet that is dropped counts as written: its sender learns nothing.
func (s *sieve) Write(bufs [][]byte, offset int) (int, error) {
	good := bufs[:0:0]
	for _, b := range bufs {
		if offset < len(b) && s.pass(b[offset:]) {
			good = append(good, b)
		}
	}
	if len(good) > 0 {
		if _, err := s.Device.Write(good, offset); err != nil {
			return 0, err
		}
	}
	return len(bufs), nil
}

// Protocol numbers of IANA.
const (
	protoICMP   = 1
	protoTCP    = 6
	protoICMPv6 = 58
)

func (s *sieve) pass(p []byte) bool {
	from, to, proto, rest, ok := headerOf(p)
	if !ok || !s.host[to] {
		return false
	}
	peer, known := s.t.behind(from)
	switch {
	case !known: // somebody who is just being cut off may say that the last words arrived
		return proto == protoTCP && s.t.parting(from) && wordless(rest)
	case proto == protoTCP:
		return true
	case proto == protoICMP && len(rest) > 0 && rest[0] == 8, proto == protoICMPv6 && len(rest) > 0 && rest[0] == 128: // RFC 792, RFC 4443: echo
		return peer.Principal == camp.PrincipalDevice
	case proto == protoICMP && len(rest) > 0 && rest[0] == 3, proto == protoICMPv6 && len(rest) > 0 && rest[0] == 2: // a path that is too narrow
		return true
	}
	return false
}

// TCP flags (RFC 9293 §3.1).
const (
	tcpSyn = 0x02
	tcpAck = 0x10
)

// wordless reports whether a TCP segment only acknowledges, or ends: it opens
// nothing and carries nothing.
func wordless(p []byte) bool {
	return len(p) >= 20 && len(p) == int(p[12]>>4)*4 && p[13]&tcpAck != 0 && p[13]&tcpSyn == 0
}

// headerOf reads source, destination and protocol of an IP packet; fragments and
// IPv6 extension headers are refused: at our size of packet nobody needs them.
func headerOf(p []byte) (from, to netip.Addr, proto byte, rest []byte, ok bool) {
	if len(p) < 20 {
		return from, to, 0, nil, false
	}
	switch p[0] >> 4 {
	case 4: // RFC 791 §3.1
		n := int(p[0]&0x0f) * 4
		if n < 20 || len(p) < n || binary.BigEndian.Uint16(p[6:])&0x3fff != 0 {
			return from, to, 0, nil, false
		}
		return netip.AddrFrom4([4]byte(p[12:16])), netip.AddrFrom4([4]byte(p[16:20])), p[9], p[n:], true
	case 6: // RFC 8200 §3
		if len(p) < 40 {
			return from, to, 0, nil, false
		}
		return netip.AddrFrom16([16]byte(p[8:24])), netip.AddrFrom16([16]byte(p[24:40])), p[6], p[40:], true
	}
	return from, to, 0, nil, false
}
