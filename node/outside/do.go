package outside

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"camp/node/camp"
)

// Request is what to ask.
type Request struct {
	Method string // GET, HEAD or POST; "" is GET
	URL    string
	Header http.Header // User-Agent and Accept-Encoding are the client's own
	Body   []byte      // of a POST
	// Sign is called for each request that goes out, redirects too, with all but
	// the signature in place; it may set headers. nil: not signed.
	Sign func(*http.Request) error
	// May is asked after the client's own, about each server on the way: some may
	// be asked for one thing and not for another. nil: no more is asked.
	May func(host camp.Domain) error
	// Types are the media types taken, "image/*" for all of a sort, with a profile
	// where it must be there. They are asked for unless Header has an Accept.
	// Without any, whatever comes is taken.
	Types []string
	Most  int64         // bytes of the answer after decompression; 0: 1 MiB, of a POST: nothing is kept
	Hops  int           // redirects followed; 0: three, less: none. A POST never follows.
	Time  time.Duration // in all; 0: 10 s, of a POST 30 s
}

// Answer is what came. The body is that of a 2xx answer alone.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	URL    string    // that answered, after redirects, without a fragment
	Date   time.Time // by the other side's clock; zero for not said
}

// Do sends a request and reads the answer, whatever its status. Errors are
// *Error. A fetch may wait for its turn, as long as ctx allows; its time runs
// from then on.
func (c *Client) Do(ctx context.Context, r Request) (Answer, error) {
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	post := r.Method == http.MethodPost
	if !post && r.Method != http.MethodGet && r.Method != http.MethodHead {
		return Answer{}, refuse(Rule, "", "method %q", r.Method)
	}
	types, err := readTypes(r.Types)
	if err != nil {
		return Answer{}, err
	}
	e := exchange{client: c, r: r, post: post, types: types, hops: r.Hops, time: r.Time}
	if e.hops == 0 {
		e.hops = hops
	}
	if e.time <= 0 {
		e.time = fetchTime
		if post {
			e.time = deliverTime
		}
	}
	return e.run(ctx)
}

// exchange is one Do.
type exchange struct {
	client *Client
	r      Request
	post   bool
	types  []wanted
	hops   int
	time   time.Duration
}

func (e *exchange) run(ctx context.Context) (Answer, error) {
	at := e.r.URL
	var limited context.Context // the time begins with the first turn
	for n := 0; ; n++ {
		u, host, err := place(at, e.client.o.Ports)
		if err != nil {
			return Answer{}, err
		}
		for _, may := range []func(camp.Domain) error{e.client.o.May, e.r.May} {
			if may == nil {
				continue
			}
			if err := may(host); err != nil {
				return Answer{}, &Error{Kind: Blocked, Host: string(host), Err: err}
			}
		}
		if limited != nil {
			ctx = limited
		}
		free := func() {}
		if !e.post {
			if free, err = e.client.slots.take(ctx, string(host)); err != nil {
				return Answer{}, err
			}
		}
		if limited == nil {
			var cancel context.CancelFunc
			limited, cancel = context.WithTimeout(ctx, e.time)
			defer cancel()
		}
		answer, next, err := e.hop(limited, u)
		free()
		if err != nil {
			return Answer{}, reason(string(host), err)
		}
		if next == "" || e.post {
			return answer, nil
		}
		if n >= e.hops {
			return Answer{}, refuse(Hops, string(host), "redirected %d times", n+1)
		}
		at = next
	}
}

// hop sends one request. next is where a redirect leads.
func (e *exchange) hop(ctx context.Context, u *url.URL) (a Answer, next string, err error) {
	var body io.Reader
	if e.post {
		body = bytes.NewReader(e.r.Body) // has GetBody
	}
	req, err := http.NewRequestWithContext(ctx, e.r.Method, u.String(), body)
	if err != nil {
		return Answer{}, "", refuse(Rule, u.Hostname(), "%w", err)
	}
	*req.URL = *u
	for name, values := range e.r.Header {
		req.Header[name] = append([]string(nil), values...)
	}
	req.Header.Set("User-Agent", e.client.o.Agent)
	req.Header.Del("Accept-Encoding") // the transport asks for gzip, and undoes it
	if len(e.r.Types) > 0 && req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", strings.Join(e.r.Types, ", "))
	}
	if e.r.Sign != nil {
		if err := e.r.Sign(req); err != nil {
			return Answer{}, "", &Error{Kind: Unsigned, Host: u.Hostname(), Err: err}
		}
	}
	transport := e.client.fetch
	if e.post {
		// Empty, so it is not sent; a connection that went stale may be replaced,
		// as a letter that arrives twice does no harm.
		req.Header["Idempotency-Key"] = []string{}
		transport = e.client.deliver
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return Answer{}, "", err
	}
	defer resp.Body.Close()
	if now := e.client.o.Now(); resp.Header.Get("Date") != "" {
		e.client.clocks.note(u.Hostname(), resp.Header.Get("Date"), now)
	}
	return e.read(resp, u)
}

