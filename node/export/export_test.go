package export

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/assets"
	"camp/node/camp"

	"github.com/google/go-cmp/cmp"
)

// canary stands in everything that belongs to somebody else.
const canary = "ANDERMANS-woorden-8731"

type fakeStore struct {
	house   camp.House
	members map[camp.MemberID]camp.Member
	posts   []camp.Post // newest first
	edits   map[camp.PostID][]camp.Revision
	agreed  []camp.Agreement
	devices []camp.Device
	follows []camp.Follow
	apart   []camp.Apart
	remotes map[camp.MemberID]camp.Remote
	fail    error
	views   int
}

func (s *fakeStore) View(_ context.Context, fn func(Tx) error) error {
	s.views++
	if s.fail != nil {
		return s.fail
	}
	return fn(fakeTx{s})
}

type fakeTx struct{ s *fakeStore }

func (t fakeTx) House() (camp.House, bool, error) { return t.s.house, true, nil }

func (t fakeTx) Member(id camp.MemberID) (camp.Member, bool, error) {
	m, ok := t.s.members[id]
	return m, ok, nil
}

func (t fakeTx) Agreements(m camp.MemberID) (list []camp.Agreement, err error) {
	for _, a := range t.s.agreed {
		if a.Member == m {
			list = append(list, a)
		}
	}
	return list, nil
}

func (t fakeTx) DevicesOf(m camp.MemberID) (list []camp.Device, err error) {
	for _, d := range t.s.devices {
		if d.Member == m {
			list = append(list, d)
		}
	}
	return list, nil
}

func (t fakeTx) DeviceSeen(serial uint64) (string, error) {
	if serial == 7 {
		return "2026-05-20", nil
	}
	return "", nil
}

func (t fakeTx) Rules(v int) (camp.Rules, bool, error) {
	return camp.Rules{Version: v, Texts: []string{"Be kind.", "Ask <first>."}}, true, nil
}

func (t fakeTx) Post(id camp.PostID) (camp.Post, bool, error) {
	for _, p := range t.s.posts {
		if p.ID == id {
			return p, true, nil
		}
	}
	return camp.Post{}, false, nil
}

func (t fakeTx) PostsBy(m camp.MemberID, p camp.Page) (list []camp.Post, err error) {
	for _, post := range t.s.posts {
		if post.Author == m && (p.Before == 0 || uint64(post.ID) < p.Before) && len(list) < p.Size() {
			list = append(list, post)
		}
	}
	return list, nil
}

func (t fakeTx) Revisions(id camp.PostID) ([]camp.Revision, error) { return t.s.edits[id], nil }

func (t fakeTx) FavouritesBy(m camp.MemberID, p camp.Page) (list []camp.PostID, err error) {
	if m != 1 {
		return nil, nil
	}
	for id := camp.PostID(90); id > 0; id-- {
		if (p.Before == 0 || uint64(id) < p.Before) && len(list) < p.Size() {
			list = append(list, id)
		}
	}
	return list, nil
}

func (t fakeTx) KeptBy(camp.MemberID, camp.Page) ([]camp.PostID, error) { return nil, nil }

func (t fakeTx) Remote(id camp.MemberID) (camp.Remote, bool, error) {
	r, ok := t.s.remotes[id]
	return r, ok, nil
}

func (t fakeTx) FollowsOf(m, _ camp.MemberID, _ int) (list []camp.Follow, err error) {
	for _, f := range t.s.follows {
		if f.From == m {
			list = append(list, f)
		}
	}
	return list, nil
}

func (t fakeTx) ApartOf(m camp.MemberID) (list []camp.Apart, err error) {
	for _, a := range t.s.apart {
		if a.Who == m {
			list = append(list, a)
		}
	}
	return list, nil
}

type fakeFiles struct {
	pictures map[camp.MediaID]string
	readers  []camp.Actor
}

type body struct{ *strings.Reader }

func (body) Close() error { return nil }

