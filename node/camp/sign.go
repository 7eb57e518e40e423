package camp

import "unicode"

// LoneEmoji reports whether a text is one emoji and nothing else: a sign, or two
// letters of a flag, with what changes its look, and more of them where they are
// joined into one (Unicode TS #51).
func LoneEmoji(s string) bool {
	const (
		joiner = 0x200d
		keycap = 0x20e3
		most   = 16 // characters: families and flags of regions are long
	)
	list := []rune(s)
	if len(list) == 0 || len(list) > most {
		return false
	}
	if list[len(list)-1] == keycap {
		return len(list) <= 3 && (list[0] >= '0' && list[0] <= '9' || list[0] == '#' || list[0] == '*')
	}
	if isFlag(list[0]) {
		return len(list) == 2 && isFlag(list[1])
	}
	next := true // a sign may stand here
	for _, r := range list {
		switch {
		case next && isSign(r):
			next = false
		case !next && r == joiner:
			next = true
		case !next && changesLook(r):
		default:
			return false
		}
	}
	return !next
}

func isFlag(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

// isSign reports whether an emoji may begin with r.
func isSign(r rune) bool {
	switch {
	case isFlag(r):
		return false
	case r == 0x203c, r == 0x2049, r == 0x3030, r == 0x303d, r == 0x2194:
		return true
	}
	return r > 0xff && unicode.In(r, unicode.So, unicode.Sm)
}

// changesLook: colours of skin, text or picture, and the letters within flags of regions.
func changesLook(r rune) bool {
	return r == 0xfe0e || r == 0xfe0f || r >= 0x1f3fb && r <= 0x1f3ff || r >= 0xe0020 && r <= 0xe007f
}
