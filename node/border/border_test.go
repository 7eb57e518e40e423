package border_test

import (
	"crypto/rand"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"camp/node/border"
	"camp/node/camp"
	"camp/node/people"
	"camp/store"
)

func TestParseDomain(t *testing.T) {
	for typed, want := range map[string]string{
		" Angry.Example. ": "angry.example", "*.bad.example": "bad.example", ".bad.example": "bad.example", "küche.example": "xn--kche-0ra.example",
		"XN--KCHE-0RA.example": "xn--kche-0ra.example", "a.b.c.example": "a.b.c.example", "github.io": "github.io", "faß.example": "xn--fa-hia.example",
		"ａｎｇｒｙ．ｅｘａｍｐｌｅ": "angry.example",
		"": "", "example": "", "com": "", "co.uk": "", "https://bad.example": "", "@ana@bad.example": "", "bad.example:443": "", "bad.example/x": "",
		"bad example": "", "bad_host.example": "", "1.2.3.4": "", "[::1]": "", "::1": "", "-a.example": "", "a-.example": "", "a..example": "",
		strings.Repeat("a", 64) + ".example": "", strings.Repeat("a.", 130) + "example": "", "a.123": "", "bad.example\x00": "", "*.*.bad.example": "", "*": "", ".": "",
	} {
		got, err := border.ParseDomain(typed)
		if string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", typed, got, err, want)
		}
		if err != nil && camp.AsFault(err).Kind != camp.Invalid {
			t.Errorf("%q: %v", typed, err)
		}
	}
}

func FuzzParseDomain(f *testing.F) {
	for _, s := range []string{"Angry.Example.", "*.küche.example", "xn--", "a.b", "\xff.example", "٠.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := border.ParseDomain(s)
		if err != nil {
			return
		}
		again, err := border.ParseDomain(string(d))
		if err != nil || again != d {
			t.Errorf("%q gives %q, which gives %q, %v", s, d, again, err)
		}
		if !d.Within(d) || len(d) > 253 || strings.ToLower(string(d)) != string(d) {
			t.Errorf("%q gives %q", s, d)
		}
	})
}

func TestNamesAsPeopleReadThem(t *testing.T) {
	if got := border.Shown("xn--kche-0ra.example"); got != "küche.example" {
		t.Errorf("shown %q", got)
	}
	if !border.Mixed("xn--pple-43d.example") || border.Mixed("angry.example") || border.Mixed("xn--kche-0ra.example") {
		t.Error("mixed scripts are not told apart")
	}
	if !border.Shared("github.io") || border.Shared("a.github.io") || border.Shared("angry.example") {
		t.Error("shared names are not told apart")
	}
	if border.Above("x.b.example") != "b.example" || border.Above("b.example") != "" {
		t.Error("the name above is wrong")
	}
}

func TestWithin(t *testing.T) {
	for _, row := range []struct {
		d, o camp.Domain
		want bool
	}{{"a.b.example", "b.example", true}, {"b.example", "b.example", true}, {"xb.example", "b.example", false}, {"b.example", "a.b.example", false}, {"b.example", "", false}} {
		if row.d.Within(row.o) != row.want {
			t.Errorf("%s within %s", row.d, row.o)
		}
	}
}

type ear struct{ n atomic.Int32 }

func (e *ear) Publish(ev camp.Event) {
	if ev.Kind == camp.EventBorder {
		e.n.Add(1)
	}
}

type house struct {
	*border.Service
	t    *testing.T
	db   *store.DB
	host camp.Actor
	now  time.Time
	ear  *ear
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), ear: &ear{}}
	log := slog.New(slog.DiscardHandler)
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Now: func() time.Time { return h.now }, Rand: rand.Reader, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	p := people.New(people.Options{Store: store.As[people.Tx](db), Rand: rand.Reader, Log: log})
	_, host, err := p.Found(t.Context(), people.Founding{Name: "Camp", Host: "mia", Rules: []string{"Be kind."}})
	if err != nil {
		t.Fatal(err)
	}
	h.db, h.host = db, camp.Actor{Member: host.ID, Role: camp.RoleHost}
	h.Service = border.New(border.Options{Store: store.As[border.Tx](db), Publish: h.ear, Log: log})
	return h
}

