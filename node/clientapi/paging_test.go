package clientapi

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"camp/node/camp"
	"camp/node/posts"
)

func ids(list []map[string]any) []string {
	var out []string
	for _, v := range list {
		out = append(out, str(v, "id"))
	}
	return out
}

var nextLink = regexp.MustCompile(`^<([^>]+)>; rel="next"`) // as clients that read only the first see it

// walk follows "next" from a list to its end.
func (g *rig) walk(token, path string) []string {
	g.t.Helper()
	var all []string
	for range 200 {
		a := g.get(token, path)
		all = append(all, ids(a.list())...)
		m := nextLink.FindStringSubmatch(a.Header.Get("Link"))
		if m == nil {
			return all
		}
		path = strings.TrimPrefix(m[1], g.base)
	}
	g.t.Fatalf("%s has no end", path)
	return nil
}

// forty writes posts of the host and of somebody elsewhere, in turn, and boosts.
func (g *rig) forty() (all []string) {
	g.outside = true
	joost, token := g.add("joost")
	_ = joost
	ana := g.remote("ana", "far.example")
	g.follows(g.host, ana)
	if _, err := g.posts.Follow(g.t.Context(), g.host, joost.Member, false); err != nil {
		g.t.Fatal(err)
	}
	for i := range 40 {
		switch i % 4 {
		case 0:
			all = append(all, g.write(g.mia, "mine "+strconv.Itoa(i)))
		case 1:
			all = append(all, g.write(token, "joost's "+strconv.Itoa(i), "visibility", "private"))
		case 2:
			all = append(all, g.arrive(ana, strconv.Itoa(i), func(a *posts.Arrival) { a.Asked = false }).String())
		case 3:
			id := g.arrive(ana, strconv.Itoa(i), func(a *posts.Arrival) { a.Asked = false }).String()
			all = append(all, id, str(g.send(token, "/api/v1/statuses/"+id+"/reblog").object(), "id"))
			g.clock.add(1e9)
		}
	}
	slices.Reverse(all)
	return all
}

// Pages put together are the whole list, each post once, newest first.
func TestPagesPutTogether(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	all := g.forty()
	for _, limit := range []int{1, 3, 7, 20, 40} {
		got := g.walk(g.mia, "/api/v1/timelines/home?limit="+strconv.Itoa(limit))
		if !slices.Equal(got, all) {
			t.Errorf("limit %d: %d posts, want %d:\n%v\n%v", limit, len(got), len(all), got, all)
		}
	}
	for i := 1; i < len(all); i++ {
		if all[i] >= all[i-1] {
			t.Errorf("order: %s after %s", all[i], all[i-1])
		}
	}
}

// The four bounds, and all together.
func TestBounds(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	all := g.forty()
	at := func(i int) string { return all[i] }
	for _, row := range []struct {
		name, query string
		from, to    int // of all
	}{
		{"the newest", "limit=5", 0, 5},
		{"older than", "limit=5&max_id=" + at(9), 10, 15},
		{"the newest after", "limit=5&since_id=" + at(30), 0, 5},
		{"few after", "limit=5&since_id=" + at(3), 0, 3},
		{"right after", "limit=5&min_id=" + at(30), 25, 30},
		{"right after the newest", "limit=5&min_id=" + at(0), 0, 0},
		{"right after one of few", "limit=5&min_id=" + at(2), 0, 2},
		{"between", "limit=40&max_id=" + at(5) + "&since_id=" + at(15), 6, 15},
		{"right after, older than", "limit=5&max_id=" + at(20) + "&min_id=" + at(30), 25, 30},
		{"right after, older than, few", "limit=40&max_id=" + at(20) + "&min_id=" + at(30), 21, 30},
		{"the end", "limit=5&max_id=" + at(len(all)-1), 0, 0},
	} {
		a := g.get(g.mia, "/api/v1/timelines/home?"+row.query)
		if got := ids(a.list()); !slices.Equal(got, all[row.from:row.to]) {
			t.Errorf("%s: %v, want %v", row.name, got, all[row.from:row.to])
		}
		link := a.Header.Get("Link")
		if row.from == row.to {
			want(t, row.name+": link of nothing", link, "")
			continue
		}
		next := `<` + base + `/api/v1/timelines/home?limit=`
		if !strings.HasPrefix(link, next) || !strings.Contains(link, `max_id=`+all[row.to-1]+`>; rel="next", <`) || !strings.HasSuffix(link, `min_id=`+all[row.from]+`>; rel="prev"`) {
			t.Errorf("%s: link %s", row.name, link)
		}
		want(t, row.name+": bounds of before", strings.Count(link, "since_id="), 0)
	}
	// Back to the top, by prev: the ones immediately after, so that no gap stays.
	page, seen := ids(g.get(g.mia, "/api/v1/timelines/home?limit=5&max_id="+at(34)).list()), []string{}
	for len(page) > 0 {
		seen = append(page, seen...)
		page = ids(g.get(g.mia, "/api/v1/timelines/home?limit=7&min_id="+page[0]).list())
	}
	if !slices.Equal(seen, all[:40]) {
		t.Errorf("by prev: %v, want %v", seen, all[:40])
	}
}

