//go:build window

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"camp/node/camp/camptest"
)

// programs is the folder with camp and camp-window, built once by TestMain.
var programs string

// TestMain builds both programs as they are given to people.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "camp-programs-")
	if err == nil {
		programs = dir
		err = errors.Join(build("camp", "0", "camp/app/camp"), build("camp-window", "1", "camp/app/window"))
	}
	status := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		status = camptest.Main(m, fynes...)
	}
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

func build(name, cgo, pkg string) error {
	cmd := exec.Command("go", "build", "-o", filepath.Join(programs, name), pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", name, err, out)
	}
	return nil
}

// scene is a desktop of its own: a display, a bus, a window manager and a panel,
// each as far as the test wants them, with an empty home. Programs of the scene
// see nothing of the machine's own desktop.
type scene struct {
	t     *testing.T
	dir   string
	env   []string
	shots string
	n     int // pictures taken

	endDisplay func()
}

// The parts of a desktop.
type part string

const (
	display   part = "display"   // Xvfb
	noGLX     part = "no GLX"    // with display: without OpenGL
	bus       part = "bus"       // a session bus
	panel     part = "panel"     // with both: openbox and xfce4-panel, which shows tray icons
	languages part = "languages" // the person reads Dutch
)

// patience is how long anything that depends on other programs may take.
const patience = 30 * time.Second

