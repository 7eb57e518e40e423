//go:build netns

package main_test

import (
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// twoHomes is a host behind one router and a member behind another, with the
// same private range, and the world between.
func twoHomes(t *testing.T) (l *lab, host, hostRouter, member *space) {
	l = newLab(t)
	l.needs("nft", "miniupnpd", "ss")
	world := l.bridge("world")
	host, hostRouter, member = l.space("host"), l.space("hostrouter"), l.space("member")
	memberRouter := l.space("memberrouter")
	l.link(host, "eth0", "192.168.1.20/24", hostRouter, "lan", "192.168.1.1/24")
	l.link(member, "eth0", "192.168.1.20/24", memberRouter, "lan", "192.168.1.1/24")
	l.plug(hostRouter, "wan", "9.9.0.1/24", world)
	l.plug(memberRouter, "wan", "9.9.0.2/24", world)
	host.run("ip", "route", "add", "default", "via", "192.168.1.1")
	member.run("ip", "route", "add", "default", "via", "192.168.1.1")
	hostRouter.router()
	memberRouter.router()
	return l, host, hostRouter, member
}

// A member behind another router comes in by a code, through the door that the
// host's router opened; both write, and see each other's words.
func TestLabThroughTwoRouters(t *testing.T) {
	for _, row := range []struct {
		name, how string
		pmp, upnp bool
	}{{"nat-pmp", "nat-pmp", true, false}, {"upnp", "upnp", false, true}, {"both", "nat-pmp", true, true}} {
		t.Run(row.name, func(t *testing.T) {
			l, host, router, member := twoHomes(t)
			router.miniupnpd(row.pmp, row.upnp)
			h := host.camp(filepath.Join(t.TempDir(), "data"), "serve", "--name", "Orchard", "--host-user", "noor")
			h.line("ready", true)
			began := time.Now()
			inv := h.ctl("invite", "new")
			t.Logf("the code, with the router asked, took %s", time.Since(began).Round(10*time.Millisecond))
			if st := h.ctl("reach", "status"); st["state"] != "open" || st["how"] != row.how || !strings.HasPrefix(st["outer"].(string), "9.9.0.1:") {
				t.Fatalf("the router's door: %v", st)
			}
			if _, say := inv["say"]; say {
				t.Errorf("a code with a way from outside is called narrow: %v", inv)
			}
			began = time.Now()
			m := member.camp(filepath.Join(t.TempDir(), "data"), "join", inv["code"].(string), "--name", "Mara", "--message", "From the choir.")
			m.line("state", "waiting")
			t.Logf("paste to waiting through two routers took %s", time.Since(began).Round(10*time.Millisecond))
			h.waiting("mara")
			h.ctl("member", "approve", "mara")
			m.line("state", "member")
			guest, own := m.signIn(), h.signIn()
			guest.write("greetings from outside")
			l.until("the host reads it", func() bool { return strings.Contains(own.do("GET", "/", nil), "greetings from outside") })
			own.write("welcome inside")
			l.until("the member reads it", func() bool { return strings.Contains(guest.do("GET", "/", nil), "welcome inside") })
			h.end()
			l.until("the router's door is closed again", func() bool { return !strings.Contains(router.run("nft", "list ruleset"), "dnat") })
		})
	}
}

// A router whose own address is shared between customers has no door to open,
// and the host is told so.
func TestLabSharedAddress(t *testing.T) {
	l := newLab(t)
	l.needs("nft", "miniupnpd", "ss")
	host, router, world := l.space("host"), l.space("router"), l.space("world")
	l.link(host, "eth0", "192.168.1.20/24", router, "lan", "192.168.1.1/24")
	l.link(router, "wan", "100.64.7.2/24", world, "eth0", "100.64.7.1/24")
	host.run("ip", "route", "add", "default", "via", "192.168.1.1")
	router.router()
	router.miniupnpd(true, true)
	h := host.camp(filepath.Join(t.TempDir(), "data"), "serve", "--name", "Orchard", "--host-user", "noor")
	h.line("ready", true)
	inv := h.ctl("invite", "new")
	st := h.ctl("reach", "status")
	if st["state"] != "shared" || !strings.Contains(st["say"].(string), "shares one address") || inv["say"] == nil {
		t.Errorf("reach %v, code %v", st, inv["say"])
	}
}

// home is a host and others on one home network.
func home(t *testing.T, n int) (l *lab, host *space, others []*space) {
	l = newLab(t)
	sw := l.bridge("switch")
	host = l.space("host")
	l.plug(host, "eth0", "10.7.0.1/24", sw)
	for i := range n {
		s := l.space(fmt.Sprintf("m%d", i))
		l.plug(s, "eth0", fmt.Sprintf("10.7.0.%d/24", 10+i), sw)
		others = append(others, s)
	}
	return l, host, others
}

func serveAt(t *testing.T, host *space, args ...string) *running {
	t.Helper()
	h := host.camp(filepath.Join(t.TempDir(), "data"), append([]string{"serve", "--name", "Orchard", "--host-user", "noor"}, args...)...)
	h.line("ready", true)
	return h
}

// Codes that do not work are answered as far as they can be; a removed member
// is cut off at once, the open stream included.
func TestLabCodesAndRemoval(t *testing.T) {
	t.Parallel()
	l, host, others := home(t, 1)
	h := serveAt(t, host)
	join := func(code, name string) *running {
		return others[0].camp(filepath.Join(t.TempDir(), "data"), "join", code, "--name", name)
	}
	refused := func(r *running, want string) {
		t.Helper()
		select {
		case <-r.ended:
		case <-time.After(patience):
			t.Fatal("still asking")
		}
		_ = r.cmd.Wait()
		if !strings.Contains(r.said.String(), want) || r.cmd.ProcessState.ExitCode() != 1 {
			t.Errorf("status %d, said %s; want %s", r.cmd.ProcessState.ExitCode(), r.said.String(), want)
		}
	}
	good := h.ctl("invite", "new")["code"].(string)
	refused(join(good[:90], "Short"), "join.piece.say")
	refused(join(good[:30]+map[bool]string{true: "7", false: "8"}[good[30] == '8']+good[31:], "Typo"), "join.character.say")
	gone := h.ctl("invite", "new")
	h.ctl("invite", "revoke", gone["id"].(string))
	refused(join(gone["code"].(string), "Late"), "join.silent.say")

	no := join(good, "Tom")
	no.line("state", "waiting")
	h.waiting("tom")
	h.ctl("member", "decline", "tom", "--reason", "Not this year.")
	refused(no, "Not this year.")
	refused(join(good, "Again"), "join.") // used: said so for a moment, then there is silence

	m := join(h.ctl("invite", "new")["code"].(string), "Mara")
	h.waiting("mara")
	h.ctl("member", "approve", "mara")
	m.line("state", "member")
	guest := m.signIn()
	ended := make(chan time.Time, 1)
	go func() {
		_, _, _ = guest.try("GET", "/live?fire=1", nil)
		ended <- time.Now()
	}()
	l.until("the stream is open", func() bool { return h.ctl("status")["here"].(float64) >= 1 })
	began := time.Now()
	h.ctl("member", "remove", "mara")
	select {
	case at := <-ended:
		t.Logf("the open stream ended %s after the removal was asked for", at.Sub(began).Round(time.Millisecond))
	case <-time.After(patience):
		t.Error("the open stream of somebody removed goes on")
	}
	m.line("state", "removed")
	t.Logf("their program said so %s after", time.Since(began).Round(time.Millisecond))
	if status, body, err := guest.try("GET", "/", nil); err == nil && status == 200 {
		t.Errorf("a removed member still reads:\n%.300s", body)
	}
}

// One code for five people, pasted at the same time.
func TestLabFiveAtOneCode(t *testing.T) {
	l, host, others := home(t, 5)
	h := serveAt(t, host)
	code := h.ctl("invite", "new", "--uses", "5")["code"].(string)
	skewedBin(t) // building it is not part of the wait
	began := time.Now()
	for i, s := range others {
		dir, args := filepath.Join(t.TempDir(), "data"), []string{"join", code, "--name", fmt.Sprintf("Friend %d", i)}
		switch i {
		case 0: // slow by two hours: what WireGuard dates its first words with lies behind the others'
			s.campAt(-2*time.Hour, dir, args...)
		default:
			s.camp(dir, args...)
		}
	}
	l.until("five wait", func() bool { return h.ctl("status")["waiting"].(float64) == 5 })
	t.Logf("five rows after %s", time.Since(began).Round(100*time.Millisecond))
	for i := range others {
		h.ctl("member", "approve", fmt.Sprintf("friend_%d", i))
	}
	l.until("six members", func() bool { return h.ctl("status")["members"].(float64) == 6 })
}

// Somebody whose clock is fast by two hours comes before the others, who must
// still be heard; and a code that is over is answered by silence, which is said.
func TestLabWrongClocks(t *testing.T) {
	t.Parallel()
	l, host, others := home(t, 2)
	h := serveAt(t, host)
	code := h.ctl("invite", "new", "--uses", "2")["code"].(string)
	fast := others[0].campAt(2*time.Hour, filepath.Join(t.TempDir(), "data"), "join", code, "--name", "Fast")
	fast.line("state", "waiting")
	right := others[1].camp(filepath.Join(t.TempDir(), "data"), "join", code, "--name", "Right")
	right.line("state", "waiting")
	for _, name := range []string{"fast", "right"} {
		h.ctl("member", "approve", name)
	}
	l.until("three members", func() bool { return h.ctl("status")["members"].(float64) == 3 })
	fast.line("state", "member")
	right.line("state", "member")

	late := h.ctl("invite", "new", "--expires", "1h")["code"].(string)
	h.end()
	h = host.campAt(2*time.Hour, h.dir, "serve")
	h.line("ready", true)
	r := others[1].camp(filepath.Join(t.TempDir(), "data"), "join", late, "--name", "Late")
	select {
	case <-r.ended:
	case <-time.After(patience):
		t.Fatal("still asking with a code that is over")
	}
	_ = r.cmd.Wait()
	if !strings.Contains(r.said.String(), "join.silent.say") || r.cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("status %d, said %s", r.cmd.ProcessState.ExitCode(), r.said.String())
	}
	if n := h.ctl("status")["waiting"].(float64); n != 0 {
		t.Errorf("%v wait by a code that is over", n)
	}
}

