package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"camp/node/camp"
)

// issuer is a certificate authority of the test's own.
type issuer struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{t: t}
	var err error
	if i.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, i.key.Public(), i.key)
	if err == nil {
		i.cert, err = x509.ParseCertificate(raw)
	}
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func (i *issuer) pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(i.cert)
	return p
}

// write makes a certificate for the name and puts it, with its key, into files.
func (i *issuer) write(certFile, keyFile, name string, serial int64, until time.Time) {
	i.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		i.t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	raw, err := x509.CreateCertificate(rand.Reader, tmpl, i.cert, key.Public(), i.key)
	if err != nil {
		i.t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		i.t.Fatal(err)
	}
	put(i.t, certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}))
	put(i.t, keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
}

func put(t *testing.T, file string, raw []byte) {
	t.Helper()
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// clock is a time that a test moves.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time       { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) move(d time.Duration) { c.ahead.Add(int64(d)) }

// greet shakes hands with a listener that shows cfg, and gives what it showed.
func greet(t *testing.T, cfg *tls.Config, client *tls.Config) (tls.ConnectionState, error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		s := tls.Server(c, cfg)
		if s.Handshake() == nil {
			_, _ = io.WriteString(s, "x") // brings the session's ticket along
		}
		_ = s.Close()
	}()
	defer func() { <-done }()
	c, err := tls.Dial("tcp", l.Addr().String(), client)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	_, _ = c.Read(make([]byte, 1))
	st := c.ConnectionState()
	return st, c.Close()
}

func serialOf(t *testing.T, k *Keeper, roots *x509.CertPool) int64 {
	t.Helper()
	st, err := greet(t, k.Config(), &tls.Config{ServerName: "oak.example", RootCAs: roots})
	if err != nil {
		t.Fatal(err)
	}
	return st.PeerCertificates[0].SerialNumber.Int64()
}

func pair(t *testing.T) (certFile, keyFile string) {
	dir := t.TempDir()
	return filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
}

