package camp

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"time"
)

// Bounds of joining (community.md 1 and 2).
const (
	MaxInvites     = 50   // open ones in all
	MaxInviteUses  = 5    // of one invite
	MaxWaiting     = 100  // applications at once
	MaxDevices     = 5    // of one person
	MaxMessage     = 1000 // characters of an application
	MaxNote        = 120  // characters: for whom an invite was made
	MaxDeviceLabel = 40   // characters
	MaxAnswer      = 1000 // characters of a kind no
)

// How long joining's things last.
const (
	InviteLife     = 7 * 24 * time.Hour  // unless asked otherwise
	InviteLongest  = 30 * 24 * time.Hour //
	DeviceLife     = 15 * time.Minute    // of an invite for a further device of the same person
	WaitingLife    = 30 * 24 * time.Hour // an application nobody decided
	DeclinedLife   = 24 * time.Hour      // in which somebody declined can read the answer
	ApplicationEnd = 30 * 24 * time.Hour // text of an application after the decision
	FormerLife     = 30 * 24 * time.Hour // the camp's tunnel key of before, beside the new one
)

// InviteID names an invite: 8 bytes derived from its secret, as 16 hex digits.
type InviteID string

// ErrInviteID is returned by ParseInviteID for anything but 16 lower-case hex digits.
var ErrInviteID = errors.New("camp: not the id of an invite")

// ParseInviteID accepts exactly 16 lower-case hex digits, or ErrInviteID.
func ParseInviteID(s string) (InviteID, error) {
	if b, err := hex.DecodeString(s); err != nil || len(b) != 8 || hex.EncodeToString(b) != s {
		return "", ErrInviteID
	}
	return InviteID(s), nil
}

// Bytes gives the 8 bytes; zeros for what is no id.
func (id InviteID) Bytes() (b [8]byte) {
	raw, err := hex.DecodeString(string(id))
	if err == nil && len(raw) == len(b) {
		copy(b[:], raw)
	}
	return b
}

// InviteState is how an invite stands.
type InviteState string

// The states of an invite. All but the first two are tombstones: id, dates and
// outcome stay, the secret is wiped.
const (
	InviteOpen      InviteState = "open"
	InviteAsked     InviteState = "asked" // somebody asked by it, and it can still be used
	InviteUsed      InviteState = "used"
	InviteOver      InviteState = "over"
	InviteCancelled InviteState = "cancelled"
)

// Open reports whether somebody can still ask by the invite.
func (s InviteState) Open() bool { return s == InviteOpen || s == InviteAsked }

// Invite is the right to ask for membership, or, with For, the right of a
// member to add a device.
type Invite struct {
	ID     InviteID
	By     MemberID
	Note   string // for whom it was made; seen by the inviter, host and helpers
	Secret Secret // 16 bytes while it is open, none after; none for a phone's
	Made   time.Time
	Ends   time.Time
	Uses   int // how many may ask by it
	Used   int // how many have
	State  InviteState
	Nearby bool     // made for somebody in the same room
	For    MemberID // the member whose next device this lets in; 0 for a newcomer

	// A phone's invite is a WireGuard configuration instead of a code: its key
	// was made on the host's computer, shown once, and is the device's key later.
	Phone     bool
	Serial    uint64
	Key       [32]byte // its public half
	Preshared Secret   // 32 bytes

	LastUse time.Time // somebody asked by it; zero for never
}

// Device is one WireGuard key of a person. Its inner addresses follow from its
// serial, which is never given twice.
type Device struct {
	Serial    uint64
	Member    MemberID
	Key       [32]byte // the public half
	Preshared Secret   // 32 bytes, or none
	Label     string
	Made      time.Time
	LastSeen  string // day only; "" for never
	Phone     bool   // a stock WireGuard app: one fixed way to the camp
	Replaces  uint64 // serial of the device whose place it takes once it is heard; 0 for none

	Over time.Time // of which day the newest tunnel key of the camp's is that it came by; zero: the first
	Late bool      // it still comes by the camp's key of before; worked out when it is listed
}

// BuriedKey is a device's key that is refused for ever.
type BuriedKey struct {
	Key [32]byte
	At  time.Time
}

// Principal is what the access table of the tunnel knows a peer as.
type Principal string

// The principals.
const (
	PrincipalNone      Principal = ""
	PrincipalInvite    Principal = "invite"
	PrincipalWaiting   Principal = "waiting"
	PrincipalDeclined  Principal = "declined"
	PrincipalDevice    Principal = "device"
	PrincipalNeighbour Principal = "neighbour"
	PrincipalRelay     Principal = "relay"
)

// Peer is a key that the tunnel is to know, and what it may reach. Exactly one
// of Invite and Serial says which inner address it has; a phone's invite has both,
// and the address of its serial.
type Peer struct {
	Principal Principal
	Invite    InviteID
	Secret    Secret // of an invite by code: 16 bytes, from which key and preshared key are derived
	Uses      int    // of an invite: more than one asks for the peer to be renewed after each join
	Serial    uint64
	Key       [32]byte
	Preshared Secret // 32 bytes, or none
}

// Visitor is who stands behind an inner address of the tunnel.
type Visitor struct {
	Peer     Peer
	Member   Member // zero for an invite
	Device   Device // zero for an invite by code
	Answer   string // to somebody declined: the host's words, may be empty
	Question string // to somebody who waits, "" for none
	Put      uint64 // when: ids grow with time
	Reply    string // their answer to it
	Standing Standing
	Since    time.Time // when they asked
	Spent    bool      // an invite that was used up a moment ago
}

