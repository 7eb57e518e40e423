package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"camp/app/place"
	"camp/node/camp"
)

// long bounds waits of these tests; none of them measures.
const long = 30 * time.Second

// kept is a desk that runs in a test.
type kept struct {
	*Desk
	t    *testing.T
	stop context.CancelFunc
	done chan error
}

func homeOf(dir string) place.Home {
	return place.Home{Data: dir, Config: dir, Logs: filepath.Join(dir, "log")}
}

// keep runs a desk on dir until the test ends or end is called.
func keep(t *testing.T, dir string, change func(*Options)) *kept {
	t.Helper()
	opt := Options{
		Home: homeOf(dir), Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), Version: "test", Name: "The Orchard", HostUser: "noor",
	}
	if change != nil {
		change(&opt)
	}
	d, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	k := &kept{Desk: d, t: t, stop: stop, done: make(chan error, 1)}
	go func() { k.done <- d.Run(ctx) }()
	t.Cleanup(func() { _ = k.end() })
	return k
}

// end stops the desk and gives what Run returned; a second call gives nil.
func (k *kept) end() error {
	k.stop()
	select {
	case err, ok := <-k.done:
		if ok {
			close(k.done)
		}
		return err
	case <-time.After(long):
		k.t.Error("the desk does not end")
		return nil
	}
}

// until waits for a snapshot.
func (k *kept) until(what string, good func(camp.State) bool) camp.State {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(k.t.Context(), long)
	defer cancel()
	for st := range k.Watch(ctx) {
		if good(st) {
			return st
		}
	}
	k.t.Fatalf("never %s; last %+v", what, k.State())
	return camp.State{}
}

func in(p camp.Phase) func(camp.State) bool {
	return func(st camp.State) bool { return st.Phase == p }
}

func (k *kept) do(in camp.Intent) camp.Answer {
	k.t.Helper()
	ans, err := k.Do(k.t.Context(), in)
	if err != nil {
		k.t.Fatalf("%s: %v", in.Do, err)
	}
	return ans
}

// refused checks that an intent is refused with the sentence.
func (k *kept) refused(in camp.Intent, say string) {
	k.t.Helper()
	_, err := k.Do(k.t.Context(), in)
	if f := camp.AsFault(err); f == nil || f.Say != say {
		k.t.Errorf("%s %+v: got %v, want %s", in.Do, in, err, say)
	}
}

// browser is signed in by a one-time link.
func browser(t *testing.T, link string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}, Timeout: long}
	if status, err := get(c, link); err != nil || status != http.StatusOK {
		t.Fatalf("the link answers %d, %v", status, err)
	}
	return c
}

func get(c *http.Client, url string) (int, error) {
	res, err := c.Get(url)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}

