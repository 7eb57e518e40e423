package fed

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"

	"camp/node/ap"
	"camp/node/camp"
)

// Tx is what discovery reads of the store.
type Tx interface {
	MemberByName(name string) (m camp.Member, ok bool, err error)
}

// Store gives what is kept.
type Store interface {
	View(ctx context.Context, fn func(Tx) error) error
}

// DirectoryOptions are what a Directory needs; all must be set.
type DirectoryOptions struct {
	Names   Names
	Store   Store
	Title   func() string // the camp's name, as strangers may know it
	Version string        // of the program
	Log     *slog.Logger
}

// Directory tells other servers who is here and how to speak to them: WebFinger
// (RFC 7033), host-meta (RFC 6415) and NodeInfo 2.x. It serves nothing else.
type Directory struct {
	o   DirectoryOptions
	mux *http.ServeMux
}

// maxResource bounds what is looked for, in bytes: a handle or an address.
const maxResource = 2 << 10

// NewDirectory makes a Directory.
func NewDirectory(o DirectoryOptions) *Directory {
	d := &Directory{o: o, mux: http.NewServeMux()}
	for pattern, do := range map[string]http.HandlerFunc{
		"GET /.well-known/webfinger": d.webfinger,
		"GET /.well-known/host-meta": d.hostMeta,
		"GET /.well-known/nodeinfo":  d.nodeInfoLinks,
		"GET /nodeinfo/{version}":    d.nodeInfo,
		"/":                          func(w http.ResponseWriter, _ *http.Request) { nothing(w) },
	} {
		d.mux.HandleFunc(pattern, do)
	}
	return d
}

// ServeHTTP answers; what it does not know is not there.
func (d *Directory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path.Clean(r.URL.Path) != r.URL.Path { // the mux would say where to look instead
		nothing(w)
		return
	}
	d.mux.ServeHTTP(w, r)
}

// nothing is the one answer for what is not there, whatever the reason is: equal
// in status, headers and body (community.md 4.3).
func nothing(w http.ResponseWriter) {
	h := w.Header()
	clear(h)
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write([]byte("Not found.\n"))
}

// answer sends a document that anybody may keep for an hour.
func answer(w http.ResponseWriter, kind string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "max-age=3600")
	_, _ = w.Write(body)
}

func (d *Directory) webfinger(w http.ResponseWriter, r *http.Request) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	looked := q["resource"]
	if err != nil || len(looked) != 1 || looked[0] == "" || len(looked[0]) > maxResource || !strings.Contains(looked[0], ":") && !strings.Contains(looked[0], "@") {
		say(w, http.StatusBadRequest)
		return
	}
	jrd, ok, err := d.find(r.Context(), looked[0])
	switch {
	case err != nil:
		d.o.Log.Error("webfinger", "err", err)
		say(w, http.StatusServiceUnavailable)
	case !ok:
		nothing(w)
	default:
		w.Header().Set("Access-Control-Allow-Origin", "*") // RFC 7033 §5
		answer(w, "application/jrd+json", jrd.JSON(q["rel"]...))
	}
}

// find tells whom a resource names: a handle, the id of an actor or a page.
func (d *Directory) find(ctx context.Context, resource string) (jrd ap.JRD, ok bool, err error) {
	n := d.o.Names
	handle, domain := ap.SplitAcct(resource)
	switch {
	case domain != "" && domain != string(n.Domain):
		return ap.JRD{}, false, nil
	case domain == "":
		handle = n.Handle(resource)
	}
	if strings.EqualFold(handle, string(n.Domain)) {
		return ap.NewJRD(n.Acct(string(n.Domain)), n.Camp(), ""), true, nil
	}
	name, known := camp.ParseName(handle)
	if !known {
		return ap.JRD{}, false, nil
	}
	err = d.o.Store.View(ctx, func(tx Tx) error {
		m, found, err := tx.MemberByName(name)
		ok = found && reachable(m)
		return err
	})
	return ap.NewJRD(n.Acct(name), n.Actor(name), n.Page(name)), ok, err
}

// reachable reports whether other servers know of a member. Who waits, left or
// was removed is not there for them, nor is a guest (community.md 1); who pauses is.
func reachable(m camp.Member) bool { return m.Standing.In() && m.Role != camp.RoleGuest }

func (d *Directory) hostMeta(w http.ResponseWriter, _ *http.Request) {
	answer(w, "application/xrd+xml; charset=utf-8", ap.HostMeta(string(d.o.Names.Domain)))
}

func (d *Directory) nodeInfoLinks(w http.ResponseWriter, _ *http.Request) {
	n := d.o.Names
	answer(w, "application/json; charset=utf-8", ap.NodeInfoLinks(n.at("/nodeinfo/2.0"), n.at("/nodeinfo/2.1"), n.Camp()))
}

// nodeInfo tells no number: how many live here, and how much they write, is
// theirs to tell (federation.md 1).
func (d *Directory) nodeInfo(w http.ResponseWriter, r *http.Request) {
	version := r.PathValue("version")
	if version != "2.0" && version != "2.1" {
		nothing(w)
		return
	}
	info := ap.NodeInfo{
		Software: "camp", Version: d.o.Version, Protocols: []string{"activitypub"}, Name: d.o.Title(),
		Users: -1, Active: -1, ActiveHalf: -1, Posts: -1,
	}
	answer(w, ap.NodeInfoType(version), info.JSON(version))
}

// Nothing is that answer for the public door: whatever is not known there, or not
// for who asks, gets it.
func Nothing(w http.ResponseWriter) { nothing(w) }
