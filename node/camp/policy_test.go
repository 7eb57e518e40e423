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
	} {
		if got := row.p.Lets(row.d, row.follows); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