func TestOneClickMakesACamp(t *testing.T) {
	k := keep(t, t.TempDir(), func(o *Options) { o.Name, o.HostUser = "", "" })
	st := k.until("off", in(camp.Off))
	if st.Exists || len(st.Needs) != 0 {
		t.Fatalf("a new folder shows %+v", st)
	}
	k.refused(camp.Intent{Do: camp.DoLink}, "program.not_on.say")
	k.refused(camp.Intent{Do: camp.DoStart, Person: "Bad Name"}, "program.host_user.say")
	if Exists(k.opt.Home) {
		t.Fatal("a refused start has made a camp")
	}
	k.do(camp.Intent{Do: camp.DoStart, Language: "nl"})
	st = k.State()
	if st.Phase != camp.On || !st.Exists || st.Members != 1 || st.Rules.Version != 1 || st.Web == "" || st.NoTunnel == "" {
		t.Fatalf("after the click: %+v", st)
	}
	if !strings.HasPrefix(st.Name, "Kamp van ") || len(st.Kept) == 0 || len(st.Log) == 0 || st.People[0].Role != camp.RoleHost {
		t.Errorf("name %q, kept %d, log %d, people %+v", st.Name, len(st.Kept), len(st.Log), st.People)
	}
	c := browser(t, k.do(camp.Intent{Do: camp.DoLink}).URL)
	if status, err := get(c, st.Web+"/"); err != nil || status != http.StatusOK {
		t.Errorf("the host's home page: %d, %v", status, err)
	}
	if status, err := get(http.DefaultClient, st.Web+"/"); err != nil || status == http.StatusOK {
		t.Errorf("a stranger gets %d, %v", status, err)
	}
	k.do(camp.Intent{Do: camp.DoStart}) // once more does nothing
	if err := k.end(); err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestSecondStartKeepsEverything(t *testing.T) {
	dir := t.TempDir()
	k := keep(t, dir, func(o *Options) { o.AtOnce = true })
	first := k.until("on", in(camp.On))
	k.do(camp.Intent{Do: camp.DoMemberAdd, Person: "mia"})
	if err := k.end(); err != nil {
		t.Fatal(err)
	}
	if asleep := Asleep(homeOf(dir)); asleep.Phase != camp.Off || !asleep.Exists || asleep.Name != "The Orchard" {
		t.Errorf("while off: %+v", asleep)
	}
	k = keep(t, dir, nil) // a camp that exists starts by itself
	again := k.until("on", in(camp.On))
	if again.Web != first.Web || again.Name != first.Name || again.Address != first.Address || again.Members != 2 {
		t.Errorf("first %s %s, then %s %s with %d people", first.Web, first.Address, again.Web, again.Address, again.Members)
	}
	if again.Problem != nil {
		t.Errorf("problem %+v", again.Problem)
	}
}

func TestTakenDoor(t *testing.T) {
	dir := t.TempDir()
	k := keep(t, dir, func(o *Options) { o.AtOnce = true })
	first := k.until("on", in(camp.On))
	if err := k.end(); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", strings.TrimPrefix(first.Web, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	t.Run("a chosen one is chosen anew, in words", func(t *testing.T) {
		k := keep(t, dir, nil)
		st := k.until("on", in(camp.On))
		if st.Web == first.Web || st.Problem == nil || st.Problem.Say != "program.door_taken.say" {
			t.Errorf("at %s, problem %+v", st.Web, st.Problem)
		}
	})
	t.Run("one that was asked for is refused, and nothing is made", func(t *testing.T) {
		empty := t.TempDir()
		k := keep(t, empty, func(o *Options) { o.AtOnce, o.Web = true, l.Addr().String() })
		st := k.until("trouble", in(camp.Trouble))
		if st.Problem == nil || st.Problem.Say != "program.web_taken.say" || Exists(homeOf(empty)) {
			t.Errorf("problem %+v, camp made: %v", st.Problem, Exists(homeOf(empty)))
		}
	})
}

func TestPauseLooksLikeOff(t *testing.T) {
	k := keep(t, t.TempDir(), func(o *Options) { o.AtOnce = true })
	web := k.until("on", in(camp.On)).Web
	host := browser(t, k.do(camp.Intent{Do: camp.DoLink}).URL)
	mia := browser(t, k.do(camp.Intent{Do: camp.DoMemberAdd, Person: "mia"}).URL)
	if ans := k.do(camp.Intent{Do: camp.DoPause}); ans.State == nil || ans.State.Phase != camp.Paused || !ans.State.Until.IsZero() {
		t.Fatalf("paused: %+v", ans.State)
	}
	for name, c := range map[string]*http.Client{"member": mia, "stranger": {Timeout: long}} {
		if status, err := get(c, web+"/"); err == nil {
			t.Errorf("a %s gets an answer while paused: %d", name, status)
		}
	}
	if status, err := get(host, web+"/"); err != nil || status != http.StatusOK {
		t.Errorf("the host gets %d, %v", status, err)
	}
	browser(t, k.do(camp.Intent{Do: camp.DoLink}).URL) // the host can sign in again
	k.do(camp.Intent{Do: camp.DoResume})
	if status, err := get(mia, web+"/"); err != nil || status != http.StatusOK || k.State().Phase != camp.On {
		t.Errorf("after it: %d, %v, %s", status, err, k.State().Phase)
	}
	k.do(camp.Intent{Do: camp.DoPause, For: time.Millisecond})
	k.until("on by itself", in(camp.On))
}

