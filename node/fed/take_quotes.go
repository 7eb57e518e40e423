package fed

import (
	"camp/node/ap"
	"camp/node/camp"
	"camp/node/posts"
)

// quoteRequest: somebody elsewhere asks whether a post of theirs may show one of
// this camp's within itself (FEP-044f). The answer leaves word for those who send.
func (w *taking) quoteRequest(a *ap.Activity) ([]camp.Event, error) {
	from := a.Instrument.ID
	if !ap.SameHost(from, a.Actor) {
		return nil, nil
	}
	of, ok, err := w.post(a.Object.ID)
	if err != nil || !ok || !of.Here() {
		return nil, err
	}
	if err := w.known(); err != nil {
		return nil, err
	}
	if !w.t.o.Unlimited && !w.t.quotes.Take(registered(a.Actor), w.now) { // each yes is a row that stays
		return nil, errCrowd
	}
	return posts.FarAsksToQuote(w.in, w.who.ID, of, from, a.ID)
}

// answerQuote is their yes or no to a member who asked to quote them; with a yes
// comes the id of a stamp on their own host, by which others can check it.
func (w *taking) answerQuote(a, asking *ap.Activity, yes bool) ([]camp.Event, error) {
	id, here := w.t.o.Names.PostID(asking.Instrument.ID)
	if !here {
		return nil, nil
	}
	p, ok, err := w.tx.Post(id)
	if err != nil || !ok || !p.Here() || p.Quoted == "" || p.Quoted != asking.Object.ID {
		return nil, err
	}
	of, ok, err := w.tx.PostByURI(p.Quoted)
	if err != nil || !ok || of.Author != w.who.ID {
		return nil, err
	}
	stamp := a.Result.ID
	if yes && !ap.SameHost(stamp, w.who.URI) {
		return nil, nil
	}
	if !yes {
		stamp = ""
	}
	return posts.FarAnswersQuote(w.in, p, stamp)
}
