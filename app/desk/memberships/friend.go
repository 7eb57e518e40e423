package memberships

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"camp/node/camp"
)

// own is this computer's system; a program for it can always be made.
func own() string { return runtime.GOOS + "/" + runtime.GOARCH }

// kinds are the systems that Camp is built for, the likeliest friend's first.
var kinds = [...]string{"windows/amd64", "darwin/arm64", "darwin/amd64", "linux/amd64", "linux/arm64"}

// systems gives the systems for which there is a program to hand out: this
// computer's own, and those whose archives `make dist` left beside the program.
func systems() []string {
	var list []string
	for _, s := range kinds {
		if s == own() {
			list = append(list, s)
		} else if _, err := archiveFor(s); err == nil {
			list = append(list, s)
		}
	}
	if !slices.Contains(list, own()) {
		list = append(list, own())
	}
	return list
}

// archiveFor finds the archive for a system beside the program, or below dist.
func archiveFor(system string) (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	name := "camp-" + camp.Version + "-" + strings.ReplaceAll(system, "/", "-")
	for _, dir := range []string{filepath.Dir(exe), filepath.Join(filepath.Dir(exe), "dist")} {
		for _, ext := range archiveKinds {
			p := filepath.Join(dir, name+ext)
			if st, err := os.Stat(p); err == nil && st.Mode().IsRegular() {
				return p, nil
			}
		}
	}
	return "", camp.NewFault(camp.NotFound, "join.no_program.say", nil)
}

// archiveKinds are the endings of archives.
var archiveKinds = [...]string{".zip", ".tar.gz"}

// friendCopy writes the program for a friend's system to a file that does not
// exist yet, and gives its name: its ending is that of what is in it.
func friendCopy(system, wish string) (to string, err error) {
	if !filepath.IsAbs(wish) {
		return "", camp.NewFault(camp.Invalid, "program.path.say", nil)
	}
	kind, write, err := packed(system)
	if err != nil {
		return "", err
	}
	to = strings.TrimSuffix(wish, kindOf(wish)) + kind
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, os.ErrExist) {
		return "", &camp.Fault{Kind: camp.Conflict, Say: "program.file_there.say", Args: map[string]string{"File": to}}
	}
	if err != nil {
		return "", camp.NewFault(camp.Internal, "join.copy.say", err)
	}
	defer func() {
		if cerr := f.Close(); err == nil && cerr != nil {
			err = camp.NewFault(camp.Internal, "join.copy.say", cerr)
		}
		if err != nil {
			_ = os.Remove(to)
		}
	}()
	if err = write(f); err != nil {
		return "", camp.NewFault(camp.Internal, "join.copy.say", err)
	}
	return to, nil
}

// FriendCopy gives what DoFriendCopy writes to a file: a name for it, and what
// writes it.
func FriendCopy(system string) (name string, write func(io.Writer) error, err error) {
	kind, write, err := packed(system)
	return "camp-" + camp.Version + "-" + strings.ReplaceAll(system, "/", "-") + kind, write, err
}

// packed gives the archive for a friend's system: its ending, and what writes it.
func packed(system string) (kind string, write func(io.Writer) error, err error) {
	if !slices.Contains(systems(), system) {
		return "", nil, camp.NewFault(camp.NotFound, "join.no_program.say", nil)
	}
	from, none := archiveFor(system)
	if none == nil {
		return kindOf(from), func(to io.Writer) error { return copyFile(to, from) }, nil
	}
	kind = ".tar.gz"
	if strings.HasPrefix(system, "windows/") {
		kind = ".zip"
	}
	return kind, func(to io.Writer) error { return packOwn(to, kind == ".zip") }, nil
}

// kindOf gives the ending of an archive's name, "" for a name without one.
func kindOf(name string) string {
	for _, k := range archiveKinds {
		if strings.HasSuffix(name, k) {
			return k
		}
	}
	return ""
}

func copyFile(to io.Writer, from string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }()
	_, err = io.Copy(to, src)
	return err
}

// packOwn packs the running program, and the window's beside it where there is one.
func packOwn(to io.Writer, zipped bool) error {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	suffix := ""
	if runtime.GOOS == "windows" {
		suffix = ".exe"
	}
	files := map[string]string{"camp" + suffix: exe}
	if window := filepath.Join(filepath.Dir(exe), "camp-window"+suffix); isFile(window) {
		files["camp-window"+suffix] = window
	}
	if zipped {
		z := zip.NewWriter(to)
		for name, from := range files {
			h := &zip.FileHeader{Name: "camp/" + name, Method: zip.Deflate}
			h.SetMode(0o755)
			w, err := z.CreateHeader(h)
			if err == nil {
				err = copyFile(w, from)
			}
			if err != nil {
				return err
			}
		}
		return z.Close()
	}
	g := gzip.NewWriter(to)
	t := tar.NewWriter(g)
	for name, from := range files {
		st, err := os.Stat(from)
		if err == nil {
			err = t.WriteHeader(&tar.Header{Name: "camp/" + name, Mode: 0o755, Size: st.Size(), ModTime: st.ModTime()})
		}
		if err == nil {
			err = copyFile(t, from)
		}
		if err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
	}
	return errors.Join(t.Close(), g.Close())
}

func isFile(p string) bool {
	st, err := os.Stat(p)
	return err == nil && st.Mode().IsRegular()
}
