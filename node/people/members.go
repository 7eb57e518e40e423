package people

import (
	"context"
	"slices"
	"strings"
	"time"

	"camp/node/camp"
)

// guestStay is how long a guest stays unless the host says otherwise (community.md 1).
const guestStay = 30 * 24 * time.Hour

// AddMember makes somebody a member by the host's or a helper's word and gives
// the secret of a one-time link for them. Only the host adds helpers. The
// record says that they agreed by that word; the pages ask them themselves at
// the first visit. A full camp is Full, a name that was ever used a Conflict.
func (s *Service) AddMember(ctx context.Context, by camp.Actor, name string, role camp.Role) (m camp.Member, link string, err error) {
	if link, err = s.secret(); err != nil {
		return camp.Member{}, "", err
	}
	err = s.update(ctx, "add member", func(tx Tx) ([]camp.Event, error) {
		m, err = addMember(tx, by, name, role)
		if err != nil {
			return nil, err
		}
		return []camp.Event{{Kind: camp.EventMember, Member: m.ID}}, putLink(tx, m.ID, link)
	})
	if err != nil {
		return camp.Member{}, "", err
	}
	return m, link, nil
}

func addMember(tx Tx, by camp.Actor, name string, role camp.Role) (camp.Member, error) {
	var none camp.Member
	who, err := helpingActor(tx, by)
	if err != nil {
		return none, err
	}
	handle, ok := camp.ParseName(name)
	if !ok {
		return none, refuse(camp.Invalid, "people.name_bad.say", "Name", camp.CleanLine(name, 40))
	}
	if role == "" {
		role = camp.RoleMember
	}
	if err := mayGive(who, role); err != nil {
		return none, err
	}
	if was, ok, err := tx.MemberByName(handle); err != nil || ok {
		if err == nil && (was.Standing.Counts() || was.Standing == camp.Waiting) {
			err = refuse(camp.Conflict, "people.name_taken.say", "Name", handle)
		} else if err == nil {
			err = refuse(camp.Conflict, "people.name_gone.say", "Name", handle)
		}
		return none, err
	}
	if err := roomFor(tx, 0, role); err != nil {
		return none, err
	}
	return enter(tx, who, handle, asTyped(name), role)
}

// enter writes the new member, the agreement by word and the log. Who is to help
// begins as a member who is asked to.
func enter(tx Tx, who camp.Member, handle, shown string, role camp.Role) (camp.Member, error) {
	var none camp.Member
	rules, _, err := tx.Rules(0)
	if err != nil {
		return none, err
	}
	now := tx.Now()
	m := camp.Member{
		ID: camp.MemberID(tx.NextID()), Name: handle, Display: shown, Role: role,
		Standing: camp.Joined, Joined: now, Agreed: rules.Version, ByWord: true,
	}
	switch role {
	case camp.RoleGuest:
		m.Ends = now.Add(guestStay)
	case camp.RoleHelper:
		m.Role, m.Offered = camp.RoleMember, true
	}
	if err := tx.PutMember(m); err != nil {
		return none, err
	}
	err = tx.PutAgreement(camp.Agreement{Member: m.ID, Version: rules.Version, Hash: rules.Hash, At: now, By: "host"})
	if err != nil {
		return none, err
	}
	return m, note(tx, who.ID, "log.member_added", m.ID, nil)
}

// mayGive reports whether who may give the role to somebody.
func mayGive(who camp.Member, role camp.Role) error {
	switch role {
	case camp.RoleMember, camp.RoleGuest:
		return nil
	case camp.RoleHelper:
		if who.Role == camp.RoleHost {
			return nil
		}
		return refuse(camp.NotAllowed, "people.only_host.say")
	case camp.RoleHost:
		return refuse(camp.NotAllowed, "people.one_host.say")
	}
	return refuse(camp.Invalid, "people.role_bad.say", "Role", camp.CleanLine(string(role), 20))
}

