package porch

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"camp/assets"
	"camp/node/camp"
)

func (p *Porch) routes() {
	p.mux.HandleFunc("GET /in/{secret}", p.in)
	p.mux.HandleFunc("GET /static/{name}", p.static)
	p.mux.HandleFunc("GET /{$}", p.known(p.home))
	p.mux.HandleFunc("GET /join", p.known(p.join))
	p.mux.HandleFunc("POST /join/look", p.changing(p.joinLook))
	p.mux.HandleFunc("POST /join/around", p.changing(p.joinAround))
	p.mux.HandleFunc("POST /join/near", p.changing(p.joinNear))
	p.mux.HandleFunc("POST /join/ask", p.changing(p.joinAsk))
	p.mux.HandleFunc("POST /join/stop", p.changing(p.joinStop))
	p.mux.HandleFunc("POST /camp/open", p.changing(p.campOpen))
	p.mux.HandleFunc("POST /camp/withdraw", p.changing(p.campEnds(camp.DoJoinWithdraw)))
	p.mux.HandleFunc("POST /camp/reply", p.changing(p.campReply))
	p.mux.HandleFunc("POST /camp/stay", p.changing(p.campEnds(camp.DoJoinStay)))
	p.mux.HandleFunc("POST /camp/leave", p.changing(p.campLeave))
	p.mux.HandleFunc("POST /camp/key", p.changing(p.campRekey))
	p.mux.HandleFunc("POST /camp/forget", p.changing(p.campEnds(camp.DoJoinForget)))
	p.mux.HandleFunc("GET /back", p.known(func(w http.ResponseWriter, r *http.Request) { p.show(w, r, http.StatusOK, "back", nil) }))
	p.mux.HandleFunc("POST /start", p.changing(p.start))
	p.mux.HandleFunc("POST /open", p.changing(p.open))
	p.mux.HandleFunc("POST /rescue", p.changing(p.rescue))
	p.mux.HandleFunc("POST /language", p.changing(p.language))
	p.mux.HandleFunc("POST /back", p.known(p.back)) // reads its own form: the file is streamed
	p.mux.HandleFunc("/", p.known(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusSeeOther) }))
}

// ServeHTTP answers one request.
func (p *Porch) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-store")
	if r.Host != p.own() {
		w.WriteHeader(http.StatusMisdirectedRequest)
		return
	}
	p.mux.ServeHTTP(w, r)
}

// cookie is the name of the session's cookie; cookies ignore the port, so the
// port stands in the name.
func (p *Porch) cookie() string {
	_, port, _ := strings.Cut(p.own(), ":")
	return "porch-" + port
}

// known lets only those in who came by a link.
func (p *Porch) known(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie(p.cookie())
		if err != nil || !p.knows(c.Value) {
			p.show(w, r, http.StatusForbidden, "closed", nil)
			return
		}
		next(w, r)
	}
}

// sameOrigin reports whether the browser says that our own page sent this.
func sameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin"
	}
	return r.Header.Get("Origin") == "http://"+r.Host
}

// changing lets only a form of our own pages through.
func (p *Porch) changing(next http.HandlerFunc) http.HandlerFunc {
	return p.known(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := r.ParseForm(); err != nil || !p.sent(r, r.PostFormValue("token")) {
			p.show(w, r, http.StatusForbidden, "closed", nil)
			return
		}
		next(w, r)
	})
}

func (p *Porch) sent(r *http.Request, token string) bool {
	c, err := r.Cookie(p.cookie())
	return err == nil && sameOrigin(r) && tokenGood(c.Value, token)
}

