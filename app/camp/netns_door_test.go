//go:build netns

package main_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// hosts says in a space where names lead.
func (s *space) hosts(lines string) {
	s.t.Helper()
	dir := filepath.Join("/etc/netns", s.ns)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.WriteFile(filepath.Join(dir, "hosts"), []byte("127.0.0.1 localhost\n"+lines), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// certified makes a certificate for a name that only this test believes.
func certified(t *testing.T, name string) (certFile, keyFile string, roots *x509.CertPool) {
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
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile, roots = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), x509.NewCertPool()
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: raw}, keyFile: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	roots.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}))
	return certFile, keyFile, roots
}

// Somebody outside reaches the public door at 443 of the router, which leads to
// a door that an ordinary user may open; it is closed when the camp
// stops, within its time, whatever goes on there.
func TestLabPublicDoor(t *testing.T) {
	for _, row := range []struct {
		how       string
		pmp, upnp bool
	}{{"nat-pmp", true, false}, {"upnp", false, true}} {
		t.Run(row.how, func(t *testing.T) {
			l, host, router, outside := twoHomes(t)
			router.miniupnpd(row.pmp, row.upnp)
			host.hosts("9.9.0.1 oak.example\n")
			certFile, keyFile, roots := certified(t, "oak.example")
			h := host.camp(filepath.Join(t.TempDir(), "data"), "serve", "--name", "Orchard", "--host-user", "noor",
				"--domain", "oak.example", "--https", "0.0.0.0:0", "--tls-cert", certFile, "--tls-key", keyFile, "--lab-ca", certFile)
			h.line("ready", true)
			if st := h.ctl("reach", "status"); st["door"] != "off" || st["ready"] != false || strings.Contains(router.run("nft", "list ruleset"), "dnat") {
				t.Fatalf("the router was asked before anybody wanted it: %v", st)
			}
			h.ctl("reach", "on")
			var st map[string]any
			l.until("the door is open", func() bool { st = h.ctl("reach", "status"); return st["door"] == "open" })
			if st["door_at"] != "9.9.0.1:443" || st["ready"] != true || len(st["problems"].([]any)) != 0 {
				t.Errorf("reach %v", st)
			}
			c := &http.Client{Timeout: patience, Transport: &http.Transport{DialContext: outside.dial, TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}}
			r, err := http.NewRequest(http.MethodGet, "https://9.9.0.1/.well-known/nodeinfo", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = "oak.example"
			c.Transport.(*http.Transport).TLSClientConfig.ServerName = "oak.example"
			res, err := c.Do(r)
			if err != nil {
				t.Fatalf("from outside: %v", err)
			}
			defer res.Body.Close()
			if body, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(body), "oak.example") {
				t.Errorf("from outside: %d, %v, %s", res.StatusCode, err, body)
			}
			h.ctl("reach", "off")
			l.until("switched off, the door is closed", func() bool { return !strings.Contains(router.run("nft", "list ruleset"), "dnat") })
			h.ctl("reach", "on")
			l.until("it is open again", func() bool {
				return strings.Contains(router.run("nft", "list ruleset"), "dnat") && h.ctl("reach", "status")["door"] == "open"
			})
			crowd := outside.throng(t, "9.9.0.1:443", c.Transport.(*http.Transport).TLSClientConfig, "oak.example")
			h.endsInTime(t)
			if strings.Contains(router.run("nft", "list ruleset"), "dnat") {
				t.Error("at the end the door is open")
			}
			crowd.end()
		})
	}
}
