package desk

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/app/place"
	"camp/node/camp"
)

// signed makes a certificate for a name that only this test believes, in files.
func signed(t *testing.T, name string) (certFile, keyFile string, roots *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	raw, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile, roots = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), x509.NewCertPool()
	roots.AddCert(cert)
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: raw}, keyFile: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile, roots
}

// leading is a Lookup that knows one answer.
func leading(to ...string) func(context.Context, string) ([]netip.Addr, error) {
	var list []netip.Addr
	for _, a := range to {
		list = append(list, netip.MustParseAddr(a))
	}
	return func(context.Context, string) ([]netip.Addr, error) {
		if len(list) == 0 {
			return nil, errors.New("no such name")
		}
		return slices.Clone(list), nil
	}
}

// elsewhere is somebody in the wider world who comes to the public door of oak.example.
func elsewhere(at string, roots *x509.CertPool) *http.Client {
	return &http.Client{Timeout: long, Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, at)
		},
		TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true, DisableKeepAlives: true,
	}}
}

func says(list []camp.Problem) (all []string) {
	for _, p := range list {
		all = append(all, p.Say)
	}
	return all
}

// A camp with a name answers at its public door, by HTTP/2, and keeps both name
// and door; another name is refused and changes nothing.
func TestPublicDoor(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile, roots := signed(t, "oak.example")
	with := func(name string) func(*Options) {
		return func(o *Options) {
			o.AtOnce, o.Roots, o.Lookup = true, roots, leading("127.0.0.1")
			o.Wishes = place.Wishes{Domain: name, HTTPS: "127.0.0.1:0", TLSCert: certFile, TLSKey: keyFile, Tunnel: "127.0.0.1:0"}
		}
	}
	k := keep(t, dir, with("oak.example"))
	st := k.until("on", in(camp.On))
	if st.Domain != "oak.example" || !st.World.On || !st.World.Fixed || st.World.Address == "" || st.World.Until.IsZero() || st.Address != "oak.example" {
		t.Fatalf("at the start %+v", st.World)
	}
	at := st.World.Address
	st = k.until("looked at", func(st camp.State) bool { return !st.World.Checked.IsZero() })
	if got := says(st.World.Problems); !slices.Equal(got, []string{"world.check.number"}) { // no test may listen at 443
		t.Errorf("problems %v", got)
	}
	if !slices.ContainsFunc(st.Needs, func(n camp.Need) bool { return n.Kind == "world" }) {
		t.Errorf("the host is not told: %+v", st.Needs)
	}
	c := elsewhere(at, roots)
	for path, want := range map[string]int{"/.well-known/nodeinfo": http.StatusOK, "/nothing": http.StatusNotFound} {
		res, err := c.Get("https://oak.example" + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != want || res.ProtoMajor != 2 {
			t.Errorf("%s answers %d by HTTP/%d, want %d by 2", path, res.StatusCode, res.ProtoMajor, want)
		}
	}
	if _, err := c.Get("https://elm.example/"); err == nil {
		t.Error("it answers to another name")
	}
	k.do(camp.Intent{Do: camp.DoPause})
	if _, err := c.Get("https://oak.example/.well-known/nodeinfo"); err == nil {
		t.Error("it answers while the camp is paused")
	}
	k.refused(camp.Intent{Do: camp.DoWorldOff}, "world.fixed.say")
	if err := k.end(); err != nil {
		t.Fatal(err)
	}
	if _, err := net.Dial("tcp", at); err == nil {
		t.Error("the door is open after the end")
	}

	settings, err := os.ReadFile(filepath.Join(dir, "settings.json"))
	if err != nil {
		t.Fatal(err)
	}
	k = keep(t, dir, with("elm.example"))
	k.until("refused", in(camp.Trouble))
	if f := camp.AsFault(k.Trouble()); f.Say != "world.cert_name.say" { // what the files say comes first
		t.Errorf("another name with these files: %+v", f)
	}
	_ = k.end()
	elmCert, elmKey, _ := signed(t, "elm.example")
	k = keep(t, dir, func(o *Options) {
		with("elm.example")(o)
		o.Wishes.TLSCert, o.Wishes.TLSKey = elmCert, elmKey
	})
	k.until("refused", in(camp.Trouble))
	if f := camp.AsFault(k.Trouble()); f.Say != "world.other_name.say" || f.Args["Name"] != "oak.example" || f.Args["Other"] != "elm.example" {
		t.Errorf("another name: %+v", f)
	}
	_ = k.end()
	if now, err := os.ReadFile(filepath.Join(dir, "settings.json")); err != nil || string(now) != string(settings) {
		t.Errorf("a refused name changed the settings, %v:\n%s", err, now)
	}
	k = keep(t, dir, with("OAK.example.")) // the same name, written otherwise
	if st := k.until("on again", in(camp.On)); st.World.Address != at || st.Domain != "oak.example" {
		t.Errorf("again at %s as %s, was at %s", st.World.Address, st.Domain, at)
	}
}

// What cannot be had is refused in words, before a camp is made.
func TestPublicDoorRefusals(t *testing.T) {
	certFile, keyFile, _ := signed(t, "oak.example")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	for name, row := range map[string]struct {
		w   place.Wishes
		say string
	}{
		"taken":         {place.Wishes{Domain: "oak.example", HTTPS: taken.Addr().String(), TLSCert: certFile, TLSKey: keyFile}, "world.taken.say"},
		"taken plain":   {place.Wishes{Domain: "oak.example", HTTP: taken.Addr().String(), BehindProxy: "127.0.0.0/8"}, "world.taken.say"},
		"no file":       {place.Wishes{Domain: "oak.example", HTTPS: "127.0.0.1:0", TLSCert: certFile + "x", TLSKey: keyFile}, "world.cert_file.say"},
		"another's":     {place.Wishes{Domain: "elm.example", HTTPS: "127.0.0.1:0", TLSCert: certFile, TLSKey: keyFile}, "world.cert_name.say"},
		"no authority":  {place.Wishes{Domain: "oak.example", HTTPS: "127.0.0.1:0", ACMEDirectory: "https://127.0.0.1:1/", ACMECA: keyFile}, "world.authority_file.say"},
		"no network":    {place.Wishes{Domain: "oak.example", HTTP: "127.0.0.1:0", BehindProxy: "here"}, "world.network.say"},
		"an address":    {place.Wishes{Domain: "127.0.0.1"}, "border.only_name.say"},
		"every name":    {place.Wishes{Domain: "*.oak.example"}, "border.only_name.say"},
		"self-made":     {place.Wishes{Domain: "oak-abc.camp.internal"}, "border.only_name.say"},
		"all of a land": {place.Wishes{Domain: "co.uk"}, "border.registry.say"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			k := keep(t, dir, func(o *Options) { o.AtOnce, o.Wishes = true, row.w })
			k.until("refused", in(camp.Trouble))
			if f := camp.AsFault(k.Trouble()); f.Say != row.say {
				t.Errorf("got %+v, want %s", f, row.say)
			}
			if Exists(homeOf(dir)) {
				t.Error("a camp was made")
			}
		})
	}
}