func TestIntentsOfTheHost(t *testing.T) {
	k := keep(t, t.TempDir(), func(o *Options) { o.AtOnce = true })
	k.until("on", in(camp.On))
	link := k.do(camp.Intent{Do: camp.DoMemberAdd, Person: "mia", Role: camp.RoleHelper}).URL
	if !strings.HasPrefix(link, k.State().Web+"/in/") {
		t.Errorf("link %q", link)
	}
	k.until("two people", func(st camp.State) bool { return st.Members == 2 })
	k.do(camp.Intent{Do: camp.DoMemberAdd, Person: "ana_maria", Name: "  Ana María "})
	k.until("the name as it was typed", func(st camp.State) bool {
		return slices.ContainsFunc(st.People, func(p camp.Person) bool { return p.Name == "ana_maria" && p.Display == "Ana María" })
	})
	k.do(camp.Intent{Do: camp.DoMemberRemove, Person: "ana_maria", Erase: true})
	k.refused(camp.Intent{Do: camp.DoMemberAdd, Person: "mia"}, "people.name_taken.say")
	k.refused(camp.Intent{Do: camp.DoMemberLink, Person: "zed"}, "people.nobody.say")
	k.refused(camp.Intent{Do: "no such thing"}, "program.unknown_intent.say")
	if tok := k.do(camp.Intent{Do: camp.DoToken, Person: "mia", Scopes: []string{"read"}}).Token; len(tok) < 32 {
		t.Errorf("token %q", tok)
	}
	if ph := k.do(camp.Intent{Do: camp.DoRecovery}).Phrase; ph == "" {
		t.Error("no phrase")
	}
	k.do(camp.Intent{Do: camp.DoMemberRole, Person: "mia", Role: camp.RoleMember})
	k.do(camp.Intent{Do: camp.DoMemberRemove, Person: "mia", Erase: true})
	k.until("one person", func(st camp.State) bool { return st.Members == 1 })
	k.do(camp.Intent{Do: camp.DoName, Name: "The Grove"})
	k.until("the new name", func(st camp.State) bool { return st.Name == "The Grove" })
	k.do(camp.Intent{Do: camp.DoShow, Page: "people"})
	if st := k.State(); st.Show != 1 || st.ShowPage != "people" {
		t.Errorf("show %d %q", st.Show, st.ShowPage)
	}
	k.do(camp.Intent{Do: camp.DoShow, Page: "join", Code: "camp:CAMP1-ABC"})
	if st := k.State(); st.Show != 2 || st.ShowCode != "camp:CAMP1-ABC" || st.Joining.Stage != "" {
		t.Errorf("a link shows %q and begins %q", st.ShowCode, st.Joining.Stage)
	}
	k.refused(camp.Intent{Do: camp.DoShow, Code: strings.Repeat("A", maxLink+1)}, "join.no_code.say")
	k.refused(camp.Intent{Do: camp.DoJoinLook, Code: "camp:CAMP1-ABC"}, "join.piece.say")
	if st := k.State(); st.ShowCode != "" || st.Show != 2 {
		t.Errorf("the code of a link outlives its opening: %q", st.ShowCode)
	}
	k.do(camp.Intent{Do: camp.DoMakeRoom})
	k.refused(camp.Intent{Do: camp.DoOpen}, "program.no_browser.say")
}

func TestOpenLandsOnTheWishedPage(t *testing.T) {
	var opened []string
	k := keep(t, t.TempDir(), func(o *Options) {
		o.AtOnce = true
		o.Browse = func(link string) error { opened = append(opened, link); return nil }
	})
	k.until("on", in(camp.On))
	k.do(camp.Intent{Do: camp.DoOpen})
	k.do(camp.Intent{Do: camp.DoOpen, Page: "recovery"})
	if len(opened) != 2 || strings.Contains(opened[0], "?") || !strings.HasSuffix(opened[1], "?to=recovery") {
		t.Errorf("opened %q", opened)
	}
}

