//go:build browser

package main_test

import (
	"fmt"
	"testing"
	"time"
)

// The rules change in a browser: freely while the host is alone; then a small
// change, which a member reads side by side and objects to.
func TestBrowserRules(t *testing.T) {
	for _, l := range []look{
		{language: "en", width: 390, height: 800},
		{language: "nl", width: 390, height: 800, dark: true},
		{language: "nl", width: 1280, height: 900},
		{language: "en", width: 1280, height: 900, dark: true},
	} {
		name := fmt.Sprintf("%s-%d-%s", l.language, l.width, map[bool]string{true: "dark", false: "light"}[l.dark])
		t.Run(name, func(t *testing.T) {
			s := serveCamp(t, "The Orchard")
			host, b := newTab(t, l), newTab(t, l)
			s.writer("noor").send("/me", "/me", false, "display", "Noor", "about", "", "language", "")
			host.open(s.link("noor"))
			see := func(b *tab, what, path string) {
				t.Helper()
				b.open(s.web + path)
				b.fits(what, l)
				b.shot("page-" + what + "-" + name)
			}
			see(host, "rules-alone", "/rules")
			see(host, "host-rules-alone", "/host/rules")
			host.set(`#rules`, "Be kind.\nWhat is said here stays here, unless whoever said it says otherwise.\nNo adverts.")
			press(host, `.form .row button.btn`)
			host.until("the new rules", `[...document.querySelectorAll("ol.rules li")].some(e => e.innerText === "No adverts.")`, 5*time.Second)

			b.open(s.link("joost"))
			agree(b, s)
			see(host, "host-rules-words", "/host/rules")
			host.set(`#text1`, "Be kind to each other.")
			press(host, `[name=small]`)
			press(host, `.form .row button.btn`)
			host.until("the small change", `document.querySelector("ol.rules li")?.innerText === "Be kind to each other."`, 5*time.Second)
			host.shot("page-rules-published-" + name)
			see(host, "host-rules-wait", "/host/rules")

			see(b, "for-you-rules", "/for-you")
			see(b, "rules-small", "/rules")
			if !eval[bool](b, `[...document.querySelectorAll(".beside")].some(e => e.innerText.includes("1. Be kind.") && e.innerText.includes("1. Be kind to each other."))`) {
				t.Errorf("old and new do not stand side by side:\n%s", b.text())
			}
			press(b, `form[action="/rules/object"] button`)
			b.until("the old words", `document.querySelector("ol.rules li")?.innerText === "Be kind."`, 5*time.Second)
			b.fits("rules-back", l)
			b.shot("page-rules-back-" + name)
			see(host, "for-you-back", "/for-you")
		})
	}
}

// press clicks what the bar at the foot of a phone's screen may lie over.
func press(b *tab, css string) {
	b.t.Helper()
	eval[bool](b, fmt.Sprintf("document.querySelector(%q).click(), true", css))
}
