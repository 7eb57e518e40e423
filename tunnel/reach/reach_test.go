package reach

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	natpmp "github.com/jackpal/go-nat-pmp"
)

func TestPublic(t *testing.T) {
	for a, want := range map[string]bool{
		"9.9.9.9": true, "2001:4860::1": true, "10.0.0.1": false, "192.168.1.1": false, "172.20.0.1": false, "100.64.3.4": false,
		"169.254.1.1": false, "127.0.0.1": false, "203.0.113.5": false, "0.0.0.0": false, "fd00::1": false, "::ffff:10.0.0.1": false, "240.1.1.1": false,
	} {
		if got := Public(netip.MustParseAddr(a)); got != want {
			t.Errorf("%s: %v", a, got)
		}
	}
}

func TestWays(t *testing.T) {
	loop := netip.MustParseAddrPort("127.0.0.1:5000")
	if got := Ways(loop, netip.AddrPort{}, Local); len(got) != 1 || got[0] != loop {
		t.Errorf("a tunnel on one address has the ways %v", got)
	}
	var many []netip.Addr
	for i := range 20 {
		many = append(many, netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), netip.MustParseAddr("fe80::1"), netip.MustParseAddr("100.64.0.1"))
	}
	list := sorted(append(many, netip.MustParseAddr("2001:4860::1"), netip.MustParseAddr("fd00::1")))
	if len(list) != 22 || list[0].String() != "10.0.0.0" || list[20].String() != "fd00::1" || list[21].String() != "2001:4860::1" {
		t.Errorf("sorted: %v", list)
	}
}

func TestParseRoutes(t *testing.T) {
	text := "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n" +
		"eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\n" +
		"eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\n" +
		"eth1\t00000000\tzz\t0003\t0\t0\t0\t00000000\nshort\n"
	if got := parseRoutes(text); len(got) != 1 || got[0].String() != "192.168.1.1" {
		t.Errorf("got %v", got)
	}
}

// road is a router of the test's own.
type road struct {
	mu     sync.Mutex
	err    error
	asked  int
	closed int
	wish   uint16
	tcp    bool
	addr   string
	how    string
}

func (r *road) Find(context.Context) (opener, error) { return r.open, nil }

func (r *road) open(_ context.Context, a asking) (mapping, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	r.wish, r.tcp = a.wish, a.tcp
	if r.err != nil {
		return mapping{}, r.err
	}
	return mapping{how: r.how, outer: netip.AddrPortFrom(netip.MustParseAddr(r.addr), a.wish), close: func(context.Context) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.closed++
		return nil
	}}, nil
}

func (r *road) counts() (asked, closed int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked, r.closed
}

func TestMapperAsksRenewsAndGivesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pmp, igd := &road{err: errNone}, &road{addr: "9.9.9.9", how: "upnp"}
		var kept uint16
		m := New(Options{
			Inner: 4711, Changed: func() {}, Kept: func(p uint16) { kept = p }, Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
			Roads: []Road{pmp, igd},
		})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- m.Run(ctx) }()
		synctest.Wait()
		if n, _ := igd.counts(); n != 0 {
			t.Error("the router was asked while that is off")
		}
		m.Set(true)
		m.Settled(ctx)
		st := m.Status()
		if st.State != Open || st.How != "upnp" || m.Door().Addr().String() != "9.9.9.9" || kept != m.Door().Port() || kept < firstPort {
			t.Fatalf("status %+v, kept %d", st, kept)
		}
		time.Sleep(31 * time.Minute)
		synctest.Wait()
		if n, _ := igd.counts(); n != 2 || igd.wish != kept {
			t.Errorf("after half the lease the router was asked %d times, for port %d", n, igd.wish)
		}
		m.Set(false)
		synctest.Wait()
		if _, closed := igd.counts(); closed != 1 || m.Status().State != Off {
			t.Errorf("switched off: given back %d times, %s", closed, m.Status().State)
		}
		m.Set(true)
		m.Settled(ctx)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if _, closed := igd.counts(); closed != 2 {
			t.Errorf("at the end given back %d times in all", closed)
		}
	})
}

// A router that speaks both keeps one list of doors: what one road opened is not
// closed by the other.
func TestMapperOpensOneDoor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pmp, igd := &road{addr: "9.9.9.9", how: "nat-pmp"}, &road{addr: "9.9.9.9", how: "upnp"}
		m := New(Options{Inner: 1, Changed: func() {}, Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), Roads: []Road{pmp, igd}})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- m.Run(ctx) }()
		m.Set(true)
		m.Settled(ctx)
		if asked, closed := igd.counts(); m.Status().How != "nat-pmp" || asked != 0 || closed != 0 {
			t.Errorf("%+v; the second road was asked %d times and gave back %d", m.Status(), asked, closed)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if _, closed := pmp.counts(); closed != 1 {
			t.Errorf("at the end given back %d times", closed)
		}
	})
}

