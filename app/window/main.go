// Command camp-window shows the window of the camp that runs on this computer.
// It talks to that camp over the control socket of the data folder, holds
// nothing that would be missed, and may be closed or killed at any moment.
//
// Exit status: 0 closed, or the camp has ended; 1 something else; 2 wrong
// flags; 3 no window can be shown here; 4 no camp is running.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"fyne.io/fyne/v2/lang"

	"camp/app/control"
	"camp/app/place"
	"camp/app/ui"
	"camp/assets"
)

// The exit statuses.
const (
	exitFine = iota
	exitFailed
	exitUsage
	exitNoDisplay
	exitNoCamp
)

type flags struct {
	data, language, page string
	link                 string // "camp:…", whose code is shown
	noTray               bool
}

func main() { os.Exit(run(os.Args[1:], os.Stderr)) }

func run(args []string, stderr io.Writer) int {
	f, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return exitFine
	}
	if err != nil {
		return exitUsage
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	say := speaker(f.language)
	home, err := place.Find(f.data)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitFailed
	}
	if err := displayAnswers(ctx, os.Getenv); err != nil {
		fmt.Fprintln(stderr, say("window.none.display"))
		return exitNoDisplay
	}
	client, err := control.Dial(ctx, home.Data)
	if errors.Is(err, control.ErrNobody) {
		return startCamp(f, stderr, say)
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitFailed
	}
	defer func() { _ = client.Close() }() // the camp has ended, or we do
	return show(ctx, f, client, stderr, say)
}

func parse(args []string, stderr io.Writer) (flags, error) {
	var f flags
	set := flag.NewFlagSet("camp-window", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.StringVar(&f.data, "data", "", "the camp's data `folder`")
	set.StringVar(&f.language, "lang", "", "language of the window: en or nl")
	set.StringVar(&f.page, "page", "", "the `screen` to open first")
	set.BoolVar(&f.noTray, "no-tray", false, "the desktop has no place for an icon")
	if err := set.Parse(args); err != nil {
		return f, err
	}
	if set.NArg() == 1 && isLink(set.Arg(0)) {
		f.link, f.page = set.Arg(0), ui.PageJoin
		return f, nil
	}
	if set.NArg() > 0 {
		err := fmt.Errorf("camp-window: %q is not understood", set.Arg(0))
		fmt.Fprintln(stderr, err)
		return f, err
	}
	return f, nil
}

// isLink reports whether a word is a link "camp:…", as desktops hand it over.
func isLink(word string) bool {
	const scheme = "camp:"
	return len(word) > len(scheme) && strings.EqualFold(word[:len(scheme)], scheme)
}

// systemLanguage is that of the person signed in here, "en" where the system
// names none ("C").
func systemLanguage() string {
	switch l := lang.SystemLocale().LanguageString(); l {
	case "", "und":
		return assets.Languages[0]
	default:
		return l
	}
}

// speaker gives the sentences of the language asked for, or the system's.
func speaker(language string) func(key string, args ...any) string {
	if language == "" {
		language = systemLanguage()
	}
	w, err := assets.LoadWords(ui.Speaks(language))
	if err != nil {
		return func(key string, _ ...any) string { return key }
	}
	return w.Say
}
