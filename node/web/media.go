package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"camp/node/camp"
)

func (v *visit) media() error { return v.sendMedia(false) }

func (v *visit) mediaSmall() error { return v.sendMedia(true) }

// sendMedia serves a picture to a reader who may see it. It stays in the
// browser's own cache for the session: an id never gets another content.
func (v *visit) sendMedia(small bool) error {
	id, err := camp.ParseMediaID(v.r.PathValue("id"))
	if err != nil {
		return errNowhere
	}
	m, body, err := v.s.o.Media.Open(v.ctx(), v.actor, id, small)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // only read
	v.w.Header().Set("Content-Type", mediaType(m.Type))
	v.w.Header().Set("Cache-Control", "private, no-store")
	if mediaType(m.Type) == "application/octet-stream" {
		v.w.Header().Set("Content-Disposition", "attachment")
	}
	http.ServeContent(v.w, v.r, "", time.Time{}, body)
	return nil
}

// mediaType lets through only what browsers show without danger (reliability.md 7).
func mediaType(t string) string {
	switch t {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
		return t
	}
	return "application/octet-stream"
}

// json answers the script.
func (v *visit) json(x any) error {
	raw, err := json.Marshal(x)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	v.w.Header().Set("Content-Type", "application/json")
	_, _ = v.w.Write(raw) // the reader went away: nobody to tell
	return nil
}
