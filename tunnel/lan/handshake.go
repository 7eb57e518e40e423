// Package lan is what happens on the home network: announcing a camp, finding
// one, and letting in somebody who is in the same room. What is heard here is a
// hint, never an identity.
//
// The nearby handshake (assets/docs/NEARBY.md) gives two programs that never met
// a channel and a short number to compare. All of it is the standard library's.
package lan

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

var (
	// ErrCommitment is returned where the host's key is not the one it had bound
	// itself to: somebody stands between.
	ErrCommitment = errors.New("lan: the key does not fit the commitment")
	// ErrSealed is returned for a sealed message that does not open.
	ErrSealed = errors.New("lan: the message does not open")
)

// Sizes of the handshake's three messages, bytes.
const (
	CommitmentSize = 32
	OfferSize      = keySize + nonceSize
	RevealSize     = keySize + nonceSize

	keySize   = 32
	nonceSize = 16
)

const (
	labelCommit     = "camp nearby 1 commit"
	labelTranscript = "camp nearby 1 transcript"
	labelChannel    = "camp nearby 1 channel"
	labelCheck      = "camp nearby 1 check"
	labelWords      = "camp nearby 1 words"
	labelInvite     = "camp nearby 1 invite"
)

// side is one end's throw-away key and nonce.
type side struct {
	key   *ecdh.PrivateKey
	nonce [nonceSize]byte
}

func newSide(rand io.Reader) (side, error) {
	var seed [keySize]byte
	var s side
	if _, err := io.ReadFull(rand, seed[:]); err != nil {
		return s, fmt.Errorf("draw nearby key: %w", err)
	}
	if _, err := io.ReadFull(rand, s.nonce[:]); err != nil {
		return s, fmt.Errorf("draw nearby nonce: %w", err)
	}
	var err error
	if s.key, err = ecdh.X25519().NewPrivateKey(seed[:]); err != nil {
		return s, fmt.Errorf("make nearby key: %w", err)
	}
	return s, nil
}

func (s side) message() []byte { return append(s.key.PublicKey().Bytes(), s.nonce[:]...) }

// Host is the end that lets somebody in. It is good for one attempt.
type Host struct{ side }

// NewHost draws the host's throw-away key and nonce from rand.
func NewHost(rand io.Reader) (*Host, error) {
	s, err := newSide(rand)
	return &Host{s}, err
}

// Commitment is the first message, host to joiner.
func (h *Host) Commitment() []byte { return commitment(h.message()) }

// Answer takes the joiner's offer and gives the third message, host to joiner,
// and the channel.
func (h *Host) Answer(offer []byte) (reveal []byte, c *Channel, err error) {
	reveal = h.message()
	c, err = newChannel(h.key, offer, h.Commitment(), offer, reveal)
	return reveal, c, err
}

// Joiner is the end that asks. It is good for one attempt.
type Joiner struct {
	side
	commitment []byte
}

// NewJoiner takes the host's commitment and draws its own key and nonce from rand.
func NewJoiner(rand io.Reader, commitment []byte) (*Joiner, error) {
	if len(commitment) != CommitmentSize {
		return nil, ErrCommitment
	}
	s, err := newSide(rand)
	return &Joiner{s, bytes.Clone(commitment)}, err
}

// Offer is the second message, joiner to host.
func (j *Joiner) Offer() []byte { return j.message() }

// Finish takes the third message and gives the channel, or ErrCommitment.
func (j *Joiner) Finish(reveal []byte) (*Channel, error) {
	if len(reveal) != RevealSize || subtle.ConstantTimeCompare(commitment(reveal), j.commitment) != 1 {
		return nil, ErrCommitment
	}
	return newChannel(j.key, reveal, j.commitment, j.message(), reveal)
}

func commitment(reveal []byte) []byte {
	sum := sha256.Sum256(append([]byte(labelCommit), reveal...))
	return sum[:]
}

// Channel is what both ends share when nobody stood between.
type Channel struct {
	key   []byte
	check uint64
	words [4]byte
}

func newChannel(own *ecdh.PrivateKey, other, commitment, offer, reveal []byte) (*Channel, error) {
	if len(other) != keySize+nonceSize {
		return nil, ErrCommitment
	}
	pub, err := ecdh.X25519().NewPublicKey(other[:keySize])
	if err != nil {
		return nil, fmt.Errorf("nearby key: %w", err)
	}
	shared, err := own.ECDH(pub) // refuses keys of low order (RFC 7748 §6.1)
	if err != nil {
		return nil, fmt.Errorf("nearby key: %w", err)
	}
	t := sha256.New()
	for _, part := range [][]byte{[]byte(labelTranscript), commitment, offer, reveal} {
		t.Write(part)
	}
	c := &Channel{}
	var check []byte
	var words []byte
	for _, d := range []struct {
		label string
		size  int
		to    *[]byte
	}{{labelChannel, 32, &c.key}, {labelCheck, 8, &check}, {labelWords, 4, &words}} {
		if *d.to, err = hkdf.Key(sha256.New, shared, t.Sum(nil), d.label, d.size); err != nil {
			return nil, fmt.Errorf("derive %q: %w", d.label, err)
		}
	}
	c.check = binary.BigEndian.Uint64(check)
	copy(c.words[:], words)
	return c, nil
}

// Check is the number to compare: six digits.
func (c *Channel) Check() string { return fmt.Sprintf("%06d", c.check%1_000_000) }

// Words are four numbers below 256, places in the list of words of the reader's language.
func (c *Channel) Words() [4]byte { return c.words }

// Seal seals the one message a channel carries: the invite code, host to
// joiner. A channel's key is used once, so the nonce is zero.
func (c *Channel) Seal(code []byte) ([]byte, error) {
	a, err := c.aead()
	if err != nil {
		return nil, err
	}
	return a.Seal(nil, make([]byte, a.NonceSize()), code, []byte(labelInvite)), nil
}

// Open opens what Seal sealed, or ErrSealed.
func (c *Channel) Open(sealed []byte) ([]byte, error) {
	a, err := c.aead()
	if err != nil {
		return nil, err
	}
	code, err := a.Open(nil, make([]byte, a.NonceSize()), sealed, []byte(labelInvite))
	if err != nil {
		return nil, ErrSealed
	}
	return code, nil
}

func (c *Channel) aead() (cipher.AEAD, error) {
	b, err := aes.NewCipher(c.key)
	if err != nil {
		return nil, fmt.Errorf("nearby channel: %w", err)
	}
	return cipher.NewGCM(b)
}
