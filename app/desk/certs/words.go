package certs

import (
	"context"
	"errors"
	"net/url"

	"github.com/mholt/acmez/v3/acme"
)

// sayings are the sentences for what an authority says (RFC 8555 §6.7).
var sayings = map[string]string{
	acme.ProblemTypeDNS:                "world.cert.nowhere",
	acme.ProblemTypeConnection:         "world.cert.unseen",
	acme.ProblemTypeTLS:                "world.cert.unseen",
	acme.ProblemTypeUnauthorized:       "world.cert.unseen",
	acme.ProblemTypeIncorrectResponse:  "world.cert.unseen",
	acme.ProblemTypeRateLimited:        "world.cert.often",
	acme.ProblemTypeCAA:                "world.cert.reserved",
	acme.ProblemTypeRejectedIdentifier: "world.cert.refused",
}

// words says why there is no certificate, in a sentence for the host.
func words(err error, name string) (say string, args map[string]string) {
	args = map[string]string{"Name": name}
	var p acme.Problem
	var out *url.Error
	if errors.As(err, &out) || errors.Is(err, context.DeadlineExceeded) {
		return "world.cert.silent", args
	}
	errors.As(err, &p)
	for _, sub := range p.Subproblems {
		if say, ok := sayings[sub.Type]; ok {
			return say, args
		}
	}
	if say, ok := sayings[p.Type]; ok {
		return say, args
	}
	return "world.cert.other", args
}
