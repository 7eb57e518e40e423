package porch

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"

	"camp/assets"
	"camp/node/camp"
)

// pages are all pages in one language.
type pages struct {
	words *assets.Words
	tmpl  *template.Template
}

// page is what every template is given.
type page struct {
	Lang    string
	Other   []assets.Tongue // the languages to choose from
	Token   string
	Phase   camp.Phase
	Exists  bool   // a camp lives here
	Name    string // of the camp
	Stage   string // sentence
	Title   string
	Said    string // what was just done, a sentence
	Say     string // why something was refused, a sentence
	Problem string // what is wrong with the camp, a sentence
	Detail  string
	Rescue  bool   // the camp's data need rescue
	Link    string // into the camp
	Join    joinPage
	Camps   []campLine // camps of others
}

func readPages() (map[string]*pages, error) {
	all := map[string]*pages{}
	for _, l := range assets.Languages {
		w, err := assets.LoadWords(l)
		if err != nil {
			return nil, fmt.Errorf("read pages of the porch: %w", err)
		}
		t := template.New("").Funcs(template.FuncMap{"say": w.Say})
		files, err := fs.Glob(assets.FS, "web/porch/*.tmpl")
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			raw, err := assets.FS.ReadFile(f)
			if err != nil {
				return nil, fmt.Errorf("read pages of the porch: %w", err)
			}
			if _, err := t.New(strings.TrimSuffix(path.Base(f), ".tmpl")).Parse(string(raw)); err != nil {
				return nil, fmt.Errorf("read pages of the porch: %w", err)
			}
		}
		all[l] = &pages{words: w, tmpl: t}
	}
	return all, nil
}

// languageOf gives the language for a request: the settings', else the
// browser's, else the system's.
func (p *Porch) languageOf(r *http.Request) string {
	wish := []string{p.opt.Desk.State().Settings.Language}
	for _, part := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		tag, _, _ = strings.Cut(tag, "-")
		wish = append(wish, strings.ToLower(tag))
	}
	for _, w := range append(wish, p.opt.Language) {
		if _, ok := p.pages[w]; ok {
			return w
		}
	}
	return assets.Languages[0]
}

// show renders a page. refresh, in seconds, makes the browser go to next by
// itself; negative: it stays.
func (p *Porch) show(w http.ResponseWriter, r *http.Request, status int, name string, fill func(*page, *assets.Words)) {
	l := p.languageOf(r)
	t := p.pages[l]
	st := p.opt.Desk.State()
	v := page{
		Lang: l, Other: assets.Tongues, Phase: st.Phase, Exists: st.Exists, Name: st.Name, Title: t.words.Say("porch." + name + ".title"),
		Camps: p.lines(st.Memberships, t.words),
	}
	if c, err := r.Cookie(p.cookie()); err == nil {
		v.Token = tokenOf(c.Value)
	}
	if fill != nil {
		fill(&v, t.words)
	}
	var b bytes.Buffer
	if err := t.tmpl.ExecuteTemplate(&b, name, v); err != nil {
		p.opt.Log.Error("page broke", "page", name, "err", err)
		http.Error(w, t.words.Say("fault.internal.say"), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

// refused shows a page again with why it was refused.
func (p *Porch) refused(w http.ResponseWriter, r *http.Request, name string, err error) {
	f := p.faultOf(name, err)
	p.show(w, r, statusOf(f.Kind), name, func(v *page, words *assets.Words) { v.Say = words.SayMap(f.Say, f.Args) })
}

// faultOf gives the fault of an error; one of our own making is written down.
func (p *Porch) faultOf(name string, err error) *camp.Fault {
	f := camp.AsFault(err)
	if f.Kind == camp.Internal {
		p.opt.Log.Error("porch", "page", name, "err", err)
	}
	return f
}

func statusOf(k camp.Kind) int {
	switch k {
	case camp.Invalid:
		return http.StatusUnprocessableEntity
	case camp.NotFound:
		return http.StatusNotFound
	case camp.NotAllowed:
		return http.StatusForbidden
	case camp.Conflict:
		return http.StatusConflict
	case camp.Full:
		return http.StatusInsufficientStorage
	case camp.Offline:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// campURL checks that an address the camp gave is one of this computer's.
func campURL(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "::1" || u.Hostname() == "localhost")
}
