// Package certstest has an authority for tests: pebble, by the people who keep
// Let's Encrypt, within the test's own process.
package certstest

import (
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"golang.org/x/net/dns/dnsmessage"
)

// Authority speaks ACME and really looks. It sees every name at 127.0.0.1, but
// those that end in "nowhere".
type Authority struct {
	Directory string         // its address
	Web       *x509.CertPool // whom to believe that this is its directory
	WebPEM    []byte         // the same
	Roots     *x509.CertPool // whom to believe about what it gives
	RootsPEM  []byte         // the same
}

// New makes one that looks at these two ports, and gives certificates for so
// many seconds. It ends with the test.
func New(t testing.TB, httpPort, tlsPort int, seconds uint64) *Authority {
	t.Helper()
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	t.Setenv("PEBBLE_WFE_NONCEREJECT", "0")
	quiet := slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	store := db.NewMemoryStore()
	authority := ca.New(quiet, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {Description: "short", ValidityPeriod: seconds}})
	sight := va.New(quiet, httpPort, tlsPort, false, names(t), store)
	front := wfe.New(quiet, store, sight, authority, []string{"pebble.example"}, false, false, 0, 0)
	srv := httptest.NewTLSServer(front.Handler())
	t.Cleanup(srv.Close)
	root := authority.GetRootCert(0).Cert
	a := &Authority{Directory: srv.URL + wfe.DirectoryPath, Web: x509.NewCertPool(), Roots: x509.NewCertPool()}
	a.Web.AddCert(srv.Certificate())
	a.Roots.AddCert(root)
	a.WebPEM = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	a.RootsPEM = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw})
	return a
}

// names serves names by TCP, the way pebble asks.
func names(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go answerName(c)
		}
	}()
	return l.Addr().String()
}

func answerName(c net.Conn) {
	defer func() { _ = c.Close() }()
	var size [2]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		return
	}
	raw := make([]byte, int(size[0])<<8|int(size[1]))
	if _, err := io.ReadFull(c, raw); err != nil {
		return
	}
	var m dnsmessage.Message
	if m.Unpack(raw) != nil || len(m.Questions) != 1 {
		return
	}
	m.Response = true
	q := m.Questions[0]
	switch {
	case strings.HasSuffix(q.Name.String(), "nowhere."):
		m.RCode = dnsmessage.RCodeNameError
	case q.Type == dnsmessage.TypeA:
		m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 1}, Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}}}
	}
	out, err := m.Pack()
	if err != nil {
		return
	}
	_, _ = c.Write(append([]byte{byte(len(out) >> 8), byte(len(out))}, out...))
}
