package people_test

import (
	"fmt"
	"slices"
	"testing"

	"camp/node/camp"
)

// A device changes its key: both may come in until the new one is heard, then
// the old one is refused for ever. People see one device all the time.
func TestRekey(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	v := h.ask("Mara", 1)
	if err := h.Approve(ctx, h.host, "mara"); err != nil {
		t.Fatal(err)
	}
	mara, old := camp.Actor{Member: v.Member.ID, Role: camp.RoleMember}, v.Device.Serial
	h.clock.add(6e9) // the invite's own key goes
	serials := func() (all []string) {
		for s, p := range h.principals() {
			if p == camp.PrincipalDevice {
				all = append(all, s)
			}
		}
		slices.Sort(all)
		return all
	}
	seen := func() []camp.Device {
		t.Helper()
		list, err := h.Devices(ctx, mara, "mara")
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for n := 2; n <= camp.MaxDevices; n++ { // a full list is no hindrance
		if _, err := h.AddDevice(ctx, mara, camp.Device{Key: key(n), Phone: n == 2}); err != nil {
			t.Fatal(err)
		}
	}
	lost, err := h.Rekey(ctx, old, key(20)) // the answer to this one is lost
	if err != nil {
		t.Fatal(err)
	}
	next, err := h.Rekey(ctx, old, key(21))
	if err != nil || next.Serial == old || next.Serial == lost.Serial || next.Label != v.Device.Label {
		t.Fatalf("a new key: %+v, %v", next, err)
	}
	if again, err := h.Rekey(ctx, old, key(21)); err != nil || again.Serial != next.Serial {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	if all := serials(); len(all) != camp.MaxDevices+1 || slices.Contains(all, fmt.Sprint(lost.Serial)) || !slices.Contains(all, fmt.Sprint(old)) {
		t.Errorf("before it is heard these come in: %v", all)
	}
	if list := seen(); len(list) != camp.MaxDevices || list[0].Serial != old {
		t.Errorf("people see %+v", list)
	}
	_, err = h.Rekey(ctx, next.Serial, key(22))
	wantFault(t, "a key for one that was never heard", err, camp.NotFound, "people.device_none.say")
	_, err = h.Rekey(ctx, old+1, key(22))
	wantFault(t, "a phone", err, camp.NotFound, "people.device_none.say")
	_, err = h.Rekey(ctx, old, key(3))
	wantFault(t, "a key that is taken", err, camp.Conflict, "people.key_bad.say")

	if err := h.SeenDevice(ctx, old); err != nil {
		t.Fatal(err)
	}
	for range 2 { // two requests at once
		if err := h.Heard(ctx, next.Serial); err != nil {
			t.Fatal(err)
		}
	}
	if all := serials(); len(all) != camp.MaxDevices || slices.Contains(all, fmt.Sprint(old)) {
		t.Errorf("afterwards these come in: %v", all)
	}
	if list := seen(); len(list) != camp.MaxDevices || list[len(list)-1].Serial != next.Serial || list[len(list)-1].LastSeen == "" {
		t.Errorf("afterwards people see %+v", list)
	}
	if err := h.RemoveDevice(ctx, mara, old+1); err != nil {
		t.Fatal(err)
	}
	_, err = h.AddDevice(ctx, mara, camp.Device{Key: key(1)})
	wantFault(t, "the old key", err, camp.NotAllowed, "people.key_over.say")
}

// A device that is lost while it changes its key takes the new key along.
// A person's devices get so many keys a day: each takes addresses that nobody gets again.
func TestKeysOfADay(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	mara, noor := h.add("mara", camp.RoleMember), h.add("noor", camp.RoleMember)
	d, err := h.AddDevice(ctx, mara, camp.Device{Key: key(1)})
	n := 2
	for ; err == nil && n < 100; n++ {
		_, err = h.Rekey(ctx, d.Serial, key(n))
	}
	wantFault(t, "one more", err, camp.Full, "people.devices_day.say")
	if n-2 != 20 {
		t.Errorf("%d keys a day", n-2)
	}
	if _, err := h.AddDevice(ctx, noor, camp.Device{Key: key(200)}); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	h.clock.add(day)
	if _, err := h.Rekey(ctx, d.Serial, key(201)); err != nil {
		t.Errorf("a day later: %v", err)
	}
}

func TestLostWhileRekeying(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	v := h.ask("Mara", 1)
	if err := h.Approve(ctx, h.host, "mara"); err != nil {
		t.Fatal(err)
	}
	h.clock.add(6e9)
	if _, err := h.Rekey(ctx, v.Device.Serial, key(2)); err != nil {
		t.Fatal(err)
	}
	if err := h.RemoveDevice(ctx, h.host, v.Device.Serial); err != nil {
		t.Fatal(err)
	}
	if p := h.principals(); len(p) != 0 {
		t.Errorf("these still come in: %v", p)
	}
	_, err := h.AddDevice(ctx, camp.Actor{Member: v.Member.ID, Role: camp.RoleMember}, camp.Device{Key: key(2)})
	wantFault(t, "its new key", err, camp.NotAllowed, "people.key_over.say")
	_, err = h.Rekey(ctx, v.Device.Serial, key(3))
	wantFault(t, "another key for it", err, camp.NotFound, "people.device_none.say")
}