func newScene(t *testing.T, parts ...part) *scene {
	t.Helper()
	s := &scene{t: t, dir: short(t)}
	has := map[part]bool{}
	for _, p := range parts {
		has[p] = true
	}
	s.shots = os.Getenv("CAMP_SHOTS")
	if s.shots == "" {
		s.shots = t.TempDir()
	}
	for name, dir := range map[string]string{
		"HOME": "home", "XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data", "XDG_STATE_HOME": "state",
		"XDG_CACHE_HOME": "cache", "XDG_RUNTIME_DIR": "run",
	} {
		s.set(name, s.path(dir))
		if err := os.MkdirAll(s.path(dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.set("PATH", os.Getenv("PATH"))
	s.set("LANG", "en_GB.UTF-8")
	s.set("LIBGL_ALWAYS_SOFTWARE", "1")
	s.set("NO_AT_BRIDGE", "1") // GTK programs would start a second bus
	s.set("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent")
	s.set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
	s.set("FYNE_THEME", "light")
	if has[languages] {
		s.set("LANG", "nl_NL.UTF-8")
	}
	if has[bus] {
		s.startBus()
	}
	if has[display] {
		s.startDisplay(!has[noGLX])
	}
	if has[panel] {
		s.startPanel()
	}
	return s
}

// short is a folder with a short name: sockets lie in it.
func short(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "camp-e2e-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func (s *scene) path(parts ...string) string {
	return filepath.Join(append([]string{s.dir}, parts...)...)
}

// set gives the scene's programs a variable.
func (s *scene) set(name, value string) {
	for i, e := range s.env {
		if strings.HasPrefix(e, name+"=") {
			s.env[i] = name + "=" + value
			return
		}
	}
	s.env = append(s.env, name+"="+value)
}

func (s *scene) get(name string) string {
	for _, e := range s.env {
		if v, ok := strings.CutPrefix(e, name+"="); ok {
			return v
		}
	}
	return ""
}

// program is something of the scene that runs.
type program struct {
	s    *scene
	cmd  *exec.Cmd
	name string
	out  *spool
	err  *spool
	done chan struct{} // closed when it has ended
}

// start runs a program in a group of its own, and ends it with the test.
func (s *scene) start(name string, args ...string) *program {
	s.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env, cmd.Dir = s.env, s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p := &program{s: s, cmd: cmd, name: filepath.Base(name), out: &spool{}, err: &spool{}, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.out, p.err
	cmd.WaitDelay = 2 * time.Second // a child of its own may hold the pipes
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() { _ = cmd.Wait(); close(p.done) }()
	s.t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-p.done
		if s.t.Failed() {
			s.t.Logf("%s said:\n%s%s", p.name, p.out, p.err)
		}
	})
	return p
}

// waits until the program has ended and gives its exit status, -1 for a signal.
func (p *program) wait(limit time.Duration) int {
	p.s.t.Helper()
	select {
	case <-p.done:
	case <-time.After(limit):
		p.s.t.Fatalf("%s still runs after %v", p.name, limit)
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *program) alive() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// rss is the resident memory of the program, in KiB.
func (p *program) rss() int {
	p.s.t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		p.s.t.Fatal(err)
	}
	m := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(raw)
	if m == nil {
		p.s.t.Fatal("no VmRSS")
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil {
		p.s.t.Fatal(err)
	}
	return n
}

// spool keeps what a program says.
type spool struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (b *spool) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *spool) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// run runs a tool of the scene to its end and gives its output without blanks around it.
func (s *scene) run(name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.Dir = s.env, s.dir
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err := cmd.Run()
	if err != nil {
		err = fmt.Errorf("%s %s: %w (%s)", filepath.Base(name), strings.Join(args, " "), err, strings.TrimSpace(complaint.String()))
	}
	return strings.TrimSpace(out.String()), err
}

// must is run for what has to go well.
func (s *scene) must(name string, args ...string) string {
	s.t.Helper()
	out, err := s.run(name, args...)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// until waits for a condition, looking often.
func (s *scene) until(what string, ok func() bool) {
	s.t.Helper()
	s.within(patience, what, ok)
}

func (s *scene) within(limit time.Duration, what string, ok func() bool) time.Duration {
	s.t.Helper()
	began := time.Now()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		if time.Since(began) > limit {
			if s.get("DISPLAY") != "" {
				s.shot("late")
			}
			s.t.Fatalf("after %v still not: %s", limit, what)
		}
		<-tick.C
	}
	return time.Since(began)
}

func (s *scene) startBus() {
	s.t.Helper()
	s.env = append(s.env[:0:0], s.env...)
	p := s.start("dbus-daemon", "--session", "--nofork", "--print-address=1")
	s.until("the bus says where it is", func() bool { return strings.Contains(p.out.String(), "\n") })
	s.set("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(p.out.String()))
}

// startDisplay starts Xvfb on a display that is free: it chooses one by itself
// and writes its number to a pipe.
func (s *scene) startDisplay(glx bool) {
	s.t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	sign := "+"
	if !glx {
		sign = "-"
	}
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", sign+"extension", "GLX", "-nolisten", "tcp", "-noreset")
	cmd.Env, cmd.ExtraFiles = s.env, []*os.File{w}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.endDisplay = sync.OnceFunc(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	s.t.Cleanup(s.endDisplay)
	_ = w.Close()
	_ = r.SetReadDeadline(time.Now().Add(patience))
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		s.t.Fatalf("Xvfb does not come up: %v", err)
	}
	s.set("DISPLAY", ":"+strings.TrimSpace(number))
}

// panelConfig is a panel over the whole upper edge with nothing but the tray.
const panelConfig = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="true"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="28"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
    </property>
  </property>
</channel>
`

func (s *scene) startPanel() {
	s.t.Helper()
	dir := s.path("config", "xfce4", "xfconf", "xfce-perchannel-xml")
	if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(filepath.Join(dir, "xfce4-panel.xml"), []byte(panelConfig), 0o600)); err != nil {
		s.t.Fatal(err)
	}
	s.set("XDG_CURRENT_DESKTOP", "XFCE")
	s.start("openbox")
	s.until("the window manager is there", func() bool {
		out, err := s.run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK")
		return err == nil && strings.Contains(out, "window id")
	})
	s.start("xfce4-panel", "--disable-wm-check")
	s.until("the panel shows tray icons", func() bool {
		out, err := s.run("gdbus", "call", "--session", "--dest", "org.kde.StatusNotifierWatcher", "--object-path", "/StatusNotifierWatcher",
			"--method", "org.freedesktop.DBus.Properties.Get", "org.kde.StatusNotifierWatcher", "IsStatusNotifierHostRegistered")
		return err == nil && strings.Contains(out, "true")
	})
}

// shot takes a picture of the screen and keeps it under a name.
func (s *scene) shot(name string) {
	s.t.Helper()
	s.n++
	s.must("import", "-window", "root", filepath.Join(s.shots, fmt.Sprintf("%s-%02d-%s.png", s.t.Name(), s.n, name)))
}

// look takes a picture of the screen.
func (s *scene) look() image.Image {
	s.t.Helper()
	img, err := png.Decode(strings.NewReader(s.must("import", "-window", "root", "png:-")))
	if err != nil {
		s.t.Fatal(err)
	}
	return img
}

// click moves the pointer and presses a button. Without the pause a click lands
// where the pointer was before in two of three tries.
func (s *scene) click(at image.Point, button int) {
	s.t.Helper()
	s.point(at)
	s.must("xdotool", "click", strconv.Itoa(button))
}

func (s *scene) point(at image.Point) {
	s.t.Helper()
	s.must("xdotool", "mousemove", strconv.Itoa(at.X), strconv.Itoa(at.Y))
	time.Sleep(300 * time.Millisecond)
}

func (s *scene) key(keys ...string) {
	s.t.Helper()
	s.must("xdotool", append([]string{"key"}, keys...)...)
}

// window gives the id of Camp's visible window, "" where there is none.
func (s *scene) window() string {
	out, err := s.run("xdotool", "search", "--onlyvisible", "--class", "^Camp$")
	if err != nil { // none found is an error too
		return ""
	}
	id, _, _ := strings.Cut(out, "\n")
	return id
}

// windowPID gives the process of Camp's visible window, 0 where there is none.
func (s *scene) windowPID() int {
	id := s.window()
	if id == "" {
		return 0
	}
	out, err := s.run("xdotool", "getwindowpid", id)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(out)
	if err != nil {
		return 0
	}
	return pid
}

// active reports whether Camp's window has the keyboard.
func (s *scene) active() bool {
	id, err := s.run("xdotool", "getactivewindow")
	return err == nil && id != "" && id == s.window()
}

// box gives where a window lies on the screen.
func (s *scene) box(id string) image.Rectangle {
	s.t.Helper()
	out := s.must("xdotool", "getwindowgeometry", "--shell", id)
	v := map[string]int{}
	for line := range strings.Lines(out) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		v[name], _ = strconv.Atoi(value)
	}
	return image.Rect(v["X"], v["Y"], v["X"]+v["WIDTH"], v["Y"]+v["HEIGHT"])
}

func (s *scene) camp(args ...string) *program {
	s.t.Helper()
	return s.start(filepath.Join(programs, "camp"), args...)
}

// ctl asks the camp by its command line.
func (s *scene) ctl(args ...string) (string, error) {
	return s.run(filepath.Join(programs, "camp"), append([]string{"ctl"}, append(args, "--json")...)...)
}

// field gives a text of a JSON object.
func field(t *testing.T, raw, name string) string {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(raw), &m); err != nil {
		t.Fatalf("%v in %q", err, raw)
	}
	v, _ := m[name].(string)
	return v
}

var _ io.Writer = (*spool)(nil)
