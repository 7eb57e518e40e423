//go:build window

package main

import (
	"encoding/json"
	"image"
	"net"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
)

// TestSomebodyAsksToJoin: two real programs ask by codes. In the host's window
// one is let in by a click, the other is told no; then a server's box is unticked
// and ticked by clicks, and both are undone.
func TestSomebodyAsksToJoin(t *testing.T) {
	if !hasWay(t) {
		t.Skip("this machine has no address but its own loopback, so a code has no way in it")
	}
	s := newScene(t, bus, display, panel)
	a := &act{scene: s, data: s.path("data", "camp")}
	a.firstStart()
	a.startCamp()
	if _, err := a.ctl("reach", "off"); err != nil { // the router of this machine is not asked
		t.Fatal(err)
	}
	a.seek("a button of the screen", mossLight, isMainButton)
	a.key("ctrl+2")
	mara := a.asks("mara")
	a.shot("asks")
	a.press("mara is in", func() { a.click(a.letIn().middle(), 1) }, func() bool { return a.standing("mara") == camp.Joined })
	a.until("her own program says so", func() bool { return strings.Contains(mara.out.String(), `"state":"member"`) })
	tom := a.asks("tom")
	in := a.letIn()
	a.press("the question lies over the screen", func() { a.click(image.Pt(in.box.Max.X+45, in.middle().Y), 1) }, func() bool { // Say no… stands beside it
		b, ok := find(a.look(), a.box(a.window()), mossLight, isLetIn) // its safe answer
		return ok && b.middle().Y > in.middle().Y+in.box.Dy()
	})
	a.shot("no")
	a.key("shift+Tab") // from the safe answer to the deed
	a.key("space")
	a.until("tom is told", func() bool { return strings.Contains(tom.out.String()+tom.err.String(), "declined") })
	if got := a.standing("tom"); got == camp.Joined || got == camp.Waiting {
		t.Errorf("tom is %q", got)
	}
	a.shot("told")
	a.blockByBox()
	mara.end()
	a.camp.end()
}

// asks lets somebody ask by a code of their own, and waits until the host knows.
func (a *act) asks(name string) *program {
	a.t.Helper()
	out, err := a.ctl("invite", "new")
	if err != nil {
		a.t.Fatal(err)
	}
	p := a.scene.camp("join", field(a.t, out, "code"), "--name", name, "--message", "From the choir.", "--data", a.path("data", name), "--json")
	a.until(name+" waits", func() bool { return a.standing(name) == camp.Waiting })
	return p
}

// standing is what the camp's list says about somebody, "" for nothing.
func (a *act) standing(name string) camp.Standing {
	out, err := a.ctl("member", "list")
	if err != nil {
		return ""
	}
	var list struct {
		Members []struct {
			Name  string        `json:"name"`
			State camp.Standing `json:"state"`
		} `json:"members"`
	}
	var bare []struct {
		Name  string        `json:"name"`
		State camp.Standing `json:"state"`
	}
	if json.Unmarshal([]byte(out), &bare) != nil && json.Unmarshal([]byte(out), &list) != nil {
		a.t.Fatalf("the list of members is %q", out)
	}
	for _, m := range append(bare, list.Members...) {
		if m.Name == name {
			return m.State
		}
	}
	return ""
}

// letIn waits until the button stands still.
func (a *act) letIn() blob {
	a.t.Helper()
	var last blob
	a.until("Let in stands still", func() bool {
		b, ok := find(a.look(), a.box(a.window()), mossLight, isLetIn)
		still := ok && b.box == last.box
		last = b
		return still
	})
	return last
}

// isLetIn: a main button with two short words; that for inviting is longer.
func isLetIn(b blob) bool {
	return b.box.Dx() >= 40 && b.box.Dx() < 110 && b.box.Dy() >= 24 && b.box.Dy() < 70 && b.full() > 0.5
}

// blockByBox unblocks and blocks by the box of a row, and takes each back.
func (a *act) blockByBox() {
	a.t.Helper()
	if _, err := a.ctl("block", "add", "angry.example"); err != nil {
		a.t.Fatal(err)
	}
	a.key("ctrl+3")
	box := a.seek("the ticked box", mossLight, isTickedBox)
	a.shot("blocked")
	a.press("nobody is blocked", func() { a.click(box, 1) }, func() bool { return !a.blocked() })
	a.shot("unblocked")
	at := a.box(a.window())
	undo := image.Pt(at.Max.X-82, at.Min.Y+103) // at the end of the strip below the title, which comes a moment later
	a.press("the server is blocked again", func() { a.click(undo, 1) }, a.blocked)
	box = a.seek("the ticked box, again", mossLight, isTickedBox)
	a.press("nobody is blocked, again", func() { a.click(box, 1) }, func() bool { return !a.blocked() })
	box = a.seek("the empty box", softLight, isEmptyBox)
	a.shot("to be ticked")
	a.press("a tick blocks the server", func() { a.click(box, 1) }, a.blocked)
	a.shot("ticked")
	a.press("the tick is taken back", func() { a.click(undo, 1) }, func() bool { return !a.blocked() })
}

// press does something, and again every few seconds until it is seen to have
// worked: what it is meant for may be drawn, or moved, a moment after it.
func (a *act) press(what string, do func(), worked func() bool) {
	a.t.Helper()
	do()
	last := time.Now()
	a.until(what, func() bool {
		if worked() {
			return true
		}
		if time.Since(last) > 4*time.Second {
			do()
			last = time.Now()
		}
		return false
	})
}

func (a *act) blocked() bool {
	out, err := a.ctl("block", "list")
	if err != nil {
		a.t.Fatal(err)
	}
	return strings.Contains(out, "angry.example")
}

// isTickedBox: a small square filled with moss, a tick in it.
func isTickedBox(b blob) bool {
	return b.box.Dx() >= 14 && b.box.Dx() <= 28 && b.box.Dy() >= 14 && b.box.Dy() <= 28 && b.full() > 0.55
}

// isEmptyBox: the thin edge of such a square, with nothing in it.
func isEmptyBox(b blob) bool {
	return b.box.Dx() >= 14 && b.box.Dx() <= 28 && b.box.Dx()-b.box.Dy() <= 2 && b.box.Dy()-b.box.Dx() <= 2 && b.full() < 0.5
}

// hasWay reports whether this machine has an address that can stand in a code.
func hasWay(t *testing.T) bool {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if ip, ok := a.(*net.IPNet); ok && !ip.IP.IsLoopback() && !ip.IP.IsLinkLocalUnicast() {
			return true
		}
	}
	return false
}
