// Package media takes pictures in, keeps them and hands them out. What comes in
// is judged by its header, decoded, turned upright, made smaller and written
// anew, so that nothing of the original file survives but what it shows. It
// does not know who may read a post: that is injected.
//
// On disk, below the data folder, named by the SHA-256 of their content:
//
//	media/ab/abcdef…          a stored picture, or its small version
//	media/ab/take-123456.part being written
//	media/take-123456         an upload not yet looked at
//	media/far/…               files from elsewhere, for a while (far.go)
//
// One file may serve several uses; a use is a row with a random MediaID. A file
// is removed when its last use is gone.
package media

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"camp/node/camp"
)

// Options are what media need. Store, Dir, Now, Rand and Log must be set.
type Options struct {
	Store Store
	Dir   string // the data folder; files lie in its "media"
	Now   func() time.Time
	Rand  io.Reader
	Log   *slog.Logger

	// Allowed says whether there is room for media: nil, or the fault to answer with. nil: always.
	Allowed func() error
	// Share is how many bytes one member's pictures may take; nil or a result below 1: no bound.
	Share func() int64
	// MaySee decides for a file that belongs to a post. nil: nobody may.
	MaySee func(ctx context.Context, reader camp.Actor, f camp.MediaFile) (bool, error)

	// Fetch brings at most most bytes of a file from elsewhere, and the media type
	// that was said with them. nil: nothing from elsewhere is shown.
	Fetch func(ctx context.Context, url string, most int64) (body []byte, kind string, err error)
	// Shows says whether pictures of a server are shown. nil: of all.
	Shows func(camp.Domain) bool
	// There says whether a post is still there, so that what was fetched for it
	// can go with it. nil: it goes when nobody looked at it for two weeks.
	There func(context.Context, camp.PostID) (bool, error)
	// FarRoom is how many bytes files from elsewhere may take together; nil or a
	// result below 1: 1 GiB.
	FarRoom func() int64

	// Files is how many stored files may be open for readers at the same time; 0: no bound.
	Files int

	// Limit is the time that one picture may take; 0 for five seconds.
	Limit time.Duration
}

// Media is safe for concurrent use. Run must run for files to be removed.
type Media struct {
	opt Options
	// turn holds one token. Who has it may decode, or add or remove stored
	// files: so one picture is decoded at a time, and no file is removed
	// between being found and being named by a new row.
	turn chan struct{}
	read reading
	far  farState
}

// New makes Media; it starts nothing and touches no file.
func New(opt Options) *Media {
	if opt.Limit == 0 {
		opt.Limit = 5 * time.Second
	}
	return &Media{opt: opt, turn: make(chan struct{}, 1), read: newReading(opt.Files), far: newFarState()}
}

// ShareOf gives what one member's pictures may take of a camp that may use
// budget bytes of the disk: 60 % divided among the members, and never less than
// 100 MiB (community.md 10).
func ShareOf(budget int64, members int) int64 {
	return max(100<<20, budget/10*6/int64(max(members, 1)))
}

// wait takes the turn, or gives ctx's error.
func (m *Media) wait(ctx context.Context) error {
	select {
	case m.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (m *Media) done() { <-m.turn }

// folder is where all files lie; path where the file of a hash lies.
func (m *Media) folder() string { return filepath.Join(m.opt.Dir, "media") }

func (m *Media) path(hash string) string { return filepath.Join(m.folder(), hash[:2], hash) }

// Open gives the stored bytes of a use for a reader who may see it; with small
// the small version, where there is one. The file's Type, Width, Height and
// Bytes are those of what is opened. To a reader who may not see it the answer
// is the same as for an id that never was: not found.
func (m *Media) Open(ctx context.Context, reader camp.Actor, id camp.MediaID, small bool) (camp.MediaFile, io.ReadSeekCloser, error) {
	var f camp.MediaFile
	var ok bool
	err := m.opt.Store.View(ctx, func(tx Tx) (err error) {
		f, ok, err = tx.Media(id)
		return err
	})
	if err == nil && ok {
		ok, err = m.maySee(ctx, reader, f)
	}
	if err != nil {
		return camp.MediaFile{}, nil, camp.NewFault(camp.Internal, "fault.internal.say", err)
	}
	if !ok {
		return camp.MediaFile{}, nil, notFound()
	}
	return m.open(f, small)
}

func notFound() *camp.Fault { return camp.NewFault(camp.NotFound, "media.gone.say", nil) }

func (m *Media) maySee(ctx context.Context, reader camp.Actor, f camp.MediaFile) (bool, error) {
	if _, joined := camp.ParseRole(string(reader.Role)); reader.Member == 0 || !joined {
		return false, nil
	}
	switch {
	case f.Avatar:
		return true, nil
	case f.Post == 0:
		return f.Owner == reader.Member, nil
	case m.opt.MaySee == nil:
		return false, nil
	}
	return m.opt.MaySee(ctx, reader, f)
}

func (m *Media) open(f camp.MediaFile, small bool) (camp.MediaFile, io.ReadSeekCloser, error) {
	hash := f.Hash
	if small && f.Thumb != "" {
		hash = f.Thumb
		f.Width, f.Height = fit(f.Width, f.Height, smallSide)
	}
	if !isHash(hash) {
		return camp.MediaFile{}, nil, camp.NewFault(camp.Internal, "fault.internal.say", errors.New("a stored file has no proper hash"))
	}
	if !m.read.begin() {
		return camp.MediaFile{}, nil, busy()
	}
	file, err := os.Open(m.path(hash))
	if err != nil {
		m.read.end()
		m.opt.Log.Error("stored file cannot be opened", "media", string(f.ID), "err", err)
		return camp.MediaFile{}, nil, notFound()
	}
	if f.Type, f.Bytes, err = typeOf(file); err != nil {
		_ = file.Close() // opened to read only
		m.read.end()
		m.opt.Log.Error("stored file is not what it was", "media", string(f.ID), "err", err)
		return camp.MediaFile{}, nil, notFound()
	}
	return f, m.read.counted(file), nil
}

// typeOf gives the type by the file's first bytes, so that nothing but the
// three kinds that we write is ever served, and its size.
func typeOf(f *os.File) (string, int64, error) {
	st, err := f.Stat()
	if err != nil {
		return "", 0, err
	}
	head := make([]byte, 8)
	if _, err := f.ReadAt(head, 0); err != nil {
		return "", 0, err
	}
	switch {
	case hasAt(head, 0, "\xff\xd8\xff"):
		return typeJPEG, st.Size(), nil
	case hasAt(head, 0, "\x89PNG\r\n\x1a\n"):
		return typePNG, st.Size(), nil
	case hasAt(head, 0, "GIF89a"), hasAt(head, 0, "GIF87a"):
		return typeGIF, st.Size(), nil
	}
	return "", 0, errKind
}

func isHash(h string) bool {
	if len(h) != 64 {
		return false
	}
	for i := range len(h) {
		if (h[i] < '0' || h[i] > '9') && (h[i] < 'a' || h[i] > 'f') {
			return false
		}
	}
	return true
}
