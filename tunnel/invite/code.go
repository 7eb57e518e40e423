// Package invite turns an invite into the text a friend pastes, and back, and
// derives the keys that the text stands for. It does no I/O and knows no clock.
//
// Binary form, version 1, before it is written in Crockford's base32:
//
//	 1 byte   version (high four bits) and flags (low four bits)
//	16 bytes  secret S
//	32 bytes  the camp's tunnel public key (X25519)
//	 4 bytes  end, Unix time / 60, big-endian, for the reader's eyes only
//	 n bytes  endpoints, each a type byte and its body:
//	          1  IPv4 address, port                   4 + 2
//	          2  IPv6 address, port                  16 + 2
//	          3  relay: length, name, port, route     1 + n + 2 + 8
//	 4 bytes  first bytes of SHA-256 over all before
package invite

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Sentences for these live with whoever shows them.
var (
	// ErrNoCode is returned for text that is no invite code at all.
	ErrNoCode = errors.New("invite: not a code")
	// ErrPiece is returned where the text ends before the code does.
	ErrPiece = errors.New("invite: a piece is missing")
	// ErrCharacter is returned where a character was mistyped.
	ErrCharacter = errors.New("invite: a character is wrong")
	// ErrNewer is returned for a code of a later version.
	ErrNewer = errors.New("invite: made by a newer Camp")
	// ErrEndpoints is returned for an invite that names no way to the camp, or too many.
	ErrEndpoints = errors.New("invite: between 1 and 8 endpoints are needed")
)

// Bounds of a code.
const (
	MaxEndpoints = 8
	maxRelayName = 100
	// MaxPaste is the most bytes of pasted text that Decode looks at.
	MaxPaste = 16 << 10

	secretLen = 16
	keyLen    = 32
	sumLen    = 4
	headLen   = 1 + secretLen + keyLen + 4
	minLen    = headLen + 7 + sumLen
	version   = 1
	prefix    = "CAMP1-"
)

// Flags of an invite.
type Flags uint8

// The flags.
const (
	NeedsApproval Flags = 1 << iota
	LANOnly
	HasRelay
)

// Invite is what a code holds. The secret is as good as the invite itself: it
// is never logged.
type Invite struct {
	Flags   Flags
	Secret  [secretLen]byte
	CampKey [keyLen]byte // the camp's tunnel public key
	Ends    time.Time    // whole minutes, UTC; only a hint, the camp decides
	Direct  []netip.AddrPort
	Relay   *Relay
}

// Relay is a way through somebody's relay.
type Relay struct {
	Name  string // a DNS name or an address
	Port  uint16
	Route [8]byte
}

// String hides the secret.
func (Invite) String() string { return "[invite]" }

// GoString hides the secret from %#v.
func (Invite) GoString() string { return "[invite]" }

const (
	typeIPv4  = 1
	typeIPv6  = 2
	typeRelay = 3
)

// Encode writes the invite as a code: upper case, groups of five parted by
// hyphens, "CAMP1-" in front. It returns ErrEndpoints where nothing says how to
// reach the camp.
func (v Invite) Encode() (string, error) {
	b, err := v.bytes()
	if err != nil {
		return "", err
	}
	return prefix + group(encode32(b)), nil
}

func (v Invite) bytes() ([]byte, error) {
	ways := len(v.Direct)
	if v.Relay != nil {
		ways++
	}
	if ways == 0 || ways > MaxEndpoints {
		return nil, ErrEndpoints
	}
	flags := v.Flags &^ HasRelay
	if v.Relay != nil {
		flags |= HasRelay
	}
	b := []byte{version<<4 | byte(flags&0x0f)}
	b = append(b, v.Secret[:]...)
	b = append(b, v.CampKey[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(v.Ends.Unix()/60))
	for _, ap := range v.Direct {
		if !ap.IsValid() || ap.Port() == 0 {
			return nil, fmt.Errorf("endpoint %v: %w", ap, ErrEndpoints)
		}
		a := ap.Addr().Unmap().WithZone("")
		if a.Is4() {
			b = append(b, typeIPv4)
		} else {
			b = append(b, typeIPv6)
		}
		b = append(b, a.AsSlice()...)
		b = binary.BigEndian.AppendUint16(b, ap.Port())
	}
	if r := v.Relay; r != nil {
		if len(r.Name) == 0 || len(r.Name) > maxRelayName || r.Port == 0 {
			return nil, fmt.Errorf("relay: %w", ErrEndpoints)
		}
		b = append(b, typeRelay, byte(len(r.Name)))
		b = append(b, r.Name...)
		b = binary.BigEndian.AppendUint16(b, r.Port)
		b = append(b, r.Route[:]...)
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:sumLen]...), nil
}

// Decode reads a code out of pasted text: any case, with blanks, hyphens, line
// breaks, quotation marks and zero-width signs, as a camp: link, or within a
// friendly letter; CAMP1 in front may be missing or mistyped. O is read as 0, I and L
// as 1.
func Decode(text string) (Invite, error) {
	if len(text) > MaxPaste {
		return Invite{}, ErrNoCode
	}
	s, marked, err := find(text)
	if err != nil {
		return Invite{}, err
	}
	if !marked && len(s) < 40 {
		return Invite{}, ErrNoCode
	}
	v, err := fromText(s)
	if err == nil || marked {
		return v, err
	}
	// The mark in front may itself be cut, mistyped or one letter too long; the sum tells.
	for cut := 1; cut <= len(prefix); cut++ {
		if v, err := fromText(s[cut:]); err == nil {
			return v, nil
		}
	}
	return Invite{}, err
}