func (f *fakeFiles) Open(_ context.Context, by camp.Actor, id camp.MediaID, _ bool) (camp.MediaFile, io.ReadSeekCloser, error) {
	f.readers = append(f.readers, by)
	b, ok := f.pictures[id]
	if !ok {
		return camp.MediaFile{}, nil, camp.NewFault(camp.NotFound, "media.gone.say", nil)
	}
	return camp.MediaFile{ID: id, Type: "image/png"}, body{strings.NewReader(b)}, nil
}

func day(d, h int) time.Time { return time.Date(2026, 5, d, h, 0, 0, 0, time.UTC) }

func world() (*fakeStore, *fakeFiles) {
	s := &fakeStore{
		house: camp.House{Name: "De Eik & co", Slug: "eik", Fingerprint: "abcdefghijklmnop", Language: "en"},
		members: map[camp.MemberID]camp.Member{
			1: {ID: 1, Name: "mara", Display: "Mara <3", About: "Bakes.\nWalks.", Picture: "me", Role: camp.RoleMember, Standing: camp.Joined, Joined: day(1, 9)},
			2: {ID: 2, Name: "tom" + strings.ToLower(canary), Display: "Tom " + canary, About: canary, Picture: "tom", Role: camp.RoleHost, Standing: camp.Joined},
		},
		edits: map[camp.PostID][]camp.Revision{51: {{At: day(4, 8), Text: "Brod", Note: "food"}}},
		agreed: []camp.Agreement{
			{Member: 1, Version: 1, Hash: "aa11", At: day(1, 9), By: "self"},
			{Member: 2, Version: 1, Hash: canary, At: day(1, 9), By: "host"},
		},
		devices: []camp.Device{
			{Serial: 7, Member: 1, Key: [32]byte{1, 2, 3}, Preshared: camp.NewSecret([]byte("shared with nobody")), Label: "blue \"laptop\"", Made: day(1, 9)},
			{Serial: 8, Member: 2, Label: canary, Made: day(1, 9)},
			{Serial: 9, Member: 1, Label: "phone", Made: day(3, 9), Phone: true},
		},
	}
	add := func(id camp.PostID, author camp.MemberID, text string, change func(*camp.Post)) {
		p := camp.Post{ID: id, Root: id, Author: author, Audience: camp.AudienceCamp, Text: text, Written: day(2, 10).Add(time.Duration(id) * time.Minute)}
		if change != nil {
			change(&p)
		}
		s.posts = append([]camp.Post{p}, s.posts...)
	}
	add(50, 2, "Who bakes? "+canary, func(p *camp.Post) {
		p.Pictures = []camp.Picture{{ID: "toms", Alt: canary}}
		p.Note, p.Tags = canary, []string{strings.ToLower(canary)}
	})
	add(51, 1, "Bread & <b>butter</b>\nwith #salt\n\nfor all", func(p *camp.Post) {
		p.Note, p.Tags, p.Edited, p.Language = "food", []string{"salt"}, day(5, 8), "en"
		p.Pictures = []camp.Picture{{ID: "one", Alt: "A loaf \"of\" bread", Type: "image/png", Width: 640, Height: 480}, {ID: "gone", Alt: "Lost"}}
	})
	add(52, 1, "I do!", func(p *camp.Post) { p.ReplyTo, p.Root = 50, 50 })
	add(53, 1, "And again", func(p *camp.Post) { p.ReplyTo, p.Root = 52, 50 })
	add(54, 2, canary+" back", func(p *camp.Post) { p.ReplyTo, p.Root = 53, 50 })
	for i := range 90 {
		add(camp.PostID(100+i), 1, "Day "+time.Duration(i).String(), nil)
	}
	add(300, 1, "</script><script>alert(1)</script>", nil)
	return s, &fakeFiles{pictures: map[camp.MediaID]string{"me": "FACE", "one": "LOAF", "toms": canary, "tom": canary}}
}

func words(t testing.TB) func(string) (Words, error) {
	return func(l string) (Words, error) {
		w, err := assets.LoadWords(l)
		if err != nil {
			t.Error(err)
		}
		return w, err
	}
}

