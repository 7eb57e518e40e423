package web

import (
	"net/http"
	"time"

	"camp/node/camp"
)

// goingPage is what waits to be sent to other servers.
type goingPage struct {
	frame
	List  []goingRow
	Count int
}

type goingRow struct {
	Host  string
	N     int
	Since string
	Next  string // when the next try is; "" for as soon as there is room
	Why   string // why it waits; "" where nothing failed
}

func (v *visit) waitingToGo() error {
	if v.s.o.Backlog == nil {
		return errNowhere
	}
	list, err := v.s.o.Backlog(v.ctx())
	if err != nil {
		return err
	}
	p := &goingPage{}
	nav := "me"
	if v.keeper() {
		nav = "host"
	}
	if p.frame, err = v.frame(nav, v.say("web.far.going.title")); err != nil {
		return err
	}
	for _, b := range list {
		p.List = append(p.List, v.goingRow(b))
		p.Count += b.Count
	}
	return v.render(http.StatusOK, "going", p)
}

func (v *visit) goingRow(b camp.Backlog) goingRow {
	r := goingRow{Host: string(b.Host), N: b.Count}
	if !b.Since.IsZero() {
		r.Since = v.at(b.Since)
	}
	if b.Next.After(v.now()) {
		r.Next = v.at(b.Next)
	}
	switch {
	case b.Why != "":
		r.Why = v.say(b.Why)
	case b.Asleep:
		r.Why = v.say("fed.asleep.say")
	}
	return r
}

// at says a time, also one to come: the hour, with the day where it is another one.
func (v *visit) at(t time.Time) string {
	now := v.now()
	t = t.In(now.Location())
	if sameDay(t, now) {
		return t.Format("15:04")
	}
	return v.words.date(t, now) + ", " + t.Format("15:04")
}
