package fed

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/sig"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares with testdata/name.golden, which -update writes.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s is\n%s", name, got)
	}
}

// rows are a camp in memory, with ids that stay.
type rows struct {
	people map[camp.MemberID]camp.Member
	far    map[camp.MemberID]camp.Remote
	posts  map[camp.PostID]camp.Post
}

func (r rows) Now() time.Time { return at }

func (r rows) Member(id camp.MemberID) (camp.Member, bool, error) {
	m, ok := r.people[id]
	return m, ok, nil
}

func (r rows) MemberByName(name string) (camp.Member, bool, error) {
	for _, m := range r.people {
		if m.Name == name {
			return m, true, nil
		}
	}
	return camp.Member{}, false, nil
}

func (r rows) Remote(id camp.MemberID) (camp.Remote, bool, error) {
	f, ok := r.far[id]
	return f, ok, nil
}

func (r rows) Post(id camp.PostID) (camp.Post, bool, error) {
	p, ok := r.posts[id]
	return p, ok, nil
}

const ana, ben, gus, boID, evID = camp.MemberID(1), camp.MemberID(2), camp.MemberID(3), camp.MemberID(11), camp.MemberID(12)

func village1() rows {
	day := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	face := camp.MediaID("aaaaaaaaaaaaaaaaaaaaaaaaaa")
	return rows{
		people: map[camp.MemberID]camp.Member{
			ana: {ID: ana, Name: "ana", Display: "Ana", About: "I like #lakes.\n\nhttps://lake.example/ and @ben and @bo@far.example", Picture: face, Role: camp.RoleMember, Standing: camp.Joined, Joined: day, Locked: true, Also: []string{"https://old.example/u/ana"}},
			ben: {ID: ben, Name: "ben", Display: "Ben <b>", Role: camp.RoleHost, Standing: camp.Joined, Joined: day, Moved: "https://new.example/u/ben"},
			gus: {ID: gus, Name: "gus", Display: "Gus", Role: camp.RoleGuest, Standing: camp.Joined, Joined: day},
		},
		far: map[camp.MemberID]camp.Remote{
			boID: {ID: boID, URI: bo, Domain: "far.example", At: "far.example", Name: "Bo", Inbox: bo + "/inbox", Page: "https://far.example/@Bo"},
			evID: {ID: evID, URI: "https://evil.example/u/ev", Domain: "evil.example", At: "evil.example", Name: "ev", Inbox: "https://evil.example/u/ev/inbox"},
		},
		posts: map[camp.PostID]camp.Post{
			100: {ID: 100, Root: 100, Author: boID, Audience: camp.AudiencePublic, URI: "https://far.example/n/1", Page: "https://far.example/@Bo/1"},
			101: {ID: 101, Root: 101, Author: ben, Audience: camp.AudienceCamp, Text: "ours"},
			102: {ID: 102, Root: 102, Author: ben, Audience: camp.AudiencePublic, Text: "open"},
			103: {ID: 103, Root: 103, Author: ben, Audience: camp.AudienceLetter, Text: "a letter", Mentions: []camp.MemberID{ana}},
		},
	}
}

func scribe() shaper {
	return shaper{n: here, may: func(d camp.Domain) error {
		if d == "evil.example" {
			return errors.New("blocked")
		}
		return nil
	}}
}

func TestActors(t *testing.T) {
	tx := village1()
	for name, row := range map[string]struct {
		id   string
		make func(sig.Key) (*ap.Actor, error)
	}{
		"ana":  {here.Actor("ana"), func(k sig.Key) (*ap.Actor, error) { return scribe().person(tx, tx.people[ana], k) }},
		"ben":  {here.Actor("ben"), func(k sig.Key) (*ap.Actor, error) { return scribe().person(tx, tx.people[ben], k) }},
		"camp": {here.Camp(), func(k sig.Key) (*ap.Actor, error) { return scribe().itself("The Hearth", k) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key, der := newKeyOf(t, row.id+keyMark)
			a, err := row.make(key)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "actor-"+name, steady(t, a.JSON()))
			back, err := ap.ParseActor(a.JSON())
			if err != nil || len(back.Keys) != 2 || back.Keys[0].Multi || !back.Keys[1].Multi { // publicKey, and the same as a Multikey
				t.Fatalf("read back: %+v, %v", back.Keys, err)
			}
			for _, k := range back.Keys {
				if string(k.DER) != string(der) || k.Owner != back.ID || k.ID != row.id+keyMark {
					t.Errorf("read back: %+v", k)
				}
			}
		})
	}
}

