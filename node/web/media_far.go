package web

import (
	"net/http"
	"strconv"
	"time"

	"camp/node/camp"
)

// Files from elsewhere are asked for by the post or the person that they belong
// to and their place there: who may read that may see them, and no address can
// be asked for that is not in it (reliability.md 7).

func (v *visit) farMedia() error { return v.sendAttached(false) }

func (v *visit) farMediaSmall() error { return v.sendAttached(true) }

// nth reads a place in a list of n from the address.
func (v *visit) nth(n int) (int, error) {
	s := v.r.PathValue("n")
	i, err := strconv.Atoi(s)
	if err != nil || i < 0 || i >= n || s != itoa(i) {
		return 0, errNowhere
	}
	return i, nil
}

func (v *visit) sendAttached(small bool) error {
	p, err := v.farPost()
	if err != nil {
		return err
	}
	i, err := v.nth(len(p.Files))
	if err != nil {
		return err
	}
	f := p.Files[i]
	return v.sendFar(camp.FarFile{At: camp.Domain(serverOf(&p)), URL: f.URL, Type: f.Type, Use: camp.FarAttached, Post: p.ID}, small)
}

func (v *visit) farPost() (camp.PostView, error) {
	id, err := v.postID()
	if err != nil {
		return camp.PostView{}, err
	}
	p, err := v.s.o.Posts.Post(v.ctx(), v.actor, id)
	if err == nil && p.Here() {
		err = errNowhere
	}
	return p, err
}

func (v *visit) postEmoji() error {
	p, err := v.farPost()
	if err != nil {
		return err
	}
	i, err := v.nth(len(p.Emoji))
	if err != nil {
		return err
	}
	return v.sendFar(camp.FarFile{At: camp.Domain(serverOf(&p)), URL: p.Emoji[i].URL, Use: camp.FarEmoji}, false)
}

// addressed gives the person of the address.
func (v *visit) addressed() (camp.Remote, error) {
	id, err := camp.ParseMemberID(v.r.PathValue("id"))
	if err != nil {
		return camp.Remote{}, errNowhere
	}
	return v.s.o.Posts.Person(v.ctx(), v.actor, id)
}

func (v *visit) farFace() error {
	r, err := v.addressed()
	if err != nil {
		return err
	}
	return v.sendFar(camp.FarFile{At: r.Domain, URL: r.Face, Use: camp.FarFace, Who: r.ID}, false)
}

func (v *visit) faceEmoji() error {
	r, err := v.addressed()
	if err != nil {
		return err
	}
	i, err := v.nth(len(r.Emoji))
	if err != nil {
		return err
	}
	return v.sendFar(camp.FarFile{At: r.Domain, URL: r.Emoji[i].URL, Use: camp.FarEmoji}, false)
}

func (v *visit) sendFar(f camp.FarFile, small bool) error {
	far, ok := v.s.o.Media.(FarMedia)
	if !ok || f.URL == "" {
		return errNowhere
	}
	m, file, err := far.OpenFar(v.ctx(), v.actor, f, small)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // only read
	h := v.w.Header()
	h.Set("Content-Type", farType(m.Type))
	h.Set("Cache-Control", "private, no-store")
	if farType(m.Type) == "application/octet-stream" {
		h.Set("Content-Disposition", "attachment")
	}
	http.ServeContent(v.w, v.r, "", time.Time{}, file)
	return nil
}

// farType is mediaType with the films and sounds that browsers play (reliability.md 7).
func farType(t string) string {
	switch t {
	case "video/mp4", "video/webm", "video/ogg", "audio/mp4", "audio/webm", "audio/ogg", "audio/mpeg":
		return t
	}
	return mediaType(t)
}
