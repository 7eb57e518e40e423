package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// Somebody wants to see the window in the moment in which it breaks off: they see it.
func TestWishForAWindowThatEnds(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "window")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nexec sleep 60\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	w := &window{
		data: dir, log: slog.New(slog.DiscardHandler), pages: func(context.Context) { t.Error("pages were opened in its place") },
		find: func() (string, error) { return script, nil }, hasTray: func(context.Context) bool { return true },
	}
	w.open(t.Context(), "")
	if w.cmd == nil {
		t.Skip("no shell here")
	}
	if err := w.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	w.open(t.Context(), "blocks") // before anybody saw that it ended
	err := <-w.ended
	w.cmd, w.ended = nil, nil
	if !w.missed(err) || w.page != "blocks" {
		t.Errorf("the wish for %q is lost", w.page)
	}
	if w.missed(err) {
		t.Error("one wish counts twice")
	}
	for _, row := range []struct {
		ago  time.Duration
		err  error
		want bool
	}{
		{0, nil, true},           // it was closing already
		{closedSoon, nil, false}, // somebody looked, and closed it
		{time.Second, errors.New("signal: killed"), true},
		{time.Minute, errors.New("signal: killed"), false},
	} {
		w.wished = time.Now().Add(-row.ago)
		if got := w.missed(row.err); got != row.want {
			t.Errorf("ended with %v, %v after the wish: opened again %v, want %v", row.err, row.ago, got, row.want)
		}
	}
	w.wished = time.Time{}
	if w.missed(errors.New("signal: killed")) {
		t.Error("opened again without a wish")
	}
}

func TestAWindowWithoutALanguage(t *testing.T) {
	for _, row := range []struct {
		has  map[string]string
		want []string
	}{
		{map[string]string{"LANG": "C.UTF-8"}, []string{"LC_MESSAGES=C"}},
		{map[string]string{"LC_ALL": "C.UTF-8", "LANG": "nl_NL.UTF-8"}, []string{"LC_ALL=", "LANG=C.UTF-8", "LC_MESSAGES=C"}},
		{map[string]string{"LC_MESSAGES": "nl_NL.UTF-8", "LANG": "C.UTF-8"}, nil},
		{map[string]string{"LC_ALL": "nl_NL.UTF-8", "LANG": "C.UTF-8"}, nil},
		{map[string]string{"LANG": "nl_NL.UTF-8"}, nil},
		{nil, nil},
	} {
		if got := noLanguage(func(name string) string { return row.has[name] }); !slices.Equal(got, row.want) {
			t.Errorf("%v: %q, want %q", row.has, got, row.want)
		}
	}
}
