package export

import (
	"archive/zip"
	"context"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"camp/node/camp"
)

// The page of the archive, in three parts, so that posts are written one by
// one. It loads nothing but the pictures beside it and has no scripts.
const pageText = `{{define "head"}}<!doctype html>
<html lang="{{.Language}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'">
<meta name="robots" content="noindex">
<title>{{say "export.page.title" "Name" .Name "Camp" .Camp}}</title>
<style>
:root{color-scheme:light dark;--paper:#faf7f1;--card:#fff;--line:#e2dacb;--ink:#23201b;--soft:#665e53;--moss:#1b6e53;--wash:#e3f0ea}
@media (prefers-color-scheme:dark){:root{--paper:#171512;--card:#211e1a;--line:#37322b;--ink:#efe9df;--soft:#aca294;--moss:#5cc8a0;--wash:#1d332a}}
*{box-sizing:border-box}
html{font:1rem/1.55 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif;background:var(--paper);color:var(--ink);overflow-wrap:anywhere}
body{max-width:42rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.5rem;line-height:1.25;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}
.soft{color:var(--soft);font-size:.93rem;margin:.25rem 0}
.me{display:flex;gap:1rem;align-items:center}.me img{width:5rem;height:5rem;border-radius:50%}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1rem 1.1rem;margin:0 0 1rem}
.card>:first-child{margin-top:0}.card>:last-child,.card>:last-child>:last-child{margin-bottom:0}.who{margin-right:.35em}
.text{white-space:pre-wrap;margin:.5rem 0}
.who{display:inline-block;background:var(--wash);color:var(--moss);border-radius:99px;padding:0 .7em;font-size:.85rem;font-weight:600}
figure{margin:.75rem 0 0}figure img{max-width:100%;height:auto;border-radius:10px;display:block}figcaption{color:var(--soft);font-size:.9rem;margin-top:.25rem}
details{margin-top:.5rem}summary{cursor:pointer;color:var(--soft)}
ol{padding-left:1.4rem}
@media print{.card{break-inside:avoid}}
</style>
</head>
<body>
<header class="me">{{with .Face}}<img src="{{.}}" alt="">{{end}}<div>
<h1>{{.Name}}</h1>
<p class="soft">@{{.Handle}} · {{.Camp}}</p>
<p class="soft">{{say "export.page.made" "Date" .Date}}</p></div></header>
{{with .About}}<p class="text">{{.}}</p>
{{end}}<p class="soft">{{if .Handed}}{{say "export.page.handed" "Name" .Name}}{{else}}{{say "export.page.own"}}{{end}}</p>
<h2>{{say "export.page.posts" "N" .Posts}}</h2>
{{end}}{{define "post"}}<article class="card" id="p{{.ID}}">
<p class="soft"><span class="who">{{say .Audience}}</span> <time datetime="{{.Stamp}}">{{.Date}}</time>{{if .Reply}} · {{say "export.page.reply"}}{{end}}</p>
{{if .Note}}<details><summary>{{.Note}}</summary>{{template "body" .}}</details>{{else}}{{template "body" .}}{{end}}
{{with .Edits}}<details><summary>{{say "export.page.edits" "N" (len .)}}</summary>
{{range .}}<p class="soft">{{.Date}}</p><p class="text">{{.Text}}</p>
{{end}}</details>
{{end}}</article>
{{end}}{{define "body"}}<p class="text">{{.Text}}</p>
{{range .Pictures}}<figure>{{if .File}}<img src="{{.File}}" alt="{{.Alt}}" loading="lazy"{{if .Width}} width="{{.Width}}" height="{{.Height}}"{{end}}>{{else}}<p class="soft">{{say "export.page.missing"}}</p>{{end}}{{with .Alt}}<figcaption>{{.}}</figcaption>{{end}}</figure>
{{end}}{{end}}{{define "foot"}}{{with .Agreed}}<h2>{{say "export.page.rules"}}</h2>
{{range .}}<div class="card"><p>{{say "export.page.agreed" "Version" .Version "Date" .Date}}</p>
{{with .Texts}}<ol>{{range .}}<li>{{.}}</li>{{end}}</ol>{{end}}<p class="soft">SHA-256 {{.Hash}}</p></div>
{{end}}{{end}}</body>
</html>
{{end}}`

