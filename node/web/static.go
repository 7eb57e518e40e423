package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

// static are the files below assets/web/static, by their name with a hash in it.
type static struct {
	byHash map[string]staticFile
	names  map[string]string // "style.css" to "style-0123456789.css"
}

type staticFile struct {
	kind string
	body []byte
}

func readStatic(fsys fs.FS) (static, error) {
	st := static{byHash: map[string]staticFile{}, names: map[string]string{}}
	files, err := fs.Glob(fsys, "web/static/*")
	if err != nil {
		return st, err
	}
	for _, f := range files {
		body, err := fs.ReadFile(fsys, f)
		if err != nil {
			return st, err
		}
		sum := sha256.Sum256(body)
		name, ext := path.Base(f), path.Ext(f)
		hashed := strings.TrimSuffix(name, ext) + "-" + hex.EncodeToString(sum[:5]) + ext
		st.names[name] = hashed
		st.byHash[hashed] = staticFile{kind: kindOf(ext), body: body}
	}
	return st, nil
}

// kindOf does not ask the system's tables, which differ from computer to computer.
func kindOf(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}

func (st static) path(name string) string { return "/static/" + st.names[name] }

// static serves a file of ours for a year: another content has another name.
func (v *visit) file() error {
	f, ok := v.s.files.byHash[v.r.PathValue("file")]
	if !ok {
		if v.cookie == "" {
			v.signedOut()
			return nil
		}
		return errNowhere
	}
	v.w.Header().Set("Content-Type", f.kind)
	v.w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(v.w, v.r, "", time.Time{}, bytes.NewReader(f.body))
	return nil
}
