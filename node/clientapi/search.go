package clientapi

import (
	"net/url"
	"strings"

	"camp/node/camp"
)

const maxQuery = 800 // bytes

// search finds people, posts and tags; always three lists (client-api.md 7).
func (c *call) search() error {
	q := strings.TrimSpace(c.in.get("q"))
	if q == "" || len(q) > maxQuery {
		return invalid("There is nothing to search for")
	}
	kind, limit := c.in.get("type"), c.in.page(postsMost, postsUsual).Limit
	want := func(k string) bool { return kind == "" || kind == k }
	var people []person
	var found []camp.PostView
	var err error
	address := isAddress(q)
	first := c.in.num("offset", 0) <= 0 // the lists are short and whole
	if first && want("accounts") && (address || !strings.HasPrefix(q, "#")) {
		if people, err = c.peopleFor(q, limit); err != nil {
			return err
		}
	}
	if first && want("statuses") && len(people) == 0 {
		if found, err = c.postsFor(q, address, limit); err != nil {
			return err
		}
	}
	c.out.open('{')
	c.out.key("accounts")
	if err := c.people(people); err != nil {
		return err
	}
	c.out.key("statuses")
	if err := c.statuses(found); err != nil {
		return err
	}
	c.out.list("hashtags")
	if t := foldTag(q); first && want("hashtags") && strings.HasPrefix(q, "#") && t != "" {
		c.tagEntity(t)
	}
	c.out.close(']')
	c.out.empty("collections")
	c.out.close('}')
	return nil
}

func (c *call) searchAccounts() error {
	q := strings.TrimSpace(c.in.get("q"))
	if q == "" || len(q) > maxQuery {
		return c.emptyList()
	}
	list, err := c.peopleFor(q, c.in.page(accountsMost, accountsUsual).Limit)
	if err != nil {
		return err
	}
	return c.people(list)
}

func isAddress(q string) bool {
	return strings.HasPrefix(q, "https://") || strings.HasPrefix(q, "http://")
}

// peopleFor finds people of the camp by any part of their names, and somebody
// elsewhere by their whole handle or address.
func (c *call) peopleFor(q string, limit int) ([]person, error) {
	if isAddress(q) || strings.Contains(strings.TrimPrefix(q, "@"), "@") {
		p, err := c.elsewhere(q)
		if missing(err) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return c.onlyFollowed([]person{p})
	}
	all, err := c.a.o.People.Members(c.ctx())
	if err != nil {
		return nil, err
	}
	part := strings.ToLower(strings.TrimPrefix(q, "@"))
	var list []person
	for _, m := range all {
		if strings.Contains(m.Name, part) || strings.Contains(strings.ToLower(m.Display), part) {
			list = append(list, person{m: m})
		}
	}
	if list, err = c.onlyFollowed(list); err != nil {
		return nil, err
	}
	return list[:min(len(list), limit)], nil
}

// onlyFollowed keeps those whom the reader follows, where that was asked for.
func (c *call) onlyFollowed(list []person) ([]person, error) {
	if !c.in.yes("following", false) || len(list) == 0 {
		return list, nil
	}
	ids := make([]camp.MemberID, len(list))
	for i := range list {
		ids[i] = list[i].m.ID
	}
	rel, err := c.a.o.Posts.Relations(c.ctx(), c.by, ids)
	if err != nil {
		return nil, err
	}
	kept := list[:0]
	for i, r := range rel {
		if r.Follows != nil && r.Follows.Accepted {
			kept = append(kept, list[i])
		}
	}
	return kept, nil
}

// elsewhere finds who is meant by a handle with a server or an address: first
// among those whom the camp knows; beyond only where that was asked for.
func (c *call) elsewhere(q string) (person, error) {
	if isAddress(q) {
		if name, ok := c.ownPath(q, "/@"); ok {
			return c.called(name)
		}
	} else if p, err := c.called(q); err == nil || !missing(err) {
		return p, err
	}
	if !c.in.yes("resolve", false) || c.a.o.Finder == nil || !c.a.o.Outside() {
		return person{}, errNoRecord
	}
	r, err := c.a.o.Finder.Person(c.ctx(), c.by, q)
	if err != nil {
		return person{}, quiet(err)
	}
	return c.find(r.ID) // as the camp's decisions let them be seen
}

// quiet makes what could not be found elsewhere nothing: an app shows an empty
// list, not a failure. What is the camp's own trouble stays one.
func quiet(err error) error {
	if f := camp.AsFault(err); f.Kind != camp.Internal {
		return errNoRecord
	}
	return err
}

// ownPath gives what follows a beginning in an address of this camp.
func (c *call) ownPath(address, begin string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil {
		return "", false
	}
	ours, err := c.ours(strings.ToLower(u.Host))
	if err != nil || !ours {
		return "", false
	}
	rest, ok := strings.CutPrefix(u.Path, begin)
	return rest, ok && !strings.Contains(rest, "/")
}

// postsFor finds posts by their words, or the one at an address.
func (c *call) postsFor(q string, address bool, limit int) ([]camp.PostView, error) {
	if !address {
		page := c.in.page(postsMost, postsUsual)
		page.Limit = limit
		list, _, err := c.a.o.Posts.Search(c.ctx(), c.by, q, page)
		if f := camp.AsFault(err); f != nil && f.Kind == camp.Invalid { // no word in it
			return nil, nil
		}
		return list, err
	}
	id, err := c.postAt(q)
	if err != nil {
		return nil, err
	}
	pv, err := c.view(id)
	if missing(err) {
		return nil, nil
	}
	return []camp.PostView{pv}, err
}

func (c *call) postAt(address string) (camp.PostID, error) {
	for _, begin := range []string{"/post/", "/ap/-/p/"} {
		if digits, ok := c.ownPath(address, begin); ok {
			return camp.PostID(idOf(digits)), nil
		}
	}
	if !c.in.yes("resolve", false) || c.a.o.Finder == nil || !c.a.o.Outside() {
		return 0, nil
	}
	id, err := c.a.o.Finder.Post(c.ctx(), c.by, address)
	if err != nil {
		if err = quiet(err); missing(err) {
			return 0, nil
		}
	}
	return id, err
}
