package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	for _, row := range []struct {
		name  string
		line  string
		words []string
		flags map[string][]string
		usage string
	}{
		{"words alone", "ctl member list", []string{"ctl", "member", "list"}, nil, ""},
		{"flags in front", "--data D --json ctl status", []string{"ctl", "status"}, map[string][]string{"data": {"D"}, "json": {""}}, ""},
		{"flags between and behind", "ctl --json member add --role helper mia --data=D", []string{"ctl", "member", "add", "mia"}, map[string][]string{"json": {""}, "role": {"helper"}, "data": {"D"}}, ""},
		{"one dash", "-json version", []string{"version"}, map[string][]string{"json": {""}}, ""},
		{"a value that looks like a flag", "ctl token mia --scopes --data", []string{"ctl", "token", "mia"}, map[string][]string{"scopes": {"--data"}}, ""},
		{"several times", "serve --lab-allow-net 10.0.0.0/8 --lab-allow-net fd00::/8", []string{"serve"}, map[string][]string{"lab-allow-net": {"10.0.0.0/8", "fd00::/8"}}, ""},
		{"--lan with a value", "serve --lan on --json", []string{"serve"}, map[string][]string{"lan": {"on"}, "json": {""}}, ""},
		{"--lan without", "join --lan --json", []string{"join"}, map[string][]string{"lan": {""}, "json": {""}}, ""},
		{"all words after two dashes", "ctl member add -- --json", []string{"ctl", "member", "add", "--json"}, nil, ""},
		{"a dash is a word", "ctl backup -", []string{"ctl", "backup", "-"}, nil, ""},
		{"an unknown flag", "serve --colour", nil, nil, "ctl.usage.flag"},
		{"no value", "serve --data", nil, nil, "ctl.usage.value"},
		{"a value too many", "version --json=yes", nil, nil, "ctl.usage.no_value"},
	} {
		got, err := parse(strings.Fields(row.line))
		var u *usageError
		if errors.As(err, &u) != (row.usage != "") || u != nil && u.say != row.usage {
			t.Errorf("%s: %v, want %q", row.name, err, row.usage)
			continue
		}
		if row.usage != "" {
			continue
		}
		same := len(got.flags) == len(row.flags)
		for f, v := range row.flags {
			same = same && slices.Equal(got.flags[f], v)
		}
		if !slices.Equal(got.words, row.words) || !same {
			t.Errorf("%s: %q %v", row.name, got.words, got.flags)
		}
	}
}