// Application is what somebody sends who wants to join.
type Application struct {
	Key     [32]byte // public key of their device
	Name    string   // as they wrote it: the shown name, from which the handle is made
	Message string
	Device  string // label
	Version int    // of the rules that they agreed to
	Hash    string // of those rules
	Phone   bool
}

// Asked is an application as host and helpers see it.
type Asked struct {
	Member  MemberID
	Message string
	Invite  InviteID
	Note    string   // of the invite
	By      MemberID // who made the invite
	At      time.Time
	Key     [32]byte // for the four words
	Answer  string
	Decided time.Time // zero while waiting

	Question string // that host or helper asked back
	Put      uint64 // when: ids grow with time
	Reply    string // what they answered
}

// InviteWish is what an invite is to be like; zero values mean the usual.
type InviteWish struct {
	Note   string
	Uses   int           // 0: 1
	Life   time.Duration // 0: InviteLife
	Nearby bool
	Phone  bool
	Key    [32]byte // of a phone's: the public key that was made for it
	Shared Secret   // of a phone's: the preshared key
	Device bool     // for a further device of by's own
	Back   string   // handle of a member who lost all devices, and comes back by it
}

// What follows is JSON on the wire between a member's program and the camp,
// inside the tunnel (assets/docs/JOINING.md).

// JoinInfo is what somebody reads before they ask: GET /v1/join.
type JoinInfo struct {
	Camp     string    `json:"camp"`
	Host     string    `json:"host"`
	Language string    `json:"language"`
	Rules    JoinRules `json:"rules"`
	Kept     []Keeping `json:"kept"` // in words, not keys
	Approval bool      `json:"approval"`
	Device   string    `json:"device,omitempty"` // an invite for a further device: the shown name of whose it will be
	Known    []string  `json:"known,omitempty"`  // with Device: DeviceTag of the keys that they have: a program that holds one was here before
}

// JoinRules are the rules as they are agreed to.
type JoinRules struct {
	Version int       `json:"version"`
	Date    time.Time `json:"date"`
	Hash    string    `json:"hash"`
	Texts   []string  `json:"texts"`
}

// JoinAsk is POST /v1/join. MAC is by the invite's bind key over BindText.
type JoinAsk struct {
	Key     []byte `json:"key"` // 32 bytes
	Name    string `json:"name"`
	Message string `json:"message"`
	Device  string `json:"device"`
	Version int    `json:"version"`
	Hash    string `json:"hash"`
	MAC     []byte `json:"mac"` // 32 bytes
}

// JoinAnswer is where somebody stands: the answer to POST /v1/join, and GET /v1/me.
type JoinAnswer struct {
	State    Standing  `json:"state"`
	Camp     string    `json:"camp"`
	Host     string    `json:"host"`
	Name     string    `json:"name"`           // handle
	Display  string    `json:"display"`        //
	Serial   uint64    `json:"serial"`         // of the device
	Shut     bool      `json:"shut,omitempty"` // with Removed: this device alone was shut out
	Since    time.Time `json:"since"`          // asked, or joined
	Answer   string    `json:"answer,omitempty"`
	Question string    `json:"question,omitempty"` // to somebody who waits
	Reply    string    `json:"reply,omitempty"`    // what they answered
	Leaves   time.Time `json:"leaves,omitzero"`    // the day they leave the camp, by their own wish
	Unread   int       `json:"unread"`
	Replies  int       `json:"replies"`   // of these: answers to one's own posts, and letters
	Words    string    `json:"words"`     // the four words for comparing
	Paths    []string  `json:"paths"`     // "ip:port", the camp's ways as it knows them now
	LastWord uint64    `json:"last_word"` // newest notice, or, while they wait, question: it grew, so there is something new

	Next *TunnelKey `json:"next,omitempty"` // to who came by the camp's key of before: the one to come by
}

// TunnelKey is the camp's tunnel key of now: GET /v1/paths, and told to whoever
// comes by the one before.
type TunnelKey struct {
	Key   []byte    `json:"key"`           // its public half, 32 bytes
	Paths []string  `json:"paths"`         // "ip:port" at which it is listened to
	Ends  time.Time `json:"ends,omitzero"` // when the key of before is over; zero: there is none
}

// KeyTag names a tunnel key of the camp's to somebody who knows it: 16 hex digits.
func KeyTag(key []byte) string { return tagOf("camp tunnel key 1", key) }

// DeviceTag is KeyTag for a device's public key.
func DeviceTag(key []byte) string { return tagOf("camp device key 1", key) }

func tagOf(label string, key []byte) string {
	sum := sha256.Sum256(append([]byte(label), key...))
	return hex.EncodeToString(sum[:8])
}

// JoinFault is a refusal on the wire.
type JoinFault struct {
	Error string `json:"error"` // a Kind
	Say   string `json:"say"`   // locale key
	Text  string `json:"text"`  // the sentence, in the language asked for
}

// BindText is what the MAC of a JoinAsk is over: a label, then each field with
// its length in bytes before it, big-endian in four bytes.
func (a JoinAsk) BindText() []byte {
	b := []byte("camp join 1")
	for _, f := range [][]byte{
		a.Key, []byte(a.Name), []byte(a.Message), []byte(a.Device), []byte(strconv.Itoa(a.Version)), []byte(a.Hash),
	} {
		n := len(f)
		b = append(b, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
		b = append(b, f...)
	}
	return b
}
