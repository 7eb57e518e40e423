//go:build netns

package main_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A small fediverse: every server is a space with a name, https on port 443 and
// a certificate of the lab's own authority. Names come from hosts files; a name
// that is not in them leads nowhere.
type world struct {
	*lab
	sw    *space
	dir   string
	ca    *x509.Certificate
	key   *ecdsa.PrivateKey
	spots map[string]*space // by name, "camp1.test"
}

// labNet is where the servers of a world lie.
const labNet = "10.77.0.0/24"

func newWorld(t *testing.T, names ...string) *world {
	t.Helper()
	w := &world{lab: newLab(t), dir: t.TempDir(), spots: map[string]*space{}}
	w.sw = w.bridge("sw")
	w.authority()
	hosts := "127.0.0.1 localhost\n"
	for i, name := range names {
		hosts += fmt.Sprintf("10.77.0.%d %s\n", 11+i, name)
	}
	for i, name := range names {
		short, _, _ := strings.Cut(name, ".")
		s := w.space(short)
		w.plug(s, "eth0", fmt.Sprintf("10.77.0.%d/24", 11+i), w.sw)
		w.spots[name] = s
		w.certify(name)
		etc := filepath.Join("/etc/netns", s.ns) // what `ip netns exec` shows as /etc
		if err := os.MkdirAll(etc, 0o755); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(etc) })
		for file, text := range map[string]string{"hosts": hosts, "resolv.conf": ""} {
			if err := os.WriteFile(filepath.Join(etc, file), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return w
}

func (w *world) file(name string) string { return filepath.Join(w.dir, name) }

func (w *world) authority() {
	w.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	w.key = key
	w.ca = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "lab"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, w.ca, w.ca, &key.PublicKey, key)
	if err != nil {
		w.t.Fatal(err)
	}
	w.pem("ca.pem", "CERTIFICATE", der)
}

func (w *world) certify(name string) {
	w.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, w.ca, &key.PublicKey, w.key)
	if err != nil {
		w.t.Fatal(err)
	}
	w.pem(name+".pem", "CERTIFICATE", der)
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		w.t.Fatal(err)
	}
	w.pem(name+".key", "PRIVATE KEY", raw)
}

