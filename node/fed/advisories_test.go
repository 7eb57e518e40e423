package fed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/outside"
	"camp/node/sig"
)

// What others paid for, one test for each advisory of reliability.md 12 that is
// about servers talking to each other. Those about a client that reaches inward,
// about media and about pages have theirs where those live.

// CVE-2024-23832 (Mastodon), CVE-2024-52591 and CVE-2025-25306 (Misskey), pull
// request 6176 (Friendica): a claim that is not tied to the host it came from.
func TestCVE202423832ClaimsOfOtherHosts(t *testing.T) {
	t.Parallel()
	hosts := []string{"a.example", "b.example", "c.example"}
	person := func(h string) string { return "https://" + h + "/u/x" }
	to := public + `,"cc":["` + here.Actor("ana") + `"]`
	const (
		about   = "Mastodon CVE-2024-23832: the host that was asked"
		another = "Friendica PR 6176: who signs is not the author"
		foreign = "Misskey CVE-2024-52591: the answer has an id of another host"
		moved   = "Misskey CVE-2025-25306: another host answers in the end"
	)
	cases, wrong := map[string]int{}, map[string][]string{}
	for _, signer := range hosts {
		o := newOutpost(t)
		for _, h := range hosts {
			o.somebody(person(h))
		}
		o.mustBring("Follow", person(signer), quoted(here.Actor("ana")))
		n := 0
		for _, idHost := range hosts {
			for _, author := range hosts {
				for _, answers := range append(hosts, "") { // who answers at the id, after a redirect
					for _, says := range hosts { // the host of the id that the answer has
						n++
						kind := about
						switch {
						case answers != "" && answers != idHost:
							kind = moved
						case says != idHost:
							kind = foreign
						case signer != author:
							kind = another
						}
						cases[kind]++
						id := fmt.Sprintf("https://%s/n/%d", idHost, n)
						at := fmt.Sprintf("https://%s/n/%d", answers, n)
						doc := strings.Replace(aNote(person(author), fmt.Sprintf("https://%s/n/%d", says, n), to), "hello", "by "+answers, 1)
						if answers != "" {
							o.far.set(id, page{moved: at})
							o.far.put(at, doc)
						}
						copied := strings.Replace(aNote(person(author), id, to), "hello", "by "+signer, 1)
						if err := o.bring("Create", person(signer), copied); err != nil && !errors.Is(err, ErrDisowned) {
							t.Fatal(err)
						}
						o.settle()
						p, ok := o.post(id)
						if !ok {
							continue
						}
						var r camp.Remote
						o.look(func(tx TakeTx) { r, _, _ = tx.Remote(p.Author) })
						if p.Text != "by "+idHost || string(r.Domain) != idHost {
							wrong[kind] = append(wrong[kind], fmt.Sprintf("%s signs a post at %s by %s, where %s answers as %s: kept %q by %s", signer, idHost, author, answers, says, p.Text, r.Domain))
						}
					}
				}
			}
		}
	}
	for _, kind := range []string{about, another, foreign, moved} {
		t.Run(kind, func(t *testing.T) {
			if cases[kind] == 0 {
				t.Error("nothing of the kind was tried")
			}
			for _, w := range wrong[kind] {
				t.Error(w)
			}
		})
	}
}

// CVE-2025-54888 and GHSA-q9f8-5hc7-898f (Fedify): the owner of a key is believed
// because the key's own document says so.
func TestCVE202554888KeysThatNameAVictim(t *testing.T) {
	t.Parallel()
	const evil = "https://evil.example/keys/1"
	key, der := newKeyOf(t, evil)
	v, w := newVillage(t)
	_, theirs := newKeyOf(t, bo+"#main-key")
	v.docs[bo] = person(t, bo, bo+"#main-key", bo, theirs)
	for name, doc := range map[string]string{
		"a key":    document(t, publicKey(evil, bo, der)),
		"an actor": document(t, map[string]any{"type": "Person", "id": bo, "inbox": bo + "/inbox", "publicKey": publicKey(evil, bo, der)}),
	} {
		v.docs[evil] = doc
		if s, err := prove(t, w, arrived(t, key, sig.FormMessage, v.now)); err == nil {
			t.Errorf("%s: proven to be %s", name, s.URI)
		}
		v.now = v.now.Add(failKept)
	}
}

