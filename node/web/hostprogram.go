package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"camp/node/camp"
)

// programForm holds the choices about Camp on this computer.
type programForm struct {
	AtLogin, InMenu, Notices bool
	Quiet                    string // "22-7", "" for none
	Quiets                   []choiceRow
	Close                    string
	Data                     string // the folder
	World                    string // whether the camp talks with the wide world
}

type choiceRow struct{ Value, Name string }

func (v *visit) programForm() programForm {
	st := v.s.o.Desk.State()
	p := programForm{
		AtLogin: st.Settings.StartAtLogin, InMenu: st.Settings.InMenu, Notices: !st.Settings.NoNotices,
		Close: st.Settings.Close, Data: st.Data,
	}
	if p.Close == "" {
		p.Close = "ask"
	}
	if p.World = v.say("window.settings.world.off"); st.World.On {
		p.World = v.say("window.settings.world.on", "Name", st.World.Domain)
	}
	p.Quiet = quietOf(st.Settings)
	p.Quiets = []choiceRow{{"", v.say("window.settings.quiet.none")}}
	hours := []string{"22-7", "23-8", "20-9"}
	if p.Quiet != "" && p.Quiet != hours[0] && p.Quiet != hours[1] && p.Quiet != hours[2] {
		hours = append(hours, p.Quiet) // chosen elsewhere
	}
	for _, h := range hours {
		from, to, _ := parseQuiet(h)
		p.Quiets = append(p.Quiets, choiceRow{h, clock(from) + " – " + clock(to)})
	}
	return p
}

// quietOf writes quiet hours as a form carries them: hours, with minutes where there are some.
func quietOf(s camp.Settings) string {
	if s.QuietFrom == s.QuietTo {
		return ""
	}
	short := func(m int) string { return strings.TrimSuffix(clock(m), ":00") }
	return short(s.QuietFrom) + "-" + short(s.QuietTo)
}

// clock writes minutes after midnight.
func clock(minutes int) string { return fmt.Sprintf("%d:%02d", minutes/60, minutes%60) }

// parseQuiet reads what quietOf wrote; "" is none.
func parseQuiet(s string) (from, to int, ok bool) {
	if s == "" {
		return 0, 0, true
	}
	a, b, _ := strings.Cut(s, "-")
	from, ok1 := minutesOf(a)
	to, ok2 := minutesOf(b)
	return from, to, ok1 && ok2 && from != to
}

func minutesOf(s string) (int, bool) {
	h, m, _ := strings.Cut(s, ":")
	if m == "" {
		m = "0"
	}
	hours, err1 := strconv.Atoi(h)
	minutes, err2 := strconv.Atoi(m)
	return hours*60 + minutes, err1 == nil && err2 == nil && hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60
}

func (v *visit) saveProgram() error {
	set := v.s.o.Desk.State().Settings
	from, to, ok := parseQuiet(v.form.Get("quiet"))
	if !ok {
		return &camp.Fault{Kind: camp.Invalid, Say: "web.fault.invalid"}
	}
	set.QuietFrom, set.QuietTo = from, to
	set.StartAtLogin, set.InMenu, set.NoNotices = v.form.Get("login") == "on", v.form.Get("menu") == "on", v.form.Get("notices") != "on"
	if c := v.form.Get("close"); c != "" {
		set.Close = c
	}
	if _, err := v.ask(camp.Intent{Do: camp.DoSettings, Settings: &set}); err != nil {
		return err
	}
	return v.to("/host/settings?said=saved")
}

// asidePage says something while the camp is gone for a moment, or for long.
type asidePage struct {
	frame
	Line  string
	Again string // page to look at in a moment; "" for none
}

// endCamp ends the program. The page that says so is made before.
func (v *visit) endCamp() error {
	if v.form.Get("sure") != "yes" {
		return &camp.Fault{Kind: camp.Invalid, Say: "pages.end.tick"}
	}
	p := &asidePage{Line: v.say("pages.end.line")}
	var err error
	if p.frame, err = v.frame("host", v.say("pages.end.done")); err != nil {
		return err
	}
	p.Live = ""
	if _, err := v.ask(camp.Intent{Do: camp.DoStop}); err != nil {
		return err
	}
	return v.render(http.StatusOK, "aside", p)
}
