package outside

import (
	"net/netip"
	"strings"
	"testing"

	"camp/node/border"
)

func TestPlaceTakes(t *testing.T) {
	for raw, want := range map[string]string{
		"https://far.example/u/ana":                       "https://far.example/u/ana",
		"https://FAR.Example/u/Ana":                       "https://far.example/u/Ana",
		"HTTPS://far.example/":                            "https://far.example/",
		"https://far.example:443/":                        "https://far.example/",
		"https://far.example":                             "https://far.example",
		"https://far.example/u/ana#main-key":              "https://far.example/u/ana",
		"https://far.example?x=1":                         "https://far.example?x=1",
		"https://far.example/a%2Fb/c%3a?u=https%3A//o":    "https://far.example/a%2Fb/c%3a?u=https%3A//o",
		"https://bücher.example/x":                        "https://xn--bcher-kva.example/x",
		"https://xn--bcher-kva.example/x":                 "https://xn--bcher-kva.example/x",
		"https://far.example/@ana@other.example/1":        "https://far.example/@ana@other.example/1",
		"https://far.example/at://did:plc:x/post/1?y=%F0": "https://far.example/at://did:plc:x/post/1?y=%F0",
		"https://1.far.example/":                          "https://1.far.example/",
		"https://far.xn--p1ai/":                           "https://far.xn--p1ai/",
	} {
		u, host, err := place(raw, nil)
		if err != nil || u.String() != want || string(host) != u.Hostname() {
			t.Errorf("%s: %v %q %v", raw, u, host, err)
		}
	}
	if u, _, err := place("https://far.example:8443/x", []uint16{8443}); err != nil || u.Host != "far.example:8443" {
		t.Errorf("a lab's port: %v %v", u, err)
	}
}

func TestPlaceRefuses(t *testing.T) {
	for _, raw := range []string{
		"", "far.example", "//far.example/", "http://far.example/", "ftp://far.example/", "https:far.example", "https:///x", "https://", "HTTP://far.example", "https:", "https:/", "https:?",
		"https://ana@far.example/", "https://ana:pw@far.example/", "https://@far.example/", "https://far.example:80/", "https://far.example:8443/",
		"https://far.example:/", "https://far.example:0443/", "https://far.example:443443/", "https://far.example:-443/", "https://far.example:٤٤٣/",
		"https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/", "https://0177.0.0.1/", "https://10.0.0.1:443/",
		"https://１２７.０.０.１/", "https://127。0。0。1/", "https://①.①.①.①/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[fe80::1%25eth0]/", "https://[2a00:1450::1]/",
		"https://1.1.1.1./", "https://far.example./", "https://far.example../", "https://.far.example/", "https://far..example/", "https://far。example/", "https://far．example/",
		"https://localhost/", "https://router/", "https://printer.local/", "https://a.localhost/", "https://db.internal/", "https://nas.home.arpa/", "https://nas.lan/",
		"https://fritz.box/", "https://FRITZ.BOX/", "https://x.localdomain/", "https://x.onion/", "https://fritz.ｂｏｘ/",
		"https://far_x.example/", "https://-far.example/", "https://far-.example/", "https://far.example%2eevil.example/", "https://%66ar.example/", `https://far.example\@evil.example/`,
		"https://far.example\t/", "https://far.exa mple/", "https://far.example\x00/", "https://far.example/\nx", "https://" + strings.Repeat("a", 64) + ".example/",
		"https://" + strings.Repeat("a.", 130) + "example/", "https://far.example/" + strings.Repeat("x", 2048), "https://far.123/", "https://far.0x1f/", "https://far.e2/",
		"https://xn--a.example/", "https://far.example@evil.example?x", "https://evil.example%00.far.example/",
	} {
		if u, _, err := place(raw, []uint16{}); err == nil {
			t.Errorf("%q is taken for %s", raw, u)
		} else if KindOf(err) != Rule {
			t.Errorf("%q: %v", raw, err)
		}
	}
}

// FuzzPlace: what is taken has one form, taken again as it is; its name is one
// that the border knows under the same form, and is no address.
func FuzzPlace(f *testing.F) {
	for _, s := range []string{
		"https://far.example/u/ana", "https://FAR.example:443?x#y", "https://bücher.example/%2F", "https://127.0.0.1/", "https://[::1]/", "https://far。example/",
		"https://a@far.example", "https://far.example\\@x", "https://xn--bcher-kva.example", "https://0x7f.1/", "https://far.example:8443/",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, host, err := place(raw, []uint16{8443})
		if err != nil {
			if KindOf(err) != Rule {
				t.Errorf("%v", err)
			}
			return
		}
		again, host2, err := place(u.String(), []uint16{8443})
		if err != nil || again.String() != u.String() || host2 != host {
			t.Errorf("%q gives %q, that gives %v %v", raw, u, again, err)
		}
		if u.Scheme != "https" || u.User != nil || u.Fragment != "" || u.Hostname() != string(host) || u.Port() != "" && u.Port() != "8443" {
			t.Errorf("%q gives %q", raw, u)
		}
		if _, err := netip.ParseAddr(string(host)); err == nil {
			t.Errorf("%q is an address", raw)
		}
		// The border refuses names that are a registry's; all others it knows alike.
		if d, err := border.ParseDomain(string(host)); err == nil && d != host {
			t.Errorf("%q: the border says %q", host, d)
		}
	})
}

// A name is the same to whoever goes out and to whoever decides about it.
func TestHostIsTheBordersName(t *testing.T) {
	for _, typed := range []string{"Far.Example", "bücher.example", "FAR.ＥＸＡＭＰＬＥ", "straße.example", "xn--strae-oqa.example", "ﬀ.example"} {
		h, err := Host(typed)
		d, err2 := border.ParseDomain(typed)
		if err != nil || err2 != nil || h != d {
			t.Errorf("%q: %q %v, the border: %q %v", typed, h, err, d, err2)
		}
	}
}