// raw asks a listener in plain HTTP from an address of this computer, and gives
// the status line, "" where the connection ends without a byte.
func raw(t *testing.T, from, at, forwarded string) string {
	t.Helper()
	d := net.Dialer{Timeout: long, LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	c, err := d.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(long))
	_, _ = io.WriteString(c, "GET /.well-known/nodeinfo HTTP/1.1\r\nHost: oak.example\r\nX-Forwarded-For: "+forwarded+"\r\nConnection: close\r\n\r\n")
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		return ""
	}
	return strings.TrimSpace(line)
}

// Behind a proxy, nobody but the proxy gets a byte.
func TestBehindAProxy(t *testing.T) {
	k := keep(t, t.TempDir(), func(o *Options) {
		o.AtOnce, o.Lookup = true, leading("9.9.9.9")
		o.Wishes = place.Wishes{Domain: "oak.example", HTTP: "127.0.0.1:0", BehindProxy: "127.0.0.2/32,10.0.0.0/8"}
	})
	at := k.until("on", in(camp.On)).World.Plain
	if got := raw(t, "127.0.0.2", at, "9.9.9.9"); got != "HTTP/1.1 200 OK" {
		t.Errorf("the proxy gets %q", got)
	}
	if got := raw(t, "127.0.0.1", at, "127.0.0.2"); got != "" {
		t.Errorf("somebody else gets %q", got)
	}
	if st := k.until("looked at", func(st camp.State) bool { return !st.World.Checked.IsZero() }); !st.World.Ready || len(st.World.Problems) != 0 {
		t.Errorf("%+v", st.World)
	}
}

