//go:build netns

package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// avahi runs the usual announcer of a Linux desktop in the space, and gives what
// it hears there of a kind of service.
func (s *space) avahi() (browse func(service string) string) {
	s.t.Helper()
	s.needs("avahi-daemon", "avahi-browse", "dbus-daemon")
	dir, err := os.MkdirTemp("", "camp-bus") // the name of a socket must be short
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = os.RemoveAll(dir) })
	bus, busConf, conf := filepath.Join(dir, "bus"), filepath.Join(dir, "bus.conf"), filepath.Join(dir, "avahi.conf")
	for file, text := range map[string]string{
		busConf: `<busconfig><type>system</type><listen>unix:path=` + bus + `</listen><auth>EXTERNAL</auth><policy context="default">` +
			`<allow user="*"/><allow own="*"/><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/></policy></busconfig>`,
		conf: "[server]\nhost-name=" + s.ns + "\n[publish]\npublish-workstation=yes\n",
	} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
	s.start("dbus-daemon", "--nofork", "--nopidfile", "--config-file="+busConf)
	s.until("the bus is there", func() bool { _, err := os.Stat(bus); return err == nil })
	// Its own files lie in /run, which the space has for itself.
	s.start("env", "DBUS_SYSTEM_BUS_ADDRESS=unix:path="+bus, "sh", "-c",
		"mount -t tmpfs none /run && exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f "+conf)
	browse = func(service string) string {
		c := s.command("env", "DBUS_SYSTEM_BUS_ADDRESS=unix:path="+bus, "avahi-browse", "--resolve", "--parsable", "--terminate", "--no-db-lookup", service)
		out, _ := c.CombinedOutput() // it ends badly while the daemon starts
		return string(out)
	}
	s.until("avahi announces its computer", func() bool { return strings.Contains(browse("_workstation._tcp"), s.ns) })
	return browse
}

// door is "invite nearby", which lets somebody in the same room in.
type door struct {
	in io.Writer

	mu   sync.Mutex // guards said
	said bytes.Buffer
}

func (d *door) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.said.Write(p)
}

func (d *door) text() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.said.String()
}

// check gives the number that the host was shown last.
func (d *door) check() string {
	check := ""
	for line := range strings.Lines(d.text()) {
		var m struct{ Check string }
		if json.Unmarshal([]byte(line), &m) == nil && m.Check != "" {
			check = m.Check
		}
	}
	return check
}

func (r *running) nearby() *door {
	r.s.t.Helper()
	c, d := r.s.command(labBin, "ctl", "--data", r.dir, "--json", "invite", "nearby"), &door{}
	in, err := c.StdinPipe()
	if err != nil {
		r.s.t.Fatal(err)
	}
	d.in, c.Stdout = in, d
	if err := c.Start(); err != nil {
		r.s.t.Fatal(err)
	}
	r.s.t.Cleanup(func() { endProcess(c) })
	return d
}

// Two hosts and a newcomer on one network, beside running avahis: the newcomer
// is asked which, finds the one meant also after its address changed, compares,
// and is let in without a code; afterwards they find it by the same means.
func TestLabNearby(t *testing.T) {
	t.Parallel()
	l, host, others := home(t, 2)
	newcomer, hill := others[0], others[1]
	host.avahi()
	browse := newcomer.avahi()
	h := serveAt(t, host, "--lan", "on")
	two := hill.camp(filepath.Join(t.TempDir(), "data"), "serve", "--name", "Hill", "--host-user", "tom", "--lan", "on")
	two.line("ready", true)
	open := h.nearby()
	two.nearby()
	l.until("avahi hears of both", func() bool {
		said := browse("_campjoin._tcp")
		return strings.Contains(said, "10.7.0.1;") && strings.Contains(said, "10.7.0.11;")
	})

	which := newcomer.camp(filepath.Join(t.TempDir(), "data"), "join", "--lan", "--name", "Ana")
	names := fmt.Sprint(which.line("camps", nil)["camps"])
	if !strings.Contains(names, "Orchard") || !strings.Contains(names, "Hill") {
		t.Errorf("around there are %s", names)
	}
	which.end()

	host.run("ip", "addr", "del", "10.7.0.1/24", "dev", "eth0")
	host.run("ip", "addr", "add", "10.7.0.77/24", "dev", "eth0")
	l.until("avahi hears where it is now", func() bool { return strings.Contains(browse("_campjoin._tcp"), "10.7.0.77;") })
	m := newcomer.camp(filepath.Join(t.TempDir(), "data"), "join", "--lan", "--camp", "Orchard", "--name", "Ana")
	check := m.line("check", nil)["check"].(string)
	if len(check) != 6 || strings.Trim(check, "0123456789") != "" {
		t.Errorf("the check is %q", check)
	}
	l.until("the host sees the same number", func() bool { return open.check() == check })
	fmt.Fprintln(open.in, "same")
	m.line("state", "waiting")
	h.waiting("ana")
	h.ctl("member", "approve", "ana")
	m.line("state", "member")
	b := m.signIn()
	if got := b.do("GET", "/", nil); !strings.Contains(got, "Orchard") {
		t.Errorf("they joined something else:\n%.300s", got)
	}

	// Neither knows the other's new address: the camp's announcement tells it.
	host.run("ip", "addr", "del", "10.7.0.77/24", "dev", "eth0")
	host.run("ip", "addr", "add", "10.7.0.78/24", "dev", "eth0")
	newcomer.run("ip", "addr", "del", "10.7.0.10/24", "dev", "eth0")
	newcomer.run("ip", "addr", "add", "10.7.0.99/24", "dev", "eth0")
	l.until("it is found again", func() bool {
		status, body, err := b.try("GET", "/", nil)
		return err == nil && status == 200 && strings.Contains(body, "composer")
	})
	if said := browse("_camp._udp"); strings.Contains(said, "Orchard") || strings.Contains(said, "Hill") || !strings.Contains(said, "10.7.0.78;") {
		t.Errorf("members are told by\n%s", said)
	}
	h.endsInTime(t)
	l.until("avahi hears that it is gone", func() bool {
		return !strings.Contains(browse("_camp._udp"), "10.7.0.78;") && strings.Contains(browse("_campjoin._tcp"), "10.7.0.11;")
	})
}