func TestPosts(t *testing.T) {
	day := time.Date(2026, 11, 25, 11, 0, 0, 0, time.UTC)
	whole := camp.Post{
		ID: 7, Root: 7, Author: ana, Audience: camp.AudiencePublic, Written: day, Edited: day.Add(time.Minute), Language: "en", Note: "food",
		Text: "Soup & <b>bread</b> #Lakes https://lake.example/a?b=1\nfor @ben, @gus, @bo@far.example and @ev@evil.example\n\n#notone", Tags: []string{"lakes"},
		Mentions: []camp.MemberID{ana, ben, gus, boID, evID}, Favourites: 2, Boosts: 1, Replies: 9,
		Pictures: []camp.Picture{{ID: "bbbbbbbbbbbbbbbbbbbbbbbbbb", Alt: "a bowl", Type: "image/jpeg", Width: 800, Height: 600, Blur: "LEHV6nWB2yk8pyo0adR*.7kCMdnj"}},
	}
	with := func(change func(*camp.Post)) camp.Post {
		p := whole
		p.Note, p.Edited, p.Pictures, p.Text, p.Tags, p.Mentions, p.Language = "", time.Time{}, nil, "Hello", nil, nil, ""
		change(&p)
		return p
	}
	for name, p := range map[string]camp.Post{
		"public":    whole,
		"quiet":     with(func(p *camp.Post) { p.Audience = camp.AudienceQuiet }),
		"followers": with(func(p *camp.Post) { p.Audience = camp.AudienceFollowers; p.Mentions = []camp.MemberID{boID} }),
		"letter": with(func(p *camp.Post) {
			p.Audience = camp.AudienceLetter
			p.Mentions = []camp.MemberID{boID, ben, gus, evID}
		}),
		"answer-far":     with(func(p *camp.Post) { p.ReplyTo, p.Root, p.Mentions = 100, 100, []camp.MemberID{boID} }),
		"answer-here":    with(func(p *camp.Post) { p.ReplyTo, p.Root = 102, 102 }),
		"answer-of-camp": with(func(p *camp.Post) { p.ReplyTo, p.Root = 101, 101 }),
		"answer-of-gone": with(func(p *camp.Post) { p.ReplyTo, p.Root = 999, 998 }),
		"poll": with(func(p *camp.Post) {
			p.Poll = &camp.Poll{Choices: []camp.Choice{{Text: "tea", Votes: 2}, {Text: "milk"}}, Multiple: true, Ends: at.Add(time.Hour), Voters: 2}
		}),
		"poll-over": with(func(p *camp.Post) {
			p.Poll = &camp.Poll{Choices: []camp.Choice{{Text: "tea"}, {Text: "milk"}}, Ends: at}
		}),
		"quote-far":     with(func(p *camp.Post) { p.Quote, p.Quoted = 100, "https://far.example/n/1" }),
		"quote-here":    with(func(p *camp.Post) { p.Quote = 102 }),
		"quote-of-camp": with(func(p *camp.Post) { p.Quote = 101 }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tx := village1()
			tx.posts[p.ID] = p
			r, err := scribe().post(tx, p, tx.people[ana], camp.ErrandPost)
			if err != nil {
				t.Fatal(err)
			}
			got := steady(t, r.post.JSON())
			golden(t, "post-"+name, got)
			for _, leak := range []string{"evil", here.Post(101), here.Actor("gus"), "/@gus"} {
				if strings.Contains(got, leak) && name != "public" || strings.Contains(got, `"`+leak) {
					t.Errorf("%s is in it", leak)
				}
			}
			if back, err := ap.ParsePost(r.post.JSON()); err != nil || back.Audience(here.Of("ana", "followers")) != p.Audience {
				t.Errorf("read back: for %v, %v", back.Audience(here.Of("ana", "followers")), err)
			}
		})
	}
}

// What does not leave has no shape.
func TestNoShapeOfWhatStays(t *testing.T) {
	t.Parallel()
	tx := village1()
	for name, row := range map[string]struct {
		p    camp.Post
		want error
	}{
		"for the camp":                  {tx.posts[101], camp.ErrCampOnly},
		"for nobody":                    {camp.Post{ID: 5, Author: ana}, camp.ErrCampOnly},
		"from elsewhere":                {tx.posts[100], camp.ErrCampOnly},
		"a letter within the camp":      {camp.Post{ID: 5, Author: ana, Audience: camp.AudienceLetter, Mentions: []camp.MemberID{ben}}, errNobody},
		"a letter to a server shut out": {camp.Post{ID: 5, Author: ana, Audience: camp.AudienceLetter, Mentions: []camp.MemberID{evID}}, errNobody},
	} {
		if r, err := scribe().post(tx, row.p, tx.people[ana], camp.ErrandPost); !errors.Is(err, row.want) || r.post != nil {
			t.Errorf("%s: %+v, %v", name, r.post, err)
		}
	}
}

// What is written to a group names it where groups look for it (FEP-1b12); what is
// for fewer does not.
func TestAGroupIsNamedInItsPlace(t *testing.T) {
	t.Parallel()
	const id = "https://far.example/c/lakes"
	tx := village1()
	tx.far[77] = camp.Remote{ID: 77, URI: id, Domain: "far.example", At: "far.example", Name: "lakes", Kind: camp.RemoteGroup, Inbox: id + "/inbox"}
	for audience, want := range map[camp.Audience][]string{camp.AudiencePublic: {id}, camp.AudienceQuiet: {id}, camp.AudienceFollowers: nil, camp.AudienceLetter: nil} {
		p := camp.Post{ID: 7, Root: 7, Author: ana, Audience: audience, Written: time.Date(2026, 11, 25, 11, 0, 0, 0, time.UTC), Text: "Hello @lakes@far.example and @Bo@far.example", Mentions: []camp.MemberID{77, boID}}
		r, err := scribe().post(tx, p, tx.people[ana], camp.ErrandPost)
		if err != nil || !slices.Equal(r.post.Groups, want) {
			t.Errorf("%s: %v, %v", audience, r.post.Groups, err)
		}
		if audience == camp.AudiencePublic && (!slices.Contains(r.post.Cc, id) || !strings.Contains(string(r.post.JSON()), `"audience":`)) {
			t.Errorf("%s", r.post.JSON())
		}
	}
}
