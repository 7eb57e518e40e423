package main

import (
	"errors"
	"io"

	"camp/node/camp"
)

// complain says what went wrong on stderr and gives the exit status.
func (e *env) complain(err error) int {
	if err == nil {
		return 0
	}
	var u *usageError
	if errors.As(err, &u) {
		say := e.words.SayMap(u.say, u.args)
		if e.json {
			e.line(e.err, refusal{Error: "usage", Say: say, Key: u.say})
		} else {
			_, _ = io.WriteString(e.err, say+"\n"+e.words.Say("ctl.usage.see")+"\n")
		}
		return 2
	}
	f := camp.AsFault(err)
	say := e.words.SayMap(atTerminal(f.Say), f.Args)
	if f.Say == "fault.internal.say" && f.Err != nil {
		say += " (" + f.Err.Error() + ")"
	}
	if e.json {
		e.line(e.err, refusal{Error: string(f.Kind), Say: say, Key: f.Say})
	} else {
		_, _ = io.WriteString(e.err, say+"\n")
	}
	return 1
}

// atTerminal gives the sentence that says the same as a refusal of the camp, with
// the way on that there is at the command line in place of the window's.
func atTerminal(say string) string {
	switch say {
	case "program.no_own.say":
		return "ctl.here.no_own"
	case "join.none.say":
		return "ctl.here.none"
	case "backup.camp_there.say", "program.camp_there.say":
		return "ctl.here.camp_there"
	case "border.shared.say":
		return "ctl.here.shared"
	}
	return say
}

// refusal is the shape of every refusal under --json.
type refusal struct {
	Error string `json:"error"` // a camp.Kind, or "usage"
	Say   string `json:"say"`   // the sentence
	Key   string `json:"key"`   // its locale key
}
