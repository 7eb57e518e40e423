package clientapi

import (
	"net/http"

	"camp/node/camp"
)

func (c *call) emptyList() error {
	c.out.raw("[]")
	return nil
}

func (c *call) emptyObject() error {
	c.out.raw("{}")
	return nil
}

func (c *call) health() error {
	c.sent = true
	c.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	c.w.WriteHeader(http.StatusOK)
	_, _ = c.w.Write([]byte("OK")) // the client went away: nobody to tell
	return nil
}

// familiar says of each asked for that nobody is known to follow them too.
func (c *call) familiar() error {
	o := c.out
	o.open('[')
	for _, id := range c.in.ids("id", idsMost) {
		o.open('{')
		o.id("id", id)
		o.empty("accounts")
		o.close('}')
	}
	o.close(']')
	return nil
}

// policy says that nothing is held back.
func (c *call) policy() error {
	o := c.out
	o.open('{')
	for _, k := range []string{"for_not_following", "for_not_followers", "for_new_accounts", "for_private_mentions", "for_limited_accounts"} {
		o.str(k, "accept")
	}
	pending(o)
	o.close('}')
	return nil
}

func (c *call) policyOld() error {
	o := c.out
	o.open('{')
	for _, k := range []string{"filter_not_following", "filter_not_followers", "filter_new_accounts", "filter_private_mentions"} {
		o.yes(k, false)
	}
	pending(o)
	o.close('}')
	return nil
}

func pending(o *out) {
	o.object("summary")
	o.num("pending_requests_count", 0)
	o.num("pending_notifications_count", 0)
	o.close('}')
}

// preferences say what a new post is like when nothing is chosen. The last one is
// ours: apps that know it show that posts stay here (client-api.md 6).
func (c *call) preferences() error {
	o := c.out
	o.open('{')
	o.str("posting:default:visibility", "private")
	o.yes("posting:default:sensitive", false)
	o.strOr("posting:default:language", c.me.Language)
	o.str("posting:default:quote_policy", "nobody")
	o.yes("posting:default:local_only", c.safe())
	o.str("reading:expand:media", "default")
	o.yes("reading:expand:spoilers", false)
	o.yes("reading:autoplay:gifs", false)
	o.close('}')
	return nil
}

// known reports whether the one who asks is of the camp: others are not told how
// many people it has, nor who looks after it.
func (c *call) known() bool { return c.me.ID != 0 }

func (c *call) host(h camp.House) (person, bool, error) {
	if !c.known() {
		return person{}, false, nil
	}
	p, err := c.find(h.Host)
	if missing(err) {
		return p, false, nil
	}
	if err != nil {
		return p, false, err
	}
	return p, true, c.tally(h.Host)
}
