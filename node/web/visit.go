package web

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"camp/node/camp"
)

// visit is one request on its way through a page. It is used by one goroutine.
type visit struct {
	s     *Site
	w     http.ResponseWriter
	r     *http.Request
	route route

	words   *tongue
	house   camp.House
	me      camp.Member
	actor   camp.Actor
	session camp.Session
	cookie  string // value of the session's cookie; "" for nobody
	token   string // what a form of this session must carry

	form  url.Values // what was posted, after read; pictures taken in stand in it by their ids
	paper []byte     // the file of a form of that kind, at most maxPaper+1 bytes
}

// Sizes and rates of what a browser may send (reliability.md 3 and 9).
const (
	maxForm         = 256 << 10 // bytes of a form without files: the longest post in four-byte letters, escaped
	maxUpload       = 4*(16<<20) + maxForm
	writesPerMinute = 30
	loadsPerMinute  = 10
)

// answer takes the request through its gates and then to its page.
func (v *visit) answer() {
	if err := v.enter(); err != nil {
		v.fail(err)
		return
	}
	if v.route.need != open && v.cookie == "" {
		v.signedOut()
		return
	}
	if v.route.need == host && !v.keeper() {
		v.fail(errNowhere)
		return
	}
	if v.route.need == helping && !v.actor.May() {
		v.fail(errNowhere)
		return
	}
	if v.r.Method == http.MethodPost {
		if f := v.read(); f != nil {
			v.refuse(f)
			return
		}
	}
	if err := v.route.do(v); err != nil {
		if v.r.Method == http.MethodPost && v.route.again != nil {
			v.refuse(camp.AsFault(err))
			return
		}
		v.fail(err)
	}
}

// enter finds out who is there and in which language to speak.
func (v *visit) enter() error {
	v.words = v.s.tongue["en"]
	if v.r.Method == http.MethodPost && !sameOrigin(v.r) {
		v.words = v.s.spoken(v.r, "", "")
		return errElsewhere
	}
	h, err := v.s.o.People.House(v.ctx())
	if err != nil {
		return err
	}
	v.house = h
	v.words = v.s.spoken(v.r, "", h.Language)
	if err := v.recognise(); err != nil {
		return err
	}
	v.words = v.s.spoken(v.r, v.me.Language, h.Language)
	return nil
}

// keeper reports whether the reader sees the host's pages here.
func (v *visit) keeper() bool { return v.s.o.Desk != nil && v.actor.Role == camp.RoleHost }

func (v *visit) ctx() context.Context { return v.r.Context() }

// now is the time as the camp's computer shows it.
func (v *visit) now() time.Time { return v.s.o.Now() }

// say gives a sentence in the reader's language.
func (v *visit) say(key string, args ...any) string { return v.words.say(key, args...) }

// refuse shows the form again, or a page with the reason where it has none.
func (v *visit) refuse(f *camp.Fault) {
	v.note(f)
	if v.route.again == nil || v.form == nil {
		v.fault(f)
		return
	}
	if err := v.route.again(v, f); err != nil {
		v.fail(err)
	}
}

// to answers a POST by sending the browser to a page of ours.
func (v *visit) to(path string) error {
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}
