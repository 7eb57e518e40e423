package store

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"camp/assets"
	"camp/node/camp"
)

func rowsDB(t *testing.T) *DB {
	t.Helper()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	db, err := Open(t.Context(), Options{
		Dir: t.TempDir(), Now: func() time.Time { return now }, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func rowsUpdate(t *testing.T, db *DB, fn func(*Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// fill sets every field of a row's type to something of its own, so that one
// which is not stored is found when it is read back.
func fill(t *testing.T, v reflect.Value, n *int) {
	t.Helper()
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("word%d", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint8, reflect.Uint16, reflect.Uint64:
		v.SetUint(uint64(*n))
	case reflect.Float64:
		v.SetFloat(float64(*n) / 4)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), n)
	case reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i), n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(t, v.Index(i), n)
		}
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"key": "value"}))
	case reflect.Struct:
		switch v.Interface().(type) {
		case time.Time:
			v.Set(reflect.ValueOf(time.UnixMilli(int64(1_700_000_000_000 + *n)).UTC()))
			return
		case camp.Secret:
			v.Set(reflect.ValueOf(camp.NewSecret([]byte{byte(*n)})))
			return
		}
		for i := range v.NumField() {
			fill(t, v.Field(i), n)
		}
	default:
		t.Fatalf("no filling for %s", v.Type())
	}
}

func filled[T any](t *testing.T) T {
	var v T
	n := 0
	fill(t, reflect.ValueOf(&v).Elem(), &n)
	return v
}

