package media

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"camp/node/camp"
)

// farState is what is known of files from elsewhere while the camp runs.
type farState struct {
	room *semaphore.Weighted // bytes on their way

	mu     sync.Mutex               // guards what follows
	coming map[string]chan struct{} // closed when the fetch of a path is over
	failed map[string]time.Time
	bytes  int64 // of all files here; -1: not counted yet
}

func newFarState() farState {
	return farState{
		room: semaphore.NewWeighted(farAtOnce), coming: map[string]chan struct{}{}, failed: map[string]time.Time{}, bytes: -1,
	}
}

// once lets one of those who want the same file fetch it; the others wait for
// that. Where the first went away, the next takes its place.
func (s *farState) once(ctx context.Context, path string, fetch func() error) error {
	for {
		s.mu.Lock()
		other, busy := s.coming[path]
		if !busy {
			done := make(chan struct{})
			s.coming[path] = done
			s.mu.Unlock()
			defer func() {
				s.mu.Lock()
				delete(s.coming, path)
				s.mu.Unlock()
				close(done)
			}()
			if _, err := os.Stat(path); err == nil { // somebody else's, just now
				return nil
			}
			return fetch()
		}
		s.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *farState) failedLately(path string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.failed[path]
	return ok && now.Sub(at).Abs() < farAgain
}

func (s *farState) fails(path string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.failed) >= farFailed {
		clear(s.failed)
	}
	s.failed[path] = now
}

// keepFar writes what was brought, the small version first: who finds the file
// finds both. Then what is too much goes.
func (m *Media) keepFar(path string, pic, small []byte) error {
	if err := m.hasRoom(); err != nil { // others may have taken it meanwhile
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make a folder for files from elsewhere: %w", err)
	}
	if len(small) > 0 {
		if err := m.putFar(path+smallMark, small); err != nil {
			return err
		}
	}
	if err := m.putFar(path, pic); err != nil {
		return err
	}
	return m.makeFarRoom(int64(len(pic) + len(small)))
}

// putFar writes one file whole or not at all. It is not forced to disk: what a
// power cut takes is fetched again.
func (m *Media) putFar(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), tempName)
	if err != nil {
		return fmt.Errorf("make a file from elsewhere: %w", err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err == nil {
		now := m.opt.Now()
		err = errors.Join(os.Chtimes(f.Name(), now, now), os.Rename(f.Name(), path))
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the error that counts is err
		return fmt.Errorf("write a file from elsewhere: %w", err)
	}
	return nil
}

// farLimit is how many bytes all files from elsewhere may take.
func (m *Media) farLimit() int64 {
	if m.opt.FarRoom != nil {
		if n := m.opt.FarRoom(); n > 0 {
			return n
		}
	}
	return farRoom
}

// makeFarRoom counts what came, and lets those go that nobody looked at for
// longest, until a tenth is free.
func (m *Media) makeFarRoom(came int64) error {
	m.far.mu.Lock()
	if m.far.bytes >= 0 {
		m.far.bytes += came
	}
	have, most := m.far.bytes, m.farLimit()
	m.far.mu.Unlock()
	if have >= 0 && have <= most {
		return nil
	}
	list, sum, err := m.farFiles()
	if err != nil {
		return err
	}
	if sum > most {
		slices.SortFunc(list, func(a, b farEntry) int { return cmp.Or(a.used.Compare(b.used), cmp.Compare(a.path, b.path)) })
		for _, e := range list {
			if sum <= most-most/10 {
				break
			}
			if err := os.Remove(e.path); err == nil || errors.Is(err, fs.ErrNotExist) {
				sum -= e.bytes
			}
		}
	}
	m.far.mu.Lock()
	m.far.bytes = sum
	m.far.mu.Unlock()
	return nil
}

// farEntry is a file from elsewhere as the folder shows it.
type farEntry struct {
	path  string
	at    camp.Domain
	post  camp.PostID // 0 for none
	bytes int64
	used  time.Time
}

// farFiles lists them all, and how much they take.
func (m *Media) farFiles() (list []farEntry, sum int64, err error) {
	err = filepath.WalkDir(m.farFolder(), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), strings.TrimSuffix(tempName, "*")) {
			return err
		}
		st, err := d.Info()
		if err != nil {
			return nil // just gone
		}
		e := farEntry{path: path, bytes: st.Size(), used: st.ModTime()}
		at, _ := strings.CutPrefix(filepath.Base(filepath.Dir(path)), folderMark)
		e.at = camp.Domain(at)
		if owner, _, ok := strings.Cut(d.Name(), "-"); ok && strings.HasPrefix(owner, "p") {
			e.post, _ = camp.ParsePostID(owner[1:])
		}
		list, sum = append(list, e), sum+e.bytes
		return nil
	})
	if err != nil {
		return nil, 0, fmt.Errorf("look through files from elsewhere: %w", err)
	}
	return list, sum, nil
}

// EraseFar removes the files from elsewhere that nobody looked at for two weeks,
// whose post is gone, or whose server the camp keeps away, and gives how many
// went. Run does it every ten minutes; whoever blocks a server calls it at once.
func (m *Media) EraseFar(ctx context.Context) (int, error) {
	list, _, err := m.farFiles()
	if err != nil {
		return 0, err
	}
	there := map[camp.PostID]bool{}
	n, now := 0, m.opt.Now()
	for _, e := range list {
		if ctx.Err() != nil {
			return n, ctx.Err()
		}
		gone := !m.shows(e.at) || now.Sub(e.used) > farFor
		if !gone && e.post != 0 && m.opt.There != nil {
			is, known := there[e.post]
			if !known {
				if is, err = m.opt.There(ctx, e.post); err != nil {
					return n, fmt.Errorf("ask whether a post is there: %w", err)
				}
				there[e.post] = is
			}
			gone = !is
		}
		if !gone {
			continue
		}
		if err := os.Remove(e.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return n, fmt.Errorf("remove a file from elsewhere: %w", err)
		}
		_ = os.Remove(filepath.Dir(e.path)) // only where nothing else is in it
		n++
	}
	m.far.mu.Lock()
	m.far.bytes = -1 // counted anew when the next one comes: some may have come meanwhile
	m.far.mu.Unlock()
	return n, nil
}