// Where much is not for the reader, pages are full all the same, and lead to the end.
func TestPagesWithGaps(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.outside = true
	_, ben := g.add("ben")
	_, joost := g.add("joost")
	me := g.host.Member.String()
	var shown []string
	for i := range 30 {
		shown = append(shown, g.write(g.mia, "for all "+strconv.Itoa(i)+" #odd"))
		for range 3 {
			g.write(g.mia, "a letter @joost #odd", "visibility", "direct")
		}
	}
	slices.Reverse(shown)
	for _, path := range []string{"/api/v1/accounts/" + me + "/statuses", "/api/v1/timelines/tag/odd"} {
		for _, limit := range []string{"3", "20"} {
			if got := g.walk(ben, path+"?limit="+limit); !slices.Equal(got, shown) {
				t.Errorf("%s: %d posts, want %d", path, len(got), len(shown))
			}
		}
		list := ids(g.get(ben, path+"?limit=4&min_id="+shown[20]).list())
		if !slices.Equal(list, shown[16:20]) {
			t.Errorf("%s upwards: %v, want %v", path, list, shown[16:20])
		}
	}
	want(t, "to whom they are", len(g.walk(joost, "/api/v1/accounts/"+me+"/statuses?limit=40")), 120)
	// Left out by what the client asks for.
	reply := g.write(ben, "an answer", "in_reply_to_id", shown[0])
	ownID := g.write(ben, "a beginning")
	benID := str(g.get(ben, "/api/v1/accounts/verify_credentials").object(), "id")
	list := ids(g.get(ben, "/api/v1/accounts/"+benID+"/statuses?exclude_replies=True").list())
	if !slices.Equal(list, []string{ownID}) {
		t.Errorf("without replies: %v, of %s and %s", list, reply, ownID)
	}
}

func TestPagesOfNotices(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	_, joost := g.add("joost")
	for i := range 30 {
		id := g.write(g.mia, "post "+strconv.Itoa(i))
		g.write(joost, "an answer", "in_reply_to_id", id)
		g.send(joost, "/api/v1/statuses/"+id+"/favourite").want(200)
		g.clock.add(1e9)
	}
	all := g.walk(g.mia, "/api/v1/notifications?limit=40")
	want(t, "all", len(all), 60)
	for _, row := range []struct {
		query string
		n     int
	}{
		{"types[]=mention", 30},
		{"exclude_types[]=mention", 30},
		{"types[]=mention&types[]=favourite", 60},
		{"types[]=follow", 0},
		{"account_id=" + g.host.Member.String(), 0},
	} {
		got := g.walk(g.mia, "/api/v1/notifications?limit=7&"+row.query)
		slices.Sort(got)
		want(t, row.query, len(slices.Compact(got)), row.n)
	}
	want(t, "unread", string(g.get(g.mia, "/api/v1/notifications/unread_count").body), `{"count":60}`)
	up := ids(g.get(g.mia, "/api/v1/notifications?limit=3&min_id="+all[20]).list())
	if !slices.Equal(up, all[17:20]) {
		t.Errorf("upwards: %v, want %v", up, all[17:20])
	}
	g.send(g.mia, "/api/v1/notifications/"+all[0]+"/dismiss").want(200)
	g.get(g.mia, "/api/v1/notifications/"+all[0]).want(404)
	want(t, "after dismissing", len(g.walk(g.mia, "/api/v1/notifications")), 59)
	g.send(g.mia, "/api/v1/notifications/clear").want(200)
	want(t, "after clearing", len(g.walk(g.mia, "/api/v1/notifications")), 0)
}

func TestPagesOfPeople(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	me := g.host.Member.String()
	var all []string
	for i := range 50 {
		a, _, err := g.people.AddMember(t.Context(), g.host, "camper"+strconv.Itoa(i), camp.RoleMember)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, a.ID.String())
		if _, err := g.posts.Follow(t.Context(), camp.Actor{Member: a.ID, Role: a.Role}, g.host.Member, false); err != nil {
			t.Fatal(err)
		}
	}
	for _, limit := range []string{"", "7", "80"} {
		if got := g.walk(g.mia, "/api/v1/accounts/"+me+"/followers?limit="+limit); !slices.Equal(got, all) {
			t.Errorf("limit %s: %d of %d", limit, len(got), len(all))
		}
	}
	v := g.get(g.mia, "/api/v1/accounts/"+me).object()
	want(t, "count", v["followers_count"].(interface{ String() string }).String(), "50")
}
