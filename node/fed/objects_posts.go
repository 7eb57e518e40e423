package fed

import (
	"io"
	"net/http"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/posts"
)

// shown is a post that is there for somebody outside.
type shown struct {
	camp.Post
	by  camp.Member
	ap  *ap.Post
	all bool // everybody may read it
}

// there finds a post of this camp that others may know of at all. What is the
// camp's alone, a letter within it, a boost and what never was are the same.
func (a *asking) there(tx ObjectsTx, id camp.PostID) (s shown, err error) {
	p, ok, err := tx.Post(id)
	if err != nil || !ok || !p.Here() || p.BoostOf != 0 || p.Audience == camp.AudienceCamp {
		return s, orNothing(err)
	}
	m, ok, err := tx.Member(p.Author)
	if err != nil || !ok || !reachable(m) {
		return s, orNothing(err)
	}
	r, err := a.Objects.shaper.post(tx, p, m, camp.ErrandPost)
	if settled(err) {
		err = errNothing
	}
	return shown{Post: p, by: m, ap: r.post, all: open(p.Audience)}, err
}

// idOf reads an id of 18 digits.
func (a *asking) idOf(name string) (camp.PostID, error) {
	id, err := camp.ParsePostID(a.r.PathValue(name))
	if err != nil || id == 0 {
		return 0, errNothing
	}
	return id, nil
}

// find gives a post to whoever may see it; who is zero where everybody may and a
// page is wanted.
func (a *asking) find() (s shown, who Signer, err error) {
	id, err := a.idOf("id")
	if err != nil {
		return s, who, err
	}
	err = a.view(func(tx ObjectsTx) error {
		s, err = a.there(tx, id)
		return err
	})
	switch {
	case err != nil:
		return s, who, err
	case a.page && s.all:
		return s, who, nil
	case a.page:
		return s, who, errNothing
	case s.all:
		who, err = a.signer()
	default:
		who, err = a.needs()
	}
	if err != nil {
		return s, who, err
	}
	return s, who, a.view(func(tx ObjectsTx) error { return reads(tx, who, s.Post) })
}

// reads refuses who may not read a post.
func reads(tx ObjectsTx, who Signer, p camp.Post) error {
	ok, err := posts.FarSees(tx, who.Remote.ID, p)
	if err == nil && !ok {
		err = errNothing
	}
	return err
}

// post shows a post.
func (a *asking) post() error {
	s, _, err := a.find()
	switch {
	case err != nil:
		return err
	case a.page:
		return a.sendOn(a.n.PostPage(s.by.Name, s.ID))
	}
	return a.give(http.StatusOK, s.ap.JSON())
}

// stamp shows the yes to a quote of a post that everybody may read (FEP-044f).
func (a *asking) stamp() error {
	id, err := a.idOf("id")
	if err != nil {
		return err
	}
	var yes camp.Stamp
	var s shown
	err = a.view(func(tx ObjectsTx) (err error) {
		var ok bool
		if yes, ok, err = tx.Stamp(uint64(id)); err != nil || !ok {
			return orNothing(err)
		}
		s, err = a.there(tx, yes.Post)
		return err
	})
	if err != nil || !s.all {
		return orNothing(err)
	}
	if a.page {
		return a.sendOn(a.n.PostPage(s.by.Name, s.ID))
	}
	who, err := a.signer()
	if err != nil {
		return err
	}
	if err := a.view(func(tx ObjectsTx) error { return reads(tx, who, s.Post) }); err != nil {
		return err
	}
	doc := ap.Stamp{ID: a.n.Stamp(yes.ID), By: a.n.Actor(s.by.Name), From: yes.URI, Target: a.n.Post(s.ID)}
	return a.give(http.StatusOK, doc.JSON())
}

// picture shows a picture of a post, or a face. Those of what is open are for
// anybody, as pages elsewhere show them to people; all others for who may see the post.
func (a *asking) picture() error {
	id, err := camp.ParseMediaID(a.r.PathValue("id"))
	if err != nil {
		return errNothing
	}
	var f camp.MediaFile
	var p *camp.Post
	err = a.view(func(tx ObjectsTx) (err error) {
		var ok bool
		if f, ok, err = tx.Media(id); err != nil || !ok {
			return orNothing(err)
		}
		p, err = a.pictured(tx, f)
		return err
	})
	if err != nil {
		return err
	}
	if p != nil && !open(p.Audience) {
		who, err := a.needs()
		if err != nil {
			return err
		}
		if err := a.view(func(tx ObjectsTx) error { return reads(tx, who, *p) }); err != nil {
			return err
		}
	}
	f, file, err := a.o.Files.Show(f)
	if err != nil {
		if camp.AsFault(err).Kind == camp.NotFound {
			return errNothing
		}
		return err
	}
	defer file.Close() // opened to read only
	return a.hand(f, file)
}

// pictured gives the post that a picture stands in now, nil for the face of a
// member; nothing for any other.
func (a *asking) pictured(tx ObjectsTx, f camp.MediaFile) (*camp.Post, error) {
	if f.Avatar {
		m, ok, err := tx.Member(f.Owner)
		if err != nil || !ok || !reachable(m) || m.Picture != f.ID {
			return nil, orNothing(err)
		}
		return nil, nil
	}
	s, err := a.there(tx, f.Post)
	if err != nil {
		return nil, err
	}
	for _, pic := range s.Pictures {
		if pic.ID == f.ID {
			return &s.Post, nil
		}
	}
	return nil, errNothing
}

// hand sends a stored file as nothing but the picture that it is (federation.md 2).
func (a *asking) hand(f camp.MediaFile, file io.ReadSeeker) error {
	h := a.w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private")
	h.Set("Vary", varies)
	http.ServeContent(a.w, a.r, "", time.Time{}, file)
	return nil
}
