package web

import (
	"net/http"

	"camp/node/camp"
)

// errNowhere answers alike for what never was, what is gone, and what is not
// for this reader.
var errNowhere = &camp.Fault{Kind: camp.NotFound, Say: "web.nowhere.say"}

// errElsewhere refuses what another site's page sent.
var errElsewhere = &camp.Fault{Kind: camp.NotAllowed, Say: "web.fault.elsewhere"}

// statusOf is the one table from the kind of a fault to the status of HTTP.
func statusOf(k camp.Kind) int {
	switch k {
	case camp.Invalid:
		return http.StatusUnprocessableEntity
	case camp.NotFound:
		return http.StatusNotFound
	case camp.NotAllowed:
		return http.StatusForbidden
	case camp.Conflict:
		return http.StatusConflict
	case camp.Full:
		return http.StatusInsufficientStorage
	case camp.Offline:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// status is statusOf, but that somebody who is too fast is told when to come back.
func (v *visit) status(f *camp.Fault) int {
	if f.Say != errFast.Say && f.Say != errFastPictures.Say {
		return statusOf(f.Kind)
	}
	v.w.Header().Set("Retry-After", "10")
	return http.StatusTooManyRequests
}

// faultPage is a whole page about one fault.
type faultPage struct {
	frame
	Say  string
	Draw string // symbol of the drawing
}

// fail ends a request that came to nothing. What is not for this reader answers
// byte for byte like what never was, whatever the room behind it says of it.
func (v *visit) fail(err error) {
	f := camp.AsFault(err)
	if f.Kind == camp.NotFound || (f.Kind == camp.NotAllowed && f.Say != errElsewhere.Say) {
		f = errNowhere
	}
	v.note(f)
	v.fault(f)
}

// note logs a fault once, where it is ours.
func (v *visit) note(f *camp.Fault) {
	switch f.Kind {
	case camp.Internal:
		v.s.o.Log.ErrorContext(v.ctx(), "page failed", "route", v.route.pattern, "err", f.Err)
	case camp.Full, camp.Offline:
		v.s.o.Log.WarnContext(v.ctx(), "page refused", "route", v.route.pattern, "kind", string(f.Kind), "err", f.Err)
	}
}

// fault answers with a page that says what happened and where to go on. One
// without a session gets it without the camp around it.
func (v *visit) fault(f *camp.Fault) {
	status := v.status(f)
	if v.cookie == "" {
		d := v.door("")
		d.Title, d.Say = v.say("web.fault.title"), v.sayFault(f)
		if err := v.render(status, "signedout", d); err != nil {
			v.w.WriteHeader(http.StatusInternalServerError)
		}
		return
	}
	p := faultPage{Say: v.sayFault(f), Draw: "lantern"}
	title := "web.fault.title"
	if f.Kind == camp.NotFound {
		title, p.Draw = "web.nowhere.title", "path"
	}
	var err error
	if p.frame, err = v.frame("", v.say(title)); err == nil {
		p.Back = "/" // nothing of the address that was asked for
		err = v.render(status, "fault", p)
	}
	if err != nil {
		v.s.o.Log.ErrorContext(v.ctx(), "page for a fault failed", "err", err)
		v.w.WriteHeader(http.StatusInternalServerError)
	}
}

// Too much in one minute (reliability.md 9).
var (
	errFast         = &camp.Fault{Kind: camp.Full, Say: "web.fault.fast"}
	errFastPictures = &camp.Fault{Kind: camp.Full, Say: "web.fault.fast_pictures"}
)

// sayFault puts a fault into words; one without words of its own gets those of its kind.
func (v *visit) sayFault(f *camp.Fault) string {
	if f == nil {
		return ""
	}
	if v.words.words.Has(f.Say) {
		return v.words.words.SayMap(f.Say, f.Args)
	}
	switch f.Kind {
	case camp.Invalid:
		return v.say("web.fault.invalid")
	case camp.NotFound:
		return v.say("web.nowhere.say")
	case camp.NotAllowed:
		return v.say("web.fault.notallowed")
	case camp.Conflict:
		return v.say("web.fault.conflict")
	case camp.Full:
		return v.say("web.fault.full")
	case camp.Offline:
		return v.say("web.fault.offline")
	}
	return v.say("web.fault.internal")
}

// nowhere answers for every path that no page has.
func (v *visit) nowhere() error { return errNowhere }