var (
	confKey  = regexp.MustCompile(`(?m)^Address = (.*)$`)
	confCamp = regexp.MustCompile(`(?m)^AllowedIPs = (.*)$`)
)

// stock sets up another build of WireGuard from a phone's configuration.
func (s *space) stock(conf, allowed string) {
	s.t.Helper()
	s.needs("wireguard-go", "wg")
	addrs := strings.Split(confKey.FindStringSubmatch(conf)[1], ", ")
	camp := strings.Split(confCamp.FindStringSubmatch(conf)[1], ", ")
	var strict []string
	for _, line := range strings.Split(conf, "\n") {
		if strings.HasPrefix(line, "AllowedIPs") && allowed != "" {
			line = "AllowedIPs = " + allowed
			camp = strings.Split(allowed, ", ")
		}
		if !strings.HasPrefix(line, "Address") && !strings.HasPrefix(line, "MTU") {
			strict = append(strict, line)
		}
	}
	f := filepath.Join(s.t.TempDir(), "wg.conf")
	if err := os.WriteFile(f, []byte(strings.Join(strict, "\n")), 0o600); err != nil {
		s.t.Fatal(err)
	}
	dev := fmt.Sprintf("wg%d-%d", os.Getpid()%10000, labLink.Add(1)) // its socket lies in one folder for all spaces and all labs
	s.start("wireguard-go", "-f", dev)
	s.until("the device is there", func() bool { return s.command("wg", "show", dev).Run() == nil })
	s.run("wg", "setconf", dev, f)
	for _, a := range addrs {
		s.run("ip", "addr", "add", a, "dev", dev)
	}
	s.run("ip", "link", "set", dev, "mtu", "1280", "up")
	for _, c := range camp {
		s.run("ip", "route", "add", c, "dev", dev)
	}
}

