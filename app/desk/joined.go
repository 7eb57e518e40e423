package desk

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"path/filepath"
	"slices"

	"camp/app/desk/memberships"
	"camp/assets"
	"camp/node/camp"
)

// makeMemberships reads the camps of others that this computer belongs to.
func (d *Desk) makeMemberships() error {
	k, err := memberships.New(memberships.Options{
		Dir: filepath.Join(d.opt.Home.Data, "keys"), Now: d.opt.Now, Rand: d.opt.Rand, Log: d.opt.Log.With("component", "guest"),
		Language: d.speaks, Say: d.say, Own: d.ownKey, Browse: d.opt.Browse, Changed: d.moved, Web: d.opt.MemberWeb, Quiet: d.asleepPage,
	})
	if err != nil {
		return camp.NewFault(camp.Internal, "program.memberships.say", err)
	}
	d.joined = k
	return nil
}

// ownKey reports whether that is a tunnel key of the camp that lives here and is on.
func (d *Desk) ownKey(key [32]byte) bool {
	s := d.on.Load()
	if s == nil {
		return false
	}
	return slices.ContainsFunc(s.ways.all(), func(i *wayIn) bool { return i.public == key })
}

// speaks is the language of the person whose program this is.
func (d *Desk) speaks() string {
	if l := d.State().Settings.Language; l != "" {
		return l
	}
	return d.language(d.opt.Language)
}

// say gives a sentence in that language.
func (d *Desk) say(key string, args ...any) string {
	w, err := assets.LoadWords(d.speaks())
	if err != nil {
		return key
	}
	return w.Say(key, args...)
}

// moved asks showJoined for a new snapshot; it does not wait.
func (d *Desk) moved() {
	select {
	case d.joins <- struct{}{}:
	default:
	}
}

// showJoined puts the memberships into a snapshot.
func (d *Desk) showJoined() {
	d.showing.Lock() // an older list never covers a newer one
	defer d.showing.Unlock()
	list, j := d.joined.States(), d.joined.Joining()
	d.change(func(st *camp.State) { st.Memberships, st.Joining = list, j })
}

var asleepPage = template.Must(template.New("").Parse(`<!doctype html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">{{if .Again}}<meta http-equiv="refresh" content="5">{{end}}<title>{{.Title}}</title><style>{{.Style}}</style></head>
<body><main class="card"><h1>{{.Title}}</h1><p>{{.Say}}</p></main></body></html>
`))

const asleepStyle = `:root{--paper:#f6f3ec;--card:#fffdf8;--ink:#22201c;--line:#e2dccf}@media(prefers-color-scheme:dark){:root{--paper:#16181a;--card:#1f2224;--ink:#ece7dd;--line:#33383b}}` +
	`body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;background:var(--paper);color:var(--ink);font:1.05rem/1.55 system-ui,sans-serif}` +
	`main{max-width:32rem;padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:14px}h1{font-size:1.4rem;margin:0 0 .6rem}p{margin:0}`

// asleepPage tells a browser that a camp does not answer now, or never will again.
func (d *Desk) asleepPage(w http.ResponseWriter, r *http.Request, m camp.Membership) {
	over := m.State.Over()
	title, line, status := d.say("join.asleep.title", "Camp", m.Camp), d.say("join.asleep.page"), http.StatusServiceUnavailable
	if over {
		title, line, status = m.Camp, d.say(m.Says(), "Host", m.Host), http.StatusGone
	}
	sum := sha256.Sum256([]byte(asleepStyle))
	h := w.Header()
	h.Set("Content-Security-Policy", fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; frame-ancestors 'none'", base64.StdEncoding.EncodeToString(sum[:])))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	_ = asleepPage.Execute(w, map[string]any{ // the browser went away: nobody to tell
		"Lang": d.speaks(), "Title": title, "Say": line, "Again": !over, "Style": template.CSS(asleepStyle), //nolint:gosec // ours
	})
}
