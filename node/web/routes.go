package web

import (
	"net/http"

	"camp/node/camp"
)

// need is the right that a route asks for.
type need uint8

const (
	open   need = iota // anybody; shows nothing of the camp's inside
	joined             // somebody with a session
	host               // the host, where the listener has host's pages
)

// form says what a POST carries.
type form uint8

const (
	plain  form = iota // url-encoded, small
	upload             // multipart, streamed
)

// route is one line of the table of pages.
type route struct {
	pattern string // of http.ServeMux
	need    need
	form    form
	do      func(*visit) error
	// again shows the form once more with what was typed and why it was refused; nil: the page for faults.
	again func(*visit, *camp.Fault) error
}

// table lists every route of the site.
func (s *Site) table() []route {
	return []route{
		{pattern: "GET /static/{file}", need: open, do: (*visit).file},
		{pattern: "GET /in/{secret}", need: open, do: (*visit).comeIn},

		{pattern: "GET /{$}", need: joined, do: (*visit).home},
		{pattern: "POST /post", need: joined, form: upload, do: (*visit).write, again: (*visit).writeAgain},

		{pattern: "/", need: joined, do: (*visit).nowhere},
	}
}

// serve wraps a route in everything that goes before it.
func (s *Site) serve(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := &visit{s: s, w: w, r: r, route: rt}
		v.answer()
	}
}

// facePattern is the form by which a member sets their picture.
const facePattern = "POST /me/picture"
