package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"sync"

	"camp/assets"
)

// tongue is one language: its words, and all pages with those words in place.
type tongue struct {
	lang   string
	words  *assets.Words
	pages  func() (*template.Template, error) // read when somebody first reads the language
	months []string                           // twelve, short
	long   []string                           // twelve
	days   []string                           // seven, Sunday first
	icons  string                             // address of the drawings
	shown  shown                              // posts as they were shown last
}

func (t *tongue) say(key string, args ...any) string { return t.words.Say(key, args...) }

// mark is a word or an icon in a template: [[web.home.title]], [[icon:heart]].
var mark = regexp.MustCompile(`\[\[([a-z0-9_.]+|icon:[a-z]+|draw:[a-z]+|file:[a-z.]+)\]\]`)

func readTongues(fsys fs.FS, st static) (map[string]*tongue, error) {
	all := map[string]*tongue{}
	for _, lang := range assets.Languages {
		words, err := assets.LoadWords(lang)
		if err != nil {
			return nil, err
		}
		t := &tongue{
			lang: lang, words: words, icons: st.path("icons.svg"),
			months: strings.Split(words.Say("web.date.months"), " "), long: strings.Split(words.Say("web.date.months_long"), " "),
			days: strings.Split(words.Say("web.date.days"), " "),
		}
		if len(t.months) != 12 || len(t.long) != 12 || len(t.days) != 7 {
			return nil, fmt.Errorf("words of %q: web.date.* must name 12 months and 7 days", lang)
		}
		t.pages = sync.OnceValues(func() (*template.Template, error) { return t.read(fsys, st) })
		all[lang] = t
	}
	return all, nil
}

// execute writes a page.
func (t *tongue) execute(to io.Writer, page string, data any) error {
	pages, err := t.pages()
	if err != nil {
		return err
	}
	return pages.ExecuteTemplate(to, page, data)
}

// read parses all templates, a page under its file's name, with words and icons put in.
func (t *tongue) read(fsys fs.FS, st static) (*template.Template, error) {
	root := template.New("").Funcs(template.FuncMap{"say": t.say, "saymap": t.words.SayMap, "icon": t.icon, "post": t.post, "tongues": func() []assets.Tongue { return assets.Tongues }})
	for _, dir := range []string{"web/part", "web/page"} {
		files, err := fs.Glob(fsys, path.Join(dir, "*.tmpl"))
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			raw, err := fs.ReadFile(fsys, f)
			if err != nil {
				return nil, err
			}
			src, err := t.fill(string(raw), st)
			if err != nil {
				return nil, fmt.Errorf("%s in %s: %w", f, t.lang, err)
			}
			if _, err := root.New(strings.TrimSuffix(path.Base(f), ".tmpl")).Parse(src); err != nil {
				return nil, err
			}
		}
	}
	return root, nil
}

// fill puts the words of the language and the addresses of files in place of the marks.
func (t *tongue) fill(src string, st static) (string, error) {
	var missing error
	out := mark.ReplaceAllStringFunc(src, func(m string) string {
		key := strings.Trim(m, "[]")
		kind, name, _ := strings.Cut(key, ":")
		switch kind {
		case "icon":
			return string(t.icon(name))
		case "draw":
			return `<svg class="draw" viewBox="0 0 120 80" aria-hidden="true"><use href="` + t.icons + `#d-` + name + `"/></svg>`
		case "file":
			return st.path(name)
		}
		if !t.words.Has(key) {
			missing = fmt.Errorf("no words for %q", key)
		}
		return template.HTMLEscapeString(t.say(key))
	})
	return dense(out), missing
}

// dense drops the indentation of a template: it would be sent with every post.
func dense(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimLeft(lines[i], "\t")
	}
	return strings.Join(lines, "\n")
}

func (t *tongue) icon(name string) template.HTML {
	return template.HTML(`<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><use href="` + t.icons + `#` + name + `"/></svg>`) //nolint:gosec // names are ours
}

// spoken chooses the language: the member's own, else what the browser asks for, else the camp's.
func (s *Site) spoken(r *http.Request, member, house string) *tongue {
	if t, ok := s.tongue[member]; ok {
		return t
	}
	for _, want := range asked(r.Header.Get("Accept-Language")) {
		if t, ok := s.tongue[want]; ok {
			return t
		}
	}
	if t, ok := s.tongue[house]; ok {
		return t
	}
	return s.tongue[assets.Languages[0]]
}

// asked reads Accept-Language (RFC 9110 §12.5.4) into main languages, best
// first; "en-GB" counts as "en". At most ten are looked at.
func asked(header string) []string {
	type wish struct {
		lang string
		q    float64
	}
	var wishes []wish
	for i, part := range strings.SplitN(header, ",", 11) {
		if i == 10 {
			break
		}
		tag, rest, _ := strings.Cut(strings.TrimSpace(part), ";")
		lang, _, _ := strings.Cut(strings.ToLower(tag), "-")
		q := 1.0
		if num, ok := strings.CutPrefix(strings.TrimSpace(rest), "q="); ok {
			var err error
			if q, err = strconv.ParseFloat(num, 64); err != nil {
				q = 0
			}
		}
		if lang != "" && q > 0 {
			wishes = append(wishes, wish{lang, q})
		}
	}
	sort.SliceStable(wishes, func(i, j int) bool { return wishes[i].q > wishes[j].q })
	list := make([]string, len(wishes))
	for i, w := range wishes {
		list[i] = w.lang
	}
	return list
}

// buffers are reused from page to page. Safe for concurrent use.
type buffers struct{ pool sync.Pool }

func (b *buffers) get() *bytes.Buffer {
	if x, ok := b.pool.Get().(*bytes.Buffer); ok {
		x.Reset()
		return x
	}
	return bytes.NewBuffer(make([]byte, 0, 64<<10))
}

const keepBuffer = 512 << 10 // bytes; a larger one is left to the collector

func (b *buffers) put(x *bytes.Buffer) {
	if x.Cap() <= keepBuffer {
		b.pool.Put(x)
	}
}

// render sends a page of the reader's language. Nothing is sent if it fails.
func (v *visit) render(status int, page string, data any) error {
	buf := v.s.buffers.get()
	defer v.s.buffers.put(buf)
	if err := v.words.execute(buf, page, data); err != nil {
		return fmt.Errorf("render %s: %w", page, err)
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(buf.Len()))
	v.w.WriteHeader(status)
	_, _ = v.w.Write(buf.Bytes()) // the reader went away: nobody to tell
	return nil
}