func TestChoicesAreKept(t *testing.T) {
	dir := t.TempDir()
	var login []bool
	var awake []bool
	with := func(o *Options) {
		o.AtOnce = true
		o.Login = func(on bool) error { login = append(login, on); return nil }
		o.Awake = func(on bool) { awake = append(awake, on) }
	}
	k := keep(t, dir, with)
	k.until("on", in(camp.On))
	want := camp.Settings{Language: "nl", Theme: "dark", TextSize: 120, StartAtLogin: true, KeepAwake: true, Close: "keep"}
	k.do(camp.Intent{Do: camp.DoSettings, Settings: &want})
	k.do(camp.Intent{Do: camp.DoSkip, Page: "invite"})
	k.do(camp.Intent{Do: camp.DoSkip, Page: "invite"})
	k.do(camp.Intent{Do: camp.DoRecoveryDone})
	k.do(camp.Intent{Do: camp.DoBackupPlan, Folder: dir, Daily: 3, Weekly: 2})
	if b := k.State().Backup; b.Folder != dir || b.Daily != 3 || b.Weekly != 2 { // not some time later: the next wish starts from it
		t.Errorf("the plan is shown as %+v", b)
	}
	for _, bad := range []camp.Settings{{Language: "xx"}, {Theme: "pink"}, {TextSize: 500}, {Close: "never"}} {
		k.refused(camp.Intent{Do: camp.DoSettings, Settings: &bad}, "program.choice.say")
	}
	k.refused(camp.Intent{Do: camp.DoSettings}, "program.choice.say")
	k.refused(camp.Intent{Do: camp.DoBackupPlan, Folder: filepath.Join(dir, "no")}, "program.folder_missing.say")
	k.refused(camp.Intent{Do: camp.DoBackupPlan, Folder: "relative"}, "program.path.say")
	if err := k.end(); err != nil {
		t.Fatal(err)
	}
	if len(login) != 1 || !login[0] || len(awake) == 0 || awake[len(awake)-1] {
		t.Errorf("login %v, awake %v", login, awake)
	}
	k = keep(t, dir, nil)
	st := k.until("on", in(camp.On))
	if st.Settings != want || !st.Recovery || len(st.Skipped) != 1 || st.Backup.Folder != dir || st.Backup.Daily != 3 {
		t.Errorf("after a restart: %+v, recovery %v, skipped %v, backup %+v", st.Settings, st.Recovery, st.Skipped, st.Backup)
	}
}

func TestSettingsOfAnotherHand(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte("{ not json"), 0o600); err != nil {
		t.Fatal(err)
	}
	k := keep(t, dir, func(o *Options) { o.AtOnce = true })
	st := k.until("on", in(camp.On))
	if len(st.Needs) == 0 && st.Problem == nil {
		t.Error("nothing says that the settings were put aside")
	}
	if _, err := os.Stat(filepath.Join(dir, "settings.json.unreadable")); err != nil {
		t.Error(err)
	}
}

func TestStopByIntent(t *testing.T) {
	k := keep(t, t.TempDir(), func(o *Options) { o.AtOnce = true })
	k.until("on", in(camp.On))
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	states := k.Watch(ctx)
	k.do(camp.Intent{Do: camp.DoStop})
	last := camp.Phase("")
	for st := range states { // closes with the desk
		last = st.Phase
	}
	if last != camp.Off || ctx.Err() != nil {
		t.Errorf("the last snapshot says %s", last)
	}
	k.refused(camp.Intent{Do: camp.DoStart}, "program.ended.say")
	k.refused(camp.Intent{Do: camp.DoLink}, "program.not_on.say")
}

