package camp

// Deed is something that people do with somebody else's post.
type Deed uint8

// The deeds that the author of a post can keep for some.
const (
	DeedReply Deed = iota
	DeedLike
	DeedBoost
	DeedQuote
)

// Policy is whom the author of a post from elsewhere lets do what with it, as far
// as they said so: four bits for each deed (FEP-044f, interactionPolicy).
type Policy uint16

const (
	policyStated Policy = 1 << iota
	policyAll
	policyFollowers
	policyAsk
)

// With is the policy with what the author said of a deed: whether all may, or
// their followers.
func (p Policy) With(d Deed, all, followers bool) Policy {
	rule := policyStated
	if all {
		rule |= policyAll
	}
	if followers {
		rule |= policyFollowers
	}
	return p&^(0xf<<(4*d)) | rule<<(4*d)
}

// WithAsk is the policy with what the author said of a deed, by which others may
// ask for their yes.
func (p Policy) WithAsk(d Deed) Policy { return p | (policyStated|policyAsk)<<(4*d) }

// Said is what the author said of a deed: all may, or their followers; others may
// ask. stated is false where they said nothing.
func (p Policy) Said(d Deed) (all, followers, ask, stated bool) {
	rule := p >> (4 * d)
	return rule&policyAll != 0, rule&policyFollowers != 0, rule&policyAsk != 0, rule&policyStated != 0
}

// Lets reports whether somebody may do a deed without asking; what the author said
// nothing about is for all who see the post.
func (p Policy) Lets(d Deed, follows bool) bool {
	rule := p >> (4 * d)
	return rule&policyStated == 0 || rule&policyAll != 0 || follows && rule&policyFollowers != 0
}
