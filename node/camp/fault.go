package camp

import "errors"

// Kind sorts faults by what can be done about them. One table maps it to HTTP
// status, one to an exit status.
type Kind string

// The kinds.
const (
	Invalid    Kind = "invalid"
	NotFound   Kind = "not found"
	NotAllowed Kind = "not allowed"
	Conflict   Kind = "conflict"
	Full       Kind = "full"
	Offline    Kind = "offline"
	Internal   Kind = "internal"
)

// Fault is an error for two readers: Say (a locale key with a next step, Args
// for its placeholders) is shown to people, Err goes to the log.
type Fault struct {
	Kind Kind
	Say  string
	Args map[string]string
	Err  error
}

// Error is for the log.
func (f *Fault) Error() string {
	if f.Err != nil {
		return string(f.Kind) + " (" + f.Say + "): " + f.Err.Error()
	}
	return string(f.Kind) + " (" + f.Say + ")"
}

// Unwrap gives the technical cause.
func (f *Fault) Unwrap() error { return f.Err }

// NewFault makes a fault without placeholders.
func NewFault(kind Kind, say string, err error) *Fault {
	return &Fault{Kind: kind, Say: say, Err: err}
}

// AsFault finds the fault in err; any other error becomes an Internal fault
// that says "fault.internal.say". It returns nil for nil.
func AsFault(err error) *Fault {
	if err == nil {
		return nil
	}
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return &Fault{Kind: Internal, Say: "fault.internal.say", Err: err}
}
