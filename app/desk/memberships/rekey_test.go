package memberships

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"camp/node/camp"
)

// Where a new key cannot be had or kept, the old one stays, in memory and on disk.
func TestRekeyThatFails(t *testing.T) {
	t.Parallel() // it mostly waits
	k, s := joined(t)
	m := k.list[0]
	before := m.now()
	same := func(what string) {
		t.Helper()
		now := m.now()
		kept, err := readFile(k.path(before.ID))
		if err != nil || now.Serial != before.Serial || !bytes.Equal(now.Private, before.Private) || kept.Serial != before.Serial || !bytes.Equal(kept.Private, before.Private) {
			t.Errorf("%s: the key changed, or is lost: %v", what, err)
		}
	}
	for what, tt := range map[string]struct{ answer, say string }{
		"no serial":     {`{}`, "join.nonsense.say"},
		"the old one's": {`{"serial":3}`, "join.nonsense.say"},
		"no answer":     {`<html>`, "join.asleep.say"},
	} {
		s.answer("/v1/devices/key", tt.answer)
		if _, err := k.Do(t.Context(), camp.Intent{Do: camp.DoJoinRekey}); camp.AsFault(err).Say != tt.say {
			t.Errorf("%s: %v", what, err)
		}
		same(what)
	}
	s.answer("/v1/devices/key", `{"serial":4}`)
	if !m.rekeying.TryLock() {
		t.Fatal("one is under way")
	}
	if _, err := k.Do(t.Context(), camp.Intent{Do: camp.DoJoinRekey}); camp.AsFault(err).Say != "join.rekey_busy.say" {
		t.Errorf("two at once: %v", err)
	}
	m.rekeying.Unlock()
	dir := k.opt.Dir
	k.opt.Dir = filepath.Join(dir, "none")
	if err := os.WriteFile(k.opt.Dir, nil, 0o600); err != nil { // a file where the folder is to be
		t.Fatal(err)
	}
	_, err := k.Do(t.Context(), camp.Intent{Do: camp.DoJoinRekey})
	k.opt.Dir = dir
	if camp.AsFault(err).Say != "join.keep.say" {
		t.Errorf("a full disk: %v", err)
	}
	same("a full disk")
	if v := k.States()[0]; v.Link != "connected" {
		t.Errorf("the connection is %q", v.Link)
	}
}

// The camp took the key but does not answer by it: the new one is the one that
// is kept, and what the camp says to the old one is nothing to this computer.
func TestRekeyThatIsNotAnswered(t *testing.T) {
	t.Parallel() // it mostly waits
	k, s := joined(t)
	m := k.list[0]
	s.answer("/v1/devices/key", `{"serial":4}`)
	ctx, giveUp := context.WithCancel(t.Context())
	m.mu.Lock()
	turn := m.turn
	m.turn = func() { turn(); giveUp() } // nobody waits for long
	m.mu.Unlock()
	if _, err := k.Do(ctx, camp.Intent{Do: camp.DoJoinRekey}); camp.AsFault(err).Say != "join.rekey_later.say" {
		t.Errorf("told %v", err)
	}
	kept, err := readFile(k.path(m.now().ID))
	if err != nil || kept.Serial != 4 || m.now().Serial != 4 || !bytes.Equal(kept.Private, m.now().Private) {
		t.Errorf("kept serial %d, %v", kept.Serial, err)
	}
	m.told(3, camp.JoinAnswer{State: camp.Removed, Serial: 3, Shut: true})
	if v := k.States()[0]; v.State != camp.Joined {
		t.Errorf("after the goodbye to the old key: %+v", v)
	}
	m.told(3, camp.JoinAnswer{State: camp.Removed, Serial: 3})
	if v := k.States()[0]; v.State != camp.Removed {
		t.Errorf("after the person was removed: %+v", v)
	}
}
