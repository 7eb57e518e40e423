package tray

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"camp/node/camp"
)

// camps are memberships of every kind.
func camps() []camp.Membership {
	return []camp.Membership{
		{ID: "aa", Camp: "Willow Lane", Host: "Noor", State: camp.Joined, Link: "connected", Unread: 3},
		{ID: "bb", Camp: "The choir", Host: "Ana", State: camp.Waiting, Link: "connected"},
		{ID: "cc", Camp: "Old harbour", Host: "Tom", State: camp.Joined, Link: "asleep"},
		{ID: "dd", Camp: "Hill", Host: "Priya", State: camp.Declined, Link: "connected"},
		{ID: "ee", Camp: "Moor", Host: "Olle", State: camp.Suspended, Link: "looking"},
	}
}

// shownCamps are the entries for camps of others, greyed ones in brackets.
func shownCamps(l look) (all []string) {
	for _, e := range l.entries[placeCamp : placeCamp+maxCamps] {
		switch {
		case e.hidden:
		case e.off:
			all = append(all, "("+e.text+")")
		default:
			all = append(all, e.text)
		}
	}
	return all
}

func TestCampsOfOthers(t *testing.T) {
	l := lookOf(camp.State{Phase: camp.Off, Memberships: camps()}, words(t, "en"), false, noon)
	want := []string{"Open Willow Lane", "(The choir: waiting for Ana)", "(Old harbour is asleep)", "(Looking for Moor)"}
	if diff := cmp.Diff(want, shownCamps(l)); diff != "" {
		t.Error(diff)
	}
	if !l.entries[placeOpen].hidden || !l.entries[placePause].hidden || !l.entries[placeInvite].hidden || l.entries[placeJoin].hidden {
		t.Errorf("a member's menu has entries of a host: %+v", l.entries)
	}
	many := camps()[:1]
	for range 2 * maxCamps {
		many = append(many, camp.Membership{ID: "x", Camp: strings.Repeat("long name ", 9), State: camp.Joined, Link: "connected"})
	}
	got := shownCamps(lookOf(camp.State{Phase: camp.On, Memberships: many}, words(t, "en"), false, noon))
	if len(got) != maxCamps || len(got[1]) > len("Open ")+nameMost {
		t.Errorf("%d entries %q", len(got), got)
	}
}

func TestMembersIconAndLine(t *testing.T) {
	one := func(state camp.Standing, link string, replies int) []camp.Membership {
		return []camp.Membership{{ID: "aa", Camp: "Willow", Host: "Noor", State: state, Link: link, Replies: replies}}
	}
	for _, c := range []struct {
		name        string
		st          camp.State
		phase, line string
	}{
		{"in", camp.State{Phase: camp.Off, Memberships: one(camp.Joined, "connected", 0)}, "on", "In Willow"},
		{"answers", camp.State{Phase: camp.Off, Memberships: one(camp.Joined, "connected", 2)}, "news", "Something new for you in Willow"},
		{"answers of yesterday", camp.State{Phase: camp.Off, Memberships: one(camp.Joined, "asleep", 2)}, "off", "Something new for you in Willow"},
		{"looking", camp.State{Phase: camp.Off, Memberships: one(camp.Joined, "looking", 0)}, "starting", "Looking for Willow"},
		{"asleep", camp.State{Phase: camp.Off, Memberships: one(camp.Joined, "asleep", 0)}, "off", "Willow is asleep"},
		{"waiting", camp.State{Phase: camp.Off, Memberships: one(camp.Waiting, "connected", 0)}, "starting", "Waiting for Noor"},
		{"declined", camp.State{Phase: camp.Off, Memberships: one(camp.Declined, "connected", 0)}, "off", "There is no camp here yet"},
		{"two", camp.State{Phase: camp.Off, Memberships: append(one(camp.Joined, "connected", 0), one(camp.Joined, "connected", 0)...)}, "on", "In 2 camps"},
		{"a host", camp.State{Phase: camp.On, Exists: true, Memberships: one(camp.Joined, "connected", 0)}, "on", "Your camp is on"},
		{"a host with answers elsewhere", camp.State{Phase: camp.On, Exists: true, Memberships: one(camp.Joined, "connected", 1)}, "news", "Your camp is on"},
		{"a host whose camp is paused", camp.State{Phase: camp.Paused, Exists: true, Memberships: one(camp.Joined, "connected", 1)}, "paused", "Your camp is paused"},
	} {
		l := lookOf(c.st, words(t, "en"), false, noon)
		if l.phase != c.phase || l.entries[placeStatus].text != c.line {
			t.Errorf("%s: %s, %q; want %s, %q", c.name, l.phase, l.entries[placeStatus].text, c.phase, c.line)
		}
	}
	needs := lookOf(camp.State{Phase: camp.On, Exists: true, Needs: need, Memberships: one(camp.Joined, "connected", 1)}, words(t, "en"), false, noon)
	if needs.phase != "on" || !needs.needs {
		t.Error("answers elsewhere hide what needs the host")
	}
}

