package store

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
	"strconv"
	"strings"

	"camp/node/camp"
)

// A recovery phrase is 128 random bits followed by 22 bits of their SHA-256,
// written as 30 signs of Crockford's base32 in six groups of five:
//
//	7K3QX-0MZ4T-9AB2C-…
//
// The check bits find a mistyped sign before the slow key derivation, and
// before a good backup is called a bad one.
const (
	phraseBytes  = 16
	phraseSigns  = 30
	phraseGroup  = 5
	phraseDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// NewPhrase draws a phrase from rand and gives it as its printed text.
func NewPhrase(rand io.Reader) (camp.Secret, error) {
	var bits [phraseBytes]byte
	if _, err := io.ReadFull(rand, bits[:]); err != nil {
		return camp.Secret{}, fmt.Errorf("draw recovery phrase: %w", err)
	}
	return camp.NewSecret([]byte(printPhrase(bits))), nil
}

// ParsePhrase reads a phrase as people type it: any case, with or without
// blanks, line breaks, hyphens and dots, O for 0, I and L for 1. It gives the
// printed text, as NewPhrase does. Anything else is a fault of kind Invalid
// that says whether signs are missing or wrong.
func ParsePhrase(typed string) (camp.Secret, error) {
	bits, err := readPhrase(typed)
	if err != nil {
		return camp.Secret{}, err
	}
	return camp.NewSecret([]byte(printPhrase(bits))), nil
}

func printPhrase(bits [phraseBytes]byte) string {
	full := append(bits[:], phraseCheck(bits)...)
	var b strings.Builder
	for i := range phraseSigns {
		if i > 0 && i%phraseGroup == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(phraseDigits[fiveBits(full, i)])
	}
	return b.String()
}

// phraseCheck gives the 22 check bits, left-aligned in three bytes.
func phraseCheck(bits [phraseBytes]byte) []byte {
	sum := sha256.Sum256(append([]byte("camp recovery phrase 1\n"), bits[:]...))
	return []byte{sum[0], sum[1], sum[2] &^ 3}
}

// fiveBits gives the i-th five bits of b, from the left.
func fiveBits(b []byte, i int) byte {
	n := 0
	for bit := i * 5; bit < i*5+5; bit++ {
		n = n<<1 | int(b[bit/8]>>(7-bit%8))&1
	}
	return byte(n)
}

func readPhrase(typed string) (bits [phraseBytes]byte, err error) {
	const most = 4096 // far more than any way of writing thirty signs
	if len(typed) > most {
		return bits, phraseWrong("too long")
	}
	signs, err := phraseSignsOf(typed)
	if err != nil {
		return bits, err
	}
	if len(signs) != phraseSigns {
		n := strconv.Itoa(len(signs))
		return bits, &camp.Fault{Kind: camp.Invalid, Say: "backup.phrase_length.say", Args: map[string]string{"N": n}, Err: fmt.Errorf("phrase of %s signs", n)}
	}
	full := make([]byte, phraseBytes+3)
	for i, v := range signs {
		for k := range 5 {
			bit := i*5 + k
			full[bit/8] |= (v >> (4 - k) & 1) << (7 - bit%8)
		}
	}
	copy(bits[:], full)
	if subtle.ConstantTimeCompare(full[phraseBytes:], phraseCheck(bits)) != 1 {
		return bits, phraseWrong("check bits differ")
	}
	return bits, nil
}

// phraseSignsOf gives the value of each sign that counts.
func phraseSignsOf(typed string) ([]byte, error) {
	var signs []byte
	for _, r := range strings.ToUpper(typed) {
		switch r {
		case ' ', '\t', '\r', '\n', '-', '.', ',', '_', 0xa0, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212:
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		v := strings.IndexRune(phraseDigits, r)
		if v < 0 {
			return nil, phraseWrong("a sign that no phrase has")
		}
		signs = append(signs, byte(v))
	}
	return signs, nil
}

func phraseWrong(why string) *camp.Fault {
	return camp.NewFault(camp.Invalid, "backup.phrase_wrong.say", fmt.Errorf("recovery phrase: %s", why))
}