// Members who write, streams that stay open and a crowd at the door must not hold
// the end up, and what was acknowledged is there afterwards.
func TestQuitUnderLoad(t *testing.T) {
	before := runtime.NumGoroutine()
	dir := t.TempDir()
	k := keep(t, dir, func(o *Options) { o.AtOnce = true })
	web := k.until("on", in(camp.On)).Web
	c := browser(t, k.do(camp.Intent{Do: camp.DoLink}).URL)
	streams := make(chan struct{}, 3)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			res, err := c.Get(web + "/live")
			streams <- struct{}{}
			if err == nil {
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
			}
		})
	}
	for range 3 {
		<-streams
	}
	s := k.on.Load()
	var mu sync.Mutex // guards written
	var written []camp.PostID
	count := func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(written)
	}
	for range 16 {
		all.Go(func() {
			for {
				id, err := s.node.Posts.Write(t.Context(), s.node.Host(), camp.Draft{Text: "still here"})
				if err != nil {
					return
				}
				mu.Lock()
				written = append(written, id)
				mu.Unlock()
			}
		})
	}
	drip := "POST /api/v1/apps HTTP/1.1\r\nHost: " + strings.TrimPrefix(web, "http://") + "\r\nContent-Length: 9000\r\n\r\nclient_"
	for n := range 100 { // and a crowd that says nothing, or not all
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(web, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		_, _ = io.WriteString(conn, []string{"", drip}[n%2])
	}
	for count() < 100 {
		time.Sleep(time.Millisecond)
	}
	began := time.Now()
	err := k.end()
	took := time.Since(began)
	all.Wait()
	if err != nil || took > stopTime {
		t.Fatalf("ended after %s with %v", took, err)
	}
	k = keep(t, dir, nil)
	k.until("on", in(camp.On))
	s = k.on.Load()
	for _, id := range written {
		if _, err := s.node.Posts.Post(t.Context(), s.node.Host(), id); err != nil {
			t.Fatalf("post %s was acknowledged and is gone: %v", id, err)
		}
	}
	if err := k.end(); err != nil {
		t.Error(err)
	}
	t.Logf("%d posts, quit in %s", len(written), took)
	c.CloseIdleConnections()
	for end := time.Now().Add(long); runtime.NumGoroutine() > before && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if now := runtime.NumGoroutine(); now > before {
		buf := make([]byte, 1<<16)
		t.Errorf("%d goroutines before, %d after\n%s", before, now, buf[:runtime.Stack(buf, true)])
	}
}

func TestNewerDataIsRefused(t *testing.T) {
	dir := t.TempDir()
	k := keep(t, dir, func(o *Options) { o.AtOnce = true })
	k.until("on", in(camp.On))
	if err := k.end(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "format"), []byte("camp data format 9999\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := written(t, dir)
	k = keep(t, dir, nil)
	st := k.until("trouble", in(camp.Trouble))
	if after := written(t, dir); !maps.Equal(after, before) {
		t.Errorf("something was written: %v, before %v", after, before)
	}
	if st.Problem == nil || st.Problem.Say != "store.newer.say" || k.Trouble() == nil {
		t.Errorf("problem %+v", st.Problem)
	}
	k.refused(camp.Intent{Do: camp.DoLink}, "store.newer.say")
}

// written gives the size and the time of each file of a camp but the program's
// own settings and log.
func written(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "settings.json" || strings.HasSuffix(path, ".log") {
			return err
		}
		st, err := d.Info()
		if err == nil {
			all[path] = fmt.Sprint(st.Size(), st.ModTime())
		}
		return err
	})
	if err != nil || len(all) < 5 {
		t.Fatalf("%d files, %v", len(all), err)
	}
	return all
}

// A look from both sides: a clock that moved like the wall's, and one that slept.
func TestSlept(t *testing.T) {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		name string
		now  time.Time
		want bool
	}{
		{"five seconds", at.Add(powerTick), false},
		{"late by a busy machine", at.Add(20 * time.Second), false},
		{"eight hours", at.Add(8 * time.Hour), true},
		{"the clock set back", at.Add(-time.Hour), false},
	} {
		if got := slept(at, row.now); got != row.want {
			t.Errorf("%s: slept %v", row.name, got)
		}
	}
	now := time.Now()
	if slept(now, now.Add(time.Hour)) { // both clocks moved alike
		t.Error("an hour awake counts as sleep")
	}
}

