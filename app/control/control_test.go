package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"camp/app/desk/latest"
	"camp/node/camp"
)

const long = 20 * time.Second

// fake is a desk that answers by the intent's name.
type fake struct {
	latest.States
	block chan struct{} // "wait" waits for it
}

func (f *fake) Do(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	switch in.Do {
	case "refuse":
		return camp.Answer{}, &camp.Fault{Kind: camp.NotFound, Say: "people.nobody.say", Args: map[string]string{"Name": in.Person}}
	case "fail":
		return camp.Answer{}, errors.New("a secret path")
	case "panic":
		panic("a bug")
	case "huge":
		return camp.Answer{URL: strings.Repeat("x", maxReply)}, nil
	case "wait":
		select {
		case <-f.block:
		case <-ctx.Done():
			return camp.Answer{}, ctx.Err()
		}
	}
	return camp.Answer{URL: in.Do + in.Person}, nil
}

// serve runs a server on dir until the test ends or stop is called.
func serve(t *testing.T, dir string, d Desk) (stop func()) {
	t.Helper()
	s := &Server{
		Desk: d, Log: slog.New(slog.DiscardHandler),
		Text: func(language, say string, args map[string]string) string {
			return language + " " + say + " " + args["Name"]
		},
	}
	if err := s.Listen(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			select {
			case err := <-done:
				if err != nil {
					t.Errorf("Run: %v", err)
				}
			case <-time.After(long):
				t.Error("the server does not end")
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

func dial(t *testing.T, dir string) *Client {
	t.Helper()
	c, err := Dial(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestAskAndAnswer(t *testing.T) {
	dir := t.TempDir()
	d := &fake{}
	d.Set(camp.State{Name: "The Orchard"})
	serve(t, dir, d)
	if st, err := os.Stat(filepath.Join(dir, socketName)); err != nil || runtime.GOOS != "windows" && st.Mode().Perm() != 0o600 {
		t.Errorf("the socket is %v, %v", st.Mode(), err)
	}
	c := dial(t, dir)
	if c.State().Name != "The Orchard" {
		t.Errorf("state after Dial: %+v", c.State())
	}
	if ans, err := c.Do(t.Context(), camp.Intent{Do: "x", Person: "y"}); err != nil || ans.URL != "xy" {
		t.Errorf("%+v, %v", ans, err)
	}
	_, err := c.Do(t.Context(), camp.Intent{Do: "refuse", Person: "mia", Language: "nl"})
	f := camp.AsFault(err)
	if f.Kind != camp.NotFound || f.Say != "people.nobody.say" || f.Args["Name"] != "mia" || f.Err.Error() != "nl people.nobody.say mia" {
		t.Errorf("refusal %+v", f)
	}
	for _, do := range []string{"fail", "panic", "huge"} {
		_, err := c.Do(t.Context(), camp.Intent{Do: do})
		if f := camp.AsFault(err); f.Kind != camp.Internal || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", do, err)
		}
	}
	if ans, err := c.Do(t.Context(), camp.Intent{Do: "still"}); err != nil || ans.URL != "still" {
		t.Errorf("after those: %+v, %v", ans, err)
	}
}

func TestSeveralClientsAtOnce(t *testing.T) {
	dir := t.TempDir()
	d := &fake{block: make(chan struct{})}
	serve(t, dir, d)
	slow := dial(t, dir)
	done := make(chan error, 1)
	go func() {
		_, err := slow.Do(t.Context(), camp.Intent{Do: "wait"})
		done <- err
	}()
	var all sync.WaitGroup
	for range 8 {
		c := dial(t, dir)
		for range 20 {
			all.Go(func() {
				if ans, err := c.Do(t.Context(), camp.Intent{Do: "x"}); err != nil || ans.URL != "x" {
					t.Errorf("%+v, %v", ans, err)
				}
			})
		}
	}
	all.Wait()
	close(d.block)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestWatchFollowsAndEnds(t *testing.T) {
	dir := t.TempDir()
	d := &fake{}
	stop := serve(t, dir, d)
	c := dial(t, dir)
	w := c.Watch(t.Context())
	d.Set(camp.State{Show: 3})
	for st := range w {
		if st.Show == 3 {
			break
		}
	}
	waiting := make(chan error, 1)
	go func() {
		_, err := c.Do(t.Context(), camp.Intent{Do: "wait"})
		waiting <- err
	}()
	stop()
	for range w { //nolint:revive // until it closes
	}
	if err := <-waiting; err == nil {
		t.Error("an open intent was answered by nobody")
	}
	if _, err := c.Do(t.Context(), camp.Intent{Do: "x"}); !errors.Is(err, ErrGone) {
		t.Errorf("after the end: %v", err)
	}
	if _, err := Dial(t.Context(), dir); !errors.Is(err, ErrNobody) {
		t.Errorf("dialling nobody: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, socketName)); err == nil {
		t.Error("the socket is left behind")
	}
}

func TestStaleSocket(t *testing.T) {
	dir := t.TempDir()
	l, err := net.Listen("unix", filepath.Join(dir, socketName))
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false) // as a killed process leaves it
	_ = l.Close()
	if _, err := Dial(t.Context(), dir); !errors.Is(err, ErrNobody) {
		t.Errorf("a dead socket: %v", err)
	}
	serve(t, dir, &fake{})
	dial(t, dir)
}

func TestLongFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long-", 20))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	stop := serve(t, dir, &fake{})
	path, err := address(dir)
	if err != nil || len(path) > maxPath {
		t.Fatalf("the socket lies at %q, %v", path, err)
	}
	if st, err := os.Stat(filepath.Dir(path)); err != nil || st.Mode().Perm() != 0o700 {
		t.Errorf("its folder is %v, %v", st.Mode(), err)
	}
	dial(t, dir)
	stop()
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := os.Stat(filepath.Dir(path)); err == nil {
		t.Error("its folder is left behind")
	}
	t.Run("a pointer to somewhere else is not followed", func(t *testing.T) {
		if err := os.WriteFile(filepath.Join(dir, pointerTo), []byte("/run/other.sock\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Dial(t.Context(), dir); !errors.Is(err, ErrNobody) {
			t.Errorf("%v", err)
		}
	})
}

// raw speaks to the server by hand.
func raw(t *testing.T, dir string) net.Conn {
	t.Helper()
	c, err := net.Dial("unix", filepath.Join(dir, socketName))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(long))
	return c
}

func TestBadLines(t *testing.T) {
	dir := t.TempDir()
	serve(t, dir, &fake{})
	for name, line := range map[string]string{
		"no JSON":     "GET / HTTP/1.1\r\n",
		"nothing":     "{}\n",
		"a list":      "[1,2]\n",
		"a long line": `{"id":1,"intent":{"do":"` + strings.Repeat("x", 2*maxAsk) + "\"}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			c := raw(t, dir)
			go func() { _, _ = c.Write([]byte(line)) }()
			lines := bufio.NewScanner(c)
			lines.Buffer(nil, maxReply)
			if !lines.Scan() {
				return // closed without a word is fine, too, where the rest was not read
			}
			var r reply
			if err := json.Unmarshal(lines.Bytes(), &r); err != nil || r.Fault == nil || r.Fault.Kind != camp.Invalid {
				t.Errorf("%s: %v", lines.Text(), err)
			}
			if lines.Scan() {
				t.Errorf("and then %s", lines.Text())
			}
		})
	}
	if _, err := dial(t, dir).Do(t.Context(), camp.Intent{Do: "x"}); err != nil {
		t.Errorf("after those: %v", err)
	}
}

func TestMoreClientsThanPlaces(t *testing.T) {
	dir := t.TempDir()
	serve(t, dir, &fake{})
	for range maxClients {
		raw(t, dir)
	}
	c, err := Dial(t.Context(), dir)
	if err == nil {
		_ = c.Close()
		t.Error("one more was let in")
	}
}

// A client that does not read must not hold the others, nor the end, up.
func TestClientThatDoesNotRead(t *testing.T) {
	dir := t.TempDir()
	d := &fake{}
	stop := serve(t, dir, d)
	c := raw(t, dir)
	if _, err := c.Write([]byte("{\"watch\":true}\n")); err != nil {
		t.Fatal(err)
	}
	for n := range 200 {
		d.Set(camp.State{Show: n, Data: strings.Repeat("x", 64<<10)})
	}
	if _, err := dial(t, dir).Do(t.Context(), camp.Intent{Do: "x"}); err != nil {
		t.Error(err)
	}
	stop()
}

func FuzzAsk(f *testing.F) {
	for _, seed := range []string{`{"id":1,"intent":{"do":"status"}}`, `{"watch":true}`, `{"id":-1}`, `{"intent":{"for":"x"}}`, "\x00", `{"id":1e99,"intent":{}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		server, client := net.Pipe()
		s := &Server{Desk: &fake{block: make(chan struct{})}, Log: slog.New(slog.DiscardHandler), Text: func(string, string, map[string]string) string { return "" }}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); s.serve(ctx, server) }()
		_ = client.SetDeadline(time.Now().Add(long))
		go func() { // whatever comes back is a reply of ours
			lines := bufio.NewScanner(client)
			lines.Buffer(nil, maxReply+1)
			for lines.Scan() {
				var r reply
				if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
					t.Errorf("%q came back: %v", lines.Text(), err)
				}
			}
		}()
		_, _ = client.Write(append(line, '\n'))
		cancel()
		<-done
		_ = client.Close()
	})
}
