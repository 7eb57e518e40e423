package queue

import (
	"io"
	"slices"
	"time"

	"camp/node/camp"
)

// outcome is what a delivery came to.
type outcome struct {
	what    what
	after   time.Duration // asked for by the server
	ours    bool          // no fault of theirs
	away    bool          // the server was not reached or did not answer: all its letters wait
	clean   bool          // surely nothing arrived
	busy    bool          // the server is well and wants to be left alone for a while
	gone    bool          // the inbox is no more
	stopped bool          // the delivery was broken off
	say     string        // locale key
	form    camp.SignForm // that worked, 0 for none
	took    time.Duration
	err     error
}

type what uint8

const (
	done what = iota
	refused
	dropped
	expired
	again
	leaked
)

const (
	aday    = 24 * time.Hour
	oursGap = time.Minute
	mostAsk = 24 * time.Hour // heeded of a Retry-After
	unwell  = 3              // answers 5xx in a row from which the whole server waits
)

// judge sorts an answer (federation.md 11).
func judge(r Result) outcome {
	switch r.Trouble {
	case Late:
		return outcome{what: again, away: true, say: "fed.late.say"}
	case Unreachable:
		return outcome{what: again, away: true, clean: true, say: "fed.unreachable.say"}
	case NoName:
		return outcome{what: again, away: true, clean: true, say: "fed.no_name.say"}
	case BadTLS:
		return outcome{what: again, away: true, clean: true, say: "fed.tls.say"}
	case Forbidden:
		return outcome{what: dropped}
	case Ours:
		return outcome{what: again, ours: true, say: "fed.ours.say"}
	}
	switch {
	case r.Status/100 == 2:
		return outcome{what: done}
	case r.Status == 429, r.Status == 503 && r.After > 0:
		return outcome{what: again, busy: true, after: r.After, say: "fed.busy.say"}
	case r.Status == 408, r.Status/100 == 5, r.Status/100 == 3, r.Status < 200:
		return outcome{what: again, after: r.After, say: "fed.answers_wrong.say"}
	}
	return outcome{what: refused, gone: r.Status == 410, say: "fed.refused.say"}
}

// steps are the pauses between tries; after them comes one a day.
var steps = [...]time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour}

// after gives the pause after the nth failure (from 1).
func after(n int) time.Duration {
	if n < 1 {
		n = 1
	}
	if n > len(steps) {
		return aday
	}
	return steps[n-1]
}

// afterFailing gives the pause for a server that has been failing for so long:
// it needs no count that would have to survive a restart.
func afterFailing(since time.Duration) time.Duration {
	var sum time.Duration
	for _, d := range steps {
		if since < sum+d {
			return d
		}
		sum += d
	}
	return aday
}

// jitter makes a pause up to a fifth longer, so that not all come back at once.
func (s *Service) jitter(d time.Duration) time.Duration {
	var b [2]byte
	if _, err := io.ReadFull(s.o.Rand, b[:]); err != nil {
		return d
	}
	return d + d/5*time.Duration(int(b[0])<<8|int(b[1]))/(1<<16)
}

// finish notes what came of a delivery.
func (s *Service) finish(j *job, o outcome) {
	s.mu.Lock()
	s.landed(j.n)
	now := s.now()
	l, e := j.l, j.e
	delete(l.flying, e)
	if e.state == dead { // forgotten meanwhile
		s.arrange(l, now)
		s.mu.Unlock()
		s.wake()
		return
	}
	e.clean = e.clean && o.clean
	inbox := l.inboxes[e.inbox]
	offline := o.what == again && o.away && s.o.Online != nil && !s.o.Online()
	switch {
	case o.what == leaked:
		e.state = parked
		l.parked[e] = true
	case o.what == done || o.what == refused:
		s.works(l, o, now)
		s.ended(l, e)
	case o.what == dropped || o.what == expired:
		s.ended(l, e)
	case o.stopped:
		l.line(e)
	case o.ours || offline:
		l.delay(e, now.Add(s.jitter(oursGap)))
		if offline {
			l.pause = now.Add(s.jitter(oursGap))
		}
	default:
		s.fails(l, e, o, now)
	}
	if e.object != 0 {
		l.unpark(e.object)
	}
	first := o.what == leaked && !s.leaked
	s.leaked = s.leaked || first
	s.arrange(l, now)
	s.mu.Unlock()
	s.wake()
	s.tell(j, o, inbox, first)
}

