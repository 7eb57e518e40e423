package media

import (
	"encoding/binary"
	"errors"
)

// Limits of what is taken in (reliability.md 3), all judged by the file's header,
// before a decoder sees it.
const (
	MaxBytes  = 16 << 20   // of an upload
	MaxPixels = 40_000_000 // width times height; of a moving picture, of all its frames together
	MaxSide   = 8192       // pixels
	MaxFrames = 100
	// maxMemory is the most that decoding may take, by our reckoning of what Go's decoders do.
	maxMemory = 256 << 20 // bytes
)

// Why a picture is not taken; each has its own sentence (faultOf).
var (
	errKind    = errors.New("media: not a picture of a kind we take")
	errBroken  = errors.New("media: the picture is cut or damaged")
	errLarge   = errors.New("media: too many pixels")
	errFrames  = errors.New("media: too many frames")
	errTooLong = errors.New("media: took too long")
	errMoving  = errors.New("media: a moving picture of a kind that we cannot read")
)

// kind is a picture format that is taken in.
type kind int

const (
	jpegKind kind = iota + 1
	pngKind
	gifKind
	webpKind
)

// shape is what a header says, and what decoding would cost.
type shape struct {
	kind   kind
	width  int
	height int
	frames int
	pixels int64 // of all frames
	memory int64 // bytes that a decoder would take
	turn   int   // EXIF orientation, 1 to 8
}

// look reads the header of a whole file b, without decoding, in time and memory
// that depend on len(b) alone, and refuses what is over the limits.
func look(b []byte) (shape, error) {
	s, err := lookKind(b)
	if err != nil {
		return s, err
	}
	switch {
	case s.width < 1 || s.height < 1 || s.frames < 1:
		return s, errBroken
	case s.width > MaxSide || s.height > MaxSide, int64(s.width)*int64(s.height) > MaxPixels:
		return s, errLarge
	case s.frames > MaxFrames:
		return s, errFrames
	case s.pixels > MaxPixels, s.memory > maxMemory:
		return s, errLarge
	}
	if s.turn < 1 || s.turn > 8 {
		s.turn = 1
	}
	return s, nil
}

func lookKind(b []byte) (shape, error) {
	switch {
	case len(b) >= 3 && b[0] == 0xff && b[1] == 0xd8 && b[2] == 0xff:
		return lookJPEG(b)
	case hasAt(b, 0, "\x89PNG\r\n\x1a\n"):
		return lookPNG(b)
	case hasAt(b, 0, "GIF87a"), hasAt(b, 0, "GIF89a"):
		return lookGIF(b)
	case hasAt(b, 0, "RIFF") && hasAt(b, 8, "WEBP"):
		return lookWebP(b)
	}
	return shape{}, errKind
}

func hasAt(b []byte, at int, s string) bool {
	return len(b) >= at+len(s) && string(b[at:at+len(s)]) == s
}

// lookJPEG walks the markers up to the first scan. ITU T.81 annex B.
func lookJPEG(b []byte) (shape, error) {
	s := shape{kind: jpegKind, frames: 1}
	for at := 2; ; {
		for at < len(b) && b[at] != 0xff { // fill bytes between segments, as decoders allow
			at++
		}
		for at < len(b) && b[at] == 0xff {
			at++
		}
		if at+3 > len(b) {
			return s, errBroken
		}
		m := b[at]
		if m == 0 || m == 0x01 || m >= 0xd0 && m <= 0xd7 { // no length follows
			at++
			continue
		}
		if m == 0xd9 { // the end, before any picture
			return s, errBroken
		}
		n := int(binary.BigEndian.Uint16(b[at+1:]))
		if n < 2 || at+1+n > len(b) {
			return s, errBroken
		}
		seg := b[at+3 : at+1+n]
		switch {
		case m >= 0xc0 && m <= 0xc2: // baseline, extended, progressive
			return s, s.jpegFrame(m, seg)
		case m >= 0xc3 && m <= 0xcf && m != 0xc4 && m != 0xc8 && m != 0xcc:
			return s, errKind // lossless, arithmetic: no decoder of ours reads them
		case m == 0xe1 && s.turn == 0 && hasAt(seg, 0, "Exif\x00\x00"):
			s.turn = orientation(seg[6:])
		case m == 0xda:
			return s, errBroken // a scan before a frame
		}
		at += 1 + n
	}
}

// jpegFrame reads a frame header (B.2.2) and reckons what decoding takes.
func (s *shape) jpegFrame(marker byte, seg []byte) error {
	if len(seg) < 6 {
		return errBroken
	}
	s.height, s.width = int(binary.BigEndian.Uint16(seg[1:])), int(binary.BigEndian.Uint16(seg[3:]))
	n := int(seg[5])
	if n < 1 || n > 4 || len(seg) < 6+3*n {
		return errBroken
	}
	area, top, sum := int64(s.width)*int64(s.height), int64(1), int64(0)
	for i := range n {
		sampling := seg[6+3*i+1]
		k := int64(sampling>>4) * int64(sampling&15)
		if k < 1 || k > 16 {
			return errBroken
		}
		sum, top = sum+k, max(top, k)
	}
	s.pixels = area
	planes := (area*sum + top - 1) / top // bytes of the decoded planes
	s.memory = planes
	if marker == 0xc2 {
		s.memory += 4 * planes // coefficients of all blocks, four bytes each
	}
	if n == 4 {
		s.memory += 4 * area // put together as CMYK
	}
	return nil
}

