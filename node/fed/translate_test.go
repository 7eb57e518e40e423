package fed

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/posts"
)

func TestRemoteOf(t *testing.T) {
	_, der := newKeyOf(t, bo+"#main-key")
	a, err := ap.ParseActor([]byte(person(t, bo, bo+"#main-key", bo, der)))
	if err != nil {
		t.Fatal(err)
	}
	a.Display, a.Published = "Bo \u202e"+strings.Repeat("x", 200), at.Add(time.Hour)
	a.Fields, a.Also = make([]camp.Field, 50), make([]string, 200)
	a.Keys = append(a.Keys, ap.Key{ID: bo + "#ed", Owner: bo, DER: der, Multi: true}, ap.Key{ID: "https://far.example/u/eve#main-key", Owner: "https://far.example/u/eve", DER: der})
	r := remoteOf(&a, camp.Remote{ID: 7, Name: "bo", At: "bo.example"}, at)
	if r.ID != 7 || r.URI != bo || r.Domain != "far.example" || r.At != "bo.example" || r.Kind != camp.RemotePerson || r.Inbox != bo+"/inbox" {
		t.Errorf("%+v", r)
	}
	if n := len([]rune(r.Display)); n > shownName || strings.ContainsRune(r.Display, '\u202e') || len(r.Fields) != mostFields || len(r.Also) != mostAlso || !r.Born.IsZero() {
		t.Errorf("bounds: %d letters, %d fields, %d others, born %v", n, len(r.Fields), len(r.Also), r.Born)
	}
	if len(r.Keys) != 1 || r.Keys[0].ID != bo+"#main-key" {
		t.Errorf("keys: %+v", r.Keys)
	}
	if r := remoteOf(&a, camp.Remote{ID: 7, Name: "robert", At: "bo.example"}, at); r.At != "" {
		t.Errorf("another name keeps the handle of the old one: %q", r.At)
	}
}

func TestWrittenOf(t *testing.T) {
	author := camp.Remote{URI: bo, Followers: bo + "/followers"}
	p, err := ap.ParsePost([]byte(`{"type":"Question","id":"https://far.example/n/1","attributedTo":"` + bo + `","content":"<p>Tea?</p><script>x</script>",
		"to":["` + bo + `/followers"],"cc":["` + here.Actor("ana") + `"],"inReplyTo":"` + here.Post(7) + `","published":"2026-11-25T11:00:00Z",
		"tag":[{"type":"Hashtag","name":"#Tea"},{"type":"Hashtag","name":"#TEA"},{"type":"Mention","href":"` + here.Actor("ana") + `"},{"type":"Mention","href":"https://third.example/u/cy"}],
		"oneOf":[{"type":"Note","name":"yes"},{"type":"Note","name":"no"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	w := here.writtenOf(&p, author)
	if w.post.Audience != camp.AudienceFollowers || w.post.Text != "Tea?" || strings.Contains(w.post.Body, "script") || w.post.URI != "https://far.example/n/1" {
		t.Errorf("%+v", w.post)
	}
	if id, ok := posts.LocalID(w.answers); !ok || id != 7 {
		t.Errorf("answers %q", w.answers)
	}
	if !slices.Equal(w.post.Tags, []string{"tea"}) || !slices.Equal(w.named, []string{here.Actor("ana"), "https://third.example/u/cy"}) {
		t.Errorf("tags %v, named %v", w.post.Tags, w.named)
	}
	if w.post.Poll == nil || len(w.post.Poll.Choices) != 2 || w.post.Author != 0 || w.post.ID != 0 {
		t.Errorf("%+v", w.post)
	}
}

// No word of a stranger's becomes a name for what is within the camp.
func TestNobodyWritesTheCampsOwnNames(t *testing.T) {
	for _, address := range []string{posts.LocalScheme + "000000000000000007", "HERE:000000000000000007", "https://two.example/ap/-/p/000000000000000007"} {
		if _, ok := posts.LocalID(here.here(address)); ok {
			t.Errorf("%q names a post of ours", address)
		}
	}
}

func TestWrittenIsBounded(t *testing.T) {
	p := ap.Post{ID: "https://far.example/n/1", Poll: &camp.Poll{Choices: make([]camp.Choice, 100)}, Files: make([]camp.File, 50)}
	for i := range 500 {
		p.Mentions = append(p.Mentions, ap.Mention{Href: fmt.Sprint("https://far.example/u/", i)})
		p.Hashtags = append(p.Hashtags, ap.Hashtag{Name: fmt.Sprint("t", i)})
	}
	w := here.writtenOf(&p, camp.Remote{URI: bo})
	if len(w.named) > mostMentions || len(w.post.Tags) > mostTags || len(w.post.Files) > mostFiles || len(w.post.Poll.Choices) > mostChoices {
		t.Errorf("%d named, %d tags, %d files, %d choices", len(w.named), len(w.post.Tags), len(w.post.Files), len(w.post.Poll.Choices))
	}
	if len(p.Poll.Choices) != 100 {
		t.Error("what was handed in was changed")
	}
}

// Whom the author lets do what is kept as far as it is about all, or followers.
func TestPolicyOfAPost(t *testing.T) {
	t.Parallel()
	who := camp.Remote{URI: bo, Followers: bo + "/followers"}
	for policy, want := range map[string]camp.Policy{
		`null`: 0,
		`{"canReply":{"always":["` + ap.Public + `"]},"canLike":{"automaticApproval":["` + bo + `/followers"]},"canAnnounce":{"always":["` + bo + `"],"approvalRequired":["as:Public"]}}`: camp.Policy(0).
			With(camp.DeedReply, true, false).With(camp.DeedLike, false, true).With(camp.DeedBoost, false, false).WithAsk(camp.DeedBoost),
		`{"canReply":{"manualApproval":["` + ap.Public + `"]}}`:                                              camp.Policy(0).With(camp.DeedReply, false, false).WithAsk(camp.DeedReply),
		`{"canQuote":{"automaticApproval":["` + bo + `/followers"],"manualApproval":["` + ap.Public + `"]}}`: camp.Policy(0).With(camp.DeedQuote, false, true).WithAsk(camp.DeedQuote),
		`{"canQuote":{"automaticApproval":["` + bo + `"],"manualApproval":["` + bo + `/followers"]}}`:        camp.Policy(0).With(camp.DeedQuote, false, false).WithAsk(camp.DeedQuote),
		`{"canQuote":{"automaticApproval":["` + bo + `"],"manualApproval":["` + bo + `"]}}`:                  camp.Policy(0).With(camp.DeedQuote, false, false),
		`{"canQuote":{"automaticApproval":["` + bo + `"]}}`:                                                  camp.Policy(0).With(camp.DeedQuote, false, false),
	} {
		x, err := ap.ParseAny([]byte(`{"type":"Note","id":"https://far.example/n/1","attributedTo":"` + bo + `","content":"x","interactionPolicy":` + policy + `}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := here.writtenOf(x.Post, who).post.Policy; got != want {
			t.Errorf("%s: %b, want %b", policy, got, want)
		}
	}
}