// Every command of the contract is known, takes what it says, and refuses what it does not.
func TestCommandsOfTheContract(t *testing.T) {
	for line, want := range map[string]string{
		"":         "",
		"--data D": "", "camp:CAMP1-ABC --data D": "", "CAMP:camp1": "",
		"serve --data D --name N --host-user h --web 127.0.0.1:0 --tunnel 127.0.0.1:0 --lan off --json": "serve",
		"join CODE --data D --name N --message M":                                                       "join", "join --data D": "join",
		"ctl --data D status": "ctl status", "ctl stop": "ctl stop", "ctl pause": "ctl pause", "ctl pause 1h": "ctl pause",
		"ctl resume": "ctl resume", "ctl link": "ctl link", "ctl member list": "ctl member list",
		"ctl member add mia --role guest": "ctl member add", "ctl member approve mia": "ctl member approve",
		"ctl member decline mia --reason T": "ctl member decline", "ctl member role mia helper": "ctl member role",
		"ctl member suspend mia": "ctl member suspend", "ctl member remove mia": "ctl member remove", "ctl token mia --scopes read": "ctl token",
		"ctl invite new --uses 1 --expires 168h --phone": "ctl invite new", "ctl invite list": "ctl invite list",
		"ctl invite revoke 1": "ctl invite revoke", "ctl invite nearby": "ctl invite nearby", "ctl block list": "ctl block list",
		"ctl block add d.example --level media --reason T": "ctl block add", "ctl block remove d": "ctl block remove",
		"ctl block preview d": "ctl block preview", "ctl block import F --level limit": "ctl block import", "ctl block export F": "ctl block export",
		"ctl block lists": "ctl block lists", "ctl block subscribe L": "ctl block subscribe", "ctl block unsubscribe L": "ctl block unsubscribe",
		"ctl report list": "ctl report list", "ctl report resolve 1 --note T": "ctl report resolve", "ctl rules show": "ctl rules show",
		"ctl rules propose F": "ctl rules propose", "ctl rules votes": "ctl rules votes", "ctl neighbour code": "ctl neighbour code",
		"ctl neighbour add C": "ctl neighbour add", "ctl neighbour list": "ctl neighbour list", "ctl neighbour remove N": "ctl neighbour remove",
		"ctl reach status": "ctl reach status", "ctl reach on": "ctl reach on", "ctl reach off": "ctl reach off", "ctl reach relay A": "ctl reach relay",
		"ctl backup F": "ctl backup", "ctl check F": "ctl check", "ctl recovery": "ctl recovery", "ctl export mia F": "ctl export",
		"restore F --data D --phrase-file P": "restore", "relay a b c": "relay", "version": "version",
		"ctl set awake on": "ctl set", "ctl recovery done": "ctl recovery done", "ctl device list mia": "ctl device list", "ctl camps list": "ctl camps list",
		"ctl camps lost 7 0011": "ctl camps lost", "ctl camps renew 0011": "ctl camps renew", "ctl friend": "ctl friend", "ctl friend linux/amd64 F": "ctl friend", "install": "install",
		"ctl world on oak.example": "ctl world on", "ctl world on": "ctl world on", "ctl world off": "ctl world off", "ctl world check oak.example": "ctl world check",
		"ctl invite nearby close": "ctl invite nearby close", "ctl steps": "ctl steps", "ctl steps name": "ctl steps", "restore F --data D --replace": "restore",
	} {
		given, err := parse(strings.Fields(line))
		if err != nil {
			t.Errorf("%q: %v", line, err)
			continue
		}
		cmd, rest, err := find(given.words)
		if err != nil || cmd.path != want {
			t.Errorf("%q is %q, %v", line, cmd.path, err)
			continue
		}
		if err := cmd.fits(rest, given); err != nil {
			t.Errorf("%q: %v", line, err)
		}
	}
	for _, line := range []string{
		"ctl", "ctl member", "ctl dance", "dance", "ctl member add", "ctl member add a b", "ctl member role mia", "ctl status now",
		"restore", "restore a b", "version now", "ctl status --role host", "serve --phrase-file F", "version --hidden", "ctl pause 1h 2h", "stop",
		"camp:", "camp:CAMP1-ABC now", "http://a.example", "ctl status camp:CAMP1",
	} {
		given, err := parse(strings.Fields(line))
		if err == nil {
			var cmd command
			var rest []string
			if cmd, rest, err = find(given.words); err == nil {
				err = cmd.fits(rest, given)
			}
		}
		var u *usageError
		if !errors.As(err, &u) {
			t.Errorf("%q is taken: %v", line, err)
		}
	}
}

// testEnv is an env that keeps what is said.
func testEnv(vars map[string]string) (e *env, out, words *bytes.Buffer) {
	out, words = &bytes.Buffer{}, &bytes.Buffer{}
	return &env{in: strings.NewReader(""), out: out, err: words, getenv: func(k string) string { return vars[k] }, now: time.Now, rand: rand.Reader}, out, words
}

