package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/netip"
	"strings"

	"golang.org/x/sync/errgroup"

	"camp/app/desk"
	"camp/app/place"
	"camp/node/camp"
)

// serve hosts a camp without a window, making it on the first start.
func serve(ctx context.Context, e *env, c call) error {
	opt, err := e.serveOptions(c)
	if err != nil {
		return err
	}
	k, err := e.keep(ctx, opt)
	if err != nil {
		return err
	}
	defer k.close()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return k.run(ctx) })
	g.Go(func() error { return e.tellReady(ctx, k.desk) })
	return g.Wait()
}

// ready is what serve prints when the camp answers; names are a contract.
type ready struct {
	Ready   bool   `json:"ready"`
	Web     string `json:"web"`
	Tunnel  string `json:"tunnel"`
	Domain  string `json:"domain"`
	Version string `json:"version"`
}

// tellReady says that the camp answers. Where it does not, or no longer does, it
// gives the reason: without a window nobody could act on it, so the program ends.
func (e *env) tellReady(ctx context.Context, d *desk.Desk) error {
	told := false
	for st := range d.Watch(ctx) {
		switch st.Phase {
		case camp.On, camp.Paused:
			if told {
				continue
			}
			told = true
			e.answer(ready{Ready: true, Web: st.Web, Tunnel: st.Tunnel, Domain: st.Domain, Version: st.Version}, "ctl.serve.ready", "Name", st.Name, "URL", st.Web)
			if st.Problem != nil {
				_, _ = e.err.Write([]byte(e.words.SayMap(st.Problem.Say, st.Problem.Args) + "\n"))
			}
		case camp.Trouble:
			return d.Trouble()
		}
	}
	return nil
}

func (e *env) serveOptions(c call) (desk.Options, error) {
	h, err := e.home(c)
	if err != nil {
		return desk.Options{}, err
	}
	w := place.Wishes{
		Tunnel: c.get("tunnel"), LAN: c.get("lan"), Domain: c.get("domain"), HTTPS: c.get("https"), HTTP: c.get("http"),
		TLSCert: c.get("tls-cert"), TLSKey: c.get("tls-key"), ACMEDirectory: c.get("acme-directory"), ACMECA: c.get("acme-ca"),
		ACMEHTTP: c.get("acme-http"), BehindProxy: strings.Join(c.flags["behind-proxy"], ","),
	}
	if err := checkServe(c, w); err != nil {
		return desk.Options{}, err
	}
	if w.Domain != "" {
		name, err := desk.OwnDomain(w.Domain)
		if err != nil {
			return desk.Options{}, err
		}
		w.Domain = string(name)
	}
	lab, roots, nets, err := labFlags(c)
	if err != nil {
		return desk.Options{}, err
	}
	opt := desk.Options{Home: h, Web: c.get("web"), Wishes: w, Device: c.get("tunnel-device"), Lab: lab, NoRate: c.has("lab-no-rate-limit"), Roots: roots, Nets: nets, AtOnce: true, Language: e.language}
	if c.has("name") {
		if opt.Name = camp.CleanLine(c.get("name"), desk.MaxName); opt.Name == "" {
			return opt, camp.NewFault(camp.Invalid, "program.camp_name.say", nil)
		}
	}
	if c.has("host-user") {
		if _, ok := camp.ParseName(c.get("host-user")); !ok {
			return opt, camp.NewFault(camp.Invalid, "program.host_user.say", nil)
		}
		opt.HostUser = c.get("host-user") // as it was typed: its capitals are shown
	}
	return opt, nil
}