func (w *world) pem(file, kind string, der []byte) {
	w.t.Helper()
	if err := os.WriteFile(w.file(file), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// camped is a camp in the world, and the token by which the test acts as its host.
type camped struct {
	*running
	w     *world
	name  string // the domain
	web   string
	token string
	http  *http.Client
}

// serve starts a camp that talks with the world.
func (w *world) serve(name, host string, more ...string) *camped {
	w.t.Helper()
	return w.serveIn(filepath.Join(w.t.TempDir(), "data"), name, host, more...)
}

func (w *world) serveIn(dir, name, host string, more ...string) *camped {
	w.t.Helper()
	s := w.spots[name]
	args := append([]string{
		"serve", "--name", "Camp " + host, "--host-user", host, "--domain", name, "--https", "0.0.0.0:443", "--tls-cert", w.file(name + ".pem"),
		"--tls-key", w.file(name + ".key"), "--lab-ca", w.file("ca.pem"), "--lab-allow-net", labNet, "--lab-no-rate-limit",
	}, more...)
	c := &camped{running: s.camp(dir, args...), w: w, name: name}
	w.t.Cleanup(func() {
		if raw, err := os.ReadFile(filepath.Join(dir, "log", "camp.log")); err == nil && w.t.Failed() {
			w.t.Logf("%s noted:\n%s", name, raw[max(0, len(raw)-6000):])
		}
	})
	c.web = c.line("ready", true)["web"].(string)
	c.token = c.ctl("token", host)["token"].(string)
	c.http = &http.Client{Timeout: 40 * time.Second, Transport: &http.Transport{DialContext: s.dial, DisableKeepAlives: true}}
	return c
}

// ask calls the client API as the host, and gives what came.
func (c *camped) ask(method, path string, form url.Values) (int, any) {
	c.w.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequest(method, c.web+path, body)
	if err != nil {
		c.w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := c.http.Do(r)
	if err != nil {
		c.w.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		c.w.t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		c.w.t.Fatalf("%s %s: %d, %.500s", method, path, res.StatusCode, raw)
	}
	return res.StatusCode, v
}

func (c *camped) api(method, path string, form url.Values) any {
	c.w.t.Helper()
	status, v := c.ask(method, path, form)
	if status >= 300 {
		c.w.t.Fatalf("%s %s: %d, %v", method, path, status, v)
	}
	return v
}

func (c *camped) one(method, path string, form url.Values) map[string]any {
	c.w.t.Helper()
	return c.api(method, path, form).(map[string]any)
}

func (c *camped) list(path string) []map[string]any {
	c.w.t.Helper()
	var list []map[string]any
	for _, v := range c.api("GET", path, nil).([]any) {
		list = append(list, v.(map[string]any))
	}
	return list
}

// find looks somebody up by their address and gives their id here.
func (c *camped) find(address string) string {
	c.w.t.Helper()
	found := c.one("GET", "/api/v2/search?type=accounts&resolve=true&q="+url.QueryEscape(address), nil)["accounts"].([]any)
	if len(found) == 0 {
		c.w.t.Fatalf("%s does not find %s", c.name, address)
	}
	return found[0].(map[string]any)["id"].(string)
}

// follow follows somebody and waits for their yes.
func (c *camped) follow(address string) (id string) {
	c.w.t.Helper()
	id = c.find(address)
	c.api("POST", "/api/v1/accounts/"+id+"/follow", url.Values{})
	c.until(c.name+" follows "+address, func() bool {
		return c.list("/api/v1/accounts/relationships?id[]=" + id)[0]["following"] == true
	})
	return id
}

// post writes a post and gives its id here and its address.
func (c *camped) post(text, visibility string, more url.Values) (id, uri string) {
	c.w.t.Helper()
	form := url.Values{"status": {text}, "visibility": {visibility}}
	for k, v := range more {
		form[k] = v
	}
	st := c.one("POST", "/api/v1/statuses", form)
	return st["id"].(string), st["uri"].(string)
}

// seen waits for a post in the home timeline.
func (c *camped) seen(part string) map[string]any {
	c.w.t.Helper()
	return c.seenIn("/api/v1/timelines/home?limit=40", part)
}

func (c *camped) seenIn(path, part string) map[string]any {
	c.w.t.Helper()
	var found map[string]any
	c.until(c.name+" sees "+part, func() bool {
		for _, st := range c.list(path) {
			if strings.Contains(fmt.Sprint(st["content"]), part) {
				found = st
				return true
			}
			if b, ok := st["reblog"].(map[string]any); ok && strings.Contains(fmt.Sprint(b["content"]), part) {
				found = st
				return true
			}
		}
		return false
	})
	return found
}

// until waits for what becomes true.
func (c *camped) until(what string, good func() bool) {
	c.w.t.Helper()
	c.s.until(what, good)
}

// notice waits for a notification of a kind from somebody.
func (c *camped) notice(kind, from string) map[string]any {
	c.w.t.Helper()
	var found map[string]any
	c.until(c.name+" is told of a "+kind+" from "+from, func() bool {
		for _, n := range c.list("/api/v1/notifications?limit=40") {
			if n["type"] == kind && n["account"].(map[string]any)["acct"] == from {
				found = n
				return true
			}
		}
		return false
	})
	return found
}

// peer is a server of one person made by others, driven by lines of JSON.
type peer struct {
	w     *world
	name  string
	actor string
	in    io.WriteCloser

	mu     sync.Mutex
	events []map[string]any
	asked  int
}

// peer starts one; more are switches of its program.
func (w *world) peer(name string, more ...string) *peer {
	w.t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		w.t.Fatal(err)
	}
	dir := filepath.Join(root, ".cache", "peer")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "@fedify")); err != nil {
		w.t.Skip("Fedify is not installed here; .ci/setup build test installs it")
	}
	node := filepath.Join(dir, "node") // where the machine's own is too old
	if _, err := os.Stat(node); err != nil {
		w.needs("node")
		node = "node"
	}
	p := &peer{w: w, name: name}
	c := w.spots[name].command(append([]string{node, filepath.Join(dir, "peer.mjs"), "--name", name, "--cert", w.file(name + ".pem"), "--key", w.file(name + ".key")}, more...)...)
	c.Env = append(os.Environ(), "NODE_EXTRA_CA_CERTS="+w.file("ca.pem"))
	out, err := c.StdoutPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if p.in, err = c.StdinPipe(); err != nil {
		w.t.Fatal(err)
	}
	var said lockedBuffer
	c.Stderr = &said
	if err := c.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		_ = p.in.Close()
		endProcess(c)
		if w.t.Failed() {
			w.t.Logf("%s said:\n%.3000s\n%s", name, said.String(), p.log())
		}
	})
	go p.read(out)
	p.actor = p.got("ready", nil)["actor"].(string)
	return p
}

