// Package outside is the camp's one way out: every request to a server that is
// not the camp's own goes through one Client. It judges where a request may go,
// how long it may take and how much may come back. It does not know what is
// fetched and why, signs nothing itself and keeps nothing on disk.
//
//	URL ─place─▶ host ─May─▶ slot ─▶ Lookup ─judge─▶ one address ─judge again─▶ TLS for the host
//	 ▲                                                                             │
//	 └────────────────── a redirect is a new request in every respect ─────────────┘
//
// The rules are reliability.md part 4.
package outside

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"camp/node/camp"
)

// Bounds of every request.
const (
	mostBody    = 1 << 20  // bytes after decompression, unless the request says otherwise
	mostHeaders = 32 << 10 // bytes
	mostLines   = 100      // header lines
	mostDrained = 16 << 10 // bytes read of an answer that nobody wants, so that its connection can be used again
	hops        = 3        // redirects

	fetchConnect   = 3 * time.Second // for name, connection and TLS, each
	fetchTime      = 10 * time.Second
	deliverConnect = 10 * time.Second
	deliverTime    = 30 * time.Second
	idleTime       = 90 * time.Second
)

// Options are what a Client needs. Now, Log and Agent must be set.
type Options struct {
	// Lookup gives the addresses of a name; nil asks the system's resolver.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
	// Alias gives the name that a name stands for (CNAME). nil asks the system's
	// resolver, or nobody where Lookup is set. Its errors are no obstacle.
	Alias func(ctx context.Context, host string) (string, error)
	// Roots are whom to believe about certificates; nil is the system's list.
	Roots *x509.CertPool
	// Nets are networks that may be reached although they are not public: a
	// lab's, or loopback for a test.
	Nets []netip.Prefix
	// Ports may be named in an address besides 443; only for a lab.
	Ports []uint16
	// Own gives addresses of this machine that the system does not tell, the
	// router's and those in the tunnel: like those that it tells they are never
	// reached, whatever Nets says. nil: there are none.
	Own func() []netip.Addr
	// System gives the addresses that the system tells; nil asks it.
	System func() []netip.Addr
	// May is the border's word about a server: an error keeps it away. It is asked
	// before anything else is done, for each redirect, and for what a name stands
	// for. nil admits all.
	May func(host camp.Domain) error
	// Sent is told how many bytes went to which server; it must not block. nil:
	// nobody counts.
	Sent func(host string, n int)
	// Agent is the User-Agent.
	Agent string
	Now   func() time.Time
	Log   *slog.Logger
}

// Client sends requests. Safe for concurrent use.
type Client struct {
	o       Options
	fetch   *http.Transport
	deliver *http.Transport
	slots   *slots
	clocks  clocks
}

// New makes a Client. It opens nothing; Drop closes what idles.
func New(o Options) *Client {
	c := &Client{o: o, slots: newSlots(mostAtOnce, mostPerHost, mostWaiting)}
	c.fetch = c.transport(fetchConnect)
	c.deliver = c.transport(deliverConnect)
	return c
}

func (c *Client) transport(connect time.Duration) *http.Transport {
	d := dialer{client: c, within: connect}
	return &http.Transport{
		Proxy:       nil, // the environment does not decide where a camp goes
		DialContext: d.dial,
		TLSClientConfig: &tls.Config{
			RootCAs: c.o.Roots, MinVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(256),
		},
		TLSHandshakeTimeout:    connect,
		ForceAttemptHTTP2:      true,
		MaxConnsPerHost:        mostPerHost,
		MaxIdleConnsPerHost:    mostPerHost,
		MaxIdleConns:           64,
		IdleConnTimeout:        idleTime,
		MaxResponseHeaderBytes: mostHeaders,
	}
}

// Drop closes the connections that idle: after the computer slept or changed its
// network, and when a server was blocked. Requests under way go on.
func (c *Client) Drop() {
	c.fetch.CloseIdleConnections()
	c.deliver.CloseIdleConnections()
}

// Kind says why a request came to nothing.
type Kind string

// The kinds.
const (
	Rule     Kind = "rule"    // the address is none that may be asked
	Blocked  Kind = "blocked" // the border said no
	Address  Kind = "address" // the name leads to an address that may not be reached
	DNS      Kind = "dns"     // the name leads nowhere
	Connect  Kind = "connect" // nobody answers there
	TLS      Kind = "tls"     // the certificate is not good for the name, or there is no TLS
	Timeout  Kind = "timeout"
	Big      Kind = "big"    // more came than is taken
	Type     Kind = "type"   // something else came than is taken
	Hops     Kind = "hops"   // redirected too often
	Busy     Kind = "busy"   // too many requests wait already
	Broken   Kind = "broken" // the answer ended early or is no HTTP
	Stopped  Kind = "stopped"
	Unsigned Kind = "unsigned" // our own side could not sign it
)

// Error is a request that got no answer. It names the host, never the path.
type Error struct {
	Kind Kind
	Host string
	Err  error
}

// Error is for the log.
func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("ask %q: %s", e.Host, e.Kind)
	}
	return fmt.Sprintf("ask %q: %s: %v", e.Host, e.Kind, e.Err)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf gives the kind of an error of Do, "" for any other.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

func refuse(kind Kind, host string, format string, args ...any) *Error {
	return &Error{Kind: kind, Host: host, Err: fmt.Errorf(format, args...)}
}
