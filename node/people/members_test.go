package people_test

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"camp/node/camp"
	"camp/store"
)

func TestAddMember(t *testing.T) {
	h := newHouse(t)
	helper, member, guest := h.add("hal", camp.RoleHelper), h.add("ada", camp.RoleMember), h.add("gus", camp.RoleGuest)
	h.add("old", camp.RoleMember)
	want(t, "remove", say(h.Remove(t.Context(), h.host, "old", false)), "")
	for name, c := range map[string]struct {
		by   camp.Actor
		name string
		role camp.Role
		want string
	}{
		"by nobody":                {camp.Actor{}, "zoe", camp.RoleMember, "people.not_member.say"},
		"by a member":              {member, "zoe", camp.RoleMember, "people.only_helper.say"},
		"by one who says helper":   {camp.Actor{Member: member.Member, Role: camp.RoleHost}, "zoe", camp.RoleMember, "people.only_helper.say"},
		"by a guest":               {guest, "zoe", camp.RoleMember, "people.only_helper.say"},
		"a helper by a helper":     {helper, "zoe", camp.RoleHelper, "people.only_host.say"},
		"a member by a helper":     {helper, "zoe1", camp.RoleMember, ""},
		"a helper by the host":     {h.host, "zoe2", camp.RoleHelper, ""},
		"no role said":             {h.host, "zoe3", "", ""},
		"a second host":            {h.host, "zoe", camp.RoleHost, "people.one_host.say"},
		"unknown role":             {h.host, "zoe", "king", "people.role_bad.say"},
		"bad name":                 {h.host, "zoë", camp.RoleMember, "people.name_bad.say"},
		"taken name":               {h.host, "@ADA", camp.RoleMember, "people.name_taken.say"},
		"name of one who was here": {h.host, "old", camp.RoleMember, "people.name_gone.say"},
	} {
		t.Run(name, func(t *testing.T) {
			m, link, err := h.AddMember(t.Context(), c.by, c.name, c.role)
			want(t, "fault", say(err), c.want)
			if c.want != "" {
				want(t, "link of a refusal", link, "")
				return
			}
			want(t, "by word", m.ByWord, true)
			want(t, "agreed", m.Agreed, 1)
			_, who, err := h.UseLink(t.Context(), link, "x")
			want(t, "using the link", say(err), "")
			want(t, "signed in as", who.ID, m.ID)
			agreed, err := h.Agreements(t.Context(), camp.Actor{Member: m.ID})
			want(t, "reading", say(err), "")
			want(t, "agreement by", agreed[0].By, "host")
		})
	}
}

// TestFullCamp: 100 attempts at once at the one free place.
func TestFullCamp(t *testing.T) {
	h := newHouse(t)
	h.crowd(camp.MaxMembers - 2)
	var in, full atomic.Int32
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			_, _, err := h.AddMember(t.Context(), h.host, "late"+strconv.Itoa(i), camp.RoleMember)
			switch say(err) {
			case "":
				in.Add(1)
			case "people.camp_full.say":
				full.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	want(t, "came in", in.Load(), 1)
	want(t, "found it full", full.Load(), 99)
	list, err := h.Members(t.Context())
	want(t, "listing", say(err), "")
	want(t, "members", len(list), camp.MaxMembers)
	want(t, "removing one", say(h.Remove(t.Context(), h.host, "m3", false)), "")
	h.add("now", camp.RoleGuest)
}

func TestGuestsAndHelpersAreFew(t *testing.T) {
	h := newHouse(t)
	for i := range 10 {
		h.add("g"+strconv.Itoa(i), camp.RoleGuest)
	}
	_, _, err := h.AddMember(t.Context(), h.host, "g10", camp.RoleGuest)
	want(t, "11th guest", say(err), "people.guests_full.say")
	for i := range 9 {
		h.add("h"+strconv.Itoa(i), camp.RoleHelper)
	}
	_, _, err = h.AddMember(t.Context(), h.host, "h9", camp.RoleHelper)
	want(t, "10th helper", say(err), "people.helpers_full.say")
	h.add("ada", camp.RoleMember)
	want(t, "10th by role", say(h.SetRole(t.Context(), h.host, "ada", camp.RoleHelper)), "people.helpers_full.say")
	want(t, "11th guest by role", say(h.SetRole(t.Context(), h.host, "ada", camp.RoleGuest)), "people.guests_full.say")
}

func TestRightsOverOthers(t *testing.T) {
	h := newHouse(t)
	helper, member := h.add("hal", camp.RoleHelper), h.add("ada", camp.RoleMember)
	h.add("hetty", camp.RoleHelper)
	h.add("ben", camp.RoleMember)
	ctx := t.Context()
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"role by a helper":             {h.SetRole(ctx, helper, "ada", camp.RoleGuest), "people.only_host.say"},
		"role by a member":             {h.SetRole(ctx, member, "ada", camp.RoleHelper), "people.only_host.say"},
		"role of the host":             {h.SetRole(ctx, h.host, "mia", camp.RoleMember), "people.host_stays.say"},
		"role host":                    {h.SetRole(ctx, h.host, "ada", camp.RoleHost), "people.one_host.say"},
		"role of nobody":               {h.SetRole(ctx, h.host, "nobody", camp.RoleMember), "people.nobody.say"},
		"removing by a member":         {h.Remove(ctx, member, "ben", false), "people.only_helper.say"},
		"removing the host":            {h.Remove(ctx, helper, "mia", false), "people.host_stays.say"},
		"host removing themself":       {h.Remove(ctx, h.host, "mia", false), "people.host_stays.say"},
		"helper removing a helper":     {h.Remove(ctx, helper, "hetty", false), "people.only_host.say"},
		"helper removing a member":     {h.Remove(ctx, helper, "ben", false), ""},
		"removing one who is gone":     {h.Remove(ctx, h.host, "ben", false), "people.not_here.say"},
		"link for another by a helper": {func() error { _, err := h.LinkFor(ctx, helper, "ada"); return err }(), "people.only_host.say"},
		"link for oneself":             {func() error { _, err := h.LinkFor(ctx, member, "ada"); return err }(), ""},
		"link by the host":             {func() error { _, err := h.LinkFor(ctx, h.host, "ada"); return err }(), ""},
		"token by a helper":            {func() error { _, err := h.NewToken(ctx, helper, "hal", nil); return err }(), "people.only_host.say"},
	} {
		want(t, name, say(c.err), c.want)
	}
}