// in turns a one-time link into a session.
func (p *Porch) in(w http.ResponseWriter, r *http.Request) {
	cookie, ok := p.enter(r.PathValue("secret"))
	if !ok {
		if c, err := r.Cookie(p.cookie()); err == nil && p.knows(c.Value) {
			http.Redirect(w, r, "/", http.StatusSeeOther) // clicked twice
			return
		}
		p.show(w, r, http.StatusForbidden, "closed", nil)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: p.cookie(), Value: cookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	// A page, not a redirect: a strict cookie is not sent along a chain that began elsewhere.
	next := "/"
	if p.opt.Desk.State().ShowCode != "" {
		next = "/join" // a link was opened
	}
	w.Header().Set("Refresh", "0; url="+next)
	p.show(w, r, http.StatusOK, "in", nil)
}

func (p *Porch) static(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	kind, dir := "", "web/static/"
	switch name {
	case "style.css":
		kind = "text/css; charset=utf-8"
	case "porch.css":
		kind, dir = "text/css; charset=utf-8", "web/porch/"
	case "tent.svg":
		kind = "image/svg+xml"
	}
	body, err := assets.FS.ReadFile(dir + name)
	if kind == "" || err != nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(body)
}

// home shows what fits how the camp is.
func (p *Porch) home(w http.ResponseWriter, r *http.Request) {
	switch st := p.opt.Desk.State(); st.Phase {
	case camp.Off:
		if len(st.Memberships) > 0 {
			p.camps(w, r, nil)
			return
		}
		p.show(w, r, http.StatusOK, "choices", nil)
	case camp.Starting, camp.Stopping:
		w.Header().Set("Refresh", "1")
		p.show(w, r, http.StatusOK, "starting", func(v *page, words *assets.Words) { v.Stage = words.Say(st.Stage) })
	case camp.Trouble:
		p.show(w, r, http.StatusOK, "trouble", func(v *page, words *assets.Words) { showProblem(v, words, st.Problem) })
	default:
		p.camps(w, r, nil)
	}
}

func showProblem(v *page, words *assets.Words, problem *camp.Problem) {
	if problem == nil {
		return
	}
	v.Problem, v.Detail, v.Rescue = words.SayMap(problem.Say, problem.Args), problem.Detail, problem.Deed == camp.DoRescue
}

// start starts the camp and leads straight into it.
func (p *Porch) start(w http.ResponseWriter, r *http.Request) {
	in := camp.Intent{Do: camp.DoStart, Name: r.PostFormValue("name"), Person: r.PostFormValue("person"), Language: p.languageOf(r)}
	if _, err := p.opt.Desk.Do(r.Context(), in); err != nil {
		p.troubled(w, r, "choices", err)
		return
	}
	p.open(w, r)
}

// troubled shows what went wrong: as the camp's own trouble where that is it.
func (p *Porch) troubled(w http.ResponseWriter, r *http.Request, name string, err error) {
	if st := p.opt.Desk.State(); st.Phase == camp.Trouble {
		p.show(w, r, http.StatusOK, "trouble", func(v *page, words *assets.Words) { showProblem(v, words, st.Problem) })
		return
	}
	p.refused(w, r, name, err)
}

// open leads into the camp by a one-time link of its own. It is a page and not
// a redirect, since a form may not lead to another address.
func (p *Porch) open(w http.ResponseWriter, r *http.Request) {
	if err := p.lead(w, r, camp.Intent{Do: camp.DoLink}); err != nil {
		p.troubled(w, r, "on", err)
	}
}

// lead shows the page that goes on into a camp.
func (p *Porch) lead(w http.ResponseWriter, r *http.Request, in camp.Intent) error {
	ans, err := p.opt.Desk.Do(r.Context(), in)
	if err == nil && !campURL(ans.URL) {
		err = errors.New("the camp gave no link of this computer")
	}
	if err != nil {
		return err
	}
	w.Header().Set("Refresh", "0; url="+ans.URL)
	p.show(w, r, http.StatusOK, "open", func(v *page, _ *assets.Words) { v.Link = ans.URL })
	return nil
}

// rescue carries out a deed of the page for damaged data.
func (p *Porch) rescue(w http.ResponseWriter, r *http.Request) {
	ans, err := p.opt.Desk.Do(r.Context(), camp.Intent{Do: camp.DoRescue, Page: r.PostFormValue("what"), Phrase: r.PostFormValue("phrase"), Language: p.languageOf(r)})
	if err != nil {
		p.refused(w, r, "rescued", err)
		return
	}
	if st := p.opt.Desk.State(); st.Phase == camp.On {
		p.open(w, r)
		return
	}
	p.show(w, r, http.StatusOK, "rescued", func(v *page, words *assets.Words) { v.Say = words.SayMap(ans.Say, ans.Args) })
}

// language keeps the language of the program.
func (p *Porch) language(w http.ResponseWriter, r *http.Request) {
	s := p.opt.Desk.State().Settings
	s.Language = r.PostFormValue("language")
	if _, err := p.opt.Desk.Do(r.Context(), camp.Intent{Do: camp.DoSettings, Settings: &s}); err != nil {
		p.troubled(w, r, "choices", err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// back brings a camp back from a backup that is sent in or named by its path.
func (p *Porch) back(w http.ResponseWriter, r *http.Request) {
	in, clean, err := p.readBack(w, r)
	defer clean()
	if err == nil {
		_, err = p.opt.Desk.Do(r.Context(), in)
	}
	if err != nil {
		drain(w, r)
		p.refused(w, r, "back", err)
		return
	}
	p.open(w, r)
}

// drain takes in what is still being sent, within bounds: a browser that is cut
// off while it sends shows a lost connection, not our words.
func drain(w http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(drainTime))
	_, _ = io.CopyN(io.Discard, r.Body, drainBytes)
}

// readBack reads the form field by field; the token comes before the file, so
// that nobody else's bytes reach the disk.
func (p *Porch) readBack(w http.ResponseWriter, r *http.Request) (in camp.Intent, clean func(), err error) {
	clean = func() {}
	in = camp.Intent{Do: camp.DoRestore, Language: p.languageOf(r)}
	refusal := camp.NewFault(camp.NotAllowed, "porch.closed.say", nil)
	if !sameOrigin(r) {
		return in, clean, refusal
	}
	if free := p.opt.Desk.State().Space.Free; free > 0 && r.ContentLength > free-spare {
		return in, clean, camp.NewFault(camp.Full, "porch.take.say", nil)
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBackup)
	form, err := r.MultipartReader()
	if err != nil {
		return in, clean, camp.NewFault(camp.Invalid, "porch.form.say", err)
	}
	good := false
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return in, clean, camp.NewFault(camp.Invalid, "porch.form.say", err)
		}
		if part.FormName() == "token" {
			good = p.sent(r, field(part))
			continue
		}
		if !good {
			return in, clean, refusal
		}
		switch part.FormName() {
		case "phrase":
			in.Phrase = field(part)
		case "path":
			if path := field(part); path != "" {
				in.File = path
			}
		case "replace":
			in.Replace = field(part) == "yes"
		case "file":
			if part.FileName() == "" {
				continue
			}
			name, err := p.take(part)
			if err != nil {
				return in, clean, err
			}
			in.File, clean = name, func() { _ = os.Remove(name) }
		}
	}
	switch {
	case !good:
		return in, clean, refusal
	case in.File == "":
		return in, clean, camp.NewFault(camp.Invalid, "porch.no_file.say", nil)
	case in.Phrase == "":
		return in, clean, camp.NewFault(camp.Invalid, "porch.no_phrase.say", nil)
	case !filepath.IsAbs(in.File):
		return in, clean, camp.NewFault(camp.Invalid, "porch.path.say", nil)
	}
	return in, clean, nil
}

// field reads a small field of a form.
func field(part *multipart.Part) string {
	raw, _ := io.ReadAll(io.LimitReader(part, 4<<10))
	return strings.TrimSpace(string(raw))
}

// take writes a sent backup beside the camp's data.
func (p *Porch) take(part *multipart.Part) (string, error) {
	f, err := os.CreateTemp(p.opt.Temp, "sent-*.camp")
	if err != nil {
		return "", camp.NewFault(camp.Internal, "porch.take.say", err)
	}
	_, err = io.Copy(f, part)
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return "", camp.NewFault(camp.Full, "porch.take.say", err)
	}
	return f.Name(), nil
}
