package place

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// ErrNoBrowser is returned by Browse where nothing here can open a page.
var ErrNoBrowser = errors.New("place: there is no browser to open")

// ErrLink is returned by Browse for whatever is no page of this computer's own.
var ErrLink = errors.New("place: not a page of this computer")

// Browse opens a page of this computer's own camp in the person's browser. It
// takes links of the form http://127.0.0.1:PORT/… or http://[::1]:PORT/… and no
// other, so that nothing that comes from outside is ever handed to the system.
// It returns when the browser was asked, not when the page is there; the end of
// ctx ends the waiting, not the browser.
func Browse(ctx context.Context, link string) error {
	if err := checkLink(link); err != nil {
		return err
	}
	if !HasBrowser() {
		return ErrNoBrowser
	}
	return browse(ctx, link)
}

// checkLink refuses with ErrLink; the error never holds the link, which may sign somebody in.
func checkLink(link string) error {
	u, err := url.Parse(link)
	if err != nil || len(link) > 2048 || u.Scheme != "http" || u.User != nil || u.Opaque != "" || strings.ContainsAny(link, " \"'`<>\\^{|}") {
		return ErrLink
	}
	at, err := netip.ParseAddrPort(u.Host)
	if err != nil || at.Port() == 0 || at.Addr() != netip.IPv6Loopback() && at.Addr() != netip.AddrFrom4([4]byte{127, 0, 0, 1}) {
		return fmt.Errorf("%w (host)", ErrLink)
	}
	return nil
}