// The host's switch gives the camp a name for good and opens the door; the
// second click closes it. The authority is not waited for.
func TestTheSwitch(t *testing.T) {
	deaf, err := net.Listen("tcp", "127.0.0.1:0") // an authority that takes every connection and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = deaf.Close() }()
	k := keep(t, t.TempDir(), func(o *Options) {
		o.Lookup = leading("9.9.9.9")
		o.Wishes = place.Wishes{ACMEDirectory: "https://" + deaf.Addr().String() + "/dir"}
	})
	k.refused(camp.Intent{Do: camp.DoWorldOn, Domain: "oak.example"}, "program.not_on.say")
	k.do(camp.Intent{Do: camp.DoStart})
	st := k.State()
	if st.World.On || st.World.Problems == nil || st.World.Address != "" || st.Domain != "" {
		t.Fatalf("a new camp: %+v", st.World)
	}
	k.refused(camp.Intent{Do: camp.DoWorldOn}, "world.no_name.say")
	k.refused(camp.Intent{Do: camp.DoWorldCheck}, "world.no_name.say")
	k.refused(camp.Intent{Do: camp.DoWorldOn, Domain: "localhost"}, "border.name.say")
	if w := k.do(camp.Intent{Do: camp.DoWorldCheck, Domain: "elm.example"}).World; w == nil || w.Domain != "elm.example" || len(w.Problems) == 0 || k.State().Domain != "" {
		t.Errorf("a name that is only tried: %+v, the camp has %q", w, k.State().Domain)
	}
	if st = *k.do(camp.Intent{Do: camp.DoWorldOn, Domain: "Oak.Example"}).State; st.Phase != camp.On || st.Domain != "oak.example" || !st.World.On || st.World.Fixed {
		t.Fatalf("switched on: %s %+v", st.Phase, st.World)
	}
	at := st.World.Address
	c, err := deaf.Accept() // it is asked, and the camp is on
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if st.Log[0].Deed != "log.camp_domain" {
		t.Errorf("members read %q", st.Log[0].Deed)
	}
	st = k.until("looked at", func(st camp.State) bool { return !st.World.Checked.IsZero() })
	if got := says(st.World.Problems); !slices.Contains(got, "world.cert.asking") || st.World.Ready {
		t.Errorf("problems %v, ready %v", got, st.World.Ready)
	}
	_, port, err := net.SplitHostPort(at)
	if err != nil {
		t.Fatal(err)
	}
	open := func() bool {
		c, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}
	if !open() {
		t.Error("the door is closed")
	}
	k.refused(camp.Intent{Do: camp.DoWorldOn, Domain: "elm.example"}, "world.other_name.say")
	k.refused(camp.Intent{Do: camp.DoWorldCheck, Domain: "not a name"}, "border.only_name.say")
	k.do(camp.Intent{Do: camp.DoWorldOff})
	if st = k.State(); st.Phase != camp.On || st.World.On || st.World.Address != "" || st.Domain != "oak.example" || open() {
		t.Errorf("switched off: %+v as %q, open %v", st.World, st.Domain, open())
	}
	k.do(camp.Intent{Do: camp.DoWorldOn})
	if st = k.State(); st.World.Address != at {
		t.Errorf("on again at %s, was at %s", st.World.Address, at)
	}
	k.do(camp.Intent{Do: camp.DoPause})
	k.refused(camp.Intent{Do: camp.DoWorldOff}, "world.paused.say")
}

