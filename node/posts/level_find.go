package posts

import (
	"context"
	"strings"

	"camp/node/camp"
)

// byAddress finds the post whose id elsewhere the query is; ok is false where it
// is none that the viewer may read.
func byAddress(tx Tx, viewer camp.Member, query string) (found []camp.PostView, ok bool, err error) {
	query = strings.TrimSpace(query)
	if !strings.HasPrefix(query, "https://") || strings.ContainsAny(query, " \t\n") {
		return nil, false, nil
	}
	p, ok, err := tx.PostByURI(query)
	if err != nil || !ok {
		return nil, false, err
	}
	if ok, err = sees(tx, viewer, p); err != nil || !ok {
		return nil, false, err
	}
	found, err = newViewing(tx, viewer).all([]camp.Post{p})
	return found, len(found) > 0, err
}

// levelOfHandle says what the camp decided about whoever is called so, by what
// is known here.
func levelOfHandle(tx Tx, handle string) (camp.Level, error) {
	level := camp.LevelNone
	if _, host, ok := strings.Cut(handle, "@"); ok {
		level = levelAt(tx, "https://"+host)
	}
	r, ok, err := tx.RemoteByHandle(handle)
	if err != nil || !ok {
		return level, err
	}
	known, err := levelOfPerson(tx, r.ID)
	return camp.Harsher(level, known), err
}

// PersonLevel says what the camp decided about the servers that somebody
// elsewhere goes by, and by which name of theirs it did. Person shows them as
// that decision lets them be seen; border.About tells why.
func (s *Service) PersonLevel(ctx context.Context, by camp.Actor, id camp.MemberID) (level camp.Level, name camp.Domain, err error) {
	level = camp.LevelNone
	err = s.view(ctx, "read a person's level", func(tx Tx) error {
		if _, err := reader(tx, by); err != nil {
			return err
		}
		r, ok, err := tx.Remote(id)
		if err != nil || !ok {
			return orElse(err, refuse(camp.NotFound, "posts.nobody.say"))
		}
		for _, d := range r.Hosts() {
			if l := s.level(d); l.Rank() > level.Rank() {
				level, name = l, d
			}
		}
		return nil
	})
	return level, name, err
}
