package fed

import (
	"camp/node/ap"
	"camp/node/camp"
	"camp/node/posts"
)

// like is a like, with or without an emoji (FEP-c0e0, Misskey).
func (w *taking) like(a *ap.Activity) ([]camp.Event, error) {
	p, ok, err := w.post(a.Object.ID)
	if err != nil || !ok {
		return nil, err
	}
	if err := w.known(); err != nil {
		return nil, err
	}
	return posts.FarReact(w.in, w.who.ID, p, reactionOf(a))
}

// reactionOf gives what is shown beside a like: a single emoji, or a small
// picture of theirs; anything else is only a like.
func reactionOf(a *ap.Activity) camp.Reaction {
	r := camp.Reaction{URI: a.ID}
	for _, e := range a.Emoji {
		if a.Content == ":"+e.Code+":" {
			r.Sign, r.Pic = a.Content, e.URL
			return r
		}
	}
	if camp.LoneEmoji(a.Content) {
		r.Sign = a.Content
	}
	return r
}

// announce passes a post on. What is not known here is fetched, if somebody here
// follows whoever passes it on.
func (w *taking) announce(a *ap.Activity) ([]camp.Event, error) {
	id := a.Object.ID
	if w.kept && w.who.Kind == camp.RemoteGroup && (a.Object.Activity != nil || hostName(id) != w.t.o.Names.Domain) {
		if known, err := w.passesOn(a); err != nil || known {
			return nil, err
		}
	}
	p, ok, err := w.post(id)
	if err != nil {
		return nil, err
	}
	if !ok {
		if known, err := w.followed(w.who.ID); err != nil || !known || a.Object.Activity != nil {
			return nil, err
		}
		return nil, w.want(camp.Wanted{Do: camp.WantedBoost, URI: id, Whom: w.who.ID, About: a.ID, At: a.Published})
	}
	if err := w.known(); err != nil {
		return nil, err
	}
	return posts.FarBoost(w.in, w.who.ID, p, a.ID, a.Published)
}

// passesOn takes what a group that somebody here follows passes on: the act
// within counts by what its own server says (FEP-1b12). done is false for a plain
// post that is known here: that is a boost.
func (w *taking) passesOn(a *ap.Activity) (done bool, err error) {
	followed, err := w.followed(w.who.ID)
	if err != nil || !followed {
		return a.Object.Activity != nil, err
	}
	x := camp.Wanted{URI: a.Object.ID, Whom: w.who.ID, About: a.ID, At: a.Published}
	act := a.Object.Activity
	if act == nil {
		if _, known, err := w.post(x.URI); err != nil || known {
			return false, err
		}
		x.Do = camp.WantedAct // a post, or an act: its server will tell
		return true, w.want(x)
	}
	return true, w.unwrap(x, act.Type, act.Object.ID)
}

// unwrap wants what an act within another is about. x says by whose word.
func (w *taking) unwrap(x camp.Wanted, kind, object string) error {
	_, known, err := w.post(object)
	if err != nil {
		return err
	}
	switch kind {
	case "Create", "Update":
		x.Do, x.URI = camp.WantedPost, object
		if kind == "Update" && !known {
			return nil
		}
	case "Delete":
		if !known {
			return nil
		}
		x = camp.Wanted{Do: camp.WantedCheck, URI: object}
	case "Like", "EmojiReact":
		if !known {
			return nil
		}
		x.Do = camp.WantedAct
	default:
		return nil
	}
	return w.want(x)
}
