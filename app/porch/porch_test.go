package porch

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"camp/node/camp"
)

// fake is a desk that notes what it is asked.
type fake struct {
	mu    sync.Mutex
	st    camp.State
	asked []camp.Intent
	fail  map[string]error
	after camp.Phase    // phase after a start or restore
	sent  string        // content of the file of a restore
	hold  chan struct{} // if set, what asks a camp waits for it
	then  func(*camp.State, camp.Intent)
}

func (f *fake) State() camp.State {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.st
}

func (f *fake) Do(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	f.mu.Lock()
	f.asked = append(f.asked, in)
	hold := f.hold
	f.mu.Unlock()
	if hold != nil && in.Do != camp.DoJoinStop {
		select {
		case <-hold:
		case <-ctx.Done():
			return camp.Answer{}, ctx.Err()
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.then != nil {
		f.then(&f.st, in)
	}
	if err := f.fail[in.Do]; err != nil {
		return camp.Answer{}, err
	}
	switch in.Do {
	case camp.DoStart, camp.DoRestore:
		f.st.Phase = f.after
		if raw, err := os.ReadFile(in.File); err == nil {
			f.sent = string(raw)
		}
	case camp.DoSettings:
		f.st.Settings = *in.Settings
	case camp.DoRescue:
		return camp.Answer{Say: "program.rescue_saved.say", Args: camp.Args{"N": "2", "Folder": "/x"}}, nil
	}
	return camp.Answer{URL: "http://127.0.0.1:4123/in/abc"}, nil
}

func (f *fake) last() camp.Intent {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.asked) == 0 {
		return camp.Intent{}
	}
	return f.asked[len(f.asked)-1]
}

// visitor is a browser at the porch.
type visitor struct {
	t    *testing.T
	p    *Porch
	f    *fake
	c    *http.Client
	base string
	temp string
	now  *time.Time
}

func open(t *testing.T, st camp.State) *visitor {
	t.Helper()
	now := time.Now()
	v := &visitor{t: t, f: &fake{st: st, after: camp.On, fail: map[string]error{}}, temp: t.TempDir(), now: &now}
	var err error
	v.p, err = New(Options{
		Desk: v.f, Temp: v.temp, Now: func() time.Time { return *v.now }, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- v.p.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		if _, err := v.p.Link(t.Context()); err == nil {
			t.Error("a link after the end")
		}
	})
	jar, _ := cookiejar.New(nil)
	v.c = &http.Client{Jar: jar, Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	link := v.link()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	v.base = "http://" + u.Host
	if status, _, _ := v.get(link); status != http.StatusOK {
		t.Fatalf("the link answers %d", status)
	}
	return v
}

func (v *visitor) link() string {
	v.t.Helper()
	l, err := v.p.Link(v.t.Context())
	if err != nil {
		v.t.Fatal(err)
	}
	return l
}

func (v *visitor) do(req *http.Request) (int, http.Header, string) {
	v.t.Helper()
	res, err := v.c.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(body)
}

func (v *visitor) get(url string) (int, http.Header, string) {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, url, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.do(req)
}

var token = regexp.MustCompile(`name="token" value="([^"]+)"`)

// token takes the form's token from a page.
func (v *visitor) token(path string) string {
	v.t.Helper()
	_, _, body := v.get(v.base + path)
	m := token.FindStringSubmatch(body)
	if m == nil {
		v.t.Fatalf("no form on %s:\n%s", path, body)
	}
	return m[1]
}

// post sends a form as the browser would.
func (v *visitor) post(path string, fields url.Values) (int, http.Header, string) {
	v.t.Helper()
	if !fields.Has("token") {
		fields.Set("token", v.token("/"))
	}
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodPost, v.base+path, strings.NewReader(fields.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return v.do(req)
}

func TestChoicesAndStart(t *testing.T) {
	v := open(t, camp.State{Phase: camp.Off})
	status, h, body := v.get(v.base + "/")
	if status != http.StatusOK || !strings.Contains(body, "Start camp") || strings.Contains(body, "<script") || strings.Contains(body, "style=") {
		t.Errorf("%d\n%s", status, body)
	}
	if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "script-src") || strings.Contains(csp, "unsafe") {
		t.Errorf("policy %q", csp)
	}
	status, h, body = v.post("/start", url.Values{"name": {"The Orchard"}, "person": {"noor"}})
	if in := v.f.asked[0]; in.Do != camp.DoStart || in.Name != "The Orchard" || in.Person != "noor" {
		t.Errorf("asked %+v", in)
	}
	if status != http.StatusOK || h.Get("Refresh") != "0; url=http://127.0.0.1:4123/in/abc" || !strings.Contains(body, `href="http://127.0.0.1:4123/in/abc"`) {
		t.Errorf("%d %q\n%s", status, h.Get("Refresh"), body)
	}
	if _, _, body := v.get(v.base + "/"); !strings.Contains(body, "Your camp is on") {
		t.Errorf("then\n%s", body)
	}
}

func TestStartRefused(t *testing.T) {
	v := open(t, camp.State{Phase: camp.Off})
	v.f.fail[camp.DoStart] = camp.NewFault(camp.Invalid, "program.host_user.say", nil)
	if status, h, body := v.post("/start", url.Values{"person": {"No No"}}); status != http.StatusUnprocessableEntity || h.Get("Refresh") != "" || !strings.Contains(body, `role="alert"`) {
		t.Errorf("%d\n%s", status, body)
	}
	v.f.st.Phase, v.f.st.Problem = camp.Trouble, &camp.Problem{Say: "store.rescue.say", Detail: "a table <is> gone", Deed: camp.DoRescue}
	_, _, body := v.get(v.base + "/")
	if !strings.Contains(body, "damaged") || !strings.Contains(body, "a table &lt;is&gt; gone") || !strings.Contains(body, "/rescue") {
		t.Errorf("trouble shows\n%s", body)
	}
	if _, _, body := v.post("/rescue", url.Values{"what": {"export"}, "phrase": {"p"}}); !strings.Contains(body, "Saved for 2 people, in /x") {
		t.Errorf("rescued shows\n%s", body)
	}
	if in := v.f.last(); in.Page != "export" || in.Phrase != "p" {
		t.Errorf("asked %+v", in)
	}
}

func TestDoorIsShut(t *testing.T) {
	v := open(t, camp.State{Phase: camp.Off})
	tok := v.token("/")
	stranger := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for name, row := range map[string]struct {
		c      *http.Client
		method string
		path   string
		host   string
		head   map[string]string
		body   string
		want   int
	}{
		"another host":          {v.c, "GET", "/", "evil.example", nil, "", 421},
		"another host, a file":  {v.c, "GET", "/static/style.css", "localhost.evil.example", nil, "", 421},
		"nobody":                {stranger, "GET", "/", "", nil, "", 403},
		"nobody, a page":        {stranger, "GET", "/back", "", nil, "", 403},
		"nobody posts":          {stranger, "POST", "/start", "", map[string]string{"Sec-Fetch-Site": "same-origin"}, "token=" + tok, 403},
		"an unknown link":       {stranger, "GET", "/in/abc", "", nil, "", 403},
		"no origin":             {v.c, "POST", "/start", "", nil, "token=" + tok, 403},
		"another site":          {v.c, "POST", "/start", "", map[string]string{"Sec-Fetch-Site": "cross-site"}, "token=" + tok, 403},
		"another port":          {v.c, "POST", "/start", "", map[string]string{"Sec-Fetch-Site": "same-site"}, "token=" + tok, 403},
		"another origin":        {v.c, "POST", "/start", "", map[string]string{"Origin": "http://evil.example"}, "token=" + tok, 403},
		"no token":              {v.c, "POST", "/start", "", map[string]string{"Sec-Fetch-Site": "same-origin"}, "", 403},
		"a wrong token":         {v.c, "POST", "/open", "", map[string]string{"Sec-Fetch-Site": "same-origin"}, "token=" + tok[1:], 403},
		"a form without an end": {v.c, "POST", "/start", "", map[string]string{"Sec-Fetch-Site": "same-origin"}, strings.Repeat("x", maxForm+1), 403},
		"a GET that changes":    {v.c, "GET", "/start", "", nil, "", 200}, // leads to the choices
		"a file of elsewhere":   {v.c, "GET", "/static/camp.js", "", nil, "", 404},
		"a file above":          {v.c, "GET", "/static/..%2fporch%2fframe.tmpl", "", nil, "", 404},
	} {
		req, err := http.NewRequestWithContext(t.Context(), row.method, v.base+row.path, strings.NewReader(row.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Host = row.host
		for k, val := range row.head {
			req.Header.Set(k, val)
		}
		if row.body != "" {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		res, err := row.c.Do(req)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		n, _ := io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if res.StatusCode != row.want || row.want == 421 && n != 0 {
			t.Errorf("%s: %d with %d bytes, want %d", name, res.StatusCode, n, row.want)
		}
	}
	if len(v.f.asked) != 0 {
		t.Errorf("somebody got through: %+v", v.f.asked)
	}
}

func TestLinksAreGoodOnce(t *testing.T) {
	v := open(t, camp.State{Phase: camp.Off})
	fresh := func() *http.Client { return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} }
	status := func(c *http.Client, link string) int {
		res, err := c.Get(link)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	link := v.link()
	if a, b := status(fresh(), link), status(fresh(), link); a != http.StatusOK || b != http.StatusForbidden {
		t.Errorf("used twice: %d, %d", a, b)
	}
	if s := status(v.c, link); s != http.StatusOK { // who is in already is led on
		t.Errorf("clicked twice: %d", s)
	}
	old := v.link()
	*v.now = v.now.Add(linkTime + time.Second)
	if s := status(fresh(), old); s != http.StatusForbidden {
		t.Errorf("after ten minutes: %d", s)
	}
	for range 3 * maxLinks {
		v.link()
	}
	if n := len(v.p.links); n > maxLinks {
		t.Errorf("%d links are kept", n)
	}
}

func TestLanguageIsKept(t *testing.T) {
	v := open(t, camp.State{Phase: camp.Off, Settings: camp.Settings{Theme: "dark"}})
	if _, _, body := v.post("/language", url.Values{"language": {"nl"}}); !strings.Contains(body, "Start kamp") || !strings.Contains(body, `lang="nl"`) {
		t.Errorf("after choosing Dutch\n%s", body)
	}
	if s := v.f.last().Settings; s == nil || s.Language != "nl" || s.Theme != "dark" {
		t.Errorf("asked %+v", s)
	}
}

// sendBack sends the form of /back; file nil: none is sent.
func (v *visitor) sendBack(fields [][2]string, file []byte) (int, string) {
	v.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields {
		if err := w.WriteField(f[0], f[1]); err != nil {
			v.t.Fatal(err)
		}
	}
	if file != nil {
		p, err := w.CreateFormFile("file", "a.campbackup")
		if err != nil {
			v.t.Fatal(err)
		}
		_, _ = p.Write(file)
	}
	_ = w.Close()
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodPost, v.base+"/back", &b)
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	status, _, body := v.do(req)
	return status, body
}

func TestBringBack(t *testing.T) {
	v := open(t, camp.State{Phase: camp.Off})
	tok := v.token("/back")
	content := bytes.Repeat([]byte("sealed "), 100_000)
	if status, body := v.sendBack([][2]string{{"token", tok}, {"phrase", " AB12 "}}, content); status != http.StatusOK || !strings.Contains(body, "/in/abc") {
		t.Errorf("%d\n%s", status, body)
	}
	v.f.mu.Lock()
	in, sent := v.f.asked[0], v.f.sent
	v.f.mu.Unlock()
	if in.Do != camp.DoRestore || in.Phrase != "AB12" || in.Replace || sent != string(content) {
		t.Errorf("asked %+v, %d bytes arrived", in, len(sent))
	}
	for name, row := range map[string]struct {
		fields [][2]string
		file   []byte
		want   int
	}{
		"no token":             {[][2]string{{"phrase", "p"}}, content, http.StatusForbidden},
		"the token comes last": {[][2]string{{"phrase", "p"}, {"token", tok}}, content, http.StatusForbidden},
		"no file":              {[][2]string{{"token", tok}, {"phrase", "p"}}, nil, http.StatusUnprocessableEntity},
		"no phrase":            {[][2]string{{"token", tok}, {"phrase", " "}}, content, http.StatusUnprocessableEntity},
		"half a path":          {[][2]string{{"token", tok}, {"phrase", "p"}, {"path", "a.campbackup"}}, nil, http.StatusUnprocessableEntity},
	} {
		if status, body := v.sendBack(row.fields, row.file); status != row.want || !strings.Contains(body, `role="alert"`) {
			t.Errorf("%s: %d\n%s", name, status, body)
		}
	}
	v.f.fail[camp.DoRestore] = camp.NewFault(camp.Invalid, "backup.phrase_wrong.say", nil)
	if status, body := v.sendBack([][2]string{{"token", tok}, {"phrase", "p"}, {"replace", "yes"}, {"path", "/x/a.campbackup"}}, nil); status != http.StatusUnprocessableEntity || !strings.Contains(body, "does not open this backup") {
		t.Errorf("a wrong phrase: %d\n%s", status, body)
	}
	if in := v.f.last(); !in.Replace || in.File != "/x/a.campbackup" {
		t.Errorf("asked %+v", in)
	}
	if left, _ := os.ReadDir(v.temp); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestPhases(t *testing.T) {
	v := open(t, camp.State{Phase: camp.Off})
	for phase, want := range map[camp.Phase]string{
		camp.Off: "Start camp", camp.Starting: "Making the keys", camp.On: "Open the camp", camp.Paused: "It is paused", camp.Trouble: "Try again",
	} {
		v.f.mu.Lock()
		v.f.st = camp.State{Phase: phase, Stage: "program.stage.keys", Name: "<Orchard>"}
		v.f.mu.Unlock()
		if _, _, body := v.get(v.base + "/"); !strings.Contains(body, want) || strings.Contains(body, "<Orchard>") {
			t.Errorf("%s shows\n%s", phase, body)
		}
	}
}

// A link of the camp that leads elsewhere is never followed.
func TestOnlyLinksOfThisComputer(t *testing.T) {
	for raw, want := range map[string]bool{
		"http://127.0.0.1:4/in/x": true, "http://[::1]:4/in/x": true, "http://evil.example/": false, "https://127.0.0.1/": false, "javascript:alert(1)": false, "": false,
	} {
		if got := campURL(raw); got != want {
			t.Errorf("%q: %v", raw, got)
		}
	}
}

// A program that takes every connection it can get and says nothing, or asks
// for things it may not have, keeps nobody's browser out.
func TestTheSilentKeepNobodyOut(t *testing.T) {
	v := open(t, camp.State{Phase: camp.Off})
	at := strings.TrimPrefix(v.base, "http://")
	first, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Close() }()
	if err := first.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil { // it may idle for a minute
		t.Fatal(err)
	}
	if _, err := io.WriteString(first, "GET /static/tent.svg HTTP/1.1\r\nHost: "+at+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(first), nil)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("the first is answered %+v, %v", res, err)
	}
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Fatal(err)
	}
	for n := range 3 * maxConns {
		c, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		words := "GET / HT" // and no more
		if n%3 == 1 {
			words = "POST /back HTTP/1.1\r\nHost: " + at + "\r\nContent-Length: 1000000\r\n\r\nx"
		}
		if _, err := io.WriteString(c, words); err != nil {
			t.Log(err) // it had to go already
		}
	}
	if status, _, body := v.get(v.base + "/"); status != http.StatusOK || !strings.Contains(body, "Start camp") {
		t.Errorf("beside the silent a browser is answered %d\n%s", status, body)
	}
	if n, err := first.Read(make([]byte, 1)); n != 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the first to be silent goes on: %d bytes, %v", n, err)
	}
}
