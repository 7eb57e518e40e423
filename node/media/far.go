package media

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"camp/node/camp"
)

// Files from elsewhere are fetched when somebody first looks at them, and kept
// for a while, so that no reader's computer ever asks another server
// (reliability.md 7). Pictures go through the same hands as a member's own;
// films and sounds are stored as they came and never decoded.
//
//	media/far/d-far.example/p000…-0123…     of a post; f… and b… of a person, e… within texts
//	media/far/d-far.example/p000…-0123…-s   its small version
//
// There are no rows about them: what they are stands in their first bytes, whose
// they are in their names, and when they were last looked at is their time.

// Bounds of what is fetched (reliability.md 3).
const (
	farFilm  = 40 << 20 // bytes of a film or a sound
	farSmall = 2 << 20  // bytes of a face or an emoji

	farAtOnce = 64 << 20 // bytes on their way at a time
	farTime   = 45 * time.Second
	farAgain  = 10 * time.Minute // before something that could not be had is asked for again
	farFailed = 2000             // failures that are remembered
	farRoom   = 1 << 30          // bytes of all of them, where nobody says
	farFor    = 14 * 24 * time.Hour
	emojiSide = 128 // pixels
)

// OpenFar gives the bytes of a file from elsewhere, fetching it where it is not
// here yet; with small the small version of a picture. Type tells what it is by
// its bytes. What cannot be had or shown is not found.
func (m *Media) OpenFar(ctx context.Context, reader camp.Actor, f camp.FarFile, small bool) (camp.MediaFile, io.ReadSeekCloser, error) {
	if _, joined := camp.ParseRole(string(reader.Role)); reader.Member == 0 || !joined {
		return camp.MediaFile{}, nil, notFound()
	}
	if m.opt.Fetch == nil || f.URL == "" || !m.shows(f.At) {
		return camp.MediaFile{}, nil, notFound()
	}
	path, err := m.farPath(f)
	if err != nil {
		return camp.MediaFile{}, nil, notFound()
	}
	out, file, err := m.readFar(path, f, small)
	if errors.Is(err, fs.ErrNotExist) {
		if err = m.far.once(ctx, path, func() error { return m.fetchFar(ctx, f, path) }); err == nil {
			out, file, err = m.readFar(path, f, small)
		}
	}
	if err != nil {
		return camp.MediaFile{}, nil, farFault(err)
	}
	return out, file, nil
}

// readFar opens what is here, where not too many files are open already.
func (m *Media) readFar(path string, f camp.FarFile, small bool) (camp.MediaFile, io.ReadSeekCloser, error) {
	if !m.read.begin() {
		return camp.MediaFile{}, nil, busy()
	}
	out, file, err := openFar(path, f, small, m.opt.Now())
	if err != nil {
		m.read.end()
		return camp.MediaFile{}, nil, err
	}
	return out, m.read.counted(file), nil
}

// farFault gives every failure but the camp's own the same words: whether a
// server answered is nobody's business but the log's.
func farFault(err error) error {
	var f *camp.Fault
	if errors.As(err, &f) {
		return f
	}
	return camp.NewFault(camp.NotFound, "media.gone.say", err)
}

// shows reports whether pictures of a server are shown at all.
func (m *Media) shows(at camp.Domain) bool { return m.opt.Shows == nil || m.opt.Shows(at) }

var errName = errors.New("media: a server or a use that no file can be named after")

// farPath is where a file from elsewhere lies. The name of the server was
// checked when it came; here once more that it can only be the name of a folder.
func (m *Media) farPath(f camp.FarFile) (string, error) {
	for _, c := range []byte(f.At) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '.' {
			return "", errName
		}
	}
	if f.At == "" || len(f.At) > 253 {
		return "", errName
	}
	owner := ""
	switch f.Use {
	case camp.FarAttached:
		owner = "p" + f.Post.String()
	case camp.FarFace:
		owner = "f" + f.Who.String()
	case camp.FarEmoji:
		owner = "e"
	case camp.FarBanner:
		owner = "b" + f.Who.String()
	default:
		return "", errName
	}
	sum := sha256.Sum256([]byte(f.URL))
	return filepath.Join(m.farFolder(), folderMark+string(f.At), owner+"-"+hex.EncodeToString(sum[:16])), nil
}