func TestServeRefusesNonsense(t *testing.T) {
	for _, line := range []string{
		"--http 127.0.0.1:80 --domain a.example", "--behind-proxy 10.0.0.0/8", "--tls-cert c --https :443 --domain a.example", "--tls-key k --https :443 --domain a.example",
		"--tls-cert c --tls-key k", "--https :443", "--acme-ca F", "--acme-directory https://x", "--acme-http :80",
		"--https :443 --domain a.example --tls-cert c --tls-key k --acme-directory https://x",
		"--web nowhere", "--web 0.0.0.0:80", "--web :80", "--web 192.168.1.2:0", "--web 127.0.0.1:99999", "--tunnel here", "--lan maybe", "--lan",
		"--domain nodots", "--domain https://a.example", "--lab-allow-net ten", "--http 127.0.0.1:1 --domain a.example --behind-proxy all", "extra",
	} {
		dir := t.TempDir()
		e, out, words := testEnv(nil)
		if status := e.main(t.Context(), append([]string{"serve", "--data", dir + "/new", "--json"}, strings.Fields(line)...)); status != 2 {
			t.Errorf("%q: status %d", line, status)
		}
		var r refusal
		if err := json.Unmarshal(words.Bytes(), &r); err != nil || r.Error != "usage" || r.Say == "" || strings.Contains(r.Say, "{{") || strings.HasPrefix(r.Say, "ctl.") {
			t.Errorf("%q says %q, %v", line, words, err)
		}
		if out.Len() != 0 || !missing(dir+"/new") {
			t.Errorf("%q printed %q and made %v", line, out, !missing(dir+"/new"))
		}
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"help"}, {"-h"}, {"serve", "--help"}, {"--help", "ctl", "member"}, {"ctl", "--data", "x", "--help"}} {
		for _, lang := range []string{"en_GB.UTF-8", "nl_NL.UTF-8"} {
			e, out, words := testEnv(map[string]string{"LANG": lang})
			if status := e.main(t.Context(), args); status != 0 || words.Len() != 0 {
				t.Errorf("%q: status %d, %s", args, status, words)
			}
			if s := out.String(); strings.Contains(s, "ctl.help") || strings.Contains(s, "{{") || !strings.Contains(s, "camp ") {
				t.Errorf("%q in %s:\n%s", args, lang, s)
			}
		}
	}
}

func TestLaterCommandsSaySo(t *testing.T) {
	for _, line := range []string{"ctl rules votes", "ctl neighbour list", "ctl reach relay x", "relay"} {
		e, out, words := testEnv(nil)
		status := e.main(t.Context(), append(strings.Fields(line), "--json"))
		var r refusal
		if err := json.Unmarshal(words.Bytes(), &r); status != 1 || err != nil || r.Say == "" || out.Len() != 0 {
			t.Errorf("%q: status %d, %s, %v", line, status, words, err)
		}
	}
}

func TestDuration(t *testing.T) {
	for s, want := range map[string]time.Duration{"1h": time.Hour, "90m": 90 * time.Minute, "2d": 48 * time.Hour, "0": -1, "-1h": -1, "soon": -1, "9999d": -1, "d": -1, "10000h": -1} {
		if got, err := duration(s); err != nil && want != -1 || err == nil && got != want {
			t.Errorf("%s: %s, %v", s, got, err)
		}
	}
}

func TestDisplay(t *testing.T) {
	for _, row := range []struct {
		goos, key string
		want      bool
	}{{"linux", "DISPLAY", true}, {"linux", "WAYLAND_DISPLAY", true}, {"linux", "", false}, {"windows", "", true}, {"darwin", "", true}} {
		if got := hasDisplay(row.goos, func(k string) string {
			if k == row.key {
				return ":0"
			}
			return ""
		}); got != row.want {
			t.Errorf("%+v: %v", row, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("ctl --data D member add mia --role=helper -- x")
	f.Add("--lan on --=x - -- --")
	f.Fuzz(func(t *testing.T, line string) {
		given, err := parse(strings.Split(line, " "))
		if err != nil {
			return
		}
		if cmd, rest, err := find(given.words); err == nil {
			_ = cmd.fits(rest, given)
		}
	})
}
