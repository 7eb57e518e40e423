package fed

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/outside"
)

func says(err error) string {
	if f := (*camp.Fault)(nil); errors.As(err, &f) {
		return f.Say
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestFindPerson(t *testing.T) {
	t.Parallel()
	const page1 = "https://far.example/@bo"
	html := func(head string) page {
		return page{kind: "text/html", body: "<html><head>" + head + "</head><body></body>"}
	}
	for name, row := range map[string]struct {
		typed string
		set   func(o *outpost)
		say   string
	}{
		"a handle":            {typed: "@bo@far.example"},
		"without the first @": {typed: "bo@far.example"},
		"in capitals":         {typed: " @BO@Far.Example ", set: func(o *outpost) { o.handle("BO", "far.example", bo) }},
		"the id":              {typed: bo},
		"a page": {typed: page1, set: func(o *outpost) {
			o.far.set(page1, html(`<link rel="alternate" type="application/activity+json" href="/u/bo">`))
		}},
		"a page that is the id": {typed: page1, set: func(o *outpost) { p := o.far.pages[bo]; o.far.set(page1, p) }},
		"a page without a link": {typed: page1, set: func(o *outpost) { o.far.set(page1, html(``)) }, say: "fed.nobody.say"},
		"a page with another": {typed: page1, set: func(o *outpost) {
			o.far.set(page1, html(`<link rel="alternate" type="application/rss+xml" href="/u/bo">`))
		}, say: "fed.nobody.say"},
		"nobody there":        {typed: "@eva@far.example", say: "fed.nobody.say"},
		"no account there":    {typed: "https://far.example/u/eva", say: "fed.nobody.say"},
		"a post":              {typed: "https://far.example/n/1", set: func(o *outpost) { o.far.put("https://far.example/n/1", aNote(bo, "https://far.example/n/1", public)) }, say: "fed.nobody.say"},
		"no answer":           {typed: "@bo@far.example", set: func(o *outpost) { o.down("bo", "far.example") }, say: "fed.no_answer.say"},
		"a server in trouble": {typed: bo, set: func(o *outpost) { o.far.set(bo, page{status: http.StatusBadGateway}) }, say: "fed.no_answer.say"},
		"blocked":             {typed: "@bo@far.example", set: func(o *outpost) { o.shut["far.example"] = true }, say: "fed.blocked.say"},
		"blocked, below":      {typed: bo, set: func(o *outpost) { o.shut["example"] = true }, say: "fed.blocked.say"},
		"silent":              {typed: "@bo@far.example", set: func(o *outpost) { o.mute = true }, say: "fed.silent.say"},
		"of this camp":        {typed: "@ana@one.example", say: "fed.own.say"},
		"no name":             {typed: "bo", say: "fed.no_address.say"},
		"no https":            {typed: "http://far.example/u/bo", say: "fed.no_address.say"},
		"nothing":             {typed: "", say: "fed.no_address.say"},
		"long":                {typed: "https://far.example/" + strings.Repeat("x", 3000), say: "fed.no_address.say"},
		"leads to a blocked":  {typed: "@bo@near.example", set: func(o *outpost) { o.handle("bo", "near.example", bo); o.shut["far.example"] = true }, say: "fed.blocked.say"},
		"an actor on other hosts": {typed: page1, set: func(o *outpost) {
			o.far.set(page1, page{kind: "application/activity+json", body: `{"type":"Person","id":"https://evil.example/u/bo","inbox":"https://evil.example/i"}`})
		}, say: "fed.nobody.say"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOutpost(t)
			o.somebody(bo)
			if row.set != nil {
				row.set(o)
			}
			r, err := o.find.Person(t.Context(), o.ana, row.typed)
			if says(err) != row.say {
				t.Fatalf("%q: %v", says(err), err)
			}
			asked := o.far.took()
			if row.say == "" && (r.URI != bo || r.At != "far.example" || r.ID == 0) {
				t.Errorf("%+v", r)
			}
			if slices.Contains([]string{"fed.silent.say", "fed.own.say", "fed.no_address.say"}, row.say) && len(asked) > 0 || strings.HasPrefix(name, "blocked") && len(asked) > 0 {
				t.Errorf("asked %v", asked)
			}
			again, err := o.find.Person(t.Context(), o.ana, row.typed)
			if says(err) != row.say || again.ID != r.ID {
				t.Errorf("again: %+v, %v", again, err)
			}
			if more := o.far.took(); len(more) > 0 && row.typed != page1 {
				t.Errorf("asked again at once: %v", more)
			}
		})
	}
}

func (o *outpost) down(name, domain string) {
	o.far.set("https://"+domain+"/.well-known/webfinger?resource=acct%3A"+name+"%40"+domain, page{err: &outside.Error{Kind: outside.Connect, Host: domain}})
}

// What was not found is asked for again after ten minutes, and who is known after
// a day.
func TestFindAgain(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	if _, err := o.find.Person(t.Context(), o.ana, "@bo@far.example"); says(err) != "fed.nobody.say" {
		t.Fatal(err)
	}
	o.somebody(bo)
	if _, err := o.find.Person(t.Context(), o.ana, "@bo@far.example"); says(err) != "fed.nobody.say" {
		t.Error("asked again at once")
	}
	o.later(missKept)
	if r, err := o.find.Person(t.Context(), o.ana, "@bo@far.example"); err != nil || r.Display != "Shown bo" {
		t.Errorf("%+v, %v", r, err)
	}
	o.far.took()
	o.later(refreshAfter + time.Minute)
	if _, err := o.find.Person(t.Context(), o.ana, "@bo@far.example"); err != nil || len(o.far.took()) == 0 {
		t.Errorf("not asked after a day: %v", err)
	}
	for _, c := range []struct {
		name string
		find func(context.Context, camp.Actor, string) (camp.Remote, error)
		asks bool
	}{{"known", o.find.Person, false}, {"known, but for what cannot be undone", o.find.Anew, true}} {
		o.far.took()
		if _, err := c.find(t.Context(), o.ana, "@bo@far.example"); err != nil || len(o.far.took()) > 0 != c.asks {
			t.Errorf("%s: asked, %v: want %v", c.name, err, c.asks)
		}
	}
	for n := range mostMisses + 10 {
		_, _ = once(o.find, strings.Repeat("x", n%50)+string(rune(n)), func() (int, error) { return 0, camp.NewFault(camp.NotFound, "x", nil) })
	}
	if len(o.find.failed) > mostMisses {
		t.Errorf("%d remembered", len(o.find.failed))
	}
}

func TestFindPost(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	r := o.follows(bo)
	inner, outer := o.write(o.ana, camp.AudienceCamp, "ours"), o.write(o.ana, camp.AudiencePublic, "for all")
	letter := o.write(o.host, camp.AudienceCamp, "x")
	_, _, _ = inner, letter, r
	const note, shown = "https://far.example/n/1", "https://far.example/@bo/1"
	o.far.put(note, aNote(bo, note, public))
	o.far.set(shown, page{kind: "text/html", body: `<link href="` + note + `" type='application/activity+json' rel="nofollow alternate">`})
	o.far.put("https://far.example/n/2", aNote(bo, "https://far.example/n/2", `,"to":["`+bo+`/followers"]`))
	o.far.put("https://far.example/n/3", aNote(bo, "https://far.example/n/3", `,"to":["https://far.example/u/x"]`))
	o.far.put("https://far.example/n/4", aNote(cy, "https://far.example/n/4", public))
	for name, row := range map[string]struct {
		by      camp.Actor
		address string
		say     string
		want    string
	}{
		"its id":                {o.ana, note, "", note},
		"its page":              {o.ana, shown, "", note},
		"for followers, to one": {o.ana, "https://far.example/n/2", "", "https://far.example/n/2"},
		"for others":            {o.ana, "https://far.example/n/3", "fed.nobody.say", ""},
		"by somebody elsewhere": {o.ana, "https://far.example/n/4", "fed.nobody.say", ""},
		"somebody":              {o.ana, bo, "fed.nobody.say", ""},
		"nothing":               {o.ana, "https://far.example/n/9", "fed.nobody.say", ""},
		"no address":            {o.ana, "hello", "fed.no_address.say", ""},
		"nobody asks":           {camp.Actor{}, note, "people.not_member.say", ""},
		"one of ours":           {o.ana, here.Post(outer), "", "-"},
		"nothing of ours":       {o.ana, here.Post(9), "posts.gone.say", ""},
	} {
		id, err := o.find.Post(t.Context(), row.by, row.address)
		if says(err) != row.say {
			t.Errorf("%s: %q, %v", name, says(err), err)
			continue
		}
		if row.want == "-" && id != outer {
			t.Errorf("%s: %v", name, id)
		} else if row.want != "" && row.want != "-" {
			if p, ok := o.post(row.want); !ok || p.ID != id {
				t.Errorf("%s: %v, %+v", name, id, p)
			}
		}
	}
	if list := o.home(); len(list) != 0 {
		t.Errorf("what was asked for stands among the news: %v", list)
	}
	// A guest asks in the camp's name, not for what is for followers.
	guest := camp.Actor{Role: camp.RoleGuest}
	o.look(func(tx TakeTx) { m, _, _ := tx.MemberByName("gus"); guest.Member = m.ID })
	o.far.put("https://far.example/n/5", aNote(bo, "https://far.example/n/5", `,"to":["`+bo+`/followers"]`))
	if _, err := o.find.Post(t.Context(), guest, "https://far.example/n/5"); says(err) != "fed.nobody.say" {
		t.Error(err)
	}
}

// FuzzAlternate: whatever a page says, what it leads to is one https address, or none.
func FuzzAlternate(f *testing.F) {
	f.Add(`<link rel=alternate type="application/activity+json" href="/u/bo">`, "https://far.example/@bo")
	f.Add(`<link rel="alternate" type='application/ld+json; profile="https://www.w3.org/ns/activitystreams"' href=//evil.example>`, "https://far.example/")
	f.Add(`<svg><link><body><link rel=alternate`, "x")
	f.Fuzz(func(t *testing.T, body, base string) {
		if got := alternate([]byte(body), base); got != "" && hostName(got) == "" {
			t.Errorf("%q", got)
		}
	})
}
