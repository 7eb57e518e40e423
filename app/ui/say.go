package ui

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"camp/assets"
	"camp/node/camp"
)

// say gives a sentence in the window's language.
func (v *View) say(key string, args ...any) string { return v.words.Say(key, args...) }

// sayMap is say for sentences of others: their placeholders come as a map.
// fallback is shown where the window has no such sentence.
func (v *View) sayMap(key string, args map[string]string, fallback string) string {
	if !v.words.Has(key) && fallback != "" {
		return fallback
	}
	if t, err := time.ParseInLocation(time.DateOnly, args["Day"], time.Local); err == nil { // written by a program
		args = maps.Clone(args)
		args["Day"] = v.day(t)
	}
	return v.words.SayMap(key, args)
}

// handWords gives Fyne its own words ("Open", "Cancel", weekdays of its
// dialogs) in our language, whatever the system's is: Fyne asks for the
// system's, so ours are put in that place.
func handWords(w *assets.Words, system string) {
	const prefix = "fyne."
	own := map[string]string{}
	for _, k := range w.Keys() {
		if name, ok := strings.CutPrefix(k, prefix); ok {
			own[name] = w.Say(k)
		}
	}
	raw, err := json.Marshal(own)
	if err != nil {
		return // strings always marshal
	}
	if system == "" {
		system = assets.Languages[0]
	}
	for _, l := range []string{w.Language, system} {
		if err := lang.AddTranslationsForLocale(raw, fyne.Locale(l)); err != nil {
			fyne.LogError("hand Fyne its words", err)
		}
	}
}

// number writes a count.
func (v *View) number(n int) string { return strconv.Itoa(n) }

// bytes writes a size as people do: "84 MB", "1.2 GB", in Dutch "1,2 GB".
func (v *View) bytes(n int64) string {
	units := []string{"kB", "MB", "GB", "TB"}
	f, u := float64(n)/1000, 0
	for f >= 999.5 && u < len(units)-1 {
		f, u = f/1000, u+1
	}
	digits := 0
	if f < 9.95 && u > 0 {
		digits = 1
	}
	s := strconv.FormatFloat(f, 'f', digits, 64)
	if v.words.Language == "nl" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s + " " + units[u]
}

// day writes a date with the month in words: "22 November", and the year where it is another.
func (v *View) day(t time.Time) string {
	t = t.Local()
	s := v.words.Day(t)
	if t.Year() == v.now().Local().Year() {
		s = strings.TrimSuffix(s, " "+strconv.Itoa(t.Year()))
	}
	return s
}

// dayName is the heading of a day: today, yesterday, or its date.
func (v *View) dayName(t time.Time) string {
	switch v.daysAgo(t) {
	case 0:
		return v.say("window.today")
	case 1:
		return v.say("window.yesterday")
	}
	return v.day(t)
}

func (v *View) daysAgo(t time.Time) int {
	midnight := func(t time.Time) time.Time {
		y, m, d := t.Local().Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(v.now()).Sub(midnight(t)) / (24 * time.Hour))
}

// moment writes a time as one would tell it: "today 03:12", "12 May 03:12".
func (v *View) moment(t time.Time) string {
	clock := t.Local().Format("15:04")
	switch v.daysAgo(t) {
	case 0:
		return v.say("window.today.at", "Time", clock)
	case 1:
		return v.say("window.yesterday.at", "Time", clock)
	}
	return v.say("window.day.at", "Day", v.day(t), "Time", clock)
}

// long writes how long something has lasted: "6 days", "3 hours", "a moment".
func (v *View) long(since time.Time) string {
	d := v.now().Sub(since)
	switch {
	case d < time.Minute:
		return v.say("window.long.moment")
	case d < time.Hour:
		return v.say("window.long.minutes", "N", int(d/time.Minute))
	case d < 24*time.Hour:
		return v.say("window.long.hours", "N", int(d/time.Hour))
	}
	return v.say("window.long.days", "N", int(d/(24*time.Hour)))
}

// trouble is something that went wrong, in the three parts of every such
// message: what happened, what it means for people, what can be done.
type trouble struct {
	what, means string
	detail      string
	deed        string // a Do… constant that helps
	again       func() // tries the same again; nil for not
}

// faultOf puts a refusal into words. What happened comes from the camp; what
// it means follows from the kind of fault, by one table.
func (v *View) faultOf(err error) trouble {
	var f *camp.Fault
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return trouble{what: v.say("window.fault.slow"), means: v.say("window.fault.slow.means"), detail: err.Error()}
	case !errors.As(err, &f):
		return trouble{what: v.say("window.fault.gone"), means: v.say("window.fault.gone.means"), detail: err.Error()}
	}
	spoken := ""
	if f.Err != nil {
		spoken = f.Err.Error()
	}
	t := trouble{what: v.sayMap(f.Say, f.Args, spoken), detail: f.Error()}
	means := map[camp.Kind]string{
		camp.Invalid: v.say("window.fault.invalid"), camp.NotFound: v.say("window.fault.not_found"),
		camp.NotAllowed: v.say("window.fault.not_allowed"), camp.Conflict: v.say("window.fault.conflict"),
		camp.Full: v.say("window.fault.full"), camp.Offline: v.say("window.fault.offline"),
		camp.Internal: v.say("window.fault.internal"),
	}
	t.means = means[f.Kind]
	switch {
	case f.Kind == camp.Full && counted(f.Say):
		t.means = means[camp.Invalid]
	case f.Kind == camp.Full:
		t.deed = camp.DoMakeRoom
	}
	return t
}

// counted reports whether something is full of people or things, not the disk of bytes.
func counted(say string) bool {
	area, _, _ := strings.Cut(say, ".")
	return slices.Contains([]string{"join", "people", "border", "posts"}, area)
}

// problemOf puts a problem of the state into words.
func (v *View) problemOf(p *camp.Problem) trouble {
	return trouble{what: v.sayMap(p.Say, p.Args, ""), detail: p.Detail, deed: p.Deed}
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
