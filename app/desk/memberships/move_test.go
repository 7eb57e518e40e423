package memberships

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/curve25519"

	"camp/node/camp"
	"camp/tunnel"
	"camp/tunnel/invite"
)

// newcomer is the same camp behind another tunnel key, that knows the device of m.
func newcomer(t *testing.T, m saved) *stranger {
	t.Helper()
	var key [32]byte
	if _, err := rand.Read(key[:]); err != nil {
		t.Fatal(err)
	}
	invite.Clamp(&key)
	server, err := tunnel.NewServer(tunnel.ServerOptions{
		Key: camp.NewSecret(key[:]), Listen: netip.MustParseAddrPort("127.0.0.1:0"), Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	public, err := curve25519.X25519(m.Private, curve25519.Basepoint)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.SetPeers(t.Context(), []camp.Peer{{Principal: camp.PrincipalDevice, Serial: m.Serial, Key: [32]byte(public)}}); err != nil {
		t.Fatal(err)
	}
	s := &stranger{Server: server, told: make(chan struct{}, 1), news: make(chan string), answers: map[string]string{}}
	s.answer("/v1/me", meAnswer)
	listeners, err := server.Listen(80)
	if err != nil {
		t.Fatal(err)
	}
	web := &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	var all sync.WaitGroup
	for _, l := range listeners {
		all.Go(func() { _ = web.Serve(l) })
	}
	t.Cleanup(func() { _ = web.Close(); _ = server.Close(); all.Wait() })
	return s
}

const meAnswer = `{"state":"member","serial":3,"camp":"Orchard","host":"Noor","name":"mara"}`

// withNext is where somebody stands, and the key to come by.
func withNext(key [32]byte, ways ...string) string {
	list := ""
	for i, w := range ways {
		if i > 0 {
			list += ","
		}
		list += `"` + w + `"`
	}
	return fmt.Sprintf(`{"state":"member","serial":3,"camp":"Orchard","host":"Noor","name":"mara","next":{"key":%q,"paths":[%s]}}`, base64.StdEncoding.EncodeToString(key[:]), list)
}

// becomes waits for something that nobody is told of.
func (s *stranger) becomes(t *testing.T, what string, good func() bool) {
	t.Helper()
	tick, late := time.NewTicker(5*time.Millisecond), time.After(time.Minute)
	defer tick.Stop()
	for !good() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("never: %s", what)
		}
	}
}

func connectedBy(k *Keeper, key [32]byte) func() bool {
	return func() bool {
		return k.list[0].now().campKey() == key && k.States()[0].Link == "connected"
	}
}

// Told of a new key, this computer keeps it beside the old, looks for the camp by
// it, and comes over when it answers; its name here, its device and the browser's
// door stay.
func TestComesOverToTheNewKey(t *testing.T) {
	t.Parallel() // it mostly waits
	k, s := joined(t)
	m := k.list[0]
	before, web := m.now(), k.States()[0].Web
	after := newcomer(t, before)
	s.news <- withNext(after.CampKey(), after.Addr().String(), "224.0.0.1:1", "nonsense")
	s.becomes(t, "connected by the new key", connectedBy(k, after.CampKey()))
	now := m.now()
	if now.ID != before.ID || now.Serial != before.Serial || !bytes.Equal(now.Private, before.Private) || now.Next != nil || !bytes.Equal(now.First, before.CampKey) || k.States()[0].Web != web {
		t.Errorf("afterwards: %+v at %s", now, k.States()[0].Web)
	}
	if len(now.Ways) != 1 || len(now.Ways[0]) != 1 || now.Ways[0][0] != after.Addr().String() {
		t.Errorf("the ways are %v", now.Ways)
	}
	kept, err := readFile(k.path(before.ID))
	if err != nil || kept.campKey() != after.CampKey() || kept.Next != nil || !kept.of(before.campKey()) || !kept.of(after.CampKey()) || kept.of([32]byte{1}) {
		t.Errorf("kept %+v, %v", kept, err)
	}
	if _, taken := k.free(before.campKey()); taken == nil {
		t.Error("a code by the old key is not known as this camp's")
	}
	again := k.reread(t)
	if len(again.list) != 1 || again.list[0].now().campKey() != after.CampKey() || again.States()[0].ID != before.ID {
		t.Errorf("a start reads %+v", again.States())
	}
}