func fromFiles(t *testing.T, c *clock, certFile, keyFile string) *Keeper {
	t.Helper()
	k, err := New(Options{Name: "oak.example", Now: c.now, Changed: func() {}, Log: slog.New(slog.DiscardHandler), CertFile: certFile, KeyFile: keyFile})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// Whoever asks for another name, or for none, or speaks an old TLS, is shown
// nothing; also one who was shown something before.
func TestOnlyOurName(t *testing.T) {
	ca := newIssuer(t)
	certFile, keyFile := pair(t)
	ca.write(certFile, keyFile, "oak.example", 7, time.Now().Add(time.Hour))
	k := fromFiles(t, &clock{}, certFile, keyFile)
	tickets := tls.NewLRUClientSessionCache(8)
	same := k.Config()
	for _, row := range []struct {
		what string
		cfg  *tls.Config
		good bool
	}{
		{"our name", &tls.Config{ServerName: "oak.example", ClientSessionCache: tickets}, true},
		{"in capitals", &tls.Config{ServerName: "OAK.example"}, true},
		{"another", &tls.Config{ServerName: "www.oak.example", InsecureSkipVerify: true}, false},
		{"none", &tls.Config{InsecureSkipVerify: true}, false},
		{"an address", &tls.Config{ServerName: "127.0.0.1", InsecureSkipVerify: true}, false},
		{"TLS 1.1", &tls.Config{ServerName: "oak.example", MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, false},
		{"TLS 1.2", &tls.Config{ServerName: "oak.example", MaxVersion: tls.VersionTLS12}, true},
		{"HTTP/2", &tls.Config{ServerName: "oak.example", NextProtos: []string{"h2"}}, true},
		{"a proof that nobody asked for", &tls.Config{ServerName: "oak.example", NextProtos: []string{acmeProtocol}}, false},
	} {
		row.cfg.RootCAs = ca.pool()
		st, err := greet(t, same, row.cfg)
		if (err == nil) != row.good || err != nil && len(st.PeerCertificates) != 0 {
			t.Errorf("%s: %v, shown %d certificates", row.what, err, len(st.PeerCertificates))
		}
		if row.what == "HTTP/2" && st.NegotiatedProtocol != "h2" {
			t.Errorf("HTTP/2 is not spoken: %q", st.NegotiatedProtocol)
		}
	}
	again, err := greet(t, same, &tls.Config{ServerName: "oak.example", RootCAs: ca.pool(), ClientSessionCache: tickets})
	if err != nil || !again.DidResume {
		t.Fatalf("a session is not taken up again: %v, %v", again.DidResume, err)
	}
	hello := &tls.ClientHelloInfo{ServerName: "elm.example"}
	if _, err := same.GetConfigForClient(hello); err == nil {
		t.Error("another name gets past the first question, which is asked of sessions taken up again, too")
	}
}

// Files are read again when they change; what is no good leaves the old one in
// use, and is told.
func TestFilesAreReadAgain(t *testing.T) {
	ca := newIssuer(t)
	certFile, keyFile := pair(t)
	ca.write(certFile, keyFile, "oak.example", 1, time.Now().Add(time.Hour))
	c := &clock{}
	k := fromFiles(t, c, certFile, keyFile)
	if got := serialOf(t, k, ca.pool()); got != 1 {
		t.Fatalf("shown: %d", got)
	}
	other := filepath.Join(t.TempDir(), "other.key")
	for i, row := range []struct {
		what  string
		do    func()
		shown int64
		say   string
	}{
		{"renewed", func() { ca.write(certFile, keyFile, "oak.example", 2, time.Now().Add(time.Hour)) }, 2, ""},
		{"garbage", func() { put(t, certFile, []byte("nonsense")) }, 2, "world.cert_pair.say"},
		{"another's key", func() { ca.write(certFile, other, "oak.example", 3, time.Now().Add(time.Hour)) }, 2, "world.cert_pair.say"},
		{"another name", func() { ca.write(certFile, keyFile, "elm.example", 4, time.Now().Add(time.Hour)) }, 2, "world.cert_name.say"},
		{"out of date", func() { ca.write(certFile, keyFile, "oak.example", 5, time.Now().Add(-time.Minute)) }, 2, "world.cert_over.say"},
		{"gone", func() { _ = os.Remove(keyFile) }, 2, "world.cert_file.say"},
		{"good again", func() { ca.write(certFile, keyFile, "oak.example", 6, time.Now().Add(2*time.Hour)) }, 6, ""},
	} {
		row.do()
		c.move(time.Duration(i+2) * 2 * time.Second)
		if got := serialOf(t, k, ca.pool()); got != row.shown {
			t.Errorf("%s: shown %d, want %d", row.what, got, row.shown)
		}
		if st := k.Status(); st.Say != row.say || !st.Good {
			t.Errorf("%s: says %q (%s), good %v; want %q", row.what, st.Say, st.Detail, st.Good, row.say)
		}
	}
	c.move(3 * time.Hour)
	if st := k.Status(); st.Good || st.Say != "world.cert.over" {
		t.Errorf("after its time: %+v", st)
	}
}

func TestBadFilesAreRefusedAtOnce(t *testing.T) {
	ca := newIssuer(t)
	certFile, keyFile := pair(t)
	ca.write(certFile, keyFile, "elm.example", 1, time.Now().Add(time.Hour))
	large := filepath.Join(t.TempDir(), "large.pem")
	put(t, large, make([]byte, maxFile+1))
	for _, row := range []struct{ cert, key, say string }{
		{certFile, keyFile, "world.cert_name.say"},
		{keyFile, keyFile, "world.cert_pair.say"},
		{certFile + ".none", keyFile, "world.cert_file.say"},
		{certFile, keyFile + ".none", "world.cert_file.say"},
		{large, keyFile, "world.cert_file.say"},
	} {
		_, err := New(Options{Name: "oak.example", Now: time.Now, Changed: func() {}, Log: slog.New(slog.DiscardHandler), CertFile: row.cert, KeyFile: row.key})
		if f := camp.AsFault(err); f == nil || f.Say != row.say || f.Args["File"] == "" {
			t.Errorf("%s: %v, want %s", filepath.Base(row.cert), err, row.say)
		}
	}
}

func TestWhenToAskAgain(t *testing.T) {
	k := &Keeper{opt: Options{ACME: &ACME{Rand: rand.Reader}}}
	for failed, mid := range map[int]time.Duration{1: 5 * time.Minute, 2: 10 * time.Minute, 4: 40 * time.Minute, 7: 320 * time.Minute, 8: pauseHigh, 1000: pauseHigh} {
		for range 50 {
			if got := k.pause(failed); got < mid*3/4 || got > mid*5/4 {
				t.Errorf("after %d failures: %s, want about %s", failed, got, mid)
			}
		}
	}
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	k.cert.Store(&tls.Certificate{Leaf: &x509.Certificate{NotBefore: from, NotAfter: from.Add(90 * 24 * time.Hour)}})
	if got := k.due(from.Add(59 * 24 * time.Hour)); got != 24*time.Hour {
		t.Errorf("one day before two thirds are over it is due in %s", got)
	}
	if got := k.due(from.Add(60 * 24 * time.Hour)); got > 0 {
		t.Errorf("when two thirds are over it is due in %s", got)
	}
}
