//go:build window

package main

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"camp/app/place"
)

// The marks that the house has set itself.
const (
	windowMark = 2500 * time.Millisecond // from start to a visible window, with software GL
	postMark   = time.Second             // from posting to seeing it elsewhere
	endMark    = 10 * time.Second        // from asking to the end
	rssMark    = 40 << 10                // KiB of the camp with tray, new
)

// act is a camp on a desktop, as the test goes on with it.
type act struct {
	*scene
	camp *program
	data string
	web  string
}

// TestFirstClickToTheEnd is the way of a host through one evening: start the
// program, click Start camp, open the camp, write; lose the window, get it back
// by the tray and by a second start; pause; end.
func TestFirstClickToTheEnd(t *testing.T) {
	s := newScene(t, bus, display, panel)
	s.usualBrowser()
	a := &act{scene: s, data: s.path("data", "camp")}
	a.firstStart()
	a.startCamp()
	host := a.openCamp()
	a.writeAndSee(host)
	a.loseWindow()
	a.pauseByTray()
	a.needsByTray()
	a.secondStart()
	a.closeWindow()
	a.endByTray()
}

func (a *act) ctl(args ...string) (string, error) {
	return a.scene.ctl(append(args, "--data", a.data)...)
}

func (a *act) state() string {
	out, err := a.ctl("status")
	if err != nil {
		return ""
	}
	return field(a.t, out, "state")
}

// firstStart: the window comes up by itself.
func (a *act) firstStart() {
	a.t.Helper()
	began := time.Now()
	a.camp = a.scene.camp()
	a.until("a window is visible", func() bool { return a.window() != "" })
	took := time.Since(began)
	a.t.Logf("start to visible window: %v (mark %v)", took.Round(10*time.Millisecond), windowMark)
	a.until("the window has the keyboard", a.active)
}

// startCamp: one real click, no typing.
func (a *act) startCamp() {
	a.t.Helper()
	edge := a.seek("the first choice", mossLight, isUpperEdge)
	a.shot("first")
	began := time.Now()
	a.click(edge.Add(image.Pt(0, 30)), 1)
	a.until("the camp is on", func() bool { return a.state() == "on" })
	a.t.Logf("click to on: %v", time.Since(began).Round(10*time.Millisecond))
	out, err := a.ctl("status")
	if err != nil {
		a.t.Fatal(err)
	}
	a.web = field(a.t, out, "web")
	if !strings.HasPrefix(a.web, "http://127.0.0.1:") {
		a.t.Fatalf("the pages are at %q", a.web)
	}
}

// openCamp: the button opens a page in the person's own browser, signed in.
func (a *act) openCamp() context.Context {
	a.t.Helper()
	at := a.seek("the main button", mossLight, isMainButton)
	a.shot("home")
	a.click(at, 1)
	page := a.usualPage(a.web)
	a.until("the page lets the host write", func() bool {
		return truth(page, "!!document.querySelector('form.composer textarea[name=text]') && location.pathname === '/'")
	})
	a.shot("open")
	return page
}

// writeAndSee: a post of the host appears in a member's browser by one stream,
// without a reload and without touching what the member writes; and again after
// the stream was cut.
func (a *act) writeAndSee(host context.Context) {
	a.t.Helper()
	d := newDoor(a.t, strings.TrimPrefix(a.web, "http://"))
	mara := a.otherBrowser(d)
	out, err := a.ctl("member", "add", "mara")
	if err != nil {
		a.t.Fatal(err)
	}
	a.do(mara, "sign in", chromedp.Navigate(field(a.t, out, "url")))
	a.do(mara, "agree to the rules", chromedp.Navigate(a.web+"/rules"), chromedp.WaitVisible(chromedp.CSS("form[action='/rules'] button")),
		script("document.querySelectorAll('input[name=rule]').forEach(b => b.checked = true)"),
		script("document.querySelector(\"form[action='/rules']\").requestSubmit()"))
	a.until("mara has agreed", func() bool {
		return truth(mara, "location.pathname === '/' && document.readyState === 'complete' && !document.querySelector(\"a.btn[href='/rules']\")")
	})
	a.do(mara, "go home", chromedp.Navigate(a.web+"/"), chromedp.WaitVisible(composer))
	a.until("the stream is open", func() bool { return d.opened() >= 1 })
	before := d.opened()
	const half = "half a sentence that nobody"
	a.do(mara, "begin to write", chromedp.SendKeys(composer, half), script("window.sameVisit = true"))

	a.post(host, "The lake is still.")
	took := a.arrives(mara, "The lake is still.", postMark)
	a.t.Logf("click on Post to seen by another member: %v (mark %v)", took.Round(time.Millisecond), postMark)
	a.posted(host, "The lake is still.")
	a.untouched(mara, half)
	if got := d.opened(); got != before {
		a.t.Errorf("%d streams were opened meanwhile, want none", got-before)
	}

	d.set(true)
	a.post(host, "Written while the line was cut.")
	a.posted(host, "Written while the line was cut.")
	if truth(mara, "document.body.innerText.includes('Written while')") {
		a.t.Fatal("the line is not cut")
	}
	d.set(false)
	took = a.arrives(mara, "Written while the line was cut.", patience)
	a.t.Logf("line mended to caught up: %v", took.Round(time.Millisecond))
	a.post(host, "And after.")
	took = a.arrives(mara, "And after.", postMark)
	a.t.Logf("click on Post to seen, after the cut: %v", took.Round(time.Millisecond))
	a.untouched(mara, half)
	png, err := ask(mara, chromedp.CaptureScreenshot())
	if err != nil {
		a.t.Fatal(err)
	}
	if err := os.WriteFile(a.shots+"/"+a.t.Name()+"-member.png", png, 0o600); err != nil {
		a.t.Error(err)
	}
	a.shot("written")
}