// reread is what a start would read.
func (k *Keeper) reread(t *testing.T) *Keeper {
	t.Helper()
	again, err := New(k.opt)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// Where nobody answers by the new key the old one goes on working; a later word
// about the same key's ways is heeded, and a start in between forgets nothing.
func TestStaysWhereTheNewKeyIsSilent(t *testing.T) {
	t.Parallel() // it mostly waits
	k, s := joined(t)
	m := k.list[0]
	before := m.now()
	after := newcomer(t, before)
	s.news <- withNext(after.CampKey(), "127.0.0.1:9") // nobody there
	s.becomes(t, "the new key is kept", func() bool { return m.now().Next != nil })
	if kept, err := readFile(k.path(before.ID)); err != nil || kept.Next == nil || !bytes.Equal(kept.Next.Key, keyOf(after)) || kept.campKey() != before.campKey() {
		t.Errorf("kept %+v, %v", kept, err)
	}
	s.answer("/v1/devices", `{"devices":[]}`)
	if _, err := k.Do(t.Context(), camp.Intent{Do: camp.DoJoinDevices}); err != nil {
		t.Errorf("by the old key: %v", err)
	}
	if again := k.reread(t); again.list[0].next() == nil || again.list[0].now().campKey() != before.campKey() {
		t.Error("a start forgets the key to come by")
	}
	s.news <- withNext(after.CampKey(), after.Addr().String()) // where it is now
	s.becomes(t, "connected by the new key", connectedBy(k, after.CampKey()))
}

func keyOf(s *stranger) []byte { k := s.CampKey(); return k[:] }

// Where the new key cannot be kept the old one stays, in memory and on disk.
func TestStaysWhereTheDiskIsFull(t *testing.T) {
	t.Parallel()
	k, s := joined(t)
	m := k.list[0]
	before := m.now()
	dir := k.opt.Dir
	m.change(func(s *saved, _ *camp.Membership) bool {
		s.Next = &nextKey{Key: bytes.Repeat([]byte{9}, 32), Ways: []string{"127.0.0.1:9"}}
		return true
	})
	m.saving.Lock()
	k.opt.Dir = dir + "/none"
	if err := os.WriteFile(k.opt.Dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	m.saving.Unlock()
	m.comeOver(before, bytes.Repeat([]byte{9}, 32))
	k.opt.Dir = dir
	if now := m.now(); now.campKey() != before.campKey() || now.Next == nil {
		t.Errorf("in memory: %+v", now)
	}
	if kept, err := readFile(k.path(before.ID)); err != nil || kept.campKey() != before.campKey() {
		t.Errorf("on disk: %+v, %v", kept, err)
	}
	m.comeOver(before, bytes.Repeat([]byte{8}, 32)) // a key that is not wanted any more
	other := before
	other.Serial++
	m.comeOver(other, bytes.Repeat([]byte{9}, 32)) // of a device that has another key now
	if now := m.now(); now.campKey() != before.campKey() {
		t.Error("came over to a key that is not the one to come by")
	}
	_ = s
}

// What a camp says about its new key is a stranger's word, and it can be taken back.
func TestTheNewKeyIsAStrangersWord(t *testing.T) {
	t.Parallel()
	k, s := joined(t)
	m := k.list[0]
	by := m.now()
	for what, answer := range map[string]string{
		"its own key":    withNext(by.campKey(), "127.0.0.1:9"),
		"a weak key":     withNext([32]byte{}, "127.0.0.1:9"),
		"no way":         withNext([32]byte{9}),
		"no unicast way": withNext([32]byte{9}, "224.0.0.1:5"),
	} {
		s.news <- answer
		s.news <- meAnswer // the one before was taken in
		if m.next() != nil {
			t.Errorf("%s: %+v", what, m.next())
		}
	}
	s.news <- withNext([32]byte{9}, "127.0.0.1:9")
	s.becomes(t, "the key is kept", func() bool { return m.next() != nil })
	s.news <- meAnswer
	s.becomes(t, "the key is taken back", func() bool { return m.next() == nil })
	if kept, err := readFile(k.path(by.ID)); err != nil || kept.Next != nil {
		t.Errorf("kept %+v, %v", kept.Next, err)
	}
}

// Somebody who was away for longer comes back by a code that the camp makes for
// them: what they had by the old key gives way, and nothing dead is left.
func TestComesBackAfterTheOldKeyIsOver(t *testing.T) {
	t.Parallel()
	k, _ := joined(t)
	m := k.list[0]
	public, err := curve25519.X25519(m.now().Private, curve25519.Basepoint)
	if err != nil {
		t.Fatal(err)
	}
	tag := camp.DeviceTag(public)
	for what, row := range map[string]struct {
		info camp.JoinInfo
		was  bool
	}{
		"their own code":    {camp.JoinInfo{Device: "Mara", Known: []string{"0011", tag}}, true},
		"somebody else's":   {camp.JoinInfo{Device: "Mara", Known: []string{"0011"}}, false},
		"one for newcomers": {camp.JoinInfo{Known: []string{tag}}, false},
	} {
		if got := k.before(row.info); (got != nil) != row.was {
			t.Errorf("%s: %v", what, got)
		}
	}
	before := m.now()
	inv := invite.Invite{CampKey: [32]byte{7}, Ends: time.Now().Add(time.Hour)}
	s, err := k.draft(&looked{code: "code", inv: inv, info: camp.JoinInfo{Camp: "Orchard", Device: "Mara"}, was: m})
	if err != nil || s.ID != before.ID || s.campKey() != inv.CampKey || !bytes.Equal(s.First, before.CampKey) {
		t.Errorf("drafted %+v, %v", s, err)
	}
	if again := k.reread(t); len(again.list) != 1 || again.list[0].now().ID != before.ID {
		t.Errorf("a start reads %d memberships", len(again.list))
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Second)
	defer stop()
	if m.answers(ctx) {
		t.Error("the connection by the old key goes on")
	}
}

// A start after the key was kept, and before the camp answered by it, while the
// old key ended: the camp is looked for by the new one, and found.
func TestAStartInBetweenComesOver(t *testing.T) {
	t.Parallel()
	k, _ := joined(t)
	opt := k.opt
	opt.Dir, opt.Changed = t.TempDir(), func() {}
	s := kept([32]byte{1})
	after := newcomer(t, s)
	s.Ways, s.Port, s.Next = [][]string{{"127.0.0.1:9"}}, "", &nextKey{Key: keyOf(after), Ways: []string{after.Addr().String()}}
	if err := (&Keeper{opt: opt}).write(s); err != nil {
		t.Fatal(err)
	}
	again, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { _ = again.Run(ctx) })
	defer all.Wait()
	defer stop()
	after.becomes(t, "connected by the new key", connectedBy(again, after.CampKey()))
	if got := again.list[0].now(); got.ID != s.ID || got.Next != nil {
		t.Errorf("came over as %+v", got)
	}
}
