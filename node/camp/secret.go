package camp

import (
	"crypto/subtle"
	"fmt"
	"log/slog"
)

// Secret wraps key material so that no log, error or JSON can print it. The
// zero value holds nothing. It cannot be compared with ==; use Equal.
//
// The bytes lie inside a function because printers walk into the unexported
// fields of an enclosing struct, and through one pointer, without asking any
// method: of a function they print the address.
type Secret struct{ reveal func() []byte }

// NewSecret takes b over; the caller must not change it afterwards.
func NewSecret(b []byte) Secret { return Secret{reveal: func() []byte { return b }} }

// Reveal returns the bytes themselves, for the one who needs them; nil for the
// zero value. The caller must not change them.
func (s Secret) Reveal() []byte {
	if s.reveal == nil {
		return nil
	}
	return s.reveal()
}

// Equal compares the bytes, in a time that depends on their length alone.
func (s Secret) Equal(o Secret) bool {
	return subtle.ConstantTimeCompare(s.Reveal(), o.Reveal()) == 1
}

const hidden = "[secret]"

// Format hides the secret from every verb of fmt; String alone leaves %d open.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// String hides the secret.
func (Secret) String() string { return hidden }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return hidden }

// MarshalText hides the secret from text and JSON encoders.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue hides the secret from structured logs.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