func TestMapperTellsWhatIsWrong(t *testing.T) {
	for _, row := range []struct {
		a, b error
		want string
	}{{errNone, errNone, None}, {errShared, errNone, Shared}, {errNone, errRefused, Refused}, {errRefused, errShared, Shared}, {errors.New("odd"), errNone, None}, {errNone, errTaken, Taken}} {
		synctest.Test(t, func(t *testing.T) {
			m := New(Options{Inner: 1, Changed: func() {}, Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), Roads: []Road{&road{err: row.a}, &road{err: row.b}}})
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			go func() { _ = m.Run(ctx) }()
			m.Set(true)
			m.Settled(ctx)
			if got := m.Status().State; got != row.want {
				t.Errorf("%v and %v: %s", row.a, row.b, got)
			}
			stop()
			synctest.Wait()
		})
	}
}

// A public door is of use at one number alone: asked for as TCP, and where the
// router would give another one, that is given back.
func TestMapperOfAnExactDoor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		igd := &road{addr: "9.9.9.9", how: "upnp"}
		m := New(Options{Inner: 8443, Wish: 30000, TCP: true, Exact: 443, Changed: func() {}, Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), Roads: []Road{igd}})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- m.Run(ctx) }()
		m.Set(true)
		m.Settled(ctx)
		door := m.Door().String()
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if door != "9.9.9.9:443" || !igd.tcp {
			t.Errorf("the door is %s, TCP %v", door, igd.tcp)
		}
	})
	t.Run("nat-pmp gives another", func(t *testing.T) {
		c := &movedPMP{}
		if _, err := mapPMP(c, asking{tcp: true, inner: 8443, wish: 443, exact: true, lease: time.Hour}); !errors.Is(err, errTaken) {
			t.Errorf("got %v", err)
		}
		if want := "tcp 8443 443 3600, tcp 8443 0 0"; c.said != want {
			t.Errorf("asked %q, want %q", c.said, want)
		}
	})
	t.Run("upnp says it is taken", func(t *testing.T) {
		g := &igd{external: "9.9.9.9", fault: map[string]int{"port 443": 718}, doors: map[string]string{}}
		srv := httptest.NewServer(g)
		defer srv.Close()
		loc, _ := url.Parse(srv.URL + "/root.xml")
		c, client, err := gatewayAt(t.Context(), loc)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := mapUPnP(t.Context(), c, client, asking{tcp: true, inner: 8443, wish: 443, exact: true, lease: time.Hour}); !errors.Is(err, errTaken) || len(g.doors) != 0 {
			t.Errorf("got %v, the router has %v", err, g.doors)
		}
	})
}

// movedPMP is a router that gives another door than was asked for.
type movedPMP struct{ said string }

func (*movedPMP) GetExternalAddress() (*natpmp.GetExternalAddressResult, error) {
	return &natpmp.GetExternalAddressResult{ExternalIPAddress: [4]byte{9, 9, 9, 9}}, nil
}

func (m *movedPMP) AddPortMapping(proto string, inner, want, seconds int) (*natpmp.AddPortMappingResult, error) {
	if m.said != "" {
		m.said += ", "
	}
	m.said += fmt.Sprint(proto, " ", inner, " ", want, " ", seconds)
	return &natpmp.AddPortMappingResult{MappedExternalPort: uint16(want) + 1}, nil
}

type fakePMP struct {
	addr [4]byte
	err  error
	bad  bool
}

func (f fakePMP) GetExternalAddress() (*natpmp.GetExternalAddressResult, error) {
	return &natpmp.GetExternalAddressResult{ExternalIPAddress: f.addr}, f.err
}

func (f fakePMP) AddPortMapping(_ string, _, want, _ int) (*natpmp.AddPortMappingResult, error) {
	if f.bad {
		return nil, errors.New("Non-zero result code: 2")
	}
	return &natpmp.AddPortMappingResult{MappedExternalPort: uint16(want)}, nil
}

func TestNATPMP(t *testing.T) {
	for name, row := range map[string]struct {
		c    fakePMP
		want error
	}{
		"good":           {fakePMP{addr: [4]byte{9, 9, 9, 9}}, nil},
		"shared address": {fakePMP{addr: [4]byte{100, 64, 0, 1}}, errShared},
		"no address":     {fakePMP{err: errors.New("Non-zero result code: 3")}, errShared},
		"refused":        {fakePMP{err: errors.New("Non-zero result code: 2")}, errRefused},
		"silent":         {fakePMP{err: errors.New("timed out")}, errNone},
		"no door":        {fakePMP{addr: [4]byte{9, 9, 9, 9}, bad: true}, errRefused},
	} {
		if _, err := mapPMP(row.c, asking{inner: 1, wish: 2, lease: time.Hour}); !errors.Is(err, row.want) {
			t.Errorf("%s: %v, want %v", name, err, row.want)
		}
	}
}

// igd is a router with UPnP on loopback.
type igd struct {
	mu        sync.Mutex
	external  string
	fault     map[string]int // by action and lease or port, an error code
	doors     map[string]string
	large     bool
	elsewhere bool
}

const soapAnswer = `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>%s</s:Body></s:Envelope>`