// Somebody with a phone alone: the official app's configuration in another build
// of WireGuard goes the whole way, in a browser that runs no script.
func TestLabPhoneOnly(t *testing.T) {
	_, host, others := home(t, 1)
	h := serveAt(t, host)
	inv := h.ctl("invite", "new", "--phone")
	phone := others[0]
	phone.stock(inv["code"].(string), "")
	b := phone.surf(inv["web"].(string))
	page := b.do("GET", "/", nil)
	rules := regexp.MustCompile(`name="rule" value="(\d+)"`).FindAllStringSubmatch(page, -1)
	form := url.Values{"name": {"Opa Jan"}, "message": {"Your grandfather."}}
	for _, key := range []string{"version", "hash"} {
		form.Set(key, regexp.MustCompile(`name="` + key + `" value="([^"]+)"`).FindStringSubmatch(page)[1])
	}
	if status, body, err := b.try("POST", "/join", form); err != nil || status != 422 || !strings.Contains(body, "Opa Jan") {
		t.Errorf("asking without ticking the rules: %d, %v", status, err)
	}
	for _, r := range rules {
		form.Add("rule", r[1])
	}
	if page = b.do("POST", "/join", form); !strings.Contains(page, "/withdraw") {
		t.Fatalf("after asking the phone sees\n%.1500s", page)
	}
	h.waiting("opa_jan")
	if status, body, err := b.try("GET", "/people", nil); err == nil {
		t.Errorf("who waits sees the list of people: %d\n%.300s", status, body)
	}
	h.ctl("member", "approve", "opa_jan")
	if page = b.do("GET", "/", nil); !strings.Contains(page, `action="/confirm"`) {
		t.Fatalf("let in, the phone sees\n%.1500s", page)
	}
	if page = b.do("POST", "/confirm", url.Values{}); !strings.Contains(page, "composer") {
		t.Fatalf("after the click the phone sees\n%.1500s", page)
	}
	b.write("hello from my phone")
	if own := h.signIn().do("GET", "/", nil); !strings.Contains(own, "hello from my phone") {
		t.Error("the host does not read what the phone wrote")
	}
	phone.run("ping", "-c", "1", "-W", "5", strings.Trim(strings.TrimPrefix(inv["web"].(string), "http://"), "[]"))
}

