package lan

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/grandcat/zeroconf"

	"camp/node/camp"
)

// A round of looking, and what is taken of what is heard.
const (
	roundTime  = 3 * time.Second
	maxHeard   = 64  // answers in one round
	maxText    = 16  // TXT strings of one answer
	maxTextLen = 255 // bytes of one
	maxAddrs   = 8   // addresses of one answer
	maxName    = 60  // characters of a camp's name
)

// heard is one answer, judged.
type heard struct {
	instance string
	text     map[string]string
	ways     []netip.AddrPort
}

// listen looks once for a service and gives what was heard. A resolver is made
// for each round, since the library tells of each answer once and asks no more
// after the first, and its channel is always read to its end.
func listen(ctx context.Context, service string) []heard {
	ctx, cancel := context.WithTimeout(ctx, roundTime)
	defer cancel()
	kind, ok := traffic()
	if !ok {
		return nil
	}
	r, err := zeroconf.NewResolver(zeroconf.SelectIPTraffic(kind))
	if err != nil {
		return nil
	}
	entries := make(chan *zeroconf.ServiceEntry, 16)
	done := make(chan struct{})
	var list []heard
	go func() {
		defer close(done)
		for e := range entries {
			if h, ok := judge(e); ok && len(list) < maxHeard {
				list = append(list, h)
			}
		}
	}()
	if err := r.Browse(ctx, service, domain, entries); err != nil {
		cancel()
	}
	<-done
	return list
}

// traffic gives the kinds of addresses that this computer's networks have; false
// for none. The library gives up, and leaves a socket open, where it is told to
// use a kind that is not there.
func traffic() (kind zeroconf.IPType, ok bool) {
	for _, f := range homeFaces() {
		for _, a := range f.addrs {
			if strings.Contains(a, ":") {
				kind |= zeroconf.IPv6
			} else {
				kind |= zeroconf.IPv4
			}
		}
	}
	return kind, kind != 0
}

// judge takes of an answer what can be true.
func judge(e *zeroconf.ServiceEntry) (heard, bool) {
	h := heard{instance: e.Instance, text: map[string]string{}}
	if e.Port <= 0 || e.Port > 65535 || !plain(e.Instance) || len(e.Text) > maxText {
		return h, false
	}
	for _, t := range e.Text {
		if k, v, ok := strings.Cut(t, "="); ok && len(t) <= maxTextLen {
			h.text[k] = v
		}
	}
	for _, ip := range append(slices.Clone(e.AddrIPv4), e.AddrIPv6...) {
		a, ok := netip.AddrFromSlice(ip)
		if a = a.Unmap(); ok && near(a) && len(h.ways) < maxAddrs {
			h.ways = append(h.ways, netip.AddrPortFrom(a, uint16(e.Port)))
		}
	}
	return h, h.text["v"] == "1" && len(h.ways) > 0
}

// plain reports whether an instance's name is one of ours.
func plain(s string) bool {
	rest, ok := strings.CutPrefix(s, "camp-")
	if !ok || len(rest) != 8 {
		return false
	}
	return strings.Trim(rest, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// near reports whether an address can be on a network of this computer: private,
// or on one of its prefixes. Link-local ones need an interface that is not told.
func near(a netip.Addr) bool {
	if a.IsPrivate() {
		return true
	}
	if !a.IsGlobalUnicast() {
		return false
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, have := range addrs {
		if p, err := netip.ParsePrefix(have.String()); err == nil && p.Contains(a) {
			return true
		}
	}
	return false
}

// Find looks for the camp of a discovery key on the home network, round after
// round until ctx ends, and calls found with where it is said to be. That is a
// hint: who is there proves it by the tunnel's handshake.
func Find(ctx context.Context, key [32]byte, found func([]netip.AddrPort)) {
	find(ctx, key, found, listen)
}

func find(ctx context.Context, key [32]byte, found func([]netip.AddrPort), listen func(context.Context, string) []heard) {
	round := time.NewTicker(roundTime) // where there is no network, listening ends at once
	defer round.Stop()
	for ctx.Err() == nil {
		for _, h := range listen(ctx, serviceCamp) {
			if hmac.Equal([]byte(h.text["t"]), []byte(tag(key, h.instance))) {
				found(h.ways)
			}
		}
		select {
		case <-ctx.Done():
		case <-round.C:
		}
	}
}

// Open is a camp on the home network that lets somebody nearby in.
type Open struct {
	Name string
	Ways []netip.AddrPort
}

// Look looks once, for some seconds, for camps that let somebody nearby in.
func Look(ctx context.Context) []Open { return opens(listen(ctx, serviceJoin)) }

// opens makes of answers the camps to choose from: each once, by a name that can
// be shown.
func opens(all []heard) []Open {
	var list []Open
	for _, h := range all {
		raw, err := hex.DecodeString(h.text["n"])
		name := camp.CleanLine(string(raw), maxName)
		if err != nil || name == "" {
			continue
		}
		i := slices.IndexFunc(list, func(o Open) bool { return o.Name == name && o.Ways[0].Port() == h.ways[0].Port() })
		if i < 0 {
			list = append(list, Open{Name: name, Ways: h.ways})
			continue
		}
		for _, w := range h.ways {
			if !slices.Contains(list[i].Ways, w) && len(list[i].Ways) < maxAddrs {
				list[i].Ways = append(list[i].Ways, w)
			}
		}
	}
	return list
}
