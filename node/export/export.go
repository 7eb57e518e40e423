// Package export writes a member's own archive: what the camp keeps of and by
// that member, for them to take away, readable without the app.
//
//	index.html       all of it as one page, without scripts
//	README.txt       what the files are
//	posts.json       own posts, an ActivityStreams OrderedCollection
//	profile.json     name, text about oneself, an ActivityStreams Person
//	agreement.json   which rules were agreed to, and when
//	devices.json     own devices by name, where there are any; no keys
//	likes.json       favourites and bookmarks, where there are any: of
//	bookmarks.json   other people's posts nothing but their id
//	following_accounts.csv, blocked_accounts.csv, muted_accounts.csv
//	                 whom the member follows, blocks and mutes, where there
//	                 is anybody, in the layouts of node/carry
//	media/           own pictures, as the camp keeps them
//
// Of what other people wrote nothing goes into it: a reply says that it is "a
// reply to a camp post", and no more (community.md 3.1, 12). Camp posts are
// marked as such, so that whatever reads the archive keeps them in.
package export

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"time"

	"camp/node/camp"
)

// Archive writes archives; safe for concurrent use.
type Archive struct{ opt Options }

// New makes an Archive.
func New(opt Options) *Archive { return &Archive{opt: opt} }

// slice is how many posts are read at a time.
const slice = 40

// Write writes the archive of by's own things to w, a zip. It holds a few posts
// and one picture in memory, whatever the size. Faults: not found for nobody
// and for somebody whom the camp does not know; else an error of w or of the
// store, with the archive half written.
func (a *Archive) Write(ctx context.Context, by camp.Actor, w io.Writer) error {
	m, err := a.begin(ctx, by)
	if err != nil {
		return err
	}
	return m.write(ctx, w, []part{
		{"pictures", m.pictures},
		{"profile", m.profile},
		{"posts", m.posts},
		{"agreement", m.agreement},
		{"devices", m.devices},
		{"likes", m.likes},
		{"bookmarks", m.bookmarks},
		{"lists", m.lists},
		{"page", m.page},
		{"readme", m.readme},
	})
}

// Hand writes, as Write does, what everybody in the camp may read of a member: for
// the host, who may pass it on and reads no letters by it (community.md 1).
func (a *Archive) Hand(ctx context.Context, of camp.MemberID, w io.Writer) error {
	m, err := a.begin(ctx, camp.Actor{Member: of})
	if err != nil {
		return err
	}
	m.handed, m.agreed = true, nil
	return m.write(ctx, w, []part{
		{"pictures", m.pictures},
		{"profile", m.profile},
		{"posts", m.posts},
		{"page", m.page},
		{"readme", m.readme},
	})
}

// part is one part of an archive.
type part struct {
	name  string
	write func(context.Context) error
}

func (m *making) write(ctx context.Context, w io.Writer, parts []part) error {
	m.zip = zip.NewWriter(w)
	for _, part := range parts {
		if err := part.write(ctx); err != nil {
			return fmt.Errorf("write an archive: %s: %w", part.name, err)
		}
	}
	if err := m.zip.Close(); err != nil {
		return fmt.Errorf("write an archive: %w", err)
	}
	return nil
}

// making is one archive while it is written.
type making struct {
	*Archive
	zip    *zip.Writer
	at     time.Time
	words  Words
	house  camp.House
	member camp.Member
	newest uint64            // posts from here on came after the archive was begun
	count  int               // of posts
	files  map[string]string // name in the archive, by media id
	agreed []camp.Agreement
	handed bool // for somebody else: what is for all to read, and nothing more
}

// shows reports whether a post of the member's belongs in it.
func (m *making) shows(p camp.Post) bool {
	if !m.handed {
		return true
	}
	switch p.Audience {
	case camp.AudienceCamp, camp.AudienceQuiet, camp.AudiencePublic:
		return true
	}
	return false
}

