package clientapi

import (
	"hash/fnv"
	"strconv"

	"camp/node/camp"
)

// attachID is a picture's id as clients see it: 18 digits like all others, made
// of the picture's own, which has letters (client-api.md 1).
func attachID(id camp.MediaID) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // a hash never fails
	const low = 100_000_000_000_000_000
	return low + h.Sum64()%(9*low)
}

// attachments writes the pictures and films of a post.
func (c *call) attachments(k string, p *camp.Post) {
	c.out.list(k)
	for i := range p.Pictures {
		c.attachment(&p.Pictures[i])
	}
	c.farFiles(p)
	c.out.close(']')
}

// smallSide is the longer side of a picture's small version, in pixels.
const smallSide = 640

func (c *call) attachment(p *camp.Picture) {
	o := c.out
	o.open('{')
	o.id("id", attachID(p.ID))
	o.str("type", "image")
	c.fileURL("url", p.ID, false)
	c.fileURL("preview_url", p.ID, true)
	o.null("remote_url")
	o.null("preview_remote_url")
	o.null("text_url")
	o.strOr("description", p.Alt)
	o.strOr("blurhash", p.Blur)
	o.object("meta")
	size(o, "original", p.Width, p.Height)
	w, h := smaller(p.Width, p.Height)
	size(o, "small", w, h)
	focus(o, 0, 0)
	o.close('}')
	o.close('}')
}

// smaller gives the sides of a picture's small version.
func smaller(w, h int) (int, int) {
	if long := max(w, h); long > smallSide {
		return max(w*smallSide/long, 1), max(h*smallSide/long, 1)
	}
	return w, h
}

// focus writes what of a picture matters most: from -1 to 1, each way.
func focus(o *out, x, y float64) {
	o.object("focus")
	o.key("x")
	o.b = strconv.AppendFloat(o.b, within1(x), 'f', -1, 64)
	o.key("y")
	o.b = strconv.AppendFloat(o.b, within1(y), 'f', -1, 64)
	o.close('}')
}

func within1(x float64) float64 {
	if !(x >= -1 && x <= 1) { // also what is no number
		return 0
	}
	return x
}

func size(o *out, k string, w, h int) {
	o.object(k)
	o.num("width", w)
	o.num("height", h)
	o.str("size", strconv.Itoa(w)+"x"+strconv.Itoa(h))
	o.key("aspect")
	o.b = strconv.AppendFloat(o.b, float64(w)/float64(max(h, 1)), 'f', 4, 64)
	o.null("duration")
	o.null("bitrate")
	o.null("frame_rate")
	o.close('}')
}
