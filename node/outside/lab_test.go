package outside

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"sync"
	"testing"
	"time"

	"camp/node/camp"
)

// lab is a small internet on 127.0.0.x: names, certificates, servers.
type lab struct {
	t    testing.TB
	ca   *x509.Certificate
	key  *ecdsa.PrivateKey
	opts Options

	mu      sync.Mutex // guards what follows
	names   map[string][]netip.Addr
	alias   map[string]string
	asked   []string // of the resolver
	blocked map[camp.Domain]bool
	last    byte
}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func newLab(t testing.TB) *lab {
	t.Helper()
	l := &lab{t: t, names: map[string][]netip.Addr{}, alias: map[string]string{}, blocked: map[camp.Domain]bool{}, last: 1}
	var err error
	if l.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "lab"}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, l.key.Public(), l.key)
	if err != nil {
		t.Fatal(err)
	}
	if l.ca, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(l.ca)
	l.opts = Options{
		Roots: roots, Nets: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, System: func() []netip.Addr { return []netip.Addr{netip.MustParseAddr("127.0.0.1")} },
		Lookup: l.lookup, Alias: l.lookupAlias, May: l.may, Agent: "Camp/1 (+https://camp.example/)", Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler),
	}
	return l
}

func (l *lab) client() *Client {
	c := New(l.opts)
	l.t.Cleanup(c.Drop)
	return c
}

func (l *lab) lookup(_ context.Context, host string) ([]netip.Addr, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, host)
	if a := l.names[host]; a != nil {
		return a, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func (l *lab) lookupAlias(_ context.Context, host string) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a := l.alias[host]; a != "" {
		return a, nil
	}
	return "", errors.New("no alias")
}

func (l *lab) may(host camp.Domain) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.blocked[host] {
		return errors.New("kept away")
	}
	return nil
}

func (l *lab) point(host string, addrs ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.names[host] = nil
	for _, a := range addrs {
		l.names[host] = append(l.names[host], netip.MustParseAddr(a))
	}
}

func (l *lab) block(host camp.Domain) { l.mu.Lock(); defer l.mu.Unlock(); l.blocked[host] = true }

func (l *lab) lookups() int { l.mu.Lock(); defer l.mu.Unlock(); return len(l.asked) }

func (l *lab) cert(names ...string) tls.Certificate {
	l.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		l.t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: names[0]}, DNSNames: names, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, l.ca, key.Public(), l.key)
	if err != nil {
		l.t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// listen opens a port on an address of its own.
func (l *lab) listen() (net.Listener, string, uint16) {
	l.t.Helper()
	l.last++
	addr := "127.0.0." + strconv.Itoa(int(l.last))
	ln, err := net.Listen("tcp", addr+":0")
	if err != nil {
		l.t.Skipf("this system has no more than 127.0.0.1: %v", err)
	}
	l.t.Cleanup(func() { _ = ln.Close() })
	port := uint16(ln.Addr().(*net.TCPAddr).Port)
	l.opts.Ports = append(l.opts.Ports, port)
	return ln, addr, port
}

// serve runs a server under a name and gives the beginning of its addresses.
func (l *lab) serve(host string, h http.HandlerFunc) string {
	l.t.Helper()
	ln, addr, port := l.listen()
	s := httptest.NewUnstartedServer(h)
	_ = s.Listener.Close()
	s.Listener = ln
	s.EnableHTTP2 = true
	s.TLS = &tls.Config{Certificates: []tls.Certificate{l.cert(host)}}
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.StartTLS()
	l.t.Cleanup(s.Close)
	l.point(host, addr)
	return "https://" + host + ":" + strconv.Itoa(int(port))
}

// raw runs a TLS server that answers each connection by hand.
func (l *lab) raw(host string, answer func(net.Conn)) string {
	l.t.Helper()
	ln, addr, port := l.listen()
	l.point(host, addr)
	config := &tls.Config{Certificates: []tls.Certificate{l.cert(host)}}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer c.Close()
				tc := tls.Server(c, config)
				buf := make([]byte, 4096)
				if _, err := tc.Read(buf); err == nil {
					answer(tc)
				}
			})
		}
	})
	l.t.Cleanup(func() { _ = ln.Close(); all.Wait() })
	return "https://" + host + ":" + strconv.Itoa(int(port))
}
