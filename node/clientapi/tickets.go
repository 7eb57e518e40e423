package clientapi

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"camp/node/camp"
)

// A picture of the camp is only for people of the camp (community.md 3.1, 4), and
// an app loads it without a token. So its address carries a ticket: who it was
// made for and until when, and a MAC over these and the picture. The key is drawn
// when the camp starts and is kept nowhere. Whoever comes by such an address is
// treated as the one whom it names: may they see the picture now?
//
//	/api/camp/file/TICKET/ID/full    TICKET = base64url(MAC 16 bytes, hours since 1970, person)

const (
	filePath   = "/api/camp/file/"
	ticketMAC  = 16 // bytes
	ticketSize = ticketMAC + 4 + 8
	ticketText = (ticketSize*8 + 5) / 6 // letters
	// An address stays the same for ticketStep, so that what a client keeps under
	// it is found again, and is good for at least ticketLife.
	ticketStep = 6  // hours
	ticketLife = 24 // hours
)

// maker makes one MAC at a time.
type maker struct {
	h   hash.Hash
	in  [128]byte
	sum [sha256.Size]byte
}

type tickets struct {
	hashes *sync.Pool // of *maker under the key
}

func newTickets(random io.Reader) (tickets, error) {
	key := make([]byte, 32)
	if _, err := io.ReadFull(random, key); err != nil {
		return tickets{}, fmt.Errorf("draw a key for addresses: %w", err)
	}
	return tickets{hashes: &sync.Pool{New: func() any { return &maker{h: hmac.New(sha256.New, key)} }}}, nil
}

const ticketFile = "camp file 1\x00"

func (t tickets) mac(dst []byte, ends uint32, who camp.MemberID, id camp.MediaID) []byte {
	return t.macOf(dst, ticketFile, ends, who, []byte(id))
}

func (t tickets) macOf(dst []byte, use string, ends uint32, who camp.MemberID, name []byte) []byte {
	m := t.hashes.Get().(*maker)
	defer t.hashes.Put(m)
	m.h.Reset()
	in := append(m.in[:0], use...)
	in = binary.BigEndian.AppendUint32(in, ends)
	in = binary.BigEndian.AppendUint64(in, uint64(who))
	in = append(in, name...)
	_, _ = m.h.Write(in) // a hash never fails
	return append(dst, m.h.Sum(m.sum[:0])[:ticketMAC]...)
}

// appendTo writes a ticket for somebody and a picture.
func (t tickets) appendTo(dst []byte, ends uint32, who camp.MemberID, id camp.MediaID) []byte {
	var b [ticketSize]byte
	return appendTicket(dst, t.mac(b[:0], ends, who, id), ends, who)
}

// ticketEnds is until when what is made now is good, in hours since 1970.
func ticketEnds(now time.Time, tool bool) uint32 {
	hour := now.Unix() / 3600
	ends := uint32(hour - hour%ticketStep + ticketLife + ticketStep)
	if tool {
		ends |= ticketTool
	}
	return ends
}

// ticketTool is the bit of the end that says that a ticket was made for a token
// of the host's own making.
const ticketTool = 1 << 31

// ticketOfTool reports whether a ticket says so; whether it is good is not looked at.
func ticketOfTool(text string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	return err == nil && len(raw) == ticketSize && binary.BigEndian.Uint32(raw[ticketMAC:])&ticketTool != 0
}

// ends is ticketEnds for the reader of this answer.
func (c *call) ends() uint32 { return ticketEnds(c.a.o.Now(), c.token.Tool) }

func appendTicket(dst, in []byte, ends uint32, who camp.MemberID) []byte {
	in = binary.BigEndian.AppendUint32(in, ends)
	in = binary.BigEndian.AppendUint64(in, uint64(who))
	return base64.RawURLEncoding.AppendEncode(dst, in)
}

