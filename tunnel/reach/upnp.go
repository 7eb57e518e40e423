package reach

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/huin/goupnp"
	"github.com/huin/goupnp/dcps/internetgateway2"
	"github.com/huin/goupnp/httpu"
	"github.com/huin/goupnp/soap"
	"github.com/huin/goupnp/ssdp"
)

// upnp asks by UPnP (Internet Gateway Device 1 and 2). Anybody on the home
// network can answer a search and name any address: only routers at an address of
// an attached network are asked, and nothing else at theirs.
type upnp struct{}

// Bounds of what a router may say.
const (
	maxXML     = 256 << 10 // bytes
	maxAnswers = 8
)

// Error codes of AddPortMapping (UPnP IGD WANIPConnection:2 §2.5.16).
const (
	upnpConflict  = 718
	upnpPermanent = 725
)

// gatewayClient is what the three kinds of a router's service have in common.
type gatewayClient interface {
	AddPortMappingCtx(ctx context.Context, remoteHost string, external uint16, protocol string, internal uint16, client string, enabled bool, about string, lease uint32) error
	DeletePortMappingCtx(ctx context.Context, remoteHost string, external uint16, protocol string) error
	GetExternalIPAddressCtx(ctx context.Context) (string, error)
}

// services are looked for in this order.
var services = []struct {
	urn  string
	make func(goupnp.ServiceClient) gatewayClient
}{
	{internetgateway2.URN_WANIPConnection_2, func(c goupnp.ServiceClient) gatewayClient {
		return &internetgateway2.WANIPConnection2{ServiceClient: c}
	}},
	{internetgateway2.URN_WANIPConnection_1, func(c goupnp.ServiceClient) gatewayClient {
		return &internetgateway2.WANIPConnection1{ServiceClient: c}
	}},
	{internetgateway2.URN_WANPPPConnection_1, func(c goupnp.ServiceClient) gatewayClient {
		return &internetgateway2.WANPPPConnection1{ServiceClient: c}
	}},
}

func (upnp) Find(ctx context.Context) (opener, error) {
	find, cancel := context.WithTimeout(ctx, askUPnP)
	defer cancel()
	found := search(find)
	if len(found) == 0 {
		return nil, errNone
	}
	return func(ctx context.Context, a asking) (mapping, error) {
		ctx, cancel := context.WithTimeout(ctx, askUPnP)
		defer cancel()
		worst := errNone
		for _, loc := range found {
			c, client, err := gatewayAt(ctx, loc)
			if err != nil {
				continue
			}
			got, err := mapUPnP(ctx, c, client, a)
			if err == nil {
				return got, nil
			}
			if severity(err) > severity(worst) {
				worst = err
			}
		}
		return mapping{}, worst
	}, nil
}

// search gives the descriptions that routers name, each on an attached network.
func search(ctx context.Context) []*url.URL {
	var all []*url.URL
	for _, a := range Local() {
		if !a.Is4() {
			continue
		}
		all = append(all, searchFrom(ctx, a)...)
		if len(all) >= maxAnswers {
			break
		}
	}
	return all[:min(len(all), maxAnswers)]
}

func searchFrom(ctx context.Context, from netip.Addr) []*url.URL {
	c, err := httpu.NewHTTPUClientAddr(from.String())
	if err != nil {
		return nil
	}
	defer func() { _ = c.Close() }()
	ctx, cancel := context.WithTimeout(ctx, askTime+200*time.Millisecond)
	defer cancel()
	answers, err := ssdp.RawSearch(ctx, c, "urn:schemas-upnp-org:device:InternetGatewayDevice:1", 3)
	if err != nil {
		return nil
	}
	var list []*url.URL
	for _, r := range answers[:min(len(answers), maxAnswers)] {
		if loc, err := r.Location(); err == nil && attached(loc) {
			list = append(list, loc)
		}
	}
	return list
}

// attached reports whether a location is plain HTTP at an address, without a
// name, that lies on one of this computer's own networks.
func attached(loc *url.URL) bool {
	at, err := netip.ParseAddr(loc.Hostname())
	if loc.Scheme != "http" || loc.User != nil || err != nil || at.IsLoopback() {
		return false
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Contains(at) && p.Addr() != at {
			return true
		}
	}
	return false
}

