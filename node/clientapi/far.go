package clientapi

import (
	"strconv"
	"strings"

	"camp/node/camp"
)

// Pictures, films and small signs from elsewhere are shown by the camp, by what
// they belong to, never by an address of elsewhere: no other server learns who
// reads, and nothing can be asked for that is not in a post or beside a person
// (reliability.md 7). What the camp's decisions keep away is in neither.
//
//	/api/camp/far/TICKET/post/ID/f0-3a5c9e01/small     the first file of a post
//	/api/camp/far/TICKET/person/ID/face-71d2b0aa/full  somebody's picture
//
// The last part but one ends with a mark of the address there, so that another
// picture in the same place has another name. Who asks may read the post now, or
// sees nothing.

const (
	farPath   = "/api/camp/far/"
	farPost   = "post"
	farPerson = "person"
)

// farTo is whose files an answer names, and the ticket for them.
type farTo struct {
	of     string // farPost or farPerson
	id     uint64
	ticket [ticketText]byte
}

// farOf begins the addresses of files of a post or a person.
func (c *call) farOf(of string, id uint64) farTo {
	to := farTo{of: of, id: id}
	c.a.tickets.forFar(to.ticket[:0], c.ends(), c.me.ID, of, id)
	return to
}

// farURL writes the address of one of them.
func (c *call) farURL(k string, to farTo, name, url string, small bool) {
	o := c.out
	o.key(k)
	o.b = append(o.b, '"')
	o.b = append(o.b, c.base...)
	o.b = append(o.b, farPath...)
	o.b = append(o.b, to.ticket[:]...)
	o.b = append(o.b, '/')
	o.b = append(o.b, to.of...)
	o.b = append(o.b, '/')
	o.b = strconv.AppendUint(o.b, to.id, 10)
	o.b = append(o.b, '/')
	o.b = appendFarName(o.b, name, url)
	if small {
		o.b = append(o.b, `/small"`...)
	} else {
		o.b = append(o.b, `/full"`...)
	}
}

// appendFarName writes a place with the mark of what lies there.
func appendFarName(b []byte, name, url string) []byte {
	n := uint32(2166136261) // FNV-1a
	for i := range len(url) {
		n = (n ^ uint32(url[i])) * 16777619
	}
	b = append(append(b, name...), '-')
	for shift := 28; shift >= 0; shift -= 4 {
		b = append(b, hexDigits[n>>shift&15])
	}
	return b
}

func nthName(letter string, i int) string { return letter + strconv.Itoa(i) }

// The names of places.
const (
	farFileName, farEmojiName = "f", "e" // and a number
	farFaceName, farTopName   = "face", "top"
)

// faces writes the pictures of an account: one's own, those from elsewhere by
// way of the camp, or the plain ones.
func (c *call) faces(p person) {
	var to farTo
	if p.far != nil && p.far.Face+p.far.Banner != "" {
		to = c.farOf(farPerson, uint64(p.far.ID))
	}
	for _, k := range []string{"avatar", "avatar_static"} {
		switch {
		case p.m.Picture != "":
			c.fileURL(k, p.m.Picture, false)
		case p.far != nil && p.far.Face != "":
			c.farURL(k, to, farFaceName, p.far.Face, false)
		default:
			c.out.pieces(k, c.base, facePath, strconv.Itoa(faceOf(p.m.ID)))
		}
	}
	for _, k := range []string{"header", "header_static"} {
		if p.far != nil && p.far.Banner != "" {
			c.farURL(k, to, farTopName, p.far.Banner, false)
		} else {
			c.out.pieces(k, c.base, bannerPath, "")
		}
	}
	if p.far == nil || len(p.far.Emoji) == 0 {
		c.out.empty("emojis")
		return
	}
	c.emojis(farPerson, uint64(p.far.ID), p.far.Emoji, standsBeside(p.far))
}