// TestRowsKeepEverything writes each kind of row with all its fields and reads
// it back: a field that the vocabulary gained and the row did not is found here.
func TestRowsKeepEverything(t *testing.T) {
	db := rowsDB(t)
	house, keys, rules := filled[camp.House](t), filled[camp.Keys](t), filled[camp.Rules](t)
	member, agreed, entry := filled[camp.Member](t), filled[camp.Agreement](t), filled[camp.Entry](t)
	link, session, token := filled[camp.LinkRow](t), filled[camp.SessionRow](t), filled[camp.TokenRow](t)
	post, revision, notice := filled[camp.Post](t), filled[camp.Revision](t), filled[camp.Notice](t)
	media, sieve, erasing := filled[camp.MediaFile](t), filled[camp.Sieve](t), filled[camp.Erasing](t)
	invite, device, asked := filled[camp.Invite](t), filled[camp.Device](t), filled[camp.Asked](t)
	block, blocked := filled[camp.BlockRow](t), filled[camp.BlockChange](t)
	blocked.ID = "000000000000000077"
	member.LastSeen, device.LastSeen = "", "" // rows of their own
	member.Pictured = false                   // only of people elsewhere, who have no such row
	device.Late = false                       // worked out when it is listed
	post.ReplyTo = 0
	sieve.First, sieve.Last = 10, 20
	rowsUpdate(t, db, func(tx *Tx) error {
		for _, err := range []error{
			tx.PutHouse(house), tx.PutKeys(keys), tx.PutRules(rules), tx.PutMember(member), tx.PutAgreement(agreed),
			tx.PutEntry(entry), tx.PutLink(link), tx.PutSession(session), tx.PutToken(token), tx.PutPost(post, nil),
			tx.PutRevision(post.ID, 0, revision), tx.PutNotice(member.ID, notice), tx.PutMedia(media), tx.PutSieve(sieve),
			tx.PutInvite(invite), tx.PutDevice(device), tx.PutAsked(asked), tx.PutDeviceSeen(device.Serial, "2026-11-21"), tx.BuryKey([32]byte{9}, tx.Now()),
			tx.PutBlock(block), tx.PutBlockChange(blocked),
			tx.PutErasing(erasing), tx.PutSeen(member.ID, "2026-11-22"), tx.PutReadMark(member.ID, 7),
			tx.PutOnce(member.ID, "key", post.ID, tx.Now().Add(time.Hour)),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	same := sameRow(t)
	err := db.View(t.Context(), func(tx *Tx) error {
		gotHouse, ok, err := tx.House()
		same("house", house, gotHouse, ok, err)
		gotKeys, ok, err := tx.Keys()
		same("keys", keys, gotKeys, ok, err)
		gotRules, ok, err := tx.Rules(0)
		same("rules", rules, gotRules, ok, err)
		gotMember, ok, err := tx.MemberByName(member.Name)
		same("member", member, gotMember, ok, err)
		gotAgreed, err := tx.Agreements(agreed.Member)
		same("agreement", []camp.Agreement{agreed}, gotAgreed, true, err)
		gotEntries, err := tx.Entries(camp.Page{})
		same("entry", []camp.Entry{entry}, gotEntries, true, err)
		gotLink, ok, err := tx.Link(link.Hash)
		same("link", link, gotLink, ok, err)
		gotSession, ok, err := tx.Session(session.Hash)
		same("session", session, gotSession, ok, err)
		gotInvite, ok, err := tx.Invite(invite.ID)
		same("invite", invite, gotInvite, ok, err)
		gotInvites, err := tx.Invites()
		same("invites", []camp.Invite{invite}, gotInvites, true, err)
		gotDevice, ok, err := tx.DeviceByKey(device.Key)
		same("device", device, gotDevice, ok, err)
		gotDevices, err := tx.DevicesOf(device.Member)
		same("devices of a person", []camp.Device{device}, gotDevices, true, err)
		gotDeviceSeen, err := tx.DeviceSeen(device.Serial)
		same("day of a device", "2026-11-21", gotDeviceSeen, true, err)
		gotAsked, ok, err := tx.Asked(asked.Member)
		same("application", asked, gotAsked, ok, err)
		gotAll, err := tx.AllAsked()
		same("applications", []camp.Asked{asked}, gotAll, true, err)
		buried, err := tx.Buried([32]byte{9})
		same("buried key", true, buried, true, err)
		gotBlock, ok, err := tx.Block(block.Domain)
		same("block", block, gotBlock, ok, err)
		gotChange, ok, err := tx.BlockChange(blocked.ID)
		same("change of a block", blocked, gotChange, ok, err)
		gotChanges, err := tx.BlockChanges()
		same("changes", []camp.BlockChange{blocked}, gotChanges, true, err)
		gotToken, ok, err := tx.Token(token.Hash)
		same("token", token, gotToken, ok, err)
		gotPost, ok, err := tx.Post(post.ID)
		same("post", post, gotPost, ok, err)
		gotRevisions, err := tx.Revisions(post.ID)
		same("revision", []camp.Revision{revision}, gotRevisions, true, err)
		gotNotices, err := tx.Notices(member.ID, camp.Page{})
		same("notice", []camp.Notice{notice}, gotNotices, true, err)
		gotMedia, ok, err := tx.Media(media.ID)
		same("media", media, gotMedia, ok, err)
		gotSieve, ok, err := tx.SieveOver(15)
		same("sieve", sieve, gotSieve, ok, err)
		gotErasings, err := tx.Erasings()
		same("erasing", []camp.Erasing{erasing}, gotErasings, true, err)
		gotSeen, err := tx.Seen(member.ID)
		same("seen", "2026-11-22", gotSeen, true, err)
		gotMark, err := tx.ReadMark(member.ID)
		same("read mark", camp.NoticeID(7), gotMark, true, err)
		gotOnce, ok, err := tx.Once(member.ID, "key")
		same("once", post.ID, gotOnce, ok, err)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sameRow compares a row that was written with what was read back.
func sameRow(t *testing.T) func(what string, want, got any, ok bool, err error) {
	secrets := cmp.Comparer(func(a, b camp.Secret) bool { return string(a.Reveal()) == string(b.Reveal()) })
	return func(what string, want, got any, ok bool, err error) {
		t.Helper()
		if err != nil || !ok {
			t.Errorf("%s: found %v, %v", what, ok, err)
			return
		}
		if d := cmp.Diff(want, got, secrets); d != "" {
			t.Errorf("%s: %s", what, d)
		}
	}
}

// rowsOf gives the number of rows below all prefixes of this file's kinds, and
// their bytes.
func rowsOf(t *testing.T, db *DB) (rows, bytes int, byKind map[string]int) {
	t.Helper()
	byKind = map[string]int{}
	err := db.View(t.Context(), func(tx *Tx) error {
		for _, k := range kinds {
			if !strings.HasPrefix(k.writer, "rows_") {
				continue
			}
			err := tx.scan(k.at(), nil, false, func(key, value []byte) bool {
				rows++
				bytes += len(key) + len(value)
				byKind[k.prefix]++
				return true
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows, bytes, byKind
}

// TestPostIsSmall: an ordinary post with all its rows takes at most 1.2 kB.
func TestPostIsSmall(t *testing.T) {
	db := rowsDB(t)
	_, before, _ := rowsOf(t, db)
	rowsUpdate(t, db, func(tx *Tx) error {
		p := camp.Post{
			ID: camp.PostID(tx.NextID()), Author: camp.MemberID(tx.NextID()), Audience: camp.AudienceCamp, Language: "en",
			Text: strings.Repeat("An ordinary post says this much or less, most of the time. ", 5), ReplyTo: 1 << 60, Root: 1 << 59,
			Mentions: []camp.MemberID{1 << 60, 1<<60 + 1}, Tags: []string{"summer", "garden"}, Written: tx.Now(), Replies: 3, Favourites: 12,
		}
		if err := tx.PutPost(p, nil); err != nil {
			return err
		}
		for i := range 3 {
			n := camp.Notice{ID: camp.NoticeID(tx.NextID()), Kind: camp.NoticeMention, From: p.Author, Post: p.ID, At: tx.Now()}
			if err := tx.PutNotice(camp.MemberID(1<<60+i), n); err != nil {
				return err
			}
		}
		return tx.PutOnce(p.Author, "key", p.ID, tx.Now().Add(time.Hour))
	})
	_, after, _ := rowsOf(t, db)
	if after-before > 1200 {
		t.Errorf("an ordinary post of 295 characters takes %d bytes", after-before)
	}
	t.Logf("an ordinary post of 295 characters takes %d bytes", after-before)
}

// TestDropPostLeavesNothing: with its notices and media dropped too, as
// node/posts does, no row of a post is left.
func TestDropPostLeavesNothing(t *testing.T) {
	db := rowsDB(t)
	before, _, _ := rowsOf(t, db)
	p := filled[camp.Post](t)
	p.Tags = []string{"a", "b"}
	edited := p
	edited.Tags = []string{"b", "c"}
	rowsUpdate(t, db, func(tx *Tx) error {
		for _, err := range []error{
			tx.PutPost(p, nil), tx.PutRevision(p.ID, 0, camp.Revision{Text: "x"}), tx.PutPost(edited, &p),
			tx.PutFavourite(1, p.ID, tx.Now()), tx.PutFavourite(2, p.ID, tx.Now()), tx.PutKept(3, p.ID, tx.Now()),
			tx.PutNotice(4, camp.Notice{ID: 9, Post: p.ID}),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	if during, _, _ := rowsOf(t, db); during < before+13 {
		t.Fatalf("only %d rows: the test is blind", during-before)
	}
	rowsUpdate(t, db, func(tx *Tx) error {
		if err := tx.DropNoticesAbout(p.ID); err != nil {
			return err
		}
		return tx.DropPost(edited)
	})
	after, _, left := rowsOf(t, db)
	if after != before {
		t.Errorf("rows left: %v", left)
	}
}

// TestMediaUses: a file goes when its last use has gone, not before.
func TestMediaUses(t *testing.T) {
	db := rowsDB(t)
	orphans := func() (list []string) {
		if err := db.View(t.Context(), func(tx *Tx) (err error) { list, err = tx.OrphanHashes(10); return err }); err != nil {
			t.Fatal(err)
		}
		return list
	}
	one := camp.MediaFile{ID: "one", Owner: 1, Hash: "hash", Thumb: "thumb", Bytes: 30, Made: time.UnixMilli(5)}
	two := camp.MediaFile{ID: "two", Owner: 2, Hash: "hash", Thumb: "thumb", Bytes: 30, Made: time.UnixMilli(6), Post: 7}
	rowsUpdate(t, db, func(tx *Tx) error {
		if err := tx.PutMedia(one); err != nil {
			return err
		}
		return tx.PutMedia(two)
	})
	rowsUpdate(t, db, func(tx *Tx) error {
		n, err := tx.MediaUses("thumb")
		if n != 2 || err != nil {
			t.Errorf("uses: %d, %v", n, err)
		}
		size, _ := tx.MediaBytes(1)
		of, _ := tx.MediaOf(1)
		if size != 30 || len(of) != 1 || of[0].ID != "one" {
			t.Errorf("of the first owner: %d bytes, %v", size, of)
		}
		loose, _ := tx.MediaLoose(time.UnixMilli(100), 10)
		if len(loose) != 1 || loose[0].ID != "one" {
			t.Errorf("uses that belong to no post: %v", loose)
		}
		return tx.DropMedia("one")
	})
	if list := orphans(); len(list) != 0 {
		t.Errorf("orphans while a use is left: %v", list)
	}
	rowsUpdate(t, db, func(tx *Tx) error { return tx.DropMedia("two") })
	if list := orphans(); len(list) != 2 {
		t.Errorf("orphans: %v", list)
	}
	rowsUpdate(t, db, func(tx *Tx) error { return tx.PutMedia(one) })
	if list := orphans(); len(list) != 0 {
		t.Errorf("orphans after the same file came again: %v", list)
	}
}

// besideRows reports whether a sentence is about what is kept in files beside the
// rows; app/desk says it, and holds itself to it.
func besideRows(key string) bool {
	for _, of := range []string{"places", "backups", "techlog", "choices"} {
		if strings.HasPrefix(key, "kept."+of+".") {
			return true
		}
	}
	return key == "kept.readers.phrase"
}

// TestKeptWords: every kind says in both languages what it keeps, and no
// sentence says it of nothing.
func TestKeptWords(t *testing.T) {
	for _, language := range assets.Languages {
		w, err := assets.LoadWords(language)
		if err != nil {
			t.Fatal(err)
		}
		said := map[string]bool{}
		for _, k := range Catalogue() {
			for _, key := range []string{k.What, k.Why, k.About, k.Readers, k.HowLong} {
				if !w.Has(key) {
					t.Errorf("%s: no sentence %q", language, key)
				}
				said[key] = true
			}
		}
		for _, key := range w.Keys() {
			if strings.HasPrefix(key, "kept.") && !said[key] && !besideRows(key) {
				t.Errorf("%s: nothing keeps %s", language, key)
			}
		}
	}
}

// A serial is never given twice, also where the device is gone and the camp
// was closed in between; a device that is dropped leaves nothing.
func TestSerialsAndDevicesGo(t *testing.T) {
	db := rowsDB(t)
	rowsUpdate(t, db, func(tx *Tx) error {
		for want := uint64(1); want <= 3; want++ {
			n, err := tx.NextSerial()
			if err != nil || n != want {
				t.Errorf("serial %d, %v, want %d", n, err, want)
			}
			if err := tx.PutDevice(camp.Device{Serial: n, Member: 7, Key: [32]byte{byte(n)}}); err != nil {
				return err
			}
		}
		return tx.PutDeviceSeen(3, "2026-11-21")
	})
	rowsUpdate(t, db, func(tx *Tx) error { return tx.DropDevice(3) })
	rowsUpdate(t, db, func(tx *Tx) error {
		for _, k := range []*kind{kDevice, kDeviceOf, kDeviceKey} {
			if keys, err := tx.keysBelow(k.at(), 0); err != nil || len(keys) != 2 {
				t.Errorf("%s: %d rows left, %v", k.prefix, len(keys), err)
			}
		}
		if day, err := tx.DeviceSeen(3); err != nil || day != "" {
			t.Errorf("day left: %q, %v", day, err)
		}
		n, err := tx.NextSerial()
		if err != nil || n != 4 {
			t.Errorf("serial %d, %v, want 4", n, err)
		}
		return nil
	})
}

// A name of somebody who never came in is free again; a member's is not touched.
func TestNamesComeFree(t *testing.T) {
	db := rowsDB(t)
	m := camp.Member{ID: 5, Name: "mara", Display: "Mara", Standing: camp.Declined}
	rowsUpdate(t, db, func(tx *Tx) error { return tx.PutMember(m) })
	rowsUpdate(t, db, func(tx *Tx) error { return tx.FreeName(m) })
	rowsUpdate(t, db, func(tx *Tx) error {
		if _, ok, err := tx.MemberByName("mara"); ok || err != nil {
			t.Errorf("the name is still taken: %v", err)
		}
		got, ok, err := tx.Member(5)
		if !ok || err != nil || got.Display != "Mara" || got.Name != "" {
			t.Errorf("left %+v, %v", got, err)
		}
		return tx.PutMember(got)
	})
}