func TestNeeds(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	d := &Desk{opt: Options{Now: func() time.Time { return now }}, made: now.Add(-8 * 24 * time.Hour)}
	for _, row := range []struct {
		name string
		st   camp.State
		want string
	}{
		{"a new camp with a backup", camp.State{Backup: camp.Backup{Last: now}}, ""},
		{"no backup for eight days", camp.State{}, "backup"},
		{"an old backup", camp.State{Backup: camp.Backup{Last: now.Add(-9 * 24 * time.Hour)}}, "backup"},
		{"the sheet after the first post", camp.State{FirstPost: true, Backup: camp.Backup{Last: now}}, "recovery"},
		{"the sheet is done", camp.State{FirstPost: true, Recovery: true, Backup: camp.Backup{Last: now}}, ""},
		{"a full disk", camp.State{Space: camp.Space{Level: "read only"}, Backup: camp.Backup{Last: now}}, "space"},
		{"somebody waits", camp.State{Waiting: 2, Backup: camp.Backup{Last: now}}, "waiting"},
		{"79 of 100 places, and many who wait or left", camp.State{People: crowd(79), Backup: camp.Backup{Last: now}}, ""},
		{"80 of them", camp.State{People: crowd(80), Backup: camp.Backup{Last: now}}, "size"},
		{"a wrong clock", camp.State{Backup: camp.Backup{Last: now}}, "clock"},
		{"a backup that failed", camp.State{Backup: camp.Backup{Problem: &camp.Problem{Say: "backup.failed.say"}}}, "backup"},
	} {
		var kinds []string
		d.behind = 0
		if row.want == "clock" {
			d.behind = 3 * time.Minute
		}
		for _, n := range d.needs(&row.st) {
			kinds = append(kinds, n.Kind)
		}
		if got := strings.Join(kinds, " "); got != row.want {
			t.Errorf("%s: needs %q, want %q", row.name, got, row.want)
		}
	}
}

// What the store finds while the camp is on is shown without anything else
// having to happen.
func TestTheStoresWordIsShown(t *testing.T) {
	k := keep(t, t.TempDir(), func(o *Options) { o.AtOnce = true })
	k.until("on", in(camp.On))
	s := k.on.Load()
	if s.needsMoved() {
		t.Error("something is new in a camp that has just begun")
	}
	shows := func(list ...camp.Need) {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.store = list
	}
	seen := false
	for range 100 { // what the start still has to show may come between
		shows(camp.Need{Kind: "stopped", Say: "store.stopped.say"})
		seen = seen || s.needsMoved()
	}
	if !seen {
		t.Error("the snapshot shows something else than the store says, and nobody looks")
	}
	k.until("renewed by itself", func(camp.State) bool {
		k.mu.Lock()
		defer k.mu.Unlock()
		return len(k.store) == 0
	})
}

// crowd is n people of a camp, a pausing one among them, and others who take no place.
func crowd(n int) []camp.Person {
	list := []camp.Person{{Standing: camp.Suspended}}
	for len(list) < n {
		list = append(list, camp.Person{Standing: camp.Joined})
	}
	for range 20 {
		list = append(list, camp.Person{Standing: camp.Waiting}, camp.Person{Standing: camp.Left})
	}
	return list
}

var errNotWhole = errors.New("not whole")

// A camp whose part ends by itself says so, and starts again when asked.
func TestBrokenCamp(t *testing.T) {
	k := keep(t, t.TempDir(), func(o *Options) { o.AtOnce = true })
	k.until("on", in(camp.On))
	k.on.Load().breakBy(errNotWhole)
	st := k.until("trouble", in(camp.Trouble))
	if st.Problem == nil || !errors.Is(k.Trouble(), errNotWhole) || st.Web != "" {
		t.Errorf("problem %+v, web %q", st.Problem, st.Web)
	}
	k.do(camp.Intent{Do: camp.DoStart})
	if k.State().Phase != camp.On {
		t.Errorf("phase %s", k.State().Phase)
	}
}
