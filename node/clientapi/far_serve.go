package clientapi

import (
	"context"
	"io"

	"camp/node/camp"
)

// FarMedia is what of Media shows files from elsewhere.
type FarMedia interface {
	OpenFar(ctx context.Context, by camp.Actor, f camp.FarFile, small bool) (camp.MediaFile, io.ReadSeekCloser, error)
}

// farMedia serves a file from elsewhere to whoever holds a ticket, as the person
// it names.
func (c *call) farMedia() error {
	of, id, name, size := c.path[1], c.id(2), c.path[3], c.path[4]
	if id == 0 || size != "small" && size != "full" {
		return errNoRecord
	}
	who, ok := c.a.tickets.readFar(c.a.o.Now(), c.path[0], of, id)
	if !ok {
		return errNoRecord
	}
	by, err := c.holder(who)
	if err != nil {
		return err
	}
	f, err := c.farNamed(by, of, id, name)
	if err != nil {
		return err
	}
	far, ok := c.a.o.Media.(FarMedia)
	if !ok {
		return errNoRecord
	}
	m, body, err := far.OpenFar(c.ctx(), by, f, size == "small")
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // only read
	return c.content(m.Type, body)
}

// farNamed finds which file a name means, among those that this reader sees now.
func (c *call) farNamed(by camp.Actor, of string, id uint64, name string) (camp.FarFile, error) {
	means := func(place, url string) bool { return url != "" && string(appendFarName(nil, place, url)) == name }
	switch of {
	case farPost:
		pv, err := c.a.o.Posts.Post(c.ctx(), by, camp.PostID(id))
		if err != nil {
			return camp.FarFile{}, err
		}
		if pv.Here() || pv.From == nil {
			break
		}
		for i, f := range pv.Files {
			if means(nthName(farFileName, i), f.URL) {
				return camp.FarFile{At: pv.From.Domain, URL: f.URL, Type: f.Type, Use: camp.FarAttached, Post: pv.ID}, nil
			}
		}
		for i, e := range pv.Emoji {
			if means(nthName(farEmojiName, i), e.URL) {
				return camp.FarFile{At: pv.From.Domain, URL: e.URL, Use: camp.FarEmoji}, nil
			}
		}
	case farPerson:
		r, err := c.a.o.Posts.Person(c.ctx(), by, camp.MemberID(id))
		if err != nil {
			return camp.FarFile{}, err
		}
		switch {
		case means(farFaceName, r.Face):
			return camp.FarFile{At: r.Domain, URL: r.Face, Use: camp.FarFace, Who: r.ID}, nil
		case means(farTopName, r.Banner):
			return camp.FarFile{At: r.Domain, URL: r.Banner, Use: camp.FarBanner, Who: r.ID}, nil
		}
		for i, e := range r.Emoji {
			if means(nthName(farEmojiName, i), e.URL) {
				return camp.FarFile{At: r.Domain, URL: e.URL, Use: camp.FarEmoji}, nil
			}
		}
	}
	return camp.FarFile{}, errNoRecord
}
