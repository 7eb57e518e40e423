package clientapi

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"

	"camp/node/camp"
)

// maxUpload bounds a body with a file, a little above what one picture may have.
const maxUpload = 17 << 20 // bytes

// upload takes a picture in; it is ready when this answers.
func (c *call) upload() error {
	kind, more, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || more["boundary"] == "" {
		return invalid("A file is missing")
	}
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, maxUpload)
	var f camp.MediaFile
	err = c.in.readParts(multipart.NewReader(c.r.Body, more["boundary"]), func(name string, r io.Reader) error {
		if name != "file" || f.ID != "" {
			return nil // a picture of our own making stands for a film's
		}
		var err error
		f, err = c.a.o.Media.Take(c.ctx(), c.by, r, false)
		return err
	})
	if err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return errLarge
		}
		// An app that is cut off while it sends never hears why; the body has its bound.
		_, _ = io.Copy(io.Discard, c.r.Body)
		return err
	}
	if f.ID == "" {
		return invalid("A file is missing")
	}
	if alt := c.in.get("description"); alt != "" {
		if f, err = c.a.o.Media.Describe(c.ctx(), c.by, f.ID, alt); err != nil {
			return err
		}
	}
	return c.looseOne(f)
}

func (c *call) looseOne(f camp.MediaFile) error {
	c.attachment(&camp.Picture{ID: f.ID, Alt: f.Alt, Type: f.Type, Width: f.Width, Height: f.Height, Blur: f.Blur})
	return nil
}

// loose gives an upload of the reader's own that no post has taken yet.
func (c *call) loose() (camp.MediaFile, error) {
	list, err := c.a.o.Media.Loose(c.ctx(), c.by)
	if err != nil {
		return camp.MediaFile{}, err
	}
	id := c.id(0)
	for _, f := range list {
		if id != 0 && attachID(f.ID) == id {
			return f, nil
		}
	}
	return camp.MediaFile{}, errNoRecord
}

func (c *call) mediaByID() error {
	f, err := c.loose()
	if err != nil {
		return err
	}
	return c.looseOne(f)
}

func (c *call) describe() error {
	f, err := c.loose()
	if err != nil {
		return err
	}
	if c.in.has("description") {
		if f, err = c.a.o.Media.Describe(c.ctx(), c.by, f.ID, c.in.get("description")); err != nil {
			return err
		}
	}
	return c.looseOne(f)
}