func standsBeside(r *camp.Remote) func(sign string) bool {
	return func(sign string) bool {
		if strings.Contains(r.Display, sign) || strings.Contains(r.About, sign) {
			return true
		}
		for _, f := range r.Fields {
			if strings.Contains(f.Name, sign) || strings.Contains(f.Value, sign) {
				return true
			}
		}
		return false
	}
}

// emojisOf writes the small pictures of a post's texts.
func (c *call) emojisOf(p *camp.Post) {
	if len(p.Emoji) == 0 {
		c.out.empty("emojis")
		return
	}
	c.emojis(farPost, uint64(p.ID), p.Emoji, func(sign string) bool {
		if strings.Contains(p.Body, sign) || strings.Contains(p.Note, sign) || strings.Contains(p.Title, sign) {
			return true
		}
		if p.Poll != nil {
			for _, x := range p.Poll.Choices {
				if strings.Contains(x.Text, sign) {
					return true
				}
			}
		}
		return false
	})
}

// emojis writes those small pictures of which the sign stands in a text.
func (c *call) emojis(of string, id uint64, list []camp.Emoji, stands func(sign string) bool) {
	to, o := c.farOf(of, id), c.out
	o.list("emojis")
	for i, e := range list {
		if e.URL == "" || !stands(":"+e.Code+":") {
			continue
		}
		name := nthName(farEmojiName, i)
		o.open('{')
		o.str("shortcode", e.Code)
		c.farURL("url", to, name, e.URL, false)
		c.farURL("static_url", to, name, e.URL, false)
		o.yes("visible_in_picker", false)
		o.null("category")
		o.close('}')
	}
	o.close(']')
}

// kindOf says what a file from elsewhere is shown as; "" for what is not.
func kindOf(f *camp.File) string {
	kind, _, _ := strings.Cut(f.Type, "/")
	switch {
	case f.URL == "":
		return ""
	case kind == "video", kind == "audio", kind == "image":
		return kind
	case f.Type == "":
		return "image" // most are; its bytes decide
	}
	return ""
}

// farFiles writes the files of a post from elsewhere, inside the list.
func (c *call) farFiles(p *camp.Post) {
	if len(p.Files) == 0 {
		return
	}
	to := c.farOf(farPost, uint64(p.ID))
	for i := range p.Files {
		if f := &p.Files[i]; kindOf(f) != "" {
			c.farFile(to, nthName(farFileName, i), f)
		}
	}
}

func (c *call) farFile(to farTo, name string, f *camp.File) {
	o, kind := c.out, kindOf(f)
	o.open('{')
	o.id("id", attachID(camp.MediaID(to.of+strconv.FormatUint(to.id, 10)+f.URL)))
	o.str("type", kind)
	c.farURL("url", to, name, f.URL, false)
	if kind == "image" {
		c.farURL("preview_url", to, name, f.URL, true)
	} else {
		o.null("preview_url") // no film is decoded here
	}
	o.null("remote_url") // an app might load it from there
	o.null("preview_remote_url")
	o.null("text_url")
	o.strOr("description", camp.CleanText(f.Alt, farAltMost))
	o.strOr("blurhash", blurOf(f.Blur))
	o.object("meta")
	if w, h := f.Width, f.Height; w > 0 && h > 0 && w <= farSideMost && h <= farSideMost {
		size(o, "original", w, h)
		w, h = smaller(w, h)
		size(o, "small", w, h)
	} else {
		o.null("original")
		o.null("small")
	}
	focus(o, f.FocusX, f.FocusY)
	o.close('}')
	o.close('}')
}

const (
	farAltMost  = 10_000 // characters
	farSideMost = 100_000
	blurMost    = 200 // characters
)

// blurOf gives a blurhash if it can be one: apps decode it without looking twice.
func blurOf(s string) string {
	const signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
	if len(s) < 6 || len(s) > blurMost {
		return ""
	}
	for i := range len(s) {
		if strings.IndexByte(signs, s[i]) < 0 {
			return ""
		}
	}
	n := strings.IndexByte(signs, s[0]) // how many parts across and down, from which the length follows
	if len(s) != 4+2*(n%9+1)*(n/9+1) {
		return ""
	}
	return s
}
