package clientapi

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"camp/node/camp"
)

// call is one request on its way.
type call struct {
	a     *API
	w     http.ResponseWriter
	r     *http.Request
	route *route
	path  []string // values of the ":" parts of the route
	base  string   // "https://camp.example", as this client reaches the camp
	in    params
	token camp.Token
	me    camp.Member // zero without a token
	by    camp.Actor
	out   *out
	sent  bool        // the handler answered by itself
	typed camp.PostID // of this post the text is shown as it was typed; 0 for none

	reports map[uint64]told // that notices are about; nil where they are not told
}

func (c *call) ctx() context.Context { return c.r.Context() }

func (c *call) routePath() string {
	if c.route == nil {
		return ""
	}
	return c.route.method + " " + c.route.path
}

// serve does what a request asks.
func (c *call) serve() error {
	if c.route.strange {
		return c.route.do(c)
	}
	if err := c.in.readLater(c); err != nil {
		return err
	}
	if err := c.admit(); err != nil {
		return err
	}
	if !c.in.read && !c.route.upload {
		if err := c.in.readBody(c.w, c.r); err != nil {
			return err
		}
	}
	if err := c.in.readAddress(c.r); err != nil {
		return err
	}
	return c.route.do(c)
}

const maxSecret = 200 // bytes of a token

// secret finds the token: in its header, in the address, or in a form.
func (c *call) secret() string {
	if c.r.Header.Get("Authorization") != "" {
		return headerSecret(c.r)
	}
	if strings.Contains(c.r.URL.RawQuery, "access_token=") {
		return c.r.URL.Query().Get("access_token")
	}
	return c.in.get("access_token")
}

// readLater reads the body before it is known who asks only where the token can
// be nowhere else; a form is small.
func (p *params) readLater(c *call) error {
	if c.r.Header.Get("Authorization") != "" || c.r.Method == http.MethodGet || c.route.upload ||
		!strings.HasPrefix(c.r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return nil
	}
	p.read = true
	return p.readBody(c.w, c.r)
}

// admit finds out who asks and whether they may.
func (c *call) admit() error {
	secret := c.secret()
	if secret == "" {
		if c.route.open && c.r.Header.Get("Authorization") == "" {
			return nil
		}
		return errToken
	}
	if len(secret) > maxSecret {
		return errToken
	}
	if c.me.ID == 0 { // else it was looked at already, by ServeTools
		t, m, err := c.a.o.People.ByToken(c.ctx(), secret)
		if missing(err) {
			return errToken
		}
		if err != nil {
			return err
		}
		c.token, c.me = t, m
	}
	c.by = camp.Actor{Member: c.me.ID, Role: c.me.Role}
	if err := c.rated(); err != nil {
		return err
	}
	if !allows(c.token.Scopes, c.route.scope) {
		return errScope
	}
	return nil
}

// followScopes are what the old scope "follow" stands for.
var followScopes = []string{
	"read:blocks", "write:blocks", "read:follows", "write:follows", "read:mutes", "write:mutes",
}

// allows reports whether the scopes of a token cover one that is needed.
func allows(have []string, need string) bool {
	if need == "" {
		return true
	}
	top, _, _ := strings.Cut(need, ":")
	return slices.Contains(have, need) || slices.Contains(have, top) ||
		slices.Contains(have, "follow") && slices.Contains(followScopes, need)
}

// safe reports whether what this client posts stays in the camp whatever it
// sends (community.md 3.1, 11). Tools of the host's own are not in safe mode.
func (c *call) safe() bool { return !c.token.Tool }

// send ends a call with what the handler wrote.
func (c *call) send(status int) {
	if c.sent {
		return
	}
	c.sent = true
	h := c.w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(c.out.b)))
	c.w.WriteHeader(status)
	_, _ = c.w.Write(c.out.b) // the client went away: nobody to tell
}

// fail ends a call with an error.
func (c *call) fail(r *refusal) {
	c.out.b = c.out.b[:0]
	c.out.open('{')
	c.out.str("error", r.say)
	c.out.close('}')
	h := c.w.Header()
	h.Del("Link")
	if r.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="camp", error="invalid_token"`)
	}
	c.send(r.status)
}

// link names the parts of the list before and after this one. rel="next" stands
// first: there are clients that read no further (client-api.md 2).
func (c *call) link(next, prev string) {
	var b strings.Builder
	for _, l := range []struct{ rel, name, id string }{{"next", "max_id", next}, {"prev", "min_id", prev}} {
		if l.id == "" {
			continue
		}
		q := url.Values{}
		for _, pair := range strings.Split(c.r.URL.RawQuery, "&") {
			k, v, _ := strings.Cut(pair, "=")
			k, err1 := url.QueryUnescape(k)
			v, err2 := url.QueryUnescape(v)
			if err1 != nil || err2 != nil || k == "" {
				continue
			}
			switch k {
			case "max_id", "min_id", "since_id", "access_token":
			default:
				q.Add(k, v)
			}
		}
		q.Set(l.name, l.id)
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString("<" + c.base + strings.TrimSuffix(c.r.URL.EscapedPath(), "/") + "?" + q.Encode() + `>; rel="` + l.rel + `"`)
	}
	if b.Len() > 0 {
		c.w.Header().Set("Link", b.String())
	}
}

// id reads the nth ":" part as an id.
func (c *call) id(n int) uint64 { return idOf(c.path[n]) }
