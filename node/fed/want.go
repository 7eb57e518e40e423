package fed

import (
	"time"

	"camp/node/ap"
	"camp/node/camp"
)

// WantTx is the part of a transaction by which something is to be fetched.
type WantTx interface {
	AddWanted(w camp.Wanted) (kept bool, err error)
	WantedAgain(w camp.Wanted, tries int, next time.Time) error
	Wanted(w camp.Wanted) (is camp.Wanted, ok bool, err error)
	DropWanted(w camp.Wanted) error
	EachWanted(fn func(camp.Wanted) error) error
	DropHeardOver(limit int) (more bool, err error)
}

// want keeps that something is to be fetched. Where nothing is to be had from
// there, nothing is kept: no address, or one of our own. Nor is it where too much
// is wanted already.
func (w *taking) want(x camp.Wanted) error {
	host := hostName(x.URI)
	if host == "" || host == w.t.o.Names.Domain {
		return nil
	}
	if room, err := w.room(); err != nil || !room {
		return err
	}
	x.Host, x.Since = host, w.now
	kept, err := w.tx.AddWanted(x)
	if kept {
		w.wants = append(w.wants, x)
	}
	return err
}

// room reports whether one thing more may be wanted. What comes by the word of
// people whom nobody here follows fills half of it at most: else strangers with
// servers that never answer would leave no room for what members ask for.
func (w *taking) room() (bool, error) {
	if w.t.count == nil {
		return true, nil
	}
	switch n := w.t.count(); {
	case n >= camp.MaxWanted:
		return false, nil
	case n < camp.MaxWanted/2 || w.who.URI == "": // a member asks
		return true, nil
	}
	return w.followed(w.who.ID)
}

// hostName is the name of the host in an id, without its port.
func hostName(id string) camp.Domain { return camp.Domain(withoutPort(ap.HostOf(id))) }

// Bounds of what is fetched for what came (reliability.md 3).
const (
	mostClimbed  = 20             // posts above one
	refreshAfter = 24 * time.Hour // of somebody who is seen
	refreshGap   = 5 * time.Minute
)

// needs keeps what else is to be fetched for a post that was kept: what it
// answers, and the yes to what it quotes. depth is how far it lies above the one
// that began.
func (w *taking) needs(id camp.PostID, depth int) error {
	p, ok, err := w.tx.Post(id)
	if err != nil || !ok || p.Here() {
		return err
	}
	if p.Answers != "" && depth < mostClimbed {
		if err := w.want(camp.Wanted{Do: camp.WantedParent, URI: p.Answers, Depth: depth + 1}); err != nil {
			return err
		}
	}
	return w.needsQuote(p, p.Stamp)
}

// needsQuote asks for what a post quotes where there may be a yes to it: from
// its own author, or by a stamp.
func (w *taking) needsQuote(p camp.Post, stamp string) error {
	if p.Quoted == "" || p.Quote != 0 || !ap.SameHost(p.Quoted, p.URI) && !ap.SameHost(p.Quoted, stamp) {
		return nil
	}
	return w.want(camp.Wanted{Do: camp.WantedQuote, URI: p.Quoted, Post: p.ID, About: stamp})
}

// refresh asks for somebody's document afresh, not sooner than five minutes after
// it was last fetched (federation.md 3).
func (w *taking) refresh() error {
	x := camp.Wanted{Do: camp.WantedActor, URI: w.who.URI}
	if next := w.who.Fetched.Add(refreshGap); next.After(w.now) {
		x.Next = next
	}
	return w.want(x)
}

// followed reports whether somebody of the camp follows them.
func (w *taking) followed(who camp.MemberID) (bool, error) {
	if who == 0 {
		return false, nil
	}
	list, err := w.tx.FollowersOf(who, 0, 0)
	if err != nil {
		return false, err
	}
	for _, f := range list {
		if f.Accepted {
			return true, nil
		}
	}
	return false, nil
}
