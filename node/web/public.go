package web

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"camp/node/camp"
	"camp/node/posts"
)

// OpenPosts is what the pages for strangers need of node/posts.
type OpenPosts interface {
	OpenPost(ctx context.Context, id camp.PostID) (camp.PostView, error)
	OpenBy(ctx context.Context, who camp.MemberID, limit int) ([]camp.PostView, error)
}

// OpenPeople is what they need of node/people.
type OpenPeople interface {
	House(ctx context.Context) (camp.House, error)
	ByName(ctx context.Context, name string) (camp.Member, error)
}

// PublicOptions are what the pages for strangers are handed; all must be set.
type PublicOptions struct {
	Site    *Site // lends its words, its look and its pages
	People  OpenPeople
	Posts   OpenPosts
	Domain  camp.Domain
	Picture func(id camp.MediaID) string // the address at which a stranger gets a picture
	Actor   func(name string) string     // the address of a person for other servers
	Post    func(id camp.PostID) string  // the same of a post
}

// Public are the few pages that a stranger with a browser can see: who lives
// here that shows themselves, and what was written for everybody. There is no
// list of people, no search, no number, and no script. What is not there, or not
// for strangers, is not found, whatever the reason.
//
//	/            the camp's name and what it is
//	/@ana        somebody, with what they wrote for everybody
//	/@ana/ID     one post, 18 digits
//	/tag/goats   where a word with # leads that went out: what it is for
//	/static/…    the look
type Public struct {
	o   PublicOptions
	mux *http.ServeMux
}

// shownToStrangers is how many posts stand on a person's page.
const shownToStrangers = 20

// NewPublic makes the pages.
func NewPublic(o PublicOptions) *Public {
	p := &Public{o: o, mux: http.NewServeMux()}
	p.mux.HandleFunc("GET /{$}", p.page(p.front))
	p.mux.HandleFunc("GET /{at}", p.page(p.person))
	p.mux.HandleFunc("GET /{at}/{id}", p.page(p.post))
	p.mux.HandleFunc("GET /tag/{tag}", p.page(p.tag))
	p.mux.HandleFunc("GET /static/{file}", p.file)
	return p
}

// Find gives the page for a request; false where there is none, and then nothing
// was written.
func (p *Public) Find(w http.ResponseWriter, r *http.Request) bool {
	if _, pattern := p.mux.Handler(r); pattern == "" {
		return false
	}
	found := &finding{ResponseWriter: w}
	p.mux.ServeHTTP(found, r)
	return !found.none
}

// finding is an answer that can say that there is none.
type finding struct {
	http.ResponseWriter
	none bool
}

// openPage is what the template shows.
type openPage struct {
	Lang, Title, Camp, Icon string
	Home                    bool
	Tag                     bool
	Who                     *person
	Handle                  string // @ana@domain
	About                   template.HTML
	Since                   string
	Posts                   []openItem
	One                     bool
	Alternate               string // the same for other servers
	Hidden                  bool   // not for search engines
}

// openItem is a post on it.
type openItem struct {
	Link, Exact, ISO, When string
	By                     person
	Text                   template.HTML
	Note, Language         string
	Pictures               []shot
	Choices                []string
}

func (p *Public) page(fill func(*http.Request, *tongue, *openPage) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		house, err := p.o.People.House(r.Context())
		if err != nil {
			p.fail(w, err)
			return
		}
		t := p.o.Site.spoken(r, "", house.Language)
		page := &openPage{Lang: t.lang, Camp: house.Name, Title: house.Name, Hidden: true}
		if err := fill(r, t, page); err != nil {
			p.fail(w, err)
			return
		}
		var b bytes.Buffer
		if err := t.execute(&b, "open", page); err != nil {
			p.fail(w, fmt.Errorf("render the page for strangers: %w", err))
			return
		}
		h := w.Header()
		protect(h)
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Length", strconv.Itoa(b.Len()))
		h.Set("Vary", "Accept, Accept-Language")
		if page.Hidden {
			h.Set("X-Robots-Tag", "noindex, nofollow")
		}
		_, _ = w.Write(b.Bytes())
	}
}

func (p *Public) fail(w http.ResponseWriter, err error) {
	f, found := w.(*finding)
	if k := camp.AsFault(err).Kind; found && (k == camp.NotFound || k == camp.NotAllowed) {
		f.none = true
		return
	}
	p.o.Site.o.Log.Error("page for strangers", "err", err)
	w.WriteHeader(http.StatusServiceUnavailable)
}

func (p *Public) front(_ *http.Request, _ *tongue, page *openPage) error {
	page.Home = true
	return nil
}

// tag is the page that a word with # leads to elsewhere (federation.md 8). It is
// the same for all words, and does not bear the word: nothing is looked up, and
// nothing that is written in the camp can be found in what strangers get.
func (p *Public) tag(r *http.Request, _ *tongue, page *openPage) error {
	tag := r.PathValue("tag")
	if folded := posts.FoldTag(tag); len(tag) > mostTag || folded == "" || strings.ContainsFunc(folded, notInTag) {
		return camp.NewFault(camp.NotFound, "posts.gone.say", nil)
	}
	page.Tag = true
	return nil
}

