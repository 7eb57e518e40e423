package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"camp/node/camp"
)

// line prints one JSON value on a line of its own.
func (e *env) line(to io.Writer, v any) {
	enc := json.NewEncoder(to)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v)
}

// say prints a sentence for people.
func (e *env) say(key string, args ...any) {
	_, _ = fmt.Fprintln(e.out, e.words.Say(key, args...))
}

// answer prints v under --json, else the sentence.
func (e *env) answer(v any, key string, args ...any) {
	if e.json {
		e.line(e.out, v)
		return
	}
	e.say(key, args...)
}

// help prints the usage of all commands, or of those that begin with the words.
func (e *env) help(words []string) {
	prefix := strings.Join(words, " ")
	if prefix == "help" {
		prefix = ""
	}
	var b strings.Builder
	b.WriteString(e.words.Say("ctl.help.head") + "\n\n")
	for _, c := range table() {
		if c.path == prefix || prefix == "" || strings.HasPrefix(c.path+" ", prefix+" ") {
			c.usage(&b, e.words.Say("ctl.help."+strings.NewReplacer(" ", "_").Replace(c.name())))
		}
	}
	b.WriteString("\n" + e.words.Say("ctl.help.foot") + "\n")
	_, _ = io.WriteString(e.out, b.String())
}

// name is the path as part of a locale key; the program alone is "alone".
func (c command) name() string {
	if c.path == "" {
		return "alone"
	}
	return c.path
}

// usage writes the command line of c and what it does.
func (c command) usage(b *strings.Builder, what string) {
	line := strings.TrimSpace("camp " + c.path)
	if c.args != "" {
		line += " " + c.args
	}
	for _, f := range strings.Fields(c.flags) {
		line += " " + flagUsage(f)
	}
	b.WriteString("  " + line + "\n        " + what + "\n")
}

// flagUsage shows a flag with what it takes.
func flagUsage(name string) string {
	switch kind, _ := kindOf(name); kind {
	case takesNothing:
		return "[--" + name + "]"
	case takesOnOff:
		return "[--" + name + " on|off]"
	}
	value := map[string]string{
		"data": "DIR", "web": "ADDR", "tunnel": "ADDR", "https": "ADDR", "http": "ADDR", "acme-http": "ADDR", "tls-cert": "F", "tls-key": "F",
		"acme-directory": "URL", "acme-ca": "F", "behind-proxy": "CIDR", "lab-ca": "F", "lab-allow-net": "CIDR", "phrase-file": "F",
		"role": "ROLE", "uses": "N", "expires": "TIME", "level": "LEVEL", "scopes": "\"read write follow push\"",
	}[name]
	if value == "" {
		value = strings.ToUpper(name)
	}
	return "[--" + name + " " + value + "]"
}

// version prints the version of the program.
func version(_ context.Context, e *env, _ call) error {
	e.answer(map[string]string{"version": camp.Version}, "ctl.version", "Version", camp.Version)
	return nil
}
