package memberships

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/curve25519"

	"camp/node/camp"
	"camp/tunnel"
	"camp/tunnel/guest"
	"camp/tunnel/invite"
)

// stranger is a camp that answers whatever the test wants, through a real tunnel.
type stranger struct {
	*tunnel.Server

	told chan struct{} // something about this computer's memberships changed
	news chan string   // the next answer to whoever waits for news; a path that has no answer is held, too

	mu      sync.Mutex // guards answers
	answers map[string]string
}

func (s *stranger) answer(path, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[path] = body
}

func (s *stranger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("after") { // held open, as a camp does
		select {
		case a := <-s.news:
			_, _ = io.WriteString(w, a)
		case <-r.Context().Done():
		}
		return
	}
	s.mu.Lock()
	a, ok := s.answers[r.URL.Path]
	s.mu.Unlock()
	if !ok {
		_, _ = io.Copy(io.Discard, r.Body) // so that its end is noticed
		<-r.Context().Done()
	}
	_, _ = io.WriteString(w, a)
}

// joined joins this computer to a stranger's camp.
func joined(t *testing.T) (*Keeper, *stranger) {
	t.Helper()
	var key [32]byte
	if _, err := io.ReadFull(rand.Reader, key[:]); err != nil {
		t.Fatal(err)
	}
	invite.Clamp(&key)
	log := slog.New(slog.DiscardHandler)
	server, err := tunnel.NewServer(tunnel.ServerOptions{
		Key: camp.NewSecret(key[:]), Listen: netip.MustParseAddrPort("127.0.0.1:0"), Now: time.Now, Rand: rand.Reader, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &stranger{Server: server, told: make(chan struct{}, 1), news: make(chan string), answers: map[string]string{}}
	mine := kept(server.CampKey())
	mine.Ways, mine.Port = [][]string{{server.Addr().String()}}, ""
	public, err := curve25519.X25519(mine.Private, curve25519.Basepoint)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.SetPeers(t.Context(), []camp.Peer{{Principal: camp.PrincipalDevice, Serial: mine.Serial, Key: [32]byte(public)}}); err != nil {
		t.Fatal(err)
	}
	listeners, err := server.Listen(80)
	if err != nil {
		t.Fatal(err)
	}
	web := &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	var all sync.WaitGroup
	for _, l := range listeners {
		all.Go(func() { _ = web.Serve(l) })
	}
	s.answer("/v1/me", `{"state":"member","serial":3,"camp":"Orchard","host":"Noor","name":"mara"}`)

	dir, told := t.TempDir(), s.told
	k := &Keeper{opt: Options{Dir: dir, Log: log}}
	if err := k.write(mine); err != nil {
		t.Fatal(err)
	}
	k, err = New(Options{
		Dir: dir, Now: time.Now, Rand: rand.Reader, Log: log, Language: func() string { return "en" }, Say: func(key string, _ ...any) string { return key },
		Own: func([32]byte) bool { return false }, Quiet: func(w http.ResponseWriter, _ *http.Request, m camp.Membership) {
			if m.State.Over() {
				w.WriteHeader(http.StatusGone)
				return
			}
			w.WriteHeader(http.StatusServiceUnavailable)
		},
		Changed: func() {
			select {
			case told <- struct{}{}:
			default:
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	all.Go(func() { _ = k.Run(ctx) })
	t.Cleanup(func() { stop(); _ = web.Close(); _ = server.Close(); all.Wait() })
	for {
		if v := k.States()[0]; v.Link == "connected" && v.Web != "" {
			return k, s
		}
		select {
		case <-told:
		case <-t.Context().Done():
			t.Fatal("never connected")
		}
	}
}

// codeOf is a code for the camp of a key.
func codeOf(t *testing.T, campKey [32]byte) string {
	t.Helper()
	code, err := (invite.Invite{Secret: [16]byte{1}, CampKey: campKey, Ends: time.Now().Add(time.Hour), Direct: []netip.AddrPort{netip.MustParseAddrPort("10.0.0.1:5")}}).Encode()
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// What the camp's door answers to a deed is a stranger's word: nonsense is told
// as such, and makes nothing.
func TestDeedsOfAHostileCamp(t *testing.T) {
	k, s := joined(t)
	good := strings.Repeat("a", 43)
	for _, row := range []struct {
		name, do, path, answer string
		want                   string // locale key of the refusal; "" for none
	}{
		{"a link", camp.DoJoinLink, "/v1/link", `{"secret":"` + good + `"}`, ""},
		{"a link of a later version", camp.DoJoinLink, "/v1/link", `{"secret":"` + good + `","colour":1}`, ""},
		{"a link that leads elsewhere", camp.DoJoinLink, "/v1/link", `{"secret":"../../evil?x=` + good + `"}`, "join.asleep.say"},
		{"a link without end", camp.DoJoinLink, "/v1/link", `{"secret":"` + strings.Repeat("a", 101) + `"}`, "join.asleep.say"},
		{"a number for a secret", camp.DoJoinLink, "/v1/link", `{"secret":12345678901234567890}`, "join.asleep.say"},
		{"two answers", camp.DoJoinLink, "/v1/link", `{"secret":"` + good + `"}{"secret":"` + good + `"}`, "join.asleep.say"},
		{"no JSON", camp.DoJoinLink, "/v1/link", `<html>`, "join.asleep.say"},
		{"more than is read", camp.DoJoinLink, "/v1/link", `{"secret":"` + good + `"}` + strings.Repeat(" ", 300<<10), "join.asleep.say"},
		{"a phone", camp.DoJoinPhone, "/v1/devices", `{"serial":9,"endpoint":"9.9.9.9:500"}`, ""},
		{"a phone without a serial", camp.DoJoinPhone, "/v1/devices", `{"endpoint":"9.9.9.9:500"}`, "join.nonsense.say"},
		{"a phone below zero", camp.DoJoinPhone, "/v1/devices", `{"serial":-1,"endpoint":"9.9.9.9:500"}`, "join.asleep.say"},
		{"a computer", camp.DoJoinComputer, "/v1/devices/invite", `{"code":"` + codeOf(t, s.CampKey()) + `","expires":"2026-11-25T10:00:00Z"}`, ""},
		{"a computer for another camp", camp.DoJoinComputer, "/v1/devices/invite", `{"code":"` + codeOf(t, [32]byte{9}) + `"}`, "join.nonsense.say"},
		{"a computer without a code", camp.DoJoinComputer, "/v1/devices/invite", `{"code":""}`, "join.nonsense.say"},
	} {
		s.answer(row.path, row.answer)
		ans, err := k.Do(t.Context(), camp.Intent{Do: row.do})
		switch {
		case row.want == "" && err != nil:
			t.Errorf("%s: %v", row.name, err)
		case row.want != "" && (err == nil || camp.AsFault(err).Say != row.want):
			t.Errorf("%s: %v, want %s", row.name, err, row.want)
		case row.want != "" && (ans.URL != "" || ans.Invite != nil):
			t.Errorf("%s: refused, and yet %+v", row.name, ans)
		}
	}
}

// The way that a phone is given is one that a phone can go.
func TestPhoneIsGivenAWay(t *testing.T) {
	k, s := joined(t)
	for endpoint, want := range map[string]string{
		"9.9.9.9:500": "9.9.9.9:500", "": s.Addr().String(), "224.0.0.1:500": s.Addr().String(), "0.0.0.0:1": s.Addr().String(), "9.9.9.9:0": s.Addr().String(),
		"9.9.9.9:5\\nDNS = 6.6.6.6": s.Addr().String(),
	} {
		s.answer("/v1/devices", `{"serial":2000,"endpoint":"`+endpoint+`"}`)
		ans, err := k.Do(t.Context(), camp.Intent{Do: camp.DoJoinPhone})
		if err != nil {
			t.Fatal(err)
		}
		conf := ans.Invite.Code
		if !strings.Contains(conf, "\nEndpoint = "+want+"\n") || strings.Contains(conf, "DNS") || strings.Contains(conf, "invalid") {
			t.Errorf("%q makes\n%s", endpoint, conf)
		}
	}
}

// Devices are shown as lines, however many a camp names.
func TestDevicesAreBounded(t *testing.T) {
	k, s := joined(t)
	var list []string
	for n := range 900 {
		list = append(list, fmt.Sprintf(`{"serial":%d,"label":"a\nb%s"}`, n, strings.Repeat("x", 100)))
	}
	s.answer("/v1/devices", `{"devices":[`+strings.Join(list, ",")+`]}`)
	if _, err := k.Do(t.Context(), camp.Intent{Do: camp.DoJoinDevices}); err != nil {
		t.Fatal(err)
	}
	got := k.States()[0].Devices
	if len(got) != maxDevices || strings.ContainsAny(got[0].Label, "\n") || len([]rune(got[0].Label)) > camp.MaxDeviceLabel {
		t.Errorf("%d lines, the first %q", len(got), got[0].Label)
	}
}

// What a camp says of itself never makes the file of its membership unreadable:
// the device's key is in it.
func TestAWordyCampDoesNotLoseTheKey(t *testing.T) {
	k, s := joined(t)
	ways := make([]string, 20)
	for i := range ways {
		ways[i] = strings.Repeat("1", 8<<10)
	}
	ways[3] = "10.0.0.7:9"
	raw, err := json.Marshal(camp.JoinAnswer{
		State: camp.Suspended, Serial: 3, Camp: strings.Repeat("<", 5000), Host: strings.Repeat("\u2028", 5000), Name: "mara", Answer: strings.Repeat("<", 5000), Paths: ways,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.answer("/v1/me", string(raw))
	m, err := k.find("")
	if err != nil {
		t.Fatal(err)
	}
	var a camp.JoinAnswer
	if err := m.ask(t.Context(), http.MethodGet, "/v1/me", nil, &a); err != nil {
		t.Fatal(err)
	}
	if a, err = guest.CleanAnswer(a); err != nil {
		t.Fatal(err)
	}
	m.told(m.now().Serial, a)
	file, err := os.ReadFile(k.path(m.now().ID))
	if err != nil {
		t.Fatal(err)
	}
	again, err := readSaved(file)
	if err != nil || !bytes.Equal(again.Private, m.now().Private) || again.Serial != 3 || len(again.ways()) != 2 {
		t.Errorf("%d bytes, ways %v, %v", len(file), again.ways(), err)
	}
}
