// Package certs keeps the certificate of the camp's name: from two files that
// somebody else renews, or from an authority that is asked by ACME (RFC 8555).
// It opens no door; it says what a listener shows to whom. A camp without a good
// certificate goes on without the wide world.
//
//	files ──read, again when they change──▶ ┌─────────────┐
//	                                        │ certificate │──▶ Config: our name alone, TLS 1.2 or newer
//	authority ──asked, again in good time──▶└─────────────┘
package certs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options are what a Keeper needs. Name, Now, Changed and Log must be set, and
// either the two files or ACME.
type Options struct {
	Name    string // lower case, punycode
	Now     func() time.Time
	Changed func() // told that Status gives something new; must not block
	Log     *slog.Logger

	CertFile, KeyFile string // PEM: the chain, our own first, and its key
	ACME              *ACME
}

// ACME says which authority is asked, and how it can see that the name is ours.
type ACME struct {
	Folder    string         // where the account and the certificate are kept
	Directory string         // of the authority; "" for Let's Encrypt
	Roots     *x509.CertPool // whom to believe that it is the authority; nil for the system's
	TLS       netip.AddrPort // of the listener that shows what Config says
	HTTP      netip.AddrPort // of the listener that Challenge answers at, invalid for none
	Rand      io.Reader      // keys, and the spread of attempts
}

// Status says how the certificate stands.
type Status struct {
	Until  time.Time         // its end; zero while there is none
	Good   bool              // there is one, and its time is not over
	Say    string            // locale key of what is wrong, "" for nothing
	Args   map[string]string // of that sentence
	Detail string            // technical
}

// Keeper keeps one certificate. Safe for concurrent use.
type Keeper struct {
	opt   Options
	cert  atomic.Pointer[tls.Certificate] // nil while there is none
	asked atomic.Pointer[authority]       // while Run asks one

	looked atomic.Int64  // when the files were last looked at, in nanoseconds
	looks  chan struct{} // holds one token: one look at the files at a time

	mu   sync.Mutex // guards what follows
	seen string     // what the files looked like when they were last read
	st   Status     // Say, Args and Detail
}

var (
	errName = errors.New("certs: this is not our name")
	errNone = errors.New("certs: there is no certificate yet")
)

// New reads what is there already. Files that cannot be used are a *camp.Fault;
// a certificate that is still to be asked for is not.
func New(o Options) (*Keeper, error) {
	k := &Keeper{opt: o, looks: make(chan struct{}, 1)}
	if o.ACME != nil {
		k.readKept()
		return k, nil
	}
	c, err := k.readFiles()
	if err != nil {
		return nil, err
	}
	k.cert.Store(c)
	k.seen = k.stamp()
	return k, nil
}

// Run reads the files again when they change, or has the certificate renewed,
// until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	if k.opt.ACME != nil {
		return k.renew(ctx)
	}
	return k.watch(ctx)
}

// acmeProtocol is spoken by an authority that looks whether the name is ours (RFC 8737 §6.2).
const acmeProtocol = "acme-tls/1"

// Config is what a listener shows. A handshake for any other name, or for none,
// ends without a certificate.
func (k *Keeper) Config() *tls.Config {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}, GetCertificate: k.show}
	if k.opt.ACME != nil {
		cfg.NextProtos = append(cfg.NextProtos, acmeProtocol)
	}
	// Asked before a session is taken up again, too.
	cfg.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if !strings.EqualFold(hello.ServerName, k.opt.Name) {
			return nil, errName
		}
		return nil, nil
	}
	return cfg
}

// show gives the certificate for a handshake that names us.
func (k *Keeper) show(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if a := k.asked.Load(); a != nil && len(hello.SupportedProtos) == 1 && hello.SupportedProtos[0] == acmeProtocol {
		return a.cfg.GetCertificate(hello)
	}
	if k.opt.ACME == nil {
		k.look(time.Second)
	}
	if c := k.cert.Load(); c != nil {
		return c, nil
	}
	return nil, errNone
}

// Status says how the certificate stands now.
func (k *Keeper) Status() Status {
	k.mu.Lock()
	st := k.st
	k.mu.Unlock()
	c := k.cert.Load()
	if c == nil {
		if st.Say == "" {
			st.Say, st.Args = "world.cert.asking", map[string]string{"Name": k.opt.Name}
		}
		return st
	}
	st.Until = c.Leaf.NotAfter.UTC()
	st.Good = k.opt.Now().Before(c.Leaf.NotAfter)
	if !st.Good && st.Say == "" {
		st.Say, st.Args = "world.cert.over", map[string]string{"Name": k.opt.Name}
	}
	return st
}

// tell keeps what is wrong, "" for nothing.
func (k *Keeper) tell(say string, args map[string]string, err error) {
	detail := ""
	if err != nil {
		detail = err.Error()
	}
	k.mu.Lock()
	k.st.Say, k.st.Args, k.st.Detail = say, args, detail
	k.mu.Unlock()
	k.opt.Changed()
}
