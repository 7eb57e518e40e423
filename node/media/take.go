package media

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"

	"camp/node/camp"
)

// bigWork is the memory from which on it is given back to the system at once.
const bigWork = 64 << 20

// Take reads a picture (jpeg, png, gif or webp), strips it of all but what it
// shows, and keeps it as a new use that belongs to no post yet. With avatar it
// becomes a square face. The uploaded bytes are kept nowhere.
//
// Faults: not allowed for nobody; invalid for what cannot be taken; full where
// the member's share or the disk is used up; offline where ctx ended.
func (m *Media) Take(ctx context.Context, by camp.Actor, r io.Reader, avatar bool) (camp.MediaFile, error) {
	f, err := m.take(ctx, by, r, avatar)
	if err != nil {
		return camp.MediaFile{}, takeFault(err)
	}
	return f, nil
}

func (m *Media) take(ctx context.Context, by camp.Actor, r io.Reader, avatar bool) (f camp.MediaFile, err error) {
	if _, joined := camp.ParseRole(string(by.Role)); by.Member == 0 || !joined {
		return f, camp.NewFault(camp.NotAllowed, "media.not_member.say", nil)
	}
	if err := m.hasRoom(); err != nil {
		return f, err
	}
	if err := m.inShare(ctx, by.Member); err != nil {
		return f, err
	}
	upload, err := m.receive(r)
	if err != nil {
		return f, err
	}
	defer os.Remove(upload)
	if err := m.wait(ctx); err != nil {
		return f, err
	}
	defer m.done()
	b, err := os.ReadFile(upload)
	if err != nil {
		return f, fmt.Errorf("read the upload: %w", err)
	}
	pic, small, err := m.make(ctx, b, avatar)
	if err != nil {
		return f, err
	}
	f = camp.MediaFile{Owner: by.Member, Avatar: avatar}
	if f.Blur, err = blur(ctx, pic.drawn); err != nil {
		return f, err
	}
	return m.keep(ctx, f, pic, small)
}

// inShare refuses a member whose pictures take their whole share.
func (m *Media) inShare(ctx context.Context, who camp.MemberID) error {
	if m.opt.Share == nil {
		return nil
	}
	share := m.opt.Share()
	if share < 1 {
		return nil
	}
	var used int64
	err := m.opt.Store.View(ctx, func(tx Tx) (err error) {
		used, err = tx.MediaBytes(who)
		return err
	})
	if err != nil {
		return fmt.Errorf("add up a member's pictures: %w", err)
	}
	if used >= share {
		return &camp.Fault{Kind: camp.Full, Say: "media.share_full.say", Args: map[string]string{"MB": strconv.FormatInt(share>>20, 10)}}
	}
	return nil
}

// hasRoom gives the fault to answer with while the disk has no room for pictures.
func (m *Media) hasRoom() error {
	if m.opt.Allowed == nil {
		return nil
	}
	return m.opt.Allowed()
}

// roomStep is how many bytes of an upload are written between two looks at the
// disk: all members may be sending at once, and a full disk ends the program.
const roomStep = 1 << 20

// roomy writes only while there is room.
type roomy struct {
	w    io.Writer
	room func() error
	left int // bytes until the next look
}