// What the look from outside finds, by where the name leads.
func TestTheLookFromOutside(t *testing.T) {
	certFile, keyFile, roots := signed(t, "oak.example")
	for name, row := range map[string]struct {
		to    []string
		roots *x509.CertPool
		want  []string
	}{
		"nowhere":       {nil, roots, []string{"world.check.nowhere"}},
		"here":          {[]string{"127.0.0.1"}, roots, []string{"world.check.number"}},
		"at home":       {[]string{"192.168.77.7"}, roots, []string{"world.check.elsewhere", "world.door.off"}},
		"also":          {[]string{"127.0.0.1", "192.168.77.7"}, roots, []string{"world.check.partly", "world.check.number"}},
		"not believed":  {[]string{"127.0.0.1"}, x509.NewCertPool(), []string{"world.check.unknown", "world.check.number"}},
		"mapped as six": {[]string{"::ffff:127.0.0.1"}, roots, []string{"world.check.number"}},
	} {
		t.Run(name, func(t *testing.T) {
			k := keep(t, t.TempDir(), func(o *Options) {
				o.AtOnce, o.Roots, o.Lookup = true, row.roots, leading(row.to...)
				o.Wishes = place.Wishes{Domain: "oak.example", HTTPS: "127.0.0.1:0", TLSCert: certFile, TLSKey: keyFile}
			})
			k.until("on", in(camp.On))
			w := k.do(camp.Intent{Do: camp.DoWorldCheck}).World
			if got := says(w.Problems); !slices.Equal(got, row.want) {
				t.Errorf("got %v, want %v", got, row.want)
			}
			if ans := k.do(camp.Intent{Do: camp.DoReachStatus}); ans.Reach == nil || ans.World == nil || len(ans.World.Problems) != len(row.want) {
				t.Errorf("reach status: %+v", ans.World)
			}
		})
	}
	t.Run("a name without a door", func(t *testing.T) {
		k := keep(t, t.TempDir(), func(o *Options) { o.AtOnce, o.Wishes = true, place.Wishes{Domain: "oak.example"} })
		k.until("on", in(camp.On))
		if got := says(k.do(camp.Intent{Do: camp.DoWorldCheck}).World.Problems); !slices.Equal(got, []string{"world.check.no_door"}) {
			t.Errorf("got %v", got)
		}
	})
}

// A camp without a name has no way for the wider world on any listener: what is
// asked for there is answered like what never was.
func TestASilentCampIsSilent(t *testing.T) {
	h := hosting(t, t.TempDir())
	web := h.State().Web
	signedIn := browser(t, h.do(camp.Intent{Do: camp.DoLink}).URL)
	signedIn.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	guest := stranger(t, h.do(camp.Intent{Do: camp.DoInvite, Uses: 5}).Invite.Code)
	listeners := map[string]struct {
		base   string
		client *http.Client
	}{
		"loopback":            {web, &http.Client{Timeout: long, CheckRedirect: signedIn.CheckRedirect}},
		"loopback, signed in": {web, signedIn},
		"tunnel":              {"http://[" + guest.Host().String() + "]", &http.Client{Timeout: long, Transport: guest.Transport(), CheckRedirect: signedIn.CheckRedirect}},
	}
	answer := func(c *http.Client, method, url string) string {
		r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "application/activity+json")
		r.Header.Set("Content-Type", "application/activity+json")
		res, err := c.Do(r)
		if err != nil {
			return "closed"
		}
		defer func() { _ = res.Body.Close() }()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			return "closed"
		}
		res.Header.Del("Date")
		var b strings.Builder
		_ = res.Header.Write(&b)
		return res.Status + "\n" + b.String() + strings.ReplaceAll(string(body), strings.TrimPrefix(r.URL.Path, "/"), "PATH")
	}
	for name, l := range listeners {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			want := answer(l.client, method, l.base+"/never/was")
			for _, path := range []string{
				"/.well-known/webfinger", "/.well-known/host-meta", "/.well-known/nodeinfo", "/nodeinfo/2.1", "/ap/-", "/ap/-/inbox", "/ap/noor", "/ap/noor/outbox",
			} {
				if got := answer(l.client, method, l.base+path); got != want {
					t.Errorf("%s, %s %s:\n%s\nwhat never was:\n%s", name, method, path, got, want)
				}
			}
		}
	}
	if st := h.State(); st.World.Address+st.World.Plain != "" || st.World.On {
		t.Errorf("%+v", st.World)
	}
}