type pageHead struct {
	Language, Name, Handle, Camp, About, Face, Date string
	Posts                                           int
	Handed                                          bool
}

type pagePost struct {
	ID, Stamp, Date, Audience, Note, Text string
	Reply                                 bool
	Pictures                              []pagePicture
	Edits                                 []pageEdit
}

type pagePicture struct {
	File, Alt     string
	Width, Height int
}

type pageEdit struct{ Date, Text string }

type pageAgreed struct {
	Version    int
	Date, Hash string
	Texts      []string
}

// page writes index.html.
func (m *making) page(ctx context.Context) error {
	t, err := template.New("page").Funcs(template.FuncMap{"say": m.words.Say}).Parse(pageText)
	if err != nil {
		return fmt.Errorf("read the archive's page: %w", err)
	}
	w, err := m.create("index.html", zip.Deflate)
	if err != nil {
		return err
	}
	if err := t.ExecuteTemplate(w, "head", pageHead{
		Language: m.language(), Name: m.shown(), Handle: m.member.Name, Camp: m.house.Name, About: m.member.About,
		Face: m.files[string(m.member.Picture)], Date: m.date(m.at), Posts: m.count, Handed: m.handed,
	}); err != nil {
		return err
	}
	err = m.each(ctx, func(o own) error { return t.ExecuteTemplate(w, "post", m.pagePost(o)) })
	if err != nil {
		return err
	}
	return m.foot(ctx, t, w)
}

func (m *making) pagePost(o own) pagePost {
	p := pagePost{
		ID: o.ID.String(), Stamp: stamp(o.Written), Date: m.date(o.Written), Audience: audienceWord(o.Audience),
		Note: o.Note, Text: o.Text, Reply: o.ReplyTo != 0,
	}
	for _, pic := range o.Pictures {
		p.Pictures = append(p.Pictures, pagePicture{File: m.files[string(pic.ID)], Alt: pic.Alt, Width: pic.Width, Height: pic.Height})
	}
	for _, e := range o.Edits {
		text := e.Text
		if e.Note != "" {
			text = e.Note + "\n\n" + text
		}
		p.Edits = append(p.Edits, pageEdit{Date: m.date(e.At), Text: text})
	}
	return p
}

func (m *making) foot(ctx context.Context, t *template.Template, w io.Writer) error {
	var list []pageAgreed
	err := m.opt.Store.View(ctx, func(tx Tx) error {
		for _, a := range m.agreed {
			r, _, err := tx.Rules(a.Version)
			if err != nil {
				return err
			}
			list = append(list, pageAgreed{Version: a.Version, Date: m.date(a.At), Hash: a.Hash, Texts: r.Texts})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return t.ExecuteTemplate(w, "foot", struct{ Agreed []pageAgreed }{list})
}

// audienceWord gives the locale key of who may read a post.
func audienceWord(a camp.Audience) string {
	switch a {
	case camp.AudienceCamp:
		return "export.audience.camp"
	case camp.AudienceLetter:
		return "export.audience.letter"
	case camp.AudienceFollowers:
		return "export.audience.followers"
	case camp.AudienceQuiet:
		return "export.audience.quiet"
	}
	return "export.audience.public"
}

// date gives a day and time in words of the archive's language; the archive
// knows no zone but UTC, and says so.
func (m *making) date(t time.Time) string {
	months := strings.Fields(m.words.Say("export.months"))
	month := t.UTC().Month().String()
	if len(months) == 12 {
		month = months[t.UTC().Month()-1]
	}
	return t.UTC().Format("2 ") + month + t.UTC().Format(" 2006, 15:04 UTC")
}