// folderMark stands before the names of servers, some of which would mean
// something else to a system ("con.example").
const folderMark = "d-"

const smallMark = "-s"

func (m *Media) farFolder() string { return filepath.Join(m.folder(), "far") }

// openFar opens what is here. Its time is set, so that what is looked at stays;
// once an hour is enough.
func openFar(path string, f camp.FarFile, small bool, now time.Time) (camp.MediaFile, *os.File, error) {
	file, err := os.Open(path + map[bool]string{true: smallMark}[small])
	if small && errors.Is(err, fs.ErrNotExist) {
		file, err = os.Open(path) // small itself
	}
	if err != nil {
		return camp.MediaFile{}, nil, err
	}
	out := camp.MediaFile{Post: f.Post}
	st, err := file.Stat()
	if err == nil {
		out.Bytes = st.Size()
		head := make([]byte, headBytes)
		n, rerr := file.ReadAt(head, 0)
		if rerr != nil && !errors.Is(rerr, io.EOF) {
			err = rerr
		} else if out.Type = farType(head[:n], f.Type); out.Type == "" {
			err = errKind
		}
	}
	if err != nil {
		_ = file.Close() // opened to read only
		return camp.MediaFile{}, nil, fmt.Errorf("look at a file from elsewhere: %w", err)
	}
	if now.Sub(st.ModTime()).Abs() > time.Hour {
		for _, p := range []string{path, path + smallMark} {
			_ = os.Chtimes(p, now, now) // it may have no small version
		}
	}
	return out, file, nil
}

// fetchFar brings a file here. One that is too large, no picture, film or sound,
// or damaged is not kept, and not asked for again at once.
func (m *Media) fetchFar(ctx context.Context, f camp.FarFile, path string) error {
	if err := m.hasRoom(); err != nil {
		return err
	}
	now := m.opt.Now()
	if m.far.failedLately(path, now) {
		return notFound()
	}
	pic, small, err := m.bring(ctx, f)
	if err != nil {
		if ctx.Err() == nil {
			m.far.fails(path, now)
			m.opt.Log.DebugContext(ctx, "a file from elsewhere cannot be had", "domain", string(f.At), "err", err)
		}
		return err
	}
	return m.keepFar(path, pic.bytes, small.bytes)
}

func (m *Media) bring(ctx context.Context, f camp.FarFile) (pic, small made, err error) {
	most := farMost(f)
	if err := m.far.room.Acquire(ctx, most); err != nil {
		return pic, small, err
	}
	defer m.far.room.Release(most)
	ctx, cancel := context.WithTimeout(ctx, farTime)
	defer cancel()
	body, _, err := m.opt.Fetch(ctx, f.URL, most)
	if err != nil {
		return pic, small, fmt.Errorf("fetch: %w", err)
	}
	if int64(len(body)) > most {
		return pic, small, errLarge
	}
	if kind := farType(body[:min(len(body), headBytes)], f.Type); isFilm(kind) {
		if f.Use != camp.FarAttached {
			return pic, small, errKind
		}
		return made{bytes: body, typ: kind}, small, nil
	}
	if len(body) > MaxBytes {
		return pic, small, errLarge
	}
	if err := m.wait(ctx); err != nil {
		return pic, small, err
	}
	defer m.done()
	if f.Use == camp.FarEmoji {
		pic, err = m.makeEmoji(ctx, body)
		return pic, small, err
	}
	return m.make(ctx, body, f.Use == camp.FarFace)
}

// farMost is how much may come: what is said to be no picture may be a film.
func farMost(f camp.FarFile) int64 {
	switch {
	case f.Use != camp.FarAttached:
		return farSmall
	case len(f.Type) > 6 && f.Type[:6] == "image/":
		return MaxBytes
	}
	return farFilm
}

// makeEmoji makes a picture that stands within a line. Nothing moves there.
func (m *Media) makeEmoji(ctx context.Context, b []byte) (made, error) {
	s, err := look(b)
	if err != nil {
		return made{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, m.opt.Limit)
	defer cancel()
	img, err := decode(ctx, b, s)
	if err != nil {
		return made{}, err
	}
	shown, err := whole(ctx, img, s.turn, emojiSide)
	if err != nil {
		return made{}, err
	}
	return encode(ctx, shown, s.kind)
}
