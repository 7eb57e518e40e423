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

// attachments writes the pictures of a post.
func (c *call) attachments(k string, list []camp.Picture) {
	c.out.list(k)
	for i := range list {
		c.attachment(&list[i])
	}
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
	o.null("blurhash")
	o.object("meta")
	size(o, "original", p.Width, p.Height)
	w, h := p.Width, p.Height
	if long := max(w, h); long > smallSide {
		w, h = max(w*smallSide/long, 1), max(h*smallSide/long, 1)
	}
	size(o, "small", w, h)
	o.object("focus")
	o.num("x", 0)
	o.num("y", 0)
	o.close('}')
	o.close('}')
	o.close('}')
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
