package export

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"strings"
	"time"

	"camp/node/camp"
	"camp/node/carry"
)

// The words of ActivityStreams 2.0 that the archive uses, and those of our own:
// who may read a post, and that it is a reply to something the archive does not
// hold. An importer that knows them keeps camp posts within a camp.
var vocabulary = []any{
	"https://www.w3.org/ns/activitystreams",
	map[string]any{
		"Hashtag": "as:Hashtag", "sensitive": "as:sensitive",
		"camp": "urn:camp:terms:", "audienceWord": "camp:audience", "replyWord": "camp:reply", "edits": "camp:edits",
	},
}

// person is an actor. ActivityStreams vocabulary §3.2.
type person struct {
	Context   any       `json:"@context"`
	Type      string    `json:"type"`
	ID        string    `json:"id"`
	Handle    string    `json:"preferredUsername"`
	Name      string    `json:"name"`
	Summary   string    `json:"summary,omitempty"` // HTML
	Icon      *document `json:"icon,omitempty"`
	Published string    `json:"published,omitempty"`
	Camp      string    `json:"campName"`
	Role      camp.Role `json:"campRole"`
}

// document is a picture. ActivityStreams vocabulary §3.3.
type document struct {
	Type   string `json:"type"`
	Kind   string `json:"mediaType,omitempty"`
	URL    string `json:"url,omitempty"` // in the archive; "" where the file is missing
	Name   string `json:"name,omitempty"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

// note is a post. ActivityStreams vocabulary §3.3; audienceWord is the post's
// audience, "camp" for one that must not leave its camp.
type note struct {
	Type         string            `json:"type"`
	ID           string            `json:"id"`
	AttributedTo string            `json:"attributedTo"`
	Published    string            `json:"published"`
	Updated      string            `json:"updated,omitempty"`
	Audience     string            `json:"audienceWord"`
	InReplyTo    string            `json:"inReplyTo,omitempty"` // only where the parent is in this archive
	Reply        string            `json:"replyWord,omitempty"` // "a reply to a camp post"
	Summary      string            `json:"summary,omitempty"`
	Sensitive    bool              `json:"sensitive,omitempty"`
	Content      string            `json:"content"` // HTML
	ContentMap   map[string]string `json:"contentMap,omitempty"`
	Source       source            `json:"source"`
	Tag          []tag             `json:"tag,omitempty"`
	Attachment   []document        `json:"attachment,omitempty"`
	Edits        []edit            `json:"edits,omitempty"`
}

type source struct {
	Content string `json:"content"`
	Kind    string `json:"mediaType"`
}

type tag struct {
	Type string `json:"type"`
	Name string `json:"name"`
}

type edit struct {
	Until      string     `json:"written"`
	Summary    string     `json:"summary,omitempty"`
	Source     source     `json:"source"`
	Attachment []document `json:"attachment,omitempty"`
}

// urn names something of this camp for good, also where the camp has no domain.
func (m *making) urn(what, id string) string {
	return "urn:camp:" + m.house.Fingerprint + ":" + what + ":" + id
}

func (m *making) me() string { return m.urn("member", m.member.Name) }

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func (m *making) profile(context.Context) error {
	p := person{
		Context: vocabulary, Type: "Person", ID: m.me(), Handle: m.member.Name, Name: m.member.Display,
		Summary: paragraphs(m.member.About), Published: stamp(m.member.Joined), Camp: m.house.Name, Role: m.member.Role,
	}
	if name := m.files[string(m.member.Picture)]; name != "" {
		p.Icon = &document{Type: "Image", URL: name}
	}
	return m.json("profile.json", p)
}

// posts writes the collection post by post, so that it never lies in memory whole.
func (m *making) posts(ctx context.Context) error {
	w, err := m.create("posts.json", zip.Deflate)
	if err != nil {
		return err
	}
	head, err := json.Marshal(vocabulary)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "{\n\"@context\": %s,\n\"type\": \"OrderedCollection\",\n\"attributedTo\": %q,\n\"totalItems\": %d,\n\"orderedItems\": [", head, m.me(), m.count); err != nil {
		return err
	}
	n := 0
	err = m.each(ctx, func(o own) error {
		b, err := json.Marshal(m.note(o))
		if err != nil {
			return err
		}
		sep := ",\n"
		if n++; n == 1 {
			sep = "\n"
		}
		_, err = io.WriteString(w, sep+string(b))
		return err
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n]\n}\n")
	return err
}

func (m *making) note(o own) note {
	n := note{
		Type: "Note", ID: m.urn("post", o.ID.String()), AttributedTo: m.me(), Published: stamp(o.Written), Updated: stamp(o.Edited),
		Audience: o.Audience.String(), Summary: o.Note, Sensitive: o.Note != "",
		Content: paragraphs(o.Text), Source: plain(o.Text), Attachment: m.documents(o.Pictures),
	}
	if o.Language != "" {
		n.ContentMap = map[string]string{o.Language: n.Content}
	}
	if o.ReplyTo != 0 {
		n.Reply = "a reply to a camp post"
		if o.OwnRoot {
			n.InReplyTo = m.urn("post", o.ReplyTo.String())
		}
	}
	for _, t := range o.Tags {
		n.Tag = append(n.Tag, tag{Type: "Hashtag", Name: "#" + t})
	}
	for _, e := range o.Edits {
		n.Edits = append(n.Edits, edit{Until: stamp(e.At), Summary: e.Note, Source: plain(e.Text), Attachment: m.documents(e.Pictures)})
	}
	return n
}

func plain(text string) source { return source{Content: text, Kind: "text/plain"} }

func (m *making) documents(list []camp.Picture) (out []document) {
	for _, p := range list {
		out = append(out, document{Type: "Document", Kind: p.Type, URL: m.files[string(p.ID)], Name: p.Alt, Width: p.Width, Height: p.Height})
	}
	return out
}

// paragraphs gives plain text as HTML.
func paragraphs(text string) string {
	if text == "" {
		return ""
	}
	s := strings.ReplaceAll(html.EscapeString(text), "\n\n", "</p><p>")
	return "<p>" + strings.ReplaceAll(s, "\n", "<br>") + "</p>"
}

// agreed is one agreement to the rules, with their text.
type agreed struct {
	Version int      `json:"version"`
	Hash    string   `json:"sha256"`
	At      string   `json:"agreed"`
	By      string   `json:"by"`
	Texts   []string `json:"rules,omitempty"`
}

func (m *making) agreement(ctx context.Context) error {
	list := []agreed{}
	err := m.opt.Store.View(ctx, func(tx Tx) error {
		for _, a := range m.agreed {
			r, _, err := tx.Rules(a.Version)
			if err != nil {
				return err
			}
			list = append(list, agreed{Version: a.Version, Hash: a.Hash, At: stamp(a.At), By: a.By, Texts: r.Texts})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return m.json("agreement.json", list)
}

// device is one of the member's computers and phones. Its key is left out: it
// is of use to nobody, and would only tell a copy's finder what to look for.
type device struct {
	Label    string `json:"name"`
	Added    string `json:"added"`
	LastSeen string `json:"lastSeen,omitempty"` // a day
	Phone    bool   `json:"phone,omitempty"`
}

func (m *making) devices(ctx context.Context) error {
	var list []device
	err := m.opt.Store.View(ctx, func(tx Tx) error {
		all, err := tx.DevicesOf(m.member.ID)
		if err != nil {
			return err
		}
		for _, d := range all {
			seen, err := tx.DeviceSeen(d.Serial)
			if err != nil {
				return err
			}
			list = append(list, device{Label: d.Label, Added: stamp(d.Made), LastSeen: seen, Phone: d.Phone})
		}
		return nil
	})
	if err != nil || len(list) == 0 {
		return err
	}
	return m.json("devices.json", list)
}

func (m *making) likes(ctx context.Context) error {
	return m.marks(ctx, "likes.json", Tx.FavouritesBy)
}

func (m *making) bookmarks(ctx context.Context) error {
	return m.marks(ctx, "bookmarks.json", Tx.KeptBy)
}

// marks writes the ids of posts that the member marked; with none, no file.
func (m *making) marks(ctx context.Context, name string, read func(Tx, camp.MemberID, camp.Page) ([]camp.PostID, error)) error {
	items := []string{}
	for p := (camp.Page{Limit: slice}); ; {
		var ids []camp.PostID
		err := m.opt.Store.View(ctx, func(tx Tx) (err error) {
			ids, err = read(tx, m.member.ID, p)
			return err
		})
		if err != nil {
			return err
		}
		for _, id := range ids {
			items = append(items, m.urn("post", id.String()))
		}
		if len(ids) < slice {
			break
		}
		p.Before = uint64(ids[len(ids)-1])
	}
	if len(items) == 0 {
		return nil
	}
	return m.json(name, map[string]any{
		"@context": vocabulary, "type": "OrderedCollection", "attributedTo": m.me(), "totalItems": len(items), "orderedItems": items,
	})
}

// lists are whom the member follows, blocks and mutes, each as a file.
func (m *making) lists(ctx context.Context) error {
	for k := camp.ListFollows; k <= camp.ListMutes; k++ {
		var b bytes.Buffer
		n := 0
		err := m.opt.Store.View(ctx, func(tx Tx) (err error) {
			n, err = carry.Write(&b, tx, m.member.ID, k)
			return err
		})
		if err != nil || n == 0 {
			if err != nil {
				return err
			}
			continue
		}
		w, err := m.create(carry.FileName(k), zip.Deflate)
		if err == nil {
			_, err = w.Write(b.Bytes())
		}
		if err != nil {
			return err
		}
	}
	return nil
}