// checkServe refuses flags that make no sense, alone or together.
func checkServe(c call, w place.Wishes) error {
	for _, name := range []string{"web", "tunnel", "https", "http", "acme-http"} {
		if v := c.get(name); c.has(name) && !isAddress(v) {
			return usage("ctl.usage.address", "Flag", "--"+name, "Value", v)
		}
	}
	if v := c.get("web"); v != "" && !isLoopback(v) {
		return usage("ctl.usage.web_loopback", "Value", v)
	}
	if c.has("lan") && w.LAN == "" {
		return usage("ctl.usage.on_off_none", "Flag", "--lan")
	}
	if w.Domain != "" && !strings.Contains(w.Domain, ".") || strings.ContainsAny(w.Domain, "/:@ ") {
		return usage("ctl.usage.domain", "Value", w.Domain)
	}
	for _, v := range append(c.flags["lab-allow-net"], c.flags["behind-proxy"]...) {
		if _, err := netip.ParsePrefix(v); err != nil {
			return usage("ctl.usage.network", "Value", v)
		}
	}
	for _, t := range []struct {
		wrong      bool
		flag, for_ string
	}{
		{w.HTTP != "" && w.BehindProxy == "", "--http", "--behind-proxy"},
		{w.BehindProxy != "" && w.HTTP == "", "--behind-proxy", "--http"},
		{w.TLSCert != "" && w.TLSKey == "", "--tls-cert", "--tls-key"},
		{w.TLSKey != "" && w.TLSCert == "", "--tls-key", "--tls-cert"},
		{w.TLSCert != "" && w.HTTPS == "", "--tls-cert", "--https"},
		{w.ACMEDirectory != "" && w.HTTPS == "", "--acme-directory", "--https"},
		{w.ACMECA != "" && w.ACMEDirectory == "", "--acme-ca", "--acme-directory"},
		{w.ACMEHTTP != "" && w.HTTPS == "", "--acme-http", "--https"},
		{w.HTTPS != "" && w.Domain == "", "--https", "--domain"},
		{w.HTTP != "" && w.Domain == "", "--http", "--domain"},
	} {
		if t.wrong {
			return usage("ctl.usage.together", "Flag", t.flag, "Other", t.for_)
		}
	}
	if w.TLSCert != "" && w.ACMEDirectory != "" {
		return usage("ctl.usage.apart", "Flag", "--tls-cert", "Other", "--acme-directory")
	}
	return nil
}

func isAddress(s string) bool {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	n, err := net.LookupPort("tcp", port)
	_ = host
	return err == nil && n >= 0
}

// isLoopback reports whether an address is reached from this computer alone:
// the pages of the host never listen elsewhere.
func isLoopback(s string) bool {
	host, _, _ := net.SplitHostPort(s)
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// labFlags gives the lab flags in force, as status shows them, and what they say.
func labFlags(c call) (lab []string, roots *x509.CertPool, nets []netip.Prefix, err error) {
	lab = []string{}
	if f := c.get("lab-ca"); f != "" {
		raw, err := readSmall(f, 1<<20)
		if block, _ := pem.Decode(raw); err != nil || block == nil || block.Type != "CERTIFICATE" {
			return nil, nil, nil, labCAFault(f, err)
		}
		if roots, err = x509.SystemCertPool(); err != nil {
			roots = x509.NewCertPool() // a system without a list of its own
		}
		if !roots.AppendCertsFromPEM(raw) {
			return nil, nil, nil, labCAFault(f, nil)
		}
		lab = append(lab, "--lab-ca "+f)
	}
	for _, n := range c.flags["lab-allow-net"] {
		p, err := netip.ParsePrefix(n)
		if err != nil {
			return nil, nil, nil, usage("ctl.usage.network", "Value", n)
		}
		nets = append(nets, p.Masked())
		lab = append(lab, "--lab-allow-net "+n)
	}
	if c.has("lab-no-rate-limit") {
		lab = append(lab, "--lab-no-rate-limit")
	}
	return lab, roots, nets, nil
}

func labCAFault(file string, err error) error {
	return &camp.Fault{Kind: camp.Invalid, Say: "ctl.serve.lab_ca.say", Args: map[string]string{"File": file}, Err: err}
}