func (h *house) set(name string, l camp.Level) {
	h.t.Helper()
	if err := h.decide(h.host, camp.Decision{Name: name, Level: l, Reason: "hate"}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) decide(by camp.Actor, w camp.Decision) error {
	_, err := h.Decide(h.t.Context(), by, w)
	return err
}

func (h *house) list() []camp.Block {
	h.t.Helper()
	list, err := h.List(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

func TestOneDecisionForEverybody(t *testing.T) {
	h := newHouse(t)
	h.set("bad.example", "")
	h.set("good.bad.example", camp.LevelNone)
	h.set("loud.example", camp.LevelLimit)
	for name, want := range map[camp.Domain]camp.Level{
		"bad.example": camp.LevelBlock, "x.bad.example": camp.LevelBlock, "xbad.example": camp.LevelNone, "good.bad.example": camp.LevelNone,
		"a.good.bad.example": camp.LevelNone, "example": camp.LevelNone, "loud.example": camp.LevelLimit,
	} {
		if v := h.Admit(name, border.In); v.Level != want || v.Refused() != (want == camp.LevelBlock) {
			t.Errorf("%s: %+v, want %s", name, v, want)
		}
	}
	if v := h.AdmitAll([]camp.Domain{"fine.example", "loud.example", "x.bad.example"}, border.Out); v.By != "bad.example" {
		t.Errorf("the harshest is %+v", v)
	}
	if h.Count() != 1 || h.ear.n.Load() != 3 {
		t.Errorf("%d shut out, %d events", h.Count(), h.ear.n.Load())
	}
	h.set("bad.example", "") // the same again
	if h.ear.n.Load() != 3 {
		t.Error("the same decision again is a change")
	}
	again := border.New(border.Options{Store: store.As[border.Tx](h.db), Publish: h.ear, Log: slog.New(slog.DiscardHandler)})
	if err := again.Load(t.Context()); err != nil || !again.Admit("x.bad.example", border.In).Refused() {
		t.Errorf("after a restart it is let in, %v", err)
	}
}

// What is undone is exactly as it was before: level, reason, dates.
func TestUndo(t *testing.T) {
	h := newHouse(t)
	h.set("bad.example", camp.LevelLimit)
	before := h.list()
	h.now = h.now.Add(time.Hour)
	h.set("bad.example", camp.LevelFirewall)
	if err := h.Undo(t.Context(), h.host, h.list()[0].Change); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(before, h.list()); d != "" {
		t.Error(d)
	}
	if err := h.Lift(t.Context(), h.host, "bad.example"); err != nil {
		t.Fatal(err)
	}
	lifted := h.list()
	if len(lifted) != 1 || !lifted[0].Lifted || h.Admit("bad.example", border.In).Level != camp.LevelNone {
		t.Fatalf("lifted: %+v", lifted)
	}
	if err := h.Undo(t.Context(), h.host, lifted[0].Change); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(before, h.list()); d != "" {
		t.Error(d)
	}
	if f := camp.AsFault(h.Undo(t.Context(), h.host, lifted[0].Change)); f == nil || f.Kind != camp.NotFound {
		t.Errorf("undone twice: %v", f)
	}
	if err := h.Lift(t.Context(), h.host, "bad.example"); err != nil {
		t.Fatal(err)
	}
	late := h.list()[0].Change
	h.now = h.now.Add(31 * 24 * time.Hour)
	if f := camp.AsFault(h.Undo(t.Context(), h.host, late)); f == nil || f.Kind != camp.NotFound {
		t.Errorf("undone after 31 days: %v", f)
	}
	if err := h.Tidy(t.Context()); err != nil || len(h.list()) != 0 {
		t.Errorf("after 31 days %d rows are left, %v", len(h.list()), err)
	}
}

// Once the day has come to look at a decision again, the same again keeps it for
// another year.
func TestKeptForAnotherYear(t *testing.T) {
	h := newHouse(t)
	h.set("bad.example", camp.LevelBlock)
	first := h.list()[0].Review
	h.now = first.Add(-time.Hour)
	h.set("bad.example", camp.LevelBlock)
	if got := h.list()[0].Review; !got.Equal(first) {
		t.Errorf("before that day: %v", got)
	}
	h.now = first
	h.set("bad.example", camp.LevelBlock)
	if got := h.list()[0].Review; !got.After(first.Add(300 * 24 * time.Hour)) {
		t.Errorf("on that day: %v", got)
	}
}

func TestWhoMayDecide(t *testing.T) {
	h := newHouse(t)
	p := people.New(people.Options{Store: store.As[people.Tx](h.db), Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	m, _, err := p.AddMember(t.Context(), h.host, "noor", camp.RoleMember)
	if err != nil {
		t.Fatal(err)
	}
	helper, _, err := p.AddMember(t.Context(), h.host, "zoe", camp.RoleHelper)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.AnswerOffer(t.Context(), camp.Actor{Member: helper.ID, Role: helper.Role}, true); err != nil {
		t.Fatal(err)
	}
	for who, want := range map[camp.Actor]bool{
		{Member: m.ID, Role: camp.RoleHost}:        false, // what somebody claims to be counts for nothing
		{Member: helper.ID, Role: camp.RoleHelper}: true,
		{}: false,
	} {
		if err := h.decide(who, camp.Decision{Name: "bad.example"}); (err == nil) != want {
			t.Errorf("%+v: %v", who, err)
		}
	}
	if err := h.decide(h.host, camp.Decision{Name: "github.io"}); camp.AsFault(err).Say != "border.shared.say" {
		t.Errorf("a shared name without a yes: %v", err)
	}
	if err := h.decide(h.host, camp.Decision{Name: "github.io", Wide: true}); err != nil {
		t.Errorf("a shared name with a yes: %v", err)
	}
}

func TestPreview(t *testing.T) {
	h := newHouse(t)
	h.set("a.bad.example", "")
	p, err := h.Preview(t.Context(), "bad.example", "")
	if err != nil || p.Now != camp.LevelNone || len(p.Covers) != 1 || p.Covers[0] != "a.bad.example" {
		t.Errorf("%+v, %v", p, err)
	}
	p, err = h.Preview(t.Context(), "x.a.bad.example", "")
	if err != nil || p.Covered != "a.bad.example" || p.Wider != "bad.example" {
		t.Errorf("%+v, %v", p, err)
	}
	if len(h.list()) != 1 {
		t.Error("looking changed something")
	}
}

func BenchmarkAdmit(b *testing.B) {
	s := border.New(border.Options{})
	for b.Loop() {
		_ = s.Admit("a.b.c.d.example", border.In)
	}
}