// post writes as the host, through the page.
func (a *act) post(host context.Context, text string) {
	a.t.Helper()
	a.do(host, "write", chromedp.SendKeys(composer, text))
	a.do(host, "post", script("document.querySelector('form.composer').requestSubmit()"))
}

// posted waits until the host's page shows what was written.
func (a *act) posted(host context.Context, text string) {
	a.t.Helper()
	a.until("the camp has the post", func() bool {
		return truth(host, fmt.Sprintf("document.querySelector('#fire').innerText.includes(%q)", text))
	})
}

const composer = chromedp.CSS("form.composer textarea[name=text]")

// script evaluates a statement in a page.
func script(js string) chromedp.Action[chromedp.Void] { return chromedp.Evaluate[chromedp.Void](js) }

// untouched: the page was not loaded again, and holds what was half written.
func (a *act) untouched(page context.Context, half string) {
	a.t.Helper()
	if !truth(page, fmt.Sprintf("window.sameVisit === true && document.querySelector('form.composer textarea').value === %q", half)) {
		a.t.Error("the page was loaded again, or what was half written is lost")
	}
}

// loseWindow: the window is killed, nobody in the camp notices, and a click on
// the icon brings it back.
func (a *act) loseWindow() {
	a.t.Helper()
	pid := a.windowPID()
	if pid == 0 || pid == a.camp.cmd.Process.Pid {
		a.t.Fatalf("the window belongs to process %d, the camp is %d", pid, a.camp.cmd.Process.Pid)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		a.t.Fatal(err)
	}
	a.until("the window is gone", func() bool { return a.window() == "" })
	a.stillOn()
	a.until("the camp is back to its usual size", func() bool { return a.camp.rss() < rssMark })
	a.t.Logf("resident memory of camp with tray, after some posts and two browsers: %.1f MiB (mark %d)", float64(a.camp.rss())/1024, rssMark>>10)
	a.click(a.tent(), 1)
	a.until("the window is back", func() bool { return a.window() != "" && a.windowPID() != pid })
	a.until("it has the keyboard", a.active)
}

// The entries of the menu while the camp is on and something needs its host
// (after the first post: the recovery sheet).
const (
	rowNeeds = 3
	rowPause = 5 // Switch on again stands in its place while the camp is paused
	rowEnd   = 6
	rows     = 7
)

// pauseByTray opens the menu and its second level, and clicks.
func (a *act) pauseByTray() {
	a.t.Helper()
	menu := a.openMenu()
	a.shot("menu")
	a.click(row(menu, rowPause, rows), 1)
	hours := a.nextMenu(menu)
	a.shot("pause")
	a.click(row(hours, 0, 3), 1) // 1 hour
	a.until("the camp is paused", func() bool { return a.state() == "paused" })
	menu = a.openMenu()
	a.shot("paused")
	a.click(row(menu, rowPause, rows), 1)
	a.until("the camp is on again", func() bool { return a.state() == "on" })
}

// needsByTray leads to the screen that helps.
func (a *act) needsByTray() {
	a.t.Helper()
	pid := a.windowPID()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		a.t.Fatal(err)
	}
	a.until("the window is gone", func() bool { return a.window() == "" })
	a.click(row(a.openMenu(), rowNeeds, rows), 1)
	a.until("the window is back", func() bool { return a.window() != "" })
	a.until("it has the keyboard", a.active)
	a.shot("needs")
}

