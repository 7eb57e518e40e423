package media

import "strings"

// headBytes is how much of a file tells what it is.
const headBytes = 64

// Films and sounds that are handed out; each has one type, whatever was said.
const (
	typeMP4      = "video/mp4"
	typeWebM     = "video/webm"
	typeOgg      = "video/ogg"
	typeMP4Audio = "audio/mp4"
	typeWebMA    = "audio/webm"
	typeOggAudio = "audio/ogg"
	typeMP3      = "audio/mpeg"
)

// farType gives what a file is by its first bytes: one of those that are handed
// out (reliability.md 7), "" for all else. Whether a container holds a film or
// only a sound, the bytes do not tell at once; there what was said decides.
func farType(head []byte, said string) string {
	sound := strings.HasPrefix(said, "audio/")
	pick := func(film, only string) string {
		if sound {
			return only
		}
		return film
	}
	switch {
	case hasAt(head, 0, "\xff\xd8\xff"):
		return typeJPEG
	case hasAt(head, 0, "\x89PNG\r\n\x1a\n"):
		return typePNG
	case hasAt(head, 0, "GIF89a"), hasAt(head, 0, "GIF87a"):
		return typeGIF
	case hasAt(head, 4, "ftyp") && !hasAt(head, 8, "avif") && !hasAt(head, 8, "heic") && !hasAt(head, 8, "mif1"): // ISO 14496-12 §4.3
		return pick(typeMP4, typeMP4Audio)
	case hasAt(head, 0, "\x1a\x45\xdf\xa3"): // RFC 8794 §8.1
		return pick(typeWebM, typeWebMA)
	case hasAt(head, 0, "OggS"): // RFC 3533 §6
		if strings.HasPrefix(said, "video/") {
			return typeOgg
		}
		return typeOggAudio
	case hasAt(head, 0, "ID3"), len(head) > 1 && head[0] == 0xff && head[1]&0xe6 == 0xe2: // a frame of layer III
		return typeMP3
	}
	return ""
}

// isFilm reports whether it is kept as it came.
func isFilm(kind string) bool {
	return strings.HasPrefix(kind, "video/") || strings.HasPrefix(kind, "audio/")
}
