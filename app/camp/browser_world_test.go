//go:build browser

package main_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// The host has the camp and everybody in it sign anew, with a button.
func TestBrowserNewSignatures(t *testing.T) {
	if chrome == nil {
		t.Skip("no browser here")
	}
	s := &served{t: t, dir: t.TempDir()}
	s.start("--name", "The Orchard", "--host-user", "noor", "--domain", "oak.example", "--http", "127.0.0.1:0", "--behind-proxy", "127.0.0.1/32")
	t.Cleanup(s.end)
	s.writer("noor").send("/me", "/me", false, "display", "Noor", "about", "", "language", "") // as the browser asks
	for _, l := range []look{{language: "en", width: 390, height: 800}, {language: "nl", width: 390, height: 800, dark: true}, {language: "nl", width: 1280, height: 900}} {
		t.Run(l.language, func(t *testing.T) { // each with a browser of its own
			b := newTab(t, l)
			b.open(s.link("noor"))
			b.open(s.web + "/host/world")
			b.fits("host-world", l)
			b.shot("world-" + l.language + map[bool]string{true: "-dark"}[l.dark] + fmt.Sprint(l.width))
			b.click(`form:has(button[value="keys"]) input[name="sure"]`)
			b.click(`button[value="keys"]`)
			b.until("it is said", `!!document.querySelector('.said[role="status"]')`, 30*time.Second)
			b.fits("host-world, done", l)
			b.shot("world-done-" + l.language + map[bool]string{true: "-dark"}[l.dark] + fmt.Sprint(l.width))
			if path := b.path(); !strings.HasPrefix(path, "/host/world") {
				t.Errorf("then on %s", path)
			}
		})
	}
}