func (r *roomy) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		if r.left <= 0 {
			if err := r.room(); err != nil {
				return n, err
			}
			r.left = roomStep
		}
		k, err := r.w.Write(p[:min(len(p), r.left)])
		n, r.left, p = n+k, r.left-k, p[k:]
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// receive puts the upload into a file, so that waiting for the turn takes no
// memory, and gives its path.
func (m *Media) receive(r io.Reader) (path string, err error) {
	if err := os.MkdirAll(m.folder(), 0o700); err != nil {
		return "", fmt.Errorf("make the media folder: %w", err)
	}
	f, err := os.CreateTemp(m.folder(), tempName)
	if err != nil {
		return "", fmt.Errorf("make a file for the upload: %w", err)
	}
	src := &source{r: io.LimitReader(r, MaxBytes+1)}
	n, err := io.Copy(&roomy{w: f, room: m.hasRoom}, src)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	switch {
	case src.err != nil:
		err = camp.NewFault(camp.Invalid, "media.upload_cut.say", src.err)
	case err == nil && n > MaxBytes:
		err = &camp.Fault{Kind: camp.Invalid, Say: "media.too_many_bytes.say", Args: map[string]string{"MB": strconv.Itoa(MaxBytes >> 20)}}
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// tempName is the pattern of files not yet looked at or not yet whole.
const tempName = "take-*"

// source remembers an error of reading, to tell it from one of writing.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// make turns uploaded bytes into what is stored: the picture and, where it is
// larger than that, its small version.
func (m *Media) make(ctx context.Context, b []byte, avatar bool) (pic, small made, err error) {
	s, err := look(b)
	if err != nil {
		return pic, small, err
	}
	ctx, cancel := context.WithTimeout(ctx, m.opt.Limit)
	defer cancel()
	if s.memory > bigWork {
		defer debug.FreeOSMemory()
	}
	if s.kind == gifKind && s.frames > 1 && !avatar {
		return makeMoving(ctx, b, s)
	}
	img, err := decode(ctx, b, s)
	if err != nil {
		return pic, small, err
	}
	var shown *image.NRGBA
	if avatar {
		shown, err = face(ctx, img, s.turn)
	} else {
		shown, err = whole(ctx, img, s.turn, longSide)
	}
	if err != nil {
		return pic, small, err
	}
	if pic, err = encode(ctx, shown, s.kind); err != nil || avatar {
		return pic, small, err
	}
	if max(pic.width, pic.height) <= smallSide {
		pic.drawn = shown
		return pic, small, nil
	}
	w, h := fit(pic.width, pic.height, smallSide)
	less, err := shrink(ctx, shown, shown.Rect, w, h)
	if err != nil {
		return pic, small, err
	}
	small, err = encode(ctx, less, s.kind)
	pic.drawn = less
	return pic, small, err
}

func makeMoving(ctx context.Context, b []byte, s shape) (pic, small made, err error) {
	pic, first, err := moving(ctx, b, s)
	if err != nil {
		return pic, small, err
	}
	small, err = encode(ctx, first, s.kind)
	pic.drawn = first
	return pic, small, err
}

// keep writes the files and the row. The caller has the turn.
func (m *Media) keep(ctx context.Context, f camp.MediaFile, pic, small made) (_ camp.MediaFile, err error) {
	if f.ID, err = m.drawID(); err != nil {
		return camp.MediaFile{}, err
	}
	f.Type, f.Width, f.Height, f.Bytes = pic.typ, pic.width, pic.height, int64(len(pic.bytes)+len(small.bytes))
	if f.Hash, err = m.write(pic.bytes); err != nil {
		return f, err
	}
	if len(small.bytes) > 0 {
		if f.Thumb, err = m.write(small.bytes); err != nil {
			return f, err
		}
	}
	err = m.opt.Store.Update(ctx, func(tx Tx) error {
		f.Made = tx.Now()
		return tx.PutMedia(f)
	})
	if err != nil {
		return f, fmt.Errorf("keep a picture: %w", err) // its file is swept up later
	}
	return f, nil
}

var idLetters = base32.StdEncoding.WithPadding(base32.NoPadding)

func (m *Media) drawID() (camp.MediaID, error) {
	var b [16]byte
	if _, err := io.ReadFull(m.opt.Rand, b[:]); err != nil {
		return "", fmt.Errorf("draw a media id: %w", err)
	}
	return camp.ParseMediaID(strings.ToLower(idLetters.EncodeToString(b[:])))
}

// write puts content under the name of its hash, if it is not there yet.
func (m *Media) write(b []byte) (hash string, err error) {
	sum := sha256.Sum256(b)
	hash = hex.EncodeToString(sum[:])
	path := m.path(hash)
	if st, err := os.Stat(path); err == nil && st.Size() == int64(len(b)) {
		return hash, nil
	}
	if err := m.hasRoom(); err != nil {
		return "", err
	}
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("make a media folder: %w", err)
	}
	f, err := os.CreateTemp(folder, tempName)
	if err != nil {
		return "", fmt.Errorf("make a media file: %w", err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the error that counts is err
		return "", fmt.Errorf("write a media file: %w", err)
	}
	return hash, errors.Join(syncFolder(folder), syncFolder(m.folder()))
}

// syncFolder makes new names in a folder last, where the system can.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open a folder to sync it: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

// takeFault gives the sentence for why a picture was not taken.
func takeFault(err error) error {
	var f *camp.Fault
	if errors.As(err, &f) {
		return f
	}
	for _, c := range []struct {
		is   error
		kind camp.Kind
		say  string
	}{
		{errKind, camp.Invalid, "media.kind.say"},
		{errBroken, camp.Invalid, "media.broken.say"},
		{errLarge, camp.Invalid, "media.too_large.say"},
		{errFrames, camp.Invalid, "media.too_many_frames.say"},
		{errTooLong, camp.Invalid, "media.too_slow.say"},
		{errMoving, camp.Invalid, "media.moving.say"},
		{syscall.ENOSPC, camp.Full, "media.no_room.say"},
		{fs.ErrPermission, camp.Internal, "media.no_room.say"},
		{context.Canceled, camp.Offline, "media.upload_cut.say"},
		{context.DeadlineExceeded, camp.Offline, "media.upload_cut.say"},
	} {
		if errors.Is(err, c.is) {
			return &camp.Fault{Kind: c.kind, Say: c.say, Args: takeArgs(c.is), Err: err}
		}
	}
	return camp.NewFault(camp.Internal, "fault.internal.say", err)
}

func takeArgs(err error) map[string]string {
	if errors.Is(err, errFrames) {
		return map[string]string{"Most": strconv.Itoa(MaxFrames)}
	}
	return nil
}
