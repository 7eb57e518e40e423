package outside

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"camp/node/camp"
)

const mostTried = 4 // addresses of one name

// dialer opens the connections of one transport. The name was judged before; here
// it is looked up once, and exactly what was judged is dialled. That is the pin
// against names that lead somewhere else a moment later.
type dialer struct {
	client *Client
	within time.Duration // for looking up and connecting
}

func (d dialer) dial(ctx context.Context, network, hostPort string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, refuse(Rule, "", "no name and port")
	}
	ctx, cancel := context.WithTimeout(ctx, d.within)
	defer cancel()
	addrs, err := d.client.resolve(ctx, d.within, host)
	if err != nil {
		return nil, err
	}
	var last error
	for _, a := range addrs {
		c, err := d.knock(ctx, network, net.JoinHostPort(a.String(), port), d.within/time.Duration(len(addrs)))
		if err == nil {
			return d.client.counted(c, host), nil
		}
		last = err
		if ctx.Err() != nil {
			break
		}
	}
	return nil, reason(host, last)
}

// knock tries one address for its part of the time.
func (d dialer) knock(ctx context.Context, network, addr string, part time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, part)
	defer cancel()
	n := net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil || !d.client.may(ap.Addr()) {
			return refuse(Address, "", "at the last moment")
		}
		return nil
	}}
	return n.DialContext(ctx, network, addr)
}

func (c *Client) may(a netip.Addr) bool { return judge(a, c.o.Nets, c.own()) }

// own gives the addresses of this machine: those that the system tells, without
// which no neighbour by IPv6 would be known, and those that it does not.
func (c *Client) own() []netip.Addr {
	system := c.o.System
	if system == nil {
		system = c.system
	}
	own := system()
	if c.o.Own != nil {
		own = append(slices.Clip(own), c.o.Own()...)
	}
	return own
}

func (c *Client) system() (own []netip.Addr) {
	list, err := net.InterfaceAddrs()
	if err != nil {
		c.o.Log.Warn("could not list this machine's addresses", "err", err)
	}
	for _, a := range list {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			own = append(own, p.Addr())
		}
	}
	return own
}

// resolve gives the addresses to try, IPv4 first, at most mostTried. One bad
// address among them condemns the name: nobody of good will publishes such.
func (c *Client) resolve(ctx context.Context, within time.Duration, host string) ([]netip.Addr, error) {
	if err := c.askAlias(ctx, within/3, host); err != nil {
		return nil, err
	}
	found, err := c.Lookup(ctx, host)
	if err != nil {
		if ctx.Err() != nil {
			return nil, &Error{Kind: Timeout, Host: host, Err: err}
		}
		return nil, &Error{Kind: DNS, Host: host, Err: err}
	}
	if len(found) == 0 {
		return nil, refuse(DNS, host, "no address")
	}
	var four, six []netip.Addr
	for _, a := range found {
		if !c.may(a) {
			return nil, refuse(Address, host, "the name leads where nobody is sent")
		}
		if a = a.Unmap(); a.Is4() {
			four = append(four, a)
		} else {
			six = append(six, a)
		}
	}
	if len(six) > 0 && len(four) >= mostTried {
		four = four[:mostTried-1] // so that a computer without IPv4 gets there
	}
	all := append(four, six...)
	return all[:min(len(all), mostTried)], nil
}

// Lookup gives the addresses of a name, as they are: none of them was judged.
func (c *Client) Lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if c.o.Lookup != nil {
		return c.o.Lookup(ctx, host)
	}
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// askAlias asks the border about what a name stands for. A resolver that cannot
// tell is no reason to stay at home.
func (c *Client) askAlias(ctx context.Context, within time.Duration, host string) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	alias := c.o.Alias
	if alias == nil && c.o.Lookup == nil {
		alias = func(ctx context.Context, host string) (string, error) {
			return net.DefaultResolver.LookupCNAME(ctx, host)
		}
	}
	if alias == nil || c.o.May == nil {
		return nil
	}
	name, err := alias(ctx, host)
	if err != nil {
		return nil
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if name == "" || name == host {
		return nil
	}
	if err := c.o.May(camp.Domain(name)); err != nil {
		return &Error{Kind: Blocked, Host: host, Err: fmt.Errorf("what the name stands for: %w", err)}
	}
	return nil
}

// reason sorts what a request failed of.
func reason(host string, err error) error {
	var own *Error
	if errors.As(err, &own) {
		if own.Host == "" {
			return &Error{Kind: own.Kind, Host: host, Err: own.Err}
		}
		return own
	}
	return &Error{Kind: sort(err), Host: host, Err: err}
}
