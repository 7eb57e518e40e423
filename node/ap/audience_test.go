package ap

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"camp/node/camp"
)

const (
	fans = "https://one.example/ana/followers"
	bob  = "https://two.example/bob"
)

// The table of federation.md 7, both ways.
func TestAddressing(t *testing.T) {
	for _, r := range []struct {
		who    camp.Audience
		to, cc []string
	}{
		{camp.AudiencePublic, []string{Public}, []string{fans, bob}},
		{camp.AudienceQuiet, []string{fans}, []string{Public, bob}},
		{camp.AudienceFollowers, []string{fans}, []string{bob}},
		{camp.AudienceLetter, []string{bob}, nil},
	} {
		to, cc, err := Address(r.who, fans, []string{bob})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([][]string{r.to, r.cc}, [][]string{to, cc}); d != "" {
			t.Errorf("%s: %s", r.who, d)
		}
		if got := AudienceOf(fans, to, cc); got != r.who {
			t.Errorf("%s is read as %s", r.who, got)
		}
	}
}

// A camp post has no address, and nobody widens a letter by naming everybody.
func TestNoAddress(t *testing.T) {
	for _, who := range []camp.Audience{camp.AudienceCamp, 0, 99} {
		if to, cc, err := Address(who, fans, []string{bob}); err == nil || to != nil || cc != nil {
			t.Errorf("%s: %v %v %v", who, to, cc, err)
		}
	}
	for _, name := range []string{Public, "as:Public", "Public", fans, ""} {
		to, cc, err := Address(camp.AudienceLetter, fans, []string{bob, name})
		if err != nil || len(to) != 1 || len(cc) != 0 {
			t.Errorf("%q: %v %v %v", name, to, cc, err)
		}
	}
}

func TestAudienceOf(t *testing.T) {
	for _, r := range []struct {
		name      string
		followers string
		to, cc    []string
		want      camp.Audience
	}{
		{"nobody", fans, nil, nil, camp.AudienceLetter},
		{"followers in cc", fans, []string{bob}, []string{fans}, camp.AudienceFollowers},
		{"looks like followers", fans, []string{"https://one.example/bob/followers"}, nil, camp.AudienceLetter},
		{"followers not known", "", []string{fans, ""}, nil, camp.AudienceLetter},
		{"both", fans, []string{fans}, []string{Public}, camp.AudienceQuiet},
	} {
		if got := AudienceOf(r.followers, r.to, r.cc); got != r.want {
			t.Errorf("%s: %s, want %s", r.name, got, r.want)
		}
	}
}

// Where the activity and the post differ, the narrower holds.
func TestReach(t *testing.T) {
	for _, r := range []struct {
		name, activity, post string
		want                 camp.Audience
	}{
		{"the same", `"to":"as:Public"`, `"to":"as:Public"`, camp.AudiencePublic},
		{"the post is narrower", `"to":"as:Public"`, `"to":"` + fans + `"`, camp.AudienceFollowers},
		{"the activity is narrower", `"to":"` + bob + `"`, `"to":"as:Public"`, camp.AudienceLetter},
		{"only the post says", `"x":1`, `"to":"as:Public"`, camp.AudiencePublic},
		{"only the activity says", `"cc":"as:Public"`, `"x":1`, camp.AudienceQuiet},
		{"bto counts", `"bto":"as:Public"`, `"to":"as:Public"`, camp.AudiencePublic},
		{"nobody says", `"x":1`, `"x":1`, camp.AudienceLetter},
	} {
		a, err := ParseActivity([]byte(`{"type":"Create","id":"https://one.example/1","actor":"https://one.example/ana",` + r.activity + `,"object":{"type":"Note",` + r.post + `}}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := a.Reach(fans); got != r.want {
			t.Errorf("%s: %s, want %s", r.name, got, r.want)
		}
	}
}