// gatewayAt reads a router's description and gives the client of its service,
// and the address of this computer as the router sees it.
func gatewayAt(ctx context.Context, loc *url.URL) (gatewayClient, string, error) {
	hc := clientOf(loc.Host)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, loc.String(), nil)
	if err != nil {
		return nil, "", err
	}
	res, err := hc.Do(req)
	if err != nil {
		return nil, "", fmt.Errorf("read router's description: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, "", fmt.Errorf("read router's description: status %d", res.StatusCode)
	}
	dec := xml.NewDecoder(res.Body)
	dec.DefaultSpace = goupnp.DeviceXMLNamespace
	var root goupnp.RootDevice
	if err := dec.Decode(&root); err != nil {
		return nil, "", fmt.Errorf("read router's description: %w", err)
	}
	root.SetURLBase(loc) // what the description calls its base is not asked
	for _, s := range services {
		for _, srv := range root.Device.FindService(s.urn) {
			control := srv.ControlURL.URL
			if control.Host != loc.Host || control.Scheme != "http" {
				continue
			}
			sc := soap.NewSOAPClient(control)
			sc.HTTPClient = *hc
			local, err := localTo(ctx, loc.Host)
			return s.make(goupnp.ServiceClient{SOAPClient: sc, RootDevice: &root, Location: loc, Service: srv}), local, err
		}
	}
	return nil, "", errors.New("the router has no such service")
}

// localTo gives the address of this computer from which a router is reached.
func localTo(ctx context.Context, host string) (string, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "udp", host)
	if err != nil {
		return "", err
	}
	defer func() { _ = c.Close() }()
	at, err := netip.ParseAddrPort(c.LocalAddr().String())
	return at.Addr().String(), err
}

// clientOf talks HTTP with one router: no proxy, no redirect, bounded answers.
func clientOf(host string) *http.Client {
	t := &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			if at, want := withPort(addr), withPort(host); at != want {
				return nil, fmt.Errorf("asked %s for %s", want, at)
			}
			var d net.Dialer
			return d.DialContext(ctx, network, addr)
		},
		DisableKeepAlives: true, ResponseHeaderTimeout: askTime, MaxResponseHeaderBytes: 32 << 10,
	}
	return &http.Client{
		Transport:     bounded{t},
		Timeout:       2 * askTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func withPort(host string) string {
	if _, _, err := net.SplitHostPort(host); err != nil {
		return net.JoinHostPort(host, "80")
	}
	return host
}

// bounded cuts every answer off after maxXML.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, maxXML), res.Body}
	}
	return res, err
}

// mapUPnP asks one router for the door: a port that is taken is drawn anew, and
// a router that knows no end of a door is asked for one without.
func mapUPnP(ctx context.Context, c gatewayClient, client string, a asking) (mapping, error) {
	text, err := c.GetExternalIPAddressCtx(ctx)
	if err != nil {
		if upnpCode(err) != 0 {
			return mapping{}, errShared // 501: it has none to tell
		}
		return mapping{}, errNone
	}
	addr, err := netip.ParseAddr(text)
	if err != nil || !Public(addr) {
		return mapping{}, errShared
	}
	seconds, wish, proto := uint32(a.lease/time.Second), a.wish, "UDP"
	if a.tcp {
		proto = "TCP"
	}
	for range 8 {
		err = c.AddPortMappingCtx(ctx, "", wish, proto, a.inner, client, true, "Camp", seconds)
		switch code := upnpCode(err); {
		case err == nil:
			m := mapping{how: "upnp", outer: netip.AddrPortFrom(addr, wish)}
			m.close = func(ctx context.Context) error { return c.DeletePortMappingCtx(ctx, "", m.outer.Port(), proto) }
			return m, nil
		case code == upnpConflict && a.exact:
			return mapping{}, errTaken
		case code == upnpConflict:
			wish = firstPort + (wish+7919)%30000
		case code == upnpPermanent && seconds != 0:
			seconds = 0
		default:
			return mapping{}, errRefused
		}
	}
	return mapping{}, errRefused
}

// upnpCode reads the error code of UPnP out of a SOAP fault, 0 where there is none.
func upnpCode(err error) int {
	var f *soap.SOAPFaultError
	if !errors.As(err, &f) {
		return 0
	}
	return f.Detail.UPnPError.Errorcode
}