func archive(t testing.TB, s *fakeStore, f *fakeFiles) map[string]string {
	t.Helper()
	a := New(Options{Store: s, Files: f, Words: words(t), Now: func() time.Time { return day(22, 12) }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	return unpack(t, func(w io.Writer) error { return a.Write(t.Context(), camp.Actor{Member: 1, Role: camp.RoleMember}, w) })
}

func unpack(t testing.TB, write func(io.Writer) error) map[string]string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, e := range z.File {
		r, err := e.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		if _, twice := out[e.Name]; twice || !filepath.IsLocal(e.Name) || strings.Contains(e.Name, "\\") {
			t.Errorf("name %q", e.Name)
		}
		out[e.Name] = string(body)
	}
	return out
}

func TestArchive(t *testing.T) {
	s, f := world()
	got := archive(t, s, f)
	var names []string
	for n := range got {
		names = append(names, n)
	}
	slices.Sort(names)
	want := []string{"README.txt", "agreement.json", "devices.json", "index.html", "likes.json", "media/000000000000000051-1.png", "media/me.png", "posts.json", "profile.json"}
	if d := cmp.Diff(want, names); d != "" {
		t.Errorf("files (-want +got):\n%s", d)
	}
	if got["media/me.png"] != "FACE" || got["media/000000000000000051-1.png"] != "LOAF" {
		t.Error("pictures are not as they were")
	}
	for name, body := range got {
		if strings.Contains(strings.ToLower(body), strings.ToLower(canary)) || strings.Contains(name, canary) {
			t.Errorf("%s holds something of another member's", name)
		}
		if strings.HasSuffix(name, ".json") && !json.Valid([]byte(body)) {
			t.Errorf("%s is no JSON", name)
		}
	}
	for _, by := range f.readers {
		if by != (camp.Actor{Member: 1, Role: camp.RoleMember}) {
			t.Errorf("pictures were opened as %+v", by)
		}
	}
	var col struct {
		Type  string
		Total int `json:"totalItems"`
		Items []struct {
			Type, ID, AudienceWord, InReplyTo, ReplyWord, Content, Summary, Published, Updated string
			Source                                                                             struct{ Content string }
			Attachment                                                                         []struct{ URL, Name string }
			Edits                                                                              []struct{ Source struct{ Content string } }
			Tag                                                                                []struct{ Name string }
		} `json:"orderedItems"`
	}
	if err := json.Unmarshal([]byte(got["posts.json"]), &col); err != nil {
		t.Fatal(err)
	}
	if col.Type != "OrderedCollection" || col.Total != 94 || len(col.Items) != 94 {
		t.Fatalf("%s of %d, holds %d", col.Type, col.Total, len(col.Items))
	}
	for _, i := range col.Items {
		if i.Type != "Note" || i.AudienceWord != "camp" || !strings.HasPrefix(i.ID, "urn:camp:abcdefghijklmnop:post:") {
			t.Errorf("item %+v", i)
		}
	}
	bread, mine, again := col.Items[93], col.Items[92], col.Items[91]
	if bread.Source.Content != "Bread & <b>butter</b>\nwith #salt\n\nfor all" || bread.Content != "<p>Bread &amp; &lt;b&gt;butter&lt;/b&gt;<br>with #salt</p><p>for all</p>" || bread.Summary != "food" {
		t.Errorf("bread = %+v", bread)
	}
	if len(bread.Attachment) != 2 || bread.Attachment[0].URL != "media/000000000000000051-1.png" || bread.Attachment[1].URL != "" || bread.Attachment[0].Name != `A loaf "of" bread` {
		t.Errorf("attachments = %+v", bread.Attachment)
	}
	if len(bread.Edits) != 1 || bread.Edits[0].Source.Content != "Brod" || bread.Tag[0].Name != "#salt" || bread.Updated == "" {
		t.Errorf("edits = %+v, tags %+v", bread.Edits, bread.Tag)
	}
	if mine.ReplyWord != "a reply to a camp post" || mine.InReplyTo != "" {
		t.Errorf("a reply to another names it: %+v", mine)
	}
	if again.InReplyTo != mine.ID {
		t.Errorf("a reply to oneself: %q, want %q", again.InReplyTo, mine.ID)
	}
	page := got["index.html"]
	for _, want := range []string{"Mara &lt;3", "De Eik &amp; co", "94 posts", "a reply to a camp post", "Camp only", `src="media/000000000000000051-1.png"`, "A loaf &#34;of&#34; bread", "Agreed to version 1", "Ask &lt;first&gt;.", "Changed once", "2 May 2026", "not there any more"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "<script") || strings.Contains(page, "http://") || strings.Contains(page, "https://") || strings.Contains(page, "{{") {
		t.Error("the page has scripts, loads from elsewhere or shows its template")
	}
	if n := strings.Count(page, "<article"); n != 94 {
		t.Errorf("%d posts on the page", n)
	}
	if strings.Count(got["likes.json"], "urn:camp:abcdefghijklmnop:post:") != 90 {
		t.Error("likes are not all there")
	}
	if !strings.Contains(got["agreement.json"], "aa11") || !strings.Contains(got["README.txt"], "Mara <3") {
		t.Error("agreement or readme")
	}
	var devices []device
	if err := json.Unmarshal([]byte(got["devices.json"]), &devices); err != nil {
		t.Fatal(err)
	}
	wantDevices := []device{{Label: `blue "laptop"`, Added: "2026-05-01T09:00:00Z", LastSeen: "2026-05-20"}, {Label: "phone", Added: "2026-05-03T09:00:00Z", Phone: true}}
	if d := cmp.Diff(wantDevices, devices); d != "" {
		t.Errorf("devices (-want +got):\n%s", d)
	}
	if s := got["devices.json"]; strings.Contains(s, "key") || strings.Contains(s, "shared") {
		t.Errorf("devices with their keys: %s", s)
	}
	if dir := os.Getenv("CAMP_EXPORT_SHOW"); dir != "" { // for people to look at
		for name, body := range got {
			path := filepath.Join(dir, name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(body), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// What the host may pass on of somebody holds nothing that the host cannot read,
// and nothing that was meant for a few.
func TestHanded(t *testing.T) {
	s, f := world()
	const few = "onlyforafew"
	for i, a := range []camp.Audience{camp.AudienceLetter, camp.AudienceFollowers, camp.Audience(99)} {
		p := s.posts[len(s.posts)-2]
		p.ID, p.Author, p.Text, p.Audience = camp.PostID(400+i), 1, few, a
		p.Pictures = []camp.Picture{{ID: "secret", Alt: few}}
		s.posts = append([]camp.Post{p}, s.posts...)
	}
	f.pictures["secret"] = few
	a := New(Options{Store: s, Files: f, Words: words(t), Now: func() time.Time { return day(22, 12) }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	whole := unpack(t, func(w io.Writer) error { return a.Write(t.Context(), camp.Actor{Member: 1}, w) })
	got := unpack(t, func(w io.Writer) error { return a.Hand(t.Context(), 1, w) })
	if !strings.Contains(whole["posts.json"], few) {
		t.Error("the control: one's own archive holds them")
	}
	names := slices.Sorted(maps.Keys(got))
	want := []string{"README.txt", "index.html", "media/000000000000000051-1.png", "media/me.png", "posts.json", "profile.json"}
	if d := cmp.Diff(want, names); d != "" {
		t.Errorf("files (-want +got):\n%s", d)
	}
	for name, body := range got {
		if strings.Contains(body, few) || strings.Contains(body, canary) {
			t.Errorf("%s holds what was for a few", name)
		}
	}
	for _, w := range []string{"Day 89ns", "I do!", "Day 0s"} {
		if !strings.Contains(whole["index.html"], w) || !strings.Contains(got["index.html"], w) {
			t.Errorf("%q is missing", w)
		}
	}
	if !strings.Contains(got["index.html"], "Saved by the host") || strings.Contains(whole["index.html"], "Saved by the host") {
		t.Error("it does not say who saved it")
	}
}

func TestArchiveInDutch(t *testing.T) {
	s, f := world()
	m := s.members[1]
	m.Language = "nl"
	s.members[1] = m
	page := archive(t, s, f)["index.html"]
	for _, want := range []string{`lang="nl"`, "94 berichten", "2 mei 2026", "Alleen kamp", "een antwoord op een kampbericht", "Eén keer gewijzigd"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "export.") {
		t.Error("a sentence is missing")
	}
}

// TestPostsMeanwhile: what is written while the archive is made does not make
// its parts differ.
func TestPostsMeanwhile(t *testing.T) {
	s, f := world()
	a := New(Options{Store: s, Files: f, Words: words(t), Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	var b bytes.Buffer
	grow := writerFunc(func(p []byte) (int, error) {
		id := s.posts[0].ID + 1
		s.posts = append([]camp.Post{{ID: id, Author: 1, Audience: camp.AudienceCamp, Text: "meanwhile", Written: day(9, 9)}}, s.posts...)
		return b.Write(p)
	})
	if err := a.Write(t.Context(), camp.Actor{Member: 1, Role: camp.RoleMember}, grow); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"posts.json", "index.html"} {
		r, err := z.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil || strings.Contains(string(body), "meanwhile") {
			t.Errorf("%s: %v, holds a later post", name, err)
		}
	}
	if s.posts[0].Text != "meanwhile" {
		t.Error("the test wrote nothing")
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestArchiveRefusals(t *testing.T) {
	s, f := world()
	a := New(Options{Store: s, Files: f, Words: words(t), Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	for _, by := range []camp.Actor{{}, {Member: 99, Role: camp.RoleMember}} {
		if err := a.Write(t.Context(), by, io.Discard); camp.AsFault(err) == nil || camp.AsFault(err).Kind != camp.NotFound {
			t.Errorf("%+v: %v", by, err)
		}
	}
	full := errors.New("full")
	if err := a.Write(t.Context(), camp.Actor{Member: 1, Role: camp.RoleMember}, writerFunc(func([]byte) (int, error) { return 0, full })); !errors.Is(err, full) {
		t.Errorf("a full disk: %v", err)
	}
	s.fail = errors.New("disk")
	if err := a.Write(t.Context(), camp.Actor{Member: 1, Role: camp.RoleMember}, io.Discard); !errors.Is(err, s.fail) {
		t.Errorf("store: %v", err)
	}
}

func TestArchiveOfAnEmptyMember(t *testing.T) {
	s, f := world()
	s.members[1] = camp.Member{ID: 1, Name: "new", Role: camp.RoleMember}
	s.posts, s.agreed, s.devices = nil, nil, nil
	got := archive(t, s, f)
	if body, there := got["devices.json"]; there {
		t.Errorf("devices of somebody who has none: %s", body)
	}
	if !strings.Contains(got["posts.json"], `"totalItems": 0`) || !json.Valid([]byte(got["posts.json"])) || !strings.Contains(got["index.html"], "0 posts") {
		t.Errorf("posts = %s", got["posts.json"])
	}
}

// TestArchiveHoldsOwnLists: whom the member follows, blocks and mutes goes into
// it, and nothing of what others do.
func TestArchiveHoldsOwnLists(t *testing.T) {
	s, f := world()
	s.remotes = map[camp.MemberID]camp.Remote{
		7: {ID: 7, Name: "ana", At: "far.example"}, 8: {ID: 8, Name: "=eva", At: "far.example"}, 9: {ID: 9, Name: canary, At: "far.example"},
	}
	s.follows = []camp.Follow{{From: 1, To: 7, NoBoosts: true}, {From: 1, To: 404}, {From: 2, To: 9}, {From: 9, To: 1}}
	s.apart = []camp.Apart{{Who: 1, Whom: 8, Blocked: true}, {Who: 1, Whom: 9, Theirs: true}, {Who: 2, Whom: 9, Muted: true}}
	got := archive(t, s, f)
	if want := "Account address,Show boosts,Notify on new posts,Languages\nana@far.example,false,false,\n"; got["following_accounts.csv"] != want {
		t.Errorf("follows:\n%s", got["following_accounts.csv"])
	}
	if want := "'=eva@far.example\n"; got["blocked_accounts.csv"] != want {
		t.Errorf("blocks:\n%s", got["blocked_accounts.csv"])
	}
	if _, there := got["muted_accounts.csv"]; there {
		t.Error("a list of nobody")
	}
}