// TS-2024-005 (Tailscale): who is on the network is let through to the inside.
// Members reach neither each other nor anything of the host's but the camp; what
// one sends to another never arrives, counted where it would. Strangers get no
// answer.
func TestLabTS2024005Walls(t *testing.T) {
	l, host, others := home(t, 3)
	l.needs("nft")
	h := serveAt(t, host)
	var addrs []netip.Addr
	for i, s := range others[:2] {
		inv := h.ctl("invite", "new", "--phone")
		conf := inv["code"].(string)
		addrs = append(addrs, netip.MustParsePrefix(strings.Split(confKey.FindStringSubmatch(conf)[1], ", ")[0]).Addr())
		plan := netip.PrefixFrom(addrs[0], 48).Masked().String()
		s.stock(conf, plan) // a device that allows the whole range
		b := s.surf(inv["web"].(string))
		page := b.do("GET", "/", nil)
		form := url.Values{"name": {fmt.Sprintf("Phone %d", i)}}
		for _, key := range []string{"version", "hash"} {
			form.Set(key, regexp.MustCompile(`name="` + key + `" value="([^"]+)"`).FindStringSubmatch(page)[1])
		}
		for _, r := range regexp.MustCompile(`name="rule" value="(\d+)"`).FindAllStringSubmatch(page, -1) {
			form.Add("rule", r[1])
		}
		b.do("POST", "/join", form)
		h.ctl("member", "approve", fmt.Sprintf("phone_%d", i))
	}
	count := func(s *space, from netip.Addr) string {
		return s.run("nft", "list counter inet c from")
	}
	others[1].run("nft", "add table inet c")
	others[1].run("nft", "add counter inet c from")
	others[1].run("nft", "add chain inet c in { type filter hook input priority 0 ; }")
	others[1].run("nft", fmt.Sprintf("add rule inet c in ip6 saddr %s counter name from", addrs[0]))
	for range 3 {
		_ = others[0].command("ping", "-c", "1", "-W", "1", addrs[1].String()).Run()
	}
	if got := count(others[1], addrs[0]); !strings.Contains(got, "packets 0 ") {
		t.Errorf("packets of one member reached another: %s", got)
	}
	camp := netip.PrefixFrom(addrs[0], 48).Masked().Addr().Next()
	others[1].run("nft", "flush chain inet c in") // the control: the camp's own packets are counted
	others[1].run("nft", fmt.Sprintf("add rule inet c in ip6 saddr %s counter name from", camp))
	others[1].run("ping", "-c", "1", "-W", "5", camp.String())
	if got := count(others[1], camp); strings.Contains(got, "packets 0 ") {
		t.Errorf("the count is blind: %s", got)
	}

	// Strangers: nothing leaves the tunnel's door towards them.
	port := netip.MustParseAddrPort(h.ctl("status")["tunnel"].(string)).Port()
	host.run("nft", "add table inet c")
	host.run("nft", "add counter inet c out")
	host.run("nft", "add chain inet c o { type filter hook output priority 0 ; }")
	host.run("nft", fmt.Sprintf("add rule inet c o udp sport %d ip daddr 10.7.0.12 counter name out", port))
	for _, n := range []int{148, 1, 92, 1400} {
		others[2].run("bash", "-c", fmt.Sprintf(`head -c %d /dev/urandom > /dev/udp/10.7.0.1/%d; printf '\x01\x00\x00\x00%%144s' x > /dev/udp/10.7.0.1/%d`, n, port, port))
	}
	time.Sleep(500 * time.Millisecond)
	if got := host.run("nft", "list counter inet c out"); !strings.Contains(got, "packets 0 ") {
		t.Errorf("a stranger was answered: %s", got)
	}
}

