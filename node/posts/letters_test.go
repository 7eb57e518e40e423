package posts_test

import (
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/posts"
)

// mail gives somebody's letters: with whom, the newest words, * for new.
func (h *house) mail(by camp.Actor) string {
	h.t.Helper()
	list, err := h.posts.Letters(h.t.Context(), by, camp.Page{})
	if err != nil {
		h.t.Fatal(err)
	}
	return mailOf(list)
}

func mailOf(list []posts.Talk) string {
	var out []string
	for _, t := range list {
		var with []string
		for _, m := range t.With {
			with = append(with, m.Name)
		}
		line := strings.Join(with, "+") + ": " + t.Newest.Text + t.Newest.Body
		if t.Unread {
			line += "*"
		}
		out = append(out, line)
	}
	return strings.Join(out, "; ")
}

func (h *house) sendLetter(by camp.Actor, text string, replyTo camp.PostID) camp.PostID {
	h.t.Helper()
	id, err := h.posts.Write(h.t.Context(), by, camp.Draft{Text: text, ReplyTo: replyTo, Audience: camp.AudienceLetter})
	if err != nil {
		h.t.Fatalf("write letter: %v", err)
	}
	h.clock.add(time.Second)
	return id
}

func TestLettersAreListed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ada, ben, cy := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember), h.add("cy", camp.RoleMember)
	h.write(ada, "@ben for all", 0)
	want(t, "a camp post is no letter", h.mail(ben), "")
	first := h.sendLetter(ada, "@ben @cy one", 0)
	h.sendLetter(ben, "@cy two", 0)
	want(t, "ada", h.mail(ada), "ben+cy: @ben @cy one")
	want(t, "ben", h.mail(ben), "cy: @cy two; ada+cy: @ben @cy one*")
	want(t, "cy", h.mail(cy), "ben: @cy two*; ada+ben: @ben @cy one*")
	want(t, "who hosts the camp", h.mail(h.host), "")
	back := h.sendLetter(cy, "@ben three", first) // to ada, whom it answers, too
	want(t, "an answer stays with its letter", h.mail(ada), "cy+ben: @ben three*")
	want(t, "and puts it on top", h.mail(ben), "cy+ada: @ben three*; cy: @cy two")

	want(t, "read", say(h.posts.ReadLetters(t.Context(), ada, back)), "")
	want(t, "after it was read", h.mail(ada), "cy+ben: @ben three")
	want(t, "by one, not by another", h.mail(ben), "cy+ada: @ben three*; cy: @cy two")
	want(t, "letters of others", say(h.posts.ReadLetters(t.Context(), h.host, back)), "")
	_, err := h.posts.Letter(t.Context(), h.host, first)
	want(t, "one of others", say(err), "posts.gone.say")
	if err := h.posts.MarkRead(t.Context(), ben, camp.NoticeID(^uint64(0))); err != nil {
		t.Fatal(err)
	}
	want(t, "after For you was read", h.mail(ben), "cy+ada: @ben three; cy: @cy two")
	h.sendLetter(ben, "@cy four", back)
	want(t, "something newer is new again", h.mail(cy), "ben: @cy four*; ben: @cy two*")

	if err := h.posts.Delete(t.Context(), cy, back); err != nil {
		t.Fatal(err)
	}
	want(t, "deleted", h.mail(ada), "ben+cy: @ben @cy one")
	if err := h.posts.Delete(t.Context(), ada, first); err != nil {
		t.Fatal(err)
	}
	want(t, "the last of a conversation", h.mail(ada), "")
	_, err = h.posts.Letters(t.Context(), camp.Actor{}, camp.Page{})
	want(t, "a stranger", say(err), "people.not_member.say")
}

// Answers by letter to one post from different people do not hide each other.
func TestLettersAboutOnePost(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ada, ben, cy := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember), h.add("cy", camp.RoleMember)
	post := h.write(ada, "who comes along?", 0)
	h.sendLetter(ben, "@ada me", post)
	h.sendLetter(cy, "@ada not me", post)
	want(t, "both", h.mail(ada), "cy: @ada not me*; ben: @ada me*")
	want(t, "each their own", h.mail(ben), "ada: @ada me")
}

func TestLettersOfPeopleKeptAway(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ada, ben, cy := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember), h.add("cy", camp.RoleMember)
	h.sendLetter(ben, "@ada hi", 0)
	h.sendLetter(ada, "@ben back", 0)
	both := h.sendLetter(ada, "@ben @cy both", 0)
	h.sendLetter(cy, "@ada yes", both)
	for name, set := range map[string]func(on bool) error{
		"muted":   func(on bool) error { return h.posts.Mute(t.Context(), ada, ben.Member, on) },
		"blocked": func(on bool) error { return h.posts.Block(t.Context(), ada, ben.Member, on) },
	} {
		want(t, name+", not yet", say(set(true)), "")
		want(t, name, h.mail(ada), "cy: @ada yes*")
		want(t, name+", no more", say(set(false)), "")
		want(t, name+", as before", h.mail(ada), "cy: @ada yes*; ben: @ben back; ben: @ada hi*")
	}
}

// What waits in the tray, or is shut out, is not among the letters.
func TestLettersFromLimitedServers(t *testing.T) {
	s := newScene(t)
	known := s.letter(s.bob, "1", s.ben)
	want(t, "before", s.mail(s.ben), "bob@far.example: <p>1</p>*")
	s.set("far.example", camp.LevelLimit)
	want(t, "held", s.held(s.ben), "mention of bob@far.example")
	want(t, "held: letters", s.mail(s.ben), "")
	s.errorsNot(s.posts.LetIn(t.Context(), s.ben, s.bob.ID, true))
	want(t, "let in", s.mail(s.ben), "bob@far.example: <p>1</p>*")
	s.set("far.example", camp.LevelBlock)
	want(t, "blocked", s.mail(s.ben), "")
	_, err := s.posts.Letter(t.Context(), s.ben, known)
	want(t, "blocked: one", say(err), "posts.gone.say")
}

func TestLettersArePaged(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ada, ben, cy := h.add("ada", camp.RoleMember), h.add("ben", camp.RoleMember), h.add("cy", camp.RoleMember)
	var last camp.PostID
	for _, n := range []string{"a", "b", "c", "d", "e"} {
		last = h.sendLetter(ben, "@ada "+n, 0)
		h.sendLetter(cy, "@ada hidden "+n, 0)
	}
	h.sendLetter(ben, "@ada f", last)
	if err := h.posts.Mute(t.Context(), ada, cy.Member, true); err != nil {
		t.Fatal(err)
	}
	page := func(p camp.Page) []posts.Talk {
		t.Helper()
		list, err := h.posts.Letters(t.Context(), ada, p)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	one := page(camp.Page{Limit: 2})
	want(t, "the first page", mailOf(one), "ben: @ada f*; ben: @ada d*")
	two := page(camp.Page{Limit: 2, Before: uint64(one[1].At)})
	want(t, "the second", mailOf(two), "ben: @ada c*; ben: @ada b*")
	three := page(camp.Page{Limit: 2, Before: uint64(two[1].At)})
	want(t, "the last", mailOf(three), "ben: @ada a*")
	up := page(camp.Page{Limit: 2, After: uint64(three[0].At), Climb: true})
	want(t, "upwards", mailOf(up), "ben: @ada c*; ben: @ada b*")
}
