package camp

import "testing"

func TestPolicy(t *testing.T) {
	t.Parallel()
	p := Policy(0).With(DeedReply, false, false).With(DeedLike, true, false).With(DeedBoost, false, true)
	for name, row := range map[string]struct {
		p       Policy
		d       Deed
		follows bool
		want    bool
	}{
		"nothing said":             {0, DeedReply, false, true},
		"nobody":                   {p, DeedReply, true, false},
		"all":                      {p, DeedLike, false, true},
		"followers, a stranger":    {p, DeedBoost, false, false},
		"followers, one of them":   {p, DeedBoost, true, true},
		"said anew":                {p.With(DeedReply, true, false), DeedReply, false, true},
		"another deed stays":       {p.With(DeedReply, true, false), DeedBoost, false, false},
		"said anew, for followers": {p.With(DeedLike, false, true), DeedLike, false, false},
		"all may ask":              {p.WithAsk(DeedReply), DeedReply, true, false},
		"to ask changes no other":  {p.WithAsk(DeedReply), DeedLike, false, true},
		"quotes stand apart":       {p.With(DeedQuote, false, false), DeedQuote, true, false},
		"quotes, nothing said":     {p, DeedQuote, false, true},
	} {
		if got := row.p.Lets(row.d, row.follows); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// What was said comes back, of each deed by itself.
func TestPolicySaid(t *testing.T) {
	t.Parallel()
	p := Policy(0).With(DeedReply, false, true).With(DeedLike, true, false).WithAsk(DeedQuote)
	for d, want := range map[Deed][4]bool{
		DeedReply: {false, true, false, true}, DeedLike: {true, false, false, true}, DeedBoost: {}, DeedQuote: {false, false, true, true},
	} {
		all, followers, ask, stated := p.Said(d)
		if got := [4]bool{all, followers, ask, stated}; got != want {
			t.Errorf("%d: got %v, want %v", d, got, want)
		}
	}
}
