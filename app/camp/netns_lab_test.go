//go:build netns

package main_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A lab of network namespaces: each space is a computer or a router of its own.
// Everything in it goes when the test ends, and only what the lab started is ended.

var (
	labBin   string // the program under test
	labBuilt sync.Once

	labSkewed   string // the same with a clock that can be set wrong
	skewedBuilt sync.Once
	labCount    atomic.Int32
)

// patience bounds waits; nothing here measures.
const patience = 60 * time.Second

type lab struct {
	t    *testing.T
	name string
}

type space struct {
	*lab
	ns    string
	under string // where a process is written to be under a limit; "" for none
}

func newLab(t *testing.T) *lab {
	t.Helper()
	l := &lab{t: t, name: fmt.Sprintf("camp%d-%d", os.Getpid()%10000, labCount.Add(1))}
	if out, err := exec.Command("ip", "netns", "add", l.name+"-probe").CombinedOutput(); err != nil {
		t.Skipf("network namespaces are not permitted here: %v %s; run as root to include this test", err, bytes.TrimSpace(out))
	}
	l.must("ip", "netns", "del", l.name+"-probe")
	labBuilt.Do(func() {
		dir, err := os.MkdirTemp("", "camp-lab")
		if err != nil {
			t.Fatal(err)
		}
		labBin = filepath.Join(dir, "camp")
		build := exec.Command("go", "build", "-o", labBin, "camp/app/camp")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("the program does not build: %v\n%s", err, out)
		}
	})
	return l
}

// skewedBin builds the program with a clock that is off by as many seconds as
// CAMP_LAB_SHIFT says, at the two places that are told the time of day: its own
// clock, which everything of ours is given, and WireGuard's, which dates what it
// says first. The runtime asks the kernel itself, so nothing outside can do it.
func skewedBin(t *testing.T) string {
	t.Helper()
	skewedBuilt.Do(func() {
		dir, err := os.MkdirTemp("", "camp-lab")
		if err != nil {
			t.Fatal(err)
		}
		l := &lab{t: t}
		where := func(args ...string) string {
			return strings.TrimSpace(l.must(append([]string{"go", "list"}, args...)...))
		}

		// The library lies where nothing may be replaced: a copy of it is used.
		wg := filepath.Join(dir, "wireguard")
		const module = "golang.zx2c4.com/wireguard"
		l.must("cp", "-r", "--no-preserve=mode", where("-m", "-f", "{{.Dir}}", module), wg)
		dates := filepath.Join(wg, "tai64n", "tai64n.go")
		shiftClock(t, dates, dates, "stamp(time.Now())", "stamp(labNow())")
		mod, sum := filepath.Join(dir, "go.mod"), filepath.Join(dir, "go.sum")
		l.must("cp", where("-m", "-f", "{{.GoMod}}"), mod)
		l.must("cp", filepath.Join(where("-m", "-f", "{{.Dir}}"), "go.sum"), sum)
		l.must("go", "mod", "edit", "-replace", module+"="+wg, mod)

		own := filepath.Join(where("-f", "{{.Dir}}", "camp/app/camp"), "main.go")
		shifted := filepath.Join(dir, "main.go")
		shiftClock(t, own, shifted, "now: time.Now,", "now: labNow,")
		list, err := json.Marshal(map[string]map[string]string{"Replace": {own: shifted}})
		if err != nil {
			t.Fatal(err)
		}
		overlay := filepath.Join(dir, "overlay.json")
		if err := os.WriteFile(overlay, list, 0o600); err != nil {
			t.Fatal(err)
		}
		bin := filepath.Join(dir, "camp")
		build := exec.Command("go", "build", "-modfile", mod, "-overlay", overlay, "-o", bin, "camp/app/camp")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("the program with a wrong clock does not build: %v\n%s", err, out)
		}
		labSkewed = bin
	})
	if labSkewed == "" {
		t.Fatal("there is no program with a wrong clock")
	}
	return labSkewed
}

