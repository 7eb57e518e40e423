package people

import (
	"context"
	"strings"

	"camp/node/camp"
)

// Endings of a deed's locale key: the sentence that says who did it but not to
// whom, and the one that names nobody.
const (
	deedUnnamed = ".unnamed"
	deedOld     = ".old"
)

// Log gives a page of the host's log, newest first, as it is kept. What a
// reader may see of it is LogFor's.
func (s *Service) Log(ctx context.Context, p camp.Page) (list []camp.Entry, err error) {
	err = s.view(ctx, "read log", func(tx Tx) error {
		list, err = tx.Entries(p)
		return err
	})
	return list, err
}

// LogFor gives a page of the host's log as sentences for one reader, newest
// first: Deed is the locale key, Args hold its placeholders, "By" and "Whom"
// the shown names. The person concerned is named to themselves, the host and
// the helpers alone (community.md 1).
func (s *Service) LogFor(ctx context.Context, reader camp.Actor, p camp.Page) (list []camp.LogLine, err error) {
	err = s.view(ctx, "read log", func(tx Tx) error {
		m, err := actor(tx, reader)
		if err != nil {
			return err
		}
		entries, err := tx.Entries(p)
		if err != nil {
			return err
		}
		names := map[camp.MemberID]string{}
		for _, e := range entries {
			line, err := lineFor(tx, m, e, names)
			if err != nil {
				return err
			}
			list = append(list, line)
		}
		return nil
	})
	return list, err
}

func lineFor(tx Tx, reader camp.Member, e camp.Entry, names map[camp.MemberID]string) (camp.LogLine, error) {
	line := camp.LogLine{At: e.At, Deed: e.Deed, Args: map[string]string{}}
	for k, v := range e.Args {
		line.Args[k] = v
	}
	if e.By != 0 {
		name, err := shown(tx, e.By, names)
		if err != nil {
			return line, err
		}
		line.Args["By"] = name
	}
	if e.Whom == 0 {
		return line, nil
	}
	if e.Whom != reader.ID && reader.Role != camp.RoleHost && reader.Role != camp.RoleHelper {
		line.Deed += deedUnnamed
		return line, nil
	}
	name, err := shown(tx, e.Whom, names)
	if name == "" {
		line.Deed += deedUnnamed
		return line, err
	}
	line.Args["Whom"] = name
	return line, err
}

// shown gives the name of a person, also of one who is gone; "" for one who
// asked to join, never came in, and is not kept any more.
func shown(tx Tx, id camp.MemberID, names map[camp.MemberID]string) (string, error) {
	if n, ok := names[id]; ok {
		return n, nil
	}
	m, _, err := tx.Member(id)
	if err != nil {
		return "", err
	}
	n := m.Display
	if n == "" && m.Name != "" {
		n = "@" + m.Name
	}
	names[id] = n
	return n, nil
}

// unname takes the people out of a line.
func unname(e camp.Entry) camp.Entry {
	e.By, e.Whom = 0, 0
	if !strings.HasSuffix(e.Deed, deedOld) {
		e.Deed += deedOld
	}
	return e
}
