package main_test

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"camp/app/desk/certs/certstest"
)

// The whole program opens its public door with a certificate that it asked for
// itself, and is ready before the authority has answered.
func TestServeWithAuthority(t *testing.T) {
	t.Setenv("CAMP_HOME", "")
	c := buildCLI(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	door := l.Addr().(*net.TCPAddr).Port
	a := certstest.New(t, 1, door, 3600)
	files := t.TempDir()
	web, roots := filepath.Join(files, "web.pem"), filepath.Join(files, "roots.pem")
	for file, raw := range map[string][]byte{web: a.WebPEM, roots: a.RootsPEM} {
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	dir := filepath.Join(t.TempDir(), "data")
	args := []string{"--name", "Orchard", "--host-user", "noor", "--tunnel", "127.0.0.1:0", "--domain", "oak.example", "--https", at, "--lab-ca", roots}

	// An authority that takes the connection and says nothing holds nobody up.
	s := c.serve(dir+"-deaf", append(args[:len(args):len(args)], "--https", "127.0.0.1:0", "--acme-directory", "https://"+at+"/dir")...)
	if conn, err := l.Accept(); err != nil {
		t.Error(err)
	} else {
		_ = conn.Close()
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("ended with %v: %s", err, s.words())
	}
	_ = l.Close()

	s = c.serve(dir, append(args, "--acme-directory", a.Directory, "--acme-ca", web)...)
	if s.ready["domain"] != "oak.example" {
		t.Errorf("ready %v", s.ready)
	}
	var st map[string]any
	for end := time.Now().Add(60 * time.Second); ; { // asks the program, which looks each time
		if st = c.ok("ctl", "--data", dir, "reach", "status"); st["until"] != "" {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("no certificate: %v", st["problems"])
		}
	}
	if st["https"] != at || st["world"] != true {
		t.Errorf("reach %v", st)
	}
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", strconv.Itoa(door)))
		},
		TLSClientConfig: &tls.Config{RootCAs: a.Roots}, DisableKeepAlives: true,
	}}
	res, err := client.Get("https://oak.example/.well-known/nodeinfo")
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("at the public door: %v, %v", res, err)
	}
	_ = res.Body.Close()
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("ended with %v: %s", err, s.words())
	}
}

// Apps come in at the public door from when the host lets them, without a new
// start; a token of the host's own making is good there always.
func TestAppsAtThePublicDoor(t *testing.T) {
	t.Setenv("CAMP_HOME", "")
	c := buildCLI(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	_ = l.Close() // the program takes its place
	dir := filepath.Join(t.TempDir(), "data")
	s := c.serve(dir, "--name", "Orchard", "--host-user", "noor", "--tunnel", "127.0.0.1:0", "--domain", "oak.example", "--http", at, "--behind-proxy", "127.0.0.0/8")
	token, _ := c.ok("ctl", "--data", dir, "token", "noor")["token"].(string)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	ask := func(path, token string) int {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+at+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.Host = "oak.example"; token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	look := func(when string, open, bad int) {
		t.Helper()
		got := [3]int{ask("/api/v2/instance", ""), ask("/api/v1/timelines/home", "x"), ask("/api/v1/timelines/home", token)}
		if want := [3]int{open, bad, http.StatusOK}; got != want {
			t.Errorf("%s: got %v, want %v", when, got, want)
		}
	}
	look("at first", http.StatusNotFound, http.StatusNotFound)
	c.ok("ctl", "--data", dir, "set", "apps", "on")
	look("let in", http.StatusOK, http.StatusUnauthorized)
	c.ok("ctl", "--data", dir, "set", "apps", "off")
	look("no more", http.StatusNotFound, http.StatusNotFound)
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("ended with %v: %s", err, s.words())
	}
}
