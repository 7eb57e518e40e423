//go:build browser

package main_test

import (
	"strings"
	"testing"
)

// Who reported something hears of it under "For you", and reads the answer.
func TestBrowserReportIsAnswered(t *testing.T) {
	s := serveCamp(t, "The Orchard")
	s.settle()
	post := s.writer("mei").say("Who left the gate open again, Joost?", nil)
	joost := s.writer("joost")
	for _, words := range []string{"This is not how we speak with each other.", "And again."} {
		joost.send("/report?post="+post, "/report", false, "words", words)
	}
	for _, r := range s.ctl("report", "list")["reports"].([]any) {
		if r := r.(map[string]any); strings.Contains(r["words"].(string), "speak") {
			s.ctl("report", "resolve", r["id"].(string), "--note", "among us", "--answer", "We talked with Mei; the post stays.")
		}
	}
	for _, l := range []look{{language: "en", width: 390, height: 800}, {language: "nl", width: 390, height: 800, dark: true}} {
		t.Run(l.language, func(t *testing.T) {
			b := newTab(t, l)
			b.open(s.link("joost"))
			for name, path := range map[string]string{"for-you": "/for-you", "my-reports": "/me/reports", "me": "/me"} {
				b.open(s.web + path)
				b.fits(name, l)
				b.shot("report-" + name + "-" + l.language)
				if text := b.text(); name == "my-reports" && (!strings.Contains(text, "the post stays") || strings.Contains(text, "among us")) {
					t.Errorf("they read %s", text)
				}
			}
		})
	}
	for _, l := range []look{{language: "nl", width: 390, height: 800}, {language: "en", width: 390, height: 800, dark: true}} {
		t.Run("helper "+l.language, func(t *testing.T) {
			b := newTab(t, l)
			b.open(s.link("noor"))
			b.open(s.web + "/reports")
			b.fits("reports", l)
			b.shot("report-list-" + l.language)
		})
	}
}