const mostTag = 200 // bytes

func notInTag(c rune) bool { return !unicode.In(c, unicode.L, unicode.M, unicode.N) && c != '_' }

// somebody gives a member whom strangers may see.
func (p *Public) somebody(r *http.Request) (camp.Member, error) {
	none := camp.NewFault(camp.NotFound, "posts.nobody.say", nil)
	name, at := strings.CutPrefix(r.PathValue("at"), "@")
	if !at {
		return camp.Member{}, none
	}
	if same, ok := camp.ParseName(name); !ok || same != name {
		return camp.Member{}, none
	}
	m, err := p.o.People.ByName(r.Context(), name)
	if err != nil {
		return camp.Member{}, err
	}
	if !m.Standing.In() || m.Role == camp.RoleGuest {
		return camp.Member{}, none
	}
	return m, nil
}

func (p *Public) person(r *http.Request, t *tongue, page *openPage) error {
	m, err := p.somebody(r)
	if err != nil {
		return err
	}
	list, err := p.o.Posts.OpenBy(r.Context(), m.ID, shownToStrangers)
	if err != nil {
		return err
	}
	who := p.who(m)
	page.Who, page.Handle, page.Title = &who, "@"+m.Name+"@"+string(p.o.Domain), who.Name
	if m.About != "" {
		page.About = p.text(m.About, nil)
	}
	page.Alternate = p.o.Actor(m.Name)
	for i := range list {
		page.Posts = append(page.Posts, p.item(t, &list[i]))
	}
	return nil
}

func (p *Public) post(r *http.Request, t *tongue, page *openPage) error {
	m, err := p.somebody(r)
	if err != nil {
		return err
	}
	id, err := camp.ParsePostID(r.PathValue("id"))
	if err != nil {
		return camp.NewFault(camp.NotFound, "posts.gone.say", err)
	}
	pv, err := p.o.Posts.OpenPost(r.Context(), id)
	if err != nil {
		return err
	}
	if pv.Author != m.ID {
		return camp.NewFault(camp.NotFound, "posts.gone.say", nil)
	}
	it := p.item(t, &pv)
	page.One, page.Title, page.Handle = true, it.By.Name, "@"+m.Name+"@"+string(p.o.Domain)
	page.Posts, page.Alternate = []openItem{it}, p.o.Post(id)
	return nil
}

func (p *Public) who(m camp.Member) person {
	who := personOf(m)
	who.Face.Src = ""
	if m.Picture != "" {
		who.Face.Src = p.o.Picture(m.Picture)
	}
	return who
}

func (p *Public) item(t *tongue, pv *camp.PostView) openItem {
	now := p.o.Site.o.Now()
	it := openItem{
		Link: "/@" + pv.By.Name + "/" + pv.ID.String(), Exact: t.exact(pv.Written, now), ISO: pv.Written.UTC().Format(time.RFC3339),
		When: t.ago(pv.Written, now), By: p.who(pv.By), Note: pv.Note, Language: pv.Language,
	}
	if pv.Text != "" {
		it.Text = p.text(pv.Text, pv.Named)
	}
	for _, x := range pv.Pictures {
		src := p.o.Picture(x.ID)
		it.Pictures = append(it.Pictures, shot{Src: src, Full: src, Alt: x.Alt, Width: x.Width, Height: x.Height})
	}
	if pv.Poll != nil {
		for _, c := range pv.Poll.Choices {
			it.Choices = append(it.Choices, c.Text)
		}
	}
	return it
}

// text is htmlOf for strangers: words marked by # lead nowhere.
func (p *Public) text(text string, named []camp.Member) template.HTML {
	var b strings.Builder
	b.WriteString("<p>")
	for _, s := range posts.Spans(text) {
		switch {
		case s.Kind == posts.SpanLink:
			b.WriteString(`<a href="` + template.HTMLEscapeString(s.Ref) + `" rel="nofollow noopener noreferrer">`)
			b.WriteString(template.HTMLEscapeString(shortLink(s.Text)) + "</a>")
		case s.Kind == posts.SpanMention && isNamed(s.Ref, named):
			b.WriteString(`<a class="mention" href="/@` + s.Ref + `">` + template.HTMLEscapeString(s.Text) + "</a>")
		default:
			writeLines(&b, s.Text)
		}
	}
	b.WriteString("</p>")
	return template.HTML(b.String()) //nolint:gosec // every piece was escaped above
}

func (p *Public) file(w http.ResponseWriter, r *http.Request) {
	f, ok := p.o.Site.files.byHash[r.PathValue("file")]
	if !ok {
		p.fail(w, camp.NewFault(camp.NotFound, "posts.gone.say", nil))
		return
	}
	protect(w.Header())
	w.Header().Set("Content-Type", f.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.body))
}
