package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"camp/app/desk"
	"camp/assets"
	"camp/node/camp"
)

// setters are the choices of the window's settings, by the word that names them.
// Each gives the intent that makes it, from how things stand; false for a value
// that makes no sense.
var setters = map[string]func(st camp.State, value string) (camp.Intent, bool){
	"name": func(_ camp.State, v string) (camp.Intent, bool) {
		return camp.Intent{Do: camp.DoName, Name: v}, v != ""
	},
	"home":     onOff(func(_ camp.State, on bool) camp.Intent { return camp.Intent{Do: camp.DoLAN, On: on} }),
	"awake":    program(func(s *camp.Settings, on bool) { s.KeepAwake = on }),
	"login":    program(func(s *camp.Settings, on bool) { s.StartAtLogin = on }),
	"menu":     program(func(s *camp.Settings, on bool) { s.InMenu = on }),
	"apps":     program(func(s *camp.Settings, on bool) { s.Apps = on }),
	"notices":  program(func(s *camp.Settings, on bool) { s.NoNotices = !on }),
	"language": word(func(s *camp.Settings, v string) { s.Language = v }),
	"theme":    word(func(s *camp.Settings, v string) { s.Theme = v }),
	"close":    word(func(s *camp.Settings, v string) { s.Close = v }),
	"text": func(st camp.State, v string) (camp.Intent, bool) {
		n, err := strconv.Atoi(strings.TrimSuffix(v, "%"))
		s := st.Settings
		s.TextSize = n
		return camp.Intent{Do: camp.DoSettings, Settings: &s}, err == nil && n > 0
	},
	"quiet": func(st camp.State, v string) (camp.Intent, bool) {
		s := st.Settings
		var ok bool
		s.QuietFrom, s.QuietTo, ok = quietHours(v)
		return camp.Intent{Do: camp.DoSettings, Settings: &s}, ok
	},
	"backups": func(st camp.State, v string) (camp.Intent, bool) {
		in := plan(st)
		if v != "own" {
			path, err := file(v)
			if err != nil || v == "" {
				return in, false
			}
			in.Folder = path
		} else {
			in.Folder = ""
		}
		return in, true
	},
	"daily":  count(func(in *camp.Intent, n int) { in.Daily = n }),
	"weekly": count(func(in *camp.Intent, n int) { in.Weekly = n }),
}

// plan is the plan for backups as it stands.
func plan(st camp.State) camp.Intent {
	return camp.Intent{Do: camp.DoBackupPlan, Folder: st.Backup.Folder, Daily: st.Backup.Daily, Weekly: st.Backup.Weekly}
}

func onOff(set func(camp.State, bool) camp.Intent) func(camp.State, string) (camp.Intent, bool) {
	return func(st camp.State, v string) (camp.Intent, bool) { return set(st, v == "on"), v == "on" || v == "off" }
}

func program(set func(*camp.Settings, bool)) func(camp.State, string) (camp.Intent, bool) {
	return onOff(func(st camp.State, on bool) camp.Intent {
		s := st.Settings
		set(&s, on)
		return camp.Intent{Do: camp.DoSettings, Settings: &s}
	})
}

// word is a choice between words, which the camp knows; "system" is its own.
func word(set func(*camp.Settings, string)) func(camp.State, string) (camp.Intent, bool) {
	return func(st camp.State, v string) (camp.Intent, bool) {
		s := st.Settings
		set(&s, strings.TrimSuffix(v, "system"))
		return camp.Intent{Do: camp.DoSettings, Settings: &s}, v != ""
	}
}

func count(set func(*camp.Intent, int)) func(camp.State, string) (camp.Intent, bool) {
	return func(st camp.State, v string) (camp.Intent, bool) {
		in := plan(st)
		n, err := strconv.Atoi(v)
		set(&in, n)
		return in, err == nil && n > 0
	}
}

// choices are what may be said for a choice, as people type it.
func choices(what string) string {
	switch what {
	case "name":
		return "NAME"
	case "language":
		return "system, " + strings.Join(assets.Languages, ", ")
	case "theme":
		return "system, light, dark"
	case "close":
		return "system, keep, ask, end"
	case "text":
		return "90–200 %"
	case "quiet":
		return "off, 22:00-7:00"
	case "backups":
		return "own, FOLDER"
	case "daily":
		return "1–" + strconv.Itoa(desk.MaxDaily)
	case "weekly":
		return "1–" + strconv.Itoa(desk.MaxWeekly)
	}
	return "on, off"
}

// quietHours reads "22:00-7:00", or "off", as minutes after midnight.
func quietHours(s string) (from, to int, ok bool) {
	if s == "off" {
		return 0, 0, true
	}
	a, b, _ := strings.Cut(s, "-")
	x, err1 := time.Parse("15:04", a)
	y, err2 := time.Parse("15:04", b)
	from, to = x.Hour()*60+x.Minute(), y.Hour()*60+y.Minute()
	return from, to, err1 == nil && err2 == nil && from != to
}

// ctlSet changes one choice of the settings.
func ctlSet(ctx context.Context, e *env, c call) error {
	set, known := setters[c.words[0]]
	if !known {
		return usage("ctl.usage.set", "What", c.words[0])
	}
	client, err := e.dial(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	in, ok := set(client.State(), c.words[1])
	if !ok {
		return usage("ctl.usage.set_value", "What", c.words[0], "Value", c.words[1], "Choices", choices(c.words[0]))
	}
	in.Language = e.language
	_, err = client.Do(ctx, in)
	if f := camp.AsFault(err); f != nil && f.Say == "program.choice.say" {
		return &camp.Fault{Kind: f.Kind, Say: "ctl.set.choices.say", Args: camp.Args{"What": c.words[0], "Value": c.words[1], "Choices": choices(c.words[0])}, Err: f.Err}
	}
	if err != nil {
		return gone(err)
	}
	e.answer(map[string]string{c.words[0]: c.words[1]}, "ctl.set", "What", c.words[0], "Value", c.words[1])
	return nil
}

// ctlRoom gives up what only takes up room.
func ctlRoom(ctx context.Context, e *env, c call) error {
	if _, err := e.do(ctx, c, camp.Intent{Do: camp.DoMakeRoom}); err != nil {
		return err
	}
	e.answer(map[string]bool{"room": true}, "window.room.done")
	return nil
}

// ctlRecoveryDone says that the recovery sheet is safe.
func ctlRecoveryDone(ctx context.Context, e *env, c call) error {
	if _, err := e.do(ctx, c, camp.Intent{Do: camp.DoRecoveryDone}); err != nil {
		return err
	}
	e.answer(map[string]bool{"recovery": true}, "window.sheet.thanks")
	return nil
}

// ctlFriend writes the program for a friend's system to a file; without words it
// lists the systems there is one for.
func ctlFriend(ctx context.Context, e *env, c call) error {
	if len(c.words) == 1 {
		return usage("ctl.usage.missing", "What", "FILE")
	}
	if len(c.words) == 0 {
		ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoFriendSystems})
		if err != nil {
			return err
		}
		e.answer(map[string][]string{"systems": ans.Systems}, "ctl.friend.systems", "Systems", strings.Join(ans.Systems, ", "))
		return nil
	}
	to, err := file(c.words[1])
	if err != nil {
		return err
	}
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoFriendCopy, Page: c.words[0], File: to})
	if err != nil {
		return err
	}
	e.answer(map[string]string{"system": c.words[0], "file": ans.Args["File"]}, "window.friend.done", "File", ans.Args["File"])
	return nil
}
