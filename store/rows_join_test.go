package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"camp/node/camp"
)

// joinRows are one row of each kind of joining.
type joinRows struct {
	Invite camp.Invite
	Device camp.Device
	Asked  camp.Asked
	Seen   string
	Buried bool
}

// putJoin writes them and draws serials up to last.
func putJoin(t *testing.T, db *DB, last uint64) joinRows {
	t.Helper()
	want := joinRows{Invite: filled[camp.Invite](t), Device: filled[camp.Device](t), Asked: filled[camp.Asked](t), Buried: true, Seen: "2026-11-21"}
	want.Device.Serial, want.Device.LastSeen, want.Device.Late = last, "", false
	rowsUpdate(t, db, func(tx *Tx) error {
		for n := uint64(0); n < last; {
			var err error
			if n, err = tx.NextSerial(); err != nil {
				return err
			}
		}
		return errors.Join(tx.PutInvite(want.Invite), tx.PutDevice(want.Device), tx.PutAsked(want.Asked),
			tx.PutDeviceSeen(last, want.Seen), tx.BuryKey([32]byte{9}, tx.Now()))
	})
	return want
}

// checkJoin reads the rows back, the device by its indexes too.
func checkJoin(t *testing.T, db *DB, want joinRows) {
	t.Helper()
	var got joinRows
	err := db.View(t.Context(), func(tx *Tx) error {
		var errs [6]error
		got.Invite, _, errs[0] = tx.Invite(want.Invite.ID)
		got.Device, _, errs[1] = tx.DeviceByKey(want.Device.Key)
		got.Asked, _, errs[2] = tx.Asked(want.Asked.Member)
		got.Seen, errs[3] = tx.DeviceSeen(want.Device.Serial)
		got.Buried, errs[4] = tx.Buried([32]byte{9})
		of, err := tx.DevicesOf(want.Device.Member)
		if errs[5] = err; len(of) != 1 || of[0].Serial != want.Device.Serial {
			t.Errorf("devices of the person: %+v", of)
		}
		return errors.Join(errs[:]...)
	})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got, cmp.Comparer(func(a, b camp.Secret) bool { return bytes.Equal(a.Reveal(), b.Reveal()) })); d != "" {
		t.Errorf("rows of joining (-want +got):\n%s", d)
	}
}

func nextSerial(t *testing.T, db *DB) (n uint64) {
	t.Helper()
	rowsUpdate(t, db, func(tx *Tx) (err error) { n, err = tx.NextSerial(); return err })
	return n
}

// TestJoinRowsComeBack: closed and opened, made anew from the journal, and
// brought back from a backup, nothing of joining is lost.
func TestJoinRowsComeBack(t *testing.T) {
	opt := testOptions(t, t.TempDir())
	db := openTest(t, opt)
	phrase := house(t, db, 3)
	want := putJoin(t, db, 7)
	file := filepath.Join(t.TempDir(), "a.campbackup")
	backupTo(t, db, file)
	closeTest(t, db)
	db = openTest(t, opt)
	checkJoin(t, db, want)
	if n := nextSerial(t, db); n != 8 {
		t.Errorf("serial after opening: %d, want 8", n)
	}
	closeTest(t, db)

	if err := os.RemoveAll(filepath.Join(opt.Dir, "db")); err != nil {
		t.Fatal(err)
	}
	db = openTest(t, opt)
	checkJoin(t, db, want)
	if n := nextSerial(t, db); n != 9 {
		t.Errorf("serial after healing: %d, want 9", n)
	}
	closeTest(t, db)

	dir := filepath.Join(t.TempDir(), "camp")
	if _, err := restoreTo(t, file, phrase, dir, false); err != nil {
		t.Fatal(err)
	}
	checkJoin(t, openTest(t, testOptions(t, dir)), want)
}