func TestRemoveCutsEverything(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ada := h.add("ada", camp.RoleMember)
	cookie := h.signIn(ada)
	link, err := h.NewLinkFor(ctx, ada)
	want(t, "link", say(err), "")
	token, err := h.NewToken(ctx, h.host, "ada", []string{"read write"})
	want(t, "token", say(err), "")
	tk, _, err := h.ByToken(ctx, token)
	want(t, "token works", say(err), "")
	want(t, "scopes", len(tk.Scopes), 2)
	want(t, "remove", say(h.Remove(ctx, h.host, "ada", true)), "")
	_, _, err = h.SignedIn(ctx, cookie)
	want(t, "session", say(err), "people.signed_out.say")
	_, _, err = h.UseLink(ctx, link, "x")
	want(t, "link", say(err), "people.link_over.say")
	_, _, err = h.ByToken(ctx, token)
	want(t, "token", say(err), "people.signed_out.say")
	want(t, "profile", say(h.SetProfile(ctx, ada, camp.Member{Display: "x"})), "people.not_member.say")
	want(t, "event", h.ear.has(camp.EventMemberGone, ada.Member), true)
	m, err := h.ByName(ctx, "ada")
	want(t, "tombstone", say(err), "")
	want(t, "standing", m.Standing, camp.Removed)
	err = h.db.View(ctx, func(tx *store.Tx) error {
		jobs, err := tx.Erasings()
		want(t, "jobs", len(jobs), 1)
		want(t, "job", jobs[0], camp.Erasing{Member: ada.Member, Posts: true, Only: true})
		sessions, _ := tx.SessionsOf(ada.Member)
		tokens, _ := tx.TokensOf(ada.Member)
		want(t, "rows left", len(sessions)+len(tokens), 0)
		return err
	})
	want(t, "reading", say(err), "")
}

func TestProfile(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ada := h.add("ada", camp.RoleMember)
	face := func(owner camp.MemberID, avatar bool, id camp.MediaID) camp.MediaID {
		err := h.db.Update(ctx, func(tx *store.Tx) error {
			return tx.PutMedia(camp.MediaFile{ID: id, Owner: owner, Hash: "h" + string(id), Avatar: avatar, Made: tx.Now()})
		})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	own, own2 := face(ada.Member, true, "a"), face(ada.Member, true, "b")
	other, picture := face(h.host.Member, true, "c"), face(ada.Member, false, "d")
	for name, c := range map[string]struct {
		p    camp.Member
		want string
	}{
		"no name":          {camp.Member{Display: " "}, "people.display_empty.say"},
		"language":         {camp.Member{Display: "Ada", Language: "Frisian"}, "people.language_bad.say"},
		"long text":        {camp.Member{Display: "Ada", About: longText(2001)}, "people.about_long.say"},
		"another's face":   {camp.Member{Display: "Ada", Picture: other}, "people.picture_gone.say"},
		"a post's picture": {camp.Member{Display: "Ada", Picture: picture}, "people.picture_gone.say"},
		"no such face":     {camp.Member{Display: "Ada", Picture: "x"}, "people.picture_gone.say"},
		"a role is no use": {camp.Member{Display: "Ada", Role: camp.RoleHost}, ""},
	} {
		want(t, name, say(h.SetProfile(ctx, ada, c.p)), c.want)
	}
	want(t, "set", say(h.SetProfile(ctx, ada, camp.Member{Display: "Ada \u202e L.", About: longText(2000), Picture: own, Language: "nl"})), "")
	want(t, "set another face", say(h.SetProfile(ctx, ada, camp.Member{Display: "Ada L.", Picture: own2})), "")
	m, err := h.Member(ctx, ada.Member)
	want(t, "reading", say(err), "")
	want(t, "display", m.Display, "Ada L.")
	want(t, "role", m.Role, camp.RoleMember)
	want(t, "face", m.Picture, own2)
	err = h.db.View(ctx, func(tx *store.Tx) error {
		_, ok, err := tx.Media(own)
		want(t, "the face before is given up", ok, false)
		loose, _ := tx.MediaLoose(h.clock.now().Add(day), 10)
		want(t, "uses that nothing needs", len(loose), 2)
		return err
	})
	want(t, "reading media", say(err), "")
}

func longText(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = 'x'
	}
	return string(b)
}
