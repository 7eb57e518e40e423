package guest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Proxy lets the browser of this computer into a camp: it stands on loopback,
// answers to its own names alone, and hands on through the tunnel, where the camp
// knows the device, all but what is the program's. It has no page of its own but
// that the camp sleeps.
//
// Browsers keep one jar of cookies for all ports of a computer, so every camp
// would be shown the sessions of the others. The proxy marks the cookies of its
// camp with the camp's name, and hands on no others.
type Proxy struct {
	Link   func() *Link // nil while there is none
	Asleep func(w http.ResponseWriter, r *http.Request)
	Log    *slog.Logger
	Seats  Seats // bounds its connections; nil: nothing does

	mu    sync.Mutex // guards what follows
	name  string     // the camp's, before the name of each of its cookies
	hosts []string
	link  *Link // for which via was made
	via   *httputil.ReverseProxy
}

// Seats bound how many connections a server of this computer has at the same time.
type Seats interface {
	Listener(net.Listener) net.Listener
	ConnContext(context.Context, net.Conn) context.Context
	Handler(http.Handler) http.Handler
}

// ListenProxy opens loopback at the address ("127.0.0.1:0" for a port of the
// system's choice), and the same port of ::1 where the system has it.
func ListenProxy(ctx context.Context, addr string) ([]net.Listener, error) {
	var lc net.ListenConfig
	first, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for the browser: %w", err)
	}
	all := []net.Listener{first}
	if host, port, err := net.SplitHostPort(first.Addr().String()); err == nil && host == "127.0.0.1" {
		if second, err := lc.Listen(ctx, "tcp", net.JoinHostPort("::1", port)); err == nil {
			all = append(all, second)
		}
	}
	return all, nil
}

// Run serves until ctx ends. name is the camp's own name below localhost.
func (p *Proxy) Run(ctx context.Context, name string, listeners []net.Listener) error {
	_, port, err := net.SplitHostPort(listeners[0].Addr().String())
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.name = name
	p.hosts = []string{listeners[0].Addr().String(), net.JoinHostPort("localhost", port), net.JoinHostPort(name+".localhost", port), net.JoinHostPort("::1", port)}
	p.mu.Unlock()
	srv := &http.Server{
		Handler: p, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(p.Log.Handler(), slog.LevelDebug),
	}
	if p.Seats != nil {
		srv.Handler, srv.ConnContext = p.Seats.Handler(p), p.Seats.ConnContext
	}
	var all sync.WaitGroup
	defer all.Wait()
	for _, l := range listeners {
		if p.Seats != nil {
			l = p.Seats.Listener(l)
		}
		all.Go(func() { _ = srv.Serve(l) })
	}
	<-ctx.Done()
	return srv.Close() // streams would never end by themselves
}

// ServeHTTP hands one request on.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	ours := slices.Contains(p.hosts, r.Host)
	p.mu.Unlock()
	if !ours {
		w.WriteHeader(http.StatusMisdirectedRequest) // another name that leads here: DNS rebinding
		return
	}
	if at := path.Clean("/" + r.URL.Path); at == "/v1" || strings.HasPrefix(at, "/v1/") {
		w.WriteHeader(http.StatusNotFound) // the program's own, which needs no session
		return
	}
	via := p.through()
	if via == nil {
		p.Asleep(w, r)
		return
	}
	via.ServeHTTP(w, r)
}

// through gives the way through the present link.
func (p *Proxy) through() *httputil.ReverseProxy {
	l := p.Link()
	p.mu.Lock()
	defer p.mu.Unlock()
	if l == nil {
		p.link, p.via = nil, nil
		return nil
	}
	if p.link == l {
		return p.via
	}
	inner, mark := "["+l.Host().String()+"]", p.name+"."
	t := l.Transport()
	t.MaxConnsPerHost, t.ResponseHeaderTimeout = 24, time.Minute
	dial := t.DialContext
	t.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, 8*time.Second)
		defer cancel()
		return dial(ctx, network, addr)
	}
	p.link, p.via = l, p.handOn(t, inner, mark)
	return p.via
}

// handOn makes what carries requests to the camp at inner, and only cookies that
// have the mark.
func (p *Proxy) handOn(t http.RoundTripper, inner, mark string) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Transport: t, FlushInterval: -1, ErrorLog: slog.NewLogLogger(p.Log.Handler(), slog.LevelDebug),
		Rewrite: func(pr *httputil.ProxyRequest) {
			pr.Out.URL.Scheme, pr.Out.URL.Host, pr.Out.Host = "http", inner, inner
			for _, h := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
				pr.Out.Header.Del(h) // the camp knows who is there by the tunnel alone
			}
			pr.Out.Header.Del("Cookie")
			for _, c := range pr.In.Cookies() {
				if name, ours := strings.CutPrefix(c.Name, mark); ours {
					pr.Out.AddCookie(&http.Cookie{Name: name, Value: c.Value})
				}
			}
			if o := pr.In.Header.Get("Origin"); strings.TrimPrefix(o, "http://") == pr.In.Host {
				pr.Out.Header.Set("Origin", "http://"+inner)
			}
		},
		ModifyResponse: func(res *http.Response) error {
			list := res.Cookies()
			res.Header.Del("Set-Cookie")
			for _, c := range list {
				c.Name, c.Domain = mark+c.Name, ""
				res.Header.Add("Set-Cookie", c.String())
			}
			res.Header.Del("Clear-Site-Data") // would clear the jar for all
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if errors.Is(err, context.Canceled) {
				return // the browser went away
			}
			p.Asleep(w, r)
		},
	}
}
