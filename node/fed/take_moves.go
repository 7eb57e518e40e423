package fed

import (
	"slices"
	"time"

	"camp/node/ap"
	"camp/node/camp"
)

// moveGap is how long whoever moved stays where they moved to (federation.md 6).
const moveGap = 7 * 24 * time.Hour

// move: somebody says that they live elsewhere now. Those here who follow them go
// along only once both servers said so (FEP-7628).
func (w *taking) move(a *ap.Activity) ([]camp.Event, error) {
	if !w.kept || a.Object.ID != a.Actor || a.Target == a.Actor || ap.HostOf(a.Target) == "" {
		return nil, nil
	}
	if !w.who.Went.IsZero() && w.now.Sub(w.who.Went) < moveGap {
		return nil, nil
	}
	if known, err := w.followed(w.who.ID); err != nil || !known {
		return nil, err
	}
	return nil, w.want(camp.Wanted{Do: camp.WantedMove, URI: w.who.URI, Whom: w.who.ID, About: a.Target})
}

// mostPins of one person are shown (federation.md 9).
const mostPins = 5

// add: a post of theirs is pinned to their profile. Lists of others, as groups
// have, mean nothing here.
func (w *taking) add(a *ap.Activity) ([]camp.Event, error) {
	if !w.kept || a.Target == "" || a.Target != w.who.Featured || !ap.SameHost(a.Object.ID, a.Actor) {
		return nil, nil
	}
	p, ok, err := w.tx.PostByURI(a.Object.ID)
	if err != nil {
		return nil, err
	}
	if ok {
		return nil, w.pin(p)
	}
	if known, err := w.followed(w.who.ID); err != nil || !known {
		return nil, err
	}
	return nil, w.want(camp.Wanted{Do: camp.WantedPin, URI: a.Object.ID, Whom: w.who.ID})
}

// pin keeps a pin; of more than five the oldest post's goes.
func (w *taking) pin(p camp.Post) error {
	if p.Author != w.who.ID || p.BoostOf != 0 || p.Audience == camp.AudienceLetter {
		return nil
	}
	had, err := w.tx.Pins(w.who.ID, mostPins+1)
	if err != nil || slices.Contains(had, p.ID) {
		return err
	}
	for len(had) >= mostPins {
		if err := w.tx.DropPin(w.who.ID, had[0]); err != nil {
			return err
		}
		had = had[1:]
	}
	return w.tx.PutPin(w.who.ID, p.ID)
}

func (w *taking) remove(a *ap.Activity) ([]camp.Event, error) {
	if !w.kept || a.Target == "" || a.Target != w.who.Featured {
		return nil, nil
	}
	err := w.tx.DropWanted(camp.Wanted{Do: camp.WantedPin, URI: a.Object.ID, Host: hostName(a.Object.ID), Whom: w.who.ID})
	if err != nil {
		return nil, err
	}
	p, ok, err := w.tx.PostByURI(a.Object.ID)
	if err != nil || !ok || p.Author != w.who.ID {
		return nil, err
	}
	return nil, w.tx.DropPin(w.who.ID, p.ID)
}
