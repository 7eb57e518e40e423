//go:build crash && linux

package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// faulty is the real program in a bad place, as an app of the host's sees it.
type faulty struct {
	t     *testing.T
	web   string
	token string
	http  *http.Client
}

func (c *cli) app(s *serving, dir, host string) *faulty {
	c.t.Helper()
	token, _ := c.ok("ctl", "--data", dir, "token", host, "--scopes", "read write")["token"].(string)
	return &faulty{
		t: c.t, web: s.ready["web"].(string), token: token,
		http: &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true}},
	}
}

// ask sends one request; status 0 where it was not answered.
func (f *faulty) ask(method, path, kind string, body io.Reader) (status int, answer string) {
	f.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = f.web + path
	}
	r, err := http.NewRequestWithContext(f.t.Context(), method, path, body)
	if err != nil {
		f.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+f.token)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	res, err := f.http.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error()
	}
	return res.StatusCode, string(raw)
}

// post writes a post, with pictures, and gives its id where it was acknowledged.
func (f *faulty) post(text string, pictures ...string) (id string, status int, answer string) {
	f.t.Helper()
	form := url.Values{"status": {text}, "media_ids[]": pictures}
	status, answer = f.ask(http.MethodPost, "/api/v1/statuses", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	if status != http.StatusOK {
		return "", status, answer
	}
	return f.read(answer)["id"].(string), status, answer
}

func (f *faulty) read(answer string) (m map[string]any) {
	f.t.Helper()
	if err := json.Unmarshal([]byte(answer), &m); err != nil {
		f.t.Fatalf("%v: %.200s", err, answer)
	}
	return m
}

// form is the body of an upload, cut in two before its last byte.
func (f *faulty) form(content []byte) (kind string, body []byte) {
	f.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", "picture.png")
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		f.t.Fatal(err)
	}
	return w.FormDataContentType(), b.Bytes()
}

// upload sends a picture; id is for a post.
func (f *faulty) upload(content []byte) (id string, status int, answer string) {
	f.t.Helper()
	kind, body := f.form(content)
	status, answer = f.ask(http.MethodPost, "/api/v2/media", kind, bytes.NewReader(body))
	if status != http.StatusOK {
		return "", status, answer
	}
	return f.read(answer)["id"].(string), status, answer
}

// shows gives the picture of a post as it is handed out.
func (f *faulty) shows(post string) string {
	f.t.Helper()
	status, answer := f.ask(http.MethodGet, "/api/v1/statuses/"+post, "", nil)
	if status != http.StatusOK {
		f.t.Errorf("post %s is answered with %d", post, status)
		return ""
	}
	list := f.read(answer)["media_attachments"].([]any)
	if len(list) != 1 {
		f.t.Errorf("post %s has %d pictures", post, len(list))
		return ""
	}
	status, answer = f.ask(http.MethodGet, list[0].(map[string]any)["url"].(string), "", nil)
	if status != http.StatusOK {
		f.t.Errorf("the picture of post %s is answered with %d", post, status)
	}
	return answer
}

// reads wants the newest post and all pictures, by their posts, to be what they were.
func (f *faulty) reads(when string, newest string, pictures map[string]string) {
	f.t.Helper()
	status, answer := f.ask(http.MethodGet, "/api/v1/timelines/home?limit=5", "", nil)
	if status != http.StatusOK || !strings.Contains(answer, newest) {
		f.t.Errorf("%s: the newest post is not read: %d", when, status)
	}
	for post, want := range pictures {
		if got := f.shows(post); got != want {
			f.t.Errorf("%s: the picture of post %s has %d bytes, want %d", when, post, len(got), len(want))
		}
	}
}

// handles counts what a process has open.
func (s *serving) handles(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "fd"))
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// limitedTo gives the program with so many file handles.
func (c *cli) limitedTo(handles int) *cli {
	c.t.Helper()
	script := filepath.Join(c.t.TempDir(), "camp")
	if err := os.WriteFile(script, fmt.Appendf(nil, "#!/bin/sh\nulimit -n %d\nexec %q \"$@\"\n", handles, c.bin), 0o700); err != nil {
		c.t.Fatal(err)
	}
	return &cli{t: c.t, bin: script, env: c.env}
}
