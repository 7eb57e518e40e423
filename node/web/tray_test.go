package web

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"camp/node/camp"
	"camp/node/posts"
)

// The fake's tray: Ana of a limited server waits with a letter and asks to follow.
func (p *fakePosts) Again(_ context.Context, by camp.Actor) ([]posts.Tie, error) {
	if by.Member != mara {
		return nil, nil
	}
	return []posts.Tie{{Who: anaFar}}, nil
}

var anaFar = camp.Member{ID: 77, Name: "ana@far.example", Display: "<Ana>", Standing: camp.Elsewhere}

func (p *fakePosts) Held(_ context.Context, by camp.Actor, _ camp.Page) ([]camp.NoticeView, error) {
	if by.Member != mara {
		return nil, nil
	}
	letter := &camp.PostView{Post: camp.Post{ID: 99, Text: "psst", URI: "https://far.example/1"}, By: anaFar}
	return []camp.NoticeView{{ID: 3, Kind: camp.NoticeMention, From: anaFar, Post: letter}, {ID: 2, Kind: camp.NoticeAsk, From: anaFar}}, nil
}

func (p *fakePosts) note(what string, by camp.Actor, who camp.MemberID, yes bool) {
	f := p.f()
	f.mu.Lock()
	defer f.mu.Unlock()
	word := map[bool]string{true: "yes", false: "no"}[yes]
	f.tray = append(f.tray, what+" "+by.Member.String()+" "+who.String()+" "+word)
}

func (p *fakePosts) FollowAgain(_ context.Context, by camp.Actor, yes bool) (int, error) {
	p.note("again", by, 0, yes)
	return 1, nil
}

func (p *fakePosts) LetIn(_ context.Context, by camp.Actor, whom camp.MemberID, yes bool) error {
	p.note("in", by, whom, yes)
	return nil
}

func (p *fakePosts) AnswerFollow(_ context.Context, by camp.Actor, who camp.MemberID, yes bool) error {
	p.note("follow", by, who, yes)
	return nil
}

func TestTrayPage(t *testing.T) {
	f := newFake()
	b := f.browser(t, mara)
	page := b.get("/tray")
	checkPage(t, "en", page)
	for _, want := range []string{"&lt;Ana&gt;", "ana@far.example", "psst", "asks to follow you", "Follow again?", `value="` + anaFar.ID.String() + `"`} {
		if !strings.Contains(page.Body.String(), want) {
			t.Errorf("%q is not on the page\n%s", want, page.Body)
		}
	}
	if !strings.Contains(b.get("/for-you").Body.String(), `href="/tray"`) {
		t.Error("nothing leads to the tray")
	}
	if strings.Contains(f.browser(t, vera).get("/for-you").Body.String(), `href="/tray"`) {
		t.Error("somebody for whom nothing waits is led there")
	}
	who := anaFar.ID.String()
	for _, c := range []struct {
		path, who, answer string
		status            int
	}{
		{"/tray/again", "", "yes", http.StatusSeeOther},
		{"/tray/again", "", "no", http.StatusSeeOther},
		{"/tray/in", who, "yes", http.StatusSeeOther},
		{"/tray/in", who, "", http.StatusSeeOther},
		{"/tray/follow", who, "no", http.StatusSeeOther},
		{"/tray/in", "nobody", "yes", http.StatusNotFound},
	} {
		if w := b.post(c.path, "who", c.who, "answer", c.answer); w.Code != c.status {
			t.Errorf("%+v: %d", c, w.Code)
		}
	}
	m, none := mara.String(), camp.MemberID(0).String()
	want := "again " + m + " " + none + " yes; again " + m + " " + none + " no; in " + m + " " + who + " yes; in " + m + " " + who + " no; follow " + m + " " + who + " no"
	if got := strings.Join(f.tray, "; "); got != want {
		t.Errorf("did %s, want %s", got, want)
	}
}
