package fed

import (
	"fmt"
	"strings"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/posts"
)

func (w *taking) accept(a *ap.Activity) ([]camp.Event, error) { return w.answer(a, true) }
func (w *taking) reject(a *ap.Activity) ([]camp.Event, error) { return w.answer(a, false) }

// answer is their yes or no to what a member asked of them.
func (w *taking) answer(a *ap.Activity, yes bool) ([]camp.Event, error) {
	if !w.kept {
		return nil, nil
	}
	asking := a.Object.Activity
	if asking == nil {
		return w.answerTo(a.Object.ID, yes)
	}
	switch asking.Type {
	case "Follow":
		return w.answerFollow(asking, yes)
	case "QuoteRequest":
		return w.answerQuote(a, asking, yes)
	}
	return nil, nil
}

// answerFollow: where a server rewrote the id of the asking, who asked and whom
// is enough.
func (w *taking) answerFollow(asking *ap.Activity, yes bool) ([]camp.Event, error) {
	if asking.Object.ID != w.who.URI {
		return nil, nil
	}
	m, ok, err := w.ours(asking.Actor)
	if err != nil || !ok {
		return nil, err
	}
	return posts.FarAnswer(w.in, w.who.ID, m.ID, "", yes)
}

// answerTo is an answer to an asking that is named by its id alone: it must be
// one that a member sent to them, whose number stands at the end of the id.
func (w *taking) answerTo(id string, yes bool) ([]camp.Event, error) {
	if hostName(id) != w.t.o.Names.Domain {
		return nil, nil
	}
	number := strings.TrimLeft(id[len(strings.TrimRight(id, "0123456789")):], "0")
	list, err := w.tx.FollowersOf(w.who.ID, 0, 0)
	if err != nil || number == "" {
		return nil, err
	}
	for _, f := range list {
		if f.URI == number {
			return posts.FarAnswer(w.in, w.who.ID, f.From, number, yes)
		}
	}
	return nil, nil
}

func (w *taking) undo(a *ap.Activity) ([]camp.Event, error) {
	what := a.Object.Activity
	if !w.kept {
		return nil, nil
	}
	if what == nil {
		return w.undoID(a.Object.ID)
	}
	if what.Actor != a.Actor {
		return nil, fmt.Errorf("%w: somebody else did it", ErrDisowned)
	}
	switch what.Type {
	case "Follow", "Block":
		m, ok, err := w.ours(what.Object.ID)
		if err != nil || !ok {
			return nil, err
		}
		if what.Type == "Block" {
			return posts.FarBlock(w.in, w.who.ID, m.ID, false)
		}
		return posts.FarUnfollow(w.in, w.who.ID, m.ID)
	case "Accept":
		return w.answer(what, false)
	case "Like", "EmojiReact", "Announce":
		return w.undoMark(what)
	}
	return nil, nil
}

// undoMark takes back a like, or that something was passed on, also while what it
// was is still being fetched.
func (w *taking) undoMark(what *ap.Activity) ([]camp.Event, error) {
	if what.Type == "Announce" {
		err := w.tx.DropWanted(camp.Wanted{Do: camp.WantedBoost, URI: what.Object.ID, Host: hostName(what.Object.ID), Whom: w.who.ID})
		if err != nil {
			return nil, err
		}
	}
	p, ok, err := w.post(what.Object.ID)
	if err != nil {
		return nil, err
	}
	switch {
	case !ok:
		return w.undoID(what.ID)
	case what.Type == "Announce":
		return posts.FarUnboost(w.in, w.who.ID, p)
	}
	return posts.FarLike(w.in, w.who.ID, p, false)
}

// undoID takes back what is named by its id alone: a follow, a like or a boost of
// theirs that is kept under that id. Anything else does nothing.
func (w *taking) undoID(id string) ([]camp.Event, error) {
	if id == "" || !ap.SameHost(id, w.who.URI) {
		return nil, nil
	}
	list, err := w.tx.FollowsOf(w.who.ID, 0, 0)
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		if f.URI == id {
			return posts.FarUnfollow(w.in, w.who.ID, f.To)
		}
	}
	b, ok, err := w.tx.PostByURI(id)
	if err != nil {
		return nil, err
	}
	if ok && b.BoostOf != 0 && b.Author == w.who.ID {
		return posts.FarUnboost(w.in, w.who.ID, camp.Post{ID: b.BoostOf})
	}
	liked, ok, err := w.tx.LikedBy(w.who.ID, id)
	if err != nil || !ok {
		return nil, err
	}
	p, ok, err := w.tx.Post(liked)
	if err != nil || !ok {
		return nil, err
	}
	return posts.FarLike(w.in, w.who.ID, p, false)
}