// read takes an answer apart.
func (e *exchange) read(resp *http.Response, u *url.URL) (a Answer, next string, err error) {
	lines := 0
	for _, v := range resp.Header {
		lines += len(v)
	}
	if lines > mostLines {
		return Answer{}, "", refuse(Big, u.Hostname(), "%d header lines", lines)
	}
	a = Answer{Status: resp.StatusCode, Header: resp.Header, URL: u.String()}
	a.Date, _ = http.ParseTime(resp.Header.Get("Date"))
	switch {
	case redirects(resp.StatusCode):
		drain(resp.Body)
		if e.post {
			return a, "", nil
		}
		next, err := follow(u, resp.Header)
		return a, next, err
	case resp.StatusCode/100 != 2 || e.r.Method == http.MethodHead || e.post && e.r.Most <= 0:
		drain(resp.Body)
		return a, "", nil
	}
	if enc := resp.Header.Values("Content-Encoding"); len(enc) > 0 && !strings.EqualFold(strings.Join(enc, ","), "identity") {
		return Answer{}, "", refuse(Type, u.Hostname(), "packed in a way nobody asked for")
	}
	if !taken(resp.Header.Values("Content-Type"), e.types) {
		return Answer{}, "", refuse(Type, u.Hostname(), "a type that is not taken")
	}
	most := e.r.Most
	if most <= 0 {
		most = mostBody
	}
	if resp.ContentLength > most {
		return Answer{}, "", refuse(Big, u.Hostname(), "says that it has %d bytes", resp.ContentLength)
	}
	a.Body, err = io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err != nil {
		return Answer{}, "", err
	}
	if int64(len(a.Body)) > most {
		return Answer{}, "", refuse(Big, u.Hostname(), "more than %d bytes", most)
	}
	return a, "", nil
}

func redirects(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// follow gives where a redirect leads, not judged yet.
func follow(from *url.URL, h http.Header) (string, error) {
	to := h.Values("Location")
	if len(to) != 1 || to[0] == "" || len(to[0]) > longestURL {
		return "", refuse(Broken, from.Hostname(), "a redirect to nowhere")
	}
	u, err := url.Parse(to[0])
	if err != nil {
		return "", refuse(Rule, from.Hostname(), "a redirect to no address")
	}
	if u.Scheme != "" || u.Host != "" || strings.HasPrefix(to[0], "//") {
		if strings.HasPrefix(to[0], "//") {
			return from.Scheme + ":" + to[0], nil
		}
		return to[0], nil // as written, so that place sees what was written
	}
	return from.ResolveReference(u).String(), nil
}

// drain reads the rest of a short answer, so that the connection can be used
// again; a long one costs it.
func drain(r io.Reader) { _, _ = io.CopyN(io.Discard, r, mostDrained) }

// wanted is a media type that is taken.
type wanted struct {
	kind    string
	profile string
}

func readTypes(list []string) ([]wanted, error) {
	out := make([]wanted, len(list))
	for i, s := range list {
		kind, params, err := mime.ParseMediaType(s)
		if err != nil {
			return nil, refuse(Rule, "", "take %q: %w", s, err)
		}
		out[i] = wanted{kind: kind, profile: params["profile"]}
	}
	return out, nil
}

// taken judges a Content-Type. Said twice is not said.
func taken(said []string, types []wanted) bool {
	if len(types) == 0 {
		return true
	}
	if len(said) != 1 {
		return false
	}
	kind, params, err := mime.ParseMediaType(said[0])
	if err != nil {
		return false
	}
	for _, w := range types {
		sort, all := strings.CutSuffix(w.kind, "/*")
		if kind != w.kind && (!all || !strings.HasPrefix(kind, sort+"/")) {
			continue
		}
		if w.profile == "" {
			return true
		}
		for _, p := range strings.Fields(params["profile"]) {
			if p == w.profile {
				return true
			}
		}
	}
	return false
}

// sort gives the kind of what a connection failed of.
func sort(err error) Kind {
	var (
		dns    *net.DNSError
		op     *net.OpError
		cert   *tls.CertificateVerificationError
		name   x509.HostnameError
		who    x509.UnknownAuthorityError
		alert  tls.AlertError
		record tls.RecordHeaderError
		slow   interface{ Timeout() bool }
	)
	switch {
	case errors.Is(err, context.Canceled):
		return Stopped
	case errors.As(err, &cert), errors.As(err, &name), errors.As(err, &who), errors.As(err, &alert), errors.As(err, &record):
		return TLS
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return Timeout
	case errors.As(err, &dns):
		return DNS
	case errors.As(err, &op) && op.Op == "dial":
		return Connect
	case errors.As(err, &op) && op.Op == "remote error": // the other side's word about our TLS
		return TLS
	}
	return Broken
}

func waited(ctx context.Context) Kind { return sort(ctx.Err()) }
