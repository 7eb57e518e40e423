package web

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"camp/node/camp"
)

// passes are cookies good for one request of the program's own. Safe for concurrent use.
type passes struct {
	mu   sync.Mutex // guards open
	open map[string]camp.Actor
}

const maxPasses = 16

// Pass gives a cookie by which exactly one request is answered as by. It lives
// in memory only; the start-up test fetches the home page with it. It gives
// empty strings where no randomness can be had.
func (s *Site) Pass(by camp.Actor) (name, value string) {
	var b [32]byte
	if _, err := io.ReadFull(s.o.Rand, b[:]); err != nil {
		return "", ""
	}
	value = hex.EncodeToString(b[:])
	s.passes.mu.Lock()
	defer s.passes.mu.Unlock()
	if s.passes.open == nil || len(s.passes.open) >= maxPasses {
		s.passes.open = map[string]camp.Actor{} // unused ones are of no use any more
	}
	s.passes.open[value] = by
	return s.o.Cookie, value
}

func (p *passes) take(value string) (camp.Actor, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a, ok := p.open[value]
	delete(p.open, value)
	return a, ok
}

// recognise finds the session of the request's cookie; none is no error.
func (v *visit) recognise() error {
	c, err := v.r.Cookie(v.s.o.Cookie)
	if err != nil || c.Value == "" || len(c.Value) > 200 {
		return nil //nolint:nilerr // no cookie means nobody
	}
	if by, ok := v.s.passes.take(c.Value); ok {
		m, err := v.s.o.People.Member(v.ctx(), by.Member)
		if err != nil {
			return fmt.Errorf("read member of a pass: %w", err)
		}
		v.known(c.Value, camp.Session{}, m)
		return nil
	}
	session, m, err := v.s.o.People.SignedIn(v.ctx(), c.Value)
	if err != nil {
		var f *camp.Fault
		if errors.As(err, &f) && (f.Kind == camp.NotFound || f.Kind == camp.NotAllowed) {
			return nil
		}
		return fmt.Errorf("look up session: %w", err)
	}
	v.known(c.Value, session, m)
	return nil
}

func (v *visit) known(cookie string, session camp.Session, m camp.Member) {
	v.cookie, v.session, v.me = cookie, session, m
	v.actor = camp.Actor{Member: m.ID, Role: m.Role}
	v.token = formToken(cookie)
}

// fetchedAhead reports whether the browser fetches a page before anybody looks at it.
func (v *visit) fetchedAhead() bool {
	h := v.r.Header
	return h.Get("Sec-Purpose")+h.Get("Purpose")+h.Get("X-Moz") != ""
}

// comeIn turns a one-time link into a session. Our own app's link stands for
// the click (design.md, decision 3), so a page visit is enough, but nothing
// that a browser fetches ahead or inside another page.
func (v *visit) comeIn() error {
	dest := v.r.Header.Get("Sec-Fetch-Dest")
	if v.r.Method != http.MethodGet || v.fetchedAhead() || (dest != "" && dest != "document") {
		v.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if v.me.ID != 0 && v.session.ID == "" {
		return errNowhere
	}
	cookie, _, err := v.s.o.People.UseLink(v.ctx(), v.r.PathValue("secret"), browserName(v.r.UserAgent()))
	if err != nil {
		if f := camp.AsFault(err); f.Kind == camp.Internal {
			return err
		}
		v.note(camp.AsFault(err))
		return v.render(http.StatusNotFound, "signedout", v.door("web.in.over"))
	}
	if v.session.ID != "" { // signed in anew: the session of before ends
		if err := v.s.o.People.EndSession(v.ctx(), v.actor, v.session.ID); err != nil {
			v.s.o.Log.WarnContext(v.ctx(), "earlier session did not end", "err", err)
		}
	}
	v.setCookie(cookie, sessionTime)
	if v.r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		// A strict cookie is not sent along a redirect that began elsewhere: one step over a page of ours.
		return v.render(http.StatusOK, "welcome", v.door(""))
	}
	return v.to(landing(v.r.URL.Query().Get("to")))
}

// landing is where a link leads after it signed somebody in: one of the host's
// pages, by the name that the window gives it, or home. It is never an address.
func landing(page string) string {
	switch page {
	case "recovery", "backups", "people", "settings":
		return "/host/" + page
	case "others":
		return "/host/camps"
	case "reports":
		return "/reports"
	}
	return "/"
}

// sessionTime is how long the browser keeps the cookie; the session itself ends where node/people says.
const sessionTime = 400 * 24 * time.Hour

// setCookie hands the browser a session, or takes it away with a negative age.
func (v *visit) setCookie(value string, age time.Duration) {
	http.SetCookie(v.w, &http.Cookie{
		Name: v.s.o.Cookie, Value: value, Path: "/", MaxAge: int(age.Seconds()),
		HttpOnly: true, Secure: v.r.TLS != nil, SameSite: http.SameSiteStrictMode,
	})
}

// doorPage is what somebody without a session sees: no name of a member, no post.
type doorPage struct {
	Lang, Title, Say string
	Elsewhere        bool // they came by a link on another site; a cookie may be there all the same
}

func (v *visit) door(say string) doorPage {
	d := doorPage{Lang: v.words.lang, Title: v.say("web.out.title"), Elsewhere: v.r.Header.Get("Sec-Fetch-Site") == "cross-site"}
	if say != "" {
		d.Say = v.say(say)
	}
	return d
}

// signedOut answers every path alike, whether there is something behind it or not.
func (v *visit) signedOut() {
	if err := v.render(http.StatusUnauthorized, "signedout", v.door("")); err != nil {
		v.fail(err)
	}
}

// browserName says in two words what a browser tells of itself, for the list of
// browsers signed in.
func browserName(agent string) string {
	find := func(pairs ...string) string {
		for i := 0; i < len(pairs); i += 2 {
			if strings.Contains(agent, pairs[i]) {
				return pairs[i+1]
			}
		}
		return ""
	}
	browser := find("Firefox/", "Firefox", "FxiOS/", "Firefox", "Edg", "Edge", "OPR/", "Opera", "SamsungBrowser/", "Samsung",
		"CriOS/", "Chrome", "Chromium/", "Chromium", "Chrome/", "Chrome", "Safari/", "Safari")
	system := find("Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "CrOS", "ChromeOS", "Windows", "Windows",
		"Mac OS", "Mac", "Linux", "Linux")
	return strings.TrimPrefix(strings.TrimSuffix(browser+" · "+system, " · "), " · ")
}