func (a *Archive) begin(ctx context.Context, by camp.Actor) (*making, error) {
	m := &making{Archive: a, at: a.opt.Now().UTC(), files: map[string]string{}}
	ok := false
	err := a.opt.Store.View(ctx, func(tx Tx) (err error) {
		if m.house, _, err = tx.House(); err != nil {
			return err
		}
		if m.member, ok, err = tx.Member(by.Member); err != nil || !ok {
			return err
		}
		if m.agreed, err = tx.Agreements(by.Member); err != nil {
			return err
		}
		newest, err := tx.PostsBy(by.Member, camp.Page{Limit: 1})
		if len(newest) > 0 {
			m.newest = uint64(newest[0].ID) + 1
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("begin an archive: %w", err)
	}
	if !ok || by.Member == 0 {
		return nil, camp.NewFault(camp.NotFound, "export.nobody.say", nil)
	}
	if m.words, err = a.opt.Words(m.language()); err != nil {
		return nil, fmt.Errorf("begin an archive: %w", err)
	}
	return m, nil
}

func (m *making) language() string {
	if m.member.Language != "" {
		return m.member.Language
	}
	return m.house.Language
}

// own is one of the member's posts with what the archive shows of it.
type own struct {
	camp.Post
	Edits   []camp.Revision
	OwnRoot bool // it answers a post of the member's own
}

// each hands the member's posts to fn, newest first. fn runs outside of any
// transaction.
func (m *making) each(ctx context.Context, fn func(own) error) error {
	for p := (camp.Page{Before: m.newest, Limit: slice}); p.Before > 0; {
		var list []own
		last, more := p.Before, false
		err := m.opt.Store.View(ctx, func(tx Tx) error {
			posts, err := tx.PostsBy(m.member.ID, p)
			more = len(posts) == slice
			for _, post := range posts {
				if last = uint64(post.ID); !m.shows(post) {
					continue
				}
				o, oerr := m.own(tx, post)
				list, err = append(list, o), errors.Join(err, oerr)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("read posts: %w", err)
		}
		for _, o := range list {
			if err := fn(o); err != nil {
				return err
			}
		}
		if !more {
			return nil
		}
		p.Before = last
	}
	return nil
}

func (m *making) own(tx Tx, p camp.Post) (own, error) {
	o := own{Post: p}
	if p.ReplyTo != 0 {
		parent, ok, err := tx.Post(p.ReplyTo)
		if err != nil {
			return o, err
		}
		o.OwnRoot = ok && parent.Author == m.member.ID
	}
	if p.Edited.IsZero() {
		return o, nil
	}
	var err error
	o.Edits, err = tx.Revisions(p.ID)
	return o, err
}

// create begins a file of the archive.
func (m *making) create(name string, method uint16) (io.Writer, error) {
	return m.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: m.at})
}

// pictures copies the member's pictures and notes under which names they lie.
func (m *making) pictures(ctx context.Context) error {
	if m.member.Picture != "" {
		if err := m.picture(ctx, m.member.Picture, "me"); err != nil {
			return err
		}
	}
	return m.each(ctx, func(o own) error {
		m.count++
		n := 0
		copyAll := func(list []camp.Picture) error {
			for _, p := range list {
				n++
				if err := m.picture(ctx, p.ID, o.ID.String()+"-"+strconv.Itoa(n)); err != nil {
					return err
				}
			}
			return nil
		}
		if err := copyAll(o.Pictures); err != nil {
			return err
		}
		for _, e := range o.Edits {
			if err := copyAll(e.Pictures); err != nil {
				return err
			}
		}
		return nil
	})
}

// picture copies one; one that is not there any more is left out.
func (m *making) picture(ctx context.Context, id camp.MediaID, name string) error {
	if m.files[string(id)] != "" {
		return nil
	}
	f, body, err := m.opt.Files.Open(ctx, camp.Actor{Member: m.member.ID, Role: m.member.Role}, id, false)
	if err != nil {
		if camp.AsFault(err).Kind != camp.NotFound {
			return fmt.Errorf("open a picture: %w", err)
		}
		m.opt.Log.Warn("picture missing in an archive", "media", string(id))
		return nil
	}
	name = path.Join("media", name+extension(f.Type))
	w, err := m.create(name, zip.Store) // pictures do not become smaller
	if err == nil {
		_, err = io.Copy(w, body)
	}
	if err = errors.Join(err, body.Close()); err != nil {
		return fmt.Errorf("copy a picture: %w", err)
	}
	m.files[string(id)] = name
	return nil
}

func extension(typ string) string {
	switch typ {
	case "image/jpeg":
		return ".jpg"
	case "image/png":
		return ".png"
	case "image/gif":
		return ".gif"
	}
	return ".bin"
}

// json writes one file of one value.
func (m *making) json(name string, v any) error {
	w, err := m.create(name, zip.Deflate)
	if err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func (m *making) readme(context.Context) error {
	w, err := m.create("README.txt", zip.Deflate)
	if err != nil {
		return err
	}
	text := "export.readme.text"
	if m.handed {
		text = "export.readme.handed"
	}
	_, err = io.WriteString(w, m.words.Say(text, "Camp", m.house.Name, "Name", m.shown(), "Date", m.at.Format(time.DateOnly))+"\n")
	return err
}

// shown is the name that the archive calls its member by.
func (m *making) shown() string {
	if m.member.Display != "" {
		return m.member.Display
	}
	return m.member.Name
}
