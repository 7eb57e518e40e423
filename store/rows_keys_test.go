package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"camp/node/camp"
)

// The camp's keys as they were written before there could be two tunnel keys.
type keysBefore struct {
	Identity []byte `cbor:"1,keyasint,omitempty"`
	Tunnel   []byte `cbor:"2,keyasint,omitempty"`
	Phrase   []byte `cbor:"3,keyasint,omitempty"`
}

func TestKeysOldAndNew(t *testing.T) {
	db := openTest(t, testOptions(t, t.TempDir()))
	ctx := t.Context()
	reveal := func(k camp.Keys) []string {
		return []string{string(k.Identity.Reveal()), string(k.Tunnel.Reveal()), string(k.Phrase.Reveal()), string(k.Former.Reveal())}
	}
	read := func() (k camp.Keys) {
		t.Helper()
		if err := db.View(ctx, func(tx *Tx) (err error) { k, _, err = tx.Keys(); return err }); err != nil {
			t.Fatal(err)
		}
		return k
	}
	if err := db.Update(ctx, func(tx *Tx) error {
		return tx.save(kKeys.at(), keysBefore{Identity: []byte("i"), Tunnel: []byte("t"), Phrase: []byte("p")})
	}); err != nil {
		t.Fatal(err)
	}
	old := read()
	if d := cmp.Diff([]string{"i", "t", "p", ""}, reveal(old)); d != "" || !old.Renewed.IsZero() || !old.Ends.IsZero() || old.Two(time.Now()) {
		t.Errorf("as they were: %s, %+v", d, old)
	}
	now := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	next := camp.Keys{Identity: old.Identity, Tunnel: camp.NewSecret([]byte("n")), Phrase: old.Phrase, Former: old.Tunnel, Renewed: now, Ends: now.Add(camp.FormerLife)}
	if err := db.Update(ctx, func(tx *Tx) error { return tx.PutKeys(next) }); err != nil {
		t.Fatal(err)
	}
	got := read()
	if d := cmp.Diff([]string{"i", "n", "p", "t"}, reveal(got)); d != "" || !got.Renewed.Equal(now) || !got.Two(now) || got.Two(next.Ends) {
		t.Errorf("two: %s, %s to %s", d, got.Renewed, got.Ends)
	}
}

// A tunnel key that is over is gone from the files a day later, as all that was erased.
func TestFormerKeyIsWiped(t *testing.T) {
	now := time.Now()
	opt := testOptions(t, t.TempDir())
	opt.Now = func() time.Time { return now }
	db := openTest(t, opt)
	put := func(former string) {
		t.Helper()
		k := camp.Keys{Identity: camp.NewSecret([]byte("i")), Tunnel: camp.NewSecret([]byte("t")), Phrase: camp.NewSecret([]byte("p"))}
		if former != "" {
			k.Former, k.Ends = camp.NewSecret([]byte(former)), now.Add(camp.FormerLife)
		}
		if err := db.Update(t.Context(), func(tx *Tx) error { return tx.PutKeys(k) }); err != nil {
			t.Fatal(err)
		}
		if err := tickNow(db); err != nil {
			t.Fatal(err)
		}
	}
	put("wipe-this-former-key")
	put("")
	if rowsHolding(t, db, "wipe-this-former-key") == 0 {
		t.Fatal("what was just wiped is gone from the files: the test is blind")
	}
	now = now.Add(keepTidy + time.Hour)
	if err := hourNow(db); err != nil {
		t.Fatal(err)
	}
	if n := rowsHolding(t, db, "wipe-this-former-key"); n != 0 {
		t.Errorf("%d rows of the files still hold the key", n)
	}
}
