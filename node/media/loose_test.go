package media

import (
	"strings"
	"testing"
	"time"

	"camp/node/camp"
)

// What an upload shows is its owner's to say, until a post takes it.
func TestLooseAndDescribe(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	st := newFakeStore(func() time.Time { return now })
	me, other := camp.Actor{Member: 1, Role: camp.RoleMember}, camp.Actor{Member: 2, Role: camp.RoleMember}
	for _, f := range []camp.MediaFile{
		{ID: "loose", Owner: 1, Made: now},
		{ID: "theirs", Owner: 2, Made: now},
		{ID: "posted", Owner: 1, Post: 5, Made: now},
		{ID: "face", Owner: 1, Avatar: true, Made: now},
	} {
		st.media[f.ID] = f
	}
	m := New(Options{Store: st, Now: func() time.Time { return now }})
	list, err := m.Loose(t.Context(), me)
	if err != nil || len(list) != 1 || list[0].ID != "loose" {
		t.Errorf("loose: %v, %v", list, err)
	}
	for _, row := range []struct {
		name string
		by   camp.Actor
		id   camp.MediaID
		alt  string
		want camp.Kind // "" for done
	}{
		{"one's own", me, "loose", " a lake\u202e ", ""},
		{"somebody else's", other, "loose", "mine", camp.NotFound},
		{"posted", me, "posted", "x", camp.NotFound},
		{"a face", me, "face", "x", camp.NotFound},
		{"none", me, "none", "x", camp.NotFound},
		{"long", me, "loose", strings.Repeat("x", camp.MaxAlt+1), camp.Invalid},
		{"of nobody", camp.Actor{}, "loose", "x", camp.NotFound},
	} {
		_, err := m.Describe(t.Context(), row.by, row.id, row.alt)
		got := camp.Kind("")
		if f := camp.AsFault(err); f != nil {
			got = f.Kind
		}
		if got != row.want {
			t.Errorf("%s: %q, want %q", row.name, got, row.want)
		}
	}
	if got := st.media["loose"].Alt; got != "a lake" {
		t.Errorf("alt: %q", got)
	}
}