// lookPNG reads the header chunk and walks on for an orientation. PNG 3rd ed. §5.3, §11.2.1, §11.3.3.4.
func lookPNG(b []byte) (shape, error) {
	s := shape{kind: pngKind, frames: 1}
	if !hasAt(b, 12, "IHDR") || len(b) < 33 || binary.BigEndian.Uint32(b[8:]) != 13 {
		return s, errBroken
	}
	w, h := binary.BigEndian.Uint32(b[16:]), binary.BigEndian.Uint32(b[20:])
	if w > 1<<31-1 || h > 1<<31-1 {
		return s, errBroken
	}
	s.width, s.height = int(w), int(h)
	if w > MaxSide || h > MaxSide {
		return s, nil // refused by look; no product to overflow
	}
	s.pixels = int64(w) * int64(h)
	s.memory = s.pixels * pngPixel(b[24], b[25])
	if b[28] != 0 {
		s.memory += s.memory / 2 // interlaced: the largest pass is decoded apart
	}
	s.turn = pngTurn(b)
	return s, nil
}

// pngPixel gives bytes per decoded pixel.
func pngPixel(depth, colour byte) int64 {
	n := int64(4)
	if colour == 3 || colour == 0 && depth <= 8 {
		n = 1
	}
	if depth == 16 {
		n *= 2
	}
	return n
}

// pngTurn finds the orientation in an eXIf chunk.
func pngTurn(b []byte) int {
	for at := 8; at+12 <= len(b); {
		n := binary.BigEndian.Uint32(b[at:])
		if int64(n) > int64(len(b)-at-12) {
			return 0
		}
		if hasAt(b, at+4, "eXIf") {
			return orientation(b[at+8 : at+8+int(n)])
		}
		at += 12 + int(n)
	}
	return 0
}

// lookGIF walks the blocks and adds the frames up. GIF89a §18–26.
func lookGIF(b []byte) (shape, error) {
	s := shape{kind: gifKind}
	if len(b) < 13 {
		return s, errBroken
	}
	s.width, s.height = int(binary.LittleEndian.Uint16(b[6:])), int(binary.LittleEndian.Uint16(b[8:]))
	at := 13 + table(b[10])
	for {
		if at >= len(b) {
			return s, errBroken
		}
		switch b[at] {
		case 0x3b: // trailer
			s.memory = 2*s.pixels + 8*int64(s.width)*int64(s.height)
			return s, nil
		case 0x21: // extension: a label, then data
			at += 2
		case 0x2c: // a frame
			if at+11 > len(b) {
				return s, errBroken
			}
			if s.frames++; s.frames > MaxFrames {
				return s, nil // refused by look; enough counted
			}
			s.pixels += int64(binary.LittleEndian.Uint16(b[at+5:])) * int64(binary.LittleEndian.Uint16(b[at+7:]))
			at += 10 + table(b[at+9]) + 1 // and the code size
		default:
			return s, errBroken
		}
		for { // data in blocks of at most 255 bytes
			if at >= len(b) {
				return s, errBroken
			}
			n := int(b[at])
			at += 1 + n
			if n == 0 {
				break
			}
		}
	}
}

// table gives the bytes of the colour table that the packed field announces.
func table(packed byte) int {
	if packed&0x80 == 0 {
		return 0
	}
	return 3 << (packed&7 + 1)
}

// lookWebP walks the chunks. RFC 9649 §2.
func lookWebP(b []byte) (shape, error) {
	s := shape{kind: webpKind, frames: 1}
	for at := 12; at+8 <= len(b); {
		n := int64(binary.LittleEndian.Uint32(b[at+4:]))
		if n > int64(len(b)-at-8) {
			return s, errBroken
		}
		if err := s.webpChunk(string(b[at:at+4]), b[at+8:at+8+int(n)]); err != nil {
			return s, err
		}
		at += 8 + int(n+n&1)
	}
	s.pixels = int64(s.width) * int64(s.height)
	s.memory = 6 * s.pixels // at most four bytes a pixel, and planes or tables beside
	return s, nil
}

// webpChunk takes the largest size that any chunk names.
func (s *shape) webpChunk(id string, c []byte) error {
	grow := func(w, h int) { s.width, s.height = max(s.width, w), max(s.height, h) }
	switch id {
	case "VP8X":
		if len(c) < 10 {
			return errBroken
		}
		if c[0]&0x02 != 0 {
			return errMoving
		}
		grow(1+uint24(c[4:]), 1+uint24(c[7:]))
	case "VP8 ": // RFC 6386 §9.1
		if len(c) < 10 || c[3] != 0x9d || c[4] != 0x01 || c[5] != 0x2a {
			return errBroken
		}
		grow(int(binary.LittleEndian.Uint16(c[6:])&0x3fff), int(binary.LittleEndian.Uint16(c[8:])&0x3fff))
	case "VP8L": // RFC 9649 §3.4
		if len(c) < 5 || c[0] != 0x2f {
			return errBroken
		}
		v := binary.LittleEndian.Uint32(c[1:])
		grow(1+int(v&0x3fff), 1+int(v>>14&0x3fff))
	case "EXIF":
		s.turn = orientation(c)
	}
	return nil
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