// TestNoSerialTwiceAfterARestore: devices that came after the backup are
// forgotten by it, and still nobody else gets their serial.
func TestNoSerialTwiceAfterARestore(t *testing.T) {
	for name, before := range map[string]uint64{"some devices": 7, "none yet": 0, "many devices": 150} {
		t.Run(name, func(t *testing.T) {
			opt := testOptions(t, t.TempDir())
			db := openTest(t, opt)
			phrase := house(t, db, 1)
			for range before {
				nextSerial(t, db)
			}
			file := filepath.Join(t.TempDir(), "a.campbackup")
			backupTo(t, db, file)
			base := db.Seq()
			highest := uint64(0)
			for range 200 { // everybody comes in on one day, with two devices each
				highest = nextSerial(t, db)
			}
			closeTest(t, db)
			dir := filepath.Join(t.TempDir(), "camp")
			if _, err := restoreTo(t, file, phrase, dir, false); err != nil {
				t.Fatal(err)
			}
			back := openTest(t, testOptions(t, dir))
			first := nextSerial(t, back)
			if first <= highest || first > before+serialLeap+1 {
				t.Errorf("the first serial after the restore is %d; %d was given before", first, highest)
			}
			closeTest(t, back)
			back = openTest(t, testOptions(t, dir))
			if n := nextSerial(t, back); n != first+1 {
				t.Errorf("the second, after opening again, is %d, want %d", n, first+1)
			}
			// The journal of the camp that was sets the count to what it was, not below.
			if _, _, err := back.Catch(t.Context(), opt.Dir, base); err != nil {
				t.Fatal(err)
			}
			if n := nextSerial(t, back); n <= highest {
				t.Errorf("after catching up a serial is given again: %d", n)
			}
		})
	}
}

// TestJoinRowsAreSmall: a camp with all that joining can hold takes little.
func TestJoinRowsAreSmall(t *testing.T) {
	db := rowsDB(t)
	_, before, _ := rowsOf(t, db)
	secret, name := camp.NewSecret(make([]byte, 16)), strings.Repeat("x", 30)
	rowsUpdate(t, db, func(tx *Tx) error {
		i := camp.Invite{ID: "0123456789abcdef", By: 1 << 60, Note: name, Secret: secret, Made: tx.Now(), Ends: tx.Now().Add(time.Hour), Uses: 1, State: camp.InviteOpen}
		d := camp.Device{Serial: 1, Member: 1 << 60, Key: [32]byte{31: 1}, Label: name, Made: tx.Now()}
		a := camp.Asked{Member: 1 << 60, Invite: i.ID, Note: name, By: 1 << 60, At: tx.Now(), Key: d.Key}
		return errors.Join(tx.PutInvite(i), tx.PutDevice(d), tx.PutAsked(a), tx.BuryKey(d.Key, tx.Now()), tx.PutDeviceSeen(1, "2026-11-21"))
	})
	_, after, _ := rowsOf(t, db)
	if after-before > 640 {
		t.Errorf("an invite, a device and a request without a message take %d bytes", after-before)
	}
	t.Logf("an invite, a device and a request without a message take %d bytes", after-before)
}

// TestApplicationsAreErased: the words of somebody who did not come in are gone
// from the files a day after they were dropped.
func TestApplicationsAreErased(t *testing.T) {
	const marker = "erase-me-93ac"
	now := time.Now()
	opt := testOptions(t, t.TempDir())
	opt.Now = func() time.Time { return now }
	db := openTest(t, opt)
	m := camp.Member{ID: 5, Name: "erase-me-93ac", Display: marker, Standing: camp.Waiting}
	a := camp.Asked{Member: 5, Message: marker, Note: marker, Answer: marker, At: now}
	rowsUpdate(t, db, func(tx *Tx) error {
		return errors.Join(tx.PutMember(m), tx.PutAsked(a), tx.PutDevice(camp.Device{Serial: 1, Member: 5, Key: [32]byte{1}, Label: marker}))
	})
	if err := errors.Join(tickNow(db), db.Tidy()); err != nil {
		t.Fatal(err)
	}
	rowsUpdate(t, db, func(tx *Tx) error { return errors.Join(tx.FreeName(m), tx.DropDevice(1)) })
	rowsUpdate(t, db, func(tx *Tx) error { return errors.Join(tx.DropAsked(5), tx.DropMember(5)) })
	if rowsHolding(t, db, marker) == 0 {
		t.Fatal("dropped words are gone before any tidying: the test is blind")
	}
	now = now.Add(keepTidy + time.Hour)
	if err := hourNow(db); err != nil {
		t.Fatal(err)
	}
	if n := rowsHolding(t, db, marker); n != 0 {
		t.Errorf("%d rows of the files still hold the words", n)
	}
}
