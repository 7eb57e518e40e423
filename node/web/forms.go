package web

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"camp/node/camp"
)

// read takes in the form of a POST: its token first, its rate, its fields, its
// pictures. It gives the reason for which the form is refused, after reading
// the words typed, so that they can be shown again.
func (v *visit) read() *camp.Fault {
	fast := !v.s.writes.take(v.actor.Member, v.now())
	var f *camp.Fault
	if v.route.form != plain && strings.HasPrefix(v.r.Header.Get("Content-Type"), "multipart/form-data") {
		f = v.readParts(!fast)
	} else {
		f = v.readPlain()
	}
	if f == nil && fast {
		f = errFast
	}
	return f
}

func (v *visit) readPlain() *camp.Fault {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxForm)
	if err := v.r.ParseForm(); err != nil {
		return v.tooMuch(err)
	}
	v.form = v.r.PostForm
	if !v.tokenGood(v.form.Get("csrf")) {
		return errStale
	}
	return nil
}

// readParts streams a form with files. The token stands first in every form of
// ours; files are taken in only after it was good.
func (v *visit) readParts(pictures bool) *camp.Fault {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxUpload)
	parts, err := v.r.MultipartReader()
	if err != nil {
		return v.tooMuch(err)
	}
	v.form = url.Values{}
	room, good := int64(maxForm), false
	var bad *camp.Fault
	for range 64 {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return v.tooMuch(err)
		}
		if p.FileName() != "" && v.route.form == paper {
			if good {
				if v.paper, err = io.ReadAll(io.LimitReader(p, maxPaper+1)); err != nil {
					return v.tooMuch(err)
				}
			}
			continue
		}
		if p.FileName() != "" {
			if good && pictures && bad == nil {
				bad = v.takePicture(p)
			}
			continue
		}
		raw, err := io.ReadAll(io.LimitReader(p, room+1))
		if err != nil || int64(len(raw)) > room {
			return v.tooMuch(err)
		}
		room -= int64(len(raw))
		v.form.Add(p.FormName(), string(raw))
		good = good || (p.FormName() == "csrf" && v.tokenGood(string(raw)))
	}
	if !good {
		return errStale
	}
	return bad
}

// takePicture hands one file on as it comes in and remembers it in the form
// under the number of its field ("file2" becomes picture2).
func (v *visit) takePicture(p *multipart.Part) *camp.Fault {
	n := strings.TrimPrefix(p.FormName(), "file")
	if len(n) != 1 || n < "1" || n > "4" {
		return nil
	}
	if !v.s.loads.take(v.actor.Member, v.now()) {
		return errFastPictures
	}
	f, err := v.s.o.Media.Take(v.ctx(), v.actor, p, v.route.pattern == facePattern)
	if err != nil {
		return camp.AsFault(err)
	}
	v.form.Set("picture"+n, string(f.ID))
	return nil
}

// tooMuch says why a body could not be read.
func (v *visit) tooMuch(err error) *camp.Fault {
	var big *http.MaxBytesError
	if err == nil || errors.As(err, &big) {
		return &camp.Fault{Kind: camp.Invalid, Say: "web.fault.big"}
	}
	return &camp.Fault{Kind: camp.Invalid, Say: "web.fault.halfway", Err: fmt.Errorf("read form: %w", err)}
}

// pictures gives the pictures of the form in their order, without those ticked
// to be left out.
func (v *visit) pictures() []camp.DraftPicture {
	var list []camp.DraftPicture
	for _, n := range [...]string{"1", "2", "3", "4"} {
		id, err := camp.ParseMediaID(v.form.Get("picture" + n))
		if err != nil || v.form.Get("drop"+n) != "" {
			continue
		}
		list = append(list, camp.DraftPicture{ID: id, Alt: v.form.Get("alt" + n)})
	}
	return list
}

// backTo gives the page that a deed was done on, if it is one of ours.
func (v *visit) backTo(fallback string) string {
	p := v.form.Get("back")
	if len(p) > 300 || !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\\r\n\t#") {
		return fallback
	}
	return p
}
