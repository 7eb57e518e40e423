package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"camp/node/camp"
)

// logScreen is the host's log in sentences, by day.
func (v *View) logScreen() fyne.CanvasObject {
	l := v.look
	parts := []fyne.CanvasObject{v.title(v.say("window.log.title"), v.say("window.log.line"))}
	if len(v.st.Log) == 0 {
		return v.pane(append(parts, v.empty("path", v.say("window.log.empty")))...)
	}
	parts = append(parts, v.searchField("log.filter", v.say("window.log.filter")))
	wanted := strings.ToLower(v.typed("log.filter"))
	var rows []fyne.CanvasObject
	day := ""
	flush := func() {
		if len(rows) > 0 {
			parts = append(parts, v.para(day, sizeSmall, l.soft), v.card(v.lines(rows...)))
		}
		rows = nil
	}
	shownAny := false
	for _, line := range v.st.Log {
		text := v.logSentence(line)
		if wanted != "" && !strings.Contains(strings.ToLower(text), wanted) {
			continue
		}
		shownAny = true
		if d := v.dayName(line.At); d != day {
			flush()
			day = d
		}
		clock := v.para(line.At.Local().Format("15:04"), sizeBody, l.soft).line()
		rows = append(rows, container.New(&row{gap: l.gap(14), mark: true, top: true}, clock, v.body(text)))
	}
	flush()
	if !shownAny {
		parts = append(parts, v.card(v.soft(v.say("window.log.none_such"))))
	}
	return v.pane(parts...)
}

func (v *View) logSentence(line camp.LogLine) string {
	return v.sayMap(line.Deed, line.Args, "")
}