// shiftClock writes a Go file anew, with another clock where it reads one.
func shiftClock(t *testing.T, from, to, reads, instead string) {
	t.Helper()
	src, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(src), reads) != 1 {
		t.Fatalf("the clock is not where it was looked for: %s", from)
	}
	text := strings.Replace(string(src), reads, instead, 1)
	text = strings.Replace(text, "import (", "import (\n\tlabos \"os\"\n\tlabnumber \"strconv\"\n", 1) + `
func labNow() time.Time {
	n, err := labnumber.Atoi(labos.Getenv("CAMP_LAB_SHIFT"))
	if err != nil {
		panic(err)
	}
	return time.Now().Add(time.Duration(n) * time.Second)
}
`
	if err := os.WriteFile(to, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (l *lab) needs(tools ...string) {
	l.t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			l.t.Skipf("%s is not installed here", tool)
		}
	}
}

func (l *lab) must(args ...string) string {
	l.t.Helper()
	out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
	if err != nil {
		l.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (l *lab) space(name string) *space {
	l.t.Helper()
	s := &space{lab: l, ns: l.name + "-" + name}
	l.must("ip", "netns", "add", s.ns)
	l.t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", s.ns).Run() })
	s.run("ip", "link", "set", "lo", "up")
	return s
}

// run runs a command in the space.
func (s *space) run(args ...string) string {
	s.t.Helper()
	return s.must(append([]string{"ip", "netns", "exec", s.ns}, args...)...)
}

// command prepares one that goes on; it is ended with the test.
func (s *space) command(args ...string) *exec.Cmd {
	args = append([]string{"ip", "netns", "exec", s.ns}, args...)
	if s.under != "" {
		args = append([]string{"sh", "-c", `echo $$ >"$0" && exec "$@"`, s.under}, args...)
	}
	return exec.Command(args[0], args[1:]...)
}

func (s *space) start(args ...string) *exec.Cmd {
	s.t.Helper()
	c := s.command(args...)
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { endProcess(c) })
	return c
}

func endProcess(c *exec.Cmd) {
	if c.Process == nil {
		return
	}
	_ = c.Process.Signal(syscall.SIGTERM)
	done := make(chan struct{})
	go func() { defer close(done); _ = c.Wait() }()
	select {
	case <-done:
	case <-time.After(15 * time.Second):
		_ = c.Process.Kill()
		<-done
	}
}

var labLink atomic.Int32

// link joins two spaces by a cable; names are those of its ends, addresses may be "".
func (l *lab) link(a *space, aName, aAddr string, b *space, bName, bAddr string) {
	l.t.Helper()
	n := labLink.Add(1)
	x, y := fmt.Sprintf("cx%d", n), fmt.Sprintf("cy%d", n)
	l.must("ip", "link", "add", x, "type", "veth", "peer", "name", y)
	for _, end := range []struct {
		s              *space
		from, to, addr string
	}{{a, x, aName, aAddr}, {b, y, bName, bAddr}} {
		l.must("ip", "link", "set", end.from, "netns", end.s.ns)
		end.s.run("ip", "link", "set", end.from, "name", end.to)
		end.s.run("ip", "link", "set", end.to, "up")
		if end.addr != "" {
			end.s.run("ip", "addr", "add", end.addr, "dev", end.to)
		}
	}
}

// bridge makes a space a switch to which others are joined.
func (l *lab) bridge(name string) *space {
	l.t.Helper()
	s := l.space(name)
	s.run("ip", "link", "add", "br0", "type", "bridge")
	s.run("ip", "link", "set", "br0", "up")
	return s
}

func (l *lab) plug(s *space, dev, addr string, sw *space) {
	l.t.Helper()
	port := "p" + strconv.Itoa(int(labLink.Load()))
	l.link(s, dev, addr, sw, port, "")
	sw.run("ip", "link", "set", port, "master", "br0")
}

// router makes a home router between a home network (lan) and the world (wan).
func (s *space) router() {
	s.t.Helper()
	s.run("sysctl", "-q", "-w", "net.ipv4.ip_forward=1")
	s.run("nft", "add table ip nat")
	s.run("nft", "add chain ip nat post { type nat hook postrouting priority 100 ; }")
	s.run("nft", "add rule ip nat post oifname wan masquerade")
}

// miniupnpd opens doors in a router on request, by one protocol or both.
func (s *space) miniupnpd(pmp, upnp bool) {
	s.t.Helper()
	dir := s.t.TempDir()
	yes := map[bool]string{true: "yes", false: "no"}
	conf := "ext_ifname=wan\nlistening_ip=lan\nport=0\nenable_natpmp=" + yes[pmp] + "\nenable_upnp=" + yes[upnp] +
		"\nsecure_mode=yes\nnotify_interval=60\nuuid=00000000-0000-0000-0000-000000000001\nallow 1024-65535 0.0.0.0/0 1024-65535\nallow 443 0.0.0.0/0 1024-65535\ndeny 0-65535 0.0.0.0/0 0-65535\n" +
		"min_lifetime=10\nmax_lifetime=86400\n"
	for _, line := range []string{
		"add table inet filter", "add chain inet filter miniupnpd", "add table inet door", "add chain inet door prerouting_miniupnpd", "add chain inet door postrouting_miniupnpd",
		"add chain inet door pre { type nat hook prerouting priority -100 ; }", "add rule inet door pre jump prerouting_miniupnpd",
	} {
		s.run("nft", line)
	}
	conf += "upnp_table_name=filter\nupnp_nat_table_name=door\nupnp_forward_chain=miniupnpd\nupnp_nat_chain=prerouting_miniupnpd\nupnp_nat_postrouting_chain=postrouting_miniupnpd\n"
	f := filepath.Join(dir, "miniupnpd.conf")
	if err := os.WriteFile(f, []byte(conf), 0o600); err != nil {
		s.t.Fatal(err)
	}
	c := s.command("miniupnpd", "-d", "-f", f, "-P", filepath.Join(dir, "pid"))
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		endProcess(c)
		if s.t.Failed() {
			s.t.Logf("the router said:\n%.3000s", said.String())
		}
	})
	s.until("the router listens", func() bool { return strings.Contains(s.run("ss", "-uln"), ":5351") || !pmp })
	if upnp {
		s.until("the router is found", func() bool { return strings.Contains(s.run("ss", "-uln"), ":1900") })
	}
}