// roomFor checks the numbers of community.md 1 for somebody (0: a new person)
// who is to have the role. It runs in the transaction that gives the place.
func roomFor(tx Tx, who camp.MemberID, role camp.Role) error {
	all, err := tx.Members()
	if err != nil {
		return err
	}
	total, same := 0, 0
	for _, m := range all {
		if !m.Standing.Counts() || m.ID == who {
			continue
		}
		total++
		if m.Role == role || m.Offered && role == camp.RoleHelper {
			same++
		}
	}
	switch {
	case total >= camp.MaxMembers:
		return refuse(camp.Full, "people.camp_full.say", "Most", number(camp.MaxMembers))
	case role == camp.RoleGuest && same >= maxGuests:
		return refuse(camp.Full, "people.guests_full.say", "Most", number(maxGuests))
	case role == camp.RoleHelper && same >= maxHelpers:
		return refuse(camp.Full, "people.helpers_full.say", "Most", number(maxHelpers))
	}
	return nil
}

// Member gives a person of any standing, by id.
func (s *Service) Member(ctx context.Context, id camp.MemberID) (m camp.Member, err error) {
	err = s.view(ctx, "read member", func(tx Tx) error {
		var ok bool
		if m, ok, err = tx.Member(id); err != nil {
			return err
		}
		if !ok {
			return refuse(camp.NotFound, "people.nobody.say", "Name", id.String())
		}
		return withSeen(tx, &m)
	})
	return m, err
}

// ByName gives a person of any standing, by handle as somebody typed it.
func (s *Service) ByName(ctx context.Context, name string) (m camp.Member, err error) {
	err = s.view(ctx, "find member", func(tx Tx) error {
		if m, err = named(tx, name); err != nil {
			return err
		}
		return withSeen(tx, &m)
	})
	return m, err
}

// Members gives the people who belong to the camp now, by shown name.
func (s *Service) Members(ctx context.Context) (list []camp.Member, err error) {
	err = s.view(ctx, "list members", func(tx Tx) error {
		all, err := tx.Members()
		if err != nil {
			return err
		}
		for _, m := range all {
			if !here(tx, m) {
				continue
			}
			if err := withSeen(tx, &m); err != nil {
				return err
			}
			list = append(list, afterBreak(tx, m))
		}
		return nil
	})
	slices.SortFunc(list, func(a, b camp.Member) int {
		if c := strings.Compare(strings.ToLower(a.Display), strings.ToLower(b.Display)); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list, err
}

// Persons gives everybody whom the lists of window and command line show: those
// who belong to the camp now, the host first, then by shown name, then those
// who wait, the oldest request first.
func (s *Service) Persons(ctx context.Context) ([]camp.Person, error) {
	all, err := s.Members(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]camp.Person, 0, len(all))
	for _, m := range all {
		list = append(list, camp.Person{
			Name: m.Name, Display: m.Display, Role: m.Role, Offered: m.Offered, Standing: m.Standing, Joined: m.Joined, LastSeen: m.LastSeen, Until: m.Until, Final: m.Final, Erase: m.Erase,
			Ends: m.Ends, Invites: m.MayHaveOpen(),
		})
	}
	slices.SortStableFunc(list, func(a, b camp.Person) int { return hostFirst(a) - hostFirst(b) })
	err = s.view(ctx, "list who waits", func(tx Tx) error {
		waiting, err := waitingPersons(tx)
		list = append(list, waiting...)
		for i := range list {
			if err == nil {
				err = withDevices(tx, &list[i])
			}
		}
		return err
	})
	return list, err
}

func waitingPersons(tx Tx) (list []camp.Person, err error) {
	all, err := tx.AllAsked()
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		m, ok, err := tx.Member(a.Member)
		if err != nil {
			return nil, err
		}
		if !ok || m.Standing != camp.Waiting {
			continue
		}
		by, _, err := tx.Member(a.By)
		if err != nil {
			return nil, err
		}
		list = append(list, camp.Person{
			Name: m.Name, Display: m.Display, Role: m.Role, Standing: m.Standing, Asked: a.At, Message: a.Message, Note: a.Note, By: by.Display, Question: a.Question, Reply: a.Reply,
		})
	}
	return list, nil
}

