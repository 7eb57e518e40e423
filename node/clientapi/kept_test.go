package clientapi

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
	"camp/node/posts"
)

// differ gives a changed copy of a value for each of its members.
func differ(t *testing.T, v reflect.Value) map[string]reflect.Value {
	t.Helper()
	out := map[string]reflect.Value{}
	for i := range v.NumField() {
		c := reflect.New(v.Type()).Elem()
		c.Set(v)
		f := c.Field(i)
		name := v.Type().Field(i).Name
		switch x := f.Addr().Interface().(type) {
		case *time.Time:
			*x = x.Add(time.Hour)
		default:
			switch f.Kind() {
			case reflect.Slice:
				f.Set(reflect.MakeSlice(f.Type(), f.Len()+1, f.Len()+1))
			case reflect.Pointer:
				f.Set(reflect.New(f.Type().Elem()))
			case reflect.String:
				f.SetString(f.String() + "x")
			case reflect.Bool:
				f.SetBool(!f.Bool())
			case reflect.Int:
				f.SetInt(f.Int() + 1)
			case reflect.Uint8, reflect.Uint16, reflect.Uint64:
				f.SetUint(f.Uint() + 1)
			default:
				t.Fatalf("%s: a %s", name, f.Kind())
			}
		}
		out[name] = c
	}
	return out
}

// What is kept is made anew whenever anything that it is made of differs: every
// member of a post and of a poll counts, also those added tomorrow.
func TestSamePostLooksAtEverything(t *testing.T) {
	t.Parallel()
	p := camp.Post{ID: 1, Text: "a", Poll: &camp.Poll{Voters: 1}}
	if q := p; !samePost(&p, &q) {
		t.Fatal("a post is not the same as itself")
	}
	for name, v := range differ(t, reflect.ValueOf(p)) {
		if q := v.Interface().(camp.Post); samePost(&p, &q) {
			t.Errorf("a post with another %s counts as the same", name)
		}
	}
	for name, v := range differ(t, reflect.ValueOf(*p.Poll)) {
		if q := v.Interface().(camp.Poll); samePoll(p.Poll, &q) {
			t.Errorf("a poll with another %s counts as the same", name)
		}
	}
}

// What one reader does, or may not see, is not shown to the next.
func TestKeptIsNobodysOwn(t *testing.T) {
	t.Parallel()
	f := newFull(t)
	_, ben := f.add("tess")
	letter := f.write(f.mia, "only @joost", "visibility", "direct")
	reply := f.write(f.joostToken, "and back @mia", "in_reply_to_id", letter)
	for range 3 {
		want(t, "joost's mark", f.get(f.joostToken, "/api/v1/statuses/"+f.post).object()["favourited"], any(true))
		want(t, "mia's", f.get(f.mia, "/api/v1/statuses/"+f.post).object()["favourited"], any(false))
		f.get(f.mia, "/api/v1/statuses/"+reply).want(200)
		f.get(ben, "/api/v1/statuses/"+reply).want(404)
		f.get(ben, "/api/v1/statuses/"+letter).want(404)
	}
	// The address by which somebody came is theirs.
	for _, b := range []string{"http://127.0.0.1:4000", "https://camp.example", "http://10.0.0.1"} {
		f.rig.base = b
		v := f.get(f.mia, "/api/v1/statuses/"+f.post).object()
		want(t, "url", str(v, "url"), b+"/post/"+f.post)
		want(t, "account", str(v, "account", "url"), b+"/@mia")
		if s := str(v, "content"); !strings.Contains(s, b+"/@joost") {
			t.Errorf("content with %s: %s", b, s)
		}
	}
}

// What changes shows at once.
func TestKeptIsNeverOld(t *testing.T) {
	t.Parallel()
	f := newFull(t)
	path := "/api/v1/statuses/" + f.post
	f.get(f.joostToken, path).want(200)
	m, err := f.people.Member(t.Context(), f.host.Member)
	if err != nil {
		t.Fatal(err)
	}
	m.Display = "Mia Grown"
	if err := f.people.SetProfile(t.Context(), f.host, m); err != nil {
		t.Fatal(err)
	}
	want(t, "name", str(f.get(f.joostToken, path).object(), "account", "display_name"), "Mia Grown")
	if err := f.posts.Edit(t.Context(), f.host, camp.PostID(idOf(f.post)), camp.Draft{Text: "all new"}); err != nil {
		t.Fatal(err)
	}
	want(t, "text", str(f.get(f.joostToken, path).object(), "content"), "<p>all new</p>")
	if err := f.posts.Favourite(t.Context(), f.host, camp.PostID(idOf(f.post)), true); err != nil {
		t.Fatal(err)
	}
	want(t, "count", f.get(f.joostToken, path).object()["favourites_count"].(interface{ String() string }).String(), "2")
	before := f.get(f.joostToken, "/api/v1/accounts/"+f.joost.Member.String()).object()["statuses_count"].(interface{ String() string }).String()
	f.write(f.joostToken, "one more")
	after := f.get(f.joostToken, "/api/v1/accounts/"+f.joost.Member.String()).object()["statuses_count"].(interface{ String() string }).String()
	want(t, "one's own posts are counted at once", before == after, false)
}

// The shelves are bounded.
func TestKeptIsBounded(t *testing.T) {
	t.Parallel()
	var k kept
	for i := range 10 * keptMost {
		p := camp.Post{ID: camp.PostID(i + 1)}
		k.post(base, postLook{p: &p}, func(o *out) { o.null("x") })
		k.account(look{id: camp.MemberID(i + 1)}, nil)
	}
	if n := len(k.posts.recent) + len(k.posts.before); n > 2*keptMost {
		t.Errorf("%d posts kept", n)
	}
	if n := len(k.accounts.recent) + len(k.accounts.before); n > 2*keptMost {
		t.Errorf("%d accounts kept", n)
	}
	big := camp.Post{ID: 1 << 40}
	k.post(base, postLook{p: &big}, func(o *out) { o.str("x", strings.Repeat("x", keptSize)) })
	if _, ok := k.posts.get(big.ID); ok {
		t.Error("a long one is kept")
	}
	var tl tallies
	for i := range 3 * tallyMost {
		tl.put([]posts.Tally{{Of: camp.MemberID(i)}}, time.Time{})
	}
	if len(tl.seen) > tallyMost {
		t.Errorf("%d tallies kept", len(tl.seen))
	}
}
