package posts

import (
	"slices"

	"camp/node/camp"
)

// heeds refuses what the author of a post from elsewhere keeps for others: what
// would need their yes first is held back (federation.md 8). Whom a post names may
// answer it. Within the camp alone everybody may talk about anything.
func heeds(tx Tx, m camp.MemberID, p camp.Post, d camp.Deed) error {
	ok, err := lets(tx, m, p, d)
	if err != nil || ok {
		return err
	}
	say := map[camp.Deed]string{camp.DeedReply: "posts.policy_reply.say", camp.DeedLike: "posts.policy_like.say", camp.DeedBoost: "posts.policy_boost.say"}[d]
	return refuse(camp.NotAllowed, say)
}

// lets reports whether the author of a post lets a member do something with it.
func lets(tx Tx, m camp.MemberID, p camp.Post, d camp.Deed) (bool, error) {
	if p.Here() || p.Policy.Lets(d, false) || d == camp.DeedReply && slices.Contains(p.Mentions, m) {
		return true, nil
	}
	f, ok, err := tx.Follow(m, p.Author)
	return err == nil && p.Policy.Lets(d, ok && f.Accepted), err
}

// policy says what of it the reader may not do.
func (v *viewing) policy(pv *camp.PostView) error {
	for _, one := range []struct {
		d   camp.Deed
		not func()
	}{
		{camp.DeedReply, func() { pv.NoReply = true }},
		{camp.DeedLike, func() { pv.NoLike = true }},
		{camp.DeedBoost, func() { pv.MayBoost = false }},
		{camp.DeedQuote, func() { pv.NoQuote = true }},
	} {
		ok, err := lets(v.tx, v.viewer.ID, pv.Post, one.d)
		if err != nil {
			return err
		}
		if !ok {
			one.not()
		}
	}
	return nil
}

// mayQuote refuses to show a post from elsewhere within one that leaves the camp,
// where its author said that this member may not, nor ask.
func mayQuote(tx Tx, m camp.Member, p *camp.Post, of camp.Post) error {
	_, _, ask, _ := of.Policy.Said(camp.DeedQuote)
	if ask || p.Audience == camp.AudienceCamp {
		return nil
	}
	ok, err := lets(tx, m.ID, of, camp.DeedQuote)
	if err == nil && !ok {
		err = refuse(camp.NotAllowed, "posts.policy_quote.say")
	}
	return err
}