type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func (p *peer) read(out io.Reader) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var m map[string]any
		if json.Unmarshal(lines.Bytes(), &m) == nil {
			p.mu.Lock()
			p.events = append(p.events, m)
			p.mu.Unlock()
		}
	}
}

func (p *peer) log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b strings.Builder
	for _, e := range p.events[max(0, len(p.events)-40):] {
		raw, _ := json.Marshal(e)
		fmt.Fprintf(&b, "%.400s\n", raw)
	}
	return b.String()
}

// mark is where events stand now; gotSince looks at what comes after.
func (p *peer) mark() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.events)
}

func (p *peer) count(from int, good func(map[string]any) bool) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.events[from:] {
		if good(e) {
			n++
		}
	}
	return n
}

// got waits for an event of a kind that fits.
func (p *peer) got(event string, good func(map[string]any) bool) map[string]any {
	p.w.t.Helper()
	return p.gotSince(0, event, good)
}

func (p *peer) gotSince(from int, event string, good func(map[string]any) bool) map[string]any {
	p.w.t.Helper()
	var found map[string]any
	p.w.until(p.name+" gets: "+event, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, e := range p.events[from:] {
			if e["event"] == event && (good == nil || good(e)) {
				found = e
				return true
			}
		}
		return false
	})
	return found
}

// act waits for an activity of a type whose JSON holds a text.
func (p *peer) act(from int, kind, part string) map[string]any {
	p.w.t.Helper()
	return p.gotSince(from, "got", func(e map[string]any) bool {
		raw, _ := json.Marshal(e["json"])
		return e["type"] == kind && strings.Contains(string(raw), part)
	})
}

// do lets the peer do something and gives its answer.
func (p *peer) do(deed string, q map[string]any) map[string]any {
	p.w.t.Helper()
	p.mu.Lock()
	p.asked++
	n := p.asked
	p.mu.Unlock()
	m := map[string]any{"n": n, "do": deed}
	for k, v := range q {
		m[k] = v
	}
	raw, err := json.Marshal(m)
	if err != nil {
		p.w.t.Fatal(err)
	}
	if _, err := p.in.Write(append(raw, '\n')); err != nil {
		p.w.t.Fatal(err)
	}
	var answer map[string]any
	p.w.until(p.name+" did: "+deed, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, e := range p.events {
			if e["n"] == float64(n) {
				answer = e
				return true
			}
		}
		return false
	})
	if answer["error"] != nil {
		p.w.t.Fatalf("%s could not %s: %v", p.name, deed, answer["error"])
	}
	ok, _ := answer["ok"].(map[string]any)
	return ok
}
