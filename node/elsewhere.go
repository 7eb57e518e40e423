package node

import (
	"context"
	"time"

	"camp/node/camp"
	"camp/node/outside"
)

// elsewhere is the wider world as pages and lists ask for it: by whom members
// and posts are found there. A camp without a name finds nobody.
type elsewhere struct{ n *Node }

func silent() error { return camp.NewFault(camp.NotAllowed, "posts.no_outside.say", nil) }

// Person gives somebody elsewhere whom a member names.
func (e elsewhere) Person(ctx context.Context, by camp.Actor, typed string) (camp.Remote, error) {
	if e.n.front == nil {
		return camp.Remote{}, silent()
	}
	return e.n.front.finder.Person(ctx, by, typed)
}

// Anew gives them as their own server says now.
func (e elsewhere) Anew(ctx context.Context, by camp.Actor, typed string) (camp.Remote, error) {
	if e.n.front == nil {
		return camp.Remote{}, silent()
	}
	return e.n.front.finder.Anew(ctx, by, typed)
}

// Post gives the post at an address.
func (e elsewhere) Post(ctx context.Context, by camp.Actor, address string) (camp.PostID, error) {
	if e.n.front == nil {
		return 0, silent()
	}
	return e.n.front.finder.Post(ctx, by, address)
}

// openThread has fetched what is missing of a conversation that a member opened.
func (n *Node) openThread(ctx context.Context, by camp.Actor, id camp.PostID) {
	if n.front == nil {
		return
	}
	if err := n.front.finder.Thread(ctx, by, id); err != nil && camp.AsFault(err).Kind == camp.Internal {
		n.opt.Log.WarnContext(ctx, "conversation elsewhere not asked for", "err", err)
	}
}

// fetchFile brings a picture, film or sound from elsewhere.
func (n *Node) fetchFile(ctx context.Context, url string, most int64) (body []byte, kind string, err error) {
	if n.front == nil {
		return nil, "", silent()
	}
	may := func(d camp.Domain) error { // a third one's post may show a picture of theirs, or lead to it
		if !n.showsFiles(d) {
			return errKeptAway
		}
		return nil
	}
	a, err := n.front.client.Do(ctx, outside.Request{URL: url, May: may, Most: most, Time: fileTime(most), Types: []string{"image/*", "video/*", "audio/*"}})
	if err != nil {
		return nil, "", err
	}
	if a.Status/100 != 2 {
		return nil, "", camp.NewFault(camp.NotFound, "media.gone.say", nil)
	}
	return a.Body, a.Header.Get("Content-Type"), nil
}

// fileTime is how long a file of so many bytes may take: ten seconds like anything
// else, and a second for each MiB, as a film comes through a home's line.
func fileTime(most int64) time.Duration {
	return 10*time.Second + time.Duration(most>>20)*time.Second
}

// showsFiles reports whether pictures of a server are shown.
func (n *Node) showsFiles(d camp.Domain) bool {
	l := n.level(d)
	return l != camp.LevelMedia && l.Rank() < camp.LevelBlock.Rank()
}

// outside reports whether the camp talks with the wider world.
func (n *Node) outside() bool { return n.opt.World != nil }
