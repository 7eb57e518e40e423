package tunnel

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

// maxUAPILine bounds one line of a device's answer; the longest true one is a
// key in hex.
const maxUAPILine = 1024

// uapiText writes a configuration in WireGuard's cross-platform text form
// (https://www.wireguard.com/xplatform/, "Configuration Protocol").
func uapiText(c wgtypes.Config) string {
	var b strings.Builder
	line := func(key, value string) { b.WriteString(key + "=" + value + "\n") }
	if c.PrivateKey != nil {
		line("private_key", hex.EncodeToString(c.PrivateKey[:]))
	}
	if c.ListenPort != nil {
		line("listen_port", strconv.Itoa(*c.ListenPort))
	}
	if c.FirewallMark != nil {
		line("fwmark", strconv.Itoa(*c.FirewallMark))
	}
	if c.ReplacePeers {
		line("replace_peers", "true")
	}
	for _, p := range c.Peers {
		writePeer(line, p)
	}
	return b.String()
}

func writePeer(line func(key, value string), p wgtypes.PeerConfig) {
	line("public_key", hex.EncodeToString(p.PublicKey[:]))
	if p.Remove {
		line("remove", "true")
		return
	}
	if p.UpdateOnly {
		line("update_only", "true")
	}
	if p.PresharedKey != nil {
		line("preshared_key", hex.EncodeToString(p.PresharedKey[:]))
	}
	if p.Endpoint != nil {
		to := p.Endpoint.AddrPort() // net.UDPAddr often holds IPv4 in sixteen bytes
		line("endpoint", netip.AddrPortFrom(to.Addr().Unmap(), to.Port()).String())
	}
	if p.PersistentKeepaliveInterval != nil {
		line("persistent_keepalive_interval", strconv.Itoa(int(*p.PersistentKeepaliveInterval/time.Second)))
	}
	if p.ReplaceAllowedIPs {
		line("replace_allowed_ips", "true")
	}
	for _, n := range p.AllowedIPs {
		line("allowed_ip", n.String())
	}
}

// parseUAPI reads the text form of a device's state. Keys it does not know are
// passed over, as the protocol asks.
func parseUAPI(r io.Reader) (*wgtypes.Device, error) {
	d := &wgtypes.Device{Type: wgtypes.Userspace}
	var p *wgtypes.Peer
	var seconds, nanos int64
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 0, maxUAPILine), maxUAPILine)
	for sc.Scan() {
		key, value, ok := strings.Cut(sc.Text(), "=")
		if !ok || key == "errno" {
			continue
		}
		var err error
		switch {
		case key == "public_key":
			d.Peers = append(d.Peers, wgtypes.Peer{})
			p, seconds, nanos = &d.Peers[len(d.Peers)-1], 0, 0
			p.PublicKey, err = hexKey(value)
		case p == nil:
			err = deviceField(d, key, value)
		case key == "last_handshake_time_sec":
			seconds, err = strconv.ParseInt(value, 10, 64)
			p.LastHandshakeTime = handshake(seconds, nanos)
		case key == "last_handshake_time_nsec":
			nanos, err = strconv.ParseInt(value, 10, 64)
			p.LastHandshakeTime = handshake(seconds, nanos)
		default:
			err = peerField(p, key, value)
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", key, err)
		}
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("read device state: %w", err)
	}
	return d, nil
}

// handshake is the zero time where no handshake has taken place.
func handshake(seconds, nanos int64) time.Time {
	if seconds == 0 && nanos == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, nanos)
}

func deviceField(d *wgtypes.Device, key, value string) (err error) {
	switch key {
	case "private_key":
		if d.PrivateKey, err = hexKey(value); err == nil {
			d.PublicKey = d.PrivateKey.PublicKey()
		}
	case "listen_port":
		d.ListenPort, err = strconv.Atoi(value)
	case "fwmark":
		d.FirewallMark, err = strconv.Atoi(value)
	}
	return err
}

func peerField(p *wgtypes.Peer, key, value string) (err error) {
	switch key {
	case "preshared_key":
		p.PresharedKey, err = hexKey(value)
	case "endpoint":
		var ap netip.AddrPort
		if ap, err = netip.ParseAddrPort(value); err == nil {
			p.Endpoint = net.UDPAddrFromAddrPort(ap)
		}
	case "persistent_keepalive_interval":
		var n int
		n, err = strconv.Atoi(value)
		p.PersistentKeepaliveInterval = time.Duration(n) * time.Second
	case "rx_bytes":
		p.ReceiveBytes, err = strconv.ParseInt(value, 10, 64)
	case "tx_bytes":
		p.TransmitBytes, err = strconv.ParseInt(value, 10, 64)
	case "protocol_version":
		p.ProtocolVersion, err = strconv.Atoi(value)
	case "allowed_ip":
		var n *net.IPNet
		if _, n, err = net.ParseCIDR(value); err == nil {
			p.AllowedIPs = append(p.AllowedIPs, *n)
		}
	}
	return err
}

func hexKey(s string) (k wgtypes.Key, err error) {
	b, err := hex.DecodeString(s)
	if err != nil {
		return k, err
	}
	return wgtypes.NewKey(b)
}