func (g *igd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r.Method == http.MethodGet {
		if g.large {
			_, _ = w.Write([]byte("<root>" + strings.Repeat("<x></x>", maxXML)))
			return
		}
		control := "/control"
		if g.elsewhere {
			control = "http://127.0.0.9:1/control"
		}
		fmt.Fprintf(w, `<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device><deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType>
<serviceList><service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType><serviceId>x</serviceId><controlURL>%s</controlURL></service></serviceList></device></root>`, control)
		return
	}
	body := make([]byte, 8192)
	n, _ := r.Body.Read(body)
	text := string(body[:n])
	field := func(name string) string {
		_, rest, _ := strings.Cut(text, "<"+name+">")
		v, _, _ := strings.Cut(rest, "<")
		return v
	}
	refuse := func(code int) {
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, soapAnswer, fmt.Sprintf(`<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail><UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>%d</errorCode></UPnPError></detail></s:Fault>`, code))
	}
	switch {
	case strings.Contains(r.Header.Get("SOAPACTION"), "GetExternalIPAddress"):
		if c := g.fault["address"]; c != 0 {
			refuse(c)
			return
		}
		fmt.Fprintf(w, soapAnswer, `<u:GetExternalIPAddressResponse xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1"><NewExternalIPAddress>`+g.external+`</NewExternalIPAddress></u:GetExternalIPAddressResponse>`)
	case strings.Contains(r.Header.Get("SOAPACTION"), "AddPortMapping"):
		port, lease := field("NewExternalPort"), field("NewLeaseDuration")
		for _, key := range []string{"port " + port, "lease " + lease, "any"} {
			if c := g.fault[key]; c != 0 {
				refuse(c)
				return
			}
		}
		g.doors[port] = lease
		fmt.Fprintf(w, soapAnswer, `<u:AddPortMappingResponse xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1"/>`)
	default:
		delete(g.doors, field("NewExternalPort"))
		fmt.Fprintf(w, soapAnswer, `<u:DeletePortMappingResponse xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1"/>`)
	}
}

func TestUPnP(t *testing.T) {
	for name, row := range map[string]struct {
		g    *igd
		want error
		port uint16
	}{
		"good":                  {&igd{external: "9.9.9.9"}, nil, 5000},
		"taken":                 {&igd{external: "9.9.9.9", fault: map[string]int{"port 5000": 718}}, nil, firstPort + (5000+7919)%30000},
		"permanent leases only": {&igd{external: "9.9.9.9", fault: map[string]int{"lease 3600": 725}}, nil, 5000},
		"shared":                {&igd{external: "100.70.0.1"}, errShared, 0},
		"empty address":         {&igd{external: ""}, errShared, 0},
		"no address":            {&igd{fault: map[string]int{"address": 501}}, errShared, 0},
		"refused":               {&igd{external: "9.9.9.9", fault: map[string]int{"any": 606}}, errRefused, 0},
		"garbage":               {&igd{external: "<&"}, errNone, 0},
	} {
		t.Run(name, func(t *testing.T) {
			row.g.doors = map[string]string{}
			srv := httptest.NewServer(row.g)
			defer srv.Close()
			loc, _ := url.Parse(srv.URL + "/root.xml")
			c, client, err := gatewayAt(t.Context(), loc)
			if err != nil {
				t.Fatal(err)
			}
			m, err := mapUPnP(t.Context(), c, client, asking{inner: 4711, wish: 5000, lease: time.Hour})
			if !errors.Is(err, row.want) {
				t.Fatalf("%v, want %v", err, row.want)
			}
			if err != nil {
				return
			}
			if m.outer.Port() != row.port || len(row.g.doors) != 1 {
				t.Errorf("door %s, the router has %v", m.outer, row.g.doors)
			}
			if err := m.close(t.Context()); err != nil || len(row.g.doors) != 0 {
				t.Errorf("give back: %v, the router has %v", err, row.g.doors)
			}
		})
	}
}

// CVE-2020-12695 (UPnP): an address that somebody names is believed. A router's
// description is read within bounds, and names nothing but itself.
func TestCVE202012695HostileRouters(t *testing.T) {
	for name, g := range map[string]*igd{"endless": {large: true}, "points elsewhere": {elsewhere: true}} {
		srv := httptest.NewServer(g)
		loc, _ := url.Parse(srv.URL + "/root.xml")
		if c, _, err := gatewayAt(t.Context(), loc); err == nil {
			t.Errorf("%s: taken as %v", name, c)
		}
		srv.Close()
	}
	for _, s := range []string{"http://9.9.9.9/x", "https://192.168.1.1/x", "http://router/x", "http://u:p@192.168.1.1/", "http://127.0.0.1:80/", "file:///etc/passwd"} {
		if loc, err := url.Parse(s); err == nil && attached(loc) {
			t.Errorf("%s would be asked", s)
		}
	}
	redirect := httptest.NewServer(http.RedirectHandler("http://127.0.0.9:1/", http.StatusFound))
	defer redirect.Close()
	loc, _ := url.Parse(redirect.URL)
	if _, _, err := gatewayAt(t.Context(), loc); err == nil {
		t.Error("a redirect was followed")
	}
}
