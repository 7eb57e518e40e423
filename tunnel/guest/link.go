// Package guest is a member's side of the tunnel: it joins by an invite, keeps a
// connection to the camp, and lets the browser of this computer in by a proxy on
// loopback. What a camp answers is a stranger's word: bounded, and shown as text.
package guest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"

	"camp/node/camp"
	"camp/tunnel"
)

var (
	// ErrSilent is returned where the camp does not answer: it is off, out of
	// reach, or does not know the key (any more). From outside these look alike.
	ErrSilent = errors.New("guest: the camp does not answer")
	// ErrNonsense is returned for an answer that no camp gives.
	ErrNonsense = errors.New("guest: the answer makes no sense")
)

// maxAnswer bounds what a camp may answer, in bytes.
const maxAnswer = 256 << 10

// dialTime is how long a connection of the program's own may take to come about.
// One that the camp cut is dialled anew by the library: who was cut off is not
// to wait for that.
const dialTime = 4 * time.Second

// keepalive keeps the member's own router open for the camp's packets.
const keepalive = 25 * time.Second

// Key is what a link proves who it is by.
type Key struct {
	Camp      [32]byte // the camp's tunnel public key
	Private   [32]byte
	Preshared [32]byte // zero for none
	Inner     []netip.Addr
}

// String hides the keys.
func (Key) String() string { return "[key]" }

// GoString hides the keys from %#v.
func (Key) GoString() string { return "[key]" }

// Link is a device that knows one camp. Make it by Open, find the camp by Try,
// end it by Close. Safe for concurrent use.
type Link struct {
	key  Key
	plan tunnel.Plan
	fan  *tunnel.Fan
	dev  *tunnel.Embedded
	http *http.Client
}

// Open makes the device; nothing is sent before Try.
func Open(key Key, log *slog.Logger) (*Link, error) {
	l := &Link{key: key, plan: tunnel.NewPlan(key.Camp), fan: tunnel.NewFan(nil)}
	dev, err := tunnel.NewEmbedded(key.Inner, l.fan, log)
	if err != nil {
		return nil, err
	}
	l.dev = dev
	private, port := wgtypes.Key(key.Private), 0
	err = dev.Configure(wgtypes.Config{PrivateKey: &private, ListenPort: &port, ReplacePeers: true})
	if err == nil {
		err = dev.Up()
	}
	if err != nil {
		_ = dev.Close()
		return nil, err
	}
	own := l.Transport()
	dial := own.DialContext
	own.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, dialTime)
		defer cancel()
		return dial(ctx, network, addr)
	}
	l.http = &http.Client{
		Transport:     own,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return l, nil
}

// Host gives the camp's own inner address, which is also its name in a URL.
func (l *Link) Host() netip.Addr { six, _ := l.plan.Host(); return six }

// Transport carries HTTP to the camp, whatever host a request names.
func (l *Link) Transport() *http.Transport {
	return &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialAnew(ctx, func(ctx context.Context) (net.Conn, error) { return l.dev.Dial(ctx, netip.AddrPortFrom(l.Host(), 80)) })
		},
		MaxIdleConns: 8, MaxIdleConnsPerHost: 8, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: 64 << 10, DisableCompression: true,
	}
}

// Try makes the device look for the camp at all of these at once: the first
// answer that proves itself says where it is. What was known of it before is
// dropped, connections stay.
func (l *Link) Try(ways []netip.AddrPort) error {
	if len(ways) == 0 {
		return ErrSilent
	}
	if err := l.fan.Try(ways); err != nil {
		return err
	}
	camp := wgtypes.Key(l.key.Camp)
	if err := l.dev.Configure(wgtypes.Config{Peers: []wgtypes.PeerConfig{{PublicKey: camp, Remove: true}}}); err != nil {
		return err
	}
	every, psk := keepalive, wgtypes.Key(l.key.Preshared)
	six, four := l.plan.Host()
	return l.dev.Configure(wgtypes.Config{Peers: []wgtypes.PeerConfig{{
		PublicKey: camp, PresharedKey: &psk, PersistentKeepaliveInterval: &every, Endpoint: net.UDPAddrFromAddrPort(ways[0]), ReplaceAllowedIPs: true,
		AllowedIPs: []net.IPNet{
			{IP: six.AsSlice(), Mask: net.CIDRMask(128, 128)}, {IP: four.AsSlice(), Mask: net.CIDRMask(32, 32)},
		},
	}}})
}

// Dial connects to an inner address; only the camp's own lead anywhere.
func (l *Link) Dial(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	return l.dev.Dial(ctx, to)
}

// Rebind opens the socket anew, after this computer's addresses changed.
func (l *Link) Rebind() error { return l.dev.Rebind() }

// Found gives where the camp is and when it last proved itself; the zero time
// for never since Try.
func (l *Link) Found() (netip.AddrPort, time.Time) {
	d, err := l.dev.Device()
	if err != nil || len(d.Peers) != 1 || d.Peers[0].Endpoint == nil {
		return netip.AddrPort{}, time.Time{}
	}
	at := d.Peers[0].Endpoint.AddrPort()
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port()), d.Peers[0].LastHandshakeTime
}

// Close ends the device and all its connections.
func (l *Link) Close() error {
	l.http.CloseIdleConnections()
	return l.dev.Close()
}

// Ask sends a request and reads the answer into out. A refusal of the camp is a
// *camp.Fault; no answer is ErrSilent.
func (l *Link) Ask(ctx context.Context, method, path, language string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("write to the camp: %w", err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://["+l.Host().String()+"]"+path, body)
	if err != nil {
		return fmt.Errorf("write to the camp: %w", err)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if language != "" {
		req.Header.Set("Accept-Language", language)
	}
	res, err := l.http.Do(req)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSilent, err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSilent, err)
	}
	return read(res.StatusCode, raw, out)
}

// read takes an answer apart.
func read(status int, raw []byte, out any) error {
	if len(raw) > maxAnswer {
		return ErrNonsense
	}
	if status != http.StatusOK {
		var f camp.JoinFault
		if json.Unmarshal(raw, &f) != nil || f.Error == "" {
			return fmt.Errorf("%w: status %d", ErrNonsense, status)
		}
		return refusal(f)
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("%w: %w", ErrNonsense, err)
	}
	return nil
}

// refusal is what the camp refused, in a sentence of our own where we have it.
func refusal(f camp.JoinFault) error {
	kind := camp.Kind(f.Error)
	switch kind {
	case camp.Invalid, camp.NotFound, camp.NotAllowed, camp.Conflict, camp.Full, camp.Offline:
	default:
		kind = camp.Internal
	}
	say, ok := known[f.Say]
	if !ok {
		say = "join.refused.say"
	}
	return &camp.Fault{Kind: kind, Say: say, Args: map[string]string{"Text": camp.CleanLine(f.Text, 300)}, Err: errors.New("the camp refused")}
}

// known are the camp's refusals for which we have a sentence and a next step.
var known = map[string]string{
	"people.invite_used.say": "join.used.say", "people.invite_over.say": "join.over.say", "people.invite_none.say": "join.over.say",
	"people.camp_full.say": "join.full.say", "people.waiting_full.say": "join.full.say", "people.rules_newer.say": "join.rules.say",
	"people.key_over.say": "join.shut.say", "people.display_empty.say": "join.name.say", "people.message_long.say": "join.message.say",
}
