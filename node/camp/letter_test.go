package camp

import (
	"errors"
	"slices"
	"testing"
	"time"
)

var (
	allKinds     = kindsUpTo(ErrandForward)
	allAudiences = []Audience{0, AudienceCamp, AudienceLetter, AudienceFollowers, AudienceQuiet, AudiencePublic, 6, 255}
)

func kindsUpTo(last ErrandKind) (list []ErrandKind) {
	for k := ErrandKind(0); k <= last+1; k++ {
		list = append(list, k)
	}
	return list
}

// Whatever the door, nothing of a camp post leaves: every kind of errand, every
// audience, every way.
func TestNoDoorLetsACampPostOut(t *testing.T) {
	ana := Remote{ID: 9}
	for _, do := range allKinds {
		for _, audience := range allAudiences {
			for _, uri := range []string{"", "https://far.example/1"} {
				p := Post{ID: 7, Audience: audience, URI: uri, Mentions: []MemberID{9}}
				doors := map[string]func() (Outbound, error){
					"Release":       func() (Outbound, error) { return Release(p, do) },
					"ReleaseLetter": func() (Outbound, error) { return ReleaseLetter(p, do, []Remote{ana}) },
					"ReleaseGone":   func() (Outbound, error) { return ReleaseGone(Errand{Do: do, Post: 7, Old: audience}) },
					"ReleaseAct":    func() (Outbound, error) { return ReleaseAct(do, &p) },
				}
				for name, door := range doors {
					o, err := door()
					l := o.Letter(3, "https://camp.example/a/1", "", []byte("x"))
					if (err == nil) != l.Leave() || err != nil && !errors.Is(err, ErrCampOnly) {
						t.Errorf("%s, errand %d, %s: leave %v, %v", name, do, audience, l.Leave(), err)
					}
					wide := audience == AudienceFollowers || audience == AudienceQuiet || audience == AudiencePublic
					letter := audience == AudienceLetter && (name != "Release") && !(name == "ReleaseAct" && uri == "") && !(name == "ReleaseLetter" && uri != "")
					if err == nil && !wide && !letter {
						t.Errorf("%s lets out errand %d about a post for %q (from %q)", name, do, audience, uri)
					}
					if err == nil && name == "Release" && uri != "" {
						t.Errorf("a post from elsewhere is told as ours")
					}
					if l.Leave() && (l.Row().Audience != audience || l.Row().Post != 7 || l.Row().Do != do) {
						t.Errorf("%s: the letter says %+v", name, l.Row())
					}
				}
			}
		}
	}
}

func TestRelease(t *testing.T) {
	public := Post{ID: 7, Audience: AudiencePublic}
	for _, do := range ownKinds {
		if _, err := Release(public, do); err != nil {
			t.Errorf("errand %d: %v", do, err)
		}
	}
	for _, do := range []ErrandKind{0, ErrandDelete, ErrandFollow, ErrandLike, ErrandForward + 1} {
		if _, err := Release(public, do); err == nil {
			t.Errorf("errand %d is told as a post", do)
		}
	}
	if _, err := Release(Post{Audience: AudiencePublic}, ErrandPost); err == nil {
		t.Error("a post that is none leaves")
	}
	if _, err := Release(Post{ID: 7, Audience: AudienceFollowers}, ErrandForward); !errors.Is(err, ErrCampOnly) {
		t.Errorf("what others said of a post for followers is handed on: %v", err)
	}
	letter := Post{ID: 7, Audience: AudienceLetter, Mentions: []MemberID{3, 9}}
	for _, to := range [][]Remote{nil, {{ID: 8}}, {{ID: 9}, {ID: 8}}, {{}}} {
		if _, err := ReleaseLetter(letter, ErrandPost, to); err == nil {
			t.Errorf("a letter goes to %v, whom it does not name", to)
		}
	}
	if _, err := ReleaseLetter(letter, ErrandPost, []Remote{{ID: 9}}); err != nil {
		t.Error(err)
	}
	if _, err := ReleaseLetter(Post{ID: 7, Audience: AudienceLetter, Mentions: []MemberID{0}}, ErrandPost, []Remote{{}}); err == nil {
		t.Error("a letter goes to nobody")
	}
	if _, err := ReleaseGone(Errand{Do: ErrandDelete, Old: AudiencePublic}); err == nil {
		t.Error("the end of no post is told")
	}
	for _, do := range actKinds {
		_, err := ReleaseAct(do, nil)
		if needs := slices.Contains(onPost, do); (err != nil) != needs {
			t.Errorf("errand %d about nothing: %v", do, err)
		}
	}
	if _, err := ReleaseAct(ErrandBoost, &Post{ID: 7, URI: "https://far.example/1", Audience: AudienceLetter}); err == nil {
		t.Error("a letter is passed on")
	}
}

func TestLetterOfNothing(t *testing.T) {
	if l := (Outbound{}).Letter(1, "u", "o", []byte("x")); l.Leave() || l.Row().Body != nil {
		t.Errorf("%+v", l.Row())
	}
	row := LetterRow{ID: 1, URI: "u", Object: "o", Body: []byte("x"), By: 2, Post: 3, Audience: AudienceQuiet, Do: ErrandLike, At: time.Unix(1, 0)}
	if l := LetterReadBack(row); !l.Leave() || l.Row().URI != "u" {
		t.Errorf("%+v", l.Row())
	}
	if LetterReadBack(LetterRow{}).Leave() {
		t.Error("a row of nothing is a letter")
	}
}
