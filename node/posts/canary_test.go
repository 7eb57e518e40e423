package posts_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
)

// TestLogRemembersNobodysWords sends a marker through everything that people
// type and looks for it in the log, which listens to all levels.
func TestLogRemembersNobodysWords(t *testing.T) {
	h := newHouse(t)
	const canary = "quetzalcoatl"
	ada := h.add("ada", camp.RoleMember)
	ctx := t.Context()
	link, err := h.people.NewLinkFor(ctx, ada)
	if err != nil {
		t.Fatal(err)
	}
	cookie, _, err := h.people.UseLink(ctx, link, canary+" browser")
	if err != nil {
		t.Fatal(err)
	}
	token, err := h.people.NewToken(ctx, h.host, "ada", nil)
	if err != nil {
		t.Fatal(err)
	}
	id := h.write(ada, canary+" @mia #"+canary, 0)
	pic := h.upload(ada, false)
	for _, err := range []error{
		h.people.SetProfile(ctx, ada, camp.Member{Display: canary, About: canary}),
		h.posts.Edit(ctx, ada, id, camp.Draft{Text: canary, Note: canary, Pictures: []camp.DraftPicture{{ID: pic, Alt: canary}}}),
		h.people.SetCampName(ctx, h.host, canary),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	// What is refused or finds nothing must be as silent.
	_, _, _ = h.posts.Search(ctx, ada, canary, camp.Page{})
	_, _ = h.posts.Write(ctx, ada, camp.Draft{Text: canary, Audience: camp.AudiencePublic})
	_, _, _ = h.people.SignedIn(ctx, cookie)
	_, _, _ = h.people.SignedIn(ctx, canary)
	_, _, _ = h.people.UseLink(ctx, canary, canary)
	_, _, _ = h.people.ByToken(ctx, canary)
	_, _, _ = h.people.AddMember(ctx, h.host, canary+"!", camp.RoleMember)
	_, _ = h.people.PublishRules(ctx, h.host, camp.RulesDraft{Texts: []string{canary, canary}})
	if err := h.people.Remove(ctx, h.host, "ada", true); err != nil {
		t.Fatal(err)
	}
	run, stop := context.WithTimeout(ctx, 300*time.Millisecond)
	defer stop()
	done := make(chan error, 2)
	h.posts.Wake()
	go func() { done <- h.posts.Run(run) }()
	go func() { done <- h.people.Run(run) }()
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	log := h.log.String()
	if !strings.Contains(log, "camp founded") || !strings.Contains(log, "erased") {
		t.Fatalf("the log does not hold what it should: the test is blind\n%s", log)
	}
	for _, secret := range []string{canary, link, cookie, token, "Willow", "one two three"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q:\n%s", secret, log)
		}
	}
}