func TestWaitingHasItsOwnEntry(t *testing.T) {
	st := camp.State{Phase: camp.On, Exists: true, Waiting: 2, Needs: []camp.Need{{Kind: "waiting", Page: "people"}, {Kind: "backup", Page: "backups"}}}
	l := lookOf(st, words(t, "en"), false, noon)
	if got := l.entries[placeWaiting]; got.hidden || got.text != "Waiting for you: 2" {
		t.Errorf("%+v", got)
	}
	if got := l.entries[placeNeeds]; got.hidden || got.text != "Needs you: 1" {
		t.Errorf("%+v", got)
	}
	play(t, func(t *testing.T, s *stage) {
		st.Memberships = camps()
		s.set(st)
		for _, d := range []deed{deedWaiting, deedNeeds, deedInvite, deedJoin, deedCamp, deedCamp + 5, deedCamp + 99} {
			s.click(d)
		}
		want := []camp.Intent{
			{Do: camp.DoShow, Page: "people", Language: "en"},
			{Do: camp.DoShow, Page: "backups", Language: "en"},
			{Do: camp.DoShow, Page: "invite", Language: "en"},
			{Do: camp.DoShow, Page: "join", Language: "en"},
			{Do: camp.DoJoinOpen, ID: "aa", Language: "en"},
		}
		if diff := cmp.Diff(want, s.desk.intents()); diff != "" {
			t.Error(diff)
		}
	})
}

// take gives what was said since the last time.
func (n *fakeNotices) take() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	said := n.said
	n.said = nil
	return said
}

func asking(names ...string) camp.State {
	st := camp.State{Phase: camp.On, Exists: true, Waiting: len(names), Needs: []camp.Need{{Kind: "waiting", Say: "tray.off"}}}
	for _, n := range names {
		st.People = append(st.People, camp.Person{Name: strings.ToLower(n), Display: n, Standing: camp.Waiting, Message: "a secret message"})
	}
	return st
}

func TestWhoAsksToJoinIsTold(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		s.set(asking("Mara"))
		s.set(asking("Mara"))
		s.set(asking("Mara", "Jonas"))
		s.set(asking("Jonas")) // one was let in: no news
		s.set(asking("Jonas", "Ana", "Tom"))
		s.set(camp.State{Phase: camp.On, Exists: true})
		s.set(asking("Mara")) // asks again
		want := []string{
			"waiting: Mara asks to join your camp. → people", "waiting: Mara and Jonas ask to join your camp. → people",
			"waiting: 3 people ask to join your camp. → people", "waiting gone", "waiting: Mara asks to join your camp. → people",
		}
		if diff := cmp.Diff(want, s.notices.said); diff != "" {
			t.Error(diff)
		}
	})
}

func member(replies int, word uint64) camp.Membership {
	return camp.Membership{ID: "aa", Camp: "Willow", Host: "Noor", State: camp.Joined, Link: "connected", Unread: 5, Replies: replies, LastWord: word}
}

