package main

import (
	"slices"
	"strings"
)

// flagKind says what follows a flag.
type flagKind uint8

const (
	takesValue flagKind = iota
	takesNothing
	takesOnOff // "on" or "off" may follow, or nothing
)

// kindOf knows every flag of the command line. A flag means the same, and takes
// the same, whichever command it stands with; so flags may stand anywhere.
func kindOf(name string) (flagKind, bool) {
	switch name {
	case "json", "help", "h", "lab-no-rate-limit", "phone", "erase", "replace", "hidden", "wide", "all", "preview", "small":
		return takesNothing, true
	case "lan":
		return takesOnOff, true
	case "data", "name", "host-user", "web", "tunnel", "domain", "https", "tls-cert", "tls-key", "acme-directory", "acme-ca", "acme-http",
		"http", "behind-proxy", "lab-ca", "lab-allow-net", "message", "phrase-file", "role", "reason", "scopes", "uses", "expires",
		"level", "note", "answer", "camp", "tunnel-device":
		return takesValue, true
	}
	return 0, false
}

// call is a command line taken apart.
type call struct {
	words []string            // what is no flag, in order
	flags map[string][]string // values by flag, in order; "" for a flag that takes nothing
}

func (c call) has(name string) bool { _, ok := c.flags[name]; return ok }

// get gives the last value of a flag, "" where it was not given.
func (c call) get(name string) string {
	v := c.flags[name]
	if len(v) == 0 {
		return ""
	}
	return v[len(v)-1]
}

// parse takes a command line apart. Everything after "--" is words.
func parse(args []string) (call, error) {
	c := call{flags: map[string][]string{}}
	for i := 0; i < len(args); i++ {
		a := args[i]
		if a == "--" {
			c.words = append(c.words, args[i+1:]...)
			break
		}
		if len(a) < 2 || a[0] != '-' {
			c.words = append(c.words, a)
			continue
		}
		name, value, joined := strings.Cut(strings.TrimPrefix(a[1:], "-"), "=")
		kind, known := kindOf(name)
		switch {
		case !known:
			return c, usage("ctl.usage.flag", "Flag", a)
		case kind == takesOnOff && joined && value != "on" && value != "off":
			return c, usage("ctl.usage.on_off", "Flag", "--"+name, "Value", value)
		case kind == takesNothing && joined:
			return c, usage("ctl.usage.no_value", "Flag", "--"+name)
		case kind == takesValue && !joined:
			if i+1 == len(args) {
				return c, usage("ctl.usage.value", "Flag", "--"+name)
			}
			i++
			value = args[i]
		case kind == takesOnOff && !joined && i+1 < len(args) && slices.Contains([]string{"on", "off"}, args[i+1]):
			i++
			value = args[i]
		}
		c.flags[name] = append(c.flags[name], value)
	}
	return c, nil
}

// usageError is a command line that makes no sense: exit status 2.
type usageError struct {
	say  string
	args map[string]string
}

func (u *usageError) Error() string { return u.say }

// usage makes a usageError; pairs fill the sentence's placeholders.
func usage(say string, pairs ...string) error {
	u := &usageError{say: say, args: map[string]string{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		u.args[pairs[i]] = pairs[i+1]
	}
	return u
}
