package certs

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"

	"camp/app/place"
)

// When an authority is asked.
const (
	askTime   = 3 * time.Minute // for one certificate
	checkMost = time.Hour       // between two looks at the clock, which may have been set
	checkMin  = time.Second
	pauseLow  = 5 * time.Minute // after the first failure; doubled after each
	pauseHigh = 6 * time.Hour
)

// authority is what an authority is asked by. The library orders and proves; when
// it does, what it shows where, and what is kept, is decided here (decision 9).
type authority struct {
	cache *certmagic.Cache
	cfg   *certmagic.Config
	iss   *certmagic.ACMEIssuer
}

func newAuthority(a *ACME) *authority {
	quiet := zap.NewNop() // its log names hosts and addresses; what went wrong comes back as an error
	t := &authority{}
	t.cache = certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return t.cfg, nil }, Logger: quiet,
	})
	t.cfg = certmagic.New(t.cache, certmagic.Config{Storage: newFolder(a.Folder), Logger: quiet, DisableARI: true})
	t.iss = certmagic.NewACMEIssuer(t.cfg, certmagic.ACMEIssuer{
		CA: a.directory(), Agreed: true, TrustedRoots: a.Roots, CertObtainTimeout: askTime, Logger: quiet,
		HTTPProxy:                 func(*http.Request) (*url.URL, error) { return nil, nil }, // the environment does not decide where a camp goes
		DisableDistributedSolvers: true,
		DisableHTTPChallenge:      !a.HTTP.IsValid(),
		ListenHost:                a.host(),
		AltTLSALPNPort:            int(a.TLS.Port()),
		AltHTTPPort:               int(a.HTTP.Port()),
	})
	t.cfg.Issuers = []certmagic.Issuer{t.iss}
	return t
}

func (a *ACME) directory() string {
	if a.Directory == "" {
		return certmagic.LetsEncryptProductionCA
	}
	return a.Directory
}

// Authority is the name of the computer that is asked.
func (a *ACME) Authority() string {
	u, err := url.Parse(a.directory())
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// host is where the library looks whether the doors that it needs are open
// already, which they are.
func (a *ACME) host() string {
	if a.TLS.Addr().IsUnspecified() || a.HTTP.IsValid() && a.HTTP.Addr() != a.TLS.Addr() {
		return ""
	}
	return a.TLS.Addr().String()
}

// renew asks for a certificate while there is none, and for the next one when a
// third of the time is left. After a failure it waits, longer each time.
func (k *Keeper) renew(ctx context.Context) error {
	a := newAuthority(k.opt.ACME)
	defer a.cache.Stop()
	k.asked.Store(a)
	failed := 0
	var next time.Time // not before; zero for at once
	t := time.NewTimer(0)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		now := k.opt.Now()
		if wait := max(k.due(now), next.Sub(now)); wait > 0 {
			t.Reset(min(max(wait, checkMin), checkMost))
			continue
		}
		err := k.obtain(ctx, a)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			failed++
			pause := k.pause(failed)
			next = k.opt.Now().Add(pause)
			say, args := words(err, k.opt.Name)
			k.opt.Log.Warn("no certificate", "attempt", failed, "again_minutes", int(pause.Minutes()), "why", say)
			k.tell(say, args, err)
		default:
			failed, next = 0, time.Time{}
			k.opt.Log.Info("certificate given", "until", k.cert.Load().Leaf.NotAfter.UTC())
			k.tell("", nil, nil)
		}
		t.Reset(checkMin)
	}
}

// due is how long the certificate needs no other.
func (k *Keeper) due(now time.Time) time.Duration {
	c := k.cert.Load()
	if c == nil {
		return 0
	}
	life := c.Leaf.NotAfter.Sub(c.Leaf.NotBefore)
	return c.Leaf.NotBefore.Add(life * 2 / 3).Sub(now)
}

// pause is how long to wait after so many failures, a quarter more or less: an
// authority counts failures, and takes few an hour.
func (k *Keeper) pause(failed int) time.Duration {
	p := pauseHigh
	if failed < 8 {
		p = min(pauseHigh, pauseLow<<(failed-1))
	}
	var b [8]byte
	if _, err := io.ReadFull(k.opt.ACME.Rand, b[:]); err != nil {
		return p
	}
	return p*3/4 + time.Duration(binary.BigEndian.Uint64(b[:])%uint64(p/2))
}

// obtain asks for one certificate with a new key, keeps it and shows it.
func (k *Keeper) obtain(ctx context.Context, a *authority) error {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), k.opt.ACME.Rand)
	if err != nil {
		return fmt.Errorf("draw the key of a certificate: %w", err)
	}
	raw, err := x509.CreateCertificateRequest(k.opt.ACME.Rand, &x509.CertificateRequest{DNSNames: []string{k.opt.Name}}, key)
	if err != nil {
		return fmt.Errorf("ask for a certificate: %w", err)
	}
	csr, err := x509.ParseCertificateRequest(raw)
	if err != nil {
		return fmt.Errorf("ask for a certificate: %w", err)
	}
	got, err := a.iss.Issue(ctx, csr)
	if err != nil {
		return fmt.Errorf("ask for a certificate: %w", err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("keep a certificate: %w", err)
	}
	both := append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), got.Certificate...)
	c, err := k.usable(both)
	if err != nil {
		return fmt.Errorf("read the certificate that was given: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(k.kept()), 0o700); err != nil {
		return fmt.Errorf("keep a certificate: %w", err)
	}
	if err := place.Write(k.kept(), both); err != nil {
		return fmt.Errorf("keep a certificate: %w", err)
	}
	k.cert.Store(c)
	return nil
}

// usable reads key and chain out of one file's text.
func (k *Keeper) usable(both []byte) (*tls.Certificate, error) {
	c, err := tls.X509KeyPair(both, both)
	if err != nil {
		return nil, err
	}
	if !k.opt.Now().Before(c.Leaf.NotAfter) {
		return nil, errors.New("its time is over")
	}
	return &c, c.Leaf.VerifyHostname(k.opt.Name)
}

// kept is where the certificate of this name from this authority lies.
func (k *Keeper) kept() string {
	a := k.opt.ACME
	return filepath.Join(a.Folder, fileName(a.directory()), k.opt.Name+".pem")
}

// readKept takes the certificate of last time, if it is still good.
func (k *Keeper) readKept() {
	both, err := readSmall(k.kept())
	if err != nil {
		return
	}
	if c, err := k.usable(both); err == nil {
		k.cert.Store(c)
	}
}

// Challenge answers an authority that looks for a file at the name (RFC 8555
// §8.3), and everybody else as where nothing is.
func (k *Keeper) Challenge() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := strings.Cut(r.Host, ":")
		c, ok := certmagic.GetACMEChallenge(k.opt.Name)
		if !ok || r.Method != http.MethodGet || !strings.EqualFold(host, k.opt.Name) || r.URL.Path != c.HTTP01ResourcePath() {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, c.KeyAuthorization)
	})
}

// Local gives a listener's address in the form that ACME takes.
func Local(text string) netip.AddrPort {
	at, _ := netip.ParseAddrPort(text)
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
}