func TestAnswersAreToldWithoutWords(t *testing.T) {
	of := func(all ...camp.Membership) camp.State { return camp.State{Phase: camp.Off, Memberships: all} }
	play(t, func(t *testing.T, s *stage) {
		s.set(of(member(0, 7))) // unread, but nobody's answer
		s.set(of(member(1, 8)))
		s.set(of(member(1, 8)))
		s.set(of(member(0, 8)))
		other := member(1, 3)
		other.ID, other.Camp = "bb", "Choir"
		s.set(of(member(2, 9), other))
		want := []string{
			"news: Something new for you in Willow → camp:aa", "news gone", "news: Something new for you in 2 camps → others",
		}
		if diff := cmp.Diff(want, s.notices.said); diff != "" {
			t.Error(diff)
		}
		s.notices.click <- "camp:aa"
		synctest.Wait()
		if diff := cmp.Diff([]camp.Intent{{Do: camp.DoJoinOpen, ID: "aa", Language: "en"}}, s.desk.intents()); diff != "" {
			t.Error(diff)
		}
		s.notices.take()
		st := of(member(9, 20))
		st.Settings.NoNotices = true
		s.set(st)
		if diff := cmp.Diff([]string{"news gone"}, s.notices.take()); diff != "" {
			t.Errorf("although no notices are wanted:\n%s", diff)
		}
	})
}

func TestTheAnswerToARequestIsTold(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		st := camp.State{Phase: camp.Off, Memberships: camps()}
		s.set(st)
		st.Memberships = camps()
		st.Memberships[1].State = camp.Joined
		s.set(st)
		s.set(st)
		if diff := cmp.Diff([]string{"let bb: Ana let you in. Welcome to The choir. → others"}, s.notices.said); diff != "" {
			t.Error(diff)
		}
	})
}

func TestQuietHours(t *testing.T) {
	at := func(h, m int) time.Time { return time.Date(2026, 11, 22, h, m, 30, 0, time.UTC) }
	night := camp.Settings{QuietFrom: 22 * 60, QuietTo: 7 * 60}
	day := camp.Settings{QuietFrom: 9 * 60, QuietTo: 17 * 60}
	for _, c := range []struct {
		name string
		s    camp.Settings
		now  time.Time
		left time.Duration
	}{
		{"none", camp.Settings{}, at(3, 0), 0},
		{"before", night, at(21, 59), 0},
		{"begins", night, at(22, 0), 9*time.Hour - 30*time.Second},
		{"after midnight", night, at(3, 10), 3*time.Hour + 49*time.Minute + 30*time.Second},
		{"over", night, at(7, 0), 0},
		{"by day", day, at(9, 0), 8*time.Hour - 30*time.Second},
		{"after the day", day, at(17, 0), 0},
	} {
		quiet, left := quietAt(c.s, c.now)
		if quiet != (c.left > 0) || quiet && left != c.left {
			t.Errorf("%s: %v, %v; want %v", c.name, quiet, left, c.left)
		}
	}
}

func TestQuietHoursHoldNoticesBack(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		start := time.Now()
		evening := time.Date(2026, 11, 22, 22, 30, 0, 0, time.UTC)
		s.t.opt.Now = func() time.Time { return evening.Add(time.Since(start)) }
		st := asking("Mara")
		st.Settings.QuietFrom, st.Settings.QuietTo = 22*60, 7*60
		s.set(st)
		if said := s.notices.take(); len(said) != 0 {
			t.Errorf("said at night: %q", said)
		}
		trouble := st
		trouble.Phase = camp.Trouble
		s.set(trouble)
		if said := s.notices.take(); len(said) != 1 || !strings.HasPrefix(said[0], "trouble: ") {
			t.Errorf("a camp that cannot start said %q", said)
		}
		s.set(st)
		s.notices.take()
		time.Sleep(8*time.Hour + 29*time.Minute)
		synctest.Wait()
		if said := s.notices.take(); len(said) != 0 {
			t.Errorf("said before seven: %q", said)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if diff := cmp.Diff([]string{"waiting: Mara asks to join your camp. → people"}, s.notices.take()); diff != "" {
			t.Error(diff)
		}
	})
}