func withDevices(tx Tx, p *camp.Person) error {
	m, ok, err := tx.MemberByName(p.Name)
	if err != nil || !ok {
		return err
	}
	devices, err := devicesOf(tx, m.ID)
	p.Devices = make([]camp.DeviceLine, 0, len(devices))
	for _, d := range devices {
		p.Devices = append(p.Devices, camp.DeviceLine{Serial: d.Serial, Label: d.Label, LastSeen: d.LastSeen, Phone: d.Phone, Former: d.Late})
	}
	return err
}

func hostFirst(p camp.Person) int {
	if p.Role == camp.RoleHost {
		return 0
	}
	return 1
}

const day = "2006-01-02"

// seenKept is how long the day of the last visit is known (community.md 10).
const seenKept = 30 * 24 * time.Hour

// withSeen fills in when the person was last here, as far as that is told.
func withSeen(tx Tx, m *camp.Member) (err error) {
	m.LastSeen, err = tx.Seen(m.ID)
	if t, bad := time.Parse(day, m.LastSeen); bad == nil && tx.Now().Sub(t) > seenKept {
		m.LastSeen = camp.LastSeenLong
	}
	return err
}

// SetProfile changes by's own shown name, text, face and language. A face must
// be by's own upload; the one before it is given up.
func (s *Service) SetProfile(ctx context.Context, by camp.Actor, p camp.Member) error {
	return s.update(ctx, "set profile", func(tx Tx) ([]camp.Event, error) {
		m, err := writing(tx, by)
		if err != nil {
			return nil, err
		}
		if m, err = withProfile(tx, m, p); err != nil {
			return nil, err
		}
		return s.tell(tx, m, camp.Errand{Do: camp.ErrandProfile})
	})
}

// SetUsual keeps whom by's new posts are for until they choose otherwise
// (community.md 3: from the composer alone). A letter is never usual.
func (s *Service) SetUsual(ctx context.Context, by camp.Actor, a camp.Audience) error {
	return s.update(ctx, "set usual audience", func(tx Tx) ([]camp.Event, error) {
		m, err := writing(tx, by)
		if err != nil {
			return nil, err
		}
		if a != camp.AudienceCamp && !a.Leaves() {
			return nil, refuse(camp.Invalid, "people.usual_bad.say")
		}
		if m.Usual == a {
			return nil, nil
		}
		m.Usual = a
		return nil, tx.PutMember(m)
	})
}

const maxAbout = 2000 // characters

func withProfile(tx Tx, m, p camp.Member) (camp.Member, error) {
	m.Display = camp.CleanLine(p.Display, maxDisplay)
	if m.Display == "" {
		return m, refuse(camp.Invalid, "people.display_empty.say")
	}
	about := camp.CleanText(p.About, maxAbout+1)
	if len([]rune(about)) > maxAbout {
		return m, refuse(camp.Invalid, "people.about_long.say", "Most", number(maxAbout))
	}
	m.About = about
	if p.Language != "" && !camp.LanguageCode(p.Language) {
		return m, refuse(camp.Invalid, "people.language_bad.say")
	}
	m.Language = p.Language
	if p.Picture == m.Picture {
		return m, nil
	}
	if p.Picture != "" {
		f, ok, err := tx.Media(p.Picture)
		if err != nil {
			return m, err
		}
		if !ok || f.Owner != m.ID || !f.Avatar {
			return m, refuse(camp.NotFound, "people.picture_gone.say")
		}
	}
	old := m.Picture
	m.Picture = p.Picture
	if old == "" {
		return m, nil
	}
	return m, tx.DropMedia(old)
}
