package clientapi

import (
	"errors"
	"net/http"

	"camp/node/camp"
)

// refusal is an answer of the protocol's own; what the services refuse comes as
// a camp.Fault.
type refusal struct {
	status int
	say    string
}

func (r *refusal) Error() string { return r.say }

// What the protocol says in fixed words (client-api.md 1).
var (
	errToken    = &refusal{http.StatusUnauthorized, "The access token is invalid"}
	errScope    = &refusal{http.StatusForbidden, "This action is outside the authorized scopes"}
	errNowhere  = &refusal{http.StatusNotFound, "Not found"}
	errNoRecord = &refusal{http.StatusNotFound, "Record not found"}
	errMethod   = &refusal{http.StatusMethodNotAllowed, "Method not allowed"}
	errFast     = &refusal{http.StatusTooManyRequests, "Too many requests"}
	errLarge    = &refusal{http.StatusRequestEntityTooLarge, "The request is too large"}
	errBody     = &refusal{http.StatusUnprocessableEntity, "The request could not be read"}
	errInternal = &refusal{http.StatusInternalServerError, "An error occurred in the camp; please try again"}
)

// invalid is 422 with a reason.
func invalid(say string) error { return &refusal{http.StatusUnprocessableEntity, say} }

// statusOf is the one table from the kind of a fault to the status of the protocol.
func statusOf(k camp.Kind) int {
	switch k {
	case camp.Invalid, camp.Conflict, camp.Full:
		return http.StatusUnprocessableEntity
	case camp.NotFound:
		return http.StatusNotFound
	case camp.NotAllowed:
		return http.StatusForbidden
	case camp.Offline:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// refuse makes any error an answer. What is not for this reader reads like what
// never was; a cause is logged once, here.
func (c *call) refuse(err error) *refusal {
	var r *refusal
	if errors.As(err, &r) {
		return r
	}
	f := camp.AsFault(err)
	switch f.Kind {
	case camp.NotFound:
		return errNoRecord
	case camp.Internal:
		c.a.o.Log.ErrorContext(c.r.Context(), "client api failed", "route", c.routePath(), "err", f.Err)
		return errInternal
	}
	say := http.StatusText(statusOf(f.Kind))
	if c.a.words.Has(f.Say) {
		say = c.a.words.SayMap(f.Say, f.Args)
	}
	return &refusal{statusOf(f.Kind), say}
}

// missing reports whether err says that there is nothing.
func missing(err error) bool {
	f := (*camp.Fault)(nil)
	if errors.As(err, &f) {
		return f.Kind == camp.NotFound
	}
	var r *refusal
	return errors.As(err, &r) && r.status == http.StatusNotFound
}
