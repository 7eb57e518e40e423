package media

import (
	"encoding/binary"
	"image"
)

// orientation finds the Orientation tag (0x0112) of the first image directory
// in a TIFF block, as EXIF puts it; 0 if there is none. Exif 2.32 §4.6.4.
func orientation(b []byte) int {
	if hasAt(b, 0, "Exif\x00\x00") { // some writers repeat the segment's mark in WebP
		b = b[6:]
	}
	if len(b) < 8 {
		return 0
	}
	var o binary.ByteOrder
	switch string(b[:4]) {
	case "II*\x00":
		o = binary.LittleEndian
	case "MM\x00*":
		o = binary.BigEndian
	default:
		return 0
	}
	at := int64(o.Uint32(b[4:]))
	if at < 8 || at+2 > int64(len(b)) {
		return 0
	}
	n := int(o.Uint16(b[at:]))
	for i := range min(n, 1000) {
		e := at + 2 + 12*int64(i)
		if e+12 > int64(len(b)) {
			return 0
		}
		if o.Uint16(b[e:]) != 0x0112 {
			continue
		}
		const short = 3
		v := int(o.Uint16(b[e+8:]))
		if o.Uint16(b[e+2:]) != short || o.Uint32(b[e+4:]) != 1 || v < 1 || v > 8 {
			return 0
		}
		return v
	}
	return 0
}

// sideways reports whether the orientation swaps width and height.
func sideways(turn int) bool { return turn >= 5 && turn <= 8 }

// turned gives m as the orientation asks it to be shown:
//
//	1 as it is      2 mirrored        3 half a turn   4 upside down, mirrored
//	5 mirrored, then a quarter left    6 a quarter right
//	7 mirrored, then a quarter right   8 a quarter left
func turned(m *image.NRGBA, turn int) *image.NRGBA {
	if turn < 2 || turn > 8 {
		return m
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	if sideways(turn) {
		out = image.NewNRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			dx, dy := turnedTo(x, y, w, h, turn)
			copy(out.Pix[dy*out.Stride+4*dx:][:4], m.Pix[y*m.Stride+4*x:][:4])
		}
	}
	return out
}

// turnedTo says where a pixel of a w by h picture goes.
func turnedTo(x, y, w, h, turn int) (dx, dy int) {
	switch turn {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}
