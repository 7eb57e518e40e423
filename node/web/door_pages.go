package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"camp/node/camp"
)

// strangerPage is what somebody with a phone alone sees before they are let in.
type strangerPage struct {
	Lang, Title, Camp, Host string
	Fault                   string
	Version                 int
	Date, Hash              string
	Rules                   []rule
	Kept                    []keeping
	Name, Message           string
	Stage                   string // "ask", "waiting", "declined", "device"
	Since, Answer, Words    string
	Question, Reply, Typed  string // what the host asks, what they answered, and what they typed in vain
	Who                     string
	Refresh                 bool
}

// page is GET /: it fits who is there.
func (c *call) page() error { return c.show(nil) }

// show draws the page that fits, with what went wrong.
func (c *call) show(f *camp.Fault) error {
	p, err := c.stranger()
	if err != nil {
		return err
	}
	status := http.StatusOK
	if f != nil {
		p.Fault, p.Refresh, status = c.sayFault(f), false, statusOf(f.Kind)
	}
	return c.render(status, "door", p)
}

func (c *call) stranger() (*strangerPage, error) {
	info, err := c.joinInfo()
	if err != nil {
		return nil, err
	}
	now := c.d.o.Now()
	p := &strangerPage{
		Lang: c.words.lang, Title: info.Camp, Camp: info.Camp, Host: info.Host, Version: info.Rules.Version, Hash: info.Rules.Hash,
		Date: c.words.date(info.Rules.Date, now), Stage: "ask",
	}
	switch c.who.Peer.Principal {
	case camp.PrincipalWaiting:
		p.Stage = "waiting"
		p.Question, p.Reply = c.who.Question, c.who.Reply
		p.Refresh = p.Question == "" || p.Reply != "" // not while they write
		p.Typed = c.r.PostForm.Get("reply")
		p.Since, p.Words = c.words.exact(c.who.Since, now), c.d.o.Ways.Words(c.who.Device.Key)
		return p, nil
	case camp.PrincipalDeclined:
		p.Stage, p.Answer = "declined", c.who.Answer
		return p, nil
	case camp.PrincipalDevice:
		p.Stage, p.Who = "device", c.who.Member.Display
		return p, nil
	}
	ticked := map[string]bool{}
	for _, n := range c.r.PostForm["rule"] {
		if len(n) <= 3 {
			ticked[n] = true
		}
	}
	for i, t := range info.Rules.Texts {
		p.Rules = append(p.Rules, rule{N: i + 1, Text: t, Ticked: ticked[strconv.Itoa(i+1)]})
	}
	for _, k := range info.Kept {
		p.Kept = append(p.Kept, keeping{What: k.What, Why: k.Why, About: k.About, Readers: k.Readers, HowLong: k.HowLong, Export: k.Export})
	}
	p.Name, p.Message = c.r.PostForm.Get("name"), c.r.PostForm.Get("message")
	return p, nil
}

// readForm takes in the small form of a page.
func (c *call) readForm() error {
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, maxAsk)
	if err := c.r.ParseForm(); err != nil {
		return errUnreadable
	}
	return nil
}

// askPage is POST /join: the request of somebody with a phone alone. A browser
// that came by a code has no key to leave; their program asks for them.
func (c *call) askPage() error {
	if err := c.readForm(); err != nil {
		return err
	}
	if c.who.Peer.Serial == 0 {
		return &camp.Fault{Kind: camp.NotAllowed, Say: "web.door.program"}
	}
	rules, err := c.d.o.People.Rules(c.ctx())
	if err != nil {
		return err
	}
	ticks := map[string]bool{}
	for _, n := range c.r.PostForm["rule"] {
		ticks[n] = true
	}
	for i := range rules.Texts {
		if !ticks[strconv.Itoa(i+1)] {
			return &camp.Fault{Kind: camp.Invalid, Say: "web.rules.tick"}
		}
	}
	version, err := strconv.Atoi(c.r.PostForm.Get("version"))
	if err != nil {
		return errUnreadable
	}
	_, err = c.d.o.People.ApplyPhone(c.ctx(), c.who.Peer.Serial, camp.Application{
		Name: c.r.PostForm.Get("name"), Message: c.r.PostForm.Get("message"), Device: browserName(c.r.UserAgent()),
		Version: version, Hash: c.r.PostForm.Get("hash"),
	})
	if err != nil {
		return err
	}
	return c.home()
}

func (c *call) withdrawPage() error {
	if err := c.readForm(); err != nil {
		return err
	}
	if err := c.d.o.People.Withdraw(c.ctx(), c.who.Peer.Serial); err != nil {
		return err
	}
	return c.render(http.StatusOK, "door", &strangerPage{Lang: c.words.lang, Title: c.house.Name, Camp: c.house.Name, Stage: "withdrawn"})
}

func (c *call) home() error {
	http.Redirect(c.w, c.r, "/", http.StatusSeeOther)
	return nil
}

// confirmPage asks a browser on a member's device whether it is them.
func (c *call) confirmPage() error { return c.show(nil) }

// confirm signs that browser in: the click that design.md, decision 3, asks for.
func (c *call) confirm() error {
	if err := c.readForm(); err != nil {
		return err
	}
	if !c.isA(camp.PrincipalDevice) {
		return errNowhere
	}
	cookie, _, err := c.d.o.People.DeviceSession(c.ctx(), c.who.Peer.Serial, browserName(c.r.UserAgent()))
	if err != nil {
		return err
	}
	http.SetCookie(c.w, &http.Cookie{
		Name: c.d.o.Site.o.Cookie, Value: cookie, Path: "/", MaxAge: int(sessionTime.Seconds()), HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	return c.home()
}

// file serves the look of the pages.
func (c *call) file() error {
	if _, ok := c.d.o.Site.files.byHash[c.r.PathValue("file")]; !ok || strings.HasSuffix(c.r.PathValue("file"), ".js") {
		return errNowhere
	}
	v := &visit{s: c.d.o.Site, w: c.w, r: c.r}
	return v.file()
}

// render sends a page of the reader's language.
func (c *call) render(status int, page string, data any) error {
	buf := c.d.o.Site.buffers.get()
	defer c.d.o.Site.buffers.put(buf)
	if err := c.words.execute(buf, page, data); err != nil {
		return fmt.Errorf("render %s: %w", page, err)
	}
	h := c.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(buf.Len()))
	c.w.WriteHeader(status)
	_, _ = c.w.Write(buf.Bytes()) // they went away: nobody to tell
	return nil
}