func (l *lab) until(what string, good func() bool) {
	l.t.Helper()
	end := time.Now().Add(patience)
	for !good() {
		if time.Now().After(end) {
			l.t.Fatalf("never: %s", what)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// dial connects from inside the space: a socket belongs to where it was made.
func (s *space) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	type result struct {
		c   net.Conn
		err error
	}
	out := make(chan result, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread goes with the goroutine
		f, err := os.Open("/run/netns/" + s.ns)
		if err == nil {
			defer f.Close()
			err = unix.Setns(int(f.Fd()), unix.CLONE_NEWNET)
		}
		if err != nil {
			out <- result{nil, err}
			return
		}
		d := net.Dialer{FallbackDelay: -1}
		c, err := d.DialContext(ctx, network, addr)
		out <- result{c, err}
	}()
	r := <-out
	return r.c, r.err
}

// surfer is a browser of the test's own, in a space.
type surfer struct {
	t    *testing.T
	base string
	http *http.Client
}

func (s *space) surf(base string) *surfer {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &surfer{t: s.t, base: base, http: &http.Client{Jar: jar, Timeout: 40 * time.Second, Transport: &http.Transport{DialContext: s.dial, DisableKeepAlives: true}}}
}

func (c *surfer) try(method, path string, form url.Values) (int, string, error) {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequest(method, c.base+path, body)
	if err != nil {
		return 0, "", err
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Origin", c.base)
	res, err := c.http.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return res.StatusCode, string(raw), err
}

func (c *surfer) do(method, path string, form url.Values) string {
	c.t.Helper()
	status, body, err := c.try(method, path, form)
	if err != nil || status >= 400 {
		c.t.Fatalf("%s %s: %d, %v\n%.2000s", method, path, status, err, body)
	}
	return body
}

var csrf = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// write posts in the camp, as the page's own form does.
func (c *surfer) write(text string) {
	c.t.Helper()
	m := csrf.FindStringSubmatch(c.do("GET", "/", nil))
	if m == nil {
		c.t.Fatal("the home page has no form")
	}
	c.do("POST", "/post", url.Values{"csrf": {m[1]}, "text": {text}})
}

// running is a program of ours in a space, and what it printed.
type running struct {
	s   *space
	dir string
	cmd *exec.Cmd

	mu    sync.Mutex
	lines []map[string]any
	said  bytes.Buffer
	ended chan struct{}
}

func (s *space) camp(dir string, args ...string) *running {
	s.t.Helper()
	return s.program(labBin, "0", dir, args...)
}

// campAt runs it with a clock that is off.
func (s *space) campAt(off time.Duration, dir string, args ...string) *running {
	s.t.Helper()
	return s.program(skewedBin(s.t), strconv.Itoa(int(off.Seconds())), dir, args...)
}

func (s *space) program(bin, shift, dir string, args ...string) *running {
	s.t.Helper()
	r := &running{s: s, dir: dir, ended: make(chan struct{})}
	r.cmd = s.command(append(append([]string{bin}, args...), "--data", dir, "--json")...)
	r.cmd.Env = append(os.Environ(), "LANG=en_GB.UTF-8", "CAMP_LAB_SHIFT="+shift)
	r.cmd.Stderr = &r.said
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		defer close(r.ended)
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var m map[string]any
			if json.Unmarshal(lines.Bytes(), &m) == nil {
				r.mu.Lock()
				r.lines = append(r.lines, m)
				r.mu.Unlock()
			}
		}
	}()
	s.t.Cleanup(r.end)
	return r
}

func (r *running) end() {
	_ = r.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-r.ended:
	case <-time.After(15 * time.Second):
		_ = r.cmd.Process.Kill()
		<-r.ended
	}
	_ = r.cmd.Wait()
}

