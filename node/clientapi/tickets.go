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
	// An address stays the same for ticketStep, so that what a client keeps under
	// it is found again, and is good for at least ticketLife.
	ticketStep = 6  // hours
	ticketLife = 24 // hours
)

type tickets struct {
	hashes *sync.Pool // of HMACs under the key
}

func newTickets(random io.Reader) (tickets, error) {
	key := make([]byte, 32)
	if _, err := io.ReadFull(random, key); err != nil {
		return tickets{}, fmt.Errorf("draw a key for addresses: %w", err)
	}
	return tickets{hashes: &sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}}, nil
}

func (t tickets) mac(dst []byte, ends uint32, who camp.MemberID, id camp.MediaID) []byte {
	h := t.hashes.Get().(hash.Hash)
	defer t.hashes.Put(h)
	h.Reset()
	var b [64]byte
	in := append(b[:0], "camp file 1\x00"...)
	in = binary.BigEndian.AppendUint32(in, ends)
	in = binary.BigEndian.AppendUint64(in, uint64(who))
	in = append(in, id...)
	_, _ = h.Write(in) // a hash never fails
	var sum [sha256.Size]byte
	return append(dst, h.Sum(sum[:0])[:ticketMAC]...)
}

// appendTo writes a ticket for somebody and a picture.
func (t tickets) appendTo(dst []byte, now time.Time, who camp.MemberID, id camp.MediaID) []byte {
	hour := now.Unix() / 3600
	ends := uint32(hour - hour%ticketStep + ticketLife + ticketStep)
	var b [ticketSize]byte
	in := t.mac(b[:0], ends, who, id)
	in = binary.BigEndian.AppendUint32(in, ends)
	in = binary.BigEndian.AppendUint64(in, uint64(who))
	return base64.RawURLEncoding.AppendEncode(dst, in)
}

// read gives whom a ticket for this picture was made for, if it is good now.
func (t tickets) read(now time.Time, text string, id camp.MediaID) (camp.MemberID, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) != ticketSize {
		return 0, false
	}
	ends := binary.BigEndian.Uint32(raw[ticketMAC:])
	who := camp.MemberID(binary.BigEndian.Uint64(raw[ticketMAC+4:]))
	var b [ticketMAC]byte
	good := subtle.ConstantTimeCompare(raw[:ticketMAC], t.mac(b[:0], ends, who, id)) == 1
	return who, good && now.Unix()/3600 < int64(ends)
}

// fileURL writes the address of a picture for the reader of this answer.
func (c *call) fileURL(k string, id camp.MediaID, small bool) {
	o := c.out
	o.key(k)
	o.b = append(o.b, '"')
	o.b = append(o.b, c.base...)
	o.b = append(o.b, filePath...)
	o.b = c.a.tickets.appendTo(o.b, c.a.o.Now(), c.me.ID, id)
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
	now := c.a.o.Now()
	who, ok := c.a.tickets.read(now, c.path[0], id)
	if !ok {
		return errNoRecord
	}
	m, err := c.a.o.People.Member(c.ctx(), who)
	if err != nil {
		return err
	}
	if !m.Standing.In() || !m.Ends.IsZero() && !now.Before(m.Ends) {
		return errNoRecord
	}
	f, body, err := c.a.o.Media.Open(c.ctx(), camp.Actor{Member: m.ID, Role: m.Role}, id, c.path[2] == "small")
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // only read
	return c.content(f.Type, body)
}

// content answers with a file of a kind that is shown without danger.
func (c *call) content(kind string, body io.ReadSeeker) error {
	h := c.w.Header()
	switch kind {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
	default:
		kind = "application/octet-stream"
		h.Set("Content-Disposition", "attachment")
	}
	h.Set("Content-Type", kind)
	c.sent = true
	http.ServeContent(c.w, c.r, "", time.Time{}, body)
	return nil
}
