package clientapi

import "camp/node/camp"

// policies writes whom the author of a post lets do what with it: whether it may
// be quoted in Mastodon's words, and where an author elsewhere said anything about
// answers, likes and boosts, that in those of GoToSocial, which has words for it.
func (c *call) policies(pv *camp.PostView) {
	c.quoteApproval(pv)
	o := c.out
	_, _, _, reply := pv.Policy.Said(camp.DeedReply)
	_, _, _, like := pv.Policy.Said(camp.DeedLike)
	_, _, _, boost := pv.Policy.Said(camp.DeedBoost)
	if pv.Here() || !reply && !like && !boost {
		o.null("interaction_policy")
		return
	}
	o.object("interaction_policy")
	c.rule("can_favourite", pv, camp.DeedLike, !pv.NoLike)
	c.rule("can_reply", pv, camp.DeedReply, !pv.NoReply)
	c.rule("can_reblog", pv, camp.DeedBoost, pv.MayBoost)
	o.close('}')
}

// rule writes what an author said of one deed; me: the caller may do it at once.
func (c *call) rule(k string, pv *camp.PostView, d camp.Deed, me bool) {
	o := c.out
	all, followers, ask, stated := pv.Policy.Said(d)
	o.object(k)
	o.list("always")
	if all || !stated {
		o.text("public")
	}
	if followers {
		o.text("followers")
	}
	if d == camp.DeedReply {
		o.text("mentioned") // whom a post names may answer it
	}
	o.text("author")
	if me && c.me.ID != 0 {
		o.text("me")
	}
	o.close(']')
	o.list("with_approval")
	if ask && !all {
		o.text("public")
	}
	o.close(']')
	o.close('}')
}

// quoteApproval writes whether the caller may show a post within one of theirs. A
// post of the camp may be shown within the camp; what an author elsewhere did not
// speak of is not known before they are asked.
func (c *call) quoteApproval(pv *camp.PostView) {
	o := c.out
	all, followers, ask, stated := pv.Policy.Said(camp.DeedQuote)
	open := pv.Audience == camp.AudiencePublic || pv.Audience == camp.AudienceQuiet
	if pv.Here() {
		all, followers, ask, stated = open, false, false, true
	}
	o.object("quote_approval")
	o.list("automatic")
	if open && all {
		o.text("public")
	}
	if open && followers {
		o.text("followers")
	}
	o.close(']')
	o.list("manual")
	if open && ask && !all {
		o.text("public")
	}
	o.close(']')
	o.str("current_user", mayQuote(pv, open, ask, stated))
	o.close('}')
}

// mayQuote is the protocol's word for whether the caller may quote a post.
func mayQuote(pv *camp.PostView, open, ask, stated bool) string {
	switch {
	case pv.Audience == camp.AudienceLetter, !pv.Here() && !open && !pv.Mine:
		return "denied"
	case pv.Here() || stated && !pv.NoQuote:
		return "automatic"
	case !stated:
		return "unknown"
	case ask:
		return "manual"
	}
	return "denied"
}
