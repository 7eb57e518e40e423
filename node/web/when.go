package web

import (
	"strconv"
	"time"
)

// ago says a time as people do: minutes within the hour, the hour today and
// yesterday, the date before that. now tells the zone that the camp lives in.
func (t *tongue) ago(at, now time.Time) string {
	at = at.In(now.Location())
	d := now.Sub(at)
	switch {
	case d < -time.Minute: // the clock was set back
		return t.date(at, now) + " " + at.Format("15:04")
	case d < time.Minute:
		return t.say("web.when.now")
	case d < time.Hour:
		return t.say("web.when.minutes", "N", int(d.Minutes()))
	case sameDay(at, now):
		return at.Format("15:04")
	case sameDay(at, now.AddDate(0, 0, -1)):
		return t.say("web.when.yesterday_at", "Time", at.Format("15:04"))
	}
	return t.date(at, now)
}

// hour is ago below a divider that names the day.
func (t *tongue) hour(at, now time.Time) string {
	if now.Sub(at) < time.Hour {
		return t.ago(at, now)
	}
	return at.In(now.Location()).Format("15:04")
}

// date says "12 March", with the year where it is another one.
func (t *tongue) date(at, now time.Time) string {
	at = at.In(now.Location())
	s := strconv.Itoa(at.Day()) + " " + t.months[at.Month()-1]
	if at.Year() != now.Year() {
		s += " " + strconv.Itoa(at.Year())
	}
	return s
}

// exact says the whole of it, for the title of a time.
func (t *tongue) exact(at, now time.Time) string {
	at = at.In(now.Location())
	return t.days[at.Weekday()] + " " + strconv.Itoa(at.Day()) + " " + t.long[at.Month()-1] + " " + at.Format("2006, 15:04")
}

// day names a day for a divider; "" for today.
func (t *tongue) day(at, now time.Time) string {
	at = at.In(now.Location())
	switch {
	case sameDay(at, now) || at.After(now):
		return ""
	case sameDay(at, now.AddDate(0, 0, -1)):
		return t.say("web.when.yesterday")
	case now.Sub(at) < 7*24*time.Hour:
		return t.days[at.Weekday()]
	}
	s := t.days[at.Weekday()] + " " + strconv.Itoa(at.Day()) + " " + t.long[at.Month()-1]
	if at.Year() != now.Year() {
		s += " " + strconv.Itoa(at.Year())
	}
	return s
}

func sameDay(a, b time.Time) bool {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	return ay == by && am == bm && ad == bd
}

// dayOf says a day kept as "2026-11-22": today, yesterday, a date.
func (v *visit) dayOf(day string) string {
	now := v.now()
	at, err := time.ParseInLocation(time.DateOnly, day, now.Location())
	switch {
	case err != nil:
		return day
	case sameDay(at, now):
		return v.say("web.when.today")
	case sameDay(at, now.AddDate(0, 0, -1)):
		return v.say("web.when.yesterday_in")
	}
	return v.words.date(at, now)
}
