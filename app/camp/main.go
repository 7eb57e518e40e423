// Command camp is the camp of this computer: the tray icon, a camp without a
// window (serve), and the command line to a running one (ctl). This package
// holds flags and wiring; what a camp does lives in app/desk and below.
//
// Exit status: 0 done, 1 refused or failed, 2 a command line that makes no sense.
package main

import (
	"context"
	"crypto/rand"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"camp/app/place"
	"camp/assets"
)

// env is what a command has of the world around it.
type env struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
	now      func() time.Time
	rand     io.Reader
	json     bool
	language string
	words    *assets.Words
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), ending()...)
	e := &env{in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv, now: time.Now, rand: rand.Reader}
	status := e.main(ctx, os.Args[1:])
	stop()
	os.Exit(status)
}

// ending gives the signals that end the program in order: the router's door is
// given back, the card on the home network taken off. A terminal that closes is
// one of them, for every command, the tray too: a camp that is to outlive its
// terminal is started without one, or with SIGHUP ignored, as nohup does it.
func ending() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

// main carries out one command line and gives the exit status.
func (e *env) main(ctx context.Context, args []string) int {
	e.language = languageOf(e.getenv, func() string { return place.Language(ctx) })
	words, err := assets.LoadWords(e.language)
	if err != nil {
		_, _ = io.WriteString(e.err, err.Error()+"\n")
		return 1
	}
	e.words = words
	given, err := parse(args)
	e.json = given.has("json") || err != nil && slices.Contains(args, "--json") // which may stand behind what makes no sense
	if err == nil {
		err = e.dispatch(ctx, given)
	}
	return e.complain(err)
}

func (e *env) dispatch(ctx context.Context, given call) error {
	if given.has("help") || given.has("h") || (len(given.words) == 1 && given.words[0] == "help") {
		e.help(given.words)
		return nil
	}
	cmd, words, err := find(given.words)
	if err != nil {
		return err
	}
	if err := cmd.fits(words, given); err != nil {
		return err
	}
	given.words = words
	return cmd.run(ctx, e, given)
}

// languageOf gives the language of the person at the terminal, as the environment
// says it, else as the system does.
func languageOf(getenv func(string) string, system func() string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			return spoken(v)
		}
	}
	return spoken(system())
}

// spoken gives the language of ours that a tag of the system's means.
func spoken(tag string) string {
	for _, l := range assets.Languages {
		if strings.HasPrefix(strings.ToLower(tag), l) {
			return l
		}
	}
	return assets.Languages[0]
}
