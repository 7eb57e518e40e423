package ap

import (
	"strings"

	"camp/node/camp"
)

const (
	maxAltRead  = 10_000 // characters
	maxSide     = 1 << 20
	playable    = 40 << 20 // bytes of a film that is worth fetching (reliability.md 3)
	bestHeight  = 1080
	maxVariants = 100
)

// files reads pictures, films and sounds: attachments, then a picture of the
// post itself, then the post where it is itself a film or a picture.
func (v value) files(p *Post) {
	switch p.Type {
	case "Video", "Audio", "Image":
		if f, ok := v.itself(p.Type); ok {
			p.addFile(f)
		} else if p.Type == "Video" { // none that plays here: its picture, and the page
			p.addFile(v.poster())
		}
	}
	read := 0
	for a := range v.get("attachment").all() {
		if read++; read > 4*maxFiles {
			break
		}
		if a.get("sensitive").bool() {
			p.Sensitive = true
		}
		f := a.file()
		switch a.typ() {
		case "Link", "Page":
			if kindOf(f.Type) == "" {
				if isWeb(f.URL) && len(p.Links) < maxLinks && !holds(p.Links, f.URL) {
					p.Links = append(p.Links, f.URL)
				}
				continue
			}
		case "Image", "Video", "Audio", "Document":
		case "":
			if kindOf(f.Type) == "" {
				continue
			}
		default:
			continue
		}
		if f.Type == "" || kindOf(f.Type) != "" {
			p.addFile(f)
		}
	}
	for a := range v.get("image").all() {
		p.addFile(a.file())
	}
}

func (p *Post) addFile(f camp.File) {
	if !isWeb(f.URL) || len(p.Files) >= maxFiles {
		return
	}
	for _, old := range p.Files {
		if old.URL == f.URL {
			return
		}
	}
	p.Files = append(p.Files, f)
}

// kindOf is "image", "video" or "audio", "" for all else.
func kindOf(mediaType string) string {
	main, _, _ := strings.Cut(mediaType, "/")
	switch main {
	case "image", "video", "audio":
		return main
	}
	return ""
}

// file reads an attachment. Where no media type is said none is made up: the
// bytes will tell.
func (v value) file() camp.File {
	if v.kind == isText {
		return camp.File{URL: v.text}
	}
	f := camp.File{Type: mediaType(v.get("mediaType").str()), Alt: v.alt(), Blur: blur(v.get("blurhash").str())}
	f.Width, f.Height = v.side("width"), v.side("height")
	for u := range v.get("url").all() {
		f.URL = u.id()
		if f.Type == "" {
			f.Type = mediaType(u.get("mediaType").str())
		}
		if f.Width == 0 {
			f.Width, f.Height = u.side("width"), u.side("height")
		}
		break
	}
	if f.URL == "" {
		f.URL = v.get("href").plain()
	}
	if at := v.get("focalPoint"); at.kind == isList && len(at.items) == 2 {
		x, okX := at.items[0].fraction(-1, 1)
		y, okY := at.items[1].fraction(-1, 1)
		if okX && okY {
			f.FocusX, f.FocusY = x, y
		}
	}
	return f
}

// itself is the file of a post that is one: of a film, the best that can be
// played and fetched.
func (v value) itself(t string) (camp.File, bool) {
	best, bestHigh, bestFits, found := camp.File{}, -1, false, false
	seen := 0
	weigh := func(link value, film bool) {
		f := camp.File{URL: link.id(), Type: mediaType(link.get("mediaType").str()), Width: link.side("width"), Height: link.side("height")}
		if seen++; seen > maxVariants || !isWeb(f.URL) || film && !plays(f.Type) || !film && f.Type != "" && kindOf(f.Type) == "" {
			return
		}
		high := f.Height
		fits := high <= bestHeight && link.get("size").count() <= playable
		better := !found || fits && !bestFits || fits == bestFits && (fits && high > bestHigh || !fits && high < bestHigh)
		if better {
			best, bestHigh, bestFits, found = f, high, fits, true
		}
	}
	for link := range v.get("url").all() {
		switch {
		case link.kind == isText && t != "Video":
			weigh(link, false)
		case link.kind == isObject:
			weigh(link, t == "Video")
			for inner := range link.get("tag").all() { // a playlist names its pieces (PeerTube)
				if inner.typ() == "Link" {
					weigh(inner, true)
				}
			}
		}
	}
	if own := mediaType(v.get("mediaType").str()); best.Type == "" && kindOf(own) != "" {
		best.Type = own
	}
	if best.Width == 0 {
		best.Width, best.Height = v.side("width"), v.side("height")
	}
	best.Blur = blur(v.get("blurhash").str())
	if t == "Image" && found {
		best.Alt = v.alt()
	}
	return best, found
}

// poster is the widest of the pictures that stand for a film.
func (v value) poster() camp.File {
	var best camp.File
	for one := range v.get("icon").all() {
		if f := one.file(); best.URL == "" || f.Width > best.Width {
			best = f
		}
	}
	return best
}

// plays reports whether browsers play it without help.
func plays(t string) bool {
	switch t {
	case "video/mp4", "video/webm", "video/ogg":
		return true
	}
	return false
}

func (v value) alt() string {
	if t := v.mapped("name"); t != "" {
		return camp.CleanText(t, maxAltRead)
	}
	return camp.CleanText(Text(Clean(v.mapped("summary"))), maxAltRead)
}

// picture is the address of an Image, a Link or a bare text.
func (v value) picture() string {
	u := v.plain()
	if v.kind == isObject {
		if u = v.get("url").id(); u == "" {
			u = v.get("href").plain()
		}
	}
	if isWeb(u) {
		return u
	}
	return ""
}

func (v value) side(name string) int {
	if n := v.get(name).count(); n <= maxSide {
		return n
	}
	return 0
}

// mediaType gives type and subtype in lower case, "" for what is none.
func mediaType(s string) string {
	s, _, _ = strings.Cut(s, ";")
	s = strings.ToLower(strings.TrimSpace(s))
	main, sub, ok := strings.Cut(s, "/")
	if !ok || main == "" || sub == "" || len(s) > 100 {
		return ""
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune("/.+-_", rune(c)) {
			return ""
		}
	}
	return s
}

// blur passes on what may be a blurhash: signs of its alphabet.
func blur(s string) string {
	if len(s) < 6 || len(s) > 200 {
		return ""
	}
	for _, c := range []byte(s) {
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && !strings.ContainsRune("#$%*+,-.:;=?@[]^_{|}~", rune(c)) {
			return ""
		}
	}
	return s
}
