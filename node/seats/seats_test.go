package seats

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
)

// crowded is a door with few places, and the test's hands on what it answers.
type crowded struct {
	t    *testing.T
	at   string
	p    *Seats
	in   chan string   // the path of each request that waits
	hold chan struct{} // closed: those who wait are answered
}

func newCrowded(t *testing.T, most int) *crowded {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &crowded{t: t, at: l.Addr().String(), in: make(chan string), hold: make(chan struct{}), p: New(most)}
	done := make(chan error, 1)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/wait":
			c.in <- r.URL.Path
			<-c.hold
		case "/send":
			c.in <- r.URL.Path
			if _, err := io.ReadAll(r.Body); err != nil {
				return
			}
			c.in <- "sent"
			<-c.hold
		}
		_, _ = fmt.Fprint(w, "hello")
	})
	srv := &http.Server{Handler: c.p.Handler(h), ConnContext: c.p.ConnContext, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	go func() { done <- srv.Serve(c.p.Listener(l)) }()
	t.Cleanup(func() {
		_ = srv.Close()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return c
}

// taken waits until so many have a place: a connection stands before it is accepted.
func (c *crowded) taken(n int) {
	for now := -1; now != n; runtime.Gosched() {
		c.p.mu.Lock()
		now = len(c.p.open)
		c.p.mu.Unlock()
	}
}

// come connects and sends some words.
func (c *crowded) come(words string) *caller {
	c.t.Helper()
	conn, err := net.Dial("tcp", c.at)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = conn.Close() })
	who := &caller{Conn: conn, r: bufio.NewReader(conn)}
	who.say(words)
	return who
}

type caller struct {
	net.Conn
	r *bufio.Reader
}

func (c *caller) say(words string) { _, _ = io.WriteString(c, words) }

// heard reads one answer; "" where the connection was closed without one.
func (c *caller) heard() string {
	res, err := http.ReadResponse(c.r, nil)
	if err != nil {
		return ""
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return ""
	}
	return string(b)
}

func get(path string) string { return "GET " + path + " HTTP/1.1\r\nHost: a.example\r\n\r\n" }

// Who takes a place and says nothing, or nothing more, gives it to the next: the
// longest silent first. So no program can shut the host's browser out.
func TestTheSilentMakeRoom(t *testing.T) {
	const most = 4
	c := newCrowded(t, most)
	idle := c.come(get("/"))
	if got := idle.heard(); got != "hello" {
		t.Fatalf("the first hears %q", got)
	}
	var silent []*caller
	for range most - 1 {
		silent = append(silent, c.come("GET / HT"))
		c.taken(len(silent) + 1)
	}
	idle.say(get("/")) // it is not the one who has been silent for longest any more
	if got := idle.heard(); got != "hello" {
		t.Fatalf("again it hears %q", got)
	}
	for n := range most - 1 {
		if got := c.come(get("/")).heard(); got != "hello" {
			t.Fatalf("newcomer %d hears %q", n, got)
		}
		if got := silent[n].heard(); got != "" {
			t.Errorf("silent %d hears %q", n, got)
		}
	}
	idle.say(get("/"))
	if got := idle.heard(); got != "hello" {
		t.Errorf("who had asked last was cut off before the silent: %q", got)
	}
}

// What is being answered is never cut off; where nothing else is left the next
// one has to come again.
func TestAnswersUnderWayKeepTheirPlace(t *testing.T) {
	const most = 3
	c := newCrowded(t, most)
	var all []*caller
	for range most {
		all = append(all, c.come(get("/wait")))
		<-c.in
	}
	for range 10 {
		if got := c.come(get("/")).heard(); got != "" {
			t.Errorf("one too many hears %q", got)
		}
	}
	close(c.hold)
	for n, who := range all {
		if got := who.heard(); got != "hello" {
			t.Errorf("caller %d hears %q", n, got)
		}
	}
	if got := c.come(get("/")).heard(); got != "hello" {
		t.Errorf("afterwards: %q", got)
	}
}

// A request that drips in holds its place only as long as nobody else wants it;
// one that is here whole is an answer under way.
func TestWhoDripsMakesRoom(t *testing.T) {
	const post = "POST /send HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\n\r\n"
	c := newCrowded(t, 3)
	whole := c.come(post + "abc")
	if <-c.in; <-c.in != "sent" {
		t.Fatal("it did not come in whole")
	}
	first := c.come(post + "a")
	<-c.in
	second := c.come(post + "a")
	<-c.in
	if got := c.come(get("/")).heard(); got != "hello" {
		t.Errorf("beside those who drip one hears %q", got)
	}
	if got := first.heard(); strings.Contains(got, "hello") {
		t.Errorf("the first to drip hears %q", got)
	}
	second.say("bc")
	<-c.in
	close(c.hold)
	for name, who := range map[string]*caller{"whole": whole, "the one who came to an end": second} {
		if got := who.heard(); got != "hello" {
			t.Errorf("%s hears %q", name, got)
		}
	}
}