func fromText(s string) (Invite, error) {
	b, tidy, ok := decode32(s)
	if !ok {
		return Invite{}, ErrCharacter
	}
	return fromBytes(b, tidy)
}

// fromBytes checks length, sum, version and shape, in this order; tidy is false
// where the text cannot have ended where it does.
func fromBytes(b []byte, tidy bool) (Invite, error) {
	if len(b) < minLen {
		return Invite{}, ErrPiece
	}
	body, sum := b[:len(b)-sumLen], b[len(b)-sumLen:]
	want := sha256.Sum256(body)
	right := tidy && bytes.Equal(sum, want[:sumLen])
	if right && b[0]>>4 > version {
		return Invite{}, ErrNewer
	}
	v, whole := parse(body)
	switch {
	case right && whole && b[0]>>4 == version:
		return v, nil
	case !whole && !right:
		return Invite{}, ErrPiece
	}
	return Invite{}, ErrCharacter
}

// parse reads the body; whole is false where it ends within an endpoint or
// holds what no encoder writes.
func parse(b []byte) (v Invite, whole bool) {
	v.Flags = Flags(b[0] & 0x0f)
	copy(v.Secret[:], b[1:])
	copy(v.CampKey[:], b[1+secretLen:])
	v.Ends = time.Unix(int64(binary.BigEndian.Uint32(b[headLen-4:]))*60, 0).UTC()
	for rest := b[headLen:]; len(rest) > 0; {
		n, ok := v.endpoint(rest)
		if !ok || len(v.Direct) > MaxEndpoints {
			return v, false
		}
		rest = rest[n:]
	}
	ways := len(v.Direct)
	if v.Relay != nil {
		ways++
	}
	return v, ways > 0 && ways <= MaxEndpoints && (v.Flags&HasRelay != 0) == (v.Relay != nil)
}

func (v *Invite) endpoint(b []byte) (read int, ok bool) {
	size := map[byte]int{typeIPv4: 4, typeIPv6: 16}[b[0]]
	switch {
	case size > 0 && len(b) >= 1+size+2:
		a, _ := netip.AddrFromSlice(b[1 : 1+size])
		port := binary.BigEndian.Uint16(b[1+size:])
		v.Direct = append(v.Direct, netip.AddrPortFrom(a, port))
		return 1 + size + 2, port != 0 && !a.Is4In6()
	case b[0] == typeRelay && len(b) >= 2 && v.Relay == nil:
		n := int(b[1])
		if n == 0 || n > maxRelayName || len(b) < 2+n+2+8 {
			return 0, false
		}
		r := &Relay{Name: string(b[2 : 2+n]), Port: binary.BigEndian.Uint16(b[2+n:])}
		copy(r.Route[:], b[2+n+2:])
		v.Relay = r
		return 2 + n + 2 + 8, r.Port != 0
	}
	return 0, false
}

// find cuts the code out of the text and says whether it was marked by CAMP1.
func find(text string) (code string, marked bool, err error) {
	upper := strings.ToUpper(text)
	at := strings.LastIndex(upper, "CAMP1")
	if at < 0 {
		if i := strings.LastIndex(upper, "CAMP"); i >= 0 && i+4 < len(upper) && upper[i+4] >= '2' && upper[i+4] <= '9' {
			return "", false, ErrNewer
		}
		return squeeze(upper), false, nil
	}
	rest := upper[at+len("CAMP1"):]
	// A code in a letter ends with its paragraph.
	for _, gap := range []string{"\n\n", "\r\n\r\n", "\r\r"} {
		if i := strings.Index(rest, gap); i >= 0 && len(squeeze(rest[:i])) >= 40 {
			rest = rest[:i]
		}
	}
	return squeeze(rest), true, nil
}

// squeeze drops what people and programs put between the characters of a code.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 'O':
			return '0'
		case r == 'I', r == 'L':
			return '1'
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
			return r
		case strings.ContainsRune(" \t\r\n\v\f\u00a0\u2007\u202f-\u2010\u2011\u2012\u2013\u2014\u2212"+
			"\u200b\u200c\u200d\u2060\ufeff\u00ad\"'`\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb.,:;<>()[]*_", r):
			return -1
		}
		return '?'
	}, s)
}

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func encode32(b []byte) string {
	var out strings.Builder
	acc, bits := uint32(0), 0
	for _, c := range b {
		acc, bits = acc<<8|uint32(c), bits+8
		for bits >= 5 {
			bits -= 5
			out.WriteByte(alphabet[acc>>bits&31])
		}
	}
	if bits > 0 {
		out.WriteByte(alphabet[acc<<(5-bits)&31])
	}
	return out.String()
}

// decode32 refuses characters outside the alphabet. tidy is false where spare
// bits are left over that no encoder leaves, so that each code has one spelling.
func decode32(s string) (b []byte, tidy, ok bool) {
	out := make([]byte, 0, len(s)*5/8)
	acc, bits := uint32(0), 0
	for i := range len(s) {
		n := strings.IndexByte(alphabet, s[i])
		if n < 0 {
			return nil, false, false
		}
		acc, bits = acc<<5|uint32(n), bits+5
		if bits >= 8 {
			bits -= 8
			out = append(out, byte(acc>>bits))
		}
		acc &= 1<<bits - 1
	}
	return out, bits < 5 && acc == 0, true
}

func group(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i += 5 {
		if i > 0 {
			b.WriteByte('-')
		}
		b.WriteString(s[i:min(i+5, len(s))])
	}
	return b.String()
}