// secondStart: no second camp, but the window of the first, out of hiding and in front.
func (a *act) secondStart() {
	a.t.Helper()
	id := a.window()
	a.must("xdotool", "windowminimize", id)
	a.until("the window is out of the way", func() bool { return !a.active() })
	second := a.scene.camp()
	if status := second.wait(patience); status != 0 {
		a.t.Fatalf("a second start ends with %d", status)
	}
	a.until("the window of the first start has the keyboard", a.active)
	if got := a.window(); got != id {
		a.t.Errorf("another window (%s) than before (%s)", got, id)
	}
	a.shot("second")
}

// closeWindow: the first time the window says where Camp goes on, and goes when
// that is understood; the second time it goes at once. The camp stays on.
func (a *act) closeWindow() {
	a.t.Helper()
	before := a.seek("a button of the screen", mossLight, isMainButton)
	a.press("the window tells where Camp goes on", a.closeButton, func() bool { // keys are lost while the window comes to front
		b, ok := find(a.look(), a.box(a.window()), mossLight, isMainButton)
		return ok && b.middle() != before
	})
	a.shot("closing")
	a.key("Return") // the safe answer has the keyboard
	a.until("it has gone once that was understood", func() bool { return a.window() == "" })
	a.stillOn()
	a.click(a.tent(), 1)
	a.until("the window is back", a.active)
	a.seek("a button of the screen", mossLight, isMainButton)
	a.closeButton()
	a.until("it goes at once", func() bool { return a.window() == "" })
	a.stillOn()
	a.click(a.tent(), 1)
	a.until("the window is back", a.active)
}

// closeButton asks the desktop to close the window, by its usual keys.
func (a *act) closeButton() {
	a.t.Helper()
	a.until("the window has the keyboard", a.active)
	a.key("alt+F4")
}

func (a *act) stillOn() {
	a.t.Helper()
	if got := a.state(); got != "on" {
		a.t.Fatalf("without its window the camp is %q", got)
	}
}

// endByTray: the second level of the menu asks; the click ends all.
func (a *act) endByTray() {
	a.t.Helper()
	menu := a.openMenu()
	a.click(row(menu, rowEnd, rows), 1)
	ask := a.nextMenu(menu)
	a.shot("end")
	began := time.Now()
	a.click(row(ask, 1, 2), 1)
	if status := a.camp.wait(endMark); status != 0 {
		a.t.Errorf("camp ended with %d", status)
	}
	a.t.Logf("asked to ended: %v", time.Since(began).Round(10*time.Millisecond))
	a.until("the window has closed", func() bool { return a.window() == "" })
	if place.Locked(a.data) {
		a.t.Error("the data folder is still locked")
	}
}

// seek waits until something of a colour and shape stands still in the window,
// and gives its middle.
func (a *act) seek(what string, c color.RGBA, fits func(blob) bool) image.Point {
	a.t.Helper()
	var last blob
	a.until(what+" stands still", func() bool {
		b, ok := find(a.look(), a.box(a.window()), c, fits)
		still := ok && b.box == last.box
		last = b
		return still
	})
	return last.middle()
}

// tent gives where the icon stands on the panel, whatever its state.
func (a *act) tent() image.Point {
	a.t.Helper()
	var at blob
	a.until("the tent is on the panel", func() bool {
		img := a.look()
		for _, c := range []color.RGBA{mossPanel, emberPanel, softPanel} {
			if b, ok := find(img, image.Rect(0, 0, 1280, 28), c, isTent); ok {
				at = b
				return true
			}
		}
		return false
	})
	return at.middle()
}

// openMenu clicks on the icon with the right button and gives the menu's place.
func (a *act) openMenu() image.Rectangle {
	a.t.Helper()
	a.click(a.tent(), 3)
	return a.nextMenu(image.Rectangle{})
}

// nextMenu waits for a menu of the panel that is not the given one.
func (a *act) nextMenu(but image.Rectangle) image.Rectangle {
	a.t.Helper()
	var box image.Rectangle
	a.until("a menu is open", func() bool {
		out, err := a.run("xdotool", "search", "--onlyvisible", "--class", "wrapper-2.0")
		if err != nil {
			return false
		}
		for id := range strings.FieldsSeq(out) {
			if b := a.box(id); b.Dy() > 40 && b != but && b.Min.Y > 10 {
				box = b
				return true
			}
		}
		return false
	})
	return box
}

// row gives the middle of the n-th of so many entries of a menu. The lines
// between them are too thin to matter.
func row(menu image.Rectangle, n, of int) image.Point {
	const edge = 5
	pitch := float64(menu.Dy()-2*edge) / float64(of)
	return image.Pt(menu.Min.X+50, menu.Min.Y+edge+int(pitch*(float64(n)+0.5)))
}