// line waits for a printed value that has the key, equal to want where it is given.
func (r *running) line(key string, want any) map[string]any {
	r.s.t.Helper()
	end := time.Now().Add(patience)
	for {
		r.mu.Lock()
		for _, m := range r.lines {
			if got, ok := m[key]; ok && (want == nil || got == want) {
				r.mu.Unlock()
				return m
			}
		}
		lines := r.lines
		r.mu.Unlock()
		select {
		case <-r.ended:
			time.Sleep(100 * time.Millisecond)
			r.s.t.Fatalf("ended without %q = %v; printed %v, said %s", key, want, lines, r.said.String())
		default:
		}
		if time.Now().After(end) {
			r.s.t.Fatalf("never %q = %v; printed %v, said %s", key, want, lines, r.said.String())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// ctl asks the program of a folder.
func (r *running) ctl(args ...string) map[string]any {
	r.s.t.Helper()
	m, err := r.tryCtl(args...)
	if err != nil {
		r.s.t.Fatal(err)
	}
	return m
}

func (r *running) tryCtl(args ...string) (map[string]any, error) {
	c := exec.Command(labBin, append([]string{"ctl", "--data", r.dir, "--json"}, args...)...)
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	if err := c.Run(); err != nil {
		return nil, fmt.Errorf("ctl %s: %w\n%s", strings.Join(args, " "), err, said.String())
	}
	var m map[string]any
	if err := json.Unmarshal(bytes.TrimSpace(out.Bytes()), &m); err != nil {
		return nil, fmt.Errorf("ctl %s printed %q", strings.Join(args, " "), out.String())
	}
	return m, nil
}

// waiting waits until somebody of the name waits to be let in.
func (r *running) waiting(name string) {
	r.s.t.Helper()
	r.s.until(name+" waits", func() bool {
		for _, p := range r.ctl("member", "list")["members"].([]any) {
			if m := p.(map[string]any); m["name"] == name && m["state"] == "waiting" {
				return true
			}
		}
		return false
	})
}

// signIn opens the browser's door of a member or the host by a one-time link.
func (r *running) signIn() *surfer {
	r.s.t.Helper()
	u, err := url.Parse(r.ctl("link")["url"].(string))
	if err != nil {
		r.s.t.Fatal(err)
	}
	c := r.s.surf("http://" + u.Host)
	c.do("GET", u.Path, nil)
	return c
}