// CVE-2026-28432 (Misskey): a signature that lacks parts, or has them twice, passes.
func TestCVE202628432PartsOfASignature(t *testing.T) {
	t.Parallel()
	m := newMailbox(t)
	body := act("Like", bo, here.Post(7))
	if w := m.bring(body, nil); w.Code != http.StatusAccepted {
		t.Fatalf("a whole one: %d", w.Code)
	}
	for name, change := range map[string]func(http.Header){
		"no input":          func(h http.Header) { h.Del("Signature-Input") },
		"no signature":      func(h http.Header) { h.Del("Signature") },
		"no digest":         func(h http.Header) { h.Del("Content-Digest") },
		"empty input":       func(h http.Header) { h.Set("Signature-Input", "") },
		"nothing covered":   func(h http.Header) { cover(h, `()`) },
		"no target":         func(h http.Header) { cover(h, `("@method" "content-digest")`) },
		"no method":         func(h http.Header) { cover(h, `("@target-uri" "content-digest")`) },
		"no digest covered": func(h http.Header) { cover(h, `("@method" "@target-uri")`) },
		"in another order":  func(h http.Header) { cover(h, `("content-digest" "@target-uri" "@method")`) },
		"a part twice":      func(h http.Header) { cover(h, `("@method" "@method" "@target-uri" "content-digest")`) },
		"two inputs":        func(h http.Header) { h.Add("Signature-Input", h.Get("Signature-Input")) },
		"two signatures":    func(h http.Header) { h.Add("Signature", h.Get("Signature")) },
		"another label":     func(h http.Header) { h.Set("Signature", "x"+h.Get("Signature")) },
		"of nothing": func(h http.Header) {
			name, _, _ := strings.Cut(h.Get("Signature"), "=")
			h.Set("Signature", name+"=::")
		},
		"the old form, empty": func(h http.Header) {
			h.Del("Signature-Input")
			h.Set("Signature", `keyId="`+bo+`#main-key",headers="",signature=""`)
		},
	} {
		m.v.now = m.v.now.Add(time.Minute)
		if w := m.bring(body, func(r *http.Request) { change(r.Header) }); w.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

// cover changes what a signature says that it covers.
func cover(h http.Header, list string) {
	in := h.Get("Signature-Input")
	from, to := strings.Index(in, "("), strings.Index(in, ")")
	h.Set("Signature-Input", in[:from]+list+in[to+1:])
}

// CVE-2022-24307, GHSA-53m7-2wrh-q839 and CVE-2026-50128 (Mastodon),
// GHSA-9rfg-v8g9-9367 (Fedify), CVE-2026-46713 (Misskey): the same graph in another
// shape means something else.
func TestCVE202224307ReshapedDocuments(t *testing.T) {
	t.Parallel()
	m := newMailbox(t)
	for name, body := range map[string]string{
		"a graph":             `{"@graph":[` + act("Like", bo, here.Post(7)) + `]}`,
		"a graph beside":      strings.Replace(act("Like", bo, here.Post(7)), "{", `{"@graph":[],`, 1),
		"turned round":        strings.Replace(act("Like", bo, here.Post(7)), "{", `{"@reverse":{"object":{"id":"x"}},`, 1),
		"included":            strings.Replace(act("Like", bo, here.Post(7)), "{", `{"@included":[],`, 1),
		"an actor twice":      strings.Replace(act("Like", bo, here.Post(7)), "{", `{"Actor":"https://evil.example/u/eve",`, 1),
		"an actor, prefixed":  strings.Replace(act("Like", bo, here.Post(7)), "{", `{"as:actor":"https://evil.example/u/eve",`, 1),
		"two documents":       act("Like", bo, here.Post(7)) + act("Block", bo, here.Actor("ana")),
		"a list of documents": "[" + act("Like", bo, here.Post(7)) + "]",
	} {
		m.v.now = m.v.now.Add(time.Minute)
		if w := m.bring(body, nil); w.Code/100 != 4 || len(m.taken) > 0 {
			t.Errorf("%s: %d, took %v", name, w.Code, m.taken)
		}
	}
	// A signature within the document gives nobody the right to bring it.
	others := strings.Replace(act("Like", "https://third.example/u/cy", here.Post(7)), "{", `{"signature":{"type":"RsaSignature2017","creator":"https://third.example/u/cy#main-key","signatureValue":"AA=="},`, 1)
	if w := m.bring(others, nil); w.Code != http.StatusUnauthorized || len(m.taken) > 0 {
		t.Errorf("signed within: %d, took %v", w.Code, m.taken)
	}
}

// CVE-2024-25623 (Mastodon): a file that somebody uploaded is read as a document.
func TestCVE202425623UploadsAreNoDocuments(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.follows(bo)
	for _, kind := range []string{"application/json", "image/png", "text/plain", "application/octet-stream", "text/html"} {
		o.far.set(cyNote, page{kind: kind, body: aNote(cy, cyNote, public)})
		o.mustBring("Announce", bo, quoted(cyNote))
		if o.settle(); len(o.wanted()) > 0 {
			t.Errorf("%s: wanted again", kind)
		}
		if _, ok := o.post(cyNote); ok {
			t.Errorf("%s is read as a post", kind)
		}
	}
	ask := &asks{}
	if _, _, err := NewFetcher(ask, &ring{}, o.time).Document(t.Context(), 0, cyNote); err == nil {
		t.Error("nothing was there")
	}
	if !slices.Equal(ask.last.Types, []string{ap.TypeActivity, ap.TypeLD}) {
		t.Errorf("takes %v", ask.last.Types)
	}
}

// asks remembers what was asked for last, and until when.
type asks struct {
	last outside.Request
	end  time.Time
	bad  bool
}

func (a *asks) Do(ctx context.Context, r outside.Request) (outside.Answer, error) {
	a.last = r
	a.end, _ = ctx.Deadline()
	if a.bad {
		panic("rubbish")
	}
	return outside.Answer{Status: http.StatusNotFound, URL: r.URL}, nil
}

// CVE-2023-42450, CVE-2026-22245, CVE-2026-27477, GHSA-crr4-7rm4-8gpw and
// GHSA-vwhj-3g83-v276 (Mastodon), CVE-2025-25194, CVE-2026-33693 and CVE-2026-29178
// (Lemmy), GHSA-p9cg-vqcc-grcx, CVE-2026-50131, CVE-2026-62857 and
// GHSA-f59r-8gcj-68f2 (Fedify), CVE-2024-52579 (Misskey): a stranger's word reaches
// the inner network. Every spelling, through every field that is fetched.
func TestCVE202342450InnerAddresses(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.follows(bo)
	o.renewed(bo)
	inner := outside.New(outside.Options{
		Lookup: func(_ context.Context, host string) ([]netip.Addr, error) {
			if !strings.HasSuffix(host, ".example") {
				t.Errorf("%s is looked up", host)
			}
			return []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("::ffff:127.0.0.1"), netip.MustParseAddr("64:ff9b::a00:1")}, nil
		},
		System: func() []netip.Addr { return nil }, Agent: "test", Now: o.time, Log: slog.New(slog.DiscardHandler),
	})
	o.g.docs, o.g.client = NewFetcher(inner, &ring{}, o.time), inner
	from := by(t, bo)
	from.Actor = nil
	for n, host := range []string{
		"127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::]", "[::ffff:10.0.0.1]", "0.0.0.0", "169.254.169.254", "localhost", "router.local", "nas.lan",
		"printer", "camp.internal", "box.home.arpa", "rebinds.example", "user@far.example", "far.example:22", "１２７.0.0.1",
	} {
		id := "https://" + host + "/x"
		for m, doc := range []string{
			`"type":"Announce","object":"` + id + `"`,
			`"type":"Create","object":` + aNote(bo, fmt.Sprint("https://far.example/n/", n), public+`,"inReplyTo":"`+id+`","quote":"`+id+`","quoteAuthorization":"`+id+`"`),
			`"type":"Create","object":` + aNote(bo, id, public),
			`"type":"Move","object":"` + bo + `","target":"` + id + `"`,
			`"type":"Add","object":"` + id + `","target":"` + bo + `/featured"`,
		} {
			a, err := ap.ParseActivity([]byte(fmt.Sprintf(`{"id":"%s/acts/x%d-%d","actor":%q,%s}`, bo, n, m, bo, doc)))
			if err != nil {
				t.Fatal(err)
			}
			if err := o.Take(t.Context(), from, a); err != nil && !errors.Is(err, ErrDisowned) {
				t.Errorf("%s: %v", host, err)
			}
		}
		if _, err := o.find.Person(t.Context(), o.ana, "@x@"+host); err == nil {
			t.Errorf("somebody at %s", host)
		}
		if _, err := o.find.Post(t.Context(), o.ana, id); err == nil {
			t.Errorf("a post at %s", host)
		}
	}
	o.settle()
	for _, w := range o.wanted() {
		if w.Host != "far.example" {
			t.Errorf("asked for again: %+v", w)
		}
	}
}

// CVE-2026-23961 and GHSA-ccpr-m53r-mfwr (Mastodon): what comes from a blocked
// server passes by a side door.
func TestCVE202623961SideDoors(t *testing.T) {
	t.Parallel()
	const shut, theirs = "https://shut.example/u/x", "https://shut.example/n/1"
	o := newOutpost(t)
	o.somebody(bo)
	o.somebody(shut)
	o.follows(bo)
	o.follows(shut)
	o.far.put(theirs, aNote(shut, theirs, public))
	o.mustBring("Create", shut, aNote(shut, "https://shut.example/n/old", public))
	o.shut["shut.example"], o.level = true, map[camp.Domain]camp.Level{"shut.example": camp.LevelBlock}
	o.far.took()
	o.mustBring("Announce", bo, quoted(theirs))
	o.mustBring("Announce", bo, quoted("https://shut.example/n/old"))
	o.mustBring("Create", bo, aNote(bo, "https://far.example/n/1", public+`,"inReplyTo":"`+theirs+`"`))
	o.mustBring("Create", bo, aNote(bo, "https://far.example/n/2", public+`,"quote":"`+theirs+`","quoteAuthorization":"https://shut.example/s/1"`))
	o.mustBring("Create", bo, aNote(shut, "https://shut.example/n/2", public))
	move := actOf(t, fmt.Sprintf(`{"id":"%s/acts/move","type":"Move","actor":%q,"object":%q,"target":%q}`, bo, bo, bo, shut))
	o.somebody(bo, `,"movedTo":"`+shut+`"`)
	o.somebody(shut, `,"alsoKnownAs":["`+bo+`"]`)
	if err := o.Take(t.Context(), by(t, bo), move); err != nil {
		t.Fatal(err)
	}
	o.settle()
	if _, err := o.find.Person(t.Context(), o.ana, "@x@shut.example"); says(err) != "fed.blocked.say" {
		t.Error(err)
	}
	if _, err := o.find.Post(t.Context(), o.ana, theirs); says(err) != "fed.blocked.say" {
		t.Error(err)
	}
	for _, asked := range o.far.took() {
		if strings.Contains(asked, "shut.example") {
			t.Errorf("asked for %s", asked)
		}
	}
	for _, p := range o.home() {
		if strings.Contains(p, "shut.example") {
			t.Errorf("shown: %s", p)
		}
	}
	if _, ok := o.post("https://shut.example/n/2"); ok {
		t.Error("kept by the word of another")
	}
}

// CVE-2025-30741 (Pixelfed), GHSA-5fq7-3p3j-9vrf (Mastodon), Hollo 0.3.10, BotKit
// 0.1.1, lists of early Pleroma: who merely asked to follow is taken for a follower.
func TestCVE202530741FollowersWhoOnlyAsked(t *testing.T) {
	t.Parallel()
	h := newHearth(t)
	h.held = true // the member must say yes
	id := h.write(h.ana, camp.AudienceFollowers, "for some")
	h.act(bo+"/f", "Follow", bo, quoted(here.Actor("ana")), "")
	h.held = false
	for _, kind := range []string{"Like", "Announce"} {
		h.act(bo+"/"+kind, kind, bo, quoted(here.Post(id)), "")
	}
	h.act(bo+"/q", "QuoteRequest", bo, quoted(here.Post(id)), `,"instrument":"https://far.example/n/1"`)
	h.look(func(tx TakeTx) {
		if p, _, _ := tx.Post(id); p.Favourites+p.Boosts != 0 {
			t.Errorf("%+v", p)
		}
	})
	if n := len(h.errands()); n != 1 { // the post itself
		t.Errorf("%d errands: they learn of it", n)
	}
	// The other way round: what is for their followers is not for a member who only asked.
	h.act(bo+"/l", "Like", bo, quoted(here.Post(h.write(h.ana, camp.AudiencePublic, "x"))), "")
	r, _ := h.known(bo)
	if _, err := h.posts.Follow(t.Context(), h.ana, r.ID, false); err != nil {
		t.Fatal(err)
	}
	h.act(bo+"/c", "Create", bo, aNote(bo, "https://far.example/n/2", `,"to":["`+bo+`/followers"],"tag":[{"type":"Mention","href":"`+here.Actor("hal")+`"}]`), "")
	if p, ok := h.post("https://far.example/n/2"); ok {
		if _, err := h.posts.Post(t.Context(), h.ana, p.ID); err == nil {
			t.Error("a member reads it before they said yes")
		}
	}
}

// CVE-2024-23649 (Lemmy): a report shows what whoever sent it could not read.
func TestCVE202423649ReportsOfLetters(t *testing.T) {
	t.Parallel()
	h := newHearth(t)
	h.act(bo+"/f", "Follow", bo, quoted(here.Actor("ana")), "")
	letter, err := h.posts.Write(t.Context(), h.ana, camp.Draft{Text: "for @bo@far.example alone", Audience: camp.AudienceLetter})
	if err != nil {
		t.Fatal(err)
	}
	inner := h.write(h.ana, camp.AudienceCamp, "ours alone")
	h.act(bo+"/r", "Flag", bo, fmt.Sprintf("[%q,%q,%q]", here.Actor("ana"), here.Post(letter), here.Post(inner)), "")
	h.look(func(tx TakeTx) {
		list, err := tx.Reports()
		if err != nil || len(list) != 1 || len(list[0].Posts)+len(list[0].Texts) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// CVE-2026-23962 and the recursion of 3.5.6 (Mastodon), GHSA-mc44-6cfg-2v6w and
// CVE-2025-68475 (Fedify): no bound on how many and how much. CVE-2025-32947
// (PeerTube), the crawl without end, is TestWalkIsBounded.
func TestCVE202623962TooMuch(t *testing.T) {
	t.Parallel()
	h := newHearth(t)
	many := func(n int, one string) string { return "[" + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + "]" }
	id := "https://far.example/n/1"
	doc := fmt.Sprintf(`{"type":"Question","id":%q,"attributedTo":%q,"content":"x","to":%s,"tag":%s,"attachment":%s,"oneOf":[%s]}`, id, bo,
		many(1, quoted(here.Actor("ana"))), many(500, `{"type":"Hashtag","name":"#x"}`), many(200, `{"type":"Image","url":"https://far.example/i"}`),
		choices(1000))
	h.act(bo+"/c", "Create", bo, doc, "")
	if p, ok := h.post(id); !ok || len(p.Poll.Choices) > mostChoices || len(p.Files) > mostFiles || len(p.Tags) > mostTags {
		t.Errorf("%v: %+v", ok, p)
	}
	deep := strings.Repeat(`{"type":"Announce","id":"`+bo+`/x","actor":"`+bo+`","object":`, 40) + `"x"` + strings.Repeat("}", 40)
	wide := `{"type":"Like","id":"` + bo + `/y","actor":"` + bo + `","object":` + many(20000, `"https://far.example/1"`) + `}`
	long := `{"type":"Like","id":"` + bo + `/z","actor":"` + bo + `","content":"` + strings.Repeat("x", ap.MaxDocument) + `","object":"x"}`
	for name, doc := range map[string]string{"deep": deep, "wide": wide, "long": long} {
		if _, err := ap.ParseActivity([]byte(doc)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	tags := `{"type":"Note","id":"https://far.example/n/2","attributedTo":"` + bo + `","content":"` + strings.Repeat("<a <b <!--", 20000) + `","to":["` + here.Actor("ana") + `"]}`
	h.act(bo+"/d", "Create", bo, tags, "")
	if p, ok := h.post("https://far.example/n/2"); !ok || len(p.Body) > ap.MaxContent {
		t.Errorf("%v: %d bytes", ok, len(p.Body))
	}
	ask := &asks{}
	_, _, _ = NewFetcher(ask, &ring{}, h.time).Document(t.Context(), 0, cyNote)
	if ask.last.Most != ap.MaxDocument {
		t.Errorf("takes %d bytes", ask.last.Most)
	}
}

func choices(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`{"name":"c%d"}`, i))
	}
	return strings.Join(list, ",")
}

// CVE-2024-49363 (Misskey): a camp that is sent to itself.
func TestCVE202449363NobodyIsSentToThemselves(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.follows(bo)
	o.mustBring("Announce", bo, quoted(here.Post(9)))
	o.mustBring("Announce", bo, quoted("https://one.example/elsewhere"))
	o.mustBring("Create", bo, aNote(bo, "https://far.example/n/1", public+`,"inReplyTo":"https://one.example/x","quote":"https://one.example/y","quoteAuthorization":"https://one.example/z"`))
	if o.settle(); len(o.far.took())+len(o.wanted()) > 0 {
		t.Error("it asks itself")
	}
	if _, err := o.find.Person(t.Context(), o.ana, here.Actor("ana")); says(err) != "fed.own.say" {
		t.Error(err)
	}
}

// CVE-2023-36461 (Mastodon): a server that answers drop by drop holds a place for
// ever. All that is done for one row has an end.
func TestCVE202336461SlowAnswers(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.follows(bo)
	ask := &asks{}
	o.g.docs = NewFetcher(ask, &ring{}, o.time)
	o.mustBring("Announce", bo, quoted(cyNote))
	o.settle()
	if ask.end.IsZero() {
		t.Error("asked without an end")
	}
}

// CVE-2023-36459 and CVE-2023-36462 (Mastodon), CVE-2025-46340 (Misskey): markup
// that runs, hides or misleads.
func TestCVE202336459Markup(t *testing.T) {
	t.Parallel()
	h := newHearth(t)
	for n, evil := range []string{
		`<script>x</script>`, `<img src=x onerror=alert(1)>`, `<a href=\"javascript:alert(1)\">x</a>`, `<svg><style><img src=x onerror=alert(1)></style></svg>`,
		`<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">`, `<p style=\"position:fixed\">x</p>`, `<iframe src=x></iframe>`, `<form action=x><input></form>`,
	} {
		id := fmt.Sprint("https://far.example/n/", n)
		h.act(fmt.Sprint(bo, "/c", n), "Create", bo, strings.Replace(aNote(bo, id, `,"to":["`+here.Actor("ana")+`"]`), "<p>hello</p>", evil, 1), "")
		p, ok := h.post(id)
		for _, bad := range []string{"<script", "onerror=", "javascript:", "style=", "<iframe", "<form", "<svg", "<img", "<math"} {
			if strings.Contains(strings.ToLower(p.Body), bad) && !strings.Contains(p.Body, "&lt;img") {
				t.Errorf("%s gives %s", evil, p.Body)
			}
		}
		if !ok {
			t.Errorf("%s is not kept", evil)
		}
	}
}

// Pull request 3198 (GoToSocial): a key is changed by an update.
func TestPR3198KeysChangeByFetchingAlone(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	_, first := newKeyOf(t, bo+"#main-key")
	_, second := newKeyOf(t, bo+"#main-key")
	o.handle("bo", "far.example", bo)
	o.far.put(bo, person(t, bo, bo+"#main-key", bo, first))
	if _, err := o.find.Person(t.Context(), o.ana, bo); err != nil {
		t.Fatal(err)
	}
	from := by(t, bo)
	from.Actor = nil
	update := actOf(t, fmt.Sprintf(`{"id":"%s/acts/u","type":"Update","actor":%q,"object":%s}`, bo, bo, person(t, bo, bo+"#main-key", bo, second)))
	o.later(time.Hour)
	if err := o.Take(t.Context(), from, update); err != nil {
		t.Fatal(err)
	}
	has := func(der []byte) bool {
		r, _ := o.known(bo)
		return len(r.Keys) == 1 && string(r.Keys[0].DER) == string(der)
	}
	if !has(first) {
		t.Error("changed by the word of an update")
	}
	if o.settle(); !has(first) {
		t.Error("changed although their server has the old one")
	}
	o.far.put(bo, person(t, bo, bo+"#main-key", bo, second))
	o.later(time.Hour)
	update.ID += "2"
	if err := o.Take(t.Context(), from, update); err != nil {
		t.Fatal(err)
	}
	if o.settle(); !has(second) {
		t.Error("not changed although their server has the new one")
	}
}

// CVE-2026-72914 (Mastodon): work before permission. Nothing is fetched for who
// has not signed.
func TestCVE202672914NoWorkForTheUnsigned(t *testing.T) {
	t.Parallel()
	m := newMailbox(t)
	for _, kind := range []string{"Like", "Create", "Delete", "Flag"} {
		w := m.bring(act(kind, bo, here.Post(7)), func(r *http.Request) { r.Header.Del("Signature"); r.Header.Del("Signature-Input") })
		if w.Code != http.StatusUnauthorized || len(m.v.got) > 0 {
			t.Errorf("%s: %d, asked %v", kind, w.Code, m.v.got)
		}
	}
}

// CVE-2025-54879 and GHSA-c2r5-cfqr-c553 (Mastodon), CVE-2025-66482 (Misskey): a
// limit that counts by what the sender says of themselves.
func TestCVE202566482SpoofedAddresses(t *testing.T) {
	t.Parallel()
	m := newMailbox(t)
	last := 0
	for n := range failBurst + 1 {
		w := m.bring(act("Like", bo, here.Post(7)), func(r *http.Request) {
			r.URL.Path, r.RequestURI = "/other", "/other"
			for _, name := range []string{"X-Forwarded-For", "X-Real-IP", "Forwarded"} {
				r.Header.Set(name, fmt.Sprint("198.51.100.", n))
			}
		})
		last = w.Code
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the last: %d", last)
	}
}

// CVE-2025-32944 (PeerTube): what breaks the program breaks it at every start.
func TestCVE202532944WhatBreaksIsDropped(t *testing.T) {
	t.Parallel()
	o := newOutpost(t)
	o.somebody(bo)
	o.follows(bo)
	o.g.docs = NewFetcher(&asks{bad: true}, &ring{}, o.time)
	o.mustBring("Announce", bo, quoted(cyNote))
	if o.settle(); len(o.wanted()) > 0 || o.g.flying != 0 {
		t.Errorf("still wanted: %v", o.wanted())
	}
}