// tell is what finish says to others, without a lock.
func (s *Service) tell(j *job, o outcome, inbox string, leak bool) {
	switch {
	case leak:
		s.o.Log.Error("a letter that may not leave was in the queue; nothing is delivered any more", "letter", j.e.letter, "err", o.err)
		if s.o.Alarm != nil {
			s.o.Alarm(o.err)
		}
	case o.ours && !o.stopped:
		s.o.Log.Error("could not send a letter", "domain", string(j.l.host), "letter", j.e.letter, "err", o.err)
	case o.gone && s.o.Gone != nil:
		s.o.Gone(j.l.host, inbox)
	case o.what == expired:
		s.o.Log.Info("gave up a letter", "domain", string(j.l.host), "letter", j.e.letter)
	}
}

// ended takes an order out, and notes that.
func (s *Service) ended(l *lane, e *entry) {
	s.book.ended = append(s.book.ended, l.order(e))
	s.drop(l, e)
	s.note()
}

// works notes that a server takes letters.
func (s *Service) works(l *lane, o outcome, now time.Time) {
	was := l.road
	r := &l.road
	r.Failed, r.Asleep, r.Since, r.Next, r.Last = nil, time.Time{}, time.Time{}, time.Time{}, ""
	l.errors, l.pause, l.asked = 0, time.Time{}, false
	r.Slow = o.took > slowFrom
	if o.what == done {
		if r.Success.IsZero() || now.Sub(r.Success) > time.Hour {
			r.Success = now // to the hour: not a row for each letter
		}
		if o.form != 0 && (o.form != r.Form || now.Sub(r.FormAt) > aday) {
			r.Form, r.FormAt = o.form, now
		}
	} else if o.form == 0 {
		r.Form, r.FormAt = 0, time.Time{}
	}
	if !same(was, *r) {
		s.book.roads[l] = true
		s.note()
	}
}

func same(a, b camp.Road) bool {
	return a.Asleep.Equal(b.Asleep) && a.Since.Equal(b.Since) && a.Next.Equal(b.Next) && a.Success.Equal(b.Success) && a.Slow == b.Slow &&
		a.Form == b.Form && a.FormAt.Equal(b.FormAt) && a.Last == b.Last && slices.Equal(a.Failed, b.Failed)
}

// fails notes that a letter did not arrive, and when it is tried again: by itself
// where the server is well, else with all that wait for it.
func (s *Service) fails(l *lane, e *entry, o outcome, now time.Time) {
	l.behind = true
	l.road.Last = o.say
	l.road.Slow = o.took > slowFrom
	if o.form == 0 {
		l.road.Form, l.road.FormAt = 0, time.Time{}
	}
	wait := o.after
	if wait > 0 {
		wait = min(max(wait, time.Second), mostAsk)
	}
	if !o.busy {
		s.count(l, now)
	}
	e.tries = min(e.tries+1, 1<<16-1)
	if !o.away && !o.busy {
		l.errors++
		l.delay(e, now.Add(max(s.jitter(after(int(e.tries))), wait)))
		if l.errors < unwell && l.road.Asleep.IsZero() {
			s.keep(l, e)
			return
		}
	} else {
		l.line(e)
	}
	if l.road.Since.IsZero() { // busy
		wait = max(wait, s.jitter(steps[0]))
	} else if wait == 0 || !o.busy {
		wait = max(wait, s.jitter(afterFailing(now.Sub(l.road.Since))))
	}
	if !l.road.Asleep.IsZero() {
		wait = max(wait, aday)
	}
	l.pause = now.Add(wait)
	l.asked = o.after > 0
	l.road.Next = l.pause
	s.keep(l, e)
}

// count notes a day on which a server failed; after seven it is asleep.
func (s *Service) count(l *lane, now time.Time) {
	r := &l.road
	if r.Since.IsZero() {
		r.Since = now
	}
	day := int(now.Unix() / 86400)
	if len(r.Failed) < daysToBed && !slices.Contains(r.Failed, day) {
		r.Failed = append(slices.Clone(r.Failed), day)
	}
	if len(r.Failed) >= daysToBed && r.Asleep.IsZero() {
		r.Asleep = now
	}
}

// keep notes the order and the road as they are now.
func (s *Service) keep(l *lane, e *entry) {
	s.book.tried[e] = l
	s.book.roads[l] = true
	s.note()
}
