package lan

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/grandcat/zeroconf"
)

// Services as they are announced (RFC 6763 §7).
const (
	serviceCamp = "_camp._udp"
	serviceJoin = "_campjoin._tcp"
	domain      = "local."
)

const (
	announceTick = 5 * time.Second
	shutTime     = 2 * time.Second
	tagSize      = 10 // bytes of the tag by which members know their camp
	maxFaces     = 16 // interfaces of one computer that are served
)

// DiscoveryKey is what members know and strangers do not: by it an announcement
// is recognised. It is made from the camp's tunnel public key.
func DiscoveryKey(camp [32]byte) ([32]byte, error) {
	var k [32]byte
	b, err := hkdf.Key(sha256.New, camp[:], nil, "camp lan 1 discovery", len(k))
	copy(k[:], b)
	return k, err
}

// tag recognises an announcement: HMAC of the instance's name.
func tag(key [32]byte, instance string) string {
	m := hmac.New(sha256.New, key[:])
	m.Write([]byte(instance))
	return hex.EncodeToString(m.Sum(nil)[:tagSize])
}

// Announcement is what is told on the home network: that a camp is here, to
// those who know its key; with Name, the camp's name to everybody, while
// somebody nearby is let in.
type Announcement struct {
	Key  [32]byte // discovery key; of a camp that is announced to its members
	Name string   // of a camp that lets somebody nearby in; "" for none
	Port uint16
	Rand io.Reader
	Log  *slog.Logger
}

// Announce tells the home network until ctx ends. Each network is told only the
// addresses that lie on it, anew whenever they change. That nobody could be told
// is no error: there is always a code to paste.
func Announce(ctx context.Context, a Announcement) error {
	var b [5]byte
	if _, err := io.ReadFull(a.Rand, b[:]); err != nil {
		return fmt.Errorf("draw a name for the home network: %w", err)
	}
	t := teller{a: a, instance: "camp-" + letters(b), told: map[string]told{}}
	defer t.silence()
	tick := time.NewTicker(announceTick)
	defer tick.Stop()
	for {
		t.round()
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// letters writes 40 bits as 8 of the letters a to z and digits 2 to 7.
func letters(b [5]byte) string {
	const alphabet = "abcdefghijklmnopqrstuvwxyz234567"
	n := uint64(b[0])<<32 | uint64(b[1])<<24 | uint64(b[2])<<16 | uint64(b[3])<<8 | uint64(b[4])
	s := make([]byte, 8)
	for i := range s {
		s[i] = alphabet[n>>(35-5*i)&31]
	}
	return string(s)
}

// teller holds what is registered at each interface.
type teller struct {
	a        Announcement
	instance string
	told     map[string]told // by the interface's name
}

type told struct {
	addrs []string
	srv   *zeroconf.Server
}

// round registers what is new and takes back what is gone.
func (t *teller) round() {
	faces := homeFaces()
	for name, was := range t.told {
		f, here := faces[name]
		if here && slices.Equal(f.addrs, was.addrs) {
			continue
		}
		shut(was.srv)
		delete(t.told, name)
	}
	for name, f := range faces {
		if _, done := t.told[name]; done {
			continue
		}
		srv, err := t.register(f)
		if err != nil {
			t.a.Log.Debug("home network not told", "err", err)
			continue
		}
		t.told[name] = told{addrs: f.addrs, srv: srv}
	}
}

func (t *teller) register(f face) (*zeroconf.Server, error) {
	service, text := serviceCamp, []string{"v=1", "t=" + tag(t.a.Key, t.instance)}
	if t.a.Name != "" {
		service, text = serviceJoin, []string{"v=1", "n=" + hex.EncodeToString([]byte(t.a.Name))}
	}
	// The library's time to live stays as it is (3,200 s): it can be set only after
	// its goroutines have begun to read it. Members ask anew each time and believe
	// no cache; other programs may show a camp that was killed for that long.
	return zeroconf.RegisterProxy(t.instance, service, domain, int(t.a.Port), t.instance, f.addrs, text, []net.Interface{f.face})
}

func (t *teller) silence() {
	var all sync.WaitGroup
	for srv := range maps.Values(t.told) {
		all.Go(func() { shut(srv.srv) })
	}
	all.Wait()
}

// shut ends a registration, within bounds: the library waits for its own goodbyes.
func shut(srv *zeroconf.Server) {
	done := make(chan struct{})
	go func() { defer close(done); srv.Shutdown() }()
	late := time.NewTimer(shutTime)
	defer late.Stop()
	select {
	case <-done:
	case <-late.C:
	}
}

// face is an interface of this computer on a home network.
type face struct {
	face  net.Interface
	addrs []string
}

// homeFaces gives the interfaces that can carry an announcement, with their own
// private and link-local addresses.
func homeFaces() map[string]face {
	all := map[string]face{}
	faces, err := net.Interfaces()
	if err != nil {
		return all
	}
	const needs = net.FlagUp | net.FlagMulticast
	for _, f := range faces {
		if f.Flags&needs != needs || f.Flags&(net.FlagLoopback|net.FlagPointToPoint) != 0 || len(all) >= maxFaces {
			continue
		}
		addrs, err := f.Addrs()
		if err != nil {
			continue
		}
		h := face{face: f}
		for _, a := range addrs {
			p, err := netip.ParsePrefix(a.String())
			if err == nil && (p.Addr().IsPrivate() || p.Addr().Is6() && p.Addr().IsLinkLocalUnicast()) {
				h.addrs = append(h.addrs, p.Addr().WithZone("").String())
			}
		}
		if len(h.addrs) > 0 {
			slices.Sort(h.addrs)
			all[f.Name] = h
		}
	}
	return all
}