// The camp comes back after a restart at the same door, and after its address
// changed; the member finds it each time.
func TestLabComingBack(t *testing.T) {
	l, host, others := home(t, 1)
	dir := filepath.Join(t.TempDir(), "data")
	serve := func() *running {
		h := host.camp(dir, "serve", "--name", "Orchard", "--host-user", "noor", "--lan", "on")
		h.line("ready", true)
		return h
	}
	h := serve()
	code := h.ctl("invite", "new")["code"].(string)
	pasted := time.Now()
	m := others[0].camp(filepath.Join(t.TempDir(), "data"), "join", code, "--name", "Mara")
	m.line("state", "waiting")
	t.Logf("paste to waiting at home took %s, the start of the program in it", time.Since(pasted).Round(10*time.Millisecond))
	h.waiting("mara")
	h.ctl("member", "approve", "mara")
	m.line("state", "member")
	b := m.signIn()
	back := func(what string, began time.Time) {
		t.Helper()
		l.until(what, func() bool {
			status, body, err := b.try("GET", "/", nil)
			return err == nil && status == 200 && strings.Contains(body, "composer")
		})
		t.Logf("%s: read again after %s", what, time.Since(began).Round(100*time.Millisecond))
	}
	h.end()
	began := time.Now()
	serve()
	back("after a restart of the camp, its start in it", began)
	host.run("ip", "addr", "del", "10.7.0.1/24", "dev", "eth0")
	host.run("ip", "addr", "add", "10.7.0.77/24", "dev", "eth0")
	back("after the host's address changed", time.Now())
	others[0].run("ip", "addr", "del", "10.7.0.10/24", "dev", "eth0")
	others[0].run("ip", "addr", "add", "10.7.0.88/24", "dev", "eth0")
	back("after the member's address changed", time.Now())
}

// A whole join with the host on an interface of the system, driven by wgctrl.
func TestLabSystemInterface(t *testing.T) {
	_, host, others := home(t, 1)
	host.needs("wireguard-go", "wg")
	dir := filepath.Join(t.TempDir(), "data")
	first := host.camp(dir, "serve", "--name", "Orchard", "--host-user", "noor") // tells the camp's inner addresses
	first.line("ready", true)
	inner := first.ctl("status")["inner"].([]any)
	first.end()
	dev := "campwg" + fmt.Sprint(labLink.Add(1))
	host.start("wireguard-go", "-f", dev)
	host.until("the device is there", func() bool { return host.command("wg", "show", dev).Run() == nil })
	six := netip.MustParseAddr(inner[0].(string))
	host.run("ip", "addr", "add", netip.PrefixFrom(six, 48).String(), "dev", dev)
	host.run("ip", "addr", "add", inner[1].(string)+"/22", "dev", dev)
	host.run("ip", "link", "set", dev, "mtu", "1280", "up")
	h := host.camp(dir, "serve", "--tunnel-device", dev, "--tunnel", "10.7.0.1:41999")
	h.line("ready", true)
	m := others[0].camp(filepath.Join(t.TempDir(), "data"), "join", h.ctl("invite", "new")["code"].(string), "--name", "Mara")
	h.waiting("mara")
	h.ctl("member", "approve", "mara")
	m.line("state", "member")
	b := m.signIn()
	b.write("through the system")
	if !strings.Contains(host.run("wg", "show", dev), "latest handshake") {
		t.Error("the system's interface saw no handshake")
	}
	h.ctl("member", "remove", "mara")
	host.until("the system's interface knows nobody", func() bool {
		return strings.TrimSpace(host.run("wg", "show", dev, "peers")) == ""
	})
}