// forFar and readFar are appendTo and read for all files of a post or a person
// from elsewhere.
func (t tickets) forFar(dst []byte, ends uint32, who camp.MemberID, of string, id uint64) []byte {
	var name [farNameMost]byte
	var b [ticketSize]byte
	return appendTicket(dst, t.macOf(b[:0], "camp far 1\x00", ends, who, appendFar(name[:0], of, id)), ends, who)
}

func (t tickets) readFar(now time.Time, text, of string, id uint64) (camp.MemberID, bool) {
	if len(of) > farOfMost {
		return 0, false
	}
	return t.readOf(now, text, "camp far 1\x00", appendFar(nil, of, id))
}

const (
	farOfMost   = 8 // bytes
	farNameMost = farOfMost + 1 + 20
)

func appendFar(dst []byte, of string, id uint64) []byte {
	return strconv.AppendUint(append(append(dst, of...), ' '), id, 10)
}

// read gives whom a ticket for this picture was made for, if it is good now.
func (t tickets) read(now time.Time, text string, id camp.MediaID) (camp.MemberID, bool) {
	return t.readOf(now, text, ticketFile, []byte(id))
}

func (t tickets) readOf(now time.Time, text, use string, name []byte) (camp.MemberID, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) != ticketSize {
		return 0, false
	}
	ends := binary.BigEndian.Uint32(raw[ticketMAC:])
	who := camp.MemberID(binary.BigEndian.Uint64(raw[ticketMAC+4:]))
	var b [ticketMAC]byte
	good := subtle.ConstantTimeCompare(raw[:ticketMAC], t.macOf(b[:0], use, ends, who, name)) == 1
	return who, good && now.Unix()/3600 < int64(ends&^ticketTool)
}

// fileURL writes the address of a picture for the reader of this answer.
func (c *call) fileURL(k string, id camp.MediaID, small bool) {
	o := c.out
	o.key(k)
	o.b = append(o.b, '"')
	o.b = append(o.b, c.base...)
	o.b = append(o.b, filePath...)
	o.b = c.a.tickets.appendTo(o.b, c.ends(), c.me.ID, id)
	o.b = append(o.b, '/')
	o.b = append(o.b, id...)
	if small {
		o.b = append(o.b, `/small"`...)
	} else {
		o.b = append(o.b, `/full"`...)
	}
}

// file serves a picture to whoever holds a ticket, as the person it names.
func (c *call) file() error {
	id, err := camp.ParseMediaID(c.path[1])
	if err != nil || c.path[2] != "small" && c.path[2] != "full" {
		return errNoRecord
	}
	who, ok := c.a.tickets.read(c.a.o.Now(), c.path[0], id)
	if !ok {
		return errNoRecord
	}
	by, err := c.holder(who)
	if err != nil {
		return err
	}
	f, body, err := c.a.o.Media.Open(c.ctx(), by, id, c.path[2] == "small")
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // only read
	return c.content(f.Type, body)
}

// holder gives whom a ticket names, if they are of the camp now.
func (c *call) holder(who camp.MemberID) (camp.Actor, error) {
	m, err := c.a.o.People.Member(c.ctx(), who)
	if err != nil {
		return camp.Actor{}, err
	}
	if !m.Standing.In() || !m.Ends.IsZero() && !c.a.o.Now().Before(m.Ends) {
		return camp.Actor{}, errNoRecord
	}
	return camp.Actor{Member: m.ID, Role: m.Role}, nil
}

// content answers with a file of a kind that is shown without danger.
func (c *call) content(kind string, body io.ReadSeeker) error {
	h := c.w.Header()
	switch kind {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
	case "video/mp4", "video/webm", "video/ogg", "audio/mp4", "audio/webm", "audio/ogg", "audio/mpeg": // reliability.md 7
	default:
		kind = "application/octet-stream"
		h.Set("Content-Disposition", "attachment")
	}
	h.Set("Content-Type", kind)
	c.sent = true
	http.ServeContent(c.w, c.r, "", time.Time{}, body)
	return nil
}
