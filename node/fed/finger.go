package fed

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/outside"
)

// finger asks a server whom a handle means (RFC 7033).
func (o *origin) finger(ctx context.Context, name, domain string) (ap.JRD, error) {
	if err := o.may(camp.Domain(domain)); err != nil {
		return ap.JRD{}, fmt.Errorf("%w: %w", ErrShutOut, err)
	}
	a, err := o.client.Do(ctx, outside.Request{
		URL:   "https://" + domain + "/.well-known/webfinger?resource=" + url.QueryEscape("acct:"+name+"@"+domain),
		Types: []string{ap.TypeJRD, "application/json"}, Most: ap.MaxWebFinger, Hops: 2,
	})
	switch {
	case err != nil:
		return ap.JRD{}, err
	case a.Status == http.StatusNotFound || a.Status == http.StatusGone:
		return ap.JRD{}, &GoneError{Status: a.Status}
	case a.Status/100 != 2:
		return ap.JRD{}, &AnswerError{Status: a.Status, After: retryAfter(a.Header)}
	}
	return ap.ParseJRD(a.Body)
}

// agreed gives the name behind somebody's @ that both sides agree about, "" where
// they do not (federation.md 1): what their own host, or the one that they name,
// answers for their handle must lead back to them.
func (o *origin) agreed(ctx context.Context, a *ap.Actor) (camp.Domain, error) {
	host := ap.HostOf(a.ID)
	if strings.Contains(host, ":") || a.Username == "" { // no handle has a port
		return "", nil
	}
	if name, domain := ap.SplitAcct(a.Webfinger); domain != "" && domain != host && strings.EqualFold(name, a.Username) {
		if at, err := o.leadsBack(ctx, a, domain); err != nil || at != "" { // FEP-2c59
			return at, err
		}
	}
	j, err := o.finger(ctx, a.Username, host)
	if err != nil || j.Actor() != a.ID {
		return "", notThere(err)
	}
	name, domain := j.Acct()
	if domain == "" || domain == host || !strings.EqualFold(name, a.Username) {
		return camp.Domain(host), nil
	}
	return o.leadsBack(ctx, a, domain)
}

// leadsBack asks the domain that a handle is said to have.
func (o *origin) leadsBack(ctx context.Context, a *ap.Actor, domain string) (camp.Domain, error) {
	j, err := o.finger(ctx, a.Username, domain)
	if err != nil || j.Actor() != a.ID {
		return "", notThere(err)
	}
	if name, says := j.Acct(); says != domain || !strings.EqualFold(name, a.Username) {
		return "", nil
	}
	return camp.Domain(domain), nil
}

// notThere takes for an answer what asking again would not change.
func notThere(err error) error {
	if err != nil && lasting(err) {
		return nil
	}
	return err
}
